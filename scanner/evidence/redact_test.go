package evidence

import (
	"bytes"
	"encoding/hex"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestARedactedCopyNamesNothingAndVerifies(t *testing.T) {
	path, team := newBundle(t)
	dir := t.TempDir()
	lawyer, err := NewKey(filepath.Join(dir, "lawyer"))
	must(t, err)
	b, err := Open(path)
	must(t, err)
	defer b.Close()
	target := filepath.Join(dir, "shared.onus")
	must(t, b.Redact(t.Context(), target, t.TempDir(), sealed, lawyer))
	must(t, opened(target, team.Public(), lawyer.Public()))
	text, err := os.ReadFile(target)
	must(t, err)
	for _, secret := range []string{"payroll", "jane", "NoSuchTagSet", "allowed_regions", "a=<b>", "site", "joan"} {
		if bytes.Contains(text, []byte(secret)) {
			t.Errorf("the copy holds %q", secret)
		}
	}
	if !bytes.Contains(text, []byte(`"check":"s3-bucket-versioning-enabled","status":"FAIL"`)) {
		t.Error("the verdict is gone")
	}
	c, err := Open(target)
	must(t, err)
	defer c.Close()
	if got := *c.Redacted; got.Withheld != (Withheld{Question: 1, Inputs: 2, Exchanges: 4, Lines: 5}) || c.Scan.Calls != 6 {
		t.Errorf("it says %+v", got)
	}
	if _, err := c.Header(); err == nil {
		t.Error("a copy without question can be judged again")
	}
	for id := range c.calls {
		if _, _, ok := c.Get(hex.EncodeToString(id[:])); ok {
			t.Errorf("%x has an answer that was taken out", id)
		}
	}
	n := 0
	for range FindingLines(c.Result(), io.Discard) {
		n++
	}
	if n != 0 {
		t.Errorf("%d findings are left", n)
	}
	refused(t, "the team's key alone", target, opened(target, team.Public()), "redaction.dsse.json")
	refused(t, "a copy of a copy", target, c.Redact(t.Context(), filepath.Join(dir, "again"), t.TempDir(), sealed, lawyer), "already")
	refused(t, "the file in the way", target, b.Redact(t.Context(), target, t.TempDir(), sealed, lawyer), "not overwritten")
	theCopyIsSealed(t, target, team, lawyer)
}

// theCopyIsSealed: nothing more can be taken out of a redacted copy, or put back.
func theCopyIsSealed(t *testing.T, path string, team, lawyer Key) {
	t.Helper()
	parts := takeApart(t, path)
	for name, p := range map[string][]part{
		"a line more taken out": change(parts, inputsEntry, func(t []byte) []byte { return append([]byte("-\n"), drop(1)(t)...) }),
		"another line":          change(parts, resultEntry, replace(withheld+"\n", "x\n")),
		"no statement":          append(parts[:4:4], parts[5:]...),
		"another count":         change(parts, redactionEntry, replace(`"payload":"`, `"payload":"e30=`)),
	} {
		if changed := putTogether(t, p); opened(changed, team.Public(), lawyer.Public()) == nil {
			t.Errorf("%s: it verifies", name)
		}
	}
	if _, err := exec.LookPath("python3"); err == nil {
		if err := stranger(t, path, publicFile(t, team), publicFile(t, lawyer)); err != nil {
			t.Errorf("the stranger's verifier: %v", err)
		}
		if stranger(t, path, publicFile(t, team)) == nil {
			t.Error("the stranger's verifier takes a redaction that nobody signed")
		}
	}
}

func TestASecondSignature(t *testing.T) {
	path, team := newBundle(t)
	dir := t.TempDir()
	auditor, err := NewKey(filepath.Join(dir, "auditor"))
	must(t, err)
	b, err := Open(path)
	must(t, err)
	defer b.Close()
	target := filepath.Join(dir, "both.onus")
	scratch := t.TempDir()
	must(t, b.Sign(t.Context(), target, scratch, nil, auditor))
	if left, err := os.ReadDir(scratch); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	must(t, opened(target, team.Public(), auditor.Public()))
	refused(t, "one of two keys", target, opened(target, team.Public()), "not given")
	refused(t, "the same key again", path, b.Sign(t.Context(), filepath.Join(dir, "again"), t.TempDir(), nil, team), "signed already")
}
