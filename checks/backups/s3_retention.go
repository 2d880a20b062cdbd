package backups

import (
	"fmt"

	"onus/checks"
	"onus/checks/backups/expiry"
	"onus/scanner/snapshot"
)

// BucketLifecycleKeepsRetention passes when no lifecycle rule at work destroys data for good
// before the days that the policy states. On a versioned bucket that is the end of noncurrent
// versions: the end of a current one only writes a delete marker. The soonest end of any rule
// counts, since no rule cancels another. Object Lock wins over a lifecycle.
// Source: S3 GetBucketLifecycleConfiguration, Expiration and NoncurrentVersionExpiration;
// Amazon S3 User Guide, "Object Lock considerations".
var BucketLifecycleKeepsRetention = checks.Check{
	ID:          "s3-bucket-lifecycle-keeps-minimum-retention",
	Title:       "No lifecycle rule destroys data in an S3 bucket before its retention ends",
	Severity:    checks.Medium,
	Category:    checks.BackupsOf,
	Duty:        checks.CustomerData,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketVersioning", "s3:GetBucketLifecycleConfiguration", "s3:GetObjectLockConfiguration"},
	Parameters:  checks.Parameters{"min_retention_days": 0, "per_bucket": map[string]int{}}, // per_bucket: globs of names
	Bounds:      retentionBounds,
	Remedy:      "Lengthen the rule that ends data too soon, or narrow it to what needs no retention.",
	Judges:      checks.For(snapshot.Buckets, bucketLifecycleKeepsRetention),
	Fix: checks.Fix{
		Threat: "Records that the law or a contract asks for are gone before their time, and nobody notices until somebody asks for them. No rule of a lifecycle can be undone once it has run.",
		CLI: `aws s3api get-bucket-lifecycle-configuration --bucket {name} > lifecycle.json
aws s3api put-bucket-lifecycle-configuration --bucket {name} --lifecycle-configuration file://lifecycle.json`,
		Terraform: `resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = "{name}"
  rule {
    id     = "keep-old-versions"
    status = "Enabled"
    filter {
      prefix = ""
    }
    noncurrent_version_expiration {
      noncurrent_days = 365
    }
  }
}`,
		Cost: "What is kept for longer is paid for longer. The call replaces all rules of the bucket: change the rule in the file between the two commands, and leave the others in it.",
	},
}

// retentionBounds refuses days below nought.
func retentionBounds(_ string, value any) error {
	list, ok := value.(map[string]int)
	if n, one := value.(int); one {
		list, ok = map[string]int{"": n}, true
	}
	for _, days := range list {
		if ok && days < 0 {
			return fmt.Errorf("%d days is less than none", days)
		}
	}
	return nil
}

func bucketLifecycleKeepsRetention(b snapshot.Bucket, env checks.Env) checks.Verdict {
	days := minimumDays(b.Name, env)
	if days == 0 {
		return checks.DoesNotApply("the policy states no retention for the bucket")
	}
	rules, err := b.Lifecycle.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case len(rules) == 0:
		return checks.DoesNotApply("there is no lifecycle configuration").With("too soon", "")
	}
	v, err := b.Versioning.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	ends := expiry.Destroying(v.Status, rules, env.AsOf)
	early := expiry.Sooner(ends, days)
	switch {
	case len(ends) == 0:
		return checks.Pass("no rule at work destroys data (versioning %q), and %d days are wanted", v.Status, days).With("too soon", "")
	case len(early) == 0:
		return checks.Pass("%s, and %d days are wanted", expiry.List(ends), days).With("too soon", "")
	}
	found := expiry.List(early)
	lock, err := b.ObjectLock.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case expiry.Locked(lock) >= days:
		return checks.Pass("%s, but Object Lock retains what was written since its default was set for %d days, and %d are wanted", found, expiry.Locked(lock), days).With("too soon", found)
	}
	return checks.Fail("%s, and %d days are wanted (versioning %q)", found, days, v.Status).With("too soon", found)
}

// minimumDays are the days of the bucket's own name, else the most of the globs that match
// it, else those of all buckets.
func minimumDays(bucket string, env checks.Env) int {
	list := env.IntByKey("per_bucket")
	if days, ok := list[bucket]; ok {
		return days
	}
	most := -1
	for pattern, days := range list {
		if glob(pattern, bucket) {
			most = max(most, days)
		}
	}
	if most < 0 {
		return env.Int("min_retention_days")
	}
	return most
}
