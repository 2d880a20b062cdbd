package identity

import (
	"errors"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// errNotAsked stands for the organization's policies where a check leaves them aside.
var errNotAsked = errors.New("not asked by this check")

// BoundedUser is a user with its groups and its boundary. Service control policies are left
// aside, and rights name that.
func BoundedUser(env checks.Env, u snapshot.User) policy.Identity {
	return bounded(env, u.Meta, OfUser(env, u), u.BoundaryARN)
}

// BoundedRole is the same of a role. No service control policy binds a service-linked one.
func BoundedRole(env checks.Env, r snapshot.Role) policy.Identity {
	id := bounded(env, r.Meta, Of(env, r.Meta, r.Grants), r.BoundaryARN)
	if r.ServiceLinked() {
		id.SCPs = nil
	}
	return id
}

func bounded(env checks.Env, at snapshot.Meta, policies []policy.Source, boundary string) policy.Identity {
	id := policy.Identity{ARN: at.ARN, Policies: policies, SCPs: &policy.Guardrails{Unread: errNotAsked}}
	if boundary != "" {
		b := Managed(env, at.Location, boundary)
		b.Name = "the boundary " + boundary
		id.Boundary = &b
	}
	return id
}
