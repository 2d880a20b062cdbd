package html

import (
	"fmt"
	"slices"

	"onus/checks"
	"onus/report"
)

// trend is this scan beside those before it, where a history was kept.
type trend struct {
	Chart chart
	Since string // what became of the counts since the scan before
}

// trendOf is nil where nothing is known of earlier scans.
func trendOf(r report.Result, sum report.Summary) *trend {
	if len(r.Past) == 0 {
		return nil
	}
	t := &trend{}
	for _, severity := range checks.Severities {
		t.Chart.Columns = append(t.Chart.Columns, string(severity))
	}
	t.Chart.Columns = append(t.Chart.Columns, string(checks.UNKNOWN))
	now := report.PastOf(r.Scan, sum)
	all := append(slices.Clone(r.Past), now)
	for i, p := range all {
		b := bar{Name: p.Started.UTC().Format("2 January 2006, 15:04")}
		if p.ID == now.ID {
			b.Name += " (this scan)"
		}
		for _, severity := range checks.Severities {
			b.Parts = append(b.Parts, part{Class: string(severity), N: p.Fails[severity]})
		}
		b.Parts = append(b.Parts, part{Class: string(checks.UNKNOWN), N: p.Counts.UNKNOWN})
		if i > 0 {
			b.Note = difference(all[i-1], p)
		}
		if p.Interrupted != "" {
			b.Note = "interrupted: not all was judged"
		}
		t.Chart.Bars = append(t.Chart.Bars, b)
	}
	t.Chart = t.Chart.scaled()
	before := r.Past[len(r.Past)-1]
	t.Since = fmt.Sprintf("Since the scan of %s: %s, %s.", before.Started.UTC().Format("2 January 2006, 15:04 UTC"),
		change(before.Counts.FAIL, now.Counts.FAIL, "FAIL"), change(before.Counts.UNKNOWN, now.Counts.UNKNOWN, "UNKNOWN"))
	return t
}

// difference is what but the account may have changed the counts.
func difference(before, after report.Past) string {
	switch {
	case before.CatalogueDigest != after.CatalogueDigest:
		return "other checks than before"
	case before.PolicyDigest != after.PolicyDigest:
		return "another policy than before"
	}
	return ""
}

func change(before, after int, what string) string {
	switch {
	case after > before:
		return fmt.Sprintf("%d more %s (%d, now %d)", after-before, what, before, after)
	case after < before:
		return fmt.Sprintf("%d fewer %s (%d, now %d)", before-after, what, before, after)
	}
	return fmt.Sprintf("%s as before (%d)", what, after)
}
