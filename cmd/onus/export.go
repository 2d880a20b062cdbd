package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"onus/scanner/evidence"
	"onus/scanner/evidence/workpaper"
)

func exportCommand(s streams) *cobra.Command {
	var to string
	c := &cobra.Command{
		Use: "export BUNDLE --to DIR", Short: "Write workpapers for an auditor: one folder for each control", Args: cobra.ExactArgs(1),
		Long: `Export writes for each control a workpaper as Markdown and as HTML that prints well, and
the population as CSV: what was demanded, how it was tested, exceptions, what could not
be seen, and where the evidence stands in the bundle.

Everything in the bundle but its signature is checked first; see "onus verify".`,
		RunE: func(_ *cobra.Command, args []string) error { return export(s, args[0], to) },
	}
	c.Flags().StringVar(&to, "to", "", "new folder to write to")
	return c
}

func export(s streams, path, to string) error {
	if to == "" {
		return badInput("--to DIR is missing: the new folder to write to")
	}
	if _, err := os.Lstat(to); err == nil {
		return badInput("%q is there already and is not overwritten: name a new folder", to)
	}
	b, err := evidence.Open(path)
	if err != nil {
		return &exitError{2, err}
	}
	defer b.Close()
	if err := workpaper.Write(to, b); err != nil {
		var file *fs.PathError
		if errors.As(err, &file) {
			return &exitError{1, fmt.Errorf("write %q: %w", to, plain(err))}
		}
		return &exitError{2, fmt.Errorf("%q: %w", path, err)}
	}
	fmt.Fprintf(s.err, "wrote %s: start with index.html\n", to)
	return nil
}
