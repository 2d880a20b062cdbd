package reach

import (
	"fmt"
	"slices"
	"strings"
)

// PortRange is a range of ports, both ends included.
type PortRange struct{ From, To uint16 }

// String gives "22" or "5900-5909".
func (r PortRange) String() string {
	if r.From == r.To {
		return fmt.Sprint(r.From)
	}
	return fmt.Sprintf("%d-%d", r.From, r.To)
}

var everyPort = PortRange{0, 65535}

// PortSet is a set of TCP or UDP ports, or of ICMP messages as [ICMP] numbers them. The
// zero PortSet is empty; a set is never changed after it was made.
type PortSet struct {
	ranges []PortRange // sorted, disjoint, not adjacent
}

// Ports returns the union of the ranges. A range whose end lies before its start is empty.
func Ports(ranges ...PortRange) PortSet {
	sorted := slices.DeleteFunc(slices.Clone(ranges), func(r PortRange) bool { return r.To < r.From })
	slices.SortFunc(sorted, func(a, b PortRange) int { return int(a.From) - int(b.From) })
	var out []PortRange
	for _, r := range sorted {
		if n := len(out); n > 0 && int(r.From) <= int(out[n-1].To)+1 {
			out[n-1].To = max(out[n-1].To, r.To)
			continue
		}
		out = append(out, r)
	}
	return PortSet{out}
}

// Port returns the set of the given single ports.
func Port(ports ...uint16) PortSet {
	ranges := make([]PortRange, len(ports))
	for i, p := range ports {
		ranges[i] = PortRange{p, p}
	}
	return Ports(ranges...)
}

// Ranges returns the set as the fewest ranges, in order.
func (s PortSet) Ranges() []PortRange { return slices.Clone(s.ranges) }

// Empty reports whether the set holds no port.
func (s PortSet) Empty() bool { return len(s.ranges) == 0 }

// Equal reports whether both sets hold the same ports.
func (s PortSet) Equal(o PortSet) bool { return slices.Equal(s.ranges, o.ranges) }

// Contains reports whether the port is in the set.
func (s PortSet) Contains(port uint16) bool {
	for _, r := range s.ranges {
		if r.From <= port && port <= r.To {
			return true
		}
	}
	return false
}

// ContainsAll reports whether every port of o is in s.
func (s PortSet) ContainsAll(o PortSet) bool { return o.Subtract(s).Empty() }

// Union returns the ports that are in either set.
func (s PortSet) Union(o PortSet) PortSet { return Ports(slices.Concat(s.ranges, o.ranges)...) }

// Intersect returns the ports that are in both sets.
func (s PortSet) Intersect(o PortSet) PortSet {
	var out []PortRange
	for _, a := range s.ranges {
		for _, b := range o.ranges {
			out = append(out, PortRange{max(a.From, b.From), min(a.To, b.To)})
		}
	}
	return Ports(out...)
}

// Subtract returns the ports of s that are not in o.
func (s PortSet) Subtract(o PortSet) PortSet {
	var out []PortRange
	for _, r := range s.ranges {
		from := int(r.From)
		for _, cut := range o.ranges {
			if cut.To < r.From || int(cut.From) > int(r.To) {
				continue
			}
			if from < int(cut.From) {
				out = append(out, PortRange{uint16(from), cut.From - 1})
			}
			from = int(cut.To) + 1
		}
		if from <= int(r.To) {
			out = append(out, PortRange{uint16(from), r.To})
		}
	}
	return Ports(out...)
}

// String gives the ranges, such as "22, 5900-5909", or "none".
func (s PortSet) String() string {
	if s.Empty() {
		return "none"
	}
	parts := make([]string, len(s.ranges))
	for i, r := range s.ranges {
		parts[i] = r.String()
	}
	return strings.Join(parts, ", ")
}
