package reach

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// origin is where packets start in a private network.
type origin struct {
	names  []string // the first hops of a path
	vpc    string
	subnet string
	addrs  AddrSet  // what the packets carry as their source
	groups []string // of the one interface that sends; nil where that is not fixed
}

// FromInterface says whether packets that one interface sends reach another: in the same
// subnet, in the same VPC, over a peering or over a transit gateway. The links are the
// sender's network ACL and route table, what joins the VPCs, the way back of a TCP
// connection's answers, and the receiver's network ACL and groups. Groups of the sender
// count where a rule of the receiver's refers to them. The question's AnySource is not
// looked at: one address is enough.
func (x *Index) FromInterface(from, to Interface, q Question) Answer {
	at := origin{names: []string{from.ID}, vpc: from.VPCID, subnet: from.SubnetID, addrs: from.addresses(), groups: from.Groups}
	if from.InstanceID != "" {
		at.names = []string{from.InstanceID, from.ID}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.fromPrivate(at, to, q)
}

// FromVPC says whether packets from some address of another VPC reach an interface: from
// any of its subnets, whatever is there.
func (x *Index) FromVPC(vpcID string, to Interface, q Question) Answer {
	x.mu.Lock()
	defer x.mu.Unlock()
	var answers []Answer
	for i := range x.net.Subnets.Items {
		s := &x.net.Subnets.Items[i]
		if s.VPCID != vpcID {
			continue
		}
		answers = append(answers, x.fromPrivate(origin{names: []string{s.ID}, vpc: vpcID, subnet: s.ID, addrs: Addrs(s.CIDRs...)}, to, q))
	}
	if !x.net.Subnets.Complete || len(answers) == 0 {
		answers = append(answers, Answer{Traffic: q.Traffic, Missing: []string{x.net.Subnets.missing("the subnets of " + vpcID)}})
	}
	return Any(answers...)
}

// fromPrivate asks about each address of the receiver: one that is reached is enough.
func (x *Index) fromPrivate(at origin, to Interface, q Question) Answer {
	from := at.addrs.In(q.Family)
	if from.Empty() {
		return Answer{State: Closed, Traffic: q.Traffic, Stop: Hop{at.names[0], "which has no " + q.Family.String() + " address"}}
	}
	var answers []Answer
	for _, dest := range to.each(q.Family) {
		c := newChain(from, func(s AddrSet) bool { return !s.Empty() })
		x.pass(c, at, to, dest, q)
		answers = append(answers, c.answer(q.Traffic, hops(at.names), hops(to.names())))
	}
	if len(answers) == 0 {
		return Answer{State: Closed, Traffic: q.Traffic, Stop: Hop{to.ID, "which has no " + q.Family.String() + " address"}}
	}
	return Any(answers...)
}

func hops(names []string) (out []Hop) {
	for _, n := range names {
		out = append(out, Hop{ID: n})
	}
	return out
}

func (e *Interface) names() []string {
	if e.InstanceID != "" {
		return []string{e.ID, e.InstanceID}
	}
	return []string{e.ID}
}

// each lists the interface's addresses of a family. A delegated prefix stands for one of
// its addresses: routes and rules that cut it in two are not told apart.
func (e *Interface) each(f Family) (out []netip.Addr) {
	if f == IPv4 {
		return slices.DeleteFunc(slices.Clone(e.Private), func(a netip.Addr) bool { return !a.Is4() })
	}
	out = slices.Clone(e.IPv6)
	for _, p := range e.IPv6Prefixes {
		out = append(out, p.Masked().Addr())
	}
	return out
}

// pass follows the packet through the links, as far as it gets.
func (x *Index) pass(c *chain, at origin, to Interface, dest netip.Addr, q Question) {
	by := "local"
	if at.subnet == "" || at.subnet != to.SubnetID {
		for _, l := range x.leaves(at.subnet, dest, q.Traffic) {
			if !c.pass(l) {
				return
			}
		}
		var ok bool
		if by, ok = x.cross(c, at, to, dest, q); !ok {
			return
		}
		for _, l := range x.aclLinks(to.SubnetID, q.Traffic) {
			if !c.pass(l) {
				return
			}
		}
	}
	c.pass(x.privateGroups(at, to, by, q))
}

// leaves are the links of the sender's network ACL: the packet out, and for TCP the answers
// in. All its packets go to one address.
func (x *Index) leaves(subnet string, dest netip.Addr, t Traffic) []link {
	acl, missing := x.acl(subnet)
	if acl == nil {
		return []link{unread("the network ACL of "+subnet, missing...)}
	}
	out := toward(acl.lets(egress, t), dest)
	if t.Protocol != TCP {
		return []link{out}
	}
	return []link{out, toward(acl.letsReturn(ingress), dest)}
}

// toward turns a link whose addresses are those of the far end into one for a single such
// address: it lets every source pass, or none.
func toward(l link, dest netip.Addr) link {
	far := Single(dest)
	switch {
	case l.sure.Contains(dest):
		l.sure, l.may = both, both
		for _, d := range l.deciders {
			if d.set.Contains(dest) {
				l.detail = d.name
				break
			}
		}
		l.deciders = nil
	case l.may.Contains(dest):
		l.sure, l.may, l.deciders = AddrSet{}, both, nil
	default:
		stop := l.stop
		l.sure, l.may, l.deciders = AddrSet{}, AddrSet{}, nil
		l.stop = func(AddrSet) string {
			if stop == nil {
				return ""
			}
			return stop(far)
		}
	}
	return l
}

// cross follows the packet from the sender's route table to the receiver's subnet, and
// narrows the sources to those whose answers come back. by is the target that the packet
// takes, "" where that is not known.
func (x *Index) cross(c *chain, at origin, to Interface, dest netip.Addr, q Question) (by string, ok bool) {
	table, missing := x.table(at.vpc, at.subnet)
	if table == nil {
		return "", c.pass(unread("the route table of "+at.subnet, missing...))
	}
	n := x.nextHops(table)
	target, known := n.hop(dest)
	if !known {
		return "", c.pass(unread(table.ID, n.missing...))
	}
	back := q.Traffic.Protocol == TCP
	there := passing(table.ID, n.route(dest)+" to "+target)
	switch {
	case target == "":
		return "", c.pass(closed(table.ID, "which has no route to "+dest.String()))
	case target == "local" && at.vpc != to.VPCID:
		return target, c.pass(closed(table.ID, fmt.Sprintf("where %s stays in %s", dest, at.vpc)))
	case target == "local":
		return target, c.pass(passing(table.ID, "local")) && (!back || c.pass(x.returns(to, target)))
	case strings.HasPrefix(target, "pcx-"):
		return target, c.pass(there) && c.pass(x.peeringLink(target, at.vpc, to.VPCID)) && (!back || c.pass(x.returns(to, target)))
	case strings.HasPrefix(target, "tgw-"):
		return target, c.pass(there) && x.transits(c, target, at, to, dest, back)
	case isAppliance(target) && q.Appliances && at.vpc == to.VPCID:
		return target, c.pass(there)
	case isAppliance(target):
		return "", c.pass(unread(table.ID, "what "+target+" does with packets to "+dest.String()))
	}
	return target, c.pass(closed(table.ID, fmt.Sprintf("where %s goes to %s", n.route(dest), target)))
}

// hop is the target to which a table sends an address: "" for none. It is not known where
// an unread route may take it elsewhere.
func (n *nextHops) hop(a netip.Addr) (target string, known bool) {
	perhaps := false
	for _, id := range n.sorted() {
		h := n.targets[id]
		if h.sure.Contains(a) {
			return id, true
		}
		perhaps = perhaps || h.may.Contains(a)
	}
	return "", !perhaps
}

// route names the route that takes an address.
func (n *nextHops) route(a netip.Addr) string {
	for _, id := range n.sorted() {
		for _, r := range n.targets[id].routes {
			if r.set.Contains(a) {
				return r.name
			}
		}
	}
	return a.String()
}

// returns is the link of the answers: the sources that the receiver's subnet sends back by
// a target. It does not show in a path.
func (x *Index) returns(to Interface, target string) link {
	table, missing := x.table(to.VPCID, to.SubnetID)
	if table == nil {
		l := unread("the route table of "+to.SubnetID, missing...)
		l.quiet = true
		return l
	}
	n := x.nextHops(table)
	l, _ := n.to(func(t string) bool { return t == target })
	l.quiet, l.deciders = true, nil
	l.stop = func(wanted AddrSet) string {
		return fmt.Sprintf("%s instead of back to %s", n.elsewhere(wanted, func(t string) bool { return t == target }), target)
	}
	return l
}

// peeringLink passes when the peering is active and joins the two VPCs.
func (x *Index) peeringLink(id, one, other string) link {
	for _, p := range x.net.Peerings.Items {
		if p.ID != id {
			continue
		}
		sides := []string{p.Sides[0].VPCID, p.Sides[1].VPCID}
		switch {
		case p.State != "active":
			return closed(id, "which is "+p.State)
		case !slices.Contains(sides, one) || !slices.Contains(sides, other):
			return closed(id, "which joins "+strings.Join(sides, " and "))
		}
		return passing(id, "")
	}
	if !x.net.Peerings.Complete {
		return unread(id, x.net.Peerings.missing("the peering "+id))
	}
	return closed(id, "which does not exist")
}

// privateGroups is the union of what the receiver's groups admit from private sources:
// blocks, lists, and the members of the groups that rules refer to.
func (x *Index) privateGroups(at origin, to Interface, by string, q Question) link {
	l := x.groupsLink(endpoint{names: to.names(), groups: to.Groups}, q)
	for _, id := range to.Groups {
		g := x.groups[id]
		// Without the group all may pass, and it is said why. Nothing outside carries groups.
		if g == nil || at.vpc == "" {
			continue
		}
		for _, grant := range g.at(q.Traffic).grants {
			if grant.group == "" {
				continue
			}
			sure, may := x.members(grant, at)
			if !x.refers(by) {
				sure = AddrSet{}
			}
			l.sure, l.may = l.sure.Union(sure), l.may.Union(may)
			l.deciders = append(l.deciders, decided{g.id, grant.name, sure})
			if !sure.Equal(may) {
				l.missing = append(l.missing, x.net.Interfaces.missing("the members of "+grant.group+", and whether the reference to it holds there"))
			}
		}
	}
	l.missing = sortedOnce(l.missing)
	return l
}

// members are the addresses that carry a referenced group.
func (x *Index) members(g *grant, at origin) (sure, may AddrSet) {
	switch sure = x.byGroup[g.group]; {
	case g.unclear != "":
		return AddrSet{}, both
	case slices.Contains(at.groups, g.group):
		return at.addrs, at.addrs
	// Members in other accounts, or of a group that is not listed, may be anywhere.
	case !x.net.Interfaces.Complete || x.groups[g.group] == nil:
		return sure, both
	}
	return sure, sure
}

// refers says that a rule may surely refer to a group at the other end: within a VPC, and
// over a peering of one Region. Over a transit gateway it depends on an option of that.
func (x *Index) refers(by string) bool {
	return by == "local" || slices.ContainsFunc(x.net.Peerings.Items, func(p Peering) bool {
		return p.ID == by && p.Sides[0].Region == p.Sides[1].Region
	})
}
