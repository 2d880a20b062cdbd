package network

import (
	"fmt"
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const instanceARN = "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"

func allow(number int32, egress bool, protocol string, from, to int32) snapshot.ACLEntry {
	return snapshot.ACLEntry{Number: number, Egress: egress, Action: "allow", Protocol: protocol, FromPort: &from, ToPort: &to, CIDR: "0.0.0.0/0"}
}

func everything(egress bool) snapshot.ACLEntry {
	return snapshot.ACLEntry{Number: 100, Egress: egress, Action: "allow", Protocol: "-1", CIDR: "0.0.0.0/0"}
}

func deny(e snapshot.ACLEntry) snapshot.ACLEntry {
	e.Action = "deny"
	return e
}

// exposed is an account with an instance that everybody reaches on port 22: a public
// address, an internet gateway, a route to it, an ACL that lets all pass, and a group.
func exposed(a *snapshot.Account) {
	meta := func(id string) snapshot.Meta { return checktest.Meta("", "arn:aws:ec2:eu-west-1:111122223333:x/"+id) }
	e := &a.EC2
	e.Regions = []snapshot.RegionSettings{{Meta: meta("r"), BlockPublicAccess: snapshot.Value(snapshot.BlockPublicAccess{Mode: "off"})}}
	e.Instances = []snapshot.Instance{{Meta: checktest.Meta("i", instanceARN), ID: "i-1", State: "running", VPC: "vpc-1", Interfaces: []snapshot.InstanceInterface{{ID: "eni-1", Status: "attached"}}}}
	e.Interfaces = []snapshot.NetworkInterface{{
		Meta: meta("eni-1"), ID: "eni-1", Type: "interface", Owner: checktest.At.Account, Instance: "i-1", VPC: "vpc-1", Subnet: "subnet-1",
		Groups: []string{"sg-1"}, Private: []string{"10.0.0.4"}, Public: []string{"198.51.100.7"},
	}}
	e.Subnets = []snapshot.Subnet{{Meta: meta("subnet-1"), ID: "subnet-1", VPC: "vpc-1", Owner: checktest.At.Account, CIDRs: []string{"10.0.0.0/24", "2001:db8::/64"}, MapPublicIPOnLaunch: snapshot.Value(true)}}
	e.RouteTables = []snapshot.RouteTable{{Meta: meta("rtb-1"), ID: "rtb-1", VPC: "vpc-1", Associations: []snapshot.RouteAssociation{{Main: true}}, Routes: []snapshot.Route{
		{Destination: "10.0.0.0/16", Target: "local", State: "active"}, {Destination: "0.0.0.0/0", Target: "igw-1", State: "active"}, {Destination: "::/0", Target: "igw-1", State: "active"},
	}}}
	e.InternetGateways = []snapshot.InternetGateway{{Meta: meta("igw-1"), ID: "igw-1", Attachments: []snapshot.GatewayAttachment{{VPC: "vpc-1", State: "available"}}}}
	six := snapshot.ACLEntry{Number: 101, Action: "allow", Protocol: "-1", CIDR: "::/0"}
	sixOut := six
	sixOut.Egress = true
	e.NetworkACLs = []snapshot.NetworkACL{{Meta: meta("acl-1"), ID: "acl-1", VPC: "vpc-1", Owner: checktest.At.Account, Subnets: []string{"subnet-1"}, Entries: []snapshot.ACLEntry{everything(false), everything(true), six, sixOut}}}
	e.Groups = []snapshot.SecurityGroup{{Meta: meta("sg-1"), ID: "sg-1", Owner: checktest.At.Account, VPC: "vpc-1", Ingress: []snapshot.Rule{ssh}, Attached: snapshot.Value(true)}}
}

func rules(rules ...snapshot.Rule) func(*snapshot.Account) {
	return func(a *snapshot.Account) { a.EC2.Groups[0].Ingress = rules }
}

func entries(entries ...snapshot.ACLEntry) func(*snapshot.Account) {
	return func(a *snapshot.Account) { a.EC2.NetworkACLs[0].Entries = entries }
}

func routes(routes ...snapshot.Route) func(*snapshot.Account) {
	return func(a *snapshot.Account) { a.EC2.RouteTables[0].Routes = routes }
}

func private(a *snapshot.Account) { a.EC2.Interfaces[0].Public = nil }

func ipv6(a *snapshot.Account) {
	private(a)
	a.EC2.Interfaces[0].IPv6 = []string{"2600:1f18::7"}
	a.EC2.Groups[0].Ingress = []snapshot.Rule{rule("tcp", 22, 22, "::/0")}
}

func mode(mode, state string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.EC2.Regions[0].BlockPublicAccess = snapshot.Value(snapshot.BlockPublicAccess{Mode: mode, State: state})
	}
}

// fails makes a list of the network end badly; what it gave is gone.
func fails(op string, clear func(*snapshot.EC2)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		checktest.Fail(a, op, checktest.At.Region, snapshot.Denied)
		if clear != nil {
			clear(&a.EC2)
		}
	}
}

func TestInstanceAdminPortsUnreachable(t *testing.T) {
	noRoutes := fails("ec2:DescribeRouteTables", func(e *snapshot.EC2) { e.RouteTables = nil })
	noACLs := fails("ec2:DescribeNetworkAcls", func(e *snapshot.EC2) { e.NetworkACLs = nil })
	checktest.Run(t, &InstanceAdminPortsUnreachable, []checktest.Case{
		{Name: "the whole path is open", Set: exposed, Want: checks.FAIL,
			Reason: "reachable, IPv4 tcp 22: internet → igw-1 → rtb-1 0.0.0.0/0 → acl-1 rule 100 → sg-1 tcp/22 from 0.0.0.0/0 → eni-1 → i-1"},
		{Name: "no public address", Set: and(exposed, private), Want: checks.PASS, Reason: "IPv4 at eni-1 which has no public IPv4 address"},
		{Name: "no internet gateway", Set: and(exposed, func(a *snapshot.Account) { a.EC2.InternetGateways = nil }), Want: checks.PASS, Reason: "no internet gateway"},
		{Name: "a public address in a subnet without a route", Set: and(exposed, routes(snapshot.Route{Destination: "10.0.0.0/16", Target: "local", State: "active"})), Want: checks.PASS, Reason: "rtb-1"},
		{Name: "the main table of another VPC does not count", Want: checks.PASS, Reason: "rtb-1",
			Set: and(exposed, routes(), func(a *snapshot.Account) {
				other := a.EC2.RouteTables[0]
				other.ID, other.VPC = "rtb-2", "vpc-2"
				other.Routes = []snapshot.Route{{Destination: "0.0.0.0/0", Target: "igw-1", State: "active"}}
				a.EC2.RouteTables = append(a.EC2.RouteTables, other)
			})},
		{Name: "by a NAT gateway", Set: and(exposed, routes(snapshot.Route{Destination: "0.0.0.0/0", Target: "nat-1", State: "active"})), Want: checks.PASS, Reason: "rtb-1"},
		{Name: "a blackhole to a detached gateway", Set: and(exposed, routes(snapshot.Route{Destination: "0.0.0.0/0", Target: "igw-1", State: "blackhole"})), Want: checks.PASS, Reason: "rtb-1"},
		{Name: "an egress-only gateway", Set: and(exposed, ipv6, routes(snapshot.Route{Destination: "::/0", Target: "eigw-1", State: "active"})), Want: checks.PASS, Reason: "IPv6 at rtb-1"},
		{Name: "the default route in two halves", Want: checks.FAIL, Reason: "rtb-1",
			Set: and(exposed, routes(snapshot.Route{Destination: "0.0.0.0/1", Target: "igw-1", State: "active"}, snapshot.Route{Destination: "128.0.0.0/1", Target: "igw-1", State: "active"}))},
		{Name: "a route by a prefix list", Want: checks.FAIL, Reason: "rtb-1 pl-1",
			Set: and(exposed, routes(snapshot.Route{PrefixList: "pl-1", Target: "igw-1", State: "active"}), list("pl-1", "IPv4", snapshot.Value([]string{"0.0.0.0/0"})))},
		{Name: "a deny with a lower number", Set: and(exposed, entries(deny(allow(90, false, "6", 22, 22)), everything(false), everything(true))), Want: checks.PASS, Reason: "rule 90 denies tcp/22"},
		{Name: "a deny with a higher number is dead", Set: and(exposed, entries(deny(allow(110, false, "6", 22, 22)), everything(false), everything(true))), Want: checks.FAIL, Reason: "acl-1 rule 100"},
		{Name: "the return path is closed", Set: and(exposed, entries(everything(false), allow(100, true, "6", 443, 443))), Want: checks.PASS, Reason: "return path"},
		{Name: "IPv6 alone", Set: and(exposed, ipv6), Want: checks.FAIL, Reason: "reachable, IPv6 tcp 22: internet → igw-1 → rtb-1 ::/0"},
		{Name: "IPv6 traffic of gateways is denied", Set: and(exposed, ipv6, func(a *snapshot.Account) { a.EC2.Interfaces[0].DenyAllIGWTraffic = true }), Want: checks.PASS, Reason: "DenyAllIgwTraffic"},
		{Name: "VPC Block Public Access", Set: and(exposed, mode("block-ingress", "update-complete")), Want: checks.PASS, Reason: "VPC Block Public Access"},
		{Name: "excluded from it", Want: checks.FAIL, Reason: "vpcbpa-exclude-1",
			Set: and(exposed, mode("block-bidirectional", "update-complete"), func(a *snapshot.Account) {
				a.EC2.Exclusions = []snapshot.Exclusion{{Meta: checktest.Meta("", "x"), ID: "vpcbpa-exclude-1", Resource: "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-1", Mode: "allow-bidirectional", State: "create-complete"}}
			})},
		{Name: "halves from two groups of one interface", Want: checks.FAIL, Reason: "sg-1 tcp/22 from 0.0.0.0/1",
			Set: and(exposed, rules(rule("tcp", 22, 22, "0.0.0.0/1")), func(a *snapshot.Account) {
				second := a.EC2.Groups[0]
				second.ID, second.Ingress = "sg-2", []snapshot.Rule{rule("tcp", 22, 22, "128.0.0.0/1")}
				a.EC2.Groups = append(a.EC2.Groups, second)
				a.EC2.Interfaces[0].Groups = []string{"sg-1", "sg-2"}
			})},
		{Name: "a narrow source", Set: and(exposed, rules(rule("tcp", 22, 22, "203.0.113.0/24"))), Want: checks.PASS, Reason: "sg-1"},
		{Name: "all ports take one path", Set: and(exposed, rules(rule("-1", 0, 0, "0.0.0.0/0"))), Want: checks.FAIL, Reason: "5900-5909"},
		{Name: "routes unread", Set: and(exposed, noRoutes), Want: checks.UNKNOWN, Reason: "ec2:DescribeRouteTables in 111122223333/eu-west-1: denied"},
		{Name: "ACLs unread", Set: and(exposed, noACLs), Want: checks.UNKNOWN, Reason: "ec2:DescribeNetworkAcls"},
		{Name: "routes unread, and no public address", Set: and(exposed, noRoutes, noACLs, private), Want: checks.PASS, Reason: "no public IPv4 address"},
		{Name: "the ACL is unread, and the group is closed", Set: and(exposed, noACLs, rules()), Want: checks.PASS, Reason: "sg-1"},
		{Name: "the mode is unread", Set: and(exposed, func(a *snapshot.Account) {
			a.EC2.Regions[0].BlockPublicAccess = snapshot.Missing[snapshot.BlockPublicAccess](checktest.Unread(blockOptions, snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: blockOptions},
		{Name: "groups unread", Set: and(exposed, fails("ec2:DescribeSecurityGroups", func(e *snapshot.EC2) { e.Groups = nil })), Want: checks.UNKNOWN, Reason: "the rules of sg-1"},
		{Name: "interfaces unread", Set: and(exposed, fails("ec2:DescribeNetworkInterfaces", func(e *snapshot.EC2) { e.Interfaces = nil })), Want: checks.UNKNOWN, Reason: "the interfaces of i-1"},
		{Name: "one open interface decides", Set: and(exposed, fails("ec2:DescribeNetworkInterfaces", nil)), Want: checks.FAIL, Reason: "reachable"},
		{Name: "an interface that came in between", Set: and(exposed, private, func(a *snapshot.Account) {
			a.EC2.Instances[0].Interfaces = append(a.EC2.Instances[0].Interfaces, snapshot.InstanceInterface{ID: "eni-2"})
		}), Want: checks.UNKNOWN, Reason: "eni-2"},
		{Name: "an unread prefix list", Set: and(exposed, rules(rule("tcp", 22, 22, "pl-1")), list("pl-1", "IPv4", unreadEntries)), Want: checks.UNKNOWN, Reason: "pl-1"},
		{Name: "in no VPC", Set: and(exposed, func(a *snapshot.Account) { a.EC2.Instances[0].VPC = "" }), Want: checks.NotApplicable, Reason: "no VPC"},
		{Name: "a port that is none", Set: exposed, Parameters: map[string]any{"ports_tcp": []int{70000}}, Want: checks.UNKNOWN, Reason: "70000"},
		{Name: "no port is asked about", Set: exposed, Parameters: map[string]any{"ports_tcp": []int{}}, Want: checks.NotApplicable, Reason: "empty"},
		{Name: "instances that were not listed", Want: checks.UNKNOWN, Reason: "denied", Set: fails("ec2:DescribeInstances", nil)},
	})
}

func TestInstanceDataPortsUnreachable(t *testing.T) {
	other := func(a *snapshot.Account) {
		open := a.EC2.Groups[0]
		open.ID, open.Name, open.Ingress = "sg-9", "database", []snapshot.Rule{rule("-1", 0, 0, "0.0.0.0/0")}
		a.EC2.Groups = append(a.EC2.Groups, open)
	}
	oneWay := entries(everything(false), allow(100, true, "6", 443, 443))
	checktest.Run(t, &InstanceDataPortsUnreachable, []checktest.Case{
		{Name: "an open group that the instance does not carry", Set: and(exposed, other), Want: checks.PASS, Reason: "sg-1"},
		{Name: "groups of one interface unite", Set: and(exposed, other, func(a *snapshot.Account) { a.EC2.Interfaces[0].Groups = []string{"sg-1", "sg-9"} }), Want: checks.FAIL, Reason: "sg-9 all traffic"},
		{Name: "all protocols open all of these", Set: and(exposed, rules(rule("-1", 0, 0, "0.0.0.0/0"))), Want: checks.FAIL, Reason: "IPv4 tcp 1433-1434"},
		{Name: "UDP needs no way back", Set: and(exposed, oneWay, rules(rule("udp", 11211, 11211, "0.0.0.0/0"))), Want: checks.FAIL, Reason: "udp 11211"},
		{Name: "TCP does", Set: and(exposed, oneWay, rules(rule("tcp", 11211, 11211, "0.0.0.0/0"))), Want: checks.PASS, Reason: "acl-1"},
		{Name: "gateways unread", Set: and(exposed, rules(rule("tcp", 5432, 5432, "0.0.0.0/0")), fails("ec2:DescribeInternetGateways", func(e *snapshot.EC2) { e.InternetGateways = nil })), Want: checks.UNKNOWN, Reason: "ec2:DescribeInternetGateways"},
	})
}

func TestInstanceFilePortsUnreachable(t *testing.T) {
	wide := rules(rule("tcp", 440, 450, "0.0.0.0/0"))
	checktest.Run(t, &InstanceFilePortsUnreachable, []checktest.Case{
		{Name: "FTP's data port alone", Set: and(exposed, rules(rule("tcp", 20, 20, "0.0.0.0/0"))), Want: checks.FAIL, Reason: "tcp 20"},
		{Name: "a domain controller behind a VPN", Set: and(exposed, rules(rule("-1", 0, 0, "0.0.0.0/0")), routes(snapshot.Route{Destination: "0.0.0.0/0", Target: "vgw-1", State: "active"})), Want: checks.PASS, Reason: "rtb-1"},
		{Name: "inside an allowed range", Set: and(exposed, wide), Want: checks.FAIL, Reason: "tcp 445"},
		{Name: "an ACL's deny closes just that port", Set: and(exposed, wide, entries(deny(allow(90, false, "6", 445, 445)), everything(false), everything(true))), Want: checks.PASS, Reason: "no way"},
		{Name: "and no other", Set: and(exposed, rules(rule("tcp", 1, 1000, "0.0.0.0/0")), entries(deny(allow(90, false, "6", 445, 445)), everything(false), everything(true))), Want: checks.FAIL, Reason: "389, 464"},
		{Name: "subnets unread", Set: and(exposed, wide, fails("ec2:DescribeSubnets", func(e *snapshot.EC2) { e.Subnets = nil })), Want: checks.UNKNOWN, Reason: "ec2:DescribeSubnets"},
	})
}

// The evidence names the calls of every link, and the cause of an UNKNOWN is the unread one's.
func TestEvidenceOfAWay(t *testing.T) {
	set := and(exposed, func(a *snapshot.Account) {
		e := &a.EC2
		e.Interfaces[0].Calls = []snapshot.Call{{ID: "interfaces"}}
		e.Subnets[0].Calls = []snapshot.Call{{ID: "subnets"}}
		e.RouteTables[0].Calls = []snapshot.Call{{ID: "routes"}}
		e.InternetGateways[0].Calls = []snapshot.Call{{ID: "gateways"}}
		e.NetworkACLs[0].Calls = []snapshot.Call{{ID: "acls"}}
		e.Groups[0].Calls = []snapshot.Call{{ID: "groups"}}
	})
	c := &InstanceAdminPortsUnreachable
	found := checktest.Findings(c, checktest.Account(c, set), nil)
	if len(found) != 1 || strings.Join(found[0].Evidence, " ") != "acls gateways groups interfaces list routes subnets" {
		t.Errorf("evidence: %+v", found)
	}
	unread := checktest.Account(c, and(exposed, fails("ec2:DescribeNetworkAcls", func(e *snapshot.EC2) { e.NetworkACLs = nil })))
	if found := checktest.Findings(c, unread, nil); found[0].Cause != snapshot.Denied {
		t.Errorf("cause %q, want denied", found[0].Cause)
	}
}

func BenchmarkInstanceAdminPortsUnreachable(b *testing.B) {
	a := checktest.Account(&InstanceAdminPortsUnreachable, func(a *snapshot.Account) {
		exposed(a)
		i, n, g := a.EC2.Instances[0], a.EC2.Interfaces[0], a.EC2.Groups[0]
		for k := range 10_000 {
			id := fmt.Sprint(k)
			i.ID, i.ARN, i.Interfaces = "i-"+id, instanceARN+id, []snapshot.InstanceInterface{{ID: "eni-" + id}}
			n.ID, n.Instance, n.Groups = "eni-"+id, i.ID, []string{fmt.Sprint("sg-", k%1000)}
			a.EC2.Instances, a.EC2.Interfaces = append(a.EC2.Instances, i), append(a.EC2.Interfaces, n)
			if k < 1000 {
				g.ID = fmt.Sprint("sg-", k)
				a.EC2.Groups = append(a.EC2.Groups, g)
			}
		}
	})
	for b.Loop() {
		if n := len(checktest.Findings(&InstanceAdminPortsUnreachable, a, nil)); n != 10_001 {
			b.Fatalf("%d findings", n)
		}
	}
}
