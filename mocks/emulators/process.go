//go:build unix

package emulators

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// keeper runs the command it is given, in the process group that it leads itself,
// and kills the whole group when its standard input closes or the command ends. The
// kernel closes that input when the test process ends, however it ends: a panic, a
// time-out or a kill runs no cleanup, and would leave servers behind. They are killed
// outright, since they hold nothing worth saving and LocalStack takes 5 s to say goodbye.
const keeper = `
("$@" </dev/null; kill -KILL 0) &
cat >/dev/null
kill -KILL 0
`

// process is one running server.
type process struct {
	tb      testing.TB
	name    string
	logPath string
	ended   chan struct{} // closed when the server and its keeper have ended
}

// start runs a program of the named emulator's environment until the test ends. The
// environment variables come on top of the test's own.
func start(tb testing.TB, name string, env []string, program string, args ...string) *process {
	tb.Helper()
	folder := filepath.Join(checkout(tb), ".emulators", name)
	// The stamp comes last: without it an installation was broken off.
	if _, err := os.Stat(filepath.Join(folder, "installed")); err != nil {
		tb.Fatalf("%s is not installed: run `make emulators`", name)
	}
	path := filepath.Join(folder, "bin", program)
	scratch := tb.TempDir()
	p := &process{tb: tb, name: name, logPath: filepath.Join(scratch, name+".log"), ended: make(chan struct{})}
	log, err := os.Create(p.logPath)
	if err != nil {
		tb.Fatalf("start %s: %v", name, err)
	}
	defer log.Close()

	cmd := exec.Command("/bin/sh", append([]string{"-c", keeper, "keeper", path}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Dir = scratch
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdin, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		tb.Fatalf("start %s: %v", name, err)
	}
	go func() {
		_ = cmd.Wait() // always "signal: killed": the keeper ends by killing its own group
		close(p.ended)
	}()
	tb.Cleanup(func() { p.stop(stdin) })
	return p
}

// await polls until the server is ready, and fails the test if it ends first or is
// not ready in time.
func (p *process) await(ready func(context.Context) bool) {
	p.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	poll := time.NewTicker(pollInterval)
	defer poll.Stop()
	for !ready(ctx) {
		select {
		case <-p.ended:
			p.tb.Fatalf("%s ended before it was ready", p.name)
		case <-ctx.Done():
			p.tb.Fatalf("%s was not ready within %s", p.name, startWithin)
		case <-poll.C:
		}
	}
}

// shownLines is how much of a log a failed test shows: a scan asks thousands of times.
const shownLines = 100

// stop ends the server and, if the test failed, shows the server's log.
func (p *process) stop(stdin io.Closer) {
	stdin.Close()
	<-p.ended
	if p.tb.Failed() {
		lines := strings.SplitAfter(string(p.log()), "\n")
		p.tb.Logf("end of the log of %s:\n%s", p.name, strings.Join(lines[max(0, len(lines)-shownLines):], ""))
	}
}

// log is what the server has written so far, to standard output and error.
func (p *process) log() []byte {
	p.tb.Helper()
	content, err := os.ReadFile(p.logPath)
	if err != nil {
		p.tb.Fatalf("log of %s: %v", p.name, err)
	}
	return content
}

// checkout is the folder of the module: a test runs in the folder of its package,
// somewhere below.
func checkout(tb testing.TB) string {
	tb.Helper()
	folder, err := os.Getwd()
	if err != nil {
		tb.Fatalf("find the checkout: %v", err)
	}
	for ; ; folder = filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		if folder == filepath.Dir(folder) {
			tb.Fatal("find the checkout: no go.mod above the working folder")
		}
	}
}
