package evidence

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"onus/scanner/evidence/stamp/stamptest"
)

// everyForm are bundles of each form that there is, with the keys that signed them.
func everyForm(t testing.TB) map[string]struct {
	path string
	keys []Key
} {
	t.Helper()
	type form = struct {
		path string
		keys []Key
	}
	plain, key := newBundle(t)
	stamped, second := stampedBundle(t, stamptest.New(t))
	dir := t.TempDir()
	b, err := Open(stamped)
	must(t, err)
	defer b.Close()
	auditor, err := NewKey(filepath.Join(dir, "auditor"))
	must(t, err)
	both, shared := filepath.Join(dir, "both.onus"), filepath.Join(dir, "shared.onus")
	must(t, b.Sign(t.Context(), both, t.TempDir(), nil, auditor))
	two, err := Open(both)
	must(t, err)
	defer two.Close()
	must(t, two.Redact(t.Context(), shared, t.TempDir(), sealed, auditor))
	return map[string]form{
		"plain": {plain, []Key{key}}, "stamped": {stamped, []Key{second}},
		"of two signers": {both, []Key{second, auditor}}, "redacted": {shared, []Key{second, auditor}},
	}
}

func publicOf(keys []Key) (out []PublicKey) {
	for _, k := range keys {
		out = append(out, k.Public())
	}
	return out
}

// One bit at 2,000 random places of a bundle of each form, and each of them cut off
// anywhere: never right, never silent, never a panic.
func TestNoBitIsFreeInAnyForm(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for name, form := range everyForm(t) {
		text, err := os.ReadFile(form.path)
		must(t, err)
		keys := publicOf(form.keys)
		must(t, openedBytes(text, keys...))
		for range 2000 {
			i, bit := random.IntN(len(text)), random.IntN(8)
			text[i] ^= 1 << bit
			refused(t, fmt.Sprintf("%s: bit %d of byte %d", name, bit, i), "b", openedBytes(text, keys...))
			text[i] ^= 1 << bit
		}
		for range 200 {
			n := random.IntN(len(text))
			refused(t, fmt.Sprintf("%s: cut off at %d", name, n), "b", openedBytes(text[:n], keys...))
		}
	}
}

// The verifier that a stranger wrote from FORMAT.md says the same of each form, whole and
// damaged.
func TestTheStrangerAgreesInEveryForm(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("python3 is not here")
	}
	random := rand.New(rand.NewPCG(9, 10))
	for name, form := range everyForm(t) {
		var pubs []string
		for _, k := range form.keys {
			pubs = append(pubs, publicFile(t, k))
		}
		if err := stranger(t, form.path, pubs...); err != nil {
			t.Errorf("%s, whole: %v", name, err)
		}
		text, err := os.ReadFile(form.path)
		must(t, err)
		for range 6 {
			i, bit := random.IntN(len(text)), random.IntN(8)
			text[i] ^= 1 << bit
			if stranger(t, inFile(t, text), pubs...) == nil {
				t.Errorf("%s: the stranger's verifier takes bit %d of byte %d", name, bit, i)
			}
			text[i] ^= 1 << bit
		}
	}
}

// zipped is an archive as others write it.
func zipped(t *testing.T, headers ...*zip.FileHeader) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, h := range headers {
		f, err := w.CreateHeader(h)
		must(t, err)
		for range 16 {
			_, err := f.Write(make([]byte, 1<<20))
			must(t, err)
		}
	}
	must(t, w.Close())
	return out.Bytes()
}

// allocated is what a step allocates in all.
func allocated(step func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	step()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestArchivesThatAreTrapsAreRefused(t *testing.T) {
	link := &zip.FileHeader{Name: scanEntry, Method: zip.Store}
	link.SetMode(fs.ModeSymlink | 0o777)
	path, key := newBundle(t)
	whole, err := os.ReadFile(path)
	must(t, err)
	// A local header whose sizes are as large as they can be.
	lying := bytes.Clone(whole)
	binary.LittleEndian.PutUint32(lying[18:], math.MaxUint32-1)
	binary.LittleEndian.PutUint32(lying[22:], math.MaxUint32-1)
	// A directory whose entry is a symbolic link, in an archive that is right but for that.
	linked := bytes.Clone(whole)
	at := bytes.Index(linked, []byte("PK\x01\x02"))
	linked[at+5] = 3 // made by Unix
	binary.LittleEndian.PutUint32(linked[at+38:], 0o120777<<16)
	for name, tt := range map[string]struct {
		text  []byte
		words []string
	}{
		"a zip bomb":                  {zipped(t, &zip.FileHeader{Name: scanEntry, Method: zip.Deflate}), []string{"scan.json", "header"}},
		"a bomb of another name":      {zipped(t, &zip.FileHeader{Name: "bomb", Method: zip.Deflate}), []string{`"bomb"`, "no part of a bundle"}},
		"a way out":                   {zipped(t, &zip.FileHeader{Name: "../../etc/passwd", Method: zip.Deflate}), []string{"../../etc/passwd", "no part of a bundle"}},
		"a symbolic link":             {zipped(t, link), []string{"scan.json", "header"}},
		"a link in the directory":     {linked, []string{"directory"}},
		"a size that is not there":    {lying, []string{"scan.json", "cut off"}},
		"nothing":                     {nil, []string{"no bundle"}},
		"an empty archive":            {[]byte("PK\x05\x06" + string(make([]byte, 18))), []string{"scan.json is missing"}},
		"a name that is not there":    {[]byte("PK\x03\x04" + string(make([]byte, 22)) + "\xff\xff\x00\x00"), []string{"cut off"}},
		"a terminal's escape for one": {zipped(t, &zip.FileHeader{Name: "\x1b[31m", Method: zip.Store}), []string{`"\x1b[31m"`}},
	} {
		var err error
		if n := allocated(func() { err = openedBytes(tt.text, key.Public()) }); n > 1<<20+8*uint64(len(tt.text)) {
			t.Errorf("%s: %d bytes were allocated for an archive of %d", name, n, len(tt.text))
		}
		refused(t, name, "b", err, tt.words...)
	}
}

// A pipe is no bundle: whoever names one is not to wait for ever.
func TestWhatIsNoFileIsRefused(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if out, err := exec.Command("mkfifo", pipe).CombinedOutput(); err != nil {
		t.Skipf("%v: %s", err, out)
	}
	for _, path := range []string{pipe, dir, filepath.Join(dir, "none")} {
		done := make(chan error)
		go func() {
			_, err := Open(path)
			done <- err
		}()
		select {
		case err := <-done:
			refused(t, path, path, err)
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: it waits", path)
		}
	}
}
