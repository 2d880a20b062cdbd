package identity

import (
	"errors"
	"slices"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// AdminService is an AWS service that a role trusts whose policies allow everything: who
// may pass that role to the service can have it do everything.
type AdminService struct {
	Service string   // the principal, such as ec2.amazonaws.com
	Roles   []string // ARNs
	Err     error    // why there may be more roles, or "" for Service: more services
}

// AdminServices are the services that hold a role of an administrator; an error says why
// there may be more of them.
func AdminServices(env checks.Env, at snapshot.Location) ([]AdminService, error) {
	found, err := checks.Find(env, holdings, at, "")
	if err != nil {
		return nil, err
	}
	// Roles that were not read have no holdings: ask for one that cannot be.
	if _, err := checks.Find(env, snapshot.Roles, at, "none"); !errors.Is(err, snapshot.ErrAbsent) {
		return found.services, err
	}
	return found.services, nil
}

// RoleServices are the services that a role's trust policy lets in.
func RoleServices(r snapshot.Role) ([]string, error) {
	src := Source("the trust policy of "+r.ARN, r.Trust)
	if src.Document == nil {
		return nil, src.Err
	}
	var out []string
	for _, t := range src.Document.Trusts("") {
		if t.Kind == policy.TrustService && !slices.Contains(out, t.Value) {
			out = append(out, t.Value)
		}
	}
	return out, nil
}

// Assumable says that a role's trust policy lets somebody in.
func Assumable(r snapshot.Role) (bool, error) {
	src := Source("the trust policy of "+r.ARN, r.Trust)
	if src.Document == nil {
		return false, src.Err
	}
	return len(src.Document.Trusts("")) > 0, nil
}

// holding is all of them, worked out once for an evaluation, which keeps its index.
type holding struct {
	snapshot.Meta
	services []AdminService
}

var holdings = snapshot.Kind[holding]{
	Type: "services with an administrator's role",
	All: func(a *snapshot.Account) []holding {
		return []holding{{snapshot.Meta{Location: a.Location}, holdingServices(a)}}
	},
	Meta:   func(h holding) snapshot.Meta { return h.Meta },
	ID:     func(h holding) string { return h.Account },
	Key:    func(holding) string { return "" },
	Lists:  snapshot.Roles.Lists,
	Global: true,
}

func holdingServices(a *snapshot.Account) []AdminService {
	managed := map[string]policy.Source{}
	for _, d := range documents.All(a) {
		managed[d.ARN] = d.Source
	}
	var out []AdminService
	entry := func(service string) *AdminService {
		i := slices.IndexFunc(out, func(s AdminService) bool { return s.Service == service })
		if i < 0 {
			i = len(out)
			out = append(out, AdminService{Service: service})
		}
		return &out[i]
	}
	for _, r := range a.IAM.Roles {
		services, err := RoleServices(r)
		if r.ServiceLinked() || err == nil && len(services) == 0 {
			continue
		}
		sources := Inline(r.Grants)
		for _, p := range r.Attached {
			src, ok := managed[p.ARN]
			if !ok {
				src = policy.Source{Name: p.ARN, Err: snapshot.ErrAbsent}
			}
			sources = append(sources, src)
		}
		admin, untold := Admin(r.Account, sources)
		switch {
		case untold == nil && admin.Answer == policy.No:
			continue
		case err != nil:
			entry("").Err = err
		}
		for _, s := range services {
			e := entry(s)
			if untold != nil {
				e.Err = untold
			} else {
				e.Roles = append(e.Roles, r.ARN)
			}
		}
	}
	return out
}
