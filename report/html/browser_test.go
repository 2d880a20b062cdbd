package html

import (
	"encoding/base64"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"onus/report"
	"onus/report/reporttest"
)

var shots = flag.String("shots", "", "keep screenshots of the page in this folder")

// written writes a page to a file and gives its address.
func written(t testing.TB, r report.Result) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(f, r); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}

// shot keeps a picture of the whole page, if one is wanted.
func (b *browser) shot(name string) {
	b.t.Helper()
	if *shots == "" {
		return
	}
	var out struct{ Data []byte }
	b.call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": false}, &out)
	if err := os.WriteFile(filepath.Join(*shots, name+".png"), out.Data, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// text is what a reader sees of an element.
func (b *browser) text(selector string) (s string) {
	b.t.Helper()
	b.eval(fmt.Sprintf("document.querySelector(%q).innerText", selector), &s)
	return s
}

// expect waits until a condition holds.
func (b *browser) expect(what, condition string) {
	b.t.Helper()
	var held bool
	b.eval(fmt.Sprintf(`new Promise((done) => {
		const end = performance.now() + 30000, test = () => {
			if (%s) done(true);
			else if (performance.now() > end) done(false);
			else setTimeout(test, 5);
		};
		test();
	})`, condition), &held)
	if !held {
		b.t.Errorf("not so within thirty seconds: %s (%s)", what, condition)
	}
}

func TestAPersonUsesThePage(t *testing.T) {
	page := written(t, reporttest.Ordinary())
	b := open(t, 1400)
	b.visit(page)
	b.shot("top")
	b.expect("only what asks for something is shown at first", `document.querySelectorAll("#list > li").length === 10`)

	b.eval(`document.querySelector("input[name=q]").focus()`, nil)
	b.call("Input.insertText", map[string]any{"text": "DATA-3"}, nil)
	b.expect("the text filters", `document.querySelectorAll("#list > li").length === 1`)
	b.expect("the filter is in the fragment", `location.hash === "#q=DATA-3"`)
	if got := b.text("#matches"); got != "1 of 16 findings match." {
		t.Errorf("the page says %q", got)
	}

	b.eval(`document.querySelector("#list summary").focus()`, nil)
	b.press("Enter", 13)
	b.expect("Enter opens a finding", `document.querySelector("#list details").open && document.querySelector("#list .body")`)
	body := b.text("#list .body")
	for _, want := range []string{"Encrypted is false", "State = in-use", "env = prod", "call-1", "Do what the title says", "AWS Foundational Security Best Practices v1.0.0: EC2.3", "NIST SP 800-53 Rev. 5: AC-2(1)", "ec2-volume-encrypted",
		"Whoever comes to the disk", "aws ec2 create-snapshot --region eu-central-1 --volume-id vol-00000000000000003 --description data-3 --tag-specifications", `"Value": "data-3"}]}'`, `Name = "data-3"`, "A copy is paid for"} {
		if !strings.Contains(body, want) {
			t.Errorf("the open finding lacks %q:\n%s", want, body)
		}
	}
	b.call("Browser.grantPermissions", map[string]any{"permissions": []string{"clipboardReadWrite", "clipboardSanitizedWrite"}}, nil)
	b.eval(`document.querySelector("#list .copy").click()`, nil)
	b.expect("the commands are copied", `document.querySelector("#list .copy").textContent === "Copied"`)
	b.eval(`document.querySelector("#list summary").scrollIntoView()`, nil)
	b.shot("finding")
	b.eval(`document.querySelector("#list .permalink").click()`, nil)
	b.expect("a finding's link shows it alone and open", `location.hash.startsWith("#finding=") && document.querySelector("#list details").open`)

	b.eval(`document.querySelector("#first a").click()`, nil)
	b.expect("a filter that is not used does not show", `document.querySelector("select[name=resource]").parentElement.hidden`)
	b.expect("a task leads to its findings", `location.hash === "#check=s3-bucket-public-access-blocked&status=FAIL" && document.querySelectorAll("#list > li").length === 1`)
	b.expect("the form shows the filter", `document.querySelector("select[name=check]").value === "s3-bucket-public-access-blocked"`)
	b.eval(`document.querySelector("input[value=PASS]").click()`, nil)
	b.expect("another status adds its findings", `document.querySelectorAll("#list > li").length === 2`)
	b.eval(`document.querySelector("#clear").click()`, nil)
	b.expect("clearing shows what was first", `document.querySelectorAll("#list > li").length === 10 && location.hash === ""`)
	b.eval(`history.back()`, nil)
	b.clean(page)
}

func TestALinkShowsTheSame(t *testing.T) {
	page := written(t, reporttest.Ordinary())
	b := open(t, 1400)
	for fragment, want := range map[string]int{
		"status=":                              16,
		"status=PASS&category=backups":         3,
		"severity=critical&status=":            2,
		"duty=backups&kind=abstracted&status=": 2,
		"service=ec2":                          7,
		"account=111122223333":                 10,
		"region=global":                        1,
		"framework=fsbp&status=PASS":           1,
		"tag=env%3Dprod&status=":               8,
		"check=no-such-check":                  0,
		"finding=none":                         0,
		"q=rate+exceeded":                      1,
		"page=7":                               10,
		"resource=arn%3Aaws%3As3%3A%3A%3Ainvoices&status=": 2,
	} {
		b.leave()
		b.visit(page + "#" + fragment)
		b.expect(fragment, fmt.Sprintf(`document.querySelectorAll("#list > li").length === %d`, want))
	}
	b.clean(page)
}

func TestWhatIsWaivedCanBeShownAndLeftOut(t *testing.T) {
	page := written(t, reporttest.Waived())
	b := open(t, 1400)
	for fragment, want := range map[string]int{
		"": 10, "waived=yes": 3, "waived=no": 7, "waived=yes&status=FAIL": 2, "waived=yes&status=PASS": 0, "q=press+office": 1, "check=ec2-volume-encrypted&status=FAIL&waived=no": 6,
	} {
		b.leave()
		b.visit(page + "#" + fragment)
		b.expect(fragment, fmt.Sprintf(`document.querySelectorAll("#list > li").length === %d`, want))
	}
	b.leave()
	b.visit(page + "#waived=yes&check=ec2-volume-encrypted")
	b.expect("the filter shows", `document.querySelector("select[name=waived]").value === "yes"`)
	b.eval(`document.querySelector("#list summary").click()`, nil)
	b.expect("the finding is open", `document.querySelector("#list .body")`)
	if body := b.text("#list .body"); !strings.Contains(body, "by Platform until 2027-01-31: scratch space, rebuilt every night") {
		t.Errorf("the finding does not say by whom it is waived:\n%s", body)
	}
	if line := b.text("#list summary"); !strings.Contains(line, "~ waived by Platform until 2027-01-31") {
		t.Errorf("the line does not say that it is waived:\n%s", line)
	}
	first := b.text("#first")
	for _, want := range []string{"6 of 16 verdicts are FAIL and not waived", "2 FAIL and 1 UNKNOWN", "expired on 2026-11-23", "fits nothing that fails or is unknown", "Press office"} {
		if !strings.Contains(first, want) {
			t.Errorf("what to do first lacks %q:\n%s", want, first)
		}
	}
	b.eval(`document.querySelector("#first .tasks a").click()`, nil)
	b.expect("a task leads to what is not waived", `location.hash === "#check=ec2-volume-encrypted&status=FAIL&waived=no" && document.querySelectorAll("#list > li").length === 6`)
	b.clean(page)
}

// The names are what a screen reader would say.
func TestEverythingToUseHasAName(t *testing.T) {
	page := written(t, reporttest.Ordinary())
	b := open(t, 1400)
	b.visit(page)
	var tree struct {
		Nodes []struct {
			Ignored    bool
			Role, Name struct{ Value any }
		}
	}
	b.call("Accessibility.getFullAXTree", nil, &tree)
	seen := map[string]int{}
	for _, n := range tree.Nodes {
		role := fmt.Sprint(n.Role.Value)
		switch role {
		case "link", "button", "checkbox", "combobox", "searchbox", "heading", "group", "region", "navigation", "table", "DisclosureTriangle":
		default:
			continue
		}
		seen[role]++
		if !n.Ignored && role != "group" && role != "table" && strings.TrimSpace(fmt.Sprint(n.Name.Value)) == "" {
			t.Errorf("a %s has no name", role)
		}
	}
	for _, role := range []string{"link", "checkbox", "combobox", "searchbox", "heading", "table", "DisclosureTriangle"} {
		if seen[role] == 0 {
			t.Errorf("there is no %s among %v", role, seen)
		}
	}
	b.clean(page)
}

func TestNothingHostileRuns(t *testing.T) {
	page := written(t, reporttest.Hostile())
	b := open(t, 390)
	b.visit(page + "#status=")
	b.eval(`document.querySelectorAll("#list details").forEach((d) => d.open = true)`, nil)
	b.expect("all findings open", `document.querySelectorAll("#list .body").length === 16`)
	var wide bool
	b.eval(`document.documentElement.scrollWidth > innerWidth`, &wide)
	if wide {
		t.Error("the page is wider than a phone")
	}
	if got := b.text("#list .body"); !strings.Contains(got, `</script>"'`) || strings.ContainsAny(got, "\x1b\u202e\u200b") {
		t.Errorf("the hostile sentence does not stand as text: %q", got)
	}
	if got := b.text("#list pre"); !strings.Contains(got, "--description {name}") {
		t.Errorf("a hostile name is in a command: %s", got)
	}
	b.eval(`document.querySelector("#list").scrollIntoView()`, nil)
	b.shot("hostile-phone")
	b.clean(page)
}

// Every name, in every string of a result, stays text: nothing runs, nothing is asked for,
// and the page stays as wide as a phone.
func TestNoNameDoesAnything(t *testing.T) {
	b := open(t, 390)
	for title, name := range reporttest.Names {
		page := written(t, reporttest.Everywhere(name))
		b.leave()
		b.visit(page + "#status=")
		b.eval(`document.querySelectorAll("#list details").forEach((d) => d.open = true)`, nil)
		b.expect(title+": all findings open", `document.querySelectorAll("#list .body").length === 16`)
		b.expect(title+": the page is as wide as the phone", `document.documentElement.scrollWidth <= innerWidth`)
		var elements int
		b.eval(`document.querySelectorAll("img, iframe, object, embed, form:not(#filters), a[href]:not([href^='#']), script[src]").length`, &elements)
		if elements > 0 {
			t.Errorf("%s: %d elements that a name must have made", title, elements)
		}
		b.clean(page)
		b.requests = nil
	}
}

func TestLongNamesDoNotWidenThePage(t *testing.T) {
	r := reporttest.Ordinary()
	all := slices.Collect(r.Findings)
	long := strings.Repeat("W", 10_000)
	for i := range all {
		f := &all[i]
		f.Resource.Name, f.Resource.ID, f.Resource.Type, f.Region, f.Reason = long, long, long, long, long
		f.Resource.Tags, f.Observed, f.Evidence = map[string]string{long: long}, map[string]string{long: long}, []string{long}
	}
	r.Findings = slices.Values(all)
	page := written(t, r)
	b := open(t, 390)
	b.visit(page + "#status=")
	b.eval(`document.querySelectorAll("#list details").forEach((d) => d.open = true)`, nil)
	b.expect("all findings open", `document.querySelectorAll("#list .body").length === 16`)
	b.expect("the page is as wide as the phone", `document.documentElement.scrollWidth <= innerWidth`)
	b.expect("a closed line stays short", `document.querySelector("#list summary").getBoundingClientRect().height < 400`)
	b.clean(page)
}

func TestEveryResultOpensInTheBrowser(t *testing.T) {
	for name, r := range map[string]report.Result{"empty": reporttest.Empty(), "interrupted": reporttest.Interrupted(), "not-recorded": reporttest.NotRecorded()} {
		t.Run(name, func(t *testing.T) {
			page := written(t, r)
			b := open(t, 1400)
			b.visit(page)
			b.shot(name)
			b.clean(page)
		})
	}
}

// In the dark and on paper no text may vanish: its colour is far from that of its ground.
func TestTextStandsOutInEveryLight(t *testing.T) {
	page := written(t, reporttest.Ordinary())
	b := open(t, 1400)
	for name, media := range map[string]map[string]any{
		"light": {"features": []map[string]string{{"name": "prefers-color-scheme", "value": "light"}}},
		"dark":  {"features": []map[string]string{{"name": "prefers-color-scheme", "value": "dark"}}},
		"print": {"media": "print", "features": []map[string]string{{"name": "prefers-color-scheme", "value": "dark"}}},
	} {
		b.leave()
		b.call("Emulation.setEmulatedMedia", media, nil)
		b.visit(page)
		b.shot(name)
		var faint []string
		b.eval(contrast, &faint)
		for _, f := range faint {
			t.Errorf("%s: %s", name, f)
		}
	}
	b.clean(page)
}

// contrast lists the texts whose contrast is below 4.5 to 1.
// Source: W3C "Web Content Accessibility Guidelines 2.1", 1.4.3 and "relative luminance".
const contrast = `(() => {
	const rgb = (c) => c.match(/[\d.]+/g).map(Number);
	const light = (c) => c.slice(0, 3).map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
		.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
	const ground = (e) => {
		for (; e; e = e.parentElement) {
			const c = rgb(getComputedStyle(e).backgroundColor);
			if (c.length === 3 || c[3] > 0) return c;
		}
		return [255, 255, 255];
	};
	const out = new Set();
	for (const e of document.querySelectorAll("body *")) {
		if (e.closest("script, noscript, svg, option, select, input, button") || !e.checkVisibility()) continue;
		if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
		const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
		const ratio = (a + 0.05) / (b + 0.05);
		if (ratio < 4.5) out.add(e.tagName + "." + e.className + " has " + ratio.toFixed(2) + ": " + e.textContent.slice(0, 40));
	}
	return [...out];
})()`

func TestPrint(t *testing.T) {
	page := written(t, reporttest.Ordinary())
	b := open(t, 1400)
	b.visit(page)
	var out struct{ Data string }
	b.call("Page.printToPDF", map[string]any{"preferCSSPageSize": true}, &out)
	pdf, err := base64.StdEncoding.DecodeString(out.Data)
	if err != nil || !strings.HasPrefix(string(pdf), "%PDF-") || len(pdf) < 10_000 {
		t.Errorf("the print has %d bytes: %v", len(pdf), err)
	}
	b.expect("who scanned what is printed, though it was folded", `document.querySelector(".facts").open`)
	if *shots != "" {
		if err := os.WriteFile(filepath.Join(*shots, "print.pdf"), pdf, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b.clean(page)
}
