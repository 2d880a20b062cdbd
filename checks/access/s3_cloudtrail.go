package access

import (
	"onus/checks"
	"onus/checks/access/policy"
	"onus/checks/logging/delivery"
	"onus/scanner/snapshot"
)

// CloudTrailBucketNotPublic passes when nobody outside can read from or write to a bucket
// that receives a trail's logs without being named, by ACL and by policy, after what Block
// Public Access cuts. A stopped trail's bucket still holds logs. A waiver of the rows about
// all buckets does not reach this one.
// Source: CloudTrail DescribeTrails, S3BucketName; the same of S3 as those rows.
var CloudTrailBucketNotPublic = checks.Check{
	ID:          "s3-cloudtrail-bucket-not-public",
	Title:       "S3 buckets that receive CloudTrail logs are not public",
	Severity:    checks.Critical,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads: []string{"cloudtrail:DescribeTrails", "s3:ListBuckets", "s3:GetPublicAccessBlock", "s3control:GetPublicAccessBlock", "s3:GetBucketAcl",
		"s3:GetBucketOwnershipControls", "s3:GetBucketPolicy", "s3:GetBucketPolicyStatus"},
	Remedy: "Turn on Block Public Access for the bucket, then take the grants to everybody out of its policy and ACL.",
	Judges: checks.For(snapshot.Buckets, cloudTrailBucketNotPublic).And(checks.For(snapshot.TrailsElsewhere, delivery.Elsewhere)),
	Fix: checks.Fix{
		Threat: "The logs name every user, role, address and resource of the account, which is a map for an attack. Whoever may write can plant or overwrite what an investigation will rest on.",
		CLI: `aws s3api put-public-access-block --bucket {name} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
aws s3api get-bucket-policy --bucket {name} --query Policy --output text
aws s3api put-bucket-acl --bucket {name} --acl private`,
		Terraform: `resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = "{name}"
  block_public_acls       = true
  ignore_public_acls      = true
  block_public_policy     = true
  restrict_public_buckets = true
}`,
		Cost: "CloudTrail goes on delivering: it writes as a service, which the block does not cut. Readers that came without credentials are cut off.",
	},
}

func cloudTrailBucketNotPublic(b snapshot.Bucket, env checks.Env) checks.Verdict {
	trails, unread := delivery.To(env, b)
	switch {
	case len(trails) == 0 && unread != nil:
		return checks.Unknown(unread)
	case len(trails) == 0:
		return checks.DoesNotApply("no trail of the scanned Regions delivers to the bucket")
	}
	read, write := exposed(b, env, policy.PublicRead, "read"), exposed(b, env, policy.PublicWrite, "write")
	v := read
	switch {
	case write.Status == checks.FAIL && read.Status == checks.FAIL:
		v.Reason += "; " + write.Reason
	case write.Status == checks.FAIL, write.Status == checks.UNKNOWN && read.Status != checks.FAIL:
		v = write
	case read.Status == checks.PASS:
		v.Reason = "nobody can read or write without being named: " + closed(b, env)
	}
	v.Reason += "; it receives the logs of " + delivery.Names(trails)
	return v.With("trails", delivery.Names(trails))
}

// closed says why neither way lets anybody in.
func closed(b snapshot.Bucket, env checks.Env) string {
	facts := factsOf(b, env)
	return facts.aclClosed() + "; " + facts.policyClosed()
}
