package encryption

import (
	"slices"
	"strconv"
	"time"

	"onus/checks"
	"onus/checks/sampled"
	"onus/scanner/snapshot"
)

// ObjectSampleEncryptedAtRest passes when every sampled object is encrypted at rest, and if
// strict, no weaker than the bucket's default. The oldest listed object is always in the
// sample: the default encrypts new objects only, and those from before 2023 may be plain.
// Source: S3 HeadObject, x-amz-server-side-encryption.
var ObjectSampleEncryptedAtRest = checks.Check{
	ID:          "s3-object-sample-encrypted-at-rest",
	Title:       "Every sampled S3 object is encrypted at rest as its bucket now demands",
	Severity:    checks.Medium,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	OptIn:       sampled.OptIn,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketEncryption", "s3:ListObjectsV2", "s3:HeadObject"},
	Parameters:  sampled.Parameters(checks.Parameters{"strict": false}),
	Bounds:      sampled.Bounds,
	Remedy:      "Copy the old objects onto themselves, by S3 Batch Operations where there are many: a copy takes the bucket's default.",
	Judges:      checks.For(snapshot.Buckets, objectSampleEncryptedAtRest),
	Fix: checks.Fix{
		Threat: "Objects that were written before the bucket had a default still lie in plain, though every setting says otherwise. An audit by settings alone certifies what is not so.",
		CLI: `aws s3 cp s3://{name}/ s3://{name}/ --recursive --sse aws:kms --metadata-directive COPY
aws s3api head-object --bucket {name} --key KEY --query ServerSideEncryption`,
		Cost: "Every copy is a new version: the old, plain ones stay until they are deleted, and objects in Glacier must be restored first. Copies are requests that cost, and change LastModified, by which lifecycle rules count.",
	},
}

// ObjectSampleNoCustomerKey passes when no sampled object asks for a key that its reader
// must bring. The status 400 is all that tells, and the list that worked by the same client
// rules out that the request was at fault.
// Source: S3 API Reference, HeadObject, "400 Bad Request"; Amazon S3 User Guide, SSE-C.
var ObjectSampleNoCustomerKey = checks.Check{
	ID:          "s3-object-sample-no-customer-provided-key",
	Title:       "No sampled S3 object is locked under a customer-provided key",
	Severity:    checks.Medium,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	OptIn:       sampled.OptIn,
	Reads:       objectReads,
	Parameters:  sampled.Parameters(nil),
	Bounds:      sampled.Bounds,
	Remedy:      "Find out who wrote the objects; if nobody knows, treat it as extortion. Block SSE-C in the bucket's default encryption.",
	Judges:      checks.For(snapshot.Buckets, objectSampleNoCustomerKey),
	Fix: checks.Fix{
		Threat: "AWS does not hold the key: without it the objects are lost, and no support can bring them back. That is how data in S3 is held to ransom, with nothing but the right to write.",
		CLI: `aws s3api list-object-versions --bucket {name} --prefix KEY
aws s3api get-bucket-encryption --bucket {name} > encryption.json
aws s3api put-bucket-encryption --bucket {name} --server-side-encryption-configuration '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"},"BlockedEncryptionTypes":{"EncryptionType":["SSE-C"]}}]}'`,
		Terraform: `resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = "{name}"
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
    blocked_encryption_types = ["SSE-C"]
  }
}`,
		Cost: "The last command sets the whole configuration: put the bucket's own algorithm and key into it. Writers that use SSE-C on purpose are refused from then on; what is there stays readable with its key.",
	},
}

func objectSampleEncryptedAtRest(b snapshot.Bucket, env checks.Env) checks.Verdict {
	s, v, ok := sampled.Of(b, env)
	if !ok {
		return v
	}
	rule, encryptionErr := snapshot.EncryptionRule{}, error(nil)
	if env.Bool("strict") {
		var e snapshot.BucketEncryption
		e, encryptionErr = b.Encryption.Get()
		rule, _ = e.Default()
	}
	want := slices.Index(encryptingAlgorithms, rule.Algorithm)
	heads, objects, lacking := s.Heads(env)
	plain, weaker, strange := 0, 0, ""
	var oldest time.Time
	for i, h := range heads {
		rank := slices.Index(encryptingAlgorithms, h.Encryption)
		switch {
		case h.BadRequest: // encrypted, under a key of the customer's own
		case h.Encryption == "":
			plain++
			if at := objects[i].Modified; oldest.IsZero() || at.Before(oldest) {
				oldest = at
			}
		case rank < 0:
			strange = h.Encryption
		case rank < want:
			weaker++
		}
	}
	told := func(v checks.Verdict) checks.Verdict {
		return s.In(v).With("plain", strconv.Itoa(plain)).With("weaker", strconv.Itoa(weaker))
	}
	switch {
	case plain > 0:
		return told(checks.Fail("objects that are not encrypted at rest: %d, the oldest of %s; %s", plain, oldest.UTC().Format(time.DateOnly), s.Told()))
	case weaker > 0:
		return told(checks.Fail("objects encrypted more weakly than the bucket's default %s: %d; %s", rule.Algorithm, weaker, s.Told()))
	case lacking != nil:
		return told(checks.Unknown(lacking))
	case encryptionErr != nil:
		return told(checks.Unknown(encryptionErr))
	case strange != "":
		return told(checks.Unclear("the encryption %q is not one that is ranked: %s", strange, s.Told()))
	}
	return told(checks.Pass("every object is encrypted at rest: %s", s.Told()))
}

func objectSampleNoCustomerKey(b snapshot.Bucket, env checks.Env) checks.Verdict {
	s, v, ok := sampled.Of(b, env)
	if !ok {
		return v
	}
	heads, objects, lacking := s.Heads(env)
	locked := 0
	var newest time.Time
	for i, h := range heads {
		if h.BadRequest {
			locked++
			if objects[i].Modified.After(newest) {
				newest = objects[i].Modified
			}
		}
	}
	told := func(v checks.Verdict) checks.Verdict { return s.In(v).With("locked", strconv.Itoa(locked)) }
	switch {
	case locked > 0:
		return told(checks.Fail("objects that answer only to a key that the request brings (SSE-C): %d, the newest of %s; %s", locked, newest.UTC().Format(time.DateOnly), s.Told()))
	case lacking != nil:
		return told(checks.Unknown(lacking))
	}
	return told(checks.Pass("no object asks for a key of the customer's own: %s", s.Told()))
}
