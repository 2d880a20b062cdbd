package html

import (
	"fmt"
	"strings"

	"onus/checks/wording"
	"onus/report"
)

// standard is a framework that the result reports on.
type standard struct {
	ID, Name string
	Counts   string              // of its requirements, by state and of how many
	Open     []report.Compliance // broken or unknown
	Rest     []report.Compliance // folded
}

// standardsOf are the frameworks with their requirements, those that need something apart.
func standardsOf(r report.Result, sum report.Summary) []standard {
	all := report.Comply(r, sum)
	var out []standard
	for _, s := range r.Standards {
		x := standard{ID: s.ID, Name: s.Name}
		n := map[report.RequirementState]int{}
		total := 0
		for _, c := range all {
			if c.Framework != s.ID {
				continue
			}
			total++
			n[c.Outcome]++
			if c.Outcome == report.RequirementBroken || c.Outcome == report.RequirementUnknown {
				x.Open = append(x.Open, c)
			} else {
				x.Rest = append(x.Rest, c)
			}
		}
		var parts []string
		for _, state := range report.RequirementStates {
			if state == report.RequirementWaived && n[state] == 0 {
				continue
			}
			parts = append(parts, fmt.Sprintf("%d %s", n[state], strings.ReplaceAll(string(state), "-", " ")))
		}
		x.Counts = fmt.Sprintf("%s, of %s in the table", strings.Join(parts, ", "), wording.Count(total, "requirement"))
		out = append(out, x)
	}
	return out
}
