package policy

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// The outsider: no statement names it, and no account or organization of the tests
// holds it. What it can set of a request is in outside.
const eve = "arn:aws:iam::555555555555:user/eve"

var (
	eveNames = []string{"arn:aws:iam::555555555555:root", eve}
	// outside are the conditions that the generated Allow statements carry: six that fix
	// whom they let in, then six that fix nobody.
	outside = []plainCondition{
		{"StringEquals", "aws:PrincipalOrgID", []string{"o-acme"}},
		{"StringEquals", "aws:PrincipalAccount", []string{ownerAccount, strangerAccount}},
		{"StringEquals", "aws:SourceAccount", []string{ownerAccount}},
		{"ArnLike", "aws:SourceArn", []string{"arn:aws:sns:*:111122223333:*"}},
		{"IpAddress", "aws:SourceIp", []string{"192.0.2.0/24"}},
		{"StringEquals", "aws:SourceVpce", []string{"vpce-1"}},
		{"StringEqualsIfExists", "aws:PrincipalOrgID", []string{"o-acme"}},
		{"StringLike", "aws:PrincipalOrgID", []string{"*"}},
		{"StringNotEquals", "aws:PrincipalAccount", []string{ownerAccount}},
		{"IpAddress", "aws:SourceIp", []string{"0.0.0.0/1", "128.0.0.0/1"}},
		{"Bool", "aws:SecureTransport", []string{"true"}},
		{"ForAllValues:StringEquals", "aws:PrincipalOrgID", []string{"o-acme"}},
	}
	// refused are the conditions of generated Deny statements.
	refused = []plainCondition{
		{"StringNotEquals", "aws:PrincipalOrgID", []string{"o-acme"}},
		{"StringNotEqualsIfExists", "aws:SourceVpce", []string{"vpce-1"}},
		{"NotIpAddress", "aws:SourceIp", []string{"192.0.2.0/24"}},
		{"Bool", "aws:SecureTransport", []string{"false"}},
		{"StringEquals", "aws:PrincipalOrgID", []string{"o-acme"}},
	}
	// outsiders are the requests that somebody outside can send.
	outsiders = func() (all []map[string][]string) {
		for _, ip := range []string{"198.51.100.7", "10.1.2.3", "203.0.113.9"} {
			for _, tls := range []string{"true", "false"} {
				for _, org := range [][]string{nil, {"o-evil"}} {
					for _, vpce := range [][]string{nil, {"vpce-evil"}} {
						keys := map[string][]string{"aws:sourceip": {ip}, "aws:securetransport": {tls}, "aws:principalaccount": {"555555555555"}}
						if org != nil {
							keys["aws:principalorgid"] = org
						}
						if vpce != nil {
							keys["aws:sourcevpce"] = vpce
						}
						all = append(all, keys)
					}
				}
			}
		}
		return all
	}()
)

// shared generates a resource's document.
func shared(r *rand.Rand) []plainStatement {
	var out []plainStatement
	for range 1 + r.IntN(3) {
		s := plainStatement{deny: r.IntN(4) == 0, actions: pick(r, actionPatterns, 2), resources: pick(r, []string{"*", "arn:aws:s3:::b", "arn:aws:s3:::b/*"}, 2)}
		s.principals = pick(r, universe, 2)
		s.notPrincipal = r.IntN(6) == 0
		switch {
		case s.deny && r.IntN(2) == 0:
			s.conditions = []plainCondition{refused[r.IntN(len(refused))]}
		case !s.deny && r.IntN(3) > 0:
			s.conditions = []plainCondition{outside[r.IntN(len(outside))]}
		}
		out = append(out, s)
	}
	return out
}

// admits asks the brute force whether an outsider gets the action by the document.
func admits(list []plainStatement, action, resource string) bool {
	for _, keys := range outsiders {
		for _, coin := range []bool{false, true} {
			w := world{names: eveNames, action: action, resource: resource, keys: keys, coin: coin, tossed: new(bool)}
			all := []plainStatement{{actions: []string{"*"}, resources: []string{"*"}}} // what its own account allows
			if w.allows(plainPolicies{identity: all, resource: list}) {
				return true
			}
		}
	}
	return false
}

// TestNobodyOutsideGetsInUnseen: where the brute force finds one request with which an
// outsider gets the action, Who says that the grant reaches outsiders, and the grant
// counts as unbounded. Where Who reaches outsiders without a bound, and no condition is
// in play that it does not count, the brute force finds such a request.
func TestNobodyOutsideGetsInUnseen(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 2026))
	open, closed := 0, 0
	for range 6000 {
		list := shared(r)
		d := mustParse(t, render(list))
		action, resource := actions[r.IntN(len(actions))], resources[r.IntN(len(resources))]
		who := d.Who("document", ownerAccount, action, resource)
		unbounded := slices.ContainsFunc(who.Grants, func(g Grant) bool { return g.Unbounded() })
		in := admits(list, action, resource)
		if in {
			open++
		} else {
			closed++
		}
		switch {
		case in && (who.Reach < Authenticated || !unbounded):
			t.Fatalf("an outsider gets %s on %s, and Who says %s (unbounded: %v)\n%s", action, resource, who.Reach, unbounded, render(list))
		case !in && unbounded && !slices.ContainsFunc(list, func(s plainStatement) bool { return s.deny || s.notPrincipal || len(s.conditions) > 0 }):
			t.Fatalf("no outsider gets %s on %s, and Who says %s\n%s", action, resource, who.Reach, render(list))
		}
		// S3 reads documents, not requests: whoever it calls not public must be closed.
		if d.IsPublic() == No && in {
			t.Fatalf("not public, and an outsider gets %s on %s\n%s", action, resource, render(list))
		}
	}
	if open < 500 || closed < 500 {
		t.Errorf("%d open, %d closed: one side is hardly tested", open, closed)
	}
}
