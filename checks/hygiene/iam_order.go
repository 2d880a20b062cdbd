package hygiene

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/scanner/snapshot"
)

// UserTagged passes when a user carries the tags that the policy asks for, or any tag where
// it asks for none. IAM compares tag keys without regard to case.
// Source: IAM GetAccountAuthorizationDetails, Tags (ListUsers never returns them).
var UserTagged = checks.Check{
	ID:          "iam-user-tagged",
	Title:       "IAM users carry tags",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Parameters:  checks.Parameters{"required_tag_keys": []string{}},
	Remedy:      "Add the missing tags.",
	Fix: checks.Fix{
		Threat: "Nobody knows whose the user is, and rules that go by tags pass it by. It stays when its owner has left.",
		CLI:    "aws iam tag-user --user-name {name} --tags Key=owner,Value=TEAM",
		Terraform: `resource "aws_iam_user" "this" {
  name = "{name}"
  tags = {
    owner = "TEAM"
  }
}`,
		Cost: "Policies that decide by tags of principals may give other answers.",
	},
	Judges: checks.For(snapshot.Users, userTagged),
}

// RoleTagged passes when a role carries the tags that the policy asks for, or any tag where
// it asks for none. Roles that AWS keeps cannot be tagged by the customer.
// Source: IAM GetAccountAuthorizationDetails, Tags (ListRoles never returns them).
var RoleTagged = checks.Check{
	ID:          "iam-role-tagged",
	Title:       "IAM roles carry tags",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Parameters:  checks.Parameters{"required_tag_keys": []string{}},
	Remedy:      "Add the missing tags.",
	Fix: checks.Fix{
		Threat: "Nobody knows whose the role is, and rules that go by tags pass it by. It stays when what it was made for is gone.",
		CLI:    "aws iam tag-role --role-name {name} --tags Key=owner,Value=TEAM",
		Terraform: `resource "aws_iam_role" "this" {
  name               = "{name}"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  tags = {
    owner = "TEAM"
  }
}`,
		Cost: "Policies that decide by tags of principals may give other answers.",
	},
	Judges: checks.For(snapshot.Roles, roleTagged),
}

// InlinePoliciesAbsent passes when a group or role has no inline policy. Users are judged
// elsewhere, and what IAM Identity Center writes is mended there.
// Source: IAM GetAccountAuthorizationDetails, GroupPolicyList and RolePolicyList.
var InlinePoliciesAbsent = checks.Check{
	ID:          "iam-inline-policies-absent",
	Title:       "IAM groups and roles have no inline policies",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Make the inline policies managed ones, which can be seen, versioned and shared.",
	Fix: checks.Fix{
		Threat: "An inline policy is seen only by those who open that one role or group, has no versions and cannot be compared. Rights hide there.",
		CLI: `aws iam create-policy --policy-name NAME --policy-document file://policy.json
aws iam attach-role-policy --role-name {name} --policy-arn arn:{partition}:iam::{account}:policy/NAME
aws iam delete-role-policy --role-name {name} --policy-name INLINE-NAME`,
		Terraform: `resource "aws_iam_role_policy_attachment" "this" {
  role       = "{name}"
  policy_arn = aws_iam_policy.this.arn
}`,
		Cost: "Nothing breaks if the managed policy is attached before the inline one goes. For groups the commands are attach-group-policy and delete-group-policy.",
	},
	Judges: checks.For(snapshot.Groups, groupInline).And(checks.For(snapshot.Roles, roleInline)),
}

// SupportRoleExists passes when somebody who can sign in or be assumed has AWS's policy for
// Support. AWS's own service-linked role has another. Administrators can open cases too and
// do not count.
// Source: IAM GetAccountAuthorizationDetails, AttachedManagedPolicies.
var SupportRoleExists = checks.Check{
	ID:          "iam-support-role-exists",
	Title:       "Someone in the account can work with AWS Support",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Parameters:  checks.Parameters{"accept_users": true},
	Remedy:      "Attach AWSSupportAccess to a role that the people in charge may assume.",
	Fix: checks.Fix{
		Threat: "In an incident nobody may open a case with AWS, or somebody uses the root user for it. Time is lost when it counts.",
		CLI: `aws iam create-role --role-name support --assume-role-policy-document file://trust.json
aws iam attach-role-policy --role-name support --policy-arn arn:PARTITION:iam::aws:policy/AWSSupportAccess`,
		Terraform: `resource "aws_iam_role_policy_attachment" "support" {
  role       = aws_iam_role.support.name
  policy_arn = "arn:PARTITION:iam::aws:policy/AWSSupportAccess"
}`,
		Cost: "Nothing; cases of some plans cost.",
	},
	Judges: checks.For(snapshot.Accounts, supportRoleExists),
}

// SecurityAuditRoleExists passes when a role has AWS's policy SecurityAudit, which reads
// settings and no data.
// Source: IAM GetAccountAuthorizationDetails, AttachedManagedPolicies.
var SecurityAuditRoleExists = checks.Check{
	ID:          "iam-security-audit-role-exists",
	Title:       "A role for auditors with AWS's SecurityAudit policy exists",
	Severity:    checks.Info,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Make a role for auditors and attach SecurityAudit to it.",
	Fix: checks.Fix{
		Threat: "Auditors without a role of their own borrow a stronger one, or cannot look. Then nobody independent sees the account.",
		CLI: `aws iam create-role --role-name security-audit --assume-role-policy-document file://trust.json
aws iam attach-role-policy --role-name security-audit --policy-arn arn:PARTITION:iam::aws:policy/SecurityAudit`,
		Terraform: `resource "aws_iam_role" "audit" {
  name               = "security-audit"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
resource "aws_iam_role_policy_attachment" "audit" {
  role       = aws_iam_role.audit.name
  policy_arn = "arn:PARTITION:iam::aws:policy/SecurityAudit"
}`,
		Cost: "The role reads configuration, no data. Trust only those who audit.",
	},
	Judges: checks.For(snapshot.Accounts, securityAuditRoleExists),
}

// AccountPartOfOrganization passes when the account belongs to an organization, and to one
// that the policy allows where it names some.
// Source: Organizations DescribeOrganization, Id and MasterAccountId.
var AccountPartOfOrganization = checks.Check{
	ID:          "account-part-of-organization",
	Title:       "The account belongs to an organization",
	Severity:    checks.Medium,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"organizations:DescribeOrganization"},
	Parameters:  checks.Parameters{"allowed_organizations": []string{}},
	Remedy:      "Invite the account into the organization.",
	Fix: checks.Fix{
		Threat: "An account on its own has no guardrail above it: whoever becomes its administrator can do anything. Nobody else sees what happens in it.",
		CLI:    "aws organizations invite-account-to-organization --target Id={account},Type=ACCOUNT",
		Terraform: `resource "aws_organizations_account" "this" {
  name  = "NAME"
  email = "EMAIL"
}`,
		Cost: "The command is the management account's; the account then accepts. Its bill moves to the organization, and service control policies bind it from then on.",
	},
	Judges: checks.For(snapshot.Accounts, accountPartOfOrganization),
}

func userTagged(u snapshot.User, env checks.Env) checks.Verdict { return identityTagged(u.Tags, env) }

func roleTagged(r snapshot.Role, env checks.Env) checks.Verdict {
	if r.ServiceLinked() || r.Reserved() {
		return checks.DoesNotApply("AWS keeps the role: the path is %s", r.Path)
	}
	return identityTagged(r.Tags, env)
}

func identityTagged(tags map[string]string, env checks.Env) checks.Verdict {
	var keys []string
	for k := range tags {
		if !strings.HasPrefix(strings.ToLower(k), "aws:") {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	var lacking []string
	for _, want := range env.Strings("required_tag_keys") {
		if !slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, want) }) {
			lacking = append(lacking, want)
		}
	}
	list := strings.Join(keys, ", ")
	switch {
	case len(keys) == 0:
		return checks.Fail("no tags of the customer's").With("tag keys", "")
	case len(lacking) > 0:
		return checks.Fail("tags lack: %s", strings.Join(lacking, ", ")).With("tag keys", list)
	}
	return checks.Pass("tags: %s", list).With("tag keys", list)
}

func groupInline(g snapshot.Group, _ checks.Env) checks.Verdict { return inlineAbsent(g.Grants) }

func roleInline(r snapshot.Role, _ checks.Env) checks.Verdict {
	if r.ServiceLinked() || r.Reserved() {
		return checks.DoesNotApply("AWS keeps the role: the path is %s", r.Path)
	}
	return inlineAbsent(r.Grants)
}

func inlineAbsent(g snapshot.Grants) checks.Verdict {
	var names []string
	for _, p := range g.Inline {
		names = append(names, p.Name)
	}
	if len(names) == 0 {
		return checks.Pass("no inline policy")
	}
	list := strings.Join(names, ", ")
	return checks.Fail("inline policies: %s", list).With("inline policies", list)
}

// awsPolicy says that an ARN is that of AWS's policy of a name, in any partition.
func awsPolicy(name string) func(arn string) bool {
	return func(arn string) bool {
		return strings.HasPrefix(arn, "arn:") && strings.HasSuffix(arn, ":iam::aws:policy/"+name)
	}
}

func holds(g snapshot.Grants, fits func(arn string) bool) bool {
	return slices.ContainsFunc(g.Attached, func(p snapshot.AttachedPolicy) bool { return fits(p.ARN) })
}

func supportRoleExists(a *snapshot.Account, env checks.Env) checks.Verdict {
	fits := awsPolicy("AWSSupportAccess")
	roles, err := checks.In(env, snapshot.Roles, a.Location).Get()
	var unread error
	for _, r := range roles {
		if r.ServiceLinked() || !holds(r.Grants, fits) {
			continue
		}
		open, trustErr := identity.Assumable(r)
		switch {
		case trustErr != nil:
			unread = trustErr
		case open:
			return checks.Pass("AWSSupportAccess is attached to %s", r.ARN).With("attached to", r.ARN)
		}
	}
	if env.Bool("accept_users") {
		if arn := supportPeople(a, env, fits); arn != "" {
			return checks.Pass("AWSSupportAccess is attached to %s", arn).With("attached to", arn)
		}
	}
	switch {
	case err != nil:
		return checks.Unknown(err)
	case unread != nil:
		return identity.Untold(unread)
	}
	return checks.Fail("AWSSupportAccess is attached to nobody who can use it; administrators can open cases and do not count")
}

// supportPeople is a user, or a group that has members, with the policy; "" for none.
func supportPeople(a *snapshot.Account, env checks.Env, fits func(arn string) bool) string {
	users, _ := checks.In(env, snapshot.Users, a.Location).Get() // in one list with the roles
	for _, u := range users {
		if holds(u.Grants, fits) {
			return u.ARN
		}
	}
	groups, _ := checks.In(env, snapshot.Groups, a.Location).Get()
	for _, g := range groups {
		in := func(u snapshot.User) bool { return slices.Contains(u.Groups, g.Name) }
		if holds(g.Grants, fits) && slices.ContainsFunc(users, in) {
			return g.ARN
		}
	}
	return ""
}

func securityAuditRoleExists(a *snapshot.Account, env checks.Env) checks.Verdict {
	roles, err := checks.In(env, snapshot.Roles, a.Location).Get()
	for _, r := range roles {
		if !r.ServiceLinked() && holds(r.Grants, awsPolicy("SecurityAudit")) {
			return checks.Pass("SecurityAudit is attached to %s", r.ARN).With("attached to", r.ARN)
		}
	}
	if err != nil {
		return checks.Unknown(err)
	}
	return checks.Fail("SecurityAudit is attached to none of %d roles", len(roles)).With("roles", fmt.Sprint(len(roles)))
}

func accountPartOfOrganization(a *snapshot.Account, env checks.Env) checks.Verdict {
	o, err := checks.Use(env, a.Org.Organization)
	allowed := env.Strings("allowed_organizations")
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.Fail("the account is in no organization")
	case err != nil:
		return checks.Unknown(err)
	case len(allowed) > 0 && !slices.Contains(allowed, o.ID) && !slices.Contains(allowed, o.ManagementAccount):
		return checks.Fail("the account is in the organization %s of %s, which is none of the allowed", o.ID, o.ManagementAccount).With("Organization.Id", o.ID)
	}
	return checks.Pass("the account is in the organization %s", o.ID).With("Organization.Id", o.ID)
}
