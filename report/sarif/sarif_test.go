package sarif_test

import (
	"slices"
	"testing"

	library "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"onus/checks"
	"onus/report/reporttest"
	"onus/report/sarif"
)

var format = reporttest.Writer(sarif.Write)

func TestGolden(t *testing.T) { format.Golden(t, "sarif") }

// The library validates against the schema that OASIS publishes, and reads it back.
func TestTheLogIsValidAndReadsBack(t *testing.T) {
	for name, r := range reporttest.Results {
		text := []byte(format.Text(t, r()))
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
			if (len(got.Suppressions) == 1) != (f.Waived != nil) || f.Waived != nil && (*got.Suppressions[0].Kind != "external" || *got.Suppressions[0].Justification == "") {
				t.Errorf("%s: result %d has the suppressions %v, want those of %v", name, i, got.Suppressions, f.Waived)
			}
			if got.PartialFingerprints["onusFindingId/v1"] != f.ID {
				t.Errorf("%s: result %d has fingerprint %v, want %s", name, i, got.PartialFingerprints, f.ID)
			}
		}
	}
}

func TestInterruptedIsNotSuccessful(t *testing.T) {
	for name, want := range map[string]bool{"ordinary": true, "interrupted": false} {
		log, err := library.FromBytes([]byte(format.Text(t, reporttest.Results[name]())))
		if err != nil {
			t.Fatal(err)
		}
		if got := *log.Runs[0].Invocations[0].ExecutionSuccessful; got != want {
			t.Errorf("%s: successful is %v", name, got)
		}
	}
}

func TestHostileNames(t *testing.T) {
	format.Quiet(t, func(t *testing.T, text string) {
		if log, err := library.FromBytes([]byte(text), library.WithStrictValidation()); err != nil || len(log.Runs[0].Results) != 10 {
			t.Errorf("%v", err)
		}
	})
}

func TestTheSeverityIsThatOfTheFinding(t *testing.T) {
	r := reporttest.Ordinary()
	all := slices.Collect(r.Findings)
	all[0].Severity = checks.Low // the policy says so
	r.Findings = slices.Values(all)
	log, err := library.FromBytes([]byte(format.Text(t, r)))
	if err != nil {
		t.Fatal(err)
	}
	if got := log.Runs[0].Results[0].Level; got != "note" {
		t.Errorf("a low finding has level %s", got)
	}
}

func TestErrorsAreReturned(t *testing.T) { format.Fails(t) }
