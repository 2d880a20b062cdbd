package reporttest

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"onus/report"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Results are the results of every edge, by name.
var Results = map[string]func() report.Result{
	"empty": Empty, "ordinary": Ordinary, "waived": Waived, "interrupted": Interrupted, "not-recorded": NotRecorded, "hostile": Hostile,
}

// Writer is a format that is tested.
type Writer func(io.Writer, report.Result) error

// Text is what the format makes of a result.
func (w Writer) Text(t testing.TB, r report.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := w(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Golden compares what the format makes of each result with testdata/NAME.EXTENSION.
func (w Writer) Golden(t *testing.T, extension string) {
	t.Helper()
	for name, r := range Results {
		Golden(t, filepath.Join("testdata", name+"."+extension), w.Text(t, r()))
	}
}

// Golden compares a text with a golden file, or with -update rewrites the file.
func Golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// Full is a disk with room for some bytes.
type Full struct{ Room int }

// ErrFull is what a full disk says.
var ErrFull = errors.New("no space left")

func (f *Full) Write(p []byte) (int, error) {
	if f.Room -= len(p); f.Room < 0 {
		return 0, ErrFull
	}
	return len(p), nil
}

// Fails tells whether the format returns the error of a full disk, and refuses a finding
// that no report could place.
func (w Writer) Fails(t *testing.T) {
	t.Helper()
	for room := range len(w.Text(t, Ordinary())) / 1000 {
		if err := w(&Full{1000 * room}, Ordinary()); !errors.Is(err, ErrFull) {
			t.Errorf("a disk with room for %d bytes: %v", 1000*room, err)
		}
	}
	r := Ordinary()
	r.Checks = r.Checks[2:]
	if w(io.Discard, r) == nil {
		t.Error("a finding of a check that did not run was written")
	}
}

// Quiet tells whether nothing that the format writes of hostile names does anything on a
// terminal, or turns text around. read takes apart what is written, and says what is
// wrong with it; nil: nothing is read.
func (w Writer) Quiet(t *testing.T, read func(t *testing.T, text string)) {
	t.Helper()
	for title, name := range Names {
		for _, r := range []report.Result{HostileAs(name), Everywhere(name)} {
			text := w.Text(t, r)
			for _, c := range text {
				if c != '\n' && !unicode.IsPrint(c) {
					t.Fatalf("%s: the text holds %U", title, c)
				}
			}
			if read != nil {
				read(t, text)
			}
		}
	}
}
