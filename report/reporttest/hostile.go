package reporttest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"onus/checks"
	"onus/report"
	"onus/scanner/snapshot"
)

// Names are what the owner of a resource may call it, each with a word on what it tries.
var Names = map[string]string{
	"all at once": Sentence, "markup": `<script>alert(1)</script><img src=x onerror=alert(1)>`, "quotes": "\"'`” ’ \\\" \\'", "an end of everything": "]]></script></style>--></textarea>\"}],",
	"right to left": "\u202egnp.exe\u202c \u2067abc\u2069 \u200f", "right-to-left letters": "שלום عربى", "very long": strings.Repeat("long ", 2000), "very long word": strings.Repeat("W", 10_000), "very wide": strings.Repeat("漢", 5000),
	"emoji": "👩\u200d🚀🏳️\u200d🌈😀", "newlines": "one\ntwo\r\nthree\u2028four\u2029five\u0085six", "terminal": "\x1b[31mred\x1b]0;title\a\x1b]8;;http://x\x1b\\link\x9b2J\x00\x7f",
	"a formula": `=HYPERLINK("http://x","y")`, "a sum": "+1+1", "a minus": "-2+3", "an at": "@SUM(A1)", "a tab": "\t=1", "bytes": "\xff\xfe\xc3\x28", "blank": " \u00a0\u3000 ",
	"a template": "{{.}} ${x} %{x} $(id) `id`", "json": `{"a": [1, "b"]}`, "many marks": "e" + strings.Repeat("\u0301", 500), "a table": "| a | b |\n|---|---|\n# title", "a link": "[x](http://x) http://x @someone #1",
}

// Hostile is a result in which whoever owns the resources wrote what they could.
func Hostile() report.Result { return HostileAs(Sentence) }

// HostileAs is a result in which whoever owns the resources wrote one name wherever they
// could.
func HostileAs(name string) report.Result {
	r := Ordinary()
	r.Scan.Principal, r.Scan.PolicyDigest, r.Scan.ToolVersion = name, name, name
	r.Scan.Interrupted, r.Scan.RegionsUnread, r.Scan.Partition = name, name, name
	r.Scan.Regions = []report.Region{{Account: account, Name: name, Status: name}}
	r.Scan.NarrowedTo = &report.Narrowing{Regions: []string{name}}
	r.Scan.NotRun[0].Why = name
	for i := range r.Coverage {
		if e := r.Coverage[i].Error; e != nil {
			r.Coverage[i].Error = &snapshot.Unread{Operation: e.Operation, Cause: e.Cause, Code: name, Message: name, RequestID: name}
			r.Coverage[i].Region = name
		}
	}
	findings := slices.Collect(r.Findings)
	for i := range findings {
		f := &findings[i]
		f.Reason, f.Region = name, name
		f.Resource = checks.Resource{Type: name, ID: name, Name: name, Tags: map[string]string{name: name}}
		f.Observed = map[string]string{name: name}
		f.Evidence = nil
		if i%3 == 1 && (f.Status == checks.FAIL || f.Status == checks.UNKNOWN) {
			f.Waived = &checks.Waived{Reason: name, Owner: name, Expires: "2027-01-31"}
		}
	}
	r.Waivers = []report.Waiver{
		{Check: encrypted.ID, Resource: name, Reason: name, Owner: name, Expires: "2027-01-31", State: report.InForce, Findings: 3},
		{Check: encrypted.ID, Resource: name, Reason: name, Owner: name, Expires: "2026-01-31", State: report.Expired, Findings: 3},
		{Check: encrypted.ID, Resource: name, Reason: name, Owner: name, Expires: "2027-01-31", State: report.Unused},
	}
	r.Findings = slices.Values(findings)
	return r
}

// Everywhere is a result in which every string is one name: also what AWS or Onus writes,
// as in a document or a record that somebody made up. What one finding is told from
// another by stays: its check, and a number in its id.
func Everywhere(name string) report.Result {
	r := HostileAs(name)
	fill(reflect.ValueOf(&r.Scan).Elem(), name)
	for i := range r.Coverage {
		fill(reflect.ValueOf(&r.Coverage[i]).Elem(), name)
	}
	for i := range r.Waivers {
		fill(reflect.ValueOf(&r.Waivers[i]).Elem(), name)
	}
	findings := slices.Collect(r.Findings)
	for i := range findings {
		f := &findings[i]
		f.Evidence = []string{""}
		check := f.Check
		fill(reflect.ValueOf(f).Elem(), name)
		f.Check, f.ID = check, fmt.Sprint(i, name)
	}
	r.Findings = slices.Values(findings)
	return r
}

// fill puts a name into every string that is no word of our own: those have types of
// their own. What is declared of checks is ours too.
func fill(v reflect.Value, name string) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() && v.CanSet() {
			v.SetString(name)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), name)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), name)
		}
	case reflect.Map:
		if v.Type() == reflect.TypeFor[map[string]string]() {
			v.Set(reflect.ValueOf(map[string]string{name: name}))
		}
	case reflect.Pointer:
		if !v.IsNil() && v.Type() != reflect.TypeFor[*checks.Check]() {
			fill(v.Elem(), name)
		}
	}
}
