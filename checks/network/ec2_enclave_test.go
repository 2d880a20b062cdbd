package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func enclave(changes ...func(*snapshot.Account)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		exposed(a)
		a.EC2.Instances[0].Enclave = true
		for _, c := range changes {
			c(a)
		}
	}
}

func privateRoutes(a *snapshot.Account) {
	routes(snapshot.Route{Destination: "10.0.0.0/16", Target: "local", State: "active"}, snapshot.Route{Destination: "0.0.0.0/0", Target: "nat-1", State: "active"})(a)
}

// secondInterface adds an interface in a subnet of its own, whose table leads to the gateway.
func secondInterface(a *snapshot.Account) {
	n, s, t := a.EC2.Interfaces[0], a.EC2.Subnets[0], a.EC2.RouteTables[0]
	n.ID, n.Subnet, n.Public = "eni-2", "subnet-2", nil
	s.ID = "subnet-2"
	t.ID, t.Associations = "rtb-2", []snapshot.RouteAssociation{{Subnet: "subnet-2", State: "associated"}}
	t.Routes = []snapshot.Route{{Destination: "0.0.0.0/0", Target: "igw-1", State: "active"}}
	a.EC2.Interfaces, a.EC2.Subnets, a.EC2.RouteTables = append(a.EC2.Interfaces, n), append(a.EC2.Subnets, s), append(a.EC2.RouteTables, t)
	a.EC2.Instances[0].Interfaces = append(a.EC2.Instances[0].Interfaces, snapshot.InstanceInterface{ID: "eni-2", Status: "attached"})
}

func TestEnclaveHostNotInternetFacing(t *testing.T) {
	checktest.Run(t, &EnclaveHostNotInternetFacing, []checktest.Case{
		{Name: "no enclave", Set: exposed, Want: checks.NotApplicable, Reason: "not true"},
		{Name: "a public address and a route", Set: enclave(), Want: checks.FAIL, Reason: "198.51.100.7 of eni-1; a route"},
		{Name: "a public address alone", Set: enclave(privateRoutes), Want: checks.FAIL, Reason: "public addresses: 198.51.100.7"},
		{Name: "a route alone", Set: enclave(private), Want: checks.FAIL, Reason: "leads out of subnet-1"},
		{Name: "neither", Set: enclave(private, privateRoutes), Want: checks.PASS, Reason: "subnet-1"},
		{Name: "IPv6 alone is observed", Set: enclave(ipv6, privateRoutes), Want: checks.PASS, Observed: map[string]string{"Ipv6Addresses": "2600:1f18::7 of eni-1"}},
		{Name: "IPv6 with a route", Set: enclave(ipv6, routes(snapshot.Route{Destination: "::/0", Target: "igw-1", State: "active"})), Want: checks.FAIL, Reason: "leads out of subnet-1"},
		{Name: "an egress-only gateway", Set: enclave(ipv6, routes(snapshot.Route{Destination: "::/0", Target: "eigw-1", State: "active"})), Want: checks.PASS},
		{Name: "a second interface in a public subnet", Set: enclave(private, privateRoutes, secondInterface), Want: checks.FAIL, Reason: "subnet-2 of eni-2"},
		{Name: "interfaces are not read", Set: enclave(private, privateRoutes, failing("ec2:DescribeNetworkInterfaces")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "tables are not read", Set: enclave(private, func(a *snapshot.Account) { a.EC2.RouteTables = nil }, failing("ec2:DescribeRouteTables")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "tables are not read, and an address is public", Set: enclave(func(a *snapshot.Account) { a.EC2.RouteTables = nil }, failing("ec2:DescribeRouteTables")), Want: checks.FAIL},
		{Name: "an interface that the list does not hold", Set: enclave(private, privateRoutes, func(a *snapshot.Account) { a.EC2.Interfaces = nil }), Want: checks.UNKNOWN, Reason: "eni-1"},
	})
}

func TestEnclaveHostPortsClosed(t *testing.T) {
	world := "0.0.0.0/0"
	second := func(rules ...snapshot.Rule) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			g := a.EC2.Groups[0]
			g.ID, g.Ingress = "sg-2", rules
			a.EC2.Groups = append(a.EC2.Groups, g)
			a.EC2.Interfaces[0].Groups = append(a.EC2.Interfaces[0].Groups, "sg-2")
		}
	}
	checktest.Run(t, &EnclaveHostPortsClosed, []checktest.Case{
		{Name: "no enclave", Set: exposed, Want: checks.NotApplicable},
		{Name: "approved ports", Set: enclave(rules(rule("tcp", 22, 22, world), rule("tcp", 443, 443, world))), Want: checks.PASS, Reason: "approved_ports 22, 80, 443"},
		{Name: "another port", Set: enclave(rules(rule("tcp", 3306, 3306, world))), Want: checks.FAIL, Reason: "3306"},
		{Name: "a port of the proxy", Set: enclave(rules(rule("tcp", 8050, 8050, world))), Want: checks.FAIL, Reason: "8050"},
		{Name: "a port of the proxy that is approved by mistake", Set: enclave(rules(rule("tcp", 5000, 5000, world))), Parameters: map[string]any{"approved_ports": []int{443, 5000}}, Want: checks.FAIL, Reason: "less vsock_proxy_ports 5000, 8000-8090, 9000"},
		{Name: "a port from inside", Set: enclave(rules(rule("tcp", 5000, 5000, "10.0.0.0/8"))), Want: checks.PASS},
		{Name: "over UDP", Set: enclave(rules(rule("udp", 53, 53, world))), Want: checks.FAIL, Reason: "udp"},
		{Name: "an approved port over UDP", Set: enclave(rules(rule("udp", 443, 443, world))), Want: checks.PASS},
		{Name: "over IPv6", Set: enclave(rules(rule("tcp", 3306, 3306, "::/0"))), Want: checks.FAIL, Reason: "IPv6"},
		{Name: "two groups that open half of the internet each", Set: enclave(rules(rule("tcp", 3306, 3306, "0.0.0.0/2", "64.0.0.0/3")), second(rule("tcp", 3306, 3306, "96.0.0.0/3", "128.0.0.0/2"))), Want: checks.FAIL, Reason: "3306"},
		{Name: "one of them alone", Set: enclave(rules(rule("tcp", 3306, 3306, "0.0.0.0/2", "64.0.0.0/3"))), Want: checks.PASS},
		{Name: "a list that is not read", Set: enclave(rules(rule("tcp", 3306, 3306, "pl-1")), failing("ec2:DescribeManagedPrefixLists")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "groups are not read", Set: enclave(func(a *snapshot.Account) { a.EC2.Groups = nil }, failing("ec2:DescribeSecurityGroups")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "interfaces are not read", Set: enclave(rules(), failing("ec2:DescribeNetworkInterfaces")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "no port of the parameters", Set: enclave(), Parameters: map[string]any{"approved_ports": []int{70000}}, Want: checks.UNKNOWN, Reason: "70000"},
	})
}
