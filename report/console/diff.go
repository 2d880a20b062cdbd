package console

import (
	"fmt"
	"io"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/wording"
	"onus/report"
	"onus/report/diff"
)

// kindWords say what became of a finding, with what a reader should make of it.
var kindWords = map[diff.Kind][2]string{
	diff.Broken:  {"Broken", "kept before, FAIL now"},
	diff.New:     {"New", "not there before"},
	diff.Lapsed:  {"Lapsed", "waived before, and counts again"},
	diff.Waived:  {"Waived", "counted before, and is waived now"},
	diff.Unknown: {"Unknown now", "told before, and cannot be told any more"},
	diff.Known:   {"Known now", "could not be told before"},
	diff.Fixed:   {"Fixed", "FAIL before, and not any more"},
	diff.Gone:    {"Gone", "not thereby fixed"},
	diff.Other:   {"Other", "passes no more, or applies no more"},
}

// Diff writes what changed between two results. Of what asks for nothing it gives counts.
func Diff(w io.Writer, d *diff.Diff, o Options) error {
	p := newPrinter(w, o.filled())
	row := func(label string, s diff.Side) {
		n := s.Findings
		p.labelled(0, span{dim, pad(label, 8)}, plain, fmt.Sprintf("%s UTC, scan %s: %d FAIL, %d UNKNOWN, %d PASS, %d NOT_APPLICABLE",
			s.Started.UTC().Format(time.DateTime), s.Scan, n.FAIL, n.UNKNOWN, n.PASS, n.NotApplicable))
	}
	p.labelled(0, span{dim, pad("account", 8)}, plain, strings.Join(d.After.Accounts, ", "))
	row("before", d.Before)
	row("after", d.After)
	for _, n := range d.Notes {
		p.labelled(0, span{dim, pad("note", 8)}, yellow, n)
	}
	for _, k := range diff.Kinds {
		if n := d.Summary.Changes[k]; n > 0 {
			p.heading(kindWords[k][0], fmt.Sprintf("%s: %s", wording.Count(n, "finding"), kindWords[k][1]))
			p.changes(d.Changes, k, o.filled().Top)
		}
	}
	p.blank()
	p.text(0, plain, fmt.Sprintf("%s as before, %d of them with another reason or value.", wording.Count(d.Summary.Same, "finding"), d.Summary.Reworded))
	return p.flush()
}

// changes shows those of one kind: one by one where the verdict is FAIL or UNKNOWN now,
// or was before; else counted.
func (p *printer) changes(all []diff.Change, k diff.Kind, top int) {
	shown, quiet := map[string]int{}, 0
	for _, c := range all {
		switch {
		case c.Kind != k:
		case !worthALine(c):
			quiet++
		case shown[c.Check] >= top:
			shown[c.Check]++
		default:
			shown[c.Check]++
			p.change(c)
		}
	}
	more := 0
	for _, n := range shown {
		more += max(0, n-top)
	}
	if more > 0 {
		p.text(2, dim, fmt.Sprintf("… and %d more of the same checks: --verbose, or --format json", more))
	}
	if quiet > 0 {
		p.text(2, dim, fmt.Sprintf("%d with PASS or NOT_APPLICABLE: --format json", quiet))
	}
}

func worthALine(c diff.Change) bool {
	loud := func(v *diff.Verdict) bool {
		return v != nil && (v.Status == checks.FAIL || v.Status == checks.UNKNOWN)
	}
	return loud(c.After) || loud(c.Before)
}

func (p *printer) change(c diff.Change) {
	status := func(v *diff.Verdict) string {
		if v == nil {
			return "none"
		}
		return string(v.Status)
	}
	now := c.After
	if now == nil {
		now = c.Before
	}
	look := statusStyle(now.Status)
	if c.After == nil {
		look = dim
	}
	p.labelled(2, span{look, pad(string(c.Severity()), 10)}, bold, c.Check)
	p.text(12, plain, place(checks.Finding{Account: c.Account, Region: c.Region}, true)+"  "+label(c.Resource))
	for _, line := range brief(status(c.Before)+" → "+status(c.After)+": "+now.Reason, p.width-12) {
		p.line(12, span{plain, line})
	}
	if now.Waived != nil {
		for _, line := range brief(report.WaivedWords(*now.Waived), p.width-12) {
			p.line(12, span{dim, line})
		}
	}
	if c.Why != "" {
		p.text(12, dim, c.Why)
	}
}
