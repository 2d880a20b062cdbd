package iam

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestMFAConditionEffective(t *testing.T) {
	with := func(text string) func(*snapshot.Account) { return managed("p", statements(text)) }
	condition := func(text string) string { return `,"Condition":{` + text + `}` }
	run(t, &MFAConditionEffective, []checktest.Case{
		{Name: "Allow with Bool true", Set: with(allow("s3:*", "*", condition(`"Bool":{"aws:MultiFactorAuthPresent":"true"}`))), Want: checks.PASS, Reason: "all of 1"},
		{Name: "Allow with IfExists", Set: with(allow("s3:*", "*", condition(`"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}`))), Want: checks.FAIL, Reason: "Allow statement 1 on BoolIfExists"},
		{Name: "Allow with Null false", Set: with(allow("s3:*", "*", condition(`"Null":{"aws:MultiFactorAuthPresent":"false"}`))), Want: checks.FAIL, Reason: "Null aws:MultiFactorAuthPresent"},
		{Name: "two conditions of an Allow, one that holds", Set: with(allow("s3:*", "*", condition(`"Null":{"aws:MultiFactorAuthPresent":"false"},"NumericLessThan":{"aws:MultiFactorAuthAge":"900"}`))), Want: checks.PASS, Reason: "all of 1"},
		{Name: "Deny with Bool false", Set: with(deny("s3:*", "*", condition(`"Bool":{"aws:MultiFactorAuthPresent":"false"}`))), Want: checks.FAIL, Reason: "Deny statement 1"},
		{Name: "Deny with BoolIfExists false", Set: with(deny("s3:*", "*", condition(`"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}`))), Want: checks.PASS, Reason: "all of 1"},
		{Name: "two conditions of a Deny, one that does not hold", Set: with(deny("s3:*", "*", condition(`"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"},"NumericGreaterThan":{"aws:MultiFactorAuthAge":"900"}`))), Want: checks.FAIL, Reason: "Deny statement 1"},
		{Name: "StringEquals on a Bool key", Set: with(allow("s3:*", "*", condition(`"StringEquals":{"aws:MultiFactorAuthPresent":"true"}`))), Want: checks.UNKNOWN, Reason: "not meant for these keys"},
		{Name: "neither key", Set: with(allow("s3:*", "*")), Want: checks.NotApplicable, Reason: "does not speak of MFA"},
		{Name: "a trust policy", Set: trust(assume(principal("111122223333"), `"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}`)), Want: checks.FAIL, Reason: "BoolIfExists"},
		{Name: "not understood", Set: managed("p", snapshot.Value("{")), Want: checks.UNKNOWN, Reason: "cannot be understood"},
	})
}

func TestConditionRestricts(t *testing.T) {
	with := func(text string) func(*snapshot.Account) { return managed("p", statements(text)) }
	condition := func(text string) string { return `,"Condition":{` + text + `}` }
	run(t, &ConditionRestricts, []checktest.Case{
		{Name: "a star", Set: with(allow("s3:*", "*", condition(`"StringLike":{"aws:PrincipalArn":"*"}`))), Want: checks.FAIL, Reason: "StringLike aws:PrincipalArn [*] in Allow statement 1: every value meets it"},
		{Name: "the whole internet", Set: with(allow("s3:*", "*", condition(`"IpAddress":{"aws:SourceIp":["0.0.0.0/0","::/0"]}`))), Want: checks.FAIL, Reason: "every value"},
		{Name: "void beside a good one", Set: with(allow("s3:*", "*", condition(`"IpAddress":{"aws:SourceIp":"192.0.2.0/24"},"StringEqualsIfExists":{"aws:SourceVpce":"vpce-1"}`))), Want: checks.FAIL, Reason: "without the key meets it"},
		{Name: "two values, either of which will do", Set: with(allow("s3:*", "*", condition(`"StringEquals":{"aws:PrincipalTag/team":["a","b"]}`))), Want: checks.PASS, Reason: "none of 1"},
		{Name: "neither of two, by a negated operator", Set: with(allow("s3:*", "*", condition(`"StringNotEquals":{"aws:PrincipalTag/team":["a","b"]}`))), Want: checks.PASS, Reason: "none of 1"},
		{Name: "a variable without a Version", Set: managed("p", snapshot.Value(`{"Statement":`+allow("s3:*", "arn:aws:s3:::b", condition(`"StringLike":{"s3:prefix":"${aws:username}/*"}`))+`}`)), Want: checks.FAIL, Reason: "plain text"},
		{Name: "a network alone is not void", Set: with(allow("s3:*", "*", condition(`"StringEquals":{"aws:SourceVpce":"vpce-1"}`))), Want: checks.PASS, Reason: "none of 1"},
		{Name: "a trust policy", Set: trust(assume(principal("*"), `"StringLike":{"sts:ExternalId":"*"}`)), Want: checks.FAIL, Reason: "every value"},
		{Name: "no conditions", Set: with(allow("s3:*", "*")), Want: checks.PASS, Reason: "no conditions"},
		{Name: "not understood", Set: managed("p", snapshot.Value("{")), Want: checks.UNKNOWN, Reason: "cannot be understood"},
	})
}

func TestBoundaryRestricts(t *testing.T) {
	people := set(alone, trust(assume(principal("111122223333"), "")))
	const shed = "iam:DeleteRolePermissionsBoundary iam:DeleteUserPermissionsBoundary iam:CreatePolicyVersion iam:SetDefaultPolicyVersion iam:DeletePolicyVersion"
	same := `,"Condition":{"StringNotEquals":{"iam:PermissionsBoundary":"` + own + `policy/boundary"}}`
	amazons := func(a *snapshot.Account) {
		a.IAM.Roles[0].BoundaryARN = readOnlyARN
		a.IAM.Policies = append(a.IAM.Policies, snapshot.ManagedPolicy{Meta: globally("ReadOnlyAccess", readOnlyARN), Document: statements(allow("s3:Get* iam:Get*", "*"))})
	}
	run(t, &BoundaryRestricts, []checktest.Case{
		{Name: "takes away, and cannot be shed", Set: set(people, may(allow("*", "*")), bounded(allow("s3:* ec2:*", "*"))), Want: checks.PASS, Reason: "takes something away"},
		{Name: "allows everything", Set: set(people, may(allow("s3:*", "*")), bounded(allow("*", "*"))), Want: checks.FAIL, Reason: "allows every action on every resource"},
		{Name: "denies its own removal alone", Set: set(people, may(allow("*", "*")), bounded(allow("*", "*"), deny(shed+" iam:PutRolePermissionsBoundary", "*"))), Want: checks.FAIL, Reason: "takes nothing away but the right to shed it"},
		{Name: "denies more than that", Set: set(people, may(allow("*", "*")), bounded(allow("*", "*"), deny(shed+" iam:PutRolePermissionsBoundary organizations:* s3:Delete*", "*"))), Want: checks.PASS, Reason: "takes something away"},
		{Name: "may be removed", Set: set(people, may(allow("*", "*")), bounded(allow("s3:* iam:*", "*"))), Want: checks.FAIL, Reason: "may shed its boundary"},
		{Name: "its policy may be written", Set: set(people, may(allow("*", "*")), bounded(allow("s3:* iam:CreatePolicyVersion", "*"))), Want: checks.FAIL, Reason: "by iam:CreatePolicyVersion"},
		{Name: "another policy may be written", Set: set(people, may(allow("*", "*")), bounded(allow("s3:*", "*"), allow("iam:CreatePolicyVersion", own+"policy/team/*"))), Want: checks.PASS, Reason: "takes something away"},
		{Name: "a change to the same boundary is let through", Set: set(people, may(allow("*", "*")), bounded(allow("s3:* iam:*", "*"), deny(shed, "*"), deny("iam:*PermissionsBoundary", "*", same))), Want: checks.PASS, Reason: "takes something away"},
		{Name: "an Allow of the same boundary alone", Set: set(people, may(allow("s3:*", "*"), allow("iam:PutRolePermissionsBoundary", "*", strings.Replace(same, "StringNotEquals", "StringEquals", 1))), bounded(allow("s3:* iam:*", "*"), deny(shed, "*"))), Want: checks.PASS, Reason: "takes something away"},
		{Name: "an Allow of another boundary", Set: set(people, may(allow("s3:*", "*"), allow("iam:PutRolePermissionsBoundary", "*", `,"Condition":{"StringEquals":{"iam:PermissionsBoundary":"x"}}`)), bounded(allow("s3:* iam:*", "*"), deny(shed, "*"))), Want: checks.FAIL, Reason: "iam:PutRolePermissionsBoundary"},
		{Name: "AWS's own policy", Set: set(people, may(allow("*", "*")), amazons), Want: checks.PASS, Reason: "ReadOnlyAccess takes something away"},
		{Name: "shed, but for a service control policy", Set: set(scps(deny("iam:*", "*")), trust(assume(principal("111122223333"), "")), may(allow("*", "*")), bounded(allow("s3:* iam:*", "*"))), Want: checks.PASS, Reason: "takes something away"},
		{Name: "which is unread", Set: set(pathDenied, trust(assume(principal("111122223333"), "")), may(allow("*", "*")), bounded(allow("s3:* iam:*", "*"))), Want: checks.FAIL, Reason: "not read, and might lift it"},
		{Name: "no boundary", Set: set(people, may(allow("*", "*"))), Want: checks.NotApplicable, Reason: "no permissions boundary"},
		{Name: "a boundary that is not in the list", Set: set(people, func(a *snapshot.Account) { a.IAM.Roles[0].BoundaryARN = own + "policy/gone" }), Want: checks.UNKNOWN, Reason: "policy/gone"},
		serviceLinked(principal("*")),
	})
}

func TestDelegatedAdminMustSetBoundary(t *testing.T) {
	people := set(alone, trust(assume(principal("111122223333"), "")))
	const team = own + "role/team/*"
	bound := `,"Condition":{"StringEquals":{"iam:PermissionsBoundary":"` + own + `policy/b"}}`
	unless := func(operator string) string {
		return deny("iam:Create* iam:Put* iam:Attach*", "*", `,"Condition":{"`+operator+`":{"iam:PermissionsBoundary":"`+own+`policy/b"}}`)
	}
	run(t, &DelegatedAdminMustSetBoundary, []checktest.Case{
		{Name: "with a boundary", Set: set(people, may(allow("iam:CreateRole iam:PutRolePolicy iam:AttachRolePolicy", team, bound))), Want: checks.PASS, Reason: "has a permissions boundary"},
		{Name: "without", Set: set(people, may(allow("iam:CreateRole", team))), Want: checks.FAIL, Reason: "iam:CreateRole by inline policy p1 statement 1"},
		{Name: "a condition on CreateRole only", Set: set(people, may(allow("iam:CreateRole", team, bound), allow("iam:AttachRolePolicy", team))), Want: checks.FAIL, Reason: "iam:AttachRolePolicy"},
		{Name: "a Deny of all but the boundary", Set: set(people, may(allow("iam:CreateRole iam:AttachRolePolicy", team), unless("StringNotEquals"))), Want: checks.PASS, Reason: "has a permissions boundary"},
		{Name: "the same with IfExists", Set: set(people, may(allow("iam:CreateUser", "*"), unless("StringNotEqualsIfExists"))), Want: checks.PASS, Reason: "has a permissions boundary"},
		{Name: "a Deny where the key is absent alone", Set: set(people, may(allow("iam:CreateUser", "*"), deny("iam:CreateUser", "*", `,"Condition":{"Null":{"iam:PermissionsBoundary":"true"}}`))), Want: checks.FAIL, Reason: "iam:CreateUser"},
		{Name: "named policies alone", Set: set(people, may(allow("iam:AttachRolePolicy", team, `,"Condition":{"ArnEquals":{"iam:PolicyARN":"`+own+`policy/x"}}`))), Want: checks.PASS, Reason: "named policies alone"},
		{Name: "one role", Set: set(people, may(allow("iam:PutRolePolicy", own+"role/one"))), Want: checks.NotApplicable, Reason: "makes no users and roles"},
		{Name: "denied again", Set: set(people, may(allow("iam:CreateRole", team), deny("iam:*", "*"))), Want: checks.NotApplicable, Reason: "makes no users"},
		{Name: "its own boundary does not allow it", Set: set(people, may(allow("iam:CreateRole", team)), bounded(allow("s3:*", "*"))), Want: checks.NotApplicable, Reason: "makes no users"},
		{Name: "a service control policy takes it away", Set: set(scps(deny("iam:CreateRole", "*")), trust(assume(principal("111122223333"), "")), may(allow("iam:CreateRole", team))), Want: checks.PASS, Reason: "has a permissions boundary"},
		{Name: "which is unread", Set: set(pathDenied, trust(assume(principal("111122223333"), "")), may(allow("iam:CreateRole", team))), Want: checks.FAIL, Reason: "not read, and might lift it"},
		{Name: "an administrator", Set: set(people, may(allow("*", "*"))), Want: checks.NotApplicable, Reason: "administrator in effect"},
		{Name: "a policy that is not in the list", Set: set(people, attached(own+"policy/gone")), Want: checks.UNKNOWN, Reason: "policy/gone"},
		serviceLinked(principal("*")),
	})
}

func TestPolicyOldVersionsNotWider(t *testing.T) {
	version := func(id string, byDefault bool, list ...string) snapshot.PolicyVersion {
		return snapshot.PolicyVersion{ID: id, Default: byDefault, Document: statements(list...)}
	}
	reads, all := allow("s3:Get*", "*"), allow("*", "*")
	policy := func(list ...snapshot.PolicyVersion) func(*snapshot.Account) {
		return set(alone, func(a *snapshot.Account) {
			managed("p", snapshot.Read[string]{})(a)
			p := &a.IAM.Policies[len(a.IAM.Policies)-1]
			p.Versions = snapshot.Value(list)
			for _, v := range list {
				if v.Default {
					p.DefaultVersionID, p.Document = v.ID, v.Document
				}
			}
		})
	}
	setter := user("bob", inlined(own+"user/bob", statements(allow("iam:SetDefaultPolicyVersion", own+"policy/*"))))
	boundary := func(a *snapshot.Account) {
		none, one := int32(0), int32(1)
		a.IAM.Policies[0].AttachmentCount, a.IAM.Policies[0].BoundaryUsageCount = &none, &one
	}
	unused := func(a *snapshot.Account) {
		none := int32(0)
		a.IAM.Policies[0].AttachmentCount, a.IAM.Policies[0].BoundaryUsageCount = &none, &none
	}
	run(t, &PolicyOldVersionsNotWider, []checktest.Case{
		{Name: "once everything, and somebody may bring it back", Set: set(policy(version("v2", true, reads), version("v1", false, all)), setter), Want: checks.FAIL, Reason: "v1 allows everything, and user/bob may make it the default"},
		{Name: "nobody may", Set: policy(version("v2", true, reads), version("v1", false, all)), Want: checks.PASS, Reason: "nobody below an administrator"},
		{Name: "an administrator may", Set: set(policy(version("v2", true, reads), version("v1", false, all)), user("root", inlined(own+"user/root", statements(all)))), Want: checks.PASS, Reason: "nobody below an administrator"},
		{Name: "on this policy alone", Set: set(policy(version("v2", true, reads), version("v1", false, all)), user("bob", inlined(own+"user/bob", statements(allow("iam:SetDefaultPolicyVersion", own+"policy/p"))))), Want: checks.FAIL, Reason: "user/bob"},
		{Name: "on others alone", Set: set(policy(version("v2", true, reads), version("v1", false, all)), user("bob", inlined(own+"user/bob", statements(allow("iam:SetDefaultPolicyVersion", own+"policy/team/*"))))), Want: checks.PASS, Reason: "nobody below"},
		{Name: "a way to more rights", Set: set(policy(version("v2", true, reads), version("v1", false, allow("iam:PutUserPolicy", "*"))), setter), Want: checks.FAIL, Reason: "v1 allows iam:PutUserPolicy"},
		{Name: "which the default has too", Set: set(policy(version("v2", true, reads, allow("iam:PutUserPolicy", "*")), version("v1", false, allow("iam:PutUserPolicy", "*"))), setter), Want: checks.PASS, Reason: "none of 1 earlier versions"},
		{Name: "the default is not the newest", Set: set(policy(version("v3", false, all), version("v2", true, reads)), setter), Want: checks.FAIL, Reason: "v3 allows everything"},
		{Name: "a boundary that was wider", Set: set(policy(version("v2", true, reads), version("v1", false, all)), boundary, setter), Want: checks.FAIL, Reason: "v1 allows everything"},
		{Name: "nobody has it", Set: set(policy(version("v2", true, reads), version("v1", false, all)), unused, setter), Want: checks.NotApplicable, Reason: "nobody has the policy"},
		{Name: "one version", Set: set(policy(version("v1", true, reads)), setter), Want: checks.NotApplicable, Reason: "one version"},
		{Name: "the default is everything itself", Set: set(policy(version("v2", true, all), version("v1", false, all)), setter), Want: checks.NotApplicable, Reason: "everything itself"},
		{Name: "versions denied", Set: set(policy(version("v2", true, reads)), func(a *snapshot.Account) {
			a.IAM.Policies[0].Versions = snapshot.Missing[[]snapshot.PolicyVersion](checktest.Unread("iam:ListPolicyVersions", snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: "iam:ListPolicyVersions"},
		{Name: "a version denied", Set: policy(version("v2", true, reads), snapshot.PolicyVersion{ID: "v1", Document: snapshot.Missing[string](checktest.Unread("iam:GetPolicyVersion", snapshot.Denied))}), Want: checks.UNKNOWN, Reason: "iam:GetPolicyVersion"},
		{Name: "a setter's policy is not in the list", Set: set(policy(version("v2", true, reads), version("v1", false, all)), user("bob", snapshot.Grants{Attached: []snapshot.AttachedPolicy{{ARN: own + "policy/gone"}}})), Want: checks.UNKNOWN, Reason: "policy/gone"},
	})
}

func TestPolicyEvaluationComplete(t *testing.T) {
	run(t, &PolicyEvaluationComplete, []checktest.Case{
		{Name: "all understood", Set: set(alone, managed("p", statements(allow("s3:Get*", "*"))), trust(assume(principal("111122223333"), "")), may(allow("ec2:*", "*"))), Want: checks.PASS, Reason: "all of 3 documents"},
		{Name: "an unknown element", Set: set(alone, managed("p", snapshot.Value(`{"Statement":{"Effect":"Deny","Action":"*","Resource":"*","Conditon":{}}}`))), Want: checks.FAIL, Reason: "Conditon"},
		{Name: "an unknown operator in a Deny", Set: set(alone, managed("p", statements(deny("*", "*", `,"Condition":{"StringSounds":{"aws:username":"x"}}`)))), Want: checks.FAIL, Reason: "StringSounds"},
		{Name: "a key given twice", Set: set(alone, managed("p", snapshot.Value(`{"Statement":{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}}`))), Want: checks.FAIL, Reason: "given twice"},
		{Name: "a trust policy", Set: set(alone, trust(assume(`{"Robot":"r"}`, ""))), Want: checks.FAIL, Reason: "Robot"},
		{Name: "an action that nobody knows", Set: set(alone, managed("p", statements(deny("s3:DeleteBukcet", "*")))), Want: checks.UNKNOWN, Reason: "s3:DeleteBukcet in Deny statement 1"},
		{Name: "a boundary that is not in the list", Set: set(alone, trust(assume(principal("111122223333"), "")), func(a *snapshot.Account) { a.IAM.Roles[0].BoundaryARN = own + "policy/gone" }), Want: checks.UNKNOWN, Reason: "policy/gone"},
		{Name: "SCPs unread", Set: set(pathDenied, managed("p", statements(allow("s3:Get*", "*")))), Want: checks.UNKNOWN, Reason: "organizations:ListParents"},
		{Name: "SCPs count", Set: scps(deny("*", "*", `,"Condition":{"StringSounds":{"aws:username":"x"}}`)), Want: checks.FAIL, Reason: "StringSounds"},
		{Name: "cut short", Set: set(alone, listCut), Want: checks.UNKNOWN, Reason: detailsOp},
	})
}
