package report_test

import (
	"slices"
	"strings"
	"testing"

	"onus/checks"
	"onus/report"
)

func TestComply(t *testing.T) {
	check := func(id string) *checks.Check {
		return &checks.Check{ID: id, Severity: checks.High, Duty: checks.Backups, Category: checks.BackupsOf, ServiceKind: checks.Container}
	}
	ran := []*checks.Check{check("a-pass"), check("a-fail"), check("an-unknown"), check("a-skip"), check("a-nothing")}
	found := []checks.Finding{
		finding(ran[0], checks.PASS, ""), finding(ran[1], checks.PASS, ""), finding(ran[1], checks.FAIL, ""),
		finding(ran[2], checks.PASS, ""), finding(ran[2], checks.UNKNOWN, "denied"), finding(ran[3], checks.NotApplicable, ""),
	}
	r := report.Result{Checks: ran, Findings: slices.Values(found), Standards: []report.Standard{{ID: "s_1", Name: "S", Requirements: map[string][]string{
		"2.10": {"a-pass"}, "2.9": {"a-fail", "a-pass"}, "2.9.1": {"an-unknown", "a-pass"}, "3": {"a-pass", "not-written"},
		"4": {"not-written"}, "5": {"a-skip"}, "6": {"a-nothing"}, "7": {"a-fail", "an-unknown"},
	}}}}
	want := "2.9 broken, 2.9.1 unknown, 2.10 kept, 3 partly-tested, 4 not-judged, 5 not-judged, 6 not-judged, 7 broken"
	var got []string
	for _, c := range report.Comply(r, summarize(t, ran, found...)) {
		got = append(got, c.Requirement+" "+string(c.Outcome))
	}
	if text := strings.Join(got, ", "); text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}
