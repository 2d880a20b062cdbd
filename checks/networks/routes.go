package networks

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// The associations of a route table that decide nothing any more.
var goneAssociations = []string{"disassociating", "disassociated", "failed"}

func (r *Region) addTable(t *snapshot.RouteTable) {
	r.Tables[t.ID] = t
	r.TablesOf[t.VPC] = append(r.TablesOf[t.VPC], t)
	for _, use := range t.Associations {
		switch {
		case slices.Contains(goneAssociations, use.State):
		case use.Gateway != "": // an edge association: it decides for no subnet
		case use.Subnet != "":
			r.explicit[use.Subnet] = append(r.explicit[use.Subnet], t)
		case use.Main:
			r.main[t.VPC] = append(r.main[t.VPC], t)
		}
	}
}

// routeReads are the lists that say which table is in force in a subnet.
var routeReads = []string{"ec2:DescribeSubnets", "ec2:DescribeRouteTables"}

// Table is the route table in force in a subnet: the one associated with it, else the main
// table of its own VPC. In a subnet that another account shares, a table of its own may
// exist that only its owner sees.
func (r *Region) Table(env checks.Env, s *snapshot.Subnet) (*snapshot.RouteTable, error) {
	if err := Rest(env, r.Location, routeReads...); err != nil {
		return nil, err
	}
	switch own, main := r.explicit[s.ID], r.main[s.VPC]; {
	case len(own) == 1:
		return own[0], nil
	case len(own) == 0 && len(main) == 1 && s.Owner == s.Account:
		return main[0], nil
	}
	return nil, fmt.Errorf("no one route table of %s can be seen", s.ID)
}

// Main is the main route table of a VPC; nil where none can be seen.
func (r *Region) Main(vpc string) *snapshot.RouteTable {
	if main := r.main[vpc]; len(main) == 1 {
		return main[0]
	}
	return nil
}

// UsesMain are the subnets of a VPC that have no table of their own.
func (r *Region) UsesMain(vpc string) (out []*snapshot.Subnet) {
	for _, s := range r.SubnetsOf[vpc] {
		if len(r.explicit[s.ID]) == 0 {
			out = append(out, s)
		}
	}
	return out
}

// Users are the subnets in which a table is in force.
func (r *Region) Users(t *snapshot.RouteTable) (out []*snapshot.Subnet) {
	for _, s := range r.SubnetsOf[t.VPC] {
		own := r.explicit[s.ID]
		if len(own) == 0 && r.Main(t.VPC) == t || slices.Contains(own, t) {
			out = append(out, s)
		}
	}
	return out
}

// IsInternetGateway tells an internet gateway's id from an egress-only one's (eigw-…).
func IsInternetGateway(target string) bool { return strings.HasPrefix(target, "igw-") }

// OwnerOf is the account that owns a route table or an internet gateway: its ARN says so.
func OwnerOf(m snapshot.Meta) string { return snapshot.AccountOf(m.ARN) }
