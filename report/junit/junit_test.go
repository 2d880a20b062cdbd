package junit_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	library "github.com/joshdk/go-junit"

	"onus/checks"
	"onus/report/junit"
	"onus/report/reporttest"
)

var format = reporttest.Writer(junit.Write)

func TestGolden(t *testing.T) { format.Golden(t, "xml") }

func TestFilesFollowJenkinsSchema(t *testing.T) {
	for _, r := range reporttest.Results {
		reporttest.ValidJUnit(t, format.Text(t, r()))
	}
}

// A library that reads what CI tools read finds each verdict as what it is.
func TestItReadsBack(t *testing.T) {
	statuses := map[checks.Status]library.Status{
		checks.PASS: library.StatusPassed, checks.FAIL: library.StatusFailed, checks.UNKNOWN: library.StatusError, checks.NotApplicable: library.StatusSkipped,
	}
	for name, r := range reporttest.Results {
		suites, err := library.Ingest([]byte(format.Text(t, r())))
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
			status := statuses[f.Status]
			if f.Waived != nil {
				status = library.StatusSkipped
			}
			want[f.Check] = append(want[f.Check], status)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestOneSuiteForEachCategory(t *testing.T) {
	suites, err := library.Ingest([]byte(format.Text(t, reporttest.Ordinary())))
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

func TestHostileNames(t *testing.T) {
	format.Quiet(t, func(t *testing.T, text string) {
		reporttest.ValidJUnit(t, text)
		if suites, err := library.Ingest([]byte(text)); err != nil || len(suites) != 4 {
			t.Errorf("%d suites, %v", len(suites), err)
		}
	})
}

func TestErrorsAreReturned(t *testing.T) { format.Fails(t) }
