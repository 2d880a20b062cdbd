package jsonresult_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"onus/checks"
	"onus/report"
	"onus/report/jsonresult"
	"onus/report/reporttest"
	"onus/report/schema"
	"onus/scanner/snapshot"
)

func compile(t *testing.T, where string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.Result))
	if err != nil {
		t.Fatalf("the schema is not JSON: %v", err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("urn:onus:result:v1", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("urn:onus:result:v1" + where)
	if err != nil {
		t.Fatalf("the schema is no JSON Schema: %v", err)
	}
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, text []byte) error {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("not JSON: %v\n%s", err, text)
	}
	return s.Validate(value)
}

func write(t *testing.T, r report.Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jsonresult.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDocumentsFollowTheSchema(t *testing.T) {
	s, line := compile(t, ""), compile(t, "#/$defs/line")
	for name, result := range reporttest.Results {
		if err := validate(t, s, write(t, result())); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var b bytes.Buffer
		if err := jsonresult.WriteLines(&b, result()); err != nil {
			t.Fatal(err)
		}
		for _, text := range bytes.Split(bytes.TrimSuffix(b.Bytes(), []byte("\n")), []byte("\n")) {
			if err := validate(t, line, text); err != nil {
				t.Errorf("%s: line %s: %v", name, text, err)
			}
		}
	}
}

func TestSchemaRefusesWhatItDoesNotName(t *testing.T) {
	s := compile(t, "")
	good := string(write(t, reporttest.Ordinary()))
	for _, change := range [][2]string{
		{`"onus.result/v1"`, `"onus.result/v2"`},
		{`"commit": `, `"comit": `},
		{`"status":"FAIL","severity"`, `"status":"WARN","severity"`},
		{`"cause":"throttled",`, ``},
		{`"cause":"denied","evidence"`, `"evidence"`},
		{`"findings":7}`, `"findings":0}`},
		{`"status":"not-opted-in"`, `"status":"closed"`},
		{`"retries":7,`, `"retries":7,"extra":1,`},
		{`"as_of": "2026-11-24T10:00:00Z"`, `"as_of": "yesterday"`},
		{`"outcome":"kept"`, `"outcome":"fine"`},
		{`"tags":{"env":"prod"}`, `"tags":{"env":null}`},
		{`"status":"PASS","severity":"high"`, `"waived":{"reason":"r","owner":"o","expires":"2026-12-31"},"status":"PASS","severity":"high"`},
		{`"findings": [`, `"waivers": [], "findings": [`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Fatalf("%s is not in the document", change[0])
		}
		if validate(t, s, []byte(bad)) == nil {
			t.Errorf("%s for %s was accepted", change[1], change[0])
		}
	}
}

func TestGolden(t *testing.T) {
	reporttest.Writer(jsonresult.Write).Golden(t, "json")
	reporttest.Writer(jsonresult.WriteLines).Golden(t, "ndjson")
}

func TestSameResultSameBytes(t *testing.T) {
	r := reporttest.Ordinary()
	first := write(t, r)
	for i, j := 0, len(r.Checks)-1; i < j; i, j = i+1, j-1 {
		r.Checks[i], r.Checks[j] = r.Checks[j], r.Checks[i]
	}
	r.Coverage[0], r.Coverage[5] = r.Coverage[5], r.Coverage[0]
	if diff := cmp.Diff(string(first), string(write(t, r))); diff != "" {
		t.Errorf("the order in which the caller gave checks and coverage shows (-want +got):\n%s", diff)
	}
}

func TestMembersStandInTheDocumentedOrder(t *testing.T) {
	d := json.NewDecoder(bytes.NewReader(write(t, reporttest.Waived())))
	var got []string
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, key.(string))
		var skip json.RawMessage
		if err := d.Decode(&skip); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"format", "scan", "summary", "checks", "waivers", "findings", "coverage", "duties"}, got); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
}

func TestFindingsComeBackAsTheyWere(t *testing.T) {
	var doc struct{ Findings []checks.Finding }
	if err := json.Unmarshal(write(t, reporttest.Ordinary()), &doc); err != nil {
		t.Fatal(err)
	}
	var want []checks.Finding
	for f := range reporttest.Ordinary().Findings {
		want = append(want, f)
	}
	if diff := cmp.Diff(want, doc.Findings); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestHostileNames(t *testing.T) {
	s, line := compile(t, ""), compile(t, "#/$defs/line")
	for title, name := range reporttest.Names {
		hostile := reporttest.HostileAs(name)
		if err := validate(t, s, write(t, hostile)); err != nil {
			t.Errorf("%s: %v", title, err)
		}
		for l := range strings.Lines(reporttest.Writer(jsonresult.WriteLines).Text(t, hostile)) {
			if err := validate(t, line, []byte(l)); err != nil {
				t.Errorf("%s: %v", title, err)
			}
		}
		text := write(t, reporttest.Everywhere(name)) // without accounts, which the schema wants
		if strings.ContainsFunc(string(text), func(r rune) bool { return r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }) {
			t.Errorf("%s: the document holds what a terminal obeys", title)
		}
		findings := 0
		if err := jsonresult.Read(bytes.NewReader(text), jsonresult.Parts{Finding: func(checks.Finding) error { findings++; return nil }}); err != nil || findings != 16 {
			t.Errorf("%s: %d findings come back, %v", title, findings, err)
		}
	}
}

func TestHostileStringsCannotCommandATerminal(t *testing.T) {
	text := write(t, reporttest.Hostile())
	for _, r := range string(text) {
		if r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf) {
			t.Fatalf("the document holds %U", r)
		}
	}
	var doc struct{ Scan struct{ Principal string } }
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	if want := strings.ToValidUTF8(reporttest.Sentence, "\ufffd"); doc.Scan.Principal != want {
		t.Errorf("an escaped string comes back as %q, want %q", doc.Scan.Principal, want)
	}
}

func TestErrorsAreReturned(t *testing.T) {
	reporttest.Writer(jsonresult.Write).Fails(t)
	reporttest.Writer(jsonresult.WriteLines).Fails(t)
}

// What nobody can read any more is not evaluated any more.
func TestNothingIsEvaluatedForAFullDisk(t *testing.T) {
	r := reporttest.Ordinary()
	all := slices.Collect(r.Findings)
	asked := 0
	r.Findings = func(yield func(checks.Finding) bool) {
		for i := range 10_000 {
			asked++
			if !yield(all[i%len(all)]) {
				return
			}
		}
	}
	if err := jsonresult.WriteLines(&reporttest.Full{Room: 100}, r); !errors.Is(err, reporttest.ErrFull) || asked > 100 {
		t.Errorf("lines: %v after %d findings", err, asked)
	}
	asked = 0
	if err := jsonresult.Write(&reporttest.Full{Room: 100}, r); !errors.Is(err, reporttest.ErrFull) || asked > 10_100 {
		t.Errorf("document: %v after %d findings", err, asked)
	}
}

// A million findings must not be held: memory stays that of one while they stream by.
func TestFindingsAreStreamed(t *testing.T) {
	r := reporttest.Ordinary()
	var one checks.Finding
	for f := range r.Findings {
		one = f
	}
	const n = 50_000
	ranges, alive := 0, 0
	r.Findings = func(yield func(checks.Finding) bool) {
		ranges++
		for range n {
			alive++
			if !yield(one) {
				return
			}
		}
	}
	var w seen
	if err := jsonresult.Write(&w, r); err != nil {
		t.Fatal(err)
	}
	if ranges != 2 || alive != 2*n {
		t.Errorf("ranged %d times over %d findings, want 2 times over %d", ranges, alive, 2*n)
	}
	if w.largest > 1<<16 {
		t.Errorf("one write of %d bytes: the document is collected, not streamed", w.largest)
	}
}

type seen struct{ largest int }

func (s *seen) Write(p []byte) (int, error) {
	s.largest = max(s.largest, len(p))
	return len(p), nil
}

// What is read is what was written, plain or compressed, as far as the document holds it.
func TestReadGivesBackWhatWasWritten(t *testing.T) {
	for name, result := range reporttest.Results {
		made := result()
		made.Scan.Sampled = &report.Sampling{Objects: 5, MaxKeys: 100, Seed: "s", Buckets: []string{"acme-*"}}
		text := write(t, made)
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		if _, err := z.Write(text); err != nil || z.Close() != nil {
			t.Fatal(err)
		}
		for form, document := range map[string][]byte{"plain": text, "compressed": packed.Bytes()} {
			var got report.Result
			var findings []checks.Finding
			got.Frameworks = map[string][]report.Requirement{}
			cells := 0
			err := jsonresult.Read(bytes.NewReader(document), jsonresult.Parts{
				Scan: func(s report.Scan) error { got.Scan = s; return nil },
				Summary: func(s report.Summary) error {
					cells = s.Count(func(report.Cell) bool { return true }).Total()
					return nil
				},
				Check: func(c *checks.Check, list []report.Requirement) error {
					got.Checks, got.Frameworks[c.ID] = append(got.Checks, c), list
					return nil
				},
				Waiver:  func(w report.Waiver) error { got.Waivers = append(got.Waivers, w); return nil },
				Finding: func(f checks.Finding) error { findings = append(findings, f); return nil },
				Call:    func(c snapshot.Coverage) error { got.Coverage = append(got.Coverage, c); return nil },
			})
			if err != nil {
				t.Errorf("%s, %s: %v", name, form, err)
				continue
			}
			got.Findings = slices.Values(findings)
			again := write(t, report.Result{Scan: got.Scan, Checks: got.Checks, Waivers: got.Waivers, Findings: got.Findings, Coverage: got.Coverage, Frameworks: got.Frameworks})
			// A byte that is no UTF-8 is written as an escape of the character that stands for it.
			// The duties follow from more than is read: those of checks that did not run.
			alike := func(text []byte) string {
				head, _, _ := strings.Cut(string(text), `"duties"`)
				return strings.ReplaceAll(head, `\ufffd`, "\ufffd")
			}
			if diff := cmp.Diff(alike(text), alike(again)); diff != "" {
				t.Errorf("%s, %s (-written +read and written again):\n%s", name, form, diff)
			}
			if cells != len(findings) {
				t.Errorf("%s: the summary counts %d of %d findings", name, cells, len(findings))
			}
		}
	}
}

func TestReadStopsAndTells(t *testing.T) {
	text := write(t, reporttest.Ordinary())
	seen := 0
	err := jsonresult.Read(bytes.NewReader(text), jsonresult.Parts{Finding: func(checks.Finding) error {
		if seen++; seen == 3 {
			return jsonresult.ErrEnough
		}
		return nil
	}})
	if err != nil || seen != 3 {
		t.Errorf("%d findings, %v", seen, err)
	}
	own := errors.New("own")
	if err := jsonresult.Read(bytes.NewReader(text), jsonresult.Parts{Scan: func(report.Scan) error { return own }}); !errors.Is(err, own) || errors.Is(err, jsonresult.ErrForm) {
		t.Errorf("an error of a part comes back as %v", err)
	}
	for cut := 0; cut < len(text)-3; cut += 97 {
		if err := jsonresult.Read(bytes.NewReader(text[:cut]), jsonresult.Parts{}); !errors.Is(err, jsonresult.ErrForm) {
			t.Fatalf("cut after %d bytes: %v", cut, err)
		}
	}
}
