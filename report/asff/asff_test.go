package asff_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"onus/checks"
	"onus/report"
	"onus/report/asff"
	"onus/report/reporttest"
	"onus/scanner/snapshot"
)

var format = reporttest.Writer(asff.Write)

func TestGolden(t *testing.T) { format.Golden(t, "ndjson") }

// batches validates each line against the limits that the Security Hub API documents, as
// testdata/limits.json holds them, and reads it.
func batches(t *testing.T, text string) (out [][]map[string]any) {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("testdata", "limits.json"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(text) {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Error(err)
		}
		var batch []map[string]any
		if err := json.Unmarshal([]byte(line), &batch); err != nil {
			t.Fatal(err)
		}
		out = append(out, batch)
	}
	return out
}

func TestEveryFindingIsInOneBatchOfItsRegion(t *testing.T) {
	statuses := map[checks.Status]string{checks.PASS: "PASSED", checks.FAIL: "FAILED", checks.UNKNOWN: "WARNING", checks.NotApplicable: "NOT_AVAILABLE"}
	for name, r := range reporttest.Results {
		want := map[string]string{}
		for f := range r().Findings {
			want["onus/"+f.ID] = statuses[f.Status] + " NEW"
			if f.Waived != nil {
				want["onus/"+f.ID] = statuses[f.Status] + " SUPPRESSED"
			}
		}
		got := map[string]string{}
		for _, batch := range batches(t, format.Text(t, r())) {
			for _, f := range batch {
				got[f["Id"].(string)] = f["Compliance"].(map[string]any)["Status"].(string) + " " + f["Workflow"].(map[string]any)["Status"].(string)
				if (f["Note"] != nil) != (f["Workflow"].(map[string]any)["Status"] == "SUPPRESSED") {
					t.Errorf("%s: %s has the note %v", name, f["Id"], f["Note"])
				}
				if f["ProductArn"] != batch[0]["ProductArn"] {
					t.Errorf("%s: one batch holds findings of %s and %s", name, batch[0]["ProductArn"], f["ProductArn"])
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestBatchesAreFullAndInOrder(t *testing.T) {
	r := reporttest.Ordinary()
	first := slices.Collect(r.Findings)[0]
	r.Findings = func(yield func(checks.Finding) bool) {
		for i := range 250 {
			f := first
			f.ID = fmt.Sprintf("%03d", i)
			if !yield(f) {
				return
			}
		}
	}
	var sizes []int
	next := 0
	for _, batch := range batches(t, format.Text(t, r)) {
		sizes = append(sizes, len(batch))
		for _, f := range batch {
			if want := fmt.Sprintf("onus/%03d", next); f["Id"] != want {
				t.Fatalf("got %s, want %s", f["Id"], want)
			}
			next++
		}
	}
	if diff := cmp.Diff([]int{100, 100, 50}, sizes); diff != "" {
		t.Errorf("batches (-want +got):\n%s", diff)
	}
}

func TestLongAndEmptyTextsFit(t *testing.T) {
	for _, text := range []string{strings.Repeat("漢", 10_000), "", "  ", reporttest.Sentence} {
		r := reporttest.Ordinary()
		c := *r.Checks[0]
		c.Title, c.Remedy = text, text
		r.Checks[0] = &c
		all := slices.Collect(r.Findings)
		f := &all[0]
		f.Resource = checks.Resource{Type: text, ID: text, Name: text, Tags: map[string]string{}}
		f.Reason, f.Evidence, f.Observed = text, []string{text}, map[string]string{}
		for i := range 80 {
			f.Resource.Tags[fmt.Sprint(text, i)], f.Observed[fmt.Sprint(text, i)] = text, text
		}
		r.Findings = slices.Values(all)
		batches(t, format.Text(t, r))
	}
}

func TestGlobalFindingsGoWithAnEnabledRegion(t *testing.T) {
	for _, batch := range batches(t, format.Text(t, reporttest.Ordinary())) {
		for _, f := range batch {
			if f["GeneratorId"] == "onus/iam-password-policy-minimum-length" && f["ProductArn"] != "arn:aws:securityhub:eu-central-1:111122223333:product/111122223333/default" {
				t.Errorf("a global finding is of %s", f["ProductArn"])
			}
		}
	}
	r := reporttest.Ordinary()
	r.Scan.Regions, r.Coverage = nil, []snapshot.Coverage{}
	if asff.Write(&bytes.Buffer{}, r) == nil {
		t.Error("a finding without any Region was written")
	}
}

// Security Hub takes no finding without an account and a Region: those stay.
func TestHostileNames(t *testing.T) {
	placed := reporttest.Writer(func(w io.Writer, r report.Result) error {
		all := r.Findings
		r.Scan.Regions = reporttest.Ordinary().Scan.Regions
		r.Findings = func(yield func(checks.Finding) bool) {
			for f := range all {
				f.Account = "111122223333"
				if !yield(f) {
					return
				}
			}
		}
		return asff.Write(w, r)
	})
	placed.Quiet(t, func(t *testing.T, text string) { batches(t, text) })
	if asff.Write(io.Discard, reporttest.Everywhere("x")) == nil {
		t.Error("a finding of no account was written")
	}
}

func TestErrorsAreReturned(t *testing.T) { format.Fails(t) }
