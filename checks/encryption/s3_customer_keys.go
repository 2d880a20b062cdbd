package encryption

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// BucketCustomerProvidedKeysBlocked passes when objects cannot be encrypted with keys that
// AWS does not hold: with such keys a stranger can lock the data away.
// Source: S3 GetBucketEncryption, BlockedEncryptionTypes; Amazon S3 User Guide, "Using
// server-side encryption with customer-provided keys (SSE-C)".
var BucketCustomerProvidedKeysBlocked = checks.Check{
	ID:          "s3-bucket-customer-provided-keys-blocked",
	Title:       "S3 buckets refuse objects encrypted with keys that AWS does not hold (SSE-C)",
	Severity:    checks.Medium,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketEncryption", "s3:GetBucketPolicy"},
	Remedy:      "Block SSE-C in the bucket's default encryption.",
	Fix: checks.Fix{
		Threat: "Whoever holds stolen credentials can rewrite objects with a key that only he has, and ask for ransom. AWS cannot decrypt them for you.",
		CLI:    `aws s3api put-bucket-encryption --bucket {name} --server-side-encryption-configuration '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"},"BlockedEncryptionTypes":{"EncryptionType":["SSE-C"]}}]}'`,
		Terraform: `resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = "{name}"
  rule {
    blocked_encryption_types = ["SSE-C"]
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}`,
		Cost: "Writers that use SSE-C are refused. The command replaces the whole default encryption: keep the algorithm and key that the bucket has.",
	},
	Judges: checks.For(snapshot.Buckets, bucketCustomerProvidedKeysBlocked),
}

const ssecKey = "s3:x-amz-server-side-encryption-customer-algorithm"

func bucketCustomerProvidedKeysBlocked(b snapshot.Bucket, _ checks.Env) checks.Verdict {
	e, err := b.Encryption.Get()
	if err == nil && e.Blocks("SSE-C") {
		return checks.Pass("the default encryption blocks SSE-C").With("BlockedEncryptionTypes", "SSE-C")
	}
	denies, v, ok := bucketDenies(b)
	if i := slices.IndexFunc(denies, func(s *policy.Statement) bool { return refusesSSEC(s, b) }); i >= 0 {
		return checks.Pass("%s refuses objects with customer-provided keys", denies[i].Name()).With("BlockedEncryptionTypes", "")
	}
	switch s := unclearAmong(denies); {
	case err != nil:
		return checks.Unknown(err)
	case !ok:
		return v
	case s != nil:
		return checks.Unclear("%s holds something outside the grammar", s.Name())
	}
	return checks.Fail("neither the default encryption nor the bucket policy refuses SSE-C; a resource control policy of the organization might, which a member account cannot read").With("BlockedEncryptionTypes", "")
}

// refusesSSEC says that a Deny refuses everyone whose request brings the header of SSE-C.
func refusesSSEC(s *policy.Statement, b snapshot.Bucket) bool {
	if s.Unclear || !toEveryone(s) || !onAllObjects(s, b, "s3:PutObject") || len(s.Conditions) != 1 {
		return false
	}
	c := &s.Conditions[0]
	return c.Is(ssecKey) && operator(c) == "null" && len(c.Values) == 1 && strings.EqualFold(c.Values[0], "false")
}
