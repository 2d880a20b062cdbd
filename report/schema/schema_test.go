package schema_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onus/checks"
	"onus/report"
	"onus/report/diff"
	"onus/report/schema"
	"onus/scanner/snapshot"
)

func words[T ~string](list []T) (out []string) {
	for _, w := range list {
		out = append(out, string(w))
	}
	return out
}

func TestWordsAreThoseOfTheCode(t *testing.T) {
	var doc struct {
		Defs map[string]struct {
			Enum       []string
			Properties map[string]struct{ Enum []string }
		} `json:"$defs"`
	}
	if err := json.Unmarshal(schema.Result, &doc); err != nil {
		t.Fatal(err)
	}
	causes := []snapshot.Cause{snapshot.OK, snapshot.Denied, snapshot.Throttled, snapshot.Failed, snapshot.Malformed, snapshot.Skipped, snapshot.NotOptedIn, snapshot.Unsupported, snapshot.Changed, snapshot.Cancelled, snapshot.NotRecorded}
	for name, want := range map[string][]string{
		"severity": words(checks.Severities), "status": words(report.Statuses), "cause": words(causes),
		"duty": words(checks.Duties), "service_kind": words(checks.ServiceKinds), "category": words(checks.Categories),
	} {
		if diff := cmp.Diff(want, doc.Defs[name].Enum); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	var other struct {
		Defs map[string]struct{ Enum []string } `json:"$defs"`
	}
	if err := json.Unmarshal(schema.Diff, &other); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{"severity": words(checks.Severities), "status": words(report.Statuses), "kind": words(diff.Kinds)} {
		if diff := cmp.Diff(want, other.Defs[name].Enum); diff != "" {
			t.Errorf("%s of a diff (-want +got):\n%s", name, diff)
		}
	}
	if diff := cmp.Diff(words(report.States), doc.Defs["duty_outcome"].Properties["outcome"].Enum); diff != "" {
		t.Errorf("outcome (-want +got):\n%s", diff)
	}
}

// TestEveryObjectIsStrictAndDescribed walks the schema: each object closes its members,
// and each member says what it is, itself or in what it refers to.
func TestEveryObjectIsStrictAndDescribed(t *testing.T) {
	strict(t, schema.Result, 15)
	strict(t, schema.Diff, 6)
}

func strict(t *testing.T, text []byte, least int) {
	var doc any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	objects := 0
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(path, item)
			}
		case map[string]any:
			if v["type"] == "object" {
				objects++
				if _, ok := v["additionalProperties"]; !ok {
					t.Errorf("%s takes any member", path)
				}
				properties, _ := v["properties"].(map[string]any)
				for name, p := range properties {
					if p := p.(map[string]any); p["description"] == nil && p["$ref"] == nil {
						t.Errorf("%s.%s is not described", path, name)
					}
				}
			}
			for _, key := range slices.Sorted(maps.Keys(v)) {
				walk(path+"."+key, v[key])
			}
		}
	}
	walk("document", doc)
	if objects < least {
		t.Errorf("%d objects: the walk missed the schema", objects)
	}
}
