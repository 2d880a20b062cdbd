package main

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"onus/checks"
	"onus/report"
	"onus/report/jsonresult"
)

// Findings that came, went, changed or stand twice are told apart, wherever they stand.
func TestDiffer(t *testing.T) {
	f := func(id string, status checks.Status) checks.Finding {
		return checks.Finding{ID: id, Check: "a-b-c", Status: status, Severity: checks.High, Resource: checks.Resource{Type: "bucket", ID: id}}
	}
	result := func(list ...checks.Finding) report.Result {
		return report.Result{Checks: []*checks.Check{{ID: "a-b-c"}}, Findings: slices.Values(list)}
	}
	one, two, three := f("1", checks.PASS), f("2", checks.PASS), f("3", checks.PASS)
	for name, tt := range map[string]struct {
		before, now []checks.Finding
		want        string // same, changed, gone, new
	}{
		"nothing":                {nil, nil, "0 [] [] []"},
		"the same":               {[]checks.Finding{one, two}, []checks.Finding{one, two}, "2 [] [] []"},
		"one at the start":       {[]checks.Finding{two, three}, []checks.Finding{one, two, three}, "2 [] [] [1]"},
		"one left":               {[]checks.Finding{one, two, three}, []checks.Finding{one, three}, "2 [] [2] []"},
		"one for another":        {[]checks.Finding{one, three}, []checks.Finding{two, three}, "1 [] [1] [2]"},
		"one changed":            {[]checks.Finding{one, two}, []checks.Finding{one, f("2", checks.FAIL)}, "1 [2 PASS FAIL] [] []"},
		"changed and moved":      {[]checks.Finding{f("2", checks.FAIL), three}, []checks.Finding{one, two, three}, "1 [2 FAIL PASS] [] [1]"},
		"two in the other order": {[]checks.Finding{one, two}, []checks.Finding{two, one}, "2 [] [] []"},
		"twice":                  {[]checks.Finding{one, one, two}, []checks.Finding{one, two}, "2 [] [1] []"},
		"all new":                {nil, []checks.Finding{three, one}, "0 [] [] [1 3]"},
	} {
		var document bytes.Buffer
		if err := jsonresult.Write(&document, result(tt.before...)); err != nil {
			t.Fatal(err)
		}
		d, err := differ(&document, result(tt.now...))
		if err != nil {
			t.Fatal(err)
		}
		changed := []string{}
		for _, c := range d.changed {
			changed = append(changed, c[0].ID+" "+c[0].Status+" "+c[1].Status)
		}
		ids := func(list []outcome) (out []string) {
			for _, o := range list {
				out = append(out, o.ID)
			}
			return out
		}
		if got := fmt.Sprint(d.same, changed, ids(d.gone), ids(d.anew)); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}
