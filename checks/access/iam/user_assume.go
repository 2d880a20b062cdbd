package iam

import (
	"slices"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// UserPermissionsOnlyAssumeRoles passes when users and groups may do nothing but assume roles
// and look after their own credentials, where an organization wants it so. Roles are what
// the rights are then given to, and are not judged.
// Source: IAM GetAccountAuthorizationDetails.
var UserPermissionsOnlyAssumeRoles = checks.Check{
	ID:          "iam-user-permissions-only-assume-roles",
	Title:       "IAM users and groups may do nothing but assume roles",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Parameters: checks.Parameters{"enforce": false, "allowed_actions": []string{
		"sts:AssumeRole", "sts:GetCallerIdentity", "iam:ChangePassword", "iam:*MFADevice*", "iam:GetAccountPasswordPolicy",
	}},
	Remedy: "Give the rights to a role, and let the user assume it.",
	Fix: checks.Fix{
		Threat:    "A key of the user works at once and for as long as it exists, with all of the user's rights. A role's session ends by itself, asks for MFA where its trust policy does, and shows in CloudTrail who came.",
		CLI:       "aws iam create-role --role-name TASK --assume-role-policy-document file://trust.json\naws iam attach-role-policy --role-name TASK --policy-arn POLICY_ARN\naws iam detach-user-policy --user-name {name} --policy-arn POLICY_ARN",
		Terraform: "data \"aws_iam_policy_document\" \"assume\" {\n  statement {\n    actions   = [\"sts:AssumeRole\"]\n    resources = [aws_iam_role.task.arn]\n  }\n}",
		Cost:      "Scripts and profiles have to name the role.",
	},
	Judges: checks.For(snapshot.Users, func(u snapshot.User, env checks.Env) checks.Verdict { return assumesOnly(u.Meta, u.Grants, env) }).
		And(checks.For(snapshot.Groups, func(g snapshot.Group, env checks.Env) checks.Verdict { return assumesOnly(g.Meta, g.Grants, env) })),
}

func assumesOnly(at snapshot.Meta, g snapshot.Grants, env checks.Env) checks.Verdict {
	if !env.Bool("enforce") {
		return checks.DoesNotApply("enforce is false: users may have rights of their own")
	}
	allowed := env.Strings("allowed_actions")
	sources := identity.Of(env, at, g)
	var wide []string
	for _, src := range sources {
		if src.Document == nil {
			continue
		}
		for i := range src.Document.Statements {
			s := &src.Document.Statements[i]
			if s.Effect != policy.Allow {
				continue
			}
			ref := policy.Ref{Source: src.Name, Statement: s}
			if s.NotAction {
				wide = append(wide, "all but some actions by "+ref.String())
				continue
			}
			for _, a := range s.Actions {
				if !slices.ContainsFunc(allowed, func(p string) bool { return policy.CoversFold(p, a) }) {
					wide = append(wide, a+" by "+ref.String())
				}
			}
		}
	}
	if len(wide) > 0 {
		return checks.Fail("beyond allowed_actions: %s", wording.List(wide, 4)).With("actions", wording.List(wide, 20))
	}
	if v, unread := identity.Unread(sources); unread {
		return v
	}
	return checks.Pass("nothing beyond allowed_actions is allowed")
}
