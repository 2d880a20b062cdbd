// Package diff says what became of the findings of one result in a later one. It leaves
// keeping results to report/history, and showing to its callers.
//
// A finding is the same in both if its id is. One that is gone was not thereby mended:
// its check may not have run, or its place could not be listed, and the difference says
// which. Reasons change by themselves (an age grows by a day): a finding with the same
// status is the same, and those with another reason are only counted.
package diff

import (
	"cmp"
	"io"
	"reflect"
	"slices"
	"time"

	"onus/checks"
	"onus/report"
	"onus/report/jsonresult"
	"onus/scanner/snapshot"
)

// Format names the document.
const Format = "onus.diff/v1"

// Kind is what became of a finding.
type Kind string

// The kinds.
const (
	Broken  Kind = "broken"  // it passed, or did not apply, and fails now
	New     Kind = "new"     // there was no such finding
	Lapsed  Kind = "lapsed"  // it was waived, and counts again
	Unknown Kind = "unknown" // there was a verdict, and it cannot be told any more
	Known   Kind = "known"   // it could not be told, and can be now
	Waived  Kind = "waived"  // it counted, and is waived now
	Fixed   Kind = "fixed"   // it failed, and does not any more
	Gone    Kind = "gone"    // there is no such finding any more
	Other   Kind = "other"   // it passed and does not apply any more, or the other way round
)

// Kinds are all of them, in the order in which they are shown.
var Kinds = []Kind{Broken, New, Lapsed, Unknown, Known, Waived, Fixed, Gone, Other}

// Diff is the document.
type Diff struct {
	Format  string   `json:"format"`
	Before  Side     `json:"before"`
	After   Side     `json:"after"`
	Notes   []string `json:"notes"` // why the two are not alike in more than their findings
	Summary Summary  `json:"summary"`
	Changes []Change `json:"changes"`
}

// Side is one of the two results.
type Side struct {
	Scan        string        `json:"scan"` // id
	Started     time.Time     `json:"started"`
	AsOf        time.Time     `json:"as_of"`
	ToolVersion string        `json:"tool_version"`
	Accounts    []string      `json:"accounts"`
	Findings    report.Counts `json:"findings"`
}

// Summary counts findings.
type Summary struct {
	Same     int          `json:"same"`     // of the same status
	Reworded int          `json:"reworded"` // of these, with another reason, severity, observed value or waiver
	Changes  map[Kind]int `json:"changes"`
}

// Verdict is what one result says.
type Verdict struct {
	Status   checks.Status   `json:"status"`
	Severity checks.Severity `json:"severity"`
	Cause    snapshot.Cause  `json:"cause,omitempty"`
	Reason   string          `json:"reason"`
	Waived   *checks.Waived  `json:"waived,omitempty"`
}

// Change is one finding that is not as it was.
type Change struct {
	Kind     Kind            `json:"change"`
	Why      string          `json:"why,omitempty"` // of one that is new or gone
	ID       string          `json:"id"`
	Check    string          `json:"check"`
	Account  string          `json:"account"`
	Region   string          `json:"region"`
	Resource checks.Resource `json:"resource"` // without its tags
	Before   *Verdict        `json:"before,omitempty"`
	After    *Verdict        `json:"after,omitempty"`
}

// Severity is that of the later verdict, else of the earlier one.
func (c Change) Severity() checks.Severity {
	if c.After != nil {
		return c.After.Severity
	}
	return c.Before.Severity
}

// Regressed says that a change asks for something to be done: a FAIL that was none,
// something that cannot be told any more, or one of them that is waived no more.
func (c Change) Regressed() bool {
	return c.After != nil && c.After.Waived == nil && (c.After.Status == checks.FAIL || c.After.Status == checks.UNKNOWN)
}

// Of compares two result documents.
func Of(before, after io.Reader) (*Diff, error) {
	was, err := read(before)
	if err != nil {
		return nil, err
	}
	now, err := read(after)
	if err != nil {
		return nil, err
	}
	d := &Diff{Format: Format, Before: was.side(), After: now.side(), Notes: notes(was, now), Changes: []Change{}}
	d.Summary.Changes = map[Kind]int{}
	for _, k := range Kinds {
		d.Summary.Changes[k] = 0
	}
	for id, f := range now.findings {
		old, ok := was.findings[id]
		switch {
		case !ok:
			d.add(changeOf(New, f, nil, &f).because(was.absence(f, "the resource was not there before")))
		case old.Status == f.Status && old.Waived != nil && f.Waived == nil:
			d.add(changeOf(Lapsed, f, &old, &f))
		case old.Status == f.Status && old.Waived == nil && f.Waived != nil:
			d.add(changeOf(Waived, f, &old, &f))
		case old.Status == f.Status:
			d.Summary.Same++
			if old.Reason != f.Reason || old.Severity != f.Severity || !reflect.DeepEqual(old.Observed, f.Observed) || !reflect.DeepEqual(old.Waived, f.Waived) {
				d.Summary.Reworded++
			}
		default:
			d.add(changeOf(kindOf(old.Status, f.Status), f, &old, &f))
		}
	}
	for id, f := range was.findings {
		if _, ok := now.findings[id]; !ok {
			d.add(changeOf(Gone, f, &f, nil).because(now.absence(f, "the resource is not there any more")))
		}
	}
	slices.SortFunc(d.Changes, byWeight)
	return d, nil
}

func (d *Diff) add(c Change) {
	d.Changes = append(d.Changes, c)
	d.Summary.Changes[c.Kind]++
}

func kindOf(before, after checks.Status) Kind {
	switch {
	case after == checks.FAIL && before != checks.UNKNOWN:
		return Broken
	case after == checks.UNKNOWN:
		return Unknown
	case before == checks.UNKNOWN:
		return Known
	case before == checks.FAIL:
		return Fixed
	}
	return Other
}

func changeOf(k Kind, f checks.Finding, before, after *checks.Finding) Change {
	verdict := func(f *checks.Finding) *Verdict {
		if f == nil {
			return nil
		}
		return &Verdict{f.Status, f.Severity, f.Cause, f.Reason, f.Waived}
	}
	f.Resource.Tags = nil
	return Change{Kind: k, ID: f.ID, Check: f.Check, Account: f.Account, Region: f.Region, Resource: f.Resource, Before: verdict(before), After: verdict(after)}
}

func (c Change) because(why string) Change {
	c.Why = why
	return c
}

// byWeight orders by kind, severity, status and then as results do.
func byWeight(a, b Change) int {
	status := func(c Change) checks.Status {
		if c.After != nil {
			return c.After.Status
		}
		return c.Before.Status
	}
	return cmp.Or(
		cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)),
		cmp.Compare(slices.Index(report.Statuses, status(a)), slices.Index(report.Statuses, status(b))),
		cmp.Compare(slices.Index(checks.Severities, a.Severity()), slices.Index(checks.Severities, b.Severity())),
		cmp.Compare(a.Check, b.Check), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Resource.ID, b.Resource.ID), cmp.Compare(a.ID, b.ID))
}

// result is what is held of a document.
type result struct {
	scan     report.Scan
	counts   report.Counts
	ran      map[string]bool
	unlisted map[place]bool
	findings map[string]checks.Finding
}

// place is where the resources of a check could not be listed.
type place struct{ check, account, region string }

func read(document io.Reader) (*result, error) {
	r := &result{ran: map[string]bool{}, unlisted: map[place]bool{}, findings: map[string]checks.Finding{}}
	err := jsonresult.Read(document, jsonresult.Parts{
		Scan: func(s report.Scan) error { r.scan = s; return nil },
		Summary: func(s report.Summary) error {
			r.counts = s.Count(func(report.Cell) bool { return true })
			return nil
		},
		Check: func(c *checks.Check, _ []report.Requirement) error { r.ran[c.ID] = true; return nil },
		Finding: func(f checks.Finding) error {
			if f.Resource.Type == checks.Scope {
				r.unlisted[place{f.Check, f.Account, f.Region}] = true
			}
			f.Evidence, f.Resource.Tags = nil, nil // not compared
			r.findings[f.ID] = f
			return nil
		},
	})
	return r, err
}

func (r *result) side() Side {
	s := r.scan
	return Side{s.ID, s.Started, s.AsOf, s.ToolVersion, s.Accounts, r.counts}
}

// absence says why this result has no such finding; gone is why if nothing else is.
func (r *result) absence(f checks.Finding, gone string) string {
	narrowed := r.scan.NarrowedTo
	switch {
	case !slices.Contains(r.scan.Accounts, f.Account):
		return "its account was not scanned"
	case !r.ran[f.Check]:
		for _, n := range r.scan.NotRun {
			if n.Check.ID == f.Check {
				return "its check did not run: " + n.Why
			}
		}
		return "its check was not known to that version"
	case f.Resource.Type == checks.Scope && narrowed == nil:
		return "all was listed there"
	case r.unlisted[place{f.Check, f.Account, f.Region}], r.unlisted[place{f.Check, f.Account, snapshot.Global}]:
		return "its place could not be listed"
	case narrowed != nil && leavesOut(*narrowed, f):
		return "the scan was narrowed"
	}
	return gone
}

// leavesOut says that a finding may be missing because a scan was narrowed.
func leavesOut(n report.Narrowing, f checks.Finding) bool {
	switch {
	case len(n.Resources)+len(n.Tags) > 0:
		return true
	case f.Region == snapshot.Global:
		return false
	}
	return len(n.Regions) > 0 && !slices.Contains(n.Regions, f.Region) || slices.Contains(n.ExcludedRegions, f.Region)
}

// notes say what else is not alike.
func notes(was, now *result) []string {
	out := []string{}
	a, b := was.scan, now.scan
	if !slices.Equal(slices.Sorted(slices.Values(a.Accounts)), slices.Sorted(slices.Values(b.Accounts))) {
		out = append(out, "the two are of different accounts")
	}
	if b.Started.Before(a.Started) {
		out = append(out, "the later result is of the earlier scan")
	}
	if a.ToolVersion != b.ToolVersion || a.CatalogueDigest != b.CatalogueDigest {
		out = append(out, "other checks, or another version of Onus, judged the later one")
	}
	if a.PolicyDigest != b.PolicyDigest {
		out = append(out, "another policy file judged the later one")
	}
	if !reflect.DeepEqual(a.NarrowedTo, b.NarrowedTo) {
		out = append(out, "they were narrowed in different ways")
	}
	for _, s := range []report.Scan{a, b} {
		if s.Interrupted != "" {
			out = append(out, "scan "+s.ID+" was interrupted: "+s.Interrupted)
		}
	}
	return out
}
