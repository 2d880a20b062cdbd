package access

import (
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// AccountPublicAccessBlocked passes when all four flags are on for the account, whoever
// set them: the answer includes what an organization's S3 policy enforces.
// Source: S3 Control GetPublicAccessBlock.
var AccountPublicAccessBlocked = checks.Check{
	ID:          "s3-account-public-access-blocked",
	Title:       "The account blocks public access to every S3 bucket and access point",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads:       []string{"s3control:GetPublicAccessBlock", "sts:GetCallerIdentity"},
	Remedy:      "Turn on all four settings of S3 Block Public Access for the account.",
	Fix: checks.Fix{
		Threat: "One bucket policy or ACL written in a hurry opens a bucket to the whole internet. The account's block is the one switch that such a mistake cannot get past.",
		CLI:    "aws s3control put-public-access-block --account-id {account} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
		Terraform: `resource "aws_s3_account_public_access_block" "this" {
  block_public_acls       = true
  ignore_public_acls      = true
  block_public_policy     = true
  restrict_public_buckets = true
}`,
		Cost: "Whatever is served from a public bucket stops at once: move those sites behind CloudFront first.",
	},
	Judges: checks.For(snapshot.Accounts, accountPublicAccessBlocked),
}

// BucketPublicAccessBlocked passes when each of the four flags is on for the bucket or
// for its account: AWS applies the stricter, flag by flag.
// Source: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage".
var BucketPublicAccessBlocked = checks.Check{
	ID:          "s3-bucket-public-access-blocked",
	Title:       "Public access to every S3 bucket is blocked, by the bucket or by its account",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads:       []string{"s3:ListBuckets", "s3:GetPublicAccessBlock", "s3control:GetPublicAccessBlock"},
	Remedy:      "Turn on all four settings of S3 Block Public Access, for the account if no bucket must be public, else for this bucket.",
	Fix: checks.Fix{
		Threat: "Anybody who may edit the bucket's policy or ACLs can make it public, on purpose or by mistake. Open buckets are found by scanners within hours.",
		CLI:    "aws s3api put-public-access-block --bucket {name} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
		Terraform: `resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = "{name}"
  block_public_acls       = true
  ignore_public_acls      = true
  block_public_policy     = true
  restrict_public_buckets = true
}`,
		Cost: "Anonymous readers lose access, and other accounts too while the bucket's policy counts as public.",
	},
	Judges: checks.For(snapshot.Buckets, bucketPublicAccessBlocked),
}

// BucketOwnPublicAccessBlock passes when the bucket itself has all four flags on: what is
// left when somebody lifts the account's block, which is not considered.
// Source: S3 GetPublicAccessBlock.
var BucketOwnPublicAccessBlock = checks.Check{
	ID:          "s3-bucket-own-public-access-block",
	Title:       "S3 buckets carry a complete public access block of their own",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads:       []string{"s3:ListBuckets", "s3:GetPublicAccessBlock"},
	Remedy:      "Turn on all four settings of S3 Block Public Access for the bucket.",
	Fix: checks.Fix{
		Threat: "A bucket that rests on the account's block alone is open the day that somebody lifts it for another bucket. Its own block holds whatever the account does.",
		CLI:    "aws s3api put-public-access-block --bucket {name} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
		Terraform: `resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = "{name}"
  block_public_acls       = true
  ignore_public_acls      = true
  block_public_policy     = true
  restrict_public_buckets = true
}`,
		Cost: "Nothing changes while the account blocks the same; else anonymous readers lose access.",
	},
	Judges: checks.For(snapshot.Buckets, bucketOwnPublicAccessBlock),
}

func bucketOwnPublicAccessBlock(b snapshot.Bucket, _ checks.Env) checks.Verdict {
	own, err := b.PublicAccess.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	return blocked(own, "for the bucket")
}

func accountPublicAccessBlocked(a *snapshot.Account, env checks.Env) checks.Verdict {
	block, err := checks.Use(env, a.S3.PublicAccess)
	if err != nil {
		return checks.Unknown(err)
	}
	return blocked(block, "for the account")
}

func bucketPublicAccessBlocked(b snapshot.Bucket, env checks.Env) checks.Verdict {
	own, ownErr := b.PublicAccess.Get()
	if ownErr == nil && len(own.Off()) == 0 {
		return blocked(own, "by the bucket")
	}
	account, accountErr := checks.Use(env, env.Account().S3.PublicAccess)
	switch {
	case accountErr == nil && len(account.Off()) == 0:
		return blocked(account, "by the account")
	case ownErr != nil:
		return checks.Unknown(ownErr)
	case accountErr != nil:
		return checks.Unknown(accountErr).With("off for the bucket", strings.Join(own.Off(), ", "))
	}
	return blocked(own.Or(account), "by the bucket and its account together")
}

// blocked judges flags that are known.
func blocked(block snapshot.PublicAccessBlock, by string) checks.Verdict {
	off := strings.Join(block.Off(), ", ")
	if off == "" {
		return checks.Pass("all four settings are on %s", by).With("off", "")
	}
	return checks.Fail("off %s: %s", by, off).With("off", off)
}
