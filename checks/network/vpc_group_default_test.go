package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func vpc(isDefault bool) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.EC2.VPCs = []snapshot.VPC{{Meta: checktest.Meta("v", "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1"), ID: "vpc-1", Owner: checktest.At.Account, Default: isDefault}}
	}
}

func egress(rules ...snapshot.Rule) func(*snapshot.Account) {
	return func(a *snapshot.Account) { a.EC2.Groups[0].Egress = rules }
}

func TestDefaultGroupRestrictsAll(t *testing.T) {
	defaultGroup := groupName("default")
	used := carrier("eni-1", "interface", checktest.At.Account, "")
	vpcsDenied := func(a *snapshot.Account) {
		checktest.Fail(a, "ec2:DescribeVpcs", checktest.At.Region, snapshot.Denied)
	}
	checktest.Run(t, &DefaultGroupRestrictsAll, []checktest.Case{
		{Name: "no rules", Set: and(group(), defaultGroup, vpc(false)), Want: checks.PASS, Reason: "has no rules"},
		{Name: "as AWS makes it", Set: and(group(rule("-1", 0, 0, "sg-1")), defaultGroup, egress(rule("-1", 0, 0, "0.0.0.0/0")), vpc(false), used), Want: checks.FAIL, Reason: "1 ingress and 1 egress rules"},
		{Name: "a rule that names only itself is one", Set: and(group(rule("-1", 0, 0, "sg-1")), defaultGroup, vpc(false), used), Want: checks.FAIL, Reason: "1 ingress and 0 egress"},
		{Name: "IPv6 egress", Set: and(group(), defaultGroup, egress(rule("-1", 0, 0, "::/0")), vpc(false), used), Want: checks.FAIL, Reason: "0 ingress and 1 egress"},
		{Name: "of an unused default VPC", Set: and(group(rule("-1", 0, 0, "sg-1")), defaultGroup, vpc(true)), Want: checks.FAIL, Reason: "vpc-1, a default VPC has 1 ingress and 0 egress rules; VPC unused"},
		{Name: "another group of a default VPC", Set: and(group(rule("-1", 0, 0, "sg-1")), groupName("web"), vpc(true)), Want: checks.NotApplicable, Reason: `GroupName is "web"`},
		{Name: "the tag Name is not the name", Set: and(group(rule("-1", 0, 0, "sg-1")), groupName("web"), func(a *snapshot.Account) { a.EC2.Groups[0].Name = "default" }), Want: checks.NotApplicable, Reason: "web"},
		{Name: "of a VPC that is shared in", Set: and(group(rule("-1", 0, 0, "sg-1")), defaultGroup, foreign), Want: checks.NotApplicable, Reason: "444455556666"},
		{Name: "VPCs denied", Set: and(group(rule("-1", 0, 0, "sg-1")), defaultGroup, vpcsDenied, used), Want: checks.FAIL, Reason: "1 ingress"},
		{Name: "whether the VPC is used was not read", Set: and(group(rule("-1", 0, 0, "sg-1")), defaultGroup, vpc(false), interfacesDenied), Want: checks.FAIL, Reason: "egress rules"},
		{Name: "groups that were not listed", Want: checks.UNKNOWN, Reason: "denied",
			Set: func(a *snapshot.Account) {
				checktest.Fail(a, "ec2:DescribeSecurityGroups", checktest.At.Region, snapshot.Denied)
			}},
	})
}

func TestDefaultGroupUnused(t *testing.T) {
	defaultGroup := groupName("default")
	checktest.Run(t, &DefaultGroupUnused, []checktest.Case{
		{Name: "carried by nothing", Set: and(group(), defaultGroup, attached(snapshot.Value(false))), Want: checks.PASS, Reason: "no interface"},
		{Name: "carried by an instance", Set: and(group(), defaultGroup, carrier("eni-1", "interface", checktest.At.Account, "")), Want: checks.FAIL, Reason: "1 interfaces carry the group: eni-1"},
		{Name: "carried by a database's interface", Set: and(group(), defaultGroup, carrier("eni-2", "interface", checktest.At.Account, "amazon-rds")), Want: checks.FAIL, Reason: "eni-2 of amazon-rds"},
		{Name: "another group", Set: and(group(), groupName("web"), carrier("eni-1", "interface", checktest.At.Account, "")), Want: checks.NotApplicable, Reason: "web"},
		{Name: "shared in", Set: and(group(), defaultGroup, foreign), Want: checks.NotApplicable, Reason: "444455556666"},
		{Name: "interfaces unread", Set: and(group(), defaultGroup, attached(unreadCarriers)), Want: checks.UNKNOWN, Reason: "throttled"},
	})
}
