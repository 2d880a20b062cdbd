package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// changed alters the one interface of an exposed instance.
func changed(f func(*snapshot.NetworkInterface)) func(*snapshot.Account) {
	return func(a *snapshot.Account) { f(&a.EC2.Interfaces[0]) }
}

func TestInstanceNoPublicIP(t *testing.T) {
	count := map[string]any{"count_ipv6": true}
	six := changed(func(n *snapshot.NetworkInterface) { n.Public, n.IPv6 = nil, []string{"2600:1f18::7"} })
	checktest.Run(t, &InstanceNoPublicIP, []checktest.Case{
		{Name: "a public address", Set: exposed, Want: checks.FAIL, Reason: "198.51.100.7 of eni-1"},
		{Name: "none", Set: and(exposed, private), Want: checks.PASS, Reason: "none of its 1 interfaces"},
		{Name: "on a secondary interface", Want: checks.FAIL, Reason: "198.51.100.9 of eni-2",
			Set: and(exposed, private, func(a *snapshot.Account) {
				second := a.EC2.Interfaces[0]
				second.ID, second.Public = "eni-2", []string{"198.51.100.9"}
				a.EC2.Interfaces = append(a.EC2.Interfaces, second)
			})},
		{Name: "a private address out of public space", Set: and(exposed, private, changed(func(n *snapshot.NetworkInterface) { n.Private = []string{"8.8.4.4"} })), Want: checks.PASS, Reason: "none"},
		{Name: "addresses of carriers are observed", Set: and(exposed, private, changed(func(n *snapshot.NetworkInterface) { n.Carrier = []string{"155.146.1.1"} })), Want: checks.PASS, Reason: "none", Observed: map[string]string{"CarrierIp": "155.146.1.1"}},
		{Name: "a stopped instance keeps an Elastic IP", Set: and(exposed, func(a *snapshot.Account) { a.EC2.Instances[0].State = "stopped" }), Want: checks.FAIL, Reason: "198.51.100.7"},
		{Name: "IPv6 is observed", Set: and(exposed, six), Want: checks.PASS, Reason: "none", Observed: map[string]string{"Ipv6Addresses": "2600:1f18::7 of eni-1"}},
		{Name: "IPv6 counts", Set: and(exposed, six), Parameters: count, Want: checks.FAIL, Reason: "2600:1f18::7"},
		{Name: "a delegated prefix counts", Set: and(exposed, private, changed(func(n *snapshot.NetworkInterface) { n.IPv6Prefixes = []string{"2600:1f18:0:1::/80"} })), Parameters: count, Want: checks.FAIL, Reason: "2600:1f18:0:1::/80"},
		{Name: "a private IPv6 CIDR does not", Set: and(exposed, six, func(a *snapshot.Account) { a.EC2.Subnets[0].PrivateIPv6 = []string{"2600:1f18::/64"} }), Parameters: count, Want: checks.PASS, Reason: "none"},
		{Name: "a unique local address does not", Set: and(exposed, private, changed(func(n *snapshot.NetworkInterface) { n.IPv6 = []string{"fd00::7"} })), Parameters: count, Want: checks.PASS, Reason: "none"},
		{Name: "whether IPv6 is private is unread", Set: and(exposed, six, fails("ec2:DescribeSubnets", func(e *snapshot.EC2) { e.Subnets = nil })), Parameters: count, Want: checks.UNKNOWN, Reason: "ec2:DescribeSubnets"},
		{Name: "interfaces unread", Set: and(exposed, interfacesDenied, func(a *snapshot.Account) { a.EC2.Interfaces = nil }), Want: checks.UNKNOWN, Reason: "ec2:DescribeNetworkInterfaces"},
		{Name: "one public address is enough", Set: and(exposed, interfacesDenied), Want: checks.FAIL, Reason: "198.51.100.7"},
	})
}

func TestInstanceSingleInterface(t *testing.T) {
	carries := func(f func(*snapshot.Instance), interfaces ...snapshot.InstanceInterface) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			i := snapshot.Instance{Meta: checktest.Meta("i", instanceARN), ID: "i-1", State: "running", Interfaces: interfaces}
			if f != nil {
				f(&i)
			}
			a.EC2.Instances = []snapshot.Instance{i}
		}
	}
	at := func(id, kind, status string) snapshot.InstanceInterface {
		return snapshot.InstanceInterface{ID: id, Type: kind, Status: status}
	}
	one, two := at("eni-1", "interface", "attached"), at("eni-2", "efa-only", "attaching")
	checktest.Run(t, &InstanceSingleInterface, []checktest.Case{
		{Name: "one", Set: carries(nil, one), Want: checks.PASS, Reason: "1 interfaces are attached"},
		{Name: "two, one of them just attaching", Set: carries(nil, one, two), Want: checks.FAIL, Reason: "2 interfaces are attached, 1 allowed: eni-1, eni-2"},
		{Name: "one is leaving", Set: carries(nil, one, at("eni-2", "interface", "detaching")), Want: checks.PASS, Reason: "1 interfaces"},
		{Name: "as many as allowed", Set: carries(nil, one, two), Parameters: map[string]any{"max_interfaces": 2}, Want: checks.PASS, Reason: "2 allowed"},
		{Name: "a stopped instance keeps its attachments", Set: carries(func(i *snapshot.Instance) { i.State = "stopped" }, one, two), Want: checks.FAIL, Reason: "2 interfaces"},
		{Name: "a node of a cluster", Set: carries(func(i *snapshot.Instance) { i.Tags = map[string]string{"eks:cluster-name": "c"} }, one, two), Want: checks.NotApplicable, Reason: "eks:cluster-name"},
		{Name: "managed by a service", Set: carries(func(i *snapshot.Instance) { i.Managed = true }, one, two), Want: checks.NotApplicable, Reason: "service"},
		{Name: "instances that were not listed", Want: checks.UNKNOWN, Reason: "denied", Set: fails("ec2:DescribeInstances", nil)},
	})
}

func TestInterfaceSourceDestCheck(t *testing.T) {
	on := func(v bool) func(*snapshot.NetworkInterface) {
		return func(n *snapshot.NetworkInterface) { n.SourceDestCheck = snapshot.Value(v) }
	}
	off := and(exposed, changed(on(false)))
	kind := func(kind string) func(*snapshot.Account) {
		return and(off, changed(func(n *snapshot.NetworkInterface) { n.Type = kind }))
	}
	approve := func(entry string) map[string]any {
		return map[string]any{"approved_routers": []string{entry}}
	}
	tagged := and(off, changed(func(n *snapshot.NetworkInterface) { n.Tags = map[string]string{"role": "router"} }))
	taggedInstance := and(off, func(a *snapshot.Account) { a.EC2.Instances[0].Tags = map[string]string{"role": "nat"} })
	instancesDenied := fails("ec2:DescribeInstances", func(e *snapshot.EC2) { e.Instances = nil })
	checktest.Run(t, &InterfaceSourceDestCheck, []checktest.Case{
		{Name: "on", Set: and(exposed, changed(on(true))), Want: checks.PASS, Reason: "is true"},
		{Name: "off", Set: off, Want: checks.FAIL, Reason: "is false", Observed: map[string]string{"InstanceId": "i-1"}},
		{Name: "a NAT gateway's", Set: kind("nat_gateway"), Want: checks.NotApplicable, Reason: "nat_gateway"},
		{Name: "an endpoint's", Set: kind("vpc_endpoint"), Want: checks.NotApplicable, Reason: "vpc_endpoint"},
		{Name: "an EFA's", Set: kind("efa"), Want: checks.FAIL, Reason: "is false"},
		{Name: "a function's, managed by its service", Set: and(kind("lambda"), changed(func(n *snapshot.NetworkInterface) { n.RequesterManaged = true })), Want: checks.NotApplicable, Reason: "service manages"},
		{Name: "approved by id", Set: off, Parameters: approve("eni-1"), Want: checks.NotApplicable, Reason: "eni-1"},
		{Name: "approved by the instance's id", Set: off, Parameters: approve("i-1"), Want: checks.NotApplicable, Reason: "i-1"},
		{Name: "approved by tag", Set: tagged, Parameters: approve("role=router"), Want: checks.NotApplicable, Reason: "role=router"},
		{Name: "approved by a tag's key", Set: tagged, Parameters: approve("role"), Want: checks.NotApplicable, Reason: "role"},
		{Name: "another value of the tag", Set: tagged, Parameters: approve("role=firewall"), Want: checks.FAIL, Reason: "is false"},
		{Name: "approved by the instance's tag", Set: taggedInstance, Parameters: approve("role=nat"), Want: checks.NotApplicable, Reason: "i-1 is approved"},
		{Name: "the instance's tags are unread", Set: and(off, instancesDenied), Parameters: approve("role=nat"), Want: checks.UNKNOWN, Reason: "ec2:DescribeInstances"},
		{Name: "the instance's tags are unread and nobody asks", Set: and(off, instancesDenied), Want: checks.FAIL, Reason: "is false"},
		{Name: "the field is missing", Set: and(exposed, changed(func(n *snapshot.NetworkInterface) {
			n.SourceDestCheck = snapshot.Missing[bool](checktest.Unread("ec2:DescribeNetworkInterfaces", snapshot.Malformed))
		})), Want: checks.UNKNOWN, Reason: "malformed"},
		{Name: "the type is missing", Set: kind(""), Want: checks.UNKNOWN, Reason: "InterfaceType"},
	})
}
