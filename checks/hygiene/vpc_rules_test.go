package hygiene

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestGroupNoStaleRules(t *testing.T) {
	own, none := checktest.At.Account, snapshot.Value(snapshot.StaleRules{})
	group := func(stale snapshot.Read[snapshot.StaleRules], pairs ...snapshot.GroupPair) func(*snapshot.Account) {
		return securityGroup(func(g *snapshot.SecurityGroup) {
			g.Stale = stale
			g.Ingress = []snapshot.Rule{{Protocol: "tcp", Pairs: pairs}}
		})
	}
	checktest.Run(t, &GroupNoStaleRules, []checktest.Case{
		{Name: "itself", Set: group(none, snapshot.GroupPair{Group: "sg-1", Account: own}), Want: checks.PASS, Reason: "every group"},
		{Name: "an own group that is gone", Set: group(none, snapshot.GroupPair{Group: "sg-9", Account: own}), Want: checks.FAIL, Reason: "sg-9, which does not exist"},
		{Name: "another account's cannot be described: absent is not gone", Set: group(none, snapshot.GroupPair{Group: "sg-9", Account: "444455556666"}), Want: checks.PASS, Reason: "every group"},
		{Name: "of a deleted peering", Set: group(none, snapshot.GroupPair{Group: "sg-9", Account: "444455556666", Peering: "pcx-1", PeeringStatus: "deleted"}), Want: checks.FAIL, Reason: "of account 444455556666, whose peering pcx-1 was deleted"},
		{Name: "of a peering that is there", Set: group(none, snapshot.GroupPair{Group: "sg-9", Account: own, Peering: "pcx-1", PeeringStatus: "active"}), Want: checks.PASS, Reason: "every group"},
		{Name: "AWS calls it stale", Set: group(snapshot.Value(snapshot.StaleRules{Count: 1, Gone: []string{"sg-8"}})), Want: checks.FAIL, Reason: "sg-8, which AWS calls stale"},
		{Name: "stale is unread", Set: group(snapshot.Missing[snapshot.StaleRules](checktest.Unread("ec2:DescribeStaleSecurityGroups", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "DescribeStaleSecurityGroups"},
		{Name: "another account's group", Set: securityGroup(func(g *snapshot.SecurityGroup) { g.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
	})
}

// What the rest of the list might hold cannot be called gone.
func TestGroupNoStaleRulesOfGroupsUnread(t *testing.T) {
	set := checktest.All(securityGroup(func(g *snapshot.SecurityGroup) {
		g.Stale = snapshot.Value(snapshot.StaleRules{})
		g.Ingress = []snapshot.Rule{{Protocol: "-1", Pairs: []snapshot.GroupPair{{Group: "sg-9", Account: checktest.At.Account}}}}
	}), checktest.Denied(listGroups))
	found := checktest.Findings(&GroupNoStaleRules, checktest.Account(&GroupNoStaleRules, set), nil)
	if len(found) != 2 || found[0].Status != checks.UNKNOWN || found[1].Status != checks.UNKNOWN {
		t.Errorf("findings %+v, want the list and the group UNKNOWN", found)
	}
}

func TestACLNoDeadEntries(t *testing.T) {
	acl := func(owner string, entries ...snapshot.ACLEntry) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.NetworkACLs = []snapshot.NetworkACL{{Meta: checktest.EC2Meta("network-acl/acl-1"), ID: "acl-1", Owner: owner, Entries: append(entries, snapshot.ACLEntry{Number: 32767, Action: "deny", Protocol: "-1", CIDR: "0.0.0.0/0"})}}
		}
	}
	port := int32(23)
	all := snapshot.ACLEntry{Number: 100, Action: "allow", Protocol: "-1", CIDR: "0.0.0.0/0"}
	telnet := snapshot.ACLEntry{Number: 110, Action: "deny", Protocol: "6", FromPort: &port, ToPort: &port, CIDR: "0.0.0.0/0"}
	early := telnet
	early.Number = 90
	allow := telnet
	allow.Action = "allow"
	own := checktest.At.Account
	checktest.Run(t, &ACLNoDeadEntries, []checktest.Case{
		{Name: "a deny in time", Set: acl(own, all, early), Want: checks.PASS, Reason: "3 entries"},
		{Name: "a deny behind a wider allow", Set: acl(own, all, telnet), Want: checks.FAIL, Reason: "a deny that never takes effect: deny 110 (in, IPv4) is covered by 100"},
		{Name: "an allow that adds nothing", Set: acl(own, all, allow), Want: checks.FAIL, Reason: "entries that never take effect: allow 110"},
		{Name: "the closing entry", Set: acl(own, all), Want: checks.PASS, Reason: "2 entries"},
		{Name: "another account's", Set: acl("444455556666", all, telnet), Want: checks.NotApplicable, Reason: "444455556666"},
		{Name: "unread", Set: checktest.Denied("ec2:DescribeNetworkAcls"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestTableNoBlackholes(t *testing.T) {
	hole := snapshot.Route{Destination: "10.9.0.0/16", Target: "pcx-1", State: "blackhole"}
	checktest.Run(t, &TableNoBlackholes, []checktest.Case{
		{Name: "none", Set: checktest.Tables("rtb-1", "vpc-1", nil, checktest.Route("0.0.0.0/0", "igw-1")), Want: checks.PASS, Reason: "none of its 1 route"},
		{Name: "one that hides a less specific route", Set: checktest.Tables("rtb-1", "vpc-1", nil, checktest.Route("10.0.0.0/8", "tgw-1"), hole), Want: checks.FAIL, Reason: "10.9.0.0/16 to pcx-1"},
		{Name: "filtered by a route server", Set: checktest.Tables("rtb-1", "vpc-1", nil, snapshot.Route{Destination: "10.9.0.0/16", Target: "eni-1", State: "filtered"}), Want: checks.PASS, Reason: "none"},
		{Name: "to a list", Set: checktest.Tables("rtb-1", "vpc-1", nil, snapshot.Route{PrefixList: "pl-1", State: "blackhole"}), Want: checks.FAIL, Reason: "pl-1 to a target that is gone"},
		{Name: "another account's", Set: func(a *snapshot.Account) {
			checktest.Tables("rtb-1", "vpc-1", nil, hole)(a)
			a.EC2.RouteTables[0].ARN = "arn:aws:ec2:eu-west-1:444455556666:route-table/rtb-1"
		}, Want: checks.NotApplicable, Reason: "444455556666"},
		{Name: "unread", Set: checktest.Denied("ec2:DescribeRouteTables"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}
