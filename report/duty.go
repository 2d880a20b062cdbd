package report

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/wording"
)

// State is what became of one duty in one kind of service.
type State string

// The states. Kept is never said of what was not judged.
const (
	Kept      State = "kept"       // something passed, nothing failed, nothing is unknown
	Broken    State = "broken"     // something failed
	Unknown   State = "unknown"    // nothing failed, and something could not be told
	Waived    State = "waived"     // nothing failed and nothing is unknown but what is waived
	NotJudged State = "not-judged" // no verdict: see Why
)

// States are all of them, worst first.
var States = []State{Broken, Unknown, Waived, Kept, NotJudged}

// Duty is one duty in one kind of service: who owes what, and what became of it.
type Duty struct {
	Duty         checks.Duty        `json:"duty"`
	ServiceKind  checks.ServiceKind `json:"service_kind"`
	CustomerOwes string             `json:"customer_owes"` // "" where AWS owes it alone
	AWSOwes      string             `json:"aws_owes"`
	Outcome      State              `json:"outcome"`
	Why          string             `json:"why"`
	Checks       []string           `json:"checks"`  // ids of those that ran, sorted
	NotRun       []string           `json:"not_run"` // ids of those that did not, sorted
	Findings     Counts             `json:"findings"`
	ByCheck      CheckStates        `json:"by_check"`
}

// CheckStates counts the checks that ran by what became of them.
type CheckStates struct {
	Broken    int `json:"broken"`
	Unknown   int `json:"unknown"`
	Waived    int `json:"waived,omitempty"`
	Kept      int `json:"kept"`
	NotJudged int `json:"not_judged"` // nothing to judge, or it applies to nothing
}

// Ran is how many checks ran.
func (c CheckStates) Ran() int { return c.Broken + c.Unknown + c.Waived + c.Kept + c.NotJudged }

// StateOf is what counts of findings make of a check or of a duty.
func StateOf(c Counts) State {
	switch open := c.Open(); {
	case open.FAIL > 0:
		return Broken
	case open.UNKNOWN > 0:
		return Unknown
	case c.Waived.Total() > 0:
		return Waived
	case c.PASS > 0:
		return Kept
	}
	return NotJudged
}

// Duties is the whole model, each duty in each kind of service, with what became of it.
func Duties(r Result, s Summary) []Duty {
	r = r.Sorted()
	out := make([]Duty, 0, len(shares))
	for _, sh := range shares {
		d := Duty{Duty: sh.duty, ServiceKind: sh.kind, CustomerOwes: sh.customer, AWSOwes: sh.aws, Checks: []string{}, NotRun: []string{}}
		for _, c := range r.Checks {
			if c.Duty == sh.duty && c.ServiceKind == sh.kind {
				d.count(c.ID, s.Checks[c.ID])
			}
		}
		var reasons []string
		for _, n := range r.Scan.NotRun {
			if n.Check.Duty == sh.duty && n.Check.ServiceKind == sh.kind {
				d.NotRun = append(d.NotRun, n.Check.ID)
				reasons = append(reasons, n.Why)
			}
		}
		d.Outcome = StateOf(d.Findings)
		d.Why = d.why(reasons)
		out = append(out, d)
	}
	return out
}

// AWSAlone says that the customer owes nothing here.
func (d Duty) AWSAlone() bool { return d.CustomerOwes == "" && len(d.Checks) == 0 }

// count takes one check that ran into the duty.
func (d *Duty) count(id string, c Counts) {
	d.Checks = append(d.Checks, id)
	d.Findings.plus(c)
	switch StateOf(c) {
	case Broken:
		d.ByCheck.Broken++
	case Unknown:
		d.ByCheck.Unknown++
	case Waived:
		d.ByCheck.Waived++
	case Kept:
		d.ByCheck.Kept++
	case NotJudged:
		d.ByCheck.NotJudged++
	}
}

// why says in one sentence what the outcome rests on, and of how many.
func (d *Duty) why(reasons []string) string {
	ran := wording.Count(d.ByCheck.Ran(), "check")
	open, waived := d.Findings.Open(), d.Findings.Waived.Total()
	var out string
	switch {
	case d.Outcome == Broken:
		out = fmt.Sprintf("%d of %s failed, on %d of %s", d.ByCheck.Broken, ran, open.FAIL, wording.Count(d.Findings.Total(), "finding"))
	case d.Outcome == Unknown:
		out = fmt.Sprintf("%d of %s could not tell, on %d of %s", d.ByCheck.Unknown, ran, open.UNKNOWN, wording.Count(d.Findings.Total(), "finding"))
	case d.Outcome == Waived && d.Findings.PASS > 0:
		out = fmt.Sprintf("kept but for what is waived: %d of %s, on %d of %s", d.ByCheck.Waived, ran, waived, wording.Count(d.Findings.Total(), "finding"))
	case d.Outcome == Waived:
		out = fmt.Sprintf("nothing passed, and what fails or is unknown is waived: %d of %s, on %d of %s", d.ByCheck.Waived, ran, waived, wording.Count(d.Findings.Total(), "finding"))
	case d.Outcome == Kept:
		out = fmt.Sprintf("%d of %s passed, on %d of %s", d.ByCheck.Kept, ran, d.Findings.PASS, wording.Count(d.Findings.Total(), "finding"))
	case d.AWSAlone():
		return "AWS owes this alone"
	case d.Findings.NotApplicable > 0:
		out = fmt.Sprintf("%s ran and did not apply, on %s", ran, wording.Count(d.Findings.NotApplicable, "finding"))
	case len(d.Checks) > 0:
		out = ran + " ran and found nothing to judge"
	case len(reasons) == 0:
		return "Onus has no check of this: the customer must show it by other means"
	default:
		out = "no check ran"
	}
	if waived > 0 && d.Outcome != Waived {
		out += fmt.Sprintf("; %s waived", wording.Count(waived, "finding"))
	}
	if len(reasons) > 0 {
		slices.Sort(reasons)
		out += fmt.Sprintf("; %s did not run (%s)", wording.Count(len(reasons), "check"), strings.Join(slices.Compact(reasons), "; "))
	}
	return out
}
