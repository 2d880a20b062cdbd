package policy

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestThrough(t *testing.T) {
	const on = "arn:aws:s3:::b/*"
	guard := func(list ...string) string {
		return statements(list...)
	}
	says := func(effect, who string, rest ...string) string {
		more := ""
		for _, r := range rest {
			more += "," + r
		}
		return `"Effect":"` + effect + `","Principal":` + who + `,"Action":["s3:*","kms:*"],"Resource":"*"` + more
	}
	own := `{"AWS":"` + ownRoot + `"}`
	myself := `{"AWS":"` + alice + `"}`
	outsiders := `"Condition":{"StringNotEquals":{"aws:PrincipalAccount":"` + ownerAccount + `"}}`
	none := statements(`"Effect":"Allow","Action":"sqs:*","Resource":"*"`)
	reads := statements(`"Effect":"Allow","Action":"s3:GetObject","Resource":"` + on + `"`)
	for _, tt := range []struct {
		name, own, guard string
		decides          bool
		want             Answer
	}{
		{"a silent policy", reads, guard(says("Allow", `{"AWS":"`+farRoot+`"}`)), false, Yes},
		{"denied to everybody", reads, guard(says("Deny", `"*"`)), false, No},
		{"denied to others", reads, guard(says("Deny", `{"AWS":"`+mallory+`"}`)), false, Yes},
		{"denied to those outside the account", reads, guard(says("Deny", `"*"`, outsiders)), false, Yes},
		{"denied without TLS", reads, guard(says("Deny", `"*"`, `"Condition":{"Bool":{"aws:SecureTransport":"false"}}`)), false, Yes},
		{"denied on another bucket", reads, guard(`"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::other/*"`), false, Yes},
		{"granted by name", none, guard(says("Allow", myself)), false, Yes},
		{"granted to the account is not enough", none, guard(says("Allow", own)), false, No},
		{"granted to everybody", none, guard(says("Allow", `"*"`)), false, Yes},
		{"left to access points", none, guard(says("Allow", `"*"`, `"Condition":{"StringEquals":{"s3:DataAccessPointAccount":"`+ownerAccount+`"}}`)), false, No},
		{"granted to another", none, guard(says("Allow", `{"AWS":"`+mallory+`"}`)), false, No},
		{"granted by name, and its own Deny", statements(`"Effect":"Deny","Action":"s3:*","Resource":"*"`), guard(says("Allow", myself)), false, No},
		{"neither", none, guard(says("Allow", `{"AWS":"`+farRoot+`"}`)), false, No},
		{"a key that hands on to the account", reads, guard(says("Allow", own)), true, Yes},
		{"a key that does not", reads, guard(says("Allow", `{"AWS":"`+mallory+`"}`)), true, No},
		{"a key that names it", none, guard(says("Allow", myself)), true, Yes},
		{"a key that hands on, and no right of its own", none, guard(says("Allow", own)), true, No},
		{"a key without a policy", reads, "", true, No},
		{"no policy", reads, "", false, Yes},
	} {
		var src *Source
		if tt.guard != "" {
			src = &Source{Name: "guard", Document: mustParse(t, tt.guard)}
		}
		if got := person(t, tt.own, "", "").Ask("s3:GetObject").Through(on, src, tt.decides); got.Answer != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got.Answer, tt.want)
		}
	}
	for name, want := range map[string]Answer{reads: CannotTell, none: CannotTell, statements(`"Effect":"Deny","Action":"s3:*","Resource":"*"`, `"Effect":"Allow","Action":"s3:*","Resource":"*"`): No} {
		got := person(t, name, "", "").Ask("s3:GetObject").Through(on, &Source{Name: "the bucket policy"}, false)
		if got.Answer != want || want == CannotTell && !slices.Contains(got.Unread, "the bucket policy") {
			t.Errorf("a policy that was not read beside %s: %+v, want %v", name, got, want)
		}
	}
}

// TestThroughAgreesWithBruteForce holds the question to the brute force, with generated
// policies of the resource, for a user and for a role.
func TestThroughAgreesWithBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 2026))
	count := map[Answer]int{}
	for range rounds / 4 {
		plain := plainPolicies{identity: generateCallers(r), resource: generate(r, true), resourceDecides: r.IntN(3) == 0}
		for i := range plain.resource {
			plain.resource[i].conditions = nil
			plain.resource[i].resources = slices.DeleteFunc(plain.resource[i].resources, func(p string) bool { return p == "arn:aws:s3:::b/${aws:PrincipalTag/team}" })
			if len(plain.resource[i].resources) == 0 {
				plain.resource[i].resources = []string{"*"}
			}
			if r.IntN(3) == 0 {
				plain.resource[i].conditions = []plainCondition{callerConditions[r.IntN(len(callerConditions))]}
			}
		}
		if r.IntN(3) == 0 {
			plain.boundary = generateCallers(r)
		}
		if r.IntN(3) == 0 {
			plain.scp = generateCallers(r)
		}
		docs := plain.parse(t)
		who, names := alice, []string{ownRoot, alice}
		if r.IntN(2) == 0 {
			who, names = appRole, []string{ownRoot, appRole, session}
		}
		id := Identity{ARN: who, Policies: docs.Identity, Boundary: docs.Boundary, SCPs: docs.SCPs}
		action, resource := actions[r.IntN(len(actions))], resources[r.IntN(len(resources))]
		got := id.Ask(action).Through(resource, docs.Resource, plain.resourceDecides)
		count[got.Answer]++
		all, some := true, false
		for _, tls := range []string{"true", "false"} {
			for _, prefix := range [][]string{nil, {"alice"}, {"x"}} {
				for _, team := range conditionKeys["aws:principaltag/team"] {
					for _, coin := range []bool{true, false} {
						keys := map[string][]string{"aws:principalarn": {who}, "aws:principalaccount": {ownerAccount}, "aws:principalisawsservice": {"false"}, "aws:securetransport": {tls}}
						if who == alice {
							keys["aws:username"] = []string{"alice"}
						}
						if prefix != nil {
							keys["s3:prefix"] = prefix
						}
						if team != nil {
							keys["aws:principaltag/team"] = team
						}
						w := world{names: names, action: action, resource: resource, keys: keys, coin: coin, tossed: new(bool)}
						yes := w.allows(plain)
						all, some = all && yes, some || yes
					}
				}
			}
		}
		// What names a session alone is no grant to the role, and a Deny of it none of the role.
		sessions := slices.ContainsFunc(plain.resource, func(s plainStatement) bool { return slices.Contains(s.principals, session) })
		waits := sessions || slices.ContainsFunc(slices.Concat(plain.identity, plain.boundary, plain.scp, plain.resource), func(s plainStatement) bool {
			return s.notPrincipal || s.deny && (slices.ContainsFunc(s.conditions, func(c plainCondition) bool { return c.key == "aws:SecureTransport" || c.key == "s3:prefix" }) ||
				slices.Contains(s.resources, "arn:aws:s3:::b/${aws:PrincipalTag/team}"))
		})
		switch {
		case got.Answer == No && some && !(sessions && who == appRole):
			t.Fatalf("%s on %s is allowed to %s, and Through says no\n%+v", action, resource, who, plain)
		case got.Answer == Yes && !got.Conditional && !waits && !all && plain.boundary == nil:
			t.Fatalf("%s on %s is denied to %s, and Through says yes\n%+v", action, resource, who, plain)
		}
	}
	for _, a := range []Answer{Yes, No, CannotTell} {
		if count[a] < 10 {
			t.Errorf("answer %v came %d times, want 10 at least", a, count[a])
		}
	}
	t.Log(count)
}
