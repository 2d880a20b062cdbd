package reach

import (
	"math/rand"
	"testing"
)

func TestParseProtocol(t *testing.T) {
	for in, want := range map[string]Protocol{
		"-1": AnyProtocol, "all": AnyProtocol, "tcp": TCP, "TCP": TCP, "6": TCP, "17": UDP, "udp": UDP,
		"icmp": ICMPv4, "1": ICMPv4, "icmpv6": ICMPv6, "58": ICMPv6, "47": 47, "0": 0, "255": 255,
	} {
		if got, err := ParseProtocol(in); err != nil || got != want {
			t.Errorf("ParseProtocol(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "gre", "256", "-2", "6 "} {
		if got, err := ParseProtocol(in); err == nil {
			t.Errorf("ParseProtocol(%q) = %v, want an error", in, got)
		}
	}
}

func TestPortSetAgreesWithBits(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	random := func() (s PortSet, b [65536]bool) {
		var ranges []PortRange
		for range r.Intn(5) {
			from := r.Intn(65536)
			ranges = append(ranges, PortRange{uint16(from), uint16(min(65535, from+r.Intn(20000)))})
		}
		for _, x := range ranges {
			for p := int(x.From); p <= int(x.To); p++ {
				b[p] = true
			}
		}
		return Ports(ranges...), b
	}
	for range 40 {
		x, bx := random()
		y, by := random()
		union, inter, minus := x.Union(y), x.Intersect(y), x.Subtract(y)
		for p := range bx {
			port := uint16(p)
			if union.Contains(port) != (bx[p] || by[p]) || inter.Contains(port) != (bx[p] && by[p]) || minus.Contains(port) != (bx[p] && !by[p]) {
				t.Fatalf("port %d is wrong: %v ∪ %v = %v, ∩ %v, less %v", p, x, y, union, inter, minus)
			}
		}
		if !union.ContainsAll(y) {
			t.Fatalf("%v does not hold %v", union, y)
		}
	}
}

func TestPortSetJoinsNeighbours(t *testing.T) {
	got := Ports(PortRange{1024, 65535}, PortRange{0, 1023})
	if want := Ports(PortRange{0, 65535}); !got.Equal(want) {
		t.Errorf("two neighbouring ranges = %v, want %v", got, want)
	}
	if got := Port(22, 80, 23).String(); got != "22-23, 80" {
		t.Errorf("String() = %q", got)
	}
	if got := Ports(PortRange{9, 8}); !got.Empty() {
		t.Errorf("an inverted range = %v, want none", got)
	}
}
