package jsonresult

import (
	"bufio"
	"io"

	"onus/report"
)

// line is one line: an object with one member, which says what the line is.
type line struct {
	Format  string    `json:"format,omitempty"` // of the first line
	Scan    *scan     `json:"scan,omitempty"`
	Check   *named    `json:"check,omitempty"`
	Waiver  any       `json:"waiver,omitempty"`
	Finding any       `json:"finding,omitempty"`
	Call    *coverage `json:"coverage,omitempty"`
	Duty    any       `json:"duty,omitempty"`
	Comply  any       `json:"requirement,omitempty"`
	Summary *summary  `json:"summary,omitempty"`
}

// named is a check with its id, which is a key in the document.
type named struct {
	ID string `json:"id"`
	check
}

// WriteLines writes one object a line: the header first, then checks, waivers, findings, calls
// and duties, and the summary last. A file without a summary is not whole. The findings
// are ranged over once.
func WriteLines(w io.Writer, r report.Result) error {
	r = r.Sorted()
	e := &emitter{w: bufio.NewWriter(w)}
	put := func(l line) {
		e.value(l, "")
		e.text("\n")
	}
	header := scanOf(r.Scan)
	put(line{Format: report.Format, Scan: &header})
	for _, c := range r.Checks {
		put(line{Check: &named{c.ID, checkOf(c, r.Frameworks[c.ID])}})
	}
	for _, w := range r.Waivers {
		put(line{Waiver: w})
	}
	tally := report.NewTally(r.Checks)
	for f := range r.Findings {
		if err := tally.Add(f); err != nil {
			return err
		}
		if e.err != nil {
			break
		}
		put(line{Finding: findingOf(f)})
	}
	for _, c := range r.Coverage {
		call := coverageOf(c)
		put(line{Call: &call})
	}
	counted := tally.Summary()
	for _, d := range report.Duties(r, counted) {
		put(line{Duty: d})
	}
	for _, c := range report.Comply(r, counted) {
		put(line{Comply: c})
	}
	last := summaryOf(counted)
	put(line{Summary: &last})
	return e.flush()
}
