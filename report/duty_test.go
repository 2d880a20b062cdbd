package report_test

import (
	"slices"
	"strings"
	"testing"

	"onus/checks"
	"onus/report"
	"onus/scanner/snapshot"
)

func duty(t *testing.T, r report.Result, s report.Summary, d checks.Duty, k checks.ServiceKind) report.Duty {
	t.Helper()
	for _, got := range report.Duties(r, s) {
		if got.Duty == d && got.ServiceKind == k {
			return got
		}
	}
	t.Fatalf("no cell for %s × %s", d, k)
	return report.Duty{}
}

func TestNoCellOfTheModelIsForgotten(t *testing.T) {
	got := report.Duties(report.Result{}, report.Summary{})
	if want := len(checks.Duties) * len(checks.ServiceKinds); len(got) != want {
		t.Fatalf("%d cells, want %d", len(got), want)
	}
	i := 0
	for _, d := range checks.Duties {
		for _, k := range checks.ServiceKinds {
			if got[i].Duty != d || got[i].ServiceKind != k {
				t.Errorf("cell %d is %s × %s, want %s × %s", i, got[i].Duty, got[i].ServiceKind, d, k)
			}
			if got[i].AWSOwes == "" || got[i].Outcome != report.NotJudged || got[i].Why == "" {
				t.Errorf("%s × %s: AWS owes %q, outcome %s because %q", d, k, got[i].AWSOwes, got[i].Outcome, got[i].Why)
			}
			i++
		}
	}
}

func TestDutyOutcomes(t *testing.T) {
	other := check("s3-bucket-lock", checks.Low, checks.Backups, checks.Abstracted)
	list := []*checks.Check{versioning, other}
	notRun := []report.NotRun{{check("s3-sampled", checks.Low, checks.Backups, checks.Abstracted), "opt-in: sample-objects"}}
	f := func(c *checks.Check, s checks.Status) checks.Finding {
		if s == checks.UNKNOWN {
			return finding(c, s, snapshot.Denied)
		}
		return finding(c, s, "")
	}
	for _, tt := range []struct {
		name     string
		list     []*checks.Check
		notRun   []report.NotRun
		findings []checks.Finding
		outcome  report.State
		why      string
	}{
		{"broken wins", list, nil, []checks.Finding{f(other, checks.UNKNOWN), f(versioning, checks.FAIL), f(versioning, checks.PASS)}, report.Broken, "1 of 2 checks failed, on 1 of 3 findings"},
		{"unknown before kept", list, nil, []checks.Finding{f(other, checks.PASS), f(versioning, checks.UNKNOWN)}, report.Unknown, "1 of 2 checks could not tell, on 1 of 2 findings"},
		{"kept", list, nil, []checks.Finding{f(other, checks.PASS), f(versioning, checks.NotApplicable)}, report.Kept, "1 of 2 checks passed, on 1 of 2 findings"},
		{"kept as far as it was tested", list, notRun, []checks.Finding{f(other, checks.PASS), f(versioning, checks.PASS)}, report.Kept, "2 of 2 checks passed, on 2 of 2 findings; 1 check did not run (opt-in: sample-objects)"},
		{"applies to nothing", list, nil, []checks.Finding{f(other, checks.NotApplicable)}, report.NotJudged, "2 checks ran and did not apply, on 1 finding"},
		{"nothing there", list, nil, nil, report.NotJudged, "2 checks ran and found nothing to judge"},
		{"nothing ran", nil, notRun, nil, report.NotJudged, "no check ran; 1 check did not run (opt-in: sample-objects)"},
		{"no check at all", nil, nil, nil, report.NotJudged, "Onus has no check of this: the customer must show it by other means"},
	} {
		r := report.Result{Checks: tt.list, Scan: report.Scan{NotRun: tt.notRun}}
		got := duty(t, r, summarize(t, tt.list, tt.findings...), checks.Backups, checks.Abstracted)
		if got.Outcome != tt.outcome || got.Why != tt.why {
			t.Errorf("%s: got %s, %q; want %s, %q", tt.name, got.Outcome, got.Why, tt.outcome, tt.why)
		}
		if len(got.Checks) != len(tt.list) || len(got.NotRun) != len(tt.notRun) || got.ByCheck.Ran() != len(tt.list) {
			t.Errorf("%s: checks %v, not run %v, states %+v", tt.name, got.Checks, got.NotRun, got.ByCheck)
		}
		if !slices.IsSorted(got.Checks) {
			t.Errorf("%s: checks are not sorted: %v", tt.name, got.Checks)
		}
	}
	if got := duty(t, report.Result{}, report.Summary{}, checks.OSAndPlatform, checks.Abstracted); got.CustomerOwes != "" || !strings.Contains(got.Why, "AWS owes") {
		t.Errorf("the platform of abstracted services: customer %q, why %q", got.CustomerOwes, got.Why)
	}
}
