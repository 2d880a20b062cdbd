package reach

import (
	"fmt"
	"net/netip"
	"testing"
)

// large is a Region of 10,000 instances, each with five of 1,000 groups of twenty rules, in
// forty subnets with tables and ACLs of their own.
func large() Network {
	n := world()
	n.Subnets, n.RouteTables, n.ACLs, n.Groups, n.Interfaces = Read[Subnet](), Read[RouteTable](), Read[ACL](), Read[Group](), Read[Interface]()
	for s := range 40 {
		id := fmt.Sprint("subnet-", s)
		n.Subnets.Items = append(n.Subnets.Items, Subnet{ID: id, VPCID: "vpc-1", CIDRs: prefixes(fmt.Sprintf("10.%d.0.0/16", s))})
		t := table("rtb-"+id, Association{SubnetID: id}, local(), route("pl-world", "igw-1"))
		if s%4 == 0 {
			t.Routes[1] = route("0.0.0.0/0", "nat-1")
		}
		n.RouteTables.Items = append(n.RouteTables.Items, t)
		a := acl("acl-"+id, id, allowIn(900, "0.0.0.0/0"), allowIn(901, "::/0"), allowOut(900, "0.0.0.0/0"), allowOut(901, "::/0"))
		for e := range 18 {
			a.Entries = append(a.Entries, deny(allowIn(int32(10+e), fmt.Sprintf("%d.0.0.0/8", 11+e)), "6", int32(20+e), int32(4000+s)))
		}
		n.ACLs.Items = append(n.ACLs.Items, a)
	}
	for g := range 1000 {
		var rules []Rule
		for k := range 20 {
			source := fmt.Sprintf("10.%d.%d.0/24", g%250, k)
			if (g+k)%37 == 0 {
				source = "0.0.0.0/0"
			}
			rules = append(rules, rule("tcp", int32(22+k*50), int32(22+k*50+g%30), source))
		}
		n.Groups.Items = append(n.Groups.Items, group(fmt.Sprint("sg-", g), rules...))
	}
	for i := range 10_000 {
		e := Interface{ID: fmt.Sprint("eni-", i), InstanceID: fmt.Sprint("i-", i), VPCID: "vpc-1", SubnetID: fmt.Sprint("subnet-", i%40),
			Private: []netip.Addr{netip.AddrFrom4([4]byte{10, byte(i % 40), byte(i >> 8), byte(i)})}}
		if i%3 > 0 {
			e.PublicIPv4 = []netip.Addr{netip.MustParseAddr("54.1.2.3")}
		}
		for k := range 5 {
			e.Groups = append(e.Groups, fmt.Sprint("sg-", (i*7+k*131)%1000))
		}
		n.Interfaces.Items = append(n.Interfaces.Items, e)
	}
	return n
}

// BenchmarkFromInternet prepares the Region and asks of every instance which TCP ports the
// internet reaches, in both families.
func BenchmarkFromInternet(b *testing.B) {
	n := large()
	for b.Loop() {
		x, open := New(n), 0
		for _, e := range n.Interfaces.Items {
			for _, f := range Families {
				if !x.PortsFromInternet(e, TCP, Question{Family: f}).Open.Empty() {
					open++
				}
			}
		}
		if open < 1000 {
			b.Fatalf("%d instances are open", open)
		}
	}
}
