package policy

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// The universe of the comparison: small enough that generated statements meet
// its requests often.
var (
	ownRoot   = "arn:aws:iam::" + ownerAccount + ":root"
	alice     = "arn:aws:iam::" + ownerAccount + ":user/alice"
	appRole   = "arn:aws:iam::" + ownerAccount + ":role/app"
	session   = "arn:aws:sts::" + ownerAccount + ":assumed-role/app/s"
	farRoot   = "arn:aws:iam::" + strangerAccount + ":root"
	mallory   = "arn:aws:iam::" + strangerAccount + ":user/mallory"
	logs      = "logs.amazonaws.com"
	universe  = []string{"*", ownRoot, alice, appRole, session, farRoot, mallory, logs}
	actions   = []string{"s3:GetObject", "s3:PutObject", "s3:ListBucket"}
	resources = []string{"arn:aws:s3:::b", "arn:aws:s3:::b/alice", "arn:aws:s3:::b/x"}

	actionPatterns   = []string{"*", "s3:*", "S3:get*", "s3:?utObject", "s3:GetObject", "s3:listbucket", "ec2:*"}
	resourcePatterns = []string{"*", "arn:aws:s3:::b", "arn:aws:s3:::b/*", "arn:aws:s3:::b/?", "arn:aws:s3:::B/x", "arn:aws:s3:::b/${aws:PrincipalTag/team}", "arn:*:s3:::b*"}
	conditionKeys    = map[string][][]string{
		"aws:securetransport":   {nil, {"true"}, {"false"}},
		"s3:prefix":             {nil, {"alice"}, {"x"}},
		"aws:principaltag/team": {nil, {"x"}, {"*"}},
		"s3:max-keys":           {nil, {"5"}, {"10"}},
		"aws:currenttime":       {{"2026-01-01T00:00:00Z"}, {"2026-06-01T00:00:00Z"}},
		"aws:sourceip":          {nil, {"192.0.2.7"}, {"10.1.2.3"}},
		"aws:sourcearn":         {nil, {"arn:aws:sns:eu-west-1:111122223333:t"}, {"arn:aws:sns:eu-west-1:999999999999:t:u"}},
		"aws:tagkeys":           {nil, {"a"}, {"a", "b"}, {"c"}},
	}
	keyNames   = slices.Sorted(maps.Keys(conditionKeys))
	conditions = []plainCondition{
		{"Bool", "aws:SecureTransport", []string{"true"}}, {"BoolIfExists", "aws:SecureTransport", []string{"False"}},
		{"StringEquals", "s3:prefix", []string{"alice", "bob"}}, {"StringNotEquals", "S3:Prefix", []string{"x"}},
		{"StringLike", "s3:prefix", []string{"al*"}}, {"StringNotLikeIfExists", "s3:prefix", []string{"?"}},
		{"StringEqualsIgnoreCase", "s3:prefix", []string{"ALICE"}}, {"StringNotEqualsIgnoreCase", "s3:prefix", []string{"X"}},
		{"StringLike", "s3:prefix", []string{"${aws:PrincipalTag/team}"}}, {"StringEqualsIfExists", "s3:prefix", []string{"${aws:PrincipalTag/team}"}},
		{"NumericLessThan", "s3:max-keys", []string{"10"}}, {"NumericEquals", "s3:max-keys", []string{"10.0"}},
		{"NumericGreaterThanEqualsIfExists", "s3:max-keys", []string{"10"}}, {"NumericNotEquals", "s3:max-keys", []string{"5"}},
		{"DateLessThan", "aws:CurrentTime", []string{"2026-03-01T00:00:00Z"}}, {"DateGreaterThan", "aws:CurrentTime", []string{"2026-03-01T00:00:00Z"}},
		{"IpAddress", "aws:SourceIp", []string{"192.0.2.0/24"}}, {"NotIpAddress", "aws:SourceIp", []string{"10.0.0.0/8"}}, {"IpAddressIfExists", "aws:SourceIp", []string{"10.1.2.3/32"}},
		{"ArnLike", "aws:SourceArn", []string{"arn:aws:sns:*:111122223333:*"}}, {"ArnNotEquals", "aws:SourceArn", []string{"arn:aws:*:*:999999999999:t"}},
		{"ForAllValues:StringEquals", "aws:TagKeys", []string{"a", "b"}}, {"ForAnyValue:StringEquals", "aws:TagKeys", []string{"b"}},
		{"ForAllValues:StringNotLike", "aws:TagKeys", []string{"b*"}}, {"ForAnyValue:StringNotEquals", "aws:TagKeys", []string{"a"}}, {"ForAnyValue:StringLikeIfExists", "aws:TagKeys", []string{"a*"}},
		{"Null", "aws:TagKeys", []string{"true"}}, {"Null", "s3:prefix", []string{"false"}},
	}
)

func pick[T any](r *rand.Rand, from []T, most int) []T {
	out := []T{}
	for range 1 + r.IntN(most) {
		out = append(out, from[r.IntN(len(from))])
	}
	return out
}

func generate(r *rand.Rand, principals bool) []plainStatement {
	out := []plainStatement{}
	for range 1 + r.IntN(3) {
		s := plainStatement{deny: r.IntN(3) == 0, actions: pick(r, actionPatterns, 2), resources: pick(r, resourcePatterns, 2)}
		s.notAction, s.notResource = r.IntN(5) == 0, r.IntN(5) == 0
		if principals {
			s.principals, s.notPrincipal = pick(r, universe, 3), r.IntN(4) == 0
		}
		for range max(0, r.IntN(4)-1) {
			c := conditions[r.IntN(len(conditions))]
			if !slices.ContainsFunc(s.conditions, func(o plainCondition) bool { return o.operator == c.operator }) {
				s.conditions = append(s.conditions, c)
			}
		}
		out = append(out, s)
	}
	return out
}

func generatePolicies(r *rand.Rand) plainPolicies {
	p := plainPolicies{identity: generate(r, false), resource: generate(r, true), resourceDecides: r.IntN(6) == 0}
	if r.IntN(3) == 0 {
		p.boundary = generate(r, false)
	}
	if r.IntN(3) == 0 {
		p.scp = generate(r, false)
	}
	return p
}

func (p plainPolicies) parse(t testing.TB) Policies {
	source := func(name string, list []plainStatement) Source {
		return Source{Name: name, Document: mustParse(t, render(list))}
	}
	resource := source("resource", p.resource)
	out := Policies{Identity: []Source{source("identity", p.identity)}, Resource: &resource, ResourceDecides: p.resourceDecides}
	if p.boundary != nil {
		boundary := source("boundary", p.boundary)
		out.Boundary = &boundary
	}
	if p.scp != nil {
		out.SCPs = &Guardrails{Levels: [][]Source{{source("scp", p.scp)}}}
	}
	return out
}

// callers of the universe, with the names that the brute force knows them by.
var callers = []struct {
	caller Caller
	names  []string
}{
	{Caller{}, nil},
	{Caller{ARN: alice, Account: ownerAccount}, []string{ownRoot, alice}},
	{Caller{ARN: session, Role: appRole, Account: ownerAccount}, []string{ownRoot, appRole, session}},
	{Caller{ARN: mallory, Account: strangerAccount}, []string{farRoot, mallory}},
	{Caller{Service: logs}, []string{logs}},
}

// generateRequest makes a request whose context lacks the keys in unknown, and
// a world for each way to settle these and the coin.
func generateRequest(r *rand.Rand, unknown []string) (Request, []world) {
	c := callers[r.IntN(len(callers))]
	req := Request{Caller: c.caller, Owner: ownerAccount, Action: actions[r.IntN(len(actions))], Resource: resources[r.IntN(len(resources))]}
	keys, absent := map[string][]string{}, map[string]bool{}
	for _, k := range keyNames {
		v := conditionKeys[k][r.IntN(len(conditionKeys[k]))]
		switch {
		case slices.Contains(unknown, k):
		case v == nil:
			absent[k] = true
		default:
			keys[k] = v
		}
	}
	req.Context = Context{Values: keys, Absent: absent, Closed: len(unknown) == 0}
	all := []map[string][]string{keys}
	for _, k := range unknown {
		var next []map[string][]string
		for _, m := range all {
			for _, v := range conditionKeys[k] {
				settled := maps.Clone(m)
				if v != nil {
					settled[k] = v
				}
				next = append(next, settled)
			}
		}
		all = next
	}
	var worlds []world
	for _, m := range all {
		for _, coin := range []bool{false, true} {
			worlds = append(worlds, world{names: c.names, service: c.caller.Service != "", action: req.Action, resource: req.Resource, keys: m, coin: coin, tossed: new(bool)})
		}
	}
	return req, worlds
}

// TestDecideAgreesWithBruteForce: with every key known, the engine gives the one
// answer of the brute force; with keys unknown, a Yes or No of the engine holds
// in every world.
func TestDecideAgreesWithBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 2026))
	count := map[Answer]int{}
	for range 2000 {
		plain := generatePolicies(r)
		docs := plain.parse(t)
		for i := range 5 {
			var unknown []string
			if i > 1 {
				unknown = slices.Compact(slices.Sorted(slices.Values(pick(r, keyNames, 2))))
			}
			req, worlds := generateRequest(r, unknown)
			got := Decide(req, docs).Allowed
			count[got]++
			tossed := false
			for _, w := range worlds {
				want := answer(w.allows(plain))
				tossed = tossed || *w.tossed
				if got != CannotTell && got != want {
					t.Fatalf("Decide = %v, brute force %v\n%+v\nkeys %v\nidentity %s\nresource %s\nboundary %v\nscp %v", got, want, req, w.keys,
						render(plain.identity), render(plain.resource), plain.boundary, plain.scp)
				}
			}
			if got == CannotTell && unknown == nil && !tossed {
				t.Fatalf("Decide = cannot tell, and nothing is open\n%+v\nidentity %s\nresource %s\nboundary %v\nscp %v", req,
					render(plain.identity), render(plain.resource), plain.boundary, plain.scp)
			}
		}
	}
	for _, a := range []Answer{Yes, No, CannotTell} {
		if count[a] < 100 {
			t.Errorf("answer %v came %d times, want 100 at least", a, count[a])
		}
	}
	t.Log(count)
}
