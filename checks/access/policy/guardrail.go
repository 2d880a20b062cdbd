package policy

import (
	"slices"
	"strings"
)

// Guarded answers whether guardrails keep principals from an action.
type Guarded struct {
	// Answer is Yes where the action is denied on every resource to every principal but
	// those in Exempt.
	Answer Answer
	// By is the statement that denies it, or the source of a level at which nothing
	// allows it.
	By Ref
	// Exempt are the conditions that spare some principals.
	Exempt []Condition
}

// Denies asks whether the guardrails deny an action (service:Action) on every resource: by a
// Deny statement whose conditions, if it has any, only spare certain principals, or by a
// level at which no statement allows it.
func (g *Guardrails) Denies(action string) Guarded {
	out := Guarded{Answer: No}
	unsure := g.Unread != nil
	for _, level := range g.Levels {
		allowed := false
		for _, src := range level {
			if src.Document == nil {
				unsure, allowed = true, true
				continue
			}
			for i := range src.Document.Statements {
				s := &src.Document.Statements[i]
				switch {
				case s.Effect == Allow:
					allowed = allowed || s.TouchesAction(action)
				case !s.MatchesAction(action) || !s.EveryResource(""):
				case s.Unclear:
					unsure = true
				default:
					if exempt, ok := s.onlySpares(); ok && (out.Answer != Yes || len(exempt) < len(out.Exempt)) {
						out = Guarded{Yes, Ref{src.Name, s}, exempt}
					}
				}
			}
		}
		if !allowed {
			by := Ref{Source: "a level that allows it not"}
			if len(level) > 0 {
				by.Source = level[0].Name
			}
			return Guarded{Answer: Yes, By: by}
		}
	}
	if out.Answer == No && unsure {
		out.Answer = CannotTell
	}
	return out
}

// onlySpares returns the conditions of a Deny where each of them does no more than spare some
// principals.
func (s *Statement) onlySpares() ([]Condition, bool) {
	for i := range s.Conditions {
		if !s.Conditions[i].sparesPrincipals() {
			return nil, false
		}
	}
	return s.Conditions, true
}

// rootOpen are the actions that a Deny for root users may leave open: those for the bill
// and for support, which some tasks need the root user for.
var rootOpen = []string{"aws-portal:*", "billing:*", "budgets:*", "ce:*", "consolidatedbilling:*", "cur:*", "freetier:*", "invoicing:*", "payments:*", "pricing:*", "purchase-orders:*", "support:*", "supportapp:*", "supportplans:*", "tax:*"}

// DeniesRoot reports whether the statement denies everything, but for the bill and support,
// to the root user with this ARN: by conditions that this caller meets for certain.
func (s *Statement) DeniesRoot(root string) bool {
	if s.Effect != Deny || s.Unclear || !s.EveryResource("") {
		return false
	}
	if s.NotAction {
		if slices.ContainsFunc(s.Actions, func(a string) bool { return !anyCovers(rootOpen, a, true) }) {
			return false
		}
	} else if !anyCovers(s.Actions, "*:*", true) {
		return false
	}
	ctx := Context{Values: map[string][]string{}, Absent: map[string]bool{"aws:assumedroot": true}, caller: &Caller{ARN: root, Account: AccountOf(root)}}
	for i := range s.Conditions {
		if s.Conditions[i].meets(&ctx) != Yes {
			return false
		}
	}
	return true
}

// LimitsOutsiders reports whether the statement, of a resource control policy, denies every
// action of a service (its prefix) to principals outside an organization. spared names the
// accounts outside that it lets through. AWS services may be spared; any other condition
// leaves a way in.
func (s *Statement) LimitsOutsiders(service, organization string) (spared []string, ok bool) {
	return s.KeepsOutsiders(service+":*", organization)
}

// KeepsOutsiders is LimitsOutsiders for one action, or for all that a pattern describes.
func (s *Statement) KeepsOutsiders(action, organization string) (spared []string, ok bool) {
	if s.Effect != Deny || s.Unclear || !s.Principals.Everyone() || !s.EveryResource("") || !s.CoversAction(action) {
		return nil, false
	}
	for _, c := range s.Conditions {
		negated := c.operator.negated && c.operator.set != forAnyValue
		switch c.key {
		case "aws:principalorgid":
			if !negated || len(c.Values) != 1 || c.Values[0] != organization {
				return nil, false
			}
			ok = true
		case "aws:principalisawsservice", "aws:viaawsservice":
			if !c.sparesPrincipals() {
				return nil, false
			}
		case "aws:principalaccount", "aws:sourceaccount", "aws:sourceorgid":
			if !negated || c.takesEverything() {
				return nil, false
			}
			if c.key == "aws:principalaccount" {
				spared = append(spared, c.Values...)
			}
		default:
			return nil, false
		}
	}
	return spared, ok
}

// RegionGap is a Region in which guardrails leave actions open.
type RegionGap struct {
	Region  string
	Actions []string // at most 20
}

// RegionGaps looks for what guardrails together leave open in Regions that they should
// close: actions that no Deny covers there and that every level may allow. A Deny counts
// where its conditions are on aws:RequestedRegion, or spare principals that exempt names
// (patterns of ARNs); the conditions that spare others are returned, as are those of any
// other kind, which keep a Deny from counting.
func (g *Guardrails) RegionGaps(regions, actions, exempt []string) (gaps []RegionGap, spared, narrow []Condition) {
	type rule struct {
		s        *Statement
		regional []Condition
	}
	var denies []rule
	levels := make([][]rule, len(g.Levels))
	unread := make([]bool, len(g.Levels))
	for n, level := range g.Levels {
		for _, src := range level {
			if src.Document == nil {
				unread[n] = true
				continue
			}
			for i := range src.Document.Statements {
				s := &src.Document.Statements[i]
				r := rule{s: s}
				for _, c := range s.Conditions {
					if c.Is(requestedRegion) {
						r.regional = append(r.regional, c)
					}
				}
				if s.Effect == Allow {
					levels[n] = append(levels[n], r)
					continue
				}
				counts := !s.Unclear && s.EveryResource("")
				for _, c := range s.Conditions {
					switch {
					case c.Is(requestedRegion), c.sparesOnly(exempt):
					case c.sparesPrincipals():
						counts = false
						if len(r.regional) > 0 {
							spared = append(spared, c)
						}
					default:
						counts = false
						if len(r.regional) > 0 {
							narrow = append(narrow, c)
						}
					}
				}
				if counts {
					denies = append(denies, r)
				}
			}
		}
	}
	for _, region := range regions {
		ctx := Context{Values: map[string][]string{requestedRegion: {region}}}
		applies := func(r rule, action string, want func(Answer) bool) bool {
			return r.s.MatchesAction(action) && !slices.ContainsFunc(r.regional, func(c Condition) bool { return !want(c.meets(&ctx)) })
		}
		gap := RegionGap{Region: region}
		for _, action := range actions {
			if slices.ContainsFunc(denies, func(r rule) bool { return applies(r, action, func(a Answer) bool { return a == Yes }) }) {
				continue
			}
			closed := false
			for n, level := range levels {
				allows := func(r rule) bool { return applies(r, action, func(a Answer) bool { return a != No }) }
				closed = closed || !unread[n] && !slices.ContainsFunc(level, allows)
			}
			if closed {
				continue
			}
			if gap.Actions = append(gap.Actions, action); len(gap.Actions) == maxListed {
				break
			}
		}
		if len(gap.Actions) > 0 {
			gaps = append(gaps, gap)
		}
	}
	return gaps, spared, narrow
}

// sparesOnly reports whether the condition, on a Deny, spares no principals but those whose
// ARNs the patterns take in.
func (c *Condition) sparesOnly(patterns []string) bool {
	if c.key != "aws:principalarn" || !c.sparesPrincipals() {
		return c.key == "aws:principalisawsservice" && c.sparesPrincipals()
	}
	return !slices.ContainsFunc(c.Values, func(v string) bool { return !anyCovers(patterns, v, false) })
}

// OpenRegions lists the Regions, of those given, in which the identity's own policies let it
// do the action: some Allow may apply there, in its boundary too, and no Deny applies for
// certain. Conditions on other keys than the Region count for an Allow and not for a Deny.
// An Allow in a policy that was not read is not counted; a boundary that was not read limits
// nothing.
func (id *Identity) OpenRegions(action string, regions []string) (open []string) {
	for _, region := range regions {
		ctx := Context{Values: map[string][]string{requestedRegion: {region}}, caller: &Caller{ARN: id.ARN, Account: AccountOf(id.ARN)}}
		if strings.EqualFold(action, "s3:CreateBucket") {
			ctx.Values["s3:locationconstraint"] = []string{region}
			if region == "us-east-1" { // such a request names none
				delete(ctx.Values, "s3:locationconstraint")
				ctx.Absent = map[string]bool{"s3:locationconstraint": true}
			}
		}
		limits := [][]Source{id.Policies}
		if id.Boundary != nil && id.Boundary.Document != nil {
			limits = append(limits, []Source{*id.Boundary})
		}
		if !slices.ContainsFunc(limits, func(l []Source) bool { return closedIn(l, action, &ctx) }) {
			open = append(open, region)
		}
	}
	return open
}

// closedIn reports whether documents deny an action in the request's Region, or allow it
// nowhere there.
func closedIn(sources []Source, action string, ctx *Context) bool {
	allowed := false
	for _, src := range sources {
		if src.Document == nil {
			continue
		}
		for i := range src.Document.Statements {
			s := &src.Document.Statements[i]
			if !s.MatchesAction(action) {
				continue
			}
			met := Yes
			for c := range s.Conditions {
				met = met.and(s.Conditions[c].meets(ctx))
			}
			switch {
			case s.Effect == Allow:
				allowed = allowed || met != No
			case met == Yes && !s.Unclear && s.EveryResourceFor(action, AccountOf(ctx.caller.ARN)):
				return true
			}
		}
	}
	return !allowed
}
