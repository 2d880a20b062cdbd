// Package junit writes a result as JUnit XML, for CI: one suite for each category, one
// test case for each finding, in the result's order within its suite. It leaves the
// decision whether a pipeline fails to the exit status.
//
// FAIL is a failure and UNKNOWN an error, so that no CI shows it as passed;
// NOT_APPLICABLE is skipped, and so is what is waived, whose message says by whom, until
// when and what it is. A category in which no check ran has no suite. There is no
// official schema; the elements and attributes are those that Jenkins and GitLab read.
package junit

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"io"
	"slices"
	"strconv"
	"time"

	"onus/checks"
	"onus/report"
	"onus/report/mend"
	"onus/report/visible"
)

// Write writes the file. The findings are ranged over twice: to count them, and to write
// them. They stand in the order of their checks, and the file is by category, so that the
// cases of each category are held, compressed, until their suite is written.
func Write(w io.Writer, r report.Result) error {
	r = r.Sorted()
	sum, err := r.Summary()
	if err != nil {
		return err
	}
	held, err := hold(r)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	out.WriteString(xml.Header)
	all := counts(sum.Count(func(report.Cell) bool { return true }))
	all = slices.DeleteFunc(all, func(a xml.Attr) bool { return a.Name.Local == "skipped" }) // Jenkins knows it of a testsuite alone
	all = append(all, attr("time", strconv.FormatFloat(r.Scan.Finished.Sub(r.Scan.Started).Seconds(), 'f', 3, 64)))
	open(out, "", "testsuites", append([]xml.Attr{attr("name", "Onus")}, all...))
	for _, category := range checks.Categories {
		s := held[category]
		if s == nil {
			continue
		}
		attributes := append([]xml.Attr{attr("name", string(category))}, counts(sum.Count(func(c report.Cell) bool { return c.Category == category }))...)
		open(out, "\n ", "testsuite", append(attributes, attr("timestamp", r.Scan.Started.UTC().Format(time.RFC3339))))
		if err := s.pour(out); err != nil {
			return err
		}
		out.WriteString("</testsuite>")
	}
	if len(held) > 0 {
		out.WriteString("\n")
	}
	out.WriteString("</testsuites>\n")
	return out.Flush()
}

// open writes a start tag.
func open(out *bufio.Writer, before, name string, attributes []xml.Attr) {
	out.WriteString(before + "<" + name)
	for _, a := range attributes {
		out.WriteString(" " + a.Name.Local + `="`)
		_ = xml.EscapeText(out, []byte(a.Value)) // Flush says what went wrong
		out.WriteString(`"`)
	}
	out.WriteString(">")
}

func attr(name, value string) xml.Attr {
	return xml.Attr{Name: xml.Name{Local: name}, Value: visible.Text(value)}
}

func counts(n report.Counts) []xml.Attr {
	open := n.Open()
	return []xml.Attr{
		attr("tests", strconv.Itoa(n.Total())), attr("failures", strconv.Itoa(open.FAIL)), attr("errors", strconv.Itoa(open.UNKNOWN)), attr("skipped", strconv.Itoa(n.NotApplicable+n.Waived.Total())),
	}
}

// suite are the cases of a category.
type suite struct {
	bytes  bytes.Buffer
	packed *gzip.Writer
	xml    *xml.Encoder
	cases  int
}

// hold are the suites with the cases of all findings; a check that ran has one, also
// where it found nothing.
func hold(r report.Result) (map[checks.Category]*suite, error) {
	held, byID := map[checks.Category]*suite{}, map[string]*checks.Check{}
	for _, c := range r.Checks {
		byID[c.ID] = c
		if held[c.Category] != nil {
			continue
		}
		s := &suite{}
		var err error
		if s.packed, err = gzip.NewWriterLevel(&s.bytes, gzip.BestSpeed); err != nil {
			return nil, err
		}
		s.xml = xml.NewEncoder(s.packed)
		s.xml.Indent("  ", " ")
		held[c.Category] = s
	}
	for f := range r.Findings {
		c := byID[f.Check]
		s := held[c.Category]
		if err := s.xml.Encode(caseOf(f, c)); err != nil {
			return nil, err
		}
		s.cases++
	}
	return held, nil
}

// pour writes the cases, each on lines of its own.
func (s *suite) pour(out *bufio.Writer) error {
	if s.cases == 0 {
		return nil
	}
	if err := s.packed.Close(); err != nil {
		return err
	}
	text, err := gzip.NewReader(&s.bytes)
	if err != nil {
		return err
	}
	out.WriteString("\n")
	if _, err := io.Copy(out, text); err != nil {
		return err
	}
	out.WriteString("\n ")
	return nil
}

type testcase struct {
	XMLName xml.Name `xml:"testcase"`
	Class   string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	Failure *outcome `xml:"failure"`
	Error   *outcome `xml:"error"`
	Skipped *skipped `xml:"skipped"`
}

type outcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

type skipped struct {
	Message string `xml:"message,attr"`
}

// caseOf is a finding as a test: of the check's class, with the resource's name.
func caseOf(f checks.Finding, c *checks.Check) testcase {
	reason := visible.Text(f.Reason)
	out := testcase{Class: f.Check, Name: visible.Text(f.Resource.ID + " in " + f.Account + "/" + f.Region)}
	if f.Waived != nil {
		out.Skipped = &skipped{visible.Text(report.WaivedWords(*f.Waived) + " (" + string(f.Status) + ": " + f.Reason + ")")}
		return out
	}
	switch f.Status {
	case checks.FAIL:
		out.Failure = &outcome{reason, string(f.Severity), textOf(f, c)}
	case checks.UNKNOWN:
		out.Error = &outcome{reason, visible.Text(string(f.Cause)), textOf(f, c)}
	case checks.NotApplicable:
		out.Skipped = &skipped{reason}
	case checks.PASS: // a case without an outcome
	}
	return out
}

// textOf is what a person who reads the log is told of a case that did not pass.
func textOf(f checks.Finding, c *checks.Check) string {
	return visible.Lines("Must hold: " + c.Title + ".\n\n" + mend.Text(mend.SectionsFor(c, f)) + "\n\nFinding: " + f.ID)
}
