package logging

import (
	"onus/checks"
	"onus/checks/logging/delivery"
	"onus/scanner/snapshot"
)

// CloudTrailBucketAccessLogged passes when a bucket that receives a trail's logs writes
// access logs of its own, into itself too.
// Source: CloudTrail DescribeTrails, S3BucketName; S3 GetBucketLogging, TargetBucket.
var CloudTrailBucketAccessLogged = checks.Check{
	ID:          "s3-cloudtrail-bucket-access-logged",
	Title:       "S3 buckets that receive CloudTrail logs log who reads them",
	Severity:    checks.Low,
	Category:    checks.LoggingOf,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads:       []string{"cloudtrail:DescribeTrails", "s3:ListBuckets", "s3:GetBucketLogging"},
	Remedy:      "Turn on server access logging of the trail's bucket, to another bucket of the same Region and account.",
	Judges:      checks.For(snapshot.Buckets, cloudTrailBucketAccessLogged).And(checks.For(snapshot.TrailsElsewhere, delivery.Elsewhere)),
	Fix: checks.Fix{
		Threat: "Somebody who reads the trail's logs, or tries to delete them, is not seen. The trail itself records neither: its own bucket is usually left out of data events.",
		CLI:    `aws s3api put-bucket-logging --bucket {name} --bucket-logging-status '{"LoggingEnabled":{"TargetBucket":"LOG_BUCKET","TargetPrefix":"{name}/"}}'`,
		Terraform: `resource "aws_s3_bucket_logging" "this" {
  bucket        = "{name}"
  target_bucket = "LOG_BUCKET"
  target_prefix = "{name}/"
}`,
		Cost: "The access logs cost their storage. Their target must be in the same Region and account, use SSE-S3 and have no default retention.",
	},
}

// CloudTrailBucketMFADelete passes when deleting a version of a running trail's logs needs
// a second factor. A lifecycle does not excuse it here: on an audit bucket that choice is
// the finding. Compliance mode of Object Lock is stronger, and allows a lifecycle.
// Source: CloudTrail GetTrailStatus, IsLogging; S3 GetBucketVersioning, MFADelete.
var CloudTrailBucketMFADelete = checks.Check{
	ID:          "s3-cloudtrail-bucket-mfa-delete-enabled",
	Title:       "Deleting CloudTrail logs from their S3 bucket needs a second factor",
	Severity:    checks.Low,
	Category:    checks.LoggingOf,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	Reads: []string{"cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "s3:ListBuckets", "s3:GetBucketVersioning",
		"s3:GetObjectLockConfiguration"},
	Remedy: "Use Object Lock in compliance mode, which also allows a lifecycle; or turn on MFA delete as the root user, over the API.",
	Judges: checks.For(snapshot.Buckets, cloudTrailBucketMFADelete).And(checks.For(snapshot.TrailsElsewhere, runningElsewhere)),
	Fix: checks.Fix{
		Threat: "Whoever takes over an administrator can delete the record of what was done, all versions of it. What happened cannot be reconstructed then.",
		CLI: `aws s3api put-object-lock-configuration --bucket {name} --object-lock-configuration '{"ObjectLockEnabled":"Enabled","Rule":{"DefaultRetention":{"Mode":"COMPLIANCE","Days":365}}}'
aws s3api put-bucket-versioning --bucket {name} --versioning-configuration Status=Enabled,MFADelete=Enabled --mfa "arn:aws:iam::{account}:mfa/root-account-mfa-device 123456"`,
		Terraform: `resource "aws_s3_bucket_object_lock_configuration" "this" {
  bucket = "{name}"
  rule {
    default_retention {
      mode = "COMPLIANCE"
      days = 365
    }
  }
}`,
		Cost: "One of the two commands is enough. Compliance mode cannot be lifted by anybody before its time, so the storage has to be paid until then. MFA delete can only be set by the root user with its access key and device, and AWS refuses a lifecycle beside it.",
	},
}

func cloudTrailBucketAccessLogged(b snapshot.Bucket, env checks.Env) checks.Verdict {
	trails, unread := delivery.To(env, b)
	switch {
	case len(trails) == 0 && unread != nil:
		return checks.Unknown(unread)
	case len(trails) == 0:
		return checks.DoesNotApply("no trail of the scanned Regions delivers to the bucket")
	}
	l, err := b.Logging.Get()
	of := "; it receives the logs of " + delivery.Names(trails)
	switch {
	case err != nil:
		return checks.Unknown(err)
	case l.TargetBucket == b.Name:
		return checks.Pass("access logs go into the bucket itself, among the trail's%s", of).With("TargetBucket", l.TargetBucket)
	case l.TargetBucket != "":
		return checks.Pass("access logs go to %s%s", l.TargetBucket, of).With("TargetBucket", l.TargetBucket)
	}
	return checks.Fail("access logging is off%s", of).With("TargetBucket", "")
}

// running are those of the trails that are logging; the error says why others may be. A
// trail's home tells: a shadow answers for its own Region.
func running(env checks.Env, trails []snapshot.Trail) (on []snapshot.Trail, err error) {
	for _, t := range trails {
		logging, unread := checks.Use(env, t.Logging)
		switch {
		case unread != nil:
			err = unread
		case logging:
			on = append(on, t)
		}
	}
	return on, err
}

func cloudTrailBucketMFADelete(b snapshot.Bucket, env checks.Env) checks.Verdict {
	trails, unlisted := delivery.To(env, b)
	on, unread := running(env, trails)
	if unlisted != nil {
		unread = unlisted
	}
	switch {
	case len(on) == 0 && unread != nil:
		return checks.Unknown(unread)
	case len(on) == 0 && len(trails) > 0:
		return checks.DoesNotApply("no trail that delivers to the bucket is logging: %s", delivery.Names(trails))
	case len(on) == 0:
		return checks.DoesNotApply("no trail of the scanned Regions delivers to the bucket")
	}
	lock, lockErr := b.ObjectLock.Get()
	v, err := b.Versioning.Get()
	of := "; it receives the logs of " + delivery.Names(on)
	switch {
	case lockErr == nil && lock.Mode == "COMPLIANCE":
		return checks.DoesNotApply("Object Lock retains in mode COMPLIANCE, which is stronger%s", of).With("Mode", lock.Mode)
	case lockErr != nil:
		return checks.Unknown(lockErr)
	case err != nil:
		return checks.Unknown(err)
	case v.MFADelete == "Enabled":
		return checks.Pass("MFADelete is Enabled%s", of).With("MFADelete", v.MFADelete)
	case v.MFADelete == "":
		return checks.Fail("MFA delete was never set%s", of).With("MFADelete", "")
	}
	return checks.Fail("MFADelete is %s%s", v.MFADelete, of).With("MFADelete", v.MFADelete)
}

// runningElsewhere is about a trail whose bucket was not scanned.
func runningElsewhere(t snapshot.Trail, env checks.Env) checks.Verdict {
	if on, err := checks.Use(env, t.Logging); err == nil && !on {
		return checks.DoesNotApply("the trail is stopped, and its bucket %s was not scanned", t.Bucket).With("S3BucketName", t.Bucket)
	}
	return delivery.Elsewhere(t, env)
}
