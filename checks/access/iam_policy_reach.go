package access

import (
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	iampolicy "onus/checks/access/policy"
	"onus/checks/wording"
)

// PolicyNoUnrestrictedS3DataAccess passes when no customer's policy allows both reading and
// writing the objects of every bucket, unless conditions fix whose buckets. Names of buckets
// that nobody holds can be taken by a stranger.
// Source: IAM GetAccountAuthorizationDetails; Service Authorization Reference, S3.
var PolicyNoUnrestrictedS3DataAccess = checks.Check{
	ID:          "iam-policy-no-unrestricted-s3-data-access",
	Title:       "Customer policies do not allow reading and writing the objects of every bucket",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Name the buckets, or ask for s3:ResourceAccount or aws:ResourceOrgID.",
	Fix: checks.Fix{
		Threat: "One identity reads and writes the objects of every bucket, also those of other teams and of accounts that let this one in. A leak of it is a leak of everything.",
		CLI:    "aws iam create-policy-version --policy-arn {arn} --policy-document file://policy.json --set-as-default",
		Terraform: `data "aws_iam_policy_document" "needed" {
  statement {
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["arn:{partition}:s3:::BUCKET/*"]
  }
}`,
		Cost: "Buckets that are not named are closed to it.",
	},
	Judges: identity.Each(policyNoUnrestrictedS3DataAccess),
}

// PolicyNoMarketplaceSubscribeOnAll passes when no customer's policy allows subscribing to
// any product of the Marketplace. The action knows no resources: only its condition key
// narrows it.
// Source: Service Authorization Reference, AWS Marketplace, aws-marketplace:ProductId.
var PolicyNoMarketplaceSubscribeOnAll = checks.Check{
	ID:          "iam-policy-no-marketplace-subscribe-on-all",
	Title:       "Customer policies do not let everyone subscribe to anything in the Marketplace",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Limit aws-marketplace:Subscribe to products by aws-marketplace:ProductId.",
	Fix: checks.Fix{
		Threat: "Anybody with the policy can run software of unknown makers in your account and on your bill. Some of it gets rights in the account.",
		CLI:    "aws iam create-policy-version --policy-arn {arn} --policy-document file://policy.json --set-as-default",
		Terraform: `data "aws_iam_policy_document" "needed" {
  statement {
    actions   = ["aws-marketplace:Subscribe"]
    resources = ["*"]
    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "aws-marketplace:ProductId"
      values   = ["PRODUCT"]
    }
  }
}`,
		Cost: "New products must be asked for.",
	},
	Judges: identity.Each(policyNoMarketplaceSubscribeOnAll),
}

// PolicyNoWildcardRoleAssumption passes when a customer's policy names the roles that may be
// assumed: not every role of an account, nor a role of the same name in any account.
// Source: IAM GetAccountAuthorizationDetails; Service Authorization Reference, STS.
var PolicyNoWildcardRoleAssumption = checks.Check{
	ID:          "iam-policy-no-wildcard-role-assumption",
	Title:       "Customer policies name the roles that may be assumed",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Name the roles, with their accounts.",
	Fix: checks.Fix{
		Threat: "Whoever holds the policy may become any role that trusts the account, here and in other accounts. The roles' trust is then all that is left.",
		CLI:    "aws iam create-policy-version --policy-arn {arn} --policy-document file://policy.json --set-as-default",
		Terraform: `data "aws_iam_policy_document" "needed" {
  statement {
    actions   = ["sts:AssumeRole"]
    resources = ["arn:{partition}:iam::ACCOUNT:role/ROLE"]
  }
}`,
		Cost: "Roles that are not named can no longer be assumed by it.",
	},
	Judges: identity.Each(policyNoWildcardRoleAssumption),
}

func policyNoUnrestrictedS3DataAccess(p identity.Policy, _ checks.Env) checks.Verdict {
	const get, put = "s3:GetObject", "s3:PutObject"
	everywhere := func(s *iampolicy.Statement) bool {
		return s.EveryResourceFor(get, p.Account) && len(s.Restricting("aws:ResourceAccount", "s3:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceTag/*")) == 0
	}
	reads, writes := p.Allowing(get, everywhere), p.Allowing(put, everywhere)
	if len(reads) > 0 && len(writes) > 0 {
		return checks.Fail("%s allowed on every bucket by %s, %s by %s", get, identity.Names(reads), put, identity.Names(writes)).With("statements", identity.Names(reads))
	}
	if over := wildcards(p, put, ":s3:::"); over != "" {
		return checks.Pass("%s and %s are not both allowed on every bucket without a restricting condition; %s on %s", get, put, put, over)
	}
	return checks.Pass("%s and %s are not both allowed on every bucket without a restricting condition", get, put)
}

// wildcards are the Resource patterns with a wildcard on which the policy allows an action.
func wildcards(p identity.Policy, action, part string) string {
	var out []string
	for _, ref := range p.Allows(func(s *iampolicy.Statement) bool { return s.MatchesAction(action) && !s.NotResource }) {
		for _, r := range ref.Statement.Resources {
			if strings.Contains(r, part) && strings.ContainsAny(r, "*?") {
				out = append(out, r)
			}
		}
	}
	return wording.List(out, 4)
}

func policyNoMarketplaceSubscribeOnAll(p identity.Policy, _ checks.Env) checks.Verdict {
	const subscribe = "aws-marketplace:Subscribe"
	by := p.Allowing(subscribe, func(s *iampolicy.Statement) bool {
		return s.EveryResource(p.Account) && len(s.Restricting("aws-marketplace:ProductId")) == 0
	})
	if len(by) > 0 {
		return checks.Fail("%s allowed for every product by %s", subscribe, identity.Names(by)).With("statements", identity.Names(by))
	}
	return checks.Pass("%s is not allowed, or for the products of aws-marketplace:ProductId alone", subscribe)
}

func policyNoWildcardRoleAssumption(p identity.Policy, _ checks.Env) checks.Verdict {
	const assume = "sts:AssumeRole"
	by := p.Allowing(assume, func(s *iampolicy.Statement) bool {
		return everyRole(s, p.Account) && len(s.Restricting("aws:ResourceOrgID", "aws:ResourceAccount", "iam:ResourceTag/*")) == 0
	})
	if len(by) > 0 {
		return checks.Fail("%s allowed on every role of an account, or in any account, by %s: %s", assume, identity.Names(by), strings.Join(by[0].Statement.Resources, ", ")).
			With("statements", identity.Names(by))
	}
	if over := wildcards(p, assume, ":role/"); over != "" {
		return checks.Pass("%s is allowed on roles of a pattern: %s", assume, over)
	}
	return checks.Pass("%s is not allowed, or on named roles alone", assume)
}

// everyRole says that a statement takes in every role of some account, or a role in
// every account, where anybody can make one of that name.
func everyRole(s *iampolicy.Statement, own string) bool {
	if s.NotResource || s.EveryResourceFor("sts:AssumeRole", own) {
		return true
	}
	for _, r := range s.Resources {
		f := strings.SplitN(r, ":", 6)
		if len(f) < 5 || !iampolicy.Overlaps(f[2], "iam") {
			continue
		}
		switch {
		case strings.ContainsAny(f[4], "*?"): // the pattern may end here
			if len(f) == 5 || iampolicy.Overlaps(f[5], "role/*") {
				return true
			}
		case len(f) == 6 && iampolicy.Covers(f[5], "role/*"):
			return true
		}
	}
	return false
}
