package html

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onus/checks"
	"onus/report"
	"onus/report/reporttest"
)

func ids(list []task) (out []string) {
	for _, t := range list {
		out = append(out, t.Check.ID)
	}
	return out
}

// failing is a result with one check for each count, all of one severity but the first.
func failing(fails ...int) report.Result {
	r := reporttest.Ordinary()
	some := slices.Collect(r.Findings)[0]
	r.Checks = nil
	var all []checks.Finding
	for i, n := range fails {
		c := *reporttest.Ordinary().Checks[0]
		c.ID = fmt.Sprintf("c-%02d", i)
		r.Checks = append(r.Checks, &c)
		for range n {
			f := some
			f.Check, f.Severity = c.ID, checks.Low
			if i == len(fails)-1 {
				f.Severity = checks.Critical
			}
			all = append(all, f)
		}
	}
	r.Findings = slices.Values(all)
	return r
}

func TestTheWorstFirstThenWhatMendsTheMost(t *testing.T) {
	r := failing(1, 9, 1, 8, 7, 6, 5, 4, 3, 2, 2, 1, 1, 1)
	g, err := gather(r)
	if err != nil {
		t.Fatal(err)
	}
	got := firstOf(g, r)
	if diff := cmp.Diff([]string{"c-13", "c-01", "c-03", "c-04", "c-05", "c-06", "c-07", "c-08"}, ids(got.Worst)); diff != "" {
		t.Errorf("worst (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"c-09", "c-10"}, ids(got.Most)); diff != "" {
		t.Errorf("most (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"c-00", "c-02", "c-11", "c-12"}, ids(got.Others)); diff != "" {
		t.Errorf("others (-want +got):\n%s", diff)
	}
	if got.Fails != 51 {
		t.Errorf("%d fails, want 51", got.Fails)
	}
	if got.Worst[0].Link != "#check=c-13&status=FAIL" || got.Worst[1].Where != "9 resources in eu-central-1" {
		t.Errorf("the first tasks are %+v", got.Worst[:2])
	}
}

func TestTheResourcesThatFailTheMost(t *testing.T) {
	r := failing(1, 1, 1, 1, 1)
	some := slices.Collect(r.Findings)[0]
	var all []checks.Finding
	add := func(id string, severities ...checks.Severity) {
		for i, severity := range severities {
			f := some
			f.Check, f.Severity, f.Resource = r.Checks[i].ID, severity, checks.Resource{Type: "x", ID: id, Name: id[len(id)-1:]}
			all = append(all, f)
		}
	}
	add("arn:aws:x:::a", checks.Low, checks.Low, checks.Low, checks.Low)
	add("arn:aws:x:::b", checks.High, checks.Low, checks.High)
	add("arn:aws:x:::c", checks.Critical, checks.Critical) // too few
	add("arn:aws:x:::d", checks.Critical, checks.Low, checks.Low)
	add("111122223333", checks.Critical, checks.Critical, checks.Critical) // no single thing
	r.Findings = slices.Values(all)
	g, err := gather(r)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, b := range firstOf(g, r).Resources {
		got = append(got, fmt.Sprintf("%s %d/%d %s %s", b.Name, b.Worst, b.Checks, b.Severity, b.Link))
	}
	want := []string{
		"d 1/3 critical #resource=arn%3Aaws%3Ax%3A%3A%3Ad&status=FAIL", "b 2/3 high #resource=arn%3Aaws%3Ax%3A%3A%3Ab&status=FAIL",
		"a 4/4 low #resource=arn%3Aaws%3Ax%3A%3A%3Aa&status=FAIL",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("resources (-want +got):\n%s", diff)
	}
}

func TestWhere(t *testing.T) {
	set := func(names ...string) map[string]bool {
		out := map[string]bool{}
		for _, n := range names {
			out[n] = true
		}
		return out
	}
	for _, tt := range []struct {
		regions, accounts map[string]bool
		all               int
		want              string
	}{
		{set("eu-west-1"), set("1"), 1, "2 resources in eu-west-1"},
		{set("global"), set("1"), 1, "2 resources, global"},
		{set("eu-west-1", "global"), set("1"), 1, "2 resources in 2 Regions"},
		{set("eu-west-1", "eu-west-2"), set("1", "2"), 3, "2 resources in 2 Regions of 2 accounts"},
	} {
		x := &tested{counts: report.Counts{FAIL: 2}, regions: tt.regions, accounts: tt.accounts}
		if got := where(x, tt.all); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}
