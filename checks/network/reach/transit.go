package reach

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// transits follows a packet through a transit gateway: the sender's attachment, its route
// table, the receiver's attachment, and for answers the same from the other end.
func (x *Index) transits(c *chain, gateway string, at origin, to Interface, dest netip.Addr, back bool) bool {
	from, in := x.attachment(gateway, "vpc", at.vpc)
	if from == nil {
		return c.pass(in)
	}
	dst, out := x.attachment(gateway, "vpc", to.VPCID)
	if dst == nil {
		return c.pass(out)
	}
	if !c.pass(passing(gateway, "")) || !x.forwards(c, from, dst, dest) {
		return false
	}
	return !back || c.pass(x.returns(to, gateway)) && c.pass(x.backward(dst, from))
}

// attachment finds the one attachment of a resource to a transit gateway; without one the
// link says why.
func (x *Index) attachment(gateway, kind, resource string) (*TransitAttachment, link) {
	name := "the attachment of " + resource + " to " + gateway
	for i := range x.net.TransitAttachments.Items {
		a := &x.net.TransitAttachments.Items[i]
		if a.TransitGatewayID != gateway || a.Type != kind || a.ResourceID != resource {
			continue
		}
		if a.State != "available" {
			return nil, closed(a.ID, "which is "+a.State)
		}
		return a, link{}
	}
	if !x.net.TransitAttachments.Complete {
		return nil, unread(gateway, x.net.TransitAttachments.missing(name))
	}
	return nil, closed(gateway, "to which "+resource+" is not attached")
}

// forwards is the route table of the sender's attachment, which must send the address to
// the receiver's.
func (x *Index) forwards(c *chain, from, to *TransitAttachment, dest netip.Addr) bool {
	n, l := x.transitHops(from)
	if n == nil {
		return c.pass(l)
	}
	target, known := n.hop(dest)
	switch {
	case !known:
		return c.pass(unread(n.id, n.missing...))
	case target == "":
		return c.pass(closed(n.id, "which has no route to "+dest.String()))
	case !leadsTo(target, to.ID):
		return c.pass(closed(n.id, fmt.Sprintf("where %s goes to %s", n.route(dest), target)))
	}
	return c.pass(passing(n.id, n.route(dest)+" to "+to.ID))
}

// backward is the link of answers through the transit gateway: the sources that the
// receiver's attachment sends back to the sender's. It does not show in a path.
func (x *Index) backward(from, to *TransitAttachment) link {
	n, l := x.transitHops(from)
	if n == nil {
		l.quiet = true
		return l
	}
	accept := func(target string) bool { return leadsTo(target, to.ID) }
	l, _ = n.to(accept)
	l.quiet, l.deciders = true, nil
	l.stop = func(wanted AddrSet) string {
		return fmt.Sprintf("%s instead of back to %s", n.elsewhere(wanted, accept), to.ID)
	}
	return l
}

// transitHops works out the route table of an attachment; without one the link says why.
func (x *Index) transitHops(a *TransitAttachment) (*nextHops, link) {
	if a.TableID == "" {
		return nil, closed(a.ID, "with which no route table is associated")
	}
	t := x.transit[a.TableID]
	if t == nil {
		return nil, unread(a.TableID, x.net.TransitTables.missing("the transit gateway route table "+a.TableID))
	}
	if n, ok := x.hops[t.ID]; ok {
		return n, link{}
	}
	routes := make([]tableRoute, 0, len(t.Routes.Items))
	for _, r := range t.Routes.Items {
		routes = append(routes, tableRoute{r.Destination, r.PrefixList, strings.Join(r.Attachments, "+"), r.State, r.Propagated})
	}
	n := newNextHops(t.ID, routes, x.lists)
	if !t.Routes.Complete { // any address may have a more specific route
		n.missing = sortedOnce(append(n.missing, t.Routes.missing("the routes of "+t.ID)))
		n.blur(map[string]AddrSet{unreadRoute: both})
	}
	x.hops[t.ID] = n
	return n, link{}
}

// unreadRoute stands for the attachments of routes that were not read: any of them.
const unreadRoute = "an unread route"

// leadsTo says that a target, several attachments of equal cost, holds one or may hold it.
func leadsTo(target, attachment string) bool {
	return target == unreadRoute || slices.Contains(strings.Split(target, "+"), attachment)
}

// FromVPN says whether packets from the customer's side of a Site-to-Site VPN reach an
// interface: by a virtual private gateway that is attached to its VPC, or by a transit
// gateway. Which addresses the customer has is known only from where answers are sent, so
// for other protocols than TCP every source may come. Direct Connect cannot be seen here.
func (x *Index) FromVPN(to Interface, q Question) Answer {
	x.mu.Lock()
	defer x.mu.Unlock()
	var answers []Answer
	for _, v := range x.net.VPNConnections.Items {
		switch {
		case strings.HasPrefix(v.GatewayID, "vgw-") && !slices.ContainsFunc(x.vpnGateways[to.VPCID], func(g gatewayAt) bool { return g.id == v.GatewayID }):
			continue // another VPC's
		case v.State != "available":
			answers = append(answers, Answer{State: Closed, Traffic: q.Traffic, Stop: Hop{v.ID, "which is " + v.State}})
			continue
		}
		for _, dest := range to.each(q.Family) {
			c := newChain(all(q.Family), func(s AddrSet) bool { return !s.Empty() })
			x.passVPN(c, v, to, dest, q)
			answers = append(answers, c.answer(q.Traffic, hops([]string{v.CustomerGatewayID, v.ID}), hops(to.names())))
		}
	}
	if why := x.vpnUnread(); why != "" {
		answers = append(answers, Answer{Traffic: q.Traffic, Missing: []string{why}})
	}
	if len(answers) == 0 {
		return Answer{State: Closed, Traffic: q.Traffic, Stop: Hop{to.VPCID, "which no VPN connection reaches"}}
	}
	return Any(answers...)
}

// vpnUnread says what may hold one more VPN.
func (x *Index) vpnUnread() string {
	switch {
	case !x.net.VPNConnections.Complete:
		return x.net.VPNConnections.missing("the VPN connections")
	case !x.net.VPNGateways.Complete:
		return x.net.VPNGateways.missing("the virtual private gateways")
	}
	return ""
}

func (x *Index) passVPN(c *chain, v VPNConnection, to Interface, dest netip.Addr, q Question) {
	through := x.throughGateway
	if strings.HasPrefix(v.GatewayID, "tgw-") {
		through = x.throughTransit
	}
	if !through(c, v, to, dest, q) {
		return
	}
	for _, l := range x.aclLinks(to.SubnetID, q.Traffic) {
		if !c.pass(l) {
			return
		}
	}
	c.pass(x.privateGroups(origin{}, to, "", q))
}

// throughGateway is the way by a virtual private gateway, whose edge route table may send
// what comes in to an appliance.
func (x *Index) throughGateway(c *chain, v VPNConnection, to Interface, dest netip.Addr, q Question) bool {
	gateway := v.GatewayID
	for _, g := range x.vpnGateways[to.VPCID] {
		switch {
		case g.id != gateway:
			continue
		case g.state == "detached":
			return c.pass(closed(gateway, "which is detached from "+to.VPCID))
		case g.state != "attached" && g.state != "available":
			return c.pass(unread(gateway, "whether "+gateway+" is attached (a change is in progress)"))
		}
	}
	if !c.pass(passing(gateway, "")) {
		return false
	}
	for _, t := range x.edge[gateway] {
		target, known := x.nextHops(t).hop(dest)
		switch {
		case !known:
			return c.pass(unread(t.ID, x.nextHops(t).missing...))
		case isAppliance(target) && !q.Appliances:
			if !c.pass(unread(t.ID, "what "+target+" does with packets to "+dest.String())) {
				return false
			}
		}
	}
	if !x.net.RouteTables.Complete && len(x.edge[gateway]) == 0 {
		c.pass(unread(gateway, x.net.RouteTables.missing("the edge route table of "+gateway)))
	}
	return q.Traffic.Protocol != TCP || c.pass(x.returns(to, gateway))
}

// throughTransit is the way by a transit gateway, to which the connection itself is attached.
func (x *Index) throughTransit(c *chain, v VPNConnection, to Interface, dest netip.Addr, q Question) bool {
	from, l := x.attachment(v.GatewayID, "vpn", v.ID)
	if from == nil {
		return c.pass(l)
	}
	dst, l := x.attachment(v.GatewayID, "vpc", to.VPCID)
	if dst == nil {
		return c.pass(l)
	}
	if !c.pass(passing(v.GatewayID, "")) || !x.forwards(c, from, dst, dest) {
		return false
	}
	return q.Traffic.Protocol != TCP || c.pass(x.returns(to, v.GatewayID)) && c.pass(x.backward(dst, from))
}
