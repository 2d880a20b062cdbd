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
