// Package ocsf writes the findings of a result as events of the Open Cybersecurity
// Schema Framework, for security lakes: class Compliance Finding (2003) of version 1.3.0
// with the cloud profile, one event a line, in the result's order. It leaves coverage
// and duties to the result document.
//
// PASS and FAIL are the schema's Pass and Fail. UNKNOWN is Warning, which the schema
// defines as a check without a result for lack of information; NOT_APPLICABLE is Other.
// status_code keeps our own word for each. The standard that every check tests is the
// AWS Shared Responsibility Model; those of its framework mappings follow.
// Source: OCSF schema 1.3.0, events/findings/compliance_finding, profiles/cloud.
package ocsf

import (
	"bufio"
	"encoding/json"
	"io"

	"onus/checks"
	"onus/report"
)

// Version of the schema that the events follow.
const Version = "1.3.0"

// Write writes the events. The findings are ranged over once.
func Write(w io.Writer, r report.Result) error {
	r = r.Sorted()
	tally := report.NewTally(r.Checks) // refuses what cannot be placed
	byID := map[string]*checks.Check{}
	for _, c := range r.Checks {
		byID[c.ID] = c
	}
	out := bufio.NewWriter(w)
	lines := json.NewEncoder(out)
	for f := range r.Findings {
		if err := tally.Add(f); err != nil {
			return err
		}
		if err := lines.Encode(eventOf(r, f, byID[f.Check])); err != nil {
			return err
		}
	}
	return out.Flush()
}
