package access

import (
	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// exposureReads are the operations that the exposure of a bucket rests on.
var exposureReads = []string{"s3:ListBuckets", "s3:GetPublicAccessBlock", "s3control:GetPublicAccessBlock", "s3:GetBucketAcl", "s3:GetBucketOwnershipControls", "s3:GetBucketPolicy", "s3:GetBucketPolicyStatus"}

// BucketNotPubliclyReadable passes when neither the ACL nor the policy lets everybody,
// or everybody with AWS credentials, list or read, after what Block Public Access cuts.
// BlockPublicAcls and BlockPublicPolicy stop new grants only and do not count.
// Source: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage".
var BucketNotPubliclyReadable = checks.Check{
	ID:          "s3-bucket-not-publicly-readable",
	Title:       "Nobody outside can list an S3 bucket or read from it without being named",
	Severity:    checks.Critical,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads:       exposureReads,
	Remedy:      "Turn on Block Public Access for the bucket, then take the grants to everybody out of its policy and ACL; a bucket that is public on purpose gets a waiver.",
	Fix: checks.Fix{
		Threat: "Anybody on the internet can list or read what is in the bucket, without credentials. Such buckets are found and copied by machines.",
		CLI:    "aws s3api put-public-access-block --bucket {name} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
		Terraform: `resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = "{name}"
  block_public_acls       = true
  ignore_public_acls      = true
  block_public_policy     = true
  restrict_public_buckets = true
}`,
		Cost: "Whoever reads it without credentials stops at once. Treat what was in it as known, and look into the access logs.",
	},
	Judges: checks.For(snapshot.Buckets, func(b snapshot.Bucket, env checks.Env) checks.Verdict {
		return exposed(b, env, policy.PublicRead, "read")
	}),
}

// BucketNotPubliclyWritable is the same for every action that neither gets nor lists.
// WRITE_ACP alone lets anyone grant themselves the rest, so it counts as a write.
// Source: Amazon S3 User Guide, "Access control list (ACL) overview".
var BucketNotPubliclyWritable = checks.Check{
	ID:          "s3-bucket-not-publicly-writable",
	Title:       "Nobody outside can write to an S3 bucket, delete from it or change its settings without being named",
	Severity:    checks.Critical,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads:       exposureReads,
	Remedy:      "Turn on Block Public Access for the bucket, then take the grants to everybody out of its policy and ACL.",
	Fix: checks.Fix{
		Threat: "Anybody can put malware or illegal content into the bucket, or delete and replace what your users load from it. You pay for it and answer for it.",
		CLI:    "aws s3api put-public-access-block --bucket {name} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
		Terraform: `resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = "{name}"
  block_public_acls       = true
  ignore_public_acls      = true
  block_public_policy     = true
  restrict_public_buckets = true
}`,
		Cost: "Anonymous writers stop at once. Compare what is in the bucket with what you put there before you trust it.",
	},
	Judges: checks.For(snapshot.Buckets, func(b snapshot.Bucket, env checks.Env) checks.Verdict {
		return exposed(b, env, policy.PublicWrite, "write")
	}),
}

// exposed judges one use of a bucket by everybody.
func exposed(b snapshot.Bucket, env checks.Env, use policy.Use, verb string) checks.Verdict {
	f := factsOf(b, env)
	x := f.bucket.Exposed(use)
	switch x.Answer {
	case policy.Yes:
		return f.open(x, verb)
	case policy.No:
		return checks.Pass("nobody can %s without being named: %s; %s", verb, f.aclClosed(), f.policyClosed()).With("IsPublic", f.bucket.IsPublic.String())
	case policy.CannotTell:
	}
	return f.undecided(x)
}

// facts are what bears on the exposure of a bucket, with why something is not known.
type facts struct {
	bucket                             policy.Bucket
	own, account                       snapshot.PublicAccessBlock
	ownErr, accountErr, aclErr         error
	ownershipErr, policyErr, statusErr error
	unclear                            *checks.Verdict // a policy that cannot be understood
}

func factsOf(b snapshot.Bucket, env checks.Env) *facts {
	f := &facts{bucket: policy.Bucket{Account: b.Account}}
	f.own, f.ownErr = b.PublicAccess.Get()
	f.account, f.accountErr = checks.Use(env, env.Account().S3.PublicAccess)
	f.bucket.Block = policy.Effective(level(f.own, f.ownErr), level(f.account, f.accountErr))

	acl, err := b.ACL.Get()
	f.aclErr, f.bucket.ACLUnread = err, err != nil
	for _, g := range acl.Grants {
		f.bucket.ACL = append(f.bucket.ACL, policy.ACLGrant{Group: g.Group, Canonical: g.Canonical, Permission: g.Permission})
	}
	ownership, err := b.Ownership.Get()
	f.ownershipErr = err
	if err == nil {
		f.bucket.ACLsOff = yes(ownership == ownerEnforced)
	}
	doc, v, ok := policyOf(b)
	f.bucket.Policy, f.bucket.PolicyUnread = doc, !ok
	if _, f.policyErr = b.Policy.Get(); !ok && f.policyErr == nil {
		f.unclear = &v
	}
	public, err := b.IsPublic.Get()
	f.statusErr = err
	if err == nil {
		f.bucket.IsPublic = yes(public)
	}
	return f
}

// level is one level of Block Public Access in the words of package policy.
func level(p snapshot.PublicAccessBlock, err error) policy.BlockPublicAccess {
	if err != nil {
		return policy.BlockPublicAccess{}
	}
	return policy.BlockPublicAccess{
		BlockPublicACLs: yes(p.BlockPublicAcls), IgnorePublicACLs: yes(p.IgnorePublicAcls),
		BlockPublicPolicy: yes(p.BlockPublicPolicy), RestrictPublicBuckets: yes(p.RestrictPublicBuckets),
	}
}

func yes(b bool) policy.Answer {
	if b {
		return policy.Yes
	}
	return policy.No
}
