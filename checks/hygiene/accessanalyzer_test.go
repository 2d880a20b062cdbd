package hygiene

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const analyzersOp = "accessanalyzer:ListAnalyzers"

func analyzer(kind, status string, tags map[string]string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		m := checktest.Meta("watch", "arn:aws:access-analyzer:eu-west-1:111122223333:analyzer/watch")
		m.Tags = tags
		a.Analyzer.Analyzers = append(a.Analyzer.Analyzers, snapshot.Analyzer{Meta: m, Kind: kind, Status: status})
	}
}

func TestAnalyzerTagged(t *testing.T) {
	with := func(tags map[string]string) func(*snapshot.Account) { return analyzer("ACCOUNT", "ACTIVE", tags) }
	checktest.Run(t, &AnalyzerTagged, []checktest.Case{
		{Name: "tagged", Set: with(map[string]string{"owner": "x"}), Want: checks.PASS, Reason: "owner"},
		{Name: "absent is empty", Set: with(nil), Want: checks.FAIL, Reason: "no tags"},
		{Name: "AWS's own do not count", Set: with(map[string]string{"aws:cloudformation:stack-name": "x"}), Want: checks.FAIL, Reason: "no tags"},
		{Name: "a required one is missing", Set: with(map[string]string{"owner": "x"}), Parameters: map[string]any{"required_tag_keys": []string{"owner", "cost"}}, Want: checks.FAIL, Reason: "lacks the tags cost"},
		{Name: "not listed", Set: func(a *snapshot.Account) { checktest.Fail(a, analyzersOp, "eu-west-1", snapshot.Denied) }, Want: checks.UNKNOWN, Reason: "denied"},
	})
	if found := checktest.Findings(&AnalyzerTagged, checktest.Account(&AnalyzerTagged, nil), nil); len(found) != 0 {
		t.Errorf("no analyzer, no finding: %+v", found)
	}
}

func TestUnusedAccessAnalyzer(t *testing.T) {
	required := map[string]any{"required": true}
	denied := func(a *snapshot.Account) { checktest.Fail(a, analyzersOp, checktest.Elsewhere, snapshot.Denied) }
	checktest.Run(t, &UnusedAccessAnalyzer, []checktest.Case{
		{Name: "not required", Want: checks.NotApplicable, Reason: "not required"},
		{Name: "one Region is enough", Set: analyzer("ACCOUNT_UNUSED_ACCESS", "ACTIVE", nil), Parameters: required, Want: checks.PASS, Reason: "eu-west-1 is ACTIVE"},
		{Name: "the organization's", Set: analyzer("ORGANIZATION_UNUSED_ACCESS", "ACTIVE", nil), Parameters: required, Want: checks.PASS, Reason: "ACTIVE"},
		{Name: "disabled", Set: analyzer("ACCOUNT_UNUSED_ACCESS", "DISABLED", nil), Parameters: required, Want: checks.FAIL, Reason: "no Region"},
		{Name: "of another type", Set: analyzer("ACCOUNT", "ACTIVE", nil), Parameters: required, Want: checks.FAIL, Reason: "no Region"},
		{Name: "a Region unread", Set: denied, Parameters: required, Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "found before the Region that is unread", Set: func(a *snapshot.Account) { analyzer("ACCOUNT_UNUSED_ACCESS", "ACTIVE", nil)(a); denied(a) }, Parameters: required, Want: checks.PASS, Reason: "ACTIVE"},
	})
}
