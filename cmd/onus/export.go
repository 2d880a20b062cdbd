package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"onus/checks/frameworks"
	"onus/checks/regions/residency/nearest"
	"onus/report/oscal"
	"onus/scanner/evidence"
	"onus/scanner/evidence/workpaper"
)

func exportCommand(s streams) *cobra.Command {
	var to, framework string
	c := &cobra.Command{
		Use: "export BUNDLE --to DIR", Short: "Write workpapers for an auditor: one folder for each control or requirement", Args: cobra.ExactArgs(1),
		Long: `Export writes for each control, or with --framework for each requirement, a workpaper as
Markdown and as HTML that prints well, and the population as CSV: what was demanded, how
it was tested, exceptions, the result by resource, what could not be seen, who read it
when, and where the evidence stands in the bundle. Beside them stands
assessment-results.json, the whole result in OSCAL, for a GRC tool.

All verdicts are those that the bundle seals: nothing is judged again. Everything in the
bundle but its signature is checked first; see "onus verify".`,
		Example: `  onus evidence export acme.onus --to workpapers
  onus evidence export acme.onus --framework cis_7.0 --to cis`,
		RunE: func(_ *cobra.Command, args []string) error { return export(s, args[0], to, framework) },
	}
	c.Flags().StringVar(&to, "to", "", "new folder to write to")
	c.Flags().StringVar(&framework, "framework", "", "one folder for each requirement of this framework (see \"onus frameworks\")")
	return c
}

func export(s streams, path, to, framework string) error {
	if to == "" {
		return badInput("--to DIR is missing: the new folder to write to")
	}
	if _, err := os.Lstat(to); err == nil {
		return badInput("%q is there already and is not overwritten: name a new folder", to)
	}
	by, err := requirementsBy(framework)
	if err != nil {
		return err
	}
	b, err := evidence.Open(path)
	if err != nil {
		return &exitError{2, err}
	}
	defer b.Close()
	if b.Redacted == nil { // of a redacted copy nothing is exported
		if err := agrees(b, path); err != nil {
			return err
		}
	}
	if err := exportInto(s, to, b, by); err != nil {
		var status *exitError
		if errors.As(err, &status) {
			return err
		}
		var file *fs.PathError
		var link *os.LinkError
		if errors.As(err, &file) || errors.As(err, &link) {
			return &exitError{1, fmt.Errorf("write %q: %w", to, plain(err))}
		}
		return &exitError{2, fmt.Errorf("%q: %w", path, err)}
	}
	fmt.Fprintf(s.err, "wrote %s: start with index.html\n", to)
	return nil
}

// exportInto writes beside the folder and then renames: it is there whole or not at all.
func exportInto(s streams, to string, b *evidence.Bundle, by *workpaper.Framework) error {
	if dir := filepath.Dir(filepath.Clean(to)); os.MkdirAll(dir, 0o755) != nil {
		return badInput("%q cannot be made: name another folder", dir)
	}
	scratch := filepath.Clean(to) + ".partial"
	if err := claim(s, scratch); err != nil {
		return err
	}
	defer os.RemoveAll(scratch) // the next run clears what stays
	papers := filepath.Join(scratch, "papers")
	if err := workpaper.Write(papers, b, by); err != nil {
		return err
	}
	r, err := sealedResult(b)
	if err != nil {
		return err
	}
	if err := place(streams{}, sink{"oscal", filepath.Join(papers, "assessment-results.json")}, r, oscal.Write); err != nil {
		return err
	}
	return os.Rename(papers, to)
}

// requirementsBy are the requirements of a framework; nil: none was named.
func requirementsBy(id string) (*workpaper.Framework, error) {
	if id == "" {
		return nil, nil
	}
	f, ok := frameworks.Find(id)
	if !ok {
		var all []string
		for _, f := range frameworks.All {
			all = append(all, f.ID)
		}
		if near, ok := nearest.Word(id, all); ok {
			return nil, badInput("there is no framework %q; did you mean %q?", id, near)
		}
		return nil, badInput("there is no framework %q: \"onus frameworks\" lists them", id)
	}
	return &workpaper.Framework{ID: f.ID, Name: f.Name, Requirements: frameworks.Requirements(f.ID)}, nil
}
