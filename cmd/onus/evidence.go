package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"onus/checks"
	"onus/checks/suite"
	"onus/scanner/evidence"
	"onus/scanner/snapshot"
)

func evidenceCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "evidence", Short: "Look into evidence", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(showCommand(s), exportCommand(s), diffCommand(s), redactCommand(s), signCommand(s))
	return c
}

func showCommand(s streams) *cobra.Command {
	var full bool
	c := &cobra.Command{
		Use: "show BUNDLE FINDING", Short: "Show the calls and answers behind one finding", Args: cobra.RangeArgs(2, 3),
		Long: `Show prints a finding with each call that it rests on: what was asked, what came back,
and where in the bundle it stands. FINDING is a finding's id or its first digits, or a
check and a resource's ARN or name, as reports print them, in either order. Of the two one
is enough if it has but one finding that fails or could not be judged.

Everything in the bundle but its signature is checked first; see "onus verify".`,
		Example: `  onus evidence show acme.onus 3f1c77
  onus evidence show acme.onus s3-bucket-versioning-enabled acme-invoices-staging`,
		RunE: func(_ *cobra.Command, args []string) error { return showEvidence(s, args[0], args[1:], full) },
	}
	c.Flags().BoolVar(&full, "full", false, "print every answer whole")
	return c
}

// judged is a finding as the bundle's result holds it.
type judged struct{ checks.Finding }

func showEvidence(s streams, path string, words []string, full bool) error {
	b, err := evidence.Open(path)
	if err != nil {
		return &exitError{2, err}
	}
	defer b.Close()
	f, err := findingOf(b, path, words)
	if err != nil {
		return err
	}
	f.print(s.out, b)
	for i, id := range f.Evidence {
		f.exhibit(s.out, b, i+1, id, full)
	}
	return nil
}

// findingOf finds the one finding that an id, or a check and a resource, mean.
func findingOf(b *evidence.Bundle, path string, words []string) (judged, error) {
	var hits []judged
	for f, err := range sealedFindings(b) {
		if err != nil {
			return judged{}, &exitError{2, fmt.Errorf("%q: its result: %w", path, err)}
		}
		if f.means(words) {
			hits = append(hits, f)
		}
	}
	if len(words) == 1 && len(hits) > 1 { // what passes is rarely meant
		open := slices.DeleteFunc(slices.Clone(hits), func(f judged) bool { return f.Status != checks.FAIL && f.Status != checks.UNKNOWN })
		if len(open) > 0 {
			hits = open
		}
	}
	said := strings.Join(words, " ")
	if len(hits) == 1 {
		return hits[0], nil
	}
	if len(hits) == 0 {
		return judged{}, badInput("%q holds no finding %q: give an id of its result, or its first four digits or more, or a check and a resource", path, said)
	}
	var names []string
	for _, f := range hits[:min(len(hits), 5)] {
		names = append(names, fmt.Sprintf("%s (%s %s)", legible(f.ID[:min(12, len(f.ID))]), legible(f.Check), legible(cmp.Or(f.Resource.Name, f.Resource.ID))))
	}
	if len(hits) > len(names) {
		names = append(names, "…")
	}
	return judged{}, badInput("%q means %d findings, add a check or a resource, or give an id: %s", said, len(hits), strings.Join(names, ", "))
}

// means says that every word names the finding: by its id, its check or its resource, as
// that is called or as reports shorten its ARN.
func (f judged) means(words []string) bool {
	names := []string{f.Check, f.Resource.ID, f.Resource.Name, snapshot.ResourceOf(f.Resource.ID)}
	for _, w := range words {
		if !(len(w) >= 4 && strings.HasPrefix(f.ID, w)) && !slices.Contains(names, w) {
			return false
		}
	}
	return true
}

// print writes what was found.
func (f judged) print(w io.Writer, b *evidence.Bundle) {
	line := func(name, text string) { fmt.Fprintf(w, "  %-10s %s\n", name, legible(text)) }
	fmt.Fprintf(w, "%s  %s  %s\n", legible(f.Status), legible(f.Severity), legible(f.Check))
	for _, c := range suite.All() {
		if c.ID == f.Check {
			line("demanded", c.Title)
		}
	}
	line("resource", fmt.Sprintf("%s (%s, %s)", f.Resource.ID, f.Resource.Type, f.Region))
	line("reason", f.Reason)
	for _, name := range slices.Sorted(maps.Keys(f.Observed)) {
		value := f.Observed[name]
		if value == "" {
			value = "(absent or empty)"
		}
		line("observed", name+" = "+value)
	}
	if f.Waived != nil {
		line("waived", fmt.Sprintf("by %s until %s: %s", f.Waived.Owner, f.Waived.Expires, f.Waived.Reason))
	}
	line("judged", fmt.Sprintf("as of %s, by onus %s", b.Scan.AsOf.Format(time.RFC3339), b.Scan.Tool.Version))
	line("finding", f.ID)
	fmt.Fprintf(w, "\nIt rests on %s. A line marked » names the resource, or is a value that decided.\n", count(len(f.Evidence), "call"))
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// exhibit writes one call and its answer.
func (f judged) exhibit(w io.Writer, b *evidence.Bundle, n int, id string, full bool) {
	at := b.Place(id)
	line, e, ok := b.Get(id)
	if !ok {
		fmt.Fprintf(w, "\n%d. call %s: its input or answer was taken out of this redacted copy\n", n, legible(id))
		return
	}
	fmt.Fprintf(w, "\n%d. %s in %s, account %s\n", n, legible(line.Operation), legible(line.Region), legible(line.Account))
	fmt.Fprintf(w, "   asked      %s\n", legible(line.Input))
	if e.Status == 0 {
		fmt.Fprintf(w, "   answered   nothing came back: %s, after %s\n", legible(e.Class), count(line.Attempts, "attempt"))
	} else {
		fmt.Fprintf(w, "   answered   HTTP %d, %s by AWS's clock, request id %s, %s\n", e.Status, legible(e.Headers.Get("Date")), requestOf(e.Headers), count(line.Attempts, "attempt"))
	}
	fmt.Fprintf(w, "   kept       ledger.ndjson line %d, exchanges.ndjson line %d\n", at.Ledger, at.Exchange)
	out, parts := layOut(e.Body).marked(f, e.Status)
	out.show(w, parts, full)
}

func requestOf(headers map[string][]string) string {
	for _, name := range []string{"X-Amzn-Requestid", "X-Amz-Request-Id"} {
		if v := headers[name]; len(v) > 0 {
			return legible(v[0])
		}
	}
	return "(none)"
}

// names are the words by which an answer may name the resource: its id, and the last
// part of an ARN.
func (f judged) names() []string {
	if f.Resource.ID == f.Account {
		return nil // every ARN holds it
	}
	names := []string{f.Resource.ID}
	if i := strings.LastIndexAny(f.Resource.ID, ":/"); i >= 0 && len(f.Resource.ID)-i > 4 && strings.HasPrefix(f.Resource.ID, "arn:") {
		names = append(names, f.Resource.ID[i+1:])
	}
	if len(f.Resource.Name) > 3 {
		names = append(names, f.Resource.Name)
	}
	return names
}

// sealedFindings are those of the bundle's result. In a redacted copy some are missing.
func sealedFindings(b *evidence.Bundle) func(yield func(judged, error) bool) {
	return func(yield func(judged, error) bool) {
		for line, err := range evidence.FindingLines(b.Result(), io.Discard) {
			var f judged
			if err == nil {
				err = json.Unmarshal(line, &f.Finding)
			}
			if !yield(f, err) || err != nil {
				return
			}
		}
	}
}
