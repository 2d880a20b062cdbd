package access

import (
	"regexp"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// UserNoDirectPolicies passes when a user has neither inline nor attached policies. A
// permissions boundary is no attachment, and what AWS itself attaches to leaked keys is
// judged by UserNotQuarantined.
// Source: IAM GetAccountAuthorizationDetails, UserPolicyList and AttachedManagedPolicies.
var UserNoDirectPolicies = checks.Check{
	ID:          "iam-user-no-direct-policies",
	Title:       "IAM users get their permissions from groups or roles, not from policies of their own",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Move the policies to a group or a role.",
	Fix: checks.Fix{
		Threat: "Rights on a user stay with him when his job changes, and no review of groups shows them. They add up over the years.",
		CLI: `aws iam detach-user-policy --user-name {name} --policy-arn POLICY-ARN
aws iam add-user-to-group --user-name {name} --group-name GROUP`,
		Terraform: `resource "aws_iam_user_group_membership" "this" {
  user   = "{name}"
  groups = ["GROUP"]
}`,
		Cost: "Join the group first, or rights are missing in between. Inline policies go with delete-user-policy.",
	},
	Judges: checks.For(snapshot.Users, userNoDirectPolicies),
}

// UserNotQuarantined passes when AWS has not attached its quarantine policy, which it does
// when a key was found in public. It stays attached after the key was deleted.
// Source: IAM GetAccountAuthorizationDetails, AttachedManagedPolicies; AWS Managed Policy
// Reference, AWSCompromisedKeyQuarantine and its later versions.
var UserNotQuarantined = checks.Check{
	ID:          "iam-user-not-quarantined",
	Title:       "No IAM principal carries AWS's quarantine policy for leaked keys",
	Severity:    checks.Critical,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Remedy:      "Rotate the leaked key, find out what it was used for, then detach the policy.",
	Fix: checks.Fix{
		Threat: "AWS found the key in a public place and put the user into quarantine. Somebody else has it, and may have used it already.",
		CLI: `aws iam update-access-key --user-name {name} --access-key-id KEY-ID --status Inactive
aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=KEY-ID`,
		Terraform: `# Replace the resource "aws_iam_access_key" of this user; the quarantine policy is detached by hand, last.`,
		Cost:      "What uses the key stops. Look for resources in Regions that you do not use before you detach the policy.",
	},
	Judges: checks.For(snapshot.Users, userNotQuarantined),
}

// UserInGroup passes when a user is in at least one group.
// Source: IAM GetAccountAuthorizationDetails, GroupList.
var UserInGroup = checks.Check{
	ID:          "iam-user-in-group",
	Title:       "IAM users belong to at least one group",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Put the user into a group, or delete a user whom nobody needs.",
	Fix: checks.Fix{
		Threat: "Rights given user by user drift apart, and nobody takes them back when a job changes. Groups can be reviewed.",
		CLI:    "aws iam add-user-to-group --user-name {name} --group-name GROUP",
		Terraform: `resource "aws_iam_user_group_membership" "this" {
  user   = "{name}"
  groups = ["GROUP"]
}`,
		Cost: "The user gains what the group has.",
	},
	Judges: checks.For(snapshot.Users, userInGroup),
}

// UserInRequiredGroups passes when a user is in every common group and in at least one of
// the groups that tell users apart. Group names are unique without regard to case.
// Source: IAM GetAccountAuthorizationDetails, GroupList.
var UserInRequiredGroups = checks.Check{
	ID:          "iam-user-in-required-groups",
	Title:       "IAM users belong to the groups that the organization's rules ask for",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Parameters:  checks.Parameters{"common_groups": []string{}, "category_groups": []string{}},
	Remedy:      "Put the user into the groups that the rules ask for.",
	Fix: checks.Fix{
		Threat: "Rules that the groups carry, such as asking for MFA, do not bind a user outside them. The exception is not seen.",
		CLI:    "aws iam add-user-to-group --user-name {name} --group-name GROUP",
		Terraform: `resource "aws_iam_user_group_membership" "this" {
  user   = "{name}"
  groups = ["GROUP"]
}`,
		Cost: "The user gains and loses what the group's policies allow and deny.",
	},
	Judges: checks.For(snapshot.Users, userInRequiredGroups),
}

// quarantine is the ARN of AWS's policy for leaked keys, of any version and partition.
// A customer's policy of that name has an account id in its place.
var quarantine = regexp.MustCompile(`^arn:[^:]+:iam::aws:policy/(.*/)?AWSCompromisedKeyQuarantine(V[0-9]+)?$`)

func userNoDirectPolicies(u snapshot.User, _ checks.Env) checks.Verdict {
	var direct []string
	for _, p := range u.Inline {
		direct = append(direct, "inline "+p.Name)
	}
	for _, p := range u.Attached {
		if !quarantine.MatchString(p.ARN) {
			direct = append(direct, p.ARN)
		}
	}
	if len(direct) == 0 {
		return checks.Pass("no policy is inside the user or attached to it")
	}
	list := strings.Join(direct, ", ")
	return checks.Fail("policies of the user's own: %s", list).With("policies", list)
}

func userNotQuarantined(u snapshot.User, env checks.Env) checks.Verdict {
	i := slices.IndexFunc(u.Attached, func(p snapshot.AttachedPolicy) bool { return quarantine.MatchString(p.ARN) })
	if i < 0 {
		return checks.Pass("AWS's quarantine policy is not attached")
	}
	arn := u.Attached[i].ARN
	return checks.Fail("AWS attached %s, since a key was found in public%s", arn, stillActive(u, env)).With("policy", arn)
}

// stillActive says which keys of a user are active, as far as that was read.
func stillActive(u snapshot.User, env checks.Env) string {
	row, err := checks.Use(env, u.Credentials)
	if err != nil || row == nil {
		return "; which of its keys are active is not known"
	}
	active, _ := activeKeys(*row)
	if len(active) == 0 {
		return "; none of its keys is active now"
	}
	return "; still active: " + strings.Join(active, " and ")
}

func userInGroup(u snapshot.User, _ checks.Env) checks.Verdict {
	if len(u.Groups) == 0 {
		return checks.Fail("the user is in no group")
	}
	list := strings.Join(u.Groups, ", ")
	return checks.Pass("the user is in %s", list).With("GroupList", list)
}

func userInRequiredGroups(u snapshot.User, env checks.Env) checks.Verdict {
	common, category := env.Strings("common_groups"), env.Strings("category_groups")
	if len(common)+len(category) == 0 {
		return checks.DoesNotApply("no groups are required")
	}
	in := func(name string) bool {
		return slices.ContainsFunc(u.Groups, func(g string) bool { return strings.EqualFold(g, name) })
	}
	var lacking []string
	for _, name := range common {
		if !in(name) {
			lacking = append(lacking, name)
		}
	}
	if len(category) > 0 && !slices.ContainsFunc(category, in) {
		lacking = append(lacking, "one of "+strings.Join(category, ", "))
	}
	list := strings.Join(u.Groups, ", ")
	if len(lacking) == 0 {
		return checks.Pass("the user is in %s", list).With("GroupList", list)
	}
	return checks.Fail("the user is not in %s%s", strings.Join(lacking, " nor in "), strangers(env, u.Location, slices.Concat(common, category))).With("GroupList", list)
}

// strangers names the groups that the account does not have, where that is known.
func strangers(env checks.Env, at snapshot.Location, names []string) string {
	groups, err := checks.In(env, snapshot.Groups, at).Get()
	if err != nil {
		return ""
	}
	var out []string
	for _, name := range names {
		if !slices.ContainsFunc(groups, func(g snapshot.Group) bool { return strings.EqualFold(g.Name, name) }) {
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "; the account has no group " + strings.Join(out, ", ")
}
