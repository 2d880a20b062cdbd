// Package workpaper writes what an auditor files: for each control, or for each
// requirement of a framework, a folder with what was demanded, how it was tested, the
// population, the exceptions, the result by resource, what could not be seen, and where
// the evidence stands in the bundle. It leaves the bundle to evidence and judges
// nothing: every verdict is one of the sealed result.
package workpaper

import (
	"bufio"
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
	"strings"
	"unicode"

	"onus/scanner/evidence"
)

// Framework is one whose requirements get a folder each.
type Framework struct {
	ID, Name     string
	Requirements map[string][]string // requirement → controls that test it, with a check or without
}

// Write makes a folder for each control below dir, or with a framework for each of its
// requirements, and an index. dir must not be there; after an error it is not there again.
func Write(dir string, b *evidence.Bundle, by *Framework) error {
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
	w := &writer{dir: dir, b: b, doc: d, folders: map[string]bool{}}
	if err := w.plan(headOf(b, d), by); err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	if err := w.all(); err != nil {
		return errors.Join(err, w.close(), os.RemoveAll(dir))
	}
	return nil
}

// writer reads the findings once. Those of a check stand together, and go to each paper
// that the check belongs to.
type writer struct {
	dir     string
	b       *evidence.Bundle
	doc     document
	folders map[string]bool
	papers  []*paper
	of      map[string][]*paper // by check
	title   string              // of the index

	now  *section // of the check whose findings come
	open []*population
}

// plan says which papers there are, and makes their folders.
func (w *writer) plan(h head, by *Framework) error {
	w.of = map[string][]*paper{}
	add := func(p *paper, folder string, checks []string) error {
		p.Head, p.Folder = h, w.folder(folder)
		for _, id := range checks {
			w.of[id] = append(w.of[id], p)
		}
		w.papers = append(w.papers, p)
		return os.Mkdir(filepath.Join(w.dir, p.Folder), 0o755)
	}
	var ids []string
	for id := range w.doc.Checks {
		if !checkForm.MatchString(id) {
			return fmt.Errorf("the result has a check %q, which is no id", id)
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	if by == nil {
		w.title = "Workpapers by control"
		for _, id := range ids {
			if err := add(&paper{Heading: w.doc.Checks[id].Title}, id, []string{id}); err != nil {
				return err
			}
		}
		return w.populations()
	}
	w.title = "Workpapers by requirement: " + by.Name
	requirements, tested := w.requirements(by, ids)
	for _, name := range requirements {
		p := &paper{Heading: by.Name + ", requirement " + name, Requirement: name}
		for _, control := range by.Requirements[name] {
			if !slices.Contains(tested[name], control) {
				p.Untested = append(p.Untested, control)
			}
		}
		slices.Sort(p.Untested)
		if err := add(p, name, tested[name]); err != nil {
			return err
		}
	}
	return w.populations()
}

// requirements are all of a framework, as people count, with the checks of the result
// that test each: by the mapping that was sealed, and by that of the framework for what
// the result has no check for.
func (w *writer) requirements(by *Framework, ids []string) (names []string, tested map[string][]string) {
	tested = map[string][]string{}
	for name := range by.Requirements {
		tested[name] = nil
	}
	for _, id := range ids {
		for _, f := range w.doc.Checks[id].Frameworks {
			if f.Framework == by.ID && !slices.Contains(tested[f.Requirement], id) {
				tested[f.Requirement] = append(tested[f.Requirement], id)
			}
		}
	}
	for name := range tested {
		names = append(names, name)
	}
	slices.SortFunc(names, natural)
	return names, tested
}

// checkForm is the form of a check's id: it names a folder, and a result that somebody
// else wrote must not choose another place.
var checkForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

var otherThanName = regexp.MustCompile(`[^A-Za-z0-9().-]+`)

// folder is a name of a folder that nobody can turn into another place, and that no other
// paper has.
func (w *writer) folder(name string) string {
	name = otherThanName.ReplaceAllString(name, "_")
	if len(name) > 80 {
		name = name[:80]
	}
	if name == "" || name[0] == '.' || name[0] == '-' {
		name = "_" + name
	}
	unique := name
	for n := 2; w.folders[unique]; n++ {
		unique = fmt.Sprintf("%s_%d", name, n)
	}
	w.folders[unique] = true
	return unique
}

// population is the list of what a paper is about, open for the check under way.
type population struct {
	file   *os.File
	buffer *bufio.Writer
	rows   *csv.Writer
}

const populationFile = "population.csv"

func openPopulation(path string, flag int) (*population, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|flag, 0o644)
	if err != nil {
		return nil, err
	}
	p := &population{file: f, buffer: bufio.NewWriter(f)}
	p.rows = csv.NewWriter(p.buffer)
	return p, nil
}

func (p *population) close() error {
	p.rows.Flush()
	return errors.Join(p.rows.Error(), p.buffer.Flush(), p.file.Close())
}

// populations begins the list of each paper.
func (w *writer) populations() error {
	for _, p := range w.papers {
		list, err := openPopulation(filepath.Join(w.dir, p.Folder, populationFile), os.O_CREATE|os.O_EXCL)
		if err != nil {
			return err
		}
		head := []string{"check", "finding", "status", "account", "region", "resource_type", "resource", "name", "reason", "ledger_lines", "exchange_digests", "waived_by", "waived_until", "waived_reason"}
		if err := errors.Join(list.rows.Write(head), list.close()); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) all() error {
	seen := map[string]bool{}
	for line, err := range evidence.FindingLines(w.b.Result(), io.Discard) {
		if err != nil {
			return err
		}
		var f finding
		if err := json.Unmarshal(line, &f); err != nil {
			return fmt.Errorf("a finding of the result: %w", err)
		}
		if w.now == nil || w.now.ID != f.Check {
			if _, known := w.doc.Checks[f.Check]; !known || seen[f.Check] {
				return fmt.Errorf("the result has findings of %q, which is none of its checks or stands in two places", f.Check)
			}
			seen[f.Check] = true
			if err := w.begin(f.Check); err != nil {
				return err
			}
		}
		if err := w.take(f); err != nil {
			return err
		}
	}
	if err := w.close(); err != nil {
		return err
	}
	for id := range w.doc.Checks { // those that found nothing to judge are in a paper too
		if !seen[id] {
			if err := errors.Join(w.begin(id), w.close()); err != nil {
				return err
			}
		}
	}
	for _, p := range w.papers {
		slices.SortFunc(p.Sections, func(a, b *section) int { return cmp.Compare(a.ID, b.ID) })
		if err := w.paper(p); err != nil {
			return err
		}
	}
	return w.index()
}

// begin opens the lists of the papers that a check belongs to.
func (w *writer) begin(id string) error {
	if err := w.close(); err != nil {
		return err
	}
	w.now = w.doc.section(id)
	for _, p := range w.of[id] {
		p.Sections = append(p.Sections, w.now)
		list, err := openPopulation(filepath.Join(w.dir, p.Folder, populationFile), os.O_APPEND)
		if err != nil {
			return err
		}
		w.open = append(w.open, list)
	}
	return nil
}

func (w *writer) take(f finding) error {
	r := rowOf(f, w.b)
	w.now.add(r)
	cells := []string{f.Check, f.ID, f.Status, f.Account, f.Region, f.Resource.Type, f.Resource.ID, f.Resource.Name, f.Reason, r.Lines(), r.digests()}
	if f.Waived == nil {
		cells = append(cells, "", "", "")
	} else {
		cells = append(cells, f.Waived.Owner, f.Waived.Expires, f.Waived.Reason)
	}
	for i := range cells {
		cells[i] = inert(cells[i])
	}
	for _, list := range w.open {
		if err := list.rows.Write(cells); err != nil {
			return err
		}
	}
	return nil
}

// close ends the lists that are open.
func (w *writer) close() error {
	var errs []error
	for _, list := range w.open {
		errs = append(errs, list.close())
	}
	w.open, w.now = nil, nil
	return errors.Join(errs...)
}

// formula is the beginning of what a spreadsheet may run: at the start of a cell, also after
// blanks, and after what parts cells in some countries; the full-width signs count in some.
var formula = regexp.MustCompile(`(^|[;\t]) *[=+\-@＝＋－＠]`)

// inert keeps a spreadsheet from taking a name for a formula, and a terminal from obeying it.
func inert(cell string) string {
	cell = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, cell)
	return formula.ReplaceAllStringFunc(cell, func(found string) string {
		i := strings.LastIndexAny(found, ";\t") + 1
		return found[:i] + "'" + found[i:]
	})
}

func (w *writer) paper(p *paper) error {
	dir := filepath.Join(w.dir, p.Folder)
	return errors.Join(
		execute(filepath.Join(dir, "workpaper.md"), markdown.Lookup("paper.md"), p),
		execute(filepath.Join(dir, "workpaper.html"), page.Lookup("paper.html"), p),
	)
}

func (w *writer) index() error {
	all := index{Title: w.title, Papers: w.papers}
	if len(w.papers) > 0 {
		all.Head = w.papers[0].Head
	}
	return errors.Join(
		execute(filepath.Join(w.dir, "index.md"), markdown.Lookup("index.md"), all),
		execute(filepath.Join(w.dir, "index.html"), page.Lookup("index.html"), all),
	)
}
