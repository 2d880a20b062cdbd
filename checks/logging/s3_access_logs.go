package logging

import (
	"onus/checks"
	"onus/checks/logging/recorded"
	"onus/scanner/snapshot"
)

// BucketAccessLogging passes when a bucket writes server access logs to some bucket. What
// receives the logs of another own bucket is left out, or logs of logs would never end.
// With accept_data_events CloudTrail's record of reads and writes is as good; it is read
// where the rows on data events run too.
// Source: S3 GetBucketLogging, LoggingEnabled.TargetBucket (an empty answer: off).
var BucketAccessLogging = checks.Check{
	ID:             "s3-bucket-access-logging-enabled",
	Title:          "S3 buckets log who asked for what",
	Severity:       checks.Medium,
	Category:       checks.LoggingOf,
	Duty:           checks.AccessControl,
	ServiceKind:    checks.Abstracted,
	Tier:           1,
	Reads:          []string{"s3:ListBuckets", "s3:GetBucketLogging"},
	Parameters:     checks.Parameters{"exempt_log_targets": true, "accept_data_events": false},
	Remedy:         "Turn on server access logging to a bucket of its own in the same Region and account.",
	Judges:         checks.For(snapshot.Buckets, bucketAccessLogging),
	FailWhenUnread: true,
	Fix: checks.Fix{
		Threat: "Nobody can say afterwards who listed, read or deleted objects, nor from which address. After a leak the whole bucket has to be taken as copied.",
		CLI: `aws s3api put-bucket-logging --bucket {name} --bucket-logging-status '{"LoggingEnabled":{"TargetBucket":"LOG_BUCKET","TargetPrefix":"{name}/"}}'
aws s3api get-bucket-logging --bucket {name}`,
		Terraform: `resource "aws_s3_bucket_logging" "this" {
  bucket        = "{name}"
  target_bucket = "LOG_BUCKET"
  target_prefix = "{name}/"
}`,
		Cost: "The logs are stored as objects and cost what their storage costs. The target must be in the same Region and account, use SSE-S3, have no default retention, and let logging.s3.amazonaws.com write by its policy. Delivery takes hours and is best effort.",
	},
}

func bucketAccessLogging(b snapshot.Bucket, env checks.Env) checks.Verdict {
	l, err := b.Logging.Get()
	switch {
	case err != nil:
		return orDataEvents(b, env, checks.Unknown(err))
	case l.TargetBucket == b.Name:
		return checks.Pass("access logs go into the bucket itself, so that each delivery is logged too").With("TargetBucket", l.TargetBucket)
	case l.TargetBucket != "":
		return checks.Pass("access logs go to %s under %q", l.TargetBucket, l.TargetPrefix).With("TargetBucket", l.TargetBucket)
	}
	unread := ""
	if env.Bool("exempt_log_targets") {
		if source, err := checks.Find(env, snapshot.LogTargets, b.Location, b.Name); err == nil {
			return checks.DoesNotApply("the bucket receives the access logs of %s", source.Name).With("TargetBucket", "")
		}
		if source, err := checks.Find(env, snapshot.LogTargets, b.Location, ""); err == nil {
			unread = "; whether it receives those of others is not known for all: " + source.Err.Error()
		}
	}
	return orDataEvents(b, env, checks.Fail("access logging is off%s", unread).With("TargetBucket", ""))
}

// orDataEvents takes CloudTrail's data events in place of access logs where the policy
// accepts them.
func orDataEvents(b snapshot.Bucket, env checks.Env, logs checks.Verdict) checks.Verdict {
	if !env.Bool("accept_data_events") {
		return logs
	}
	reads, writes := dataEvents(b, env, recorded.Reads), dataEvents(b, env, recorded.Writes)
	for _, v := range []checks.Verdict{reads, writes} {
		switch v.Status {
		case checks.PASS:
		case checks.UNKNOWN:
			v.Reason = logs.Reason + "; and of CloudTrail: " + v.Reason
			return v
		default:
			logs.Reason += "; and of CloudTrail: " + v.Reason
			return logs
		}
	}
	return checks.Pass("%s; %s; %s", logs.Reason, reads.Reason, writes.Reason).With("TargetBucket", "")
}
