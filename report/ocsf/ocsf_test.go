package ocsf_test

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"onus/checks"
	"onus/report/ocsf"
	"onus/report/reporttest"
)

var format = reporttest.Writer(ocsf.Write)

func TestGolden(t *testing.T) { format.Golden(t, "ndjson") }

// schemas are what OCSF publishes for the class (testdata/published.py), and beside it the
// narrower rules of what we write: its constants, and no other attribute.
var schemas = sync.OnceValues(func() ([]*jsonschema.Schema, error) {
	packed, err := os.Open(filepath.Join("testdata", "published-1.3.0.json.gz"))
	if err != nil {
		return nil, err
	}
	defer packed.Close()
	text, err := gzip.NewReader(packed)
	if err != nil {
		return nil, err
	}
	document, err := jsonschema.UnmarshalJSON(text)
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("published.json", document); err != nil {
		return nil, err
	}
	published, err := c.Compile("published.json")
	if err != nil {
		return nil, err
	}
	ours, err := c.Compile(filepath.Join("testdata", "compliance_finding-1.3.0.json"))
	return []*jsonschema.Schema{published, ours}, err
})

func valid(t *testing.T, text string) {
	t.Helper()
	all, err := schemas()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(text) {
		event, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		for _, schema := range all {
			if err := schema.Validate(event); err != nil {
				t.Errorf("%v in %.300s", err, line)
			}
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
				Info    struct{ UID string } `json:"finding_info"`
				State   int                  `json:"status_id"`
				Comment string
			}
			if err := lines.Decode(&got); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if state := map[bool]int{true: 3, false: 1}[f.Waived != nil]; got.State != state || (got.Comment != "") != (f.Waived != nil) {
				t.Errorf("%s: finding %s has the state %d and the comment %q, and is waived by %v", name, f.ID, got.State, got.Comment, f.Waived)
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

// The published schema refuses what is not of the class: it is not an empty one.
func TestTheSchemaRefuses(t *testing.T) {
	all, err := schemas()
	if err != nil {
		t.Fatal(err)
	}
	good, _, _ := strings.Cut(format.Text(t, reporttest.Ordinary()), "\n")
	for _, change := range [][2]string{{`"class_uid":2003`, `"class_uid":2004`}, {`"time":`, `"tyme":`}, {`"severity_id":4`, `"severity_id":"4"`}, {`"compliance":{`, `"compliances":{`}, {`"control":`, `"kontrol":`}} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Fatalf("%s is not in %s", change[0], good)
		}
		event, err := jsonschema.UnmarshalJSON(strings.NewReader(bad))
		if err != nil {
			t.Fatal(err)
		}
		if all[0].Validate(event) == nil {
			t.Errorf("%s was accepted", change[1])
		}
	}
}
