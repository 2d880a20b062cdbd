package backup

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dlm"
	dt "github.com/aws/aws-sdk-go-v2/service/dlm/types"
	"github.com/aws/aws-sdk-go-v2/service/rbin"
	bt "github.com/aws/aws-sdk-go-v2/service/rbin/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/snapshot"
)

func TestLifecyclePolicies(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &dlm.GetLifecyclePoliciesOutput{Policies: []dt.LifecyclePolicySummary{
		{PolicyId: aws.String("policy-1"), PolicyType: dt.PolicyTypeValuesEbsSnapshotManagement, State: dt.GettablePolicyStateValuesEnabled, Tags: map[string]string{"owner": "platform"}},
		{PolicyId: aws.String("policy-2"), PolicyType: dt.PolicyTypeValuesImageManagement, State: dt.GettablePolicyStateValuesError, DefaultPolicy: aws.Bool(true)}}})
	mocks.Handle(s, func(_ *mocks.Request, in *dlm.GetLifecyclePolicyInput) (*dlm.GetLifecyclePolicyOutput, error) {
		if *in.PolicyId == "policy-2" {
			return &dlm.GetLifecyclePolicyOutput{Policy: &dt.LifecyclePolicy{PolicyDetails: &dt.PolicyDetails{ResourceType: dt.ResourceTypeValuesInstance,
				RetainInterval:         aws.Int32(14),
				Exclusions:             &dt.Exclusions{ExcludeBootVolumes: aws.Bool(true), ExcludeTags: []dt.Tag{{Key: aws.String("x"), Value: aws.String("1")}}, ExcludeVolumeTypes: []string{"sc1"}},
				CrossRegionCopyTargets: []dt.CrossRegionCopyTarget{{TargetRegion: aws.String("us-east-1")}}}}}, nil
		}
		return &dlm.GetLifecyclePolicyOutput{Policy: &dt.LifecyclePolicy{PolicyDetails: &dt.PolicyDetails{ResourceTypes: []dt.ResourceTypeValues{dt.ResourceTypeValuesVolume}, ResourceLocations: []dt.ResourceLocationValues{dt.ResourceLocationValuesCloud},
			TargetTags: []dt.Tag{{Key: aws.String("backup"), Value: aws.String("daily")}}, Parameters: &dt.Parameters{ExcludeBootVolume: aws.Bool(true), ExcludeDataVolumeTags: []dt.Tag{{Key: aws.String("y"), Value: aws.String("2")}}},
			Schedules: []dt.Schedule{{CrossRegionCopyRules: []dt.CrossRegionCopyRule{{Encrypted: aws.Bool(true), Target: aws.String("eu-central-1"), TargetRegion: aws.String("old")}, {Encrypted: aws.Bool(true), TargetRegion: aws.String("eu-west-2")}},
				CreateRule: &dt.CreateRule{Interval: aws.Int32(12), IntervalUnit: dt.IntervalUnitValuesHours}, RetainRule: &dt.RetainRule{Count: aws.Int32(9)}, Name: aws.String("twice a day")},
				{CreateRule: &dt.CreateRule{CronExpression: aws.String("cron(0 5 ? * * *)")}, RetainRule: &dt.RetainRule{Interval: aws.Int32(3), IntervalUnit: dt.RetentionIntervalUnitValuesWeeks}}},
			Actions: []dt.Action{{Name: aws.String("n"), CrossRegionCopy: []dt.CrossRegionCopyAction{{Target: aws.String("eu-north-1"), EncryptionConfiguration: &dt.EncryptionConfiguration{Encrypted: aws.Bool(true)}}}}}}}}, nil
	})
	got, in := gather(s, listPolicies, readPolicy)
	if len(got.LifecyclePolicies) != 2 {
		t.Fatalf("%+v", got.LifecyclePolicies)
	}
	p, q := got.LifecyclePolicies[0], got.LifecyclePolicies[1]
	if p.ARN != "arn:aws:dlm:eu-west-1:111122223333:policy/policy-1" || p.Type != "EBS_SNAPSHOT_MANAGEMENT" || p.State != "ENABLED" || p.Default || p.Tags["owner"] != "platform" || !q.Default {
		t.Errorf("%+v, %+v", p, q)
	}
	details, err := p.Details.Get()
	want := snapshot.LifecyclePolicyDetails{Resource: "VOLUME", Locations: []string{"CLOUD"}, TargetTags: []snapshot.TagCondition{{Operator: "StringEquals", Key: "backup", Value: "daily"}}, Schedules: 2,
		Excluded: snapshot.LifecycleExcluded{BootVolumes: true, Tags: []snapshot.TagCondition{{Operator: "StringEquals", Key: "y", Value: "2"}}}, Copies: []string{"eu-central-1", "eu-west-2", "eu-north-1"},
		Retention: []snapshot.LifecycleRetention{{Schedule: "twice a day", Count: 9, Hours: 12}, {Days: 21, Cron: "cron(0 5 ? * * *)"}}}
	if diff := cmp.Diff(want, details); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	details, err = q.Details.Get()
	want = snapshot.LifecyclePolicyDetails{Resource: "INSTANCE", Excluded: snapshot.LifecycleExcluded{BootVolumes: true, Tags: []snapshot.TagCondition{{Operator: "StringEquals", Key: "x", Value: "1"}}, VolumeTypes: []string{"sc1"}}, Copies: []string{"us-east-1"}, Retention: []snapshot.LifecycleRetention{{Days: 14}}}
	if diff := cmp.Diff(want, details); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	covered(t, in, snapshot.OK, listPolicies, readPolicy)
}

func TestNoLifecyclePoliciesAndNoRules(t *testing.T) {
	ops := []string{listPolicies, readPolicy, listRules, readRule}
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &dlm.GetLifecyclePoliciesOutput{Policies: []dt.LifecyclePolicySummary{}})
	mocks.Reply(s, "", &rbin.ListRulesOutput{})
	_, in := gather(s, ops...)
	covered(t, in, snapshot.OK, ops...)
}

func TestLifecyclePoliciesThatFail(t *testing.T) {
	for kind, want := range map[mocks.Kind]snapshot.Cause{mocks.Denied: snapshot.Denied, mocks.EmptyObject: snapshot.Malformed, mocks.Throttled: snapshot.Throttled} {
		s := mocks.Start(t, mocks.Options{})
		if kind == mocks.EmptyObject {
			mocks.Reply(s, "", &dlm.GetLifecyclePoliciesOutput{Policies: []dt.LifecyclePolicySummary{}})
		}
		s.Fault(mocks.Fault{Operation: listPolicies, Kind: kind})
		_, in := gather(s, listPolicies, readPolicy)
		covered(t, in, want, listPolicies)
		covered(t, in, snapshot.Skipped, readPolicy)
	}
}

func TestRecycleBinRules(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listRules: 1}})
	mocks.Handle(s, func(_ *mocks.Request, in *rbin.ListRulesInput) (*rbin.ListRulesOutput, error) {
		days := func(n int32) *bt.RetentionPeriod {
			return &bt.RetentionPeriod{RetentionPeriodUnit: bt.RetentionPeriodUnitDays, RetentionPeriodValue: &n}
		}
		if in.ResourceType == bt.ResourceTypeEc2Image {
			return &rbin.ListRulesOutput{Rules: []bt.RuleSummary{{Identifier: aws.String("image"), RuleArn: aws.String("arn:aws:rbin:eu-west-1:111122223333:rule/image"), RetentionPeriod: days(14), LockState: bt.LockStateLocked}}}, nil
		}
		return &rbin.ListRulesOutput{Rules: []bt.RuleSummary{{Identifier: aws.String("one"), RetentionPeriod: days(7)}, {Identifier: aws.String("two")}}}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *rbin.GetRuleInput) (*rbin.GetRuleOutput, error) {
		return &rbin.GetRuleOutput{Identifier: in.Identifier, Status: bt.RuleStatusAvailable, ResourceTags: []bt.ResourceTag{{ResourceTagKey: aws.String("a")}},
			ExcludeResourceTags: []bt.ResourceTag{{ResourceTagKey: aws.String("b"), ResourceTagValue: aws.String("c")}}}, nil
	})
	got, in := gather(s, listRules, readRule)
	var read []string
	for _, r := range got.BinRules {
		d, err := r.Details.Get()
		if err != nil || d.Status != "available" || len(d.ResourceTags) != 1 || d.ResourceTags[0].Key != "a" || len(d.ExcludedTags) != 1 || d.ExcludedTags[0].Value != "c" {
			t.Errorf("%s: %+v, %v", r.ID, d, err)
		}
		read = append(read, r.ResourceType+" "+r.ARN+" "+r.LockState)
	}
	if diff := cmp.Diff([]string{"EBS_SNAPSHOT arn:aws:rbin:eu-west-1:111122223333:rule/one ", "EBS_SNAPSHOT arn:aws:rbin:eu-west-1:111122223333:rule/two ", "EC2_IMAGE arn:aws:rbin:eu-west-1:111122223333:rule/image locked"}, read); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.BinRules[0].RetentionDays != 7 || got.BinRules[1].RetentionDays != 0 {
		t.Errorf("%+v", got.BinRules)
	}
	covered(t, in, snapshot.OK, listRules, readRule)
}
