package network

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// second gives the instance another interface, changed from its first.
func second(change func(*snapshot.NetworkInterface)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		n := a.EC2.Interfaces[0]
		n.ID = "eni-2"
		change(&n)
		a.EC2.Interfaces = append(a.EC2.Interfaces, n)
		a.EC2.Instances[0].Interfaces = append(a.EC2.Instances[0].Interfaces, snapshot.InstanceInterface{ID: "eni-2"})
	}
}

func TestInstanceOnlyApprovedPorts(t *testing.T) {
	web := rule("tcp", 443, 443, "0.0.0.0/0")
	quic := rule("udp", 443, 443, "0.0.0.0/0")
	wide := rules(rule("tcp", 400, 500, "0.0.0.0/0"))
	ping := snapshot.Rule{Protocol: "icmp", FromPort: new(int32), ToPort: new(int32), CIDRs: []string{"0.0.0.0/0"}}
	*ping.FromPort, *ping.ToPort = 8, -1
	checktest.Run(t, &InstanceOnlyApprovedPorts, []checktest.Case{
		{Name: "SSH", Set: exposed, Want: checks.FAIL, Reason: "reachable, IPv4 tcp 22: internet → igw-1 → rtb-1 0.0.0.0/0 → acl-1 rule 100 → sg-1 tcp/22 from 0.0.0.0/0 → eni-1 → i-1"},
		{Name: "the web alone", Set: and(exposed, rules(web, quic)), Want: checks.PASS, Reason: "nothing but the approved IPv4 tcp 443, IPv4 udp 443 is reachable", Observed: map[string]string{"approved": "IPv4 tcp 443, IPv4 udp 443"}},
		{Name: "QUIC is not approved", Set: and(exposed, rules(web, quic)), Parameters: map[string]any{"approved_ports_udp": []int{}}, Want: checks.FAIL, Reason: "IPv4 udp 443"},
		{Name: "the open intervals, not single ports", Set: and(exposed, wide), Want: checks.FAIL, Reason: "IPv4 tcp 400-442, 444-500: "},
		{Name: "an ACL's deny is subtracted", Set: and(exposed, wide, entries(deny(allow(90, false, "6", 420, 500)), everything(false), everything(true))), Want: checks.FAIL, Reason: "IPv4 tcp 400-419: "},
		{Name: "per family: the ACL lets no IPv6 in", Set: and(exposed, rules(rule("tcp", 22, 22, "::/0"), web), entries(everything(false), everything(true)), func(a *snapshot.Account) { a.EC2.Interfaces[0].IPv6 = []string{"2600:1f18::7"} }), Want: checks.PASS, Reason: "IPv4 tcp 443"},
		{Name: "echo alone is shown and fails nothing", Set: and(exposed, rules(ping)), Want: checks.PASS, Reason: "no TCP or UDP port is reachable", Observed: map[string]string{"icmp_echo": "IPv4"}},
		{Name: "a load balancer's interface is not the instance's", Set: and(exposed, rules(web), func(a *snapshot.Account) {
			open := a.EC2.Groups[0]
			open.ID, open.Ingress = "sg-2", []snapshot.Rule{rule("-1", 0, 0, "0.0.0.0/0")}
			a.EC2.Groups = append(a.EC2.Groups, open)
			n := a.EC2.Interfaces[0]
			n.ID, n.Instance, n.RequesterID, n.Groups = "eni-2", "", "amazon-elb", []string{"sg-2"}
			a.EC2.Interfaces = append(a.EC2.Interfaces, n)
		}), Want: checks.PASS, Reason: "on its 1 interface"},
		{Name: "the second interface", Set: and(exposed, private, second(func(n *snapshot.NetworkInterface) { n.Public = []string{"198.51.100.8"} })), Want: checks.FAIL, Reason: "eni-2 → i-1"},
		{Name: "only the unapproved ports are in doubt", Set: and(exposed, rules(web, rule("tcp", 22, 22, "pl-1")), list("pl-1", "IPv4", unreadEntries)), Want: checks.UNKNOWN, Reason: "pl-1"},
		{Name: "the approved are in doubt", Set: and(exposed, rules(rule("tcp", 443, 443, "pl-1")), list("pl-1", "IPv4", unreadEntries)), Want: checks.PASS, Reason: "nothing but the approved IPv4 tcp 443 (or not)"},
		{Name: "interfaces unread", Set: and(exposed, fails("ec2:DescribeNetworkInterfaces", func(e *snapshot.EC2) { e.Interfaces = nil })), Want: checks.UNKNOWN, Reason: "the interfaces of i-1"},
		{Name: "in no VPC", Set: and(exposed, func(a *snapshot.Account) { a.EC2.Instances[0].VPC = "" }), Want: checks.NotApplicable, Reason: "no VPC"},
	})
}

func TestInstanceNoIPv6OnlyPorts(t *testing.T) {
	both := func(rs ...snapshot.Rule) func(*snapshot.Account) {
		return and(exposed, rules(rs...), func(a *snapshot.Account) { a.EC2.Interfaces[0].IPv6 = []string{"2600:1f18::7"} })
	}
	ssh6 := rule("tcp", 22, 22, "::/0")
	noBPA := func(a *snapshot.Account) {
		a.EC2.Regions[0].BlockPublicAccess = snapshot.Missing[snapshot.BlockPublicAccess](checktest.Unread(blockOptions, snapshot.Denied))
	}
	checktest.Run(t, &InstanceNoIPv6OnlyPorts, []checktest.Case{
		{Name: "over IPv6 only", Set: both(ssh6), Want: checks.FAIL, Reason: "reachable, IPv6 tcp 22: internet → igw-1 → rtb-1 ::/0 → acl-1 rule 101"},
		{Name: "over both", Set: both(ssh6, ssh), Want: checks.PASS, Reason: "over IPv6 tcp 22 is reachable, each port of it over IPv4 too or approved"},
		{Name: "approved", Set: both(rule("tcp", 443, 443, "::/0")), Want: checks.PASS, Reason: "over IPv6 tcp 443"},
		{Name: "UDP counts, and no port of it is approved", Set: both(rule("udp", 443, 443, "::/0")), Want: checks.FAIL, Reason: "IPv6 udp 443"},
		{Name: "the parts beyond IPv4's", Set: both(rule("tcp", 8000, 8100, "::/0"), rule("tcp", 8050, 8100, "0.0.0.0/0")), Want: checks.FAIL, Reason: "IPv6 tcp 8000-8049: "},
		{Name: "IPv4 is open on another interface", Set: and(exposed, ipv6, rules(ssh, ssh6), second(func(n *snapshot.NetworkInterface) { n.IPv6, n.Public = nil, []string{"198.51.100.8"} })), Want: checks.PASS, Reason: "over IPv4 too"},
		{Name: "an egress-only gateway", Set: and(both(ssh6), routes(snapshot.Route{Destination: "::/0", Target: "eigw-1", State: "active"})), Want: checks.PASS, Reason: "no TCP or UDP port is reachable over IPv6"},
		{Name: "IPv6 traffic of gateways is denied", Set: and(both(ssh6), func(a *snapshot.Account) { a.EC2.Interfaces[0].DenyAllIGWTraffic = true }), Want: checks.PASS, Reason: "no TCP or UDP port"},
		{Name: "a delegated prefix", Set: and(exposed, rules(ssh6), func(a *snapshot.Account) { a.EC2.Interfaces[0].IPv6Prefixes = []string{"2600:1f18::/80"} }), Want: checks.FAIL, Reason: "IPv6 tcp 22"},
		{Name: "a unique local address alone", Set: and(exposed, rules(ssh6), func(a *snapshot.Account) { a.EC2.Interfaces[0].IPv6 = []string{"fd00::7"} }), Want: checks.NotApplicable, Reason: "no address in 2000::/3 on its 1 interface"},
		{Name: "in no VPC", Set: and(exposed, ipv6, func(a *snapshot.Account) { a.EC2.Instances[0].VPC = "" }), Want: checks.NotApplicable, Reason: "no VPC"},
		{Name: "no IPv6", Set: exposed, Want: checks.NotApplicable, Reason: "2000::/3"},
		{Name: "whether IPv4 is open is in doubt", Set: and(both(ssh6, rule("tcp", 22, 22, "pl-1")), list("pl-1", "IPv4", unreadEntries)), Want: checks.UNKNOWN, Reason: "pl-1"},
		{Name: "one doubt for both families", Set: and(both(ssh6), noBPA), Want: checks.UNKNOWN, Reason: blockOptions},
		{Name: "interfaces unread", Set: and(exposed, fails("ec2:DescribeNetworkInterfaces", func(e *snapshot.EC2) { e.Interfaces = nil })), Want: checks.UNKNOWN, Reason: "the interfaces of i-1"},
	})
}

func TestInstanceUnreachableThroughAppliance(t *testing.T) {
	edge := func(routes ...snapshot.Route) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			t := a.EC2.RouteTables[0]
			t.ID, t.Associations, t.Routes = "rtb-edge", []snapshot.RouteAssociation{{Gateway: "igw-1"}}, routes
			a.EC2.RouteTables = append(a.EC2.RouteTables, t)
		}
	}
	inward := snapshot.Route{Destination: "10.0.0.0/24", Target: "vpce-1", State: "active"}
	outward := routes(snapshot.Route{Destination: "10.0.0.0/16", Target: "local", State: "active"}, snapshot.Route{Destination: "0.0.0.0/0", Target: "vpce-1", State: "active"})
	checktest.Run(t, &InstanceUnreachableThroughAppliance, []checktest.Case{
		{Name: "in and out through a firewall's endpoint", Set: and(exposed, outward, edge(inward)), Want: checks.FAIL, Reason: "eni-1 → i-1, unless the appliance blocks it"},
		{Name: "nothing leads in", Set: and(exposed, outward, edge(snapshot.Route{Destination: "10.0.0.0/16", Target: "local", State: "active"})), Want: checks.PASS, Reason: "no way"},
		{Name: "the route in is another subnet's", Set: and(exposed, outward, edge(snapshot.Route{Destination: "10.0.9.0/24", Target: "vpce-1", State: "active"})), Want: checks.PASS, Reason: "no way"},
		{Name: "nothing leads out: the gateway's table does not decide the subnet's routes", Set: and(exposed, routes(snapshot.Route{Destination: "10.0.0.0/16", Target: "local", State: "active"}), edge(inward, snapshot.Route{Destination: "0.0.0.0/0", Target: "igw-1", State: "active"})), Want: checks.PASS, Reason: "rtb-1"},
		{Name: "the group is closed", Set: and(exposed, outward, edge(inward), rules()), Want: checks.PASS, Reason: "sg-1"},
		{Name: "no gateway has a table", Set: and(exposed, outward), Want: checks.NotApplicable, Reason: "no route table of vpc-1"},
		{Name: "one of another VPC has", Set: and(exposed, outward, edge(inward), func(a *snapshot.Account) { a.EC2.RouteTables[1].VPC = "vpc-2" }), Want: checks.NotApplicable, Reason: "no route table of vpc-1"},
		{Name: "tables unread", Set: and(exposed, fails("ec2:DescribeRouteTables", func(e *snapshot.EC2) { e.RouteTables = nil })), Want: checks.UNKNOWN, Reason: "ec2:DescribeRouteTables"},
		{Name: "in no VPC", Set: and(exposed, func(a *snapshot.Account) { a.EC2.Instances[0].VPC = "" }), Want: checks.NotApplicable, Reason: "no VPC"},
	})
	// What is open without the appliance is open whatever it blocks.
	direct := checktest.Findings(&InstanceUnreachableThroughAppliance, checktest.Account(&InstanceUnreachableThroughAppliance, and(exposed, edge(inward))), nil)
	if len(direct) != 1 || direct[0].Status != checks.FAIL || strings.Contains(direct[0].Reason, "unless") {
		t.Errorf("findings %+v, want one FAIL without a doubt about the appliance", direct)
	}
}
