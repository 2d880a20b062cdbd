package hygiene

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const own = "arn:aws:iam::111122223333:"

func iamMeta(arn string) snapshot.Meta {
	m := checktest.Meta(arn, arn)
	m.Region = snapshot.Global
	return m
}

func ago(days int) time.Time { return checktest.AsOf.Add(-time.Duration(days) * day) }

func roleOf(change func(*snapshot.Role)) func(*snapshot.Account) {
	r := snapshot.Role{Meta: iamMeta(own + "role/app"), Path: "/", Created: ago(500), LastUsed: &snapshot.RoleUse{}}
	change(&r)
	return func(a *snapshot.Account) { a.IAM.Roles = append(a.IAM.Roles, r) }
}

func userOf(change func(*snapshot.User)) func(*snapshot.Account) {
	u := snapshot.User{Meta: iamMeta(own + "user/anna"), Path: "/", Created: ago(500)}
	change(&u)
	return func(a *snapshot.Account) { a.IAM.Users = append(a.IAM.Users, u) }
}

func groupOf(change func(*snapshot.Group)) func(*snapshot.Account) {
	g := snapshot.Group{Meta: iamMeta(own + "group/devs"), Path: "/"}
	g.Name = "devs"
	change(&g)
	return func(a *snapshot.Account) { a.IAM.Groups = append(a.IAM.Groups, g) }
}

func both(sets ...func(*snapshot.Account)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		for _, set := range sets {
			set(a)
		}
	}
}

func detailsCut(a *snapshot.Account) {
	checktest.Fail(a, "iam:GetAccountAuthorizationDetails", snapshot.Global, snapshot.Denied)
}

var cut = checktest.Case{Name: "details cut short", Set: detailsCut, Want: checks.UNKNOWN, Reason: "denied"}

func inlineOf(document string) snapshot.Grants {
	return snapshot.Grants{Inline: []snapshot.InlinePolicy{{Meta: iamMeta("p"), Document: snapshot.Value(document)}}}
}

func attachedTo(arns ...string) (g snapshot.Grants) {
	for _, arn := range arns {
		g.Attached = append(g.Attached, snapshot.AttachedPolicy{ARN: arn})
	}
	return g
}

func TestRoleUsed(t *testing.T) {
	used := func(at time.Time) func(*snapshot.Account) {
		return roleOf(func(r *snapshot.Role) { r.LastUsed.At, r.LastUsed.Region = at, "me-south-1" })
	}
	reserved := roleOf(func(r *snapshot.Role) { r.Path = "/aws-reserved/sso.amazonaws.com/" })
	checktest.Run(t, &RoleUsed, []checktest.Case{
		{Name: "on the last day, in whatever Region", Set: used(ago(90)), Want: checks.PASS, Reason: "in me-south-1"},
		{Name: "too long ago", Set: used(ago(91)), Want: checks.FAIL, Reason: "limit: 90 days"},
		{Name: "never, and old", Set: used(time.Time{}), Want: checks.FAIL, Reason: "not used in the 400 days"},
		{Name: "never, and young", Set: roleOf(func(r *snapshot.Role) { r.Created = ago(3) }), Want: checks.PASS, Reason: "no use is known"},
		{Name: "the answer lacks it", Set: roleOf(func(r *snapshot.Role) { r.LastUsed = nil }), Want: checks.UNKNOWN, Reason: "does not tell"},
		{Name: "service-linked", Set: roleOf(func(r *snapshot.Role) { r.Path = "/aws-service-role/x/" }), Want: checks.NotApplicable, Reason: "AWS service"},
		{Name: "Identity Center's", Set: reserved, Want: checks.NotApplicable, Reason: "Identity Center"},
		{Name: "Identity Center's, asked for", Set: reserved, Parameters: map[string]any{"include_sso": true}, Want: checks.FAIL, Reason: "not used"},
		cut,
	})
}

func TestUserActive(t *testing.T) {
	with := func(row snapshot.CredentialRow) func(*snapshot.Account) {
		return userOf(func(u *snapshot.User) { u.Credentials = snapshot.Value(&row) })
	}
	denied := snapshot.Missing[*snapshot.CredentialRow](checktest.Unread("iam:GetCredentialReport", snapshot.Denied))
	checktest.Run(t, &UserActive, []checktest.Case{
		{Name: "a key", Set: with(snapshot.CredentialRow{PasswordUsed: ago(300), Keys: [2]snapshot.CredentialKey{{}, {LastUsed: ago(90)}}}), Want: checks.PASS, Reason: "last used"},
		{Name: "too long ago", Set: with(snapshot.CredentialRow{PasswordUsed: ago(91)}), Want: checks.FAIL, Reason: "last used"},
		{Name: "never: other credentials show no use", Set: with(snapshot.CredentialRow{}), Want: checks.FAIL, Reason: "SSH keys, service-specific credentials and certificates"},
		{Name: "young and never used", Set: userOf(func(u *snapshot.User) {
			u.Created, u.Credentials = ago(90), snapshot.Value(&snapshot.CredentialRow{})
		}), Want: checks.PASS, Reason: "within 90 days"},
		{Name: "young, report denied", Set: userOf(func(u *snapshot.User) { u.Created, u.Credentials = ago(1), denied }), Want: checks.PASS, Reason: "within 90 days"},
		{Name: "report denied", Set: userOf(func(u *snapshot.User) { u.Credentials = denied }), Want: checks.UNKNOWN, Reason: "iam:GetCredentialReport"},
		{Name: "not in the report", Set: userOf(func(u *snapshot.User) { u.Credentials = snapshot.Value[*snapshot.CredentialRow](nil) }), Want: checks.UNKNOWN, Reason: "does not know"},
	})
}

func TestGroupNotEmpty(t *testing.T) {
	members := func(r snapshot.Read[[]string]) func(*snapshot.Account) {
		return groupOf(func(g *snapshot.Group) { g.Members = r })
	}
	checktest.Run(t, &GroupNotEmpty, []checktest.Case{
		{Name: "one, on whatever page", Set: members(snapshot.Value([]string{"anna"})), Want: checks.PASS, Reason: "members: 1"},
		{Name: "none", Set: members(snapshot.Value[[]string](nil)), Want: checks.FAIL, Reason: "no user"},
		{Name: "users cut short: not empty", Set: members(snapshot.Missing[[]string](checktest.Unread("iam:GetAccountAuthorizationDetails", snapshot.Throttled))), Want: checks.UNKNOWN, Reason: "throttled"},
	})
}

func TestCustomerPolicyInUse(t *testing.T) {
	policy := func(attached, bounds int32, holders ...string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.IAM.Policies = []snapshot.ManagedPolicy{
				{Meta: iamMeta(own + "policy/p"), AttachmentCount: &attached, BoundaryUsageCount: &bounds, Holders: snapshot.Value(holders)},
				{Meta: iamMeta("arn:aws:iam::aws:policy/Idle"), AttachmentCount: new(int32), BoundaryUsageCount: new(int32)},
			}
		}
	}
	empty := groupOf(func(g *snapshot.Group) { g.Members = snapshot.Value[[]string](nil) })
	checktest.Run(t, &CustomerPolicyInUse, []checktest.Case{
		{Name: "attached", Set: policy(1, 0, own+"role/app"), Want: checks.PASS, Reason: "AttachmentCount is 1"},
		{Name: "a boundary alone", Set: policy(0, 1), Want: checks.PASS, Reason: "PermissionsBoundaryUsageCount 1"},
		{Name: "neither", Set: policy(0, 0), Want: checks.FAIL, Reason: "AttachmentCount is 0"},
		{Name: "to an empty group", Set: both(empty, policy(1, 0, own+"group/devs")), Want: checks.PASS, Reason: "only groups without members"},
		{Name: "to an empty group and a role", Set: both(empty, policy(2, 0, own+"group/devs", own+"role/app")), Want: checks.PASS, Reason: "PermissionsBoundaryUsageCount 0"},
		{Name: "no count of attachments", Set: func(a *snapshot.Account) { policy(1, 0)(a); a.IAM.Policies[0].AttachmentCount = nil }, Want: checks.UNKNOWN, Reason: "does not say"},
		{Name: "attached, and no count of boundaries", Set: func(a *snapshot.Account) { policy(1, 0)(a); a.IAM.Policies[0].BoundaryUsageCount = nil }, Want: checks.PASS, Reason: "AttachmentCount is 1"},
		{Name: "not attached, and no count of boundaries", Set: func(a *snapshot.Account) { policy(0, 0)(a); a.IAM.Policies[0].BoundaryUsageCount = nil }, Want: checks.UNKNOWN, Reason: "does not say"},
	})
}

func TestUserHasPermissions(t *testing.T) {
	const allows, denies = `{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}`, `{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`
	user := func(g snapshot.Grants, groups ...string) func(*snapshot.Account) {
		return userOf(func(u *snapshot.User) { u.Grants, u.Groups = g, groups })
	}
	group := func(g snapshot.Grants) func(*snapshot.Account) {
		return groupOf(func(d *snapshot.Group) { d.Grants = g })
	}
	checktest.Run(t, &UserHasPermissions, []checktest.Case{
		{Name: "through a group only", Set: both(user(snapshot.Grants{}, "devs"), group(inlineOf(allows))), Want: checks.PASS, Reason: "group devs: inline policy p"},
		{Name: "Deny alone gives nothing", Set: user(inlineOf(denies)), Want: checks.FAIL, Reason: "none of 1 policies"},
		{Name: "a group without policies", Set: both(user(snapshot.Grants{}, "devs"), group(snapshot.Grants{})), Want: checks.FAIL, Reason: "policies of resources are not read"},
		{Name: "one that was not read", Set: user(attachedTo("arn:aws:iam::aws:policy/x")), Want: checks.UNKNOWN, Reason: "absent"},
	})
}

func TestIdentityTags(t *testing.T) {
	tags := func(tags map[string]string) func(*snapshot.Account) {
		return userOf(func(u *snapshot.User) { u.Tags = tags })
	}
	owner := map[string]any{"required_tag_keys": []string{"Owner"}}
	checktest.Run(t, &UserTagged, []checktest.Case{
		{Name: "any", Set: tags(map[string]string{"team": "shop"}), Want: checks.PASS, Reason: "team"},
		{Name: "none", Set: tags(nil), Want: checks.FAIL, Reason: "no tags"},
		{Name: "AWS's alone", Set: tags(map[string]string{"aws:x": "y"}), Want: checks.FAIL, Reason: "no tags"},
		{Name: "keys in any case", Set: tags(map[string]string{"owner": "x"}), Parameters: owner, Want: checks.PASS, Reason: "owner"},
		{Name: "one lacks", Set: tags(map[string]string{"team": "x"}), Parameters: owner, Want: checks.FAIL, Reason: "lack: Owner"},
		cut,
	})
	role := func(path string, tags map[string]string) func(*snapshot.Account) {
		return roleOf(func(r *snapshot.Role) { r.Path, r.Tags = path, tags })
	}
	checktest.Run(t, &RoleTagged, []checktest.Case{
		{Name: "tagged", Set: role("/", map[string]string{"team": "shop"}), Want: checks.PASS, Reason: "team"},
		{Name: "not", Set: role("/", nil), Want: checks.FAIL, Reason: "no tags"},
		{Name: "Identity Center's", Set: role("/aws-reserved/sso.amazonaws.com/", nil), Want: checks.NotApplicable, Reason: "AWS keeps"},
		{Name: "service-linked", Set: role("/aws-service-role/x/", nil), Want: checks.NotApplicable, Reason: "AWS keeps"},
		cut,
	})
}

func TestInlinePoliciesAbsent(t *testing.T) {
	role := func(path string) func(*snapshot.Account) {
		return roleOf(func(r *snapshot.Role) { r.Path, r.Grants = path, inlineOf("{}") })
	}
	checktest.Run(t, &InlinePoliciesAbsent, []checktest.Case{
		{Name: "a role's", Set: role("/"), Want: checks.FAIL, Reason: "inline policies: p"},
		{Name: "a group's", Set: groupOf(func(g *snapshot.Group) { g.Grants = inlineOf("{}") }), Want: checks.FAIL, Reason: "inline policies: p"},
		{Name: "none", Set: roleOf(func(*snapshot.Role) {}), Want: checks.PASS, Reason: "no inline policy"},
		{Name: "Identity Center's", Set: role("/aws-reserved/sso.amazonaws.com/"), Want: checks.NotApplicable, Reason: "AWS keeps"},
		cut,
	})
	a := checktest.Account(&InlinePoliciesAbsent, userOf(func(u *snapshot.User) { u.Grants = inlineOf("{}") }))
	if found := checktest.Findings(&InlinePoliciesAbsent, a, nil); len(found) != 0 {
		t.Errorf("users are judged elsewhere: %+v", found)
	}
}

func TestSupportAndAuditRoles(t *testing.T) {
	const support, audit = "arn:aws-us-gov:iam::aws:policy/AWSSupportAccess", "arn:aws-us-gov:iam::aws:policy/SecurityAudit"
	open := snapshot.Value(`{"Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}}`)
	shut := snapshot.Value(`{"Statement":{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}}`)
	role := func(path, arn string, trust snapshot.Read[string]) func(*snapshot.Account) {
		return roleOf(func(r *snapshot.Role) { r.Path, r.Grants, r.Trust = path, attachedTo(arn), trust })
	}
	group := groupOf(func(g *snapshot.Group) { g.Grants = attachedTo(support) })
	member := userOf(func(u *snapshot.User) { u.Groups = []string{"devs"} })
	checktest.Run(t, &SupportRoleExists, []checktest.Case{
		{Name: "a role", Set: role("/", support, open), Want: checks.PASS, Reason: own + "role/app"},
		{Name: "through Identity Center", Set: role("/aws-reserved/sso.amazonaws.com/", support, open), Want: checks.PASS, Reason: "attached to"},
		{Name: "a role that nobody may assume", Set: role("/", support, shut), Want: checks.FAIL, Reason: "nobody who can use it"},
		{Name: "AWS's own role", Set: role("/aws-service-role/support.amazonaws.com/", support, open), Want: checks.FAIL, Reason: "nobody"},
		{Name: "a group without members", Set: group, Want: checks.FAIL, Reason: "administrators can open cases"},
		{Name: "a group with members", Set: both(group, member), Want: checks.PASS, Reason: "group/devs"},
		{Name: "a group does not do", Set: both(group, member), Parameters: map[string]any{"accept_users": false}, Want: checks.FAIL, Reason: "nobody"},
		{Name: "a user", Set: userOf(func(u *snapshot.User) { u.Grants = attachedTo(support) }), Want: checks.PASS, Reason: "user/anna"},
		{Name: "a customer's policy of that name", Set: role("/", own+"policy/AWSSupportAccess", open), Want: checks.FAIL, Reason: "nobody"},
		{Name: "trust unread", Set: role("/", support, snapshot.Missing[string](checktest.Unread("iam:GetAccountAuthorizationDetails", snapshot.Malformed))), Want: checks.UNKNOWN, Reason: "malformed"},
		cut,
	})
	checktest.Run(t, &SecurityAuditRoleExists, []checktest.Case{
		{Name: "a role", Set: role("/", audit, open), Want: checks.PASS, Reason: "attached to"},
		{Name: "a user only", Set: userOf(func(u *snapshot.User) { u.Grants = attachedTo(audit) }), Want: checks.FAIL, Reason: "none of 0 roles"},
		{Name: "ReadOnlyAccess reads data", Set: role("/", "arn:aws:iam::aws:policy/ReadOnlyAccess", open), Want: checks.FAIL, Reason: "none of 1 roles"},
		{Name: "list cut short, and found", Set: both(role("/", audit, open), detailsCut), Want: checks.PASS, Reason: "attached to"},
		cut,
	})
}

func TestAccountPartOfOrganization(t *testing.T) {
	in := func(r snapshot.Read[snapshot.Organization]) func(*snapshot.Account) {
		return func(a *snapshot.Account) { a.Org.Organization = r }
	}
	acme := in(snapshot.Value(snapshot.Organization{ID: "o-acme", ManagementAccount: "999988887777", FeatureSet: "CONSOLIDATED_BILLING"}))
	allowed := func(id string) map[string]any { return map[string]any{"allowed_organizations": []string{id}} }
	checktest.Run(t, &AccountPartOfOrganization, []checktest.Case{
		{Name: "in one, with billing alone", Set: acme, Want: checks.PASS, Reason: "o-acme"},
		{Name: "in none", Set: in(snapshot.Missing[snapshot.Organization](snapshot.ErrAbsent)), Want: checks.FAIL, Reason: "in no organization"},
		{Name: "in another", Set: acme, Parameters: allowed("o-other"), Want: checks.FAIL, Reason: "none of the allowed"},
		{Name: "allowed by its management account", Set: acme, Parameters: allowed("999988887777"), Want: checks.PASS, Reason: "o-acme"},
		{Name: "denied", Set: in(snapshot.Missing[snapshot.Organization](checktest.Unread("organizations:DescribeOrganization", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "denied"},
	})
}
