package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// trust is an account with one role whose trust policy has these statements.
func trust(list ...string) func(*snapshot.Account) { return trusted("/", statements(list...)) }

func trusted(path string, document snapshot.Read[string]) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.IAM.Roles = []snapshot.Role{{Meta: globally("app", own+"role"+path+"app"), Path: path, Trust: document}}
	}
}

// assume is an Allow of sts:AssumeRole for a principal, with conditions or none.
func assume(principal, condition string) string {
	return `{"Effect":"Allow","Principal":` + principal + `,"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{` + condition + `}}`
}

// mistrusted are the cases of every check of trust policies.
func mistrusted() []checktest.Case {
	return []checktest.Case{
		{Name: "trust policy unread", Set: trusted("/", snapshot.Missing[string](checktest.Unread("iam:GetAccountAuthorizationDetails", snapshot.Malformed))), Want: checks.UNKNOWN, Reason: "malformed"},
		{Name: "trust policy not understood", Set: trusted("/", snapshot.Value("[")), Want: checks.UNKNOWN, Reason: "cannot be understood"},
		{Name: "a kind of principal that AWS does not have", Set: trust(assume(`{"Robot":"r"}`, "")), Want: checks.UNKNOWN, Reason: "Robot"},
		{Name: "details cut short", Set: listCut, Want: checks.UNKNOWN, Reason: "denied"},
	}
}

func TestRoleTrustNotPublic(t *testing.T) {
	const all = `{"AWS":"*"}`
	checktest.Run(t, &RoleTrustNotPublic, append(mistrusted(), []checktest.Case{
		{Name: "*", Set: trust(assume(`"*"`, "")), Want: checks.FAIL, Reason: "statement 1 lets in sts:AssumeRole"},
		{Name: "AWS *", Set: trust(assume(`{"AWS":["arn:aws:iam::111122223333:root","*"]}`, "")), Want: checks.FAIL, Reason: "any account"},
		{Name: "NotPrincipal", Set: trust(`{"Effect":"Allow","NotPrincipal":{"AWS":"999988887777"},"Action":"sts:AssumeRole"}`), Want: checks.FAIL, Reason: "any account"},
		{Name: "an external id alone", Set: trust(assume(all, `"StringEquals":{"sts:ExternalId":"secret"}`)), Want: checks.FAIL, Reason: "StringEquals sts:ExternalId"},
		{Name: "an address alone", Set: trust(assume(all, `"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}`)), Want: checks.FAIL, Reason: "IpAddress aws:SourceIp"},
		{Name: "IfExists", Set: trust(assume(all, `"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-acme"}`)), Want: checks.FAIL, Reason: "any account"},
		{Name: "ForAllValues", Set: trust(assume(all, `"ForAllValues:StringLike":{"aws:PrincipalOrgPaths":"o-acme/r-1/*"}`)), Want: checks.FAIL, Reason: "any account"},
		{Name: "a role name in any account", Set: trust(assume(all, `"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"}`)), Want: checks.FAIL, Reason: "any account"},
		{Name: "the organization", Set: trust(assume(all, `"StringEquals":{"aws:PrincipalOrgID":"o-acme"}`)), Want: checks.PASS, Reason: "is limited, on the condition StringEquals aws:PrincipalOrgID"},
		{Name: "a role of one account", Set: trust(assume(all, `"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::999988887777:role/*"}`)), Want: checks.PASS, Reason: "is limited"},
		{Name: "Deny of all but the organization", Set: trust(assume(all, ""), `{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-acme"}}}`), Want: checks.PASS, Reason: "no statement lets in any account"},
		{Name: "tagging alone gives no access", Set: trust(`{"Effect":"Allow","Principal":"*","Action":["sts:TagSession","sts:SetSourceIdentity"]}`), Want: checks.PASS, Reason: "no statement"},
		{Name: "a named account", Set: trust(assume(`{"AWS":"999988887777"}`, "")), Want: checks.PASS, Reason: "no statement"},
		{Name: "service-linked", Set: trusted("/aws-service-role/x/", statements(assume(`"*"`, ""))), Want: checks.NotApplicable, Reason: "AWS service"},
	}...))
}

func TestRoleTrustPeopleWithMFA(t *testing.T) {
	const root = `{"AWS":"arn:aws:iam::111122223333:root"}`
	withUser := func(set func(*snapshot.Account)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			set(a)
			a.IAM.Users = []snapshot.User{{Meta: globally("anna", annaARN)}}
		}
	}
	mfa := func(value string) func(*snapshot.Account) {
		return withUser(trust(assume(root, `"Bool":{"aws:MultiFactorAuthPresent":`+value+`}`)))
	}
	checktest.Run(t, &RoleTrustPeopleWithMFA, append(mistrusted(), []checktest.Case{
		{Name: "the account, without", Set: withUser(trust(assume(root, ""))), Want: checks.FAIL, Reason: ":root"},
		{Name: "as 12 digits", Set: withUser(trust(assume(`{"AWS":"111122223333"}`, ""))), Want: checks.FAIL, Reason: "111122223333"},
		{Name: "a user", Set: withUser(trust(assume(`{"AWS":"`+annaARN+`"}`, ""))), Want: checks.FAIL, Reason: "anna"},
		{Name: "true as a string", Set: mfa(`"true"`), Want: checks.PASS, Reason: "asks for MFA"},
		{Name: "true as a boolean", Set: mfa(`true`), Want: checks.PASS, Reason: "asks for MFA"},
		{Name: "true in a list", Set: mfa(`["true"]`), Want: checks.PASS, Reason: "asks for MFA"},
		{Name: "false", Set: mfa(`"false"`), Want: checks.FAIL, Reason: "without MFA"},
		{Name: "IfExists lets keys through", Set: withUser(trust(assume(root, `"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}`))), Want: checks.FAIL, Reason: "without MFA"},
		{Name: "by its age", Set: withUser(trust(assume(root, `"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}`))), Want: checks.PASS, Reason: "asks for MFA"},
		{Name: "by a Deny", Set: withUser(trust(assume(root, ""), `{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}`)), Want: checks.PASS, Reason: "asks for MFA"},
		{Name: "a role cannot carry it", Set: withUser(trust(assume(`{"AWS":"`+own+`role/ci"}`, ""))), Want: checks.NotApplicable, Reason: "no user and no account"},
		{Name: "one of two statements lets in", Set: withUser(trust(assume(root, `"Bool":{"aws:MultiFactorAuthPresent":"true"}`), assume(root, ""))), Want: checks.FAIL, Reason: "without MFA"},
		{Name: "an account without IAM users", Set: trust(assume(root, "")), Want: checks.NotApplicable, Reason: "no IAM user"},
		{Name: "users of another account", Set: trust(assume(`{"AWS":"arn:aws:iam::999988887777:root"}`, "")), Want: checks.FAIL, Reason: "999988887777"},
		{Name: "a service", Set: trust(assume(`{"Service":"ec2.amazonaws.com"}`, "")), Want: checks.NotApplicable, Reason: "no user"},
	}...))
}

func TestRoleServiceTrustLimitsSource(t *testing.T) {
	const events = `{"Service":"events.amazonaws.com"}`
	source := func(condition string) func(*snapshot.Account) { return trust(assume(events, condition)) }
	checktest.Run(t, &RoleServiceTrustLimitsSource, append(mistrusted(), []checktest.Case{
		{Name: "no condition", Set: source(""), Want: checks.FAIL, Reason: "events.amazonaws.com"},
		{Name: "of an account", Set: source(`"StringEquals":{"aws:SourceAccount":"111122223333"}`), Want: checks.PASS, Reason: "for whose resources"},
		{Name: "a key in capitals", Set: source(`"StringEquals":{"AWS:SourceAccount":"111122223333"}`), Want: checks.PASS, Reason: "for whose resources"},
		{Name: "an ARN of the own account", Set: source(`"ArnLike":{"aws:SourceArn":"arn:aws:events:eu-west-1:111122223333:rule/*"}`), Want: checks.PASS, Reason: "events"},
		{Name: "an ARN of any account", Set: source(`"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:*"}`), Want: checks.FAIL, Reason: "no condition"},
		{Name: "a bucket has no account", Set: source(`"ArnLike":{"aws:SourceArn":"arn:aws:s3:::b"}`), Want: checks.FAIL, Reason: "no condition"},
		{Name: "a bucket with its account", Set: source(`"ArnLike":{"aws:SourceArn":"arn:aws:s3:::b"},"StringEquals":{"aws:SourceAccount":"111122223333"}`), Want: checks.PASS, Reason: "events"},
		{Name: "the organization", Set: source(`"StringEquals":{"aws:SourceOrgID":"o-acme"}`), Want: checks.PASS, Reason: "events"},
		{Name: "IfExists", Set: source(`"StringEqualsIfExists":{"aws:SourceAccount":"111122223333"}`), Want: checks.FAIL, Reason: "no condition"},
		{Name: "ec2 sends neither key", Set: trust(assume(`{"Service":"ec2.amazonaws.com"}`, "")), Want: checks.NotApplicable, Reason: "none of the services"},
		{Name: "beside an AWS principal", Set: trust(assume(`{"Service":["ec2.amazonaws.com","states.amazonaws.com"],"AWS":"111122223333"}`, "")), Want: checks.FAIL, Reason: "states.amazonaws.com"},
		{Name: "by Region and partition", Set: trust(assume(`{"Service":"logs.cn-north-1.amazonaws.com.cn"}`, "")), Want: checks.FAIL, Reason: "logs.cn-north-1"},
		{Name: "a parameter", Set: source(""), Parameters: map[string]any{"multi_tenant_services": []string{"logs"}}, Want: checks.NotApplicable, Reason: "none of the services"},
		{Name: "service-linked", Set: trusted("/aws-service-role/x/", statements(assume(events, ""))), Want: checks.NotApplicable, Reason: "AWS service"},
	}...))
}
