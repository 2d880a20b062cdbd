package checktest

import (
	"slices"
	"strings"
	"testing"

	"onus/checks"
)

// RunFor is [Run] for accounts with several resources: it looks at the one finding about the
// resource of a name.
func RunFor(t *testing.T, c *checks.Check, name string, cases []Case) {
	t.Helper()
	if err := checks.Validate([]*checks.Check{c}); err != nil {
		t.Fatal(err)
	}
	seen := map[checks.Status]bool{}
	for _, tt := range cases {
		t.Run(tt.Name, func(t *testing.T) {
			all := Findings(c, Account(c, tt.Set), tt.Parameters)
			found := slices.DeleteFunc(slices.Clone(all), func(f checks.Finding) bool { return f.Resource.Name != name })
			if len(found) != 1 {
				t.Fatalf("%d findings about %s, want 1: %+v", len(found), name, all)
			}
			f := found[0]
			if f.Status != tt.Want || !strings.Contains(f.Reason, tt.Reason) {
				t.Errorf("%s %q\nwant %s with %q", f.Status, f.Reason, tt.Want, tt.Reason)
			}
			for field, value := range tt.Observed {
				if f.Observed[field] != value {
					t.Errorf("observed %s = %q, want %q", field, f.Observed[field], value)
				}
			}
			seen[f.Status] = true
		})
	}
	for _, s := range []checks.Status{checks.PASS, checks.FAIL, checks.UNKNOWN} {
		if !seen[s] {
			t.Errorf("no case ends in %s", s)
		}
	}
}
