package console

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"onus/checks"
	"onus/report/mend"
	"onus/report/visible"
	"onus/scanner/snapshot"
)

// Explanation is a check and, where one is asked about, a finding of it.
type Explanation struct {
	Check   *checks.Check
	Suite   string   // in which the check runs
	Serves  []Served // by framework
	Finding *checks.Finding
	Scan    string // id of the scan that found it
}

// Served is what a check tests of one framework.
type Served struct {
	ID, Name     string
	Requirements []string
}

// Explain writes what a check asks or what a finding saw, why it matters, how to mend it,
// what mending costs, and what it serves. Commands stand on lines of their own, however
// long, so that they can be copied.
func Explain(w io.Writer, e Explanation, o Options) error {
	p := newPrinter(w, o.filled())
	if f := e.Finding; f != nil {
		p.labelled(0, span{statusStyle(f.Status), string(f.Status) + "  "}, bold, f.Resource.ID)
	}
	p.text(0, bold, e.Check.ID)
	p.text(0, plain, "Must hold: "+e.Check.Title+".")
	if e.Check.Fix.Threat != "" {
		p.heading("Why it matters", "")
		p.text(2, plain, e.Check.Fix.Threat)
	}
	if e.Finding != nil {
		p.seen(*e.Finding, e.Scan)
	}
	p.mend(e.Check, e.Finding)
	if e.Check.Fix.Cost != "" {
		p.heading("What mending costs", "")
		p.text(2, plain, e.Check.Fix.Cost)
	}
	p.serves(e.Serves)
	p.asks(e)
	return p.flush()
}

// seen shows what the finding rests on.
func (p *printer) seen(f checks.Finding, scan string) {
	row := func(label, text string) { p.labelled(2, span{dim, pad(label, 10)}, plain, text) }
	p.heading("What was seen", "")
	p.text(2, statusStyle(f.Status), f.Reason)
	if f.Cause != "" && f.Cause != snapshot.OK {
		row("cause", string(f.Cause))
	}
	for _, name := range slices.Sorted(maps.Keys(f.Observed)) {
		row("observed", name+" = "+cmp.Or(f.Observed[name], "(empty)"))
	}
	if f.Waived != nil {
		row("waived", "by "+f.Waived.Owner+" until "+f.Waived.Expires+": "+f.Waived.Reason)
	}
	row("resource", strings.TrimSpace(f.Resource.Type+" "+f.Resource.Name))
	row("place", f.Account+"/"+f.Region)
	for _, call := range f.Evidence {
		row("call", call)
	}
	if len(f.Evidence) == 0 {
		row("call", "none was recorded")
	}
	row("finding", f.ID)
	if scan != "" {
		row("scan", scan)
	}
	if len(f.Evidence) > 0 {
		p.text(2, dim, "“onus evidence show BUNDLE FINDING” shows the answers to these calls, where the scan was sealed with --evidence.")
	}
}

// mend shows what to do: for the resource at hand, or with the placeholders.
func (p *printer) mend(c *checks.Check, f *checks.Finding) {
	p.heading("How to mend it", "")
	p.text(2, plain, c.Remedy)
	values, typ := mend.Values{}, ""
	switch {
	case f == nil:
	case mend.Mends(*f):
		values, typ = mend.Of(*f), f.Resource.Type
	default:
		p.text(2, dim, "There is nothing to mend here: the verdict is "+string(f.Status)+".")
		return
	}
	cli, terraform := mend.For(c.Fix, typ)
	var open []string
	for _, part := range []struct {
		label    string
		template mend.Template
	}{{"With the AWS CLI:", cli}, {"With Terraform:", terraform}} {
		text, left := part.template.Fill(values)
		if text == "" {
			continue
		}
		p.blank()
		p.text(2, dim, part.label)
		for line := range strings.Lines(text) {
			p.code(4, strings.TrimRight(line, "\n"))
		}
		open = append(open, left...)
	}
	slices.Sort(open)
	if open = slices.Compact(open); len(open) > 0 {
		p.blank()
		p.text(2, dim, openWords(open, f != nil))
	}
}

// openWords says what the reader has to put in.
func openWords(open []string, filled bool) string {
	list := strings.Join(open, ", ")
	if filled {
		return "Put in by hand: " + list + ". The resource has no such value, or one that is not safe to paste."
	}
	return "Put in the resource’s own: " + list + ". “onus explain FINDING --from result.json” does so for a finding."
}

// code writes a line as it is, however long: a command that is broken or cut is wrong.
func (p *printer) code(indent int, line string) {
	if line == "" {
		p.blank()
		return
	}
	p.write(strings.Repeat(" ", indent) + visible.Text(strings.ReplaceAll(line, "\t", "  ")) + "\n")
}

func (p *printer) serves(list []Served) {
	p.heading("Serves", "")
	for _, s := range list {
		p.labelled(2, span{dim, pad(s.ID, 21)}, plain, s.Name+": "+strings.Join(s.Requirements, ", "))
	}
	if len(list) == 0 {
		p.text(2, plain, "It is mapped to no framework.")
	}
}

// asks shows the check itself.
func (p *printer) asks(e Explanation) {
	c := e.Check
	row := func(label, text string) { p.labelled(2, span{dim, pad(label, 10)}, plain, text) }
	p.heading("The check", "")
	severity := string(c.Severity)
	if e.Finding != nil && e.Finding.Severity != c.Severity {
		severity = string(e.Finding.Severity) + " (the policy says so; else " + severity + ")"
	}
	row("severity", severity)
	row("category", string(c.Category))
	row("duty", string(c.Duty)+" ("+string(c.ServiceKind)+")")
	if len(c.Judges) > 0 {
		row("judges", strings.Join(c.Kinds(), ", "))
	}
	row("suite", e.Suite)
	for _, name := range slices.Sorted(maps.Keys(c.Parameters)) {
		value, err := json.Marshal(c.Parameters[name])
		if err != nil {
			p.err = err
			return
		}
		row("parameter", fmt.Sprintf("%s = %s by default", name, value))
	}
	row("reads", strings.Join(c.Reads, ", "))
}
