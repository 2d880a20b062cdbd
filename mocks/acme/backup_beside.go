package acme

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	dt "github.com/aws/aws-sdk-go-v2/service/dlm/types"
	bt "github.com/aws/aws-sdk-go-v2/service/rbin/types"
)

// lifecycles are the policies of Data Lifecycle Manager in the home Region: one for the
// shop's cache, which also copies to where Acme no longer is, and one that was turned off.
func lifecycles() []dt.LifecyclePolicy {
	policy := func(name, target string, state dt.GettablePolicyStateValues, copies ...string) dt.LifecyclePolicy {
		schedule := dt.Schedule{Name: aws.String("daily"), CreateRule: &dt.CreateRule{Interval: aws.Int32(24), IntervalUnit: dt.IntervalUnitValuesHours}, RetainRule: &dt.RetainRule{Count: aws.Int32(7)}}
		for _, c := range copies {
			schedule.CrossRegionCopyRules = append(schedule.CrossRegionCopyRules, dt.CrossRegionCopyRule{Encrypted: aws.Bool(true), Target: aws.String(c)})
		}
		key := id("policy", name)
		return dt.LifecyclePolicy{PolicyId: &key, PolicyArn: aws.String(arn("dlm", Home, "policy/"+key)), Description: &name, State: state, DefaultPolicy: aws.Bool(false),
			PolicyDetails: &dt.PolicyDetails{PolicyType: dt.PolicyTypeValuesEbsSnapshotManagement, PolicyLanguage: dt.PolicyLanguageValuesStandard, ResourceTypes: []dt.ResourceTypeValues{dt.ResourceTypeValuesVolume},
				ResourceLocations: []dt.ResourceLocationValues{dt.ResourceLocationValuesCloud}, TargetTags: []dt.Tag{{Key: aws.String("Name"), Value: &target}}, Schedules: []dt.Schedule{schedule}}}
	}
	return []dt.LifecyclePolicy{
		policy("the shop's cache", "acme-shop-prod cache", dt.GettablePolicyStateValuesEnabled, Second, "us-east-1"),
		policy("before the upgrade of the ERP", "acme-erp-before-upgrade", dt.GettablePolicyStateValuesDisabled),
	}
}

// binned are the Recycle Bin's rules of the home Region: for snapshots, not for images.
func binned() map[bt.ResourceType][]bt.RuleSummary {
	rule := "Acme1Snapsh"
	return map[bt.ResourceType][]bt.RuleSummary{bt.ResourceTypeEbsSnapshot: {{Identifier: &rule, RuleArn: aws.String(arn("rbin", Home, "rule/"+rule)), Description: aws.String("all snapshots"),
		RetentionPeriod: &bt.RetentionPeriod{RetentionPeriodUnit: bt.RetentionPeriodUnitDays, RetentionPeriodValue: aws.Int32(14)}}}}
}
