package asff_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"onus/checks"
	"onus/report"
	"onus/report/asff"
	"onus/report/reporttest"
	"onus/scanner/snapshot"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var results = map[string]func() report.Result{
	"empty": reporttest.Empty, "ordinary": reporttest.Ordinary, "interrupted": reporttest.Interrupted,
	"not-recorded": reporttest.NotRecorded, "hostile": reporttest.Hostile,
}

func write(t *testing.T, r report.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := asff.Write(&b, r); err != nil {
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
	for name, r := range results {
		want := map[string]string{}
		for f := range r().Findings {
			want["onus/"+f.ID] = statuses[f.Status]
		}
		got := map[string]string{}
		for _, batch := range batches(t, write(t, r())) {
			for _, f := range batch {
				got[f["Id"].(string)] = f["Compliance"].(map[string]any)["Status"].(string)
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
	for _, batch := range batches(t, write(t, r)) {
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
		batches(t, write(t, r))
	}
}

func TestGlobalFindingsGoWithAnEnabledRegion(t *testing.T) {
	for _, batch := range batches(t, write(t, reporttest.Ordinary())) {
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
	if err := asff.Write(full{}, reporttest.Ordinary()); !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
	r := reporttest.Ordinary()
	r.Checks = r.Checks[2:]
	if asff.Write(&bytes.Buffer{}, r) == nil {
		t.Error("a finding of a check that did not run was written")
	}
}
