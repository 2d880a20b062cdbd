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
    {"id":"f1","check":"` + check + `","status":"FAIL","account":"1","region":"eu-west-1","resource":{"type":"bucket","id":` + string(quoted) + `,"name":` + string(quoted) + `},"reason":` + string(quoted) + `,"evidence":["` + k.ID() + `"]},
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
	must(t, Write(dir, b))
	paper := read(t, dir, "s3-bucket-x", "workpaper.md")
	for _, want := range []string{"there are exceptions", "| payroll | eu-west-1 | payroll | 1 | f1 |", "| Not seen | 1 |", "s3:ListBuckets | 1/eu-west-1 | denied AccessDenied | r1", "soc2 A1.2", "user/jane"} {
		if !strings.Contains(paper, want) {
			t.Errorf("it lacks %q:\n%s", want, paper)
		}
	}
	if other := read(t, dir, "s3-bucket-y", "workpaper.md"); !strings.Contains(other, "Nothing was found that this control applies to") {
		t.Errorf("a control without resources:\n%s", other)
	}
	rows, err := csv.NewReader(strings.NewReader(read(t, dir, "s3-bucket-x", "population.csv"))).ReadAll()
	if err != nil || len(rows) != 3 || rows[1][8] != "1" || len(rows[1][9]) != 64 {
		t.Errorf("population %q, %v", rows, err)
	}
}

// Names are AWS's customers' to choose: none of them may become markup, a formula or a path.
func TestNamesStayNames(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "papers")
	must(t, Write(dir, bundle(t, "s3-bucket-x", `=cmd|<script>alert(1)</script>[x](javascript:y)`+"\n# head")))
	if page := read(t, dir, "s3-bucket-x", "workpaper.html"); strings.Contains(page, "<script>") || strings.Contains(page, "<b>hold") {
		t.Errorf("markup in the page:\n%s", page)
	}
	paper := read(t, dir, "s3-bucket-x", "workpaper.md")
	if strings.Contains(paper, "<script>") || strings.Contains(paper, "[x](") || strings.Contains(paper, "\n# head") {
		t.Errorf("markup in the paper:\n%s", paper)
	}
	rows, err := csv.NewReader(strings.NewReader(read(t, dir, "s3-bucket-x", "population.csv"))).ReadAll()
	if err != nil || !strings.HasPrefix(rows[1][5], "'=") {
		t.Errorf("a formula in the population: %q, %v", rows, err)
	}
	for _, check := range []string{"../../x", "s3-bucket-unknown"} {
		out := filepath.Join(t.TempDir(), "papers")
		if err := Write(out, bundle(t, check, "b")); err == nil || !strings.Contains(err.Error(), "none of its checks") {
			t.Errorf("%s: %v", check, err)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%s: the folder stayed", check)
		}
	}
}
