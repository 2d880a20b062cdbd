package reach

import (
	"math/rand"
	"net/netip"
	"slices"
	"testing"
)

func TestReferences(t *testing.T) {
	n := joinedVPCs()
	n.Groups.Items = append(n.Groups.Items, Group{ID: "sg-d", Ingress: []Rule{
		{Protocol: "-1", Groups: []string{"sg-a"}}, {Protocol: "udp", FromPort: n.Groups.Items[1].Ingress[0].FromPort, ToPort: n.Groups.Items[1].Ingress[0].ToPort, Groups: []string{"sg-b"}},
	}})
	got := New(n).References(Interface{Groups: []string{"sg-b", "sg-c", "sg-d", "sg-gone"}}, TCP)
	want := []Reference{{"sg-a", PortRange{22, 22}}, {"sg-a", everyPort}}
	if !slices.Equal(got, want) {
		t.Errorf("references %v, want %v", got, want)
	}
}

func TestFromMembersNamesTheOneThatSends(t *testing.T) {
	n := joinedVPCs()
	other := n.Interfaces.Items[0]
	other.ID, other.InstanceID, other.Private = "eni-e", "i-e", []netip.Addr{netip.MustParseAddr("10.1.0.6")}
	n.Interfaces.Items = append(n.Interfaces.Items, other)
	n.ACLs.Items[2] = acl("acl-c", "subnet-c", deny(allowIn(90, "10.1.0.5/32"), "6", 22, 22), allowIn(100, "0.0.0.0/0"), allowOut(100, "0.0.0.0/0"))
	m := NewMembers("sg-a", []Interface{n.Interfaces.Items[0], other})
	const want = "i-e → eni-e → acl-a rule 100 → rtb-a local → acl-c rule 100 → sg-c tcp/22 from sg-a → eni-c → i-c tcp/22"
	if got := New(n).FromMembers(m, n.Interfaces.Items[2], TCP, Port(22, 443), IPv4).Reason(); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got := New(n).FromMembers(m, n.Interfaces.Items[2], TCP, Port(443), IPv4); got.State != Closed {
		t.Errorf("another port: %s", got.Reason())
	}
	// The instance's own interface is no other member.
	own := n.Interfaces.Items[2]
	own.InstanceID = "i-e"
	if got := New(n).FromMembers(NewMembers("sg-a", []Interface{other}), own, TCP, Port(22), IPv4); got.State != Closed {
		t.Errorf("from itself: %s", got.Reason())
	}
}

// TestFromMembersIsAnyOfThem compares the answer for many with those for each.
func TestFromMembersIsAnyOfThem(t *testing.T) {
	r := rand.New(rand.NewSource(31))
	open := 0
	for k := range 800 {
		w := randomPair(r)
		first := &w.Interfaces.Items[r.Intn(4)]
		var members []Interface
		for i := range 1 + r.Intn(3) {
			e := *first
			e.ID = string(rune('p' + i))
			e.Private = []netip.Addr{netip.AddrFrom4([4]byte{10, e.Private[0].As4()[1], 0, byte(r.Intn(16))})}
			members = append(members, e)
			w.Interfaces.Items = append(w.Interfaces.Items, e)
		}
		x := New(w.Network)
		ports := Ports(PortRange{uint16(r.Intn(100)), uint16(r.Intn(140))}, PortRange{22, 22})
		for _, to := range w.Interfaces.Items[:4] {
			got := x.FromMembers(NewMembers(first.Groups[0], members), to, TCP, ports, IPv4)
			want := Closed
			for _, m := range members {
				if m.Private[0] == to.Private[0] {
					continue
				}
				for _, piece := range ports.Ranges() {
					for port := int(piece.From); port <= int(piece.To); port++ {
						switch a := x.FromInterface(m, to, Question{Family: IPv4, Traffic: TCPPort(uint16(port))}); a.State {
						case Open:
							want = Open
						case CannotTell:
							want = max(want, CannotTell)
						case Closed:
						}
						if want == Open {
							break
						}
					}
				}
			}
			if got.State != want && got.State != CannotTell {
				t.Fatalf("network %d, %s to %s: %v (%s), want %v\n%+v\n%+v", k, ports, to.ID, got.State, got.Reason(), want, members, w.Network)
			}
			if got.State == Open {
				open++
			}
		}
	}
	if open < 100 {
		t.Errorf("%d open answers: the networks say too little", open)
	}
}
