package ocsf_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"onus/checks"
	"onus/report"
	"onus/report/ocsf"
	"onus/report/reporttest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var results = map[string]func() report.Result{
	"empty": reporttest.Empty, "ordinary": reporttest.Ordinary, "interrupted": reporttest.Interrupted,
	"not-recorded": reporttest.NotRecorded, "hostile": reporttest.Hostile,
}

func write(t *testing.T, r report.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := ocsf.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	for name, r := range results {
		got, path := write(t, r()), filepath.Join("testdata", name+".ndjson")
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
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// The schema in testdata holds the rules of OCSF 1.3.0 for the attributes that we write:
// their types, numbers, and which must be there. It allows no other attribute.
func TestEventsAreValid(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("testdata", "compliance_finding-1.3.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range results {
		for i, line := range strings.Split(strings.TrimSuffix(write(t, r()), "\n"), "\n") {
			if line == "" {
				continue
			}
			event, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(event); err != nil {
				t.Errorf("%s, event %d: %v", name, i, err)
			}
		}
	}
}

func TestEveryFindingIsOneEventInItsPlace(t *testing.T) {
	for name, r := range results {
		lines := json.NewDecoder(strings.NewReader(write(t, r())))
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

func TestNoCharacterDoesAnything(t *testing.T) {
	for _, r := range write(t, reporttest.Hostile()) {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Fatalf("the file holds %U", r)
		}
	}
}

type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestErrorsAreReturned(t *testing.T) {
	if err := ocsf.Write(full{}, reporttest.Ordinary()); !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
	r := reporttest.Ordinary()
	r.Checks = r.Checks[2:]
	if ocsf.Write(&bytes.Buffer{}, r) == nil {
		t.Error("a finding of a check that did not run was written")
	}
}
