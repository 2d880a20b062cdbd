package reach

import (
	"slices"
)

// DeadEntry is an entry of a network ACL that no packet ever gets to.
type DeadEntry struct {
	Number int32
	Egress bool
	Allow  bool
	Family Family
	// By are the numbers of the earlier entries that together take all its packets, sorted.
	By []int32
}

// DeadEntries lists the entries that entries of lower numbers of the same direction and
// family cover whole, together if not alone. An entry that cannot be understood covers
// nothing and is never dead, and the closing entry never is.
func DeadEntries(a ACL) (dead []DeadEntry) {
	c := compileACL(a)
	for d := range c.entries {
		for i, e := range c.entries[d] {
			if e.number == finalEntry || e.unclear != "" {
				continue
			}
			if by := coveredBy(e, c.entries[d][:i]); len(by) > 0 {
				dead = append(dead, DeadEntry{Number: e.number, Egress: direction(d) == egress, Allow: e.allow, Family: familyOf(e.set.spans[0].from), By: by})
			}
		}
	}
	return dead
}

// coveredBy are the earlier entries that take all packets of one; none where some get
// through. An entry for every protocol is covered only by such entries.
func coveredBy(e aclEntry, earlier []aclEntry) (by []int32) {
	var about []aclEntry
	var ends []PortRange
	for _, o := range earlier {
		if o.unclear == "" && o.number < e.number && (o.protocol == AnyProtocol || o.protocol == e.protocol) && o.set.Overlaps(e.set) {
			about, ends = append(about, o), append(ends, o.ports)
		}
	}
	for _, piece := range cut(append(ends, e.ports)) {
		if piece.From < e.ports.From || e.ports.To < piece.To {
			continue
		}
		left := e.set
		for _, o := range about {
			if o.ports.From <= piece.From && piece.To <= o.ports.To && o.set.Overlaps(left) {
				left = left.Subtract(o.set)
				if !slices.Contains(by, o.number) {
					by = append(by, o.number)
				}
			}
		}
		if !left.Empty() {
			return nil
		}
	}
	slices.Sort(by)
	return by
}
