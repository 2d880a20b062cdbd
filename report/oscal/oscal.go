// Package oscal writes a result as OSCAL Assessment Results, for tools of governance, risk
// and compliance: version 1.2.3, as JSON, one observation for each finding and one OSCAL
// finding for each check. It leaves to the result document what OSCAL has no word for:
// coverage call by call, the duties, and the counts of requirements.
//
// A check is "satisfied" where it passed everywhere that it applies and everything was
// seen. It is "not-satisfied" with the reason "fail" where a resource fails, and with the
// reason "other" where none fails and something could not be seen: UNKNOWN satisfies
// nothing. A waiver satisfies nothing either: what it accepts is a risk whose deviation is
// approved, to be resolved by the end of its last day. A check that applies to nothing has no OSCAL finding, and is selected apart.
// Requirements of frameworks are properties of findings and nothing more: that all
// checks of a requirement pass does not meet it.
//
// Every id follows from the scan and from what it names (UUID version 5), so that the same
// result gives the same bytes. Nothing is collected but the ids of resources: the findings
// are ranged over several times.
// Source: OSCAL 1.2.3, Assessment Results model, and testdata/README.md for its schema.
package oscal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"onus/checks"
	"onus/report"
)

// Version of OSCAL that the document follows.
const Version = "1.2.3"

// Write writes the document.
func Write(w io.Writer, r report.Result) error {
	r = r.Sorted()
	sum, err := r.Summary() // refuses what cannot be placed
	if err != nil {
		return err
	}
	d := &document{r: r, sum: sum, byID: map[string]*checks.Check{}}
	for _, c := range r.Checks {
		d.byID[c.ID] = c
	}
	out := bufio.NewWriter(w)
	e := &emitter{w: out}
	e.open("", '{')
	e.open("assessment-results", '{')
	e.member("uuid", d.id("document"))
	e.member("metadata", d.metadata())
	e.member("import-ap", href{"#" + d.id("plan")})
	e.open("results", '[')
	d.result(e)
	e.close(']')
	e.member("back-matter", d.backMatter())
	e.close('}')
	e.close('}')
	e.text("\n")
	if e.err != nil {
		return e.err
	}
	return out.Flush()
}

// result writes the one result of the document, its lists one item at a time.
func (d *document) result(e *emitter) {
	e.open("", '{')
	e.member("uuid", d.id("result"))
	e.member("title", line(fmt.Sprintf("Scan %s", d.r.Scan.ID)))
	e.member("description", d.description())
	e.member("start", stamp(d.r.Scan.Started))
	e.member("end", stamp(d.r.Scan.Finished))
	e.member("props", d.properties())
	e.open("local-definitions", '{')
	e.member("components", d.components())
	d.inventory(e)
	e.close('}')
	e.member("reviewed-controls", d.reviewed())
	e.list("observations", func(item func(any) bool) {
		for f := range d.r.Findings {
			if !item(d.observation(f)) {
				return
			}
		}
	})
	e.list("risks", func(item func(any) bool) {
		for f := range d.r.Findings {
			if f.Waived != nil && !item(d.risk(f)) {
				return
			}
		}
	})
	e.list("findings", d.findings)
	if why := d.remarks(); why != "" {
		e.member("remarks", why)
	}
	e.close('}')
}

// inventory lists each resource once, in the order in which findings name them.
func (d *document) inventory(e *emitter) {
	seen := map[string]bool{}
	e.list("inventory-items", func(item func(any) bool) {
		for f := range d.r.Findings {
			if f.Resource.Type == checks.Scope || seen[d.subject(f)] {
				continue
			}
			seen[d.subject(f)] = true
			if !item(d.inventoryItem(f)) {
				return
			}
		}
	})
}

// findings gives one for each check that has a verdict, with the observations behind it.
func (d *document) findings(item func(any) bool) {
	var now *finding
	for f := range d.r.Findings {
		if now != nil && now.check != f.Check {
			if d.concludes(now.check) && !item(now) {
				return
			}
			now = nil
		}
		if now == nil {
			now = d.finding(d.byID[f.Check])
		}
		if f.Status != checks.NotApplicable {
			now.Related = append(now.Related, related{d.id("observation", f.ID)})
		}
		if f.Waived != nil {
			now.Risks = append(now.Risks, relatedRisk{d.id("risk", f.ID)})
		}
	}
	if now != nil && d.concludes(now.check) {
		item(now)
	}
}

// concludes says that a check judged something, or could not see it.
func (d *document) concludes(check string) bool {
	n := d.sum.Checks[check]
	return n.PASS+n.FAIL+n.UNKNOWN > 0
}

// emitter writes indented JSON piece by piece and keeps the first error.
type emitter struct {
	w     *bufio.Writer
	depth int
	items []int // in each bracket that is open
	err   error
}

func (e *emitter) text(s string) {
	if e.err == nil {
		_, e.err = e.w.WriteString(s)
	}
}

// begin starts an item of the list or a member of the object that is open; name is "" in
// a list.
func (e *emitter) begin(name string) {
	if len(e.items) > 0 {
		if e.items[len(e.items)-1] > 0 {
			e.text(",")
		}
		e.items[len(e.items)-1]++
		e.text("\n" + indent(e.depth))
	}
	if name != "" {
		e.text(`"` + name + `": `)
	}
}

func (e *emitter) open(name string, bracket byte) {
	e.begin(name)
	e.text(string(bracket))
	e.depth++
	e.items = append(e.items, 0)
}

func (e *emitter) close(bracket byte) {
	e.depth--
	e.items = e.items[:len(e.items)-1]
	e.text("\n" + indent(e.depth) + string(bracket))
}

func (e *emitter) member(name string, v any) {
	e.begin(name)
	if e.err != nil {
		return
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent(indent(e.depth), "  ")
	if err := enc.Encode(v); err != nil {
		e.err = fmt.Errorf("encode the result: %w", err)
		return
	}
	e.text(string(bytes.TrimSuffix(out.Bytes(), []byte("\n"))))
}

// list writes a member that OSCAL wants to be absent where it would be empty. each is
// given a function that takes the next item and says whether there is a point in more.
func (e *emitter) list(name string, each func(item func(any) bool)) {
	open := false
	each(func(v any) bool {
		if !open {
			e.open(name, '[')
			open = true
		}
		e.member("", v)
		return e.err == nil
	})
	if open {
		e.close(']')
	}
}

func indent(depth int) string { return "                "[:2*min(depth, 8)] }
