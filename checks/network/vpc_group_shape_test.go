package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func groupName(name string) func(*snapshot.Account) {
	return func(a *snapshot.Account) { a.EC2.Groups[0].Group = name }
}

// unclear are cases of rules that cannot be understood, for every check of single rules.
func unclear() []checktest.Case {
	portless := rule("tcp", 0, 0, "10.0.0.0/8")
	portless.FromPort = nil
	return []checktest.Case{
		{Name: "a protocol that is none", Set: group(rule("sctp", 1, 1, "10.0.0.0/8")), Want: checks.UNKNOWN, Reason: "sctp"},
		{Name: "TCP without ports", Set: group(portless), Want: checks.UNKNOWN, Reason: "no clear range"},
		{Name: "shared in", Set: and(group(rule("-1", 0, 0, "10.0.0.0/8")), foreign), Want: checks.NotApplicable, Reason: "444455556666"},
		{Name: "groups that were not listed", Want: checks.UNKNOWN, Reason: "denied",
			Set: func(a *snapshot.Account) {
				checktest.Fail(a, "ec2:DescribeSecurityGroups", checktest.At.Region, snapshot.Denied)
			}},
	}
}

func TestGroupAllPortsRestricted(t *testing.T) {
	self := map[string]any{"allow_self": true}
	checktest.Run(t, &GroupAllPortsRestricted, append(unclear(), []checktest.Case{
		{Name: "no rules", Set: group(), Want: checks.PASS, Reason: "no source"},
		{Name: "some ports", Set: group(rule("tcp", 443, 443, "0.0.0.0/0")), Want: checks.PASS, Reason: "no source"},
		{Name: "everything from one address", Set: group(rule("-1", 0, 0, "10.0.0.7/32")), Want: checks.FAIL, Reason: "all tcp ports from 10.0.0.7/32, all udp ports from 10.0.0.7/32"},
		{Name: "from another group", Set: group(rule("tcp", 0, 65535, "sg-2")), Want: checks.FAIL, Reason: "all tcp ports from sg-2"},
		{Name: "from a prefix list", Set: group(rule("udp", 1, 65535, "pl-1")), Want: checks.FAIL, Reason: "all udp ports from pl-1"},
		{Name: "spread over entries", Set: group(rule("tcp", 0, 1023, "10.0.0.0/8"), rule("tcp", 1024, 65535, "10.0.0.0/8")), Want: checks.FAIL, Reason: "from 10.0.0.0/8"},
		{Name: "spread over sources", Set: group(rule("tcp", 0, 1023, "10.0.0.0/8"), rule("tcp", 1024, 65535, "172.16.0.0/12")), Want: checks.PASS, Reason: "no source"},
		{Name: "from itself", Set: group(rule("-1", 0, 0, "sg-1")), Want: checks.FAIL, Reason: "from sg-1"},
		{Name: "from itself, which is allowed", Set: group(rule("-1", 0, 0, "sg-1")), Parameters: self, Want: checks.PASS, Reason: "no source"},
		{Name: "from itself and another", Set: group(rule("-1", 0, 0, "sg-1", "sg-2")), Parameters: self, Want: checks.FAIL, Reason: "from sg-2"},
		{Name: "a protocol without ports", Set: group(rule("icmp", -1, -1, "10.0.0.0/8")), Want: checks.PASS, Reason: "no source"},
		{Name: "the VPC's default group", Set: and(group(rule("-1", 0, 0, "sg-1")), groupName("default")), Want: checks.NotApplicable, Reason: "default group"},
		{Name: "an unclear rule beside one for all ports", Set: group(rule("sctp", 1, 1, "10.0.0.0/8"), rule("-1", 0, 0, "10.0.0.0/8")), Want: checks.FAIL, Reason: "10.0.0.0/8"},
	}...))
}

func TestGroupNoPortRanges(t *testing.T) {
	checktest.Run(t, &GroupNoPortRanges, append(unclear(), []checktest.Case{
		{Name: "single ports", Set: group(rule("tcp", 443, 443, "0.0.0.0/0"), rule("udp", 53, 53, "10.0.0.0/8")), Want: checks.PASS, Reason: "more than 1 ports"},
		{Name: "a range", Set: group(rule("tcp", 8000, 8010, "10.0.0.0/8")), Want: checks.FAIL, Reason: "tcp 8000-8010 (11 ports)"},
		{Name: "as many as allowed", Set: group(rule("tcp", 8000, 8010, "10.0.0.0/8")), Parameters: map[string]any{"max_ports": 11}, Want: checks.PASS, Reason: "11"},
		{Name: "ICMP type and code are no range", Set: group(rule("icmp", 3, 255, "10.0.0.0/8")), Want: checks.PASS, Reason: "no rule"},
		{Name: "all ports are judged elsewhere", Set: group(rule("tcp", 0, 65535, "10.0.0.0/8"), rule("-1", 0, 0, "10.0.0.0/8")), Want: checks.PASS, Reason: "no rule"},
		{Name: "dynamic ports of a balancer", Set: group(rule("tcp", 32768, 65535, "sg-2")), Want: checks.PASS, Reason: "no rule"},
		{Name: "dynamic ports, which count", Set: group(rule("tcp", 32768, 65535, "sg-2")), Parameters: map[string]any{"ignore_ephemeral": false}, Want: checks.FAIL, Reason: "32768 ports"},
		{Name: "more than the dynamic ports", Set: group(rule("tcp", 1024, 65535, "sg-2")), Want: checks.FAIL, Reason: "tcp 1024-65535"},
	}...))
}

func TestGroupNoPlaintextPorts(t *testing.T) {
	checktest.Run(t, &GroupNoPlaintextPorts, append(unclear(), []checktest.Case{
		{Name: "TLS", Set: group(rule("tcp", 443, 443, "0.0.0.0/0")), Want: checks.PASS, Reason: "no rule"},
		{Name: "telnet from inside", Set: group(rule("tcp", 23, 23, "10.0.0.0/8")), Want: checks.FAIL, Reason: "tcp 23 by a rule for tcp 23"},
		{Name: "in a range", Set: group(rule("tcp", 500, 520, "sg-2")), Want: checks.FAIL, Reason: "tcp 512-514 by a rule for tcp 500-520"},
		{Name: "LDAP, which StartTLS may upgrade", Set: group(rule("tcp", 389, 389, "10.0.0.0/8")), Want: checks.FAIL, Reason: "tcp 389"},
		{Name: "SNMP over UDP", Set: group(rule("udp", 161, 161, "10.0.0.0/8")), Want: checks.FAIL, Reason: "udp 161"},
		{Name: "161 over TCP is none of them", Set: group(rule("tcp", 161, 161, "10.0.0.0/8")), Want: checks.PASS, Reason: "no rule"},
		{Name: "rules for all ports are judged elsewhere", Set: group(rule("-1", 0, 0, "10.0.0.0/8"), rule("tcp", 0, 65535, "10.0.0.0/8")), Want: checks.PASS, Reason: "no rule"},
		{Name: "a port that is none", Set: group(), Parameters: map[string]any{"ports_tcp": []int{99999}}, Want: checks.UNKNOWN, Reason: "99999"},
	}...))
}

func TestGroupNoWholePrivateRange(t *testing.T) {
	checktest.Run(t, &GroupNoWholePrivateRange, []checktest.Case{
		{Name: "a subnet", Set: group(rule("tcp", 443, 443, "10.1.2.0/24")), Want: checks.PASS, Reason: "as a whole"},
		{Name: "a whole range", Set: group(rule("tcp", 443, 443, "10.0.0.0/8")), Want: checks.FAIL, Reason: "10.0.0.0/8 by 10.0.0.0/8"},
		{Name: "more than a range", Set: group(rule("tcp", 443, 443, "10.0.0.0/7")), Want: checks.FAIL, Reason: "10.0.0.0/8 by 10.0.0.0/7"},
		{Name: "two halves", Set: group(rule("tcp", 443, 443, "10.0.0.0/9", "10.128.0.0/9")), Want: checks.FAIL, Reason: "10.0.0.0/8 by 10.0.0.0/9, 10.128.0.0/9"},
		{Name: "one half", Set: group(rule("tcp", 443, 443, "10.0.0.0/9")), Want: checks.PASS, Reason: "as a whole"},
		{Name: "halves of different ports", Set: group(rule("tcp", 443, 443, "10.0.0.0/9"), rule("tcp", 80, 80, "10.128.0.0/9")), Want: checks.PASS, Reason: "as a whole"},
		{Name: "everything is judged elsewhere", Set: group(rule("tcp", 443, 443, "0.0.0.0/0", "::/0")), Want: checks.PASS, Reason: "as a whole"},
		{Name: "carrier grade NAT and unique local addresses", Set: group(rule("tcp", 443, 443, "100.64.0.0/10", "fc00::/7")), Want: checks.FAIL, Reason: "100.64.0.0/10 by"},
		{Name: "a prefix list that holds one", Set: and(group(rule("tcp", 443, 443, "pl-1")), list("pl-1", "IPv4", snapshot.Value([]string{"172.16.0.0/12"}))), Want: checks.FAIL, Reason: "172.16.0.0/12 by pl-1"},
		{Name: "an unread prefix list", Set: and(group(rule("tcp", 443, 443, "pl-1")), list("pl-1", "IPv4", unreadEntries)), Want: checks.UNKNOWN, Reason: "pl-1"},
		{Name: "ranges that the policy names", Set: group(rule("tcp", 443, 443, "10.1.0.0/16")), Parameters: map[string]any{"ranges": []string{"10.1.0.0/16"}}, Want: checks.FAIL, Reason: "10.1.0.0/16"},
		{Name: "a source that is no CIDR", Set: group(rule("tcp", 443, 443, "")), Want: checks.UNKNOWN, Reason: "valid source"},
		{Name: "shared in", Set: and(group(rule("tcp", 443, 443, "10.0.0.0/8")), foreign), Want: checks.NotApplicable, Reason: "444455556666"},
	})
	if err := GroupNoWholePrivateRange.Bounds("ranges", []string{"10.0.0.0"}); err == nil {
		t.Error("an address is taken for a CIDR")
	}
}
