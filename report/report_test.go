package report_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onus/checks"
	"onus/report"
	"onus/scanner/snapshot"
)

var home = snapshot.Location{Partition: "aws", Account: "111122223333", Region: snapshot.Global}

// check is a declared check whose findings the tests make by hand.
func check(id string, s checks.Severity, d checks.Duty, k checks.ServiceKind) *checks.Check {
	return &checks.Check{ID: id, Title: "t", Severity: s, Category: checks.Hygiene, Duty: d, ServiceKind: k, Tier: 1, Remedy: "r", Reads: []string{"s3:ListBuckets"}}
}

var (
	versioning = check("s3-bucket-versioning", checks.Medium, checks.Backups, checks.Abstracted)
	retention  = check("rds-backup-retention", checks.High, checks.Backups, checks.Container)
	password   = check("iam-password-length", checks.High, checks.AccessControl, checks.OfAccount)
	all        = []*checks.Check{versioning, retention, password}
)

func finding(c *checks.Check, s checks.Status, cause snapshot.Cause) checks.Finding {
	return checks.Finding{ID: "f", Check: c.ID, Status: s, Cause: cause, Severity: c.Severity, Account: home.Account, Region: "eu-west-1", Resource: checks.Resource{Type: "t", ID: "r"}, Reason: "because"}
}

func summarize(t *testing.T, list []*checks.Check, findings ...checks.Finding) report.Summary {
	t.Helper()
	s, err := report.Summarize(slices.Values(findings), list)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSummaryCountsEveryFindingOnce(t *testing.T) {
	low := finding(versioning, checks.FAIL, "")
	low.Severity = checks.Low // the policy says so
	s := summarize(t, all, low, finding(versioning, checks.FAIL, ""), finding(versioning, checks.FAIL, ""),
		finding(retention, checks.UNKNOWN, snapshot.Denied), finding(retention, checks.UNKNOWN, snapshot.Throttled), finding(password, checks.PASS, ""), finding(password, checks.NotApplicable, ""))
	cell := func(c *checks.Check, sev checks.Severity, st checks.Status, cause snapshot.Cause, n int) report.Cell {
		return report.Cell{Account: home.Account, Duty: c.Duty, ServiceKind: c.ServiceKind, Category: c.Category, Severity: sev, Status: st, Cause: cause, Findings: n}
	}
	want := []report.Cell{
		cell(retention, checks.High, checks.UNKNOWN, snapshot.Denied, 1), cell(retention, checks.High, checks.UNKNOWN, snapshot.Throttled, 1),
		cell(versioning, checks.Medium, checks.FAIL, "", 2), cell(versioning, checks.Low, checks.FAIL, "", 1),
		cell(password, checks.High, checks.PASS, "", 1), cell(password, checks.High, checks.NotApplicable, "", 1),
	}
	if diff := cmp.Diff(want, s.Cells); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
	got := s.Count(func(report.Cell) bool { return true })
	if diff := cmp.Diff(report.Counts{PASS: 1, FAIL: 3, UNKNOWN: 2, NotApplicable: 1}, got); diff != "" || got.Total() != 7 {
		t.Errorf("total %d (-want +got):\n%s", got.Total(), diff)
	}
	if s.Checks[versioning.ID].FAIL != 3 {
		t.Errorf("counts of %s: %+v", versioning.ID, s.Checks[versioning.ID])
	}
}

func TestSummaryRefusesWhatItCannotPlace(t *testing.T) {
	for name, f := range map[string]checks.Finding{
		"unknown check":         finding(check("s3-other", checks.High, checks.Backups, checks.Abstracted), checks.PASS, ""),
		"no status":             finding(versioning, "", ""),
		"UNKNOWN without cause": finding(versioning, checks.UNKNOWN, ""),
		"no severity":           {Check: versioning.ID, Status: checks.PASS},
	} {
		if _, err := report.Summarize(slices.Values([]checks.Finding{f}), all); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestExitCode(t *testing.T) {
	denied := []snapshot.Coverage{{Location: home, Operation: "iam:A", Status: snapshot.OK}, {Location: home, Operation: "iam:B", Status: snapshot.Denied}}
	excused := []snapshot.Coverage{{Location: home, Operation: "iam:A", Status: snapshot.Changed}, {Location: home, Operation: "iam:B", Status: snapshot.NotOptedIn}}
	one := func(c *checks.Check, s checks.Status, cause snapshot.Cause) []checks.Finding {
		return []checks.Finding{finding(c, s, cause)}
	}
	for _, tt := range []struct {
		name      string
		findings  []checks.Finding
		coverage  []snapshot.Coverage
		interrupt string
		ask       report.Threshold
		code      int
		why       string
	}{
		{"nothing at all", nil, nil, "", report.Threshold{}, 0, "no finding at or above high, but nothing was judged"},
		{"FAIL at the default threshold", one(retention, checks.FAIL, ""), nil, "", report.Threshold{}, 3, "1 finding at or above high"},
		{"FAIL below the threshold", one(versioning, checks.FAIL, ""), nil, "", report.Threshold{}, 0, "no finding at or above high"},
		{"FAIL below the default, asked for", one(versioning, checks.FAIL, ""), nil, "", report.Threshold{FailOn: checks.Medium}, 3, "1 finding at or above medium"},
		{"a threshold that nothing reaches", one(versioning, checks.FAIL, ""), nil, "", report.Threshold{FailOn: report.Never}, 0, "no finding was to count"},
		{"a threshold that does not exist hides nothing", one(versioning, checks.FAIL, ""), nil, "", report.Threshold{FailOn: "hgih"}, 3, "1 finding at or above hgih"},
		{"FAIL wins over UNKNOWN", append(one(retention, checks.FAIL, ""), one(retention, checks.UNKNOWN, snapshot.Denied)...), nil, "signal", report.Threshold{}, 3, "1 finding at or above high"},
		{"denied", one(retention, checks.UNKNOWN, snapshot.Denied), nil, "", report.Threshold{}, 4, "1 unknown verdict at or above high (denied)"},
		{"several causes", append(one(retention, checks.UNKNOWN, snapshot.Malformed), one(retention, checks.UNKNOWN, snapshot.Cancelled)...), nil, "", report.Threshold{}, 4, "2 unknown verdicts at or above high (cancelled, malformed)"},
		{"throttled below the threshold", one(versioning, checks.UNKNOWN, snapshot.Throttled), nil, "", report.Threshold{}, 0, "no finding at or above high"},
		{"allowed", one(retention, checks.UNKNOWN, snapshot.Failed), nil, "", report.Threshold{AllowIncomplete: true}, 0, "no finding at or above high, but 1 unknown verdict at or above it that may hide one (failed)"},
		{"unclear is complete", one(retention, checks.UNKNOWN, snapshot.OK), nil, "", report.Threshold{RequireComplete: true}, 0, "no finding at or above high, but 1 unknown verdict at or above it that may hide one (unclear)"},
		{"unsupported is complete by default", one(retention, checks.UNKNOWN, snapshot.Unsupported), nil, "", report.Threshold{}, 0, "no finding at or above high, but 1 unknown verdict at or above it that may hide one (unsupported)"},
		{"unsupported, complete required", one(versioning, checks.UNKNOWN, snapshot.Unsupported), nil, "", report.Threshold{RequireComplete: true}, 4, "1 unknown verdict (unsupported)"},
		{"went away, complete required", one(retention, checks.UNKNOWN, snapshot.Changed), excused, "", report.Threshold{RequireComplete: true}, 0, "no finding at or above high, but 1 unknown verdict at or above it that may hide one (changed)"},
		{"denied call without a finding", one(retention, checks.PASS, ""), denied, "", report.Threshold{}, 0, "no finding at or above high"},
		{"denied call, complete required", nil, denied, "", report.Threshold{RequireComplete: true, AllowIncomplete: true}, 4, "1 of 2 planned calls not read to the end"},
		{"denied in a Region that the policy declares closed", one(retention, checks.UNKNOWN, snapshot.Denied), denied, "", report.Threshold{RequireComplete: true, ClosedRegions: []string{home.Region, "eu-west-1"}}, 0, "no finding at or above high, but 1 unknown verdict at or above it that may hide one (denied)"},
		{"failed in a Region that the policy declares closed", one(retention, checks.UNKNOWN, snapshot.Failed), nil, "", report.Threshold{ClosedRegions: []string{"eu-west-1"}}, 4, "1 unknown verdict at or above high (failed)"},
		{"denied in another Region", one(retention, checks.UNKNOWN, snapshot.Denied), nil, "", report.Threshold{ClosedRegions: []string{"elsewhere"}}, 4, "1 unknown verdict at or above high (denied)"},
		{"interrupted, allowed", one(retention, checks.UNKNOWN, snapshot.Cancelled), nil, "signal", report.Threshold{AllowIncomplete: true}, 4, "the scan was interrupted: signal"},
	} {
		got := report.ExitCode(report.Scan{Interrupted: tt.interrupt}, summarize(t, all, tt.findings...), tt.coverage, tt.ask)
		if got.Code != tt.code || got.Why != tt.why {
			t.Errorf("%s: got %d %q, want %d %q", tt.name, got.Code, got.Why, tt.code, tt.why)
		}
	}
	if got := (report.Outcome{Code: 3, Why: "2 findings at or above high"}).String(); got != "exit status 3: 2 findings at or above high" {
		t.Errorf("the line: %q", got)
	}
}

func TestEveryCauseIsDecided(t *testing.T) {
	for cause, want := range map[snapshot.Cause][2]int{ // by default; complete required
		snapshot.OK: {0, 0}, snapshot.Denied: {4, 4}, snapshot.Throttled: {4, 4}, snapshot.Failed: {4, 4}, snapshot.Malformed: {4, 4}, snapshot.Cancelled: {4, 4},
		snapshot.Skipped: {0, 4}, snapshot.Unsupported: {0, 4}, snapshot.NotRecorded: {0, 4}, snapshot.Changed: {0, 0}, snapshot.NotOptedIn: {0, 0},
	} {
		s := summarize(t, all, finding(retention, checks.UNKNOWN, cause))
		coverage := []snapshot.Coverage{{Operation: "iam:A", Status: cause}}
		if got := report.ExitCode(report.Scan{}, s, nil, report.Threshold{}).Code; got != want[0] {
			t.Errorf("%s: exit %d, want %d", cause, got, want[0])
		}
		if got := report.ExitCode(report.Scan{}, report.Summary{}, coverage, report.Threshold{RequireComplete: true}).Code; got != want[1] {
			t.Errorf("a call that was %s, complete required: exit %d, want %d", cause, got, want[1])
		}
	}
}

func TestOfTakesWhatTheAccountKnows(t *testing.T) {
	a := &snapshot.Account{Location: home, Principal: "arn:aws:iam::111122223333:role/audit"}
	a.Regions = snapshot.Value([]snapshot.Region{{Name: "eu-west-1", Status: "ENABLED_BY_DEFAULT"}, {Name: "af-south-1", Status: "DISABLED"}})
	a.Coverage = []snapshot.Coverage{{Location: home.In("eu-west-1"), Operation: "b:B"}, {Location: home, Operation: "z:Z"}, {Location: home.In("eu-west-1"), Operation: "a:A"}}
	r := report.Of(report.Scan{ID: "1"}, a, all, slices.Values([]checks.Finding(nil)))
	want := []report.Region{{Account: home.Account, Name: "af-south-1", Status: "DISABLED"}, {Account: home.Account, Name: "eu-west-1", Status: "ENABLED_BY_DEFAULT", Enabled: true}}
	if diff := cmp.Diff(want, r.Scan.Regions); diff != "" {
		t.Errorf("Regions (-want +got):\n%s", diff)
	}
	var order []string
	for _, c := range r.Coverage {
		order = append(order, c.Operation)
	}
	for _, c := range r.Checks {
		order = append(order, c.ID)
	}
	if got := strings.Join(order, " "); got != "a:A b:B z:Z iam-password-length rds-backup-retention s3-bucket-versioning" {
		t.Errorf("order: %s", got)
	}
	a.Regions = snapshot.Missing[[]snapshot.Region](errors.New("denied"))
	if r := report.Of(report.Scan{}, a, nil, nil); r.Scan.RegionsUnread != "denied" {
		t.Errorf("unread Regions: %q", r.Scan.RegionsUnread)
	}
}
