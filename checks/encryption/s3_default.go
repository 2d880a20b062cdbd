package encryption

import (
	"slices"

	"onus/checks"
	"onus/scanner/snapshot"
)

// BucketDefaultEncryption passes when S3 encrypts every new object of the bucket. It
// says nothing of objects that were written before. AWS has answered AES256 for every
// bucket since January 2023; compatible stores may still hold buckets without.
// Source: S3 GetBucketEncryption, ApplyServerSideEncryptionByDefault.SSEAlgorithm.
var BucketDefaultEncryption = checks.Check{
	ID:          "s3-bucket-default-encryption-enabled",
	Title:       "S3 buckets encrypt every new object by default",
	Severity:    checks.Medium,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketEncryption"},
	Remedy:      "Set the bucket's default encryption to SSE-S3 or SSE-KMS; objects that exist keep the state they have until they are copied.",
	Fix: checks.Fix{
		Threat: "Objects stored before a default was set may lie unencrypted, and nobody notices. What is not encrypted is readable to whoever gets at the storage.",
		CLI:    `aws s3api put-bucket-encryption --bucket {name} --server-side-encryption-configuration '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"}}]}'`,
		Terraform: `resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = "{name}"
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}`,
		Cost: "Nothing for readers and writers; objects that exist keep the state they have until they are copied over themselves.",
	},
	Judges: checks.For(snapshot.Buckets, bucketDefaultEncryption),
}

// encryptingAlgorithms are the values of SSEAlgorithm that encrypt.
var encryptingAlgorithms = []string{"AES256", "aws:kms", "aws:kms:dsse"}

func bucketDefaultEncryption(b snapshot.Bucket, _ checks.Env) checks.Verdict {
	e, err := b.Encryption.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	rule, ok := e.Default()
	switch {
	case !ok:
		return checks.Fail("no default encryption is set").With("SSEAlgorithm", "")
	case slices.Contains(encryptingAlgorithms, rule.Algorithm):
		return checks.Pass("new objects are encrypted with %s", rule.Algorithm).With("SSEAlgorithm", rule.Algorithm)
	}
	return checks.Unclear("the algorithm %q is not one that AWS documents", rule.Algorithm).With("SSEAlgorithm", rule.Algorithm)
}
