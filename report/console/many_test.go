package console

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"onus/checks"
	"onus/report"
)

// Where many checks fail, those below the threshold have a line each, and that is said.
func TestManyChecksHaveALineEach(t *testing.T) {
	made := func(n int) report.Result {
		var r report.Result
		var findings []checks.Finding
		add := func(id string, s checks.Severity) {
			r.Checks = append(r.Checks, &checks.Check{ID: id, Title: "title of " + id, Severity: s, Category: checks.Access, Duty: checks.AccessControl, ServiceKind: checks.OfAccount, Remedy: "mend " + id})
			findings = append(findings, checks.Finding{ID: id, Check: id, Status: checks.FAIL, Severity: s, Account: "1", Region: "global", Resource: checks.Resource{Type: "iam user", ID: "ann"}, Reason: "it is so"})
		}
		add("grave-one-here", checks.Critical)
		for i := range n {
			add(fmt.Sprintf("low-check-%02d", i), checks.Low)
		}
		r.Findings = slices.Values(findings)
		return r
	}
	for _, tt := range []struct {
		name  string
		n     int
		whole checks.Severity
		short bool
	}{
		{"many", many, checks.High, true},
		{"few", many - 1, checks.High, false},
		{"many, all asked for", many, checks.Info, false},
		{"many, no threshold", many, "", false},
	} {
		var out bytes.Buffer
		if err := Write(&out, made(tt.n), Options{Whole: tt.whole, More: "onus scan --verbose"}); err != nil {
			t.Fatal(err)
		}
		text := out.String()
		if got := strings.Contains(text, "FAIL    low       low-check-00: 1 FAIL of 1 finding\n"); got != tt.short {
			t.Errorf("%s: a line each: %v", tt.name, got)
		}
		if got := strings.Contains(text, "title of low-check-00"); got == tt.short {
			t.Errorf("%s: shown whole: %v", tt.name, got)
		}
		if !strings.Contains(text, "title of grave-one-here") || strings.Contains(text, fmt.Sprintf("%d checks below high with a line each: onus scan --verbose", many)) != tt.short {
			t.Errorf("%s:\n%s", tt.name, text)
		}
	}
}

func TestNearby(t *testing.T) {
	f := checks.Finding{Account: "111122223333", Region: "eu-west-1"}
	for in, want := range map[string]string{
		"the key arn:aws:kms:eu-west-1:111122223333:key/1 is off": "the key kms:key/1 is off",
		"arn:aws-us-gov:iam::111122223333:role/a and others":      "iam:role/a and others",
		"arn:aws:rds:us-east-1:111122223333:db:x lies elsewhere":  "rds:us-east-1:db:x lies elsewhere",
		"arn:aws:iam::999988887777:root, arn:aws:s3:::b (bucket)": "arn:aws:iam::999988887777:root, arn:aws:s3:::b (bucket)",
		"arn:aws:iam::aws:policy/ReadOnlyAccess stays as it is":   "arn:aws:iam::aws:policy/ReadOnlyAccess stays as it is",
	} {
		if f.Reason = in; nearby(f) != want {
			t.Errorf("%q: %q, want %q", in, nearby(f), want)
		}
	}
}
