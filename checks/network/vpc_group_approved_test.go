package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// carrier is an interface that carries the group.
func carrier(id, kind, owner, requester string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.EC2.Interfaces = append(a.EC2.Interfaces, snapshot.NetworkInterface{
			Meta: checktest.Meta("", "arn:aws:ec2:eu-west-1:111122223333:network-interface/"+id), ID: id, Type: kind, Owner: owner,
			RequesterID: requester, RequesterManaged: requester != "", VPC: "vpc-1", Groups: []string{"sg-1"},
		})
	}
}

func interfacesDenied(a *snapshot.Account) {
	checktest.Fail(a, "ec2:DescribeNetworkInterfaces", checktest.At.Region, snapshot.Denied)
}

func TestGroupOnlyApprovedPorts(t *testing.T) {
	alt := rule("tcp", 8443, 8443, "0.0.0.0/0")
	balancers := map[string]any{"allowed_interface_types": []string{"network_load_balancer", "load_balancer"}}
	owners := map[string]any{"allowed_interface_owners": []string{"amazon-elb"}}
	nlb := carrier("eni-1", "network_load_balancer", checktest.At.Account, "amazon-elb")
	checktest.Run(t, &GroupOnlyApprovedPorts, []checktest.Case{
		{Name: "no rules", Set: group(), Want: checks.PASS, Reason: "tcp 80, 443 and udp 443"},
		{Name: "approved ports", Set: group(rule("tcp", 443, 443, "0.0.0.0/0", "::/0"), rule("udp", 443, 443, "0.0.0.0/0"), rule("tcp", 80, 80, "0.0.0.0/0")), Want: checks.PASS, Reason: "no port"},
		{Name: "another", Set: group(alt), Want: checks.FAIL, Reason: "IPv4: tcp 8443 by tcp/8443 from 0.0.0.0/0"},
		{Name: "the whole interval counts", Set: group(rule("tcp", 80, 65535, "0.0.0.0/0")), Want: checks.FAIL, Reason: "tcp 81-442, 444-65535"},
		{Name: "UDP 80 is not approved", Set: group(rule("udp", 80, 80, "0.0.0.0/0")), Want: checks.FAIL, Reason: "udp 80"},
		{Name: "a port that the policy approves", Set: group(alt), Parameters: map[string]any{"approved_ports_tcp": []int{8443}}, Want: checks.PASS, Reason: "tcp 8443"},
		{Name: "a protocol without ports", Set: group(rule("50", 0, 0, "0.0.0.0/0"), rule("icmp", 8, -1, "0.0.0.0/0")), Want: checks.PASS, Reason: "no port"},
		{Name: "carried by balancers alone", Set: and(group(alt), nlb), Parameters: balancers, Want: checks.PASS, Reason: "its 1 interfaces are all"},
		{Name: "carried for an allowed requester", Set: and(group(alt), nlb), Parameters: owners, Want: checks.PASS, Reason: "allowed type or owner"},
		{Name: "carried by an instance too", Set: and(group(alt), nlb, carrier("eni-2", "interface", checktest.At.Account, "")), Parameters: balancers, Want: checks.FAIL, Reason: "8443"},
		{Name: "balancers are not allowed unless the policy says so", Set: and(group(alt), nlb), Want: checks.FAIL, Reason: "8443"},
		{Name: "carried by nothing that is known", Set: group(alt), Parameters: balancers, Want: checks.FAIL, Reason: "8443"},
		{Name: "perhaps carried by others", Set: and(group(alt), nlb, interfacesDenied), Parameters: balancers, Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "who carries it is unread and not asked", Set: and(group(alt), attached(unreadCarriers), interfacesDenied), Want: checks.FAIL, Reason: "8443"},
		{Name: "attached to nothing, and left out", Set: and(group(alt), attached(snapshot.Value(false))), Parameters: skipUnattached, Want: checks.NotApplicable, Reason: "skip_unattached"},
		{Name: "shared in", Set: and(group(alt), foreign), Want: checks.NotApplicable, Reason: "444455556666"},
		{Name: "an unread list on an approved port", Set: and(group(rule("tcp", 443, 443, "pl-1")), list("pl-1", "", unreadEntries)), Want: checks.PASS, Reason: "no port"},
		{Name: "an unread list on another", Set: and(group(rule("tcp", 22, 22, "pl-1")), list("pl-1", "", unreadEntries)), Want: checks.UNKNOWN, Reason: "whether tcp 22 is open cannot be told without the entries of prefix list pl-1"},
		{Name: "a port that is none", Set: group(), Parameters: map[string]any{"approved_ports_udp": []int{70000}}, Want: checks.UNKNOWN, Reason: "70000"},
	})
}

func TestGroupICMPClosed(t *testing.T) {
	denied := snapshot.Missing[[]string](checktest.Unread("ec2:GetManagedPrefixListEntries", snapshot.Denied))
	checktest.Run(t, &GroupICMPClosed, []checktest.Case{
		{Name: "no rules", Set: group(), Want: checks.PASS, Reason: "no type"},
		{Name: "any type", Set: group(rule("icmp", -1, -1, "0.0.0.0/0")), Want: checks.FAIL, Reason: "IPv4: icmp from 0.0.0.0/0"},
		{Name: "by number", Set: group(rule("1", -1, -1, "0.0.0.0/0")), Want: checks.FAIL, Reason: "IPv4"},
		{Name: "echo", Set: group(rule("icmp", 8, -1, "0.0.0.0/0")), Want: checks.FAIL, Reason: "icmp type 8"},
		{Name: "path MTU discovery, type 3 code 4", Set: group(rule("icmp", 3, 4, "0.0.0.0/0")), Want: checks.PASS, Reason: "no type"},
		{Name: "IPv6 packet too big", Set: group(rule("icmpv6", 2, 0, "::/0")), Want: checks.PASS, Reason: "no type"},
		{Name: "all of ICMPv6", Set: group(rule("58", -1, -1, "::/0")), Want: checks.FAIL, Reason: "IPv6: icmpv6"},
		{Name: "IPv4's types are not IPv6's", Set: group(rule("icmpv6", 11, -1, "::/0")), Want: checks.FAIL, Reason: "icmpv6 type 11"},
		{Name: "all protocols are judged elsewhere", Set: group(rule("-1", 0, 0, "0.0.0.0/0")), Want: checks.PASS, Reason: "no type"},
		{Name: "from inside", Set: group(rule("icmp", -1, -1, "10.0.0.0/8")), Want: checks.PASS, Reason: "no type"},
		{Name: "types that the policy allows", Set: group(rule("icmp", 8, -1, "0.0.0.0/0")), Parameters: map[string]any{"allowed_types_v4": []int{8}}, Want: checks.PASS, Reason: "no type"},
		{Name: "a type that is none", Set: group(), Parameters: map[string]any{"allowed_types_v4": []int{256}}, Want: checks.UNKNOWN, Reason: "256"},
		{Name: "an unread prefix list", Set: and(group(rule("icmp", 8, -1, "pl-1")), list("pl-1", "IPv4", denied)), Want: checks.UNKNOWN, Reason: "pl-1"},
		{Name: "shared in", Set: and(group(rule("icmp", -1, -1, "0.0.0.0/0")), foreign), Want: checks.NotApplicable, Reason: "444455556666"},
	})
	if err := GroupICMPClosed.Bounds("allowed_types_v6", []int{-1}); err == nil {
		t.Error("-1 is taken for an ICMP type")
	}
}
