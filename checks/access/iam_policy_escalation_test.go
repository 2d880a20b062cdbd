package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestPolicyNoUnrestrictedPassRole(t *testing.T) {
	const ec2 = `,"Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}`
	passing := func(more string) string { return `{"Effect":"Allow","Action":"iam:P*","Resource":"*"` + more + `}` }
	// beside adds a role that trusts EC2 and has a policy.
	beside := func(document snapshot.Read[string], set func(*snapshot.Account)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			set(a)
			a.IAM.Roles = append(a.IAM.Roles, snapshot.Role{Meta: globally("box", own+"role/box"), Path: "/",
				Trust: statements(assume(`{"Service":["ec2.amazonaws.com"]}`, ""))})
			a.IAM.Policies = []snapshot.ManagedPolicy{{Meta: globally("x", "arn:aws:iam::aws:policy/x"), Document: document}}
			a.IAM.Roles[0].Attached = attaching("arn:aws:iam::aws:policy/x").Attached
		}
	}
	one := func(statement string) func(*snapshot.Account) { // in a user, so that the role stands alone
		return func(a *snapshot.Account) {
			a.IAM.Users = []snapshot.User{{Meta: globally("anna", annaARN), Grants: inlined(annaARN, statements(statement))}}
		}
	}
	checktest.Run(t, &PolicyNoUnrestrictedPassRole, append(undecided(), []checktest.Case{
		{Name: "iam:P*", Set: one(passing("")), Want: checks.FAIL, Reason: "every role of the account by statement 1"},
		{Name: "NotAction without iam:PassRole", Set: one(`{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}`), Want: checks.FAIL, Reason: "every role"},
		{Name: "every role of the account", Set: one(`{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/*"}`), Want: checks.FAIL, Reason: "every role"},
		{Name: "one role", Set: one(`{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/app"}`), Want: checks.PASS, Reason: "not allowed"},
		{Name: "to EC2, with an administrator's instance role", Set: beside(statements(everything), one(passing(ec2))), Want: checks.FAIL, Reason: "to ec2.amazonaws.com, which holds " + own + "role/box"},
		{Name: "to any service by a pattern", Set: beside(statements(everything), one(passing(`,"Condition":{"StringLike":{"iam:PassedToService":"ec2.*"}}`))), Want: checks.FAIL, Reason: "role/box"},
		{Name: "to another service", Set: beside(statements(everything), one(passing(`,"Condition":{"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}`))), Want: checks.PASS, Reason: "no role that may do everything"},
		{Name: "to EC2, without such a role", Set: beside(statements(reading), one(passing(ec2))), Want: checks.PASS, Reason: "StringEquals iam:PassedToService [ec2.amazonaws.com]"},
		{Name: "to EC2, and a role's policy is unread", Set: beside(snapshot.Missing[string](checktest.Unread("iam:GetAccountAuthorizationDetails", snapshot.Malformed)), one(passing(ec2))), Want: checks.UNKNOWN, Reason: "malformed"},
		{Name: "an associated resource is named, not accepted", Set: one(passing(`,"Condition":{"ArnLike":{"iam:AssociatedResourceArn":"arn:aws:ec2:*:111122223333:instance/*"}}`)), Want: checks.FAIL, Reason: "iam:AssociatedResourceArn"},
	}...))
}

func TestPolicyNoPrivilegeEscalation(t *testing.T) {
	on := func(action, rest string) func(*snapshot.Account) {
		return allow(`"Action":` + action + `,` + rest)
	}
	unattached := func(a *snapshot.Account) {
		allow(`"Action":"iam:PutUserPolicy","Resource":"*"`)(a)
		*a.IAM.Policies[0].AttachmentCount = 0
		a.IAM.Policies = a.IAM.Policies[:1]
	}
	checktest.Run(t, &PolicyNoPrivilegeEscalation, append(undecided(), []checktest.Case{
		{Name: "by a wildcard", Set: on(`"iam:Create*Version"`, `"Resource":"*"`), Want: checks.FAIL, Reason: "iam:CreatePolicyVersion, which writes a new default version"},
		{Name: "two actions", Set: on(`["iam:PassRole","ec2:RunInstances"]`, `"Resource":"*"`), Want: checks.FAIL, Reason: "iam:PassRole with ec2:RunInstances"},
		{Name: "one role passed", Set: customerPolicy(statements(statement("Allow", `"Action":"iam:PassRole","Resource":"`+own+`role/app"`), statement("Allow", `"Action":"ec2:RunInstances","Resource":"*"`))), Want: checks.PASS, Reason: "none of the combinations"},
		{Name: "the own keys", Set: on(`"iam:CreateAccessKey"`, `"Resource":"arn:aws:iam::*:user/${aws:username}"`), Want: checks.PASS, Reason: "none of"},
		{Name: "within a boundary", Set: on(`"iam:AttachRolePolicy"`, `"Resource":"*","Condition":{"StringEquals":{"iam:PermissionsBoundary":"`+own+`policy/b"}}`), Want: checks.PASS, Reason: "none of"},
		{Name: "denied again", Set: customerPolicy(statements(statement("Allow", `"Action":"iam:*Policy","Resource":"*"`), statement("Deny", `"Action":"iam:*","Resource":"*"`))), Want: checks.PASS, Reason: "none of"},
		{Name: "denied without MFA alone", Set: customerPolicy(statements(statement("Allow", `"Action":"iam:PutUserPolicy","Resource":"*"`), statement("Deny", `"Action":"iam:*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`))), Want: checks.FAIL, Reason: "iam:PutUserPolicy"},
		{Name: "everything is another finding", Set: allow(`"Action":"*","Resource":"*"`), Want: checks.NotApplicable, Reason: "allows everything"},
		{Name: "attached to nobody", Set: unattached, Want: checks.NotApplicable, Reason: "attached to nobody"},
		{Name: "a condition that cannot be understood", Set: on(`"iam:PutUserPolicy"`, `"Resource":"*","Condition":{"Strange":{"a":"b"}}`), Want: checks.UNKNOWN, Reason: "may allow iam:PutUserPolicy"},
	}...))
}
