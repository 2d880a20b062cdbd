package console_test

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"onus/checks"
	"onus/report"
	"onus/report/console"
	"onus/report/reporttest"
	"onus/scanner/snapshot"
)

// write is the report with the exit status that the result has by default.
func write(t *testing.T, r report.Result, o console.Options) string {
	t.Helper()
	sum, err := report.Summarize(r.Findings, r.Checks)
	if err != nil {
		t.Fatal(err)
	}
	o.Outcome = report.ExitCode(r.Scan, sum, r.Coverage, report.Threshold{})
	var b bytes.Buffer
	if err := console.Write(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	outputs := map[string]string{
		"ordinary-color": write(t, reporttest.Ordinary(), console.Options{Color: true}),
		"ordinary-60":    write(t, reporttest.Ordinary(), console.Options{Width: 60}),
		"ordinary-top-1": write(t, reporttest.Ordinary(), console.Options{Top: 1, More: "onus replay out --format json"}),
	}
	for name, result := range reporttest.Results {
		outputs[name] = write(t, result(), console.Options{})
	}
	for name, got := range outputs {
		reporttest.Golden(t, filepath.Join("..", "testdata", name+".txt"), got)
	}
}

// sgr are the only escape sequences that a report may hold.
var sgr = regexp.MustCompile("\x1b\\[(1|2|1;31|33|32)m([^\x1b]*)\x1b\\[0m")

func TestNoTextCommandsTheTerminal(t *testing.T) {
	for name, result := range reporttest.Results {
		for _, width := range []int{40, 61, 100, 170} {
			got := write(t, result(), console.Options{Width: width})
			for _, r := range got {
				if r != '\n' && !unicode.IsPrint(r) {
					t.Fatalf("%s at width %d holds %U", name, width, r)
				}
			}
			colored := write(t, result(), console.Options{Width: width, Color: true})
			if diff := cmp.Diff(got, sgr.ReplaceAllString(colored, "$2")); diff != "" {
				t.Errorf("%s at width %d: colours change the text (-plain +coloured):\n%s", name, width, diff)
			}
		}
	}
}

func TestNoLineIsTooWide(t *testing.T) {
	for name, result := range reporttest.Results {
		for _, width := range []int{1, 40, 41, 59, 72, 90, 100, 141} {
			for _, line := range strings.Split(write(t, result(), console.Options{Width: width}), "\n") {
				if got := console.Width(line); got > max(40, width) {
					t.Errorf("%s at width %d: %d columns: %s", name, width, got, line)
				}
				if strings.TrimRight(line, " ") != line {
					t.Errorf("%s at width %d: blanks at the end of %q", name, width, line)
				}
			}
		}
	}
}

func TestEveryReportEndsWithTheFourParts(t *testing.T) {
	for name, result := range reporttest.Results {
		got := write(t, result(), console.Options{})
		at := -1
		for _, part := range []string{"\nDUTIES  ", "\nNOT READ  ", "\nTOTALS  ", "\nexit status "} {
			i := strings.Index(got, part)
			if i <= at {
				t.Errorf("%s: %q stands at %d, after %d", name, part, i, at)
			}
			at = i
		}
		if last := got[at+1:]; strings.Contains(last, "\n\n") {
			t.Errorf("%s: something follows the exit status: %q", name, last)
		}
	}
}

func TestWorstStandsFirst(t *testing.T) {
	got := write(t, reporttest.Ordinary(), console.Options{})
	at := -1
	for _, word := range []string{"ACCESS CONTROL", "s3-bucket-public-access-blocked", "iam-password-policy-minimum-length", "DATA ENCRYPTION", "ec2-volume-encrypted", "BACKUPS", "rds-instance-backup-retention", "DUTIES"} {
		i := strings.Index(got, word)
		if i <= at {
			t.Errorf("%s stands at %d, want it after %d", word, i, at)
		}
		at = i
	}
}

// The policy may set a severity: the report shows and orders by that of the findings.
func TestSeverityIsThatOfTheFindings(t *testing.T) {
	r := reporttest.Ordinary()
	findings := slices.Collect(r.Findings)
	for i := range findings {
		if findings[i].Check == "s3-bucket-public-access-blocked" {
			findings[i].Severity = checks.Info
		}
	}
	r.Findings = slices.Values(findings)
	got := write(t, r, console.Options{})
	if !strings.Contains(got, "FAIL    info      s3-bucket-public-access-blocked") {
		t.Errorf("the severity of the finding is not shown:\n%s", got)
	}
	if strings.Index(got, "DATA ENCRYPTION") > strings.Index(got, "ACCESS CONTROL") {
		t.Error("a duty broken at info stands before one broken at high")
	}
}

func TestSeveralAccountsAreToldApart(t *testing.T) {
	r := reporttest.Ordinary()
	findings := slices.Collect(r.Findings)
	findings[1].Account = "444455556666"
	r.Findings, r.Scan.Accounts = slices.Values(findings), append(r.Scan.Accounts, "444455556666")
	got := write(t, r, console.Options{Width: 120})
	for _, want := range []string{"    111122223333/eu-central-1  volume/", "    444455556666/eu-central-1  volume/", "in 2 accounts\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in the report:\n%s", want, got)
		}
	}
}

func TestGapsAreGrouped(t *testing.T) {
	r := reporttest.Ordinary()
	r.Coverage = nil
	for _, account := range []string{"111122223333", "444455556666"} {
		for i := range 5 {
			at := snapshot.Location{Account: account, Region: fmt.Sprintf("eu-west-%d", i)}
			r.Coverage = append(r.Coverage,
				snapshot.Coverage{Location: at, Operation: "ec2:DescribeVolumes", Status: snapshot.OK},
				snapshot.Coverage{Location: at, Operation: "rds:DescribeDBInstances", Status: snapshot.Throttled},
				snapshot.Coverage{Location: at, Operation: "rds:DescribeDBClusters", Status: snapshot.Failed})
		}
	}
	got := strings.Join(strings.Fields(write(t, r, console.Options{})), " ")
	for _, want := range []string{
		"NOT READ 20 of 30 planned calls",
		"- rds:DescribeDBInstances throttled in 5 Regions (eu-west-0 … eu-west-4) of 2 accounts: 1 check cannot tell",
		"- rds:DescribeDBClusters failed in 5 Regions (eu-west-0 … eu-west-4) of 2 accounts: no verdict is unknown for it",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in the report:\n%s", want, got)
		}
	}
}

func TestAllIsWell(t *testing.T) {
	r := reporttest.Ordinary()
	var kept []checks.Finding
	for f := range r.Findings {
		if f.Status == checks.PASS {
			kept = append(kept, f)
		}
	}
	r.Findings = slices.Values(kept)
	r.Coverage = slices.DeleteFunc(r.Coverage, func(c snapshot.Coverage) bool { return c.Status != snapshot.OK })
	got := write(t, r, console.Options{})
	for _, want := range []string{"No check that ran failed, and none ended unknown.", "Every planned call was read to its end.", "exit status 0: no finding at or above high"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in the report:\n%s", want, got)
		}
	}
}

func TestFindingsAreRangedOverOnce(t *testing.T) {
	r := reporttest.Ordinary()
	all, ranges := slices.Collect(r.Findings), 0
	r.Findings = func(yield func(checks.Finding) bool) {
		ranges++
		slices.Values(all)(yield)
	}
	if err := console.Write(&bytes.Buffer{}, r, console.Options{}); err != nil {
		t.Fatal(err)
	}
	if ranges != 1 {
		t.Errorf("ranged over %d times, want once", ranges)
	}
}

// format is the console report with the options that it has by default.
var format = reporttest.Writer(func(w io.Writer, r report.Result) error { return console.Write(w, r, console.Options{}) })

func TestErrorsAreReturned(t *testing.T) { format.Fails(t) }

func TestHostileNames(t *testing.T) {
	format.Quiet(t, func(t *testing.T, text string) {
		for line := range strings.Lines(text) {
			if got := console.Width(strings.TrimSuffix(line, "\n")); got > 100 {
				t.Errorf("%d columns: %s", got, line)
			}
		}
	})
}
