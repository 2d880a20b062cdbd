// Package sarif writes a result as SARIF 2.1.0, for code scanning. It leaves counting to
// report.
//
// FAIL and UNKNOWN become results, in the result's order. Code scanning shows every
// result as something to do, so PASS and NOT_APPLICABLE stand as counts in the run's
// properties. UNKNOWN is of the kind "open": the rule was evaluated and could not tell.
// A waived one is suppressed, with who answers for it and until when.
// What could not be read is a notification of the invocation. A finding's id is its
// fingerprint, so that it stays the same alert from scan to scan.
//
// Sources: OASIS "Static Analysis Results Interchange Format (SARIF) Version 2.1.0";
// GitHub Docs "SARIF support for code scanning" (security-severity).
package sarif

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"onus/checks"
	"onus/report"
	"onus/report/visible"
)

const schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// Write writes the log. The findings are ranged over twice: to count and to write them.
func Write(w io.Writer, r report.Result) error {
	r = r.Sorted()
	sum, err := r.Summary()
	if err != nil {
		return err
	}
	e := &emitter{w: bufio.NewWriter(w)}
	e.text("{\n\"$schema\": \"" + schema + "\",\n\"version\": \"2.1.0\",\n\"runs\": [{\n\"tool\": ")
	e.value(toolOf(r))
	e.text(",\n\"automationDetails\": ")
	e.value(map[string]string{"id": visible.Text("onus/" + strings.Join(r.Scan.Accounts, "+"))})
	e.text(",\n\"invocations\": [")
	e.value(invocationOf(r))
	e.text("],\n\"properties\": ")
	e.value(map[string]any{"findings": sum.Count(func(report.Cell) bool { return true })})
	e.text(",\n\"results\": [")
	index := map[string]int{}
	for i, c := range r.Checks {
		index[c.ID] = i
	}
	// In one run, all results have suppressions, or none has.
	waived := sum.Count(func(report.Cell) bool { return true }).Waived.Total() > 0
	separator := "\n"
	for f := range r.Findings {
		if e.err != nil {
			break
		}
		if f.Status == checks.FAIL || f.Status == checks.UNKNOWN {
			e.text(separator)
			res := resultOf(f, index[f.Check])
			if waived {
				res.Suppressions = suppressionsOf(f)
			}
			e.value(res)
			separator = ",\n"
		}
	}
	e.text("\n]\n}]\n}\n")
	if e.err != nil {
		return e.err
	}
	return e.w.Flush()
}

// emitter writes piece by piece and keeps the first error.
type emitter struct {
	w   *bufio.Writer
	err error
}

func (e *emitter) text(s string) {
	if e.err == nil {
		_, e.err = e.w.WriteString(s)
	}
}

func (e *emitter) value(v any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil && e.err == nil {
		e.err = err
	}
	e.text(strings.TrimSuffix(b.String(), "\n"))
}

// levels of SARIF and GitHub's numbers, by severity.
var levels = map[checks.Severity]struct{ level, number string }{
	checks.Critical: {"error", "9.5"}, checks.High: {"error", "8.0"}, checks.Medium: {"warning", "5.5"},
	checks.Low: {"note", "2.5"}, checks.Info: {"note", "0.0"},
}

type message struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}
