package policy

import (
	"slices"
	"strings"
)

// Member is a user or role, as a node of a [Graph].
type Member struct {
	Identity
	Name string // for reasons: user/anna
	Role bool
	Kept bool // AWS keeps the role: nobody can change its policies and its trust
	// Trust is a role's trust policy; nil where it was not read or not understood.
	Trust *Document
	// Groups are the ARNs of a user's groups, Managed those of the customer's policies that
	// give it rights, through a group too.
	Groups, Managed []string
	// Older are those of Managed with versions beside the default one.
	Older []Older
	// Carried says that machines hold the role by an instance profile; CannotTell where not
	// all machines were read.
	Carried Answer
}

// Older says of a policy whether one of its versions but the default makes the member an
// administrator; CannotTell where the versions were not read.
type Older struct {
	ARN   string
	Admin Answer
}

// Group is a group that a user may be put into.
type Group struct {
	ARN, Name string
	Policies  []Source
}

// Way is one step by which a principal gets the rights of another, or more of its own.
type Way struct {
	To   string // the member's name; "itself"
	How  string
	By   []Ref  // the statements that allow it
	Need string // a condition that has to be met; "" for none
}

// Graph tells which members of an account can become which others: by assuming a role,
// taking over an identity, handing a role to a service, or changing what runs with one. Its
// edges are worked out when they are asked for. Not safe for concurrent use.
type Graph struct {
	members []Member
	groups  []Group
	admins  []bool
	raisers []bool   // it holds some right by which what others may do is rewritten
	open    []Answer // whether a member is unlimited; CannotTell: not worked out
	edges   [][]edge // nil: not worked out
	paths   map[[2]int]path
	asked   int // questions so far
}

// path is the answer to a question for one, by the start and the most steps.
type path struct {
	ways   []Way
	answer Answer
	passed []int // the members that were come by, the start too
}

// raising are the rights by which it is rewritten what a member may do.
var raising = []string{
	"iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutUserPolicy", "iam:AttachUserPolicy", "iam:PutGroupPolicy", "iam:AttachGroupPolicy",
	"iam:CreatePolicyVersion", "iam:AddUserToGroup", "iam:DeleteUserPermissionsBoundary", "iam:DeleteRolePermissionsBoundary",
	"iam:PutUserPermissionsBoundary", "iam:PutRolePermissionsBoundary", "iam:SetDefaultPolicyVersion",
}

type edge struct {
	to      int
	way     Way
	assumed bool // by sts:AssumeRole
}

// maxQuestions bounds the work on one account: a question asks for one right.
const maxQuestions = 5_000_000

// NewGraph makes the graph of an account's members.
func NewGraph(members []Member, groups []Group) *Graph {
	n := len(members)
	g := &Graph{members: members, groups: groups, admins: make([]bool, n), raisers: make([]bool, n), open: make([]Answer, n), edges: make([][]edge, n), paths: map[[2]int]path{}}
	for i := range members {
		g.admins[i] = members[i].EffectiveAdmin(ProbeActions).Answer == Yes
		g.raisers[i] = slices.ContainsFunc(raising, members[i].mentions)
	}
	return g
}

// Find is the place of the member with an ARN; -1 for none.
func (g *Graph) Find(arn string) int {
	return slices.IndexFunc(g.members, func(m Member) bool { return m.ARN == arn })
}

// Admin reports whether a member is an administrator in effect.
func (g *Graph) Admin(member int) bool { return g.admins[member] }

// Path looks for the shortest way from a member to the rights of an administrator, in at most
// so many steps; at first one without conditions. CannotTell means that none was found, but
// policies of somebody on the way, or a trust policy, were not read, or the account is too
// large. passed are the members whose rights were asked for, the first one among them.
func (g *Graph) Path(from, most int) (ways []Way, answer Answer, passed []int) {
	asked := [2]int{from, most}
	found, ok := g.paths[asked]
	if !ok {
		found = g.look(from, most)
		g.paths[asked] = found
	}
	return found.ways, found.answer, found.passed
}

func (g *Graph) look(from, most int) (out path) {
	unsure := slices.ContainsFunc(g.members, func(m Member) bool { return m.Role && m.Trust == nil })
	for _, conditional := range []bool{false, true} {
		way, blind, passed := g.search(from, most, conditional)
		out.passed = passed // with conditions no fewer than without
		if way != nil {
			out.ways, out.answer = way, Yes
			return out
		}
		unsure = unsure || blind
	}
	if out.answer = No; unsure || g.asked > maxQuestions {
		out.answer = CannotTell
	}
	return out
}

// search goes through the members in the order of their distance.
func (g *Graph) search(from, most int, conditional bool) (way []Way, blind bool, passed []int) {
	type visit struct {
		member, before int // before is a place in visits; -1 for the start
		way            Way
		steps          int
	}
	visits := []visit{{from, -1, Way{}, 0}}
	seen := map[int]bool{from: true}
	trail := func(at int) (members []int, ways []Way) {
		for ; at >= 0; at = visits[at].before {
			members = append(members, visits[at].member)
			if visits[at].before >= 0 {
				ways = append(ways, visits[at].way)
			}
		}
		slices.Reverse(ways)
		return members, ways
	}
	for n := 0; n < len(visits); n++ {
		v := visits[n]
		passed = append(passed, v.member)
		held, ways := trail(n)
		if n > 0 && g.admins[v.member] {
			return ways, false, passed
		}
		blind = blind || slices.ContainsFunc(g.members[v.member].Policies, func(s Source) bool { return s.Document == nil })
		if v.steps < most {
			blind = blind || g.returns(held, v.member, CannotTell, conditional).How != ""
			if last, ok := g.raise(held, v.member, conditional); ok {
				return append(ways, last), false, passed
			}
			if last, ok := g.makes(v.member, conditional); ok {
				return append(ways, last), false, passed
			}
		}
		if v.steps == most {
			continue
		}
		for _, e := range g.from(v.member) {
			if !seen[e.to] && (conditional || e.way.Need == "") {
				seen[e.to] = true
				visits = append(visits, visit{e.to, n, e.way, v.steps + 1})
			}
		}
	}
	return nil, blind, passed
}

// Assumed is a role that a member can assume, over others.
type Assumed struct {
	Role *Member
	Ways []Way // from the member
}

// Assumes lists the roles that a member can assume one after the other, in at most so many
// steps, nearest first, each by its shortest way; a way on a condition counts. blind says that
// a trust policy or policies on the way were not read, or the account is too large, so that
// there may be more.
func (g *Graph) Assumes(from, most int) (out []Assumed, blind bool) {
	seen := map[int]bool{from: true}
	members := []int{from}
	ways := [][]Way{nil}
	for n := 0; n < len(members); n++ {
		if len(ways[n]) == most {
			continue
		}
		blind = blind || slices.ContainsFunc(g.members[members[n]].Policies, func(s Source) bool { return s.Document == nil })
		for _, e := range g.from(members[n]) {
			if e.assumed && !seen[e.to] {
				seen[e.to] = true
				members, ways = append(members, e.to), append(ways, append(slices.Clone(ways[n]), e.way))
			}
		}
	}
	for n, m := range members[1:] {
		out = append(out, Assumed{&g.members[m], ways[n+1]})
	}
	return out, blind || g.asked > maxQuestions || slices.ContainsFunc(g.members, func(m Member) bool { return m.Role && m.Trust == nil })
}

// mentions reports whether some Allow of the member's policies is about an action: a quick
// no for most members.
func (m *Member) mentions(action string) bool {
	return slices.ContainsFunc(m.Policies, func(src Source) bool {
		return src.Document != nil && slices.ContainsFunc(src.Document.Statements, func(s Statement) bool {
			return s.Effect == Allow && s.MatchesAction(action)
		})
	})
}

// may asks for one right of a member. A grant that names the policies or boundaries with
// which it may be used is none that leads further.
func (g *Graph) may(m *Member, action, on string, conditional bool) (Way, bool) {
	if !m.mentions(action) || g.asked > maxQuestions {
		return Way{}, false
	}
	g.asked++
	right := m.Can(action, on)
	if right.Answer != Yes || right.Conditional && !conditional {
		return Way{}, false
	}
	if m.tied(right.Allow.Statement, action, on) {
		return Way{}, false
	}
	return Way{By: []Ref{right.Allow}, Need: need(right)}, true
}

// tied reports whether an Allow holds only with named policies or boundaries, by its own
// conditions, by those of a limit's only Allow, or by a Deny of all others.
func (m *Member) tied(allow *Statement, action, on string) bool {
	keys := []string{"iam:PermissionsBoundary", "iam:PolicyARN"}
	limits := [][]Source{m.Policies}
	if m.Boundary != nil {
		limits = append(limits, []Source{*m.Boundary})
	}
	if m.SCPs != nil {
		limits = append(limits, m.SCPs.Levels...)
	}
	for n, level := range limits {
		open, named := n == 0, false
		for _, src := range level {
			if src.Document == nil {
				open = true
				continue
			}
			for i := range src.Document.Statements {
				s := &src.Document.Statements[i]
				switch about := s.MatchesAction(action) && s.TouchesResource(on); {
				case !about:
				case s.Effect == Allow && len(s.Restricting(keys...)) > 0:
					named = true
				case s.Effect == Allow:
					open = true
				default:
					c := s.complement()
					if c != nil && slices.ContainsFunc(keys, c.Is) && s.CoversAction(action) && s.CoversResource(on) {
						return true
					}
				}
			}
		}
		if named && !open {
			return true
		}
	}
	return allow != nil && len(allow.Restricting(keys...)) > 0
}

// need is the condition of a right, in words; "" for none.
func need(right Right) string {
	if !right.Conditional {
		return ""
	}
	if right.Allow.Statement == nil || len(right.Allow.Statement.Conditions) == 0 {
		return "a condition of a guardrail"
	}
	return conditionsOf(right.Allow.Statement)
}

func conditionsOf(s *Statement) string {
	texts := make([]string, len(s.Conditions))
	for i := range s.Conditions {
		texts[i] = s.Conditions[i].String()
	}
	return strings.Join(texts, " and ")
}

// from are the ways from one member to others.
func (g *Graph) from(member int) []edge {
	if g.edges[member] != nil {
		return g.edges[member]
	}
	m := &g.members[member]
	out := []edge{}
	add := func(to int, way Way, ok bool) {
		if ok {
			way.To = g.members[to].Name
			out = append(out, edge{to: to, way: way})
		}
	}
	starts := m.starts()
	takes := slices.DeleteFunc([]string{"iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"}, func(action string) bool { return !m.mentions(action) })
	rewrites := m.mentions("iam:UpdateAssumeRolePolicy")
	for to := range g.members {
		if to == member {
			continue
		}
		other := &g.members[to]
		if !other.Role {
			for _, action := range takes {
				way, ok := g.may(m, action, other.ARN, true)
				way.How = "takes over " + other.Name + " by " + action
				add(to, way, ok)
			}
			continue
		}
		way, ok := g.assumes(m, other)
		if add(to, way, ok); ok {
			out[len(out)-1].assumed = true
		}
		if rewrites && !other.Kept {
			way, ok = g.may(m, "iam:UpdateAssumeRolePolicy", other.ARN, true)
			way.How = "rewrites who may assume " + other.Name
			add(to, way, ok)
		}
		way, ok = g.hands(m, other, starts)
		add(to, way, ok)
	}
	g.edges[member] = out
	return out
}

// start is a combination of the table, less iam:PassRole, that a member may use.
type start struct {
	Escalation
	by   []Ref
	need string
}

// starts are the combinations by which the member can have a service run something.
func (m *Member) starts() (out []start) {
	for _, e := range Escalations {
		if e.Service == "" {
			continue
		}
		s := start{Escalation: e}
		actions := e.Actions
		if e.passes() {
			actions = actions[1:]
			if !m.mentions("iam:PassRole") {
				continue
			}
		}
		for _, action := range actions {
			ref, condition, ok := m.somewhere(action, !e.passes())
			if !ok {
				s.by = nil
				break
			}
			s.by = append(s.by, ref)
			if condition != "" {
				s.need = condition
			}
		}
		if s.by != nil {
			out = append(out, s)
		}
	}
	return out
}

// hands looks for a way to have a service run with a role: by passing it, or where
// something runs with it already, by changing that.
func (g *Graph) hands(m, role *Member, starts []start) (Way, bool) {
	if len(starts) == 0 || role.Trust == nil {
		return Way{}, false
	}
	var best Way
	found := false
	for _, t := range role.Trust.Trusts("") {
		if t.Kind != TrustService {
			continue
		}
		for _, s := range starts {
			if s.Service != t.Value {
				continue
			}
			way := Way{How: s.Title + ": " + role.Name, By: s.by, Need: s.need}
			switch {
			case s.passes():
				pass, ok := g.may(m, "iam:PassRole", role.ARN, true)
				if !ok || pass.By[0].Statement != nil && !pass.By[0].Statement.passesTo(t.Value) {
					continue
				}
				way.By = slices.Concat(pass.By, way.By)
				if pass.Need != "" && len(pass.By[0].Statement.Conditions) > len(pass.By[0].Statement.Restricting("iam:PassedToService")) {
					way.Need = pass.Need
				}
			case t.Value == "ec2.amazonaws.com" && role.Carried == No:
				continue
			case t.Value == "ec2.amazonaws.com" && role.Carried == CannotTell:
				way.Need = "an instance that holds the role; not all instances were read"
			case t.Value != "ec2.amazonaws.com":
				way.Need = "something of " + t.Value + " that runs with the role"
			}
			if !found || best.Need != "" && way.Need == "" {
				best, found = way, true
			}
		}
	}
	return best, found
}

// somewhere looks for an Allow of an action that is not taken away where it holds; with wide,
// only on more than single named resources.
func (m *Member) somewhere(action string, wide bool) (by Ref, condition string, ok bool) {
	for _, src := range m.Policies {
		if src.Document == nil {
			continue
		}
		for i := range src.Document.Statements {
			s := &src.Document.Statements[i]
			if s.Effect != Allow || s.Unclear || !s.MatchesAction(action) || wide && !s.Wide(action) || !m.leaves(s, action) {
				continue
			}
			if !ok || condition != "" && len(s.Conditions) == 0 {
				by, condition, ok = Ref{src.Name, s}, conditionsOf(s), true
			}
		}
	}
	return by, condition, ok
}

// leaves reports whether Deny statements without Condition, the boundary and guardrails
// leave something of an Allow of the action.
func (m *Member) leaves(allow *Statement, action string) bool {
	denied := func(sources []Source) bool {
		return slices.ContainsFunc(sources, func(src Source) bool {
			return src.Document != nil && slices.ContainsFunc(src.Document.Statements, func(s Statement) bool {
				return s.Effect == Deny && s.Unconditional() && s.MatchesAction(action) && s.coversResourcesOf(allow)
			})
		})
	}
	limits := [][]Source{}
	if m.Boundary != nil {
		limits = append(limits, []Source{*m.Boundary})
	}
	if m.SCPs != nil {
		limits = append(limits, m.SCPs.Levels...)
	}
	if denied(m.Policies) {
		return false
	}
	for _, level := range limits {
		if denied(level) {
			return false
		}
		open := slices.ContainsFunc(level, func(src Source) bool {
			return src.Document == nil || slices.ContainsFunc(src.Document.Statements, func(s Statement) bool {
				return s.Effect == Allow && s.MatchesAction(action) && s.touchesResourcesOf(allow)
			})
		})
		if !open {
			return false
		}
	}
	return true
}

func (s *Statement) touchesResourcesOf(allow *Statement) bool {
	if allow.NotResource || !allow.hasResource {
		return true
	}
	return slices.ContainsFunc(allow.Resources, func(r string) bool { return s.TouchesResource(allow.loosen(r)) })
}

// assumes asks whether a member can assume a role: the trust policy lets it in, and where
// that names the account and not the member, its own policies allow it. A role's session
// shows neither MFA nor a source identity that it was not given.
// Source: IAM User Guide, "Policy evaluation logic" and "Roles terms and concepts", role
// chaining.
func (g *Graph) assumes(m, role *Member) (Way, bool) {
	const action = "sts:AssumeRole"
	if role.Trust == nil || g.asked > maxQuestions {
		return Way{}, false
	}
	caller := Caller{ARN: m.ARN, Account: AccountOf(m.ARN)}
	ctx := Context{Values: map[string][]string{}, caller: &caller}
	if m.Role {
		caller.ARN, caller.Role = "", m.ARN
		ctx.Values["aws:multifactorauthpresent"] = []string{"false"}
		ctx.Absent = map[string]bool{"aws:multifactorauthage": true, "aws:sourceidentity": true, "sts:sourceidentity": true}
	}
	var best Way
	found := false
	for i := range role.Trust.Statements {
		s := &role.Trust.Statements[i]
		if !s.MatchesAction(action) {
			continue
		}
		how, who := s.names(&caller)
		if who == No {
			continue
		}
		met := Yes
		for c := range s.Conditions {
			met = met.and(s.Conditions[c].meets(&ctx))
		}
		if s.Effect == Deny {
			if met == Yes && who == Yes {
				return Way{}, false
			}
			continue
		}
		if met == No || how == notNamed {
			continue
		}
		way, ok := g.entitled(m, role, how)
		if !ok {
			continue
		}
		way.How = "assumes " + role.Name
		way.By = append([]Ref{{"the trust policy", s}}, way.By...)
		if met == CannotTell || s.Unclear {
			way.Need = conditionsOf(s)
		}
		if !found || best.Need != "" && way.Need == "" {
			best, found = way, true
		}
	}
	return best, found
}

// entitled asks for a member's own side of assuming a role that names it in some way. Named
// itself it needs no right of its own, and only what denies or limits it counts; of a user
// the boundary then does not.
func (g *Graph) entitled(m, role *Member, how naming) (Way, bool) {
	const action = "sts:AssumeRole"
	id := m.Identity
	if how == asAccount {
		return g.may(m, action, role.ARN, true)
	}
	g.asked++
	id.Policies = slices.Concat(m.Policies, []Source{{Name: "everything", Document: everythingDocument}})
	if how == asItself && m.Boundary != nil {
		id.Policies, id.Boundary = append(id.Policies, *m.Boundary), nil
	}
	return Way{}, id.Can(action, role.ARN).Answer == Yes
}
