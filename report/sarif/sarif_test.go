package sarif_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	library "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"onus/checks"
	"onus/report"
	"onus/report/reporttest"
	"onus/report/sarif"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var results = map[string]func() report.Result{
	"empty": reporttest.Empty, "ordinary": reporttest.Ordinary, "interrupted": reporttest.Interrupted,
	"not-recorded": reporttest.NotRecorded, "hostile": reporttest.Hostile,
}

func write(t *testing.T, r report.Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := sarif.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	for name, r := range results {
		got, path := write(t, r()), filepath.Join("testdata", name+".sarif")
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

// The library validates against the schema that OASIS publishes, and reads it back.
func TestTheLogIsValidAndReadsBack(t *testing.T) {
	for name, r := range results {
		text := write(t, r())
		log, err := library.FromBytes(text, library.WithStrictValidation())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var want []checks.Finding
		for f := range r().Findings {
			if f.Status == checks.FAIL || f.Status == checks.UNKNOWN {
				want = append(want, f)
			}
		}
		run := log.Runs[0]
		if len(run.Results) != len(want) {
			t.Errorf("%s: %d results, want %d", name, len(run.Results), len(want))
			continue
		}
		for i, f := range want {
			got := run.Results[i]
			kind, none := "fail", false
			if f.Status == checks.UNKNOWN {
				kind, none = "open", true
			}
			if *got.RuleID != f.Check || *run.Tool.Driver.Rules[got.RuleIndex].ID != f.Check || got.Kind != kind || (got.Level == "none") != none {
				t.Errorf("%s: result %d is %s %s %s, want %s of %s", name, i, *got.RuleID, got.Kind, got.Level, kind, f.Check)
			}
			if got.PartialFingerprints["onusFindingId/v1"] != f.ID {
				t.Errorf("%s: result %d has fingerprint %v, want %s", name, i, got.PartialFingerprints, f.ID)
			}
		}
	}
}

func TestInterruptedIsNotSuccessful(t *testing.T) {
	for name, want := range map[string]bool{"ordinary": true, "interrupted": false} {
		log, err := library.FromBytes(write(t, results[name]()))
		if err != nil {
			t.Fatal(err)
		}
		if got := *log.Runs[0].Invocations[0].ExecutionSuccessful; got != want {
			t.Errorf("%s: successful is %v", name, got)
		}
	}
}

func TestNoCharacterDoesAnything(t *testing.T) {
	for _, r := range string(write(t, reporttest.Hostile())) {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Fatalf("the log holds %U", r)
		}
	}
}

func TestTheSeverityIsThatOfTheFinding(t *testing.T) {
	r := reporttest.Ordinary()
	all := slices.Collect(r.Findings)
	all[0].Severity = checks.Low // the policy says so
	r.Findings = slices.Values(all)
	log, err := library.FromBytes(write(t, r))
	if err != nil {
		t.Fatal(err)
	}
	if got := log.Runs[0].Results[0].Level; got != "note" {
		t.Errorf("a low finding has level %s", got)
	}
}

type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestErrorsAreReturned(t *testing.T) {
	if err := sarif.Write(full{}, reporttest.Ordinary()); !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
	r := reporttest.Ordinary()
	r.Checks = r.Checks[2:]
	if sarif.Write(&bytes.Buffer{}, r) == nil {
		t.Error("a finding of a check that did not run was written")
	}
}
