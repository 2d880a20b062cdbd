package iam

import (
	"strings"
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const reportOp = "iam:GetCredentialReport"

// anna is an account with one user, changed by set.
func anna(change func(*snapshot.User)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		u := snapshot.User{Meta: globally("anna", own+"user/anna"), Path: "/"}
		change(&u)
		a.IAM.Users = append(a.IAM.Users, u)
	}
}

func console(password, mfa bool) snapshot.Read[snapshot.Console] {
	return snapshot.Value(snapshot.Console{Password: password, MFA: mfa, Source: "credential report"})
}

func TestUserHardwareMFAEnabled(t *testing.T) {
	devices := func(serials ...string) func(*snapshot.Account) {
		return anna(func(u *snapshot.User) {
			u.Console = console(true, true)
			var list []snapshot.MFADevice
			for _, s := range serials {
				list = append(list, snapshot.MFADevice{SerialNumber: s})
			}
			u.Devices = snapshot.Value(list)
		})
	}
	run(t, &UserHardwareMFAEnabled, []checktest.Case{
		{Name: "a token's number is no ARN", Set: devices("GAHT12345678"), Want: checks.PASS, Reason: "1 MFA devices"},
		{Name: "a security key", Set: devices(own + "u2f/user/anna/key-ABC"), Want: checks.PASS, Reason: "security keys"},
		{Name: "virtual", Set: devices(own + "mfa/anna"), Want: checks.FAIL, Reason: "mfa/anna"},
		{Name: "a phone", Set: devices(own + "sms-mfa/anna"), Want: checks.FAIL, Reason: "sms-mfa/anna"},
		{Name: "one virtual among eight", Set: devices("1", "2", "3", "4", "5", "6", "7", own+"mfa/anna"), Want: checks.FAIL, Reason: "mfa/anna"},
		{Name: "a key whose name holds mfa", Set: devices(own + "u2f/user/mfa/mfa-anna"), Want: checks.PASS, Reason: "security keys"},
		{Name: "no device", Set: anna(func(u *snapshot.User) { u.Console = console(true, false) }), Want: checks.FAIL, Reason: "no MFA device"},
		{Name: "no password", Set: anna(func(u *snapshot.User) { u.Console = console(false, false) }), Want: checks.NotApplicable, Reason: "no password"},
		{Name: "the lists disagree", Set: devices(), Want: checks.UNKNOWN, Reason: "no device is listed"},
		{Name: "devices denied", Set: anna(func(u *snapshot.User) {
			u.Console, u.Devices = console(true, true), snapshot.Missing[[]snapshot.MFADevice](checktest.Unread("iam:ListMFADevices", snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: "iam:ListMFADevices"},
		{Name: "report denied", Set: anna(func(u *snapshot.User) {
			u.Console = snapshot.Missing[snapshot.Console](checktest.Unread(reportOp, snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: reportOp},
		{Name: "users cut short", Set: listCut, Want: checks.UNKNOWN, Reason: detailsOp},
	})
}

func TestUserSSHKeyRotated(t *testing.T) {
	limit := checktest.AsOf.Add(-180 * day)
	keys := func(list ...snapshot.SSHKey) func(*snapshot.Account) {
		return anna(func(u *snapshot.User) { u.SSHKeys = snapshot.Value(list) })
	}
	key := func(id string, active bool, at time.Time) snapshot.SSHKey {
		return snapshot.SSHKey{ID: id, Active: active, Uploaded: at}
	}
	run(t, &UserSSHKeyRotated, []checktest.Case{
		{Name: "exactly as old as allowed", Set: keys(key("APKA1", true, limit)), Want: checks.PASS, Reason: "none of 1"},
		{Name: "each that is too old is named", Set: keys(key("APKA1", true, limit.Add(-time.Second)), key("APKA2", true, limit.Add(-time.Hour)), key("APKA3", true, limit)), Want: checks.FAIL, Reason: "APKA1, uploaded 2026-05-05T11:59:59Z; APKA2"},
		{Name: "inactive keys are left out", Set: keys(key("APKA1", false, limit.Add(-time.Hour))), Want: checks.NotApplicable, Reason: "no active SSH"},
		{Name: "no key", Set: keys(), Want: checks.NotApplicable, Reason: "no active SSH"},
		{Name: "a parameter", Set: keys(key("APKA1", true, limit)), Parameters: map[string]any{"max_age_days": 90}, Want: checks.FAIL, Reason: "older than 90 days"},
		{Name: "denied", Set: anna(func(u *snapshot.User) {
			u.SSHKeys = snapshot.Missing[[]snapshot.SSHKey](checktest.Unread("iam:ListSSHPublicKeys", snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: "iam:ListSSHPublicKeys"},
	})
	if UserSSHKeyRotated.Bounds("max_age_days", 0) == nil || UserSSHKeyRotated.Bounds("max_age_days", 1) != nil {
		t.Error("a key is never younger than a day at most")
	}
}

func TestServiceSpecificCredentialsExpire(t *testing.T) {
	const codecommit, bedrock = "codecommit.amazonaws.com", "bedrock.amazonaws.com"
	limit := checktest.AsOf.Add(-90 * day)
	list := func(list ...snapshot.ServiceCredential) func(*snapshot.Account) {
		return anna(func(u *snapshot.User) { u.ServiceCredentials = snapshot.Value(list) })
	}
	credential := func(service string, active bool, created, expires time.Time) snapshot.ServiceCredential {
		return snapshot.ServiceCredential{ID: "ACCA1", Service: service, Active: active, Created: created, Expires: expires}
	}
	soon, past := checktest.AsOf.Add(day), checktest.AsOf.Add(-time.Second)
	run(t, &ServiceSpecificCredentialsExpire, []checktest.Case{
		{Name: "young", Set: list(credential(codecommit, true, limit, time.Time{})), Want: checks.PASS, Reason: "none of 1"},
		{Name: "old", Set: list(credential(codecommit, true, limit.Add(-day), time.Time{})), Want: checks.FAIL, Reason: "91 days old"},
		{Name: "Bedrock without an end", Set: list(credential(bedrock, true, checktest.AsOf, time.Time{})), Want: checks.FAIL, Reason: "never expires"},
		{Name: "Bedrock with an end", Set: list(credential(bedrock, true, checktest.AsOf, soon)), Want: checks.PASS, Reason: "none of 1"},
		{Name: "ended, though active", Set: list(credential(bedrock, true, limit.Add(-day), past)), Want: checks.PASS, Reason: "1 of them have ended"},
		{Name: "inactive", Set: list(credential(codecommit, false, limit.Add(-day), time.Time{})), Want: checks.NotApplicable, Reason: "no active"},
		{Name: "none", Set: list(), Want: checks.NotApplicable, Reason: "no active"},
		{Name: "denied", Set: anna(func(u *snapshot.User) {
			u.ServiceCredentials = snapshot.Missing[[]snapshot.ServiceCredential](checktest.Unread("iam:ListServiceSpecificCredentials", snapshot.Unsupported))
		}), Want: checks.UNKNOWN, Reason: "unsupported"},
	})
}

// about finds the one finding about a resource type.
func about(t *testing.T, c *checks.Check, kind string, change func(*snapshot.Account), parameters map[string]any) checks.Finding {
	t.Helper()
	for _, f := range checktest.Findings(c, checktest.Account(c, change), parameters) {
		if f.Resource.Type == kind {
			return f
		}
	}
	t.Fatalf("%s says nothing of %s", c.ID, kind)
	return checks.Finding{}
}

func TestServiceUserHasNoPassword(t *testing.T) {
	groups := map[string]any{"service_user_groups": []string{"Machines"}}
	tags := map[string]any{"service_user_tags": []string{"kind=machine", "robot"}}
	user := func(password bool, tags map[string]string, groups ...string) func(*snapshot.Account) {
		return set(anna(func(u *snapshot.User) { u.Console, u.Tags, u.Groups = console(password, false), tags, groups }), func(a *snapshot.Account) {
			a.IAM.Groups = []snapshot.Group{{Meta: globally("machines", own+"group/machines")}}
		})
	}
	for _, tt := range []struct {
		name       string
		change     func(*snapshot.Account)
		parameters map[string]any
		kind       string
		want       checks.Status
		reason     string
	}{
		{"a machine with a password, by a group in other letters", user(true, nil, "machines"), groups, "iam user", checks.FAIL, "group machines"},
		{"a machine without", user(false, nil, "machines"), groups, "iam user", checks.PASS, "no password"},
		{"by a tag's value", user(true, map[string]string{"kind": "machine"}), tags, "iam user", checks.FAIL, "kind=machine"},
		{"by a tag's key", user(true, map[string]string{"robot": ""}), tags, "iam user", checks.FAIL, "tag robot"},
		{"another value", user(true, map[string]string{"kind": "person"}), tags, "iam user", checks.NotApplicable, "none of the groups"},
		{"a person", user(true, nil, "people"), groups, "iam user", checks.NotApplicable, "none of the groups"},
		{"no parameters: not one PASS", user(false, nil), nil, "iam user", checks.NotApplicable, "neither"},
		{"no parameters, of the account", user(false, nil), nil, "account", checks.NotApplicable, "neither"},
		{"the group exists", user(false, nil), groups, "account", checks.PASS, "exist"},
		{"a group that does not exist", user(false, nil), map[string]any{"service_user_groups": []string{"machines", "robots"}}, "account", checks.UNKNOWN, "no group is called robots"},
		{"tags alone", user(false, nil), tags, "account", checks.NotApplicable, "tags say"},
		{"report denied", anna(func(u *snapshot.User) {
			u.Groups, u.Console = []string{"machines"}, snapshot.Missing[snapshot.Console](checktest.Unread(reportOp, snapshot.Denied))
		}), groups, "iam user", checks.UNKNOWN, reportOp},
		{"groups cut short", listCut, groups, "account", checks.UNKNOWN, detailsOp},
	} {
		f := about(t, &ServiceUserHasNoPassword, tt.kind, tt.change, tt.parameters)
		if f.Status != tt.want || !strings.Contains(f.Reason, tt.reason) {
			t.Errorf("%s: %s %q, want %s with %q", tt.name, f.Status, f.Reason, tt.want, tt.reason)
		}
	}
}

// group is an account with a group of one member and these policies.
func group(members []string, list ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		arn := own + "group/devs"
		a.IAM.Groups = []snapshot.Group{{Meta: globally("devs", arn), Grants: inlined(arn, statements(list...)), Members: snapshot.Value(members)}}
	}
}

func TestGroupPoliciesRequireMFA(t *testing.T) {
	one := []string{"anna"}
	condition := func(text string) string { return `,"Condition":{` + text + `}` }
	asks := func(text string) func(*snapshot.Account) { return group(one, allow("s3:*", "*", condition(text))) }
	refuses := func(text string) func(*snapshot.Account) {
		return group(one, allow("s3:*", "*"), `{"Effect":"Deny","NotAction":["iam:*MFADevice*","iam:ChangePassword","iam:Get*","iam:ListMFADevices","sts:GetSessionToken"],"Resource":"*","Condition":{`+text+`}}`)
	}
	const present = `{"aws:MultiFactorAuthPresent":`
	run(t, &GroupPoliciesRequireMFA, []checktest.Case{
		{Name: "true as a string", Set: asks(`"Bool":` + present + `"true"}`), Want: checks.PASS, Reason: "all of 1 statements"},
		{Name: "true as a boolean", Set: asks(`"Bool":` + present + `true}`), Want: checks.PASS, Reason: "ask for MFA"},
		{Name: "true in a list, the key in capitals", Set: asks(`"Bool":{"AWS:MULTIFACTORAUTHPRESENT":["true"]}`), Want: checks.PASS, Reason: "ask for MFA"},
		{Name: "by its age", Set: asks(`"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}`), Want: checks.PASS, Reason: "ask for MFA"},
		{Name: "false in an Allow", Set: asks(`"Bool":` + present + `"false"}`), Want: checks.FAIL, Reason: "without MFA"},
		{Name: "IfExists in an Allow lets keys through", Set: asks(`"BoolIfExists":` + present + `"true"}`), Want: checks.FAIL, Reason: "without MFA"},
		{Name: "no condition", Set: group(one, allow("s3:*", "*")), Want: checks.FAIL, Reason: "statement 1"},
		{Name: "a Deny with IfExists", Set: refuses(`"BoolIfExists":` + present + `"false"}`), Want: checks.PASS, Reason: "refuses whoever"},
		{Name: "a Deny without IfExists does not reach keys", Set: refuses(`"Bool":` + present + `"false"}`), Want: checks.FAIL, Reason: "without MFA"},
		{Name: "a Deny that spares more", Set: group(one, allow("s3:*", "*"), `{"Effect":"Deny","NotAction":["iam:*MFADevice*","s3:*"],"Resource":"*","Condition":{"BoolIfExists":`+present+`"false"}}}`), Want: checks.FAIL, Reason: "without MFA"},
		{Name: "a Deny of everything", Set: group(one, allow("s3:*", "*"), deny("*", "*", condition(`"BoolIfExists":`+present+`"false"}`))), Want: checks.PASS, Reason: "refuses whoever"},
		{Name: "own credentials need none", Set: group(one, allow("iam:ChangePassword iam:ListMFADevices iam:GetUser", "*")), Want: checks.NotApplicable, Reason: "nothing beyond"},
		{Name: "no members", Set: group(nil, allow("s3:*", "*")), Want: checks.NotApplicable, Reason: "no members"},
		{Name: "no policies", Set: group(one), Want: checks.NotApplicable, Reason: "nothing beyond"},
		{Name: "members unread", Set: set(group(one, allow("s3:*", "*")), func(a *snapshot.Account) {
			a.IAM.Groups[0].Members = snapshot.Missing[[]string](checktest.Unread(detailsOp, snapshot.Throttled))
		}), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "a policy that is not in the list", Set: set(group(one), func(a *snapshot.Account) {
			a.IAM.Groups[0].Attached = []snapshot.AttachedPolicy{{ARN: own + "policy/gone"}}
		}), Want: checks.UNKNOWN, Reason: "policy/gone"},
	})
}

func TestUserPermissionsOnlyAssumeRoles(t *testing.T) {
	enforce := map[string]any{"enforce": true}
	with := func(list ...string) func(*snapshot.Account) {
		return user("anna", inlined(own+"user/anna", statements(list...)))
	}
	run(t, &UserPermissionsOnlyAssumeRoles, []checktest.Case{
		{Name: "not enforced", Set: with(allow("*", "*")), Want: checks.NotApplicable, Reason: "enforce is false"},
		{Name: "roles and own MFA", Set: with(allow("sts:AssumeRole iam:EnableMFADevice iam:ListMFADevices", "*")), Parameters: enforce, Want: checks.PASS, Reason: "nothing beyond"},
		{Name: "in other letters", Set: with(allow("STS:assumerole", "*")), Parameters: enforce, Want: checks.PASS, Reason: "nothing beyond"},
		{Name: "sts:* is wider", Set: with(allow("sts:*", "*")), Parameters: enforce, Want: checks.FAIL, Reason: "sts:* by"},
		{Name: "NotAction", Set: with(`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`), Parameters: enforce, Want: checks.FAIL, Reason: "all but some actions"},
		{Name: "a Deny allows nothing", Set: with(deny("s3:*", "*")), Parameters: enforce, Want: checks.PASS, Reason: "nothing beyond"},
		{Name: "a group", Set: group([]string{"anna"}, allow("ec2:*", "*")), Parameters: enforce, Want: checks.FAIL, Reason: "ec2:*"},
		{Name: "a policy that is not in the list", Set: user("anna", snapshot.Grants{Attached: []snapshot.AttachedPolicy{{ARN: own + "policy/gone"}}}), Parameters: enforce, Want: checks.UNKNOWN, Reason: "policy/gone"},
	})
	a := checktest.Account(&UserPermissionsOnlyAssumeRoles, set(trust(assume(principal("*"), "")), may(allow("*", "*"))))
	if found := checktest.Findings(&UserPermissionsOnlyAssumeRoles, a, enforce); len(found) != 0 {
		t.Errorf("roles are what rights are given to: %+v", found)
	}
}

func TestPolicyGroupDenyCoversMembers(t *testing.T) {
	const admins = own + "group/admins"
	with := func(list ...string) func(*snapshot.Account) { return managed("p", statements(list...)) }
	run(t, &PolicyGroupDenyCoversMembers, []checktest.Case{
		{Name: "keys of a group's members", Set: with(deny("iam:CreateAccessKey", admins)), Want: checks.FAIL, Reason: "iam:CreateAccessKey in statement 1"},
		{Name: "by a pattern, in another partition", Set: with(deny("iam:*LoginProfile", "arn:aws-cn:iam::111122223333:group/*")), Want: checks.FAIL, Reason: "iam:*LoginProfile"},
		{Name: "joining a group acts on the group", Set: with(deny("iam:AddUserToGroup iam:RemoveUserFromGroup", admins)), Want: checks.PASS, Reason: "are about groups"},
		{Name: "everything of iam protects the group itself", Set: with(deny("iam:*", admins)), Want: checks.PASS, Reason: "are about groups"},
		{Name: "a group and its users", Set: with(deny("iam:CreateAccessKey", admins+" "+own+"user/admins/*")), Want: checks.PASS, Reason: "no Deny names groups alone"},
		{Name: "* as the resource", Set: with(deny("iam:CreateAccessKey", "*")), Want: checks.PASS, Reason: "no Deny"},
		{Name: "an Allow", Set: with(allow("iam:CreateAccessKey", admins)), Want: checks.PASS, Reason: "no Deny"},
		{Name: "not understood", Set: managed("p", snapshot.Value("{")), Want: checks.UNKNOWN, Reason: "cannot be understood"},
	})
}

func TestRoleRequiredPoliciesAttached(t *testing.T) {
	required := map[string]any{"required_policies": []string{"guard", own + "policy/team/audit"}}
	role := trust(assume(principal("111122223333"), ""))
	for _, tt := range []struct {
		name       string
		change     func(*snapshot.Account)
		parameters map[string]any
		kind       string
		want       checks.Status
		reason     string
	}{
		{"both", set(role, attached(own+"policy/guard"), attached(own+"policy/team/audit")), required, "iam role", checks.PASS, "all of"},
		{"a name under another path", set(role, attached(own+"policy/x/guard"), attached(own+"policy/team/audit")), required, "iam role", checks.PASS, "all of"},
		{"inline by its name", set(role, attached(own+"policy/team/audit"), func(a *snapshot.Account) {
			a.IAM.Roles[0].Inline = []snapshot.InlinePolicy{{Meta: globally("guard", "x")}}
		}), required, "iam role", checks.PASS, "all of"},
		{"one is missing", set(role, attached(own+"policy/guard")), required, "iam role", checks.FAIL, "lacks " + own + "policy/team/audit"},
		{"a boundary is no attachment", set(role, attached(own+"policy/team/audit"), bounded(allow("*", "*")), func(a *snapshot.Account) { a.IAM.Roles[0].BoundaryARN = own + "policy/guard" }), required, "iam role", checks.FAIL, "lacks guard"},
		{"nothing is required", role, nil, "iam role", checks.NotApplicable, noneRequired},
		{"of a service", trusted("/aws-service-role/x/", statements()), required, "iam role", checks.NotApplicable, "AWS keeps"},
		{"of Identity Center", trusted("/aws-reserved/sso.amazonaws.com/", statements()), required, "iam role", checks.NotApplicable, "AWS keeps"},
		{"they exist", set(managed("guard", statements()), managed("team/audit", statements())), required, "account", checks.PASS, "exist"},
		{"a name that nobody bears", managed("team/audit", statements()), required, "account", checks.FAIL, "is called guard"},
		{"nothing is required, of the account", role, nil, "account", checks.NotApplicable, noneRequired},
		{"cut short", listCut, required, "account", checks.UNKNOWN, detailsOp},
	} {
		f := about(t, &RoleRequiredPoliciesAttached, tt.kind, tt.change, tt.parameters)
		if f.Status != tt.want || !strings.Contains(f.Reason, tt.reason) {
			t.Errorf("%s: %s %q, want %s with %q", tt.name, f.Status, f.Reason, tt.want, tt.reason)
		}
	}
}

func TestRootCredentialsCentrallyManaged(t *testing.T) {
	with := func(f snapshot.OrganizationFeatures) func(*snapshot.Account) {
		return set(organized, func(a *snapshot.Account) { a.IAM.Features = snapshot.Value(f) })
	}
	run(t, &RootCredentialsCentrallyManaged, []checktest.Case{
		{Name: "on", Set: with(snapshot.OrganizationFeatures{Enabled: []string{"RootSessions", "RootCredentialsManagement"}}), Want: checks.PASS, Reason: "RootCredentialsManagement"},
		{Name: "sessions alone", Set: with(snapshot.OrganizationFeatures{Enabled: []string{"RootSessions"}}), Want: checks.FAIL, Reason: "want RootCredentialsManagement"},
		{Name: "absent is an empty list", Set: with(snapshot.OrganizationFeatures{}), Want: checks.FAIL, Reason: "EnabledFeatures: none"},
		{Name: "trusted access is off", Set: with(snapshot.OrganizationFeatures{Refused: "ServiceAccessNotEnabled"}), Want: checks.FAIL, Reason: "ServiceAccessNotEnabled"},
		{Name: "not all features", Set: with(snapshot.OrganizationFeatures{Refused: "OrganizationNotInAllFeaturesMode"}), Want: checks.FAIL, Reason: "OrganizationNotInAllFeaturesMode"},
		{Name: "a member", Set: with(snapshot.OrganizationFeatures{Refused: "AccountNotManagementOrDelegatedAdministrator"}), Want: checks.NotApplicable, Reason: "neither manages"},
		{Name: "no organization", Set: alone, Want: checks.NotApplicable, Reason: "no organization"},
		{Name: "denied", Set: set(organized, func(a *snapshot.Account) {
			a.IAM.Features = snapshot.Missing[snapshot.OrganizationFeatures](checktest.Unread("iam:ListOrganizationsFeatures", snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: "iam:ListOrganizationsFeatures"},
	})
}

func TestMemberRootCredentialsRemoved(t *testing.T) {
	removed := snapshot.CredentialRow{User: snapshot.Root, PasswordEnabled: "false", Keys: [2]snapshot.CredentialKey{{Active: "false"}, {Active: "false"}}, Certificates: [2]string{"false", "false"}}
	root := func(change func(*snapshot.CredentialRow)) func(*snapshot.Account) {
		row := removed
		if change != nil {
			change(&row)
		}
		return set(organized, func(a *snapshot.Account) {
			a.IAM.Report = snapshot.Value([]snapshot.CredentialRow{row})
			a.IAM.Summary = snapshot.Value(map[string]int32{"AccountAccessKeysPresent": 0})
		})
	}
	run(t, &MemberRootCredentialsRemoved, []checktest.Case{
		{Name: "removed", Set: root(nil), Want: checks.PASS, Reason: "password_enabled is false"},
		{Name: "not proven", Set: root(func(r *snapshot.CredentialRow) { r.PasswordEnabled = "not_supported" }), Want: checks.FAIL, Reason: "not proven"},
		{Name: "a password", Set: root(func(r *snapshot.CredentialRow) { r.PasswordEnabled = "true" }), Want: checks.FAIL, Reason: "password_enabled is true"},
		{Name: "a key", Set: root(func(r *snapshot.CredentialRow) { r.Keys[1].Active = "true" }), Want: checks.FAIL, Reason: "access key"},
		{Name: "a certificate", Set: root(func(r *snapshot.CredentialRow) { r.Certificates[0] = "true" }), Want: checks.FAIL, Reason: "certificate"},
		{Name: "the summary knows of a key", Set: set(root(nil), func(a *snapshot.Account) {
			a.IAM.Summary = snapshot.Value(map[string]int32{"AccountAccessKeysPresent": 1})
		}), Want: checks.FAIL, Reason: "AccountAccessKeysPresent"},
		{Name: "the management account's must stay", Set: set(root(func(r *snapshot.CredentialRow) { r.PasswordEnabled = "true" }), func(a *snapshot.Account) {
			a.Org.Organization = snapshot.Value(snapshot.Organization{ID: "o-acme", ManagementAccount: "111122223333"})
		}), Want: checks.NotApplicable, Reason: "manages the organization"},
		{Name: "no organization", Set: set(root(nil), alone), Want: checks.NotApplicable, Reason: "no organization"},
		{Name: "organization denied", Set: set(root(nil), organizationDenied), Want: checks.UNKNOWN, Reason: describe},
		{Name: "report denied", Set: set(root(nil), func(a *snapshot.Account) {
			a.IAM.Report = snapshot.Missing[[]snapshot.CredentialRow](checktest.Unread(reportOp, snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: reportOp},
		{Name: "no row of the root user", Set: set(root(nil), func(a *snapshot.Account) { a.IAM.Report = snapshot.Value([]snapshot.CredentialRow{}) }), Want: checks.UNKNOWN, Reason: "no row of the root user"},
	})
}
