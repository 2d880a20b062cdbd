package reach

import (
	"fmt"
	"slices"
	"strings"
)

// Question is what is asked about a place.
type Question struct {
	Family  Family
	Traffic Traffic
	// AnySource asks whether any public source gets through, not an internet-wide set.
	AnySource bool
	// Appliances also counts the path where the internet gateway's edge route table sends
	// the packet to an appliance and the subnet's routes send the answer to one. What the
	// appliance itself blocks cannot be seen.
	Appliances bool
}

func (q Question) enough() func(AddrSet) bool {
	if q.AnySource {
		return func(s AddrSet) bool { return s.Overlaps(Public(q.Family)) }
	}
	return func(s AddrSet) bool { return s.InternetWide(q.Family) }
}

// endpoint is a place where packets arrive: an interface, or a database in a subnet.
type endpoint struct {
	names    []string // the last hops of a path
	vpc      string
	subnet   string
	groups   []string
	public   State // whether it has a public address of the family
	unlisted string
	why      string  // what it lacks, when it has none
	addrs    AddrSet // its addresses inside the VPC, or all that it may have
}

// FromInternet says whether packets from the internet reach an interface. The links are
// the public address, the attached internet gateway, the route to it by longest prefix,
// VPC Block Public Access, the network ACL in both directions, and the union of the
// interface's groups; a Closed answer names the first that stops the packet.
func (x *Index) FromInternet(e Interface, q Question) Answer {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.fromInternet(x.interfaceEndpoint(e, q.Family), q)
}

// InstanceFromInternet is FromInternet over all interfaces of an instance: open if one is.
func (x *Index) InstanceFromInternet(instanceID string, q Question) Answer {
	list, complete := x.Interfaces(instanceID)
	var answers []Answer
	for _, e := range list {
		answers = append(answers, x.FromInternet(e, q))
	}
	if !complete || len(list) == 0 {
		answers = append(answers, Answer{Traffic: q.Traffic, Missing: []string{x.net.Interfaces.missing("the interfaces of " + instanceID)}})
	}
	return Any(answers...)
}

// PortsFromInternet is FromInternet for all ports of a protocol at once; the question's
// traffic is not looked at.
func (x *Index) PortsFromInternet(e Interface, p Protocol, q Question) PortAnswer {
	x.mu.Lock()
	defer x.mu.Unlock()
	at := x.interfaceEndpoint(e, q.Family)
	var out portAnswers
	if at.public == Closed {
		return out.done()
	}
	for _, r := range x.pieces(at, p, q.Family) {
		q.Traffic = Traffic{p, r.From}
		out.add(r, x.fromInternet(at, q))
	}
	return out.done()
}

// pieces are the ports that some group of the place may admit from public sources, divided
// wherever a rule of its groups or ACL begins or ends. All other ports are closed by the
// groups, whatever else there is.
func (x *Index) pieces(at endpoint, p Protocol, f Family) (out []PortRange) {
	var admitted, ends []PortRange
	for _, id := range at.groups {
		g := x.groups[id]
		if g == nil {
			admitted = append(admitted, everyPort)
			continue
		}
		for _, s := range g.table(p) {
			if s.public[f] {
				admitted = append(admitted, s.ports)
			}
		}
	}
	ends = append(ends, admitted...)
	if acl, _ := x.acl(at.subnet); acl != nil && len(admitted) > 0 {
		for _, s := range acl.table(ingress, p) {
			ends = append(ends, s.ports)
		}
	}
	some := Ports(admitted...)
	for _, r := range cut(ends) {
		if some.Contains(r.From) {
			out = append(out, r)
		}
	}
	return out
}

func (x *Index) interfaceEndpoint(e Interface, f Family) endpoint {
	at := endpoint{names: []string{e.ID}, vpc: e.VPCID, subnet: e.SubnetID, groups: e.Groups, addrs: e.addresses()}
	if e.InstanceID != "" {
		at.names = append(at.names, e.InstanceID)
	}
	if f == IPv4 {
		at.public, at.why = Closed, "which has no public IPv4 address"
		if len(e.PublicIPv4) > 0 {
			at.public = Open
		}
		return at
	}
	global := at.addrs.In(IPv6).Intersect(public6)
	switch subnet := x.subnets[e.SubnetID]; {
	case global.Empty():
		at.public, at.why = Closed, "which has no address in 2000::/3"
	case e.DenyAllIGWTraffic:
		at.public, at.why = Closed, "whose IPv6 traffic through internet gateways is denied (DenyAllIgwTraffic)"
	case subnet == nil:
		at.unlisted = x.net.Subnets.missing("whether the IPv6 addresses of " + e.SubnetID + " are private")
	case Addrs(subnet.PrivateIPv6...).ContainsAll(global):
		at.public, at.why = Closed, "whose IPv6 addresses are private"
	default:
		at.public = Open
	}
	return at
}

func (x *Index) fromInternet(at endpoint, q Question) Answer {
	c := newChain(Public(q.Family), q.enough())
	switch at.public {
	case Closed:
		c.pass(closed(at.names[0], at.why))
	case CannotTell:
		c.pass(unread(at.names[0], at.unlisted))
	case Open:
	}
	if c.stop == nil {
		p := x.subnetPath(at, q)
		c.passPath(p)
		c.pass(x.groupsLink(at, q))
	}
	var after []Hop
	if c.stop == nil && c.enough(c.sure) {
		for _, n := range at.names {
			after = append(after, Hop{ID: n})
		}
	}
	return c.answer(q.Traffic, []Hop{{ID: "internet"}}, after)
}

// subnetQuestion is a question whose answer is the same for a whole subnet. Answers
// through an appliance depend on the address, which the key then holds.
type subnetQuestion struct {
	subnet string
	vpc    string
	q      Question
	addrs  string
}

// subnetPath is a chain followed as far as the subnet decides.
type subnetPath struct {
	sure, may AddrSet
	links     []link
	missing   []string
	stop      *Hop
}

func (c *chain) passPath(p *subnetPath) {
	if p.stop != nil {
		c.stop = p.stop
		return
	}
	c.sure, c.may = c.sure.Intersect(p.sure), p.may
	c.links, c.missing = append(c.links, p.links...), append(c.missing, p.missing...)
}

func (x *Index) subnetPath(at endpoint, q Question) *subnetPath {
	key := subnetQuestion{subnet: at.subnet, vpc: at.vpc, q: q}
	if q.Appliances {
		key.addrs = fmt.Sprint(at.addrs.spans)
	}
	if p, ok := x.internet[key]; ok {
		return p
	}
	c := newChain(Public(q.Family), q.enough())
	c.pass(x.gatewayLink(at.vpc))
	c.pass(x.internetRoute(at, q))
	c.pass(x.blockPublicAccess(x.subnets[at.subnet], at.vpc, at.subnet))
	for _, l := range x.aclLinks(at.subnet, q.Traffic) {
		c.pass(l)
	}
	p := &subnetPath{c.sure, c.may, c.links, c.missing, c.stop}
	x.internet[key] = p
	return p
}

// gatewayLink passes when an internet gateway is attached to the VPC.
func (x *Index) gatewayLink(vpc string) link {
	between := false
	for _, g := range x.gateways[vpc] {
		switch g.state {
		case "available", "attached":
			return passing(g.id, "")
		case "detached":
		default:
			between = true
		}
	}
	switch {
	case between:
		return unread("the internet gateway of "+vpc, "whether the internet gateway of "+vpc+" is attached (a change is in progress)")
	case !x.net.InternetGateways.Complete:
		return unread("the internet gateway of "+vpc, x.net.InternetGateways.missing("the internet gateways of "+vpc))
	}
	return closed(vpc, "which has no internet gateway attached")
}

// internetRoute is the set of addresses that the subnet's table sends to an internet
// gateway; with Appliances also those that it sends to one, where packets come in by one.
func (x *Index) internetRoute(at endpoint, q Question) link {
	table, missing := x.table(at.vpc, at.subnet)
	if table == nil {
		return unread("the route table of "+at.subnet, missing...)
	}
	n := x.nextHops(table)
	accept := isInternetGateway
	l, _ := n.to(accept)
	if q.Appliances {
		if inner := x.edgeLink(at, q.Family); !inner.may.Empty() {
			accept = func(target string) bool { return isInternetGateway(target) || isAppliance(target) }
			direct := l
			l, _ = n.to(accept)
			l.missing = sortedOnce(slices.Concat(l.missing, inner.missing))
			if inner.sure.Empty() {
				l.sure = direct.sure
			}
		}
	}
	l.stop = func(wanted AddrSet) string { return n.elsewhere(wanted, accept) }
	return l
}

// edgeLink says whether the internet gateway's edge route table sends packets for the
// place to an appliance: sure is everything then.
func (x *Index) edgeLink(at endpoint, f Family) (l link) {
	for _, g := range x.gateways[at.vpc] {
		for _, t := range x.edge[g.id] {
			in, _ := x.nextHops(t).to(isAppliance)
			to := at.addrs.In(f)
			if in.sure.Overlaps(to) {
				l.sure = both
			}
			if in.may.Overlaps(to) {
				l.may, l.missing = both, in.missing
			}
		}
	}
	if !x.net.RouteTables.Complete {
		l.may, l.missing = both, append(l.missing, x.net.RouteTables.missing("the edge route table of the internet gateway"))
	}
	return l
}

// groupsLink is the union of what the groups of a place admit.
func (x *Index) groupsLink(at endpoint, q Question) link {
	l := link{id: strings.Join(at.groups, ", ")}
	slots := make([]*slot, 0, len(at.groups))
	for _, id := range at.groups {
		g := x.groups[id]
		if g == nil {
			l.may, l.missing = both, append(l.missing, x.net.Groups.missing("the rules of "+id))
			continue
		}
		s := g.at(q.Traffic)
		slots = append(slots, s)
		l.sure, l.may = l.sure.Union(s.sure), l.may.Union(s.may)
	}
	for _, s := range slots {
		if !s.sure.Equal(s.may) {
			l.missing = append(l.missing, missingOf(s.grants, q.Family)...)
		}
		l.deciders = append(l.deciders, s.deciders...)
	}
	if len(at.groups) == 0 {
		l.id = at.names[0]
	}
	l.stop = func(AddrSet) string {
		merged := &slot{}
		for _, s := range slots {
			merged.grants = append(merged.grants, s.grants...)
		}
		return closedDetail(merged, q.Family, q.Traffic)
	}
	return l
}
