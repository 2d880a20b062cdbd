package reach

import (
	"maps"
	"slices"
)

// Groups answers questions about security groups alone: which ports a group opens,
// whatever it is attached to. It is not safe for concurrent use.
type Groups struct {
	lists map[string]expanded
}

// NewGroups prepares the prefix lists that rules refer to. A list that is not among them,
// or whose entries are not complete, is unread: it opens nothing surely and may open all.
func NewGroups(lists []PrefixList) *Groups { return &Groups{expandAll(lists)} }

// OpenToInternet says whether the union of the sources of all ingress rules of the group
// that admit the traffic is internet-wide in the family. The path of an Open answer names
// the rules that decide. A source of a rule that is another group admits no internet address.
func (x *Groups) OpenToInternet(g Group, f Family, t Traffic) Answer {
	s := compileGroup(g, x.lists).at(t)
	return groupAnswer(g.ID, s, f, t)
}

// PortsOpenToInternet gives, for one protocol, the ports that the group opens to the
// internet in the family, and those where that cannot be told. For ICMP the ports are
// types and codes as [ICMP] numbers them. [AnyProtocol] looks at rules for "-1" alone;
// such rules also count for each protocol.
func (x *Groups) PortsOpenToInternet(g Group, f Family, p Protocol) PortAnswer {
	var out portAnswers
	for _, s := range compileGroup(g, x.lists).table(p) {
		out.add(s.ports, groupAnswer(g.ID, &s, f, Traffic{p, s.ports.From}))
	}
	return out.done()
}

// Sources returns the addresses of the family that the group admits for the traffic:
// surely, and perhaps. Referenced groups add no addresses here.
func (x *Groups) Sources(g Group, f Family, t Traffic) (sure, may AddrSet) {
	s := compileGroup(g, x.lists).at(t)
	return s.sure.In(f), s.may.In(f)
}

func groupAnswer(id string, s *slot, f Family, t Traffic) Answer {
	enough := func(a AddrSet) bool { return a.InternetWide(f) }
	a := Answer{Traffic: t}
	switch {
	case enough(s.sure):
		a.State, a.Sources = Open, s.sure.Public(f)
		a.Path = append([]Hop{{ID: "internet"}}, decidedBy(id, s.deciders, Public(f), enough)...)
	case enough(s.may):
		a.Sources = s.may.Public(f)
		a.Missing = missingOf(s.grants, f)
	default:
		a.State, a.Stop = Closed, Hop{id, closedDetail(s, f, t)}
	}
	return a
}

func missingOf(grants []*grant, f Family) []string {
	var out []string
	for _, g := range grants {
		if g.missing != "" && !g.sure.In(f).Equal(g.may.In(f)) {
			out = append(out, g.missing)
		}
	}
	return sortedOnce(out)
}

func closedDetail(s *slot, f Family, t Traffic) string {
	var from []string
	for _, g := range s.grants {
		if g.group != "" || !g.may.In(f).Empty() {
			from = append(from, g.from)
		}
	}
	if len(from) == 0 {
		return "which admits " + t.String() + " from no " + f.String() + " source"
	}
	return "which admits " + t.String() + " only from " + listed(sortedOnce(from), 4, ", ")
}

// PortAnswer is the answer for all ports of a protocol at once.
type PortAnswer struct {
	// Open and CannotTell are disjoint; every other port is closed.
	Open, CannotTell PortSet
	// Missing says what was not read for the ports of CannotTell, sorted.
	Missing []string
	// Answers holds one answer for each stretch of ports that is not closed, by ports.
	Answers []RangeAnswer
}

// RangeAnswer is the answer for a stretch of neighbouring ports.
type RangeAnswer struct {
	Ports PortRange
	// Answer's Traffic names the first port of the stretch.
	Answer Answer
}

// portAnswers collects the answers for stretches of ports.
type portAnswers struct {
	answers []RangeAnswer
	ports   map[State][]PortRange
	missing map[string]bool
}

func (p *portAnswers) add(r PortRange, a Answer) {
	if p.ports == nil {
		p.ports, p.missing = map[State][]PortRange{}, map[string]bool{}
	}
	p.ports[a.State] = append(p.ports[a.State], r)
	for _, m := range a.Missing {
		p.missing[m] = true
	}
	if a.State != Closed {
		p.answers = append(p.answers, RangeAnswer{r, a})
	}
}

func (p *portAnswers) done() PortAnswer {
	return PortAnswer{
		Open:       Ports(p.ports[Open]...),
		CannotTell: Ports(p.ports[CannotTell]...),
		Missing:    slices.Sorted(maps.Keys(p.missing)),
		Answers:    p.answers,
	}
}
