package network

import (
	"slices"
	"strings"

	"onus/scanner/snapshot"
)

// usedTable is a route table by one of its uses: a subnet, or "main of" a VPC.
type usedTable struct {
	*snapshot.RouteTable
	use string
}

// usedTables is a kind that nobody lists: the route tables by subnet and VPC. As a kind, it
// is indexed once for an evaluation, however many databases ask.
var usedTables = snapshot.Kind[usedTable]{
	Type:  "route table in use",
	All:   allUsedTables,
	Meta:  func(u usedTable) snapshot.Meta { return u.Meta },
	Key:   func(u usedTable) string { return u.use },
	Lists: snapshot.RouteTables.Lists,
}

func allUsedTables(a *snapshot.Account) (out []usedTable) {
	gone := []string{"disassociating", "disassociated", "failed"}
	for i := range a.EC2.RouteTables {
		t := &a.EC2.RouteTables[i]
		for _, use := range t.Associations {
			switch {
			case slices.Contains(gone, use.State):
			case use.Main:
				out = append(out, usedTable{t, "main of " + t.VPC})
			case use.Subnet != "":
				out = append(out, usedTable{t, use.Subnet})
			}
		}
	}
	return out
}

// gateway is the internet gateway that an active route of the table leads to, "" for none.
// Source: EC2 API Reference, Route, GatewayId: igw-… and not eigw-… or vgw-….
func (u usedTable) gateway() string {
	for _, r := range u.Routes {
		if r.State == "active" && strings.HasPrefix(r.Target, "igw-") {
			return r.Target
		}
	}
	return ""
}
