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
		Threat: "An object that is overwritten or deleted is gone for good, by mistake or by malice. There is no way back from one wrong command.",
		CLI:    "aws s3api put-bucket-versioning --bucket {name} --versioning-configuration Status=Enabled",
		Terraform: `resource "aws_s3_bucket_versioning" "this" {
  bucket = "{name}"
  versioning_configuration {
    status = "Enabled"
  }
}`,
		Cost: "Old versions cost storage until a lifecycle rule ends them. Versioning can be suspended later, never taken back.",
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
