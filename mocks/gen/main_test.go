package main

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onus/mocks/model"
)

// TestTableIsOfTheList: model.json holds the operations of operations.txt, neither
// more nor fewer.
func TestTableIsOfTheList(t *testing.T) {
	listed, _, err := operations("operations.txt")
	if err != nil {
		t.Fatal(err)
	}
	table := map[string][]string{}
	for name, svc := range model.Load().Services {
		table[name] = slices.Sorted(maps.Keys(svc.Operations))
	}
	for _, ops := range listed {
		slices.Sort(ops)
	}
	if diff := cmp.Diff(listed, table); diff != "" {
		t.Errorf("run gen again (-listed +table):\n%s", diff)
	}
}
