package evidence

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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

// lined writes lines as the result, and what the index says of some of them.
func (s *spool) lined(scan *Scan, lines []string, said map[int]*Verdict) error {
	var errs []error
	for i, line := range lines {
		salt := newSalt()
		scan.Lines++
		if said[i] != nil {
			scan.Findings++
		}
		errs = append(errs, s.raw(resultEntry, []byte(line)), s.raw(saltsEntry, []byte(salt)), s.object(indexEntry, indexed{commitment(salt, []byte(line)), said[i]}))
	}
	return errors.Join(errs...)
}

// sealedWith is a bundle of a result and an index that its signer made up.
func sealedWith(t *testing.T, lines []string, said map[int]*Verdict) (path string, key Key) {
	t.Helper()
	dir := t.TempDir()
	key, err := NewKey(filepath.Join(dir, "k"))
	must(t, err)
	path = filepath.Join(dir, "b.onus")
	must(t, besides(path, dir, func(s *spool) ([]entry, error) {
		scan := Scan{Format: Format, ID: "one"}
		must(t, s.lined(&scan, lines, said))
		var err error
		scan.Question, err = s.line(questionEntry, question{Salt: newSalt()})
		must(t, err)
		must(t, s.object(scanEntry, scan))
		_, err = s.seal(t.Context(), sealing{Format, scan.ID, sealed}, []Key{key})
		must(t, err)
		return s.entries()
	}))
	return path, key
}

// bothSay wants our verifier and the stranger's to take a bundle of a result, or to refuse it.
func bothSay(t *testing.T, name string, lines []string, said map[int]*Verdict, takes bool) {
	t.Helper()
	path, key := sealedWith(t, lines, said)
	if got := opened(path, key.Public()); (got == nil) != takes {
		t.Errorf("%s: %v", name, got)
	}
	if _, err := exec.LookPath("python3"); err != nil {
		return
	}
	if got := stranger(t, path, publicFile(t, key)); (got == nil) != takes {
		t.Errorf("%s: the stranger's verifier says %v", name, got)
	}
}

// Both verifiers read a finding in one way only, even where its signer has sealed another.
func TestAFindingIsReadInOneWay(t *testing.T) {
	v := Verdict{Check: "a-b-c", Status: "PASS", Severity: "high", Account: "1", Region: "eu-west-1"}
	const start, end = `    {"check":"a-b-c","status":"PASS","severity":"high","account":"1","region":"eu-west-1"`, `}`
	for name, tt := range map[string]struct {
		finding string
		is      Verdict
		takes   bool
	}{
		"plain":                       {start + `,"tags":{"a":"é\u00e9\ud83d\ude00"},"evidence":["x"]}`, v, true},
		"a name with an escape":       {start + `,"\u0069d":1.5e3` + end, v, true},
		"a value with an escape":      {`    {"check":"a-b-\u0063","status":"PASS"}`, Verdict{Check: "a-b-c", Status: "PASS"}, true},
		"spaces inside":               {`    { "check" : "a-b-c" }`, Verdict{Check: "a-b-c"}, true},
		"spaces around":               {`   {"check":"a-b-c"}`, Verdict{Check: "a-b-c"}, false},
		"a space of another kind":     {"\u00a0   {\"check\":\"a-b-c\"}", Verdict{Check: "a-b-c"}, false},
		"a comma after the last":      {`    {"check":"a-b-c"},`, Verdict{Check: "a-b-c"}, false},
		"no check":                    {`    {"status":"PASS"}`, Verdict{Status: "PASS"}, false},
		"another verdict":             {start + end, Verdict{Check: "a-b-c", Status: "FAIL", Severity: "high", Account: "1", Region: "eu-west-1"}, false},
		"a verdict twice":             {start + `,"status":"PASS"` + end, v, false},
		"a verdict twice, by escapes": {start + `,"st\u0061tus":"FAIL"` + end, v, false},
		"a tag twice":                 {start + `,"tags":{"a":"1","a":"2"}` + end, v, false},
		"no string":                   {`    {"check":"a-b-c","status":1}`, Verdict{Check: "a-b-c"}, false},
		"null":                        {`    {"check":"a-b-c","status":null}`, Verdict{Check: "a-b-c"}, false},
		"a list":                      {`    ["check","a-b-c"]`, Verdict{Check: "a-b-c"}, false},
		"cut off":                     {start, v, false},
		"something after the end":     {start + `} {}`, v, false},
		"two commas":                  {start + `},,`, v, false},
		"no number":                   {start + `,"n":NaN` + end, v, false},
		"half a pair":                 {start + `,"n":"\ud800"` + end, v, false},
		"no UTF-8":                    {start + ",\"n\":\"\xff\"" + end, v, false},
		"a control character":         {start + ",\"n\":\"\x01\"" + end, v, false},
	} {
		bothSay(t, name, []string{`  "findings": [`, tt.finding, "  ]"}, map[int]*Verdict{1: &tt.is}, tt.takes)
	}
}

// The list of findings is whole, and written in one way.
func TestTheListOfFindingsIsWhole(t *testing.T) {
	const open, end, one = `  "findings": [`, "  ]", `    {"check":"a-b-c"}`
	v := &Verdict{Check: "a-b-c"}
	for name, tt := range map[string]struct {
		lines []string
		said  map[int]*Verdict
		takes bool
	}{
		"none":                           {[]string{open, end}, nil, true},
		"two":                            {[]string{open, one + ",", one, end}, map[int]*Verdict{1: v, 2: v}, true},
		"no comma between":               {[]string{open, one, one, end}, map[int]*Verdict{1: v, 2: v}, false},
		"a comma at the end":             {[]string{open, one + ",", end}, map[int]*Verdict{1: v}, false},
		"no list":                        {[]string{"{", "}"}, nil, false},
		"a list that does not end":       {[]string{open, one}, map[int]*Verdict{1: v}, false},
		"a list that does not begin":     {[]string{one, end}, map[int]*Verdict{0: v}, false},
		"nothing":                        {nil, nil, false},
		"a line as if it were taken out": {[]string{"-", open, end}, nil, false},
	} {
		bothSay(t, name, tt.lines, tt.said, tt.takes)
	}
}

// What is held as values is bounded, whoever sealed it.
func TestEntriesThatAreHeldAreBounded(t *testing.T) {
	for name, tt := range map[string]struct {
		scan     Scan
		question question
		want     string
	}{
		"scan.json":     {Scan{Tool: Tool{Modules: make([]Module, 40_000)}}, question{Salt: newSalt()}, "scan.json: is too large"},
		"question.json": {Scan{}, question{Salt: newSalt(), Options: options{make([]struct{}, 2_000_000)}}, "question.json: is too large"},
	} {
		dir := t.TempDir()
		key, err := NewKey(filepath.Join(dir, "k"))
		must(t, err)
		path := filepath.Join(dir, "b.onus")
		must(t, besides(path, dir, func(s *spool) ([]entry, error) {
			scan := tt.scan
			scan.Format, scan.ID = Format, "one"
			must(t, s.lined(&scan, []string{`  "findings": [`, "  ]"}, nil))
			var err error
			scan.Question, err = s.line(questionEntry, tt.question)
			must(t, errors.Join(err, s.object(scanEntry, scan)))
			_, err = s.seal(t.Context(), sealing{Format, scan.ID, sealed}, []Key{key})
			must(t, err)
			return s.entries()
		}))
		if err := opened(path, key.Public()); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
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
