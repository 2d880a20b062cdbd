package main

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onus/checks"
	"onus/checks/frameworks"
	"onus/checks/suite"
	"onus/mocks"
)

func TestShowTellsWhatAFindingRestsOn(t *testing.T) {
	path, _ := sealedDemo(t, "--check", "s3-bucket-versioning-enabled,s3-bucket-default-encryption-enabled,iam-root-mfa-enabled")
	for name, tt := range map[string]struct {
		word string
		want []string
	}{
		"an absent field": {"acme-invoices-staging", []string{"FAIL  medium  s3-bucket-versioning-enabled", "versioning was never enabled",
			`asked      {"Bucket":"acme-invoices-staging"}`, "» (Status does not stand in this answer)", "» ", "<Name>acme-invoices-staging</Name>", "It rests on 2 calls"}},
		"a denied call": {"arn:aws:s3:::acme-legal-hold-prod", []string{"UNKNOWN", "HTTP 403", "»   <Code>AccessDenied</Code>", "ledger.ndjson line"}},
	} {
		code, out, errs := onus(t, "evidence", "show", path, tt.word)
		if code != 0 {
			t.Errorf("%s: exit status %d: %s", name, code, errs)
		}
		for _, want := range tt.want {
			if !strings.Contains(out, want) {
				t.Errorf("%s lacks %q:\n%s", name, want, out)
			}
		}
		if name == "an absent field" && strings.Contains(out, "acme-legal-hold-prod") {
			t.Errorf("%s: other buckets of the list are shown:\n%s", name, out)
		}
	}
	_, whole, _ := onus(t, "evidence", "show", path, "acme-invoices-staging", "--full")
	if !strings.Contains(whole, "acme-legal-hold-prod") || strings.Contains(whole, " … ") {
		t.Errorf("--full hides something:\n%s", whole)
	}
	for name, words := range map[string][]string{
		"a check and a resource": {"s3-bucket-versioning-enabled", "acme-data-science-sandbox"},
		"in the other order":     {"arn:aws:s3:::acme-data-science-sandbox", "s3-bucket-versioning-enabled"},
		"one that passes":        {"s3-bucket-versioning-enabled", "acme-invoices-prod"},
		"a check of one finding": {"iam-root-mfa-enabled"},
	} {
		code, out, errs := onus(t, append([]string{"evidence", "show", path}, words...)...)
		if code != 0 || !strings.Contains(out, "  finding    ") || strings.Contains(name, "passes") != strings.HasPrefix(out, "PASS") {
			t.Errorf("%s: exit status %d: %s%s", name, code, errs, out)
		}
	}
	for word, want := range map[string]string{"acme-data-science-sandbox": "means 2 findings", "s3-bucket-versioning-enabled": "add a check or a resource", "nothing": "no finding", "abc": "no finding"} {
		if code, out, errs := onus(t, "evidence", "show", path, word); code != 2 || out != "" || !strings.Contains(errs, want) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: exit status %d: %s%s", word, code, out, errs)
		}
	}
}

func TestExhibitsMarkWhatDecided(t *testing.T) {
	const list = `<?xml version="1.0"?><R><set><item><id>vol-1</id><encrypted>true</encrypted></item><item><id>vol-2</id><encrypted>false</encrypted></item></set></R>`
	volume := judged{checks.Finding{Account: "1", Resource: checks.Resource{ID: "arn:aws:ec2:eu-west-1:1:volume/vol-2"}, Observed: map[string]string{"Encrypted": "false"}}}
	policy := judged{checks.Finding{Account: "1", Resource: checks.Resource{ID: "1"}, Observed: map[string]string{"MFA": "0", "Effect": "Allow"}}}
	for name, tt := range map[string]struct {
		f      judged
		status int
		body   string
		want   []string
	}{
		"the item alone":    {volume, 200, list, []string{"<id>vol-2</id>", "<encrypted>false</encrypted>"}},
		"a key and a value": {policy, 200, `<R><entry><key>MFA</key><value>0</value></entry><entry><key>Users</key><value>0</value></entry></R>`, []string{"<key>MFA</key>", "<value>0</value>"}},
		"an encoded policy": {policy, 200, `<R><Document>%7B%22Effect%22%3A%22Allow%22%7D</Document></R>`, []string{`"Effect": "Allow"`}},
		"JSON":              {policy, 200, `{"mfa":"1","Effect":"Allow"}`, []string{`"Effect": "Allow"`}},
		"a table":           {policy, 200, `<R><Content>` + base64.StdEncoding.EncodeToString([]byte("user,arn,MFA,keys\n<root_account>,arn:aws:iam::1:root,0,1\nana,arn:aws:iam::1:user/ana,1,0\n"+strings.Repeat("ben,arn:aws:iam::1:user/ben,2,0\n", 6))) + `</Content></R>`, []string{"user,arn,MFA,keys", "<root_account>,arn:aws:iam::1:root,0,1"}},
		"an error":          {policy, 403, `<Error><Code>AccessDenied</Code><RequestId>x</RequestId></Error>`, []string{"<Code>AccessDenied</Code>"}},
	} {
		e, _ := layOut([]byte(tt.body)).marked(tt.f, tt.status)
		var got []string
		for _, l := range e {
			if l.mark {
				got = append(got, l.text)
			}
		}
		if strings.Join(got, "|") != strings.Join(tt.want, "|") {
			t.Errorf("%s: marked %q, want %q", name, got, tt.want)
		}
	}
}

func TestExhibitsObeyNoAnswer(t *testing.T) {
	for _, body := range []string{"<a>\x1b[31m</a>", "plain \x1b]0;x\x07 text", "\xff\xfe", "", `{"a":"` + strings.Repeat("x", 9000) + `"}`} {
		var out bytes.Buffer
		e, parts := layOut([]byte(body)).marked(judged{}, 200)
		e.show(&out, parts, true)
		if strings.ContainsAny(out.String(), "\x1b\x07") || out.Len() > 1000 {
			t.Errorf("%.20q is shown as %.80q", body, out.String())
		}
	}
}

func TestCopiesOfEvidence(t *testing.T) {
	t.Parallel()
	path, team := sealedDemo(t)
	auditor, dir := newKeys(t), t.TempDir()
	both, shared := filepath.Join(dir, "both.onus"), filepath.Join(dir, "shared.onus")
	for _, args := range [][]string{
		{"evidence", "sign", path, "--pub", team + ".pub", "--key", auditor + ".key", "--to", both},
		{"verify", both, "--pub", team + ".pub", "--pub", auditor + ".pub"},
		{"evidence", "redact", both, "--pub", team + ".pub", "--pub", auditor + ".pub", "--key", auditor + ".key", "--to", shared},
		{"verify", shared, "--pub", auditor + ".pub", "--pub", team + ".pub"},
	} {
		if code, _, errs := onus(t, args...); code != 0 {
			t.Fatalf("%v: exit status %d: %s", args, code, errs)
		}
	}
	_, said, _ := onus(t, "verify", shared, "--pub", auditor+".pub", "--pub", team+".pub")
	if !strings.Contains(said, "redacted") {
		t.Errorf("verify says of the copy:\n%s", said)
	}
	text, err := os.ReadFile(shared)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"acme-", "carla", "vol-0", "sg-0", "203.0.113.", "10.0.", "assumed-role"} {
		if i := bytes.Index(text, []byte(name)); i >= 0 {
			t.Errorf("the copy names %q: …%q", name, text[max(0, i-80):i+40])
		}
	}
	for want, args := range map[string][]string{
		"taken out":             {"replay", shared},
		"--to NEW":              {"evidence", "sign", path, "--pub", team + ".pub", "--key", auditor + ".key"},
		"--key FILE":            {"evidence", "redact", path, "--pub", team + ".pub", "--to", filepath.Join(dir, "x")},
		"--pub FILE":            {"evidence", "redact", path, "--key", team + ".key", "--to", filepath.Join(dir, "x")},
		"not overwritten":       {"evidence", "sign", path, "--pub", team + ".pub", "--key", auditor + ".key", "--to", both},
		"signed already":        {"evidence", "sign", path, "--pub", team + ".pub", "--key", team + ".key", "--to", filepath.Join(dir, "x")},
		"export from the whole": {"evidence", "export", shared, "--to", filepath.Join(dir, "papers")},
	} {
		if code, _, errs := onus(t, args...); code != 2 || !strings.Contains(errs, want) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%v: exit status %d: %s; want %q", args, code, errs, want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "papers")); err == nil {
		t.Error("an export that failed left its folder")
	}
}

func TestWorkpapers(t *testing.T) {
	t.Parallel()
	path, _ := sealedDemo(t)
	dir := filepath.Join(t.TempDir(), "papers")
	if code, _, errs := onus(t, "evidence", "export", path, "--to", dir); code != 0 {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
		}
		return string(text)
	}
	paper := read("s3-bucket-default-encryption-enabled/workpaper.md")
	for _, want := range []string{"there are exceptions", "acme-data-science-sandbox", "acme-legal-hold-prod", "denied AccessDenied", "assumed-role/acme-auditor/onus", "SHA256:", "What could not be seen"} {
		if !strings.Contains(paper, want) {
			t.Errorf("the workpaper lacks %q:\n%s", want, paper)
		}
	}
	page := read("s3-bucket-default-encryption-enabled/workpaper.html")
	if !strings.Contains(page, "acme-data-science-sandbox") || strings.Contains(page, "<script") {
		t.Errorf("the page:\n%s", page)
	}
	rows, err := csv.NewReader(strings.NewReader(read("s3-bucket-default-encryption-enabled/population.csv"))).ReadAll()
	if err != nil || len(rows) != 13 {
		t.Errorf("%d rows of the population, %v; want 12 and a head", len(rows), err)
	}
	index := read("index.md")
	for _, c := range suite.All() {
		if c.OptIn != "" {
			continue // the demo does not ask for it
		}
		if !strings.Contains(index, "["+c.ID+"](<"+c.ID+"/workpaper.md>)") {
			t.Errorf("the index lacks %s", c.ID)
		}
		read(c.ID + "/workpaper.html")
	}
	if code, _, errs := onus(t, "evidence", "export", path, "--to", dir); code != 2 || !strings.Contains(errs, "not overwritten") {
		t.Errorf("into a folder that is there: exit status %d: %s", code, errs)
	}
}

func TestWorkpapersByRequirement(t *testing.T) {
	t.Parallel()
	path, _ := sealedDemo(t)
	dir := filepath.Join(t.TempDir(), "deep", "cis")
	if code, _, errs := onus(t, "evidence", "export", path, "--framework", "cis_7.0", "--to", dir); code != 0 {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	requirements := frameworks.Requirements("cis_7.0")
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != len(requirements)+3 { // two indexes and OSCAL
		t.Errorf("%d entries for %d requirements, %v", len(entries), len(requirements), err)
	}
	for name, controls := range requirements {
		text, err := os.ReadFile(filepath.Join(dir, name, "workpaper.md"))
		if err != nil {
			t.Error(err)
		}
		for _, id := range controls {
			if !strings.Contains(string(text), "`"+id+"`") {
				t.Errorf("%s does not name %s", name, id)
			}
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "assessment-results.json"))
	if err != nil {
		t.Fatal(err)
	}
	schema, err := os.ReadFile(filepath.Join("..", "..", "report", "oscal", "testdata", "oscal_assessment-results_schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	valid(t, text, schema)
	for word, want := range map[string]string{"cis_7": `did you mean "cis_7.0"`, "zzz": "onus frameworks"} {
		if code, _, errs := onus(t, "evidence", "export", path, "--framework", word, "--to", dir+"2"); code != 2 || !strings.Contains(errs, want) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: exit status %d: %s", word, code, errs)
		}
	}
	if left, err := os.ReadDir(filepath.Dir(dir)); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// The OSCAL document of an export is the one that the scan itself would have written.
func TestExportedOSCALIsThatOfTheScan(t *testing.T) {
	t.Parallel()
	written := filepath.Join(t.TempDir(), "oscal.json")
	path, _ := sealedDemo(t, "--format", "oscal="+written)
	dir := filepath.Join(t.TempDir(), "papers")
	if code, _, errs := onus(t, "evidence", "export", path, "--to", dir); code != 0 {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	want, err := os.ReadFile(written)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "assessment-results.json"))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("they differ, %v: %s", err, cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")))
	}
}

// varies are the parts of what is shown that differ from run to run.
var varies = regexp.MustCompile(`\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT|[0-9a-f-]{36}|line \d+|… \d+ lines|by onus [^\n]+`)

// TestTheREADMEShowsWhatAFindingRestsOn: the command that it shows prints what it shows.
func TestTheREADMEShowsWhatAFindingRestsOn(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "$ bin/onus evidence show acme.onus ")
	words, rest, _ := strings.Cut(rest, "\n")
	excerpt, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		t.Fatal("the README shows no finding")
	}
	path, _ := sealedDemo(t)
	code, out, errs := onus(t, append([]string{"evidence", "show", path}, strings.Fields(words)...)...)
	if code != 0 {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	want, got := varies.ReplaceAllString(excerpt, "…"), varies.ReplaceAllString(out, "…")
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("(-README +printed):\n%s", diff)
	}
}

// turned stands in front of a server and turns versioning off in every answer.
func turned(t *testing.T, s *mocks.Server) string {
	t.Helper()
	to, err := url.Parse(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ModifyResponse = func(r *http.Response) error {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		text = bytes.Replace(text, []byte("<Status>Enabled</Status></VersioningConfiguration>"), []byte("<Status>Suspended</Status></VersioningConfiguration>"), 1)
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
		r.Header.Set("Content-Length", strconv.Itoa(len(text)))
		return nil
	}
	front := httptest.NewServer(proxy)
	t.Cleanup(front.Close)
	return front.URL
}

func TestDiffShowsTheAnswersThatChanged(t *testing.T) {
	dir, key, s := t.TempDir(), newKeys(t), server(t, mocks.Options{})
	scan := func(name, endpoint string) string {
		path := filepath.Join(dir, name)
		environment(t, endpoint)
		if code, _, errs := onus(t, "scan", "-q", "--check", "s3-bucket-versioning-enabled", "--fail-on", "medium", "--evidence", path, "--key", key+".key"); code != 3 {
			t.Fatalf("exit status %d: %s", code, errs)
		}
		return path
	}
	before, after := scan("before", s.URL()), scan("after", turned(t, s))
	code, out, errs := onus(t, "evidence", "diff", before, after)
	for _, want := range []string{"changed  PASS → FAIL  s3-bucket-versioning-enabled", "- <Status>Enabled</Status>", "+ <Status>Suspended</Status>", "s3:GetBucketVersioning in"} {
		if !strings.Contains(out, want) {
			t.Errorf("the difference lacks %q:\n%s", want, out)
		}
	}
	changed := strings.Count(out, "\nchanged ") + 1
	if code != 0 || changed < 5 || strings.Count("\n"+out, "  s3-bucket-versioning-enabled  ") != changed || !strings.Contains(errs, fmt.Sprintf(" %d changed, 0 are new, 0 are gone", changed)) {
		t.Errorf("exit status %d: %s%s", code, errs, out)
	}
	if code, out, errs := onus(t, "evidence", "diff", before, before); code != 0 || out != "" || !strings.Contains(errs, " 0 changed") {
		t.Errorf("a bundle and itself: exit status %d: %s%s", code, out, errs)
	}
}
