package html

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"onus/report"
	"onus/scanner/snapshot"
)

// seen is what was read of the account and what was not.
type seen struct {
	Services  []string
	Rows      []seenRow
	Closed    []string // Regions that are not enabled, "af-south-1"
	Gaps      []gap
	Unread    int
	Planned   int
	Unknown   int    // verdicts
	Causes    string // of these, "5 denied, 1 throttled"
	NoRegions string
}

// seenRow is one place of the map.
type seenRow struct {
	Account, Region string
	Cells           []seenCell // one for each service
}

// seenCell is one service in one place: how many of its planned calls were read.
type seenCell struct {
	Planned, Read int
	Worst         string // what kept the others from it
	Link          string // shows what could not be told there
}

// State is the class by which the map colours a cell.
func (c seenCell) State() string {
	switch {
	case c.Planned == 0:
		return "none"
	case c.Read == c.Planned:
		return "all"
	case c.Read == 0:
		return "nothing"
	}
	return "some"
}

// gap is what was not read of one operation for one reason.
type gap struct {
	Operation, Cause, Code, Where, Cost, Advice string
	places                                      []string
}

// advice is what helps against a cause, beside the words of AWS.
var advice = map[snapshot.Cause]string{
	snapshot.Denied:      "Allow the principal this call: “onus permissions” prints the policy that is enough.",
	snapshot.Throttled:   "Scan again, with a lower --concurrency or when less else runs in the account.",
	snapshot.Failed:      "Scan again: AWS or the way to it failed.",
	snapshot.Malformed:   "Scan again; if it stays, the endpoint does not answer as AWS does.",
	snapshot.Skipped:     "Not asked, because something it needs could not be read.",
	snapshot.Unsupported: "The endpoint does not know this call: an emulator, or a partition without the service.",
	snapshot.Changed:     "The resource went away during the scan.",
	snapshot.Cancelled:   "Let the scan run to its end.",
	snapshot.NotRecorded: "The record lacks this call: scan and record again.",
}

func serviceOf(operation string) string {
	service, _, _ := strings.Cut(operation, ":")
	return service
}

// seenOf draws the map of account × Region × service and lists the gaps.
func seenOf(r report.Result, g *gathered) seen {
	s := seen{Planned: len(r.Coverage), NoRegions: r.Scan.RegionsUnread}
	for _, c := range r.Coverage {
		if !slices.Contains(s.Services, serviceOf(c.Operation)) {
			s.Services = append(s.Services, serviceOf(c.Operation))
		}
	}
	slices.Sort(s.Services)
	closed := map[string]bool{}
	for _, c := range r.Coverage { // sorted by account and Region
		if c.Status != snapshot.OK {
			s.Unread++
		}
		if c.Status == snapshot.NotOptedIn {
			closed[c.Region] = true
			continue
		}
		if n := len(s.Rows); n == 0 || s.Rows[n-1].Account != c.Account || s.Rows[n-1].Region != c.Region {
			s.Rows = append(s.Rows, seenRow{c.Account, c.Region, make([]seenCell, len(s.Services))})
		}
		s.Rows[len(s.Rows)-1].Cells[slices.Index(s.Services, serviceOf(c.Operation))].take(c.Location, c.Status)
	}
	for region := range closed {
		s.Closed = append(s.Closed, region)
	}
	slices.Sort(s.Closed)
	byCause := map[string]int{}
	for _, t := range g.checks {
		for cause, n := range t.causes {
			s.Unknown += n
			word := string(cause)
			if cause == snapshot.OK {
				word = "not clear from AWS's documents, though all was read"
			}
			byCause[word] += n
		}
	}
	var parts []string
	for _, word := range slices.Sorted(maps.Keys(byCause)) {
		parts = append(parts, fmt.Sprintf("%d %s", byCause[word], word))
	}
	s.Causes = strings.Join(parts, "; ")
	s.Gaps = gaps(r.Coverage, g)
	return s
}

// worst orders causes for a cell that has several: what can be mended first.
var worst = []snapshot.Cause{snapshot.Denied, snapshot.Throttled, snapshot.Failed, snapshot.Malformed, snapshot.Cancelled,
	snapshot.NotRecorded, snapshot.Unsupported, snapshot.Skipped, snapshot.Changed}

func (c *seenCell) take(at snapshot.Location, status snapshot.Cause) {
	c.Planned++
	c.Link = link("account", at.Account, "region", at.Region, "status", "UNKNOWN")
	if status == snapshot.OK {
		c.Read++
		return
	}
	rank := func(s string) int { return slices.Index(worst, snapshot.Cause(s)) }
	if c.Worst == "" || rank(string(status)) < rank(c.Worst) {
		c.Worst = string(status)
	}
}
