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

// RoleTrustsOnlyKnownAccounts passes when every principal of another account that a role
// lets in belongs to an account that is trusted by name or by the organization. A condition
// on the caller's organization or account settles it too.
// Source: IAM GetAccountAuthorizationDetails, AssumeRolePolicyDocument; Organizations
// DescribeOrganization and ListAccounts.
var RoleTrustsOnlyKnownAccounts = checks.Check{
	ID:          "iam-role-trusts-only-known-accounts",
	Title:       "Roles trust only accounts named as known",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountAuthorizationDetails", "organizations:ListAccounts", "organizations:DescribeOrganization"},
	Parameters:  checks.Parameters{"trusted_accounts": []string{}, "trust_organization": true},
	Bounds:      accountIDs,
	Remedy:      "Take the account out of the trust policy, or name it in trusted_accounts.",
	Fix: checks.Fix{
		Threat:    "Whoever administers the trusted account, or breaks into it, takes on the role and all that it may do. Nobody here sees that coming, because the other account's sign-ins and keys are not in this account's logs.",
		CLI:       "aws iam get-role --role-name {name} --query Role.AssumeRolePolicyDocument > trust.json\naws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json",
		Terraform: "data \"aws_iam_policy_document\" \"trust\" {\n  statement {\n    actions = [\"sts:AssumeRole\"]\n    principals {\n      type        = \"AWS\"\n      identifiers = [\"arn:aws:iam::{account}:role/deploy\"]\n    }\n  }\n}",
		Cost:      "Whoever uses the role from the other account loses it at once, running sessions excepted.",
	},
	Judges: checks.For(snapshot.Roles, roleTrustsOnlyKnownAccounts),
}

// RoleCrossAccountExternalIDOrMFA passes when every statement for principals outside the
// organization asks for an external id or MFA, or names one role of a trusted account. What
// asks for it passes whoever is let in; so the organization decides only where nothing does.
// Source: IAM GetAccountAuthorizationDetails, AssumeRolePolicyDocument; IAM User Guide,
// "Access to AWS accounts owned by third parties".
var RoleCrossAccountExternalIDOrMFA = checks.Check{
	ID:             "iam-role-cross-account-external-id-or-mfa",
	Title:          "Roles that other accounts may assume ask for an external id or MFA",
	Severity:       checks.Medium,
	Category:       checks.Access,
	Duty:           checks.AccessControl,
	ServiceKind:    checks.OfAccount,
	Tier:           1,
	Reads:          []string{"iam:GetAccountAuthorizationDetails", "organizations:DescribeOrganization", "organizations:ListAccounts"},
	Parameters:     checks.Parameters{"trusted_accounts": []string{}, "judge_organization_accounts": false},
	Bounds:         accountIDs,
	FailWhenUnread: true,
	Remedy:         "Ask for sts:ExternalId where software of another company assumes the role, and for MFA where people do.",
	Fix: checks.Fix{
		Threat:    "A company that serves many customers from one account can be talked into using this role for another customer: it is enough to know the role's ARN. Without a second proof a stolen key of the other account is all that it takes.",
		CLI:       "aws iam get-role --role-name {name} --query Role.AssumeRolePolicyDocument > trust.json\naws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json",
		Terraform: "data \"aws_iam_policy_document\" \"trust\" {\n  statement {\n    actions = [\"sts:AssumeRole\"]\n    principals {\n      type        = \"AWS\"\n      identifiers = [\"arn:aws:iam::999988887777:root\"]\n    }\n    condition {\n      test     = \"StringEquals\"\n      variable = \"sts:ExternalId\"\n      values   = [var.external_id]\n    }\n  }\n}",
		Cost:      "The other account must send the external id with each sts:AssumeRole, so that both sides change together; until then its calls are denied.",
	},
	Judges: checks.For(snapshot.Roles, roleCrossAccountExternalIDOrMFA),
}

func roleTrustsOnlyKnownAccounts(r snapshot.Role, env checks.Env) checks.Verdict {
	return identity.OfCustomer(r, func(d *policy.Document) checks.Verdict {
		in := identity.InsidersOf(env, env.Strings("trusted_accounts"), env.Bool("trust_organization"))
		outside, open, inside := parted(in.Foreign(d))
		switch {
		case len(outside) > 0:
			list := wording.List(outside, 5)
			return checks.Fail("the role trusts %s, which is none of the known accounts", list).With("principals", list)
		case len(open) > 0:
			v := checks.Unknown(in.Unread())
			v.Reason = "nothing tells whether " + wording.List(open, 5) + " is of the organization: " + v.Reason
			return v.With("principals", wording.List(open, 5))
		case len(inside) > 0:
			return checks.Pass("all principals of other accounts are known: %s", wording.List(inside, 5)).With("principals", wording.List(inside, 5))
		}
		return checks.DoesNotApply("the role trusts no principal of another account")
	})
}

// parted puts principals of other accounts by name on three sides: outside, not known, inside.
func parted(list []identity.Foreign) (outside, open, inside []string) {
	for _, f := range list {
		to := &inside
		switch f.Inside {
		case policy.No:
			to = &outside
		case policy.CannotTell:
			to = &open
		case policy.Yes:
		}
		if !slices.Contains(*to, f.Name()) {
			*to = append(*to, f.Name())
		}
	}
	return outside, open, inside
}

func roleCrossAccountExternalIDOrMFA(r snapshot.Role, env checks.Env) checks.Verdict {
	return identity.OfCustomer(r, func(d *policy.Document) checks.Verdict {
		in := identity.InsidersOf(env, nil, !env.Bool("judge_organization_accounts"))
		var kept, bare, unsure []string
		own := 0
		for _, f := range in.Foreign(d) {
			how := proof(f, d, env)
			switch {
			case how != "":
				kept = append(kept, f.Name()+" "+how)
			case f.Inside == policy.Yes:
				own++
			case f.Inside == policy.CannotTell:
				bare, unsure = append(bare, f.Name()), append(unsure, f.Name())
			default:
				bare = append(bare, f.Name())
			}
		}
		switch {
		case len(bare) > 0 && len(unsure) == len(bare):
			return checks.Fail("neither an external id nor MFA is asked of %s, which counts as outside, since the organization was not read: %v", wording.List(bare, 5), in.Unread()).With("principals", wording.List(bare, 5))
		case len(bare) > 0:
			return checks.Fail("neither an external id nor MFA is asked of %s", wording.List(bare, 5)).With("principals", wording.List(bare, 5))
		case len(kept) > 0:
			return checks.Pass("%s", wording.List(kept, 5))
		case own > 0:
			return checks.DoesNotApply("the role trusts other accounts of its own organization alone")
		}
		return checks.DoesNotApply("the role trusts no principal of another account")
	})
}

// proof says what a statement asks of a principal of another account; "" for nothing.
func proof(f identity.Foreign, d *policy.Document, env checks.Env) string {
	switch ids := f.ExternalID(); {
	case len(ids) > 0 && slices.ContainsFunc(ids, func(id string) bool { return policy.AccountOf(id) != "" }):
		return "has to show an external id, which is an account's id and so no secret"
	case len(ids) > 0:
		return "has to show an external id"
	case f.Ref.Statement.RequiresMFA() || deniesWithoutMFA(d):
		return "has to show MFA"
	case strings.Contains(f.Value, ":role/") && slices.Contains(env.Strings("trusted_accounts"), f.Account):
		return "is one role of a trusted account"
	}
	return ""
}

// deniesWithoutMFA says that the trust policy refuses everybody who shows no second factor.
func deniesWithoutMFA(d *policy.Document) bool {
	return slices.ContainsFunc(d.Statements, func(s policy.Statement) bool {
		return s.DeniesWithoutMFA() && s.MatchesAction("sts:AssumeRole") && s.Principals.Everyone() && !s.Principals.Negated
	})
}
