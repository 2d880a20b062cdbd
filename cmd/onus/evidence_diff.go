package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"onus/report"
	"onus/scanner/evidence"
)

func diffCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use: "diff OLD NEW", Short: "Show what changed between two bundles, with the answers that changed it", Args: cobra.ExactArgs(2),
		Long: `Diff compares the findings of two bundles of the same account and prints each that is
new, gone or judged otherwise, with the lines of the answers that differ, and where the
policy gives it another severity or waiver.

Everything in the bundles but their signatures is checked first; see "onus verify".`,
		RunE: func(_ *cobra.Command, args []string) error { return diffEvidence(s, args[0], args[1]) },
	}
}

func diffEvidence(s streams, oldPath, newPath string) error {
	before, err := evidence.Open(oldPath)
	if err != nil {
		return &exitError{2, err}
	}
	defer before.Close()
	after, err := evidence.Open(newPath)
	if err != nil {
		return &exitError{2, err}
	}
	defer after.Close()
	for path, b := range map[string]*evidence.Bundle{oldPath: before, newPath: after} {
		if b.Redacted != nil {
			return badInput("%q is a redacted copy, which holds no findings to compare", path)
		}
	}
	old := map[string]judged{}
	for f, err := range sealedFindings(before) {
		if err != nil {
			return badInput("%q: its result: %v", oldPath, err)
		}
		old[f.ID] = f
	}
	var same, changed, anew int
	for f, err := range sealedFindings(after) {
		if err != nil {
			return badInput("%q: its result: %v", newPath, err)
		}
		was, there := old[f.ID]
		delete(old, f.ID)
		switch {
		case !there:
			anew++
			fmt.Fprintf(s.out, "new      %s  %s  %s: %s\n", legible(f.Status), legible(f.Check), legible(f.Resource.ID), legible(f.Reason))
		case was.Status == f.Status && was.Reason == f.Reason && maps.Equal(was.Observed, f.Observed):
			list := f.ruled(was)
			if len(list) == 0 {
				same++
				continue
			}
			changed++
			fmt.Fprintf(s.out, "changed  %s  %s  %s\n", legible(f.Status), legible(f.Check), legible(f.Resource.ID))
			printRuled(s.out, list)
		default:
			changed++
			fmt.Fprintf(s.out, "changed  %s → %s  %s  %s\n  was  %s\n  is   %s\n", legible(was.Status), legible(f.Status), legible(f.Check), legible(f.Resource.ID), legible(was.Reason), legible(f.Reason))
			printRuled(s.out, f.ruled(was))
			f.changes(s.out, was, before, after)
		}
	}
	for _, f := range slices.SortedFunc(maps.Values(old), func(a, b judged) int { return cmp.Compare(a.Check+a.Resource.ID, b.Check+b.Resource.ID) }) {
		fmt.Fprintf(s.out, "gone     %s  %s  %s\n", legible(f.Status), legible(f.Check), legible(f.Resource.ID))
	}
	fmt.Fprintf(s.err, "%d findings are the same, %d changed, %d are new, %d are gone\n", same, changed, anew, len(old))
	return nil
}

// ruled is what the policy file says otherwise of a finding: no answer changed that.
func (f judged) ruled(was judged) (out []string) {
	if was.Severity != f.Severity {
		out = append(out, fmt.Sprintf("severity %s, now %s", was.Severity, f.Severity))
	}
	switch {
	case was.Waived == nil && f.Waived == nil, was.Waived != nil && f.Waived != nil && *was.Waived == *f.Waived:
	case f.Waived == nil:
		out = append(out, "no more "+report.WaivedWords(*was.Waived))
	default:
		out = append(out, report.WaivedWords(*f.Waived))
	}
	return out
}

func printRuled(w io.Writer, list []string) {
	for _, l := range list {
		fmt.Fprintf(w, "  by the policy: %s\n", legible(l))
	}
}

// changes prints the lines by which the answers behind a finding differ. A call has the
// same id in both bundles if it asked the same.
func (f judged) changes(w io.Writer, was judged, before, after *evidence.Bundle) {
	ids := slices.Concat(was.Evidence, f.Evidence)
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		lineA, a, inOld := before.Get(id)
		line, b, inNew := after.Get(id)
		if !inNew {
			line = lineA
		}
		place := fmt.Sprintf("%s in %s, %s", legible(line.Operation), legible(line.Region), legible(line.Input))
		switch {
		case !inOld && !inNew:
		case !inOld:
			fmt.Fprintf(w, "  %s: was not asked before\n", place)
		case !inNew:
			fmt.Fprintf(w, "  %s: was not asked again\n", place)
		default:
			gone, come := lineDiff(was.part(a.Body, a.Status), f.part(b.Body, b.Status))
			if len(gone)+len(come) == 0 && a.Status == b.Status {
				continue
			}
			fmt.Fprintf(w, "  %s: status %d, now %d\n", place, a.Status, b.Status)
			printLines(w, "-", gone)
			printLines(w, "+", come)
		}
	}
}

func printLines(w io.Writer, sign string, list []string) {
	for i, l := range list {
		if i == brief {
			fmt.Fprintf(w, "    %s … %d lines more\n", sign, len(list)-i)
			return
		}
		fmt.Fprintf(w, "    %s %s\n", sign, legible(l))
	}
}

// part are the lines of an answer that are about the finding's resource, without those
// in which two answers always differ.
func (f judged) part(body []byte, status int) (out []string) {
	e, parts := layOut(body).marked(f, status)
	for i, l := range e {
		if name := strings.ToLower(l.field); within(parts, i) && name != "requestid" && name != "hostid" {
			out = append(out, l.text)
		}
	}
	return out
}

// lineDiff are the lines that only one of the two has, counted, in their order.
func lineDiff(a, b []string) (gone, come []string) {
	count := map[string]int{}
	for _, l := range b {
		count[l]++
	}
	for _, l := range a {
		if count[l]--; count[l] < 0 {
			gone = append(gone, l)
		}
	}
	count = map[string]int{}
	for _, l := range a {
		count[l]++
	}
	for _, l := range b {
		if count[l]--; count[l] < 0 {
			come = append(come, l)
		}
	}
	return gone, come
}
