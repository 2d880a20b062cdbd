package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestVPCBlockPublicAccess(t *testing.T) {
	set := func(r snapshot.Read[snapshot.BlockPublicAccess]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.Regions = []snapshot.RegionSettings{{Meta: snapshot.Meta{Location: checktest.At, Name: checktest.At.Region}, BlockPublicAccess: r}}
		}
	}
	is := func(mode, state string) func(*snapshot.Account) {
		return set(snapshot.Value(snapshot.BlockPublicAccess{Mode: mode, State: state}))
	}
	checktest.Run(t, &VPCBlockPublicAccess, []checktest.Case{
		{Name: "never set", Set: is("off", "default-state"), Want: checks.FAIL, Reason: "is off", Observed: map[string]string{"State": "default-state"}},
		{Name: "ingress", Set: is("block-ingress", "update-complete"), Want: checks.PASS, Reason: "block-ingress"},
		{Name: "both ways", Set: is("block-bidirectional", "update-complete"), Want: checks.PASS, Reason: "block-bidirectional"},
		{Name: "wanted, and not yet in force", Set: is("block-ingress", "update-in-progress"), Want: checks.PASS, Reason: "not yet in force"},
		{Name: "a mode that AWS does not document", Set: is("block-some", ""), Want: checks.UNKNOWN, Reason: "block-some"},
		{Name: "denied", Set: set(snapshot.Missing[snapshot.BlockPublicAccess](checktest.Unread(blockOptions, snapshot.Denied))), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestSubnetNoPublicIP(t *testing.T) {
	subnet := func(f func(*snapshot.Subnet)) func(*snapshot.Account) {
		return and(exposed, func(a *snapshot.Account) { f(&a.EC2.Subnets[0]) })
	}
	judge6 := map[string]any{"judge_ipv6": true}
	six := func(s *snapshot.Subnet) {
		s.MapPublicIPOnLaunch, s.AssignIPv6OnCreation, s.PublicIPv6 = snapshot.Value(false), true, []string{"2600:1f18::/64"}
	}
	checktest.Run(t, &SubnetNoPublicIP, []checktest.Case{
		{Name: "as default subnets have it", Set: exposed, Want: checks.FAIL, Reason: "MapPublicIpOnLaunch is true"},
		{Name: "off", Set: subnet(func(s *snapshot.Subnet) { s.MapPublicIPOnLaunch = snapshot.Value(false) }), Want: checks.PASS, Reason: "is false"},
		{Name: "without a route", Set: and(exposed, routes()), Want: checks.FAIL, Reason: "is true; no route today"},
		{Name: "without a gateway", Set: and(exposed, func(a *snapshot.Account) { a.EC2.InternetGateways = nil }), Want: checks.FAIL, Reason: "; no route today"},
		{Name: "the route is unread", Set: and(exposed, fails("ec2:DescribeRouteTables", func(e *snapshot.EC2) { e.RouteTables = nil })), Want: checks.FAIL, Reason: "is true"},
		{Name: "IPv6 is not judged", Set: subnet(six), Want: checks.PASS, Reason: "is false"},
		{Name: "IPv6 is judged", Set: subnet(six), Parameters: judge6, Want: checks.FAIL, Reason: "2600:1f18::/64 is not private"},
		{Name: "private IPv6", Set: subnet(func(s *snapshot.Subnet) { six(s); s.PrivateIPv6, s.PublicIPv6 = s.PublicIPv6, nil }), Parameters: judge6, Want: checks.PASS, Reason: "is false"},
		{Name: "shared in", Set: subnet(func(s *snapshot.Subnet) { s.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
		{Name: "the field is missing", Want: checks.UNKNOWN, Reason: "malformed",
			Set: subnet(func(s *snapshot.Subnet) {
				s.MapPublicIPOnLaunch = snapshot.Missing[bool](checktest.Unread("ec2:DescribeSubnets", snapshot.Malformed))
			})},
	})
}

func TestDefaultVPCUnused(t *testing.T) {
	managed := carrier("eni-9", "interface", checktest.At.Account, "amazon-rds")
	checktest.Run(t, &DefaultVPCUnused, []checktest.Case{
		{Name: "empty", Set: vpc(true), Want: checks.PASS, Reason: "no interface"},
		{Name: "an instance's interface, running or stopped", Set: and(vpc(true), carrier("eni-1", "interface", checktest.At.Account, "")), Want: checks.FAIL, Reason: "1 interfaces lie in the default VPC: eni-1"},
		{Name: "a database's interface", Set: and(vpc(true), managed), Want: checks.FAIL, Reason: "eni-9"},
		{Name: "another VPC's", Set: and(vpc(true), managed, func(a *snapshot.Account) { a.EC2.Interfaces[0].VPC = "vpc-2" }), Want: checks.PASS, Reason: "no interface"},
		{Name: "no default VPC", Set: and(vpc(false), managed), Want: checks.NotApplicable, Reason: "IsDefault"},
		{Name: "interfaces unread", Set: and(vpc(true), interfacesDenied), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "one that was read is enough", Set: and(vpc(true), managed, interfacesDenied), Want: checks.FAIL, Reason: "eni-9"},
	})
}
