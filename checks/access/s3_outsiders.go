package access

import (
	"errors"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// BucketPolicyGrantsKnownAccounts passes when every grant of the bucket policy stays with
// the account, the accounts and organizations that the policy file trusts, and AWS's own
// log delivery. A principal without an account id is not known.
// Source: S3 GetBucketPolicy; Organizations DescribeOrganization, field Id.
var BucketPolicyGrantsKnownAccounts = checks.Check{
	ID:          "s3-bucket-policy-grants-known-accounts",
	Title:       "S3 bucket policies grant access to no account outside the known ones",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketPolicy", "sts:GetCallerIdentity", "organizations:DescribeOrganization"},
	Parameters:  checks.Parameters{"trusted_accounts": []string{}, "trusted_organizations": []string{}},
	Remedy:      "Take the grant out, bind it to your organization with aws:PrincipalOrgID, or trust the account.",
	Fix: checks.Fix{
		Threat: "Another account reads or writes your data by a right that you gave it, and everybody with rights there does so too. When its owner changes, the grant stays.",
		CLI: `aws s3api get-bucket-policy --bucket {name} --query Policy --output text > policy.json
aws s3api put-bucket-policy --bucket {name} --policy file://policy.json`,
		Terraform: `data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["{arn}/*"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalOrgID"
      values   = ["o-YOURS"]
    }
  }
}`,
		Cost: "The account that the grant names loses access: ask who it is before. Accounts that are meant belong into known_accounts.",
	},
	Judges: checks.For(snapshot.Buckets, bucketPolicyGrantsKnownAccounts),
}

// BucketPolicyNoControlForOutsiders passes when no principal outside the bucket's account
// gets an action that governs the bucket. Trusted accounts are outside too.
// Source: S3 GetBucketPolicy; AWS Config rule s3-bucket-blacklisted-actions-prohibited.
var BucketPolicyNoControlForOutsiders = checks.Check{
	ID:          "s3-bucket-policy-no-control-for-outsiders",
	Title:       "S3 bucket policies let no other account change a bucket's policy, ACLs, encryption or existence",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketPolicy", "sts:GetCallerIdentity"},
	Parameters: checks.Parameters{"actions": []string{
		"s3:DeleteBucketPolicy", "s3:PutBucketPolicy", "s3:PutBucketAcl", "s3:PutEncryptionConfiguration", "s3:PutObjectAcl",
		"s3:PutBucketPublicAccessBlock", "s3:PutBucketOwnershipControls", "s3:PutBucketVersioning", "s3:PutLifecycleConfiguration",
		"s3:PutReplicationConfiguration", "s3:DeleteBucket", "s3:BypassGovernanceRetention", "s3:PutBucketObjectLockConfiguration",
	}},
	Remedy: "Name the object actions that the other account needs in place of s3:* or s3:Put*.",
	Fix: checks.Fix{
		Threat: "An account outside can rewrite the bucket's policy, turn its encryption off or delete it. From there it takes the rest.",
		CLI: `aws s3api get-bucket-policy --bucket {name} --query Policy --output text > policy.json
aws s3api put-bucket-policy --bucket {name} --policy file://policy.json`,
		Terraform: `data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["{arn}/*"]
    principals {
      type        = "AWS"
      identifiers = ["OTHER-ACCOUNT"]
    }
  }
}`,
		Cost: "The other account keeps the object actions that you write down and loses the rest.",
	},
	Judges: checks.For(snapshot.Buckets, bucketPolicyNoControlForOutsiders),
}

func bucketPolicyGrantsKnownAccounts(b snapshot.Bucket, env checks.Env) checks.Verdict {
	doc, v, ok := policyOf(b)
	switch {
	case !ok:
		return v
	case doc == nil:
		return checks.Pass("there is no bucket policy").With("outside", "")
	}
	own, ownErr := organizations(env)
	known := policy.Known{Accounts: slices.Concat(env.Strings("trusted_accounts"), []string{b.Account}), Organizations: own}
	var outside, unresolved, open, unclear []policy.Grant
	for _, g := range doc.Grants(bucketPolicy, b.Account, "*", ofS3) {
		here := known
		if delivers(g) {
			here.Accounts = slices.Concat(here.Accounts, deliveryAccounts(b.Region))
		}
		switch answer := grantWithin(g, b, here); {
		case toServicesOnly(g) || answer == policy.Yes:
		case answer == policy.CannotTell || g.Unclear:
			unclear = append(unclear, g)
		case ownErr != nil && len(g.Organizations) > 0:
			open = append(open, g)
		case onlyIdentities(g):
			unresolved = append(unresolved, g)
		default:
			outside = append(outside, g)
		}
	}
	switch {
	case len(outside) > 0:
		return checks.Fail("%s", joined(outside)).With("outside", joined(outside))
	case len(open) > 0:
		return checks.Unknown(ownErr).With("on an organization", joined(open))
	case len(unclear) > 0:
		return checks.Unclear("the bucket policy holds statements outside the grammar: %s", issues(doc))
	case len(unresolved) > 0:
		return checks.Unclear("an origin access identity of CloudFront tells no account: %s", joined(unresolved))
	}
	return checks.Pass("every grant of the bucket policy stays with known accounts, organizations and AWS services").With("outside", "")
}

// organizations are those that are trusted: the parameter's, else the account's own. An
// account in none has none.
func organizations(env checks.Env) ([]string, error) {
	if list := env.Strings("trusted_organizations"); len(list) > 0 {
		return list, nil
	}
	own, err := checks.Use(env, env.Account().Org.Organization)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return nil, nil
	case err != nil:
		return nil, err
	case own.ID == "":
		return nil, nil
	}
	return []string{own.ID}, nil
}

// onlyIdentities says that all principals without an account are origin access
// identities (arn:PARTITION:iam::cloudfront:user/…), and that there are no others.
func onlyIdentities(g policy.Grant) bool {
	return !g.Everyone && len(g.Accounts) == 0 && len(g.Unnamed) > 0 && len(g.Federated) == 0 &&
		!slices.ContainsFunc(g.Unnamed, func(p string) bool { return !originAccessIdentity(p) })
}

func originAccessIdentity(principal string) bool {
	return strings.Contains(principal, ":iam::cloudfront:user/")
}

func bucketPolicyNoControlForOutsiders(b snapshot.Bucket, env checks.Env) checks.Verdict {
	doc, v, ok := policyOf(b)
	switch {
	case !ok:
		return v
	case doc == nil:
		return checks.Pass("there is no bucket policy").With("actions", "")
	}
	wanted := env.Strings("actions")
	governs := func(a policy.Action) bool {
		return ofS3(a) && slices.ContainsFunc(wanted, func(w string) bool {
			if !strings.ContainsAny(w+a.Name, "*?") {
				return strings.EqualFold(w, a.Name)
			}
			return policy.CoversFold(w, a.Name) || policy.CoversFold(a.Name, w)
		})
	}
	var outside, unclear []policy.Grant
	for _, g := range doc.Grants(bucketPolicy, b.Account, "*", governs) {
		switch answer := grantWithin(g, b, policy.Known{Accounts: []string{b.Account}}); {
		case toServicesOnly(g) || answer == policy.Yes:
		case answer == policy.CannotTell || g.Unclear:
			unclear = append(unclear, g)
		default:
			outside = append(outside, g)
		}
	}
	switch {
	case len(outside) > 0:
		return checks.Fail("%s", joined(outside)).With("actions", strings.Join(outside[0].Actions, ", "))
	case len(unclear) > 0:
		return checks.Unclear("the bucket policy holds statements outside the grammar: %s", issues(doc))
	}
	return checks.Pass("the bucket policy lets nobody outside the account govern the bucket").With("actions", "")
}
