package html

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"onus/checks"
	"onus/report"
	"onus/report/reporttest"
)

// withPast is the ordinary result after three other scans.
func withPast() report.Result {
	r := reporttest.Ordinary()
	for i, fails := range []int{12, 3, 9} {
		p := report.Past{ID: fmt.Sprint("past-", i), Started: r.Scan.Started.Add(time.Duration(i-3) * 24 * time.Hour), CatalogueDigest: r.Scan.CatalogueDigest, PolicyDigest: r.Scan.PolicyDigest}
		p.Counts = report.Counts{FAIL: fails, UNKNOWN: 2}
		p.Fails = map[checks.Severity]int{checks.High: fails}
		r.Past = append(r.Past, p)
	}
	r.Past[0].PolicyDigest = "another"
	r.Past[1].Interrupted = "SIGINT"
	return r
}

func TestTrend(t *testing.T) {
	r := withPast()
	g, err := gather(r)
	if err != nil {
		t.Fatal(err)
	}
	got := trendOf(r, g.sum)
	if want := "Since the scan of 23 November 2026, 10:00 UTC: 1 fewer FAIL (9, now 8), UNKNOWN as before (2)."; got.Since != want {
		t.Errorf("got %q, want %q", got.Since, want)
	}
	var bars []string
	for _, b := range got.Chart.Bars {
		line := fmt.Sprintf("%s [%s]", b.Name, b.Note)
		for _, p := range b.Parts {
			line += fmt.Sprintf(" %d", p.N)
		}
		bars = append(bars, line)
	}
	want := []string{ // critical high medium low info UNKNOWN
		"21 November 2026, 10:00 [] 0 12 0 0 0 2",
		"22 November 2026, 10:00 [interrupted: not all was judged] 0 3 0 0 0 2",
		"23 November 2026, 10:00 [] 0 9 0 0 0 2",
		"24 November 2026, 10:00 (this scan) [] 1 7 0 0 0 2",
	}
	if diff := cmp.Diff(want, bars); diff != "" {
		t.Errorf("bars (-want +got):\n%s", diff)
	}
	r.Past = nil
	if trendOf(r, g.sum) != nil {
		t.Error("without a history there is a trend")
	}
}

func TestTheTrendIsShown(t *testing.T) {
	page := written(t, withPast())
	b := open(t, 1400)
	b.visit(page)
	b.eval(`document.querySelector('header a[href="#trend"]').click()`, nil)
	b.expect("there is a bar for each scan", `document.querySelectorAll("#trend ~ .scroll svg").length === 4`)
	b.expect("the list stays as it was", `document.querySelectorAll("#list > li").length === 10`)
	b.shot("trend")
	b.clean(page)
}
