package policy

import (
	"strings"
	"testing"
)

func TestAsksForMFA(t *testing.T) {
	const present, age = "aws:MultiFactorAuthPresent", "aws:multifactorauthage"
	for _, tt := range []struct {
		effect               Effect
		operator, key, value string
		want                 Answer
	}{
		{Allow, "Bool", present, "true", Yes}, {Allow, "BoolIfExists", present, "true", No}, {Allow, "Bool", present, "false", No},
		{Allow, "Null", present, "false", No}, {Allow, "Null", age, "false", Yes}, {Allow, "NumericLessThan", age, "3600", Yes},
		{Allow, "NumericLessThanIfExists", age, "3600", No}, {Allow, "NumericGreaterThan", age, "1", No}, {Allow, "StringEquals", present, "true", CannotTell},
		{Deny, "BoolIfExists", present, "false", Yes}, {Deny, "Bool", present, "false", No}, {Deny, "Null", present, "true", Yes},
		{Deny, "Null", age, "true", Yes}, {Deny, "NumericGreaterThanIfExists", age, "3600", Yes}, {Deny, "NumericGreaterThan", age, "3600", No},
		{Deny, "BoolIfExists", present, "true", No}, {Deny, "StringNotEquals", present, "true", CannotTell}, {Allow, "ForAllValues:Bool", present, "true", CannotTell},
	} {
		s := mustParse(t, statements(`"Effect":"`+tt.effect.String()+`","Action":"*","Resource":"*","Condition":{"`+tt.operator+`":{"`+tt.key+`":"`+tt.value+`"}}`)).Statements[0]
		if got := s.Conditions[0].AsksForMFA(tt.effect); !s.Conditions[0].AboutMFA() || got != tt.want {
			t.Errorf("%s with %s %s %s: %v, want %v", tt.effect, tt.operator, tt.key, tt.value, got, tt.want)
		}
	}
}

func TestVoid(t *testing.T) {
	for _, tt := range []struct {
		name, effect, actions, condition, want string // want "" for nothing wrong
	}{
		{"a star", "Allow", "s3:*", `"StringLike":{"aws:PrincipalArn":"*"}`, "every value meets it"},
		{"the whole internet", "Allow", "s3:*", `"IpAddress":{"aws:SourceIp":["192.0.2.0/24","0.0.0.0/0"]}`, "every value"},
		{"the other half of it", "Allow", "s3:*", `"IpAddress":{"aws:SourceIp":"::/0"}`, "every value"},
		{"an address", "Allow", "s3:*", `"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}`, ""},
		{"private addresses", "Allow", "s3:*", `"IpAddress":{"aws:SourceIp":["10.1.0.0/16","192.168.0.0/24"]}`, "no private address"},
		{"private and public", "Allow", "s3:*", `"IpAddress":{"aws:SourceIp":["10.1.0.0/16","192.0.2.0/24"]}`, ""},
		{"wider than private", "Allow", "s3:*", `"IpAddress":{"aws:SourceIp":"10.0.0.0/7"}`, ""},
		{"ForAllValues alone", "Allow", "ec2:CreateTags", `"ForAllValues:StringEquals":{"aws:TagKeys":["a"]}`, "no Null condition"},
		{"ForAllValues and Null", "Allow", "ec2:CreateTags", `"ForAllValues:StringEquals":{"aws:TagKeys":["a"]},"Null":{"aws:TagKeys":"false"}`, ""},
		{"IfExists on an optional key", "Allow", "s3:*", `"StringEqualsIfExists":{"aws:SourceVpce":"vpce-1"}`, "without the key meets it"},
		{"IfExists on another key", "Allow", "ec2:*", `"StringEqualsIfExists":{"ec2:Region":"eu-west-1"}`, ""},
		{"StringEquals with a star", "Allow", "s3:*", `"StringEquals":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"}`, "nobody meets it"},
		{"StringNotEquals with a star", "Allow", "s3:*", `"StringNotEquals":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"}`, "everybody differs"},
		{"StringEquals with a star in a Deny", "Deny", "s3:*", `"StringEquals":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"}`, "nobody meets it"},
		{"two values of a negated operator are neither", "Allow", "s3:*", `"StringNotEquals":{"aws:PrincipalAccount":["1","2"]}`, ""},
		{"no ARN", "Deny", "s3:*", `"StringLike":{"aws:PrincipalArn":"role/x*"}`, "no ARN looks like that"},
		{"an ARN", "Deny", "s3:*", `"StringLike":{"aws:PrincipalArn":"*role/x*"}`, ""},
		{"a key of another service", "Allow", "ec2:*", `"StringEquals":{"s3:prefix":"x"}`, "one of s3, which no action"},
		{"a key of one of the services", "Allow", `ec2:*","s3:ListBucket`, `"StringEquals":{"s3:prefix":"x"}`, ""},
		{"a key of a web identity provider", "Allow", "sts:AssumeRoleWithWebIdentity", `"StringEquals":{"gitlab.com:sub":"x"}`, ""},
		{"a network locks the console out, and is not void", "Allow", "s3:*", `"StringEquals":{"aws:SourceVpce":"vpce-1"}`, ""},
		{"MFA", "Allow", "s3:*", `"Bool":{"aws:MultiFactorAuthPresent":"true"}`, ""},
	} {
		d := mustParse(t, statements(`"Effect":"`+tt.effect+`","Action":["`+tt.actions+`"],"Resource":"*","Condition":{`+tt.condition+`}`))
		s := &d.Statements[0]
		got := ""
		for _, c := range s.Conditions {
			if why := s.Void(c, d.Version); why != "" {
				got = why
			}
		}
		if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	old := mustParse(t, `{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"s3:prefix":"${aws:username}/*"}}}}`)
	if why := old.Statements[0].Void(old.Statements[0].Conditions[0], old.Version); !strings.Contains(why, "plain text") {
		t.Errorf("a variable in the older language: %q", why)
	}
}

func TestUnless(t *testing.T) {
	const allow = `"Effect":"Allow","Action":"iam:CreateRole","Resource":"arn:aws:iam::*:role/team/*"`
	for rest, want := range map[string]int{
		`"Effect":"Deny","Action":"iam:Create*","Resource":"*","Condition":{"StringNotEquals":{"iam:PermissionsBoundary":"b"}}`:                     1,
		`"Effect":"Deny","Action":"iam:Create*","Resource":"*","Condition":{"StringNotEqualsIfExists":{"iam:PermissionsBoundary":"b"}}`:             1,
		`"Effect":"Deny","Action":"iam:Create*","Resource":"arn:aws:iam::*:role/x","Condition":{"StringNotEquals":{"iam:PermissionsBoundary":"b"}}`: 0,
		`"Effect":"Deny","Action":"iam:PutRolePolicy","Resource":"*","Condition":{"StringNotEquals":{"iam:PermissionsBoundary":"b"}}`:               0,
		`"Effect":"Deny","Action":"iam:Create*","Resource":"*","Condition":{"StringEquals":{"iam:PermissionsBoundary":"b"}}`:                        0,
	} {
		d := mustParse(t, statements(allow, rest))
		if got := Unless([]Source{{Name: "p", Document: d}, {Name: "unread"}}, &d.Statements[0], "iam:CreateRole", "iam:PermissionsBoundary"); len(got) != want {
			t.Errorf("%s: %v, want %d", rest, got, want)
		}
	}
}
