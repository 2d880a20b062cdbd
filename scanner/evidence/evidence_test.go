package evidence

import (
	"archive/zip"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onus/scanner/wire"
)

func TestABundleHoldsWhatWasRecorded(t *testing.T) {
	path, key := newBundle(t)
	b, err := Open(path)
	must(t, err)
	defer b.Close()
	must(t, b.Verify(key.Public()))
	for _, rc := range recordedCalls {
		k := wire.Key{Account: "111122223333", Region: "eu-west-1", Operation: rc.operation, Input: rc.input}
		line, e, ok := b.Get(k.ID())
		if !ok || cmp.Diff(rc.exchange, e) != "" || line.Key != k || line.Exchange != e.Digest() {
			t.Errorf("%s %s: %v %+v %+v", rc.operation, rc.input, ok, line, e)
		}
	}
	if _, _, ok := b.Get("another"); ok {
		t.Error("a call that was not made has an answer")
	}
	if b.Scan.Calls != 6 || b.Scan.Exchanges != 4 || b.Scan.Findings != 2 || !b.Sealed.Equal(sealed) {
		t.Errorf("it counts %+v", b.Scan)
	}
	h, err := b.Header()
	must(t, err)
	if !bytes.Contains(h.Policy, []byte(`here\n`)) || !bytes.Contains(h.Options, []byte("a=<b>")) {
		t.Errorf("header %s %s", h.Options, h.Policy)
	}
	text, err := io.ReadAll(b.Result())
	must(t, err)
	if string(text) != resultText {
		t.Errorf("result %s", text)
	}
}

func TestABundleIsAZipAndPacksToItself(t *testing.T) {
	path, _ := newBundle(t)
	z, err := zip.OpenReader(path)
	must(t, err)
	defer z.Close()
	for i, p := range takeApart(t, path) {
		f, err := z.File[i].Open()
		must(t, err)
		text, err := io.ReadAll(f)
		if err != nil || z.File[i].Name != p.name || !bytes.Equal(text, p.text) {
			t.Errorf("%s: %v", p.name, err)
		}
	}
	want, err := os.ReadFile(path)
	must(t, err)
	got, err := os.ReadFile(putTogether(t, takeApart(t, path)))
	must(t, err)
	if !bytes.Equal(got, want) {
		t.Error("packing the same content again gives other bytes")
	}
}

// refused wants a fault with the words, and no file named but the bundle.
func refused(t *testing.T, what, path string, err error, words ...string) {
	t.Helper()
	var f *Fault
	if !errors.As(err, &f) || f.Path != path || f.What == "" {
		t.Errorf("%s: %v, want a fault of %s", what, err, path)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%s: %q does not name %q", what, err, w)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("%s: more than one line: %q", what, err)
	}
}

func TestEveryByteCounts(t *testing.T) {
	path, key := newBundle(t)
	text, err := os.ReadFile(path)
	must(t, err)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range text {
		was := text[i]
		text[i] ^= 1 << random.IntN(8)
		refused(t, fmt.Sprintf("byte %d", i), "b", openedBytes(text, key.Public()))
		text[i] = was
	}
}

func TestABundleIsNeverCutOffOrLonger(t *testing.T) {
	path, key := newBundle(t)
	text, err := os.ReadFile(path)
	must(t, err)
	for n := range text {
		refused(t, fmt.Sprintf("cut off at %d", n), "b", openedBytes(text[:n], key.Public()))
	}
	refused(t, "a byte more", "b", openedBytes(append(text[:len(text):len(text)], 0), key.Public()), "added")
	refused(t, "a byte before", "b", openedBytes(append([]byte{0}, text...), key.Public()))
}

// swap exchanges two lines, the first of which is line a, counted from 1.
func swap(a, b int) func([]byte) []byte {
	return func(text []byte) []byte {
		l := bytes.SplitAfter(text, []byte("\n"))
		l[a-1], l[b-1] = l[b-1], l[a-1]
		return bytes.Join(l, nil)
	}
}

func drop(n int) func([]byte) []byte {
	return func(text []byte) []byte {
		l := bytes.SplitAfter(text, []byte("\n"))
		return bytes.Join(append(l[:n-1:n-1], l[n:]...), nil)
	}
}

func double(n int) func([]byte) []byte {
	return func(text []byte) []byte {
		l := bytes.SplitAfter(text, []byte("\n"))
		return bytes.Join(append(l[:n:n], l[n-1:]...), nil)
	}
}

func replace(old, with string) func([]byte) []byte {
	return func(text []byte) []byte { return bytes.Replace(text, []byte(old), []byte(with), 1) }
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	path, key := newBundle(t)
	parts := takeApart(t, path)
	other := takeApart(t, func() string { p, _ := newBundle(t); return p }())
	from := func(name string) func([]byte) []byte {
		return func([]byte) []byte {
			for _, p := range other {
				if p.name == name {
					return p.text
				}
			}
			return nil
		}
	}
	for name, tt := range map[string]struct {
		parts []part
		words []string
	}{
		"a call dropped":               {change(parts, ledgerEntry, drop(3)), []string{"ledger.ndjson line 3"}},
		"the first call dropped":       {change(parts, ledgerEntry, drop(1)), []string{"ledger.ndjson line 1"}},
		"the last call dropped":        {change(parts, ledgerEntry, drop(6)), []string{"ledger.ndjson", "last line"}},
		"a call twice":                 {change(parts, ledgerEntry, double(2)), []string{"ledger.ndjson line 3"}},
		"two calls swapped":            {change(parts, ledgerEntry, swap(2, 4)), []string{"ledger.ndjson line 2"}},
		"a status in the ledger":       {change(parts, ledgerEntry, replace(`"status":404`, `"status":200`)), []string{"ledger.ndjson line 4"}},
		"two answers swapped":          {change(parts, exchangesEntry, swap(1, 2)), []string{"exchanges.ndjson line 1", "ledger.ndjson line 2"}},
		"an answer changed":            {change(parts, exchangesEntry, replace("NoSuchTagSet", "NoSuchBucket")), []string{"exchanges.ndjson line 2"}},
		"an answer dropped":            {change(parts, exchangesEntry, drop(4)), []string{"exchanges.ndjson line 4", "missing"}},
		"an answer more":               {change(parts, exchangesEntry, double(4)), []string{"exchanges.ndjson line 5", "added"}},
		"an answer taken out":          {change(parts, exchangesEntry, func(t []byte) []byte { return append([]byte("-\n"), drop(1)(t)...) }), []string{"taken out"}},
		"two inputs swapped":           {change(parts, inputsEntry, swap(2, 3)), []string{"inputs.ndjson line 2"}},
		"an input changed":             {change(parts, inputsEntry, replace("payroll", "payrole")), []string{"inputs.ndjson line 2"}},
		"an input more":                {change(parts, inputsEntry, double(5)), []string{"inputs.ndjson line 6"}},
		"a verdict in the result":      {change(parts, resultEntry, replace(`"FAIL"`, `"PASS"`)), []string{"result.json line 11"}},
		"a finding dropped":            {change(parts, resultEntry, drop(7)), []string{"result.json line 7"}},
		"a verdict in the index":       {change(parts, indexEntry, replace(`"FAIL"`, `"PASS"`)), []string{"result.index.ndjson"}},
		"a salt":                       {change(parts, saltsEntry, swap(1, 2)), []string{"result.json line 1"}},
		"another bundle's result":      {change(change(parts, resultEntry, replace("Enabled", "enabled")), saltsEntry, from(saltsEntry)), []string{"result.json line 1"}},
		"the policy":                   {change(parts, questionEntry, replace("eu-west-1]", "eu-east-1]")), []string{"question.json"}},
		"another bundle's policy":      {change(parts, questionEntry, from(questionEntry)), []string{"question.json"}},
		"the tool":                     {change(parts, scanEntry, replace("1.2.3", "1.2.4")), []string{"scan.json", "not what was sealed"}},
		"another bundle's seal":        {change(parts, sealEntry, from(sealEntry)), []string{"scan.json", "not what was sealed"}},
		"a space in the seal":          {change(parts, sealEntry, replace(`":`, `": `)), []string{"seal.dsse.json"}},
		"a member of the seal":         {change(parts, sealEntry, replace(`{`, `{"x":1,`)), []string{"seal.dsse.json"}},
		"the signature":                {change(parts, sealEntry, replace(`"sig":"`, `"sig":"AAAA`)), []string{"seal.dsse.json", "signature"}},
		"an entry missing":             {append(parts[:2:2], parts[3:]...), []string{"result.index.ndjson is missing"}},
		"an entry moved":               {append([]part{parts[1], parts[0]}, parts[2:]...), []string{"scan.json is missing before ledger.ndjson"}},
		"an entry twice":               {append(parts[:1:1], parts...), []string{"scan.json twice"}},
		"an entry more":                {append(parts[:9:9], part{"notes.txt", []byte("x")}), []string{"after its entries"}},
		"an entry between":             {append([]part{{"../../etc/passwd", []byte("x")}}, parts...), []string{"../../etc/passwd"}},
		"an entry of no name":          {append([]part{{"", nil}}, parts...), []string{"no part of a bundle"}},
		"a redaction of nothing":       {append(parts[:4:4], append([]part{{redactionEntry, parts[3].text}}, parts[4:]...)...), []string{redactionEntry}},
		"the last line without end":    {change(parts, resultEntry, func(t []byte) []byte { return t[:len(t)-1] }), []string{"result.json line 15", "cut off"}},
		"an exchange of two spellings": {change(parts, exchangesEntry, replace(`"salt"`, `"status":1,"salt"`)), []string{"exchanges.ndjson line 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := putTogether(t, tt.parts)
			refused(t, name, p, opened(p, key.Public()), tt.words...)
		})
	}
}

func TestOnlyTheGivenKeysCount(t *testing.T) {
	path, key := newBundle(t)
	stranger, err := NewKey(filepath.Join(t.TempDir(), "stranger"))
	must(t, err)
	refused(t, "another key", path, opened(path, stranger.Public()), stranger.Public().KeyID()[:6], "not given")
	refused(t, "a key that did not sign", path, opened(path, key.Public(), stranger.Public()), "not signed by the given key")
	refused(t, "no key", path, opened(path), "not given")
}

func TestNothingIsOverwritten(t *testing.T) {
	path, key := newBundle(t)
	before, err := os.ReadFile(path)
	must(t, err)
	scratch := t.TempDir()
	refused(t, "a bundle in the way", path, Write(t.Context(), path, scratch, content(t), key), "not overwritten")
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the file in the way was changed: %v", err)
	}
	if left, err := os.ReadDir(scratch); err != nil || len(left) != 0 {
		t.Errorf("left in the scratch folder: %v %v", left, err)
	}
	name := filepath.Join(t.TempDir(), "k")
	if _, err := NewKey(name); err != nil {
		t.Fatal(err)
	}
	_, err = NewKey(name)
	refused(t, "a key in the way", name+".key", err, "not overwritten")
	_, err = ReadPublicKey(name + ".key")
	refused(t, "a private key as a public one", name+".key", err, ".pub")
	_, err = ReadKey(name + ".pub")
	refused(t, "a public key as a private one", name+".pub", err, "PRIVATE KEY")
}

// update writes the golden bundle of this version anew. A bundle of a released version
// is never rewritten: it must stay readable.
var update = flag.Bool("update", false, "rewrite testdata/v1.onus")

func golden(t testing.TB) (text []byte, key PublicKey) {
	t.Helper()
	path := filepath.Join("testdata", "v1.onus")
	if *update {
		made, k := newBundle(t)
		text, err := os.ReadFile(made)
		must(t, err)
		must(t, os.WriteFile(path, text, 0o644))
		_ = os.Remove(filepath.Join("testdata", "v1.pub")) // not there the first time
		must(t, writeNew(filepath.Join("testdata", "v1.pub"), k.Public().PEM(), 0o644))
	}
	text, err := os.ReadFile(path)
	must(t, err)
	key, err = ReadPublicKey(filepath.Join("testdata", "v1.pub"))
	must(t, err)
	return text, key
}

func TestTheBundleOfVersionOneStaysReadable(t *testing.T) {
	text, key := golden(t)
	must(t, openedBytes(text, key))
}

func FuzzOpen(f *testing.F) {
	text, key := golden(f)
	f.Add(text)
	f.Add(text[:len(text)/2])
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, changed []byte) {
		if err := openedBytes(changed, key); (err == nil) != bytes.Equal(changed, text) {
			t.Errorf("%d bytes: %v", len(changed), err)
		}
	})
}
