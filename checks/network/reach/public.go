package reach

import "net/netip"

// specialIPv4 holds the IPv4 blocks that are not public unicast space: those that the IANA
// IPv4 Special-Purpose Address Registry (RFC 6890) lists as not globally reachable, and
// multicast (RFC 5771). The anycast blocks that the registry lists as globally reachable
// (192.31.196.0/24, 192.52.193.0/24, 192.175.48.0/24) are public.
var specialIPv4 = Addrs(prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
	"198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
)...)

var (
	public4 = all4.Subtract(specialIPv4)
	public6 = Addrs(netip.MustParsePrefix("2000::/3"))

	public4Size = public4.sizeIn(all4)
	public6Size = public6.sizeIn(all6)
)

func prefixes(list ...string) (out []netip.Prefix) {
	for _, s := range list {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// Public returns the public unicast space of a family: for IPv4 all addresses less the
// IANA special-purpose ranges and multicast, for IPv6 the global unicast block 2000::/3.
func Public(f Family) AddrSet {
	switch f {
	case IPv4:
		return public4
	case IPv6:
		return public6
	}
	return public4.Union(public6)
}

// Public returns the addresses of the set that lie in public unicast space.
func (s AddrSet) Public(f Family) AddrSet { return s.Intersect(Public(f)) }

// PublicShare returns the part of the family's public unicast space that the set holds,
// from 0 to 1. It is for reports: [AddrSet.InternetWide] decides exactly.
func (s AddrSet) PublicShare(f Family) float64 {
	return s.sizeIn(Public(f)).float() / publicSize(f).float()
}

// InternetWide reports whether the set holds at least half of the family's public unicast
// space. That is the one meaning of "open to the internet": 0.0.0.0/0, the two /1 blocks
// and 0.0.0.0/0 less a denied /8 all are.
func (s AddrSet) InternetWide(f Family) bool {
	held, whole := s.sizeIn(Public(f)), publicSize(f)
	// Doubling cannot overflow: the larger space has 2^125 addresses.
	doubled := size{held.hi<<1 | held.lo>>63, held.lo << 1}
	return !doubled.less(whole)
}

func publicSize(f Family) size {
	if f == IPv4 {
		return public4Size
	}
	return public6Size
}

// sizeIn counts the addresses that the set has in common with another, without building
// the common set: it is asked for every interface and port.
func (s AddrSet) sizeIn(o AddrSet) (n size) {
	overlaps(s.spans, o.spans, func(sp span) { n = n.add(sp) })
	return n
}

// MoreThan reports whether the set holds more public addresses of the family than a prefix
// of that length has.
func (s AddrSet) MoreThan(f Family, bits int) bool {
	width := 32
	if f == IPv6 {
		width = 128
	}
	var most size
	switch host := width - bits; {
	case host >= 128:
		return false
	case host >= 64:
		most.hi = 1 << (host - 64)
	case host >= 0:
		most.lo = 1 << host
	}
	return most.less(s.sizeIn(Public(f)))
}
