package reach

import "testing"

func TestRouteFromInternet(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*Network)
		want   State
	}{
		{"the subnet's own table", func(*Network) {}, Open},
		{"the main table alone", func(n *Network) { n.RouteTables.Items = n.RouteTables.Items[:1] }, Closed},
		{"a route to one address", func(n *Network) {
			n.RouteTables.Items[1].Routes = []Route{local(), route("8.8.8.8/32", "igw-1")}
		}, Open},
		{"a route by a NAT gateway", func(n *Network) {
			n.RouteTables.Items[1].Routes = []Route{local(), route("0.0.0.0/0", "nat-1")}
		}, Closed},
		{"a route to a gateway that is gone", func(n *Network) {
			gone := route("0.0.0.0/0", "igw-1")
			gone.State = "blackhole"
			n.RouteTables.Items[1].Routes = []Route{gone}
		}, Closed},
		{"a private range alone", func(n *Network) { n.RouteTables.Items[1].Routes = []Route{route("10.9.0.0/16", "igw-1")} }, Closed},
		{"tables that were not read", func(n *Network) { n.RouteTables = Unread[RouteTable]("denied") }, CannotTell},
		{"a prefix list that was not read", func(n *Network) {
			n.RouteTables.Items[1].Routes = []Route{route("pl-x", "igw-1")}
		}, CannotTell},
	} {
		n := world()
		tt.change(&n)
		if a := New(n).RouteFromInternet("vpc-1", "subnet-1", IPv4); a.State != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, a.Reason(), tt.want)
		}
	}
}
