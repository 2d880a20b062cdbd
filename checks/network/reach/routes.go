package reach

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// nextHops is a route table worked out: for each target the addresses that the table
// sends there by longest prefix, surely and perhaps.
type nextHops struct {
	id      string
	targets map[string]*hopSet
	missing []string
}

type hopSet struct {
	sure, may AddrSet
	routes    []decided
}

// dropped is the target of blackhole and filtered routes.
const dropped = "blackhole"

// oneRoute is a route with one prefix. Lists become many.
type oneRoute struct {
	prefix netip.Prefix
	target string
	name   string
	rank   int // which origin wins among equal prefixes: the lower
}

// Ranks among routes with the same destination. Source: Amazon VPC user guide, "Route
// priority": a static CIDR route before a prefix list, a prefix list before a propagated
// route. Two lists with the same entry are resolved at random.
const (
	rankStatic = iota
	rankList
	rankPropagated
)

// tableRoute is what VPC and transit gateway routes have in common.
type tableRoute struct {
	destination netip.Prefix
	list        string
	target      string
	state       string
	propagated  bool
}

func newNextHops(id string, routes []tableRoute, lists map[string]expanded) *nextHops {
	n := &nextHops{id: id, targets: map[string]*hopSet{}}
	var ones []oneRoute
	unknown := map[string]AddrSet{} // by target: where an unread route may lead
	for _, r := range routes {
		target := r.target
		switch r.state {
		case "active", "":
		case "blackhole", "filtered":
			target = dropped
		default:
			n.missing = append(n.missing, fmt.Sprintf("the meaning of state %q of a route in %s", r.state, id))
			unknown[target] = both
		}
		switch {
		case r.list != "":
			e, ok := lists[r.list]
			if !ok {
				e = expanded{may: both, missing: "the entries of prefix list " + r.list}
			}
			if e.missing != "" {
				n.missing = append(n.missing, e.missing)
				unknown[target] = unknown[target].Union(e.may)
			}
			for _, p := range e.entries {
				ones = append(ones, oneRoute{p, target, r.list, rankList})
			}
		case !r.destination.IsValid():
			n.missing = append(n.missing, "a valid destination of a route in "+id)
			unknown[target] = both
		case r.propagated:
			ones = append(ones, oneRoute{r.destination.Masked(), target, r.destination.String(), rankPropagated})
		default:
			ones = append(ones, oneRoute{r.destination.Masked(), target, r.destination.String(), rankStatic})
		}
	}
	n.missing = sortedOnce(n.missing)
	n.assign(ones)
	n.blur(unknown)
	return n
}

// assign gives each address to the most specific of its routes.
func (n *nextHops) assign(ones []oneRoute) {
	slices.SortStableFunc(ones, func(a, b oneRoute) int {
		if d := b.prefix.Bits() - a.prefix.Bits(); d != 0 {
			return d
		}
		if d := a.prefix.Addr().Compare(b.prefix.Addr()); d != 0 {
			return d
		}
		if d := a.rank - b.rank; d != 0 {
			return d
		}
		return strings.Compare(a.target+a.name, b.target+b.name)
	})
	var taken AddrSet
	for i := 0; i < len(ones); {
		tie := i + 1
		for tie < len(ones) && ones[tie].prefix == ones[i].prefix && ones[tie].rank == ones[i].rank {
			tie++
		}
		free := Addrs(ones[i].prefix).Subtract(taken)
		n.take(ones[i:tie], free)
		taken = taken.Union(free)
		for i = tie; i < len(ones) && ones[i].prefix == ones[tie-1].prefix; {
			i++ // a worse rank for the same destination
		}
	}
}

// take gives addresses to routes of equal standing: surely if they agree on the target.
func (n *nextHops) take(equal []oneRoute, free AddrSet) {
	agreed := !slices.ContainsFunc(equal, func(o oneRoute) bool { return o.target != equal[0].target })
	if !agreed {
		n.missing = sortedOnce(append(n.missing, fmt.Sprintf("which of the equal routes to %s in %s is used", equal[0].prefix, n.id)))
	}
	for _, o := range equal {
		h := n.targets[o.target]
		if h == nil {
			h = &hopSet{}
			n.targets[o.target] = h
		}
		h.may = h.may.Union(free)
		if agreed {
			h.sure = h.sure.Union(free)
		}
		h.routes = append(h.routes, decided{name: o.name, set: free})
		if agreed {
			break
		}
	}
}

// blur allows for routes whose destination is not known: they may take addresses from
// every other target, since they may be more specific.
func (n *nextHops) blur(unknown map[string]AddrSet) {
	for target, may := range unknown {
		if n.targets[target] == nil {
			n.targets[target] = &hopSet{}
		}
		n.targets[target].may = n.targets[target].may.Union(may)
		for other, h := range n.targets {
			if other != target {
				h.sure = h.sure.Subtract(may)
			}
		}
	}
}

// to gathers the targets that the function accepts.
func (n *nextHops) to(accept func(target string) bool) (l link, ids []string) {
	var routes []decided
	for _, target := range n.sorted() {
		if !accept(target) {
			continue
		}
		h := n.targets[target]
		l.sure, l.may = l.sure.Union(h.sure), l.may.Union(h.may)
		for _, r := range h.routes {
			if !isInternetGateway(target) { // its own hop names the gateway already
				r.name += " to " + target
			}
			routes = append(routes, r)
		}
		ids = append(ids, target)
	}
	l.id, l.missing = n.id, n.missing
	l.deciders = routes
	return l, ids
}

func (n *nextHops) sorted() []string {
	ids := make([]string, 0, len(n.targets))
	for id := range n.targets {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// elsewhere says where the largest part of the addresses goes that a path needed.
func (n *nextHops) elsewhere(wanted AddrSet, not func(target string) bool) string {
	var most size
	detail := "which has no route for it"
	for _, target := range n.sorted() {
		if not(target) {
			continue
		}
		for _, r := range n.targets[target].routes {
			if held := r.set.sizeIn(wanted); most.less(held) {
				most, detail = held, fmt.Sprintf("where %s goes to %s", r.name, target)
			}
		}
	}
	return detail
}

func isInternetGateway(target string) bool { return strings.HasPrefix(target, "igw-") }

// isAppliance reports whether a target is something that inspects or translates: a
// network interface, a Gateway Load Balancer endpoint or a firewall endpoint.
func isAppliance(target string) bool {
	return strings.HasPrefix(target, "eni-") || strings.HasPrefix(target, "vpce-") || strings.HasPrefix(target, "i-")
}
