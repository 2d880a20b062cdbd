package reporttest

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// element is what Jenkins' schema of the format lets an element have: children, attributes,
// and of these, those that must be there.
// Source: xunit-plugin, junit-10.xsd.
type element struct{ children, attributes, required []string }

var elements = map[string]element{
	"testsuites": {[]string{"testsuite"}, []string{"name", "time", "tests", "failures", "errors"}, nil},
	"testsuite": {[]string{"testsuite", "properties", "testcase", "system-out", "system-err"},
		[]string{"name", "tests", "failures", "errors", "group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
		[]string{"name", "tests", "failures", "errors"}},
	"testcase": {[]string{"skipped", "error", "failure", "system-out", "system-err"}, []string{"name", "time", "classname", "group"}, []string{"name"}},
	"failure":  {nil, []string{"type", "message"}, nil},
	"error":    {nil, []string{"type", "message"}, nil},
	"skipped":  {nil, []string{"type", "message"}, nil},
}

// duration is the schema's SUREFIRE_TIME.
var duration = regexp.MustCompile(`^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$`)

// ValidJUnit holds a file of the format JUnit against the schema.
func ValidJUnit(t *testing.T, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	var open []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			rules, ok := elements[name]
			if !ok || len(open) == 0 && name != "testsuites" || len(open) > 0 && !slices.Contains(elements[open[len(open)-1]].children, name) {
				t.Errorf("<%s> stands in %v", name, open)
			}
			given := map[string]string{}
			for _, a := range token.Attr {
				given[a.Name.Local] = a.Value
				if !slices.Contains(rules.attributes, a.Name.Local) {
					t.Errorf("<%s> has no attribute %s", name, a.Name.Local)
				}
			}
			for _, a := range rules.required {
				if _, ok := given[a]; !ok {
					t.Errorf("<%s> lacks %s", name, a)
				}
			}
			if at, ok := given["time"]; ok && !duration.MatchString(at) {
				t.Errorf("<%s> has the time %q", name, at)
			}
			open = append(open, name)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if last := len(open) - 1; strings.TrimSpace(string(token)) != "" && (last < 0 || elements[open[last]].children != nil) {
				t.Errorf("text stands in %v", open)
			}
		}
	}
}
