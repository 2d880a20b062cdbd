package hygiene

import (
	"fmt"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// settings is the tests' Region, about which account checks speak.
func settings(a *snapshot.Account) {
	a.EC2.Regions = []snapshot.RegionSettings{{Meta: snapshot.Meta{Location: checktest.At}}}
}

func TestAccountGroupCount(t *testing.T) {
	groups := func(names ...string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			settings(a)
			for i, name := range names {
				g := snapshot.SecurityGroup{Meta: checktest.EC2Meta(fmt.Sprint("security-group/sg-", i)), ID: fmt.Sprint("sg-", i), Group: name, Owner: checktest.At.Account}
				if name == "theirs" {
					g.Owner = "444455556666"
				}
				a.EC2.Groups = append(a.EC2.Groups, g)
			}
		}
	}
	two := map[string]any{"max_groups": 2}
	checktest.Run(t, &AccountGroupCount, []checktest.Case{
		{Name: "default groups do not count", Set: groups("default", "a", "b", "default"), Parameters: two, Want: checks.PASS, Reason: "2 security groups"},
		{Name: "nor do others'", Set: groups("a", "b", "theirs"), Parameters: two, Want: checks.PASS, Reason: "2 security groups"},
		{Name: "too many", Set: groups("a", "b", "c"), Parameters: two, Want: checks.FAIL, Reason: "3 security groups"},
		{Name: "one page of two", Set: checktest.All(groups("a"), checktest.Denied(listGroups)), Parameters: two, Want: checks.UNKNOWN, Reason: listGroups},
		{Name: "one page of two is too much already", Set: checktest.All(groups("a", "b", "c"), checktest.Denied(listGroups)), Parameters: two, Want: checks.FAIL, Reason: "3"},
	})
}

func TestGroupDescribed(t *testing.T) {
	group := func(about string, change ...func(*snapshot.SecurityGroup)) func(*snapshot.Account) {
		return securityGroup(func(g *snapshot.SecurityGroup) {
			g.Group, g.About = "web", about
			for _, c := range change {
				c(g)
			}
		})
	}
	described := func(id, description string, change ...func(*snapshot.GroupRule)) func(*snapshot.Account) {
		r := snapshot.GroupRule{Meta: checktest.EC2Meta("security-group-rule/" + id), ID: id, Group: "sg-1", Description: description, Protocol: "tcp", Source: "10.0.0.0/8"}
		for _, c := range change {
			c(&r)
		}
		return checktest.Net(func(n *snapshot.Net) *[]snapshot.GroupRule { return &n.GroupRules }, r)
	}
	allOut := func(r *snapshot.GroupRule) { r.Egress, r.Protocol, r.Source = true, "-1", "0.0.0.0/0" }
	checktest.Run(t, &GroupDescribed, []checktest.Case{
		{Name: "described", Set: checktest.All(group("web servers"), described("sgr-1", "from the office")), Want: checks.PASS, Reason: "each of its 1 rule"},
		{Name: "a rule without", Set: checktest.All(group("web servers"), described("sgr-1", "from the office"), described("sgr-2", "")), Want: checks.FAIL, Reason: "sgr-2 from 10.0.0.0/8"},
		{Name: "the rule that AWS makes", Set: checktest.All(group("web servers"), described("sgr-1", "", allOut)), Want: checks.PASS, Reason: "web servers"},
		{Name: "boilerplate", Set: group("Managed by Terraform"), Want: checks.FAIL, Reason: "says nothing"},
		{Name: "boilerplate by a pattern", Set: group("launch-wizard-3 created 2024-05-01T10:00:00Z"), Want: checks.FAIL, Reason: "launch-wizard-3"},
		{Name: "empty", Set: group(""), Want: checks.FAIL, Reason: "empty"},
		{Name: "rules are not asked", Set: checktest.All(group("web servers"), described("sgr-1", "")), Parameters: map[string]any{"judge_rules": false}, Want: checks.PASS, Reason: "web servers"},
		{Name: "rules unread", Set: checktest.All(group("web servers"), checktest.Denied("ec2:DescribeSecurityGroupRules")), Want: checks.UNKNOWN, Reason: "DescribeSecurityGroupRules"},
		{Name: "a default group", Set: group("", func(g *snapshot.SecurityGroup) { g.Group = "default" }), Want: checks.NotApplicable, Reason: "default"},
		{Name: "made by a service", Set: group("", func(g *snapshot.SecurityGroup) { g.Tags = map[string]string{"aws:eks:cluster-name": "x"} }), Want: checks.NotApplicable, Reason: "aws:eks:cluster-name"},
		{Name: "made by the customer's stack", Set: group("", func(g *snapshot.SecurityGroup) { g.Tags = map[string]string{"aws:cloudformation:stack-name": "x"} }), Want: checks.FAIL, Reason: "empty"},
		{Name: "another account's", Set: group("", func(g *snapshot.SecurityGroup) { g.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
	})
}
