// Package jsonresult writes a result as JSON: as one document (onus.result/v1) or as one
// object a line. It leaves counting to report and the form to report/schema.
//
// The document's members stand in one order: format, scan, summary, checks, waivers where
// the policy has some, findings, coverage, duties and, where frameworks were asked for,
// requirements. Each check, waiver, finding, call and duty has a line of its own, so that
// line tools and diffs are of use too. Nothing is collected: the findings are ranged over
// twice, once to count them and once to write them. The same result gives the same bytes.
//
// Characters that a terminal would obey are always escaped, also those that JSON lets
// through (DEL, the C1 controls, and marks that turn the direction of text).
package jsonresult

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"onus/report"
)

// Write writes the document.
func Write(w io.Writer, r report.Result) error {
	r = r.Sorted()
	sum, err := r.Summary()
	if err != nil {
		return err
	}
	e := &emitter{w: bufio.NewWriter(w)}
	e.text("{\n  \"format\": ")
	e.value(report.Format, "")
	e.member("scan")
	e.value(scanOf(r.Scan), "  ")
	e.summary(summaryOf(sum))
	e.open("checks", '{')
	for _, c := range r.Checks {
		e.item("    ")
		e.value(c.ID, "")
		e.text(": ")
		e.value(checkOf(c, r.Frameworks[c.ID]), "")
	}
	e.close("  ", '}')
	if len(r.Waivers) > 0 {
		e.open("waivers", '[')
		for _, w := range r.Waivers {
			e.item("    ")
			e.value(w, "")
		}
		e.close("  ", ']')
	}
	e.open("findings", '[')
	for f := range r.Findings {
		if e.err != nil { // a full disk should not cost the evaluation of the rest
			break
		}
		e.item("    ")
		e.value(findingOf(f), "")
	}
	e.close("  ", ']')
	e.open("coverage", '[')
	for _, c := range r.Coverage {
		e.item("    ")
		e.value(coverageOf(c), "")
	}
	e.close("  ", ']')
	e.open("duties", '[')
	for _, d := range report.Duties(r, sum) {
		e.item("    ")
		e.value(d, "")
	}
	e.close("  ", ']')
	if len(r.Standards) > 0 {
		e.open("requirements", '[')
		for _, c := range report.Comply(r, sum) {
			e.item("    ")
			e.value(c, "")
		}
		e.close("  ", ']')
	}
	e.text("\n}\n")
	return e.flush()
}

// Encode writes any value as indented JSON, with the same escapes.
func Encode(w io.Writer, v any) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(quiet(buf.Bytes()))
	return err
}

// summary writes the sums, and the cells one on each line.
func (e *emitter) summary(s summary) {
	e.text(",\n  \"summary\": {\n    \"findings\": ")
	e.value(s.Findings, "")
	e.text(",\n    \"by_severity\": ")
	e.value(s.BySeverity, "")
	e.text(",\n    \"cells\": [")
	e.items = 0
	for _, c := range s.Cells {
		e.item("      ")
		e.value(c, "")
	}
	e.close("    ", ']')
	e.text("\n  }")
}

// emitter writes JSON piece by piece and keeps the first error.
type emitter struct {
	w     *bufio.Writer
	buf   bytes.Buffer
	items int // written in the list that is open
	err   error
}

func (e *emitter) text(s string) {
	if e.err == nil {
		_, e.err = e.w.WriteString(s)
	}
}

// value writes one value: on one line, or indented below a prefix.
func (e *emitter) value(v any, prefix string) {
	if e.err != nil {
		return
	}
	e.buf.Reset()
	enc := json.NewEncoder(&e.buf)
	enc.SetEscapeHTML(false)
	if prefix != "" {
		enc.SetIndent(prefix, "  ")
	}
	if err := enc.Encode(v); err != nil {
		e.err = fmt.Errorf("encode the result: %w", err)
		return
	}
	_, e.err = e.w.Write(quiet(bytes.TrimSuffix(e.buf.Bytes(), []byte("\n"))))
}

func (e *emitter) member(name string) { e.text(",\n  \"" + name + "\": ") }

func (e *emitter) open(name string, bracket byte) {
	e.member(name)
	e.text(string(bracket))
	e.items = 0
}

func (e *emitter) item(indent string) {
	if e.items > 0 {
		e.text(",")
	}
	e.items++
	e.text("\n" + indent)
}

func (e *emitter) close(indent string, bracket byte) {
	if e.items > 0 {
		e.text("\n" + indent)
	}
	e.text(string(bracket))
}

func (e *emitter) flush() error {
	if e.err != nil {
		return e.err
	}
	return e.w.Flush()
}

// quiet escapes what a terminal would obey and JSON lets through. Such characters stand
// in strings only, so that the escape is always right.
func quiet(text []byte) []byte {
	var out []byte
	from := 0
	for i, size := 0, 0; i < len(text); i += size {
		var r rune
		r, size = utf8.DecodeRune(text[i:])
		if r < 0x7f || !unicode.In(r, unicode.Cc, unicode.Cf) {
			continue
		}
		out = append(out, text[from:i]...)
		for _, unit := range utf16.Encode([]rune{r}) {
			out = fmt.Appendf(out, `\u%04x`, unit)
		}
		from = i + size
	}
	if out == nil {
		return text
	}
	return append(out, text[from:]...)
}
