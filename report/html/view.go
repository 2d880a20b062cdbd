package html

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/report"
)

// view is what the page's template shows.
type view struct {
	Scan      report.Scan
	AsOf      string
	Facts     []fact
	Counts    report.Counts
	Total     int
	Outcomes  []outcome
	Duties    []dutyRow
	Kinds     []kindOf
	First     first
	Seen      seen
	Standards []standard
	Trend     *trend
	ByDuty    chart
	ByAccount chart
	LeftOut   []string // what the page does not hold, "12 PASS"
	Kept      int
	NotRun    []report.NotRun
	Waived    int             // findings
	Waivers   []report.Waiver // the expired first, then those that fit nothing
}

// fact is a line of the page's head.
type fact struct{ Label, Text string }

// outcome counts the customer's duties with one outcome.
type outcome struct {
	State report.State
	Of    int
	All   int
}

// dutyRow is one duty in each kind of service.
type dutyRow struct {
	Duty  checks.Duty
	Name  string
	Cells []report.Duty
}

// kindOf is a kind of service, with such as it.
type kindOf struct {
	Kind checks.ServiceKind
	Such string
}

var kinds = []kindOf{{checks.Infrastructure, "such as EC2"}, {checks.Container, "such as RDS"}, {checks.Abstracted, "such as S3"}, {checks.OfAccount, "IAM and the account itself"}}

// names of the duties, in people's words.
var names = map[checks.Duty]string{
	checks.RegionChoice: "Choice of Region", checks.DataEncryption: "Data encryption", checks.Backups: "Backups", checks.AccessControl: "Access control",
	checks.NetworkFirewall: "Network firewall", checks.OSAndPlatform: "OS and platform", checks.ClientSideEncryption: "Client-side encryption", checks.CustomerData: "Customer data",
}

func viewOf(r report.Result, g *gathered, kept quotas) view {
	v := view{Scan: r.Scan, AsOf: r.Scan.AsOf.UTC().Format(layout), Facts: facts(r.Scan), Kinds: kinds, Kept: kept.total(), NotRun: r.Scan.NotRun}
	v.Counts = g.sum.Count(func(report.Cell) bool { return true })
	v.Total = v.Counts.Total()
	duties := report.Duties(r, g.sum)
	yours := slices.DeleteFunc(slices.Clone(duties), report.Duty.AWSAlone)
	for _, s := range report.States {
		o := outcome{State: s, All: len(yours)}
		for _, d := range yours {
			if d.Outcome == s {
				o.Of++
			}
		}
		if s == report.Waived && o.Of == 0 {
			continue
		}
		v.Outcomes = append(v.Outcomes, o)
	}
	for _, duty := range checks.Duties {
		row := dutyRow{Duty: duty, Name: names[duty]}
		for _, d := range duties {
			if d.Duty == duty {
				row.Cells = append(row.Cells, d)
			}
		}
		v.Duties = append(v.Duties, row)
	}
	v.First, v.Seen = firstOf(g, r), seenOf(r, g)
	v.Waived, v.Waivers = g.waived(), slices.Clone(r.Waivers)
	slices.SortStableFunc(v.Waivers, func(a, b report.Waiver) int {
		return cmp.Compare(slices.Index(report.WaiverStates, a.State), slices.Index(report.WaiverStates, b.State))
	})
	v.Standards = standardsOf(r, g.sum)
	v.Trend = trendOf(r, g.sum)
	v.ByDuty, v.ByAccount = byDuty(g.sum), byAccount(g.sum, r.Scan.Accounts)
	for _, s := range report.Statuses {
		all := g.sum.Count(func(c report.Cell) bool { return c.Status == s }).Total()
		if n := all - kept.held(s); n > 0 {
			v.LeftOut = append(v.LeftOut, fmt.Sprintf("%d of %d %s", n, all, s))
		}
	}
	return v
}

// layout is how the page writes a time.
const layout = "2 January 2006, 15:04:05 UTC"

// facts say what was scanned, when, by whom and with what.
func facts(s report.Scan) []fact {
	out := []fact{
		{"Account", strings.Join(s.Accounts, ", ") + " in partition " + s.Partition},
		{"Scanned", s.Started.UTC().Format(layout) + ", for " + s.Finished.Sub(s.Started).Round(time.Second).String()},
	}
	out = append(out, fact{"Judged as of", s.AsOf.UTC().Format(layout)}, fact{"Principal", s.Principal}, fact{"Regions", regions(s)})
	if s.NarrowedTo != nil {
		out = append(out, fact{"Narrowed to", narrowing(*s.NarrowedTo)})
	}
	if s.PolicyDigest != "" {
		out = append(out, fact{"Policy file", s.PolicyDigest})
	}
	return append(out, fact{"Catalogue", s.CatalogueDigest}, fact{"Scan", s.ID}, fact{"Tool", "Onus " + s.ToolVersion + " (" + s.Commit + ")"})
}

func regions(s report.Scan) string {
	if s.RegionsUnread != "" {
		return "not known: " + s.RegionsUnread
	}
	enabled := 0
	for _, r := range s.Regions {
		if r.Enabled {
			enabled++
		}
	}
	return fmt.Sprintf("%d enabled of %d", enabled, len(s.Regions))
}

func narrowing(n report.Narrowing) string {
	var parts []string
	for _, part := range []struct {
		what string
		list []string
	}{{"Regions", n.Regions}, {"all but Regions", n.ExcludedRegions}, {"services", n.Services}, {"categories", n.Categories},
		{"checks", n.Checks}, {"resources", n.Resources}, {"tags", n.Tags}} {
		if len(part.list) > 0 {
			parts = append(parts, part.what+" "+strings.Join(part.list, ", "))
		}
	}
	return strings.Join(parts, "; ") + ". Nothing else was looked at"
}
