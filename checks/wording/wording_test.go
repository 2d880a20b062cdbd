package wording_test

import (
	"slices"
	"testing"

	"onus/checks/wording"
)

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 subnets", 1: "1 subnet", 2: "2 subnets"} {
		if got := wording.Count(n, "subnet"); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestLists(t *testing.T) {
	list := []string{"a", "b", "c", "d"}
	for _, test := range []struct {
		most      int
		list, few string
	}{
		{2, "a, b, and 2 more", "a, b and 2 more"},
		{3, "a, b, c, and 1 more", "a, b, c and 1 more"},
		{4, "a, b, c, d", "a, b, c, d"},
	} {
		if got := wording.List(list, test.most); got != test.list {
			t.Errorf("List of %d: %q, want %q", test.most, got, test.list)
		}
		if got := wording.Few(list, test.most); got != test.few {
			t.Errorf("Few of %d: %q, want %q", test.most, got, test.few)
		}
	}
	if !slices.Equal(list, []string{"a", "b", "c", "d"}) {
		t.Errorf("the list itself became %q", list)
	}
	if got := wording.List(nil, 3) + wording.Few(nil, 3); got != "" {
		t.Errorf("no list: %q", got)
	}
}
