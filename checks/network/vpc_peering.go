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
	"onus/checks/wording"
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
	return checks.Pass("none of the %s over the peering leads to a whole block of the peer", wording.Count(routes, "route")).With("routes", fmt.Sprint(routes))
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

// PeeringPublicToPrivate passes when no public subnet of one VPC can exchange packets over
// the peering with a private subnet of the other: a route there and one back. The peer may
// lie in another Region of the account; another account's subnets cannot be read.
// Source: EC2 DescribeRouteTables and DescribeSubnets of both sides.
var PeeringPublicToPrivate = checks.Check{
	ID:          "vpc-peering-public-to-private-blocked",
	Title:       "A public subnet of one VPC has no route over peering into private subnets of another",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeVpcPeeringConnections", "ec2:DescribeRouteTables", "ec2:DescribeSubnets", "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"},
	Remedy:      "Remove the route over the peering from the public subnet's table, or give the private subnet's table none back.",
	Fix: checks.Fix{
		Threat:    "A host that the internet reaches is the way into the other VPC's private subnets. That they have no internet gateway then protects nothing.",
		CLI:       "aws ec2 delete-route --route-table-id TABLE-OF-PUBLIC-SUBNET --destination-cidr-block PEER-BLOCK --region {region}",
		Terraform: `# Remove the aws_route with vpc_peering_connection_id = "{id}" from the route table of the public subnet.`,
		Cost:      "What the public subnet calls in the peer stops. Put a host of a private subnet between them.",
	},
	Judges: checks.For(snapshot.VPCPeerings, peeringPublicToPrivate),
}

func peeringPublicToPrivate(p snapshot.VPCPeering, env checks.Env) checks.Verdict {
	if v, is := inactive(p); is {
		return v
	}
	for _, side := range []snapshot.PeeringSide{p.Requester, p.Accepter} {
		if side.Owner != p.Account {
			return checks.DoesNotApply("%s belongs to account %q, whose subnets cannot be read", side.VPC, side.Owner).With("OwnerId", side.Owner)
		}
	}
	var open []string
	var doubt error
	for _, way := range [][2]snapshot.PeeringSide{{p.Requester, p.Accepter}, {p.Accepter, p.Requester}} {
		from, err := sideOf(env, p, way[0])
		doubt = errors.Join(doubt, err)
		to, err := sideOf(env, p, way[1])
		doubt = errors.Join(doubt, err)
		open = append(open, joined(from, to, p.ID)...)
	}
	switch {
	case len(open) > 0:
		return checks.Fail("%s", strings.Join(few(open), "; ")).With("paths", strings.Join(few(open), "; "))
	case doubt != nil:
		return networks.Unknown(doubt)
	}
	return checks.Pass("no public subnet of one VPC has a route over the peering to a private subnet of the other that has a route back")
}

// peeredSubnet is a subnet with what its route table sends over the peering.
type peeredSubnet struct {
	*snapshot.Subnet
	table  string
	public bool
	over   reach.AddrSet
}

// sideOf are the subnets of one side, with their ways.
func sideOf(env checks.Env, p snapshot.VPCPeering, side snapshot.PeeringSide) (out []peeredSubnet, doubt error) {
	at := p.Location
	if side.Region != "" {
		at = at.In(side.Region)
	}
	v, r := network(env, at), networks.At(env, at)
	doubt = networks.Rest(env, at, listSubnets, listTables)
	for _, s := range r.SubnetsOf[side.VPC] {
		t, err := r.Table(env, s)
		if err != nil {
			doubt = errors.Join(doubt, err)
			continue
		}
		way, err := v.out(env, s)
		if len(way.missing) > 0 {
			err = v.because(way.missing)
		}
		doubt = errors.Join(doubt, err)
		found := peeredSubnet{Subnet: s, table: t.ID, public: way.gateway != ""}
		list, _ := v.index.Destinations(t.ID)
		for _, d := range list {
			if d.Target == p.ID {
				found.over = d.Sure
			}
		}
		out = append(out, found)
	}
	return out, doubt
}

// joined are the pairs of a public and a private subnet with routes both ways.
func joined(from, to []peeredSubnet, peering string) (out []string) {
	for _, a := range from {
		for _, b := range to {
			there := a.over.Overlaps(reach.Addrs(prefixes(b.CIDRs)...))
			back := b.over.Overlaps(reach.Addrs(prefixes(a.CIDRs)...))
			if a.public && !b.public && there && back {
				out = append(out, fmt.Sprintf("%s (public) → %s → %s → %s (private), and back by %s", a.ID, a.table, peering, b.ID, b.table))
			}
		}
	}
	return out
}

// PeeringDNSResolution passes when names of the peer's hosts resolve to private addresses on
// each side that is the account's own in this Region. Of another side the option is not shown.
// Source: EC2 DescribeVpcPeeringConnections, PeeringOptions.AllowDnsResolutionFromRemoteVpc.
var PeeringDNSResolution = checks.Check{
	ID:          "vpc-peering-dns-resolution-enabled",
	Title:       "Names resolve to private addresses across a VPC peering",
	Severity:    checks.Info,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeVpcPeeringConnections"},
	Remedy:      "Allow DNS resolution from the remote VPC on the own side.",
	Fix: checks.Fix{
		Threat: "The peer's public names resolve to public addresses, so traffic between the VPCs goes by the internet gateway. Groups that admit the peer's private addresses then refuse it, and somebody opens them wider.",
		CLI: `aws ec2 modify-vpc-peering-connection-options --vpc-peering-connection-id {id} --requester-peering-connection-options AllowDnsResolutionFromRemoteVpc=true --region {region}
aws ec2 modify-vpc-peering-connection-options --vpc-peering-connection-id {id} --accepter-peering-connection-options AllowDnsResolutionFromRemoteVpc=true --region {region}`,
		Terraform: `resource "aws_vpc_peering_connection_options" "this" {
  vpc_peering_connection_id = "{id}"
  requester {
    allow_remote_vpc_dns_resolution = true
  }
}`,
		Cost: "Nothing. Each side is set by its own account, in its own Region, and the VPCs need DNS hostnames.",
	},
	Judges: checks.For(snapshot.VPCPeerings, peeringDNSResolution),
}

func peeringDNSResolution(p snapshot.VPCPeering, _ checks.Env) checks.Verdict {
	if v, is := inactive(p); is {
		return v
	}
	var off, on []string
	var unread error
	for _, side := range []struct {
		name string
		snapshot.PeeringSide
	}{{"requester", p.Requester}, {"accepter", p.Accepter}} {
		if side.Owner != p.Account || side.Region != "" && side.Region != p.Region {
			continue
		}
		allowed, err := side.DNS.Get()
		switch {
		case err != nil:
			unread = err
		case allowed:
			on = append(on, side.name)
		default:
			off = append(off, side.name)
		}
	}
	switch {
	case len(off) > 0:
		return checks.Fail("AllowDnsResolutionFromRemoteVpc is false for the %s", strings.Join(off, " and the ")).With("false", strings.Join(off, ", "))
	case unread != nil:
		return checks.Unknown(unread)
	case len(on) == 0:
		return checks.Unclear("neither side of the peering is the account's own in this Region")
	}
	return checks.Pass("AllowDnsResolutionFromRemoteVpc is true for the %s", strings.Join(on, " and the ")).With("true", strings.Join(on, ", "))
}
