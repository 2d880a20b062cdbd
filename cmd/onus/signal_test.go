package main

import (
	"bytes"
	"io"
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
