// Package workpaper writes what an auditor files: for each control a folder with what was
// demanded, how it was tested, the population, the exceptions, what could not be seen,
// and where the evidence for each resource stands in the bundle. It leaves the bundle
// to evidence and judges nothing: every verdict is one of the sealed result.
package workpaper

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"onus/scanner/evidence"
)

// Write makes a folder for each control below dir, and an index. dir must not be there;
// after an error it is not there again.
func Write(dir string, b *evidence.Bundle) error {
	d, err := documentOf(b)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	w := &writer{dir: dir, b: b, head: headOf(b, d), doc: d}
	if err := w.all(); err != nil {
		return errors.Join(err, w.abandon(), os.RemoveAll(dir))
	}
	return nil
}

func (w *writer) all() error {
	for line, err := range evidence.FindingLines(w.b.Result(), io.Discard) {
		if err != nil {
			return err
		}
		var f finding
		if err := json.Unmarshal(line, &f); err != nil {
			return fmt.Errorf("a finding of the result: %w", err)
		}
		if err := w.take(f); err != nil {
			return err
		}
	}
	if err := w.finish(); err != nil {
		return err
	}
	for id := range w.doc.Checks { // those that found nothing to judge have a paper too
		if slices.ContainsFunc(w.papers, func(p *paper) bool { return p.ID == id }) {
			continue
		}
		if err := w.begin(id); err != nil {
			return err
		}
		if err := w.finish(); err != nil {
			return err
		}
	}
	slices.SortFunc(w.papers, func(a, b *paper) int { return cmp.Compare(a.ID, b.ID) })
	return w.index()
}

// writer writes one paper at a time: the findings come in the order of their checks.
type writer struct {
	dir    string
	b      *evidence.Bundle
	head   head
	doc    document
	papers []*paper

	now        *paper
	file       *os.File
	buffer     *bufio.Writer
	population *csv.Writer
}

// folderName is the form of a check's id: it names a folder, and a result that somebody
// else wrote must not choose another place.
var folderName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (w *writer) begin(id string) error {
	c, known := w.doc.Checks[id]
	if !known || !folderName.MatchString(id) {
		return fmt.Errorf("the result has findings of %q, which is none of its checks", id)
	}
	dir := filepath.Join(w.dir, id)
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	var err error
	if w.file, err = os.OpenFile(filepath.Join(dir, "population.csv"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644); err != nil {
		return err
	}
	w.buffer = bufio.NewWriter(w.file)
	w.population = csv.NewWriter(w.buffer)
	w.now = &paper{ID: id, Title: c.Title, Severity: c.Severity, Duty: c.Duty, Remedy: c.Remedy, Reads: c.Reads, Head: w.head, Counts: map[string]int{}}
	for _, f := range c.Frameworks {
		w.now.Frameworks = append(w.now.Frameworks, f.Framework+" "+f.Requirement)
	}
	for _, c := range w.doc.Coverage {
		if c.Status != "ok" && slices.Contains(w.now.Reads, c.Operation) {
			gap := gap{Operation: c.Operation, Where: c.Account + "/" + c.Region, Status: c.Status}
			if c.Error != nil {
				gap.Code, gap.RequestID = c.Error.Code, c.Error.RequestID
			}
			w.now.Gaps = append(w.now.Gaps, gap)
		}
	}
	return w.population.Write([]string{"finding", "status", "account", "region", "resource_type", "resource", "name", "reason", "ledger_lines", "exchange_digests"})
}

func (w *writer) take(f finding) error {
	if w.now == nil || w.now.ID != f.Check {
		if err := w.finish(); err != nil {
			return err
		}
		if err := w.begin(f.Check); err != nil {
			return err
		}
	}
	r := rowOf(f, w.b)
	w.now.add(r)
	cells := []string{r.Finding, r.Status, f.Account, f.Region, f.Resource.Type, f.Resource.ID, f.Resource.Name, f.Reason, r.lines(), r.digests()}
	for i := range cells {
		cells[i] = inert(cells[i])
	}
	return w.population.Write(cells)
}

// inert keeps a spreadsheet from taking a name for a formula.
func inert(cell string) string {
	if cell != "" && bytes.ContainsAny([]byte(cell[:1]), "=+-@\t\r") {
		return "'" + cell
	}
	return cell
}

// finish ends the paper under way, if there is one.
func (w *writer) finish() error {
	if w.now == nil {
		return nil
	}
	p := w.now
	w.papers, w.now = append(w.papers, p), nil
	w.population.Flush()
	if err := errors.Join(w.population.Error(), w.buffer.Flush(), w.file.Close()); err != nil {
		return err
	}
	return errors.Join(
		execute(filepath.Join(w.dir, p.ID, "workpaper.md"), markdown.Lookup("paper.md"), p),
		execute(filepath.Join(w.dir, p.ID, "workpaper.html"), page.Lookup("paper.html"), p),
	)
}

// abandon closes what a fault left open.
func (w *writer) abandon() error {
	if w.now == nil {
		return nil
	}
	w.now = nil
	return w.file.Close()
}

func (w *writer) index() error {
	all := struct {
		Head   head
		Papers []*paper
	}{w.head, w.papers}
	return errors.Join(
		execute(filepath.Join(w.dir, "index.md"), markdown.Lookup("index.md"), all),
		execute(filepath.Join(w.dir, "index.html"), page.Lookup("index.html"), all),
	)
}
