package access

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// ownerEnforced is the ObjectOwnership that switches ACLs off.
// Source: S3 GetBucketOwnershipControls, field ObjectOwnership.
const ownerEnforced = "BucketOwnerEnforced"

// BucketACLsDisabled passes when policies alone decide. Without ownership controls a
// bucket is as the oldest ones are: ObjectWriter, with ACLs on.
// Source: S3 GetBucketOwnershipControls, field ObjectOwnership.
var BucketACLsDisabled = checks.Check{
	ID:          "s3-bucket-acls-disabled",
	Title:       "S3 buckets have ACLs switched off, so that policies alone decide",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketOwnershipControls"},
	Remedy:      "Move what the ACLs grant into the bucket policy and set Object Ownership to \"Bucket owner enforced\".",
	Fix: checks.Fix{
		Threat: "With ACLs on, whoever writes an object can give it away object by object, and an object of another account may not even belong to the bucket's owner. Nobody reads millions of ACLs.",
		CLI:    "aws s3api put-bucket-ownership-controls --bucket {name} --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'",
		Terraform: `resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = "{name}"
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}`,
		Cost: "Refused while the bucket's ACL grants anything to others; uploads that set an ACL other than bucket-owner-full-control fail afterwards.",
	},
	Judges: checks.For(snapshot.Buckets, bucketACLsDisabled),
}

// BucketACLGrantsNoPublicGroup passes when the ACL names neither public group, whatever
// Block Public Access hides today. The groups' addresses begin with http everywhere.
// Source: S3 GetBucketAcl, Grants; Amazon S3 User Guide, "Access control list (ACL) overview".
var BucketACLGrantsNoPublicGroup = checks.Check{
	ID:          "s3-bucket-acl-grants-no-public-group",
	Title:       "No S3 bucket ACL grants anything to the public groups, even where a block hides it",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketAcl", "s3:GetBucketOwnershipControls"},
	Remedy:      "Take the grants to AllUsers and AuthenticatedUsers out of the bucket's ACL, then switch ACLs off.",
	Fix: checks.Fix{
		Threat: "A grant to everybody waits in the ACL until the block that hides it is lifted. Then the bucket is public without a further change that anyone would notice.",
		CLI: `aws s3api put-bucket-acl --bucket {name} --acl private
aws s3api put-bucket-ownership-controls --bucket {name} --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'`,
		Terraform: `resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = "{name}"
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}`,
		Cost: "Readers who relied on the grant lose access; other grants of the ACL go as well with --acl private.",
	},
	Judges: checks.For(snapshot.Buckets, bucketACLGrantsNoPublicGroup),
}

// BucketACLGranteesKnown passes when the ACL grants nothing to other accounts. Trust is
// by canonical id, which tells no account id. Block Public Access never cuts such grants.
// Source: S3 GetBucketAcl, Grants and Owner.ID; S3 ListBuckets, Owner.ID.
var BucketACLGranteesKnown = checks.Check{
	ID:          "s3-bucket-acl-grantees-known",
	Title:       "S3 bucket ACLs grant nothing to other AWS accounts",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketAcl", "s3:GetBucketOwnershipControls"},
	Parameters:  checks.Parameters{"trusted_canonical_ids": []string{}},
	Remedy:      "Take the other accounts out of the bucket's ACL and name them in the bucket policy, or trust their canonical ids.",
	Fix: checks.Fix{
		Threat: "A grant in an ACL names an account by a canonical id that no reviewer recognises. It works past the bucket policy that everybody reads.",
		CLI:    "aws s3api put-bucket-ownership-controls --bucket {name} --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'",
		Terraform: `resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = "{name}"
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}`,
		Cost: "The other account loses what the ACL gave: write it into the bucket policy first if it is meant.",
	},
	Judges: checks.For(snapshot.Buckets, bucketACLGranteesKnown),
}

// logsDelivery are the canonical ids of awslogsdelivery, which writes CloudFront's
// standard logs, as of 2026-11-24. Source: Amazon CloudFront Developer Guide,
// "Permissions required to configure standard logging and to access your log files".
var logsDelivery = []string{"c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"}

func bucketACLsDisabled(b snapshot.Bucket, _ checks.Env) checks.Verdict {
	ownership, err := b.Ownership.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case ownership == ownerEnforced:
		return checks.Pass("ObjectOwnership is %s", ownership).With("ObjectOwnership", ownership)
	case ownership == "":
		return checks.Fail("there are no ownership controls, so ACLs are on (ObjectWriter)").With("ObjectOwnership", "")
	}
	return checks.Fail("ObjectOwnership is %s, which leaves ACLs on", ownership).With("ObjectOwnership", ownership)
}

// aclOf reads a bucket's ACL. The verdict is of use only where ok is false: ACLs are off,
// or one of the two was not read.
func aclOf(b snapshot.Bucket) (acl snapshot.BucketACL, v checks.Verdict, ok bool) {
	ownership, err := b.Ownership.Get()
	switch {
	case err != nil:
		return acl, checks.Unknown(err), false
	case ownership == ownerEnforced:
		return acl, checks.DoesNotApply("ACLs are off (%s); an older ACL comes back when they are switched on again", ownership), false
	}
	acl, err = b.ACL.Get()
	if err != nil {
		return acl, checks.Unknown(err), false
	}
	return acl, v, true
}

func bucketACLGrantsNoPublicGroup(b snapshot.Bucket, _ checks.Env) checks.Verdict {
	acl, v, ok := aclOf(b)
	if !ok {
		return v
	}
	var public []string
	for _, g := range acl.Grants {
		if g.Type == "Group" && (g.Group == policy.AllUsers || g.Group == policy.AuthenticatedUsers) {
			public = append(public, g.Permission+" to "+g.Group)
		}
	}
	if len(public) > 0 {
		list := strings.Join(public, ", ")
		return checks.Fail("the ACL grants %s", list).With("Grants", list)
	}
	return checks.Pass("none of the ACL's %d grants is to a public group", len(acl.Grants)).With("Grants", "")
}

func bucketACLGranteesKnown(b snapshot.Bucket, env checks.Env) checks.Verdict {
	acl, v, ok := aclOf(b)
	if !ok {
		return v
	}
	known := slices.Concat([]string{acl.Owner}, logsDelivery, env.Strings("trusted_canonical_ids"))
	var foreign []string
	for _, g := range acl.Grants {
		if g.Type == "CanonicalUser" && !slices.Contains(known, g.Canonical) {
			foreign = append(foreign, g.Permission+" to "+g.Canonical)
		}
	}
	list := strings.Join(foreign, ", ")
	switch {
	case len(foreign) > 0:
		return checks.Fail("the ACL grants %s", list).With("Grants", list)
	case acl.Owner == "" || b.Owner == "":
		return checks.Unclear("the answers do not say who owns the bucket (ACL %q, list %q)", acl.Owner, b.Owner)
	case acl.Owner != b.Owner:
		return checks.Fail("the ACL's owner is %s, the account's canonical id is %s", acl.Owner, b.Owner).With("Owner", acl.Owner)
	}
	return checks.Pass("all grants to accounts are to the owner or to known ones").With("Grants", "")
}
