package identity

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// GraphReads are the operations by which the graph knows machines that hold roles, and
// older versions of policies.
var GraphReads = []string{instancesRead, "iam:ListPolicyVersions", "iam:GetPolicyVersion"}

const instancesRead = "ec2:DescribeInstances"

// Paths is the graph of who can become whom in the account.
type Paths struct {
	*policy.Graph
	versions [][]snapshot.Call // by member: those that told the older versions of its policies
	blind    error             // the first document of a user, group or role that was not read or understood
}

// Graph is the account's, worked out once for an evaluation.
func Graph(env checks.Env, at snapshot.Location) (Paths, error) {
	found, err := checks.Find(env, graphs, at, "")
	return found.Paths, err
}

// Untold is the verdict where the graph cannot tell: the cause of what was not read, if
// anything was.
func (p Paths) Untold() checks.Verdict {
	if p.blind != nil {
		return Untold(p.blind)
	}
	return checks.Unclear("the account has too many users and roles to follow every way")
}

type graph struct {
	snapshot.Meta
	Paths
}

var graphs = snapshot.Kind[graph]{
	Type:   "graph of users and roles",
	All:    func(a *snapshot.Account) []graph { return []graph{graphOf(a)} },
	Meta:   func(g graph) snapshot.Meta { return g.Meta },
	ID:     func(g graph) string { return g.Account },
	Key:    func(graph) string { return "" },
	Global: true,
}

// assembly puts the members of an account together.
type assembly struct {
	account *snapshot.Account
	managed map[string]policy.Source
	groups  map[string]snapshot.Group
	rails   railing
	blind   error
	calls   []snapshot.Call

	versions [][]snapshot.Call // see Paths
}

func graphOf(a *snapshot.Account) graph {
	b := &assembly{account: a, managed: map[string]policy.Source{}, groups: map[string]snapshot.Group{}, rails: railsOf(a)}
	b.calls = b.rails.Calls
	for _, d := range documents.All(a) {
		b.managed[d.ARN] = d.Source
	}
	var groups []policy.Group
	for _, g := range a.IAM.Groups {
		b.groups[g.Name] = g
		groups = append(groups, policy.Group{ARN: g.ARN, Name: g.Name, Policies: b.sources(g.Grants)})
		b.calls = append(b.calls, g.Calls...)
	}
	var members []policy.Member
	for _, u := range a.IAM.Users {
		members = append(members, b.user(u))
	}
	for _, r := range a.IAM.Roles {
		members = append(members, b.role(r))
	}
	at := snapshot.Meta{Location: a.Location, Calls: snapshot.Distinct(b.calls)}
	return graph{at, Paths{policy.NewGraph(members, groups), b.versions, b.blind}}
}

func (b *assembly) sources(g snapshot.Grants) []policy.Source {
	out := Inline(g)
	for _, p := range g.Attached {
		src, ok := b.managed[p.ARN]
		if !ok {
			src = policy.Source{Name: p.ARN, Err: fmt.Errorf("iam managed policy %q: %w", p.ARN, snapshot.ErrAbsent)}
		}
		out = append(out, src)
	}
	for _, src := range out {
		b.note(src)
	}
	return out
}

func (b *assembly) note(src policy.Source) {
	if src.Document == nil && b.blind == nil {
		b.blind = fmt.Errorf("%s: %w", src.Name, src.Err)
	}
}

func (b *assembly) bounded(m policy.Member, boundary string) policy.Member {
	if boundary == "" {
		return m
	}
	src, ok := b.managed[boundary]
	if !ok {
		src = policy.Source{Err: snapshot.ErrAbsent}
	}
	src.Name = "the boundary " + boundary
	m.Boundary = &src
	return m
}

// written are the customer's policies among the attached: those whose versions can be made.
func written(g snapshot.Grants) (out []string) {
	for _, p := range g.Attached {
		if snapshot.AccountOf(p.ARN) != "aws" {
			out = append(out, p.ARN)
		}
	}
	return out
}

// older says of the customer's policies among the attached whether one of their other
// versions would make the member an administrator.
func (b *assembly) older(m *policy.Member) (out []policy.Older) {
	var calls []snapshot.Call
	for _, p := range b.account.IAM.Policies {
		if !slices.Contains(m.Managed, p.ARN) {
			continue
		}
		versions, err := p.Versions.Get()
		calls = append(calls, p.Versions.Calls()...)
		found := policy.Older{ARN: p.ARN, Admin: policy.No}
		if err != nil {
			found.Admin = policy.CannotTell
			if b.blind == nil {
				b.blind = fmt.Errorf("the versions of %s: %w", p.ARN, err)
			}
		}
		for _, v := range versions {
			if v.Default {
				continue
			}
			src := Source(p.ARN, v.Document)
			b.note(src)
			id := m.Identity
			id.Policies = slices.Clone(m.Policies)
			for i := range id.Policies {
				if strings.HasSuffix(id.Policies[i].Name, p.ARN) {
					id.Policies[i].Document = src.Document
				}
			}
			switch {
			case src.Document == nil:
				found.Admin = policy.CannotTell
			case id.EffectiveAdmin(policy.ProbeActions).Answer == policy.Yes:
				found.Admin = policy.Yes
			}
			if found.Admin == policy.Yes {
				break
			}
		}
		if found.Admin != policy.No {
			out = append(out, found)
		}
	}
	b.versions = append(b.versions, calls)
	return out
}

func (b *assembly) user(u snapshot.User) policy.Member {
	m := policy.Member{Name: "user/" + u.Name, Managed: written(u.Grants)}
	m.Identity = policy.Identity{ARN: u.ARN, Policies: b.sources(u.Grants), SCPs: b.rails.SCPs}
	for _, name := range u.Groups {
		g, ok := b.groups[name]
		if !ok {
			src := policy.Source{Name: "group " + name, Err: errors.New("the group is not in the list")}
			b.note(src)
			m.Policies = append(m.Policies, src)
			continue
		}
		for _, src := range b.sources(g.Grants) {
			src.Name = "group " + name + ": " + src.Name
			m.Policies = append(m.Policies, src)
		}
		m.Groups = append(m.Groups, g.ARN)
		m.Managed = append(m.Managed, written(g.Grants)...)
	}
	b.calls = append(b.calls, u.Calls...)
	m = b.bounded(m, u.BoundaryARN)
	m.Older = b.older(&m)
	return m
}

func (b *assembly) role(r snapshot.Role) policy.Member {
	m := policy.Member{Name: "role/" + r.Name, Role: true, Kept: r.ServiceLinked(), Managed: written(r.Grants), Carried: carried(b.account, r)}
	m.Identity = policy.Identity{ARN: r.ARN, Policies: b.sources(r.Grants), SCPs: b.rails.SCPs}
	if m.Kept {
		m.SCPs = nil
	}
	src := Source("the trust policy of "+r.ARN, r.Trust)
	b.note(src)
	m.Trust = src.Document
	b.calls = append(b.calls, r.Calls...)
	m = b.bounded(m, r.BoundaryARN)
	m.Older = b.older(&m)
	return m
}

// carried says whether machines hold a role: it has an instance profile, and there are
// machines. Which of them has the profile is not looked at: whoever may run commands on
// any, and make one, gets at it.
func carried(a *snapshot.Account, r snapshot.Role) policy.Answer {
	if len(r.Profiles) == 0 {
		return policy.No
	}
	if slices.ContainsFunc(a.EC2.Instances, snapshot.Instance.Live) {
		return policy.Yes
	}
	whole := false
	for _, c := range a.Coverage {
		if c.Operation == instancesRead {
			if whole = c.Status == snapshot.OK; !whole {
				return policy.CannotTell
			}
		}
	}
	if !whole {
		return policy.CannotTell
	}
	return policy.No
}
