package html

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"iter"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"onus/checks"
	"onus/report"
	"onus/report/reporttest"
)

func text(t *testing.T, r report.Result, most int) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, r, most); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var holder = regexp.MustCompile(`<script id="findings-data" type="application/gzip">([A-Za-z0-9+/=]*)</script>`)

// lines are the data of a page.
func lines(t *testing.T, page string) []string {
	t.Helper()
	m := holder.FindStringSubmatch(page)
	if m == nil {
		t.Fatal("the page holds no data")
	}
	packed, err := base64.StdEncoding.DecodeString(m[1])
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := b.ReadFrom(r); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
}

// The golden files hold what is written for this result: the page without its style and
// script, and the data as text.
func TestGolden(t *testing.T) {
	for name, r := range reporttest.Results {
		page := text(t, r(), Most)
		_, body, _ := strings.Cut(page, "</style>\n")
		body, _, _ = strings.Cut(body, "<script id=")
		reporttest.Golden(t, filepath.Join("testdata", name+".txt"), body+strings.Join(lines(t, page), "\n")+"\n")
	}
}

func TestTheSameResultGivesTheSameBytes(t *testing.T) {
	for name, r := range reporttest.Results {
		if first, again := text(t, r(), Most), text(t, r(), Most); first != again {
			t.Errorf("%s: two pages differ", name)
		}
	}
}

func TestHostileNames(t *testing.T) {
	reporttest.Writer(Write).Quiet(t, func(t *testing.T, page string) {
		for _, line := range lines(t, page) {
			for _, r := range line {
				if !unicode.IsPrint(r) {
					t.Fatalf("the data holds %U", r)
				}
			}
		}
		if n := strings.Count(page, "</script>"); n != 2 {
			t.Errorf("%d scripts end, want 2", n)
		}
	})
}

func TestThePolicyNamesWhatThePageHolds(t *testing.T) {
	page := text(t, reporttest.Hostile(), Most)
	for _, part := range [][2]string{{"<style>", "</style>"}, {"<script>", "</script>"}} {
		_, rest, _ := strings.Cut(page, part[0])
		body, _, _ := strings.Cut(rest, part[1])
		if want := "'" + digest(body) + "'"; !strings.Contains(page, want) {
			t.Errorf("the policy does not allow the page's own %s (%s)", part[0], want)
		}
	}
	if m := regexp.MustCompile(`(?i)<[a-z][^>]*\s(style|on[a-z]+|src|action|formaction)=`).FindString(page); m != "" {
		t.Errorf("the page holds %q", m)
	}
	for _, m := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(m[1], "#") && m[1] != "data:," {
			t.Errorf("a link leads out of the page: %q", m[1])
		}
	}
}

func TestALargeResultLeavesPassesOut(t *testing.T) {
	for most, want := range map[int]map[checks.Status]int{
		160: {checks.FAIL: 80, checks.UNKNOWN: 20, checks.PASS: 50, checks.NotApplicable: 10},
		159: {checks.FAIL: 80, checks.UNKNOWN: 20},
		90:  {checks.FAIL: 80, checks.UNKNOWN: 10},
		15:  {checks.FAIL: 15},
	} {
		page := text(t, reporttest.Many(160), most)
		got, total := map[checks.Status]int{}, 0
		all := lines(t, page)
		worst := 0
		for _, l := range all[1:] {
			var f row
			if err := json.Unmarshal([]byte(l), &f); err != nil {
				t.Fatal(err)
			}
			got[checks.Status(f[2].(string))]++
			if f[3] == "critical" {
				worst++
			}
			total++
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("a page for %d (-want +got):\n%s", most, diff)
		}
		if worst < 10 {
			t.Errorf("a page for %d holds %d critical findings, want all 10", most, worst)
		}
		if !strings.HasPrefix(all[0], fmt.Sprintf(`{"findings":%d,"total":160,`, total)) {
			t.Errorf("the heading is %.60s", all[0])
		}
		said := strings.Contains(page, fmt.Sprintf("This page holds %d of 160 findings.", total))
		if said != (most < 160) {
			t.Errorf("a page for %d says that it leaves something out: %v", most, said)
		}
		if most == 90 && !strings.Contains(page, "10 of 20 UNKNOWN, 50 of 50 PASS, 10 of 10 NOT_APPLICABLE") {
			t.Error("the page does not say what it leaves out")
		}
	}
}

func TestFindingsAreRangedOverTwice(t *testing.T) {
	r, ranges := reporttest.Ordinary(), 0
	all := r.Findings
	r.Findings = iter.Seq[checks.Finding](func(yield func(checks.Finding) bool) {
		ranges++
		all(yield)
	})
	text(t, r, Most)
	if ranges != 2 {
		t.Errorf("ranged over %d times, want twice", ranges)
	}
}

func TestErrorsAreReturned(t *testing.T) { reporttest.Writer(Write).Fails(t) }
