package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestGroupEgressRestricted(t *testing.T) {
	out := func(rules ...snapshot.Rule) func(*snapshot.Account) { return and(group(), toward(rules...)) }
	private := and(checktest.Interfaces("eni-1", "vpc-1", "subnet-1", func(n *snapshot.NetworkInterface) { n.Groups = []string{"sg-1"} }), checktest.Subnets("subnet-1", "vpc-1"))
	everywhere := rule("-1", 0, 0, "0.0.0.0/0")
	checktest.Run(t, &GroupEgressRestricted, []checktest.Case{
		{Name: "the rule that every group gets", Set: out(everywhere), Want: checks.FAIL, Reason: "IPv4: every protocol"},
		{Name: "in IPv6 alone", Set: out(rule("-1", 0, 0, "::/0")), Want: checks.FAIL, Reason: "IPv6: every protocol"},
		{Name: "all ports of TCP", Set: out(rule("tcp", 0, 65535, "0.0.0.0/0")), Want: checks.FAIL, Reason: "all tcp ports"},
		{Name: "all ports of UDP in two rules", Set: out(rule("udp", 1, 1023, "0.0.0.0/0"), rule("udp", 1024, 65535, "0.0.0.0/0")), Want: checks.FAIL, Reason: "all udp ports"},
		{Name: "the world in two halves", Set: out(rule("-1", 0, 0, "0.0.0.0/1", "128.0.0.0/1")), Want: checks.FAIL, Reason: "every protocol"},
		{Name: "HTTPS to everybody", Set: out(rule("tcp", 443, 443, "0.0.0.0/0")), Want: checks.PASS, Reason: "none of its 1 egress rule"},
		{Name: "everything to the VPC", Set: out(rule("-1", 0, 0, "10.0.0.0/8")), Want: checks.PASS, Reason: "none"},
		{Name: "no rule", Set: out(), Want: checks.PASS, Reason: "0 egress rules"},
		{Name: "no route out is named", Set: and(out(everywhere), private, checktest.Tables("rtb-1", "vpc-1", []string{"main"}, checktest.Route("10.0.0.0/16", "local"))), Want: checks.FAIL, Reason: "no subnet of its interfaces has a default route"},
		{Name: "a route out", Set: and(out(everywhere), private, checktest.Tables("rtb-1", "vpc-1", []string{"main"}, checktest.Route("0.0.0.0/0", "nat-1"))), Want: checks.FAIL, Reason: "every protocol"},
		{Name: "to an unread list", Set: and(out(rule("-1", 0, 0, "pl-1")), list("pl-1", "IPv4", unreadEntries)), Want: checks.UNKNOWN, Reason: "pl-1"},
		{Name: "nothing carries it", Set: and(out(everywhere), attached(snapshot.Value(false))), Want: checks.NotApplicable, Reason: "no interface"},
		{Name: "whether something carries it is unread", Set: and(out(everywhere), attached(snapshot.Missing[bool](checktest.Unread(listInterfaces, snapshot.Denied)))), Want: checks.UNKNOWN, Reason: listInterfaces},
		{Name: "a shared group", Set: and(out(everywhere), foreignGroup), Want: checks.NotApplicable, Reason: "444455556666"},
	})
}
