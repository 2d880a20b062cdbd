package hygiene

import (
	"errors"
	"regexp"
	"slices"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// RoleTrustNoDeletedPrincipals passes when a trust policy names nobody by a bare unique id,
// which IAM puts in the place of a principal that was deleted, and each identity provider
// of the account that it names exists.
// Source: IAM GetAccountAuthorizationDetails, AssumeRolePolicyDocument; ListSAMLProviders;
// ListOpenIDConnectProviders; IAM User Guide, "AWS JSON policy elements: Principal".
var RoleTrustNoDeletedPrincipals = checks.Check{
	ID:          "iam-role-trust-no-deleted-principals",
	Title:       "Trust policies name no principal that was deleted",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails", "iam:ListSAMLProviders", "iam:ListOpenIDConnectProviders"},
	Remedy:      "Take the principal out of the trust policy.",
	Fix: checks.Fix{
		Threat:    "A provider that is made again under the same name opens the role again, and whoever may make providers decides to whom. A dead entry also hides that the role may serve nobody any more.",
		CLI:       "aws iam get-role --role-name {name} --query Role.AssumeRolePolicyDocument > trust.json\naws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json",
		Terraform: "data \"aws_iam_policy_document\" \"trust\" {\n  statement {\n    actions = [\"sts:AssumeRoleWithSAML\"]\n    principals {\n      type        = \"Federated\"\n      identifiers = [aws_iam_saml_provider.company.arn]\n    }\n  }\n}",
		Cost:      "None: nobody can use the entry as it stands.",
	},
	Judges: checks.For(snapshot.Roles, roleTrustNoDeletedPrincipals),
}

// uniqueID is what IAM makes of the ARN of a principal that is deleted. Source: IAM User
// Guide, "IAM identifiers", unique IDs.
var uniqueID = regexp.MustCompile(`^A(?:ROA|IDA|GPA|SIA|KIA|NPA|IPA)[A-Z0-9]{12,}$`)

func roleTrustNoDeletedPrincipals(r snapshot.Role, env checks.Env) checks.Verdict {
	return identity.OfCustomer(r, func(d *policy.Document) checks.Verdict {
		var dead []string
		var unread error
		seen := map[string]bool{}
		for _, s := range d.Statements {
			if s.Effect != policy.Allow {
				continue
			}
			for _, v := range slices.Concat(s.Principals.AWS, s.Principals.Federated) {
				if seen[v] {
					continue
				}
				seen[v] = true
				switch err := identity.Provider(env, r, v); {
				case uniqueID.MatchString(v), errors.Is(err, snapshot.ErrAbsent):
					dead = append(dead, v)
				case err != nil && unread == nil:
					unread = err
				}
			}
		}
		switch {
		case len(dead) > 0:
			list := wording.List(dead, 5)
			return checks.Fail("the trust policy names %s, which is not there any more", list).With("principals", list)
		case unread != nil:
			return checks.Unknown(unread)
		}
		return checks.Pass("all of %d principals that the trust policy names may still exist", len(seen))
	})
}
