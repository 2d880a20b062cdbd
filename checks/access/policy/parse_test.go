package policy

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mustParse parses a document that the test itself wrote.
func mustParse(t testing.TB, text string) *Document {
	t.Helper()
	d, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("Parse(%s): %v", text, err)
	}
	return d
}

// statements wraps statements, without their braces, into a document of 2012.
func statements(bodies ...string) string {
	return `{"Version":"2012-10-17","Statement":[{` + strings.Join(bodies, "},{") + `}]}`
}

func TestParseForms(t *testing.T) {
	d := mustParse(t, `{"Version":"2012-10-17","Id":"x","Statement":{"Sid":"A","Effect":"Allow","Action":"s3:Get*","Resource":["*"],
		"Principal":{"AWS":"111122223333","Service":["a","b"],"Federated":"f","CanonicalUser":"c"},
		"Condition":{"Bool":{"aws:SecureTransport":true},"NumericLessThan":{"aws:MultiFactorAuthAge":3600}}}}`)
	s := d.Statements[0]
	got := []any{d.Version, d.ID, s.Sid, s.Effect, s.Actions, s.Resources, s.Principals, s.Conditions[0].Values, s.Conditions[1].Values, s.Line, len(d.Issues)}
	want := []any{"2012-10-17", "x", "A", Allow, []string{"s3:Get*"}, []string{"*"},
		Principals{Present: true, AWS: []string{"111122223333"}, Service: []string{"a", "b"}, Federated: []string{"f"}, Canonical: []string{"c"}},
		[]string{"true"}, []string{"3600"}, 1, 0}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("parsed document (-want +got)\n%s", diff)
	}
}

func TestParsePercentEncodingKeepsPlus(t *testing.T) {
	plain := statements(`"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/a+b c"`)
	d := mustParse(t, strings.ReplaceAll(url.PathEscape(plain), "%2B", "+"))
	if got := d.Statements[0].Resources[0]; got != "arn:aws:s3:::b/a+b c" {
		t.Errorf("resource = %q, want the plus kept and the space decoded", got)
	}
}

// TestParseErrorsHaveAPlace marks the place of each fault with a ¶, which is
// taken out before parsing.
func TestParseErrorsHaveAPlace(t *testing.T) {
	const ok = `"Effect":"Allow","Action":"*","Resource":"*"`
	whole := func(body string) string { return `{"Version":"2012-10-17","Statement":[¶{` + body + `}]}` }
	tests := []struct{ name, text, problem string }{
		{"empty", `¶`, "the end of the document"},
		{"not an object", `¶[]`, "want an object"},
		{"no statement", `{"Version":"2012-10-17"}¶`, "no Statement"},
		{"trailing", statements(ok) + "\n ¶x", "after the document"},
		{"cut short", `{"Statement":[¶`, "the end"},
		{"duplicate element", "{\"Statement\":[],\n  ¶\"Statement\":[]}", "given twice"},
		{"duplicate effect", statements(`"Effect":"Allow",¶` + ok), "given twice"},
		{"duplicate behind an escape", statements(ok + `,¶"\u0045ffect":"Deny"`), "given twice"},
		{"duplicate condition key", statements(ok + `,"Condition":{"Bool":{"a":"x",¶"a":"y"}}`), "given twice"},
		{"effect in small letters", statements(`"Effect":¶"allow","Action":"*","Resource":"*"`), "want Allow or Deny"},
		{"no effect", whole(`"Action":"*","Resource":"*"`), "without Effect"},
		{"no action", whole(`"Effect":"Allow","Resource":"*"`), "needs one of Action"},
		{"both actions", whole(ok + `,"NotAction":"x"`), "has 2"},
		{"both resources", whole(ok + `,"NotResource":"x"`), "both Resource"},
		{"neither resource nor principal", whole(`"Effect":"Allow","Action":"*"`), "neither"},
		{"both principals", statements(ok + `,"Principal":"*",¶"NotPrincipal":"*"`), "both Principal"},
		{"bare principal", statements(ok + `,"Principal":¶"111122223333"`), "without a type"},
		{"action is a number", statements(`"Effect":"Allow","Action":¶1,"Resource":"*"`), "want a string"},
		{"null value", statements(ok + `,"Condition":{"Bool":{"a":¶null}}`), "want a string"},
		{"unknown version", `{¶"Version":"2012-10-18","Statement":[]}`, "no such version"},
		{"control character", statements("\"Effect\":\"Al¶\tlow\""), "control character"},
		{"escaped control character", statements(`"Sid":¶"\u0001",` + ok), "control character"},
		{"not UTF-8", "¶{\"Statement\":[],\"Id\":\"\xff\"}", "UTF-8"},
		{"bad percent-encoding", "¶%7B%", "percent-encoding"},
		{"number with a sign only", statements(ok + `,"Condition":{"Bool":{"a":¶-}}`), "want a value"},
		{"comma at the end", statements(ok + `,¶`), "want a string"},
		{"string without end", `{"Statement":¶"x`, "want an object"},
		{"too deep", `{"x":` + strings.Repeat("[", 33) + "¶[", "nested too deeply"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before, after, ok := strings.Cut(tt.text, "¶")
			if !ok {
				t.Fatal("the case marks no place")
			}
			line, column := 1+strings.Count(before, "\n"), len(before)-strings.LastIndex(before, "\n")
			_, err := Parse([]byte(before + after))
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("Parse(%q) = %v, want an *Error", tt.text, err)
			}
			if e.Line != line || e.Column != column || !strings.Contains(e.Problem, tt.problem) {
				t.Errorf("Parse(%q) = %v, want line %d column %d and %q", tt.text, err, line, column, tt.problem)
			}
		})
	}
}

func TestParseIssuesMakeStatementsUnclear(t *testing.T) {
	ok := `"Effect":"Deny","Action":"*","Resource":"*"`
	tests := []struct{ name, body, problem string }{
		{"element in small letters", ok + `,"condition":{"Bool":{"a":"b"}}`, "unknown element"},
		{"unknown operator", ok + `,"Condition":{"StringAlike":{"a":"b"}}`, "unknown condition operator"},
		{"unknown set operator", ok + `,"Condition":{"ForSomeValues:StringLike":{"a":"b"}}`, "unknown condition operator"},
		{"Null with IfExists", ok + `,"Condition":{"NullIfExists":{"a":"true"}}`, "unknown condition operator"},
		{"unknown principal type", ok + `,"Principal":{"Robot":"x"}`, "unknown type of principal"},
		{"key twice in different case", ok + `,"Condition":{"Bool":{"a":"b","A":"c"}}`, "different case"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := mustParse(t, statements(`"Effect":"Allow","Action":"a:b","Resource":"*"`, tt.body))
			if len(d.Issues) != 1 || !strings.Contains(d.Issues[0].Problem, tt.problem) {
				t.Errorf("Issues = %v, want one with %q", d.Issues, tt.problem)
			}
			if d.Statements[0].Unclear || !d.Statements[1].Unclear {
				t.Errorf("Unclear = %v, %v, want only the second", d.Statements[0].Unclear, d.Statements[1].Unclear)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		statements(`"Effect":"Allow","Action":"*","Resource":"*"`),
		`%7B%22Statement%22%3A%5B%5D%7D`, `{"Statement":{}}`, `{"a":[[[[{"b":null}]]]],"Statement":[]}`,
		statements(`"Effect":"Deny","NotAction":["a:b"],"NotResource":[],"Principal":{"AWS":["*"]},"Condition":{"Null":{"a":true}}`),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := Parse(text)
		var e *Error
		if err != nil {
			if !errors.As(err, &e) || e.Line < 1 || e.Column < 1 || d != nil {
				t.Fatalf("Parse(%q) = %v, %v: want no document and an *Error with a place", text, d, err)
			}
			return
		}
		// No question may panic, and what is unclear reassures nobody.
		src := Source{Name: "fuzz", Document: d}
		admin := FullAdmin("111122223333", src)
		for _, s := range d.Statements {
			s.CoversResource("arn:aws:s3:::b/*")
			s.TouchesAction("s3:*")
			if s.Effect != Allow && s.Effect != Deny {
				t.Fatalf("statement without effect in %q", text)
			}
		}
		if len(d.Statements) == 0 && admin.Answer == Yes {
			t.Fatalf("no statement, and yet an administrator: %q", text)
		}
		d.RegionDeny("fuzz", RegionRule{Regions: []string{"eu-west-1"}})
	})
}
