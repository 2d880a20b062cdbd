package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestInstanceNotInPublicSubnet(t *testing.T) {
	type route = snapshot.Route
	igw := route{Destination: "0.0.0.0/0", Target: "igw-1", State: "active"}
	in := func(subnets ...snapshot.DBSubnet) func(*snapshot.Account) {
		return checktest.Instance(snapshot.Database{}, func(i *snapshot.DBInstance) { i.VPC, i.Subnets = "vpc-1", subnets })
	}
	own := func(subnet string, routes ...route) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.RouteTables = append(a.EC2.RouteTables, snapshot.RouteTable{Meta: checktest.Meta("", "arn:rtb-"+subnet), ID: "rtb-" + subnet, VPC: "vpc-1", Routes: routes,
				Associations: []snapshot.RouteAssociation{{Subnet: subnet, State: "associated"}}})
		}
	}
	main := func(routes ...route) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.RouteTables = append(a.EC2.RouteTables, snapshot.RouteTable{Meta: checktest.Meta("", "arn:rtb-main"), ID: "rtb-main", VPC: "vpc-1", Routes: routes, Associations: []snapshot.RouteAssociation{{Main: true, State: "associated"}}})
		}
	}
	mapped := func(a *snapshot.Account) {
		a.EC2.Subnets = []snapshot.Subnet{{Meta: checktest.Meta("", "arn:subnet-a"), ID: "a", VPC: "vpc-1", MapPublicIPOnLaunch: snapshot.Value(true)}}
	}
	a, b := snapshot.DBSubnet{ID: "a", Status: "Active"}, snapshot.DBSubnet{ID: "b", Status: "Active"}
	to := func(target string) route { return route{Destination: "0.0.0.0/0", Target: target, State: "active"} }
	checktest.Run(t, &InstanceNotInPublicSubnet, []checktest.Case{
		{Name: "two private subnets", Set: checktest.All(in(a, b), own("a"), own("b", to("nat-1"))), Want: checks.PASS, Reason: "a → rtb-a, b → rtb-b"},
		{Name: "one public subnet", Set: checktest.All(in(a, b), own("a"), own("b", igw)), Want: checks.FAIL, Reason: "b → rtb-b → igw-1"},
		{Name: "a NAT gateway is private", Set: checktest.All(in(a), own("a", to("nat-1"))), Want: checks.PASS, Reason: "rtb-a"},
		{Name: "an egress-only gateway lets nobody in", Set: checktest.All(in(a), own("a", to("eigw-1"))), Want: checks.PASS, Reason: "rtb-a"},
		{Name: "a virtual private gateway is no internet gateway", Set: checktest.All(in(a), own("a", to("vgw-1"))), Want: checks.PASS, Reason: "rtb-a"},
		{Name: "an Outpost's local gateway", Set: checktest.All(in(snapshot.DBSubnet{ID: "a", Status: "Active", Outpost: "arn:outpost"}), own("a", to("lgw-1"))), Want: checks.PASS, Reason: "rtb-a"},
		{Name: "a route that is a blackhole", Set: checktest.All(in(a), own("a", route{Target: "igw-1", State: "blackhole"})), Want: checks.PASS, Reason: "rtb-a"},
		{Name: "without a table of its own it has the main one", Set: checktest.All(in(a), main(igw)), Want: checks.FAIL, Reason: "a → rtb-main → igw-1"},
		{Name: "its own table wins over a public main one", Set: checktest.All(in(a), main(igw), own("a")), Want: checks.PASS, Reason: "rtb-a"},
		{Name: "MapPublicIpOnLaunch is not the test", Set: checktest.All(in(a), own("a"), mapped), Want: checks.PASS, Reason: "rtb-a"},
		{Name: "a subnet that is not active does not count", Set: checktest.All(in(a, snapshot.DBSubnet{ID: "b", Status: "Inactive"}), own("a"), own("b", igw)), Want: checks.PASS, Reason: "a → rtb-a"},
		{Name: "tables of a shared VPC cannot be seen", Set: in(a), Want: checks.UNKNOWN, Reason: "another account shares"},
		{Name: "tables denied", Set: checktest.All(in(a), checktest.Denied("ec2:DescribeRouteTables")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "denied, and one public table was read", Set: checktest.All(in(a, b), own("a", igw), checktest.Denied("ec2:DescribeRouteTables")), Want: checks.FAIL, Reason: "igw-1"},
		{Name: "denied after the main table: the subnet may have its own", Set: checktest.All(in(a), main(), checktest.Denied("ec2:DescribeRouteTables")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "subnets denied: the tables decide", Set: checktest.All(in(a), main(igw), checktest.Denied("ec2:DescribeSubnets")), Want: checks.FAIL, Reason: "rtb-main"},
		{Name: "no subnet told", Set: in(), Want: checks.UNKNOWN, Reason: "no active subnet"},
		{Name: "neptune", Set: checktest.Instance(snapshot.Database{Engine: "neptune"}), Want: checks.NotApplicable, Reason: "Neptune"},
	})
}
