package backup

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dlm"
	dt "github.com/aws/aws-sdk-go-v2/service/dlm/types"
	"github.com/aws/aws-sdk-go-v2/service/rbin"
	bt "github.com/aws/aws-sdk-go-v2/service/rbin/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

const (
	readPolicy = "dlm:GetLifecyclePolicy"
	readRule   = "rbin:GetRule"
)

// lifecyclePolicies lists the policies of Data Lifecycle Manager, which come in one answer,
// and asks for the details of each.
func lifecyclePolicies(ctx context.Context, in collect.Scope, api LifecycleAPI) []snapshot.LifecyclePolicy {
	out := collect.List(ctx, in, listPolicies, &policyPages{api: api}, func(at snapshot.Meta, page *dlm.GetLifecyclePoliciesOutput) []snapshot.LifecyclePolicy {
		out := make([]snapshot.LifecyclePolicy, 0, len(page.Policies))
		for _, p := range page.Policies {
			out = append(out, lifecyclePolicy(at, p))
		}
		return out
	})
	in.Each(ctx, len(out), func(i int) { out[i].Details = details(ctx, in, api, out[i].ID) })
	if len(out) == 0 {
		settle(in, listPolicies, readPolicy)
	}
	return out
}

// policyPages is one page: the SDK has no paginator for what comes in one answer.
type policyPages struct {
	api  LifecycleAPI
	done bool
}

// HasMorePages says that the page was not read.
func (p *policyPages) HasMorePages() bool { return !p.done }

// NextPage reads the page.
func (p *policyPages) NextPage(ctx context.Context, options ...func(*dlm.Options)) (*dlm.GetLifecyclePoliciesOutput, error) {
	p.done = true
	return p.api.GetLifecyclePolicies(ctx, &dlm.GetLifecyclePoliciesInput{}, options...)
}

// lifecyclePolicy maps a policy. The list gives no ARN.
// Source: Service Authorization Reference, "Resource types defined by Amazon Data
// Lifecycle Manager".
func lifecyclePolicy(at snapshot.Meta, p dt.LifecyclePolicySummary) snapshot.LifecyclePolicy {
	id := aws.ToString(p.PolicyId)
	at.ARN, at.Name, at.Tags = "arn:"+at.Partition+":dlm:"+at.Region+":"+at.Account+":policy/"+id, id, p.Tags
	return snapshot.LifecyclePolicy{Meta: at, ID: id, Type: string(p.PolicyType), State: string(p.State), Default: aws.ToBool(p.DefaultPolicy)}
}

func details(ctx context.Context, in collect.Scope, api LifecycleAPI, id string) snapshot.Read[snapshot.LifecyclePolicyDetails] {
	return collect.Ask(ctx, in, readPolicy, func(ctx context.Context) (d snapshot.LifecyclePolicyDetails, err error) {
		out, err := api.GetLifecyclePolicy(ctx, &dlm.GetLifecyclePolicyInput{PolicyId: &id})
		switch {
		case err != nil:
			return d, err
		case out.Policy == nil || out.Policy.PolicyDetails == nil:
			return d, lacks("PolicyDetails")
		}
		return policyDetails(*out.Policy.PolicyDetails), nil
	})
}

func policyDetails(d dt.PolicyDetails) snapshot.LifecyclePolicyDetails {
	out := snapshot.LifecyclePolicyDetails{Resource: string(d.ResourceType), TargetTags: tagged(d.TargetTags), Schedules: len(d.Schedules), Copies: copiedTo(d), Retention: retained(d)}
	if len(d.ResourceTypes) > 0 {
		out.Resource = string(d.ResourceTypes[0]) // AWS takes one
	}
	for _, l := range d.ResourceLocations {
		out.Locations = append(out.Locations, string(l))
	}
	if e := d.Exclusions; e != nil {
		out.Excluded = snapshot.LifecycleExcluded{BootVolumes: aws.ToBool(e.ExcludeBootVolumes), Tags: tagged(e.ExcludeTags), VolumeTypes: e.ExcludeVolumeTypes}
	}
	if p := d.Parameters; p != nil {
		out.Excluded.BootVolumes = out.Excluded.BootVolumes || aws.ToBool(p.ExcludeBootVolume)
		out.Excluded.Tags = append(out.Excluded.Tags, tagged(p.ExcludeDataVolumeTags)...)
	}
	return out
}

// retained is how long each schedule keeps. A default policy keeps for a week unless it says
// otherwise.
func retained(d dt.PolicyDetails) (out []snapshot.LifecycleRetention) {
	if d.ResourceType != "" || d.RetainInterval != nil {
		days := int32(7)
		if d.RetainInterval != nil {
			days = *d.RetainInterval
		}
		return []snapshot.LifecycleRetention{{Days: days}}
	}
	for _, s := range d.Schedules {
		r := snapshot.LifecycleRetention{Schedule: aws.ToString(s.Name)}
		if k := s.RetainRule; k != nil {
			unit := map[dt.RetentionIntervalUnitValues]int32{dt.RetentionIntervalUnitValuesDays: 1, dt.RetentionIntervalUnitValuesWeeks: 7, dt.RetentionIntervalUnitValuesMonths: 30, dt.RetentionIntervalUnitValuesYears: 365}[k.IntervalUnit]
			r.Count, r.Days = aws.ToInt32(k.Count), unit*aws.ToInt32(k.Interval)
		}
		if c := s.CreateRule; c != nil {
			r.Hours, r.Cron = aws.ToInt32(c.Interval), aws.ToString(c.CronExpression)
		}
		out = append(out, r)
	}
	return out
}

// copiedTo is where a policy copies to, in each of the ways to say so.
func copiedTo(d dt.PolicyDetails) (out []string) {
	for _, s := range d.Schedules {
		for _, r := range s.CrossRegionCopyRules {
			if r.Target != nil {
				out = append(out, *r.Target)
			} else {
				out = append(out, aws.ToString(r.TargetRegion))
			}
		}
	}
	for _, t := range d.CrossRegionCopyTargets {
		out = append(out, aws.ToString(t.TargetRegion))
	}
	for _, a := range d.Actions {
		for _, c := range a.CrossRegionCopy {
			out = append(out, aws.ToString(c.Target))
		}
	}
	return out
}

func tagged(tags []dt.Tag) (out []snapshot.TagCondition) {
	for _, t := range tags {
		out = append(out, snapshot.TagCondition{Operator: stringEquals, Key: aws.ToString(t.Key), Value: aws.ToString(t.Value)})
	}
	return out
}

// binRules lists the retention rules for snapshots and for images, each by a question of
// its own, and asks for the details of each.
func binRules(ctx context.Context, in collect.Scope, api BinAPI) (out []snapshot.RecycleBinRule) {
	for _, kind := range []bt.ResourceType{bt.ResourceTypeEbsSnapshot, bt.ResourceTypeEc2Image} {
		pages := rbin.NewListRulesPaginator(api, &rbin.ListRulesInput{ResourceType: kind, MaxResults: aws.Int32(1000)})
		out = append(out, collect.List(ctx, in, listRules, pages, func(at snapshot.Meta, page *rbin.ListRulesOutput) []snapshot.RecycleBinRule {
			out := make([]snapshot.RecycleBinRule, 0, len(page.Rules))
			for _, r := range page.Rules {
				out = append(out, binRule(at, string(kind), r))
			}
			return out
		})...)
	}
	in.Each(ctx, len(out), func(i int) { out[i].Details = binRuleDetail(ctx, in, api, out[i].ID) })
	if len(out) == 0 {
		settle(in, listRules, readRule)
	}
	return out
}

// binRule maps a rule; an answer without ARN gets it from its parts.
// Source: Service Authorization Reference, "Resource types defined by Recycle Bin".
func binRule(at snapshot.Meta, kind string, r bt.RuleSummary) snapshot.RecycleBinRule {
	id := aws.ToString(r.Identifier)
	at.ARN, at.Name = aws.ToString(r.RuleArn), id
	if at.ARN == "" {
		at.ARN = "arn:" + at.Partition + ":rbin:" + at.Region + ":" + at.Account + ":rule/" + id
	}
	out := snapshot.RecycleBinRule{Meta: at, ID: id, ResourceType: kind, LockState: string(r.LockState)}
	if p := r.RetentionPeriod; p != nil && p.RetentionPeriodUnit == bt.RetentionPeriodUnitDays {
		out.RetentionDays = aws.ToInt32(p.RetentionPeriodValue)
	}
	return out
}

func binRuleDetail(ctx context.Context, in collect.Scope, api BinAPI, id string) snapshot.Read[snapshot.BinRuleDetail] {
	return collect.Ask(ctx, in, readRule, func(ctx context.Context) (d snapshot.BinRuleDetail, err error) {
		out, err := api.GetRule(ctx, &rbin.GetRuleInput{Identifier: &id})
		if err != nil {
			return d, err
		}
		return snapshot.BinRuleDetail{Status: string(out.Status), ResourceTags: binTags(out.ResourceTags), ExcludedTags: binTags(out.ExcludeResourceTags)}, nil
	})
}

func binTags(tags []bt.ResourceTag) (out []snapshot.TagCondition) {
	for _, t := range tags {
		out = append(out, snapshot.TagCondition{Operator: stringEquals, Key: aws.ToString(t.ResourceTagKey), Value: aws.ToString(t.ResourceTagValue)})
	}
	return out
}
