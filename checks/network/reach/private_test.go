package reach

import (
	"net/netip"
	"strings"
	"testing"
)

// joined are two VPCs, each with a public and a private way of writing a subnet: eni-a in
// subnet-a of vpc-a, eni-b in subnet-b of vpc-b, over a peering; vpc-a also has subnet-c
// with eni-c. A virtual private gateway with a VPN is attached to vpc-b, and both VPCs and a
// second VPN to a transit gateway to which no subnet's table leads.
func joinedVPCs() Network {
	in := func(id, vpc string, routes ...Route) RouteTable {
		return RouteTable{ID: "rtb-" + id, VPCID: vpc, Associations: []Association{{SubnetID: "subnet-" + id}}, Routes: routes}
	}
	nic := func(id, vpc, address string, groups ...string) Interface {
		return Interface{ID: "eni-" + id, InstanceID: "i-" + id, VPCID: vpc, SubnetID: "subnet-" + id, Groups: groups, Private: []netip.Addr{netip.MustParseAddr(address)}}
	}
	open := func(id string) ACL {
		return acl("acl-"+id, "subnet-"+id, allowIn(100, "0.0.0.0/0"), allowOut(100, "0.0.0.0/0"))
	}
	return Network{
		Subnets: Read(Subnet{ID: "subnet-a", VPCID: "vpc-a", CIDRs: prefixes("10.1.0.0/24")}, Subnet{ID: "subnet-b", VPCID: "vpc-b", CIDRs: prefixes("10.2.0.0/24")},
			Subnet{ID: "subnet-c", VPCID: "vpc-a", CIDRs: prefixes("10.1.1.0/24")}),
		RouteTables: Read(
			in("a", "vpc-a", route("10.1.0.0/16", "local"), route("10.2.0.0/16", "pcx-1")),
			in("b", "vpc-b", route("10.2.0.0/16", "local"), route("10.1.0.0/16", "pcx-1"), route("192.168.0.0/16", "vgw-1")),
			in("c", "vpc-a", route("10.1.0.0/16", "local"))),
		InternetGateways: Read[InternetGateway](),
		ACLs:             Read(open("a"), open("b"), open("c")),
		Groups:           Read(group("sg-a"), group("sg-b", rule("tcp", 22, 22, "10.0.0.0/8", "192.168.0.0/16")), group("sg-c", rule("tcp", 22, 22, "sg-a"))),
		PrefixLists:      Read[PrefixList](),
		Interfaces:       Read(nic("a", "vpc-a", "10.1.0.5", "sg-a"), nic("b", "vpc-b", "10.2.0.5", "sg-b"), nic("c", "vpc-a", "10.1.1.5", "sg-c")),
		Peerings:         Read(Peering{ID: "pcx-1", State: "active", Sides: [2]PeeringSide{{VPCID: "vpc-a"}, {VPCID: "vpc-b"}}}),
		TransitAttachments: Read(
			TransitAttachment{ID: "tgw-attach-a", TransitGatewayID: "tgw-1", Type: "vpc", ResourceID: "vpc-a", State: "available", TableID: "tgw-rtb-1"},
			TransitAttachment{ID: "tgw-attach-b", TransitGatewayID: "tgw-1", Type: "vpc", ResourceID: "vpc-b", State: "available", TableID: "tgw-rtb-1"},
			TransitAttachment{ID: "tgw-attach-v", TransitGatewayID: "tgw-1", Type: "vpn", ResourceID: "vpn-2", State: "available", TableID: "tgw-rtb-1"}),
		TransitTables: Read(TransitTable{ID: "tgw-rtb-1", Routes: Read(
			TransitRoute{Destination: netip.MustParsePrefix("10.1.0.0/16"), Attachments: []string{"tgw-attach-a"}, State: "active", Propagated: true},
			TransitRoute{Destination: netip.MustParsePrefix("10.2.0.0/16"), Attachments: []string{"tgw-attach-b"}, State: "active", Propagated: true},
			TransitRoute{Destination: netip.MustParsePrefix("172.16.0.0/12"), Attachments: []string{"tgw-attach-v"}, State: "active", Propagated: true})}),
		VPNGateways:    Read(VPNGateway{ID: "vgw-1", Attachments: []Attachment{{"vpc-b", "attached"}}}),
		VPNConnections: Read(VPNConnection{ID: "vpn-1", GatewayID: "vgw-1", CustomerGatewayID: "cgw-1", State: "available"}),
	}
}

// replace gives a route table of joinedVPCs other routes.
func replace(n *Network, table string, list ...Route) {
	for i := range n.RouteTables.Items {
		if n.RouteTables.Items[i].ID == table {
			n.RouteTables.Items[i].Routes = list
		}
	}
}

func overTransit(n *Network) {
	replace(n, "rtb-a", route("10.1.0.0/16", "local"), route("10.2.0.0/16", "tgw-1"))
	replace(n, "rtb-b", route("10.2.0.0/16", "local"), route("10.1.0.0/16", "tgw-1"))
}

func TestFromInterface(t *testing.T) {
	const peered = "i-a → eni-a → acl-a rule 100 → rtb-a 10.2.0.0/16 to pcx-1 → pcx-1 → acl-b rule 100 → sg-b tcp/22 from 10.0.0.0/8 → eni-b → i-b tcp/22"
	const transit = "rtb-a 10.2.0.0/16 to tgw-1 → tgw-1 → tgw-rtb-1 10.2.0.0/16 to tgw-attach-b → acl-b rule 100"
	tests := []struct {
		name   string
		to     string
		change func(*Network)
		want   State
		reason string
	}{
		{"by peering", "eni-b", func(*Network) {}, Open, peered},
		{"no route there", "eni-b", func(n *Network) { replace(n, "rtb-a", route("10.1.0.0/16", "local")) }, Closed, "rtb-a which has no route to 10.2.0.5"},
		{"a route somewhere else", "eni-b", func(n *Network) { replace(n, "rtb-a", route("10.2.0.0/16", "pcx-1"), route("10.2.0.0/24", "nat-1")) }, Closed, "rtb-a where 10.2.0.0/24 goes to nat-1"},
		{"no route back", "eni-b", func(n *Network) { replace(n, "rtb-b", route("10.2.0.0/16", "local")) }, Closed, "rtb-b which has no route for it instead of back to pcx-1"},
		{"the answers go elsewhere", "eni-b", func(n *Network) {
			replace(n, "rtb-b", route("10.1.0.0/16", "pcx-1"), route("10.1.0.0/24", "tgw-1"))
		}, Closed, "rtb-b where 10.1.0.0/24 goes to tgw-1 instead of back to pcx-1"},
		{"peering pending", "eni-b", func(n *Network) { n.Peerings.Items[0].State = "pending-acceptance" }, Closed, "pcx-1 which is pending-acceptance"},
		{"a peering of other VPCs", "eni-b", func(n *Network) { n.Peerings.Items[0].Sides[1].VPCID = "vpc-x" }, Closed, "pcx-1 which joins vpc-a and vpc-x"},
		{"peerings unread", "eni-b", func(n *Network) { n.Peerings = Unread[Peering]("ec2:DescribeVpcPeeringConnections (denied)") }, CannotTell, "DescribeVpcPeeringConnections"},
		{"the sender's ACL denies", "eni-b", func(n *Network) {
			n.ACLs.Items[0].Entries = append(n.ACLs.Items[0].Entries, deny(allowOut(90, "10.2.0.0/16"), "6", 22, 22))
		}, Closed, "acl-a outbound, where rule 90 denies tcp/22"},
		{"the sender's ACL denies the answers", "eni-b", func(n *Network) {
			n.ACLs.Items[0].Entries = append(n.ACLs.Items[0].Entries, deny(allowIn(90, "10.2.0.0/16"), "6", 1024, 65535))
		}, Closed, "acl-a inbound, where rule 90 denies the return path"},
		{"the receiver's ACL denies", "eni-b", func(n *Network) {
			n.ACLs.Items[1].Entries = append(n.ACLs.Items[1].Entries, deny(allowIn(90, "10.1.0.0/16"), "6", 22, 22))
		}, Closed, "acl-b where rule 90 denies tcp/22"},
		{"the receiver's ACL denies another sender", "eni-b", func(n *Network) {
			n.ACLs.Items[1].Entries = append(n.ACLs.Items[1].Entries, deny(allowIn(90, "10.1.0.128/25"), "6", 22, 22))
		}, Open, peered},
		{"the group admits another network", "eni-b", func(n *Network) { n.Groups.Items[1] = group("sg-b", rule("tcp", 22, 22, "10.9.0.0/16")) }, Closed, "sg-b which admits tcp/22 only from 10.9.0.0/16"},
		{"the group admits the sender's group over the peering", "eni-b", func(n *Network) { n.Groups.Items[1] = group("sg-b", rule("tcp", 22, 22, "sg-a")) }, Open, "sg-b tcp/22 from sg-a"},
		{"a reference across Regions does not hold surely", "eni-b", func(n *Network) {
			n.Groups.Items[1] = group("sg-b", rule("tcp", 22, 22, "sg-a"))
			n.Peerings.Items[0].Sides[1].Region = "eu-west-2"
		}, CannotTell, "whether the reference to it holds"},
		{"by transit gateway", "eni-b", overTransit, Open, transit},
		{"a reference over a transit gateway does not hold surely", "eni-b", func(n *Network) {
			overTransit(n)
			n.Peerings = Read[Peering]()
			n.Groups.Items[1] = group("sg-b", rule("tcp", 22, 22, "sg-a"))
		}, CannotTell, "the members of sg-a"},
		{"the sender's VPC is not attached", "eni-b", func(n *Network) {
			overTransit(n)
			n.TransitAttachments.Items = n.TransitAttachments.Items[1:]
		}, Closed, "tgw-1 to which vpc-a is not attached"},
		{"attachments unread", "eni-b", func(n *Network) {
			overTransit(n)
			n.TransitAttachments = Unread[TransitAttachment]("denied")
		}, CannotTell, "the attachment of vpc-a to tgw-1: denied"},
		{"an attachment that waits", "eni-b", func(n *Network) {
			overTransit(n)
			n.TransitAttachments.Items[1].State = "pendingAcceptance"
		}, Closed, "tgw-attach-b which is pendingAcceptance"},
		{"no table is associated", "eni-b", func(n *Network) {
			overTransit(n)
			n.TransitAttachments.Items[0].TableID = ""
		}, Closed, "tgw-attach-a with which no route table is associated"},
		{"segmented", "eni-b", func(n *Network) {
			overTransit(n)
			n.TransitTables.Items[0].Routes.Items = n.TransitTables.Items[0].Routes.Items[:1]
		}, Closed, "tgw-rtb-1 which has no route to 10.2.0.5"},
		{"a blackhole on purpose", "eni-b", func(n *Network) {
			overTransit(n)
			n.TransitTables.Items[0].Routes.Items = append(n.TransitTables.Items[0].Routes.Items, TransitRoute{Destination: netip.MustParsePrefix("10.2.0.0/24"), State: "blackhole"})
		}, Closed, "tgw-rtb-1 where 10.2.0.0/24 goes to blackhole"},
		{"the way back is segmented", "eni-b", func(n *Network) {
			overTransit(n)
			n.TransitAttachments.Items[1].TableID = "tgw-rtb-2"
			n.TransitTables.Items = append(n.TransitTables.Items, TransitTable{ID: "tgw-rtb-2", Routes: Read[TransitRoute]()})
		}, Closed, "tgw-rtb-2 which has no route for it instead of back to tgw-attach-a"},
		{"transit routes unread", "eni-b", func(n *Network) {
			overTransit(n)
			n.TransitTables.Items[0].Routes = Unread[TransitRoute]("ec2:SearchTransitGatewayRoutes (denied)")
		}, CannotTell, "SearchTransitGatewayRoutes"},
		{"in the same VPC by a group", "eni-c", func(*Network) {}, Open, "i-a → eni-a → acl-a rule 100 → rtb-a local → acl-c rule 100 → sg-c tcp/22 from sg-a → eni-c → i-c"},
		{"ACLs stand between subnets", "eni-c", func(n *Network) { n.ACLs.Items[2].Entries = nil }, Closed, "acl-c"},
		{"and not within one", "eni-c", func(n *Network) {
			n.ACLs.Items[0].Entries, n.ACLs.Items[2].Entries = nil, nil
			n.Interfaces.Items[0].SubnetID = "subnet-c"
		}, Open, "i-a → eni-a → sg-c tcp/22 from sg-a → eni-c"},
		{"an appliance in between", "eni-c", func(n *Network) { replace(n, "rtb-a", route("10.1.0.0/16", "local"), route("10.1.1.0/24", "vpce-1")) }, CannotTell, "what vpce-1 does with packets to 10.1.1.5"},
		{"the sender's table unread", "eni-b", func(n *Network) { n.RouteTables = List[RouteTable]{Items: n.RouteTables.Items[1:], Unread: "denied"} }, CannotTell, "the route table of subnet-a: denied"},
		{"a closed group decides whatever is unread", "eni-b", func(n *Network) {
			n.RouteTables = Unread[RouteTable]("denied")
			n.Groups.Items[1] = group("sg-b")
		}, Closed, "sg-b"},
		{"no address of the family", "eni-b", func(n *Network) { n.Interfaces.Items[1].Private = nil }, Closed, "eni-b which has no IPv4 address"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := joinedVPCs()
			tt.change(&n)
			to := n.Interfaces.Items[1]
			if tt.to == "eni-c" {
				to = n.Interfaces.Items[2]
			}
			got := New(n).FromInterface(n.Interfaces.Items[0], to, Question{Family: IPv4, Traffic: TCPPort(22)})
			if got.State != tt.want || !strings.Contains(got.Reason(), tt.reason) {
				t.Errorf("%v (%s), want %v with %q", got.State, got.Reason(), tt.want, tt.reason)
			}
			if got.State == CannotTell && len(got.Missing) == 0 {
				t.Error("cannot tell, yet nothing is missing")
			}
		})
	}
}

func TestDatagramsNeedNoWayBack(t *testing.T) {
	n := joinedVPCs()
	replace(&n, "rtb-b", route("10.2.0.0/16", "local"))
	n.Groups.Items[1] = group("sg-b", rule("udp", 53, 53, "10.0.0.0/8"))
	if got := New(n).FromInterface(n.Interfaces.Items[0], n.Interfaces.Items[1], Question{Family: IPv4, Traffic: UDPPort(53)}); got.State != Open {
		t.Errorf("%v (%s), want open: one datagram arrives", got.State, got.Reason())
	}
}

func TestFromVPC(t *testing.T) {
	q := Question{Family: IPv4, Traffic: TCPPort(22)}
	n := joinedVPCs()
	got := New(n).FromVPC("vpc-a", n.Interfaces.Items[1], q)
	if got.State != Open || !strings.HasPrefix(got.Reason(), "subnet-a → acl-a rule 100 → rtb-a 10.2.0.0/16 to pcx-1") || got.Sources.String() != "10.1.0.0/24" {
		t.Errorf("%v from %v (%s)", got.State, got.Sources, got.Reason())
	}
	n.Groups.Items[1] = group("sg-b", rule("tcp", 22, 22, "10.1.0.64/26"))
	if got := New(n).FromVPC("vpc-a", n.Interfaces.Items[1], q); got.Sources.String() != "10.1.0.64/26" {
		t.Errorf("a part of the subnet: %v", got.Sources)
	}
	n.Groups.Items[1] = group("sg-b", rule("tcp", 22, 22, "10.1.1.0/24")) // whose table has no route there
	if got := New(n).FromVPC("vpc-a", n.Interfaces.Items[1], q); got.State != Closed || !strings.Contains(got.Reason(), "rtb-c which has no route to 10.2.0.5") {
		t.Errorf("%v (%s), want closed", got.State, got.Reason())
	}
	n.Subnets = List[Subnet]{Items: n.Subnets.Items, Unread: "page 2 denied"}
	if got := New(n).FromVPC("vpc-a", n.Interfaces.Items[1], q); got.State != CannotTell || !strings.Contains(got.Reason(), "the subnets of vpc-a: page 2 denied") {
		t.Errorf("subnets unread: %v (%s)", got.State, got.Reason())
	}
	if got := New(joinedVPCs()).FromVPC("vpc-z", n.Interfaces.Items[1], q); got.State != CannotTell {
		t.Errorf("a VPC of which no subnet is known: %v", got.State)
	}
}

func TestFromVPN(t *testing.T) {
	transit := func(n *Network) {
		n.VPNConnections = Read(VPNConnection{ID: "vpn-2", GatewayID: "tgw-1", CustomerGatewayID: "cgw-2", State: "available"})
		replace(n, "rtb-b", route("10.2.0.0/16", "local"), route("172.16.0.0/12", "tgw-1"))
		n.Groups.Items[1] = group("sg-b", rule("tcp", 22, 22, "172.16.0.0/12"))
	}
	tests := []struct {
		name   string
		change func(*Network)
		want   State
		reason string
	}{
		{"by a virtual private gateway", func(*Network) {}, Open, "cgw-1 → vpn-1 → vgw-1 → acl-b rule 100 → sg-b tcp/22 from 192.168.0.0/16 → eni-b → i-b tcp/22"},
		{"no route back", func(n *Network) { replace(n, "rtb-b", route("10.2.0.0/16", "local")) }, Closed, "rtb-b where 10.2.0.0/16 goes to local instead of back to vgw-1"},
		{"the group admits no address of the customer", func(n *Network) { n.Groups.Items[1] = group("sg-b", rule("tcp", 22, 22, "10.0.0.0/8")) }, Closed, "sg-b which admits tcp/22 only from 10.0.0.0/8"},
		{"a group is nothing that the customer carries", func(n *Network) { n.Groups.Items[1] = group("sg-b", rule("tcp", 22, 22, "sg-x")) }, Closed, "only from sg-x"},
		{"the connection is down for good", func(n *Network) { n.VPNConnections.Items[0].State = "deleted" }, Closed, "vpn-1 which is deleted"},
		{"the gateway is detached", func(n *Network) { n.VPNGateways.Items[0].Attachments[0].State = "detached" }, Closed, "vgw-1 which is detached from vpc-b"},
		{"the gateway is being attached", func(n *Network) { n.VPNGateways.Items[0].Attachments[0].State = "attaching" }, CannotTell, "change is in progress"},
		{"the gateway is another VPC's", func(n *Network) { n.VPNGateways.Items[0].Attachments[0].VPCID = "vpc-a" }, Closed, "vpc-b which no VPN connection reaches"},
		{"no VPN", func(n *Network) { n.VPNConnections = Read[VPNConnection]() }, Closed, "vpc-b which no VPN connection reaches"},
		{"VPNs unread", func(n *Network) { n.VPNConnections = Unread[VPNConnection]("denied") }, CannotTell, "the VPN connections: denied"},
		{"gateways unread", func(n *Network) { n.VPNGateways = Unread[VPNGateway]("denied") }, CannotTell, "the virtual private gateways: denied"},
		{"an appliance behind the gateway", func(n *Network) {
			n.RouteTables.Items = append(n.RouteTables.Items, RouteTable{ID: "rtb-edge", VPCID: "vpc-b", Associations: []Association{{GatewayID: "vgw-1"}}, Routes: []Route{route("10.2.0.0/24", "eni-fw")}})
		}, CannotTell, "what eni-fw does"},
		{"by a transit gateway", transit, Open, "cgw-2 → vpn-2 → tgw-1 → tgw-rtb-1 10.2.0.0/16 to tgw-attach-b → acl-b rule 100 → sg-b tcp/22 from 172.16.0.0/12"},
		{"by two connections of equal cost", func(n *Network) {
			transit(n)
			n.TransitTables.Items[0].Routes.Items[2].Attachments = []string{"tgw-attach-v", "tgw-attach-w"}
		}, Open, "tgw-1"},
		{"the transit gateway knows no way back", func(n *Network) {
			transit(n)
			n.TransitTables.Items[0].Routes.Items = n.TransitTables.Items[0].Routes.Items[:2]
		}, Closed, "tgw-rtb-1 which has no route for it instead of back to tgw-attach-v"},
		{"the connection is not attached", func(n *Network) {
			transit(n)
			n.TransitAttachments.Items = n.TransitAttachments.Items[:2]
		}, Closed, "tgw-1 to which vpn-2 is not attached"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := joinedVPCs()
			tt.change(&n)
			got := New(n).FromVPN(n.Interfaces.Items[1], Question{Family: IPv4, Traffic: TCPPort(22)})
			if got.State != tt.want || !strings.Contains(got.Reason(), tt.reason) {
				t.Errorf("%v (%s), want %v with %q", got.State, got.Reason(), tt.want, tt.reason)
			}
		})
	}
}

func TestPrivateWaysOfAnEmptyNetwork(t *testing.T) {
	n := joinedVPCs()
	x, q := New(Network{}), Question{Family: IPv4, Traffic: TCPPort(22)}
	for name, got := range map[string]Answer{
		"interface": x.FromInterface(n.Interfaces.Items[0], n.Interfaces.Items[1], q), "VPC": x.FromVPC("vpc-a", n.Interfaces.Items[1], q), "VPN": x.FromVPN(n.Interfaces.Items[1], q),
	} {
		if got.State != CannotTell || len(got.Missing) == 0 {
			t.Errorf("%s: %v (%s), want cannot tell", name, got.State, got.Reason())
		}
	}
}
