// Package asff writes the findings of a result in the AWS Security Finding Format, for
// Security Hub. It sends nothing.
//
// Each line is a JSON array of at most 100 findings of one Region: what one call of
// BatchImportFindings takes as its Findings, in that Region. Within a Region the result's
// order stays. A finding of a global resource goes with the first enabled Region. What
// is longer than the format allows is cut and ends with "…"; the result document holds
// it whole.
//
// PASS is PASSED, FAIL is FAILED, UNKNOWN is WARNING (some information is missing) and
// NOT_APPLICABLE is NOT_AVAILABLE. The severity's label is INFORMATIONAL (no issue was
// found) where nothing asks for a change; the check's own severity is in Original.
//
// What is waived has the workflow status SUPPRESSED, and a note that says by whom, why and
// until when. Security Hub takes both when it first learns of a finding; later they are
// its users' (BatchUpdateFindings).
// Source: Security Hub API, BatchImportFindings, types AwsSecurityFinding, Resource,
// Compliance, Note, Recommendation and Severity, with their lengths.
package asff

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"

	"onus/checks"
	"onus/report"
)

// Batch is how many findings one call takes.
const Batch = 100

// Write writes the batches. The findings are ranged over once; of each Region at most
// one batch is held.
func Write(w io.Writer, r report.Result) error {
	r = r.Sorted()
	tally := report.NewTally(r.Checks) // refuses what cannot be placed
	byID := map[string]*checks.Check{}
	for _, c := range r.Checks {
		byID[c.ID] = c
	}
	out := bufio.NewWriter(w)
	lines := json.NewEncoder(out)
	home := homeOf(r)
	held := map[string][]finding{}
	for f := range r.Findings {
		if err := tally.Add(f); err != nil {
			return err
		}
		if !accountForm.MatchString(f.Account) {
			return fmt.Errorf("a finding in Security Hub's format is of an account, and %q is none", f.Account)
		}
		region := f.Region
		if !regionForm.MatchString(region) {
			region = home
		}
		if region == "" {
			return errors.New("a finding in Security Hub's format needs a Region, and the result knows none")
		}
		held[region] = append(held[region], findingOf(r, f, byID[f.Check], region))
		if len(held[region]) < Batch {
			continue
		}
		if err := lines.Encode(held[region]); err != nil {
			return err
		}
		delete(held, region)
	}
	for _, region := range slices.Sorted(maps.Keys(held)) {
		if err := lines.Encode(held[region]); err != nil {
			return err
		}
	}
	return out.Flush()
}

// accountForm is what the id of an account looks like.
// Source: Security Hub API, AwsSecurityFinding, AwsAccountId.
var accountForm = regexp.MustCompile(`^\d{12}$`)

// partitionForm is what the name of a partition looks like.
var partitionForm = regexp.MustCompile(`^aws[a-z-]{0,17}$`)

// regionForm is what a Region's name looks like, and short enough for the format.
var regionForm = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]{1,9}){1,2}-\d{1,2}$`)

// homeOf is the Region for findings without one: the first enabled, else the first that
// was read.
func homeOf(r report.Result) string {
	for _, region := range r.Scan.Regions {
		if region.Enabled && regionForm.MatchString(region.Name) {
			return region.Name
		}
	}
	for _, c := range r.Coverage {
		if regionForm.MatchString(c.Region) {
			return c.Region
		}
	}
	return ""
}
