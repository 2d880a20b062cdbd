package logging

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const analyzersOp = "accessanalyzer:ListAnalyzers"

// watched is a Region with these analyzers, each KIND STATUS.
func watched(list ...[2]string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.Analyzer.Regions = []snapshot.AnalyzerRegion{{Meta: snapshot.Meta{Location: checktest.At, Name: checktest.At.Region}}}
		for _, l := range list {
			m := checktest.Meta("watch", "arn:aws:access-analyzer:eu-west-1:111122223333:analyzer/"+l[0])
			a.Analyzer.Analyzers = append(a.Analyzer.Analyzers, snapshot.Analyzer{Meta: m, Kind: l[0], Status: l[1]})
		}
	}
}

func TestExternalAccessAnalyzer(t *testing.T) {
	failed := func(a *snapshot.Account) {
		watched([2]string{"ORGANIZATION", "FAILED"})(a)
		a.Analyzer.Analyzers[0].StatusReason = "SERVICE_LINKED_ROLE_CREATION_FAILED"
	}
	checktest.Run(t, &ExternalAccessAnalyzer, []checktest.Case{
		{Name: "of the account", Set: watched([2]string{"ACCOUNT", "ACTIVE"}), Want: checks.PASS, Reason: "(ACCOUNT) is ACTIVE"},
		{Name: "of the organization", Set: watched([2]string{"ORGANIZATION", "ACTIVE"}), Want: checks.PASS, Reason: "(ORGANIZATION) is ACTIVE"},
		{Name: "none: a finding all the same", Set: watched(), Want: checks.FAIL, Reason: "no analyzer; an organization's analyzer is seen in its administrator's account"},
		{Name: "which the policy file knows of", Set: watched(), Parameters: map[string]any{"organization_analyzer": true}, Want: checks.PASS, Reason: "the policy file says"},
		{Name: "unused and internal access do not count", Set: watched([2]string{"ACCOUNT_UNUSED_ACCESS", "ACTIVE"}, [2]string{"ORGANIZATION_INTERNAL_ACCESS", "ACTIVE"}), Want: checks.FAIL, Reason: "ACCOUNT_UNUSED_ACCESS"},
		{Name: "being made", Set: watched([2]string{"ACCOUNT", "CREATING"}), Want: checks.FAIL, Reason: "is CREATING"},
		{Name: "disabled", Set: watched([2]string{"ACCOUNT", "DISABLED"}), Want: checks.FAIL, Reason: "is DISABLED"},
		{Name: "failed, with its reason", Set: failed, Want: checks.FAIL, Reason: "is FAILED, SERVICE_LINKED_ROLE_CREATION_FAILED"},
		{Name: "not read", Set: func(a *snapshot.Account) { checktest.Fail(a, analyzersOp, "eu-west-1", snapshot.Denied) }, Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "a Region that is not opted in", Set: func(a *snapshot.Account) { checktest.Fail(a, analyzersOp, "eu-west-1", snapshot.NotOptedIn) }, Want: checks.UNKNOWN, Reason: "not-opted-in"},
	})
}

func TestArchiveRulesNarrow(t *testing.T) {
	rules := func(filters ...map[string]snapshot.Criterion) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			watched([2]string{"ACCOUNT", "ACTIVE"})(a)
			var list []snapshot.ArchiveRule
			for _, f := range filters {
				list = append(list, snapshot.ArchiveRule{Name: "rule", Filter: f})
			}
			a.Analyzer.Analyzers[0].Rules = snapshot.Value(list)
		}
	}
	yes := true
	eq := func(values ...string) snapshot.Criterion { return snapshot.Criterion{Eq: values} }
	checktest.Run(t, &ArchiveRulesNarrow, []checktest.Case{
		{Name: "none", Set: rules(), Want: checks.PASS, Reason: "none of 0"},
		{Name: "a resource", Set: rules(map[string]snapshot.Criterion{"resource": eq("arn:aws:s3:::public")}), Want: checks.PASS, Reason: "none of 1"},
		{Name: "a principal", Set: rules(map[string]snapshot.Criterion{"principal.AWS": eq("999988887777"), "resourceType": eq("AWS::S3::Bucket")}), Want: checks.PASS, Reason: "none of 1"},
		{Name: "an owner", Set: rules(map[string]snapshot.Criterion{"resourceOwnerAccount": eq("999988887777")}), Want: checks.PASS, Reason: "none of 1"},
		{Name: "a type alone", Set: rules(map[string]snapshot.Criterion{"resourceType": eq("AWS::S3::Bucket")}), Want: checks.FAIL, Reason: "names neither"},
		{Name: "contains is as wide as none", Set: rules(map[string]snapshot.Criterion{"resource": {Contains: []string{"a"}}}), Want: checks.FAIL, Reason: "names neither"},
		{Name: "exists", Set: rules(map[string]snapshot.Criterion{"principal.AWS": {Exists: &yes}}), Want: checks.FAIL, Reason: "names neither"},
		{Name: "public access", Set: rules(map[string]snapshot.Criterion{"isPublic": eq("true"), "resource": eq("arn:aws:s3:::public")}), Want: checks.FAIL, Reason: "archives public access"},
		{Name: "no filter at all", Set: rules(nil), Want: checks.FAIL, Reason: "names neither"},
		{Name: "not read", Set: func(a *snapshot.Account) {
			watched([2]string{"ACCOUNT", "ACTIVE"})(a)
			a.Analyzer.Analyzers[0].Rules = snapshot.Missing[[]snapshot.ArchiveRule](checktest.Unread("accessanalyzer:ListArchiveRules", snapshot.Denied))
		}, Want: checks.UNKNOWN, Reason: "denied"},
	})
}
