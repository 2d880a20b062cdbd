package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"onus/checks"
	"onus/checks/suite"
	"onus/cmd/onus/policyfile"
	"onus/report"
)

// listed is a check as "checks list --format json" gives it.
type listed struct {
	ID          string               `json:"id"`
	Title       string               `json:"title"`
	Severity    checks.Severity      `json:"severity"`
	Category    checks.Category      `json:"category"`
	Duty        checks.Duty          `json:"duty"`
	ServiceKind checks.ServiceKind   `json:"service_kind"`
	Tier        int                  `json:"tier"`
	OptIn       string               `json:"opt_in"`
	Reads       []string             `json:"reads"`
	Frameworks  []report.Requirement `json:"frameworks"`
	Remedy      string               `json:"remedy"`
	Fix         listedFix            `json:"fix"`
}

// listedFix is how a check's FAIL is mended, with the placeholders.
type listedFix struct {
	Threat    string `json:"threat"`
	CLI       string `json:"cli"`
	Terraform string `json:"terraform"`
	Cost      string `json:"cost"`
}

func listedOf(c *checks.Check) listed {
	return listed{c.ID, c.Title, c.Severity, c.Category, c.Duty, c.ServiceKind, c.Tier, c.OptIn, c.Reads, requirementsOf(c.ID), c.Remedy, listedFix(c.Fix)}
}

// catalogueDigest is the SHA-256 over all that the checks declare: two tools with the
// same digest know the same checks.
func catalogueDigest() string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	for _, c := range suite.All() {
		// Only plain values: encoding cannot fail, nor can writing to a hash.
		_ = enc.Encode(struct {
			listed
			Parameters checks.Parameters
			Kinds      []string
		}{listedOf(c), c.Parameters, c.Kinds()})
	}
	return hex.EncodeToString(h.Sum(nil))
}

func checksCommand(s streams) *cobra.Command {
	var sel selection
	var format string
	run := func(*cobra.Command, []string) error { return listChecks(s, sel, format) }
	c := &cobra.Command{Use: "checks", Short: "List what is checked", Args: cobra.NoArgs, RunE: run}
	sel.flags(c.PersistentFlags())
	c.PersistentFlags().StringVar(&format, "format", "text", "text, json or markdown")
	c.AddCommand(&cobra.Command{Use: "list", Short: "List what is checked", Args: cobra.NoArgs, RunE: run})
	return c
}

func listChecks(s streams, sel selection, format string) error {
	run, not, err := sel.pick(&policyfile.Policy{})
	if err != nil {
		return err
	}
	for _, n := range not {
		if n.Check.OptIn != "" && strings.HasPrefix(n.Why, "not asked for") {
			run = append(run, n.Check)
		}
	}
	slices.SortFunc(run, func(a, b *checks.Check) int { return cmp.Compare(a.ID, b.ID) })
	switch format {
	case "json":
		all := make([]listed, 0, len(run))
		for _, c := range run {
			all = append(all, listedOf(c))
		}
		enc := json.NewEncoder(s.out)
		enc.SetIndent("", "  ")
		return enc.Encode(all)
	case "markdown":
		return writeReference(s.out, run)
	case "text":
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		for _, c := range run {
			fmt.Fprintf(w, "%s\t%s\t%s\n", c.ID, c.Severity, c.Title)
		}
		return w.Flush()
	}
	return badInput("--format %q: want text, json or markdown", format)
}
