package access

import (
	"strconv"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/checks/sampled"
	"onus/scanner/snapshot"
)

// ObjectSampleNotPublic passes when no sampled object's own ACL names a public group. It
// speaks of the sample only, and of buckets in which objects' ACLs have effect.
// Source: S3 GetObjectAcl, Grants; Amazon S3 User Guide, "Access control list overview".
var ObjectSampleNotPublic = checks.Check{
	ID:          "s3-object-sample-not-public",
	Title:       "No sampled S3 object is opened to the public by its own ACL",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	OptIn:       sampled.OptIn,
	Reads: []string{"s3:ListBuckets", "s3:ListObjectsV2", "s3:GetObjectAcl", "s3:GetPublicAccessBlock", "s3control:GetPublicAccessBlock",
		"s3:GetBucketOwnershipControls"},
	Parameters: sampled.Parameters(nil),
	Bounds:     sampled.Bounds,
	Remedy:     "Set Object Ownership to \"Bucket owner enforced\": all ACLs of objects lose their effect at once.",
	Judges:     checks.For(snapshot.Buckets, objectSampleNotPublic),
	Fix: checks.Fix{
		Threat: "Anybody who guesses or is given a key downloads the object, though bucket policy and bucket ACL let nobody in. Whoever may write objects can open them one by one.",
		CLI: `aws s3api put-bucket-ownership-controls --bucket {name} --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'
aws s3api put-public-access-block --bucket {name} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true`,
		Terraform: `resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = "{name}"
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}`,
		Cost: "Readers that came by an object's ACL are cut off, and uploads that ask for another ACL than bucket-owner-full-control fail. Before it, move what the bucket's ACL grants into its policy.",
	},
}

func objectSampleNotPublic(b snapshot.Bucket, env checks.Env) checks.Verdict {
	ownership, ownershipErr := b.Ownership.Get()
	own, ownErr := b.PublicAccess.Get()
	account, accountErr := checks.Use(env, env.Account().S3.PublicAccess)
	switch {
	case ownershipErr == nil && ownership == ownerEnforced:
		return checks.DoesNotApply("ACLs are off (%s): those of objects have no effect", ownership).With("ObjectOwnership", ownership)
	case ownErr == nil && own.IgnorePublicAcls:
		return checks.DoesNotApply("IgnorePublicAcls is on for the bucket: public grants in ACLs have no effect").With("IgnorePublicAcls", "true")
	case accountErr == nil && account.IgnorePublicAcls:
		return checks.DoesNotApply("IgnorePublicAcls is on for the account: public grants in ACLs have no effect").With("IgnorePublicAcls", "true")
	}
	for _, err := range []error{ownershipErr, ownErr, accountErr} {
		if err != nil {
			return checks.Unknown(err)
		}
	}
	s, v, ok := sampled.Of(b, env)
	if !ok {
		return v
	}
	public := 0
	var lacking error
	for _, o := range s.Objects {
		grants, err := checks.Use(env, o.ACL)
		if err != nil {
			lacking = err
		}
		for _, g := range grants {
			if g.Type == "Group" && (g.Group == policy.AllUsers || g.Group == policy.AuthenticatedUsers) {
				public++
				break
			}
		}
	}
	count := strconv.Itoa(public)
	switch {
	case public > 0:
		return s.In(checks.Fail("objects opened to the public by their own ACL: %d; %s", public, s.Told()).With("public", count))
	case lacking != nil:
		return s.In(checks.Unknown(lacking))
	}
	return s.In(checks.Pass("no object is opened to the public by its own ACL: %s", s.Told()).With("public", count))
}
