package access

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	iampolicy "onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// InlinePolicyNoFullAdmin passes when no inline policy of a user, group or role allows
// everything. Each is judged by itself, and a group's also while the group is empty.
// Source: IAM GetAccountAuthorizationDetails, UserPolicyList, GroupPolicyList and
// RolePolicyList.
var InlinePolicyNoFullAdmin = checks.Check{
	ID:          "iam-inline-policy-no-full-admin",
	Title:       "Inline policies do not allow every action on every resource",
	Severity:    checks.Critical,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Allow the actions and resources that are needed; give administrators a managed policy that others can see.",
	Fix: checks.Fix{
		Threat: "The identity can do everything, and the right stands where few look. One stolen session is the whole account.",
		CLI:    "aws iam put-role-policy --role-name {name} --policy-name INLINE-NAME --policy-document file://policy.json",
		Terraform: `resource "aws_iam_role_policy" "this" {
  role   = "{name}"
  policy = data.aws_iam_policy_document.needed.json
}`,
		Cost: "What the new document leaves out stops working. For users and groups the commands are put-user-policy and put-group-policy.",
	},
	Judges: checks.For(snapshot.Users, userInlineAdmin).And(checks.For(snapshot.Groups, groupInlineAdmin)).And(checks.For(snapshot.Roles, roleInlineAdmin)),
}

// UnattachedPolicyNoFullAdmin passes when a customer managed policy that nobody has yet does
// not allow everything. One that some user, group or role names is attached, whatever the
// count says.
// Source: IAM GetAccountAuthorizationDetails, AttachedManagedPolicies and PolicyVersionList.
var UnattachedPolicyNoFullAdmin = checks.Check{
	ID:          "iam-unattached-policy-no-full-admin",
	Title:       "Unattached customer managed policies do not allow every action on every resource",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Delete the policy, or narrow it before somebody attaches it.",
	Fix: checks.Fix{
		Threat:    "A policy that allows everything needs one call to make an administrator. Whoever may attach policies finds it ready.",
		CLI:       "aws iam delete-policy --policy-arn {arn}",
		Terraform: `# Remove the resource "aws_iam_policy" of this policy from the configuration.`,
		Cost:      "It is attached to nothing, so nothing breaks. It cannot be brought back.",
	},
	Judges: checks.For(snapshot.CustomerPolicies, unattachedPolicyNoFullAdmin),
}

// UserNoAdministratorPolicy passes when no policy of AWS's attached to a user allows
// everything, whatever its name.
// Source: IAM GetAccountAuthorizationDetails, AttachedManagedPolicies and PolicyVersionList.
var UserNoAdministratorPolicy = checks.Check{
	ID:          "iam-user-no-administrator-policy",
	Title:       "IAM users do not have AWS's AdministratorAccess policy attached",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Parameters:  checks.Parameters{"allowed_users": []string{}},
	Remedy:      "Let the user assume a role, or join a group, for what needs these rights.",
	Fix: checks.Fix{
		Threat:    "The user's password or key is the whole account. Standing rights are stolen at night, when nobody needs them.",
		CLI:       "aws iam detach-user-policy --user-name {name} --policy-arn arn:{partition}:iam::aws:policy/AdministratorAccess",
		Terraform: `# Remove the resource "aws_iam_user_policy_attachment" for AdministratorAccess.`,
		Cost:      "The user must assume a role for what needs these rights: make it first, or nobody can.",
	},
	Judges: checks.For(snapshot.Users, userNoAdministratorPolicy),
}

// GroupNoAdministratorPolicy passes when no policy of AWS's attached to a group allows
// everything, or the group is named as intended. An empty group is one join away.
// Source: IAM GetAccountAuthorizationDetails, AttachedManagedPolicies and PolicyVersionList.
var GroupNoAdministratorPolicy = checks.Check{
	ID:          "iam-group-no-administrator-policy",
	Title:       "IAM groups with AWS's AdministratorAccess policy are none or are named as intended",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Parameters:  checks.Parameters{"allowed_groups": []string{}},
	Remedy:      "Name the group in allowed_groups, or give it the rights that its members need.",
	Fix: checks.Fix{
		Threat:    "Whoever is put into the group becomes an administrator, and groups are joined more lightly than policies are attached. Nobody sees it in the user's own policies.",
		CLI:       "aws iam detach-group-policy --group-name {name} --policy-arn arn:{partition}:iam::aws:policy/AdministratorAccess",
		Terraform: `# Remove the resource "aws_iam_group_policy_attachment" for AdministratorAccess, and attach what the members need.`,
		Cost:      "The members lose their rights at once: attach what they need first.",
	},
	Judges: checks.For(snapshot.Groups, groupNoAdministratorPolicy),
}

// RoleNoAdministratorPolicy passes when no policy of AWS's attached to a role allows
// everything, or the role is named as intended, by name or by path. A boundary is named, and
// lifts nothing here.
// Source: IAM GetAccountAuthorizationDetails, AttachedManagedPolicies and PolicyVersionList.
var RoleNoAdministratorPolicy = checks.Check{
	ID:          "iam-role-no-administrator-policy",
	Title:       "IAM roles with AWS's AdministratorAccess policy are none or are named as intended",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Parameters:  checks.Parameters{"allowed_roles": []string{"OrganizationAccountAccessRole", "AWSControlTowerExecution", "/aws-reserved/sso.amazonaws.com/*"}},
	Remedy:      "Name the role in allowed_roles, or give it the rights that it needs.",
	Fix: checks.Fix{
		Threat:    "Whoever can assume the role, or runs code where it is used, is an administrator. Roles of machines are stolen through the machine.",
		CLI:       "aws iam detach-role-policy --role-name {name} --policy-arn arn:{partition}:iam::aws:policy/AdministratorAccess",
		Terraform: `# Remove the resource "aws_iam_role_policy_attachment" for AdministratorAccess, and attach what the role needs.`,
		Cost:      "What runs under the role loses its rights at once: attach what it needs first.",
	},
	Judges: checks.For(snapshot.Roles, roleNoAdministratorPolicy),
}

func userInlineAdmin(u snapshot.User, _ checks.Env) checks.Verdict {
	return inlineAdmin(u.Account, u.Grants, "")
}

func groupInlineAdmin(g snapshot.Group, _ checks.Env) checks.Verdict {
	return inlineAdmin(g.Account, g.Grants, "")
}

func roleInlineAdmin(r snapshot.Role, _ checks.Env) checks.Verdict {
	switch {
	case r.ServiceLinked():
		return checks.DoesNotApply("the role belongs to an AWS service")
	case r.Reserved():
		return inlineAdmin(r.Account, r.Grants, "; the permission set of IAM Identity Center is the place to mend it")
	}
	return inlineAdmin(r.Account, r.Grants, "")
}

func inlineAdmin(account string, g snapshot.Grants, note string) checks.Verdict {
	if len(g.Inline) == 0 {
		return checks.DoesNotApply("there is no inline policy")
	}
	var unknown *checks.Verdict
	for _, src := range identity.Inline(g) {
		v := adminBy(account, src, note)
		switch {
		case v.Status == checks.FAIL:
			return v
		case v.Status == checks.UNKNOWN && unknown == nil:
			unknown = &v
		}
	}
	if unknown != nil {
		return *unknown
	}
	return checks.Pass("none of %d inline policies allows every action on every resource", len(g.Inline)).With("inline policies", fmt.Sprint(len(g.Inline)))
}

// adminBy judges one policy: FAIL where it allows everything.
func adminBy(account string, src iampolicy.Source, note string) checks.Verdict {
	if v, unread := identity.Unread([]iampolicy.Source{src}); unread {
		return v
	}
	admin, err := identity.Admin(account, []iampolicy.Source{src})
	switch {
	case err != nil:
		return identity.Untold(err)
	case admin.Answer == iampolicy.Yes:
		v := fullAdmin(admin)
		v.Reason += note
		return v.With("policy", src.Name)
	}
	return checks.Pass("%s does not allow every action on every resource", src.Name)
}

func unattachedPolicyNoFullAdmin(p snapshot.ManagedPolicy, _ checks.Env) checks.Verdict {
	holders, err := p.Holders.Get()
	switch {
	case p.AttachmentCount != nil && *p.AttachmentCount > 0:
		return checks.DoesNotApply("the policy is attached: AttachmentCount is %d", *p.AttachmentCount)
	case p.AttachmentCount == nil || p.BoundaryUsageCount == nil:
		return checks.Unclear("AWS's answer does not say whether the policy is attached or a boundary")
	case *p.BoundaryUsageCount > 0:
		return checks.DoesNotApply("the policy is a permissions boundary of %d", *p.BoundaryUsageCount)
	case err != nil:
		return checks.Unknown(err)
	case len(holders) > 0:
		return checks.DoesNotApply("the policy is attached to %s", wording.List(holders, 4))
	}
	return adminBy(p.Account, identity.Source("version "+p.DefaultVersionID, p.Document), "; it is attached to nobody yet")
}

// administrator judges the policies of AWS's among the attached ones.
func administrator(env checks.Env, at snapshot.Meta, g snapshot.Grants, note string) checks.Verdict {
	var unknown *checks.Verdict
	for _, p := range g.Attached {
		if snapshot.AccountOf(p.ARN) != "aws" {
			continue
		}
		v := adminBy(at.Account, identity.Managed(env, at.Location, p.ARN), note)
		switch {
		case v.Status == checks.FAIL:
			return v
		case v.Status == checks.UNKNOWN && unknown == nil:
			unknown = &v
		}
	}
	if unknown != nil {
		return *unknown
	}
	return checks.Pass("no policy of AWS's among the %d attached allows every action on every resource", len(g.Attached))
}

func userNoAdministratorPolicy(u snapshot.User, env checks.Env) checks.Verdict {
	v := administrator(env, u.Meta, u.Grants, "")
	if v.Status == checks.FAIL && slices.Contains(env.Strings("allowed_users"), u.Name) {
		return intended(v, "allowed_users")
	}
	return v
}

func groupNoAdministratorPolicy(g snapshot.Group, env checks.Env) checks.Verdict {
	note := ""
	if members, err := g.Members.Get(); err == nil {
		note = fmt.Sprintf("; members: %d", len(members))
	}
	v := administrator(env, g.Meta, g.Grants, note)
	named := slices.ContainsFunc(env.Strings("allowed_groups"), func(n string) bool { return strings.EqualFold(n, g.Name) })
	if v.Status == checks.FAIL && named {
		return intended(v, "allowed_groups")
	}
	return v
}

func roleNoAdministratorPolicy(r snapshot.Role, env checks.Env) checks.Verdict {
	if r.ServiceLinked() {
		return checks.DoesNotApply("the role belongs to an AWS service")
	}
	note := ""
	if r.BoundaryARN != "" {
		note = "; its permissions boundary is " + r.BoundaryARN
	}
	v := administrator(env, r.Meta, r.Grants, note)
	if v.Status == checks.FAIL && listedRole(r, env.Strings("allowed_roles")) {
		return intended(v, "allowed_roles")
	}
	return v
}

// listedRole says that a role is in a list of names and paths: a name alone is that of a
// role under the path /.
func listedRole(r snapshot.Role, list []string) bool {
	return slices.ContainsFunc(list, func(pattern string) bool {
		if !strings.HasPrefix(pattern, "/") {
			pattern = "/" + pattern
		}
		return iampolicy.Covers(pattern, r.Path+r.Name)
	})
}

// intended turns a FAIL into the PASS of something that a parameter names.
func intended(v checks.Verdict, parameter string) checks.Verdict {
	v.Status, v.Reason = checks.PASS, "named in "+parameter+"; "+v.Reason
	return v
}
