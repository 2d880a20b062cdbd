package main

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"onus/report"
	"onus/report/console"
	"onus/report/reporttest"
	"onus/report/schema"
)

func TestEveryFormatIsWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	args := []string{"demo", "-q", "--out", filepath.Join(dir, "out")}
	for name := range formats {
		args = append(args, "--format", name+"="+filepath.Join(dir, name))
	}
	if code, _, stderr := onus(t, args...); code != 3 {
		t.Fatalf("exit status %d: %s", code, stderr)
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	var result struct{ Findings []any }
	if err := json.Unmarshal([]byte(read("json")), &result); err != nil || len(result.Findings) == 0 {
		t.Fatalf("%d findings: %v", len(result.Findings), err)
	}
	if rows, err := csv.NewReader(strings.NewReader(read("csv"))).ReadAll(); err != nil || len(rows) != len(result.Findings)+1 {
		t.Errorf("csv: %d rows for %d findings: %v", len(rows), len(result.Findings), err)
	}
	var suites struct {
		Tests int `xml:"tests,attr"`
	}
	if err := xml.Unmarshal([]byte(read("junit")), &suites); err != nil || suites.Tests != len(result.Findings) {
		t.Errorf("junit: %d tests for %d findings: %v", suites.Tests, len(result.Findings), err)
	}
	reporttest.ValidJUnit(t, read("junit"))
	if _, err := sarif.FromString(read("sarif"), sarif.WithStrictValidation()); err != nil {
		t.Errorf("sarif: %v", err)
	}
	follows(t, filepath.Join("..", "..", "report", "ocsf", "testdata", "published-1.3.0.json.gz"), read("ocsf"))
	follows(t, filepath.Join("..", "..", "report", "asff", "testdata", "limits.json"), read("asff"))
	valid(t, []byte(read("json")), schema.Result)
	for name, want := range map[string]string{"markdown": "### What to do first", "prometheus": "onus_findings_by_status{status=\"FAIL\",waived=\"false\"}", "html": "Shared Responsibility Model"} {
		if !strings.Contains(read(name), want) {
			t.Errorf("%s lacks %q", name, want)
		}
	}
	if n := strings.Count(read("ocsf"), "\n"); n != len(result.Findings) {
		t.Errorf("ocsf: %d events for %d findings", n, len(result.Findings))
	}
	if n := strings.Count(read("oscal"), `"name": "finding-id"`); n != len(result.Findings) {
		t.Errorf("oscal: %d observations for %d findings", n, len(result.Findings))
	}
	sent := 0
	for line := range strings.Lines(read("asff")) {
		var batch []any
		if err := json.Unmarshal([]byte(line), &batch); err != nil {
			t.Fatal(err)
		}
		sent += len(batch)
	}
	if sent != len(result.Findings) {
		t.Errorf("asff: %d of %d findings", sent, len(result.Findings))
	}
	if read("html") != read(filepath.Join("out", "report.html")) || read("json") != read(filepath.Join("out", "result.json")) {
		t.Error("--out and --format write different files")
	}
}

// follows holds each line against a JSON Schema in a file.
func follows(t *testing.T, path, lines string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var text io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if text, err = gzip.NewReader(file); err != nil {
			t.Fatal(err)
		}
	}
	document, err := jsonschema.UnmarshalJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(lines) {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(value); err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
	}
}

func TestUnknownFormatNamesTheKnown(t *testing.T) {
	code, _, stderr := onus(t, "demo", "--format", "pdf")
	if code != 2 || !strings.Contains(stderr, "there is no format \"pdf\"; want asff, csv, html, json, junit, markdown, ndjson, ocsf, oscal, prometheus, sarif or console") {
		t.Errorf("exit status %d: %s", code, stderr)
	}
}

// benchVariable names the format that BenchmarkFormats has a process of its own write.
const benchVariable = "ONUS_BENCH_FORMAT"

// benchFormat writes many findings in one format to nowhere.
func benchFormat(name string) {
	write := formats[name]
	if name == "console" {
		write = func(w io.Writer, r report.Result) error { return console.Write(w, r, console.Options{}) }
	}
	if err := write(io.Discard, reporttest.Many(50_000)); err != nil {
		panic(err)
	}
}
