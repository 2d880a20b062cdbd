package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// peered joins vpc-1 of the account to vpc-2.
func peered(change ...func(*snapshot.VPCPeering)) func(*snapshot.Account) {
	p := snapshot.VPCPeering{
		Meta: checktest.EC2Meta("vpc-peering-connection/pcx-1"), ID: "pcx-1", Status: "active",
		Requester: snapshot.PeeringSide{VPC: "vpc-1", Owner: checktest.At.Account, Region: checktest.At.Region, CIDRs: []string{"10.1.0.0/16"}, DNS: snapshot.Value(true)},
		Accepter:  snapshot.PeeringSide{VPC: "vpc-2", Owner: checktest.At.Account, Region: checktest.At.Region, CIDRs: []string{"10.2.0.0/16", "10.3.0.0/16", "2600:1f18:2::/56"}, DNS: snapshot.Value(true)},
	}
	for _, c := range change {
		c(&p)
	}
	return checktest.Net(func(n *snapshot.Net) *[]snapshot.VPCPeering { return &n.Peerings }, p)
}

func theirs(p *snapshot.VPCPeering) {
	p.Accepter.Owner = "444455556666"
	p.Accepter.DNS = snapshot.Missing[bool](checktest.Unread(listPeerings, snapshot.Malformed))
}

func TestPeeringRoutesLeastPrivilege(t *testing.T) {
	route := func(destination string) func(*snapshot.Account) {
		return checktest.Tables("rtb-1", "vpc-1", []string{"main"}, checktest.Route(destination, "pcx-1"))
	}
	listed := checktest.Tables("rtb-1", "vpc-1", []string{"main"}, snapshot.Route{PrefixList: "pl-1", Target: "pcx-1", State: "active"})
	checktest.Run(t, &PeeringRoutesLeastPrivilege, []checktest.Case{
		{Name: "a part of the peer", Set: and(peered(), route("10.2.7.0/24")), Want: checks.PASS, Reason: "none of the 1 route"},
		{Name: "the accepter's whole block", Set: and(peered(), route("10.2.0.0/16")), Want: checks.FAIL, Reason: "the route to 10.2.0.0/16 in rtb-1 holds the whole block 10.2.0.0/16 of vpc-2"},
		{Name: "a secondary block", Set: and(peered(), route("10.3.0.0/16")), Want: checks.FAIL, Reason: "10.3.0.0/16"},
		{Name: "an IPv6 block", Set: and(peered(), route("2600:1f18:2::/56")), Want: checks.FAIL, Reason: "2600:1f18:2::/56"},
		{Name: "more than the block", Set: and(peered(), route("10.0.0.0/8")), Want: checks.FAIL, Reason: "the whole block 10.2.0.0/16"},
		{Name: "everything", Set: and(peered(), route("0.0.0.0/0")), Want: checks.FAIL, Reason: "all of IPv4"},
		{Name: "the requester's block in the accepter's table", Set: and(peered(), checktest.Tables("rtb-2", "vpc-2", nil, checktest.Route("10.1.0.0/16", "pcx-1"))), Want: checks.FAIL, Reason: "of vpc-1"},
		{Name: "halves in a prefix list make the whole", Set: and(peered(), listed, list("pl-1", "IPv4", snapshot.Value([]string{"10.2.0.0/17", "10.2.128.0/17"}))), Want: checks.FAIL, Reason: "the route to pl-1"},
		{Name: "a prefix list of parts", Set: and(peered(), listed, list("pl-1", "IPv4", snapshot.Value([]string{"10.2.0.0/24"}))), Want: checks.PASS, Reason: "none"},
		{Name: "an unread prefix list", Set: and(peered(), listed, list("pl-1", "IPv4", unreadEntries)), Want: checks.UNKNOWN, Reason: "GetManagedPrefixListEntries"},
		{Name: "a prefix list that nobody shows", Set: and(peered(), listed), Want: checks.UNKNOWN, Reason: "pl-1"},
		{Name: "blocks of another account's peer are not shown", Set: and(peered(theirs, func(p *snapshot.VPCPeering) { p.Accepter.CIDRs = nil }), route("10.2.0.0/16")), Want: checks.UNKNOWN, Reason: "not shown"},
		{Name: "a route of another peering", Set: and(peered(), checktest.Tables("rtb-1", "vpc-1", nil, checktest.Route("10.2.0.0/16", "pcx-2"))), Want: checks.PASS, Reason: "none of the 0 routes"},
		{Name: "pending", Set: peered(func(p *snapshot.VPCPeering) { p.Status = "pending-acceptance" }), Want: checks.NotApplicable, Reason: "pending-acceptance"},
		{Name: "tables unread", Set: and(peered(), checktest.Denied(listTables)), Want: checks.UNKNOWN, Reason: listTables},
		{Name: "a wide route decides", Set: and(peered(), route("10.0.0.0/8"), checktest.Denied(listTables)), Want: checks.FAIL, Reason: "rtb-1"},
	})
}

func TestPeeringPublicToPrivate(t *testing.T) {
	side := func(n, vpc, cidr string, routes ...snapshot.Route) func(*snapshot.Account) {
		return and(checktest.Subnets("subnet-"+n, vpc, func(s *snapshot.Subnet) { s.CIDRs = []string{cidr} }), checktest.Tables("rtb-"+n, vpc, []string{"main"}, routes...))
	}
	out, over := checktest.Route("0.0.0.0/0", "igw-1"), checktest.Route
	public := side("1", "vpc-1", "10.1.0.0/24", out, over("10.2.0.0/16", "pcx-1"))
	private := side("2", "vpc-2", "10.2.0.0/24", over("10.1.0.0/16", "pcx-1"))
	elsewhere := func(a *snapshot.Account) {
		private(a)
		at := checktest.At.In(checktest.Elsewhere)
		a.EC2.Subnets[len(a.EC2.Subnets)-1].Location, a.EC2.RouteTables[len(a.EC2.RouteTables)-1].Location = at, at
	}
	across := func(p *snapshot.VPCPeering) { p.Accepter.Region = checktest.Elsewhere }
	checktest.Run(t, &PeeringPublicToPrivate, []checktest.Case{
		{Name: "there and back", Set: and(peered(), public, private), Want: checks.FAIL, Reason: "subnet-1 (public) → rtb-1 → pcx-1 → subnet-2 (private), and back by rtb-2"},
		{Name: "no route back", Set: and(peered(), public, side("2", "vpc-2", "10.2.0.0/24")), Want: checks.PASS, Reason: "no public subnet"},
		{Name: "back to another subnet", Set: and(peered(), public, side("2", "vpc-2", "10.2.0.0/24", over("10.1.9.0/24", "pcx-1"))), Want: checks.PASS, Reason: "no public subnet"},
		{Name: "a blackhole there", Set: and(peered(), side("1", "vpc-1", "10.1.0.0/24", out, snapshot.Route{Destination: "10.2.0.0/16", Target: "pcx-1", State: "blackhole"}), private), Want: checks.PASS, Reason: "no public subnet"},
		{Name: "both private", Set: and(peered(), side("1", "vpc-1", "10.1.0.0/24", over("10.2.0.0/16", "pcx-1")), private), Want: checks.PASS, Reason: "no public subnet"},
		{Name: "both public", Set: and(peered(), public, side("2", "vpc-2", "10.2.0.0/24", out, over("10.1.0.0/16", "pcx-1"))), Want: checks.PASS, Reason: "no public subnet"},
		{Name: "a peer in another Region", Set: and(peered(across), public, elsewhere), Want: checks.FAIL, Reason: "subnet-2 (private)"},
		{Name: "another Region unread", Set: and(peered(across), public, func(a *snapshot.Account) {
			checktest.Fail(a, listSubnets, checktest.Elsewhere, snapshot.Denied)
		}), Want: checks.UNKNOWN, Reason: listSubnets},
		{Name: "tables unread", Set: and(peered(), public, private, checktest.Denied(listTables)), Want: checks.UNKNOWN, Reason: listTables},
		{Name: "another account's peer", Set: peered(theirs), Want: checks.NotApplicable, Reason: "444455556666"},
		{Name: "pending", Set: peered(func(p *snapshot.VPCPeering) { p.Status = "provisioning" }), Want: checks.NotApplicable, Reason: "provisioning"},
	})
}

func TestPeeringDNSResolution(t *testing.T) {
	off := func(p *snapshot.VPCPeering) { p.Accepter.DNS = snapshot.Value(false) }
	lacks := snapshot.Missing[bool](checktest.Unread(listPeerings, snapshot.Malformed))
	checktest.Run(t, &PeeringDNSResolution, []checktest.Case{
		{Name: "both sides", Set: peered(), Want: checks.PASS, Reason: "requester and the accepter"},
		{Name: "one side", Set: peered(off), Want: checks.FAIL, Reason: "false for the accepter"},
		{Name: "the other account's side is not the account's to set", Set: peered(theirs), Want: checks.PASS, Reason: "true for the requester"},
		{Name: "the other Region's side is judged there", Set: peered(off, func(p *snapshot.VPCPeering) { p.Accepter.Region = checktest.Elsewhere }), Want: checks.PASS, Reason: "true for the requester"},
		{Name: "an own side lacks it", Set: peered(func(p *snapshot.VPCPeering) { p.Requester.DNS = lacks }), Want: checks.UNKNOWN, Reason: "malformed"},
		{Name: "pending", Set: peered(func(p *snapshot.VPCPeering) { p.Status = "pending-acceptance" }), Want: checks.NotApplicable, Reason: "pending"},
		{Name: "no status", Set: peered(func(p *snapshot.VPCPeering) { p.Status = "" }), Want: checks.UNKNOWN, Reason: "Status.Code"},
	})
}
