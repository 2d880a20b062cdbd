package reach

import (
	"net/netip"
	"testing"
)

// The entries of a prefix list keep their own lengths: two halves are longer than the whole
// that they make, and a neighbour does not make an entry shorter.
func TestEntriesOfAListKeepTheirLengths(t *testing.T) {
	for _, tt := range []struct {
		name    string
		entries []string
		routes  []Route
		address string
		want    string
	}{
		{"halves win over the whole", []string{"0.0.0.0/1", "128.0.0.0/1"}, []Route{route("0.0.0.0/0", "igw-1"), route("pl-1", "nat-1")}, "8.8.8.8", "nat-1"},
		{"the whole loses to halves, whichever leads out", []string{"0.0.0.0/1", "128.0.0.0/1"}, []Route{route("0.0.0.0/0", "nat-1"), route("pl-1", "igw-1")}, "8.8.8.8", "igw-1"},
		{"neighbours are not one shorter entry", []string{"10.0.0.0/17", "10.0.128.0/17"}, []Route{route("10.0.0.0/16", "local"), route("pl-1", "tgw-1")}, "10.0.1.1", "tgw-1"},
		{"an entry inside another one keeps its length", []string{"10.0.0.0/8", "10.1.0.0/16"}, []Route{route("10.0.0.0/12", "pcx-1"), route("pl-1", "tgw-1")}, "10.1.0.1", "tgw-1"},
		{"and elsewhere the longer route wins", []string{"10.0.0.0/8", "10.1.0.0/16"}, []Route{route("10.0.0.0/12", "pcx-1"), route("pl-1", "tgw-1")}, "10.2.0.1", "pcx-1"},
		{"a static route wins at the same length", []string{"10.0.0.0/16"}, []Route{route("10.0.0.0/16", "pcx-1"), route("pl-1", "tgw-1")}, "10.0.0.1", "pcx-1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := world()
			n.PrefixLists = Read(list("pl-1", tt.entries...))
			n.RouteTables.Items[1].Routes = tt.routes
			found, missing := New(n).Destinations("rtb-1")
			got := "nowhere"
			for _, d := range found {
				if d.Sure.Contains(netip.MustParseAddr(tt.address)) {
					got = d.Target
				}
			}
			if got != tt.want || len(missing) > 0 {
				t.Errorf("%s goes to %s, want %s; missing %v", tt.address, got, tt.want, missing)
			}
		})
	}
}
