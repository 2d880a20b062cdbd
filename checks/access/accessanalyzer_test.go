package access

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestAnalyzerNoActiveFindings(t *testing.T) {
	analyzer := func(kind, status string, analyzed time.Time, open snapshot.Read[[]snapshot.OpenAccess], rules ...snapshot.ArchiveRule) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			m := checktest.Meta("watch", "arn:aws:access-analyzer:eu-west-1:111122223333:analyzer/watch")
			a.Analyzer.Analyzers = []snapshot.Analyzer{{Meta: m, Kind: kind, Status: status, AnalyzedAt: analyzed, Open: open, Rules: snapshot.Value(rules)}}
		}
	}
	found := func(list ...snapshot.OpenAccess) func(*snapshot.Account) {
		return analyzer("ACCOUNT", "ACTIVE", checktest.AsOf, snapshot.Value(list))
	}
	bucket := snapshot.OpenAccess{Resource: "arn:aws:s3:::b", Kind: "AWS::S3::Bucket", Owner: "111122223333"}
	foreign, broken := bucket, bucket
	foreign.Owner, broken.Error = "444455556666", "ACCESS_DENIED"
	none := snapshot.Value[[]snapshot.OpenAccess](nil)
	denied := snapshot.Missing[[]snapshot.OpenAccess](checktest.Unread("accessanalyzer:ListFindingsV2", snapshot.Denied))
	wide := snapshot.ArchiveRule{Name: "all", Filter: map[string]snapshot.Criterion{"isPublic": {Eq: []string{"true"}}}}
	unruly := func(a *snapshot.Account) {
		found()(a)
		a.Analyzer.Analyzers[0].Rules = snapshot.Missing[[]snapshot.ArchiveRule](checktest.Unread("accessanalyzer:ListArchiveRules", snapshot.Denied))
	}
	checktest.Run(t, &AnalyzerNoActiveFindings, []checktest.Case{
		{Name: "none", Set: found(), Want: checks.PASS, Reason: "no open findings"},
		{Name: "one", Set: found(bucket), Want: checks.FAIL, Reason: "1 open findings: arn:aws:s3:::b"},
		{Name: "another account's, by the organization's analyzer", Set: found(foreign), Want: checks.FAIL, Reason: "of 444455556666"},
		{Name: "an analysis that failed is no access", Set: found(broken), Want: checks.UNKNOWN, Reason: "could not be analyzed"},
		{Name: "the first analysis still runs", Set: analyzer("ACCOUNT", "ACTIVE", time.Time{}, none), Want: checks.UNKNOWN, Reason: "analyzed nothing yet"},
		{Name: "found before the first analysis has ended", Set: analyzer("ACCOUNT", "ACTIVE", time.Time{}, snapshot.Value([]snapshot.OpenAccess{bucket})), Want: checks.FAIL, Reason: "1 open"},
		{Name: "none, and a wide archive rule", Set: analyzer("ACCOUNT", "ACTIVE", checktest.AsOf, none, wide), Want: checks.PASS, Reason: "see accessanalyzer-archive-rules-narrow: the rule all archives public access"},
		{Name: "none, and rules unread", Set: unruly, Want: checks.PASS, Reason: "archive rules were not read"},
		{Name: "of unused access", Set: analyzer("ACCOUNT_UNUSED_ACCESS", "ACTIVE", checktest.AsOf, denied), Want: checks.NotApplicable, Reason: "ACCOUNT_UNUSED_ACCESS"},
		{Name: "disabled", Set: analyzer("ORGANIZATION", "DISABLED", checktest.AsOf, denied), Want: checks.NotApplicable, Reason: "DISABLED"},
		{Name: "findings denied", Set: analyzer("ACCOUNT", "ACTIVE", checktest.AsOf, denied), Want: checks.UNKNOWN, Reason: "denied"},
	})
}
