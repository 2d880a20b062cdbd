package resilience

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// zone makes a zone of the tests' Region known.
func zone(id, kind string) func(*snapshot.Account) {
	return checktest.Net(func(n *snapshot.Net) *[]snapshot.Zone { return &n.Zones }, snapshot.Zone{Meta: checktest.Meta(id, ""), ID: id, Type: kind})
}

var zones = checktest.All(zone("euw1-az1", "availability-zone"), zone("euw1-az2", "availability-zone"), zone("euw1-lon1-az1", "local-zone"))

func in(zone string) func(*snapshot.Subnet) {
	return func(s *snapshot.Subnet) { s.ZoneID = zone }
}

func theirVPC(v *snapshot.VPC) { v.Owner = "444455556666" }

func TestAccountSpansRegions(t *testing.T) {
	custom := func(region string) func(*snapshot.Account) {
		return checktest.VPCs("vpc-1", func(v *snapshot.VPC) { v.Location = checktest.At.In(region) })
	}
	isDefault := checktest.VPCs("vpc-9", func(v *snapshot.VPC) { v.Default = true; v.Location = checktest.At.In(checktest.Elsewhere) })
	third := func(a *snapshot.Account) {
		all, _ := a.Regions.Get()
		a.Regions = snapshot.Value(append(all, snapshot.Region{Name: "us-east-1", Status: "ENABLED_BY_DEFAULT"}))
	}
	const op = "ec2:DescribeVpcs"
	checktest.Run(t, &AccountSpansRegions, []checktest.Case{
		{Name: "two Regions", Set: checktest.All(custom("eu-west-1"), custom("eu-central-1")), Want: checks.PASS, Reason: "eu-central-1, eu-west-1"},
		{Name: "one", Set: custom("eu-west-1"), Want: checks.FAIL, Reason: "eu-west-1 alone"},
		{Name: "default VPCs do not count", Set: checktest.All(custom("eu-west-1"), isDefault), Want: checks.FAIL, Reason: "eu-west-1 alone"},
		{Name: "default VPCs alone", Set: isDefault, Want: checks.NotApplicable, Reason: "no Region"},
		{Name: "a residency of one Region contradicts it", Set: custom("eu-west-1"), Parameters: map[string]any{"allowed_regions": []string{"eu-west-1"}}, Want: checks.NotApplicable, Reason: "eu-west-1 alone"},
		{Name: "a Region unread, below the bound", Set: checktest.All(custom("eu-west-1"), func(a *snapshot.Account) { checktest.Fail(a, op, checktest.Elsewhere, snapshot.Denied) }), Want: checks.UNKNOWN, Reason: op},
		{Name: "a Region unread, above it", Set: checktest.All(custom("eu-west-1"), custom("eu-central-1"), func(a *snapshot.Account) { checktest.Fail(a, op, checktest.Elsewhere, snapshot.Denied) }), Want: checks.PASS, Reason: "eu-west-1"},
		{Name: "a Region left out", Set: checktest.All(custom("eu-west-1"), third), Want: checks.UNKNOWN, Reason: "not scanned were us-east-1"},
	})
}

func TestSubnetsSpanZones(t *testing.T) {
	vpc := checktest.All(checktest.VPCs("vpc-1"), zones)
	subnet := func(id string, change ...func(*snapshot.Subnet)) func(*snapshot.Account) {
		return checktest.Subnets(id, "vpc-1", change...)
	}
	checktest.Run(t, &SubnetsSpanZones, []checktest.Case{
		{Name: "two zones", Set: checktest.All(vpc, subnet("subnet-1", in("euw1-az1")), subnet("subnet-2", in("euw1-az2"))), Want: checks.PASS, Reason: "euw1-az1, euw1-az2"},
		{Name: "two subnets of one zone, whatever its names", Set: checktest.All(vpc, subnet("subnet-1", in("euw1-az1"), func(s *snapshot.Subnet) { s.Zone = "eu-west-1a" }), subnet("subnet-2", in("euw1-az1"), func(s *snapshot.Subnet) { s.Zone = "eu-west-1b" })), Want: checks.FAIL, Reason: "its 2 subnets lie in euw1-az1 alone"},
		{Name: "a Local Zone adds none", Set: checktest.All(vpc, subnet("subnet-1", in("euw1-az1")), subnet("subnet-2", in("euw1-lon1-az1"))), Want: checks.FAIL, Reason: "euw1-az1 alone"},
		{Name: "an Outpost adds none", Set: checktest.All(vpc, subnet("subnet-1", in("euw1-az1")), subnet("subnet-2", in("euw1-az2"), func(s *snapshot.Subnet) { s.Outpost = "arn:aws:outposts:x" })), Want: checks.FAIL, Reason: "euw1-az1 alone"},
		{Name: "a zone that is not listed", Set: checktest.All(vpc, subnet("subnet-1", in("euw1-az9"))), Want: checks.UNKNOWN, Reason: "euw1-az9"},
		{Name: "no zone id", Set: checktest.All(vpc, subnet("subnet-1")), Want: checks.UNKNOWN, Reason: "AvailabilityZoneId"},
		{Name: "zones unread", Set: checktest.All(checktest.VPCs("vpc-1"), subnet("subnet-1", in("euw1-az1")), checktest.Denied("ec2:DescribeAvailabilityZones")), Want: checks.UNKNOWN, Reason: "DescribeAvailabilityZones"},
		{Name: "subnets unread", Set: checktest.All(vpc, subnet("subnet-1", in("euw1-az1")), checktest.Denied(listSubnets)), Want: checks.UNKNOWN, Reason: listSubnets},
		{Name: "no subnet", Set: vpc, Want: checks.NotApplicable, Reason: "no subnet"},
		{Name: "a shared VPC", Set: checktest.VPCs("vpc-1", theirVPC), Want: checks.NotApplicable, Reason: "444455556666"},
	})
}

func TestNATGatewayMultiZone(t *testing.T) {
	vpc := checktest.All(checktest.VPCs("vpc-1"), checktest.Subnets("subnet-1", "vpc-1", in("euw1-az1")), checktest.Subnets("subnet-2", "vpc-1", in("euw1-az2")))
	nat := func(id, subnet string, change ...func(*snapshot.NATGateway)) func(*snapshot.Account) {
		g := snapshot.NATGateway{Meta: checktest.EC2Meta("natgateway/" + id), ID: id, VPC: "vpc-1", Subnet: subnet, State: "available", Connectivity: "public", Availability: "zonal"}
		for _, c := range change {
			c(&g)
		}
		return checktest.Net(func(n *snapshot.Net) *[]snapshot.NATGateway { return &n.NATGateways }, g)
	}
	state := func(s string) func(*snapshot.NATGateway) { return func(g *snapshot.NATGateway) { g.State = s } }
	strict := map[string]any{"same_zone": true}
	routes := func(first, second string) func(*snapshot.Account) {
		return checktest.All(checktest.Tables("rtb-1", "vpc-1", []string{"subnet-1"}, checktest.Route("0.0.0.0/0", first)), checktest.Tables("rtb-2", "vpc-1", []string{"subnet-2"}, checktest.Route("0.0.0.0/0", second)))
	}
	both := checktest.All(vpc, nat("nat-1", "subnet-1"), nat("nat-2", "subnet-2"))
	checktest.Run(t, &NATGatewayMultiZone, []checktest.Case{
		{Name: "two zones", Set: both, Want: checks.PASS, Reason: "nat-1 in euw1-az1, nat-2 in euw1-az2"},
		{Name: "one zone", Set: checktest.All(vpc, nat("nat-1", "subnet-1"), nat("nat-2", "subnet-1")), Want: checks.FAIL, Reason: "one zone"},
		{Name: "a regional one has no subnet", Set: checktest.All(vpc, nat("nat-1", "", func(g *snapshot.NATGateway) { g.Availability = "regional" })), Want: checks.PASS, Reason: "regional"},
		{Name: "a deleted one stays listed", Set: checktest.All(vpc, nat("nat-1", "subnet-1"), nat("nat-2", "subnet-2", state("deleted"))), Want: checks.FAIL, Reason: "one zone"},
		{Name: "a private one does not reach the internet", Set: checktest.All(vpc, nat("nat-1", "subnet-1"), nat("nat-2", "subnet-2", func(g *snapshot.NATGateway) { g.Connectivity = "private" })), Want: checks.FAIL, Reason: "one zone"},
		{Name: "none", Set: vpc, Want: checks.NotApplicable, Reason: "no public NAT gateway"},
		{Name: "each its own", Set: checktest.All(both, routes("nat-1", "nat-2")), Parameters: strict, Want: checks.PASS, Reason: "2 default routes"},
		{Name: "across zones", Set: checktest.All(both, routes("nat-1", "nat-1")), Parameters: strict, Want: checks.FAIL, Reason: "subnet-2 of euw1-az2 leaves through nat-1"},
		{Name: "gateways unread", Set: checktest.All(vpc, nat("nat-1", "subnet-1"), checktest.Denied(listNAT)), Want: checks.UNKNOWN, Reason: listNAT},
		{Name: "gateways unread but for two", Set: checktest.All(both, checktest.Denied(listNAT)), Want: checks.PASS, Reason: "2 zones"},
		{Name: "subnets unread", Set: checktest.All(both, checktest.Denied(listSubnets)), Want: checks.UNKNOWN, Reason: listSubnets},
		{Name: "tables unread", Set: checktest.All(both, routes("nat-1", "nat-2"), checktest.Denied("ec2:DescribeRouteTables")), Parameters: strict, Want: checks.UNKNOWN, Reason: "DescribeRouteTables"},
	})
}

func TestEndpointMultiZone(t *testing.T) {
	endpoint := func(change ...func(*snapshot.VPCEndpoint)) func(*snapshot.Account) {
		e := snapshot.VPCEndpoint{Meta: checktest.EC2Meta("vpc-endpoint/vpce-1"), ID: "vpce-1", Owner: checktest.At.Account, VPC: "vpc-1", Type: "Interface", State: "available", Subnets: []string{"subnet-1", "subnet-2"}}
		for _, c := range change {
			c(&e)
		}
		return checktest.Net(func(n *snapshot.Net) *[]snapshot.VPCEndpoint { return &n.Endpoints }, e)
	}
	first, second := checktest.Subnets("subnet-1", "vpc-1", in("euw1-az1")), checktest.Subnets("subnet-2", "vpc-1", in("euw1-az2"))
	checktest.Run(t, &EndpointMultiZone, []checktest.Case{
		{Name: "two zones", Set: checktest.All(endpoint(), first, second), Want: checks.PASS, Reason: "euw1-az1, euw1-az2"},
		{Name: "two subnets in one zone are one zone", Set: checktest.All(endpoint(), first, checktest.Subnets("subnet-2", "vpc-1", in("euw1-az1"))), Want: checks.FAIL, Reason: "2 subnets in euw1-az1 alone"},
		{Name: "a shared subnet counts", Set: checktest.All(endpoint(), first, checktest.Subnets("subnet-2", "vpc-1", in("euw1-az2"), func(s *snapshot.Subnet) { s.Owner = "444455556666" })), Want: checks.PASS, Reason: "2 subnets"},
		{Name: "a subnet that is not shown", Set: checktest.All(endpoint(), first), Want: checks.UNKNOWN, Reason: "subnet-2"},
		{Name: "subnets unread", Set: checktest.All(endpoint(), checktest.Denied(listSubnets)), Want: checks.UNKNOWN, Reason: listSubnets},
		{Name: "a gateway endpoint", Set: endpoint(func(e *snapshot.VPCEndpoint) { e.Type = "Gateway" }), Want: checks.NotApplicable, Reason: "Gateway"},
		{Name: "pending", Set: endpoint(func(e *snapshot.VPCEndpoint) { e.State = "Pending" }), Want: checks.NotApplicable, Reason: "Pending"},
		{Name: "another account's", Set: endpoint(func(e *snapshot.VPCEndpoint) { e.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
	})
}
