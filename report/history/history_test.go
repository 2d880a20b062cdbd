package history_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"onus/report"
	"onus/report/history"
	"onus/report/jsonresult"
	"onus/report/reporttest"
)

var at = time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)

// folder holds results kept one hour after the other.
func folder(t *testing.T, results ...report.Result) (history.Folder, []string) {
	t.Helper()
	f := history.Folder(filepath.Join(t.TempDir(), "a", "history"))
	if err := f.Make(); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for i, r := range results {
		path, err := f.Keep(at.Add(time.Duration(i)*time.Hour), r)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return f, paths
}

// of is the ordinary result of a scan with an id, of an account.
func of(id string, accounts ...string) report.Result {
	r := reporttest.Ordinary()
	r.Scan.ID = id
	if len(accounts) > 0 {
		r.Scan.Accounts = accounts
	}
	return r
}

func TestWhatIsKeptIsTheDocument(t *testing.T) {
	_, paths := folder(t, of("s-1"))
	if got := filepath.Base(paths[0]); got != "20261125T100000.000000Z-s-1.json.gz" {
		t.Errorf("it is called %s", got)
	}
	packed, err := os.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if _, err := got.ReadFrom(z); err != nil {
		t.Fatal(err)
	}
	if want := reporttest.Writer(jsonresult.Write).Text(t, of("s-1")); got.String() != want {
		t.Error("what was kept is not the document")
	}
	for path, want := range map[string]os.FileMode{paths[0]: 0o600, filepath.Dir(paths[0]): 0o700} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode(), want)
		}
	}
	entries, _ := os.ReadDir(filepath.Dir(paths[0]))
	if len(entries) != 1 {
		t.Errorf("there is more than the result: %v", entries)
	}
}

func TestLastTwo(t *testing.T) {
	f, p := folder(t, of("1"), of("2", "444455556666"), of("3"), of("4", "444455556666", "111122223333"), of("5", "444455556666"))
	for account, want := range map[string][2]int{"": {1, 4}, "444455556666": {1, 4}, "111122223333": {-1, 3}, "999999999999": {-1, -1}} {
		before, after, damaged, err := f.Last(account)
		if err != nil || len(damaged) > 0 {
			t.Fatal(err, damaged)
		}
		got := [2]int{slices.Index(p, before), slices.Index(p, after)}
		if got != want {
			t.Errorf("account %q: got %v, want %v", account, got, want)
		}
	}
}

func TestPastIsOfTheSame(t *testing.T) {
	narrowed := of("narrowed")
	narrowed.Scan.NarrowedTo = &report.Narrowing{Regions: []string{"eu-west-1"}}
	empty := of("empty")
	empty.Findings = reporttest.Empty().Findings
	f, _ := folder(t, of("1"), narrowed, of("other", "444455556666"), empty, of("now"))
	past, _, err := f.Past(of("now").Scan)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range past {
		got = append(got, fmt.Sprintf("%s %d/%d/%d", p.ID, p.Counts.FAIL, p.Counts.UNKNOWN, p.Fails["critical"]))
	}
	if text := strings.Join(got, ", "); text != "1 8/2/1, empty 0/0/0" {
		t.Errorf("got %s", text)
	}
	past, _, err = f.Past(narrowed.Scan)
	if err != nil || len(past) != 0 {
		t.Errorf("a scan is its own past: %v, %v", past, err)
	}
	narrowed.Scan.ID = "again"
	if past, _, _ = f.Past(narrowed.Scan); len(past) != 1 || past[0].ID != "narrowed" {
		t.Errorf("the past of a narrowed scan is %v", past)
	}
}

func TestThePastIsNotEndless(t *testing.T) {
	var all []report.Result
	for i := range history.Longest + 5 {
		all = append(all, of(fmt.Sprint(i)))
	}
	f, _ := folder(t, all...)
	past, _, err := f.Past(of("now").Scan)
	if err != nil || len(past) != history.Longest || past[0].ID != "5" {
		t.Errorf("%d past scans, the first %v, %v", len(past), past[0].ID, err)
	}
}

func TestDamagedFilesArePassedOverAndNamed(t *testing.T) {
	f, p := folder(t, of("1"), of("2"), of("3"), of("4"))
	for i, text := range map[int]string{1: "", 3: "\x1f\x8b\x08 no"} {
		if err := os.WriteFile(p[i], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"notes.txt", ".onus-1", "2026.json.gz"} {
		if err := os.WriteFile(filepath.Join(string(f), name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before, after, damaged, err := f.Last("")
	if err != nil || before != p[0] || after != p[2] || !slices.Equal(damaged, []string{p[3], p[1]}) {
		t.Errorf("got %s and %s, damaged %v, %v", before, after, damaged, err)
	}
}

func TestAFolderThatIsNotThere(t *testing.T) {
	f := history.Folder(filepath.Join(t.TempDir(), "none"))
	if before, after, _, err := f.Last(""); before != "" || after != "" || err != nil {
		t.Errorf("%q %q %v", before, after, err)
	}
	if _, err := f.Keep(at, of("1")); err == nil {
		t.Error("a result was kept in a folder that is not there")
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := history.Folder(file).Make(); err == nil {
		t.Error("a file was made a folder")
	}
}
