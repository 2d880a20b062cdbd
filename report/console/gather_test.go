package console

import (
	"slices"
	"strings"
	"testing"

	"onus/checks"
	"onus/report"
	"onus/scanner/snapshot"
)

func sample(id string, d checks.Duty) *checks.Check {
	return &checks.Check{ID: id, Severity: checks.Low, Category: checks.Hygiene, Duty: d, ServiceKind: checks.Abstracted}
}

// results repeats findings of one check: n that fail and m that are unknown.
func results(c *checks.Check, s checks.Severity, fails, unknowns int) (out []checks.Finding) {
	for range fails {
		out = append(out, checks.Finding{Check: c.ID, Status: checks.FAIL, Severity: s})
	}
	for range unknowns {
		out = append(out, checks.Finding{Check: c.ID, Status: checks.UNKNOWN, Severity: s, Cause: snapshot.Denied})
	}
	return out
}

func TestOnlyTheFirstFewAreKept(t *testing.T) {
	c := sample("a-b", checks.Backups)
	r := report.Result{Checks: []*checks.Check{c}, Findings: slices.Values(results(c, checks.Low, 1000, 1000))}
	_, list, err := gather(r, 3)
	if err != nil {
		t.Fatal(err)
	}
	if got := list[0]; len(got.fails) != 3 || len(got.unknowns) != 3 || got.counts.FAIL != 1000 || got.causes[snapshot.Denied] != 1000 {
		t.Errorf("%d and %d kept, %+v counted, causes %v", len(got.fails), len(got.unknowns), got.counts, got.causes)
	}
}

func TestOrderOfChecksAndDuties(t *testing.T) {
	var list []*checks.Check
	var findings []checks.Finding
	add := func(id string, d checks.Duty, s checks.Severity, fails, unknowns int) {
		c := sample(id, d)
		list, findings = append(list, c), append(findings, results(c, s, fails, unknowns)...)
	}
	add("a-kept", checks.RegionChoice, checks.Low, 0, 0)
	add("b-unknown-critical", checks.Backups, checks.Critical, 0, 9)
	add("c-low", checks.CustomerData, checks.Low, 9, 0)
	add("d-high-few", checks.CustomerData, checks.High, 1, 0)
	add("e-high-many", checks.CustomerData, checks.High, 2, 0)
	add("f-high-few", checks.CustomerData, checks.High, 1, 0)
	add("g-high-few-unknown", checks.CustomerData, checks.High, 1, 1)
	_, tested, err := gather(report.Result{Checks: list, Findings: slices.Values(findings)}, 1)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range groups(tested) {
		for _, c := range g.checks {
			got = append(got, c.check.ID)
		}
	}
	if want := "e-high-many g-high-few-unknown d-high-few f-high-few c-low b-unknown-critical a-kept"; strings.Join(got, " ") != want {
		t.Errorf("order %v, want %s", got, want)
	}
}
