package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const (
	administratorARN = "arn:aws:iam::aws:policy/AdministratorAccess"
	readOnlyARN      = "arn:aws:iam::aws:policy/ReadOnlyAccess"
	jobARN           = "arn:aws:iam::aws:policy/job-function/EverythingByAnotherName"
	lookAlikeARN     = own + "policy/AdministratorAccess"
	mightyARN        = own + "policy/mighty"
	everything       = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	reading          = `{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}`
)

// stock puts the managed policies of these tests into an account.
func stock(a *snapshot.Account) {
	for arn, document := range map[string]string{administratorARN: everything, readOnlyARN: reading, jobARN: everything, lookAlikeARN: reading, mightyARN: everything} {
		a.IAM.Policies = append(a.IAM.Policies, snapshot.ManagedPolicy{Meta: globally(arn, arn), Document: statements(document)})
	}
}

func attaching(arns ...string) (g snapshot.Grants) {
	for _, arn := range arns {
		g.Attached = append(g.Attached, snapshot.AttachedPolicy{ARN: arn})
	}
	return g
}

func holderUser(g snapshot.Grants, groups ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		stock(a)
		a.IAM.Users = []snapshot.User{{Meta: globally("anna", annaARN), Path: "/", Grants: g, Groups: groups}}
	}
}

func holderGroup(g snapshot.Grants, members ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		stock(a)
		a.IAM.Groups = []snapshot.Group{{Meta: globally("Admins", own+"group/Admins"), Path: "/", Grants: g, Members: snapshot.Value(members)}}
	}
}

func holderRole(path, name string, g snapshot.Grants) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		stock(a)
		a.IAM.Roles = []snapshot.Role{{Meta: globally(name, own+"role"+path+name), Path: path, Grants: g}}
	}
}

func listCut(a *snapshot.Account) {
	checktest.Fail(a, "iam:GetAccountAuthorizationDetails", snapshot.Global, snapshot.Denied)
}

func TestUserNoAdministratorPolicy(t *testing.T) {
	checktest.Run(t, &UserNoAdministratorPolicy, []checktest.Case{
		{Name: "AdministratorAccess", Set: holderUser(attaching(readOnlyARN, administratorARN)), Want: checks.FAIL, Reason: administratorARN},
		{Name: "by document, not by name", Set: holderUser(attaching(jobARN)), Want: checks.FAIL, Reason: "EverythingByAnotherName"},
		{Name: "a customer policy of that name is judged elsewhere", Set: holderUser(attaching(lookAlikeARN, mightyARN)), Want: checks.PASS, Reason: "of AWS's among the 2"},
		{Name: "rights through a group are judged there", Set: func(a *snapshot.Account) {
			holderUser(snapshot.Grants{}, "Admins")(a)
			holderGroup(attaching(administratorARN))(a)
		}, Want: checks.PASS, Reason: "of AWS's among the 0"},
		{Name: "in another partition", Set: func(a *snapshot.Account) {
			holderUser(attaching("arn:aws-us-gov:iam::aws:policy/AdministratorAccess"))(a)
			a.IAM.Policies = append(a.IAM.Policies, snapshot.ManagedPolicy{Meta: globally("x", "arn:aws-us-gov:iam::aws:policy/AdministratorAccess"), Document: statements(everything)})
		}, Want: checks.FAIL, Reason: "arn:aws-us-gov"},
		{Name: "named as intended", Set: holderUser(attaching(administratorARN)), Parameters: map[string]any{"allowed_users": []string{"anna"}}, Want: checks.PASS, Reason: "named in allowed_users"},
		{Name: "its document is in none of the pages", Set: holderUser(attaching("arn:aws:iam::aws:policy/Other")), Want: checks.UNKNOWN, Reason: "absent"},
		{Name: "the policies' pages were not read", Set: func(a *snapshot.Account) {
			listCut(a)
		}, Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestGroupNoAdministratorPolicy(t *testing.T) {
	checktest.Run(t, &GroupNoAdministratorPolicy, []checktest.Case{
		{Name: "with members", Set: holderGroup(attaching(administratorARN), "anna", "bert"), Want: checks.FAIL, Reason: "members: 2"},
		{Name: "empty fails all the same", Set: holderGroup(attaching(administratorARN)), Want: checks.FAIL, Reason: "members: 0"},
		{Name: "named, in another case", Set: holderGroup(attaching(administratorARN)), Parameters: map[string]any{"allowed_groups": []string{"admins"}}, Want: checks.PASS, Reason: "allowed_groups"},
		{Name: "another is named", Set: holderGroup(attaching(administratorARN)), Parameters: map[string]any{"allowed_groups": []string{"admin"}}, Want: checks.FAIL, Reason: "every action"},
		{Name: "reading", Set: holderGroup(attaching(readOnlyARN)), Want: checks.PASS, Reason: "no policy of AWS's"},
		{Name: "details cut short", Set: listCut, Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestRoleNoAdministratorPolicy(t *testing.T) {
	admin := attaching(administratorARN)
	bounded := admin
	bounded.BoundaryARN = own + "policy/boundary"
	checktest.Run(t, &RoleNoAdministratorPolicy, []checktest.Case{
		{Name: "a role of a service fails too", Set: holderRole("/", "app", admin), Want: checks.FAIL, Reason: "every action"},
		{Name: "named by default", Set: holderRole("/", "OrganizationAccountAccessRole", admin), Want: checks.PASS, Reason: "named in allowed_roles"},
		{Name: "the same name under another path", Set: holderRole("/evil/", "OrganizationAccountAccessRole", admin), Want: checks.FAIL, Reason: "every action"},
		{Name: "Identity Center's, by path", Set: holderRole("/aws-reserved/sso.amazonaws.com/eu-west-1/", "AWSReservedSSO_Admin_1", admin), Want: checks.PASS, Reason: "allowed_roles"},
		{Name: "a boundary is named", Set: holderRole("/", "app", bounded), Want: checks.FAIL, Reason: "its permissions boundary is " + own + "policy/boundary"},
		{Name: "service-linked", Set: holderRole("/aws-service-role/x/", "app", admin), Want: checks.NotApplicable, Reason: "belongs to an AWS service"},
		{Name: "reading", Set: holderRole("/", "app", attaching(readOnlyARN)), Want: checks.PASS, Reason: "no policy of AWS's"},
		{Name: "details cut short", Set: listCut, Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestInlinePolicyNoFullAdmin(t *testing.T) {
	half := inlined(own+"role/app", statements(`{"Effect":"Allow","Action":"iam:*","Resource":"*"}`), statements(`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`))
	second := inlined(own+"role/app", statements(reading), statements(everything))
	broken := inlined(own+"role/app", snapshot.Value("{"), statements(everything))
	checktest.Run(t, &InlinePolicyNoFullAdmin, []checktest.Case{
		{Name: "a user's", Set: holderUser(inlined(annaARN, statements(everything))), Want: checks.FAIL, Reason: "inline policy p1 statement 1"},
		{Name: "the second of a role", Set: holderRole("/", "app", second), Want: checks.FAIL, Reason: "inline policy p2"},
		{Name: "two halves are each judged alone", Set: holderRole("/", "app", half), Want: checks.PASS, Reason: "none of 2"},
		{Name: "an empty group's", Set: holderGroup(inlined("g", statements(everything))), Want: checks.FAIL, Reason: "inline policy p1"},
		{Name: "Identity Center's", Set: holderRole("/aws-reserved/sso.amazonaws.com/", "x", second), Want: checks.FAIL, Reason: "permission set"},
		{Name: "one that cannot be understood hides none", Set: holderRole("/", "app", broken), Want: checks.FAIL, Reason: "p2"},
		{Name: "one that cannot be understood", Set: holderRole("/", "app", inlined("r", snapshot.Value("{"), statements(reading))), Want: checks.UNKNOWN, Reason: "cannot be understood"},
		{Name: "with a condition", Set: holderUser(inlined(annaARN, statements(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`))), Want: checks.FAIL, Reason: "on the condition"},
		{Name: "none", Set: holderUser(attaching(administratorARN)), Want: checks.NotApplicable, Reason: "no inline policy"},
		{Name: "service-linked", Set: holderRole("/aws-service-role/x/", "y", second), Want: checks.NotApplicable, Reason: "AWS service"},
	})
}

func TestUnattachedPolicyNoFullAdmin(t *testing.T) {
	policy := func(attached, bounds int32, document string, holders ...string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.IAM.Policies = []snapshot.ManagedPolicy{{Meta: globally("p", own+"policy/p"), AttachmentCount: &attached, BoundaryUsageCount: &bounds, DefaultVersionID: "v1", Document: statements(document), Holders: snapshot.Value(holders)}}
		}
	}
	checktest.Run(t, &UnattachedPolicyNoFullAdmin, []checktest.Case{
		{Name: "everything", Set: policy(0, 0, everything), Want: checks.FAIL, Reason: "attached to nobody yet"},
		{Name: "reading", Set: policy(0, 0, reading), Want: checks.PASS, Reason: "version v1 does not"},
		{Name: "attached", Set: policy(2, 0, everything), Want: checks.NotApplicable, Reason: "AttachmentCount is 2"},
		{Name: "a boundary is neither", Set: policy(0, 1, everything), Want: checks.NotApplicable, Reason: "permissions boundary of 1"},
		{Name: "attached between two pages", Set: policy(0, 0, everything, annaARN), Want: checks.NotApplicable, Reason: "attached to " + annaARN},
		{Name: "who has it is unread", Set: func(a *snapshot.Account) {
			policy(0, 0, everything)(a)
			a.IAM.Policies[0].Holders = snapshot.Missing[[]string](checktest.Unread("iam:GetAccountAuthorizationDetails", snapshot.Throttled))
		}, Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "no count", Set: func(a *snapshot.Account) {
			policy(0, 0, everything)(a)
			a.IAM.Policies[0].AttachmentCount = nil
		}, Want: checks.UNKNOWN, Reason: "does not say"},
	})
}
