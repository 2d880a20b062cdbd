package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

var local = checktest.Route("10.0.0.0/16", "local")

// attachedGateway is an internet gateway of vpc-1.
func attachedGateway(a *snapshot.Account) {
	a.EC2.InternetGateways = append(a.EC2.InternetGateways, snapshot.InternetGateway{Meta: checktest.EC2Meta("internet-gateway/igw-1"), ID: "igw-1", Attachments: []snapshot.GatewayAttachment{{VPC: "vpc-1", State: "available"}}})
}

// twoSubnets are subnet-1 with its own table rtb-1, and subnet-2 with the main one, rtb-2.
func twoSubnets(own, main []snapshot.Route) func(*snapshot.Account) {
	return and(checktest.VPCs("vpc-1"), attachedGateway, checktest.Subnets("subnet-1", "vpc-1"), checktest.Subnets("subnet-2", "vpc-1"),
		checktest.Tables("rtb-1", "vpc-1", []string{"subnet-1"}, own...), checktest.Tables("rtb-2", "vpc-1", []string{"main"}, main...))
}

func is(routes ...snapshot.Route) []snapshot.Route { return routes }

func TestPublicAndPrivateSubnets(t *testing.T) {
	open, shut := is(local, checktest.Route("0.0.0.0/0", "igw-1")), is(local)
	listed := snapshot.Route{PrefixList: "pl-1", Target: "igw-1", State: "active"}
	checktest.Run(t, &PublicAndPrivateSubnets, []checktest.Case{
		{Name: "one of each", Set: twoSubnets(open, shut), Want: checks.PASS, Reason: "public are subnet-1, private are subnet-2"},
		{Name: "a NAT gateway makes none public", Set: twoSubnets(open, is(local, checktest.Route("0.0.0.0/0", "nat-1"))), Want: checks.PASS, Reason: "private are subnet-2"},
		{Name: "nor an egress-only gateway", Set: twoSubnets(open, is(local, checktest.Route("::/0", "eigw-1"))), Want: checks.PASS, Reason: "private are subnet-2"},
		{Name: "all public", Set: twoSubnets(open, open), Want: checks.FAIL, Reason: "all subnets are public"},
		{Name: "all private beside a gateway", Set: twoSubnets(shut, shut), Want: checks.FAIL, Reason: "no subnet is public, of 2 subnets"},
		{Name: "public in IPv6 alone", Set: twoSubnets(is(local, checktest.Route("::/0", "igw-1")), shut), Want: checks.PASS, Reason: "public are subnet-1"},
		{Name: "a blackhole is no way", Set: twoSubnets(is(local, snapshot.Route{Destination: "0.0.0.0/0", Target: "igw-1", State: "blackhole"}), shut), Want: checks.FAIL, Reason: "no subnet is public"},
		{Name: "by a prefix list", Set: and(twoSubnets(is(local, listed), shut), list("pl-1", "IPv4", snapshot.Value([]string{"5.6.7.0/24"}))), Want: checks.PASS, Reason: "public are subnet-1"},
		{Name: "by an unread one", Set: and(twoSubnets(is(local, listed), shut), list("pl-1", "IPv4", unreadEntries)), Want: checks.UNKNOWN, Reason: "pl-1"},
		{Name: "the main table of another VPC does not count", Set: and(checktest.VPCs("vpc-1"), attachedGateway, checktest.Subnets("subnet-1", "vpc-1"), checktest.Tables("rtb-9", "vpc-9", []string{"main"}, open...)), Want: checks.UNKNOWN, Reason: "no one route table"},
		{Name: "private subnets alone are better", Set: and(twoSubnets(shut, shut), func(a *snapshot.Account) { a.EC2.InternetGateways = nil }), Want: checks.NotApplicable, Reason: "no internet gateway"},
		{Name: "unless that is not wanted", Set: and(twoSubnets(shut, shut), func(a *snapshot.Account) { a.EC2.InternetGateways = nil }), Parameters: map[string]any{"private_only_ok": false}, Want: checks.FAIL, Reason: "no subnet is public"},
		{Name: "gateways unread", Set: and(twoSubnets(open, shut), func(a *snapshot.Account) { a.EC2.InternetGateways = nil }, checktest.Denied("ec2:DescribeInternetGateways")), Want: checks.UNKNOWN, Reason: "DescribeInternetGateways"},
		{Name: "tables unread", Set: and(twoSubnets(open, shut), checktest.Denied(listTables)), Want: checks.UNKNOWN, Reason: listTables},
		{Name: "subnets unread", Set: and(twoSubnets(open, open), checktest.Denied(listSubnets)), Want: checks.UNKNOWN, Reason: listSubnets},
		{Name: "lists unread that nothing needs", Set: and(twoSubnets(open, shut), checktest.Denied(listPrefixLists)), Want: checks.PASS, Reason: "public"},
		{Name: "a default VPC", Set: checktest.VPCs("vpc-1", func(v *snapshot.VPC) { v.Default = true }), Want: checks.NotApplicable, Reason: "IsDefault"},
		{Name: "a shared one", Set: checktest.VPCs("vpc-1", func(v *snapshot.VPC) { v.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
	})
}

func TestNoUnneededGatewayRoute(t *testing.T) {
	table := func(uses []string, routes ...snapshot.Route) func(*snapshot.Account) {
		return and(checktest.Subnets("subnet-1", "vpc-1"), checktest.Tables("rtb-1", "vpc-1", uses, routes...))
	}
	open := checktest.Route("0.0.0.0/0", "igw-1")
	used := []string{"subnet-1"}
	checktest.Run(t, &NoUnneededGatewayRoute, []checktest.Case{
		{Name: "no way out", Set: table(used, local), Want: checks.PASS, Reason: "no internet-wide destination"},
		{Name: "a way out", Set: table(used, local, open), Want: checks.FAIL, Reason: "internet traffic goes to igw-1, for 1 subnet"},
		{Name: "in IPv6, which stands in another field", Set: table(used, checktest.Route("::/0", "igw-1")), Want: checks.FAIL, Reason: "igw-1"},
		{Name: "in halves", Set: table(used, checktest.Route("0.0.0.0/1", "igw-1"), checktest.Route("128.0.0.0/1", "igw-1")), Want: checks.FAIL, Reason: "igw-1"},
		{Name: "by a prefix list", Set: and(table(used, snapshot.Route{PrefixList: "pl-1", Target: "igw-1", State: "active"}), list("pl-1", "IPv4", snapshot.Value([]string{"0.0.0.0/1", "128.0.0.0/1"}))), Want: checks.FAIL, Reason: "igw-1"},
		{Name: "by an unread one", Set: and(table(used, snapshot.Route{PrefixList: "pl-1", Target: "igw-1", State: "active"}), list("pl-1", "IPv4", unreadEntries)), Want: checks.UNKNOWN, Reason: "pl-1"},
		{Name: "a partner's network alone", Set: table(used, checktest.Route("5.6.7.0/24", "igw-1")), Want: checks.PASS, Reason: "no internet-wide"},
		{Name: "a blackhole", Set: table(used, snapshot.Route{Destination: "0.0.0.0/0", Target: "igw-1", State: "blackhole"}), Want: checks.PASS, Reason: "no internet-wide"},
		{Name: "a NAT gateway", Set: table(used, checktest.Route("0.0.0.0/0", "nat-1")), Want: checks.PASS, Reason: "no internet-wide"},
		{Name: "no subnet uses it", Set: table(nil, open), Want: checks.PASS, Reason: "no subnet uses"},
		{Name: "no subnet uses it, which does not matter", Set: table(nil, open), Parameters: map[string]any{"ignore_unassociated": false}, Want: checks.FAIL, Reason: "0 subnets"},
		{Name: "whether a subnet uses it is unread", Set: and(checktest.Tables("rtb-1", "vpc-1", nil, open), checktest.Denied(listSubnets)), Want: checks.UNKNOWN, Reason: listSubnets},
		{Name: "the main table makes every new subnet public", Set: table([]string{"main"}, open), Want: checks.FAIL, Reason: "every new subnet"},
		{Name: "approved by its VPC", Set: table(used, open), Parameters: map[string]any{"approved_resources": []string{"vpc-1"}}, Want: checks.PASS, Reason: "holds vpc-1"},
		{Name: "another account's", Set: func(a *snapshot.Account) {
			table(used, open)(a)
			a.EC2.RouteTables[0].ARN = "arn:aws:ec2:eu-west-1:444455556666:route-table/rtb-1"
		}, Want: checks.NotApplicable, Reason: "444455556666"},
	})
}

func TestInternetGatewayInApprovedVPC(t *testing.T) {
	approve := func(names ...string) map[string]any { return map[string]any{"approved_vpcs": names} }
	named := and(attachedGateway, checktest.VPCs("vpc-1", func(v *snapshot.VPC) { v.Tags = map[string]string{"Name": "front"} }))
	checktest.Run(t, &InternetGatewayInApprovedVPC, []checktest.Case{
		{Name: "approved by id", Set: attachedGateway, Parameters: approve("vpc-1"), Want: checks.PASS, Reason: "approved"},
		{Name: "approved by name", Set: named, Parameters: approve("front"), Want: checks.PASS, Reason: "approved"},
		{Name: "a default VPC's fails too", Set: and(attachedGateway, checktest.VPCs("vpc-1", func(v *snapshot.VPC) { v.Default = true })), Parameters: approve("front"), Want: checks.FAIL, Reason: "vpc-1"},
		{Name: "names unread", Set: and(attachedGateway, checktest.Denied("ec2:DescribeVpcs")), Parameters: approve("front"), Want: checks.UNKNOWN, Reason: "DescribeVpcs"},
		{Name: "nothing is approved", Set: attachedGateway, Want: checks.NotApplicable, Reason: "empty"},
		{Name: "detached", Set: func(a *snapshot.Account) { attachedGateway(a); a.EC2.InternetGateways[0].Attachments = nil }, Parameters: approve("front"), Want: checks.NotApplicable, Reason: "no VPC"},
	})
}

func TestNATGatewayManaged(t *testing.T) {
	through := func(target string) func(*snapshot.Account) {
		return twoSubnets(is(local, checktest.Route("0.0.0.0/0", "igw-1")), is(local, checktest.Route("0.0.0.0/0", target)))
	}
	instance := checktest.Interfaces("eni-1", "vpc-1", "subnet-1", func(n *snapshot.NetworkInterface) { n.Instance, n.SourceDestCheck = "i-1", snapshot.Value(false) })
	nat := func(state string) func(*snapshot.Account) {
		return checktest.Net(func(n *snapshot.Net) *[]snapshot.NATGateway { return &n.NATGateways }, snapshot.NATGateway{Meta: checktest.EC2Meta("natgateway/nat-1"), ID: "nat-1", VPC: "vpc-1", State: state})
	}
	need := map[string]any{"require_nat": true}
	checktest.Run(t, &NATGatewayManaged, []checktest.Case{
		{Name: "a NAT gateway", Set: and(through("nat-1"), nat("available")), Want: checks.PASS, Reason: "nat-1"},
		{Name: "an instance's interface, as an appliance's", Set: and(through("eni-1"), instance), Want: checks.FAIL, Reason: "subnet-2 leave through i-1 (eni-1): a NAT instance, or an appliance"},
		{Name: "an instance", Set: through("i-1"), Want: checks.FAIL, Reason: "i-1"},
		{Name: "an interface of no instance", Set: and(through("eni-1"), checktest.Interfaces("eni-1", "vpc-1", "subnet-1")), Want: checks.PASS, Reason: "eni-1"},
		{Name: "an interface that is not listed", Set: through("eni-1"), Want: checks.UNKNOWN, Reason: "eni-1"},
		{Name: "interfaces unread", Set: and(through("eni-1"), checktest.Denied(listInterfaces)), Want: checks.UNKNOWN, Reason: listInterfaces},
		{Name: "halves make a default route", Set: twoSubnets(is(local), is(local, checktest.Route("0.0.0.0/1", "i-1"), checktest.Route("128.0.0.0/1", "i-1"))), Want: checks.FAIL, Reason: "i-1"},
		{Name: "a VPC that wants no internet", Set: twoSubnets(is(local), is(local)), Parameters: need, Want: checks.NotApplicable, Reason: "no subnet has a default route"},
		{Name: "internet gateways alone", Set: twoSubnets(is(checktest.Route("0.0.0.0/0", "igw-1")), is(local)), Want: checks.NotApplicable, Reason: "no subnet has a default route"},
		{Name: "the gateway is deleted", Set: and(through("nat-1"), nat("deleted")), Parameters: need, Want: checks.FAIL, Reason: "no NAT gateway of the VPC is available"},
		{Name: "an egress VPC behind a transit gateway", Set: through("tgw-1"), Parameters: need, Want: checks.PASS, Reason: "egress in another VPC"},
		{Name: "NAT gateways unread", Set: and(through("nat-1"), checktest.Denied("ec2:DescribeNatGateways")), Parameters: need, Want: checks.UNKNOWN, Reason: "DescribeNatGateways"},
		{Name: "tables unread", Set: and(through("nat-1"), checktest.Denied(listTables)), Want: checks.UNKNOWN, Reason: listTables},
		{Name: "a shared VPC", Set: checktest.VPCs("vpc-1", func(v *snapshot.VPC) { v.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
	})
}
