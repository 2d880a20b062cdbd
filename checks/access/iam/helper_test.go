package iam

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const (
	own       = "arn:aws:iam::111122223333:"
	partner   = "999988887777" // another company's
	member    = "444455556666" // of the organization
	manager   = "222233334444" // the management account of the organization
	detailsOp = "iam:GetAccountAuthorizationDetails"
	accounts  = "organizations:ListAccounts"
	describe  = "organizations:DescribeOrganization"
)

func globally(name, arn string) snapshot.Meta {
	m := checktest.Meta(name, arn)
	m.Region = snapshot.Global
	return m
}

func statements(list ...string) snapshot.Read[string] {
	return snapshot.Value(`{"Version":"2012-10-17","Statement":[` + strings.Join(list, ",") + `]}`)
}

func inlined(owner string, documents ...snapshot.Read[string]) (g snapshot.Grants) {
	for i, d := range documents {
		name := "p" + string(rune('1'+i))
		g.Inline = append(g.Inline, snapshot.InlinePolicy{Meta: globally(name, owner+"/inline-policy/"+name), Owner: owner, Document: d})
	}
	return g
}

// allow is a statement; rest holds what stands behind the action and resource.
func allow(action, resource string, rest ...string) string {
	return statement("Allow", action, resource, rest...)
}

func deny(action, resource string, rest ...string) string {
	return statement("Deny", action, resource, rest...)
}

func statement(effect, action, resource string, rest ...string) string {
	list := func(s string) string {
		return `["` + strings.ReplaceAll(s, " ", `","`) + `"]`
	}
	return `{"Effect":"` + effect + `","Action":` + list(action) + `,"Resource":` + list(resource) + strings.Join(rest, "") + `}`
}

// assume is an Allow of an action of sts for a principal, with conditions or none.
func assume(principal, condition string) string {
	action := "sts:AssumeRole"
	switch {
	case strings.Contains(principal, "saml-provider"):
		action = "sts:AssumeRoleWithSAML"
	case strings.Contains(principal, "Federated"):
		action = "sts:AssumeRoleWithWebIdentity"
	}
	return `{"Effect":"Allow","Principal":` + principal + `,"Action":["` + action + `","sts:TagSession"],"Condition":{` + condition + `}}`
}

// set joins what changes an account.
func set(list ...func(*snapshot.Account)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		for _, f := range list {
			f(a)
		}
	}
}

// trust is an account with one role, app, whose trust policy has these statements.
func trust(list ...string) func(*snapshot.Account) { return trusted("/", statements(list...)) }

func trusted(path string, document snapshot.Read[string]) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.IAM.Roles = append(a.IAM.Roles, snapshot.Role{Meta: globally("app", own+"role"+path+"app"), Path: path, Trust: document})
	}
}

// may gives the last role an inline policy of these statements.
func may(list ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		r := &a.IAM.Roles[len(a.IAM.Roles)-1]
		r.Grants = inlined(r.ARN, statements(list...))
	}
}

// bounded gives the last role a permissions boundary of these statements.
func bounded(list ...string) func(*snapshot.Account) {
	return set(managed("boundary", statements(list...)), func(a *snapshot.Account) {
		a.IAM.Roles[len(a.IAM.Roles)-1].BoundaryARN = own + "policy/boundary"
	})
}

// managed adds a customer managed policy; attached attaches it to the last role.
func managed(name string, document snapshot.Read[string]) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		one, none := int32(1), int32(0)
		a.IAM.Policies = append(a.IAM.Policies, snapshot.ManagedPolicy{Meta: globally(name, own+"policy/"+name), DefaultVersionID: "v1", Document: document, AttachmentCount: &one, BoundaryUsageCount: &none})
	}
}

func attached(arn string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		r := &a.IAM.Roles[len(a.IAM.Roles)-1]
		r.Attached = append(r.Attached, snapshot.AttachedPolicy{ARN: arn, Name: arn[strings.LastIndexByte(arn, '/')+1:]})
	}
}

// user adds a user with these grants.
func user(name string, g snapshot.Grants, groups ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.IAM.Users = append(a.IAM.Users, snapshot.User{Meta: globally(name, own+"user/"+name), Path: "/", Grants: g, Groups: groups})
	}
}

// organized puts the account into an organization of which it is a member beside another.
func organized(a *snapshot.Account) {
	a.Org.Organization = snapshot.Value(snapshot.Organization{Meta: globally("o-acme", "arn:aws:organizations::"+manager+":organization/o-acme"), ID: "o-acme", ManagementAccount: manager, FeatureSet: "ALL"}, snapshot.Call{ID: "org", Operation: describe})
	a.Org.Accounts = snapshot.Value([]string{"111122223333", member, manager}, snapshot.Call{ID: "accounts", Operation: accounts})
}

// alone says that the account is in no organization.
func alone(a *snapshot.Account) {
	a.Org.Organization = snapshot.Missing[snapshot.Organization](snapshot.ErrAbsent)
	a.Org.Accounts = snapshot.Value[[]string](nil)
}

// membersDenied is a member that may not list the accounts of its organization.
func membersDenied(a *snapshot.Account) {
	organized(a)
	a.Org.Accounts = snapshot.Missing[[]string](checktest.Unread(accounts, snapshot.Denied))
}

// organizationDenied knows nothing of its organization.
func organizationDenied(a *snapshot.Account) {
	a.Org.Organization = snapshot.Missing[snapshot.Organization](checktest.Unread(describe, snapshot.Denied))
	a.Org.Accounts = snapshot.Missing[[]string](checktest.Unread(accounts, snapshot.Denied))
	a.Org.Path = snapshot.Missing[[]snapshot.OrganizationLevel](checktest.Unread("organizations:ListParents", snapshot.Denied))
}

func listCut(a *snapshot.Account) {
	checktest.Fail(a, detailsOp, snapshot.Global, snapshot.Denied)
}

// mistrusted are the cases of every check of trust policies.
func mistrusted() []checktest.Case {
	return []checktest.Case{
		{Name: "trust policy unread", Set: set(alone, trusted("/", snapshot.Missing[string](checktest.Unread(detailsOp, snapshot.Malformed)))), Want: checks.UNKNOWN, Reason: "malformed"},
		{Name: "trust policy not understood", Set: set(alone, trusted("/", snapshot.Value("["))), Want: checks.UNKNOWN, Reason: "cannot be understood"},
		{Name: "details cut short", Set: set(alone, listCut), Want: checks.UNKNOWN, Reason: "denied"},
	}
}

// serviceLinked is the case of a role that AWS keeps.
func serviceLinked(principal string) checktest.Case {
	return checktest.Case{Name: "service-linked", Set: set(alone, trusted("/aws-service-role/x/", statements(assume(principal, "")))), Want: checks.NotApplicable, Reason: "AWS service"}
}

func run(t *testing.T, c *checks.Check, cases ...[]checktest.Case) {
	t.Helper()
	var all []checktest.Case
	for _, list := range cases {
		all = append(all, list...)
	}
	checktest.Run(t, c, all)
}
