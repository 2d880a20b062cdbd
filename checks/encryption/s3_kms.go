package encryption

import (
	"strconv"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// BucketDefaultEncryptionKMS passes when new objects are encrypted by AWS KMS, with a key
// of the account's or with AWS's own. A bucket that receives access logs needs SSE-S3:
// delivery there supports no KMS default. Source: S3 GetBucketEncryption, SSEAlgorithm;
// Amazon S3 User Guide, "Enabling Amazon S3 server access logging".
var BucketDefaultEncryptionKMS = checks.Check{
	ID:          "s3-bucket-default-encryption-kms",
	Title:       "S3 buckets encrypt new objects with AWS KMS by default",
	Severity:    checks.Medium,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketEncryption", "s3:GetBucketLogging"},
	Remedy:      "Set the bucket's default encryption to SSE-KMS, unless anonymous visitors must read it: they cannot use a key.",
	Fix: checks.Fix{
		Threat: "With SSE-S3 whoever may read the object gets it decrypted, and no log tells of the key's use. A KMS key is a second lock with its own policy and its own trail.",
		CLI:    `aws s3api put-bucket-encryption --bucket {name} --server-side-encryption-configuration '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"KEY-ARN"},"BucketKeyEnabled":true}]}'`,
		Terraform: `resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = "{name}"
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = "KEY-ARN"
    }
  }
}`,
		Cost: "Readers and writers need rights on the key, other accounts too; KMS requests cost, a bucket key cuts them. Server access logs cannot be delivered to a bucket with KMS.",
	},
	Judges:         checks.For(snapshot.Buckets, bucketDefaultEncryptionKMS),
	FailWhenUnread: true,
}

// BucketKeyEnabled passes when a bucket with a KMS default uses a bucket key, which asks
// KMS less often. With it the encryption context is the bucket's ARN, so key policies that
// pin an object's ARN break: advice, not a breach. DSSE knows no bucket keys.
// Source: S3 GetBucketEncryption, BucketKeyEnabled (absent: false).
var BucketKeyEnabled = checks.Check{
	ID:          "s3-bucket-key-enabled",
	Title:       "S3 buckets with KMS encryption use a bucket key",
	Severity:    checks.Info,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketEncryption"},
	Remedy:      "Turn on the bucket key in the bucket's default encryption, if no key policy pins objects' ARNs.",
	Fix: checks.Fix{
		Threat: "Without a bucket key every object asks KMS by itself. That costs, and a busy bucket can run into the quota of KMS and be refused.",
		CLI:    `aws s3api put-bucket-encryption --bucket {name} --server-side-encryption-configuration '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"KEY-ARN"},"BucketKeyEnabled":true}]}'`,
		Terraform: `resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = "{name}"
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = "KEY-ARN"
    }
  }
}`,
		Cost: "CloudTrail then shows fewer KMS events, with the bucket in place of the object as encryption context: key policies that name objects' ARNs must change.",
	},
	Judges: checks.For(snapshot.Buckets, bucketKeyEnabled),
}

func bucketDefaultEncryptionKMS(b snapshot.Bucket, env checks.Env) checks.Verdict {
	e, err := b.Encryption.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	rule, _ := e.Default()
	if strings.HasPrefix(rule.Algorithm, "aws:kms") {
		key := rule.KMSMasterKeyID
		if key == "" {
			key = "AWS's own key aws/s3"
		}
		return checks.Pass("new objects are encrypted with %s by %s", rule.Algorithm, key).With("SSEAlgorithm", rule.Algorithm)
	}
	if source, err := checks.Find(env, snapshot.LogTargets, b.Location, b.Name); err == nil {
		return checks.DoesNotApply("the bucket receives the access logs of %s, and delivery there needs SSE-S3", source.Name).With("SSEAlgorithm", rule.Algorithm)
	}
	unread := ""
	if source, err := checks.Find(env, snapshot.LogTargets, b.Location, ""); err == nil {
		unread = "; whether it receives access logs is not known for all: " + source.Err.Error()
	}
	if rule.Algorithm == "" {
		return checks.Fail("no default encryption is set%s", unread).With("SSEAlgorithm", "")
	}
	return checks.Fail("new objects are encrypted with %s, not by KMS%s", rule.Algorithm, unread).With("SSEAlgorithm", rule.Algorithm)
}

func bucketKeyEnabled(b snapshot.Bucket, _ checks.Env) checks.Verdict {
	e, err := b.Encryption.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	rule, ok := e.Default()
	on := strconv.FormatBool(rule.BucketKeyEnabled)
	switch {
	case !ok:
		return checks.DoesNotApply("no default encryption is set")
	case rule.Algorithm != "aws:kms":
		return checks.DoesNotApply("new objects are encrypted with %s, which uses no bucket key", rule.Algorithm).With("BucketKeyEnabled", on)
	case rule.BucketKeyEnabled:
		return checks.Pass("the bucket key is on").With("BucketKeyEnabled", on)
	}
	return checks.Fail("the bucket key is off: KMS is asked for each object").With("BucketKeyEnabled", on)
}
