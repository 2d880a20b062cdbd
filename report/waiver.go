package report

import (
	"iter"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/networks"
	"onus/checks/wording"
)

// Waiver is an exception that the policy makes, and what it was good for in this result.
type Waiver struct {
	Check    string      `json:"check"`              // an id, or a glob over ids
	Resource string      `json:"resource,omitempty"` // a glob over the ids of resources
	Finding  string      `json:"finding,omitempty"`  // how a finding's id begins; one of the two is given
	Reason   string      `json:"reason"`
	Owner    string      `json:"owner"`
	Expires  string      `json:"expires"` // YYYY-MM-DD: the last day on which it holds, in UTC
	State    WaiverState `json:"state"`
	Findings int         `json:"findings"` // that fail or cannot be told, and that it fits
}

// WaiverState is what became of a waiver.
type WaiverState string

// The states.
const (
	InForce WaiverState = "in-force" // it has not expired, and fits some finding
	Expired WaiverState = "expired"  // what it fits counts again, unless another waiver holds
	Unused  WaiverState = "unused"   // it has not expired, and fits nothing that fails or is unknown
)

// WaiverStates are all of them, in the order in which reports show them: first what
// somebody should look at.
var WaiverStates = []WaiverState{Expired, Unused, InForce}

// Target is what a waiver is about, in one word for people.
func (w Waiver) Target() string {
	if w.Finding != "" {
		return "finding " + w.Finding
	}
	return w.Resource
}

// holds says whether the day of a time is not after the last day of the waiver. Both are
// written so that they compare as texts.
func (w Waiver) holds(asOf time.Time) bool { return asOf.UTC().Format(time.DateOnly) <= w.Expires }

// fits says whether a finding is meant. Nothing but what fails or cannot be told is.
func (w Waiver) fits(f checks.Finding) bool {
	if f.Status != checks.FAIL && f.Status != checks.UNKNOWN {
		return false
	}
	if !networks.Glob(w.Check, f.Check) {
		return false
	}
	if w.Finding != "" {
		return strings.HasPrefix(f.ID, w.Finding)
	}
	return networks.Glob(w.Resource, f.Resource.ID)
}

// Waive is the result with its waivers applied, judged by the result's AsOf alone. Where
// several fit a finding, the one that expires last is taken, and of these the first. The
// findings are ranged over once, to say what became of each waiver.
func Waive(r Result, waivers []Waiver) Result {
	if len(waivers) == 0 {
		return r
	}
	r.counted = nil
	all := make([]Waiver, len(waivers))
	var holding []Waiver
	for i, w := range waivers {
		w.State, w.Findings = Unused, 0
		if w.holds(r.Scan.AsOf) {
			holding = append(holding, w)
		} else {
			w.State = Expired
		}
		all[i] = w
	}
	for f := range r.Findings {
		for i := range all {
			if !all[i].fits(f) {
				continue
			}
			all[i].Findings++
			if all[i].State == Unused {
				all[i].State = InForce
			}
		}
	}
	r.Waivers, r.Findings = all, waived(r.Findings, holding)
	return r
}

// waived yields the findings, those that a waiver fits with it.
func waived(findings iter.Seq[checks.Finding], holding []Waiver) iter.Seq[checks.Finding] {
	return func(yield func(checks.Finding) bool) {
		for f := range findings {
			var last *Waiver
			for i := range holding {
				if w := &holding[i]; (last == nil || w.Expires > last.Expires) && w.fits(f) {
					last = w
				}
			}
			if last != nil {
				f.Waived = &checks.Waived{Reason: last.Reason, Owner: last.Owner, Expires: last.Expires}
			}
			if !yield(f) {
				return
			}
		}
	}
}

// Loose are the waivers that hold no more, and those that were good for nothing: what a
// reader must not miss, the expired first.
func (r Result) Loose() (out []Waiver) {
	for _, state := range []WaiverState{Expired, Unused} {
		for _, w := range r.Waivers {
			if w.State == state {
				out = append(out, w)
			}
		}
	}
	return out
}

// Says is a waiver that is loose in a sentence without its target: why it is shown.
func (w Waiver) Says() string {
	switch {
	case w.State == Expired && w.Findings > 0:
		return "expired on " + w.Expires + ", and holds no more for " + wording.Count(w.Findings, "finding")
	case w.State == Expired:
		return "expired on " + w.Expires + ", and fits nothing that fails or is unknown"
	case w.State == Unused:
		return "until " + w.Expires + ": fits nothing that fails or is unknown"
	}
	return "until " + w.Expires + ": fits " + wording.Count(w.Findings, "finding")
}

// WaivedWords is a waiver of a finding in a sentence, for people.
func WaivedWords(w checks.Waived) string {
	return "waived by " + w.Owner + " until " + w.Expires + ": " + w.Reason
}
