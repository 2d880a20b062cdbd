package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onus/scanner/evidence/stamp/stamptest"
)

func TestStampedEvidence(t *testing.T) {
	t.Parallel()
	a, dir := stamptest.New(t), t.TempDir()
	path, key := sealedDemo(t, "--service", "s3", "--timestamp", a.URL)
	root := a.RootFile(t)
	code, out, errs := onus(t, "verify", path, "--pub", key+".pub", "--tsa", root)
	if code != 0 || !strings.Contains(out, "by the clock of CN=A clock of a test, for whom "+root+" vouches") {
		t.Errorf("exit status %d: %s%s", code, out, errs)
	}
	if code, out, errs := onus(t, "verify", path, "--pub", key+".pub"); code != 0 || !strings.Contains(out, "for whom nobody vouches: give --tsa FILE") {
		t.Errorf("without --tsa: exit status %d: %s%s", code, out, errs)
	}
	auditor, both := newKeys(t), filepath.Join(dir, "both.onus")
	if code, _, errs := onus(t, "evidence", "sign", path, "--pub", key+".pub", "--key", auditor+".key", "--timestamp", a.URL, "--to", both); code != 0 {
		t.Errorf("sign: exit status %d: %s", code, errs)
	}
	if code, out, errs := onus(t, "verify", both, "--pub", key+".pub", "--pub", auditor+".pub", "--tsa", root); code != 0 || strings.Count(out, "  stamped  ") != 2 {
		t.Errorf("both: exit status %d: %s%s", code, out, errs)
	}
	plain, other := sealedDemo(t, "--service", "s3")
	none := filepath.Join(dir, "none.pem")
	if err := os.WriteFile(none, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		args []string
		want string
	}{
		"another root":     {[]string{"verify", path, "--pub", key + ".pub", "--tsa", stamptest.New(t).RootFile(t)}, "do not vouch for"},
		"no stamp":         {[]string{"verify", plain, "--pub", other + ".pub", "--tsa", root}, "carries no time stamp"},
		"no certificate":   {[]string{"verify", path, "--pub", key + ".pub", "--tsa", none}, "holds no certificate"},
		"a key for a root": {[]string{"verify", path, "--pub", key + ".pub", "--tsa", key + ".pub"}, "no certificate"},
		"no file":          {[]string{"verify", path, "--pub", key + ".pub", "--tsa", filepath.Join(dir, "x")}, "cannot be read"},
		"no URL":           {[]string{"demo", "--evidence", filepath.Join(dir, "x"), "--key", key + ".key", "--timestamp", "clock"}, "is no URL"},
		"stamps nothing":   {[]string{"demo", "--timestamp", a.URL}, "--evidence FILE"},
		"stamped already":  {[]string{"evidence", "sign", both, "--pub", key + ".pub", "--pub", auditor + ".pub", "--key", key + ".key", "--timestamp", a.URL, "--to", filepath.Join(dir, "x")}, "its signature is stamped"},
		"nobody there":     {[]string{"evidence", "sign", plain, "--pub", other + ".pub", "--key", other + ".key", "--timestamp", "http://127.0.0.1:1", "--to", filepath.Join(dir, "x")}, "did not answer"},
	} {
		before := names(t, dir)
		code, out, errs := onus(t, tt.args...)
		if code != 2 || out != "" || !strings.Contains(errs, tt.want) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: exit status %d: %s%s, want 2 and %q", name, code, out, errs, tt.want)
		}
		if after := names(t, dir); after != before {
			t.Errorf("%s: left behind %s, was %s", name, after, before)
		}
	}
}

// An authority that does not answer costs the stamp and not the scan.
func TestEvidenceWithoutItsStampIsKept(t *testing.T) {
	t.Parallel()
	key, path := newKeys(t), filepath.Join(t.TempDir(), "acme.onus")
	code, _, errs := onus(t, "demo", "-q", "--service", "s3", "--evidence", path, "--key", key+".key", "--timestamp", "http://127.0.0.1:1")
	if code != 1 || !strings.Contains(errs, "carries no time stamp") || !strings.Contains(errs, "onus evidence sign --timestamp") {
		t.Errorf("exit status %d: %s", code, errs)
	}
	if code, _, errs := onus(t, "verify", path, "--pub", key+".pub"); code != 0 {
		t.Errorf("verify: exit status %d: %s", code, errs)
	}
	stamped := path + ".stamped"
	a := stamptest.New(t)
	if code, _, errs := onus(t, "evidence", "sign", path, "--pub", key+".pub", "--key", key+".key", "--timestamp", a.URL, "--to", stamped); code != 0 {
		t.Errorf("sign: exit status %d: %s", code, errs)
	}
	if code, _, errs := onus(t, "verify", stamped, "--pub", key+".pub", "--tsa", a.RootFile(t)); code != 0 {
		t.Errorf("verify the stamped: exit status %d: %s", code, errs)
	}
}
