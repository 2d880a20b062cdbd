package evidence

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// stranger runs the verifier that was written from FORMAT.md in another language.
func stranger(t *testing.T, path string, keys ...string) error {
	t.Helper()
	out, err := exec.Command("python3", append([]string{filepath.Join("testdata", "verify.py"), path}, keys...)...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 2 && bytes.Count(out, []byte("\n")) == 1) {
		t.Fatalf("%s: %v: %s", path, err, out)
	}
	return err
}

func publicFile(t *testing.T, k Key) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "k.pub")
	must(t, writeNew(path, k.Public().PEM(), 0o600))
	return path
}

func TestAStrangersVerifierAgrees(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("python3 is not here")
	}
	path, key := newBundle(t)
	pub := publicFile(t, key)
	parts := takeApart(t, path)
	text, err := os.ReadFile(path)
	must(t, err)
	cases := map[string]string{
		"whole":              path,
		"cut off":            inFile(t, text[:len(text)-1]),
		"longer":             inFile(t, append(text[:len(text):len(text)], 0)),
		"empty":              inFile(t, nil),
		"calls swapped":      putTogether(t, change(parts, ledgerEntry, swap(2, 4))),
		"last call dropped":  putTogether(t, change(parts, ledgerEntry, drop(6))),
		"answers swapped":    putTogether(t, change(parts, exchangesEntry, swap(1, 2))),
		"answer changed":     putTogether(t, change(parts, exchangesEntry, replace("NoSuchTagSet", "NoSuchBucket"))),
		"answer more":        putTogether(t, change(parts, exchangesEntry, double(4))),
		"input changed":      putTogether(t, change(parts, inputsEntry, replace("payroll", "payrole"))),
		"verdict changed":    putTogether(t, change(parts, resultEntry, replace(`"FAIL"`, `"PASS"`))),
		"salt changed":       putTogether(t, change(parts, saltsEntry, swap(1, 2))),
		"policy changed":     putTogether(t, change(parts, questionEntry, replace("eu-west-1]", "eu-east-1]"))),
		"tool changed":       putTogether(t, change(parts, scanEntry, replace("1.2.3", "1.2.4"))),
		"seal otherwise":     putTogether(t, change(parts, sealEntry, replace(`":`, `": `))),
		"answer taken out":   putTogether(t, change(parts, exchangesEntry, func(t []byte) []byte { return append([]byte("-\n"), drop(1)(t)...) })),
		"entry missing":      putTogether(t, parts[:8:8]),
		"entry more":         putTogether(t, append(parts[:9:9], part{"notes.txt", []byte("x\n")})),
		"index of something": putTogether(t, change(parts, indexEntry, replace(`"FAIL"`, `"PASS"`))),
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 12 {
		i, bit := random.IntN(len(text)), random.IntN(8)
		flipped := bytes.Clone(text)
		flipped[i] ^= 1 << bit
		cases[fmt.Sprintf("bit %d of byte %d", bit, i)] = inFile(t, flipped)
	}
	for name, path := range cases {
		ours, theirs := opened(path, key.Public()), stranger(t, path, pub)
		if (ours == nil) != (theirs == nil) || (ours == nil) != (name == "whole") {
			t.Errorf("%s: ours says %v, the stranger's %v", name, ours, theirs)
		}
	}
	another, err := NewKey(filepath.Join(t.TempDir(), "another"))
	must(t, err)
	if stranger(t, path, publicFile(t, another)) == nil {
		t.Error("the stranger's verifier takes any key")
	}
}
