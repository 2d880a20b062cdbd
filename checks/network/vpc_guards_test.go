package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestBlockExclusionsApproved(t *testing.T) {
	exclusion := func(resource, how, state string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.Exclusions = []snapshot.Exclusion{{Meta: checktest.EC2Meta("vpc-block-public-access-exclusion/x-1"), ID: "x-1", Resource: "arn:aws:ec2:eu-west-1:111122223333:" + resource, Mode: how, State: state}}
		}
	}
	blocks := func(r snapshot.Read[snapshot.BlockPublicAccess]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.Regions = []snapshot.RegionSettings{{Meta: snapshot.Meta{Location: checktest.At}, BlockPublicAccess: r}}
		}
	}
	on := blocks(snapshot.Value(snapshot.BlockPublicAccess{Mode: "block-ingress"}))
	both := exclusion("subnet/subnet-1", "allow-bidirectional", "create-complete")
	checktest.Run(t, &BlockExclusionsApproved, []checktest.Case{
		{Name: "a subnet", Set: and(on, both), Want: checks.FAIL, Reason: "subnet-1 is excluded (allow-bidirectional) and not approved; it covers the subnet alone"},
		{Name: "a VPC covers its subnets", Set: and(on, exclusion("vpc/vpc-1", "allow-bidirectional", "update-complete")), Want: checks.FAIL, Reason: "all subnets"},
		{Name: "approved", Set: and(on, both), Parameters: map[string]any{"approved_resources": []string{"arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-1"}}, Want: checks.PASS, Reason: "holds subnet-1"},
		{Name: "out alone", Set: and(on, exclusion("vpc/vpc-1", "allow-egress", "create-complete")), Want: checks.PASS, Reason: "allow-egress"},
		{Name: "out alone, which is not allowed", Set: and(on, exclusion("vpc/vpc-1", "allow-egress", "create-complete")), Parameters: map[string]any{"allow_egress_exclusions": false}, Want: checks.FAIL, Reason: "allow-egress"},
		{Name: "deleted ones stay listed", Set: and(on, exclusion("vpc/vpc-1", "allow-bidirectional", "delete-complete")), Want: checks.NotApplicable, Reason: "delete-complete"},
		{Name: "nothing is blocked", Set: and(blocks(snapshot.Value(snapshot.BlockPublicAccess{Mode: "off"})), both), Want: checks.NotApplicable, Reason: "off"},
		{Name: "the mode is unread", Set: and(blocks(snapshot.Missing[snapshot.BlockPublicAccess](checktest.Unread(blockOptions, snapshot.Denied))), both), Want: checks.UNKNOWN, Reason: blockOptions},
	})
}

func TestMainTablePrivate(t *testing.T) {
	open, shut := is(local, checktest.Route("0.0.0.0/0", "igw-1")), is(local)
	checktest.Run(t, &MainTablePrivate, []checktest.Case{
		{Name: "private", Set: twoSubnets(open, shut), Want: checks.PASS, Reason: "rtb-2 leads to no internet gateway"},
		{Name: "public, and a subnet uses it", Set: twoSubnets(shut, open), Want: checks.FAIL, Reason: "rtb-2 leads to igw-1; without a table of their own are subnet-2"},
		{Name: "public, and no subnet uses it", Set: and(checktest.VPCs("vpc-1"), checktest.Tables("rtb-2", "vpc-1", []string{"main"}, open...)), Want: checks.FAIL, Reason: "every subnet has a table of its own today"},
		{Name: "a blackhole", Set: twoSubnets(shut, is(local, snapshot.Route{Destination: "0.0.0.0/0", Target: "igw-1", State: "blackhole"})), Want: checks.PASS, Reason: "no internet gateway"},
		{Name: "by an unread list", Set: and(twoSubnets(shut, is(local, snapshot.Route{PrefixList: "pl-1", Target: "igw-1", State: "active"})), list("pl-1", "IPv4", unreadEntries)), Want: checks.UNKNOWN, Reason: "pl-1"},
		{Name: "no main table in the answer", Set: checktest.VPCs("vpc-1"), Want: checks.UNKNOWN, Reason: "no main route table"},
		{Name: "tables unread", Set: and(checktest.VPCs("vpc-1"), checktest.Denied(listTables)), Want: checks.UNKNOWN, Reason: listTables},
		{Name: "a default VPC", Set: checktest.VPCs("vpc-1", func(v *snapshot.VPC) { v.Default = true }), Want: checks.NotApplicable, Reason: "skip_default"},
		{Name: "a shared one", Set: checktest.VPCs("vpc-1", func(v *snapshot.VPC) { v.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
	})
}

func TestDNSServersApproved(t *testing.T) {
	vpc := func(options string) func(*snapshot.Account) {
		return checktest.VPCs("vpc-1", func(v *snapshot.VPC) { v.DHCP = options })
	}
	options := func(servers ...string) func(*snapshot.Account) {
		return checktest.Net(func(n *snapshot.Net) *[]snapshot.DHCPOptions { return &n.DHCPOptions }, snapshot.DHCPOptions{Meta: checktest.EC2Meta("dhcp-options/dopt-1"), ID: "dopt-1", Servers: servers})
	}
	const op = "ec2:DescribeDhcpOptions"
	checktest.Run(t, &DNSServersApproved, []checktest.Case{
		{Name: "Amazon's", Set: and(vpc("dopt-1"), options("AmazonProvidedDNS")), Want: checks.PASS, Reason: "AmazonProvidedDNS"},
		{Name: "private ones", Set: and(vpc("dopt-1"), options("10.1.1.1", "fd00::53")), Want: checks.PASS, Reason: "10.1.1.1"},
		{Name: "a public one beside", Set: and(vpc("dopt-1"), options("10.1.1.1", "8.8.8.8")), Want: checks.FAIL, Reason: "not approved: 8.8.8.8"},
		{Name: "a public one that is approved", Set: and(vpc("dopt-1"), options("9.9.9.9")), Parameters: map[string]any{"approved_servers": []string{"9.9.9.9"}}, Want: checks.PASS, Reason: "9.9.9.9"},
		{Name: "a word is no address", Set: and(vpc("dopt-1"), options("resolver")), Want: checks.FAIL, Reason: "resolver"},
		{Name: "no options", Set: vpc("default"), Want: checks.PASS, Reason: "names no resolver"},
		{Name: "the answer lacks them", Set: vpc(""), Want: checks.UNKNOWN, Reason: "DhcpOptionsId"},
		{Name: "options that are not listed", Set: vpc("dopt-1"), Want: checks.UNKNOWN, Reason: "dopt-1"},
		{Name: "options unread", Set: and(vpc("dopt-1"), checktest.Denied(op)), Want: checks.UNKNOWN, Reason: op},
		{Name: "a shared VPC", Set: checktest.VPCs("vpc-1", func(v *snapshot.VPC) { v.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
	})
}

func TestTransitGatewaySegmented(t *testing.T) {
	attach := func(vpc, state, table string) func(*snapshot.Account) {
		return checktest.Net(func(n *snapshot.Net) *[]snapshot.TransitAttachment { return &n.TransitAttachments },
			snapshot.TransitAttachment{Meta: checktest.EC2Meta("transit-gateway-attachment/" + vpc), ID: "tgw-attach-" + vpc, Gateway: "tgw-1", Type: "vpc", Resource: vpc, State: state, Table: table, TableState: "associated"})
	}
	flat := transit(func(*snapshot.TransitGateway) {})
	two := and(flat, attach("vpc-1", "available", "tgw-rtb-1"), attach("vpc-2", "available", "tgw-rtb-1"))
	const op = "ec2:DescribeTransitGatewayAttachments"
	checktest.Run(t, &TransitGatewaySegmented, []checktest.Case{
		{Name: "flat", Set: two, Want: checks.FAIL, Reason: "2 VPCs share the default route table tgw-rtb-1: vpc-1, vpc-2"},
		{Name: "association off", Set: and(two, transit2(func(g *snapshot.TransitGateway) { g.DefaultAssociation = "disable" })), Want: checks.PASS, Reason: "DefaultRouteTableAssociation is disable"},
		{Name: "association alone routes nothing", Set: and(two, transit2(func(g *snapshot.TransitGateway) { g.DefaultPropagation = "disable" })), Want: checks.PASS, Reason: "DefaultRouteTablePropagation is disable"},
		{Name: "one VPC", Set: and(flat, attach("vpc-1", "available", "tgw-rtb-1"), attach("vpc-2", "available", "tgw-rtb-2")), Want: checks.PASS, Reason: "1 VPC in"},
		{Name: "one that is deleted", Set: and(flat, attach("vpc-1", "available", "tgw-rtb-1"), attach("vpc-2", "deleted", "tgw-rtb-1")), Want: checks.PASS, Reason: "1 VPC in"},
		{Name: "attachments unread", Set: and(flat, checktest.Denied(op)), Want: checks.UNKNOWN, Reason: op},
		{Name: "attachments unread, and two are known", Set: and(two, checktest.Denied(op)), Want: checks.FAIL, Reason: "2 VPCs"},
		{Name: "no options", Set: transit(func(g *snapshot.TransitGateway) { g.DefaultAssociation = "" }), Want: checks.UNKNOWN, Reason: "lacks the options"},
		{Name: "another account's", Set: transit(func(g *snapshot.TransitGateway) { g.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
	})
}

// transit2 changes the gateway that is there.
func transit2(change func(*snapshot.TransitGateway)) func(*snapshot.Account) {
	return func(a *snapshot.Account) { change(&a.EC2.Net.TransitGateways[0]) }
}
