package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"onus/mocks"
	"onus/mocks/acme"
	"onus/report/schema"
)

// slow starts a scan of a server on which EC2 never answers, and returns when that was
// asked. Its output goes to stdout, or to out for nil.
func slow(t *testing.T, stdout io.Writer, args ...string) (c *exec.Cmd, out, errs *bytes.Buffer) {
	t.Helper()
	s := server(t, mocks.Options{})
	s.Fault(mocks.Fault{Operation: "ec2:DescribeVolumes", Kind: mocks.Timeout})
	out, errs = &bytes.Buffer{}, &bytes.Buffer{}
	c = exec.Command(os.Args[0], append([]string{"scan", "-q", "--region", acme.Home}, args...)...)
	c.Env = append([]string{"ONUS_TEST_MAIN=1", "AWS_EC2_METADATA_DISABLED=true", "HOME=" + t.TempDir(), "AWS_REGION=" + acme.Home, "AWS_ENDPOINT_URL=" + s.URL()}, keys...)
	c.Stdout, c.Stderr = out, errs
	if stdout != nil {
		c.Stdout = stdout
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() }) // it has ended by then, if all went well
	for deadline := time.Now().Add(time.Minute); s.Count("ec2:DescribeVolumes") == 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the scan did not begin")
		}
	}
	return c, out, errs
}

func TestASignalLeavesAValidPartialResult(t *testing.T) {
	record := filepath.Join(t.TempDir(), "record")
	c, out, errs := slow(t, nil, "--format", "json", "--record", record)
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // the status is looked at below
	if code := c.ProcessState.ExitCode(); code != 3 && code != 4 {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	valid(t, out.Bytes(), schema.Result)
	r := decode(t, out.String())
	if said, _ := r.Scan["interrupted"].(string); !strings.Contains(said, "signal") {
		t.Errorf("interrupted: %q", said)
	}
	seen := false
	for _, c := range r.Coverage {
		seen = seen || c.Operation == "ec2:DescribeVolumes" && c.Status == "cancelled"
	}
	if !seen {
		t.Error("the call under way is not in the coverage as cancelled")
	}
	code, again, said := process(t, nil, "replay", record, "-q", "--format", "json")
	if code != 3 && code != 4 {
		t.Errorf("replay of the part: exit status %d: %s", code, said)
	}
	if why, _ := decode(t, again).Scan["interrupted"].(string); !strings.Contains(why, "signal") {
		t.Errorf("the replay does not say that the scan was interrupted: %q", why)
	}
}

// What was read before the signal is sealed.
func TestASignalLeavesEvidenceOfThePart(t *testing.T) {
	path, key := filepath.Join(t.TempDir(), "acme.onus"), newKeys(t)
	c, _, errs := slow(t, nil, "--evidence", path, "--key", key+".key")
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // the status is looked at below
	if code := c.ProcessState.ExitCode(); code != 3 && code != 4 {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	code, out, said := onus(t, "verify", path, "--pub", key+".pub")
	if code != 0 || !strings.Contains(out, "interrupted stopped by a signal") {
		t.Errorf("verify: exit status %d: %s%s", code, out, said)
	}
	if code, _, said := onus(t, "replay", path, "-q", "--diff"); code != 3 && code != 4 || !strings.Contains(said, "byte for byte") {
		t.Errorf("replay: exit status %d: %s", code, said)
	}
	if _, err := os.Stat(path + ".partial"); err == nil {
		t.Error("the scratch folder was left behind")
	}
}

// Wherever a scan is stopped, by a signal or by its time: its evidence replays to the
// same findings, and what was not read is never anything but UNKNOWN.
func TestInterruptedEvidenceReplays(t *testing.T) {
	t.Parallel()
	s, dir, key := server(t, mocks.Options{}), t.TempDir(), newKeys(t)
	s.Fault(mocks.Fault{Operation: "*:*", Kind: mocks.Slow, Delay: 3 * time.Millisecond})
	env := append([]string{"ONUS_TEST_MAIN=1", "AWS_EC2_METADATA_DISABLED=true", "HOME=" + dir, "AWS_REGION=" + acme.Home, "AWS_ENDPOINT_URL=" + s.URL()}, keys...)
	random, parts := rand.New(rand.NewPCG(11, 12)), 0
	for i := range 10 {
		path, after := filepath.Join(dir, fmt.Sprintf("%d.onus", i)), time.Duration(random.IntN(1500))*time.Millisecond
		args := []string{"scan", "-q", "--evidence", path, "--key", key + ".key"}
		if i%2 == 0 {
			args = append(args, "--timeout", after.String())
		}
		c, errs := exec.Command(os.Args[0], args...), &bytes.Buffer{}
		c.Env, c.Stderr = env, errs
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if i%2 == 1 {
			stop := time.AfterFunc(after, func() { _ = c.Process.Signal(os.Interrupt) })
			defer stop.Stop()
		}
		_ = c.Wait() // the status is looked at below
		if _, err := os.Stat(path); err != nil {
			// A signal that comes before the process listens for it kills it.
			if code := c.ProcessState.ExitCode(); code >= 0 && (code != 1 || !strings.Contains(errs.String(), "before it was known whose account this is")) {
				t.Errorf("run %d, stopped after %s: exit status %d: %s", i, after, c.ProcessState.ExitCode(), errs)
			}
			continue // it had not begun
		}
		_, out, _ := onus(t, "verify", path, "--pub", key+".pub")
		if !strings.Contains(out, "interrupted ") {
			continue // it had ended
		}
		parts++
		if code, _, said := onus(t, "replay", path, "-q", "--diff"); code != 3 && code != 4 || !strings.Contains(said, "byte for byte") {
			t.Errorf("run %d, stopped after %s: replay: exit status %d: %.2000s", i, after, code, said)
		}
	}
	if t.Logf("%d of 10 were stopped midway", parts); parts == 0 {
		t.Error("nothing was shown: no scan was stopped midway")
	}
}

// TestASecondSignalEndsAtOnce: the reader of the result has stopped reading, so that the
// process would wait for ever.
func TestASecondSignalEndsAtOnce(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	c, _, _ := slow(t, w, "--format", "json")
	w.Close()
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(make([]byte, 1)); err != nil {
		t.Fatal(err) // it writes what it has, more than a pipe holds
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	if status, ok := c.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() {
		t.Errorf("ended with %v, want the signal", c.ProcessState)
	}
}

func TestATimeoutLeavesAPartialResult(t *testing.T) {
	c, out, errs := slow(t, nil, "--format", "json", "--timeout", "3s")
	_ = c.Wait()
	if code := c.ProcessState.ExitCode(); code != 3 && code != 4 {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	if said, _ := decode(t, out.String()).Scan["interrupted"].(string); !strings.Contains(said, "--timeout 3s") {
		t.Errorf("interrupted: %q", said)
	}
}
