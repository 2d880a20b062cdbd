package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"onus/checks"
	"onus/report"
	"onus/report/asff"
	"onus/report/console"
	"onus/report/csvreport"
	"onus/report/html"
	"onus/report/jsonresult"
	"onus/report/junit"
	"onus/report/markdown"
	"onus/report/ocsf"
	"onus/report/oscal"
	"onus/report/prometheus"
	"onus/report/sarif"
)

// output says where a result goes and what the exit status makes of it.
type output struct {
	formats         []string
	dir             string
	failOn          string
	allowIncomplete bool
	requireComplete bool
	quiet           bool
	verbose         bool

	set    *pflag.FlagSet // all flags of the command
	sinks  []sink
	closed []string // Regions that the policy declares closed
}

// sink is one format and its place: "" is stdout.
type sink struct{ format, path string }

// formats are the names that --format takes.
var formats = map[string]func(io.Writer, report.Result) error{
	"asff": asff.Write, "csv": csvreport.Write, "html": html.Write, "json": jsonresult.Write, "junit": junit.Write,
	"markdown": markdown.Write, "ndjson": jsonresult.WriteLines, "ocsf": ocsf.Write, "oscal": oscal.Write, "prometheus": prometheus.Write, "sarif": sarif.Write,
}

// formatNames are all of them and the console, as help and errors list them.
func formatNames() string {
	return strings.Join(slices.Sorted(maps.Keys(formats)), ", ") + " or console"
}

func (o *output) flags(f *pflag.FlagSet) {
	o.set = f
	f.StringArrayVar(&o.formats, "format", nil, "write this format, NAME or NAME=PATH; repeat for more: "+formatNames())
	f.StringVar(&o.dir, "out", "", "write result.json and report.html into this folder")
	f.StringVar(&o.failOn, "fail-on", "high", "exit 3 on findings of this severity or worse; none: never")
	f.BoolVar(&o.allowIncomplete, "allow-incomplete", false, "do not exit 4 on UNKNOWN verdicts")
	f.BoolVar(&o.requireComplete, "require-complete", false, "exit 4 unless every planned call was read")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "no progress, and no console report unless --format asks for it")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "show every failing check and resource")
}

// prepare refuses what cannot be written before anything is scanned.
func (o *output) prepare() error {
	if least := checks.Severity(o.failOn); least != report.Never && !slices.Contains(checks.Severities, least) {
		return badInput("--fail-on %q: want critical, high, medium, low, info, or none", o.failOn)
	}
	if o.allowIncomplete && o.requireComplete {
		return badInput("--allow-incomplete and --require-complete contradict each other")
	}
	for _, f := range o.formats {
		name, path, hasPath := strings.Cut(f, "=")
		if _, ok := formats[name]; !ok && name != "console" {
			return badInput("there is no format %q; want %s", name, formatNames())
		}
		if hasPath && path == "" {
			return badInput("--format %s names no path", f)
		}
		o.sinks = append(o.sinks, sink{name, path})
	}
	if len(o.formats) == 0 && !o.quiet {
		o.sinks = append(o.sinks, sink{"console", ""})
	}
	if o.dir != "" {
		o.sinks = append(o.sinks, sink{"json", filepath.Join(o.dir, "result.json")}, sink{"html", filepath.Join(o.dir, "report.html")})
	}
	stdout := 0
	for _, s := range o.sinks {
		if s.path == "" {
			stdout++
		} else if err := writable(s.path); err != nil {
			return err
		}
	}
	if stdout > 1 {
		return badInput("more than one format would go to standard output: give all but one a path, as in --format json=result.json")
	}
	return nil
}

// writable makes the folder of a file that is to be written, and tries it.
func writable(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return badInput("%q cannot be made: %v", dir, plain(err))
	}
	f, err := os.CreateTemp(dir, ".onus-")
	if err != nil {
		return badInput("nothing can be written to %q: %v", dir, plain(err))
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// plain drops the path from a file's error: the message names it already.
func plain(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// write writes the result everywhere and returns the error that carries the exit status.
func (o *output) write(s streams, r report.Result) error {
	sum, err := r.Summary()
	if err != nil {
		return &exitError{1, err}
	}
	outcome := report.ExitCode(r.Scan, sum, r.Coverage, report.Threshold{
		FailOn: checks.Severity(o.failOn), AllowIncomplete: o.allowIncomplete, RequireComplete: o.requireComplete, ClosedRegions: o.closed,
	})
	told := false
	for _, k := range o.sinks {
		write := formats[k.format]
		if k.format == "console" {
			told = told || k.path == ""
			write = func(w io.Writer, r report.Result) error { return console.Write(w, r, o.console(s, k, outcome)) }
		}
		if err := place(s, k, r, write); err != nil {
			return &exitError{1, fmt.Errorf("write %s: %w", cmp.Or(k.path, "standard output"), err)}
		}
		if k.path != "" && !o.quiet {
			fmt.Fprintf(s.err, "wrote %s\n", k.path)
		}
	}
	if !told && !o.quiet {
		fmt.Fprintln(s.err, outcome)
	}
	if outcome.Code == 0 {
		return nil
	}
	return &exitError{code: outcome.Code}
}

// console are the options of the console report: colour and width only on a terminal.
func (o *output) console(s streams, k sink, outcome report.Outcome) console.Options {
	opts := console.Options{}
	if k.path == "" {
		opts = terminal(s)
	}
	opts.Outcome, opts.More = outcome, again(o.set)
	if opts.Whole = checks.Severity(o.failOn); opts.Whole == report.Never {
		opts.Whole = checks.High
	}
	if o.verbose {
		opts.Top, opts.Whole = math.MaxInt, checks.Info
	}
	return opts
}

// terminal is how standard output looks.
func terminal(s streams) (opts console.Options) {
	if file, ok := s.out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		opts.Color = s.env("NO_COLOR") == ""
		if width, _, err := term.GetSize(int(file.Fd())); err == nil {
			opts.Width = width
		}
	}
	return opts
}

// place writes to stdout, or beside the target and then renames.
func place(s streams, k sink, r report.Result, write func(io.Writer, report.Result) error) error {
	if k.path == "" {
		return write(s.out, r)
	}
	f, err := os.CreateTemp(filepath.Dir(k.path), ".onus-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already where the rename went well
	w := bufio.NewWriter(f)
	if err := errors.Join(write(w, r), w.Flush(), f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), k.path)
}
