package iam

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// GroupPoliciesRequireMFA passes when each statement that gives a group's members rights asks
// for MFA, or a Deny of all but what a user needs to get MFA does. Long-lived keys carry no
// such condition key: IfExists lets them through an Allow, and a plain Bool past a Deny.
// Source: IAM GetAccountAuthorizationDetails; IAM User Guide, "AWS: Allows MFA-authenticated
// IAM users to manage their own credentials".
var GroupPoliciesRequireMFA = checks.Check{
	ID:          "iam-group-policies-require-mfa",
	Title:       "IAM groups give their rights only to sessions with MFA",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Attach a policy to the group that denies all but the user's own MFA where aws:MultiFactorAuthPresent is false or absent.",
	Fix: checks.Fix{
		Threat:    "An access key that leaks out of a laptop or a repository is all that it takes to use the group's rights. MFA at the console alone does not ask the key for anything.",
		CLI:       "aws iam put-group-policy --group-name {name} --policy-name deny-without-mfa --policy-document file://deny-without-mfa.json",
		Terraform: "resource \"aws_iam_group_policy\" \"mfa\" {\n  group = \"{name}\"\n  policy = jsonencode({\n    Version = \"2012-10-17\"\n    Statement = [{\n      Effect    = \"Deny\"\n      NotAction = [\"iam:*MFADevice*\", \"iam:ChangePassword\", \"iam:Get*\", \"iam:List*\", \"sts:GetSessionToken\"]\n      Resource  = \"*\"\n      Condition = { BoolIfExists = { \"aws:MultiFactorAuthPresent\" = \"false\" } }\n    }]\n  })\n}",
		Cost:      "Members' access keys stop working by themselves: they call sts:GetSessionToken with a code first. Machines in the group need a role.",
	},
	Judges: checks.For(snapshot.Groups, groupPoliciesRequireMFA),
}

// ownCredentials are the actions that a user needs to get MFA, and those that show settings.
var ownCredentials = []string{"iam:*MFADevice*", "iam:ChangePassword", "iam:Get*", "iam:List*", "sts:GetSessionToken"}

func groupPoliciesRequireMFA(g snapshot.Group, env checks.Env) checks.Verdict {
	members, err := checks.Use(env, g.Members)
	if err == nil && len(members) == 0 {
		return checks.DoesNotApply("the group has no members")
	}
	sources := identity.Of(env, g.Meta, g.Grants)
	var open []string
	allows := 0
	for _, src := range sources {
		if src.Document == nil {
			continue
		}
		for i := range src.Document.Statements {
			s := &src.Document.Statements[i]
			if s.Effect != policy.Allow || onlyOwnCredentials(s) {
				continue
			}
			allows++
			if !s.RequiresMFA() {
				open = append(open, policy.Ref{Source: src.Name, Statement: s}.String()+identity.Conditions(s))
			}
		}
	}
	by := refusal(sources)
	v, unread := identity.Unread(sources)
	switch {
	case err != nil:
		return checks.Unknown(err)
	case by != "":
		return checks.Pass("%s refuses whoever has not shown MFA", by)
	case len(open) > 0 && !unread:
		return checks.Fail("without MFA the members have the rights of %s", wording.List(open, 4)).With("statements", wording.List(open, 20))
	case unread:
		return v
	case allows == 0:
		return checks.DoesNotApply("the group's policies allow nothing beyond the members' own credentials")
	}
	return checks.Pass("all of %d statements that give rights ask for MFA", allows)
}

// onlyOwnCredentials says that an Allow is about a user's own credentials alone.
func onlyOwnCredentials(s *policy.Statement) bool {
	return !s.NotAction && !slices.ContainsFunc(s.Actions, func(a string) bool { return !ownCredential(a) })
}

func ownCredential(pattern string) bool {
	return slices.ContainsFunc(ownCredentials, func(own string) bool { return policy.CoversFold(own, pattern) })
}

// refusal names a Deny of all but the user's own credentials that reaches everybody who has
// not shown MFA; "" for none.
func refusal(sources []policy.Source) string {
	for _, src := range sources {
		if src.Document == nil {
			continue
		}
		for i := range src.Document.Statements {
			s := &src.Document.Statements[i]
			spared := func(a string) bool { return !ownCredential(a) }
			all := s.NotAction && !slices.ContainsFunc(s.Actions, spared) || !s.NotAction && slices.ContainsFunc(s.Actions, func(a string) bool { return policy.Covers(a, "*:*") })
			if s.DeniesWithoutMFA() && all && s.EveryResource("") {
				return strings.TrimSpace(policy.Ref{Source: src.Name, Statement: s}.String())
			}
		}
	}
	return ""
}
