package reach

import (
	"fmt"
	"math/rand"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// What follows judges single packets as AWS describes it, without anything of this package
// but its types: loops over rules, first match, longest prefix. The engine must say the same.

// truth is a network of which everything is known.
type truth struct{ Network }

// samples stand for the classes of addresses that no rule of the random networks cuts:
// sixteen single ones, and one for each wider block.
var samples = func() (out []netip.Addr) {
	for i := range 16 {
		out = append(out, netip.AddrFrom4([4]byte{8, 8, 8, byte(i)}))
	}
	for _, s := range []string{"8.8.8.200", "8.9.9.9", "9.9.9.9"} {
		out = append(out, netip.MustParseAddr(s))
	}
	return out
}()

var blocks = prefixes("0.0.0.0/0", "0.0.0.0/0", "8.0.0.0/8", "8.8.8.0/24", "8.8.8.0/28", "10.0.0.0/8")

func randomBlock(r *rand.Rand) netip.Prefix {
	if r.Intn(2) == 0 {
		return blocks[r.Intn(len(blocks))]
	}
	return netip.PrefixFrom(samples[r.Intn(16)], 28+r.Intn(5)).Masked()
}

// randomMatch is a protocol with ports among a few.
func randomMatch(r *rand.Rand) (protocol string, from, to *int32) {
	protocol = []string{"-1", "tcp", "6", "udp", "17"}[r.Intn(5)]
	if protocol == "-1" {
		return protocol, nil, nil
	}
	a := int32(20 + r.Intn(5))
	switch r.Intn(4) {
	case 0:
		return protocol, num(0), num(65535)
	case 1:
		return protocol, num(1024), num([]int32{32767, 65535}[r.Intn(2)])
	}
	return protocol, num(a), num(a + int32(r.Intn(3)))
}

func randomEntries(r *rand.Rand) (out []Entry) {
	for i := range 2 + r.Intn(5) {
		e := Entry{Number: int32(10 * (i + 1)), Egress: r.Intn(2) == 0, Allow: r.Intn(3) > 0, CIDR: randomBlock(r)}
		e.Protocol, e.FromPort, e.ToPort = randomMatch(r)
		out = append(out, e)
	}
	if r.Intn(2) == 0 {
		out = append(out, allowIn(900, "0.0.0.0/0"), allowOut(900, "0.0.0.0/0"))
	}
	return out
}

func randomRules(r *rand.Rand, groups ...string) (out []Rule) {
	for range r.Intn(4) {
		rule := Rule{}
		rule.Protocol, rule.FromPort, rule.ToPort = randomMatch(r)
		for range 1 + r.Intn(2) {
			switch k := r.Intn(6); {
			case k == 0:
				rule.PrefixLists = append(rule.PrefixLists, fmt.Sprint("pl-", r.Intn(2)))
			case k == 1 && len(groups) > 0:
				rule.Groups = append(rule.Groups, groups[r.Intn(len(groups))])
			default:
				rule.CIDRs = append(rule.CIDRs, randomBlock(r))
			}
		}
		out = append(out, rule)
	}
	return out
}

func randomLists(r *rand.Rand) (out []PrefixList) {
	for i := range 2 {
		var entries []netip.Prefix
		for range r.Intn(4) {
			entries = append(entries, randomBlock(r))
		}
		out = append(out, PrefixList{ID: fmt.Sprint("pl-", i), Family: IPv4, Entries: Read(entries...)})
	}
	return out
}

func randomTruth(r *rand.Rand) truth {
	n := world()
	e := &n.Interfaces.Items[0]
	if r.Intn(8) == 0 {
		e.PublicIPv4 = nil
	}
	targets := []string{"igw-1", "igw-1", "igw-1", "nat-1", "pcx-1"}
	var list []Route
	for i := range r.Intn(5) {
		rt := Route{Destination: randomBlock(r), Target: targets[r.Intn(len(targets))], State: []string{"active", "active", "active", "blackhole"}[r.Intn(4)], Propagated: r.Intn(5) == 0}
		if i < 2 && r.Intn(3) == 0 { // each list once: AWS resolves two with the same entry at random
			rt.PrefixList, rt.Destination, rt.Propagated = fmt.Sprint("pl-", i), netip.Prefix{}, false
		}
		list = append(list, rt)
	}
	if r.Intn(2) == 0 {
		list = append(list, route("0.0.0.0/0", "igw-1"))
	}
	routes(&n, list...)
	if r.Intn(6) == 0 {
		n.RouteTables.Items[1].Associations = nil
	}
	n.ACLs.Items[0].Entries = randomEntries(r)
	n.Groups = Read(Group{ID: "sg-1", Ingress: randomRules(r, "sg-2")}, Group{ID: "sg-2", Ingress: randomRules(r, "sg-1", "sg-2")})
	e.Groups = [][]string{{"sg-1"}, {"sg-1", "sg-2"}}[r.Intn(2)]
	n.PrefixLists = Read(randomLists(r)...)
	if r.Intn(6) == 0 {
		n.BlockPublicAccess = Read(BlockPublicAccess{"block-ingress", "update-complete"})
		if r.Intn(2) == 0 {
			n.Exclusions = Read(Exclusion{"x", []string{"vpc-1", "subnet-1", "subnet-2"}[r.Intn(3)], []string{"allow-bidirectional", "allow-egress"}[r.Intn(2)], "create-complete"})
		}
	}
	if r.Intn(12) == 0 {
		n.InternetGateways.Items[0].Attachments[0].State = "detached"
	}
	return truth{n}
}

// protocolOf is a rule's protocol as a number, -1 for all.
func protocolOf(s string) int {
	return map[string]int{"-1": -1, "tcp": 6, "6": 6, "udp": 17, "17": 17}[s]
}

func fits(protocol string, from, to *int32, t Traffic) bool {
	p := protocolOf(protocol)
	return p == -1 || p == int(t.Protocol) && *from <= int32(t.Port) && int32(t.Port) <= *to
}

// admits goes through an ACL's entries by number; the first that matches decides.
func (w truth) admits(subnet string, egress bool, far netip.Addr, t Traffic) bool {
	for _, a := range w.ACLs.Items {
		if !slices.Contains(a.Subnets, subnet) {
			continue
		}
		best := Entry{Number: 1 << 20}
		for _, e := range a.Entries {
			if e.Egress == egress && e.Number < best.Number && e.CIDR.Contains(far) && fits(e.Protocol, e.FromPort, e.ToPort, t) {
				best = e
			}
		}
		return best.Allow
	}
	return false
}

// returnPorts are one port for each stretch of ephemeral ports that no rule cuts.
var returnPorts = []uint16{1024, 32768}

func (w truth) answers(subnet string, egress bool, far netip.Addr) bool {
	return slices.ContainsFunc(returnPorts, func(p uint16) bool { return w.admits(subnet, egress, far, TCPPort(p)) })
}

func (w truth) entriesOf(id string) []netip.Prefix {
	for _, l := range w.PrefixLists.Items {
		if l.ID == id {
			return l.Entries.Items
		}
	}
	return nil
}

// next is the target of the longest prefix that holds an address, "" for none. ambiguous
// says that AWS would choose at random.
func (w truth) next(list []Route, a netip.Addr) (target string, ambiguous bool) {
	best, bestRank := -1, 0
	for _, r := range list {
		rank, destinations := 0, []netip.Prefix{r.Destination}
		switch {
		case r.PrefixList != "":
			rank, destinations = 1, w.entriesOf(r.PrefixList)
		case r.Propagated:
			rank = 2
		}
		to := r.Target
		if r.State == "blackhole" {
			to = "blackhole"
		}
		for _, d := range destinations {
			switch {
			case !d.Contains(a):
			case d.Bits() > best || d.Bits() == best && rank < bestRank:
				best, bestRank, target, ambiguous = d.Bits(), rank, to, false
			case d.Bits() == best && rank == bestRank && to != target:
				ambiguous = true
			}
		}
	}
	return target, ambiguous
}

func (w truth) tableOf(vpc, subnet string) []Route {
	var main []Route
	for _, t := range w.RouteTables.Items {
		for _, a := range t.Associations {
			if a.SubnetID == subnet {
				return t.Routes
			}
			if a.Main && t.VPCID == vpc {
				main = t.Routes
			}
		}
	}
	return main
}

// grouped says that some rule of the groups admits a packet; carries are the sender's groups.
func (w truth) grouped(groups []string, src netip.Addr, t Traffic, carries []string) bool {
	for _, g := range w.Groups.Items {
		if !slices.Contains(groups, g.ID) {
			continue
		}
		for _, r := range g.Ingress {
			if !fits(r.Protocol, r.FromPort, r.ToPort, t) {
				continue
			}
			sources := slices.Clone(r.CIDRs)
			for _, id := range r.PrefixLists {
				sources = append(sources, w.entriesOf(id)...)
			}
			if slices.ContainsFunc(sources, func(p netip.Prefix) bool { return p.Contains(src) }) || slices.ContainsFunc(r.Groups, func(id string) bool { return slices.Contains(carries, id) }) {
				return true
			}
		}
	}
	return false
}

// fromInternet is one packet from an address of the internet.
func (w truth) fromInternet(e Interface, src netip.Addr, t Traffic) (passes, ambiguous bool) {
	gateway := w.InternetGateways.Items[0].Attachments[0].State == "available"
	target, ambiguous := w.next(w.tableOf(e.VPCID, e.SubnetID), src)
	blocked := w.BlockPublicAccess.Items[0].Mode != "off"
	for _, x := range w.Exclusions.Items {
		if (x.Resource == e.VPCID || x.Resource == e.SubnetID) && x.Mode == "allow-bidirectional" {
			blocked = false
		}
	}
	return len(e.PublicIPv4) > 0 && gateway && strings.HasPrefix(target, "igw-") && !blocked &&
		w.admits(e.SubnetID, false, src, t) && (t.Protocol != TCP || w.answers(e.SubnetID, true, src)) &&
		w.grouped(e.Groups, src, t, nil), ambiguous
}

var askedTraffic = []Traffic{TCPPort(20), TCPPort(22), TCPPort(24), TCPPort(1024), TCPPort(40000), UDPPort(22), UDPPort(1024)}

// TestFromInternetAgreesWithPackets compares the set of sources that pass.
func TestFromInternetAgreesWithPackets(t *testing.T) {
	r := rand.New(rand.NewSource(7))
	open := 0
	for k := range 4000 {
		w := randomTruth(r)
		x, e := New(w.Network), w.Interfaces.Items[0]
		for _, traffic := range askedTraffic {
			got := x.FromInternet(e, Question{Family: IPv4, Traffic: traffic, AnySource: true})
			random, some := false, false
			for _, src := range samples {
				want, ambiguous := w.fromInternet(e, src, traffic)
				random, some = random || ambiguous, some || want
				if !ambiguous && got.State != CannotTell && got.Sources.Contains(src) != want {
					t.Fatalf("network %d, %s from %s: passes %v, the engine says %v (%s)\n%+v", k, traffic, src, want, !want, got.Reason(), w.Network)
				}
			}
			switch {
			case got.State == CannotTell && !random:
				t.Fatalf("network %d, %s: cannot tell (%s), though nothing is unread", k, traffic, got.Reason())
			case got.State == Open && !some && !random, got.State == Closed && some && !random:
				t.Fatalf("network %d, %s: %v (%s), packets pass: %v", k, traffic, got.State, got.Reason(), some)
			case got.State == Open:
				open++
			}
		}
	}
	if open < 1000 {
		t.Errorf("only %d answers were open: the networks say too little", open)
	}
}

// TestInternetWideAgreesWithCounting counts public addresses in eighths of the space.
func TestInternetWideAgreesWithCounting(t *testing.T) {
	special := prefixes("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
		"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4")
	var weight [8]int
	whole := 0
	for i := range weight {
		weight[i] = 1 << 29
		eighth := netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(i << 5)}), 3)
		for _, s := range special {
			if eighth.Contains(s.Addr()) {
				weight[i] -= 1 << (32 - s.Bits())
			}
		}
		whole += weight[i]
	}
	r := rand.New(rand.NewSource(8))
	for range 3000 {
		w := truth{world()}
		wide := func() netip.Prefix {
			return netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(r.Intn(256))}), r.Intn(4)).Masked()
		}
		w.Groups = Read(Group{ID: "sg-1"})
		for range 1 + r.Intn(5) {
			w.Groups.Items[0].Ingress = append(w.Groups.Items[0].Ingress, Rule{Protocol: "tcp", FromPort: num(22), ToPort: num(22), CIDRs: []netip.Prefix{wide()}})
		}
		for i := range r.Intn(3) {
			w.ACLs.Items[0].Entries = append(w.ACLs.Items[0].Entries, Entry{Number: int32(10 + i), Protocol: "-1", CIDR: wide()})
		}
		passing := 0
		for i := range weight {
			if ok, _ := w.fromInternet(w.Interfaces.Items[0], netip.AddrFrom4([4]byte{byte(i<<5 | 1), 1, 1, 1}), TCPPort(22)); ok {
				passing += weight[i]
			}
		}
		want := Closed
		if 2*passing >= whole {
			want = Open
		}
		if got := New(w.Network).FromInternet(w.Interfaces.Items[0], Question{Family: IPv4, Traffic: TCPPort(22)}); got.State != want {
			t.Fatalf("%v (%s), want %v: %d of %d addresses pass\n%+v\n%+v", got.State, got.Reason(), want, passing, whole, w.Groups, w.ACLs)
		}
	}
}

// hide takes something that was read away from a network.
func hide(r *rand.Rand, n *Network) {
	switch r.Intn(9) {
	case 0:
		n.RouteTables = List[RouteTable]{Items: n.RouteTables.Items[:r.Intn(len(n.RouteTables.Items)+1)], Unread: "denied"}
	case 1:
		n.ACLs = Unread[ACL]("denied")
	case 2:
		n.Groups = List[Group]{Items: n.Groups.Items[:r.Intn(len(n.Groups.Items)+1)], Unread: "denied"}
	case 3:
		n.PrefixLists = List[PrefixList]{Items: n.PrefixLists.Items[:r.Intn(len(n.PrefixLists.Items)+1)], Unread: "denied"}
	case 4:
		if len(n.PrefixLists.Items) == 0 {
			return
		}
		l := n.PrefixLists.Items[0]
		l.Entries = List[netip.Prefix]{Items: l.Entries.Items[:min(len(l.Entries.Items), r.Intn(2))], Unread: "denied"}
		n.PrefixLists.Items = append([]PrefixList{l}, n.PrefixLists.Items[1:]...)
	case 5:
		n.InternetGateways = Unread[InternetGateway]("denied")
	case 6:
		n.BlockPublicAccess = Unread[BlockPublicAccess]("denied")
	case 7:
		n.Exclusions = Unread[Exclusion]("denied")
	case 8:
		n.Subnets = Unread[Subnet]("denied")
	}
}

// TestWhatIsUnreadNeverMakesAnAnswer holds the engine to the first promise: with less read,
// an answer stays, or cannot be told. It is never turned.
func TestWhatIsUnreadNeverMakesAnAnswer(t *testing.T) {
	r := rand.New(rand.NewSource(9))
	kept := 0
	for k := range 3000 {
		w := randomTruth(r)
		partial := w.Network
		for range 1 + r.Intn(2) {
			hide(r, &partial)
		}
		whole, less := New(w.Network), New(partial)
		for _, traffic := range askedTraffic {
			for _, any := range []bool{false, true} {
				q := Question{Family: IPv4, Traffic: traffic, AnySource: any}
				was, now := whole.FromInternet(w.Interfaces.Items[0], q), less.FromInternet(w.Interfaces.Items[0], q)
				switch {
				case now.State == CannotTell || was.State == CannotTell:
				case now.State != was.State:
					t.Fatalf("network %d, %s: %v (%s) became %v (%s) by reading less\n%+v\n%+v", k, traffic, was.State, was.Reason(), now.State, now.Reason(), w.Network, partial)
				default:
					kept++
				}
				if now.State == Open && !was.Sources.ContainsAll(now.Sources) {
					t.Fatalf("network %d, %s: sources %v became %v by reading less", k, traffic, was.Sources, now.Sources)
				}
			}
		}
	}
	if kept < 1000 {
		t.Errorf("only %d answers stayed: less was read than the test means to", kept)
	}
}

// TestRemovingAnAllowNeverWidens takes one source of a rule, or one allowing entry, away.
func TestRemovingAnAllowNeverWidens(t *testing.T) {
	r := rand.New(rand.NewSource(10))
	for k := range 3000 {
		w := randomTruth(r)
		fewer := w.Network
		if g := r.Intn(2); len(w.Groups.Items[g].Ingress) > 0 && r.Intn(2) == 0 {
			fewer.Groups.Items = slices.Clone(w.Groups.Items)
			rules := slices.Clone(w.Groups.Items[g].Ingress)
			i := r.Intn(len(rules))
			if c := rules[i].CIDRs; len(c) > 0 {
				rules[i].CIDRs = c[1:]
			} else {
				rules = slices.Delete(rules, i, i+1)
			}
			fewer.Groups.Items[g].Ingress = rules
		} else {
			fewer.ACLs.Items = slices.Clone(w.ACLs.Items)
			i := slices.IndexFunc(w.ACLs.Items[0].Entries, func(e Entry) bool { return e.Allow })
			if i < 0 {
				continue
			}
			fewer.ACLs.Items[0].Entries = slices.Delete(slices.Clone(w.ACLs.Items[0].Entries), i, i+1)
		}
		before, after := New(w.Network), New(fewer)
		for _, traffic := range askedTraffic {
			q := Question{Family: IPv4, Traffic: traffic, AnySource: true}
			was, now := before.FromInternet(w.Interfaces.Items[0], q), after.FromInternet(w.Interfaces.Items[0], q)
			if was.State != CannotTell && !was.Sources.ContainsAll(now.Sources) {
				t.Fatalf("network %d, %s: %v became %v\n%+v", k, traffic, was.Sources, now.Sources, w.Network)
			}
		}
	}
}

// split2 splits a block; a single address stays.
func split2(p netip.Prefix) []netip.Prefix {
	if p.Bits() == 32 {
		return []netip.Prefix{p}
	}
	low := netip.PrefixFrom(p.Addr(), p.Bits()+1)
	return []netip.Prefix{low, netip.PrefixFrom(prefixSpan(low).to.Next(), p.Bits()+1)}
}

// TestSplittingABlockChangesNothing splits every block of groups and ACLs in two. A route is
// another matter: its length decides.
func TestSplittingABlockChangesNothing(t *testing.T) {
	r := rand.New(rand.NewSource(11))
	for k := range 2000 {
		w := randomTruth(r)
		parts := w.Network
		parts.Groups = Read[Group]()
		for _, g := range w.Groups.Items {
			rules := slices.Clone(g.Ingress)
			for i := range rules {
				var cidrs []netip.Prefix
				for _, c := range rules[i].CIDRs {
					cidrs = append(cidrs, split2(c)...)
				}
				rules[i].CIDRs = cidrs
			}
			g.Ingress = rules
			parts.Groups.Items = append(parts.Groups.Items, g)
		}
		a := w.ACLs.Items[0]
		a.Entries = nil
		for _, e := range w.ACLs.Items[0].Entries {
			for i, c := range split2(e.CIDR) {
				half := e
				half.Number, half.CIDR = 2*e.Number+int32(i), c
				a.Entries = append(a.Entries, half)
			}
		}
		parts.ACLs = Read(a)
		one, two := New(w.Network), New(parts)
		for _, traffic := range askedTraffic {
			for _, any := range []bool{false, true} {
				q := Question{Family: IPv4, Traffic: traffic, AnySource: any}
				was, now := one.FromInternet(w.Interfaces.Items[0], q), two.FromInternet(w.Interfaces.Items[0], q)
				if was.State != now.State || !was.Sources.Equal(now.Sources) {
					t.Fatalf("network %d, %s: %v from %v became %v from %v\n%+v", k, traffic, was.State, was.Sources, now.State, now.Sources, w.Network)
				}
			}
		}
	}
}
