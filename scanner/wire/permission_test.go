package wire

import (
	"maps"
	"slices"
	"strings"
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
	unsampled := slices.DeleteFunc(slices.Sorted(maps.Keys(Permitted)), func(op string) bool { return slices.Contains(Sampling, op) })
	for _, action := range Actions(unsampled) {
		if strings.HasPrefix(action, "s3:GetObject") {
			t.Errorf("%s is needed though no object is sampled", action)
		}
	}
}
