package console

import (
	"cmp"
	"slices"

	"onus/checks"
	"onus/report"
	"onus/scanner/snapshot"
)

// tested is a check that ran, with what is shown of it.
type tested struct {
	check    *checks.Check
	severity checks.Severity // the worst among its FAILs, else among its UNKNOWNs, without what is waived
	counts   report.Counts
	causes   map[snapshot.Cause]int // of its UNKNOWNs that are not waived
	unseen   map[snapshot.Cause]int // of all its UNKNOWNs
	fails    []checks.Finding       // the first few
	unknowns []checks.Finding       // the first few
	waived   []checks.Finding       // the first few
}

func (t *tested) state() report.State { return report.StateOf(t.counts) }

// gather counts the findings and keeps the first few of each check, in one pass.
func gather(r report.Result, top int) (report.Summary, []*tested, error) {
	tally := report.NewTally(r.Checks)
	list := make([]*tested, 0, len(r.Checks))
	byID := map[string]*tested{}
	for _, c := range r.Checks {
		t := &tested{check: c, severity: c.Severity, causes: map[snapshot.Cause]int{}, unseen: map[snapshot.Cause]int{}}
		list = append(list, t)
		byID[c.ID] = t
	}
	for f := range r.Findings {
		if err := tally.Add(f); err != nil {
			return report.Summary{}, nil, err
		}
		byID[f.Check].take(f, top)
	}
	sum := tally.Summary()
	for _, t := range list {
		t.counts = sum.Checks[t.check.ID]
	}
	return sum, list, nil
}

// take keeps a finding that will be shown.
func (t *tested) take(f checks.Finding, top int) {
	if f.Status == checks.UNKNOWN {
		t.unseen[f.Cause]++
	}
	if f.Waived != nil {
		if len(t.waived) < top {
			t.waived = append(t.waived, f)
		}
		return
	}
	switch f.Status {
	case checks.FAIL:
		if len(t.fails) == 0 || !report.AtLeast(t.severity, f.Severity) {
			t.severity = f.Severity
		}
		if len(t.fails) < top {
			t.fails = append(t.fails, f)
		}
	case checks.UNKNOWN:
		if len(t.fails) == 0 && (len(t.unknowns) == 0 || !report.AtLeast(t.severity, f.Severity)) {
			t.severity = f.Severity
		}
		t.causes[f.Cause]++
		if len(t.unknowns) < top {
			t.unknowns = append(t.unknowns, f)
		}
	case checks.PASS, checks.NotApplicable: // counted, not shown
	}
}

// worse orders checks: broken before unknown, then by severity, by how many, by id.
func worse(a, b *tested) int {
	return cmp.Or(
		cmp.Compare(slices.Index(report.States, a.state()), slices.Index(report.States, b.state())),
		cmp.Compare(slices.Index(checks.Severities, a.severity), slices.Index(checks.Severities, b.severity)),
		cmp.Compare(b.counts.Open().FAIL, a.counts.Open().FAIL), cmp.Compare(b.counts.Open().UNKNOWN, a.counts.Open().UNKNOWN),
		cmp.Compare(a.check.ID, b.check.ID))
}

// group is the checks of one duty, the worst first.
type group struct {
	duty   checks.Duty
	checks []*tested
}

// states counts the checks of a group by what became of them.
func (g group) states() (n report.CheckStates) {
	for _, t := range g.checks {
		switch t.state() {
		case report.Broken:
			n.Broken++
		case report.Unknown:
			n.Unknown++
		case report.Waived:
			n.Waived++
		case report.Kept:
			n.Kept++
		case report.NotJudged:
			n.NotJudged++
		}
	}
	return n
}

// groups are the duties that were tested, the worst first, else in the model's order.
func groups(list []*tested) []group {
	var out []group
	for _, d := range checks.Duties {
		g := group{duty: d}
		for _, t := range list {
			if t.check.Duty == d {
				g.checks = append(g.checks, t)
			}
		}
		if len(g.checks) > 0 {
			slices.SortFunc(g.checks, worse)
			out = append(out, g)
		}
	}
	slices.SortStableFunc(out, func(a, b group) int {
		x, y := a.checks[0], b.checks[0]
		return cmp.Or(
			cmp.Compare(slices.Index(report.States, x.state()), slices.Index(report.States, y.state())),
			cmp.Compare(slices.Index(checks.Severities, x.severity), slices.Index(checks.Severities, y.severity)))
	})
	return out
}
