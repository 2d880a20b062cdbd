package reach

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Group is a security group with its ingress rules.
// Source: EC2 DescribeSecurityGroups, SecurityGroups[].
type Group struct {
	ID      string
	VPCID   string
	Ingress []Rule
}

// Rule is one permission with all its sources. Source: EC2 IpPermission, fields of the
// same names; the order of rules and of sources means nothing.
type Rule struct {
	// Protocol is a name, a number or "-1", as EC2 writes it.
	Protocol string
	// FromPort and ToPort are ports, or type and code for ICMP; nil where EC2 sent none.
	FromPort, ToPort *int32
	// CIDRs are IpRanges and Ipv6Ranges. A source that could not be parsed is the zero
	// Prefix: it makes the rule unclear instead of vanishing.
	CIDRs []netip.Prefix
	// PrefixLists are the ids of PrefixListIds.
	PrefixLists []string
	// Groups are the referenced groups of UserIdGroupPairs, the group itself included.
	Groups []string
}

// PrefixList is a managed prefix list with its entries.
// Source: EC2 DescribeManagedPrefixLists and GetManagedPrefixListEntries.
type PrefixList struct {
	ID string
	// Family is the list's AddressFamily, or zero when it is not known.
	Family  Family
	Entries List[netip.Prefix]
}

// grant is one source of one rule: what EC2 shows as one security group rule.
type grant struct {
	match
	// sure and may bound the addresses; they differ when a prefix list is not read.
	sure, may AddrSet
	group     string // the referenced group, whose addresses the index knows
	from      string // the source as AWS writes it
	missing   string // what to read to know more, if sure and may differ
	name      string // String, worked out once
}

func (g *grant) String() string { return g.match.String() + " from " + g.from }

// compiledGroup is a group with its rules sorted by port for each protocol asked about.
type compiledGroup struct {
	id     string
	grants []grant
	tables map[Protocol][]slot
}

// slot is a stretch of ports to which the same rules apply.
type slot struct {
	ports     PortRange
	sure, may AddrSet
	public    map[Family]bool // whether a public source of the family may pass
	grants    []*grant
	deciders  []decided
}

func compileGroup(g Group, lists map[string]expanded) *compiledGroup {
	c := &compiledGroup{id: g.ID, tables: map[Protocol][]slot{}}
	for _, r := range g.Ingress {
		m := newMatch(r.Protocol, r.FromPort, r.ToPort)
		for _, p := range r.CIDRs {
			c.grants = append(c.grants, cidrGrant(g.ID, m, p))
		}
		for _, id := range r.PrefixLists {
			c.grants = append(c.grants, listGrant(g.ID, m, id, lists))
		}
		for _, id := range r.Groups {
			c.grants = append(c.grants, clarify(g.ID, grant{match: m, group: id, from: id}))
		}
	}
	for i := range c.grants {
		c.grants[i].name = c.grants[i].String()
	}
	// One order for all ways to write the same rules, so that reasons do not depend on it.
	slices.SortStableFunc(c.grants, func(a, b grant) int { return strings.Compare(a.name, b.name) })
	return c
}

func cidrGrant(group string, m match, p netip.Prefix) grant {
	g := grant{match: m, from: p.String()}
	if p.IsValid() {
		g.sure = Addrs(p)
		g.may = g.sure
	} else {
		g.from, g.may = "a source that is no CIDR", both
		g.missing = fmt.Sprintf("a valid source in a rule of %s", group)
	}
	return clarify(group, g)
}

func listGrant(group string, m match, id string, lists map[string]expanded) grant {
	list, ok := lists[id]
	if !ok {
		list = expanded{may: both, missing: "the entries of prefix list " + id}
	}
	return clarify(group, grant{match: m, from: id, sure: list.sure, may: list.may, missing: list.missing})
}

// clarify takes what is sure away from a rule that cannot be understood.
func clarify(group string, g grant) grant {
	if g.unclear != "" {
		g.sure = AddrSet{}
		g.missing = fmt.Sprintf("a clear rule in %s (%s)", group, g.unclear)
	}
	return g
}

// expanded is a prefix list as sets of addresses, and its entries as they are: a route to
// the list goes by the length of each entry, which the sets have lost.
type expanded struct {
	sure, may AddrSet
	entries   []netip.Prefix
	family    Family
	missing   string
}

func expand(l PrefixList) expanded {
	e := expanded{sure: Addrs(l.Entries.Items...), family: l.Family}
	e.may = e.sure
	for _, p := range l.Entries.Items {
		if p.IsValid() {
			e.entries = append(e.entries, p.Masked())
		}
	}
	invalid := slices.ContainsFunc(l.Entries.Items, func(p netip.Prefix) bool { return !p.IsValid() })
	if !l.Entries.Complete || invalid {
		e.may = e.may.Union(all(l.Family))
		e.missing = l.Entries.missing("the entries of prefix list " + l.ID)
	}
	return e
}

func expandAll(lists []PrefixList) map[string]expanded {
	out := make(map[string]expanded, len(lists))
	for _, l := range lists {
		out[l.ID] = expand(l)
	}
	return out
}

// table returns the slots of one protocol, in order of ports, without gaps.
func (c *compiledGroup) table(p Protocol) []slot {
	if t, ok := c.tables[p]; ok {
		return t
	}
	var relevant []*grant
	var ranges []PortRange
	for i := range c.grants {
		if g := &c.grants[i]; g.covers(p) {
			relevant, ranges = append(relevant, g), append(ranges, g.ports)
		}
	}
	var t []slot
	for _, ports := range cut(ranges) {
		s := slot{ports: ports}
		var sure, may []AddrSet
		for _, g := range relevant {
			if g.ports.From <= ports.From && ports.To <= g.ports.To {
				s.grants, sure, may = append(s.grants, g), append(sure, g.sure), append(may, g.may)
				s.deciders = append(s.deciders, decided{c.id, g.name, g.sure})
			}
		}
		s.sure, s.may = unionAll(sure), unionAll(may)
		s.public = map[Family]bool{IPv4: s.may.Overlaps(public4), IPv6: s.may.Overlaps(public6)}
		t = append(t, s)
	}
	c.tables[p] = t
	return t
}

func (c *compiledGroup) at(t Traffic) *slot {
	return find(c.table(t.Protocol), t.Port, func(s *slot) PortRange { return s.ports })
}

// cut divides all ports at the ends of the ranges, so that no range ends inside a piece.
func cut(ranges []PortRange) []PortRange {
	starts := []int{0}
	for _, r := range ranges {
		starts = append(starts, int(r.From), int(r.To)+1)
	}
	slices.Sort(starts)
	starts = slices.Compact(starts)
	var out []PortRange
	for i, from := range starts {
		to := 65535
		if i+1 < len(starts) {
			to = starts[i+1] - 1
		}
		if from <= 65535 {
			out = append(out, PortRange{uint16(from), uint16(to)})
		}
	}
	return out
}

// find returns the piece that holds the port; pieces cover all ports in order.
func find[T any](pieces []T, port uint16, ports func(*T) PortRange) *T {
	i, j := 0, len(pieces)-1
	for i < j {
		mid := (i + j) / 2
		if ports(&pieces[mid]).To < port {
			i = mid + 1
		} else {
			j = mid
		}
	}
	return &pieces[i]
}
