package policy

import (
	"slices"
	"strings"
)

// Caller is who sends a request. The zero value is a caller without credentials.
type Caller struct {
	// ARN of the user, the role session (arn:…:assumed-role/…), the federated
	// user or the account root. Empty for services and anonymous callers.
	ARN string
	// Role is the ARN of the role behind a session.
	Role string
	// Account is the account the caller belongs to.
	Account string
	// Service is the service principal, such as logging.s3.amazonaws.com, when
	// an AWS service calls in its own name.
	Service string
	// Federated is the provider (ARN or host) of a call that brings a token of
	// it, such as sts:AssumeRoleWithWebIdentity.
	Federated string
	// ServiceLinked says that the role is a service-linked one, which no SCP or
	// RCP binds.
	ServiceLinked bool
	// Organization is the id of the account's, "" where it is in none; nil: not known.
	Organization *string
}

// principalARN is the value of aws:PrincipalArn: the role for a session.
func (c *Caller) principalARN() string {
	if c.Role != "" {
		return c.Role
	}
	return c.ARN
}

func (c *Caller) anonymous() bool {
	return c.ARN == "" && c.Role == "" && c.Service == "" && c.Federated == "" && c.Account == ""
}

// root reports whether the caller is the root user of its account.
func (c *Caller) root() bool {
	return c.Role == "" && c.Account != "" && AccountOf(c.ARN) == c.Account && strings.HasSuffix(c.ARN, ":root")
}

// Request is one call to AWS.
type Request struct {
	Caller   Caller
	Action   string // service:Action
	Resource string // ARN, or * for actions that know no resource
	// Owner is the account of the resource. Empty means the caller's.
	Owner   string
	Context Context
}

// Guardrails are the organization's policies of one kind (service control or
// resource control policies) on the way from the root to an account.
type Guardrails struct {
	// Levels hold the policies attached to the root, to each OU, and to the
	// account, in that order. Each level has to allow a request.
	Levels [][]Source
	// Unread says that levels or policies could not be read, and why.
	Unread error
}

// Policies are the documents that bear on a request.
type Policies struct {
	Identity []Source // of the caller: inline, attached, and of its groups
	Boundary *Source  // nil: the caller has none
	Resource *Source  // nil: the resource has none
	// ResourceDecides says that the caller's own policies are not enough even in
	// the resource's account: KMS keys and role trust policies.
	ResourceDecides bool
	// SCPs bind the caller, RCPs the resource. Nil means that none apply: no
	// organization, or its management account.
	SCPs, RCPs *Guardrails
}

// Stage names the kind of policy that decided.
type Stage string

// The stages of AWS's evaluation, in its order.
const (
	ByExplicitDeny Stage = "explicit deny"
	BySCP          Stage = "service control policy"
	ByRCP          Stage = "resource control policy"
	ByResource     Stage = "resource policy"
	ByBoundary     Stage = "permissions boundary"
	ByIdentity     Stage = "identity policy"
)

// Decision is the outcome of one request.
type Decision struct {
	Allowed Answer
	// Stage is where the answer fell. For an Allow it is the policy that grants;
	// for No the one that refuses or does not allow.
	Stage Stage
	// By are the statements that grant or refuse. Empty where nothing allows.
	By []Ref
	// Doubts are statements and unread policies that keep the answer open.
	Doubts []Ref
}

// Decide evaluates a request as AWS does: an explicit Deny anywhere wins; each
// level of SCPs and RCPs has to allow; within one account the resource's policy
// or the caller's is enough, across accounts both are needed; a permissions
// boundary cuts what the caller's policies, and a grant to its role, give.
// Source: IAM User Guide, "Policy evaluation logic" and its pages on requests
// within a single account and across accounts.
func Decide(req Request, docs Policies) Decision {
	req.Context.caller, req.Context.owner = &req.Caller, req.owner()
	if req.Caller.ServiceLinked || req.Caller.Service != "" {
		docs.SCPs = nil
	}
	if req.Caller.ServiceLinked {
		docs.RCPs = nil
	}
	e := evaluation{req: &req}
	denied := e.denied(&docs)
	if denied == Yes {
		return Decision{Allowed: No, Stage: ByExplicitDeny, By: e.denies}
	}
	allowed, stage := e.allowed(&docs)
	out := Decision{Allowed: allowed.and(denied.not()), Stage: stage}
	switch out.Allowed {
	case Yes:
		out.By = e.allows
	case CannotTell:
		out.Doubts = e.doubts
	case No:
	}
	return out
}

func (r *Request) owner() string {
	if r.Owner != "" {
		return r.Owner
	}
	return r.Caller.Account
}

// evaluation gathers, while one request is decided, the statements that matter.
type evaluation struct {
	req                    *Request
	denies, allows, doubts []Ref
}

// denied looks for an explicit Deny in every document.
func (e *evaluation) denied(docs *Policies) Answer {
	out := No
	look := func(src Source, resource bool) {
		if src.Document == nil {
			e.doubts = append(e.doubts, Ref{Source: src.Name})
			out = out.or(CannotTell)
			return
		}
		for i := range src.Document.Statements {
			s := &src.Document.Statements[i]
			if s.Effect != Deny {
				continue
			}
			found := s.applies(e.req)
			if resource && found != No {
				_, who := s.names(&e.req.Caller)
				found = found.and(who)
			}
			switch found {
			case Yes:
				e.denies = append(e.denies, Ref{src.Name, s})
			case CannotTell:
				e.doubts = append(e.doubts, Ref{src.Name, s})
			case No:
			}
			out = out.or(found)
		}
	}
	for _, src := range docs.Identity {
		look(src, false)
	}
	if docs.Boundary != nil {
		look(*docs.Boundary, false)
	}
	for _, g := range []*Guardrails{docs.SCPs, docs.RCPs} {
		if g == nil {
			continue
		}
		if g.Unread != nil {
			e.doubts = append(e.doubts, Ref{Source: "unread guardrail"})
			out = out.or(CannotTell)
		}
		for _, level := range g.Levels {
			for _, src := range level {
				look(src, g == docs.RCPs)
			}
		}
	}
	if docs.Resource != nil {
		look(*docs.Resource, true)
	}
	return out
}

func (e *evaluation) allowed(docs *Policies) (Answer, Stage) {
	scp, rcp := e.guardrails(docs.SCPs), e.guardrails(docs.RCPs)
	switch {
	case scp == No:
		return No, BySCP
	case rcp == No:
		return No, ByRCP
	}
	rails := scp.and(rcp)
	byName := e.resourceGrant(docs.Resource)
	grant := byName.any()
	identity := e.anyAllows(docs.Identity)
	if e.req.Caller.root() {
		identity = Yes // no policy gives the root user its rights
	}
	boundary := Yes
	if docs.Boundary != nil {
		boundary = e.anyAllows([]Source{*docs.Boundary})
	}
	c := &e.req.Caller
	if c.anonymous() || c.Service != "" || c.Federated != "" {
		return grant.and(rails), ByResource
	}
	own := identity.and(boundary)
	if c.Account != e.req.owner() {
		return grant.and(own).and(rails), stageAcross(grant, identity, boundary)
	}
	direct := byName.within(own, boundary)
	if !docs.ResourceDecides {
		if own == Yes && direct != Yes {
			return rails, ByIdentity
		}
		direct = direct.or(own)
	}
	return direct.and(rails), stageWithin(direct, grant, identity, boundary, docs.ResourceDecides)
}

// stageAcross says what decided a request across accounts.
func stageAcross(grant, identity, boundary Answer) Stage {
	switch {
	case grant != Yes:
		return ByResource
	case identity == Yes && boundary != Yes:
		return ByBoundary
	}
	return ByIdentity
}

// stageWithin says what decided a request within one account.
func stageWithin(direct, grant, identity, boundary Answer, resourceDecides bool) Stage {
	switch {
	case direct == Yes || resourceDecides && grant != Yes:
		return ByResource
	case boundary != Yes && (identity == Yes || grant == Yes):
		return ByBoundary
	}
	return ByIdentity
}

// guardrails asks whether every level allows the request.
func (e *evaluation) guardrails(g *Guardrails) Answer {
	if g == nil {
		return Yes
	}
	out := Yes
	if g.Unread != nil {
		out = CannotTell
	}
	for _, level := range g.Levels {
		keep := len(e.allows)
		out = out.and(e.anyAllows(level))
		e.allows = e.allows[:keep] // a guardrail grants nothing
	}
	return out
}

// anyAllows asks whether some statement of the documents allows the request.
func (e *evaluation) anyAllows(sources []Source) Answer {
	out := No
	for _, src := range sources {
		if src.Document == nil {
			e.doubts = append(e.doubts, Ref{Source: src.Name})
			out = out.or(CannotTell)
			continue
		}
		for i := range src.Document.Statements {
			s := &src.Document.Statements[i]
			if s.Effect != Allow {
				continue
			}
			found := s.applies(e.req)
			e.note(found, Ref{src.Name, s})
			out = out.or(found)
		}
	}
	return out
}

func (e *evaluation) note(found Answer, ref Ref) {
	switch found {
	case Yes:
		e.allows = append(e.allows, ref)
	case CannotTell:
		e.doubts = append(e.doubts, ref)
	case No:
	}
}

// naming says how a Principal element takes a caller in.
type naming uint8

const (
	notNamed   naming = iota
	asAccount         // by its account, which then decides itself
	asEveryone        // by *
	asRole            // by the role behind the session
	asItself          // by the caller's own ARN
)

// namedGrants holds what a resource's policy gives the caller under each way of
// naming it. Two statements that name one caller differently are two grants: a
// sure one to the account must not hide a doubtful one to the user.
type namedGrants [asItself + 1]Answer

func (g *namedGrants) any() Answer {
	out := No
	for _, a := range g {
		out = out.or(a)
	}
	return out
}

// within is what the grants give inside the resource's own account, where the
// caller's policies (cut by its boundary) answer own.
// Source: IAM User Guide, "Permissions boundaries for IAM entities".
func (g *namedGrants) within(own, boundary Answer) Answer {
	everyone := g[asEveryone]
	if boundary != Yes {
		// Not said by AWS: whether a boundary cuts what * gives in the account.
		everyone = everyone.and(CannotTell)
	}
	out := g[asItself].or(g[notNamed]).or(everyone)
	out = out.or(g[asRole].and(boundary))
	return out.or(g[asAccount].and(own)) // hands the decision to the account
}

// resourceGrant asks whether the resource's policy allows the request, for each
// way of naming the caller.
func (e *evaluation) resourceGrant(src *Source) namedGrants {
	out := namedGrants{No, No, No, No, No}
	if src == nil {
		return out
	}
	if src.Document == nil {
		e.doubts = append(e.doubts, Ref{Source: src.Name})
		out[notNamed] = CannotTell
		return out
	}
	for i := range src.Document.Statements {
		s := &src.Document.Statements[i]
		if s.Effect != Allow {
			continue
		}
		found := s.applies(e.req)
		if found == No {
			continue
		}
		how, who := s.names(&e.req.Caller)
		found = found.and(who)
		e.note(found, Ref{src.Name, s})
		out[how] = out[how].or(found)
	}
	return out
}

// applies asks whether action, resource and conditions of the statement meet the
// request. Who calls is another matter.
func (s *Statement) applies(req *Request) Answer {
	if !s.MatchesAction(req.Action) {
		return No
	}
	out := s.matchesResource(req.Resource, &req.Context)
	for i := range s.Conditions {
		if out == No {
			return No
		}
		out = out.and(s.Conditions[i].meets(&req.Context))
	}
	if s.Unclear && out == Yes {
		return CannotTell
	}
	return out
}

func (s *Statement) matchesResource(resource string, ctx *Context) Answer {
	if !s.hasResource {
		return Yes
	}
	found := No
	for _, r := range s.Resources {
		if s.variables && strings.Contains(r, "${") {
			filled, known := fill(r, ctx, true)
			switch {
			case known == Yes:
				found = found.or(answer(match(filled, resource, false)))
			case match(s.loosen(r), resource, false) && (known == CannotTell || s.NotResource):
				found = found.or(CannotTell)
			}
			continue
		}
		found = found.or(answer(match(r, resource, false)))
	}
	if s.NotResource {
		return found.not()
	}
	return found
}

// names asks whether the Principal or NotPrincipal element takes the caller in.
func (s *Statement) names(c *Caller) (naming, Answer) {
	p := &s.Principals
	if !p.Present {
		return notNamed, CannotTell
	}
	how := p.list(c)
	if !p.Negated {
		if how == notNamed && s.Unclear {
			return notNamed, CannotTell
		}
		return how, answer(how != notNamed)
	}
	switch {
	case how == notNamed:
		return asEveryone, Yes
	case s.Effect == Deny:
		return asEveryone, p.deniesListed(c, how)
	}
	return notNamed, No
}

// deniesListed asks whether a Deny with this NotPrincipal hits a caller whom the
// list names in some way. It spares only those whose every name is listed: the
// account, the role of a session, and the caller itself. One that is named in
// part may be denied or not; one whose account is listed to spare another of its
// principals is denied.
// Source: IAM User Guide, "AWS JSON policy elements: NotPrincipal".
func (p *Principals) deniesListed(c *Caller, how naming) Answer {
	if hasStar(p.AWS) || hasStar(p.Canonical) || c.Account == "" {
		return No
	}
	account := slices.ContainsFunc(p.AWS, func(v string) bool { return namesAccount(v, c.Account) })
	switch {
	case account && how == asItself && (c.Role == "" || slices.Contains(p.AWS, c.Role)):
		return No
	case how == asAccount && slices.ContainsFunc(p.AWS, func(v string) bool {
		return AccountOf(v) == c.Account && !namesAccount(v, c.Account)
	}):
		return Yes
	}
	return CannotTell
}

func (p *Principals) list(c *Caller) naming {
	best := notNamed
	for _, v := range p.AWS {
		switch {
		case onlyStars(v):
			best = max(best, asEveryone)
		case c.ARN != "" && v == c.ARN:
			return asItself
		case c.Role != "" && v == c.Role:
			best = max(best, asRole)
		case c.Service == "" && namesAccount(v, c.Account):
			best = max(best, asAccount)
		}
	}
	if hasStar(p.Canonical) {
		best = max(best, asEveryone)
	}
	if c.Service != "" && slices.Contains(p.Service, c.Service) || c.Federated != "" && slices.Contains(p.Federated, c.Federated) {
		return asItself
	}
	return best
}

// namesAccount reports whether a principal is the whole account: its 12 digits or
// the ARN of its root.
func namesAccount(principal, account string) bool {
	return account != "" && AccountOf(principal) == account && (isAccount(principal) || strings.HasSuffix(principal, ":root"))
}
