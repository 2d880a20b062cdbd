package reach

// link is one thing a packet must pass: bounds on the source addresses that do.
type link struct {
	id        string
	sure, may AddrSet
	deciders  []decided // the routes or entries that let packets pass, for the path
	detail    string    // instead of deciders
	stop      func(wanted AddrSet) string
	missing   []string
	quiet     bool // it can stop a packet but is no hop of its own
}

// passing is a link that lets every address pass.
func passing(id, detail string) link { return link{id: id, detail: detail, sure: both, may: both} }

// unread is a link of which nothing is known.
func unread(id string, missing ...string) link { return link{id: id, may: both, missing: missing} }

// nothingInTheWay is a link that is not there, such as a block that is off.
func nothingInTheWay() link { return link{sure: both, may: both, quiet: true} }

// closed is a link that lets nothing pass.
func closed(id, why string) link {
	return link{id: id, stop: func(AddrSet) string { return why }}
}

// chain follows a packet through links: what is left of the sources after each.
type chain struct {
	enough    func(AddrSet) bool
	sure, may AddrSet
	links     []link
	missing   []string
	stop      *Hop
}

func newChain(from AddrSet, enough func(AddrSet) bool) *chain {
	return &chain{enough: enough, sure: from, may: from}
}

// pass narrows the sources by a link and reports whether a path is still possible.
func (c *chain) pass(l link) bool {
	if c.stop != nil {
		return false
	}
	before := c.may
	c.may = c.may.Intersect(l.may)
	if !c.enough(c.may) {
		why := ""
		if l.stop != nil {
			why = l.stop(before)
		}
		c.stop = &Hop{l.id, why}
		return false
	}
	c.sure = c.sure.Intersect(l.sure)
	if len(l.missing) > 0 && !c.sure.ContainsAll(c.may) {
		c.missing = append(c.missing, l.missing...)
	}
	c.links = append(c.links, l)
	return true
}

// answer closes the chain; the hops before and after the links complete the path.
func (c *chain) answer(t Traffic, before, after []Hop) Answer {
	switch {
	case c.stop != nil:
		return Answer{State: Closed, Stop: *c.stop, Traffic: t}
	case !c.enough(c.sure):
		return Answer{State: CannotTell, Missing: sortedOnce(c.missing), Sources: c.may, Traffic: t}
	}
	path := append([]Hop{}, before...)
	for _, l := range c.links {
		if !l.quiet {
			path = append(path, l.hops(c.sure, c.enough)...)
		}
	}
	return Answer{State: Open, Path: append(path, after...), Sources: c.sure, Traffic: t}
}

// hops names what lets the sources pass: the link with its deciders, or each of several
// resources that decide together.
func (l link) hops(sources AddrSet, enough func(AddrSet) bool) []Hop {
	if l.detail != "" || len(l.deciders) == 0 {
		return []Hop{{l.id, l.detail}}
	}
	return decidedBy(l.id, l.deciders, sources, enough)
}

// decided is the part of the addresses that one rule, route or entry decides about.
type decided struct {
	owner string // the resource that holds the rule, if it is not the link itself
	name  string
	set   AddrSet
}

// decidedBy names the one decider that is enough alone, else the first ones that together
// are, gathered by the resource that holds them.
func decidedBy(id string, deciders []decided, within AddrSet, enough func(AddrSet) bool) []Hop {
	chosen := deciders[:0:0]
	var got AddrSet
	for _, d := range deciders {
		part := d.set.Intersect(within)
		if enough(part) {
			chosen = []decided{d}
			break
		}
		if enough(got) {
			continue // only looking for one that is enough alone
		}
		if with := got.Union(part); !with.Equal(got) {
			got, chosen = with, append(chosen, d)
		}
	}
	var hops []Hop
	var names []string
	for i, d := range chosen {
		names = append(names, d.name)
		if i+1 < len(chosen) && chosen[i+1].owner == d.owner {
			continue
		}
		owner := d.owner
		if owner == "" {
			owner = id
		}
		hops = append(hops, Hop{owner, listed(names, 6, " and ")})
		names = nil
	}
	if len(hops) == 0 {
		hops = []Hop{{ID: id}}
	}
	return hops
}
