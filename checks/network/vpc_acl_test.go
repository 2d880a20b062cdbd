package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// acl is an account with one network ACL, which AWS closes in each direction.
func acl(entries ...snapshot.ACLEntry) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		last := snapshot.ACLEntry{Number: 32767, Action: "deny", Protocol: "-1", CIDR: "0.0.0.0/0"}
		out := last
		out.Egress = true
		a.EC2.NetworkACLs = []snapshot.NetworkACL{{
			Meta: checktest.Meta("acl", "arn:aws:ec2:eu-west-1:111122223333:network-acl/acl-1"), ID: "acl-1", VPC: "vpc-1",
			Owner: checktest.At.Account, Subnets: []string{"subnet-1"}, Entries: append(entries, last, out),
		}}
	}
}

func aclIs(f func(*snapshot.NetworkACL)) func(*snapshot.Account) {
	return func(a *snapshot.Account) { f(&a.EC2.NetworkACLs[0]) }
}

var (
	foreignACLs = aclIs(func(n *snapshot.NetworkACL) { n.Owner = "444455556666" })
	aclsDenied  = fails("ec2:DescribeNetworkAcls", nil)
)

// from is an entry with another source or destination.
func from(cidr string, e snapshot.ACLEntry) snapshot.ACLEntry {
	e.CIDR = cidr
	return e
}

func TestACLAdminPortsClosed(t *testing.T) {
	icmp := allow(100, false, "1", 22, -1)
	checktest.Run(t, &ACLAdminPortsClosed, []checktest.Case{
		{Name: "as AWS makes it", Set: acl(everything(false), everything(true)), Want: checks.FAIL, Reason: "IPv4: tcp 22, 3389 by rule 100"},
		{Name: "the closing deny alone", Set: acl(), Want: checks.PASS, Reason: "tcp 22, 3389 in from no"},
		{Name: "web alone", Set: acl(allow(100, false, "6", 443, 443)), Want: checks.PASS, Reason: "no internet-wide set"},
		{Name: "an allow after a deny is dead", Set: acl(deny(allow(90, false, "6", 22, 22)), deny(allow(91, false, "6", 3389, 3389)), everything(false)), Want: checks.PASS, Reason: "no internet-wide"},
		{Name: "the order is by number, not by place", Set: acl(everything(false), deny(allow(90, false, "6", 1, 4000))), Want: checks.PASS, Reason: "no internet-wide"},
		{Name: "a partial deny does not close", Set: acl(from("11.0.0.0/8", deny(allow(90, false, "6", 22, 22))), everything(false)), Want: checks.FAIL, Reason: "tcp 22"},
		{Name: "IPv6", Set: acl(from("::/0", allow(100, false, "6", 22, 22))), Want: checks.FAIL, Reason: "IPv6: tcp 22 by rule 100"},
		{Name: "both families share the numbers", Set: acl(from("::/0", deny(everything(false))), everything(false)), Want: checks.FAIL, Reason: "IPv4: tcp 22"},
		{Name: "UDP 22 is none", Set: acl(allow(100, false, "17", 22, 22)), Want: checks.PASS, Reason: "no internet-wide"},
		{Name: "ICMP type 22 is none", Set: acl(icmp), Want: checks.PASS, Reason: "no internet-wide"},
		{Name: "egress is not asked about", Set: acl(everything(true)), Want: checks.PASS, Reason: "no internet-wide"},
		{Name: "from inside", Set: acl(from("10.0.0.0/8", everything(false))), Want: checks.PASS, Reason: "no internet-wide"},
		{Name: "without a subnet", Set: and(acl(everything(false)), aclIs(func(n *snapshot.NetworkACL) { n.Subnets = nil })), Want: checks.FAIL, Reason: "tcp 22"},
		{Name: "without a subnet, and left out", Set: and(acl(everything(false)), aclIs(func(n *snapshot.NetworkACL) { n.Subnets = nil })), Parameters: map[string]any{"skip_unassociated": true}, Want: checks.NotApplicable, Reason: "skip_unassociated"},
		{Name: "another account's", Set: and(acl(everything(false)), foreignACLs), Want: checks.NotApplicable, Reason: "444455556666"},
		{Name: "a source that is no CIDR", Set: acl(from("", everything(false))), Want: checks.UNKNOWN, Reason: "cannot be told"},
		{Name: "a port that is none", Set: acl(), Parameters: map[string]any{"ports_tcp": []int{-5}}, Want: checks.UNKNOWN, Reason: "-5"},
		{Name: "ACLs that were not listed", Want: checks.UNKNOWN, Reason: "denied", Set: aclsDenied},
	})
}

func TestACLIngressRestricted(t *testing.T) {
	isDefault := aclIs(func(n *snapshot.NetworkACL) { n.Default = true })
	tcp, udp := allow(100, false, "6", 0, 65535), allow(110, false, "17", 0, 65535)
	checktest.Run(t, &ACLIngressRestricted, []checktest.Case{
		{Name: "all protocols", Set: acl(everything(false)), Want: checks.FAIL, Reason: "tcp 0-65535 by rule 100; IPv4: udp 0-65535 by rule 100"},
		{Name: "TCP and UDP by themselves", Set: acl(tcp, udp), Want: checks.FAIL, Reason: "udp 0-65535 by rule 110"},
		{Name: "IPv6", Set: acl(from("::/0", everything(false))), Want: checks.FAIL, Reason: "IPv6: tcp"},
		{Name: "web alone", Set: acl(allow(100, false, "6", 443, 443)), Want: checks.PASS, Reason: "IPv4 tcp without 1-442, 444-65535"},
		{Name: "a deny for one port before, which is named", Set: acl(deny(allow(90, false, "6", 22, 22)), tcp), Want: checks.PASS, Reason: "IPv4 tcp without 22"},
		{Name: "and UDP is all open", Set: acl(deny(allow(90, false, "6", 22, 22)), everything(false)), Want: checks.FAIL, Reason: "udp 0-65535"},
		{Name: "nothing", Set: acl(everything(true)), Want: checks.PASS, Reason: "nothing is allowed in"},
		{Name: "the default ACL is judged", Set: and(acl(everything(false)), isDefault), Want: checks.FAIL, Reason: "allowed in"},
		{Name: "the default ACL is left out", Set: and(acl(everything(false)), isDefault), Parameters: map[string]any{"judge_default": false}, Want: checks.NotApplicable, Reason: "judge_default"},
		{Name: "custom ACLs are left out", Set: acl(everything(false)), Parameters: map[string]any{"judge_custom": false}, Want: checks.NotApplicable, Reason: "judge_custom"},
		{Name: "another account's", Set: and(acl(everything(false)), foreignACLs), Want: checks.NotApplicable, Reason: "444455556666"},
		{Name: "a source that is no CIDR", Set: acl(from("", everything(false))), Want: checks.UNKNOWN, Reason: "cannot be told"},
	})
}

func TestACLEgressRestricted(t *testing.T) {
	checktest.Run(t, &ACLEgressRestricted, []checktest.Case{
		{Name: "all protocols", Set: acl(everything(true)), Want: checks.FAIL, Reason: "allowed out to the internet, IPv4: tcp 0-65535 by rule 100"},
		{Name: "answers", Set: acl(allow(100, true, "6", 1024, 65535), allow(110, true, "17", 1024, 65535)), Want: checks.PASS, Reason: "tcp without 1-1023"},
		{Name: "ingress is not asked about", Set: acl(everything(false)), Want: checks.PASS, Reason: "nothing is allowed out"},
		{Name: "to the inside", Set: acl(from("10.0.0.0/8", everything(true))), Want: checks.PASS, Reason: "nothing"},
		{Name: "another account's", Set: and(acl(everything(true)), foreignACLs), Want: checks.NotApplicable, Reason: "444455556666"},
		{Name: "a destination that is no CIDR", Set: acl(from("x", everything(true))), Want: checks.UNKNOWN, Reason: "cannot be told"},
	})
}
