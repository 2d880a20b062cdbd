package csvreport_test

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"onus/checks"
	"onus/report/csvreport"
	"onus/report/reporttest"
	"onus/scanner/snapshot"
)

var format = reporttest.Writer(csvreport.Write)

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

func TestGolden(t *testing.T) { format.Golden(t, "csv") }

func TestEveryFindingIsOneRowInItsPlace(t *testing.T) {
	for name, r := range reporttest.Results {
		all, i := rows(t, format.Text(t, r())), 0
		for f := range r().Findings {
			got := all[i]
			if got["finding_id"] != f.ID || got["status"] != string(f.Status) || got["severity"] != string(f.Severity) || got["check"] != f.Check || got["cause"] != string(f.Cause) {
				t.Errorf("%s: row %d is %v, want finding %+v", name, i, got, f)
			}
			if (got["waived_until"] != "") != (f.Waived != nil) || f.Waived != nil && (got["waived_until"] != f.Waived.Expires || got["waived_by"] == "" || got["waived_reason"] == "") {
				t.Errorf("%s: row %d is %v, want it waived by %v", name, i, got, f.Waived)
			}
			i++
		}
		if i != len(all) {
			t.Errorf("%s: %d rows, want %d", name, len(all), i)
		}
	}
}

func TestListsInACell(t *testing.T) {
	got := rows(t, format.Text(t, reporttest.Ordinary()))[0]
	for column, want := range map[string]string{
		"observed": "Encrypted=false; State=in-use", "tags": "env=prod", "evidence": "call-1", "frameworks": "fsbp EC2.3; nist_800_53_r5 AC-2(1)",
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
		got := rows(t, format.Text(t, r))[0]
		for _, column := range []string{"resource_type", "resource_id", "resource_name", "reason", "region", "account", "cause", "evidence"} {
			if got[column] != want {
				t.Errorf("%q in %s: got %q, want %q", in, column, got[column], want)
			}
		}
	}
	for _, row := range rows(t, format.Text(t, reporttest.Hostile())) {
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

func TestHostileNames(t *testing.T) {
	format.Quiet(t, func(t *testing.T, text string) {
		for _, row := range rows(t, text) {
			for column, cell := range row {
				if r, _ := utf8.DecodeRuneInString(cell); strings.ContainsRune("=+-@\t\r\n＝＋－＠", r) {
					t.Errorf("%s begins with %q", column, r)
				}
			}
		}
	})
}

func TestErrorsAreReturned(t *testing.T) { format.Fails(t) }
