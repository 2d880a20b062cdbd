package hygiene

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// RoleUsed passes when a role was used within the limit, or is younger. AWS keeps the last
// use of 400 days; an answer without RoleLastUsed proves nothing.
// Source: IAM GetAccountAuthorizationDetails, RoleLastUsed and CreateDate.
var RoleUsed = checks.Check{
	ID:          "iam-role-used",
	Title:       "IAM roles have been used recently",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Parameters:  checks.Parameters{"max_idle_days": 90, "include_sso": false},
	Remedy:      "Delete the role; waive one that is kept for emergencies.",
	Fix: checks.Fix{
		Threat:    "A role that nobody uses is missed by nobody when somebody else does. Its rights stay open.",
		CLI:       "aws iam delete-role --role-name {name}",
		Terraform: `# Remove the resource "aws_iam_role" of this role from the configuration.`,
		Cost:      "Its policies and instance profiles must go first. AWS tracks use for 400 days: a role for emergencies needs a waiver.",
	},
	Judges: checks.For(snapshot.Roles, roleUsed),
}

// UserActive passes when a credential of a user was used within the limit, or the user is
// younger. No date shows the use of SSH keys, service-specific credentials and certificates.
// Source: credential report, user_creation_time, password_last_used and
// access_key_N_last_used_date.
var UserActive = checks.Check{
	ID:          "iam-user-active",
	Title:       "IAM users that exist have been used",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Parameters:  checks.Parameters{"max_idle_days": 90},
	Remedy:      "Delete the user, after its SSH keys, service-specific credentials and certificates.",
	Fix: checks.Fix{
		Threat: "A user that nobody uses is missed by nobody when somebody else does. Its rights and credentials stay.",
		CLI: `aws iam delete-login-profile --user-name {name}
aws iam delete-user --user-name {name}`,
		Terraform: `# Remove the resource "aws_iam_user" of this user from the configuration.`,
		Cost:      "Keys, certificates, group memberships and policies must go first; deletion cannot be undone.",
	},
	Judges: checks.For(snapshot.Users, userActive),
}

// GroupNotEmpty passes when at least one user is in a group.
// Source: IAM GetAccountAuthorizationDetails, GroupList of all users.
var GroupNotEmpty = checks.Check{
	ID:          "iam-group-not-empty",
	Title:       "IAM groups have at least one member",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Delete the group, or put its users into it.",
	Fix: checks.Fix{
		Threat:    "An empty group with rights gives them to whoever joins, and nobody watches it. It makes the account harder to read.",
		CLI:       "aws iam delete-group --group-name {name}",
		Terraform: `# Remove the resource "aws_iam_group" of this group from the configuration.`,
		Cost:      "Its policies must be detached or deleted first. Nobody loses rights.",
	},
	Judges: checks.For(snapshot.Groups, groupNotEmpty),
}

// CustomerPolicyInUse passes when a customer managed policy is attached to somebody or bounds
// somebody.
// Source: IAM GetAccountAuthorizationDetails, AttachmentCount and
// PermissionsBoundaryUsageCount.
var CustomerPolicyInUse = checks.Check{
	ID:          "iam-customer-policy-in-use",
	Title:       "Customer managed policies are attached to something",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Delete the policy.",
	Fix: checks.Fix{
		Threat:    "A policy that is attached to nothing waits for somebody to attach it without reading it. It hides among those that matter.",
		CLI:       "aws iam delete-policy --policy-arn {arn}",
		Terraform: `# Remove the resource "aws_iam_policy" of this policy from the configuration.`,
		Cost:      "It cannot be brought back: keep its document in version control. Its older versions must be deleted first.",
	},
	Judges: checks.For(snapshot.CustomerPolicies, customerPolicyInUse),
}

// UserHasPermissions passes when some policy of a user or of its groups allows something.
// Policies of resources may name the user as well: they are not read here.
// Source: IAM GetAccountAuthorizationDetails.
var UserHasPermissions = checks.Check{
	ID:          "iam-user-has-permissions",
	Title:       "IAM users have at least one permission",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Delete the user, or give it what it needs.",
	Fix: checks.Fix{
		Threat:    "A user without rights has credentials all the same, and gets rights by one careless step. Nobody knows what it is for.",
		CLI:       "aws iam delete-user --user-name {name}",
		Terraform: `# Remove the resource "aws_iam_user" of this user from the configuration.`,
		Cost:      "Resource policies of other resources may still name the user: look before.",
	},
	Judges: checks.For(snapshot.Users, userHasPermissions),
}

const day = 24 * time.Hour

// since passes while something happened within the days before the scan.
func since(env checks.Env, at time.Time) bool {
	return env.AsOf.Sub(at) <= time.Duration(env.Int("max_idle_days"))*day
}

func roleUsed(r snapshot.Role, env checks.Env) checks.Verdict {
	limit := env.Int("max_idle_days")
	created := r.Created.Format(time.RFC3339)
	switch {
	case r.ServiceLinked():
		return checks.DoesNotApply("the role belongs to an AWS service")
	case r.Reserved() && !env.Bool("include_sso"):
		return checks.DoesNotApply("the role belongs to IAM Identity Center")
	case r.LastUsed != nil && !r.LastUsed.At.IsZero():
		verdict := checks.Fail
		if since(env, r.LastUsed.At) || since(env, r.Created) {
			verdict = checks.Pass
		}
		used := r.LastUsed.At.UTC().Format(time.RFC3339)
		return verdict("last used %s in %s; limit: %d days", used, r.LastUsed.Region, limit).With("LastUsedDate", used)
	case !r.Created.IsZero() && since(env, r.Created):
		return checks.Pass("made %s, within %d days; no use is known", created, limit).With("CreateDate", created)
	case r.LastUsed == nil:
		return checks.Unclear("AWS's answer does not tell when the role was last used")
	}
	return checks.Fail("made %s and not used in the 400 days that AWS keeps; limit: %d days", created, limit).With("CreateDate", created)
}

func userActive(u snapshot.User, env checks.Env) checks.Verdict {
	limit, created := env.Int("max_idle_days"), u.Created.Format(time.RFC3339)
	row, err := u.Credentials.Get()
	var used time.Time
	if row != nil {
		used = slices.MaxFunc([]time.Time{row.PasswordUsed, row.Keys[0].LastUsed, row.Keys[1].LastUsed}, time.Time.Compare)
	}
	switch {
	case !u.Created.IsZero() && since(env, u.Created):
		return checks.Pass("the user was made %s, within %d days", created, limit).With("created", created)
	case err != nil:
		return checks.Unknown(err)
	case row == nil:
		return checks.Unclear("the credential report does not know the user")
	case used.IsZero():
		return checks.Fail("made %s, and no use of a password or access key is known; SSH keys, service-specific credentials and certificates show no use", created).With("created", created)
	}
	verdict := checks.Fail
	if since(env, used) {
		verdict = checks.Pass
	}
	return verdict("last used %s; limit: %d days", used.Format(time.RFC3339), limit).With("last used", used.Format(time.RFC3339))
}

func groupNotEmpty(g snapshot.Group, _ checks.Env) checks.Verdict {
	members, err := g.Members.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case len(members) == 0:
		return checks.Fail("no user is in the group").With("members", "0")
	}
	return checks.Pass("members: %d", len(members)).With("members", fmt.Sprint(len(members)))
}

func customerPolicyInUse(p snapshot.ManagedPolicy, env checks.Env) checks.Verdict {
	var attached, bounds int32
	if p.AttachmentCount != nil {
		attached = *p.AttachmentCount
	}
	if p.BoundaryUsageCount != nil {
		bounds = *p.BoundaryUsageCount
	}
	if attached+bounds == 0 && (p.AttachmentCount == nil || p.BoundaryUsageCount == nil) {
		return checks.Unclear("AWS's answer does not say whether the policy is in use")
	}
	verdict, note := checks.Pass, ""
	switch {
	case attached+bounds == 0:
		verdict = checks.Fail
	case bounds == 0 && idleGroups(p, env):
		note = "; only groups without members have it"
	}
	return verdict("AttachmentCount is %d, PermissionsBoundaryUsageCount %d%s", attached, bounds, note).
		With("AttachmentCount", fmt.Sprint(attached)).With("PermissionsBoundaryUsageCount", fmt.Sprint(bounds))
}

// idleGroups says that all who have a policy are groups that are known to be empty.
func idleGroups(p snapshot.ManagedPolicy, env checks.Env) bool {
	holders, err := p.Holders.Get()
	if err != nil || len(holders) == 0 {
		return false
	}
	for _, arn := range holders {
		g, err := checks.Find(env, snapshot.Groups, p.Location, arn[strings.LastIndexByte(arn, '/')+1:])
		if err != nil || g.ARN != arn {
			return false
		}
		if members, err := g.Members.Get(); err != nil || len(members) > 0 {
			return false
		}
	}
	return true
}

func userHasPermissions(u snapshot.User, env checks.Env) checks.Verdict {
	sources := identity.OfUser(env, u)
	for _, src := range sources {
		if src.Document != nil && slices.ContainsFunc(src.Document.Statements, func(s policy.Statement) bool { return s.Effect == policy.Allow }) {
			return checks.Pass("%s allows something", src.Name).With("policy", src.Name)
		}
	}
	if v, unread := identity.Unread(sources); unread {
		return v
	}
	return checks.Fail("none of %d policies of the user and its groups allows anything; policies of resources are not read", len(sources)).With("policies", fmt.Sprint(len(sources)))
}
