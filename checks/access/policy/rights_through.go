package policy

import (
	"slices"
	"strings"
)

// Through answers whether the identity may do the action on some of what a pattern of its own
// account describes, with the resource's own policy taken into account: its Deny statements
// that every request of the identity meets take away; what it allows the identity by name
// adds to the identity's own policies. decides is for KMS keys, whose policy alone gives
// rights: what it gives the account, the identity's policies may hand on. A nil guard is a
// resource without a policy. One that was not read may give and may take away.
// Source: IAM User Guide, "Policy evaluation logic"; KMS Developer Guide, "Key policies".
func (q *Question) Through(pattern string, guard *Source, decides bool) Right {
	own := q.Some(pattern)
	switch {
	case guard == nil && decides:
		return Right{Answer: No}
	case guard == nil || own.Answer == No && own.Limit.Statement != nil:
		return own // a Deny of the identity's or of a limit is final
	case guard.Document == nil:
		return Right{Answer: CannotTell, Allow: own.Allow, Unread: []string{guard.Name}}
	}
	caller := q.id.caller()
	delegated, direct := Right{Answer: No}, Right{Answer: No}
	for i := range guard.Document.Statements {
		s := &guard.Document.Statements[i]
		if !s.CoversAction(q.action) {
			continue
		}
		how, who := s.names(&caller)
		met := Yes
		for c := range s.Conditions {
			met = met.and(s.Conditions[c].meets(q.ctx))
		}
		switch {
		case who == No:
		case s.Effect == Deny:
			if who == Yes && met == Yes && !s.Unclear && s.aboutResource(q.action, pattern, q.ctx) == Yes {
				return Right{Answer: No, Limit: Ref{guard.Name, s}}
			}
		case met == No && !s.Unclear || !s.TouchesResource(pattern):
		default:
			found := Right{Answer: who, Allow: Ref{guard.Name, s}, Conditional: met != Yes}
			if s.Unclear {
				found.Answer = CannotTell
			}
			if how == asAccount || s.delegates() {
				delegated = wider(delegated, found)
				continue
			}
			direct = wider(direct, q.within(how, pattern, found))
		}
	}
	if decides {
		return wider(direct, both(own, delegated))
	}
	return wider(own, direct)
}

// delegates reports whether an Allow of a bucket's policy leaves it to access points whom they
// let in: what their own policies give is not looked at here.
// Source: S3 User Guide, "Delegating access control to access points".
func (s *Statement) delegates() bool {
	return len(s.Restricting("s3:DataAccessPoint*", "s3:AccessPointNetworkOrigin")) > 0
}

// caller is the identity as resource policies name it.
func (id *Identity) caller() Caller {
	c := Caller{ARN: id.ARN, Account: AccountOf(id.ARN), Organization: id.Organization}
	if strings.Contains(id.ARN, ":role/") {
		c.ARN, c.Role = "", id.ARN
	}
	return c
}

// within is what the identity's limits leave of a grant that names it in some way. The
// boundary of a user does not bind what names the user itself; AWS does not say whether one
// binds what is given to everybody.
func (q *Question) within(how naming, pattern string, grant Right) Right {
	id := *q.id
	id.Policies = slices.Concat(id.Policies, []Source{{Name: "everything", Document: everythingDocument}})
	left := id.Ask(q.action).Some(pattern)
	if id.Boundary != nil && left.Answer != Yes && (how == asItself || how == asEveryone) {
		id.Policies, id.Boundary = append(id.Policies, *id.Boundary), nil
		left = id.Ask(q.action).Some(pattern)
		if how == asEveryone {
			left.Answer = left.Answer.and(CannotTell)
		}
	}
	left.Allow = grant.Allow
	if left.Answer == No {
		return left
	}
	return both(grant, left)
}

// both is a right that needs two.
func both(a, b Right) Right {
	out := a
	out.Answer = a.Answer.and(b.Answer)
	out.Conditional = a.Conditional || b.Conditional
	out.Unread = slices.Concat(a.Unread, b.Unread)
	if a.Answer == Yes && b.Answer != Yes {
		out.Limit = b.Limit
	}
	return out
}

// wider is the right of two that goes further.
func wider(a, b Right) Right {
	rank := func(r Right) int {
		switch {
		case r.Answer == Yes && !r.Conditional:
			return 3
		case r.Answer == Yes:
			return 2
		case r.Answer == CannotTell:
			return 1
		}
		return 0
	}
	if rank(b) > rank(a) {
		return b
	}
	return a
}
