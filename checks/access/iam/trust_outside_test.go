package iam

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const readOnlyARN = "arn:aws:iam::aws:policy/ReadOnlyAccess"

// open is a role that another company may assume and that may do what the statements say.
func open(list ...string) func(*snapshot.Account) {
	return set(organized, trust(assume(principal(partner), "")), may(list...))
}

func outside() []checktest.Case {
	foreign := assume(principal(partner), "")
	return []checktest.Case{
		{Name: "nobody outside", Set: set(organized, trust(assume(principal(member, "111122223333"), "")), may(allow("*", "*"))), Want: checks.NotApplicable, Reason: "nobody outside"},
		{Name: "a trusted account", Set: set(organized, trust(foreign), may(allow("*", "*"))), Parameters: map[string]any{"trusted_accounts": []string{partner}}, Want: checks.NotApplicable, Reason: "nobody outside"},
		{Name: "anybody", Set: set(organized, trust(assume(principal("*"), "")), may(allow("*", "*"))), Want: checks.FAIL, Reason: "* may assume"},
		{Name: "own account id in the name of another's role", Set: set(organized, trust(assume(principal("arn:aws:iam::"+partner+":role/111122223333"), "")), may(allow("*", "*"))), Want: checks.FAIL, Reason: "role/111122223333 may assume"},
		{Name: "organization unread", Set: set(membersDenied, trust(foreign), may(allow("*", "*"))), Want: checks.UNKNOWN, Reason: "nothing tells whether " + partner},
		{Name: "a policy that is not in the list", Set: set(open(), attached(own+"policy/gone")), Want: checks.UNKNOWN, Reason: "policy/gone"},
		serviceLinked(principal(partner)),
	}
}

func TestRoleNoExternalReadOnlyAccess(t *testing.T) {
	run(t, &RoleNoExternalReadOnlyAccess, mistrusted(), outside(), []checktest.Case{
		{Name: "ReadOnlyAccess, whatever it holds", Set: set(open(), attached(readOnlyARN)), Want: checks.FAIL, Reason: "ReadOnlyAccess is attached"},
		{Name: "ViewOnlyAccess shows no data", Set: set(open(allow("s3:ListAllMyBuckets ec2:Describe*", "*"))), Want: checks.PASS, Reason: "may do none of"},
		{Name: "a copy of it", Set: set(open(), managed("copy", statements(allow("s3:Get* ec2:Describe*", "*"))), attached(own+"policy/copy")), Want: checks.FAIL, Reason: "s3:GetObject on every resource"},
		{Name: "secrets", Set: open(allow("secretsmanager:*", "*")), Want: checks.FAIL, Reason: "secretsmanager:GetSecretValue"},
		{Name: "all objects by S3's own star", Set: open(allow("s3:GetObject", "arn:aws:s3:::*/*")), Want: checks.FAIL, Reason: "s3:GetObject"},
		{Name: "one bucket", Set: open(allow("s3:GetObject", "arn:aws:s3:::public/*")), Want: checks.PASS, Reason: "may do none of"},
		{Name: "denied again", Set: open(allow("dynamodb:*", "*"), deny("dynamodb:GetItem", "*")), Want: checks.PASS, Reason: "may do none of"},
	})
}

func TestRoleNoExternalWriteAccess(t *testing.T) {
	const mfa = `,"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`
	run(t, &RoleNoExternalWriteAccess, mistrusted(), outside(), []checktest.Case{
		{Name: "an inline policy", Set: open(allow("sqs:SendMessage", "*")), Want: checks.FAIL, Reason: "sqs:SendMessage", Observed: map[string]string{"actions": "sqs:SendMessage"}},
		{Name: "harmless writes are listed", Set: open(allow("logs:PutLogEvents", "*")), Want: checks.FAIL, Reason: "logs:PutLogEvents"},
		{Name: "a setting of the account", Set: open(allow("s3:PutAccountPublicAccessBlock", "*")), Want: checks.FAIL, Reason: "s3:PutAccountPublicAccessBlock"},
		{Name: "reads alone", Set: open(allow("s3:Get* ec2:Describe*", "*")), Want: checks.PASS, Reason: "may change nothing"},
		{Name: "what shows permissions", Set: open(allow("quicksight:Describe* athena:GetSessionEndpoint", "*")), Want: checks.PASS, Reason: "may change nothing"},
		{Name: "what hands out credentials", Set: open(allow("redshift:GetClusterCredentials", "*")), Want: checks.FAIL, Reason: "redshift:GetClusterCredentials"},
		{Name: "one queue", Set: open(allow("sqs:*", "arn:aws:sqs:eu-west-1:111122223333:q")), Want: checks.PASS, Reason: "may change nothing"},
		{Name: "a boundary of reads", Set: set(open(allow("*", "*")), bounded(allow("s3:Get*", "*"))), Want: checks.PASS, Reason: "may change nothing"},
		{Name: "a boundary of everything", Set: set(open(allow("sqs:SendMessage", "*")), bounded(allow("*", "*"))), Want: checks.FAIL, Reason: "sqs:SendMessage"},
		{Name: "a condition", Set: open(allow("sqs:SendMessage", "*", mfa)), Want: checks.PASS, Reason: "may change nothing"},
		{Name: "a boundary that is not in the list", Set: set(open(allow("sqs:SendMessage", "*")), func(a *snapshot.Account) { a.IAM.Roles[0].BoundaryARN = own + "policy/gone" }), Want: checks.UNKNOWN, Reason: "policy/gone"},
	})
}

func TestRoleTrustClosedAccountsAbsent(t *testing.T) {
	states := func(state string) func(*snapshot.Account) {
		return set(organized, trust(assume(principal(member, "111122223333"), "")), func(a *snapshot.Account) {
			a.Org.States = snapshot.Value(map[string]string{member: state, "111122223333": "SUSPENDED"})
		})
	}
	denied := func(a *snapshot.Account) {
		organized(a)
		a.Org.States = snapshot.Missing[map[string]string](checktest.Unread(accounts, snapshot.Denied))
	}
	former := map[string]any{"former_accounts": []string{partner}}
	run(t, &RoleTrustClosedAccountsAbsent, mistrusted(), []checktest.Case{
		{Name: "closed", Set: states("CLOSED"), Want: checks.FAIL, Reason: member + " (CLOSED)"},
		{Name: "suspended", Set: states("SUSPENDED"), Want: checks.FAIL, Reason: member + " (SUSPENDED)"},
		{Name: "being closed", Set: states("PENDING_CLOSURE"), Want: checks.FAIL, Reason: "being closed"},
		{Name: "active; the own id never counts", Set: states("ACTIVE"), Want: checks.PASS, Reason: "none of the trusted accounts"},
		{Name: "a former one", Set: set(organized, trust(assume(principal(partner), "")), func(a *snapshot.Account) { a.Org.States = snapshot.Value(map[string]string{}) }), Parameters: former, Want: checks.FAIL, Reason: "named in former_accounts"},
		{Name: "a former one, though the list is denied", Set: set(denied, trust(assume(principal(partner), ""))), Parameters: former, Want: checks.FAIL, Reason: "former_accounts"},
		{Name: "the list is denied", Set: set(denied, trust(assume(principal(partner), ""))), Want: checks.UNKNOWN, Reason: accounts},
		{Name: "no organization and no former accounts", Set: set(alone, trust(assume(principal(partner), "")), func(a *snapshot.Account) { a.Org.States = snapshot.Value[map[string]string](nil) }), Want: checks.NotApplicable, Reason: "former_accounts is empty"},
		{Name: "own account alone", Set: set(organized, trust(assume(principal("111122223333"), ""))), Want: checks.NotApplicable, Reason: "names no other account"},
		{Name: "anybody names no account", Set: set(organized, trust(assume(principal("*"), ""))), Want: checks.NotApplicable, Reason: "names no other account"},
		serviceLinked(principal(partner)),
	})
}

// scps puts the account into an organization whose root, unit and account have these
// service control policies beside the one that allows everything.
func scps(documents ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		organized(a)
		full := snapshot.ControlPolicy{ID: "p-FullAWSAccess", Name: "FullAWSAccess", Managed: true, Document: statements(allow("*", "*"))}
		level := func(id, kind string, more ...snapshot.ControlPolicy) snapshot.OrganizationLevel {
			return snapshot.OrganizationLevel{ID: id, Kind: kind, SCPs: snapshot.Value(append([]snapshot.ControlPolicy{full}, more...)), RCPs: snapshot.Value[[]snapshot.ControlPolicy](nil)}
		}
		var more []snapshot.ControlPolicy
		for i, d := range documents {
			id := "p-" + string(rune('1'+i))
			more = append(more, snapshot.ControlPolicy{ID: id, Name: "guardrail", Document: statements(d)})
		}
		a.Org.Path = snapshot.Value([]snapshot.OrganizationLevel{level("r-1", "ROOT"), level("ou-1", "ORGANIZATIONAL_UNIT", more...), level("111122223333", "ACCOUNT")}, snapshot.Call{ID: "path", Operation: "organizations:ListParents"})
	}
}

// pathDenied is a member that may not read the policies that bind it.
func pathDenied(a *snapshot.Account) {
	organized(a)
	a.Org.Path = snapshot.Missing[[]snapshot.OrganizationLevel](checktest.Unread("organizations:ListParents", snapshot.Denied))
}

func TestRoleTrustNotWholeOrganization(t *testing.T) {
	org := `"StringEquals":{"aws:PrincipalOrgID":"o-acme"}`
	whole := trust(assume(principal("*"), org))
	admin := may(allow("*", "*"))
	run(t, &RoleTrustNotWholeOrganization, mistrusted(), []checktest.Case{
		{Name: "an administrator for everyone", Set: set(scps(), whole, admin), Want: checks.FAIL, Reason: "every account of o-acme may assume the role, and the role is an administrator"},
		{Name: "writes for everyone", Set: set(scps(), whole, may(allow("sqs:*", "*"))), Want: checks.FAIL, Reason: "may change every resource"},
		{Name: "reads for everyone", Set: set(scps(), whole, may(allow("s3:Get*", "*"))), Want: checks.NotApplicable, Reason: "no administrator"},
		{Name: "a unit is narrower", Set: set(scps(), trust(assume(principal("*"), `"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-acme/r-1/ou-1/*"}`)), admin), Want: checks.PASS, Reason: "is not open to the whole organization"},
		{Name: "all paths are the whole", Set: set(scps(), trust(assume(principal("*"), `"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-acme/*"}`)), admin), Want: checks.FAIL, Reason: "every account of o-acme/*"},
		{Name: "a name in every account", Set: set(scps(), trust(assume(principal("*"), org+`,"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/deploy"}`)), admin), Want: checks.FAIL, Reason: "each account's administrators can make"},
		{Name: "OrganizationAccountAccessRole", Set: set(scps(), trust(assume(principal("arn:aws:iam::"+manager+":root"), "")), admin), Want: checks.PASS, Reason: "is not open"},
		{Name: "four whole accounts", Set: set(scps(), trust(assume(principal("100000000001", "100000000002", "100000000003", "arn:aws:iam::100000000004:root"), "")), admin), Want: checks.FAIL, Reason: "4 whole accounts"},
		{Name: "three", Set: set(scps(), trust(assume(principal("100000000001", "100000000002", "100000000003", "111122223333"), "")), admin), Want: checks.PASS, Reason: "is not open"},
		{Name: "lifted by an SCP", Set: set(scps(deny("*", "*")), whole, admin), Want: checks.PASS, Reason: "service control policies leave the role no such rights"},
		{Name: "SCPs unread lift nothing", Set: set(pathDenied, whole, admin), Want: checks.FAIL, Reason: "not read, and might lift it"},
		{Name: "nor writes", Set: set(pathDenied, whole, may(allow("sqs:*", "*"))), Want: checks.FAIL, Reason: "not read, and might lift it"},
		{Name: "a policy that is not in the list", Set: set(scps(), whole, attached(own+"policy/gone")), Want: checks.UNKNOWN, Reason: "policy/gone"},
		serviceLinked(principal("*")),
	})
}
