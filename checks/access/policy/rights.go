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
// resource (an ARN, a pattern, or * for every resource), no Deny without
// Condition takes it away, the boundary allows it, and each level of SCPs does.
// An Allow counts with its Condition; a Deny counts only without. A guardrail
// that could not be read limits nothing and is named.
func (id *Identity) Can(action, resource string) Right {
	ctx := Context{caller: &Caller{ARN: id.ARN}}
	granted := allowedBy(id.Policies, action, resource, &ctx)
	if granted.Answer != Yes {
		return granted
	}
	granted.Unread = nil // an unread policy takes nothing away that we know of
	limits := [][]Source{}
	if id.Boundary != nil {
		limits = append(limits, []Source{*id.Boundary})
	}
	if id.SCPs != nil {
		limits = append(limits, id.SCPs.Levels...)
		if id.SCPs.Unread != nil {
			granted.Unread = append(granted.Unread, "service control policies: "+id.SCPs.Unread.Error())
		}
	}
	for _, level := range limits {
		limit := allowedBy(level, action, resource, &ctx)
		switch {
		case limit.Answer == No:
			if limit.Limit == (Ref{}) && len(level) > 0 {
				limit.Limit.Source = level[0].Name
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

// allowedBy asks one set of documents, which add up.
func allowedBy(sources []Source, action, resource string, ctx *Context) Right {
	var out Right
	out.Answer = No
	for _, src := range sources {
		if src.Document == nil {
			out.Unread = append(out.Unread, src.Name)
			continue
		}
		for i := range src.Document.Statements {
			s := &src.Document.Statements[i]
			if !s.CoversAction(action) {
				continue
			}
			about := s.aboutResource(action, resource, ctx)
			switch {
			case s.Effect == Deny:
				if about == Yes && s.Unconditional() {
					return Right{Answer: No, Limit: Ref{src.Name, s}}
				}
			case about == No:
			case about == CannotTell || s.Unclear:
				if out.Answer == No {
					out.Answer, out.Allow = CannotTell, Ref{src.Name, s}
				}
			case out.Answer != Yes || out.Conditional && len(s.Conditions) == 0:
				out.Answer, out.Allow, out.Conditional = Yes, Ref{src.Name, s}, len(s.Conditions) > 0
			}
		}
	}
	if out.Answer != Yes && resource == "*" {
		out.join(sources, action, AccountOf(ctx.caller.ARN))
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
	case s.TouchesResource(resource):
		return CannotTell
	}
	return No
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
