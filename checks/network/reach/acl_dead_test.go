package reach

import (
	"math/rand"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDeadEntries(t *testing.T) {
	entry := func(number int32, allow bool, protocol string, from, to int32, cidr string) Entry {
		e := Entry{Number: number, Allow: allow, Protocol: protocol, CIDR: netip.MustParsePrefix(cidr)}
		if protocol != "-1" {
			e.FromPort, e.ToPort = num(from), num(to)
		}
		return e
	}
	out := func(e Entry) Entry {
		e.Egress = true
		return e
	}
	for _, tt := range []struct {
		name    string
		entries []Entry
		want    []DeadEntry
	}{
		{"a deny behind a wider allow", []Entry{entry(100, true, "-1", 0, 0, "0.0.0.0/0"), entry(110, false, "6", 23, 23, "0.0.0.0/0")}, []DeadEntry{{110, false, false, IPv4, []int32{100}}}},
		{"in time", []Entry{entry(100, true, "-1", 0, 0, "0.0.0.0/0"), entry(90, false, "6", 23, 23, "0.0.0.0/0")}, nil},
		{"covered by several together", []Entry{entry(10, true, "6", 0, 1023, "0.0.0.0/0"), entry(20, true, "6", 1024, 65535, "0.0.0.0/1"), entry(30, true, "6", 1024, 65535, "128.0.0.0/1"), entry(40, true, "6", 80, 2000, "10.0.0.0/8")}, []DeadEntry{{40, false, true, IPv4, []int32{10, 20}}}},
		{"a port stays", []Entry{entry(10, true, "6", 0, 1022, "0.0.0.0/0"), entry(40, true, "6", 80, 1023, "10.0.0.0/8")}, nil},
		{"a part of the addresses stays", []Entry{entry(10, true, "6", 22, 22, "0.0.0.0/1"), entry(40, true, "6", 22, 22, "0.0.0.0/0")}, nil},
		{"every protocol is covered by such entries alone", []Entry{entry(10, true, "6", 0, 65535, "0.0.0.0/0"), entry(20, true, "17", 0, 65535, "0.0.0.0/0"), entry(40, true, "-1", 0, 0, "0.0.0.0/0")}, nil},
		{"-1 covers types of ICMP", []Entry{entry(10, true, "-1", 0, 0, "0.0.0.0/0"), entry(40, false, "1", 8, 0, "0.0.0.0/0")}, []DeadEntry{{40, false, false, IPv4, []int32{10}}}},
		{"any type covers one", []Entry{entry(10, true, "1", -1, -1, "0.0.0.0/0"), entry(40, false, "1", 8, -1, "0.0.0.0/0")}, []DeadEntry{{40, false, false, IPv4, []int32{10}}}},
		{"another family", []Entry{entry(10, true, "-1", 0, 0, "0.0.0.0/0"), entry(40, true, "6", 22, 22, "::/0")}, nil},
		{"IPv6", []Entry{entry(10, true, "-1", 0, 0, "::/0"), entry(40, true, "6", 22, 22, "2600::/32")}, []DeadEntry{{40, false, true, IPv6, []int32{10}}}},
		{"another direction", []Entry{out(entry(10, true, "-1", 0, 0, "0.0.0.0/0")), entry(40, true, "6", 22, 22, "0.0.0.0/0")}, nil},
		{"outward", []Entry{out(entry(10, true, "-1", 0, 0, "0.0.0.0/0")), out(entry(40, true, "6", 22, 22, "0.0.0.0/0"))}, []DeadEntry{{40, true, true, IPv4, []int32{10}}}},
		{"the closing entry never is", []Entry{entry(10, true, "-1", 0, 0, "0.0.0.0/0"), entry(32767, false, "-1", 0, 0, "0.0.0.0/0")}, nil},
		{"an unclear entry covers nothing", []Entry{entry(10, true, "x", 0, 0, "0.0.0.0/0"), entry(40, true, "6", 22, 22, "0.0.0.0/0")}, nil},
	} {
		if diff := cmp.Diff(tt.want, DeadEntries(ACL{ID: "acl-1", Entries: tt.entries})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// An entry that is dead decides no packet, and can go; one that is not decides some packet
// of those that the random entries tell apart.
func TestDeadEntriesDecideNoPacket(t *testing.T) {
	r := rand.New(rand.NewSource(31))
	ports := []uint16{0, 19, 20, 21, 22, 23, 24, 25, 26, 27, 1023, 1024, 32767, 32768, 65535}
	for k := range 2000 {
		w := truth{Network{ACLs: Read(ACL{ID: "acl-1", Subnets: []string{"subnet-1"}, Entries: randomEntries(r)})}}
		entries := w.ACLs.Items[0].Entries
		dead := DeadEntries(w.ACLs.Items[0])
		for _, e := range entries {
			decides := false
			for _, p := range []Protocol{TCP, UDP, 47} {
				for _, port := range ports {
					for _, a := range append(slices.Clone(samples), netip.MustParseAddr("10.1.1.1")) {
						first := Entry{Number: 1 << 20}
						for _, o := range entries {
							if o.Egress == e.Egress && o.Number < first.Number && o.CIDR.Contains(a) && fits(o.Protocol, o.FromPort, o.ToPort, Traffic{p, port}) {
								first = o
							}
						}
						decides = decides || first.Number == e.Number
					}
				}
			}
			is := slices.ContainsFunc(dead, func(d DeadEntry) bool { return d.Number == e.Number && d.Egress == e.Egress })
			if is == decides {
				t.Fatalf("network %d: entry %+v decides a packet: %v, dead: %v\n%+v", k, e, decides, is, entries)
			}
		}
	}
}
