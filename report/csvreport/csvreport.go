// Package csvreport writes the findings of a result as a table for spreadsheets, one row
// each in the result's order. It leaves summaries to other formats.
//
// The columns are those of Columns; new ones are added at the end, and none is renamed.
// The last three say by whom a finding is waived, until which day, and why; they are empty
// where nobody waives it. Lists in one cell are separated by "; ", names and values by "=". Where a text could
// be taken for a formula, an apostrophe stands before it: spreadsheets run what begins
// with =, +, - or @, and resource names and tags are whatever their owners typed.
// Source: OWASP "CSV Injection".
package csvreport

import (
	"encoding/csv"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"onus/checks"
	"onus/report"
	"onus/report/visible"
)

// Columns are the first row.
var Columns = []string{
	"finding_id", "status", "severity", "check", "title", "category", "duty", "service_kind", "service", "account", "region",
	"resource_type", "resource_id", "resource_name", "tags", "reason", "cause", "observed", "evidence", "remedy", "frameworks",
	"waived_by", "waived_until", "waived_reason",
}

// Write writes the table. The findings are ranged over once.
func Write(w io.Writer, r report.Result) error {
	out := csv.NewWriter(w)
	if err := out.Write(Columns); err != nil {
		return err
	}
	tally := report.NewTally(r.Checks) // refuses what cannot be placed
	byID := map[string]*checks.Check{}
	for _, c := range r.Checks {
		byID[c.ID] = c
	}
	for f := range r.Findings {
		if err := tally.Add(f); err != nil {
			return err
		}
		if err := out.Write(row(f, byID[f.Check], r.Frameworks[f.Check])); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func row(f checks.Finding, c *checks.Check, frameworks []report.Requirement) []string {
	var serves []string
	for _, q := range frameworks {
		serves = append(serves, q.Framework+" "+q.Requirement)
	}
	cells := []string{
		f.ID, string(f.Status), string(f.Severity), f.Check, c.Title, string(c.Category), string(c.Duty), string(c.ServiceKind), c.Service(),
		f.Account, f.Region, f.Resource.Type, f.Resource.ID, f.Resource.Name, pairs(f.Resource.Tags), f.Reason, string(f.Cause), pairs(f.Observed),
		strings.Join(f.Evidence, "; "), c.Remedy, strings.Join(serves, "; "),
	}
	if f.Waived == nil {
		cells = append(cells, "", "", "")
	} else {
		cells = append(cells, f.Waived.Owner, f.Waived.Expires, f.Waived.Reason)
	}
	for i := range cells {
		cells[i] = harmless(cells[i])
	}
	return cells
}

func pairs(m map[string]string) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, k+"="+m[k])
	}
	return strings.Join(out, "; ")
}

// formula is the beginning of what a spreadsheet may run: also after blanks, which some of
// them skip, with the full-width signs, which some take for the others, and after a
// semicolon, which parts cells in some countries.
var formula = regexp.MustCompile(`(^|;) *[=+\-@＝＋－＠]`)

// harmless is a text that no spreadsheet runs.
func harmless(s string) string {
	return formula.ReplaceAllStringFunc(visible.Text(s), func(found string) string {
		i := strings.LastIndexByte(found, ';') + 1
		return found[:i] + "'" + found[i:]
	})
}
