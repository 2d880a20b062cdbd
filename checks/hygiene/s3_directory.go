package hygiene

import (
	"slices"

	"onus/checks"
	"onus/scanner/snapshot"
)

// DirectoryBucketLifecycle passes when a directory bucket has a lifecycle rule at work, one
// that ends objects after expiration_days where that is stated. Directory buckets know
// expiry and the end of unfinished uploads only.
// Source: S3 GetBucketLifecycleConfiguration of the directory bucket, Rules.Status.
var DirectoryBucketLifecycle = checks.Check{
	ID:          "s3-directory-bucket-lifecycle-configured",
	Title:       "S3 directory buckets have a lifecycle rule at work",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.CustomerData,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	Reads:       []string{"s3:ListDirectoryBuckets", "s3:GetBucketLifecycleConfiguration"},
	Parameters:  checks.Parameters{"expiration_days": 0},
	Bounds:      checks.AtLeast(0),
	Remedy:      "Add a lifecycle rule that ends objects when they are no longer needed, and enable it.",
	Judges:      checks.For(snapshot.DirectoryBuckets, directoryBucketLifecycle),
	Fix: checks.Fix{
		Threat: "What was meant as fast scratch space becomes a store that nobody clears. Data stays for longer than it was needed or promised.",
		CLI:    `aws s3api put-bucket-lifecycle-configuration --bucket {name} --lifecycle-configuration '{"Rules":[{"ID":"expire","Status":"Enabled","Filter":{"Prefix":""},"Expiration":{"Days":30},"AbortIncompleteMultipartUpload":{"DaysAfterInitiation":1}}]}'`,
		Terraform: `resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = "{name}"
  rule {
    id     = "expire"
    status = "Enabled"
    filter {
      prefix = ""
    }
    expiration {
      days = 30
    }
  }
}`,
		Cost: "Objects older than the rule says are deleted for good: directory buckets keep no versions. The call goes to the Region's control endpoint and needs s3express:PutLifecycleConfiguration.",
	},
}

func directoryBucketLifecycle(b snapshot.Bucket, env checks.Env) checks.Verdict {
	v := bucketLifecycleConfigured(b, env)
	days := env.Int("expiration_days")
	rules, err := b.Lifecycle.Get()
	if v.Status != checks.PASS || days == 0 || err != nil {
		return v
	}
	if slices.ContainsFunc(rules, func(r snapshot.LifecycleRule) bool { return r.Enabled() && int(r.ExpirationDays) == days }) {
		return v
	}
	return checks.Fail("no rule that is Enabled ends objects after %d days", days).With("enabled rules", v.Observed["enabled rules"])
}
