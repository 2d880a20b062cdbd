package html

import (
	"strings"
	"testing"

	"onus/report"
	"onus/report/reporttest"
)

func withStandard() report.Result {
	r := reporttest.Ordinary()
	r.Standards = []report.Standard{{ID: "s_1", Name: "Standard One", Requirements: map[string][]string{
		"1.9": {"ec2-volume-encrypted"}, "1.10": {"s3-bucket-versioning-enabled"}, "3": {"not-written"},
		"4": {"s3-bucket-versioning-enabled", "not-written"}, "5": {"iam-password-policy-minimum-length"},
	}}}
	return r
}

func TestRequirements(t *testing.T) {
	r := withStandard()
	g, err := gather(r)
	if err != nil {
		t.Fatal(err)
	}
	got := standardsOf(r, g.sum)[0]
	if want := "1 broken, 1 unknown, 1 partly tested, 1 kept, 1 not judged, of 5 requirements in the table"; got.Counts != want {
		t.Errorf("got %q, want %q", got.Counts, want)
	}
	var order []string
	for _, c := range append(got.Open, got.Rest...) {
		order = append(order, c.Requirement)
	}
	if strings.Join(order, " ") != "1.9 5 1.10 3 4" {
		t.Errorf("requirements stand as %v", order)
	}
}

func TestARequirementLeadsToItsFindings(t *testing.T) {
	page := written(t, withStandard())
	b := open(t, 1400)
	b.visit(page)
	b.eval(`document.querySelector("#frameworks td a").click()`, nil)
	b.expect("the check's findings are shown", `document.querySelectorAll("#list > li").length === 8`)
	b.eval(`document.querySelector("#frameworks").scrollIntoView()`, nil)
	b.shot("frameworks")
	b.clean(page)
}
