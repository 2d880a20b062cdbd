package report_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"onus/checks"
	"onus/report"
	"onus/scanner/snapshot"
)

// under is the result of some findings under waivers, as of a time.
func under(asOf time.Time, waivers []report.Waiver, findings ...checks.Finding) report.Result {
	return report.Waive(report.Result{Scan: report.Scan{AsOf: asOf}, Checks: all, Findings: slices.Values(findings)}, waivers)
}

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func waiver(check, resource, finding string) report.Waiver {
	return report.Waiver{Check: check, Resource: resource, Finding: finding, Reason: "r", Owner: "o", Expires: "2026-12-31"}
}

func TestAWaiverFits(t *testing.T) {
	const id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	f := finding(versioning, checks.FAIL, "")
	f.ID, f.Resource.ID = id, "arn:aws:s3:::press/kit.v1[a]"
	for _, tt := range []struct {
		name string
		w    report.Waiver
		want bool
	}{
		{"its check and resource", waiver(versioning.ID, f.Resource.ID, ""), true},
		{"globs", waiver("s3-*-version?ng", "arn:*:press/*", ""), true},
		{"a star stands for nothing, and for all", waiver("*"+versioning.ID+"*", "*", ""), true},
		{"a question mark stands for one", waiver("*", "arn:aws:s3:::press?kit.v1[a]", ""), true},
		{"a question mark stands for no less", waiver("*", f.Resource.ID+"?", ""), false},
		{"brackets are themselves", waiver("*", "arn:aws:s3:::press/kit.v[0-9][a]", ""), false},
		{"a dot is itself", waiver("*", "arn:aws:s3:::press/kit?v1[a]", ""), true},
		{"a part of an id is not the id", waiver("*", "arn:aws:s3:::press", ""), false},
		{"another case", waiver("*", "arn:aws:s3:::PRESS/*", ""), false},
		{"another check", waiver(retention.ID, "*", ""), false},
		{"a part of a check is not the check", waiver("s3-bucket", "*", ""), false},
		{"the beginning of its id", waiver("*", "", id[:12]), true},
		{"its id", waiver(versioning.ID, "", id), true},
		{"the end of its id", waiver("*", "", id[4:16]), false},
		{"its id, of another check", waiver(retention.ID, "", id), false},
	} {
		got := slices.Collect(under(noon, []report.Waiver{tt.w}, f).Findings)
		if (got[0].Waived != nil) != tt.want || got[0].Status != checks.FAIL {
			t.Errorf("%s: waived %v of status %s, want %v", tt.name, got[0].Waived, got[0].Status, tt.want)
		}
	}
}

func TestOnlyWhatFailsOrIsUnknownIsWaived(t *testing.T) {
	for s, want := range map[checks.Status]bool{checks.FAIL: true, checks.UNKNOWN: true, checks.PASS: false, checks.NotApplicable: false} {
		f := finding(versioning, s, "")
		if s == checks.UNKNOWN {
			f.Cause = snapshot.Denied
		}
		r := under(noon, []report.Waiver{waiver("*", "*", "")}, f)
		if got := slices.Collect(r.Findings)[0]; (got.Waived != nil) != want || got.Status != s {
			t.Errorf("%s: waived %v, status %s", s, got.Waived, got.Status)
		}
		if state := map[bool]report.WaiverState{true: report.InForce, false: report.Unused}[want]; r.Waivers[0].State != state {
			t.Errorf("%s: the waiver is %s, want %s", s, r.Waivers[0].State, state)
		}
		f.Waived = &checks.Waived{Reason: "r", Owner: "o", Expires: "2026-12-31"}
		if _, err := report.Summarize(slices.Values([]checks.Finding{f}), all); (err == nil) != want {
			t.Errorf("a waived %s: %v", s, err)
		}
	}
}

// The last day itself holds, in UTC, whatever the place of the time; the day after does not.
func TestTheLastDayHolds(t *testing.T) {
	at := func(text string) time.Time {
		v, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for asOf, want := range map[string]bool{
		"2026-12-30T00:00:00Z": true, "2026-12-31T00:00:00Z": true, "2026-12-31T23:59:59Z": true, "2027-01-01T00:00:00Z": false,
		"2027-01-01T00:30:00+02:00": true, "2026-12-31T23:30:00-02:00": false, "2030-01-01T00:00:00Z": false,
	} {
		r := under(at(asOf), []report.Waiver{waiver("*", "*", "")}, finding(versioning, checks.FAIL, ""))
		if got := slices.Collect(r.Findings)[0].Waived != nil; got != want {
			t.Errorf("%s: waived %v, want %v", asOf, got, want)
		}
		if state := map[bool]report.WaiverState{true: report.InForce, false: report.Expired}[want]; r.Waivers[0].State != state || r.Waivers[0].Findings != 1 {
			t.Errorf("%s: %+v, want it %s for 1 finding", asOf, r.Waivers[0], state)
		}
	}
}

func TestOfSeveralTheOneThatExpiresLastIsTakenThenTheFirst(t *testing.T) {
	of := func(owner, expires string) report.Waiver {
		return report.Waiver{Check: "*", Resource: "*", Reason: "r", Owner: owner, Expires: expires}
	}
	for _, tt := range []struct {
		list []report.Waiver
		want string
	}{
		{[]report.Waiver{of("a", "2026-12-01"), of("b", "2026-12-02")}, "b"},
		{[]report.Waiver{of("a", "2026-12-02"), of("b", "2026-12-01")}, "a"},
		{[]report.Waiver{of("a", "2026-12-01"), of("b", "2026-12-01")}, "a"},
		{[]report.Waiver{of("a", "2020-01-01"), of("b", "2026-11-24"), of("c", "2026-11-23")}, "b"},
	} {
		r := under(noon, tt.list, finding(versioning, checks.FAIL, ""))
		if got := slices.Collect(r.Findings)[0].Waived.Owner; got != tt.want {
			t.Errorf("%v: %s, want %s", tt.list, got, tt.want)
		}
		if diff := cmp.Diff(slices.Collect(r.Findings), slices.Collect(r.Findings)); diff != "" {
			t.Errorf("ranged over again: %s", diff)
		}
	}
}

func TestWhatIsLooseIsTold(t *testing.T) {
	unused := waiver(retention.ID, "*", "")
	expired, idle := waiver("*", "*", ""), waiver(retention.ID, "*", "")
	expired.Expires, idle.Expires = "2026-11-23", "2020-01-01"
	r := under(noon, []report.Waiver{unused, waiver(versioning.ID, "*", ""), expired, idle}, finding(versioning, checks.FAIL, ""), finding(versioning, checks.FAIL, ""))
	var got []string
	for _, w := range r.Loose() {
		got = append(got, string(w.State)+" "+w.Says())
	}
	if diff := cmp.Diff([]string{
		"expired expired on 2026-11-23, and holds no more for 2 findings",
		"expired expired on 2020-01-01, and fits nothing that fails or is unknown",
		"unused until 2026-12-31: fits nothing that fails or is unknown",
	}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatIsWaivedCountsForNoExitStatus(t *testing.T) {
	fail, unknown := finding(retention, checks.FAIL, ""), finding(retention, checks.UNKNOWN, snapshot.Denied)
	long, over := []report.Waiver{waiver("*", "*", "")}, []report.Waiver{waiver("*", "*", "")}
	over[0].Expires = "2026-11-23"
	for _, tt := range []struct {
		name     string
		waivers  []report.Waiver
		findings []checks.Finding
		ask      report.Threshold
		code     int
		why      string
	}{
		{"a FAIL", long, []checks.Finding{fail}, report.Threshold{}, 0, "no finding at or above high; not counting 1 finding at or above it that the policy waives"},
		{"a FAIL whose waiver has expired", over, []checks.Finding{fail}, report.Threshold{}, 3, "1 finding at or above high"},
		{"an UNKNOWN", long, []checks.Finding{unknown}, report.Threshold{}, 0, "no finding at or above high; not counting 1 finding at or above it that the policy waives"},
		{"an UNKNOWN, all verdicts demanded", long, []checks.Finding{unknown}, report.Threshold{RequireComplete: true}, 0, "no finding at or above high; not counting 1 finding at or above it that the policy waives"},
		{"an UNKNOWN whose waiver has expired", over, []checks.Finding{unknown}, report.Threshold{}, 4, "1 unknown verdict at or above high (denied)"},
		{"waived and not", []report.Waiver{waiver(retention.ID, "*", "")}, []checks.Finding{fail, unknown, finding(versioning, checks.FAIL, "")}, report.Threshold{FailOn: checks.Medium}, 3, "1 finding at or above medium"},
		{"denied in a closed Region, and waived: taken off once", []report.Waiver{waiver("*", "r", "")},
			[]checks.Finding{unknown, elsewhere(unknown)}, report.Threshold{ClosedRegions: []string{unknown.Region}}, 4, "1 unknown verdict at or above high (denied)"},
	} {
		r := under(noon, tt.waivers, tt.findings...)
		got := report.ExitCode(report.Scan{}, summarize(t, all, slices.Collect(r.Findings)...), nil, tt.ask)
		if got.Code != tt.code || got.Why != tt.why {
			t.Errorf("%s: got %d %q, want %d %q", tt.name, got.Code, got.Why, tt.code, tt.why)
		}
	}
}

// elsewhere is the finding about another resource in another Region.
func elsewhere(f checks.Finding) checks.Finding {
	f.Region, f.Resource.ID = "us-east-1", "another"
	return f
}

func TestAWaivedDutyIsNotKeptInSilence(t *testing.T) {
	pass, fail := finding(versioning, checks.PASS, ""), finding(versioning, checks.FAIL, "")
	fail.Resource.ID = "waived"
	only := []report.Waiver{waiver("*", "waived", "")}
	for _, tt := range []struct {
		name     string
		findings []checks.Finding
		want     report.State
		why      string
	}{
		{"with a PASS", []checks.Finding{pass, fail}, report.Waived, "kept but for what is waived: 1 of 1 check, on 1 of 2 findings"},
		{"alone", []checks.Finding{fail}, report.Waived, "nothing passed, and what fails or is unknown is waived: 1 of 1 check, on 1 of 1 finding"},
		{"with another FAIL", []checks.Finding{fail, finding(versioning, checks.FAIL, "")}, report.Broken, "1 of 1 check failed, on 1 of 2 findings; 1 finding waived"},
	} {
		r := under(noon, only, tt.findings...)
		r.Checks = []*checks.Check{versioning}
		s := summarize(t, r.Checks, slices.Collect(r.Findings)...)
		for _, d := range report.Duties(r, s) {
			if d.Duty == versioning.Duty && d.ServiceKind == versioning.ServiceKind && (d.Outcome != tt.want || d.Why != tt.why) {
				t.Errorf("%s: %s %q, want %s %q", tt.name, d.Outcome, d.Why, tt.want, tt.why)
			}
		}
		r.Standards = []report.Standard{{ID: "x", Requirements: map[string][]string{"1": {versioning.ID, "another"}}}}
		if got := report.Comply(r, s)[0].Outcome; got != report.RequirementState(tt.want) {
			t.Errorf("%s: the requirement is %s, want %s", tt.name, got, tt.want)
		}
	}
}
