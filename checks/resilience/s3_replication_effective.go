package resilience

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/resilience/replication"
	"onus/scanner/snapshot"
)

// BucketReplicationEffective passes when replication carries every new object: the bucket has
// versions, a rule at work covers all of it, rules take KMS objects along where the default is
// KMS, the destination exists and keeps versions, and the role may write there. Objects under
// KMS are skipped in silence where a rule does not say otherwise, so that a bucket that moved
// to a KMS default stops replicating. Objects from before the rule need a batch job. What a
// destination in another account has set cannot be read.
// Source: S3 GetBucketReplication, GetBucketVersioning, GetBucketEncryption, HeadBucket; IAM
// GetAccountAuthorizationDetails; Amazon S3 User Guide, "What does Amazon S3 replicate?".
var BucketReplicationEffective = checks.Check{
	ID:          "s3-bucket-replication-effective",
	Title:       "Replication of an S3 bucket truly carries every object",
	Severity:    checks.Medium,
	Category:    checks.ResilienceOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads: []string{"s3:ListBuckets", "s3:GetBucketVersioning", "s3:GetBucketEncryption", "s3:GetBucketReplication", "s3:HeadBucket",
		"iam:GetAccountAuthorizationDetails"},
	Parameters: checks.Parameters{"require_delete_markers": false},
	Remedy:     "Mend what the finding names, then bring old objects over by a batch replication job.",
	Judges:     checks.For(snapshot.Buckets, bucketReplicationEffective),
	Fix: checks.Fix{
		Threat: "The copy that everybody counts on lacks objects, or all of them: S3 skips what a rule does not take along, and raises no alarm. That comes to light when the original is lost.",
		CLI: `aws s3api get-bucket-replication --bucket {name} > replication.json
aws s3api put-bucket-replication --bucket {name} --replication-configuration file://replication.json
aws s3control create-job --account-id {account} --region {region} --operation '{"S3ReplicateObject":{}}' --report '{"Enabled":false}' --manifest-generator '{"S3JobManifestGenerator":{"SourceBucket":"{arn}","EnableManifestOutput":false,"Filter":{"EligibleForReplication":true}}}' --priority 1 --role-arn BATCH_ROLE_ARN`,
		Terraform: `resource "aws_s3_bucket_replication_configuration" "this" {
  bucket = "{name}"
  role   = "ROLE_ARN"
  rule {
    id     = "everything"
    status = "Enabled"
    filter {
      prefix = ""
    }
    delete_marker_replication {
      status = "Enabled"
    }
    source_selection_criteria {
      sse_kms_encrypted_objects {
        status = "Enabled"
      }
    }
    destination {
      bucket = "ARN_OF_DESTINATION"
      encryption_configuration {
        replica_kms_key_id = "ARN_OF_KEY_IN_DESTINATION_REGION"
      }
    }
  }
}`,
		Cost: "Copies cost storage, requests and transfer between Regions; the batch job costs for each object. The role needs rights on both keys where objects are under KMS. The middle command replaces the whole configuration: change the rules in the file first.",
	},
}

func bucketReplicationEffective(b snapshot.Bucket, env checks.Env) checks.Verdict {
	rules, err := b.Replication.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	rules = slices.DeleteFunc(slices.Clone(rules), func(r snapshot.ReplicationRule) bool { return !r.Enabled() })
	if len(rules) == 0 {
		return checks.DoesNotApply("no replication rule is Enabled").With("faults", "")
	}
	c := replication.Carries(env, b, rules)
	if env.Bool("require_delete_markers") {
		for _, r := range rules {
			if r.Deletions != "Enabled" {
				c.Fault("rule %q does not replicate delete markers", r.ID)
			}
		}
	}
	found := strings.Join(c.Faults, "; ")
	switch {
	case len(c.Faults) > 0:
		return checks.Fail("replication does not carry every object: %s", found).With("faults", found)
	case c.Lacking != nil:
		return checks.Unknown(c.Lacking)
	case len(c.Doubts) > 0:
		return checks.Unclear("%s", strings.Join(c.Doubts, "; "))
	}
	return checks.Pass("rules carry every object written since they were made to %s; older ones need a batch job%s", strings.Join(c.There, ", "), c.Aside).With("faults", "")
}
