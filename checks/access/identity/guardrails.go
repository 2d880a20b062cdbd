package identity

import (
	"errors"
	"slices"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// GuardrailReads are the operations behind SCPs and RCPs. DescribeOrganization tells
// whether any bind the account at all.
var GuardrailReads = []string{
	"organizations:DescribeOrganization", "organizations:ListParents", "organizations:ListPoliciesForTarget", "organizations:DescribePolicy",
}

// Rails are the organization's policies on the way from its root to the account. A nil
// Guardrails binds nobody: there is no organization, the account manages it, or policies
// of that type are not enabled.
type Rails struct {
	SCPs, RCPs *policy.Guardrails
	// Why says in words why none bind the account; "" where some do, or nothing tells.
	Why string
}

// Guardrails are those of the account, worked out once for an evaluation.
func Guardrails(env checks.Env, at snapshot.Location) Rails {
	found, err := checks.Find(env, rails, at, "")
	if err != nil { // there is always one
		return Rails{SCPs: &policy.Guardrails{Unread: err}, RCPs: &policy.Guardrails{Unread: err}}
	}
	return found.Rails
}

type railing struct {
	snapshot.Meta
	Rails
}

var rails = snapshot.Kind[railing]{
	Type:   "guardrails of the organization",
	All:    func(a *snapshot.Account) []railing { return []railing{railsOf(a)} },
	Meta:   func(r railing) snapshot.Meta { return r.Meta },
	ID:     func(r railing) string { return r.Account },
	Key:    func(railing) string { return "" },
	Global: true,
}

func railsOf(a *snapshot.Account) railing {
	out := railing{Meta: snapshot.Meta{Location: a.Location, Calls: slices.Clone(a.Org.Organization.Calls())}}
	o, err := a.Org.Organization.Get()
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		out.Why = "the account is in no organization"
		return out
	case err == nil && o.Manages(a.Location.Account):
		out.Why = "the account manages its organization, whose policies do not bind it"
		return out
	case err == nil && o.FeatureSet == "CONSOLIDATED_BILLING":
		out.Why = "the organization has no policies: its FeatureSet is CONSOLIDATED_BILLING"
		return out
	case err != nil:
		out.SCPs, out.RCPs = &policy.Guardrails{Unread: err}, &policy.Guardrails{Unread: err}
		return out
	}
	levels, err := a.Org.Path.Get()
	out.Calls = append(out.Calls, a.Org.Path.Calls()...)
	if err != nil {
		out.SCPs, out.RCPs = &policy.Guardrails{Unread: err}, &policy.Guardrails{Unread: err}
		return out
	}
	out.SCPs = out.collect(levels, func(l snapshot.OrganizationLevel) snapshot.Read[[]snapshot.ControlPolicy] { return l.SCPs })
	out.RCPs = out.collect(levels, func(l snapshot.OrganizationLevel) snapshot.Read[[]snapshot.ControlPolicy] { return l.RCPs })
	return out
}

// collect reads the policies of one type at each level. Where the type is enabled, each
// level has one at least: without any on the whole way it is not enabled.
func (r *railing) collect(levels []snapshot.OrganizationLevel, of func(snapshot.OrganizationLevel) snapshot.Read[[]snapshot.ControlPolicy]) *policy.Guardrails {
	out, some := &policy.Guardrails{}, false
	for _, l := range levels {
		read := of(l)
		attached, err := read.Get()
		r.Calls = append(r.Calls, read.Calls()...)
		if err != nil {
			out.Unread = err
			continue
		}
		var sources []policy.Source
		for _, p := range attached {
			some = true
			sources = append(sources, Source(p.Name+" ("+p.ID+") at "+l.ID, p.Document))
		}
		out.Levels = append(out.Levels, sources)
	}
	if !some && out.Unread == nil {
		return nil
	}
	return out
}

// Effective is a user or role with all that gives and limits its rights.
type Effective struct {
	policy.Identity
	Why string // why no service control policy binds it; "" where some do
}

// EffectiveUser is a user with its groups, boundary and service control policies.
func EffectiveUser(env checks.Env, u snapshot.User) Effective {
	return effective(env, u.Meta, OfUser(env, u), u.BoundaryARN)
}

// EffectiveRole is the same of a role. No service control policy binds a service-linked one.
func EffectiveRole(env checks.Env, r snapshot.Role) Effective {
	out := effective(env, r.Meta, Of(env, r.Meta, r.Grants), r.BoundaryARN)
	if r.ServiceLinked() {
		out.SCPs, out.Why = nil, "no service control policy binds a service-linked role"
	}
	return out
}

func effective(env checks.Env, at snapshot.Meta, policies []policy.Source, boundary string) Effective {
	found := Guardrails(env, at.Location)
	out := Effective{policy.Identity{ARN: at.ARN, Policies: policies, SCPs: found.SCPs}, found.Why}
	if o, err := checks.Use(env, env.Account().Org.Organization); err == nil || errors.Is(err, snapshot.ErrAbsent) {
		out.Organization = &o.ID
	}
	if boundary != "" {
		b := Managed(env, at.Location, boundary)
		b.Name = "the boundary " + boundary
		out.Boundary = &b
	}
	return out
}

// Unread names what might lift a FAIL and was not read; "" for nothing.
func (e Effective) Unread(right policy.Right) string {
	out := ""
	for _, u := range right.Unread {
		out += "; not read, and might lift it: " + u
	}
	return out
}

// Principals makes a check judge each user and each role of the customer's by the same
// function: what a service does with the role that AWS keeps for it is AWS's affair.
func Principals(judge func(Effective, snapshot.Meta, checks.Env) checks.Verdict) checks.Judges {
	return checks.For(snapshot.Users, func(u snapshot.User, env checks.Env) checks.Verdict {
		return judge(EffectiveUser(env, u), u.Meta, env)
	}).And(checks.For(snapshot.Roles, func(r snapshot.Role, env checks.Env) checks.Verdict {
		if r.ServiceLinked() {
			return checks.DoesNotApply("the role belongs to an AWS service")
		}
		return judge(EffectiveRole(env, r), r.Meta, env)
	}))
}
