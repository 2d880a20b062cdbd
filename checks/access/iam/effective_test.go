package iam

import (
	"slices"
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// group adds a group with these policies, of which users are members by its name.
func withGroup(name string, list ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		arn := own + "group/" + name
		a.IAM.Groups = append(a.IAM.Groups, snapshot.Group{Meta: globally(name, arn), Grants: inlined(arn, statements(list...))})
	}
}

// ann is a user with an inline policy.
func ann(list []string, groups ...string) func(*snapshot.Account) {
	return user("ann", inlined(own+"user/ann", statements(list...)), groups...)
}

// annBounded gives the last user a boundary.
func annBounded(list ...string) func(*snapshot.Account) {
	return set(managed("limit", statements(list...)), func(a *snapshot.Account) {
		a.IAM.Users[len(a.IAM.Users)-1].BoundaryARN = own + "policy/limit"
	})
}

var all = allow("*", "*")

func one(list ...string) []string { return list }

func TestPrincipalNotEffectiveAdmin(t *testing.T) {
	deny := func(action string, rest ...string) string { return deny(action, "*", rest...) }
	run(t, &PrincipalNotEffectiveAdmin, []checktest.Case{
		{Name: "everything", Set: set(alone, ann(one(all))), Want: checks.FAIL, Reason: "an administrator in effect by inline policy p1 statement 1"},
		{Name: "only by the sum", Set: set(alone, ann(nil, "a", "b"), withGroup("a", allow("iam:*", "*")), withGroup("b", `{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`)), Want: checks.FAIL, Reason: "group a"},
		{Name: "one group of the two", Set: set(alone, ann(nil, "a"), withGroup("a", allow("iam:*", "*")), withGroup("b", all)), Want: checks.PASS, Reason: "no administrator"},
		{Name: "a boundary of reads", Set: set(alone, ann(one(all)), annBounded(allow("s3:Get* ec2:Describe*", "*"))), Want: checks.PASS, Reason: "kept from it by the boundary " + own + "policy/limit"},
		{Name: "a Deny in a group", Set: set(alone, ann(one(all), "a"), withGroup("a", deny("s3:DeleteObject"))), Want: checks.PASS, Reason: "kept from it by group a"},
		{Name: "a Deny with a condition takes nothing away", Set: set(alone, ann(one(all, deny("*", `,"Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`)))), Want: checks.FAIL, Reason: "an administrator in effect"},
		{Name: "on a condition", Set: set(alone, ann(one(allow("*", "*", `,"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`)))), Want: checks.FAIL, Reason: "on the condition Bool"},
		{Name: "an SCP that takes one right away", Set: set(scps(deny("iam:CreateUser")), ann(one(all))), Want: checks.FAIL, Reason: "an administrator in effect"},
		{Name: "an SCP that takes all of iam away", Set: set(scps(deny("iam:*")), ann(one(all))), Want: checks.PASS, Reason: "kept from it by guardrail"},
		{Name: "SCPs unread", Set: set(pathDenied, ann(one(all))), Want: checks.FAIL, Reason: "not read, and might lift it: service control policies: organizations:ListParents"},
		{Name: "the management account", Set: set(manages, ann(one(all))), Want: checks.FAIL, Reason: "an administrator in effect"},
		{Name: "named as intended", Set: set(alone, ann(one(all))), Parameters: map[string]any{"allowed_admins": []string{own + "user/a*"}}, Want: checks.PASS, Reason: "named in allowed_admins"},
		{Name: "named by its name", Set: set(alone, ann(one(all))), Parameters: map[string]any{"allowed_admins": []string{"ann"}}, Want: checks.PASS, Reason: "allowed_admins"},
		{Name: "another probe", Set: set(alone, ann(one(allow("iam:* sqs:*", "*")))), Parameters: map[string]any{"probe_actions": []string{"sqs:SendMessage"}}, Want: checks.FAIL, Reason: "an administrator in effect"},
		{Name: "a boundary that is not in the list cuts nothing", Set: set(alone, ann(one(all)), func(a *snapshot.Account) { a.IAM.Users[0].BoundaryARN = own + "policy/gone" }), Want: checks.FAIL, Reason: "might lift it: the boundary"},
		{Name: "a policy that is not in the list", Set: set(alone, user("ann", snapshot.Grants{Attached: []snapshot.AttachedPolicy{{ARN: own + "policy/gone"}}})), Want: checks.UNKNOWN, Reason: "policy/gone"},
		serviceLinked(principal("*")),
	})
}

// machines says that there are machines, and that all were listed.
func machines(a *snapshot.Account) {
	a.EC2.Instances = []snapshot.Instance{{Meta: checktest.Meta("i", "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"), State: "running"}}
}

// admin adds a role that may do everything, under its trust policy.
func adminRole(trust string, profiles ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		arn := own + "role/admin"
		a.IAM.Roles = append(a.IAM.Roles, snapshot.Role{Meta: globally("admin", arn), Path: "/", Trust: statements(trust), Grants: inlined(arn, statements(all)), Profiles: profiles})
	}
}

// older gives ann a managed policy with versions.
func older(versions snapshot.Read[[]snapshot.PolicyVersion]) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		managed("p", statements(allow("s3:Get*", "*")))(a)
		a.IAM.Policies[len(a.IAM.Policies)-1].Versions = versions
		a.IAM.Users[0].Attached = []snapshot.AttachedPolicy{{ARN: own + "policy/p"}}
	}
}

// ofAnn judges an account and returns the finding about ann.
func ofAnn(t *testing.T, c *checks.Check, change func(*snapshot.Account)) checks.Finding {
	t.Helper()
	for _, f := range checktest.Findings(c, checktest.Account(c, change), nil) {
		if f.Resource.ID == own+"user/ann" {
			return f
		}
	}
	t.Fatal("no finding about ann")
	return checks.Finding{}
}

func TestPrincipalNoEscalationPath(t *testing.T) {
	account := principal("arn:aws:iam::111122223333:root")
	const box = `{"Service":"ec2.amazonaws.com"}`
	cut := func(a *snapshot.Account) { checktest.Fail(a, detailsOp, snapshot.Global, snapshot.Throttled) }
	blind := func(a *snapshot.Account) {
		checktest.Fail(a, "ec2:DescribeInstances", checktest.Elsewhere, snapshot.Denied)
	}
	for _, tt := range []struct {
		name   string
		change func(*snapshot.Account)
		want   checks.Status
		reason string
	}{
		{"none", set(alone, ann(one(allow("s3:*", "*"))), adminRole(assume(account, ""))), checks.PASS, "no way of up to max_path_length (6) steps"},
		{"by assuming", set(alone, ann(one(allow("sts:AssumeRole", "*"))), adminRole(assume(account, ""))), checks.FAIL, "a way leads to an administrator: assumes role/admin (the trust policy statement 1, inline policy p1 statement 1)"},
		{"on a condition", set(alone, ann(one(allow("sts:AssumeRole", "*"))), adminRole(assume(account, `"Bool":{"aws:MultiFactorAuthPresent":"true"}`))), checks.FAIL, "on the condition Bool aws:MultiFactorAuthPresent [true]"},
		{"over a group's right", set(alone, ann(nil, "devs"), withGroup("devs", allow("iam:PassRole ec2:RunInstances", "*")), adminRole(assume(box, ""))), checks.FAIL, "starts an instance with a role: role/admin"},
		{"into a group", set(alone, ann(one(allow("iam:AddUserToGroup", "*"))), withGroup("admins", all)), checks.FAIL, "puts user/ann into the group admins"},
		{"a policy of its own", set(alone, ann(one(allow("iam:CreatePolicyVersion", "*"))), managed("p", statements(allow("s3:Get*", "*"))), func(a *snapshot.Account) {
			a.IAM.Users[0].Attached = []snapshot.AttachedPolicy{{ARN: own + "policy/p"}}
		}), checks.FAIL, "writes a new version of a policy of user/ann"},
		{"an older version", set(alone, ann(one(allow("iam:SetDefaultPolicyVersion", "*"))), older(snapshot.Value([]snapshot.PolicyVersion{
			{ID: "v2", Default: true, Document: statements(allow("s3:Get*", "*"))}, {ID: "v1", Document: statements(all)}}))), checks.FAIL, "brings back an older version of a policy of user/ann"},
		{"an older version that is no wider", set(alone, ann(one(allow("iam:SetDefaultPolicyVersion", "*"))), older(snapshot.Value([]snapshot.PolicyVersion{
			{ID: "v2", Default: true, Document: statements(allow("s3:Get*", "*"))}, {ID: "v1", Document: statements(allow("s3:List*", "*"))}}))), checks.PASS, "no way"},
		{"versions unread", set(alone, ann(one(allow("iam:SetDefaultPolicyVersion", "*"))), older(snapshot.Missing[[]snapshot.PolicyVersion](checktest.Unread("iam:ListPolicyVersions", snapshot.Denied)))), checks.UNKNOWN, "the versions of"},
		{"versions unread, and no right to them", set(alone, ann(one(allow("s3:*", "*"))), older(snapshot.Missing[[]snapshot.PolicyVersion](checktest.Unread("iam:ListPolicyVersions", snapshot.Denied)))), checks.PASS, "no way"},
		{"commands on machines", set(alone, machines, ann(one(allow("ssm:SendCommand", "*"))), adminRole(assume(box, ""), "profile")), checks.FAIL, "runs commands on instances that hold a role: role/admin"},
		{"without machines", set(alone, ann(one(allow("ssm:SendCommand", "*"))), adminRole(assume(box, ""), "profile")), checks.PASS, "no way"},
		{"machines unread", set(alone, blind, ann(one(allow("ssm:SendCommand", "*"))), adminRole(assume(box, ""), "profile")), checks.FAIL, "not all instances were read"},
		{"a role that is not carried", set(alone, machines, ann(one(allow("ssm:SendCommand", "*"))), adminRole(assume(box, ""))), checks.PASS, "no way"},
		{"an SCP cuts it", set(scps(deny("sts:AssumeRole", "*")), ann(one(allow("sts:AssumeRole", "*"))), adminRole(assume(account, ""))), checks.PASS, "no way"},
		{"SCPs unread", set(pathDenied, ann(one(allow("sts:AssumeRole", "*"))), adminRole(assume(account, ""))), checks.FAIL, "not read, and might lift it"},
		{"an administrator already", set(alone, ann(one(all)), adminRole(assume(account, ""))), checks.NotApplicable, "already"},
		{"details cut short", set(alone, cut, ann(one(allow("s3:*", "*")))), checks.UNKNOWN, "throttled"},
		{"details cut short, and a way all the same", set(alone, cut, ann(one(allow("sts:AssumeRole", "*"))), adminRole(assume(account, ""))), checks.FAIL, "assumes role/admin"},
		{"its policy is not in the list", set(alone, user("ann", snapshot.Grants{Attached: []snapshot.AttachedPolicy{{ARN: own + "policy/gone"}}})), checks.UNKNOWN, "policy/gone"},
		{"a trust policy unread", set(alone, ann(one(allow("s3:*", "*"))), trusted("/", snapshot.Missing[string](checktest.Unread(detailsOp, snapshot.Malformed)))), checks.UNKNOWN, "the trust policy of"},
	} {
		if f := ofAnn(t, &PrincipalNoEscalationPath, tt.change); f.Status != tt.want || !strings.Contains(f.Reason, tt.reason) {
			t.Errorf("%s: %s %q\nwant %s with %q", tt.name, f.Status, f.Reason, tt.want, tt.reason)
		} else if len(f.Evidence) == 0 {
			t.Errorf("%s rests on no call", tt.name)
		}
	}
	run(t, &PrincipalNoEscalationPath, []checktest.Case{
		serviceLinked(principal("*")),
		{Name: "a role without a way", Set: set(alone, trust(assume(box, "")), may(allow("s3:*", "*"))), Want: checks.PASS, Reason: "no way"},
		{Name: "a role that writes itself", Set: set(alone, trust(assume(box, "")), may(allow("iam:PutRolePolicy", "*"))), Want: checks.FAIL, Reason: "writes a policy of role/app"},
		{Name: "cut short", Set: set(alone, listCut), Want: checks.UNKNOWN, Reason: detailsOp},
	})
}

// The versions of a policy are evidence about those alone who come by a principal that has it.
func TestAPathRestsOnTheVersionsAlongIt(t *testing.T) {
	versions := func(a *snapshot.Account) {
		a.IAM.Roles = append(a.IAM.Roles, snapshot.Role{Meta: globally("reader", own+"role/reader"), Path: "/", Trust: statements(assume(principal(own+"root"), "")),
			Grants: snapshot.Grants{Attached: []snapshot.AttachedPolicy{{ARN: own + "policy/p"}}}})
		managed("p", statements(allow("s3:Get*", "*")))(a)
		a.IAM.Policies[len(a.IAM.Policies)-1].Versions = snapshot.Value([]snapshot.PolicyVersion{}, snapshot.Call{ID: "versions of p", Operation: "iam:ListPolicyVersions"})
	}
	for action, want := range map[string]bool{"s3:*": false, "sts:AssumeRole": true} {
		f := ofAnn(t, &PrincipalNoEscalationPath, set(alone, ann(one(allow(action, "*"))), versions))
		if f.Status != checks.PASS || slices.Contains(f.Evidence, "versions of p") != want {
			t.Errorf("with %s: %s %q rests on %v", action, f.Status, f.Reason, f.Evidence)
		}
	}
}

// ofApp judges an account and returns the finding about the role app.
func ofApp(t *testing.T, c *checks.Check, change func(*snapshot.Account), parameters map[string]any) checks.Finding {
	t.Helper()
	for _, f := range checktest.Findings(c, checktest.Account(c, change), parameters) {
		if f.Resource.ID == own+"role/app" {
			return f
		}
	}
	t.Fatal("no finding about app")
	return checks.Finding{}
}

func TestExternalPrincipalNoPathToAdmin(t *testing.T) {
	foreign := trust(assume(principal(partner), ""))
	app := principal(own + "role/app")
	for _, tt := range []struct {
		name       string
		change     func(*snapshot.Account)
		parameters map[string]any
		want       checks.Status
		reason     string
	}{
		{"an administrator itself", set(scps(), foreign, may(all)), nil, checks.FAIL, partner + " may assume the role: it is an administrator in effect"},
		{"over a harmless role", set(scps(), foreign, may(allow("sts:AssumeRole", "*")), adminRole(assume(app, ""))), nil, checks.FAIL, "a way leads to an administrator: assumes role/admin"},
		{"into a role that asks for MFA", set(scps(), foreign, may(allow("sts:AssumeRole", "*")), adminRole(assume(app, `"Bool":{"aws:MultiFactorAuthPresent":"true"}`))), nil, checks.PASS, "no way"},
		{"into a role that asks for a source identity", set(scps(), foreign, may(allow("sts:AssumeRole", "*")), adminRole(assume(app, `"StringLike":{"sts:SourceIdentity":"anna"}`))), nil, checks.PASS, "no way"},
		{"harmless", set(scps(), foreign, may(allow("s3:Get*", "*"))), nil, checks.PASS, "no way of up to max_path_length (6) steps"},
		{"a known account is not harmless", set(scps(), foreign, may(all)), map[string]any{"trusted_accounts": []string{partner}}, checks.FAIL, "of accounts that are known, which is grave"},
		{"anybody", set(scps(), trust(assume(principal("*"), "")), may(all)), nil, checks.FAIL, "* may assume the role"},
		{"any repository on GitHub", set(scps(), providers(github), trust(federated(github, `"StringEquals":{"`+github+`:aud":"sts.amazonaws.com"}`)), may(all)), nil, checks.FAIL, "anybody of " + github},
		{"a named repository is inside", set(scps(), providers(github), trust(federated(github, `"StringLike":{"`+github+`:sub":"repo:acme/app:*"}`)), may(all)), nil, checks.NotApplicable, "nobody outside"},
		{"users of pools that are not named", set(scps(), trust(assume(`{"Federated":"cognito-identity.amazonaws.com"}`, `"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":"authenticated"}`)), may(all)), nil, checks.FAIL, "users of any identity pool"},
		{"guests of a pool", set(scps(), trust(assume(`{"Federated":"cognito-identity.amazonaws.com"}`, `"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":"unauthenticated"}`)), may(all)), nil, checks.FAIL, "guests of an identity pool"},
		{"Identity Center is inside", set(scps(), trust(samlTrust("AWSSSO_1_DO_NOT_DELETE", "")), may(all)), nil, checks.NotApplicable, "nobody outside"},
		{"a member of the organization", set(scps(), trust(assume(principal(member), "")), may(all)), nil, checks.NotApplicable, "nobody outside"},
		{"organization unread, and a way", set(membersDenied, trust(assume(principal(member), "")), may(all)), nil, checks.FAIL, "counts as outside"},
		{"organization unread, and none", set(membersDenied, trust(assume(principal(member), "")), may(allow("s3:Get*", "*"))), nil, checks.UNKNOWN, accounts},
		{"SCPs unread lift nothing", set(pathDenied, foreign, may(all)), nil, checks.FAIL, "not read, and might lift it"},
		{"an SCP lifts it", set(scps(deny("iam:* sts:*", "*")), foreign, may(all)), nil, checks.PASS, "no way"},
	} {
		if f := ofApp(t, &ExternalPrincipalNoPathToAdmin, tt.change, tt.parameters); f.Status != tt.want || !strings.Contains(f.Reason, tt.reason) {
			t.Errorf("%s: %s %q\nwant %s with %q", tt.name, f.Status, f.Reason, tt.want, tt.reason)
		}
	}
	run(t, &ExternalPrincipalNoPathToAdmin, mistrusted(), []checktest.Case{
		serviceLinked(principal(partner)),
		{Name: "alone, FAIL", Set: set(alone, foreign, may(all)), Want: checks.FAIL, Reason: "administrator"},
		{Name: "alone, PASS", Set: set(alone, foreign), Want: checks.PASS, Reason: "no way"},
	})
}

func TestPrincipalCannotLiftGuardrails(t *testing.T) {
	held := func(content string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.Org.EC2Policy = snapshot.Value(snapshot.EffectivePolicy{Content: content})
		}
	}
	const four = `{"ec2_attributes":{"snapshot_block_public_access":{},"image_block_public_access":{},"instance_metadata_defaults":{},"vpc_block_public_access":{}}}`
	none := held("")
	run(t, &PrincipalCannotLiftGuardrails, []checktest.Case{
		{Name: "ec2:* is five of them at once", Set: set(alone, ann(one(allow("ec2:*", "*")))), Want: checks.FAIL, Reason: "ec2:DisableEbsEncryptionByDefault, ec2:DisableSnapshotBlockPublicAccess, ec2:DisableImageBlockPublicAccess, ec2:ModifyInstanceMetadataDefaults, ec2:ModifyVpcBlockPublicAccessOptions"},
		{Name: "the public access block", Set: set(alone, ann(one(allow("s3:PutAccount*", "*")))), Want: checks.FAIL, Reason: "s3:PutAccountPublicAccessBlock"},
		{Name: "none of them", Set: set(alone, ann(one(allow("s3:PutObject ec2:RunInstances", "*")))), Want: checks.PASS, Reason: "none of the account's guardrails"},
		{Name: "an SCP", Set: set(scps(deny("account:EnableRegion", "*")), none, ann(one(allow("account:*", "*")))), Want: checks.PASS, Reason: "account:EnableRegion by guardrail"},
		{Name: "SCPs unread", Set: set(pathDenied, none, ann(one(allow("account:*", "*")))), Want: checks.FAIL, Reason: "not read, and might lift it"},
		{Name: "a declarative policy holds four of them", Set: set(scps(), held(four), ann(one(allow("ec2:*", "*")))), Want: checks.FAIL, Reason: "the principal may ec2:DisableEbsEncryptionByDefault"},
		{Name: "and all that the principal may", Set: set(scps(), held(four), ann(one(allow("ec2:ModifyInstanceMetadataDefaults", "*")))), Want: checks.PASS, Reason: "none of"},
		{Name: "declarative policies unread", Set: set(scps(), ann(one(allow("ec2:*", "*"))), func(a *snapshot.Account) {
			a.Org.EC2Policy = snapshot.Missing[snapshot.EffectivePolicy](checktest.Unread("organizations:DescribeEffectivePolicy", snapshot.Denied))
		}), Want: checks.FAIL, Reason: "might lift some of it: declarative policies"},
		{Name: "named as intended", Set: set(alone, ann(one(all))), Parameters: map[string]any{"allowed_principals": []string{"ann"}}, Want: checks.PASS, Reason: "allowed_principals"},
		{Name: "a policy that is not in the list", Set: set(alone, user("ann", snapshot.Grants{Attached: []snapshot.AttachedPolicy{{ARN: own + "policy/gone"}}})), Want: checks.UNKNOWN, Reason: "policy/gone"},
		serviceLinked(principal("*")),
	})
}
