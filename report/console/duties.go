package console

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/report"
)

// gridWidth is how many columns the grid of duties needs; below that it is a list.
const gridWidth = 90

// duties shows the whole model and what became of it, then why what was not judged was
// not.
func (p *printer) duties(list []report.Duty) {
	p.heading("Duties", "by the AWS Shared Responsibility Model; 1/2: one of two checks that ran")
	if p.width >= gridWidth {
		p.grid(list)
	} else {
		p.list(list)
	}
	p.blank()
	alone := 0
	var order []string
	cells := map[string][]report.Duty{}
	for _, d := range list {
		switch {
		case d.Outcome != report.NotJudged:
		case d.AWSAlone():
			alone++
		default:
			if cells[d.Why] == nil {
				order = append(order, d.Why)
			}
			cells[d.Why] = append(cells[d.Why], d)
		}
	}
	for _, why := range order {
		p.labelled(2, span{dim, "not judged: "}, plain, gathered(cells[why])+": "+why+".")
	}
	p.labelled(2, span{dim, "AWS: "}, plain, fmt.Sprintf("owes a part in each of the %d, and %d of them alone. Onus does not test it: AWS's audit reports (AWS Artifact) do.", len(list), alone))
}

// gathered names duties, each once with its kinds of service.
func gathered(list []report.Duty) string {
	var out []string
	for _, d := range checks.Duties {
		var kinds []string
		for _, c := range list {
			if c.Duty == d {
				kinds = append(kinds, string(c.ServiceKind))
			}
		}
		if len(kinds) > 0 {
			out = append(out, names[d]+" ("+strings.Join(kinds, ", ")+")")
		}
	}
	return strings.Join(out, ", ")
}

func (p *printer) grid(list []report.Duty) {
	column := (p.width - 25) / len(checks.ServiceKinds)
	head := []span{{plain, pad("", 23)}}
	for _, k := range checks.ServiceKinds {
		head = append(head, span{dim, pad(string(k), column)})
	}
	p.line(2, head...)
	for _, d := range checks.Duties {
		row := []span{{plain, pad(names[d], 23)}}
		for _, k := range checks.ServiceKinds {
			i := slices.IndexFunc(list, func(c report.Duty) bool { return c.Duty == d && c.ServiceKind == k })
			text, s := cell(list[i])
			row = append(row, span{s, pad(text, column)})
		}
		p.line(2, row...)
	}
}

func (p *printer) list(list []report.Duty) {
	for _, d := range list {
		text, s := cell(d)
		p.labelled(2, span{s, pad(text, 17)}, plain, names[d.Duty]+" ("+string(d.ServiceKind)+")")
	}
}

// cell says in a word what became of a duty, and for how many of the checks that ran.
func cell(d report.Duty) (string, style) {
	of := func(n int) string { return fmt.Sprintf("%s %d/%d", d.Outcome, n, d.ByCheck.Ran()) }
	switch d.Outcome {
	case report.Broken:
		return of(d.ByCheck.Broken), red
	case report.Unknown:
		return of(d.ByCheck.Unknown), yellow
	case report.Waived:
		return of(d.ByCheck.Waived), yellow
	case report.Kept:
		return of(d.ByCheck.Kept), green
	case report.NotJudged:
	}
	if d.AWSAlone() {
		return "AWS", dim
	}
	return "not judged", dim
}
