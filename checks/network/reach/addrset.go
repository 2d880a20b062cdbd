package reach

import (
	"fmt"
	"math/bits"
	"net/netip"
	"slices"
	"strings"
)

// Family is an IP version. The zero Family means that the version is not known.
type Family int

// The two families. Their paths are separate: one can be open while the other is closed.
const (
	IPv4 Family = 4
	IPv6 Family = 6
)

// Families lists both families in the order in which they are reported.
var Families = []Family{IPv4, IPv6}

// String gives "IPv4" or "IPv6".
func (f Family) String() string {
	if f == IPv4 || f == IPv6 {
		return fmt.Sprintf("IPv%d", int(f))
	}
	return "unknown family"
}

func familyOf(a netip.Addr) Family {
	if a.Is4() {
		return IPv4
	}
	return IPv6
}

// AddrSet is a set of IP addresses of both families. The zero AddrSet is empty; a set
// is never changed after it was made, so it may be copied and shared freely.
type AddrSet struct {
	// spans are sorted, disjoint and not adjacent, IPv4 before IPv6, so that equal
	// sets have equal spans however they were written.
	spans []span
}

type span struct{ from, to netip.Addr }

// Addrs returns the union of the prefixes. Bits behind the prefix length are ignored;
// prefixes that are not valid add nothing, so callers must have noticed them before.
func Addrs(prefixes ...netip.Prefix) AddrSet {
	spans := make([]span, 0, len(prefixes))
	for _, p := range prefixes {
		if p.IsValid() {
			spans = append(spans, prefixSpan(p))
		}
	}
	return fromSpans(spans)
}

// Single returns the set of the given addresses; invalid ones add nothing.
func Single(addrs ...netip.Addr) AddrSet {
	spans := make([]span, 0, len(addrs))
	for _, a := range addrs {
		if a.IsValid() {
			a = a.WithZone("")
			spans = append(spans, span{a, a})
		}
	}
	return fromSpans(spans)
}

// Everything returns all addresses of the given families, of both when none is given.
func Everything(families ...Family) AddrSet {
	if len(families) == 0 {
		return both
	}
	var spans []span
	for _, f := range families {
		spans = append(spans, all(f).spans...)
	}
	return fromSpans(spans)
}

var (
	all4 = Addrs(netip.MustParsePrefix("0.0.0.0/0"))
	all6 = Addrs(netip.MustParsePrefix("::/0"))
	both = Addrs(netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0"))
)

func all(f Family) AddrSet {
	switch f {
	case IPv4:
		return all4
	case IPv6:
		return all6
	}
	return both
}

// prefixSpan gives the first and the last address of a prefix.
func prefixSpan(p netip.Prefix) span {
	first := p.Masked().Addr()
	if first.Is4() {
		b := first.As4()
		setHostBits(b[:], p.Bits())
		return span{first, netip.AddrFrom4(b)}
	}
	b := first.As16()
	setHostBits(b[:], p.Bits())
	return span{first, netip.AddrFrom16(b)}
}

func setHostBits(b []byte, prefixBits int) {
	for i := range b {
		switch host := (i+1)*8 - prefixBits; {
		case host >= 8:
			b[i] = 0xff
		case host > 0:
			b[i] |= 1<<host - 1
		}
	}
}

// fromSpans takes spans in any order and owns the slice.
func fromSpans(spans []span) AddrSet {
	slices.SortFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
	return AddrSet{joined(spans)}
}

// joined merges spans that are sorted by their start, in place.
func joined(spans []span) []span {
	if len(spans) < 2 {
		return spans
	}
	out := spans[:1]
	for _, s := range spans[1:] {
		last := &out[len(out)-1]
		switch {
		// Next of a family's last address is invalid and so joins nothing.
		case s.from.Compare(last.to) <= 0, last.to.Next() == s.from:
			if last.to.Less(s.to) {
				last.to = s.to
			}
		default:
			out = append(out, s)
		}
	}
	return out
}

// Empty reports whether the set holds no address.
func (s AddrSet) Empty() bool { return len(s.spans) == 0 }

// Equal reports whether both sets hold the same addresses.
func (s AddrSet) Equal(o AddrSet) bool { return slices.Equal(s.spans, o.spans) }

// Contains reports whether the address is in the set.
func (s AddrSet) Contains(a netip.Addr) bool {
	i, found := slices.BinarySearchFunc(s.spans, a, func(sp span, a netip.Addr) int { return sp.from.Compare(a) })
	return found || i > 0 && a.Compare(s.spans[i-1].to) <= 0
}

// ContainsAll reports whether every address of o is in s.
func (s AddrSet) ContainsAll(o AddrSet) bool { return o.Subtract(s).Empty() }

// Union returns the addresses that are in either set.
func (s AddrSet) Union(o AddrSet) AddrSet {
	switch {
	case s.Empty():
		return o
	case o.Empty():
		return s
	}
	out := make([]span, 0, len(s.spans)+len(o.spans))
	a, b := s.spans, o.spans
	for len(a) > 0 && len(b) > 0 {
		if a[0].from.Compare(b[0].from) <= 0 {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return AddrSet{joined(append(append(out, a...), b...))}
}

// unionAll is Union over many sets at once.
func unionAll(sets []AddrSet) AddrSet {
	switch len(sets) {
	case 0:
		return AddrSet{}
	case 1:
		return sets[0]
	}
	var spans []span
	for _, s := range sets {
		spans = append(spans, s.spans...)
	}
	return fromSpans(spans)
}

// Intersect returns the addresses that are in both sets.
func (s AddrSet) Intersect(o AddrSet) AddrSet {
	var out []span
	overlaps(s.spans, o.spans, func(sp span) { out = append(out, sp) })
	return AddrSet{out}
}

// Overlaps reports whether the sets have an address in common.
func (s AddrSet) Overlaps(o AddrSet) bool {
	found := false
	overlaps(s.spans, o.spans, func(span) { found = true })
	return found
}

// overlaps calls each for every common stretch of two sorted lists.
func overlaps(a, b []span, each func(span)) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		from, to := a[i].from, a[i].to
		if from.Less(b[j].from) {
			from = b[j].from
		}
		aEndsFirst := true
		if b[j].to.Less(to) {
			to, aEndsFirst = b[j].to, false
		}
		if from.Compare(to) <= 0 {
			each(span{from, to})
		}
		if aEndsFirst {
			i++
		} else {
			j++
		}
	}
}

// Subtract returns the addresses of s that are not in o.
func (s AddrSet) Subtract(o AddrSet) AddrSet {
	if s.Empty() || o.Empty() {
		return s
	}
	var out []span
	rest := o.spans
	for _, sp := range s.spans {
		for len(rest) > 0 && rest[0].to.Less(sp.from) {
			rest = rest[1:]
		}
		from, open := sp.from, true
		for _, cut := range rest {
			if sp.to.Less(cut.from) {
				break
			}
			if from.Less(cut.from) {
				out = append(out, span{from, cut.from.Prev()})
			}
			if sp.to.Compare(cut.to) <= 0 {
				open = false
				break
			}
			from = cut.to.Next()
		}
		if open {
			out = append(out, span{from, sp.to})
		}
	}
	return AddrSet{out}
}

// In returns the addresses of one family; the zero Family means both.
func (s AddrSet) In(f Family) AddrSet {
	if f == 0 {
		return s
	}
	v6 := slices.IndexFunc(s.spans, func(sp span) bool { return familyOf(sp.from) == IPv6 })
	if v6 < 0 {
		v6 = len(s.spans)
	}
	if f == IPv4 {
		return AddrSet{s.spans[:v6:v6]}
	}
	return AddrSet{s.spans[v6:]}
}

// Prefixes returns the fewest prefixes that make up the set, in order.
func (s AddrSet) Prefixes() []netip.Prefix {
	var out []netip.Prefix
	for _, sp := range s.spans {
		for from := sp.from; from.IsValid() && from.Compare(sp.to) <= 0; {
			p := netip.PrefixFrom(from, from.BitLen())
			for p.Bits() > 0 {
				wider := netip.PrefixFrom(from, p.Bits()-1)
				if wider.Masked().Addr() != from || sp.to.Less(prefixSpan(wider).to) {
					break
				}
				p = wider
			}
			out = append(out, p)
			from = prefixSpan(p).to.Next()
		}
	}
	return out
}

// String lists the prefixes of the set, and only the first four of many.
func (s AddrSet) String() string {
	if s.Empty() {
		return "no address"
	}
	const shown = 4
	var parts []string
	all := s.Prefixes()
	for _, p := range all[:min(shown, len(all))] {
		parts = append(parts, p.String())
	}
	if more := len(all) - shown; more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(parts, ", ")
}

// size is a number of addresses, at most 2^128-1.
type size struct{ hi, lo uint64 }

func (s size) add(sp span) size {
	fromHi, fromLo := halves(sp.from)
	toHi, toLo := halves(sp.to)
	lo, borrow := bits.Sub64(toLo, fromLo, 0)
	hi, _ := bits.Sub64(toHi, fromHi, borrow)
	lo, carry := bits.Add64(lo, 1, 0)
	hi, _ = bits.Add64(hi, 0, carry)
	lo, carry = bits.Add64(lo, s.lo, 0)
	hi, _ = bits.Add64(hi, s.hi, carry)
	return size{hi, lo}
}

func (s size) less(o size) bool { return s.hi < o.hi || s.hi == o.hi && s.lo < o.lo }

func (s size) float() float64 { return float64(s.hi)*(1<<64) + float64(s.lo) }

func halves(a netip.Addr) (hi, lo uint64) {
	b := a.As16()
	for i := range 8 {
		hi, lo = hi<<8|uint64(b[i]), lo<<8|uint64(b[8+i])
	}
	return hi, lo
}
