package encryption

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const foreignKey = "arn:aws:kms:eu-west-1:999988887777:key/theirs"

var (
	ours     = snapshot.KeyMetadata{Manager: "CUSTOMER", State: "Enabled", Usage: "ENCRYPT_DECRYPT", Spec: "SYMMETRIC_DEFAULT"}
	amazons  = snapshot.KeyMetadata{Manager: "AWS", State: "Enabled"}
	noKey    = snapshot.ErrAbsent
	keyless  = checktest.Unread("kms:DescribeKey", snapshot.Denied)
	disabled = snapshot.KeyMetadata{Manager: "CUSTOMER", State: "Disabled"}
	doomed   = snapshot.KeyMetadata{Manager: "CUSTOMER", State: "PendingDeletion", Deletion: checktest.AsOf.AddDate(0, 0, 7)}
)

func TestAccountDefaultEBSKey(t *testing.T) {
	by := func(on bool, key string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.Regions = []snapshot.RegionSettings{{Meta: snapshot.Meta{Location: checktest.At, Name: checktest.At.Region},
				EBSEncryptionByDefault: snapshot.Value(on), EBSDefaultKey: snapshot.Value(key)}}
		}
	}
	unread := func(a *snapshot.Account) {
		by(true, "")(a)
		a.EC2.Regions[0].EBSDefaultKey = snapshot.Missing[string](checktest.Unread("ec2:GetEbsDefaultKmsKeyId", snapshot.Denied))
	}
	checktest.Run(t, &AccountDefaultEBSKey, []checktest.Case{
		{Name: "an ARN of the account's own", Set: checktest.All(by(true, checktest.KeyARN("k")), checktest.Key("k", ours)), Want: checks.PASS, Reason: "key/k, a customer managed key"},
		{Name: "a key id", Set: checktest.All(by(true, "k"), checktest.Key("k", ours)), Want: checks.PASS, Reason: "customer managed"},
		{Name: "an alias of the customer's", Set: checktest.All(by(true, "alias/ebs"), checktest.Key("alias/ebs", ours)), Want: checks.PASS, Reason: "customer managed"},
		{Name: "the alias of AWS, which nobody asks about", Set: by(true, "alias/aws/ebs"), Want: checks.FAIL, Reason: "alias/aws/ebs, an AWS managed key"},
		{Name: "the ARN of the AWS managed key", Set: checktest.All(by(true, checktest.KeyARN("k")), checktest.Key("k", amazons)), Want: checks.FAIL, Reason: "AWS managed"},
		{Name: "a key of another account that answers", Set: checktest.All(by(true, foreignKey), checktest.Key(foreignKey, ours)), Want: checks.PASS, Reason: "999988887777"},
		{Name: "due for deletion: launches fail", Set: checktest.All(by(true, "k"), checktest.Key("k", doomed)), Want: checks.FAIL, Reason: "2026-11-08"},
		{Name: "disabled", Set: checktest.All(by(true, "k"), checktest.Key("k", disabled)), Want: checks.FAIL, Reason: "Disabled"},
		{Name: "a key that is no more", Set: checktest.All(by(true, "k"), checktest.NoKey("k", noKey)), Want: checks.FAIL, Reason: "launches fail"},
		{Name: "denied by the key policy", Set: checktest.All(by(true, "k"), checktest.NoKey("k", keyless)), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "nobody asked", Set: by(true, "k"), Want: checks.UNKNOWN, Reason: "nobody asked"},
		{Name: "encryption by default is off", Set: by(false, "alias/aws/ebs"), Want: checks.NotApplicable, Reason: "off"},
		{Name: "the default key denied", Set: unread, Want: checks.UNKNOWN, Reason: "GetEbsDefaultKmsKeyId"},
	})
}

func TestVolumeKeyCustomerManaged(t *testing.T) {
	by := func(key string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.Volumes = []snapshot.Volume{{Meta: checktest.Meta("v", volumeARN), ID: "vol-1", State: "in-use", Encrypted: snapshot.Value(true), KMSKeyID: key}}
		}
	}
	plain := func(a *snapshot.Account) {
		by("")(a)
		a.EC2.Volumes[0].Encrypted = snapshot.Value(false)
	}
	deleting := func(a *snapshot.Account) {
		by("k")(a)
		a.EC2.Volumes[0].State = "deleting"
	}
	allow := map[string]any{"allowed_key_arns": []string{checktest.KeyARN("k")}}
	behind := ours
	behind.ARN = checktest.KeyARN("k")
	checktest.Run(t, &VolumeKeyCustomerManaged, []checktest.Case{
		{Name: "customer managed", Set: checktest.All(by(checktest.KeyARN("k")), checktest.Key("k", ours)), Want: checks.PASS, Reason: "customer managed"},
		{Name: "AWS managed", Set: checktest.All(by(checktest.KeyARN("k")), checktest.Key("k", amazons)), Want: checks.FAIL, Reason: "AWS managed"},
		{Name: "an alias does not tell who manages the key", Set: checktest.All(by(checktest.KeyARN("alias/x")), checktest.Key("alias/x", amazons)), Want: checks.FAIL, Reason: "AWS managed"},
		{Name: "a foreign key is customer managed, whatever its state", Set: checktest.All(by(foreignKey), checktest.NoKey(foreignKey, keyless)), Want: checks.PASS, Reason: "account 999988887777"},
		{Name: "not among the allowed", Parameters: allow, Set: checktest.All(by(checktest.KeyARN("other")), checktest.Key("other", ours)), Want: checks.FAIL, Reason: "not among the allowed"},
		{Name: "a foreign key, not among the allowed", Parameters: allow, Set: by(foreignKey), Want: checks.FAIL, Reason: "not among the allowed"},
		{Name: "an alias of an allowed one", Parameters: allow, Set: checktest.All(by("alias/x"), checktest.Key("alias/x", behind)), Want: checks.PASS, Reason: "customer managed"},
		{Name: "denied", Set: checktest.All(by("k"), checktest.NoKey("k", keyless)), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "a key that is no more", Set: checktest.All(by("k"), checktest.NoKey("k", noKey)), Want: checks.UNKNOWN, Reason: "who managed it"},
		{Name: "no key named", Set: by(""), Want: checks.UNKNOWN, Reason: "names no key"},
		{Name: "not encrypted", Set: plain, Want: checks.NotApplicable, Reason: "not encrypted"},
		{Name: "deleting", Set: deleting, Want: checks.NotApplicable, Reason: "deleting"},
	})
}

func TestBucketDefaultEncryptionCustomerKey(t *testing.T) {
	by := func(key string) func(*snapshot.Account) {
		return s3Bucket(snapshot.EncryptionRule{Algorithm: "aws:kms", KMSMasterKeyID: key})
	}
	required := map[string]any{"required": true}
	external := snapshot.KeyMetadata{Manager: "CUSTOMER", Origin: "EXTERNAL_KEY_STORE", State: "Enabled"}
	// The bucket lies in another Region than the scan began in.
	elsewhere := func(a *snapshot.Account) {
		by("alias/x")(a)
		a.S3.Buckets[0].Region = checktest.Elsewhere
		checktest.Key("alias/x", amazons)(a)
		checktest.Key(snapshot.KeyARN(checktest.At.In(checktest.Elsewhere), "alias/x"), ours)(a)
	}
	checktest.Run(t, &BucketDefaultEncryptionCustomerKey, []checktest.Case{
		{Name: "key id", Set: checktest.All(by("k"), checktest.Key("k", ours)), Want: checks.PASS, Reason: "customer managed"},
		{Name: "key ARN", Set: checktest.All(by(checktest.KeyARN("k")), checktest.Key("k", ours)), Want: checks.PASS, Reason: "customer managed"},
		{Name: "alias name", Set: checktest.All(by("alias/x"), checktest.Key("alias/x", ours)), Want: checks.PASS, Reason: "customer managed"},
		{Name: "alias ARN", Set: checktest.All(by(checktest.KeyARN("alias/x")), checktest.Key("alias/x", ours)), Want: checks.PASS, Reason: "customer managed"},
		{Name: "double encryption counts", Set: checktest.All(s3Bucket(snapshot.EncryptionRule{Algorithm: "aws:kms:dsse", KMSMasterKeyID: "k"}), checktest.Key("k", ours)), Want: checks.PASS, Reason: "customer managed"},
		{Name: "an alias resolves in the bucket's Region", Set: elsewhere, Want: checks.PASS, Reason: "eu-central-1"},
		{Name: "a key in an external store is the customer's", Set: checktest.All(by("k"), checktest.Key("k", external)), Want: checks.PASS, Reason: "customer managed"},
		{Name: "a key of another account", Set: by(foreignKey), Want: checks.PASS, Reason: "account 999988887777"},
		{Name: "a key of another Region", Set: by("arn:aws:kms:eu-central-1:111122223333:alias/x"), Want: checks.FAIL, Reason: "another Region"},
		{Name: "no key named", Set: by(""), Want: checks.FAIL, Reason: "aws/s3"},
		{Name: "AWS's alias", Set: by("alias/aws/s3"), Want: checks.FAIL, Reason: "AWS managed"},
		{Name: "AWS's key by its ARN", Set: checktest.All(by("k"), checktest.Key("k", amazons)), Want: checks.FAIL, Reason: "AWS managed"},
		{Name: "no such key", Set: checktest.All(by("k"), checktest.NoKey("k", noKey)), Want: checks.FAIL, Reason: "cannot be written"},
		{Name: "denied on an own key", Set: checktest.All(by("k"), checktest.NoKey("k", keyless)), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "SSE-S3", Set: s3Bucket(sse), Want: checks.NotApplicable, Reason: "not encrypted by KMS"},
		{Name: "SSE-S3, and a key is required", Set: s3Bucket(sse), Parameters: required, Want: checks.FAIL, Reason: "required"},
		{Name: "encryption denied", Set: s3Without(by("k"), "s3:GetBucketEncryption"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestDatabaseStorageCustomerKey(t *testing.T) {
	type database = snapshot.Database
	by := func(key string) database {
		return database{Engine: "postgres", StorageEncrypted: true, StorageEncryptionType: "sse-kms", KMSKeyID: key}
	}
	instance, cluster := checktest.Instance, checktest.Cluster
	checktest.Run(t, &DatabaseStorageCustomerKey, []checktest.Case{
		{Name: "key ARN", Set: checktest.All(instance(by(checktest.KeyARN("k"))), checktest.Key("k", ours)), Want: checks.PASS, Reason: "customer managed"},
		{Name: "key id", Set: checktest.All(instance(by("k")), checktest.Key("k", ours)), Want: checks.PASS, Reason: "customer managed"},
		{Name: "alias name of a cluster", Set: checktest.All(cluster(by("alias/db")), checktest.Key("alias/db", ours)), Want: checks.PASS, Reason: "customer managed"},
		{Name: "alias ARN", Set: checktest.All(instance(by(checktest.KeyARN("alias/db"))), checktest.Key("alias/db", amazons)), Want: checks.FAIL, Reason: "AWS managed"},
		{Name: "AWS managed", Set: checktest.All(cluster(by("k")), checktest.Key("k", amazons)), Want: checks.FAIL, Reason: "AWS managed"},
		{Name: "sse-rds has no key to ask about", Set: instance(database{StorageEncryptionType: "sse-rds"}), Want: checks.FAIL, Reason: "sse-rds"},
		{Name: "not encrypted points at the other rows", Set: instance(database{StorageEncryptionType: "none"}), Want: checks.FAIL, Reason: "rds-instance-storage-encrypted"},
		{Name: "older endpoint without the type", Set: checktest.All(instance(database{StorageEncrypted: true, KMSKeyID: "k"}), checktest.Key("k", ours)), Want: checks.PASS, Reason: "customer managed"},
		{Name: "a foreign key that is denied", Set: checktest.All(instance(by(foreignKey)), checktest.NoKey(foreignKey, keyless)), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "a foreign key that answers", Set: checktest.All(instance(by(foreignKey)), checktest.Key(foreignKey, ours)), Want: checks.PASS, Reason: "customer managed"},
		{Name: "a key that is no more", Set: checktest.All(instance(by("k")), checktest.NoKey("k", noKey)), Want: checks.UNKNOWN, Reason: "who managed it"},
		{Name: "no key named", Set: instance(by("")), Want: checks.UNKNOWN, Reason: "names no key"},
		{Name: "member", Set: instance(database{Cluster: "c"}), Want: checks.NotApplicable, Reason: "judged at the cluster"},
		{Name: "neptune is judged and named", Set: cluster(database{Engine: "neptune"}), Want: checks.FAIL, Reason: "the Neptune database"},
		{Name: "deleting", Set: cluster(database{Status: "deleting"}), Want: checks.NotApplicable, Reason: "deleting"},
	})
}

func TestInsightsCustomerKey(t *testing.T) {
	type database = snapshot.Database
	by := func(engine snapshot.Engine, cluster, key string) database {
		return database{Engine: engine, Cluster: cluster, PerformanceInsights: true, InsightsKMSKeyID: key}
	}
	checktest.Run(t, &InsightsCustomerKey, []checktest.Case{
		{Name: "customer managed", Set: checktest.All(checktest.Instance(by("postgres", "", "k")), checktest.Key("k", ours)), Want: checks.PASS, Reason: "customer managed"},
		{Name: "presence proves nothing", Set: checktest.All(checktest.Instance(by("postgres", "", "k")), checktest.Key("k", amazons)), Want: checks.FAIL, Reason: "AWS managed"},
		{Name: "AWS's alias", Set: checktest.Instance(by("postgres", "", "alias/aws/rds")), Want: checks.FAIL, Reason: "AWS managed"},
		{Name: "a Multi-AZ cluster has it at the cluster", Set: checktest.All(checktest.Cluster(by("mysql", "", "k")), checktest.Key("k", ours)), Want: checks.PASS, Reason: "customer managed"},
		{Name: "its members do not", Set: checktest.Instance(by("mysql", "c", "alias/aws/rds")), Want: checks.NotApplicable, Reason: "judged at the cluster"},
		{Name: "Aurora has it at each instance", Set: checktest.Instance(by("aurora-mysql", "c", "alias/aws/rds")), Want: checks.FAIL, Reason: "AWS managed"},
		{Name: "off", Set: checktest.Instance(database{}), Want: checks.NotApplicable, Reason: "off"},
		{Name: "a foreign key", Set: checktest.All(checktest.Instance(by("mysql", "", foreignKey)), checktest.NoKey(foreignKey, keyless)), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "on, and no key named", Set: checktest.Instance(by("mysql", "", "")), Want: checks.UNKNOWN, Reason: "names no key"},
	})
}
