package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"onus/checks"
)

// writeReference writes the page of all checks, by category: checks/README.md.
func writeReference(w io.Writer, all []*checks.Check) error {
	var b strings.Builder
	fmt.Fprintf(&b, `# The checks

<!-- Made by "make docs" from the checks' own declarations: do not edit. -->

%d checks, each our test of one control. "onus explain ID" prints the same; parameters are
set in the policy file (onus.yaml).
`, len(all))
	for _, category := range checks.Categories {
		first := true
		for _, c := range all {
			if c.Category != category {
				continue
			}
			if first {
				fmt.Fprintf(&b, "\n## %s\n", category)
				first = false
			}
			if err := writeCheck(&b, c); err != nil {
				return err
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeCheck(b *strings.Builder, c *checks.Check) error {
	fmt.Fprintf(b, "\n### `%s`\n\n**%s.**\n\n", c.ID, c.Title)
	fmt.Fprintf(b, "- severity %s; duty %s (%s); suite %s\n- judges: %s\n- reads: `%s`\n", c.Severity, c.Duty, c.ServiceKind, suiteOf(c), strings.Join(c.Kinds(), ", "), strings.Join(c.Reads, "`, `"))
	for _, name := range slices.Sorted(maps.Keys(c.Parameters)) {
		value, err := json.Marshal(c.Parameters[name])
		if err != nil {
			return fmt.Errorf("parameter %s of %s: %w", name, c.ID, err)
		}
		fmt.Fprintf(b, "- parameter `%s`, default `%s`\n", name, value)
	}
	if c.Fix.Threat != "" {
		fmt.Fprintf(b, "- why: %s\n", c.Fix.Threat)
	}
	fmt.Fprintf(b, "- remedy: %s\n", c.Remedy)
	return nil
}
