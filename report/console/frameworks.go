package console

import (
	"fmt"
	"strings"

	"onus/report"
)

// frameworks shows the frameworks that the result reports on: requirements that are
// broken or unknown one by one, the others by name.
func (p *printer) frameworks(r report.Result, sum report.Summary) {
	all := report.Comply(r, sum)
	for _, standard := range r.Standards {
		byState := map[report.RequirementState][]report.Compliance{}
		n := 0
		for _, c := range all {
			if c.Framework == standard.ID {
				byState[c.Outcome] = append(byState[c.Outcome], c)
				n++
			}
		}
		var counts []string
		for _, s := range report.RequirementStates {
			if s == report.RequirementWaived && len(byState[s]) == 0 {
				continue
			}
			counts = append(counts, fmt.Sprintf("%d %s", len(byState[s]), stateWords[s]))
		}
		p.heading(standard.ID, fmt.Sprintf("%s: %s of %d requirements in the table", standard.Name, strings.Join(counts, ", "), n))
		for _, s := range []report.RequirementState{report.RequirementBroken, report.RequirementUnknown} {
			for _, c := range byState[s] {
				p.requirement(c, s)
			}
		}
		for _, s := range []report.RequirementState{report.RequirementWaived, report.RequirementPartly, report.RequirementKept, report.RequirementNotJudged} {
			var names []string
			for _, c := range byState[s] {
				names = append(names, c.Requirement)
			}
			if len(names) > 0 {
				p.labelled(2, span{dim, stateWords[s] + ": "}, plain, strings.Join(names, ", "))
			}
		}
		p.text(2, dim, "Kept: every control of the table that tests it passed everywhere. Whether a requirement is met is more than an account can show.")
	}
}

func (p *printer) requirement(c report.Compliance, s report.RequirementState) {
	look := yellow
	if s == report.RequirementBroken {
		look = red
	}
	open, waived := c.Findings.Open(), ""
	if n := c.Findings.Waived.Total(); n > 0 {
		waived = fmt.Sprintf(", %d waived", n)
	}
	text := fmt.Sprintf("%d FAIL, %d UNKNOWN%s of %d findings: %s", open.FAIL, open.UNKNOWN, waived, c.Findings.Total(), strings.Join(c.Checks, ", "))
	if len(c.Untested) > 0 {
		text += fmt.Sprintf("; %d of %d controls have no check that ran", len(c.Untested), len(c.Untested)+len(c.Checks))
	}
	p.labelled(2, span{look, pad(stateWords[s], 9) + pad(c.Requirement, 16)}, plain, text)
}

var stateWords = map[report.RequirementState]string{
	report.RequirementBroken: "broken", report.RequirementUnknown: "unknown", report.RequirementWaived: "waived", report.RequirementPartly: "partly tested", report.RequirementKept: "kept", report.RequirementNotJudged: "not judged",
}
