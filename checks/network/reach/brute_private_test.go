package reach

import (
	"fmt"
	"math/rand"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// randomPair are two VPCs of two subnets of eight addresses, with an interface in each
// subnet, random routes among what joins VPCs, random ACLs and groups.
func randomPair(r *rand.Rand) truth {
	n := Network{InternetGateways: Read[InternetGateway](), BlockPublicAccess: Read(BlockPublicAccess{Mode: "off"}), Exclusions: Read[Exclusion](), VPNGateways: Read[VPNGateway](), VPNConnections: Read[VPNConnection]()}
	n.Subnets, n.Interfaces, n.ACLs, n.RouteTables, n.Groups = Read[Subnet](), Read[Interface](), Read[ACL](), Read[RouteTable](), Read[Group]()
	block := func() netip.Prefix { // of one VPC's sixteen addresses, or more
		if r.Intn(4) == 0 {
			return prefixes("10.0.0.0/8", "0.0.0.0/0")[r.Intn(2)]
		}
		a := netip.AddrFrom4([4]byte{10, byte(1 + r.Intn(2)), 0, byte(r.Intn(16))})
		return netip.PrefixFrom(a, 28+r.Intn(5)).Masked()
	}
	targets := []string{"pcx-1", "pcx-1", "pcx-1", "tgw-1", "tgw-1", "nat-1", "pcx-2"}
	for v := range 2 {
		vpc, own := fmt.Sprint("vpc-", v+1), netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(v + 1)}), 28)
		for s := range 2 {
			id := fmt.Sprintf("subnet-%d%d", v+1, s)
			n.Subnets.Items = append(n.Subnets.Items, Subnet{ID: id, VPCID: vpc, CIDRs: []netip.Prefix{netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(v + 1), 0, byte(8 * s)}), 29)}})
			list := []Route{{Destination: own, Target: "local", State: "active"}}
			for range 1 + r.Intn(3) {
				rt := Route{Destination: block(), Target: targets[r.Intn(len(targets))], State: []string{"active", "active", "active", "active", "blackhole"}[r.Intn(5)]}
				if rt.Destination != own { // AWS refuses a second route to the VPC itself
					list = append(list, rt)
				}
			}
			n.RouteTables.Items = append(n.RouteTables.Items, RouteTable{ID: "rtb-" + id, VPCID: vpc, Associations: []Association{{SubnetID: id}}, Routes: list})
			var entries []Entry
			for i := range r.Intn(4) {
				e := Entry{Number: int32(10 * (i + 1)), Egress: r.Intn(2) == 0, Allow: r.Intn(2) == 0, CIDR: block()}
				e.Protocol, e.FromPort, e.ToPort = randomMatch(r)
				entries = append(entries, e)
			}
			n.ACLs.Items = append(n.ACLs.Items, acl("acl-"+id, id, append(entries, allowIn(900, "0.0.0.0/0"), allowOut(900, "0.0.0.0/0"))...))
			group := Group{ID: "sg-" + id, VPCID: vpc}
			for range 1 + r.Intn(3) {
				rule := Rule{CIDRs: []netip.Prefix{block()}}
				rule.Protocol, rule.FromPort, rule.ToPort = randomMatch(r)
				if r.Intn(3) == 0 {
					rule.CIDRs, rule.Groups = nil, []string{fmt.Sprintf("sg-subnet-%d%d", 1+r.Intn(2), r.Intn(2))}
				}
				group.Ingress = append(group.Ingress, rule)
			}
			n.Groups.Items = append(n.Groups.Items, group)
			n.Interfaces.Items = append(n.Interfaces.Items, Interface{ID: "eni-" + id, VPCID: vpc, SubnetID: id, Groups: []string{group.ID},
				Private: []netip.Addr{netip.AddrFrom4([4]byte{10, byte(v + 1), 0, byte(8*s + 4 + r.Intn(4))})}})
		}
	}
	n.PrefixLists = Read(randomLists(r)...)
	n.Peerings = Read(
		Peering{ID: "pcx-1", State: "active", Sides: [2]PeeringSide{{VPCID: "vpc-1"}, {VPCID: "vpc-2"}}},
		Peering{ID: "pcx-2", State: []string{"pending-acceptance", "active"}[r.Intn(2)], Sides: [2]PeeringSide{{VPCID: "vpc-2"}, {VPCID: []string{"vpc-1", "vpc-3"}[r.Intn(2)]}}})
	n.TransitAttachments, n.TransitTables = Read[TransitAttachment](), Read[TransitTable]()
	for v := range 2 {
		a := TransitAttachment{ID: fmt.Sprint("tgw-attach-", v+1), TransitGatewayID: "tgw-1", Type: "vpc", ResourceID: fmt.Sprint("vpc-", v+1), State: []string{"available", "available", "available", "modifying"}[r.Intn(4)], TableID: fmt.Sprint("tgw-rtb-", 1+r.Intn(2))}
		n.TransitAttachments.Items = append(n.TransitAttachments.Items, a)
		t := TransitTable{ID: fmt.Sprint("tgw-rtb-", v+1), Routes: Read[TransitRoute]()}
		for range 1 + r.Intn(4) {
			rt := TransitRoute{Destination: block(), Attachments: []string{fmt.Sprint("tgw-attach-", 1+r.Intn(2))}, State: "active", Propagated: r.Intn(2) == 0}
			if r.Intn(6) == 0 {
				rt.Attachments, rt.State = nil, "blackhole"
			}
			t.Routes.Items = append(t.Routes.Items, rt)
		}
		n.TransitTables.Items = append(n.TransitTables.Items, t)
	}
	return truth{n}
}

// transit is the attachment to which the table of an attachment sends an address.
func (w truth) transit(a TransitAttachment, dst netip.Addr) (string, bool) {
	for _, t := range w.TransitTables.Items {
		if t.ID != a.TableID {
			continue
		}
		var list []Route
		for _, r := range t.Routes.Items {
			list = append(list, Route{Destination: r.Destination, Target: strings.Join(r.Attachments, "+"), State: r.State, Propagated: r.Propagated})
		}
		return w.next(list, dst)
	}
	return "", false
}

func (w truth) attached(vpc string) (TransitAttachment, bool) {
	for _, a := range w.TransitAttachments.Items {
		if a.ResourceID == vpc {
			return a, a.State == "available"
		}
	}
	return TransitAttachment{}, false
}

// fromInterface is one packet from one interface to another, and the answer to it. A group
// that is referred to over a transit gateway is unclear: so is, then, the packet.
func (w truth) fromInterface(from, to Interface, t Traffic) (passes, unclear bool) {
	src, dst := from.Private[0], to.Private[0]
	carries := from.Groups
	if from.SubnetID != to.SubnetID {
		target, random := w.next(w.tableOf(from.VPCID, from.SubnetID), dst)
		back, randomBack := w.next(w.tableOf(to.VPCID, to.SubnetID), src)
		joined := false
		switch {
		case target == "local":
			joined = from.VPCID == to.VPCID
		case strings.HasPrefix(target, "pcx-"):
			joined = slices.ContainsFunc(w.Peerings.Items, func(p Peering) bool {
				ends := []string{p.Sides[0].VPCID, p.Sides[1].VPCID}
				return p.ID == target && p.State == "active" && slices.Contains(ends, from.VPCID) && slices.Contains(ends, to.VPCID)
			})
		case strings.HasPrefix(target, "tgw-"):
			one, ok := w.attached(from.VPCID)
			other, ok2 := w.attached(to.VPCID)
			there, r1 := w.transit(one, dst)
			here, r2 := w.transit(other, src)
			joined = ok && ok2 && there == other.ID && (t.Protocol != TCP || here == one.ID)
			random = random || r1 || r2 && t.Protocol == TCP
			unclear = w.grouped(to.Groups, src, t, carries) != w.grouped(to.Groups, src, t, nil)
		}
		if t.Protocol == TCP {
			joined = joined && back == target && w.answers(from.SubnetID, false, dst) && w.answers(to.SubnetID, true, src)
			random = random || randomBack
		}
		unclear = unclear || random
		if !joined || !w.admits(from.SubnetID, true, dst, t) || !w.admits(to.SubnetID, false, src, t) {
			return false, unclear
		}
	}
	return w.grouped(to.Groups, src, t, carries), unclear
}

func TestFromInterfaceAgreesWithPackets(t *testing.T) {
	r := rand.New(rand.NewSource(21))
	ways := map[string]int{}
	for k := range 3000 {
		w := randomPair(r)
		x := New(w.Network)
		for _, from := range w.Interfaces.Items {
			for _, to := range w.Interfaces.Items {
				if from.ID == to.ID {
					continue
				}
				traffic := askedTraffic[r.Intn(len(askedTraffic))]
				got := x.FromInterface(from, to, Question{Family: IPv4, Traffic: traffic})
				want, unclear := w.fromInterface(from, to, traffic)
				switch {
				case unclear:
				case got.State == CannotTell:
					t.Fatalf("network %d, %s from %s to %s: cannot tell (%s), though nothing is unread", k, traffic, from.ID, to.ID, got.Reason())
				case (got.State == Open) != want:
					t.Fatalf("network %d, %s from %s to %s: %v (%s), the packet passes: %v\n%+v", k, traffic, from.ID, to.ID, got.State, got.Reason(), want, w.Network)
				}
				for _, way := range []string{"pcx-1 →", "tgw-1 →", "local →", "eni-"} {
					if got.State == Open && strings.Contains(got.Reason(), way) {
						ways[way]++
						break
					}
				}
			}
		}
	}
	for _, way := range []string{"pcx-1 →", "tgw-1 →", "local →"} {
		if ways[way] < 30 {
			t.Errorf("%d open answers by %q: the networks say too little (%v)", ways[way], way, ways)
		}
	}
}

// TestPrivateWaysByReadingLess is the first promise for private ways.
func TestPrivateWaysByReadingLess(t *testing.T) {
	r := rand.New(rand.NewSource(22))
	for k := range 2000 {
		w := randomPair(r)
		partial := w.Network
		switch r.Intn(4) {
		case 0:
			partial.Peerings = List[Peering]{Items: w.Peerings.Items[1:], Unread: "denied"}
		case 1:
			partial.TransitAttachments = List[TransitAttachment]{Items: w.TransitAttachments.Items[:r.Intn(2)], Unread: "denied"}
		case 2:
			table := w.TransitTables.Items[0]
			table.Routes = List[TransitRoute]{Items: table.Routes.Items[1:], Unread: "denied"}
			partial.TransitTables = Read(table, w.TransitTables.Items[1])
		default:
			hide(r, &partial)
		}
		whole, less := New(w.Network), New(partial)
		for _, from := range w.Interfaces.Items {
			for _, to := range w.Interfaces.Items {
				q := Question{Family: IPv4, Traffic: askedTraffic[r.Intn(len(askedTraffic))]}
				was, now := whole.FromInterface(from, to, q), less.FromInterface(from, to, q)
				if was.State != CannotTell && now.State != CannotTell && now.State != was.State {
					t.Fatalf("network %d, %s from %s to %s: %v (%s) became %v (%s) by reading less\n%+v\n%+v", k, q.Traffic, from.ID, to.ID, was.State, was.Reason(), now.State, now.Reason(), w.Network, partial)
				}
			}
		}
	}
}
