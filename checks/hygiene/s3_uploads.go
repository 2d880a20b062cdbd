package hygiene

import (
	"fmt"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// BucketUploadsAborted passes when a rule at work over the whole bucket ends unfinished
// multipart uploads soon enough. Their parts are data at rest that no list of objects shows.
// Source: S3 GetBucketLifecycleConfiguration, AbortIncompleteMultipartUpload.
var BucketUploadsAborted = checks.Check{
	ID:          "s3-bucket-incomplete-uploads-aborted",
	Title:       "S3 buckets drop multipart uploads that were never finished",
	Severity:    checks.Info,
	Category:    checks.Hygiene,
	Duty:        checks.CustomerData,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketLifecycleConfiguration"},
	Parameters:  checks.Parameters{"max_days": 30},
	Bounds:      checks.AtLeast(0),
	Remedy:      "Add a lifecycle rule over the whole bucket that ends unfinished uploads after a week.",
	Judges:      checks.For(snapshot.Buckets, bucketUploadsAborted),
	Fix: checks.Fix{
		Threat: "Parts of uploads that broke off stay for ever: they are stored and paid, hold customers' data, and stand in no list of objects. A deletion that the law asks for does not reach them.",
		CLI: `aws s3api get-bucket-lifecycle-configuration --bucket {name} > lifecycle.json
aws s3api put-bucket-lifecycle-configuration --bucket {name} --lifecycle-configuration '{"Rules":[{"ID":"unfinished-uploads","Status":"Enabled","Filter":{"Prefix":""},"AbortIncompleteMultipartUpload":{"DaysAfterInitiation":7}}]}'`,
		Terraform: `resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = "{name}"
  rule {
    id     = "unfinished-uploads"
    status = "Enabled"
    filter {
      prefix = ""
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}`,
		Cost: "Uploads that take longer than the rule says are broken off. The second command replaces all rules of the bucket: where the first shows some, add the new one to them.",
	},
}

func bucketUploadsAborted(b snapshot.Bucket, env checks.Env) checks.Verdict {
	rules, err := b.Lifecycle.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	most := env.Int("max_days")
	var near []string
	for _, r := range rules {
		days := int(r.AbortDays)
		said := fmt.Sprintf("rule %q ends unfinished uploads after %d days", r.ID, days)
		switch {
		case days == 0:
		case !r.Enabled():
			near = append(near, said+", but is "+r.Status)
		case !r.WholeBucket:
			near = append(near, said+", in a part of the bucket: "+r.Filter)
		case days > most:
			near = append(near, said)
		default:
			return checks.Pass("%s", said).With("DaysAfterInitiation", fmt.Sprint(days))
		}
	}
	switch {
	case len(near) > 0:
		return checks.Fail("%s; wanted is %d days over the whole bucket", strings.Join(near, "; "), most).With("DaysAfterInitiation", "")
	case len(rules) > 0:
		return checks.Fail("none of %d lifecycle rules ends unfinished uploads", len(rules)).With("DaysAfterInitiation", "")
	}
	return checks.Fail("there is no lifecycle configuration").With("DaysAfterInitiation", "")
}
