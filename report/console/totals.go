package console

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/wording"
	"onus/report"
)

// tableWidth is how many columns the table of totals needs; below that it is a list.
const tableWidth = 72

// totals shows all findings by status and severity, and which checks did not run.
func (p *printer) totals(r report.Result, sum report.Summary) {
	all := sum.Count(func(report.Cell) bool { return true })
	p.heading("Totals", fmt.Sprintf("%s of %s in %s", wording.Count(all.Total(), "finding"), wording.Count(len(r.Checks), "check"), wording.Count(len(r.Scan.Accounts), "account")))
	if p.width >= tableWidth {
		head := []span{{plain, pad("", 16)}}
		for _, s := range checks.Severities {
			head = append(head, span{dim, right(string(s))})
		}
		p.line(2, append(head, span{dim, right("all")})...)
	}
	for _, status := range report.Statuses {
		p.total(status, sum)
		if sum.Count(func(c report.Cell) bool { return c.Status == status && c.Waived }).Total() > 0 {
			p.waived(status, sum)
		}
	}
	p.notRun(r.Scan.NotRun)
}

// total shows the findings of one status by severity.
func (p *printer) total(status checks.Status, sum report.Summary) {
	p.sums(span{statusStyle(status), pad(string(status), 16)}, sum, func(c report.Cell) bool { return c.Status == status })
}

// waived shows how many of a status are waived.
func (p *printer) waived(status checks.Status, sum report.Summary) {
	p.sums(span{dim, pad("  waived of it", 16)}, sum, func(c report.Cell) bool { return c.Status == status && c.Waived })
}

// sums shows some findings by severity: a row, or a line of its own.
func (p *printer) sums(head span, sum report.Summary, want func(report.Cell) bool) {
	row := []span{head}
	var words []string
	n := 0
	for _, severity := range checks.Severities {
		some := sum.Count(func(c report.Cell) bool { return c.Severity == severity && want(c) }).Total()
		row = append(row, span{plain, right(fmt.Sprint(some))})
		words = append(words, fmt.Sprintf("%d %s", some, severity))
		n += some
	}
	if p.width >= tableWidth {
		p.line(2, append(row, span{bold, right(fmt.Sprint(n))})...)
		return
	}
	p.labelled(2, row[0], plain, fmt.Sprintf("%d: %s", n, strings.Join(words, ", ")))
}

// notRun says which checks did not run, by why: up to three by name.
func (p *printer) notRun(list []report.NotRun) {
	byWhy := map[string][]string{}
	for _, n := range list {
		byWhy[n.Why] = append(byWhy[n.Why], n.Check.ID)
	}
	for _, why := range slices.Sorted(maps.Keys(byWhy)) {
		ids := byWhy[why]
		named := strings.Join(ids[:min(3, len(ids))], ", ")
		if len(ids) > 3 {
			named += ", …"
		}
		p.text(2, plain, fmt.Sprintf("%s did not run (%s): %s", wording.Count(len(ids), "check"), why, named))
	}
}

// right is a number or its heading at the right of a column of the table.
func right(s string) string { return strings.Repeat(" ", max(1, 9-width(s))) + s }
