package policy

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// person is ann with policies, a boundary and one level of control policies; "" for none.
func person(t *testing.T, own, boundary, scp string) *Identity {
	t.Helper()
	id := &Identity{ARN: alice, Policies: []Source{{Name: "own", Document: mustParse(t, own)}}}
	if boundary != "" {
		id.Boundary = &Source{Name: "boundary", Document: mustParse(t, boundary)}
	}
	if scp != "" {
		id.SCPs = rails(t, []string{fullAccess, scp})
	}
	return id
}

func TestCanKnowsConditionsOnTheCaller(t *testing.T) {
	const stop, trail = "cloudtrail:StopLogging", "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main"
	denying := func(condition string) string {
		return statements(`"Effect":"Deny","Action":"cloudtrail:*","Resource":"*","Condition":{` + condition + `}`)
	}
	for _, tt := range []struct {
		name, scp   string
		want        Answer
		conditional bool
	}{
		{"all but another role", denying(`"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/AWSControlTowerExecution"}`), No, false},
		{"all but the caller", denying(`"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/al*"}`), Yes, false},
		{"all but another account", denying(`"StringNotEquals":{"aws:PrincipalAccount":"` + strangerAccount + `"}`), No, false},
		{"all but this account", denying(`"StringNotEquals":{"aws:PrincipalAccount":"` + ownerAccount + `"}`), Yes, false},
		{"a user by its name", denying(`"StringEquals":{"aws:username":"alice"}`), No, false},
		{"all but services", denying(`"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}`), No, false},
		{"without MFA", denying(`"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}`), Yes, false},
		{"without MFA, and all but another role", denying(`"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"},"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"}`), Yes, false},
		{"by a tag", denying(`"StringNotEquals":{"aws:PrincipalTag/team":"audit"}`), Yes, false},
	} {
		got := person(t, fullAccess, "", tt.scp).Can(stop, trail)
		if got.Answer != tt.want || got.Conditional != tt.conditional {
			t.Errorf("%s: %v, conditional %v; want %v, %v", tt.name, got.Answer, got.Conditional, tt.want, tt.conditional)
		}
	}
	for condition, want := range map[string]Right{
		`"ArnEquals":{"aws:PrincipalArn":"` + alice + `"}`:   {Answer: Yes},
		`"ArnEquals":{"aws:PrincipalArn":"` + mallory + `"}`: {Answer: No},
		`"Bool":{"aws:MultiFactorAuthPresent":"true"}`:       {Answer: Yes, Conditional: true},
	} {
		got := person(t, statements(`"Effect":"Allow","Action":"*","Resource":"*","Condition":{`+condition+`}`), "", "").Can(stop, trail)
		if got.Answer != want.Answer || got.Conditional != want.Conditional {
			t.Errorf("an Allow on %s: %v, conditional %v; want %v, %v", condition, got.Answer, got.Conditional, want.Answer, want.Conditional)
		}
	}
}

func TestSome(t *testing.T) {
	on := func(effect, resources string) string {
		return `"Effect":"` + effect + `","Action":"s3:GetObject","Resource":` + resources
	}
	read := func(resources string) string { return statements(on("Allow", resources)) }
	for _, tt := range []struct {
		name, own, boundary, scp string
		want                     Answer
	}{
		{"all", read(`"*"`), "", "", Yes},
		{"a prefix", read(`"arn:aws:s3:::b/public/*"`), "", "", Yes},
		{"one object", read(`"arn:aws:s3:::b/x"`), "", "", Yes},
		{"the bucket itself is no object", read(`"arn:aws:s3:::b"`), "", "", No},
		{"another bucket", read(`"arn:aws:s3:::bb/*"`), "", "", No},
		{"a prefix of every bucket", read(`"arn:aws:s3:::*/public/*"`), "", "", Yes},
		{"its own home", read(`"arn:aws:s3:::b/${aws:username}/*"`), "", "", Yes},
		{"a home by a tag", read(`"arn:aws:s3:::b/${aws:PrincipalTag/team}/*"`), "", "", CannotTell},
		{"denied at large", statements(on("Allow", `"*"`), on("Deny", `"arn:aws:s3:::b/*"`)), "", "", No},
		{"the allowed prefix denied", statements(on("Allow", `"arn:aws:s3:::b/a/*"`), on("Deny", `"arn:aws:s3:::b/a*"`)), "", "", No},
		{"a part of it denied", statements(on("Allow", `"arn:aws:s3:::b/a/*"`), on("Deny", `"arn:aws:s3:::b/a/b/*"`)), "", "", Yes},
		{"the boundary leaves a prefix", read(`"*"`), read(`"arn:aws:s3:::b/public/*"`), "", Yes},
		{"the boundary leaves another prefix", read(`"arn:aws:s3:::b/a/*"`), read(`"arn:aws:s3:::b/c/*"`), "", No},
		{"the boundary leaves something that crosses", read(`"arn:aws:s3:::b/a*"`), read(`"arn:aws:s3:::b/*z"`), "", CannotTell},
		{"crossing, and denied", statements(on("Allow", `"arn:aws:s3:::b/a*"`), on("Deny", `"arn:aws:s3:::b/a*"`)), read(`"arn:aws:s3:::b/*z"`), "", No},
		{"all but another bucket", statements(`"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::secret/*"`), "", "", Yes},
		{"all but this one", statements(`"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::b/*"`), "", "", No},
		{"all but a prefix of it", statements(`"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::b/secret/*"`), "", "", Yes},
		{"and the boundary leaves a prefix", statements(`"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::b/secret/*"`), read(`"arn:aws:s3:::b/public/*"`), "", Yes},
		{"a control policy denies the bucket", read(`"*"`), "", statements(on("Deny", `"arn:aws:s3:::b/*"`)), No},
	} {
		q := person(t, tt.own, tt.boundary, tt.scp).Ask("s3:GetObject")
		if got := q.Some("arn:aws:s3:::b/*"); got.Answer != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got.Answer, tt.want)
		}
		got, where := q.Anywhere([]string{"arn:aws:s3:::none/*", "arn:aws:s3:::b/*"})
		if got.Answer != tt.want && q.Some("arn:aws:s3:::none/*").Answer != Yes {
			t.Errorf("%s, among others: %v at %q, want %v", tt.name, got.Answer, where, tt.want)
		}
	}
	const users = "arn:aws:rds-db:eu-west-1:111122223333:dbuser:db-1/*"
	for resource, want := range map[string]Answer{
		"arn:aws:rds-db:*:*:dbuser:db-1/app": Yes, "arn:aws:rds-db:*:*:dbuser:*/app": Yes, "arn:aws:rds-db:eu-west-1:111122223333:dbuser:db-1/app": Yes, "arn:aws:rds-db:*": Yes,
		"arn:aws:rds-db:*:*:dbuser:db-2/*": No, "arn:aws:rds-db:eu-central-1:*:dbuser:*/*": No, "arn:aws:rds-db:*:999999999999:dbuser:db-1/*": No,
	} {
		q := person(t, statements(`"Effect":"Allow","Action":"rds-db:connect","Resource":"`+resource+`"`), "", "").Ask("rds-db:connect")
		if got := q.Some(users); got.Answer != want {
			t.Errorf("some user by %s: %v, want %v", resource, got.Answer, want)
		}
	}
	unread := &Identity{ARN: alice, Policies: []Source{{Name: "p"}}}
	if got := unread.Ask("s3:GetObject").Some("arn:aws:s3:::b/*"); got.Answer != CannotTell || len(got.Unread) != 1 {
		t.Errorf("an unread policy: %+v", got)
	}
	open := person(t, read(`"*"`), "", "")
	open.Boundary = &Source{Name: "boundary"}
	if got := open.Ask("s3:GetObject").Some("arn:aws:s3:::b/*"); got.Answer != Yes || !slices.Contains(got.Unread, "boundary") {
		t.Errorf("an unread boundary: %+v", got)
	}
}

// callerConditions are conditions on who calls, some of which alice always meets.
var callerConditions = []plainCondition{
	{"ArnLike", "aws:PrincipalArn", []string{alice}}, {"ArnNotLike", "aws:PrincipalArn", []string{"arn:aws:iam::*:role/*"}},
	{"StringNotEquals", "aws:PrincipalArn", []string{alice}}, {"StringEquals", "aws:username", []string{"alice", "bob"}},
	{"StringEquals", "aws:PrincipalAccount", []string{strangerAccount}}, {"StringNotEquals", "aws:PrincipalAccount", []string{strangerAccount}},
	{"Bool", "aws:PrincipalIsAWSService", []string{"true"}}, {"Bool", "aws:SecureTransport", []string{"true"}},
	{"StringLike", "s3:prefix", []string{"al*"}}, {"Null", "s3:prefix", []string{"true"}},
}

// generateCallers is generate, with conditions on the caller.
func generateCallers(r *rand.Rand) []plainStatement {
	list := generate(r, false)
	for i := range list {
		list[i].conditions = nil
		if r.IntN(2) == 0 {
			list[i].conditions = []plainCondition{callerConditions[r.IntN(len(callerConditions))]}
		}
	}
	return list
}

// TestCanAgreesWithBruteForce: what some request of alice is allowed, Can does not deny; and
// a Yes without conditions, where no Deny waits for the request, holds for each request.
func TestCanAgreesWithBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 2026))
	count := map[Answer]int{}
	for range rounds / 4 {
		plain := plainPolicies{identity: generateCallers(r)}
		if r.IntN(2) == 0 {
			plain.boundary = generateCallers(r)
		}
		if r.IntN(2) == 0 {
			plain.scp = generateCallers(r)
		}
		docs := plain.parse(t)
		id := Identity{ARN: alice, Policies: docs.Identity, Boundary: docs.Boundary, SCPs: docs.SCPs}
		action := actions[r.IntN(len(actions))]
		q := id.Ask(action)
		allowed := map[string]int{}
		worlds := 0
		for _, tls := range []string{"true", "false"} {
			for _, prefix := range [][]string{nil, {"alice"}, {"x"}} {
				for _, team := range conditionKeys["aws:principaltag/team"] {
					for _, coin := range []bool{true, false} {
						worlds++
						keys := map[string][]string{"aws:principalarn": {alice}, "aws:username": {"alice"}, "aws:principalaccount": {ownerAccount}, "aws:principalisawsservice": {"false"}, "aws:securetransport": {tls}}
						if prefix != nil {
							keys["s3:prefix"] = prefix
						}
						if team != nil {
							keys["aws:principaltag/team"] = team
						}
						for _, resource := range resources {
							w := world{names: []string{ownRoot, alice}, action: action, resource: resource, keys: keys, coin: coin, tossed: new(bool)}
							if w.allows(plain) {
								allowed[resource]++
							}
						}
					}
				}
			}
		}
		waits := slices.ContainsFunc(slices.Concat(plain.identity, plain.boundary, plain.scp), func(s plainStatement) bool {
			return s.deny && (slices.ContainsFunc(s.conditions, func(c plainCondition) bool { return c.key == "aws:SecureTransport" || c.key == "s3:prefix" }) ||
				slices.Contains(s.resources, "arn:aws:s3:::b/${aws:PrincipalTag/team}"))
		})
		for _, resource := range resources {
			got := q.On(resource)
			count[got.Answer]++
			switch {
			case got.Answer == No && allowed[resource] > 0:
				t.Fatalf("%s on %s is allowed, and Can says no\n%+v", action, resource, plain)
			case got.Answer == Yes && !got.Conditional && !waits && allowed[resource] < worlds:
				t.Fatalf("%s on %s is denied in %d of %d, and Can says yes\n%+v", action, resource, worlds-allowed[resource], worlds, plain)
			}
		}
		inside := allowed["arn:aws:s3:::b/alice"]+allowed["arn:aws:s3:::b/x"] > 0
		if got := q.Some("arn:aws:s3:::b/*"); got.Answer == No && inside {
			t.Fatalf("%s is allowed on some object, and Some says no\n%+v", action, plain)
		} else if all := q.On("arn:aws:s3:::b/*"); all.Answer == Yes && got.Answer != Yes {
			t.Fatalf("%s on all objects, and Some says %v\n%+v", action, got.Answer, plain)
		}
	}
	for _, a := range []Answer{Yes, No, CannotTell} {
		if count[a] < 10 {
			t.Errorf("answer %v came %d times, want 10 at least", a, count[a])
		}
	}
	t.Log(count)
}
