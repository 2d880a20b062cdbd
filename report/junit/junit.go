// Package junit writes a result as JUnit XML, for CI: one suite for each category, one
// test case for each finding, in the result's order within its suite. It leaves the
// decision whether a pipeline fails to the exit status.
//
// FAIL is a failure and UNKNOWN an error, so that no CI shows it as passed;
// NOT_APPLICABLE is skipped. A category in which no check ran has no suite. There is no
// official schema; the elements and attributes are those that Jenkins and GitLab read.
package junit

import (
	"bufio"
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

// Write writes the suites. The findings are ranged over once to count them and once for
// each category.
func Write(w io.Writer, r report.Result) error {
	r = r.Sorted()
	sum, err := report.Summarize(r.Findings, r.Checks)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	out.WriteString(xml.Header)
	enc := xml.NewEncoder(out)
	enc.Indent("", " ")
	all := counted("testsuites", "Onus", sum.Count(func(report.Cell) bool { return true }))
	all.Attr = slices.DeleteFunc(all.Attr, func(a xml.Attr) bool { return a.Name.Local == "skipped" }) // Jenkins knows it of a testsuite alone
	all.Attr = append(all.Attr, attr("time", strconv.FormatFloat(r.Scan.Finished.Sub(r.Scan.Started).Seconds(), 'f', 3, 64)))
	if err := enc.EncodeToken(all); err != nil {
		return err
	}
	for _, category := range checks.Categories {
		if err := suite(enc, r, sum, category); err != nil {
			return err
		}
	}
	if err := enc.EncodeToken(all.End()); err != nil {
		return err
	}
	if err := enc.Flush(); err != nil {
		return err
	}
	out.WriteString("\n")
	return out.Flush()
}

func attr(name, value string) xml.Attr {
	return xml.Attr{Name: xml.Name{Local: name}, Value: visible.Text(value)}
}

// counted is the start of an element with the counts that CI adds up.
func counted(element, name string, n report.Counts) xml.StartElement {
	return xml.StartElement{Name: xml.Name{Local: element}, Attr: []xml.Attr{
		attr("name", name), attr("tests", strconv.Itoa(n.Total())), attr("failures", strconv.Itoa(n.FAIL)),
		attr("errors", strconv.Itoa(n.UNKNOWN)), attr("skipped", strconv.Itoa(n.NotApplicable)),
	}}
}

// suite writes the findings of one category.
func suite(enc *xml.Encoder, r report.Result, sum report.Summary, category checks.Category) error {
	byID := map[string]*checks.Check{}
	for _, c := range r.Checks {
		if c.Category == category {
			byID[c.ID] = c
		}
	}
	if len(byID) == 0 {
		return nil
	}
	start := counted("testsuite", string(category), sum.Count(func(c report.Cell) bool { return c.Category == category }))
	start.Attr = append(start.Attr, attr("timestamp", r.Scan.Started.UTC().Format(time.RFC3339)))
	if err := enc.EncodeToken(start); err != nil {
		return err
	}
	for f := range r.Findings {
		if c := byID[f.Check]; c != nil {
			if err := enc.Encode(caseOf(f, c)); err != nil {
				return err
			}
		}
	}
	return enc.EncodeToken(start.End())
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
