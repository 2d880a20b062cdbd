package report

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"onus/checks"
	"onus/scanner/snapshot"
)

// Cell counts the findings that agree in all of its words. What any report counts is a
// sum of cells, so that no two reports can disagree.
type Cell struct {
	Account     string             `json:"account"`
	Duty        checks.Duty        `json:"duty"`
	ServiceKind checks.ServiceKind `json:"service_kind"`
	Category    checks.Category    `json:"category"`
	Severity    checks.Severity    `json:"severity"`
	Status      checks.Status      `json:"status"`
	Cause       snapshot.Cause     `json:"cause,omitempty"`  // of an UNKNOWN
	Waived      bool               `json:"waived,omitempty"` // by the policy: it does not count against anybody
	Findings    int                `json:"findings"`
}

// Counts are findings by status, waived or not.
type Counts struct {
	PASS          int          `json:"PASS"`
	FAIL          int          `json:"FAIL"`
	UNKNOWN       int          `json:"UNKNOWN"`
	NotApplicable int          `json:"NOT_APPLICABLE"`
	Waived        WaivedCounts `json:"waived,omitzero"`
}

// WaivedCounts are those of the findings that are waived.
type WaivedCounts struct {
	FAIL    int `json:"FAIL"`
	UNKNOWN int `json:"UNKNOWN"`
}

// Total is how many findings are waived.
func (w WaivedCounts) Total() int { return w.FAIL + w.UNKNOWN }

// Open are the counts without what is waived.
func (c Counts) Open() Counts {
	c.FAIL -= c.Waived.FAIL
	c.UNKNOWN -= c.Waived.UNKNOWN
	c.Waived = WaivedCounts{}
	return c
}

// plus adds other findings.
func (c *Counts) plus(o Counts) {
	c.PASS += o.PASS
	c.FAIL += o.FAIL
	c.UNKNOWN += o.UNKNOWN
	c.NotApplicable += o.NotApplicable
	c.Waived.FAIL += o.Waived.FAIL
	c.Waived.UNKNOWN += o.Waived.UNKNOWN
}

// Total is how many findings there are.
func (c Counts) Total() int { return c.PASS + c.FAIL + c.UNKNOWN + c.NotApplicable }

// add counts n findings more; false for a status that does not exist, or that nobody can
// waive.
func (c *Counts) add(s checks.Status, waived bool, n int) bool {
	switch {
	case waived && s == checks.FAIL:
		c.Waived.FAIL += n
	case waived && s == checks.UNKNOWN:
		c.Waived.UNKNOWN += n
	case waived:
		return false
	}
	switch s {
	case checks.PASS:
		c.PASS += n
	case checks.FAIL:
		c.FAIL += n
	case checks.UNKNOWN:
		c.UNKNOWN += n
	case checks.NotApplicable:
		c.NotApplicable += n
	default:
		return false
	}
	return true
}

// Summary is what was counted.
type Summary struct {
	Cells  []Cell            // only those with findings, in one total order
	Checks map[string]Counts // by check id; a check without findings has none here

	// Denied counts the UNKNOWN verdicts of denied calls, by Region and severity, without
	// those that are waived.
	Denied map[string]map[checks.Severity]int
}

// Count adds up the cells that are wanted.
func (s Summary) Count(want func(Cell) bool) (out Counts) {
	for _, c := range s.Cells {
		if want(c) {
			out.add(c.Status, c.Waived, c.Findings)
		}
	}
	return out
}

// Tally counts findings while they stream by. Its memory does not grow with them.
type Tally struct {
	known map[string]*checks.Check
	cells map[Cell]int
	byID  map[string]Counts

	denied map[string]map[checks.Severity]int
}

// NewTally counts findings of the checks in the list.
func NewTally(list []*checks.Check) *Tally {
	t := &Tally{known: map[string]*checks.Check{}, cells: map[Cell]int{}, byID: map[string]Counts{}, denied: map[string]map[checks.Severity]int{}}
	for _, c := range list {
		t.known[c.ID] = c
	}
	return t
}

// Add counts one finding. It refuses one that no report could place: of a check that is
// not in the list, with a status or severity that does not exist, UNKNOWN without a cause,
// or waived where there is nothing to waive.
func (t *Tally) Add(f checks.Finding) error {
	c, ok := t.known[f.Check]
	if !ok {
		return fmt.Errorf("finding %s is of check %q, which is not among those that ran", f.ID, f.Check)
	}
	n := t.byID[f.Check]
	if f.Waived != nil && f.Status != checks.FAIL && f.Status != checks.UNKNOWN {
		return fmt.Errorf("finding %s of check %s is waived and has status %q", f.ID, f.Check, f.Status)
	}
	if !n.add(f.Status, f.Waived != nil, 1) || !slices.Contains(checks.Severities, f.Severity) {
		return fmt.Errorf("finding %s of check %s has status %q and severity %q", f.ID, f.Check, f.Status, f.Severity)
	}
	if f.Status == checks.UNKNOWN && f.Cause == "" {
		return fmt.Errorf("finding %s of check %s is UNKNOWN without a cause", f.ID, f.Check)
	}
	t.byID[f.Check] = n
	if f.Status == checks.UNKNOWN && f.Cause == snapshot.Denied && f.Waived == nil {
		if t.denied[f.Region] == nil {
			t.denied[f.Region] = map[checks.Severity]int{}
		}
		t.denied[f.Region][f.Severity]++
	}
	t.cells[Cell{f.Account, c.Duty, c.ServiceKind, c.Category, f.Severity, f.Status, f.Cause, f.Waived != nil, 0}]++
	return nil
}

// Summary is what was counted so far.
func (t *Tally) Summary() Summary {
	s := Summary{Checks: t.byID, Denied: t.denied}
	for c, n := range t.cells {
		c.Findings = n
		s.Cells = append(s.Cells, c)
	}
	slices.SortFunc(s.Cells, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), order(checks.Duties, a.Duty, b.Duty),
			order(checks.ServiceKinds, a.ServiceKind, b.ServiceKind), order(checks.Categories, a.Category, b.Category),
			order(checks.Severities, a.Severity, b.Severity), order(Statuses, a.Status, b.Status), cmp.Compare(a.Cause, b.Cause),
			order([]bool{false, true}, a.Waived, b.Waived))
	})
	return s
}

// Statuses in the order in which reports show them, worst first.
var Statuses = []checks.Status{checks.FAIL, checks.UNKNOWN, checks.PASS, checks.NotApplicable}

// order compares by place in a list.
func order[T comparable](list []T, a, b T) int {
	return cmp.Compare(slices.Index(list, a), slices.Index(list, b))
}

// Summarize counts all findings in one pass.
func Summarize(findings iter.Seq[checks.Finding], list []*checks.Check) (Summary, error) {
	t := NewTally(list)
	for f := range findings {
		if err := t.Add(f); err != nil {
			return Summary{}, err
		}
	}
	return t.Summary(), nil
}
