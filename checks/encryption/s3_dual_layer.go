package encryption

import (
	"errors"
	"path"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// BucketDualLayer passes when the buckets that the policy names encrypt each new object in
// two independent layers. Of the account it says whether each name of the policy is one of
// some bucket: a slip of the pen would ask for nothing.
// Source: S3 GetBucketEncryption, ApplyServerSideEncryptionByDefault.SSEAlgorithm.
var BucketDualLayer = checks.Check{
	ID:          "s3-bucket-dual-layer-encryption",
	Title:       "S3 buckets that must have two layers of encryption have them",
	Severity:    checks.Medium,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketEncryption"},
	Parameters:  checks.Parameters{"dual_layer_buckets": []string{}}, // globs of names
	Remedy:      "Set the bucket's default encryption to DSSE-KMS with a key of your own, then copy the old objects onto themselves.",
	Judges:      checks.For(snapshot.Buckets, bucketDualLayer).And(checks.For(snapshot.Accounts, dualLayerNames)),
	Fix: checks.Fix{
		Threat: "One flaw in one layer of encryption, or in how it is kept, lays open data for which a rule asks for two layers. Whoever audits that rule finds it broken for every object since.",
		CLI: `# for s3 bucket
aws s3api put-bucket-encryption --bucket {name} --server-side-encryption-configuration '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms:dsse","KMSMasterKeyID":"KMS_KEY_ARN"}}]}'
# for account
aws s3api list-buckets --query "Buckets[].Name"`,
		Terraform: `resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = "{name}"
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms:dsse"
      kms_master_key_id = "KMS_KEY_ARN"
    }
  }
}`,
		Cost: "DSSE-KMS costs more for each gigabyte, knows no bucket key, so that KMS is asked for every object, and old objects keep what they have. Readers need the right to use the key. A name that matches no bucket is mended in the policy file.",
	},
}

func bucketDualLayer(b snapshot.Bucket, env checks.Env) checks.Verdict {
	wanted := env.Strings("dual_layer_buckets")
	if !slices.ContainsFunc(wanted, func(p string) bool { return named(p, b.Name) }) {
		return checks.DoesNotApply("the bucket is not among dual_layer_buckets (%s)", strings.Join(wanted, ", "))
	}
	e, err := b.Encryption.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	switch rule, ok := e.Default(); {
	case !ok:
		return checks.Fail("no default encryption is set").With("SSEAlgorithm", "")
	case rule.Algorithm == "aws:kms:dsse":
		return checks.Pass("new objects are encrypted with %s", rule.Algorithm).With("SSEAlgorithm", rule.Algorithm)
	default:
		return checks.Fail("new objects are encrypted with %s, in one layer", rule.Algorithm).With("SSEAlgorithm", rule.Algorithm)
	}
}

// named says whether a glob is about a bucket.
func named(pattern, bucket string) bool {
	ok, err := path.Match(pattern, bucket)
	return err == nil && ok
}

// dualLayerNames judges the policy's own list: names of Regions that are not scanned count.
func dualLayerNames(a *snapshot.Account, env checks.Env) checks.Verdict {
	wanted := env.Strings("dual_layer_buckets")
	if len(wanted) == 0 {
		return checks.DoesNotApply("dual_layer_buckets names no bucket")
	}
	_, unlisted := checks.Find(env, snapshot.Buckets, a.Location, "")
	var without []string
	for _, p := range wanted {
		found := false
		for name := range a.S3.Own {
			found = found || named(p, name)
		}
		if !found {
			without = append(without, p)
		}
	}
	switch seen := strings.Join(without, ", "); {
	case len(without) == 0:
		return checks.Pass("each name of dual_layer_buckets is one of some bucket: %s", strings.Join(wanted, ", ")).With("unmatched", "")
	case !errors.Is(unlisted, snapshot.ErrAbsent):
		return checks.Unknown(unlisted).With("unmatched", seen)
	default:
		return checks.Unclear("dual_layer_buckets names what is no bucket of the account, so nothing was judged by it: %s", seen).With("unmatched", seen)
	}
}
