// Package markdown writes a result as a short text for pull requests and tickets: the
// duties, what to do first, what is waived, what was not read, the totals. It leaves whole lists to the
// other formats.
//
// It is GitHub Flavored Markdown. Names that belong to whoever owns the resources stand
// in code spans: there nothing is markup, a mention, a reference or a link.
package markdown

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/report"
)

// How much of each list is shown.
const (
	mostChecks  = 15
	mostNames   = 3
	mostGaps    = 15
	mostWaivers = 15
	mostRunes   = 80 // of a foreign name
)

// Write writes the text. The findings are ranged over once; of each check a few names of
// failing resources are kept.
func Write(w io.Writer, r report.Result) error {
	r = r.Sorted()
	sum, failed, err := gather(r)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	header(out, r, sum)
	duties(out, report.Duties(r, sum))
	first(out, failed)
	waivers(out, r, sum)
	standards(out, r, sum)
	gaps(out, r.Coverage)
	return out.Flush()
}

// failure is a check that failed, with a few of the resources.
type failure struct {
	check    *checks.Check
	severity checks.Severity // the worst among its FAILs
	fails    int
	names    []string
}

// gather counts the findings and keeps the checks that failed, the worst first.
func gather(r report.Result) (report.Summary, []*failure, error) {
	tally := report.NewTally(r.Checks)
	byID := map[string]*failure{}
	for _, c := range r.Checks {
		byID[c.ID] = &failure{check: c}
	}
	for f := range r.Findings {
		if err := tally.Add(f); err != nil {
			return report.Summary{}, nil, err
		}
		if f.Status == checks.FAIL && f.Waived == nil {
			byID[f.Check].take(f)
		}
	}
	var failed []*failure
	for _, f := range byID {
		if f.fails > 0 {
			failed = append(failed, f)
		}
	}
	slices.SortFunc(failed, func(a, b *failure) int {
		return cmp.Or(
			cmp.Compare(slices.Index(checks.Severities, a.severity), slices.Index(checks.Severities, b.severity)),
			cmp.Compare(b.fails, a.fails), cmp.Compare(a.check.ID, b.check.ID))
	})
	return tally.Summary(), failed, nil
}

func (x *failure) take(f checks.Finding) {
	if x.fails == 0 || !report.AtLeast(x.severity, f.Severity) {
		x.severity = f.Severity
	}
	x.fails++
	if len(x.names) < mostNames {
		x.names = append(x.names, cmp.Or(f.Resource.Name, f.Resource.ID))
	}
}

func header(out io.Writer, r report.Result, sum report.Summary) {
	n := sum.Count(func(report.Cell) bool { return true })
	fmt.Fprintf(out, "## Onus: account %s\n\n", code(strings.Join(r.Scan.Accounts, ", ")))
	if r.Scan.Interrupted != "" {
		fmt.Fprintf(out, "**The scan was interrupted** (%s): this is not all.\n\n", code(r.Scan.Interrupted))
	}
	if r.Scan.NarrowedTo != nil {
		fmt.Fprint(out, "**The scan was narrowed**: only a part of the account was looked at.\n\n")
	}
	fmt.Fprintf(out, "%d FAIL, %d UNKNOWN, %d PASS, %d NOT\\_APPLICABLE: %d findings of %d checks, as of %s.\n",
		n.FAIL, n.UNKNOWN, n.PASS, n.NotApplicable, n.Total(), len(r.Checks), r.Scan.AsOf.UTC().Format(time.RFC3339))
}
