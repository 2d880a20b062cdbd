package policy

import (
	"slices"
	"strings"
)

// everythingDocument allows everything: what a member can be made to have at most.
var everythingDocument = func() *Document {
	d, err := Parse([]byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`))
	if err != nil {
		panic("policy: " + err.Error())
	}
	return d
}()

// unlimited is the member's, worked out once.
func (g *Graph) unlimited(member int) bool {
	if g.open[member] == CannotTell {
		g.open[member] = answer(g.members[member].unlimited())
	}
	return g.open[member] == Yes
}

// unlimited reports whether the member would be an administrator if its policies allowed
// everything: its boundary and guardrails leave it the rights.
func (m *Member) unlimited() bool {
	id := m.Identity
	id.Policies = []Source{{Name: "everything", Document: everythingDocument}}
	return id.EffectiveAdmin(ProbeActions).Answer == Yes
}

// raise looks for a way by which one of the members held can rewrite what a held member may
// do, so that it may do everything.
func (g *Graph) raise(held []int, target int, conditional bool) (Way, bool) {
	m := &g.members[target]
	held = slices.DeleteFunc(slices.Clone(held), func(by int) bool { return !g.raisers[by] })
	if m.Kept || len(held) == 0 {
		return Way{}, false
	}
	type change struct{ action, on, how string }
	var changes []change
	if m.Role {
		changes = append(changes, change{"iam:PutRolePolicy", m.ARN, "writes a policy of "}, change{"iam:AttachRolePolicy", m.ARN, "attaches a policy to "})
	} else {
		changes = append(changes, change{"iam:PutUserPolicy", m.ARN, "writes a policy of "}, change{"iam:AttachUserPolicy", m.ARN, "attaches a policy to "})
	}
	for _, group := range m.Groups {
		changes = append(changes, change{"iam:PutGroupPolicy", group, "writes a policy of a group of "}, change{"iam:AttachGroupPolicy", group, "attaches a policy to a group of "})
	}
	for _, arn := range m.Managed {
		changes = append(changes, change{"iam:CreatePolicyVersion", arn, "writes a new version of a policy of "})
	}
	if way := g.returns(held, target, Yes, conditional); way.How != "" {
		return way, true
	}
	limited := !g.unlimited(target)
	for _, by := range held {
		actor := &g.members[by]
		for _, c := range changes {
			if limited {
				break
			}
			if way, ok := g.may(actor, c.action, c.on, conditional); ok {
				way.To, way.How = m.Name, c.how+m.Name
				return way, true
			}
		}
		if !m.Role {
			for _, group := range g.groups {
				if slices.Contains(m.Groups, group.ARN) || !actor.mentions("iam:AddUserToGroup") {
					continue
				}
				joined := m.Identity
				joined.Policies = slices.Concat(m.Policies, group.Policies)
				if joined.EffectiveAdmin(ProbeActions).Answer != Yes {
					continue
				}
				if way, ok := g.may(actor, "iam:AddUserToGroup", group.ARN, conditional); ok {
					way.To, way.How = m.Name, "puts "+m.Name+" into the group "+group.Name
					return way, true
				}
			}
		}
		if way, ok := g.shed(actor, m, conditional); ok {
			return way, true
		}
	}
	return Way{}, false
}

// returns looks for a way by which one of the members held brings back an older version of a
// policy of the target's that is known to make it an administrator, or not known not to.
func (g *Graph) returns(held []int, target int, admin Answer, conditional bool) Way {
	m := &g.members[target]
	for _, older := range m.Older {
		for _, by := range held {
			if older.Admin != admin {
				continue
			}
			if way, ok := g.may(&g.members[by], "iam:SetDefaultPolicyVersion", older.ARN, conditional); ok {
				way.To, way.How = m.Name, "brings back an older version of a policy of "+m.Name
				return way
			}
		}
	}
	return Way{}
}

// shed looks for a way to take off or widen a boundary without which the member is an administrator.
func (g *Graph) shed(actor, m *Member, conditional bool) (Way, bool) {
	if m.Boundary == nil {
		return Way{}, false
	}
	bare := m.Identity
	bare.Boundary = nil
	if bare.EffectiveAdmin(ProbeActions).Answer != Yes {
		return Way{}, false
	}
	kind := "User"
	if m.Role {
		kind = "Role"
	}
	for _, change := range []struct{ verb, how string }{{"Delete", "takes the boundary off "}, {"Put", "replaces the boundary of "}} {
		if way, ok := g.may(actor, "iam:"+change.verb+kind+"PermissionsBoundary", m.ARN, conditional); ok {
			way.To, way.How = m.Name, change.how+m.Name
			return way, true
		}
	}
	return Way{}, false
}

// makes looks for a way by which a member makes a role or a user, has it hold every right,
// and becomes it: a role that trusts its maker, a user with a key.
func (g *Graph) makes(member int, conditional bool) (Way, bool) {
	m := &g.members[member]
	if !g.raisers[member] {
		return Way{}, false
	}
	for _, kind := range []struct {
		create, resource, what string
		raise, enter           []string // one of each is needed
	}{
		{"iam:CreateRole", "role", "makes a role that trusts it and gives it every right", []string{"iam:PutRolePolicy", "iam:AttachRolePolicy"}, nil},
		{"iam:CreateUser", "user", "makes a user with every right and a key", []string{"iam:PutUserPolicy", "iam:AttachUserPolicy"}, []string{"iam:CreateAccessKey", "iam:CreateLoginProfile"}},
	} {
		for _, arn := range m.fresh(kind.create, kind.resource) {
			made := Member{Identity: Identity{ARN: arn, SCPs: m.SCPs}, Role: kind.resource == "role"}
			if g.Find(arn) >= 0 || !made.unlimited() {
				continue
			}
			way, ok := g.all(m, arn, conditional, []string{kind.create}, kind.raise, kind.enter)
			if ok && made.Role {
				_, ok = g.entitled(m, &made, asItself)
			}
			if ok {
				way.To, way.How = "a new "+kind.resource, kind.what
				return way, true
			}
		}
	}
	return Way{}, false
}

// all asks for one right of each list of alternatives.
func (g *Graph) all(m *Member, on string, conditional bool, rights ...[]string) (all Way, ok bool) {
	for _, alternatives := range rights {
		var best Way
		found := len(alternatives) == 0
		for _, action := range alternatives {
			if way, ok := g.may(m, action, on, conditional); ok && (!found || best.Need != "" && way.Need == "") {
				best, found = way, true
			}
		}
		if !found {
			return Way{}, false
		}
		all.By = append(all.By, best.By...)
		if all.Need == "" {
			all.Need = best.Need
		}
	}
	return all, true
}

// fresh are ARNs of roles or users that a member could make, one for each pattern of what
// allows it.
func (m *Member) fresh(action, kind string) (out []string) {
	head, _, _ := strings.Cut(m.ARN, ":iam::")
	own := head + ":iam::" + AccountOf(m.ARN) + ":" + kind + "/"
	for _, src := range m.Policies {
		if src.Document == nil {
			continue
		}
		for i := range src.Document.Statements {
			s := &src.Document.Statements[i]
			if s.Effect != Allow || !s.MatchesAction(action) {
				continue
			}
			arns := []string{own + "new"}
			for _, r := range s.Resources {
				if _, name, ok := strings.Cut(s.loosen(r), ":"+kind+"/"); ok && !s.NotResource {
					arns = append(arns, own+strings.NewReplacer("*", "new", "?", "n").Replace(name))
				}
			}
			for _, arn := range arns {
				if s.TouchesResource(arn) && !slices.Contains(out, arn) {
					out = append(out, arn)
				}
			}
		}
	}
	return out
}
