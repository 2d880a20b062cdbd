package report

import (
	"cmp"
	"iter"
	"slices"

	"onus/checks"
	"onus/checks/frameworks"
	"onus/scanner/snapshot"
)

// Result is everything that a writer of any format is given.
type Result struct {
	Scan       Scan
	Checks     []*checks.Check          // those that ran
	Findings   iter.Seq[checks.Finding] // in the order of checks.Evaluate, and again when ranged over again
	Coverage   []snapshot.Coverage      // one line for each planned operation and place
	Frameworks map[string][]Requirement // check id → what it is mapped to
	Standards  []Standard               // frameworks to report on; none unless asked for
	Waivers    []Waiver                 // all of the policy's, in its order; see Waive
	Past       []Past                   // earlier scans of the same, oldest first; no part of the document

	counted *Summary // of Findings; see Counted
}

// Counted is the result with its findings counted: evaluating a large account takes long, and
// every writer wants the sums first.
func (r Result) Counted() (Result, error) {
	sum, err := Summarize(r.Findings, r.Checks)
	r.counted = &sum
	return r, err
}

// Summary counts the findings, unless that was done.
func (r Result) Summary() (Summary, error) {
	if r.counted != nil {
		return *r.counted, nil
	}
	return Summarize(r.Findings, r.Checks)
}

// Requirement is what a framework demands and a check tests.
type Requirement struct {
	Framework   string `json:"framework"`
	Requirement string `json:"requirement"` // in the framework's own form
}

// FrameworkName is a framework as its owner spells it; its id where it is none of ours.
func FrameworkName(id string) string {
	if f, ok := frameworks.Find(id); ok {
		return f.Name
	}
	return id
}

// Of is the result for one account. Of the header it fills what the account knows:
// principal, partition, account, Regions and AsOf.
func Of(scan Scan, a *snapshot.Account, ran []*checks.Check, findings iter.Seq[checks.Finding]) Result {
	scan.Principal, scan.Partition, scan.AsOf = a.Principal, a.Partition, a.AsOf
	scan.Accounts = []string{a.Location.Account}
	scan.Regions, scan.RegionsUnread = nil, ""
	regions, err := a.Regions.Get()
	if err != nil {
		scan.RegionsUnread = err.Error()
	}
	for _, r := range regions {
		scan.Regions = append(scan.Regions, Region{Account: a.Location.Account, Name: r.Name, Status: r.Status, Enabled: r.Enabled()})
	}
	slices.SortFunc(scan.Regions, func(a, b Region) int { return cmp.Compare(a.Name, b.Name) })
	r := Result{Scan: scan, Checks: slices.Clone(ran), Findings: findings, Coverage: slices.Clone(a.Coverage)}
	r.sort()
	return r
}

// sort puts what is not streamed into the order of the document.
func (r *Result) sort() {
	slices.SortFunc(r.Checks, func(a, b *checks.Check) int { return cmp.Compare(a.ID, b.ID) })
	r.Scan.NotRun = slices.Clone(r.Scan.NotRun)
	slices.SortFunc(r.Scan.NotRun, func(a, b NotRun) int { return cmp.Compare(a.Check.ID, b.Check.ID) })
	slices.SortFunc(r.Coverage, func(a, b snapshot.Coverage) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Operation, b.Operation))
	})
}

// Sorted is the result with checks by id and coverage by account, Region and operation:
// what a writer starts from, so that its bytes do not depend on who made the result.
func (r Result) Sorted() Result {
	r.Checks, r.Coverage = slices.Clone(r.Checks), slices.Clone(r.Coverage)
	r.sort()
	return r
}
