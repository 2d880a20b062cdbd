// Command onus shows, with proof, whether an AWS customer keeps its side of the AWS
// Shared Responsibility Model. This package holds flags, wiring and exit codes; what a
// scan does is left to scanner, checks and report.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"onus/report/visible"
)

// streams are what the process was given, passed in so that tests can give their own.
type streams struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		<-ctx.Done()
		stop() // a second signal ends the process at once
	}()
	os.Exit(run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr, os.Getenv}))
}

// exitError is an error that knows the process's exit status. Without text nothing more
// is printed: the report has said it.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// badInput is the fault of the flags, a file or the target: exit status 2.
func badInput(format string, args ...any) error {
	return &exitError{2, fmt.Errorf(format, args...)}
}

// run is the whole program but for the process around it.
func run(ctx context.Context, args []string, s streams) int {
	root := rootCommand(s)
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	c, err := root.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	code := 2
	var e *exitError
	if errors.As(err, &e) {
		code = e.code
	} else { // cobra's own errors are about arguments
		err = fmt.Errorf("%w; see %q", err, c.CommandPath()+" --help")
	}
	if text := err.Error(); text != "" {
		fmt.Fprintln(s.err, "onus:", visible.Lines(text)) // it may hold what a file says
	}
	return code
}
