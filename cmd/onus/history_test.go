package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onus/report/schema"
)

func TestDiffComparesTheLastTwoScans(t *testing.T) {
	t.Parallel()
	dir, policy := filepath.Join(t.TempDir(), "history"), filepath.Join(t.TempDir(), "onus.yaml")
	out := t.TempDir()
	if code, _, errs := onus(t, "demo", "-q", "--history", dir); code != 3 {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	if code, _, errs := onus(t, "diff", "--history", dir); code != 2 || !strings.Contains(errs, "one result only") {
		t.Errorf("with one scan: exit status %d: %s", code, errs)
	}
	if err := os.WriteFile(policy, []byte("allowed_regions: [eu-west-1]\nchecks:\n  iam-access-key-rotated:\n    parameters:\n      max_age_days: 300\n  s3-bucket-versioning-enabled:\n    enabled: false\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := onus(t, "demo", "-q", "--history", dir, "--policy", policy, "--out", out); code != 3 {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	code, text, errs := onus(t, "diff", "--history", dir, "--format", "json")
	if code != 0 {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	valid(t, []byte(text), schema.Diff)
	var d struct {
		Notes   []string
		Summary struct{ Changes map[string]int }
		Changes []struct{ Change, Check, Why string }
	}
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	if n := d.Summary.Changes; n["broken"] < 5 || n["gone"] < 4 || len(d.Notes) != 1 {
		t.Errorf("the summary is %v, the notes %q", n, d.Notes)
	}
	// One key is young enough now; where one Region is allowed, nothing is owed in a second.
	fixed := map[string]int{}
	for _, c := range d.Changes {
		if c.Change == "fixed" {
			fixed[c.Check]++
		}
		if c.Change == "gone" && (c.Check != "s3-bucket-versioning-enabled" || c.Why != "its check did not run: switched off in the policy") {
			t.Errorf("%+v", c)
		}
	}
	if want := map[string]int{"iam-access-key-rotated": 1, "backup-copies-in-second-region": 1, "rds-automated-backup-replicated": 5}; !maps.Equal(fixed, want) {
		t.Errorf("fixed is %v, want %v", fixed, want)
	}
	_, text, _ = onus(t, "diff", "--history", dir)
	for _, want := range []string{"note    another policy file", "\nBROKEN  ", "\nFIXED  7 findings:", "FAIL → PASS: made", "\nGONE  ", "switched off in the policy"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
	page, err := os.ReadFile(filepath.Join(out, "report.html"))
	if err != nil || !strings.Contains(string(page), "Since the scan of ") {
		t.Errorf("the page shows no trend: %v", err)
	}
	for failOn, want := range map[string]int{"": 0, "critical": 3, "low": 3} {
		if code, _, errs := onus(t, "diff", "--history", dir, "--fail-on="+failOn); code != want {
			t.Errorf("--fail-on %q: exit status %d, want %d: %s", failOn, code, want, errs)
		}
	}
}

func TestDiffOfTwoResults(t *testing.T) {
	t.Parallel()
	a, _ := demoResult(t, "--category", "backups")
	b, _ := demoResult(t, "--category", "backups")
	code, out, errs := onus(t, "diff", a, b, "--fail-on", "info")
	if code != 0 || !strings.Contains(out, "findings as before") || strings.Contains(out, "BROKEN") {
		t.Errorf("exit status %d: %s%s", code, out, errs)
	}
	for _, args := range [][]string{{a}, {a, b, a}, {a, "none.json"}, {a, b, "--format", "xml"}, {a, b, "--fail-on", "dire"}, {"--history", filepath.Join(t.TempDir(), "none")}, {a, os.Args[0]}} {
		if code, _, errs := onus(t, append([]string{"diff"}, args...)...); code != 2 || strings.Count(errs, "\n") != 1 {
			t.Errorf("%q: exit status %d: %s", args, code, errs)
		}
	}
}

func TestAHistoryThatCannotBeKeptIsFoundBeforeTheScan(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := onus(t, "demo", "--history", file)
	if code != 2 || out != "" || strings.Count(errs, "\n") != 1 {
		t.Errorf("exit status %d: %s%s", code, out, errs)
	}
}
