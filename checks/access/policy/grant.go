package policy

import (
	"slices"
	"strings"
)

// Reach says how far a grant goes. Greater is wider.
type Reach uint8

// The reaches. A grant to AWS services or to federated callers alone reaches no
// account; Grant names them apart.
const (
	Nobody        Reach = iota
	OwnAccount          // principals of the resource's own account
	NamedAccounts       // principals of other accounts, each named
	Organization        // members of an organization that a bound names
	Bounded             // anybody from a fixed network, or through a fixed resource
	Authenticated       // anybody with AWS credentials
	Everyone            // anybody at all
)

func (r Reach) String() string {
	return [...]string{"nobody", "own account", "named accounts", "organization", "anybody within a bound", "anybody with AWS credentials", "everyone"}[r]
}

// Grant is what one Allow statement of a resource's policy gives, after Deny
// statements to everyone have taken away what they name without Condition.
type Grant struct {
	Ref Ref
	// Actions are the granted actions that were asked for, in the spelling of
	// the table; those it does not know stand as written.
	Actions []string
	// Reach is the widest of the callers below, with the bounds that fix them.
	Reach Reach
	// Accounts are account ids that the principals or bounds name. Principals
	// without an account (canonical ids, unique ids of deleted principals) stand
	// in Unnamed.
	Accounts, Unnamed []string
	// Organizations are ids, o-…, out of bounds.
	Organizations []string
	// Services and Federated are principals of these kinds as written.
	Services, Federated []string
	// Everyone says that the Principal takes in everybody, whatever the bounds.
	Everyone bool
	// Bounds limit the grant; those that fix nobody are here as well.
	Bounds []Bound
	// Unclear says that the statement holds something outside the grammar: it
	// may grant less or more.
	Unclear bool
}

// Fixed reports whether a bound fixes who calls or from where.
func (g *Grant) Fixed() bool {
	return slices.ContainsFunc(g.Bounds, func(b Bound) bool { return b.Fixes() })
}

// Unbounded reports whether the grant is to everyone and no bound fixes whom:
// what s3 calls a public grant.
func (g *Grant) Unbounded() bool { return g.Everyone && !g.Fixed() }

// Within reports whether the grant leaves nobody outside the known accounts and
// organizations: all principals belong to them, or a bound confines it there.
// AWS services and federated callers are not judged.
func (g *Grant) Within(known Known) Answer {
	inside := !g.Everyone && len(g.Unnamed) == 0
	for _, a := range g.Accounts {
		inside = inside && slices.Contains(known.Accounts, a)
	}
	if inside || slices.ContainsFunc(g.Bounds, func(b Bound) bool { return b.Within(known) }) {
		if g.Unclear {
			return CannotTell
		}
		return Yes
	}
	return No
}

// Grants lists what the document grants of the actions for which want is true,
// on resources that overlap the pattern (an ARN, a pattern, or * for any). owner
// is the account of the resource. A nil want asks for all actions. Deny
// statements without Condition to everyone, and to each principal of an Allow,
// take away; those with a negated Condition become bounds.
func (d *Document) Grants(name, owner, resource string, want func(Action) bool) (out []Grant) {
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.Effect != Allow || !s.TouchesResource(resource) {
			continue
		}
		var asked []string
		add := func(a Action) {
			if want == nil || want(a) {
				asked = append(asked, a.Name)
			}
		}
		for a := range s.actions() {
			add(a)
		}
		if !s.NotAction {
			for _, p := range s.UnknownActions() {
				add(guess(p))
			}
		}
		if g, ok := d.grant(Ref{name, s}, owner, asked); ok {
			out = append(out, g)
		}
	}
	return out
}

// grant works out what is left of the asked actions of an Allow, and for whom.
func (d *Document) grant(ref Ref, owner string, asked []string) (Grant, bool) {
	s := ref.Statement
	for i := range d.Statements {
		deny := &d.Statements[i]
		if deny.Effect == Deny && deny.Unconditional() && deny.toAll(s) && deny.coversResourcesOf(s) {
			asked = slices.DeleteFunc(asked, deny.CoversAction)
		}
	}
	if len(asked) == 0 {
		return Grant{}, false
	}
	g := Grant{Ref: ref, Actions: asked, Unclear: s.Unclear, Bounds: d.bounds(s, asked)}
	g.audience(s, owner)
	return g, true
}

// guess gives an action that the table does not have the level its name hints
// at. Service and name are as written.
func guess(name string) Action {
	a := Action{Name: name, Level: Write, Resources: true}
	_, verb, _ := strings.Cut(strings.ToLower(name), ":")
	switch {
	case strings.HasPrefix(verb, "get"):
		a.Level = Read
	case strings.HasPrefix(verb, "list"), strings.HasPrefix(verb, "describe"):
		a.Level = List
	}
	return a
}

func (g *Grant) audience(s *Statement, owner string) {
	p := s.Principals
	g.Services, g.Federated = p.Service, p.Federated
	g.Everyone = p.Everyone() || !p.Present
	for _, list := range [][]string{p.AWS, p.Canonical} {
		if p.Negated {
			break
		}
		for _, v := range list {
			switch account := AccountOf(v); {
			case onlyStars(v):
			case account == "":
				g.Unnamed = append(g.Unnamed, v)
			case !slices.Contains(g.Accounts, account):
				g.Accounts = append(g.Accounts, account)
			}
		}
	}
	switch {
	case g.Everyone:
		g.Reach = g.boundReach(owner)
	case len(g.Unnamed) > 0 || slices.ContainsFunc(g.Accounts, func(a string) bool { return a != owner }):
		g.Reach = NamedAccounts
	case len(g.Accounts) > 0:
		g.Reach = OwnAccount
	}
}

// boundReach is the reach of a grant to everyone: the narrowest of its bounds.
func (g *Grant) boundReach(owner string) Reach {
	reach := Everyone
	for _, b := range g.Bounds {
		if !b.Fixes() {
			if strings.HasPrefix(b.Key, "aws:principal") && b.Key != "aws:principalisawsservice" || b.Key == "aws:userid" {
				reach = min(reach, Authenticated)
			}
			continue
		}
		r := Bounded
		switch boundKeys[b.Key] {
		case boundAccount, boundARN:
			if strings.HasPrefix(b.Key, "aws:principal") {
				r = NamedAccounts
				if !slices.ContainsFunc(b.Values, func(v string) bool { return AccountOf(v) != owner }) {
					r = OwnAccount
				}
				g.Accounts = append(g.Accounts, mapped(b.Values, AccountOf)...)
			}
		case boundOrganization, boundPath:
			if strings.HasPrefix(b.Key, "aws:principal") {
				r = Organization
			}
			g.Organizations = append(g.Organizations, mapped(b.Values, organizationOf)...)
		}
		reach = min(reach, r)
	}
	return reach
}

func organizationOf(path string) string {
	id, _, _ := strings.Cut(path, "/")
	return id
}

func mapped(values []string, f func(string) string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = f(v)
	}
	return out
}

// Who answers who can do an action on a resource by the resource's own policy.
type Who struct {
	Reach  Reach
	Grants []Grant // the statements that decide it, with their bounds
	// Unclear says that the document holds statements that may give more.
	Unclear bool
}

// Who asks who can do the action (service:Action) on the resource (an ARN or a
// pattern) by this policy of a resource in the account owner.
func (d *Document) Who(name, owner, action, resource string) Who {
	var out Who
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.Effect != Allow {
			continue
		}
		out.Unclear = out.Unclear || s.Unclear
		if !s.TouchesAction(action) || !s.TouchesResource(resource) {
			continue
		}
		if g, ok := d.grant(Ref{name, s}, owner, []string{action}); ok {
			out.Reach = max(out.Reach, g.Reach)
			out.Grants = append(out.Grants, g)
		}
	}
	return out
}
