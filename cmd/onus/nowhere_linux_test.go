package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"onus/scanner/evidence/stamp/stamptest"
)

// nowhere runs the program in a network of its own that has no interface which is up, so
// that every dial fails, with an empty home and nothing in its environment.
func nowhere(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	c := exec.Command(os.Args[0], args...)
	c.Env = []string{"ONUS_TEST_MAIN=1", "HOME=" + t.TempDir()}
	c.Dir = t.TempDir()
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if os.Getuid() != 0 {
		c.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
	}
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); c.ProcessState == nil {
		if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EINVAL) {
			t.Skipf("this machine gives no network of its own: %v", err)
		}
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), out.String(), errs.String()
}

// A third party needs the bundle, the public key and the program, and nothing else: no
// AWS, no network, no configuration, no policy file.
func TestEvidenceIsCheckedNowhere(t *testing.T) {
	t.Parallel()
	policy := filepath.Join(t.TempDir(), "onus.yaml")
	if err := os.WriteFile(policy, []byte("allowed_regions: [eu-west-1]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a := stamptest.New(t)
	path, key := sealedDemo(t, "--policy", policy, "--timestamp", a.URL)
	if err := os.Remove(policy); err != nil {
		t.Fatal(err)
	}
	// That there is no network: an authority cannot be asked.
	if code, _, errs := nowhere(t, "evidence", "sign", path, "--pub", key+".pub", "--key", newKeys(t)+".key", "--timestamp", a.URL, "--to", filepath.Join(t.TempDir(), "x")); code != 2 || !strings.Contains(errs, "did not answer") {
		t.Fatalf("it reaches the network: exit status %d: %s", code, errs)
	}
	finding := "acme-legal-hold-prod"
	for name, tt := range map[string]struct {
		args []string
		code int
		want string
	}{
		"verify": {[]string{"verify", path, "--pub", key + ".pub", "--tsa", a.RootFile(t)}, 0, "whole and unchanged"},
		"replay": {[]string{"replay", path, "-q"}, 3, "byte for byte"},
		"show":   {[]string{"evidence", "show", path, "s3-bucket-default-encryption-enabled", finding}, 0, "AccessDenied"},
		"export": {[]string{"evidence", "export", path, "--to", filepath.Join(t.TempDir(), "papers")}, 0, "index.html"},
		"diff":   {[]string{"evidence", "diff", path, path}, 0, " 0 changed"},
	} {
		if code, out, errs := nowhere(t, tt.args...); code != tt.code || !strings.Contains(out+errs, tt.want) {
			t.Errorf("%s: exit status %d: %s%s", name, code, errs, out)
		}
	}
}
