package oscal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"onus/checks"
	"onus/report"
	"onus/report/oscal"
	"onus/report/reporttest"
)

var results = reporttest.Results

func write(t *testing.T, r report.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := oscal.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	for name, r := range results {
		reporttest.Golden(t, filepath.Join("testdata", name+".json"), write(t, r()))
	}
}

// The schema is NIST's own: see testdata/README.md.
func TestDocumentsAreValid(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("testdata", "oscal_assessment-results_schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range results {
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(write(t, r())))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(document); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	broken, err := jsonschema.UnmarshalJSON(strings.NewReader(strings.Replace(write(t, reporttest.Ordinary()), `"state": "satisfied"`, `"state": "unknown"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if schema.Validate(broken) == nil {
		t.Error("the schema takes anything")
	}
}

// results of a document, as far as the tests look.
type document struct {
	AR struct {
		Import  struct{ Href string } `json:"import-ap"`
		Results []struct {
			Local struct {
				Components []struct{ UUID string }
				Items      []struct {
					UUID  string
					Props []struct{ Name, Value string }
				} `json:"inventory-items"`
			} `json:"local-definitions"`
			Reviewed struct {
				Selections []struct {
					Include []struct {
						ID string `json:"control-id"`
					} `json:"include-controls"`
				} `json:"control-selections"`
			} `json:"reviewed-controls"`
			Observations []struct {
				UUID, Title string
				Props       []struct{ Name, Value string }
				Subjects    []struct {
					UUID string `json:"subject-uuid"`
				}
				Origins []struct {
					Actors []struct {
						UUID string `json:"actor-uuid"`
					}
				}
			}
			Risks []struct {
				UUID, Status, Deadline string
				Related                []struct {
					UUID string `json:"observation-uuid"`
				} `json:"related-observations"`
			}
			Findings []struct {
				UUID   string
				Target struct {
					ID     string `json:"target-id"`
					Status struct{ State, Reason string }
				}
				Related []struct {
					UUID string `json:"observation-uuid"`
				} `json:"related-observations"`
				Risks []struct {
					UUID string `json:"risk-uuid"`
				} `json:"related-risks"`
			}
		}
		Back struct{ Resources []struct{ UUID string } } `json:"back-matter"`
	} `json:"assessment-results"`
}

func read(t *testing.T, r report.Result) document {
	t.Helper()
	var d document
	if err := json.Unmarshal([]byte(write(t, r)), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEveryFindingIsAnObservation(t *testing.T) {
	for name, r := range results {
		d := read(t, r())
		i, observed := 0, d.AR.Results[0].Observations
		for f := range r().Findings {
			if i == len(observed) {
				t.Fatalf("%s: finding %s is missing", name, f.ID)
			}
			said := map[string]string{}
			for _, p := range observed[i].Props {
				said[p.Name] = p.Value
			}
			if said["finding-id"] != f.ID || said["check"] != f.Check || said["status"] != string(f.Status) || said["severity"] != string(f.Severity) {
				t.Errorf("%s: observation %d says %v, want %s", name, i, said, f.ID)
			}
			i++
		}
		if i != len(observed) {
			t.Errorf("%s: %d observations of %d findings", name, len(observed), i)
		}
	}
}

// What was not seen satisfies nothing, and each check ends in one place.
func TestOnlyWhatPassedIsSatisfied(t *testing.T) {
	for name, r := range results {
		counts, err := report.Summarize(r().Findings, r().Checks)
		if err != nil {
			t.Fatal(err)
		}
		d := read(t, r()).AR.Results[0]
		got := map[string]string{}
		for _, f := range d.Findings {
			if got[f.Target.ID] != "" {
				t.Errorf("%s: two findings of %s", name, f.Target.ID)
			}
			got[f.Target.ID] = f.Target.Status.State + " " + f.Target.Status.Reason
		}
		want, selected := map[string]string{}, []string{}
		for _, c := range r().Checks {
			selected = append(selected, c.ID)
			switch n := counts.Checks[c.ID]; {
			case n.FAIL > 0:
				want[c.ID] = "not-satisfied fail"
			case n.UNKNOWN > 0:
				want[c.ID] = "not-satisfied other"
			case n.PASS > 0:
				want[c.ID] = "satisfied pass"
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		var reviewed []string
		for _, s := range d.Reviewed.Selections {
			for _, c := range s.Include {
				reviewed = append(reviewed, c.ID)
			}
		}
		slices.Sort(selected)
		slices.Sort(reviewed)
		if diff := cmp.Diff(selected, reviewed, cmp.Transformer("", func(s []string) string { return fmt.Sprint(s) })); diff != "" {
			t.Errorf("%s: checks that were reviewed (-want +got):\n%s", name, diff)
		}
	}
}

func TestEveryReferenceLeadsSomewhere(t *testing.T) {
	for name, r := range results {
		d := read(t, r())
		there := map[string]bool{}
		add := func(id string) {
			if there[id] {
				t.Errorf("%s: %s stands there twice", name, id)
			}
			there[id] = true
		}
		leads := func(id string) {
			if !there[id] {
				t.Errorf("%s: %s leads nowhere", name, id)
			}
		}
		for _, b := range d.AR.Back.Resources {
			add(b.UUID)
		}
		leads(strings.TrimPrefix(d.AR.Import.Href, "#"))
		for _, result := range d.AR.Results {
			for _, c := range result.Local.Components {
				add(c.UUID)
			}
			for _, i := range result.Local.Items {
				add(i.UUID)
			}
			for _, o := range result.Observations {
				add(o.UUID)
				for _, s := range o.Subjects {
					leads(s.UUID)
				}
				leads(o.Origins[0].Actors[0].UUID)
			}
			accepted := 0
			for f := range r().Findings {
				if f.Waived != nil {
					accepted++
				}
			}
			if len(result.Risks) != accepted {
				t.Errorf("%s: %d risks of %d waived findings", name, len(result.Risks), accepted)
			}
			for _, x := range result.Risks {
				add(x.UUID)
				leads(x.Related[0].UUID)
				if x.Status != "deviation-approved" || !strings.HasSuffix(x.Deadline, "T23:59:59Z") {
					t.Errorf("%s: a waived finding is a risk %s until %s", name, x.Status, x.Deadline)
				}
			}
			for _, f := range result.Findings {
				add(f.UUID)
				for _, x := range f.Risks {
					leads(x.UUID)
				}
				for _, o := range f.Related {
					leads(o.UUID)
				}
			}
		}
	}
}

func TestAResourceIsListedOnce(t *testing.T) {
	d := read(t, reporttest.Ordinary()).AR.Results[0]
	seen := map[string]int{}
	for _, i := range d.Local.Items {
		seen[i.Props[0].Value]++
	}
	if seen["arn:aws:s3:::press-kit"] != 1 || seen["arn:aws:s3:::invoices"] != 1 {
		t.Errorf("two checks are about each bucket: %v", seen)
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
	if err := oscal.Write(full{}, reporttest.Ordinary()); !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
	r := reporttest.Ordinary()
	r.Checks = r.Checks[2:]
	if oscal.Write(&bytes.Buffer{}, r) == nil {
		t.Error("a finding of a check that did not run was written")
	}
}

// Texts that are empty or only spaces are no strings of OSCAL's.
func TestEmptyTextsFit(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("testdata", "oscal_assessment-results_schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "  ", " \u00a0 ", reporttest.Sentence} {
		r := reporttest.Ordinary()
		c := *r.Checks[0]
		c.Title, c.Remedy = text, text
		r.Checks[0] = &c
		all := slices.Collect(r.Findings)
		f := &all[0]
		f.Resource = checks.Resource{Type: text, ID: text, Name: text, Tags: map[string]string{text: text}}
		f.Reason, f.Evidence, f.Observed = text, []string{text}, map[string]string{text: text}
		r.Findings = slices.Values(all)
		r.Frameworks = map[string][]report.Requirement{c.ID: {{Framework: text, Requirement: text}}}
		r.Scan.Principal, r.Scan.ToolVersion, r.Scan.ID = text, text, text
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(write(t, r)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(document); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}
