package encryption

import (
	"errors"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/databases"
	"onus/checks/keys"
	"onus/scanner/snapshot"
)

// ofAWSManagedKeys is what every FAIL of this family comes down to.
const ofAWSManagedKeys = "An AWS managed key has a policy that you cannot change: whoever may read the resource may use the key, and nobody can take that away by the key. " +
	"It cannot be shared, disabled or deleted either, so that a leak of the encrypted data cannot be stopped at the key."

// AccountDefaultEBSKey passes when EBS encrypts new volumes of the Region, where nothing
// else is asked for, with a key of the customer's that works.
// Source: EC2 GetEbsDefaultKmsKeyId, KmsKeyId; KMS DescribeKey, KeyManager and KeyState.
var AccountDefaultEBSKey = checks.Check{
	ID:          "ebs-account-default-key-customer-managed",
	Title:       "The default key for EBS in the Region is the customer's own and usable",
	Severity:    checks.Low,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:GetEbsEncryptionByDefault", "ec2:GetEbsDefaultKmsKeyId", "kms:DescribeKey"},
	Remedy:      "Make a KMS key, let those who launch instances use it, and set it as the Region's default key for EBS.",
	Fix: checks.Fix{
		Threat: ofAWSManagedKeys,
		CLI: `aws kms create-key --region {region} --description "EBS default"
aws ec2 modify-ebs-default-kms-key-id --region {region} --kms-key-id KEY_ARN`,
		Terraform: `resource "aws_kms_key" "ebs" {
  description         = "EBS default"
  enable_key_rotation = true
}

resource "aws_ebs_default_kms_key" "this" {
  key_arn = aws_kms_key.ebs.arn
}`,
		Cost: "A customer managed key costs about 1 USD a month and its requests. Who launches instances, Auto Scaling's service-linked role too, needs kms:CreateGrant on it; volumes that exist keep their key.",
	},
	Judges: checks.For(snapshot.AccountRegions, accountDefaultEBSKey),
}

// VolumeKeyCustomerManaged passes when an encrypted volume's key is a customer's: its own,
// or one of another account, which cannot be an AWS managed key.
// Source: EC2 DescribeVolumes, KmsKeyId; KMS DescribeKey, KeyManager.
var VolumeKeyCustomerManaged = checks.Check{
	ID:          "ebs-volume-key-customer-managed",
	Title:       "EBS volumes are encrypted with a customer managed key",
	Severity:    checks.Low,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeVolumes", "kms:DescribeKey"},
	Parameters:  checks.Parameters{"allowed_key_arns": []string{}},
	Remedy:      "Make a snapshot of the volume, copy it with your own key, and replace the volume by one made from the copy.",
	Fix: checks.Fix{
		Threat: ofAWSManagedKeys,
		CLI: `aws ec2 create-snapshot --region {region} --volume-id {id}
aws ec2 copy-snapshot --region {region} --source-region {region} --source-snapshot-id SNAPSHOT_ID --encrypted --kms-key-id KEY_ARN
aws ec2 create-volume --region {region} --availability-zone ZONE --snapshot-id COPIED_SNAPSHOT_ID --encrypted --kms-key-id KEY_ARN`,
		Terraform: `resource "aws_ebs_volume" "this" {
  availability_zone = "{region}a"
  snapshot_id       = aws_ebs_snapshot_copy.rekeyed.id
  encrypted         = true
  kms_key_id        = aws_kms_key.ebs.arn
}`,
		Cost: "The instance stops while its volume is replaced, and the copy is a full one. The key costs about 1 USD a month.",
	},
	Judges: checks.For(snapshot.Volumes, volumeKeyCustomerManaged),
}

// BucketDefaultEncryptionCustomerKey passes when new objects are encrypted with a key of
// the customer's. Source: S3 GetBucketEncryption, KMSMasterKeyID; KMS DescribeKey in the
// bucket's Region, KeyManager.
var BucketDefaultEncryptionCustomerKey = checks.Check{
	ID:          "s3-bucket-default-encryption-customer-key",
	Title:       "S3 buckets encrypt new objects with a key that the customer manages",
	Severity:    checks.Low,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketEncryption", "kms:DescribeKey"},
	Parameters:  checks.Parameters{"required": false},
	Remedy:      "Name a KMS key of your own in the bucket's default encryption, and let its readers and writers use the key.",
	Fix: checks.Fix{
		Threat: ofAWSManagedKeys,
		CLI:    `aws s3api put-bucket-encryption --bucket {name} --server-side-encryption-configuration '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"KEY_ARN"},"BucketKeyEnabled":true}]}'`,
		Terraform: `resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = "{name}"
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.data.arn
    }
    bucket_key_enabled = true
  }
}`,
		Cost: "Readers need kms:Decrypt and writers kms:GenerateDataKey on the key, in other accounts too; anonymous readers are shut out. Objects that exist keep their key until they are copied.",
	},
	Judges: checks.For(snapshot.Buckets, bucketDefaultEncryptionCustomerKey),
}

// DatabaseStorageCustomerKey passes when the storage of a database is encrypted with a key
// of the customer's. Source: RDS DescribeDBInstances and DescribeDBClusters, KmsKeyId and
// StorageEncryptionType; KMS DescribeKey, KeyManager.
var DatabaseStorageCustomerKey = checks.Check{
	ID:          "rds-storage-encrypted-with-customer-key",
	Title:       "RDS instances and clusters use a customer managed KMS key",
	Severity:    checks.Low,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Container,
	Tier:        2,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", "kms:DescribeKey"},
	Remedy:      "The key is chosen when a database is made: copy a snapshot of it with your own key, restore the copy, and move the clients over.",
	Fix: checks.Fix{
		Threat: ofAWSManagedKeys,
		CLI: `aws rds create-db-snapshot --region {region} --db-instance-identifier {name} --db-snapshot-identifier {name}-rekey
aws rds copy-db-snapshot --region {region} --source-db-snapshot-identifier {name}-rekey --target-db-snapshot-identifier {name}-own-key --kms-key-id KEY_ARN
aws rds restore-db-instance-from-db-snapshot --region {region} --db-instance-identifier {name}-new --db-snapshot-identifier {name}-own-key`,
		Terraform: `resource "aws_db_instance" "this" {
  # a change of kms_key_id makes a new, empty instance: restore into it
  snapshot_identifier = "{name}-own-key"
  storage_encrypted   = true
  kms_key_id          = aws_kms_key.databases.arn
}`,
		Cost: "Writes stop while the data moves to the new database, whose endpoint differs; a cluster takes create-db-cluster-snapshot and its kin. Until then no snapshot can be copied to another account. The key costs about 1 USD a month.",
	},
	Judges: checks.For(snapshot.DBInstances, func(d snapshot.DBInstance, env checks.Env) checks.Verdict {
		if v, out := databases.AtRest(d.Database); out {
			return v
		}
		return storageCustomerKey(d.Database, d.Location, env)
	}).And(checks.For(snapshot.DBClusters, func(c snapshot.DBCluster, env checks.Env) checks.Verdict {
		if v, out := databases.AtRest(c.Database); out {
			return v
		}
		return storageCustomerKey(c.Database, c.Location, env)
	})),
}

// InsightsCustomerKey passes when Performance Insights, which keeps the text of
// statements, encrypts with a key of the customer's. RDS fills the field in always.
// Source: RDS DescribeDBInstances and DescribeDBClusters, PerformanceInsightsKMSKeyId; KMS
// DescribeKey, KeyManager.
var InsightsCustomerKey = checks.Check{
	ID:          "rds-performance-insights-encrypted-with-customer-key",
	Title:       "Performance Insights data is encrypted with a customer managed key",
	Severity:    checks.Low,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Container,
	Tier:        2,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", "kms:DescribeKey"},
	Remedy:      "Turn Performance Insights off, and on again with your own key; what it has gathered is lost.",
	Fix: checks.Fix{
		Threat: "Performance Insights keeps the text of statements, and with it what people wrote into them. Under the AWS managed key, whoever may read Performance Insights may read that: no key policy of yours stands in between.",
		CLI: `aws rds modify-db-instance --region {region} --db-instance-identifier {name} --no-enable-performance-insights --apply-immediately
aws rds modify-db-instance --region {region} --db-instance-identifier {name} --enable-performance-insights --performance-insights-kms-key-id KEY_ARN --apply-immediately`,
		Terraform: `resource "aws_db_instance" "this" {
  performance_insights_enabled    = true
  performance_insights_kms_key_id = aws_kms_key.databases.arn
}`,
		Cost: "The key cannot be changed while Performance Insights is on, and turning it off deletes what it has gathered. Readers need kms:Decrypt on the key.",
	},
	Judges: checks.For(snapshot.DBInstances, func(d snapshot.DBInstance, env checks.Env) checks.Verdict {
		return insightsCustomerKey(d.Database, d.Location, env)
	}).And(checks.For(snapshot.DBClusters, func(c snapshot.DBCluster, env checks.Env) checks.Verdict {
		return insightsCustomerKey(c.Database, c.Location, env)
	})),
}

// customerManaged judges who manages the key that a resource names; absent is the verdict
// where KMS knows no such key.
func customerManaged(env checks.Env, at snapshot.Location, what, reference string, absent checks.Verdict) (m snapshot.KeyMetadata, v checks.Verdict) {
	m, err := keys.Of(env, at, reference)
	arn := snapshot.KeyARN(at, reference)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return m, absent.With("key", arn)
	case err != nil:
		return m, checks.Unknown(err).With("key", arn)
	case m.Manager == "AWS":
		return m, checks.Fail("%s is encrypted with %s, an AWS managed key", what, m.ARN).With("KeyManager", m.Manager).With("key", arn)
	case m.Manager == "CUSTOMER":
		return m, checks.Pass("%s is encrypted with %s, a customer managed key", what, m.ARN).With("KeyManager", m.Manager).With("key", arn)
	}
	return m, checks.Unclear("KMS does not tell who manages the key %s: KeyManager is %q", arn, m.Manager).With("KeyManager", m.Manager)
}

// gone is the verdict where a key is no more: a customer's can be deleted, one of AWS's
// cannot, but no answer says which it was.
func gone(reference string) checks.Verdict {
	return checks.Unclear("KMS knows no key %s: who managed it cannot be told", reference)
}

func accountDefaultEBSKey(r snapshot.RegionSettings, env checks.Env) checks.Verdict {
	on, err := r.EBSEncryptionByDefault.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	if !on {
		return checks.DoesNotApply("EBS encryption by default is off").With("EbsEncryptionByDefault", "false")
	}
	reference, err := r.EBSDefaultKey.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	m, v := customerManaged(env, r.Location, "what EBS encrypts by default", reference, checks.Fail("KMS knows no key %s, and it is the default: launches fail", reference))
	v = v.With("KmsKeyId", reference)
	if v.Status != checks.PASS {
		return v
	}
	if m.State == "Enabled" {
		return v.With("KeyState", m.State)
	}
	state := keys.Usable(m, env.AsOf, 0)
	state.Reason += "; launches fail where it is the default"
	return state.With("KmsKeyId", reference).With("KeyManager", m.Manager)
}

func volumeKeyCustomerManaged(volume snapshot.Volume, env checks.Env) checks.Verdict {
	if slices.Contains(goneVolumes, volume.State) {
		return checks.DoesNotApply("the volume's state is %s", volume.State).With("State", volume.State)
	}
	encrypted, err := volume.Encrypted.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case !encrypted:
		return checks.DoesNotApply("the volume is not encrypted: ebs-volume-encrypted judges that").With("Encrypted", "false")
	case volume.KMSKeyID == "":
		return checks.Unclear("the volume is encrypted, and the answer names no key").With("KmsKeyId", "")
	}
	v := checks.Pass("the volume is encrypted with %s, a key of account %s: AWS managed keys serve their own account alone", volume.KMSKeyID, keys.Owner(volume.Location, volume.KMSKeyID)).With("key", volume.KMSKeyID)
	resolved := volume.KMSKeyID
	if !keys.Foreign(volume.Location, volume.KMSKeyID) {
		var m snapshot.KeyMetadata
		m, v = customerManaged(env, volume.Location, "the volume", volume.KMSKeyID, gone(volume.KMSKeyID))
		if m.ARN != "" {
			resolved = m.ARN
		}
	}
	if allowed := env.Strings("allowed_key_arns"); v.Status == checks.PASS && len(allowed) > 0 && !slices.Contains(allowed, resolved) {
		return checks.Fail("the volume is encrypted with %s, which is not among the allowed keys: %s", resolved, strings.Join(allowed, ", ")).With("key", resolved)
	}
	return v
}

func bucketDefaultEncryptionCustomerKey(b snapshot.Bucket, env checks.Env) checks.Verdict {
	e, err := b.Encryption.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	rule, _ := e.Default()
	const field = "KMSMasterKeyID"
	key := rule.KMSMasterKeyID
	switch {
	case !strings.HasPrefix(rule.Algorithm, "aws:kms") && !env.Bool("required"):
		return checks.DoesNotApply("new objects are not encrypted by KMS: s3-bucket-default-encryption-kms judges that").With("SSEAlgorithm", rule.Algorithm)
	case !strings.HasPrefix(rule.Algorithm, "aws:kms"):
		return checks.Fail("new objects are encrypted with %q, without a KMS key, and required is set", rule.Algorithm).With("SSEAlgorithm", rule.Algorithm)
	case key == "":
		return checks.Fail("%s names no key: new objects are encrypted with aws/s3, an AWS managed key", rule.Algorithm).With(field, "")
	case snapshot.RegionOf(snapshot.KeyARN(b.Location, key)) != b.Region:
		return checks.Fail("the key %s lies in another Region than the bucket, which is in %s: new objects cannot be written", key, b.Region).With(field, key)
	case keys.Foreign(b.Location, key):
		return checks.Pass("new objects are encrypted with %s, a key of account %s: AWS managed keys serve their own account alone", key, keys.Owner(b.Location, key)).With(field, key)
	}
	_, v := customerManaged(env, b.Location, "every new object", key, checks.Fail("KMS knows no key %s: new objects cannot be written", key))
	return v.With(field, key)
}

// storageCustomerKey judges a database that is its own to judge.
func storageCustomerKey(d snapshot.Database, at snapshot.Location, env checks.Env) checks.Verdict {
	const field = "KmsKeyId"
	what := "the " + d.Engine.Service() + " database's storage"
	switch {
	case d.StorageEncryptionType == "sse-rds":
		return checks.Fail("%s is encrypted with sse-rds, a key of AWS's that no account sees", what).With("StorageEncryptionType", d.StorageEncryptionType)
	case !d.StorageEncrypted && d.StorageEncryptionType != "sse-kms":
		return checks.Fail("%s is not encrypted at all: rds-instance-storage-encrypted and rds-cluster-storage-encrypted judge that", what).With("StorageEncrypted", "false")
	case d.KMSKeyID == "":
		return checks.Unclear("%s is encrypted, and the answer names no key", what).With(field, "")
	}
	_, v := customerManaged(env, at, what, d.KMSKeyID, gone(d.KMSKeyID))
	return v.With(field, d.KMSKeyID)
}

func insightsCustomerKey(d snapshot.Database, at snapshot.Location, env checks.Env) checks.Verdict {
	if v, out := databases.Own(d); out {
		return v
	}
	if v, out := databases.Member(d); out && !d.Engine.Aurora() {
		return v
	}
	const field = "PerformanceInsightsKMSKeyId"
	switch {
	case !d.PerformanceInsights:
		return checks.DoesNotApply("Performance Insights is off").With("PerformanceInsightsEnabled", "false")
	case d.InsightsKMSKeyID == "":
		return checks.Unclear("Performance Insights is on, and the answer names no key").With(field, "")
	}
	_, v := customerManaged(env, at, "what Performance Insights keeps", d.InsightsKMSKeyID, gone(d.InsightsKMSKeyID))
	return v.With(field, d.InsightsKMSKeyID)
}
