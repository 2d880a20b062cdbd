package wire

import (
	"maps"
	"slices"
	"testing"

	"onus/checks/access/policy"
)

func TestEveryPermittedOperationHasARealReadingAction(t *testing.T) {
	for op := range Permitted {
		for _, name := range Actions([]string{op}) {
			action, ok := policy.LookupAction(name)
			if !ok {
				t.Errorf("%s needs %s, which AWS does not know", op, name)
			}
			if action.Changes() && !Reports[op] {
				t.Errorf("%s needs %s, which is of level %v", op, name, action.Level)
			}
		}
	}
	for op := range actions {
		if _, ok := Permitted[op]; !ok {
			t.Errorf("%s has an action and is not permitted", op)
		}
	}
	if got := Actions(slices.Sorted(maps.Keys(Permitted))); slices.Contains(got, "s3:GetObject") {
		t.Error("objects are never read")
	}
}
