package network

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/network/reach"
	"onus/checks/networks"
	"onus/scanner/snapshot"
)

const (
	listPeerings = "ec2:DescribeVpcPeeringConnections"
	listTables   = "ec2:DescribeRouteTables"
	listSubnets  = "ec2:DescribeSubnets"
)

// PeeringRoutesLeastPrivilege passes when no route over the peering leads to a whole block
// of the peer, or to more. The blocks are all of the peer's, the secondary ones too.
// Source: EC2 DescribeVpcPeeringConnections, CidrBlockSet and Ipv6CidrBlockSet;
// DescribeRouteTables, Routes; GetManagedPrefixListEntries.
var PeeringRoutesLeastPrivilege = checks.Check{
	ID:          "vpc-peering-routes-least-privilege",
	Title:       "Routes over a VPC peering name parts of the peer, not all of it",
	Severity:    checks.Low,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{listPeerings, listTables, "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"},
	Remedy:      "Replace the route by routes to the subnets of the peer that are needed.",
	Fix: checks.Fix{
		Threat: "Everything in one VPC can send to everything in the other, so that a host taken over in one is a start in both. Groups and ACLs are then all that is left between them.",
		CLI: `aws ec2 create-route --route-table-id TABLE --destination-cidr-block NEEDED-SUBNET-OF-PEER --vpc-peering-connection-id {id} --region {region}
aws ec2 delete-route --route-table-id TABLE --destination-cidr-block WIDE-DESTINATION --region {region}`,
		Terraform: `resource "aws_route" "peer_subnet" {
  route_table_id            = "TABLE"
  destination_cidr_block    = "NEEDED-SUBNET-OF-PEER"
  vpc_peering_connection_id = "{id}"
}`,
		Cost: "What else used the wide route loses its way. Add the narrow routes before the wide one goes.",
	},
	Judges: checks.For(snapshot.VPCPeerings, peeringRoutesLeastPrivilege),
}

func peeringRoutesLeastPrivilege(p snapshot.VPCPeering, env checks.Env) checks.Verdict {
	if v, is := inactive(p); is {
		return v
	}
	r := networks.At(env, p.Location)
	unread := networks.Rest(env, p.Location, listTables)
	var wide []string
	var doubt error
	routes := 0
	for _, side := range [][2]snapshot.PeeringSide{{p.Requester, p.Accepter}, {p.Accepter, p.Requester}} {
		for _, t := range r.TablesOf[side[0].VPC] {
			if networks.OwnerOf(t.Meta) != p.Account {
				continue
			}
			for _, route := range t.Routes {
				if route.Target != p.ID {
					continue
				}
				routes++
				hit, err := wholePeer(env, p, route, side[1].CIDRs)
				doubt = errors.Join(doubt, err)
				if hit != "" {
					wide = append(wide, fmt.Sprintf("%s in %s holds %s of %s", named(route), t.ID, hit, side[1].VPC))
				}
			}
		}
	}
	switch {
	case len(wide) > 0:
		return checks.Fail("%s", strings.Join(few(wide), "; ")).With("routes", strings.Join(few(wide), "; "))
	case unread != nil:
		return checks.Unknown(unread)
	case doubt != nil:
		return networks.Unknown(doubt)
	}
	return checks.Pass("none of the %s over the peering leads to a whole block of the peer", networks.Count(routes, "route")).With("routes", fmt.Sprint(routes))
}

// inactive leaves out a peering over which nothing flows.
func inactive(p snapshot.VPCPeering) (v checks.Verdict, out bool) {
	switch p.Status {
	case "active":
		return v, false
	case "":
		return checks.Unclear("the answer lacks Status.Code"), true
	}
	return checks.DoesNotApply("the peering is %s", p.Status).With("Status", p.Status), true
}

// named is a route's destination as AWS writes it.
func named(r snapshot.Route) string {
	if r.PrefixList != "" {
		return "the route to " + r.PrefixList
	}
	return "the route to " + r.Destination
}

// wholePeer is the block of the peer that a route's destination holds, "" for none. Where
// the peer's blocks are not shown, only a default route is surely too wide.
func wholePeer(env checks.Env, p snapshot.VPCPeering, r snapshot.Route, blocks []string) (string, error) {
	destinations := []string{r.Destination}
	if r.PrefixList != "" {
		entries, err := entriesOf(env, p.Location, r.PrefixList)
		if err != nil {
			return "", err
		}
		destinations = entries
	}
	reached := reach.Addrs(prefixes(destinations)...)
	for _, f := range reach.Families {
		if reached.ContainsAll(reach.Everything(f)) {
			return "all of " + f.String() + ", and so everything", nil
		}
	}
	for _, b := range prefixes(blocks) {
		if b.IsValid() && reached.ContainsAll(reach.Addrs(b)) {
			return "the whole block " + b.String(), nil
		}
	}
	if len(blocks) == 0 || slices.Contains(prefixes(blocks), netip.Prefix{}) || slices.Contains(prefixes(destinations), netip.Prefix{}) {
		return "", fmt.Errorf("the blocks of the peer, or the destinations of %s, are not shown", named(r))
	}
	return "", nil
}

// entriesOf are the blocks of a prefix list.
func entriesOf(env checks.Env, at snapshot.Location, id string) ([]string, error) {
	l, err := checks.Find(env, snapshot.PrefixLists, at, id)
	if err != nil {
		return nil, err
	}
	return checks.Use(env, l.Entries)
}
