package workpaper

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onus/scanner/evidence"
	"onus/scanner/wire"
)

// bundle seals a result whose findings have the given check and resource name.
func bundle(t *testing.T, check, name string) *evidence.Bundle {
	t.Helper()
	dir := t.TempDir()
	key, err := evidence.NewKey(filepath.Join(dir, "k"))
	must(t, err)
	r, err := wire.Create(filepath.Join(dir, "record"), wire.Header{Options: json.RawMessage(`{}`)})
	must(t, err)
	k := wire.Key{Account: "1", Region: "eu-west-1", Operation: "s3:ListBuckets", Input: "{}"}
	e := wire.Exchange{Status: 200, Body: []byte("<R/>")}
	must(t, r.Put(wire.Line{ID: k.ID(), Key: k, Status: 200, Attempts: 1, Exchange: e.Digest()}, e))
	must(t, r.Close())
	quoted, err := json.Marshal(name)
	must(t, err)
	text := `{
  "scan": {"principal": "arn:aws:iam::1:user/jane", "accounts": ["1"]},
  "checks": {
    "s3-bucket-x": {"title": "Buckets <b>hold</b>", "severity": "high", "duty": "backups", "remedy": "Do | it", "reads": ["s3:ListBuckets"], "frameworks": [{"framework": "soc2", "requirement": "A1.2"}]},
    "s3-bucket-y": {"title": "Nothing to judge", "reads": []}
  },
  "findings": [
    {"id":"f1","check":"` + check + `","status":"FAIL","account":"1","region":"eu-west-1","resource":{"type":"bucket","id":` + string(quoted) + `,"name":` + string(quoted) + `},"reason":` + string(quoted) + `,"evidence":["` + k.ID() + `"],"waived":{"reason":` + string(quoted) + `,"owner":` + string(quoted) + `,"expires":"2026-12-31"}},
    {"id":"f3","check":"` + check + `","status":"FAIL","account":"1","region":"eu-west-1","resource":{"type":"bucket","id":"c"},"reason":"open","evidence":[]},
    {"id":"f2","check":"` + check + `","status":"UNKNOWN","account":"1","region":"eu-west-1","resource":{"type":"bucket","id":"b"},"reason":"denied","evidence":[]}
  ],
  "coverage": [{"account":"1","region":"eu-west-1","operation":"s3:ListBuckets","status":"denied","error":{"code":"AccessDenied","request_id":"r1"}}]
}
`
	result := filepath.Join(dir, "result.json")
	must(t, os.WriteFile(result, []byte(text), 0o600))
	path := filepath.Join(dir, "b.onus")
	must(t, evidence.Write(t.Context(), path, dir, evidence.Content{Scan: evidence.Scan{ID: "s", Tool: evidence.Tool{Version: "1"}, Accounts: []string{"1"}}, Record: filepath.Join(dir, "record"), Result: result, Sealed: time.Unix(0, 0).UTC()}, key))
	b, err := evidence.Open(path)
	must(t, err)
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, parts ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(parts...))
	must(t, err)
	return string(text)
}

func TestAPaperSaysWhatWasFound(t *testing.T) {
	b, dir := bundle(t, "s3-bucket-x", "payroll"), filepath.Join(t.TempDir(), "deep", "papers")
	must(t, Write(dir, b, nil))
	paper := read(t, dir, "s3-bucket-x", "workpaper.md")
	for _, want := range []string{"there are exceptions", "| payroll | eu-west-1 | payroll — Waived by payroll until 2026-12-31: payroll | 1 | f1 |", "| 3 ([population.csv](population.csv)) | 2 | 0 | 2 (1 waived) | 0 | 1 |", "| payroll | eu-west-1 | FAIL (waived) | ", "| c | eu-west-1 | FAIL | ", "s3:ListBuckets | 1/eu-west-1 | denied AccessDenied | r1", "soc2 A1.2", "user/jane"} {
		if !strings.Contains(paper, want) {
			t.Errorf("it lacks %q:\n%s", want, paper)
		}
	}
	if other := read(t, dir, "s3-bucket-y", "workpaper.md"); !strings.Contains(other, "Nothing was found that this control applies to") {
		t.Errorf("a control without resources:\n%s", other)
	}
	rows, err := csv.NewReader(strings.NewReader(read(t, dir, "s3-bucket-x", "population.csv"))).ReadAll()
	if err != nil || len(rows) != 4 || rows[1][0] != "s3-bucket-x" || rows[1][9] != "1" || len(rows[1][10]) != 64 || rows[1][12] != "2026-12-31" || rows[2][12] != "" {
		t.Errorf("population %q, %v", rows, err)
	}
}

func TestARequirementHasAPaperOfAllItsControls(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "papers")
	soc2 := &Framework{ID: "soc2", Name: "SOC 2", Requirements: map[string][]string{
		"A1.2": {"s3-bucket-x", "s3-bucket-z"}, "CC6.10": {"s3-bucket-z"}, "CC6.9": {"s3-bucket-y"},
	}}
	must(t, Write(dir, bundle(t, "s3-bucket-x", "payroll"), soc2))
	broken, untested := read(t, dir, "A1.2", "workpaper.md"), read(t, dir, "CC6.10", "workpaper.md")
	for _, want := range []string{"SOC 2, requirement A1.2", "The requirement is not kept", "Not tested, because no check of it ran: `s3-bucket-z`", "## Control `s3-bucket-x`", "| payroll | eu-west-1 |"} {
		if !strings.Contains(broken, want) {
			t.Errorf("A1.2 lacks %q:\n%s", want, broken)
		}
	}
	if !strings.Contains(untested, "Nothing that ran tests this requirement") || strings.Contains(untested, "## Control") {
		t.Errorf("a requirement that nothing tests:\n%s", untested)
	}
	// The mapping that was sealed counts: it does not say that s3-bucket-y tests CC6.9.
	if paper := read(t, dir, "CC6.9", "workpaper.md"); !strings.Contains(paper, "Nothing that ran tests this requirement") || !strings.Contains(paper, "`s3-bucket-y`") {
		t.Errorf("a mapping of later:\n%s", paper)
	}
	rows, err := csv.NewReader(strings.NewReader(read(t, dir, "A1.2", "population.csv"))).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Errorf("population %q, %v", rows, err)
	}
	index := read(t, dir, "index.md")
	if a, b, c := strings.Index(index, "A1.2"), strings.Index(index, "CC6.9"), strings.Index(index, "CC6.10"); a < 0 || b < a || c < b {
		t.Errorf("the index is not in the order in which people count:\n%s", index)
	}
}

// What is waived is told as that, and no control is said to hold for it.
func TestWhatIsWaivedDoesNotHold(t *testing.T) {
	for want, s := range map[string]section{
		"there are exceptions":                                {Counts: map[string]int{"FAIL": 2, "PASS": 1}, Accepted: map[string]int{"FAIL": 1}},
		"what fails or could not be seen is waived":           {Counts: map[string]int{"FAIL": 2, "UNKNOWN": 1, "PASS": 1}, Accepted: map[string]int{"FAIL": 2, "UNKNOWN": 1}},
		"is waived, but not everything could be seen":         {Counts: map[string]int{"FAIL": 1, "UNKNOWN": 2}, Accepted: map[string]int{"FAIL": 1, "UNKNOWN": 1}},
		"No exception was found, but not everything":          {Counts: map[string]int{"UNKNOWN": 2}, Accepted: map[string]int{"UNKNOWN": 1}},
		"No exception was found, and what could not be seen ": {Counts: map[string]int{"UNKNOWN": 1, "PASS": 1}, Accepted: map[string]int{"UNKNOWN": 1}},
	} {
		p := paper{Requirement: "1", Sections: []*section{&s}}
		for _, got := range []string{s.Conclusion(), p.Conclusion()} {
			if !strings.Contains(got, want) || strings.Contains(got, "holds") {
				t.Errorf("%v of which %v: %q, want %q", s.Counts, s.Accepted, got, want)
			}
		}
	}
	r := row{Status: "FAIL", Reason: "open", Waived: &waived{Reason: "by <b>intent", Owner: "=Press|", Expires: "2026-12-31"}}
	if r.Result() != "FAIL (waived)" || r.Seen() != "open — Waived by =Press| until 2026-12-31: by <b>intent" {
		t.Errorf("%s, %s", r.Result(), r.Seen())
	}
}

// A requirement with a control that nothing tests is never called kept.
func TestOnlyWhatWasTestedIsKept(t *testing.T) {
	passed := &section{Counts: map[string]int{"PASS": 2}}
	for want, p := range map[string]paper{
		"Every control that tests":            {Sections: []*section{passed}},
		"not every control":                   {Sections: []*section{passed}, Untested: []string{"x"}},
		"not everything could be seen":        {Sections: []*section{passed, {Counts: map[string]int{"UNKNOWN": 1}}}},
		"is not kept":                         {Sections: []*section{passed, {Counts: map[string]int{"UNKNOWN": 1, "FAIL": 1}}}},
		"apply to no resource":                {Sections: []*section{{Counts: map[string]int{"NOT_APPLICABLE": 1}}, {Counts: map[string]int{}}}},
		"Nothing that ran tests this require": {Untested: []string{"x"}},
	} {
		p.Requirement = "1"
		if got := p.Conclusion(); !strings.Contains(got, want) {
			t.Errorf("%+v: %q, want %q", p, got, want)
		}
	}
	sampled := &section{Reads: []string{"s3:ListObjectsV2"}, Counts: map[string]int{"PASS": 2}}
	if got := sampled.Conclusion(); !strings.Contains(got, "sampled") {
		t.Errorf("a sample: %q", got)
	}
}

func TestNoNameChoosesAFolder(t *testing.T) {
	w := &writer{folders: map[string]bool{}}
	seen := map[string]bool{}
	for _, name := range []string{"", ".", "..", "../x", "/etc", "a/b", "a\\b", "a:b", "A B", "-rf", strings.Repeat("x", 500), "x\x00y", "a/b", "AC-2(1)"} {
		got := w.folder(name)
		if got != filepath.Base(got) || strings.HasPrefix(got, ".") || strings.HasPrefix(got, "-") || len(got) > 90 || seen[got] {
			t.Errorf("%.20q has the folder %q", name, got)
		}
		seen[got] = true
	}
	if !seen["AC-2(1)"] {
		t.Error("a requirement's own name is not kept")
	}
}

// What a table does not show, the population holds, and the paper says so.
func TestLongTablesAreCut(t *testing.T) {
	s := &section{Counts: map[string]int{}}
	for range shown + 7 {
		s.add(row{Status: "FAIL"})
	}
	if len(s.Rows) != shown || len(s.Exceptions) != shown || s.Left("FAIL") != 7 || s.Left("") != 7 || s.Left("UNKNOWN") != 0 || s.Population() != shown+7 {
		t.Errorf("%d rows, %d exceptions, %d left", len(s.Rows), len(s.Exceptions), s.Left(""))
	}
}

// Names are AWS's customers' to choose: none of them may become markup, a formula or a path.
func TestNamesStayNames(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "papers")
	must(t, Write(dir, bundle(t, "s3-bucket-x", `=cmd|<script>alert(1)</script>[x](javascript:y)`+"\n# head"), nil))
	if page := read(t, dir, "s3-bucket-x", "workpaper.html"); strings.Contains(page, "<script>") || strings.Contains(page, "<b>hold") {
		t.Errorf("markup in the page:\n%s", page)
	}
	paper := read(t, dir, "s3-bucket-x", "workpaper.md")
	if strings.Contains(paper, "<script>") || strings.Contains(paper, "[x](") || strings.Contains(paper, "\n# head") {
		t.Errorf("markup in the paper:\n%s", paper)
	}
	rows, err := csv.NewReader(strings.NewReader(read(t, dir, "s3-bucket-x", "population.csv"))).ReadAll()
	if err != nil || !strings.HasPrefix(rows[1][6], "'=") || !strings.HasPrefix(rows[1][11], "'=") || !strings.HasPrefix(rows[1][13], "'=") {
		t.Errorf("a formula in the population: %q, %v", rows, err)
	}
	for _, check := range []string{"../../x", "s3-bucket-unknown"} {
		out := filepath.Join(t.TempDir(), "papers")
		if err := Write(out, bundle(t, check, "b"), nil); err == nil || !strings.Contains(err.Error(), "none of its checks") {
			t.Errorf("%s: %v", check, err)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%s: the folder stayed", check)
		}
	}
}
