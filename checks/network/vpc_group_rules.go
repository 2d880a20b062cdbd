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

// portsOf are ports of one protocol.
type portsOf struct {
	protocol reach.Protocol
	ports    reach.PortSet
}

// String gives "tcp 22, 80-90".
func (p portsOf) String() string { return p.protocol.String() + " " + p.ports.String() }

// internetVerdict judges which of the ports a group opens to the internet, in each family.
// A port that is surely open decides, whatever else cannot be told.
func internetVerdict(g snapshot.SecurityGroup, env checks.Env, wanted ...portsOf) checks.Verdict {
	group := reachGroup(g)
	lists, unread := reachLists(g, env)
	x := reach.NewGroups(lists)
	var open, unclear, asked []string
	var cause error
	for _, w := range wanted {
		asked = append(asked, w.String())
	}
	for _, f := range reach.Families {
		for _, w := range wanted {
			a := x.PortsOpenToInternet(group, f, w.protocol)
			if hit := a.Open.Intersect(w.ports); !hit.Empty() {
				open = append(open, fmt.Sprintf("%s: %s", f, openings(a, w.protocol, hit)))
			}
			if hit := a.CannotTell.Intersect(w.ports); !hit.Empty() {
				unclear = append(unclear, fmt.Sprintf("%s: whether %s %s is open cannot be told without %s", f, w.protocol, hit, missing(a, hit)))
				cause = errors.Join(cause, doubt(x, group, f, w.protocol, hit, unread))
			}
		}
	}
	switch {
	case len(open) > 0:
		return checks.Fail("open to the internet, %s", strings.Join(open, "; ")).With("open", strings.Join(open, "; "))
	case len(unclear) > 0:
		return inDoubt(cause, strings.Join(unclear, "; "))
	}
	return checks.Pass("none of its %d ingress rules opens one of the ports %s to the internet, in IPv4 or IPv6", len(g.Ingress), strings.Join(asked, "; ")).With("open", "")
}

// inDoubt is an UNKNOWN with the cause of the reads behind it; nil where there are none.
func inDoubt(cause error, reason string) checks.Verdict {
	v := checks.Unclear("%s", reason)
	if cause != nil {
		v.Cause = checks.Unknown(cause).Cause
	}
	return v
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
		rule := decider(r.Answer.Path)
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

// decider is the rule that lets a packet pass: the last hop that names one.
func decider(path []reach.Hop) string {
	for _, h := range slices.Backward(path) {
		if h.Detail != "" {
			return h.Detail
		}
	}
	return "a rule without a name"
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
		out.Ingress = append(out.Ingress, reachRule(r))
	}
	return out
}

func reachRule(r snapshot.Rule) reach.Rule {
	return reach.Rule{
		Protocol: r.Protocol, FromPort: r.FromPort, ToPort: r.ToPort,
		CIDRs: prefixes(r.CIDRs), PrefixLists: r.PrefixLists, Groups: r.Groups,
	}
}

// reachLists looks up the prefix lists that the group's ingress rules refer to, and no
// others. unread says why a list's entries are not known; a list that the account does not see is
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
