package html

import (
	"cmp"
	"net/url"
	"slices"

	"onus/checks"
	"onus/checks/wording"
	"onus/report"
	"onus/scanner/snapshot"
)

// How many tasks stand in full: of the worst, and of those that mend the most. The
// others are listed by name.
const (
	shownWorst = 8
	shownMost  = 5

	shownResources = 5
	fewestChecks   = 3 // that a resource fails, to be shown by itself
)

// first is what to do first.
type first struct {
	Worst  []task
	Most   []task
	Others []task
	Fails  int // in all

	Resources []burdened
}

// task is what one kind of change mends: the failed findings of one check.
type task struct {
	Check    *checks.Check
	Severity checks.Severity
	Fails    int
	Where    string
	Link     string // shows these findings
}

// burdened is a resource that fails several checks.
type burdened struct {
	Type, Name, Where, Link string
	Checks                  int
	Worst                   int // of the worst severity
	Severity                checks.Severity

	bySeverity []int
}

// burdenedOf are the resources that fail the most, the worst first.
func burdenedOf(g *gathered) (out []burdened) {
	for id, r := range g.resources {
		if r.fails < fewestChecks {
			continue
		}
		b := burdened{Type: r.typ, Name: cmp.Or(r.name, id), Where: r.region, Link: g.open("resource", id), Checks: r.fails, bySeverity: r.bySeverity[:]}
		worst := slices.IndexFunc(b.bySeverity, func(n int) bool { return n > 0 })
		b.Severity, b.Worst = checks.Severities[worst], b.bySeverity[worst]
		out = append(out, b)
	}
	slices.SortFunc(out, func(a, b burdened) int {
		return cmp.Or(slices.Compare(b.bySeverity, a.bySeverity), cmp.Compare(a.Link, b.Link))
	})
	return out[:min(shownResources, len(out))]
}

// firstOf ranks the checks that failed: the worst first, and of the rest those that mend
// the most at once.
func firstOf(g *gathered, r report.Result) (out first) {
	var tasks []task
	for _, t := range g.checks {
		fails := t.counts.Open().FAIL
		if fails == 0 {
			continue
		}
		out.Fails += fails
		tasks = append(tasks, task{t.check, t.severity, fails, where(t, len(r.Scan.Accounts)), g.open("check", t.check.ID)})
	}
	slices.SortFunc(tasks, func(a, b task) int {
		return cmp.Or(
			cmp.Compare(slices.Index(checks.Severities, a.Severity), slices.Index(checks.Severities, b.Severity)),
			cmp.Compare(b.Fails, a.Fails), cmp.Compare(a.Check.ID, b.Check.ID))
	})
	cut := min(shownWorst, len(tasks))
	out.Worst = tasks[:cut]
	rest := slices.Clone(tasks[cut:])
	slices.SortStableFunc(rest, func(a, b task) int { return cmp.Compare(b.Fails, a.Fails) })
	for _, t := range rest[:min(shownMost, len(rest))] {
		if t.Fails > 1 {
			out.Most = append(out.Most, t)
		}
	}
	for _, t := range tasks[cut:] {
		if !slices.ContainsFunc(out.Most, func(m task) bool { return m.Check == t.Check }) {
			out.Others = append(out.Others, t)
		}
	}
	out.Resources = burdenedOf(g)
	return out
}

// where says in how many places a check failed.
func where(t *tested, accounts int) string {
	place := " in " + wording.Count(len(t.regions), "Region")
	for name := range t.regions {
		switch {
		case len(t.regions) > 1:
		case name == snapshot.Global:
			place = ", global"
		default:
			place = " in " + name
		}
	}
	if accounts > 1 {
		place += " of " + wording.Count(len(t.accounts), "account")
	}
	return wording.Count(t.counts.Open().FAIL, "resource") + place
}

// link is a fragment that sets filters: names and values in turn.
func link(pairs ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return "#" + v.Encode()
}
