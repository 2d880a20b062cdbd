package html

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/report"
	"onus/scanner/snapshot"
)

// gathered is what the first pass over the findings leaves: counts, no finding.
type gathered struct {
	sum    report.Summary
	checks []*tested // in the order of the result

	resources map[string]*suspect // by ARN
}

// suspect is a resource with FAILs.
type suspect struct {
	typ, name, region string
	fails             int
	bySeverity        [5]int // as checks.Severities
}

// mostResources is how many failing resources are looked at for those that fail the most:
// a bound for what is held.
const mostResources = 50_000

// take counts a FAIL for its resource. What has no ARN is the account or a part of it,
// and no single thing to mend.
func (g *gathered) take(f checks.Finding) {
	if f.Status != checks.FAIL || f.Waived != nil || !strings.HasPrefix(f.Resource.ID, "arn:") {
		return
	}
	r := g.resources[f.Resource.ID]
	if r == nil {
		if len(g.resources) == mostResources {
			return
		}
		r = &suspect{typ: f.Resource.Type, name: f.Resource.Name, region: f.Region}
		g.resources[f.Resource.ID] = r
	}
	r.fails++
	r.bySeverity[slices.Index(checks.Severities, f.Severity)]++
}

// tested is a check that ran.
type tested struct {
	check    *checks.Check
	counts   report.Counts
	severity checks.Severity // the worst among its FAILs
	regions  map[string]bool // of its FAILs
	accounts map[string]bool // of its FAILs
	causes   map[snapshot.Cause]int
}

// gather counts the findings in one pass.
func gather(r report.Result) (*gathered, error) {
	tally := report.NewTally(r.Checks)
	g := &gathered{resources: map[string]*suspect{}}
	byID := map[string]*tested{}
	for _, c := range r.Checks {
		t := &tested{check: c, regions: map[string]bool{}, accounts: map[string]bool{}, causes: map[snapshot.Cause]int{}}
		g.checks = append(g.checks, t)
		byID[c.ID] = t
	}
	for f := range r.Findings {
		if err := tally.Add(f); err != nil {
			return nil, err
		}
		byID[f.Check].take(f)
		g.take(f)
	}
	g.sum = tally.Summary()
	for _, t := range g.checks {
		t.counts = g.sum.Checks[t.check.ID]
	}
	return g, nil
}

// waived is how many findings are waived.
func (g *gathered) waived() int {
	return g.sum.Count(func(report.Cell) bool { return true }).Waived.Total()
}

// open are the filters that show what fails and is not waived, beside others.
func (g *gathered) open(pairs ...string) string {
	pairs = append(pairs, "status", string(checks.FAIL))
	if g.waived() > 0 {
		pairs = append(pairs, "waived", "no")
	}
	return link(pairs...)
}

// take notes where a check failed and why it could not tell. A FAIL that is waived is
// nothing to mend.
func (t *tested) take(f checks.Finding) {
	switch f.Status {
	case checks.FAIL:
		if f.Waived != nil {
			return
		}
		if len(t.regions) == 0 || !report.AtLeast(t.severity, f.Severity) {
			t.severity = f.Severity
		}
		t.regions[f.Region], t.accounts[f.Account] = true, true
	case checks.UNKNOWN:
		t.causes[f.Cause]++
	case checks.PASS, checks.NotApplicable: // counted by the tally
	}
}

// class is a kind of finding of which a page holds all, some or none.
type class struct {
	status   checks.Status
	severity checks.Severity
}

// quotas say how many findings of each class a page holds.
type quotas map[class]int

// quotasOf shares out the room: all findings where they fit; else no PASS and no
// NOT_APPLICABLE, and of the others the worst first.
func quotasOf(s report.Summary, room int) quotas {
	whole := s.Count(func(report.Cell) bool { return true }).Total() <= room
	q := quotas{}
	for _, status := range report.Statuses {
		for _, severity := range checks.Severities {
			k := class{status, severity}
			n := s.Count(func(c report.Cell) bool { return c.Status == status && c.Severity == severity }).Total()
			if !whole && (status == checks.PASS || status == checks.NotApplicable) {
				continue
			}
			q[k] = min(n, room)
			room -= q[k]
		}
	}
	return q
}

// held is how many findings of a status the page holds.
func (q quotas) held(s checks.Status) (n int) {
	for _, severity := range checks.Severities {
		n += q[class{s, severity}]
	}
	return n
}

// total is how many findings the page holds.
func (q quotas) total() (n int) {
	for _, s := range report.Statuses {
		n += q.held(s)
	}
	return n
}
