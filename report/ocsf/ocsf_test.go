package ocsf_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"onus/checks"
	"onus/report/ocsf"
	"onus/report/reporttest"
)

var format = reporttest.Writer(ocsf.Write)

func TestGolden(t *testing.T) { format.Golden(t, "ndjson") }

// valid reads events by the schema in testdata, which holds the rules of OCSF 1.3.0 for
// the attributes that we write: their types, numbers, and which must be there. It allows
// no other attribute.
func valid(t *testing.T, text string) {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("testdata", "compliance_finding-1.3.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(text) {
		event, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(event); err != nil {
			t.Errorf("%v in %.300s", err, line)
		}
	}
}

func TestEventsAreValid(t *testing.T) {
	for _, r := range reporttest.Results {
		valid(t, format.Text(t, r()))
	}
}

func TestEveryFindingIsOneEventInItsPlace(t *testing.T) {
	for name, r := range reporttest.Results {
		lines := json.NewDecoder(strings.NewReader(format.Text(t, r())))
		for f := range r().Findings {
			var got struct {
				Compliance struct {
					Status     string `json:"status"`
					StatusCode string `json:"status_code"`
					Control    string
				}
				Info struct{ UID string } `json:"finding_info"`
			}
			if err := lines.Decode(&got); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			want := map[checks.Status]string{checks.PASS: "Pass", checks.FAIL: "Fail", checks.UNKNOWN: "Warning", checks.NotApplicable: "Other"}[f.Status]
			if got.Info.UID != f.ID || got.Compliance.Control != f.Check || got.Compliance.StatusCode != string(f.Status) || got.Compliance.Status != want {
				t.Errorf("%s: %+v, want finding %s of %s, %s", name, got, f.ID, f.Check, f.Status)
			}
		}
		if lines.More() {
			t.Errorf("%s: there are more events than findings", name)
		}
	}
}

func TestHostileNames(t *testing.T) { format.Quiet(t, valid) }

func TestErrorsAreReturned(t *testing.T) { format.Fails(t) }
