package identity

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// Policy is one of the customer's policies: the default version of a customer managed
// policy, or a policy inside a user, group or role.
type Policy struct {
	policy.Source
	Account  string
	Attached bool // to a user, group or role; an inline policy always is
	Inline   bool
}

// Judge is what a check says of one policy that was read and understood.
type Judge func(Policy, checks.Env) checks.Verdict

// Each has a check judge each of the customer's policies. One that was not read is
// UNKNOWN, and one with something that AWS's grammar does not hold never passes. What
// is inside a service-linked role is AWS's.
func Each(judge Judge) checks.Judges {
	return checks.For(snapshot.CustomerPolicies, func(p snapshot.ManagedPolicy, env checks.Env) checks.Verdict {
		attached := p.AttachmentCount == nil || *p.AttachmentCount > 0
		return understood(Policy{Source: Source("version "+p.DefaultVersionID, p.Document), Account: p.Account, Attached: attached}, env, judge).
			With("DefaultVersionId", p.DefaultVersionID)
	}).And(checks.For(snapshot.InlinePolicies, func(p snapshot.InlinePolicy, env checks.Env) checks.Verdict {
		if strings.Contains(p.Owner, ":role/aws-service-role/") {
			return checks.DoesNotApply("the policy is AWS's own, inside a service-linked role")
		}
		return understood(Policy{Source: Source("the policy", p.Document), Account: p.Account, Attached: true, Inline: true}, env, judge)
	}))
}

func understood(p Policy, env checks.Env, judge Judge) checks.Verdict {
	if v, unread := Unread([]policy.Source{p.Source}); unread {
		return v
	}
	v := judge(p, env)
	if issues := Issues(p.Document); issues != "" && v.Status == checks.PASS {
		return checks.Unclear("%s; but not all of it can be understood: %s", v.Reason, issues)
	}
	return v
}

// Allowing are the Allow statements about the action whose resources are wide, unless the
// same policy takes the action away again on every resource and without a condition.
func (p Policy) Allowing(action string, wide func(*policy.Statement) bool) []policy.Ref {
	var out []policy.Ref
	for i := range p.Document.Statements {
		s := &p.Document.Statements[i]
		switch {
		case !s.MatchesAction(action):
		case s.Effect == policy.Deny && s.Unconditional() && s.EveryResourceFor(action, p.Account):
			return nil
		case s.Effect == policy.Allow && wide(s):
			out = append(out, policy.Ref{Statement: s})
		}
	}
	return out
}

// Allows are the Allow statements of the policy for which hold is true.
func (p Policy) Allows(hold func(*policy.Statement) bool) []policy.Ref {
	var out []policy.Ref
	for i := range p.Document.Statements {
		if s := &p.Document.Statements[i]; s.Effect == policy.Allow && hold(s) {
			out = append(out, policy.Ref{Statement: s})
		}
	}
	return out
}

// Names lists statements as reasons show them.
func Names(refs []policy.Ref) string {
	var out []string
	for _, r := range refs {
		if name := r.String(); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return strings.Join(out, ", ")
}
