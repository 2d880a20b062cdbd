package html

import (
	"onus/checks"
	"onus/report"
)

// chart is bars with their numbers: a table for those who read, a picture for those who
// look.
type chart struct {
	Columns []string
	Bars    []bar
}

type bar struct {
	Name, Link string
	Note       string
	Parts      []part
	Total      int
}

// part is one piece of a bar, its place in hundredths of the longest bar.
type part struct {
	Class     string
	N         int
	At, Width float64
}

// byDuty is the status of findings by duty.
func byDuty(s report.Summary) chart {
	c := chart{}
	for _, status := range report.Statuses {
		c.Columns = append(c.Columns, string(status))
	}
	for _, d := range checks.Duties {
		b := bar{Name: names[d], Link: link("duty", string(d), "status", "")}
		for _, status := range report.Statuses {
			n := s.Count(func(c report.Cell) bool { return c.Duty == d && c.Status == status }).Total()
			b.Parts = append(b.Parts, part{Class: string(status), N: n})
		}
		c.Bars = append(c.Bars, b)
	}
	return c.scaled()
}

// byAccount is the severity of failed findings by account.
func byAccount(s report.Summary, accounts []string) chart {
	c := chart{}
	for _, severity := range checks.Severities {
		c.Columns = append(c.Columns, string(severity))
	}
	for _, a := range accounts {
		b := bar{Name: a, Link: link("account", a, "status", string(checks.FAIL))}
		for _, severity := range checks.Severities {
			n := s.Count(func(c report.Cell) bool {
				return c.Account == a && c.Status == checks.FAIL && c.Severity == severity
			}).Total()
			b.Parts = append(b.Parts, part{Class: string(severity), N: n})
		}
		c.Bars = append(c.Bars, b)
	}
	return c.scaled()
}

// scaled fills in totals and the places of the parts.
func (c chart) scaled() chart {
	longest := 1
	for i := range c.Bars {
		for _, p := range c.Bars[i].Parts {
			c.Bars[i].Total += p.N
		}
		longest = max(longest, c.Bars[i].Total)
	}
	for _, b := range c.Bars {
		at := 0.0
		for i := range b.Parts {
			p := &b.Parts[i]
			p.At, p.Width = at, 100*float64(p.N)/float64(longest)
			at += p.Width
		}
	}
	return c
}
