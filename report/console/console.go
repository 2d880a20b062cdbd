// Package console writes a result for a person at a terminal: what is broken and what
// could not be told, by duty and check, the worst first; then the duties, what was not
// read, the totals, and why the exit status is what it is. It leaves whole lists to the
// other formats.
//
// Names, tags, reasons and error messages come from whoever owns the resources. Every
// text is cleaned before it is written, and no line is wider than was asked for.
package console

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/report"
)

// Options say how the report looks.
type Options struct {
	Width   int             // columns; 0: 100; fewer than 40 count as 40
	Color   bool            // the caller knows the terminal and NO_COLOR
	Top     int             // resources shown for each check; 0: 5
	Whole   checks.Severity // where many checks fail, those below have a line each; "": none
	Outcome report.Outcome  // the exit status and why
	More    string          // the command that shows all; "": onus scan … --verbose
}

func (o Options) filled() Options {
	if o.Width == 0 {
		o.Width = 100
	}
	if o.Top == 0 {
		o.Top = 5
	}
	if o.More == "" {
		o.More = "onus scan … --verbose"
	}
	o.Width = max(40, o.Width)
	return o
}

// Write writes the report. The findings are ranged over once; of each check no more than
// Top findings of a kind are kept.
func Write(w io.Writer, r report.Result, o Options) error {
	o, r = o.filled(), r.Sorted()
	sum, tested, err := gather(r, o.Top)
	if err != nil {
		return err
	}
	p := newPrinter(w, o)
	p.header(r)
	p.findings(tested, o)
	p.waivers(r, tested, sum, o)
	p.duties(report.Duties(r, sum))
	p.frameworks(r, sum)
	p.gaps(r, tested)
	p.totals(r, sum)
	p.blank()
	p.text(0, outcomeStyle(o.Outcome.Code), o.Outcome.String())
	return p.flush()
}

func outcomeStyle(code int) style {
	if code == report.ExitOK {
		return green
	}
	return red
}

// header says what was scanned, when, by whom, and what was left out.
func (p *printer) header(r report.Result) {
	s := r.Scan
	row := func(label, text string) { p.labelled(0, span{dim, pad(label, 10)}, plain, text) }
	title := "Onus " + s.ToolVersion
	if s.Commit != "" {
		title += " (" + s.Commit + ")"
	}
	p.text(0, bold, title)
	row("scan", s.ID)
	row("account", strings.Join(s.Accounts, ", ")+" in partition "+s.Partition)
	row("as", s.Principal)
	when := s.Started.UTC().Format(time.DateTime) + " UTC, for " + s.Finished.Sub(s.Started).Round(time.Second).String()
	if !s.AsOf.Equal(s.Started) {
		when += "; judged as of " + s.AsOf.UTC().Format(time.DateTime) + " UTC"
	}
	row("time", when)
	row("Regions", regions(s))
	if n := s.NarrowedTo; n != nil {
		row("narrowed", narrowing(*n))
	}
	if s.Interrupted != "" {
		p.text(0, red, "The scan was interrupted ("+s.Interrupted+"): this is not all.")
	}
}

func regions(s report.Scan) string {
	if s.RegionsUnread != "" {
		return "not known: " + s.RegionsUnread
	}
	enabled := 0
	for _, r := range s.Regions {
		if r.Enabled {
			enabled++
		}
	}
	return fmt.Sprintf("%d enabled of %d", enabled, len(s.Regions))
}

func narrowing(n report.Narrowing) string {
	var parts []string
	for _, part := range []struct {
		what string
		list []string
	}{{"Regions", n.Regions}, {"without Regions", n.ExcludedRegions}, {"services", n.Services}, {"categories", n.Categories},
		{"checks", n.Checks}, {"frameworks", n.Frameworks}, {"resources", n.Resources}, {"tags", n.Tags}} {
		if len(part.list) > 0 {
			parts = append(parts, part.what+" "+strings.Join(part.list, ", "))
		}
	}
	return strings.Join(slices.Concat(parts, []string{"nothing else was looked at"}), "; ")
}
