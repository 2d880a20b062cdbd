package console

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onus/checks/wording"
	"onus/report"
	"onus/scanner/snapshot"
)

// gap is what was not read of one operation, for one reason, in some places.
type gap struct {
	operation string // "" for a Region that is not enabled, whatever the operation
	status    snapshot.Cause
	code      string
}

type places struct{ regions, accounts, operations map[string]bool }

// gaps shows what was not read, grouped by operation and cause, and what it costs.
func (p *printer) gaps(r report.Result, list []*tested) {
	found := map[gap]places{}
	unread := 0
	for _, c := range r.Coverage {
		if c.Status == snapshot.OK {
			continue
		}
		unread++
		g := gap{operation: c.Operation, status: c.Status}
		if c.Error != nil {
			g.code = c.Error.Code
		}
		if c.Status == snapshot.NotOptedIn {
			g = gap{status: c.Status}
		}
		if _, ok := found[g]; !ok {
			found[g] = places{map[string]bool{}, map[string]bool{}, map[string]bool{}}
		}
		found[g].regions[c.Region], found[g].accounts[c.Account], found[g].operations[c.Operation] = true, true, true
	}
	p.heading("Not read", fmt.Sprintf("%d of %s", unread, wording.Count(len(r.Coverage), "planned call")))
	switch {
	case len(r.Coverage) == 0:
		p.text(2, yellow, "No call was planned: nothing of the account was read.")
	case unread == 0:
		p.text(2, plain, "Every planned call was read to its end.")
	}
	order := make([]gap, 0, len(found))
	for g := range found {
		order = append(order, g)
	}
	slices.SortFunc(order, func(a, b gap) int {
		return cmp.Or(cmp.Compare(a.operation, b.operation), cmp.Compare(a.status, b.status), cmp.Compare(a.code, b.code))
	})
	for _, g := range order {
		p.labelled(2, span{yellow, "- "}, plain, g.sentence(found[g], list))
	}
}

// sentence says what was not read, why, where, and how many checks cannot tell for it.
func (g gap) sentence(at places, list []*tested) string {
	where := between(at.regions, "Region")
	if len(at.accounts) > 1 {
		where += " of " + wording.Count(len(at.accounts), "account")
	}
	if g.status == snapshot.NotOptedIn {
		return fmt.Sprintf("%s in %s: not enabled in the account", wording.Count(len(at.operations), "operation"), where)
	}
	code := ""
	if g.code != "" {
		code = " (" + g.code + ")"
	}
	return fmt.Sprintf("%s %s%s in %s: %s", g.operation, g.status, code, where, cost(g, list))
}

// cost is how many checks cannot tell: those that read the operation and ended UNKNOWN
// somewhere by the same cause.
func cost(g gap, list []*tested) string {
	n := 0
	for _, t := range list {
		if t.unseen[g.status] > 0 && slices.Contains(t.check.Operations(), g.operation) {
			n++
		}
	}
	if n == 0 {
		return "no verdict is unknown for it"
	}
	return wording.Count(n, "check") + " cannot tell"
}

// between names up to three places, else the first, the last and how many.
func between(set map[string]bool, what string) string {
	list := make([]string, 0, len(set))
	for name := range set {
		if name == "" {
			name = "an unknown Region"
		}
		list = append(list, name)
	}
	slices.Sort(list)
	if n := len(list); n > 3 {
		return fmt.Sprintf("%s (%s … %s)", wording.Count(n, what), list[0], list[n-1])
	}
	return strings.Join(list, ", ")
}
