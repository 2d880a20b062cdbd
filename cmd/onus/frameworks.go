package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"onus/checks/frameworks"
	"onus/checks/suite"
)

// framework is one framework as "frameworks --format json" gives it.
type framework struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Requirements int    `json:"requirements"` // in the table
	Tested       int    `json:"tested"`       // of them, by a check of this version
	Checks       int    `json:"checks"`
}

func frameworksCommand(s streams) *cobra.Command {
	var format string
	c := &cobra.Command{
		Use: "frameworks", Short: "List the frameworks that checks are mapped to", Args: cobra.NoArgs,
		Long: `Frameworks lists the frameworks that checks are mapped to, with how many of the
requirements in the table a check of this version tests. A requirement that is in no
row of the table is tested by nothing; that a check passes does not by itself meet a
requirement.`,
		RunE: func(*cobra.Command, []string) error { return listFrameworks(s, format) },
	}
	c.Flags().StringVar(&format, "format", "text", "text or json")
	return c
}

func listFrameworks(s streams, format string) error {
	var all []framework
	for _, f := range frameworks.All {
		row := framework{ID: f.ID, Name: f.Name}
		used := map[string]bool{}
		for _, controls := range frameworks.Requirements(f.ID) {
			row.Requirements++
			tested := false
			for _, c := range controls {
				if _, ok := suite.Find(c); ok {
					tested, used[c] = true, true
				}
			}
			if tested {
				row.Tested++
			}
		}
		row.Checks = len(used)
		all = append(all, row)
	}
	switch format {
	case "json":
		enc := json.NewEncoder(s.out)
		enc.SetIndent("", "  ")
		return enc.Encode(all)
	case "text":
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "framework\tname\trequirements tested\tchecks")
		for _, f := range all {
			fmt.Fprintf(w, "%s\t%s\t%d of %d\t%d\n", f.ID, f.Name, f.Tested, f.Requirements, f.Checks)
		}
		return w.Flush()
	}
	return badInput("--format %q: want text or json", format)
}
