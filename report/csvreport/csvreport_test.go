package csvreport_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"onus/checks"
	"onus/report"
	"onus/report/csvreport"
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
	if err := csvreport.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// rows reads the table back, as column → cell.
func rows(t *testing.T, text string) (out []map[string]string) {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(csvreport.Columns, all[0]); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	for _, line := range all[1:] {
		row := map[string]string{}
		for i, cell := range line {
			row[all[0][i]] = cell
		}
		out = append(out, row)
	}
	return out
}

func TestGolden(t *testing.T) {
	for name, r := range results {
		got, path := write(t, r()), filepath.Join("testdata", name+".csv")
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

func TestEveryFindingIsOneRowInItsPlace(t *testing.T) {
	for name, r := range results {
		all, i := rows(t, write(t, r())), 0
		for f := range r().Findings {
			got := all[i]
			if got["finding_id"] != f.ID || got["status"] != string(f.Status) || got["severity"] != string(f.Severity) || got["check"] != f.Check || got["cause"] != string(f.Cause) {
				t.Errorf("%s: row %d is %v, want finding %+v", name, i, got, f)
			}
			i++
		}
		if i != len(all) {
			t.Errorf("%s: %d rows, want %d", name, len(all), i)
		}
	}
}

func TestListsInACell(t *testing.T) {
	got := rows(t, write(t, reporttest.Ordinary()))[0]
	for column, want := range map[string]string{
		"observed": "Encrypted=false; State=in-use", "tags": "env=prod", "evidence": "call-1", "frameworks": "fsbp EC2.3; nist_800_53 AC-2(1)",
		"service": "ec2", "duty": "data-encryption", "service_kind": "infrastructure", "category": "encryption",
	} {
		if got[column] != want {
			t.Errorf("%s is %q, want %q", column, got[column], want)
		}
	}
}

func TestNoCellIsAFormula(t *testing.T) {
	for in, want := range map[string]string{
		`=HYPERLINK("http://x")`: `'=HYPERLINK("http://x")`,
		"+1":                     "'+1",
		"-1":                     "'-1",
		"@SUM(A1)":               "'@SUM(A1)",
		"  =1":                   "'  =1",
		"＝1":                     "'＝1",
		"\t=1":                   `\t=1`,
		"\r=1":                   `\u000d=1`,
		"a\n=1":                  `a\n=1`,
		"a=1":                    "a=1",
		`",=1`:                   `",=1`,
	} {
		r := reporttest.Ordinary()
		all := slices.Collect(r.Findings)
		f := &all[0]
		f.Resource = checks.Resource{Type: in, ID: in, Name: in}
		f.Reason, f.Region, f.Account, f.Cause, f.Evidence = in, in, in, snapshot.Cause(in), []string{in}
		r.Findings = slices.Values(all)
		got := rows(t, write(t, r))[0]
		for _, column := range []string{"resource_type", "resource_id", "resource_name", "reason", "region", "account", "cause", "evidence"} {
			if got[column] != want {
				t.Errorf("%q in %s: got %q, want %q", in, column, got[column], want)
			}
		}
	}
	for _, row := range rows(t, write(t, reporttest.Hostile())) {
		for column, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n") {
				t.Errorf("%s begins with %q", column, cell[:1])
			}
			for _, r := range cell {
				if !unicode.IsPrint(r) {
					t.Errorf("%s holds %U", column, r)
				}
			}
		}
	}
}

type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestErrorsAreReturned(t *testing.T) {
	if err := csvreport.Write(full{}, reporttest.Ordinary()); !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
	r := reporttest.Ordinary()
	r.Checks = r.Checks[2:]
	if csvreport.Write(&bytes.Buffer{}, r) == nil {
		t.Error("a finding of a check that did not run was written")
	}
}
