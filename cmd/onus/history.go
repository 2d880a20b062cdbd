package main

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"onus/checks"
	"onus/report"
	"onus/report/console"
	"onus/report/diff"
	"onus/report/history"
	"onus/report/jsonresult"
)

// remembering keeps results, so that a later scan can be held against an earlier one.
type remembering struct{ history string }

const historyVariable = "ONUS_HISTORY"

func (o *remembering) flags(f *pflag.FlagSet, s streams) {
	f.StringVar(&o.history, "history", s.env(historyVariable), "keep the result in this folder too, for \"onus diff\" and for the page's trend (default: $"+historyVariable+", or not)")
}

// begin refuses a folder that cannot be written to before anything is scanned.
func (o *remembering) begin() error {
	if o.history == "" {
		return nil
	}
	if err := history.Folder(o.history).Make(); err != nil {
		return badInput("--history %q: %v", o.history, plain(err))
	}
	return nil
}

// remember gives a result its past, and keeps it.
func (o *remembering) remember(s streams, r *report.Result, quiet bool) error {
	if o.history == "" {
		return nil
	}
	folder := history.Folder(o.history)
	past, damaged, err := folder.Past(r.Scan)
	if err != nil {
		return &exitError{1, fmt.Errorf("read history %q: %w", o.history, err)}
	}
	tellDamaged(s, damaged)
	r.Past = past
	path, err := folder.Keep(time.Now(), *r)
	if err != nil {
		return &exitError{1, fmt.Errorf("keep the result in history %q: %w", o.history, err)}
	}
	if !quiet {
		fmt.Fprintf(s.err, "kept %s\n", path)
	}
	return nil
}

func tellDamaged(s streams, damaged []string) {
	for _, path := range damaged {
		fmt.Fprintf(s.err, "%q is no whole result and is passed over\n", path)
	}
}

// comparison is what "onus diff" is asked.
type comparison struct {
	history, account, format, failOn string
	verbose                          bool
}

func resultsDiffCommand(s streams) *cobra.Command {
	o := &comparison{}
	c := &cobra.Command{
		Use: "diff [OLD NEW]", Short: "Show what changed between the last two scans, or between two results", Args: cobra.MatchAll(cobra.MaximumNArgs(2), even),
		Long: `Diff compares the last two scans in the history that "onus scan --history DIR" keeps, or
two result documents (onus.result/v1, plain or compressed with gzip): what is broken now,
what is new, what cannot be told any more, what was fixed, and what is gone and why.

With --fail-on it exits 3 if something of that severity or worse fails that did not, and
else 4 if something of it cannot be told that could be.

Two bundles are compared with their answers by "onus evidence diff".`,
		Example: `  onus scan --history history
  onus diff --history history
  onus diff yesterday/result.json today/result.json --format json`,
		RunE: func(_ *cobra.Command, args []string) error { return o.run(s, args) },
	}
	f := c.Flags()
	f.StringVar(&o.history, "history", cmp.Or(s.env(historyVariable), "onus-history"), "folder of past results (default: $"+historyVariable+", else onus-history)")
	f.StringVar(&o.account, "account", "", "of this account (default: that of the newest result)")
	f.StringVar(&o.format, "format", "text", "text or json (onus.diff/v1)")
	f.StringVar(&o.failOn, "fail-on", "", "exit 3 or 4 if this severity or worse got worse")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "show every change")
	return c
}

func even(_ *cobra.Command, args []string) error {
	if len(args) == 1 {
		return badInput("one result is given: give two, OLD and NEW, or none for the last two in the history")
	}
	return nil
}

func (o *comparison) run(s streams, args []string) error {
	switch {
	case o.format != "text" && o.format != "json":
		return badInput("--format %q: want text or json", o.format)
	case o.failOn != "" && !slices.Contains(checks.Severities, checks.Severity(o.failOn)):
		return badInput("--fail-on %q: want critical, high, medium, low or info", o.failOn)
	}
	if len(args) == 0 {
		var err error
		if args, err = o.last(s); err != nil {
			return err
		}
	}
	d, err := diffOf(args[0], args[1])
	if err != nil {
		return err
	}
	if o.format == "json" {
		err = jsonresult.Encode(s.out, d)
	} else {
		opts := terminal(s)
		if o.verbose {
			opts.Top = math.MaxInt
		}
		err = console.Diff(s.out, d, opts)
	}
	if err != nil {
		return &exitError{1, err}
	}
	return o.outcome(d)
}

// last are the last two results of the history.
func (o *comparison) last(s streams) ([]string, error) {
	before, after, damaged, err := history.Folder(o.history).Last(o.account)
	if err != nil {
		return nil, badInput("--history %q: %v", o.history, plain(err))
	}
	tellDamaged(s, damaged)
	of := ""
	if o.account != "" {
		of = " of account " + o.account
	}
	switch {
	case after == "":
		return nil, badInput("history %q holds no result%s: \"onus scan --history DIR\" keeps one", o.history, of)
	case before == "":
		return nil, badInput("history %q holds one result only%s (%s): there is nothing to compare it with yet", o.history, of, after)
	}
	return []string{before, after}, nil
}

func diffOf(before, after string) (*diff.Diff, error) {
	var files []*os.File
	for _, path := range []string{before, after} {
		file, err := os.Open(path)
		if err != nil {
			return nil, badInput("%q cannot be read: %v", path, plain(err))
		}
		defer file.Close()
		files = append(files, file)
	}
	d, err := diff.Of(files[0], files[1])
	if errors.Is(err, jsonresult.ErrForm) {
		return nil, badInput("%q or %q is no whole result of the form %s; bundles are compared by \"onus evidence diff\"", before, after, report.Format)
	}
	return d, err
}

// outcome is the exit status that --fail-on asks for.
func (o *comparison) outcome(d *diff.Diff) error {
	if o.failOn == "" {
		return nil
	}
	code := 0
	for _, c := range d.Changes {
		if !c.Regressed() || !report.AtLeast(c.Severity(), checks.Severity(o.failOn)) {
			continue
		}
		if c.After.Status == checks.FAIL {
			return &exitError{code: report.ExitFindings}
		}
		code = report.ExitIncomplete
	}
	if code == 0 {
		return nil
	}
	return &exitError{code: code}
}
