package hygiene

import (
	"fmt"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestACLAssociated(t *testing.T) {
	acl := func(f func(*snapshot.NetworkACL)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			n := snapshot.NetworkACL{Meta: checktest.Meta("acl", "arn:aws:ec2:eu-west-1:111122223333:network-acl/acl-1"), ID: "acl-1", Owner: checktest.At.Account}
			f(&n)
			a.EC2.NetworkACLs = []snapshot.NetworkACL{n}
		}
	}
	checktest.Run(t, &ACLAssociated, []checktest.Case{
		{Name: "one subnet", Set: acl(func(n *snapshot.NetworkACL) { n.Subnets = []string{"subnet-1"} }), Want: checks.PASS, Reason: "1 subnets"},
		{Name: "none", Set: acl(func(*snapshot.NetworkACL) {}), Want: checks.FAIL, Reason: "no subnet"},
		{Name: "the default ACL cannot be deleted", Set: acl(func(n *snapshot.NetworkACL) { n.Default = true }), Want: checks.NotApplicable, Reason: "IsDefault"},
		{Name: "a participant does not see the owner's subnets", Set: acl(func(n *snapshot.NetworkACL) { n.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
		{Name: "ACLs that were not listed", Want: checks.UNKNOWN, Reason: "denied",
			Set: func(a *snapshot.Account) {
				checktest.Fail(a, "ec2:DescribeNetworkAcls", checktest.At.Region, snapshot.Denied)
			}},
	})
}

func TestInterfaceInUse(t *testing.T) {
	nic := func(f func(*snapshot.NetworkInterface)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			n := snapshot.NetworkInterface{Meta: checktest.Meta("", "arn:aws:ec2:eu-west-1:111122223333:network-interface/eni-1"), ID: "eni-1", Owner: checktest.At.Account, Status: "available"}
			f(&n)
			a.EC2.Interfaces = []snapshot.NetworkInterface{n}
		}
	}
	checktest.Run(t, &InterfaceInUse, []checktest.Case{
		{Name: "in use", Set: nic(func(n *snapshot.NetworkInterface) { n.Status = "in-use" }), Want: checks.PASS, Reason: "in-use"},
		{Name: "associated is used too", Set: nic(func(n *snapshot.NetworkInterface) { n.Status = "associated" }), Want: checks.PASS, Reason: "associated"},
		{Name: "available", Set: nic(func(*snapshot.NetworkInterface) {}), Want: checks.FAIL, Reason: "attached to nothing"},
		{Name: "left by a service", Set: nic(func(n *snapshot.NetworkInterface) { n.RequesterManaged = true }), Want: checks.NotApplicable, Reason: "service"},
		{Name: "managed by an operator", Set: nic(func(n *snapshot.NetworkInterface) { n.Managed = true }), Want: checks.NotApplicable, Reason: "service"},
		{Name: "another account's", Set: nic(func(n *snapshot.NetworkInterface) { n.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
		{Name: "without a status", Set: nic(func(n *snapshot.NetworkInterface) { n.Status = "" }), Want: checks.UNKNOWN, Reason: "Status"},
	})
}

// securityGroup is an account with one group.
func securityGroup(f func(*snapshot.SecurityGroup)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		g := snapshot.SecurityGroup{Meta: checktest.Meta("g", "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1"), ID: "sg-1", Group: "launch-wizard-3", Owner: checktest.At.Account, Attached: snapshot.Value(true)}
		f(&g)
		a.EC2.Groups = []snapshot.SecurityGroup{g}
	}
}

func TestGroupNotFromLaunchWizard(t *testing.T) {
	unread := snapshot.Missing[bool](checktest.Unread("ec2:DescribeNetworkInterfaces", snapshot.Denied))
	all := map[string]any{"fail_unattached": true}
	checktest.Run(t, &GroupNotFromLaunchWizard, []checktest.Case{
		{Name: "in use", Set: securityGroup(func(*snapshot.SecurityGroup) {}), Want: checks.FAIL, Reason: "an interface carries the group"},
		{Name: "in no use", Set: securityGroup(func(g *snapshot.SecurityGroup) { g.Attached = snapshot.Value(false) }), Want: checks.PASS, Reason: "no interface"},
		{Name: "in no use, which fails", Set: securityGroup(func(g *snapshot.SecurityGroup) { g.Attached = snapshot.Value(false) }), Parameters: all, Want: checks.FAIL, Reason: "launch-wizard-3"},
		{Name: "the prefix decides", Set: securityGroup(func(g *snapshot.SecurityGroup) { g.Group = "no-launch-wizard-here" }), Want: checks.PASS, Reason: "no-launch-wizard-here"},
		{Name: "the tag Name says nothing", Set: securityGroup(func(g *snapshot.SecurityGroup) { g.Name = "web" }), Want: checks.FAIL, Reason: "launch-wizard-3"},
		{Name: "use unread", Set: securityGroup(func(g *snapshot.SecurityGroup) { g.Attached = unread }), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "use unread, and nobody asks", Set: securityGroup(func(g *snapshot.SecurityGroup) { g.Attached = unread }), Parameters: all, Want: checks.FAIL, Reason: "launch-wizard-3"},
		{Name: "shared in", Set: securityGroup(func(g *snapshot.SecurityGroup) { g.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
	})
}

func TestGroupRuleCount(t *testing.T) {
	sources := func(n int) (out []string) {
		for i := range n {
			out = append(out, fmt.Sprintf("10.0.%d.0/24", i))
		}
		return out
	}
	checktest.Run(t, &GroupRuleCount, []checktest.Case{
		{Name: "none", Set: securityGroup(func(*snapshot.SecurityGroup) {}), Want: checks.PASS, Reason: "0 ingress and 0 egress"},
		{Name: "as many as allowed, in each direction", Set: securityGroup(func(g *snapshot.SecurityGroup) {
			g.Ingress, g.Egress = []snapshot.Rule{{CIDRs: sources(50)}}, []snapshot.Rule{{CIDRs: sources(50)}}
		}), Want: checks.PASS, Reason: "50 ingress and 50 egress"},
		{Name: "one entry holds many rules", Set: securityGroup(func(g *snapshot.SecurityGroup) {
			g.Ingress = []snapshot.Rule{{CIDRs: sources(40), Groups: []string{"sg-2"}}, {CIDRs: sources(10)}}
		}), Want: checks.FAIL, Reason: "51 ingress"},
		{Name: "egress counts by itself", Set: securityGroup(func(g *snapshot.SecurityGroup) { g.Egress = []snapshot.Rule{{CIDRs: sources(51)}} }), Want: checks.FAIL, Reason: "51 egress"},
		{Name: "a prefix list is one", Set: securityGroup(func(g *snapshot.SecurityGroup) { g.Ingress = []snapshot.Rule{{PrefixLists: []string{"pl-1"}}} }), Parameters: map[string]any{"max_rules": 1}, Want: checks.PASS, Reason: "1 ingress"},
		{Name: "shared in", Set: securityGroup(func(g *snapshot.SecurityGroup) { g.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
		{Name: "groups that were not listed", Want: checks.UNKNOWN, Reason: "denied",
			Set: func(a *snapshot.Account) {
				checktest.Fail(a, "ec2:DescribeSecurityGroups", checktest.At.Region, snapshot.Denied)
			}},
	})
}
