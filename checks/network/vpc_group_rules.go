package network

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/network/reach"
	"onus/scanner/snapshot"
)

// internetVerdict judges which of the ports a group opens to the internet, in each family.
// A port that is surely open decides, whatever else cannot be told.
func internetVerdict(g snapshot.SecurityGroup, env checks.Env, p reach.Protocol, ports reach.PortSet) checks.Verdict {
	group := reachGroup(g)
	lists, unread := reachLists(g, env)
	x := reach.NewGroups(lists)
	var open, unclear []string
	var cause error
	for _, f := range reach.Families {
		a := x.PortsOpenToInternet(group, f, p)
		if hit := a.Open.Intersect(ports); !hit.Empty() {
			open = append(open, fmt.Sprintf("%s: %s", f, openings(a, p, hit)))
		}
		if hit := a.CannotTell.Intersect(ports); !hit.Empty() {
			unclear = append(unclear, fmt.Sprintf("%s: whether %s %s is open cannot be told without %s", f, p, hit, missing(a, hit)))
			cause = errors.Join(cause, doubt(x, group, f, p, hit, unread))
		}
	}
	switch {
	case len(open) > 0:
		return checks.Fail("open to the internet, %s", strings.Join(open, "; ")).With("open", strings.Join(open, "; "))
	case len(unclear) > 0:
		v := checks.Unclear("%s", strings.Join(unclear, "; "))
		if cause != nil {
			v.Cause = checks.Unknown(cause).Cause
		}
		return v
	}
	return checks.Pass("none of its %d ingress rules opens one of the ports %s %s to the internet, in IPv4 or IPv6", len(g.Ingress), p, ports).With("open", "")
}

// openings names the ports and the rules that open them, each rule once.
func openings(a reach.PortAnswer, p reach.Protocol, wanted reach.PortSet) string {
	var rules []string
	ports := map[string]reach.PortSet{}
	for _, r := range a.Answers {
		hit := reach.Ports(r.Ports).Intersect(wanted)
		if r.Answer.State != reach.Open || hit.Empty() {
			continue
		}
		rule := r.Answer.Path[len(r.Answer.Path)-1].Detail
		if _, ok := ports[rule]; !ok {
			rules = append(rules, rule)
		}
		ports[rule] = ports[rule].Union(hit)
	}
	for i, rule := range rules {
		rules[i] = fmt.Sprintf("%s %s by %s", p, ports[rule], rule)
	}
	return strings.Join(rules, ", ")
}

// missing is what was not read for some ports.
func missing(a reach.PortAnswer, wanted reach.PortSet) string {
	var out []string
	for _, r := range a.Answers {
		if r.Answer.State == reach.CannotTell && !reach.Ports(r.Ports).Intersect(wanted).Empty() {
			out = append(out, r.Answer.Missing...)
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), "; ")
}

// doubt is why the lists are unread that leave the ports open to doubt: those of rules
// that alone cannot be told. nil where only the rules themselves are unclear.
func doubt(x *reach.Groups, g reach.Group, f reach.Family, p reach.Protocol, ports reach.PortSet, unread map[string]error) error {
	var out []error
	for _, r := range g.Ingress {
		alone := reach.Group{ID: g.ID, VPCID: g.VPCID, Ingress: []reach.Rule{r}}
		if x.PortsOpenToInternet(alone, f, p).CannotTell.Intersect(ports).Empty() {
			continue
		}
		for _, id := range r.PrefixLists {
			out = append(out, unread[id])
		}
	}
	return errors.Join(out...)
}

// reachGroup is the group as reach takes it. A source that cannot be parsed is the zero
// Prefix, which makes its rule unclear.
func reachGroup(g snapshot.SecurityGroup) reach.Group {
	out := reach.Group{ID: g.ID, VPCID: g.VPC}
	for _, r := range g.Ingress {
		out.Ingress = append(out.Ingress, reach.Rule{
			Protocol: r.Protocol, FromPort: r.FromPort, ToPort: r.ToPort,
			CIDRs: prefixes(r.CIDRs), PrefixLists: r.PrefixLists, Groups: r.Groups,
		})
	}
	return out
}

// reachLists looks up the prefix lists that the group's rules refer to, and no others.
// unread says why a list's entries are not known; a list that the account does not see is
// not a failed read, and is left out there.
func reachLists(g snapshot.SecurityGroup, env checks.Env) (lists []reach.PrefixList, unread map[string]error) {
	unread = map[string]error{}
	seen := map[string]bool{}
	for _, r := range g.Ingress {
		for _, id := range r.PrefixLists {
			if seen[id] {
				continue
			}
			seen[id] = true
			l, err := checks.Find(env, snapshot.PrefixLists, g.Location, id)
			var cidrs []string
			if err == nil {
				cidrs, err = checks.Use(env, l.Entries)
			}
			list := reach.PrefixList{ID: id, Family: families[l.AddressFamily], Entries: reach.Read(prefixes(cidrs)...)}
			if err != nil {
				list.Entries = reach.Unread[netip.Prefix](err.Error())
			}
			if err != nil && !errors.Is(err, snapshot.ErrAbsent) {
				unread[id] = err
			}
			lists = append(lists, list)
		}
	}
	return lists, unread
}

// families are AWS's words. Source: EC2 ManagedPrefixList, AddressFamily.
var families = map[string]reach.Family{"IPv4": reach.IPv4, "IPv6": reach.IPv6}

func prefixes(cidrs []string) []netip.Prefix {
	out := make([]netip.Prefix, 0, len(cidrs))
	for _, c := range cidrs {
		p, err := netip.ParsePrefix(c)
		if err != nil {
			p = netip.Prefix{}
		}
		out = append(out, p)
	}
	return out
}
