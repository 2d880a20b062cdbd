package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"onus/checks"
	"onus/checks/frameworks"
	"onus/checks/regions/residency/nearest"
	"onus/checks/suite"
	"onus/report"
)

func explainCommand(s streams) *cobra.Command {
	from := ""
	c := &cobra.Command{
		Use: "explain CHECK | FINDING --from FILE", Short: "Say what a check asks, or what a finding saw, and what to do", Args: cobra.ExactArgs(1),
		Long: `Explain says of a check what must hold, what it reads, its parameters and what to do.
With --from, the argument is the id of a finding in that result (onus.result/v1), or the
beginning of one: explain also says what was seen, and by which recorded calls.`,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var ids []string
			for _, c := range suite.All() {
				ids = append(ids, c.ID+"\t"+c.Title)
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if from != "" {
				return explainFinding(s, args[0], from)
			}
			return explain(s, args[0])
		},
	}
	c.Flags().StringVar(&from, "from", "", "result document in which the finding is")
	return c
}

// explainFinding explains a finding of a result document: what was seen, then its check.
func explainFinding(s streams, id, path string) error {
	f, calls, err := findFinding(id, path)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s  %s\n%s\n\n", f.Status, f.Resource.ID, f.Reason)
	fmt.Fprintf(w, "finding\t%s\nresource\t%s in %s of account %s\n", f.ID, f.Resource.Type, f.Region, f.Account)
	if f.Cause != "" {
		fmt.Fprintf(w, "cause\t%s\n", f.Cause)
	}
	for _, name := range slices.Sorted(maps.Keys(f.Observed)) {
		fmt.Fprintf(w, "observed\t%s = %q\n", name, f.Observed[name])
	}
	for _, call := range f.Evidence {
		fmt.Fprintf(w, "call\t%s\n", call)
	}
	if len(f.Evidence) == 0 {
		fmt.Fprintln(w, "call\tnone was recorded")
	}
	fmt.Fprintf(w, "scan\t%s\n\n", calls)
	if err := w.Flush(); err != nil {
		return err
	}
	return explain(s, f.Check)
}

// findFinding reads a result document for the one finding whose id begins so, and the id
// of its scan. Findings are read one after the other, however many there are.
func findFinding(id, path string) (found checks.Finding, scan string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return found, "", badInput("--from %q cannot be read: %v", path, plain(err))
	}
	defer file.Close()
	d := json.NewDecoder(bufio.NewReader(file))
	n := 0
	err = members(d, func(name string) error {
		switch name {
		case "format":
			var format string
			if err := d.Decode(&format); err != nil || format != report.Format {
				return errors.Join(errNoResult, err)
			}
		case "scan":
			var header struct{ ID string }
			if err := d.Decode(&header); err != nil {
				return err
			}
			scan = header.ID
		case "findings":
			return elements(d, func() error {
				var f checks.Finding
				if err := d.Decode(&f); err != nil {
					return err
				}
				if strings.HasPrefix(f.ID, id) {
					found = f
					n++
				}
				return nil
			})
		default:
			var skipped json.RawMessage
			return d.Decode(&skipped)
		}
		return nil
	})
	switch {
	case err != nil:
		return found, "", badInput("--from %q is no whole result of the form %s", path, report.Format)
	case n == 0:
		return found, "", badInput("no finding in %q has an id that begins with %q", path, id)
	case n > 1:
		return found, "", badInput("%d findings in %q have ids that begin with %q: give more of it", n, path, id)
	}
	return found, scan, nil
}

var errNoResult = errors.New("another form")

// members calls f at the value of each member of the object that comes next.
func members(d *json.Decoder, f func(name string) error) error {
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.Join(errNoResult, err)
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := t.(string) // a member's name is one
		if err := f(name); err != nil {
			return err
		}
	}
	return closed(d)
}

// elements calls f at each element of the array that comes next.
func elements(d *json.Decoder, f func() error) error {
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return errors.Join(errNoResult, err)
	}
	for d.More() {
		if err := f(); err != nil {
			return err
		}
	}
	return closed(d)
}

// closed reads the bracket that ends an object or array.
func closed(d *json.Decoder) error {
	if _, err := d.Token(); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

func explain(s streams, id string) error {
	c, ok := suite.Find(id)
	if !ok {
		var ids []string
		for _, c := range suite.All() {
			ids = append(ids, c.ID)
		}
		if near, ok := nearest.Word(id, ids); ok {
			return badInput("there is no check %q; did you mean %q?", id, near)
		}
		return badInput("there is no check %q; see \"onus checks list\"", id)
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s\n%s\n\n", c.ID, c.Title)
	fmt.Fprintf(w, "severity\t%s\ncategory\t%s\nduty\t%s (%s)\n", c.Severity, c.Category, c.Duty, c.ServiceKind)
	fmt.Fprintf(w, "judges\t%s\nsuite\t%s\n", strings.Join(c.Kinds(), ", "), suiteOf(c))
	for _, name := range slices.Sorted(maps.Keys(c.Parameters)) {
		value, err := json.Marshal(c.Parameters[name])
		if err != nil {
			return &exitError{1, err}
		}
		fmt.Fprintf(w, "parameter\t%s = %s\n", name, value)
	}
	fmt.Fprintf(w, "reads\t%s\n", strings.Join(c.Reads, "\n\t"))
	byFramework := map[string][]string{}
	for _, m := range frameworks.Of(c.ID) {
		byFramework[m.Framework] = append(byFramework[m.Framework], m.Requirement)
	}
	for _, f := range frameworks.All {
		if list := byFramework[f.ID]; len(list) > 0 {
			fmt.Fprintf(w, "%s\t%s\n", f.ID, strings.Join(list, ", "))
		}
	}
	if len(byFramework) == 0 {
		fmt.Fprintln(w, "frameworks\tmapped to none")
	}
	fmt.Fprintf(w, "\n%s\n", c.Remedy)
	return w.Flush()
}

func suiteOf(c *checks.Check) string {
	switch {
	case c.OptIn != "":
		return "only with --" + c.OptIn
	case c.Tier == 1:
		return "essential"
	}
	return "default"
}
