//go:build unix

package emulators

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// recorder is a test that may fail without failing this one.
type recorder struct {
	testing.TB
	failure  string
	cleanups []func()
}

func (r *recorder) Helper()             {}
func (r *recorder) Logf(string, ...any) {}
func (r *recorder) Failed() bool        { return r.failure != "" }
func (r *recorder) Cleanup(f func())    { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Fatalf(format string, args ...any) {
	r.failure = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// run is what testing does with a test: its cleanups follow however it ended.
func (r *recorder) run(test func(testing.TB)) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			for _, f := range r.cleanups {
				f()
			}
		}()
		test(r)
	}()
	<-done
}

// installFake makes a checkout, with a program in place of moto, the working folder.
func installFake(t *testing.T, script string) {
	t.Helper()
	folder := t.TempDir()
	bin := filepath.Join(folder, ".emulators", "moto", "bin")
	err := errors.Join(
		os.MkdirAll(bin, 0o755),
		os.WriteFile(filepath.Join(folder, "go.mod"), nil, 0o644),
		os.WriteFile(filepath.Join(folder, ".emulators", "moto", "installed"), nil, 0o644),
		os.WriteFile(filepath.Join(bin, "moto_server"), []byte("#!/bin/sh\n"+script), 0o755),
	)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(folder)
}

func TestNotInstalledFailsInOneLine(t *testing.T) {
	t.Setenv("ONUS_MOTO_ENDPOINT", "")
	t.Setenv("ONUS_LOCALSTACK_ENDPOINT", "")
	for name, start := range map[string]func(testing.TB) string{"moto": Moto, "localstack": LocalStack} {
		installFake(t, "")
		if err := os.Remove(".emulators/moto/installed"); err != nil {
			t.Fatal(err)
		}
		r := &recorder{TB: t}
		r.run(func(tb testing.TB) { start(tb) })
		if want := name + " is not installed: run `make emulators`"; r.failure != want {
			t.Errorf("%s fails with %q, want %q", name, r.failure, want)
		}
	}
}

func TestServerThatEndsFails(t *testing.T) {
	t.Setenv("ONUS_MOTO_ENDPOINT", "")
	installFake(t, "exit 3")
	r := &recorder{TB: t}
	r.run(func(tb testing.TB) { Moto(tb) })
	if want := "moto ended before it was ready"; r.failure != want {
		t.Errorf("failure is %q, want %q", r.failure, want)
	}
}

func TestServerOfTheEnvironmentIsUsed(t *testing.T) {
	const there = "http://127.0.0.1:1"
	t.Setenv("ONUS_MOTO_ENDPOINT", there)
	t.Setenv("ONUS_LOCALSTACK_ENDPOINT", there)
	installFake(t, "exit 3")
	if got := []string{Moto(t), LocalStack(t)}; got[0] != there || got[1] != there {
		t.Errorf("endpoints are %q, want %q", got, there)
	}
}

// A child of the server that ignores every signal it can holds the pipe open for
// writing. The end of the pipe's content shows that no process has it any more.
func TestStopEndsChildren(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	installFake(t, `(trap '' TERM HUP INT; exec 3>"$1"; echo child is up; while :; do sleep 600; done) & wait`)
	var reader *os.File
	r := &recorder{TB: t}
	r.run(func(tb testing.TB) {
		opened := make(chan struct{})
		go func() { // the opening waits for the child's
			defer close(opened)
			reader, _ = os.OpenFile(pipe, os.O_RDONLY, 0)
		}()
		p := start(tb, "moto", nil, "moto_server", pipe)
		p.await(func(context.Context) bool { return strings.Contains(string(p.log()), "child is up") })
		<-opened
	})
	if r.failure != "" || reader == nil {
		t.Fatalf("start: %q, pipe %v", r.failure, reader)
	}
	defer reader.Close()
	if err := reader.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if left, err := io.ReadAll(reader); err != nil {
		t.Errorf("a child outlives the test: read %q, %v", left, err)
	}
}
