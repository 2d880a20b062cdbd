package reach

import (
	"cmp"
	"fmt"
	"slices"
)

// compiledACL is a network ACL with its entries in order.
type compiledACL struct {
	id      string
	entries [2][]aclEntry // ingress, egress
	tables  [2]map[Protocol][]aclSlot
}

type direction int

const (
	ingress direction = iota
	egress
)

type aclEntry struct {
	match
	number int32
	allow  bool
	set    AddrSet
}

// String gives "rule 100", or "the final deny" for the entry nobody can change.
func (e aclEntry) String() string {
	if e.number == finalEntry {
		return "the final deny"
	}
	return fmt.Sprintf("rule %d", e.number)
}

// finalEntry is the number of the deny that closes each ACL, one for each family, shown
// as "*" in the console. Source: Amazon VPC user guide, "Network ACL rules".
const finalEntry = 32767

// aclSlot is a stretch of ports for which the same entries decide.
type aclSlot struct {
	ports     PortRange
	sure, may AddrSet   // the addresses that are allowed
	allows    []decided // by entry, what it is the first to match
	denies    []decided
	missing   []string
}

func compileACL(a ACL) *compiledACL {
	c := &compiledACL{id: a.ID}
	for _, e := range a.Entries {
		m, set := newMatch(e.Protocol, e.FromPort, e.ToPort), Addrs(e.CIDR)
		if !e.CIDR.IsValid() {
			m.unclear, set = "an entry without a valid CIDR", both
		}
		d := ingress
		if e.Egress {
			d = egress
		}
		c.entries[d] = append(c.entries[d], aclEntry{m, e.Number, e.Allow, set})
	}
	for d := range c.entries {
		// The final denies of both families share a number; so do no other two entries.
		slices.SortStableFunc(c.entries[d], func(a, b aclEntry) int { return cmp.Compare(a.number, b.number) })
		c.tables[d] = map[Protocol][]aclSlot{}
	}
	return c
}

func (c *compiledACL) table(d direction, p Protocol) []aclSlot {
	if t, ok := c.tables[d][p]; ok {
		return t
	}
	var relevant []aclEntry
	var ranges []PortRange
	for _, e := range c.entries[d] {
		if e.covers(p) {
			relevant, ranges = append(relevant, e), append(ranges, e.ports)
		}
	}
	var t []aclSlot
	for _, ports := range cut(ranges) {
		t = append(t, c.decide(relevant, ports))
	}
	c.tables[d][p] = t
	return t
}

// decide goes through the entries by number; the first that matches an address decides.
// An unclear entry is met twice: for what is surely allowed it matches if it denies, for
// what may be allowed it matches if it allows.
func (c *compiledACL) decide(entries []aclEntry, ports PortRange) aclSlot {
	s := aclSlot{ports: ports}
	left, leftPerhaps := both, both
	for _, e := range entries {
		if ports.From < e.ports.From || e.ports.To < ports.To {
			continue
		}
		if e.unclear != "" {
			s.missing = append(s.missing, fmt.Sprintf("a clear %s of %s (%s)", e, c.id, e.unclear))
		}
		if e.unclear == "" || !e.allow {
			first := e.set.Intersect(left)
			left = left.Subtract(e.set)
			if e.allow {
				s.sure = s.sure.Union(first)
				s.allows = append(s.allows, decided{name: e.String(), set: first})
			}
		}
		if e.unclear == "" || e.allow {
			first := e.set.Intersect(leftPerhaps)
			if e.allow {
				s.may = s.may.Union(first)
			} else {
				s.denies = append(s.denies, decided{name: e.String(), set: first})
			}
			if e.unclear == "" {
				leftPerhaps = leftPerhaps.Subtract(e.set)
			}
		}
	}
	return s
}

// lets is the link for packets of one kind in one direction; the addresses are those at
// the far end, the sources of ingress and the destinations of egress.
func (c *compiledACL) lets(d direction, t Traffic) link {
	s := find(c.table(d, t.Protocol), t.Port, func(s *aclSlot) PortRange { return s.ports })
	stop := func(wanted AddrSet) string {
		if d == egress {
			return "outbound, where " + denier(s.denies, wanted) + " denies " + t.String()
		}
		return "where " + denier(s.denies, wanted) + " denies " + t.String()
	}
	return link{id: c.id, sure: s.sure, may: s.may, deciders: s.allows, stop: stop, missing: s.missing}
}

// ephemeral are the ports of the return path. Clients choose from different parts of it
// (Linux 32768-60999, Windows 49152-65535, NAT gateways 1024-65535), so one open port is
// enough for some client. Source: Amazon VPC user guide, "Ephemeral ports".
var ephemeral = PortRange{1024, 65535}

// letsReturn is the link for the answers of a TCP connection: the addresses to which, or
// from which, some ephemeral port is open. It does not show in a path.
func (c *compiledACL) letsReturn(d direction) link {
	l := link{id: c.id, quiet: true}
	var sure, may []AddrSet
	var denies []decided
	for _, s := range c.table(d, TCP) {
		if s.ports.To < ephemeral.From {
			continue
		}
		sure, may, denies = append(sure, s.sure), append(may, s.may), append(denies, s.denies...)
		l.missing = append(l.missing, s.missing...)
	}
	l.sure, l.may, l.missing = unionAll(sure), unionAll(may), sortedOnce(l.missing)
	l.stop = func(wanted AddrSet) string {
		way := map[direction]string{ingress: "inbound", egress: "outbound"}[d]
		return fmt.Sprintf("%s, where %s denies the return path, tcp/%s", way, denier(denies, wanted), ephemeral)
	}
	return l
}

// denier names the entry that denies most of the wanted addresses.
func denier(denies []decided, wanted AddrSet) string {
	var most size
	name := "no rule allows and the final deny"
	for _, d := range denies {
		if held := d.set.sizeIn(wanted); most.less(held) {
			most, name = held, d.name
		}
	}
	return name
}

// AllowedFromInternet says whether the ACL, its entries in order and the first match
// deciding, lets the traffic in from an internet-wide set of sources of the family.
func AllowedFromInternet(a ACL, f Family, t Traffic) Answer {
	return aclAnswer(compileACL(a), ingress, f, t)
}

// PortsAllowedFromInternet is AllowedFromInternet for all ports of a protocol at once.
func PortsAllowedFromInternet(a ACL, f Family, p Protocol) PortAnswer {
	return aclPorts(a, ingress, f, p)
}

// PortsAllowedToInternet gives the ports to which the ACL lets traffic out to an
// internet-wide set of destinations.
func PortsAllowedToInternet(a ACL, f Family, p Protocol) PortAnswer {
	return aclPorts(a, egress, f, p)
}

func aclPorts(a ACL, d direction, f Family, p Protocol) PortAnswer {
	c := compileACL(a)
	var out portAnswers
	for _, s := range c.table(d, p) {
		out.add(s.ports, aclAnswer(c, d, f, Traffic{p, s.ports.From}))
	}
	return out.done()
}

func aclAnswer(c *compiledACL, d direction, f Family, t Traffic) Answer {
	ch := newChain(Public(f), func(s AddrSet) bool { return s.InternetWide(f) })
	ch.pass(c.lets(d, t))
	if d == egress {
		return ch.answer(t, nil, []Hop{{ID: "internet"}})
	}
	return ch.answer(t, []Hop{{ID: "internet"}}, nil)
}
