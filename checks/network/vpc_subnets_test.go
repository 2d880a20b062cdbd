package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestHasMultipleSubnets(t *testing.T) {
	one := and(checktest.VPCs("vpc-1"), checktest.Subnets("subnet-1", "vpc-1"))
	checktest.Run(t, &HasMultipleSubnets, []checktest.Case{
		{Name: "two", Set: and(one, checktest.Subnets("subnet-2", "vpc-1")), Want: checks.PASS, Reason: "2 subnets"},
		{Name: "one", Set: and(one, checktest.Subnets("subnet-2", "vpc-2")), Want: checks.FAIL, Reason: "1 subnet"},
		{Name: "unread", Set: and(one, checktest.Denied(listSubnets)), Want: checks.UNKNOWN, Reason: listSubnets},
		{Name: "a shared VPC", Set: checktest.VPCs("vpc-1", func(v *snapshot.VPC) { v.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
	})
}

func TestSubnetACLRestricts(t *testing.T) {
	subnet := and(checktest.Subnets("subnet-1", "vpc-1"), checktest.Interfaces("eni-1", "vpc-1", "subnet-1"))
	acl := func(isDefault bool, entries ...snapshot.ACLEntry) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.NetworkACLs = []snapshot.NetworkACL{{Meta: checktest.EC2Meta("network-acl/acl-1"), ID: "acl-1", VPC: "vpc-1", Owner: checktest.At.Account, Default: isDefault, Subnets: []string{"subnet-1"}, Entries: entries}}
		}
	}
	web := []snapshot.ACLEntry{allow(100, false, "6", 443, 443), allow(100, true, "6", 1024, 65535)}
	const acls = "ec2:DescribeNetworkAcls"
	checktest.Run(t, &SubnetACLRestricts, []checktest.Case{
		{Name: "its own, and narrow", Set: and(subnet, acl(false, web...)), Want: checks.PASS, Reason: "acl-1 is not the default one"},
		{Name: "the default one, and narrow", Set: and(subnet, acl(true, web...)), Want: checks.FAIL, Reason: "acl-1: it is the VPC's default ACL"},
		{Name: "the default one is accepted", Set: and(subnet, acl(true, web...)), Parameters: map[string]any{"require_custom": false}, Want: checks.PASS, Reason: "acl-1"},
		{Name: "its own, and open inward", Set: and(subnet, acl(false, everything(false), web[1])), Want: checks.FAIL, Reason: "allowed in from the internet"},
		{Name: "its own, and open outward", Set: and(subnet, acl(false, web[0], everything(true))), Want: checks.FAIL, Reason: "allowed out to the internet"},
		{Name: "both halves are named", Set: and(subnet, acl(true, everything(false), everything(true))), Want: checks.FAIL, Reason: "it is the VPC's default ACL; allowed in"},
		{Name: "no association means a partial answer", Set: subnet, Want: checks.UNKNOWN, Reason: "cannot be all of it"},
		{Name: "ACLs unread", Set: and(subnet, checktest.Denied(acls)), Want: checks.UNKNOWN, Reason: acls},
		{Name: "an empty subnet", Set: checktest.Subnets("subnet-1", "vpc-1"), Want: checks.NotApplicable, Reason: "no network interface"},
		{Name: "an empty subnet that is asked about", Set: and(checktest.Subnets("subnet-1", "vpc-1"), acl(false, web...)), Parameters: map[string]any{"skip_empty": false}, Want: checks.PASS, Reason: "acl-1"},
		{Name: "interfaces unread", Set: and(checktest.Subnets("subnet-1", "vpc-1"), acl(false, web...), checktest.Denied(listInterfaces)), Want: checks.UNKNOWN, Reason: listInterfaces},
		{Name: "a shared subnet", Set: checktest.Subnets("subnet-1", "vpc-1", func(s *snapshot.Subnet) { s.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
	})
}
