package markdown

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"onus/checks"
	"onus/report"
	"onus/report/visible"
	"onus/scanner/snapshot"
)

// words for the outcomes of duties.
var words = map[report.State]string{report.Broken: "❌ broken", report.Unknown: "❓ unknown", report.Waived: "🔶 waived", report.Kept: "✅ kept", report.NotJudged: "not judged"}

func duties(out io.Writer, list []report.Duty) {
	fmt.Fprint(out, "\n### Duties\n\n| Duty |")
	for _, k := range checks.ServiceKinds {
		fmt.Fprintf(out, " %s |", k)
	}
	fmt.Fprint(out, "\n| :-- |"+strings.Repeat(" :-- |", len(checks.ServiceKinds))+"\n")
	for _, d := range checks.Duties {
		fmt.Fprintf(out, "| %s |", strings.ReplaceAll(string(d), "-", " "))
		for _, k := range checks.ServiceKinds {
			i := slices.IndexFunc(list, func(c report.Duty) bool { return c.Duty == d && c.ServiceKind == k })
			fmt.Fprintf(out, " %s |", cell(list[i]))
		}
		fmt.Fprint(out, "\n")
	}
	fmt.Fprint(out, "\n1/2: so many of the checks that ran. AWS owes a part in every cell, and those marked AWS alone.\n")
}

func cell(d report.Duty) string {
	n := map[report.State]int{report.Broken: d.ByCheck.Broken, report.Unknown: d.ByCheck.Unknown, report.Waived: d.ByCheck.Waived, report.Kept: d.ByCheck.Kept}
	switch {
	case d.Outcome != report.NotJudged:
		return fmt.Sprintf("%s %d/%d", words[d.Outcome], n[d.Outcome], d.ByCheck.Ran())
	case d.AWSAlone():
		return "AWS"
	}
	return words[d.Outcome]
}

func first(out io.Writer, failed []*failure) {
	if len(failed) == 0 {
		return
	}
	fmt.Fprint(out, "\n### What to do first\n\n| Severity | Not so | Resources | Such as |\n| :-- | :-- | --: | :-- |\n")
	for _, f := range failed[:min(mostChecks, len(failed))] {
		var names []string
		for _, n := range f.names {
			names = append(names, code(n))
		}
		if f.fails > len(names) {
			names = append(names, "…")
		}
		fmt.Fprintf(out, "| %s | %s (%s) | %d | %s |\n", f.severity, plain(f.check.Title), code(f.check.ID), f.fails, strings.Join(names, ", "))
	}
	if n := len(failed) - mostChecks; n > 0 {
		fmt.Fprintf(out, "\n… and %d more checks failed.\n", n)
	}
}

// waivers says how much the policy waives, and which waivers hold no more or are good for
// nothing. Nothing is written under a policy without waivers.
func waivers(out io.Writer, r report.Result, sum report.Summary) {
	n := sum.Count(func(report.Cell) bool { return true }).Waived
	if n.Total() == 0 && len(r.Waivers) == 0 {
		return
	}
	fmt.Fprintf(out, "\n### Waived\n\n%d FAIL and %d UNKNOWN are waived by the policy: they are counted above, and do not count for the exit status.\n", n.FAIL, n.UNKNOWN)
	list := slices.Clone(r.Waivers)
	if len(list) == 0 {
		return
	}
	slices.SortStableFunc(list, func(a, b report.Waiver) int {
		return cmp.Compare(slices.Index(report.WaiverStates, a.State), slices.Index(report.WaiverStates, b.State))
	})
	fmt.Fprint(out, "\n| State | Check | On | Owner | What became of it | Reason |\n| :-- | :-- | :-- | :-- | :-- | :-- |\n")
	for _, w := range list[:min(mostWaivers, len(list))] {
		state := string(w.State)
		if w.State != report.InForce {
			state = "**" + state + "**"
		}
		fmt.Fprintf(out, "| %s | %s | %s | %s | %s | %s |\n", state, code(w.Check), code(w.Target()), code(w.Owner), plain(w.Says()), code(w.Reason))
	}
	if n := len(list) - mostWaivers; n > 0 {
		fmt.Fprintf(out, "\n… and %d more waivers.\n", n)
	}
}

// standards counts the requirements of the frameworks that were asked for.
func standards(out io.Writer, r report.Result, sum report.Summary) {
	if len(r.Standards) == 0 {
		return
	}
	fmt.Fprint(out, "\n### Frameworks\n\n| Framework | broken | unknown | waived | partly tested | kept | not judged |\n| :-- |"+strings.Repeat(" --: |", len(report.RequirementStates))+"\n")
	all := report.Comply(r, sum)
	for _, standard := range r.Standards {
		n := map[report.RequirementState]int{}
		for _, c := range all {
			if c.Framework == standard.ID {
				n[c.Outcome]++
			}
		}
		fmt.Fprintf(out, "| %s |", plain(standard.Name))
		for _, state := range report.RequirementStates {
			fmt.Fprintf(out, " %d |", n[state])
		}
		fmt.Fprint(out, "\n")
	}
	fmt.Fprint(out, "\nRequirements of the table. Kept: every control that tests it passed everywhere; whether it is met is more than an account can show.\n")
}

// gaps lists what was not read, by operation and cause.
func gaps(out io.Writer, coverage []snapshot.Coverage) {
	type gap struct {
		operation string
		cause     snapshot.Cause
	}
	places := map[gap]int{}
	var order []gap
	unread := 0
	for _, c := range coverage {
		if c.Status == snapshot.OK || c.Status == snapshot.NotOptedIn {
			continue
		}
		unread++
		g := gap{c.Operation, c.Status}
		if places[g] == 0 {
			order = append(order, g)
		}
		places[g]++
	}
	slices.SortFunc(order, func(a, b gap) int {
		return cmp.Or(cmp.Compare(a.operation, b.operation), cmp.Compare(a.cause, b.cause))
	})
	fmt.Fprintf(out, "\n### Not read\n\nNot read to the end: %d of %d planned calls in enabled Regions.\n", unread, enabled(coverage))
	if unread == 0 {
		return
	}
	fmt.Fprint(out, "\n| Call | Why | Places |\n| :-- | :-- | --: |\n")
	for _, g := range order[:min(mostGaps, len(order))] {
		fmt.Fprintf(out, "| %s | %s | %d |\n", code(g.operation), g.cause, places[g])
	}
	if n := len(order) - mostGaps; n > 0 {
		fmt.Fprintf(out, "\n… and %d more.\n", n)
	}
}

func enabled(coverage []snapshot.Coverage) (n int) {
	for _, c := range coverage {
		if c.Status != snapshot.NotOptedIn {
			n++
		}
	}
	return n
}

// plain is a text of our own in a table: nothing in it is markup.
func plain(s string) string {
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", `\<`, "[", `\[`).Replace(visible.Text(s))
}

// code is a foreign text as a code span that fits in a table: fenced by more backquotes
// than it holds in a row, and with its pipes shown as escapes, because readers of tables
// differ in what a backslash before one means.
// Source: GitHub Flavored Markdown Spec, "Code spans" and "Tables (extension)".
func code(s string) string {
	s = strings.ReplaceAll(visible.Text(s), "|", `\u007c`)
	if runes := []rune(s); len(runes) > mostRunes {
		s = string(runes[:mostRunes-1]) + "…"
	}
	if strings.TrimSpace(s) == "" {
		return "(no name)"
	}
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.Contains(s, "`") || strings.HasPrefix(s, " ") || strings.HasSuffix(s, " ") {
		s = " " + s + " " // one blank at each end is not shown
	}
	return fence + s + fence
}
