package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tree is a repository of one category and the kinds of this one.
func tree(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, dir := range []string{"checks/backups", "scanner/snapshot"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for from, to := range map[string]string{"../../backups/list.go": "checks/backups/list.go", "../../../scanner/snapshot/rds.go": "scanner/snapshot/rds.go", "../../../scanner/snapshot/s3.go": "scanner/snapshot/s3.go"} {
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, to), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestThreePlaces(t *testing.T) {
	root, catalogue := tree(t), t.TempDir()
	rows := `- id: rds-instance-sample
  title: RDS instances are a sample
  category: backups
  duty: backups
  service_kind: container
  resource: rds instance
  severity: high
  tier: 1
  passes_when: "it is one"
  parameters: {days: 7, names: [a, b], none: []}
  reads: ["rds:DescribeDBInstances"]
  pitfalls: ["a quote \" in it"]
`
	if err := os.WriteFile(filepath.Join(catalogue, "rds.yaml"), []byte(rows), 0o644); err != nil {
		t.Fatal(err)
	}
	files, err := write(root, catalogue, row{ID: "rds-instance-sample"}, "")
	if err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.ParseFile(token.NewFileSet(), f, text, 0); err != nil {
			t.Errorf("%s: %v", f, err)
		}
		all += string(text)
	}
	for _, want := range []string{"var RDSInstanceSample = checks.Check{", `"rds:DescribeDBInstances"`, "checks.For(snapshot.DBInstances, rdsInstanceSample)", "\t&RDSInstanceSample,\n",
		`"days": 7`, `[]string{"a", "b"}`, "func TestRDSInstanceSample(", "Severity:    checks.High", "Duty:        checks.Backups,", "Category:    checks.BackupsOf",
		`checktest.Denied("rds:DescribeDBInstances")`, "func(r *snapshot.DBInstance)"} {
		if !strings.Contains(all, want) {
			t.Errorf("nowhere: %s\n%s", want, all)
		}
	}
	if len(files) != 3 {
		t.Errorf("%d places: %v", len(files), files)
	}
	if _, err := write(root, catalogue, row{ID: "rds-instance-sample"}, ""); err == nil {
		t.Error("a check that is there was written over")
	}
}

// Without a row of the catalogue, what nobody can guess is left for the suite's test to refuse.
func TestNoDutyIsGuessed(t *testing.T) {
	root := tree(t)
	files, err := write(root, "", row{ID: "rds-instance-other", Category: "backups"}, "DBInstances")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil || !strings.Contains(string(text), "Duty:        \"\",") || !strings.Contains(string(text), "ServiceKind: checks.Container,") {
		t.Errorf("%v: %s", err, text)
	}
}

func TestBadInput(t *testing.T) {
	for want, r := range map[string]row{"service-resource-assertion": {ID: "Bad"}, "CATEGORY": {ID: "a-b-c", Category: "nowhere"}, "KIND": {ID: "a-b-c", Category: "backups"}} {
		if _, err := write(tree(t), "", r, "Nothing"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", r, err, want)
		}
	}
}
