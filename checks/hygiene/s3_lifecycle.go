package hygiene

import (
	"slices"
	"strconv"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// BucketLifecycleConfigured passes when some lifecycle rule is at work, whatever it does.
// Source: S3 GetBucketLifecycleConfiguration, Rules.Status.
var BucketLifecycleConfigured = checks.Check{
	ID:          "s3-bucket-lifecycle-configured",
	Title:       "S3 buckets have a lifecycle rule at work",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.CustomerData,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketLifecycleConfiguration"},
	Remedy:      "Add a lifecycle rule that says when objects move or end, and enable it.",
	Fix: checks.Fix{
		Threat: "Data that nobody ever deletes is data that can still leak, and it costs each month. Parts of broken uploads lie there unseen.",
		CLI:    `aws s3api put-bucket-lifecycle-configuration --bucket {name} --lifecycle-configuration '{"Rules":[{"ID":"unfinished-uploads","Status":"Enabled","Filter":{},"AbortIncompleteMultipartUpload":{"DaysAfterInitiation":7}}]}'`,
		Terraform: `resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = "{name}"
  rule {
    id     = "unfinished-uploads"
    status = "Enabled"
    filter {}
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}`,
		Cost: "The command replaces all rules. Expiry deletes for good where the bucket has no versions: agree on the days first.",
	},
	Judges: checks.For(snapshot.Buckets, bucketLifecycleConfigured),
}

// BucketNoncurrentVersionsManaged passes when a rule says when old versions move or end.
// A rule about current objects alone does not. Suspended buckets still hold old versions.
// Source: S3 GetBucketLifecycleConfiguration, NoncurrentVersionExpiration and
// NoncurrentVersionTransitions.
var BucketNoncurrentVersionsManaged = checks.Check{
	ID:          "s3-bucket-noncurrent-versions-managed",
	Title:       "S3 buckets with versioning say when old versions move or end",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.CustomerData,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketVersioning", "s3:GetBucketLifecycleConfiguration"},
	Parameters:  checks.Parameters{"strict": false},
	Remedy:      "Add a lifecycle rule over the whole bucket that moves or ends noncurrent versions.",
	Fix: checks.Fix{
		Threat: "Old versions keep what people believe to be deleted, personal data as well. They also grow without end.",
		CLI:    `aws s3api put-bucket-lifecycle-configuration --bucket {name} --lifecycle-configuration '{"Rules":[{"ID":"old-versions","Status":"Enabled","Filter":{},"NoncurrentVersionExpiration":{"NoncurrentDays":90}}]}'`,
		Terraform: `resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = "{name}"
  rule {
    id     = "old-versions"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration {
      noncurrent_days = 90
    }
  }
}`,
		Cost: "The command replaces all rules. Versions older than the days are gone for good: choose no fewer than a restore may need.",
	},
	Judges: checks.For(snapshot.Buckets, bucketNoncurrentVersionsManaged),
}

func bucketLifecycleConfigured(b snapshot.Bucket, _ checks.Env) checks.Verdict {
	rules, err := b.Lifecycle.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	on := 0
	for _, r := range rules {
		if r.Enabled() {
			on++
		}
	}
	count := strconv.Itoa(on)
	switch {
	case on > 0:
		return checks.Pass("%d of %d lifecycle rules are Enabled", on, len(rules)).With("enabled rules", count)
	case len(rules) > 0:
		return checks.Fail("all %d lifecycle rules are Disabled", len(rules)).With("enabled rules", count)
	}
	return checks.Fail("there is no lifecycle configuration").With("enabled rules", count)
}

func bucketNoncurrentVersionsManaged(b snapshot.Bucket, env checks.Env) checks.Verdict {
	v, err := b.Versioning.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case v.Status == "":
		return checks.DoesNotApply("versioning was never enabled, so there are no old versions")
	}
	rules, err := b.Lifecycle.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	strict := env.Bool("strict")
	managing := slices.DeleteFunc(slices.Clone(rules), func(r snapshot.LifecycleRule) bool {
		return !r.Enabled() || !r.NoncurrentExpiration && r.NoncurrentTransitions == 0
	})
	whole := slices.ContainsFunc(managing, func(r snapshot.LifecycleRule) bool { return r.WholeBucket })
	switch {
	case whole:
		return checks.Pass("a rule over the whole bucket says when old versions move or end: %s", ruleIDs(managing)).With("rules", ruleIDs(managing))
	case len(managing) > 0 && !strict:
		return checks.Pass("a rule over a part of the bucket says when old versions move or end: %s", ruleIDs(managing)).With("rules", ruleIDs(managing))
	case len(managing) > 0:
		return checks.Fail("only parts of the bucket have a rule for old versions: %s", ruleIDs(managing)).With("rules", ruleIDs(managing))
	}
	return checks.Fail("versioning is %s, and none of %d lifecycle rules is Enabled and about old versions", v.Status, len(rules)).With("rules", "")
}

// ruleIDs names rules; AWS gives one to each that has none, others may not.
func ruleIDs(rules []snapshot.LifecycleRule) string {
	var out []string
	for _, r := range rules {
		out = append(out, strconv.Quote(r.ID))
	}
	return strings.Join(out, ", ")
}
