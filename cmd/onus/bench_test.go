//go:build unix

package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"onus/mocks"
	"onus/mocks/acme"
	"onus/report"
	"onus/scanner/evidence"
	"onus/scanner/wire"
)

// What verifying a bundle of promisedCalls may take.
const (
	promisedCalls  = 50_000
	promisedTime   = 5 * time.Second
	promisedMemory = 200 // MB
)

// BenchmarkEvidence seals, verifies and replays a bundle of 50,000 calls and more, each
// in a process of its own, whose whole memory counts.
func BenchmarkEvidence(b *testing.B) {
	dir := b.TempDir()
	path, key := filepath.Join(dir, "large.onus"), filepath.Join(dir, "key")
	seal := exec.Command(os.Args[0], "-test.run", "^TestSealLarge$")
	seal.Env = append(os.Environ(), "ONUS_SEAL_LARGE="+dir)
	if out, err := seal.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	for b.Loop() {
		took, held := measured(b, 0, "verify", path, "--pub", key+".pub")
		b.ReportMetric(took.Seconds(), "verify-s")
		b.ReportMetric(held, "verify-MB")
		if took > promisedTime || held > promisedMemory {
			b.Errorf("verifying took %s and %.0f MB, want %s and %d MB at most", took, held, promisedTime, promisedMemory)
		}
		took, held = measured(b, 3, "replay", path, "-q")
		b.ReportMetric(took.Seconds(), "replay-s")
		b.ReportMetric(held, "replay-MB")
	}
}

// TestSealLarge makes the bundle for the benchmark, in a process that ends before it: a
// process that is started counts the memory of the one that started it.
func TestSealLarge(t *testing.T) {
	dir := os.Getenv("ONUS_SEAL_LARGE")
	if dir == "" {
		t.Skip("only for the benchmark")
	}
	must := func(err error) {
		t.Helper()
		var status *exitError
		if err != nil && (!errors.As(err, &status) || status.code != 3) {
			t.Fatal(err)
		}
	}
	server := acme.Large(36_000, mocks.Options{Lenient: true})
	defer server.Close()
	o := &scanOptions{asOf: acme.AsOf.Format(time.RFC3339)}
	o.Suite, o.failOn, o.quiet = "default", "high", true
	o.evidence, o.scratch = filepath.Join(dir, "large.onus"), dir
	key, err := evidence.NewKey(filepath.Join(dir, "key"))
	must(err)
	o.keys = []evidence.Key{key}
	j, err := o.job(streams{})
	must(err)
	j.question.Home = acme.Home
	record, err := j.create(filepath.Join(dir, "record"))
	must(err)
	o.wait = func(context.Context, time.Duration) error { return nil }
	account, err := o.read(t.Context(), streams{}, j, server.Config(acme.Home), &wire.Transport{Store: record})
	must(err)
	must(record.Close())
	o.also = func(r report.Result) error {
		return o.seal(t.Context(), streams{}, filepath.Join(dir, "record"), r, true)
	}
	must(o.judge(streams{}, j, account))
	bundle, err := evidence.Open(o.evidence)
	must(err)
	defer bundle.Close()
	if bundle.Scan.Calls < promisedCalls {
		t.Errorf("%d calls, want %d", bundle.Scan.Calls, promisedCalls)
	}
}

// measured runs the program in a process of its own and gives its time and its largest
// memory in MB. The time is that of the processor where that is less: what a machine
// does for others is not counted.
func measured(b *testing.B, want int, args ...string) (time.Duration, float64) {
	b.Helper()
	c := exec.Command(os.Args[0], args...)
	c.Env = []string{"ONUS_TEST_MAIN=1", "HOME=" + b.TempDir()}
	start := time.Now()
	_ = c.Run() // the status is looked at
	took := min(time.Since(start), c.ProcessState.UserTime()+c.ProcessState.SystemTime())
	if got := c.ProcessState.ExitCode(); got != want {
		b.Fatalf("%v ended with %d, want %d", args, got, want)
	}
	size := float64(c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
	if runtime.GOOS == "linux" {
		size *= 1024 // elsewhere it is in bytes
	}
	return took, size / 1e6
}
