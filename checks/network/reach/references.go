package reach

import "slices"

// Reference is that a group of an interface admits the members of a group to some ports.
type Reference struct {
	Group string // the one that is admitted
	Ports PortRange
}

// References lists the groups that an interface's groups refer to for a protocol, with
// their ports. Of a rule that cannot be understood it holds what the rule names perhaps.
func (x *Index) References(e Interface, p Protocol) (out []Reference) {
	for _, id := range e.Groups {
		g := x.groups[id]
		if g == nil {
			continue
		}
		for i := range g.grants {
			if r := &g.grants[i]; r.group != "" && r.covers(p) {
				out = append(out, Reference{r.group, r.ports})
			}
		}
	}
	return out
}

// Members are interfaces of one subnet that carry one group.
type Members struct {
	group      string
	interfaces []Interface
	addrs      AddrSet
}

// NewMembers joins interfaces of one subnet, of which there must be one at least.
func NewMembers(group string, interfaces []Interface) Members {
	m := Members{group: group, interfaces: interfaces}
	var sets []AddrSet
	for i := range interfaces {
		sets = append(sets, interfaces[i].addresses())
	}
	m.addrs = unionAll(sets)
	return m
}

// FromMembers says whether packets of some of the members reach an interface on one of the
// ports; those of the receiver's own instance do not count. It answers as FromInterface
// does for each of them, only that the sources of an answer in doubt are not told apart.
func (x *Index) FromMembers(from Members, to Interface, p Protocol, ports PortSet, f Family) Answer {
	x.mu.Lock()
	defer x.mu.Unlock()
	first := &from.interfaces[0]
	at := origin{names: []string{from.group}, vpc: first.VPCID, subnet: first.SubnetID, addrs: from.addrs, groups: []string{from.group}}
	own := []*Interface{&to}
	if to.InstanceID != "" {
		own = append(own, x.byInstance[to.InstanceID]...)
	}
	for _, e := range own {
		at.addrs = at.addrs.Subtract(e.addresses())
	}
	var answers []Answer
	for _, piece := range x.between(at.subnet, to, p) {
		hit := Ports(piece).Intersect(ports)
		if hit.Empty() {
			continue
		}
		a := x.fromPrivate(at, to, Question{Family: f, Traffic: Traffic{p, hit.Ranges()[0].From}})
		if a.State == Open {
			return from.named(a)
		}
		answers = append(answers, a)
	}
	return Any(answers...)
}

// between divides the ports wherever a rule of the receiver's groups, or an entry of the
// ACLs between it and a subnet, begins or ends.
func (x *Index) between(subnet string, to Interface, p Protocol) []PortRange {
	var ends []PortRange
	for _, id := range to.Groups {
		if g := x.groups[id]; g != nil {
			for _, s := range g.table(p) {
				ends = append(ends, s.ports)
			}
		}
	}
	if subnet == to.SubnetID {
		return cut(ends)
	}
	for d, id := range map[direction]string{egress: subnet, ingress: to.SubnetID} {
		if a, _ := x.acl(id); a != nil {
			for _, s := range a.table(d, p) {
				ends = append(ends, s.ports)
			}
		}
	}
	return cut(ends)
}

// named is an open answer whose path starts with one of the members that send.
func (m Members) named(a Answer) Answer {
	i := slices.IndexFunc(m.interfaces, func(e Interface) bool { return e.addresses().Overlaps(a.Sources) })
	e := &m.interfaces[max(i, 0)]
	start := []Hop{{ID: e.ID}}
	if e.InstanceID != "" {
		start = []Hop{{ID: e.InstanceID}, {ID: e.ID}}
	}
	a.Path = append(start, a.Path[1:]...)
	return a
}
