package reach

import (
	"math/rand"
	"net/netip"
	"testing"
)

func set(cidrs ...string) AddrSet { return Addrs(prefixes(cidrs...)...) }

func TestInternetWide(t *testing.T) {
	tests := []struct {
		name string
		set  AddrSet
		v4   bool
		v6   bool
	}{
		{"nothing", AddrSet{}, false, false},
		{"all IPv4", set("0.0.0.0/0"), true, false},
		{"all IPv6", set("::/0"), false, true},
		{"two halves", set("0.0.0.0/1", "128.0.0.0/1"), true, false},
		{"all less a denied /8", set("0.0.0.0/0").Subtract(set("8.0.0.0/8")), true, false},
		{"lower half holds more than half of public space", set("0.0.0.0/1"), true, false},
		{"upper half holds less than half of public space", set("128.0.0.0/1"), false, false},
		{"a quarter", set("0.0.0.0/2"), false, false},
		{"private space only", set("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"), false, false},
		{"global unicast block", set("2000::/3"), false, true},
		{"exactly half of IPv6", set("2000::/4"), false, true},
		{"just below half of IPv6", set("2000::/4").Subtract(set("2000::/128")), false, false},
		{"unique local addresses", set("fc00::/7"), false, false},
		{"IPv4-mapped space is IPv6 and not public", set("::ffff:0:0/96"), false, false},
	}
	for _, tt := range tests {
		if got := tt.set.InternetWide(IPv4); got != tt.v4 {
			t.Errorf("%s: InternetWide(IPv4) = %v, want %v (share %.3f)", tt.name, got, tt.v4, tt.set.PublicShare(IPv4))
		}
		if got := tt.set.InternetWide(IPv6); got != tt.v6 {
			t.Errorf("%s: InternetWide(IPv6) = %v, want %v (share %.3f)", tt.name, got, tt.v6, tt.set.PublicShare(IPv6))
		}
	}
	if got := Everything().PublicShare(IPv4); got != 1 {
		t.Errorf("share of everything in IPv4 = %v, want 1", got)
	}
	if got := set("2000::/5").PublicShare(IPv6); got != 0.25 {
		t.Errorf("share of 2000::/5 = %v, want 0.25", got)
	}
	const special = 3<<24 + 1<<22 + 1<<20 + 1<<17 + 2<<16 + 5<<8 + 2<<28
	if got := Public(IPv4).sizeIn(all4).lo; got != 1<<32-special {
		t.Errorf("public IPv4 space has %d addresses, want %d", got, 1<<32-special)
	}
}

// bitset is a set of addresses of 198.51.100.0/24 and 2001:db8::/120 as 512 booleans.
type bitset [512]bool

func addrAt(i int) netip.Addr {
	if i < 256 {
		return netip.AddrFrom4([4]byte{198, 51, 100, byte(i)})
	}
	return netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 15: byte(i)})
}

func randomSet(r *rand.Rand) (s AddrSet, b bitset) {
	var list []netip.Prefix
	for range r.Intn(6) {
		i := r.Intn(512)
		bits := 24 + r.Intn(9)
		if i >= 256 {
			bits += 96
		}
		list = append(list, netip.PrefixFrom(addrAt(i), bits))
	}
	for i := range b {
		for _, p := range list {
			b[i] = b[i] || p.Contains(addrAt(i))
		}
	}
	return Addrs(list...), b
}

func TestAddrSetAgreesWithBits(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for range 3000 {
		x, bx := randomSet(r)
		y, by := randomSet(r)
		union, inter, minus, v4 := x.Union(y), x.Intersect(y), x.Subtract(y), x.In(IPv4)
		any := false
		for i := range bx {
			a := addrAt(i)
			any = any || bx[i] && by[i]
			for _, c := range []struct {
				op   string
				got  bool
				want bool
			}{
				{"contains", x.Contains(a), bx[i]},
				{"union", union.Contains(a), bx[i] || by[i]},
				{"intersect", inter.Contains(a), bx[i] && by[i]},
				{"subtract", minus.Contains(a), bx[i] && !by[i]},
				{"in IPv4", v4.Contains(a), bx[i] && i < 256},
			} {
				if c.got != c.want {
					t.Fatalf("%s of %v and %v at %v = %v, want %v", c.op, x, y, a, c.got, c.want)
				}
			}
		}
		if got := x.Overlaps(y); got != any {
			t.Fatalf("%v overlaps %v = %v, want %v", x, y, got, any)
		}
		if back := Addrs(x.Prefixes()...); !back.Equal(x) {
			t.Fatalf("prefixes of %v make %v", x, back)
		}
		if !union.ContainsAll(x) || union.ContainsAll(Everything(IPv4)) {
			t.Fatalf("ContainsAll is wrong for %v", union)
		}
		if again := y.Union(x); !again.Equal(union) {
			t.Fatalf("union depends on the order: %v, %v", union, again)
		}
	}
}

func TestAddrSetEnds(t *testing.T) {
	if got := set("0.0.0.0/1", "128.0.0.0/1").String(); got != "0.0.0.0/0" {
		t.Errorf("two halves of IPv4 = %q", got)
	}
	if got := set("::/1", "8000::/1").String(); got != "::/0" {
		t.Errorf("two halves of IPv6 = %q", got)
	}
	if got := Everything().Subtract(set("::/0")); !got.Equal(set("0.0.0.0/0")) {
		t.Errorf("everything less IPv6 = %v", got)
	}
	if got := Everything().Subtract(set("255.255.255.255/32", "::/128")); got.Contains(netip.MustParseAddr("::")) || !got.Contains(netip.MustParseAddr("::1")) {
		t.Errorf("the ends of the families are wrong in %v", got)
	}
	if got := Addrs(netip.Prefix{}); !got.Empty() {
		t.Errorf("an invalid prefix gives %v", got)
	}
}
