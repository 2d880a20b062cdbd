package accessanalyzer

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

var (
	everything = []string{analyzersOp, findingsOp, rulesOp}
	now        = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
)

func gather(s *mocks.Server, wanted ...string) (snapshot.AccessAnalyzer, collect.Scope) {
	in := collecttest.Scope(wanted...)
	return Collect(context.Background(), in, accessanalyzer.NewFromConfig(collecttest.Config(s, in.Region))), in
}

func summary(name string, kind types.Type, status types.AnalyzerStatus) types.AnalyzerSummary {
	return types.AnalyzerSummary{Arn: aws.String("arn:aws:access-analyzer:eu-west-1:111122223333:analyzer/" + name), Name: &name, Type: kind, Status: status, CreatedAt: &now}
}

func analyzers(s *mocks.Server, list ...types.AnalyzerSummary) {
	mocks.Reply(s, "", &accessanalyzer.ListAnalyzersOutput{Analyzers: list})
}

func finding(resource string, status types.FindingStatus) types.FindingSummaryV2 {
	return types.FindingSummaryV2{Id: aws.String(resource), Resource: &resource, ResourceType: types.ResourceTypeAwsS3Bucket, ResourceOwnerAccount: aws.String("111122223333"), Status: status, AnalyzedAt: &now, CreatedAt: &now, UpdatedAt: &now}
}

// answers gives every analyzer three findings, one of which is archived, and a rule.
func answers(s *mocks.Server) {
	mocks.Reply(s, "", &accessanalyzer.ListFindingsV2Output{Findings: []types.FindingSummaryV2{
		finding("arn:aws:s3:::a", types.FindingStatusActive), finding("arn:aws:s3:::b", types.FindingStatusArchived), finding("arn:aws:s3:::c", types.FindingStatusActive),
	}})
	mocks.Reply(s, "", &accessanalyzer.ListArchiveRulesOutput{ArchiveRules: []types.ArchiveRuleSummary{
		{RuleName: aws.String("public"), CreatedAt: &now, UpdatedAt: &now, Filter: map[string]types.Criterion{"isPublic": {Eq: []string{"true"}}, "principal.AWS": {Exists: aws.Bool(true)}}},
	}})
}

func TestAnalyzersWithFindingsAndRules(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{analyzersOp: 2, findingsOp: 1}})
	tagged := summary("old", types.TypeAccount, types.AnalyzerStatusActive)
	tagged.Tags, tagged.LastResourceAnalyzedAt, tagged.StatusReason = map[string]string{"owner": "security"}, &now, &types.StatusReason{Code: types.ReasonCodeAwsServiceAccessDisabled}
	analyzers(s, tagged, summary("unused", types.TypeAccountUnusedAccess, types.AnalyzerStatusActive), summary("off", types.TypeOrganization, types.AnalyzerStatusDisabled))
	answers(s)
	got, in := gather(s, everything...)
	if len(got.Analyzers) != 3 || len(got.Regions) != 1 || got.Regions[0].Region != "eu-west-1" || len(got.Regions[0].Calls) != 2 {
		t.Fatalf("%+v", got)
	}
	a := got.Analyzers[0]
	if !a.External() || a.Unused() || !a.AnalyzedAt.Equal(now) || a.StatusReason != "AWS_SERVICE_ACCESS_DISABLED" || a.Tags["owner"] != "security" {
		t.Errorf("analyzer %+v", a)
	}
	open, err := a.Open.Get()
	if len(open) != 2 || err != nil || open[1].Resource != "arn:aws:s3:::c" || open[0].Owner != "111122223333" || open[0].Kind != "AWS::S3::Bucket" {
		t.Errorf("open findings %+v, %v", open, err)
	}
	rules, err := a.Rules.Get()
	want := []snapshot.ArchiveRule{{Name: "public", Filter: map[string]snapshot.Criterion{"isPublic": {Eq: []string{"true"}}, "principal.AWS": {Exists: aws.Bool(true)}}}}
	if diff := cmp.Diff(want, rules); diff != "" || err != nil {
		t.Errorf("rules (-want +got) %v\n%s", err, diff)
	}
	if n := s.Count(findingsOp); n != 3 {
		t.Errorf("findings were asked for with %d requests, want the 3 pages of the one active external analyzer", n)
	}
	for _, r := range s.Requests() {
		if r.Operation == findingsOp && !strings.Contains(cmp.Diff(nil, r.Input["filter"]), "ACTIVE") {
			t.Errorf("asked for findings with the filter %v", r.Input["filter"])
		}
	}
	for _, op := range everything {
		collecttest.Covered(t, in, op, "eu-west-1", snapshot.OK)
	}
}

func TestARegionWithoutAnalyzers(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	analyzers(s)
	got, in := gather(s, everything...)
	if len(got.Analyzers) != 0 || len(got.Regions) != 1 {
		t.Errorf("%+v", got)
	}
	for _, op := range everything {
		collecttest.Covered(t, in, op, "eu-west-1", snapshot.OK)
	}
}

func TestNoExternalAnalyzerHasNoFindingsToAskFor(t *testing.T) {
	s := mocks.Start(t, mocks.Options{Lenient: true})
	analyzers(s, summary("unused", types.TypeAccountUnusedAccess, types.AnalyzerStatusActive))
	answers(s)
	got, in := gather(s, everything...)
	if _, err := got.Analyzers[0].Open.Get(); err == nil || s.Count(findingsOp) > 0 {
		t.Errorf("%d requests, %v", s.Count(findingsOp), err)
	}
	collecttest.Covered(t, in, findingsOp, "eu-west-1", snapshot.OK)
}

func TestAnalyzerFaults(t *testing.T) {
	for name, tt := range map[string]struct {
		fault mocks.Fault
		want  snapshot.Cause
	}{
		"denied":          {mocks.Fault{Kind: mocks.Denied}, snapshot.Denied},
		"denied later":    {mocks.Fault{Kind: mocks.Denied, FromPage: 2}, snapshot.Denied},
		"throttled twice": {mocks.Fault{Kind: mocks.Throttled, First: 2}, snapshot.OK},
		"a token again":   {mocks.Fault{Kind: mocks.RepeatToken}, snapshot.Malformed},
		"an empty object": {mocks.Fault{Kind: mocks.EmptyObject}, snapshot.Malformed},
	} {
		for _, op := range everything {
			s := mocks.Start(t, mocks.Options{Lenient: true, PageSize: map[string]int{op: 1}})
			analyzers(s, summary("a", types.TypeAccount, types.AnalyzerStatusActive), summary("b", types.TypeAccount, types.AnalyzerStatusActive))
			answers(s)
			mocks.Reply(s, "eu-west-1", &accessanalyzer.ListArchiveRulesOutput{ArchiveRules: []types.ArchiveRuleSummary{
				{RuleName: aws.String("1"), CreatedAt: &now, UpdatedAt: &now, Filter: map[string]types.Criterion{}}, {RuleName: aws.String("2"), CreatedAt: &now, UpdatedAt: &now, Filter: map[string]types.Criterion{}},
			}})
			f := tt.fault
			f.Operation = op
			s.Fault(f)
			got, in := gather(s, everything...)
			if whole := len(got.Regions) == 1; op == analyzersOp && whole != (tt.want == snapshot.OK) {
				t.Errorf("%s, %s: the Region counts as read: %v", name, op, whole)
			}
			for _, a := range got.Analyzers {
				_, err1 := a.Open.Get()
				_, err2 := a.Rules.Get()
				if failed := op == findingsOp && err1 != nil || op == rulesOp && err2 != nil; op != analyzersOp && failed != (tt.want != snapshot.OK) {
					t.Errorf("%s, %s: %v, %v", name, op, err1, err2)
				}
			}
			collecttest.Covered(t, in, op, "eu-west-1", tt.want)
		}
	}
}
