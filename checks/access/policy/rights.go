package policy

import (
	"slices"
	"strings"
)

// Identity is a user or role with everything that gives or limits its rights.
type Identity struct {
	ARN string
	// Policies are its inline and attached policies and those of its groups.
	Policies []Source
	Boundary *Source // nil: none
	// SCPs of its account; nil where none bind it (no organization, management
	// account, service-linked role).
	SCPs *Guardrails
	// Organization is the id of its account's, "" where that is in none; nil: not known.
	Organization *string
}

// Right answers whether an identity may do something, by documents and without
// regard to conditions.
type Right struct {
	Answer Answer
	// Allow is the statement that grants it, one without conditions if possible.
	Allow Ref
	// Conditional says that only statements with a Condition grant it, in the
	// identity's policies or in a guardrail.
	Conditional bool
	// Limit is what takes it away: a Deny statement, or the source (boundary or
	// SCP) that does not allow it.
	Limit Ref
	// Unread names the policies that could not be read. For a Yes they are
	// guardrails that might lift it; for CannotTell, policies that might grant.
	Unread []string
}

// Can asks whether the identity's policies together allow the action on the
// resource (an ARN, a pattern, or * for every resource), no Deny takes it away, the
// boundary allows it, and each level of SCPs does. An Allow counts with its Condition,
// unless the identity never meets it; a Deny only without one, or with one that the
// identity always meets: both can be known of conditions on who calls. A guardrail
// that could not be read limits nothing and is named.
func (id *Identity) Can(action, resource string) Right { return id.Ask(action).On(resource) }

// Question is an action of an identity, to be asked of many resources. It holds the
// statements that bear on the action, found once.
type Question struct {
	id     *Identity
	action string
	ctx    *Context
	own    bearing
	limits []bearing // the boundary, and each level of SCPs
	unread []string  // guardrails
}

// Ask prepares the question whether the identity can do an action.
func (id *Identity) Ask(action string) *Question {
	q := &Question{id: id, action: action, ctx: &Context{caller: &Caller{ARN: id.ARN, Account: AccountOf(id.ARN), Organization: id.Organization}}}
	q.own = bearingOn(id.Policies, action, q.ctx)
	if len(q.own.allows) == 0 && len(q.own.unread) == 0 {
		return q // whatever limits it
	}
	if id.Boundary != nil {
		q.limits = append(q.limits, bearingOn([]Source{*id.Boundary}, action, q.ctx))
	}
	if id.SCPs != nil {
		for _, level := range id.SCPs.Levels {
			q.limits = append(q.limits, bearingOn(level, action, q.ctx))
		}
		if id.SCPs.Unread != nil {
			q.unread = append(q.unread, "service control policies: "+id.SCPs.Unread.Error())
		}
	}
	return q
}

// On answers for one resource, or for all that a pattern describes.
func (q *Question) On(resource string) Right {
	granted := q.own.on(q.action, resource, q.ctx)
	if granted.Answer != Yes {
		return granted
	}
	granted.Unread = slices.Clone(q.unread) // an unread policy takes nothing away that we know of
	for i := range q.limits {
		level := &q.limits[i]
		limit := level.on(q.action, resource, q.ctx)
		switch {
		case limit.Answer == No:
			if limit.Limit == (Ref{}) && len(level.sources) > 0 {
				limit.Limit.Source = level.sources[0].Name
			}
			return Right{Answer: No, Limit: limit.Limit}
		case limit.Answer == CannotTell && len(limit.Unread) == 0:
			return Right{Answer: CannotTell, Allow: granted.Allow, Limit: limit.Allow}
		}
		granted.Unread = append(granted.Unread, limit.Unread...)
		granted.Conditional = granted.Conditional || limit.Conditional
	}
	return granted
}

// bearing is what one set of documents, which add up, says of an action.
type bearing struct {
	sources []Source
	allows  []grantedBy
	denies  []Ref // that every request of the identity meets
	unread  []string
}

// grantedBy is an Allow that some request of the identity meets.
type grantedBy struct {
	Ref
	conditional bool // not every request does
}

func bearingOn(sources []Source, action string, ctx *Context) bearing {
	out := bearing{sources: sources}
	for _, src := range sources {
		if src.Document == nil {
			out.unread = append(out.unread, src.Name)
			continue
		}
		for i := range src.Document.Statements {
			s := &src.Document.Statements[i]
			if !s.CoversAction(action) {
				continue
			}
			met := Yes
			for c := range s.Conditions {
				met = met.and(s.Conditions[c].meets(ctx))
			}
			switch {
			case s.Effect == Deny && met == Yes && !s.Unclear:
				out.denies = append(out.denies, Ref{src.Name, s})
			case s.Effect == Allow && (met != No || s.Unclear):
				out.allows = append(out.allows, grantedBy{Ref{src.Name, s}, met != Yes})
			}
		}
	}
	return out
}

// on asks for one resource, or for all that a pattern describes.
func (b *bearing) on(action, resource string, ctx *Context) Right {
	out := Right{Answer: No, Unread: slices.Clone(b.unread)}
	for _, deny := range b.denies {
		if deny.Statement.aboutResource(action, resource, ctx) == Yes {
			return Right{Answer: No, Limit: deny}
		}
	}
	for _, a := range b.allows {
		if out.Answer == Yes && (!out.Conditional || a.conditional) {
			continue
		}
		switch about := a.Statement.aboutResource(action, resource, ctx); {
		case about == No:
		case about == CannotTell || a.Statement.Unclear:
			if out.Answer == No {
				out.Answer, out.Allow = CannotTell, a.Ref
			}
		default:
			out.Answer, out.Allow, out.Conditional = Yes, a.Ref, a.conditional
		}
	}
	if out.Answer != Yes && resource == "*" && len(b.allows) > 0 {
		out.join(b.sources, action, AccountOf(ctx.caller.ARN))
	}
	if out.Answer == No && len(out.Unread) > 0 {
		out.Answer = CannotTell
	}
	return out
}

// join looks for statements that together allow the action on every resource: what one
// NotResource leaves out, others may bring back.
func (r *Right) join(sources []Source, action, account string) {
	var plain, all []Ref
	for _, src := range sources {
		if src.Document == nil {
			continue
		}
		for i := range src.Document.Statements {
			s := &src.Document.Statements[i]
			if s.Effect != Allow || s.Unclear {
				continue
			}
			all = append(all, Ref{src.Name, s})
			if len(s.Conditions) == 0 {
				plain = append(plain, Ref{src.Name, s})
			}
		}
	}
	for _, allows := range [][]Ref{plain, all} {
		c := covering(account, allows)
		if c == nil || !c.allowed(action) {
			continue
		}
		r.Answer, r.Allow = Yes, allows[slices.Index(c.used, true)]
		r.Conditional = slices.ContainsFunc(allows, func(a Ref) bool { return len(a.Statement.Conditions) > 0 }) && len(allows) != len(plain)
		return
	}
}

// aboutResource asks whether the statement is about all that the pattern
// describes, policy variables filled from the identity where they can be.
func (s *Statement) aboutResource(action, resource string, ctx *Context) Answer {
	if resource == "*" {
		// A variable never stands for everything.
		return answer(s.EveryResourceFor(action, AccountOf(ctx.caller.ARN)))
	}
	if !s.hasResource || !s.hasVariables() {
		return answer(s.CoversResource(resource))
	}
	if !hasWildcard(resource) {
		return s.matchesResource(resource, ctx)
	}
	switch {
	case s.CoversResource(resource):
		return Yes
	case s.NotResource:
		return answer(s.TouchesResource(resource)).and(CannotTell)
	}
	out := No
	for _, r := range s.Resources {
		filled, known := fill(r, ctx, true)
		switch {
		case known == Yes && Covers(filled, resource):
			return Yes
		case known == CannotTell && Overlaps(s.loosen(r), resource):
			out = CannotTell
		}
	}
	return out
}

func (s *Statement) hasVariables() bool {
	if !s.variables {
		return false
	}
	for _, r := range s.Resources {
		if strings.Contains(r, "${") {
			return true
		}
	}
	return false
}

// ControlActions are the rights of which an administrator holds at least one on
// every resource: each of them leads to all others.
var ControlActions = []string{"iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:CreatePolicyVersion", "iam:UpdateAssumeRolePolicy"}

// ProbeActions stand for work on data and machines; an administrator holds all.
var ProbeActions = []string{"s3:GetObject", "s3:DeleteObject", "ec2:RunInstances", "rds:ModifyDBInstance", "kms:PutKeyPolicy"}

// EffectiveAdmin asks whether the identity is an administrator in effect: it may
// do one of [ControlActions] and every action of probes on every resource, with
// its groups, boundary and SCPs taken into account. The right returned is the
// control right for a Yes, and for another answer what is missing.
func (id *Identity) EffectiveAdmin(probes []string) Right {
	best := Right{Answer: No}
	for _, action := range ControlActions {
		r := id.Can(action, "*")
		if r.Answer == Yes && (best.Answer != Yes || best.Conditional && !r.Conditional) || best.Answer == No && best.Limit == (Ref{}) {
			best = r
		}
	}
	if best.Answer == No {
		return best
	}
	for _, action := range probes {
		switch r := id.Can(action, "*"); r.Answer {
		case No:
			return r
		case CannotTell:
			best = Right{Answer: CannotTell, Allow: r.Allow, Unread: r.Unread}
		case Yes:
			best.Conditional = best.Conditional || r.Conditional
		}
	}
	return best
}
