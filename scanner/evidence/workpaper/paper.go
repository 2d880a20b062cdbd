package workpaper

import (
	"bufio"
	"embed"
	"errors"
	html "html/template"
	"io"
	"os"
	"strconv"
	"strings"
	text "text/template"

	"onus/scanner/evidence"
)

// paper is one control's.
type paper struct {
	ID, Title, Severity, Duty, Remedy string
	Frameworks, Reads                 []string
	Head                              head
	Counts                            map[string]int // status → findings
	Exceptions                        []row          // FAIL
	Unseen                            []row          // UNKNOWN
	Gaps                              []gap          // operations that were not read to their end
}

// row is one resource's result.
type row struct {
	Finding, Status, Account, Region, Type, Resource, Reason string
	Places                                                   []evidence.Place
}

// gap is a call that did not end well.
type gap struct{ Operation, Where, Status, Code, RequestID string }

func rowOf(f finding, b *evidence.Bundle) row {
	r := row{Finding: f.ID, Status: f.Status, Account: f.Account, Region: f.Region, Type: f.Resource.Type, Resource: f.Resource.ID, Reason: f.Reason}
	for _, id := range f.Evidence {
		if at := b.Place(id); at.Ledger > 0 {
			r.Places = append(r.Places, at)
		}
	}
	return r
}

func (p *paper) add(r row) {
	p.Counts[r.Status]++
	switch r.Status {
	case "FAIL":
		p.Exceptions = append(p.Exceptions, r)
	case "UNKNOWN":
		p.Unseen = append(p.Unseen, r)
	}
}

// Population is how many resources and unread places the control has a verdict on.
func (p *paper) Population() int {
	n := 0
	for _, c := range p.Counts {
		n += c
	}
	return n
}

// Tested is how many of them were judged.
func (p *paper) Tested() int { return p.Population() - p.Counts["UNKNOWN"] }

// Conclusion says in one sentence what the counts mean, and nothing more than that.
func (p *paper) Conclusion() string {
	switch {
	case p.Population() == 0:
		return "Nothing was found that this control applies to."
	case len(p.Exceptions) > 0:
		return "The control does not hold: there are exceptions."
	case len(p.Unseen) > 0:
		return "No exception was found, but not everything could be seen."
	case p.Counts["PASS"] == 0:
		return "The control applies to none of the resources."
	}
	return "The control holds for every resource that it applies to."
}

func (r row) lines() string {
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

// Lines are the ledger's, for a table.
func (r row) Lines() string { return r.lines() }

//go:embed paper.md paper.html index.md index.html
var files embed.FS

var (
	markdown = text.Must(text.New("").Funcs(text.FuncMap{"cell": cell, "join": join}).ParseFS(files, "*.md"))
	page     = html.Must(html.New("").Funcs(html.FuncMap{"join": join}).ParseFS(files, "*.html"))
)

func join(list []string) string { return strings.Join(list, ", ") }

// cell escapes what Markdown or HTML would take for its own in a name or reason.
func cell(s string) string {
	var out strings.Builder
	for _, r := range s {
		switch {
		case strings.ContainsRune("\\`*_{}[]<>#|~!&$", r):
			out.WriteByte('\\')
			out.WriteRune(r)
		case r < ' ' || r == 0x7f:
			out.WriteByte(' ')
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

func execute(path string, t interface{ Execute(io.Writer, any) error }, data any) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	return errors.Join(t.Execute(w, data), w.Flush(), f.Close())
}
