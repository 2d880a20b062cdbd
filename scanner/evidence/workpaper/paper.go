package workpaper

import (
	"bufio"
	"cmp"
	"embed"
	"errors"
	html "html/template"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	text "text/template"
	"unicode"

	"onus/scanner/evidence"
)

// index is the list of all papers.
type index struct {
	Title  string
	Head   head
	Papers []*paper
}

// paper is one folder's: of a control, or of a requirement with all controls that test it.
type paper struct {
	Folder, Heading string
	Requirement     string // "" for a control's
	Sections        []*section
	Untested        []string // controls of the requirement without a check that ran
	Head            head
}

// section is what there is to say of one check.
type section struct {
	ID, Title, Severity, Duty, Remedy string
	Frameworks, Reads                 []string
	Counts                            map[string]int // status → findings
	Accepted                          map[string]int // status → findings that are waived
	Rows                              []row          // of every resource, the first shown
	Exceptions                        []row          // FAIL, the first shown
	Unseen                            []row          // UNKNOWN, the first shown
	Gaps                              []gap          // operations that were not read to their end
}

// shown is how many rows a table of a paper has at most; population.csv has all.
const shown = 1000

// row is one resource's result.
type row struct {
	Finding, Status, Account, Region, Resource, Reason string
	Waived                                             *waived
	Places                                             []evidence.Place
}

// gap is a call that did not end well.
type gap struct{ Operation, Where, Status, Code, RequestID string }

func rowOf(f finding, b *evidence.Bundle) row {
	r := row{Finding: f.ID, Status: f.Status, Account: f.Account, Region: f.Region, Resource: f.Resource.ID, Reason: f.Reason, Waived: f.Waived}
	for _, id := range f.Evidence {
		if at := b.Place(id); at.Ledger > 0 {
			r.Places = append(r.Places, at)
		}
	}
	return r
}

func (s *section) add(r row) {
	s.Counts[r.Status]++
	if r.Waived != nil {
		s.Accepted[r.Status]++
	}
	keep := func(list *[]row) {
		if len(*list) < shown {
			*list = append(*list, r)
		}
	}
	keep(&s.Rows)
	switch r.Status {
	case "FAIL":
		keep(&s.Exceptions)
	case "UNKNOWN":
		keep(&s.Unseen)
	}
}

// N is how many findings have a status.
func (s *section) N(status string) int { return s.Counts[status] }

// Waived is how many of these are waived.
func (s *section) Waived(status string) int { return s.Accepted[status] }

// Result is the verdict, and that it is waived.
func (r row) Result() string {
	if r.Waived != nil {
		return r.Status + " (waived)"
	}
	return r.Status
}

// Seen is what was seen, and by whom it is accepted, until when and why.
func (r row) Seen() string {
	if w := r.Waived; w != nil {
		return r.Reason + " — Waived by " + w.Owner + " until " + w.Expires + ": " + w.Reason
	}
	return r.Reason
}

// Population is how many resources and unread places the check has a verdict on.
func (s *section) Population() int {
	n := 0
	for _, c := range s.Counts {
		n += c
	}
	return n
}

// Tested is how many of them were judged.
func (s *section) Tested() int { return s.Population() - s.N("UNKNOWN") }

// Left is how many rows of a table are in population.csv alone.
func (s *section) Left(status string) int {
	if status == "" {
		return max(0, s.Population()-shown)
	}
	return max(0, s.N(status)-shown)
}

// Sampled says that the check reads objects, of which it takes a sample.
func (s *section) Sampled() bool { return slices.Contains(s.Reads, "s3:ListObjectsV2") }

// Conclusion says in one sentence what the counts mean, and nothing more than that.
func (s *section) Conclusion() string {
	switch {
	case s.Population() == 0:
		return "Nothing was found that this control applies to."
	case s.N("FAIL") > s.Waived("FAIL"):
		return "The control does not hold: there are exceptions."
	case s.N("UNKNOWN") > s.Waived("UNKNOWN") && s.N("FAIL") > 0:
		return "The control does not hold everywhere: every exception that was found is waived, but not everything could be seen."
	case s.N("UNKNOWN") > s.Waived("UNKNOWN"):
		return "No exception was found, but not everything could be seen."
	case s.N("FAIL") > 0:
		return "The control does not hold everywhere: what fails or could not be seen is waived."
	case s.N("UNKNOWN") > 0:
		return "No exception was found, and what could not be seen is waived."
	case s.N("PASS") == 0:
		return "The control applies to none of the resources."
	case s.Sampled():
		return "The control holds for what was sampled of every resource that it applies to."
	}
	return "The control holds for every resource that it applies to."
}

// N is how many findings of all sections have a status.
func (p *paper) N(status string) int {
	n := 0
	for _, s := range p.Sections {
		n += s.N(status)
	}
	return n
}

// Waived is how many of these are waived.
func (p *paper) Waived(status string) int {
	n := 0
	for _, s := range p.Sections {
		n += s.Waived(status)
	}
	return n
}

// Population is that of all sections. A resource counts once for each control.
func (p *paper) Population() int {
	n := 0
	for _, s := range p.Sections {
		n += s.Population()
	}
	return n
}

// What says what the paper is about, for the index: frameworks' own words are not ours to
// print, so that of a requirement it is what its controls demand.
func (p *paper) What() string {
	if p.Requirement == "" {
		return p.Heading
	}
	var titles []string
	for _, s := range p.Sections {
		titles = append(titles, s.Title)
	}
	return strings.Join(titles, "; ")
}

// Conclusion is the control's or, for a requirement, what its controls say together: as
// in the result, one with a control that nothing tests is never called kept.
func (p *paper) Conclusion() string {
	if p.Requirement == "" {
		return p.Sections[0].Conclusion()
	}
	const more = " Whether the requirement is met is more than an account can show."
	switch {
	case len(p.Sections) == 0:
		return "Nothing that ran tests this requirement."
	case p.N("FAIL") > p.Waived("FAIL"):
		return "The requirement is not kept: there are exceptions."
	case p.N("UNKNOWN") > p.Waived("UNKNOWN") && p.N("FAIL") > 0:
		return "The requirement is not kept everywhere: every exception that was found is waived, but not everything could be seen."
	case p.N("UNKNOWN") > p.Waived("UNKNOWN"):
		return "No exception was found, but not everything could be seen."
	case p.N("FAIL") > 0:
		return "The requirement is not kept everywhere: what fails or could not be seen is waived."
	case p.N("UNKNOWN") > 0:
		return "No exception was found, and what could not be seen is waived."
	case p.N("PASS") == 0:
		return "The controls that test this requirement apply to no resource."
	case len(p.Untested) > 0:
		return "What was tested holds, but not every control of the requirement was tested." + more
	}
	return "Every control that tests this requirement holds." + more
}

// Lines are the ledger's lines of the calls.
func (r row) Lines() string {
	var out []string
	for _, p := range r.Places {
		out = append(out, strconv.Itoa(p.Ledger))
	}
	return strings.Join(out, " ")
}

func (r row) digests() string {
	var out []string
	for _, p := range r.Places {
		out = append(out, p.Digest)
	}
	return strings.Join(out, " ")
}

// Digests are the answers' digests, so far as a table holds them: population.csv has them
// whole.
func (r row) Digests() string {
	var out []string
	for i, p := range r.Places {
		if i == 3 {
			out = append(out, "+"+strconv.Itoa(len(r.Places)-i))
			break
		}
		out = append(out, p.Digest[:min(16, len(p.Digest))])
	}
	return strings.Join(out, " ")
}

//go:embed paper.md paper.html index.md index.html
var files embed.FS

var (
	markdown = text.Must(text.New("").Funcs(text.FuncMap{"cell": cell, "join": join, "cells": cells}).ParseFS(files, "*.md"))
	page     = html.Must(html.New("").Funcs(html.FuncMap{"join": join}).ParseFS(files, "*.html"))
)

func join(list []string) string { return strings.Join(list, ", ") }

func cells(list []string) string { return cell(join(list)) }

// cell escapes what Markdown or HTML would take for its own in a name or reason.
func cell(s string) string {
	var out strings.Builder
	for i, r := range s {
		switch {
		// Links that some readers make of plain text: an address, a site, a mailbox.
		case r == ':' && strings.HasPrefix(s[i:], "://"), r == '.' && i >= 3 && strings.EqualFold(s[i-3:i], "www"), r == '@',
			strings.ContainsRune("\\`*_{}[]<>#|~!&$", r):
			out.WriteByte('\\')
			out.WriteRune(r)
		case !unicode.IsPrint(r):
			out.WriteByte(' ')
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// natural compares as people count: 2.9 before 2.10.
func natural(a, b string) int {
	for a != "" && b != "" {
		x, y := chunk(a), chunk(b)
		a, b = a[len(x):], b[len(y):]
		if digit(x[0]) && digit(y[0]) {
			x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
			if c := cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y)); c != 0 {
				return c
			}
			continue
		}
		if c := cmp.Compare(x, y); c != 0 {
			return c
		}
	}
	return cmp.Compare(a, b)
}

// chunk is the digits, or the other bytes, with which s begins.
func chunk(s string) string {
	for i := range len(s) {
		if digit(s[i]) != digit(s[0]) {
			return s[:i]
		}
	}
	return s
}

func digit(b byte) bool { return '0' <= b && b <= '9' }

func execute(path string, t interface{ Execute(io.Writer, any) error }, data any) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	return errors.Join(t.Execute(w, data), w.Flush(), f.Close())
}
