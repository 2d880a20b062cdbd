package junit_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	library "github.com/joshdk/go-junit"

	"onus/checks"
	"onus/report"
	"onus/report/junit"
	"onus/report/reporttest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var results = map[string]func() report.Result{
	"empty": reporttest.Empty, "ordinary": reporttest.Ordinary, "interrupted": reporttest.Interrupted,
	"not-recorded": reporttest.NotRecorded, "hostile": reporttest.Hostile,
}

func write(t *testing.T, r report.Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := junit.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	for name, r := range results {
		got, path := write(t, r()), filepath.Join("testdata", name+".xml")
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A library that reads what CI tools read finds each verdict as what it is.
func TestItReadsBack(t *testing.T) {
	statuses := map[checks.Status]library.Status{
		checks.PASS: library.StatusPassed, checks.FAIL: library.StatusFailed, checks.UNKNOWN: library.StatusError, checks.NotApplicable: library.StatusSkipped,
	}
	for name, r := range results {
		suites, err := library.Ingest(write(t, r()))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := map[string][]library.Status{}
		for _, s := range suites {
			counts := map[library.Status]int{}
			for _, c := range s.Tests {
				got[c.Classname] = append(got[c.Classname], c.Status)
				counts[c.Status]++
			}
			want := map[string]int{"tests": len(s.Tests), "failures": counts[library.StatusFailed], "errors": counts[library.StatusError], "skipped": counts[library.StatusSkipped]}
			said := map[string]int{"tests": s.Totals.Tests, "failures": s.Totals.Failed, "errors": s.Totals.Error, "skipped": s.Totals.Skipped}
			if diff := cmp.Diff(want, said); diff != "" {
				t.Errorf("%s, suite %s: counts (-cases +attributes):\n%s", name, s.Name, diff)
			}
		}
		want := map[string][]library.Status{}
		for f := range r().Findings {
			want[f.Check] = append(want[f.Check], statuses[f.Status])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestOneSuiteForEachCategory(t *testing.T) {
	suites, err := library.Ingest(write(t, reporttest.Ordinary()))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range suites {
		got = append(got, s.Name)
	}
	if diff := cmp.Diff([]string{"encryption", "backups", "access", "hygiene"}, got); diff != "" {
		t.Errorf("suites (-want +got):\n%s", diff)
	}
}

func TestNoCharacterDoesAnything(t *testing.T) {
	for _, r := range string(write(t, reporttest.Hostile())) {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Fatalf("the file holds %U", r)
		}
	}
}

type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestErrorsAreReturned(t *testing.T) {
	if err := junit.Write(full{}, reporttest.Ordinary()); !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
	r := reporttest.Ordinary()
	r.Checks = r.Checks[2:]
	if junit.Write(&bytes.Buffer{}, r) == nil {
		t.Error("a finding of a check that did not run was written")
	}
}
