package backups

import (
	"onus/checks"
	"onus/scanner/snapshot"
)

// BucketVersioning passes when an overwritten or deleted object can be brought back.
// Suspended keeps old versions but makes no new ones, so it fails.
// Source: S3 GetBucketVersioning, field Status (absent: never enabled).
var BucketVersioning = checks.Check{
	ID:          "s3-bucket-versioning-enabled",
	Title:       "S3 buckets keep earlier versions of their objects",
	Severity:    checks.Medium,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketVersioning"},
	Remedy:      "Turn on versioning, and expire old versions with a lifecycle rule.",
	Fix: checks.Fix{
		Threat: "A faulty program, or somebody with a stolen key that may write, overwrites or deletes objects, and what was in them is gone at once. Without earlier versions there is nothing to go back to.",
		CLI:    "aws s3api put-bucket-versioning --region {region} --bucket {name} --versioning-configuration Status=Enabled",
		Terraform: `resource "aws_s3_bucket_versioning" "this" {
  bucket = "{name}"

  versioning_configuration {
    status = "Enabled"
  }
}`,
		Cost: "Every overwritten or deleted version is stored and paid for until a lifecycle rule expires it. Versioning can be suspended later, but never be taken off the bucket again.",
	},
	Judges: checks.For(snapshot.Buckets, bucketVersioning),
}

func bucketVersioning(b snapshot.Bucket, _ checks.Env) checks.Verdict {
	v, err := b.Versioning.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case v.Status == "Enabled":
		return checks.Pass("versioning is Enabled").With("Status", v.Status)
	case v.Status == "":
		return checks.Fail("versioning was never enabled").With("Status", v.Status)
	default:
		return checks.Fail("versioning is %q, want Enabled", v.Status).With("Status", v.Status)
	}
}
