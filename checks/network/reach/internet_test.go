package reach

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// world is a VPC whose interface eni-1 of i-1 is open on tcp/22 in both families: each
// test takes away or adds one thing.
func world() Network {
	return Network{
		Subnets: Read(Subnet{ID: "subnet-1", VPCID: "vpc-1", CIDRs: prefixes("10.0.1.0/24", "2600:1f00::/64")}),
		RouteTables: Read(
			table("rtb-main", Association{Main: true}, local()),
			table("rtb-1", Association{SubnetID: "subnet-1"}, local(), route("0.0.0.0/0", "igw-1"), route("::/0", "igw-1"))),
		InternetGateways:  Read(InternetGateway{"igw-1", []Attachment{{"vpc-1", "available"}}}),
		ACLs:              Read(acl("acl-1", "subnet-1", allowIn(100, "0.0.0.0/0"), allowIn(101, "::/0"), allowOut(100, "0.0.0.0/0"), allowOut(101, "::/0"))),
		Groups:            Read(group("sg-1", rule("tcp", 22, 22, "0.0.0.0/0", "::/0"))),
		PrefixLists:       Read(list("pl-world", "0.0.0.0/0", "::/0")),
		Interfaces:        Read(eni("eni-1", "i-1", "sg-1")),
		BlockPublicAccess: Read(BlockPublicAccess{"off", "default-state"}),
		Exclusions:        Read[Exclusion](),
	}
}

func table(id string, a Association, routes ...Route) RouteTable {
	return RouteTable{ID: id, VPCID: "vpc-1", Associations: []Association{a}, Routes: routes}
}

func local() Route { return route("10.0.0.0/16", "local") }

func route(destination, target string) Route {
	if strings.HasPrefix(destination, "pl-") {
		return Route{PrefixList: destination, Target: target, State: "active"}
	}
	return Route{Destination: netip.MustParsePrefix(destination), Target: target, State: "active"}
}

func acl(id, subnet string, entries ...Entry) ACL {
	return ACL{ID: id, Subnets: []string{subnet}, Entries: entries}
}

func allowIn(number int32, cidr string) Entry {
	return Entry{Number: number, Allow: true, Protocol: "-1", CIDR: netip.MustParsePrefix(cidr)}
}

func allowOut(number int32, cidr string) Entry {
	e := allowIn(number, cidr)
	e.Egress = true
	return e
}

func deny(e Entry, protocol string, from, to int32) Entry {
	e.Allow, e.Protocol, e.FromPort, e.ToPort = false, protocol, num(from), num(to)
	return e
}

func eni(id, instance string, groups ...string) Interface {
	return Interface{
		ID: id, InstanceID: instance, VPCID: "vpc-1", SubnetID: "subnet-1", Groups: groups,
		Private:    []netip.Addr{netip.MustParseAddr("10.0.1.5")},
		PublicIPv4: []netip.Addr{netip.MustParseAddr("54.1.2.3")},
		IPv6:       []netip.Addr{netip.MustParseAddr("2600:1f00::5")},
	}
}

// routes replaces the routes of the subnet's table.
func routes(n *Network, list ...Route) { n.RouteTables.Items[1].Routes = append(list, local()) }

func entries(n *Network, list ...Entry) {
	n.ACLs.Items[0].Entries = append(n.ACLs.Items[0].Entries, list...)
}

func TestFromInternet(t *testing.T) {
	const (
		path4 = "internet → igw-1 → rtb-1 0.0.0.0/0 → acl-1 rule 100 → sg-1 tcp/22 from 0.0.0.0/0 → eni-1 → i-1 tcp/22"
		path6 = "internet → igw-1 → rtb-1 ::/0 → acl-1 rule 101 → sg-1 tcp/22 from ::/0 → eni-1 → i-1 tcp/22"
	)
	bpa := func(mode, state string, ex ...Exclusion) func(*Network) {
		return func(n *Network) {
			n.BlockPublicAccess = Read(BlockPublicAccess{mode, state})
			n.Exclusions = Read(ex...)
		}
	}
	tests := []struct {
		name   string
		change func(*Network)
		v4, v6 State
		reason string // part of the IPv4 reason, or after "6:" of the IPv6 reason
	}{
		{"all links open", func(*Network) {}, Open, Open, path4},
		{"the IPv6 path is its own", func(*Network) {}, Open, Open, "6:" + path6},
		{"public address without a route to an internet gateway", func(n *Network) { routes(n) }, Closed, Closed, "stopped at rtb-1 which has no route for it"},
		{"group open to the world in a private subnet", func(n *Network) { routes(n, route("0.0.0.0/0", "nat-1")) }, Closed, Closed, "rtb-1 where 0.0.0.0/0 goes to nat-1"},
		{"no public IPv4 address: IPv6-only exposure", func(n *Network) { n.Interfaces.Items[0].PublicIPv4 = nil }, Closed, Open, "eni-1 which has no public IPv4 address"},
		{"no IPv6 address", func(n *Network) { n.Interfaces.Items[0].IPv6 = nil }, Open, Closed, "6:no address in 2000::/3"},
		{"unique local address only", func(n *Network) { n.Interfaces.Items[0].IPv6 = []netip.Addr{netip.MustParseAddr("fd00::1")} }, Open, Closed, "6:no address in 2000::/3"},
		{"delegated prefix without an address", func(n *Network) {
			n.Interfaces.Items[0].IPv6, n.Interfaces.Items[0].IPv6Prefixes = nil, prefixes("2600:1f00::/80")
		}, Open, Open, ""},
		{"private IPv6 out of global space", func(n *Network) { n.Subnets.Items[0].PrivateIPv6 = prefixes("2600:1f00::/64") }, Open, Closed, "6:are private"},
		{"DenyAllIgwTraffic", func(n *Network) { n.Interfaces.Items[0].DenyAllIGWTraffic = true }, Open, Closed, "6:DenyAllIgwTraffic"},
		{"egress-only gateway", func(n *Network) { routes(n, route("0.0.0.0/0", "igw-1"), route("::/0", "eigw-1")) }, Open, Closed, "6:::/0 goes to eigw-1"},
		{"blackhole route", func(n *Network) {
			routes(n, Route{Destination: netip.MustParsePrefix("0.0.0.0/0"), Target: "igw-9", State: "blackhole"})
		}, Closed, Closed, "0.0.0.0/0 goes to blackhole"},
		{"gateway detached", func(n *Network) { n.InternetGateways.Items[0].Attachments = nil }, Closed, Closed, "vpc-1 which has no internet gateway attached"},
		{"gateway attaching", func(n *Network) { n.InternetGateways.Items[0].Attachments[0].State = "attaching" }, CannotTell, CannotTell, "change is in progress"},
		{"gateways unread", func(n *Network) {
			n.InternetGateways = Unread[InternetGateway]("ec2:DescribeInternetGateways (denied)")
		}, CannotTell, CannotTell, "ec2:DescribeInternetGateways (denied)"},
		{"default route in two halves", func(n *Network) { routes(n, route("0.0.0.0/1", "igw-1"), route("128.0.0.0/1", "igw-1")) }, Open, Closed, "rtb-1 0.0.0.0/1 →"},
		{"default route in four quarters", func(n *Network) {
			routes(n, route("0.0.0.0/2", "igw-1"), route("64.0.0.0/2", "igw-1"), route("128.0.0.0/2", "igw-1"), route("192.0.0.0/2", "igw-1"))
		}, Open, Closed, "0.0.0.0/2 and 64.0.0.0/2"},
		{"prefix list route", func(n *Network) { routes(n, route("pl-world", "igw-1")) }, Open, Open, "rtb-1 pl-world"},
		{"unread prefix list route", func(n *Network) { routes(n, route("pl-x", "igw-1")) }, CannotTell, CannotTell, "the entries of prefix list pl-x"},
		{"unread prefix list route elsewhere", func(n *Network) { routes(n, route("0.0.0.0/0", "igw-1"), route("pl-x", "nat-1")) }, CannotTell, Closed, "pl-x"},
		{"static route wins over a list of the same length", func(n *Network) { routes(n, route("pl-world", "nat-1"), route("0.0.0.0/0", "igw-1")) }, Open, Closed, "rtb-1 0.0.0.0/0"},
		{"longer prefixes take the internet away", func(n *Network) {
			routes(n, route("0.0.0.0/0", "igw-1"), route("0.0.0.0/1", "nat-1"), route("128.0.0.0/1", "nat-1"))
		}, Closed, Closed, "0.0.0.0/1 goes to nat-1"},
		{"one route to one network is not internet-wide", func(n *Network) { routes(n, route("8.8.8.0/24", "igw-1")) }, Closed, Closed, "rtb-1"},
		{"main table when none is explicit", func(n *Network) { n.RouteTables.Items[1].Associations = nil }, Closed, Closed, "rtb-main"},
		{"main table of another VPC", func(n *Network) {
			n.RouteTables.Items[1].Associations = []Association{{Main: true}}
			n.RouteTables.Items[1].VPCID = "vpc-2"
		}, Closed, Closed, "rtb-main"},
		{"edge association decides no subnet", func(n *Network) {
			n.RouteTables.Items[1].Associations = []Association{{GatewayID: "igw-1"}}
		}, Closed, Closed, "rtb-main"},
		{"explicit table found in an unfinished list", func(n *Network) { n.RouteTables.Complete = false }, Open, Open, path4},
		{"no explicit table in an unfinished list", func(n *Network) {
			n.RouteTables.Items, n.RouteTables.Complete = n.RouteTables.Items[:1], false
		}, CannotTell, CannotTell, "the route table of subnet-1"},
		{"main table is no proof in a shared subnet", func(n *Network) {
			n.RouteTables.Items[1].Associations, n.Subnets.Items[0].SharedIn = nil, true
		}, CannotTell, CannotTell, "the route table of subnet-1"},
		{"shared subnet has its owner's block", func(n *Network) { n.Subnets.Items[0].SharedIn = true }, CannotTell, CannotTell, "of the account that owns subnet-1"},
		{"block ingress", bpa("block-ingress", "update-complete"), Closed, Closed, "VPC Block Public Access whose mode is block-ingress"},
		{"block bidirectional", bpa("block-bidirectional", "update-complete"), Closed, Closed, "block-bidirectional"},
		{"block not in force yet", bpa("block-ingress", "update-in-progress"), CannotTell, CannotTell, "in progress"},
		{"VPC excluded", bpa("block-ingress", "", Exclusion{"vpcbpa-1", "vpc-1", "allow-bidirectional", "create-complete"}), Open, Open, "vpcbpa-1 excludes the VPC"},
		{"subnet excluded", bpa("block-ingress", "", Exclusion{"vpcbpa-1", "subnet-1", "allow-bidirectional", "create-complete"}), Open, Open, "vpcbpa-1 excludes the subnet"},
		{"egress excluded", bpa("block-ingress", "", Exclusion{"vpcbpa-1", "vpc-1", "allow-egress", "create-complete"}), Closed, Closed, "Block Public Access"},
		{"deleted exclusion", bpa("block-ingress", "", Exclusion{"vpcbpa-1", "vpc-1", "allow-bidirectional", "delete-complete"}), Closed, Closed, ""},
		{"exclusion on its way", bpa("block-ingress", "", Exclusion{"vpcbpa-1", "vpc-1", "allow-bidirectional", "create-in-progress"}), CannotTell, CannotTell, ""},
		{"exclusions that disagree", bpa("block-ingress", "", Exclusion{"a", "vpc-1", "allow-bidirectional", "create-complete"}, Exclusion{"b", "subnet-1", "allow-egress", "create-complete"}), CannotTell, CannotTell, "which exclusion"},
		{"exclusion of another subnet", bpa("block-ingress", "", Exclusion{"a", "subnet-2", "allow-bidirectional", "create-complete"}), Closed, Closed, ""},
		{"block unread", func(n *Network) { n.BlockPublicAccess = Unread[BlockPublicAccess]("denied") }, CannotTell, CannotTell, "denied"},
		{"exclusions unread", func(n *Network) {
			bpa("block-ingress", "")(n)
			n.Exclusions = List[Exclusion]{}
		}, CannotTell, CannotTell, "exclusion"},
		{"ACL deny with a lower number", func(n *Network) { entries(n, deny(allowIn(90, "0.0.0.0/0"), "6", 22, 22)) }, Closed, Open, "acl-1 where rule 90 denies tcp/22"},
		{"ACL deny with a higher number is dead", func(n *Network) { entries(n, deny(allowIn(110, "0.0.0.0/0"), "6", 22, 22)) }, Open, Open, path4},
		{"ACL denies a part only", func(n *Network) { entries(n, deny(allowIn(90, "8.0.0.0/8"), "6", 22, 22)) }, Open, Open, "acl-1 rule 100"},
		{"ACL denies another port", func(n *Network) { entries(n, deny(allowIn(90, "0.0.0.0/0"), "6", 23, 23)) }, Open, Open, ""},
		{"ACL denies UDP", func(n *Network) { entries(n, deny(allowIn(90, "0.0.0.0/0"), "17", 22, 22)) }, Open, Open, ""},
		{"ACL that denies the return path", func(n *Network) { entries(n, deny(allowOut(90, "0.0.0.0/0"), "6", 1024, 65535)) }, Closed, Open, "rule 90 denies the return path, tcp/1024-65535"},
		{"ACL that denies half of the return path", func(n *Network) { entries(n, deny(allowOut(90, "0.0.0.0/0"), "6", 1024, 32767)) }, Open, Open, path4},
		{"ACL without entries", func(n *Network) { n.ACLs.Items[0].Entries = nil }, Closed, Closed, "final deny"},
		{"unclear ACL deny", func(n *Network) { entries(n, deny(allowIn(90, "0.0.0.0/0"), "x", 22, 22)) }, CannotTell, Open, `protocol "x"`},
		{"unclear ACL allow changes nothing here", func(n *Network) {
			e := allowIn(90, "0.0.0.0/0")
			e.Protocol = "x"
			entries(n, e)
		}, Open, Open, path4},
		{"ACL unread", func(n *Network) { n.ACLs = Unread[ACL]("denied") }, CannotTell, CannotTell, "the network ACL of subnet-1: denied"},
		{"unread link but another one is closed", func(n *Network) { n.ACLs = Unread[ACL]("denied"); n.Groups = Read(group("sg-1")) }, Closed, Closed, "sg-1"},
		{"group closed", func(n *Network) { n.Groups = Read(group("sg-1", rule("tcp", 22, 22, "10.0.0.0/8"))) }, Closed, Closed, "sg-1 which admits tcp/22 only from 10.0.0.0/8"},
		{"group not described", func(n *Network) { n.Groups = Read[Group]() }, CannotTell, CannotTell, "the rules of sg-1"},
		{"several groups unite", func(n *Network) {
			n.Groups = Read(group("sg-1", rule("tcp", 22, 22, "0.0.0.0/2")), group("sg-2", rule("tcp", 22, 22, "64.0.0.0/2")))
			n.Interfaces.Items[0].Groups = []string{"sg-1", "sg-2"}
		}, Open, Closed, "sg-1 tcp/22 from 0.0.0.0/2 → sg-2 tcp/22 from 64.0.0.0/2"},
		{"open group that is not on the interface", func(n *Network) {
			n.Groups = Read(group("sg-1"), group("sg-2", rule("tcp", 22, 22, "0.0.0.0/0")))
		}, Closed, Closed, ""},
		{"exposure through a prefix list", func(n *Network) { n.Groups = Read(group("sg-1", rule("tcp", 22, 22, "pl-world"))) }, Open, Open, "sg-1 tcp/22 from pl-world"},
		{"prefix list unread", func(n *Network) { n.Groups = Read(group("sg-1", rule("tcp", 22, 22, "pl-x"))) }, CannotTell, CannotTell, "pl-x"},
		{"referenced group is not the internet", func(n *Network) { n.Groups = Read(group("sg-1", rule("tcp", 22, 22, "sg-1"))) }, Closed, Closed, "only from sg-1"},
		{"links narrow together", func(n *Network) {
			n.Groups = Read(group("sg-1", rule("tcp", 22, 22, "0.0.0.0/1")))
			entries(n, deny(allowIn(90, "0.0.0.0/2"), "6", 22, 22))
		}, Closed, Closed, "sg-1"},
		{"subnet unread", func(n *Network) { n.Subnets = Unread[Subnet]("denied") }, CannotTell, CannotTell, "the owner of subnet-1: denied"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := world()
			tt.change(&n)
			x := New(n)
			for f, want := range map[Family]State{IPv4: tt.v4, IPv6: tt.v6} {
				got := x.FromInternet(n.Interfaces.Items[0], Question{Family: f, Traffic: TCPPort(22)})
				if got.State != want {
					t.Errorf("%v: FromInternet = %v (%s), want %v", f, got.State, got.Reason(), want)
				}
				part, six := strings.CutPrefix(tt.reason, "6:")
				if six == (f == IPv6) && !strings.Contains(got.Reason(), part) {
					t.Errorf("%v: reason %q does not hold %q", f, got.Reason(), part)
				}
				if got.State == CannotTell && len(got.Missing) == 0 {
					t.Errorf("%v: cannot tell, yet nothing is missing", f)
				}
			}
		})
	}
}

func TestUDPNeedsNoReturnPath(t *testing.T) {
	n := world()
	n.Groups = Read(group("sg-1", rule("udp", 161, 161, "0.0.0.0/0")))
	n.ACLs.Items[0].Entries = []Entry{allowIn(100, "0.0.0.0/0")}
	x, e := New(n), n.Interfaces.Items[0]
	if got := x.FromInternet(e, Question{Family: IPv4, Traffic: UDPPort(161)}); got.State != Open {
		t.Errorf("udp/161 = %v (%s), want open: one datagram arrives", got.State, got.Reason())
	}
	if got := x.FromInternet(e, Question{Family: IPv4, Traffic: TCPPort(161)}); got.State != Closed {
		t.Errorf("tcp/161 = %v, want closed", got.State)
	}
}

func TestAnySource(t *testing.T) {
	n := world()
	n.Groups = Read(group("sg-1", rule("tcp", 22, 22, "8.8.8.8/32", "10.0.0.0/8")))
	x, e := New(n), n.Interfaces.Items[0]
	got := x.FromInternet(e, Question{Family: IPv4, Traffic: TCPPort(22), AnySource: true})
	if got.State != Open || got.Sources.String() != "8.8.8.8/32" {
		t.Errorf("any source = %v from %v, want open from 8.8.8.8/32", got.State, got.Sources)
	}
	if got := x.FromInternet(e, Question{Family: IPv4, Traffic: TCPPort(22)}); got.State != Closed {
		t.Errorf("internet-wide = %v, want closed", got.State)
	}
}

func TestAppliancePath(t *testing.T) {
	n := world()
	routes(&n, route("0.0.0.0/0", "vpce-fw"))
	q := Question{Family: IPv4, Traffic: TCPPort(22), Appliances: true}
	if got := New(n).FromInternet(n.Interfaces.Items[0], q); got.State != Closed {
		t.Errorf("without an edge route table: %v, want closed", got.State)
	}
	n.RouteTables.Items = append(n.RouteTables.Items, table("rtb-edge", Association{GatewayID: "igw-1"}, route("10.0.1.0/24", "vpce-fw")))
	x, e := New(n), n.Interfaces.Items[0]
	if got := x.FromInternet(e, q); got.State != Open || !strings.Contains(got.Reason(), "rtb-1 0.0.0.0/0 to vpce-fw") {
		t.Errorf("with an edge route table: %v (%s), want open through vpce-fw", got.State, got.Reason())
	}
	q.Appliances = false
	if got := x.FromInternet(e, q); got.State != Closed || !strings.Contains(got.Reason(), "goes to vpce-fw") {
		t.Errorf("appliances not asked for: %v (%s), want closed at the route", got.State, got.Reason())
	}
	n.RouteTables.Complete = false
	n.RouteTables.Items = n.RouteTables.Items[:2]
	q.Appliances = true
	if got := New(n).FromInternet(e, q); got.State != CannotTell {
		t.Errorf("edge route tables unread: %v, want cannot tell", got.State)
	}
}

func TestPortsFromInternet(t *testing.T) {
	n := world()
	n.Groups = Read(
		group("sg-1", rule("tcp", 80, 8080, "0.0.0.0/0")),
		group("sg-2", rule("tcp", 9000, 9010, "pl-x")))
	n.Interfaces.Items[0].Groups = []string{"sg-1", "sg-2"}
	entries(&n, deny(allowIn(90, "0.0.0.0/0"), "6", 443, 443), deny(allowIn(91, "8.0.0.0/8"), "6", 1000, 1000))
	got := New(n).PortsFromInternet(n.Interfaces.Items[0], TCP, Question{Family: IPv4})
	if diff := cmp.Diff("80-442, 444-8080 / 9000-9010", got.Open.String()+" / "+got.CannotTell.String()); diff != "" {
		t.Errorf("ports (-want +got):\n%s", diff)
	}
}

func TestDatabaseFromInternet(t *testing.T) {
	n := world()
	n.Groups = Read(group("sg-1", rule("tcp", 5432, 5432, "8.8.8.0/24", "2600::/32")))
	n.Subnets.Items = append(n.Subnets.Items, Subnet{ID: "subnet-2", VPCID: "vpc-1"})
	n.ACLs.Items[0].Subnets = append(n.ACLs.Items[0].Subnets, "subnet-2")
	x := New(n)
	db := Database{ID: "db-1", VPCID: "vpc-1", Subnet: "subnet-1", Groups: []string{"sg-1"}, PubliclyAccessible: true}
	q := Question{Family: IPv4, Traffic: TCPPort(5432), AnySource: true}
	tests := []struct {
		name   string
		change func(*Database, *Question)
		want   State
		reason string
	}{
		{"a public source", func(*Database, *Question) {}, Open, "sg-1 tcp/5432 from 8.8.8.0/24 → db-1"},
		{"not publicly accessible", func(d *Database, _ *Question) { d.PubliclyAccessible = false }, Closed, "db-1 which is not publicly accessible"},
		{"a failover subnet without route", func(d *Database, _ *Question) { d.Subnet = "subnet-2" }, Closed, "rtb-main"},
		{"IPv6 needs DUAL", func(_ *Database, q *Question) { q.Family = IPv6 }, Closed, "not DUAL"},
		{"IPv6 with DUAL", func(d *Database, q *Question) { q.Family, d.Dual = IPv6, true }, Open, "2600::/32"},
	}
	for _, tt := range tests {
		d, q := db, q
		tt.change(&d, &q)
		if got := x.DatabaseFromInternet(d, q); got.State != tt.want || !strings.Contains(got.Reason(), tt.reason) {
			t.Errorf("%s: %v (%s), want %v with %q", tt.name, got.State, got.Reason(), tt.want, tt.reason)
		}
	}
}

func TestInstanceFromInternet(t *testing.T) {
	n := world()
	second := eni("eni-2", "i-1", "sg-1")
	second.PublicIPv4 = nil
	n.Interfaces = Read(second, n.Interfaces.Items[0])
	q := Question{Family: IPv4, Traffic: TCPPort(22)}
	if got := New(n).InstanceFromInternet("i-1", q); got.State != Open {
		t.Errorf("one of two interfaces is open: %v (%s)", got.State, got.Reason())
	}
	n.Interfaces = List[Interface]{Items: []Interface{second}, Unread: "page 2 denied"}
	if got := New(n).InstanceFromInternet("i-1", q); got.State != CannotTell || !strings.Contains(got.Reason(), "page 2 denied") {
		t.Errorf("unfinished list of interfaces: %v (%s), want cannot tell", got.State, got.Reason())
	}
	n.Interfaces = Read(second)
	if got := New(n).InstanceFromInternet("i-1", q); got.State != Closed {
		t.Errorf("no public address: %v (%s), want closed", got.State, got.Reason())
	}
}

func TestWholeNetworkUnread(t *testing.T) {
	e := world().Interfaces.Items[0]
	for _, f := range Families {
		if got := New(Network{}).FromInternet(e, Question{Family: f, Traffic: TCPPort(22)}); got.State != CannotTell {
			t.Errorf("%v: empty network = %v (%s), want cannot tell", f, got.State, got.Reason())
		}
	}
}
