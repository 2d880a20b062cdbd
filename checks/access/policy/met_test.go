package policy

import (
	"fmt"
	"testing"
)

func statementOf(t *testing.T, text string) *Statement {
	t.Helper()
	d, err := Parse([]byte(`{"Version":"2012-10-17","Statement":` + text + `}`))
	if err != nil {
		t.Fatal(err)
	}
	return &d.Statements[0]
}

func TestMet(t *testing.T) {
	role := Caller{Role: "arn:aws:iam::111122223333:role/web", ARN: "arn:aws:sts::111122223333:assumed-role/web/i-1", Account: "111122223333"}
	ctx := Context{
		Values: map[string][]string{"aws:securetransport": {"true"}, "aws:currenttime": {"2026-11-01T00:00:00Z"}},
		Absent: map[string]bool{"aws:multifactorauthpresent": true, "aws:multifactorauthage": true},
	}
	for condition, want := range map[string]string{
		`{}`: "never false always true narrowing 0",
		`{"Bool":{"aws:SecureTransport":"true"}}`:                                                         "never false always true narrowing 0",
		`{"Bool":{"aws:SecureTransport":"false"}}`:                                                        "never true always true narrowing 0",
		`{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`:                                                  "never true always true narrowing 0",
		`{"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}`:                                           "never true always true narrowing 0",
		`{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}`:                                          "never false always true narrowing 0",
		`{"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}`:                                     "never true always true narrowing 0",
		`{"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}`:                                  "never false always true narrowing 0",
		`{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}`:                                            "never false always false narrowing 1",
		`{"StringNotEquals":{"aws:RequestedRegion":"cn-north-1"}}`:                                        "never false always false narrowing 0",
		`{"StringLike":{"aws:RequestedRegion":"*"}}`:                                                      "never false always false narrowing 0",
		`{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/web"}}`:                         "never false always true narrowing 0",
		`{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/other"}}`:                       "never true always true narrowing 0",
		`{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}`:                                        "never false always true narrowing 0",
		`{"StringEquals":{"aws:ResourceTag/team":"a"},"IpAddress":{"aws:SourceIp":"198.51.100.0/24"}}`:    "never false always false narrowing 2",
		`{"Bool":{"aws:SecureTransport":"true"},"StringEquals":{"aws:ResourceTag/team":"a"}}`:             "never false always false narrowing 1",
		`{"StringEquals":{"aws:ResourceTag/team":"a"},"Bool":{"aws:MultiFactorAuthPresent":"true"}}`:      "never true always false narrowing 1",
		`{"StringEqualsIfExists":{"aws:RequestedRegion":"eu-west-1"},"Null":{"aws:TokenIssueTime":true}}`: "never false always false narrowing 0",
	} {
		s := statementOf(t, `{"Effect":"Allow","Action":"*","Resource":"*","Condition":`+condition+`}`)
		m := s.Met(role, ctx)
		if got := fmt.Sprintf("never %v always %v narrowing %d", m.Never, m.Always, len(m.Narrowing)); got != want {
			t.Errorf("%s: %s, want %s", condition, got, want)
		}
	}
	if s := statementOf(t, `{"Effect":"Allow","Action":"*","Resource":"*","Strange":1}`); s.Met(role, ctx).Always {
		t.Error("nobody knows what an unknown element asks for")
	}
}

func TestOverlappingAndTakesAway(t *testing.T) {
	of := func(effect, element, resources string) *Statement {
		return statementOf(t, `{"Effect":"`+effect+`","Action":"*","`+element+`":`+resources+`}`)
	}
	for _, tt := range []struct {
		a, b *Statement
		want bool
	}{
		{of("Allow", "Resource", `"*"`), of("Allow", "Resource", `"arn:aws:iam::1:user/a"`), true},
		{of("Allow", "Resource", `"arn:aws:iam::1:user/app/*"`), of("Allow", "Resource", `"arn:aws:iam::1:user/app/x*"`), true},
		{of("Allow", "Resource", `"arn:aws:iam::1:user/app/*"`), of("Allow", "Resource", `"arn:aws:iam::1:user/ops/*"`), false},
		{of("Allow", "NotResource", `"arn:aws:iam::1:user/*"`), of("Allow", "Resource", `"arn:aws:iam::1:user/a"`), false},
		{of("Allow", "NotResource", `"arn:aws:iam::1:user/*"`), of("Allow", "NotResource", `"arn:aws:iam::1:role/*"`), true},
		{of("Allow", "Resource", `"arn:aws:iam::1:user/${aws:username}"`), of("Allow", "Resource", `"arn:aws:iam::1:user/a"`), true},
	} {
		if got := Overlapping(tt.a, tt.b); got != tt.want {
			t.Errorf("Overlapping(%v, %v) = %v", tt.a.Resources, tt.b.Resources, got)
		}
		if got := Overlapping(tt.b, tt.a); got != tt.want {
			t.Errorf("Overlapping(%v, %v) = %v, the other way round", tt.b.Resources, tt.a.Resources, got)
		}
	}
	allow := of("Allow", "Resource", `["arn:aws:iam::1:user/a*","arn:aws:iam::1:user/b"]`)
	for resources, want := range map[string]bool{`"*"`: true, `"arn:aws:iam::1:user/*"`: true, `"arn:aws:iam::1:user/a*"`: false} {
		if got := of("Deny", "Resource", resources).TakesAway(allow); got != want {
			t.Errorf("a Deny on %s takes %v away: %v", resources, allow.Resources, got)
		}
	}
	if of("Allow", "Resource", `"*"`).TakesAway(allow) {
		t.Error("an Allow takes nothing away")
	}
}
