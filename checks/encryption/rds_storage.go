package encryption

import (
	"slices"
	"strconv"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// InstanceStorageEncrypted passes when the storage of a standalone instance is encrypted,
// with whichever key. Under an AWS owned key StorageEncrypted is false all the same, so
// StorageEncryptionType decides where it is given.
// Source: RDS DescribeDBInstances, fields StorageEncryptionType and StorageEncrypted.
var InstanceStorageEncrypted = checks.Check{
	ID:          "rds-instance-storage-encrypted",
	Title:       "RDS instances encrypt their storage",
	Severity:    checks.High,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBInstances"},
	Remedy:      "Encryption is chosen when an instance is made: copy a snapshot of it with a KMS key, restore the copy, and move the clients over.",
	Fix: checks.Fix{
		Threat: "Whoever gets at the storage or a snapshot of it reads the data. Snapshots can be shared with one call, and an encrypted one needs the key as well.",
		CLI: `aws rds copy-db-snapshot --source-db-snapshot-identifier SNAPSHOT --target-db-snapshot-identifier ENCRYPTED-COPY --kms-key-id KEY --region {region}
aws rds restore-db-instance-from-db-snapshot --db-instance-identifier NEW-NAME --db-snapshot-identifier ENCRYPTED-COPY --region {region}`,
		Terraform: `resource "aws_db_instance" "this" {
  identifier          = "NEW-NAME"
  instance_class      = "CLASS"
  snapshot_identifier = "ENCRYPTED-COPY"
  storage_encrypted   = true
  kms_key_id          = "KEY-ARN"
}`,
		Cost: "Encryption is chosen when an instance is made: clients move to another endpoint, and writes stop meanwhile.",
	},
	Judges: checks.For(snapshot.DBInstances, instanceStorageEncrypted),
}

// ClusterStorageEncrypted passes when the volume of a cluster is encrypted. A cluster
// without members still holds it, and Aurora Serverless v1 shows as a cluster alone.
// Source: RDS DescribeDBClusters, fields StorageEncryptionType and StorageEncrypted.
var ClusterStorageEncrypted = checks.Check{
	ID:          "rds-cluster-storage-encrypted",
	Title:       "Aurora and Multi-AZ DB clusters encrypt their storage",
	Severity:    checks.High,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBClusters"},
	Remedy:      "Encryption is chosen when a cluster is made: restore a snapshot of it into a new cluster with a KMS key, and move the clients over.",
	Fix: checks.Fix{
		Threat: "Whoever gets at the storage or a snapshot of it reads the data. Snapshots can be shared with one call, and an encrypted one needs the key as well.",
		CLI:    "aws rds restore-db-cluster-from-snapshot --db-cluster-identifier NEW-NAME --snapshot-identifier SNAPSHOT --engine ENGINE --kms-key-id KEY --region {region}",
		Terraform: `resource "aws_rds_cluster" "this" {
  cluster_identifier  = "NEW-NAME"
  snapshot_identifier = "SNAPSHOT"
  engine              = "ENGINE"
  storage_encrypted   = true
  kms_key_id          = "KEY-ARN"
}`,
		Cost: "Encryption is chosen when a cluster is made: clients move to another endpoint, with a stop of writes while the last changes are carried over.",
	},
	Judges: databases.Clusters(clusterStorageEncrypted),
}

// DBSnapshotEncrypted passes when a snapshot is encrypted. It keeps what its database was
// when it was taken: encrypting the database later changes no snapshot.
// Source: RDS DescribeDBSnapshots, field Encrypted, and DescribeDBClusterSnapshots, field
// StorageEncrypted; StorageEncryptionType of both.
var DBSnapshotEncrypted = checks.Check{
	ID:          "rds-snapshot-encrypted",
	Title:       "RDS instance and cluster snapshots are encrypted",
	Severity:    checks.High,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots"},
	Remedy:      "Copy the snapshot with a KMS key and delete this one; encrypt the database, so that the next ones are encrypted.",
	Fix: checks.Fix{
		Threat: "Whoever may copy or share the snapshot has all the data. An encrypted one is useless without its key.",
		CLI: `aws rds copy-db-snapshot --source-db-snapshot-identifier {name} --target-db-snapshot-identifier ENCRYPTED-COPY --kms-key-id KEY --region {region}
aws rds delete-db-snapshot --db-snapshot-identifier {name} --region {region}`,
		Terraform: `resource "aws_db_snapshot_copy" "this" {
  source_db_snapshot_identifier = "{arn}"
  target_db_snapshot_identifier = "ENCRYPTED-COPY"
  kms_key_id                    = "KEY-ARN"
}`,
		Cost: "The copy is paid for; see that it is complete before the original goes. For Aurora clusters a restore with a key is needed.",
	},
	Judges: checks.For(snapshot.DBSnapshots, dbSnapshotEncrypted),
}

func instanceStorageEncrypted(d snapshot.DBInstance, _ checks.Env) checks.Verdict {
	service := d.Engine.Service()
	switch {
	case d.Ended():
		return checks.DoesNotApply("the %s instance is %s", service, d.Status).With("DBInstanceStatus", d.Status)
	case d.Cluster != "":
		return checks.DoesNotApply("the %s instance is a member of %s: its storage is the cluster's", service, d.Cluster).With("DBClusterIdentifier", d.Cluster)
	}
	return storageEncrypted("the "+service+" instance's storage", d.StorageEncryptionType, "StorageEncrypted", d.StorageEncrypted)
}

func clusterStorageEncrypted(c snapshot.Database, _ checks.Env) checks.Verdict {
	if v, out := databases.Ended(c); out {
		return v
	}
	return storageEncrypted("the "+c.Engine.Service()+" cluster's storage", c.StorageEncryptionType, "StorageEncrypted", c.StorageEncrypted)
}

func dbSnapshotEncrypted(s snapshot.DBSnapshot, _ checks.Env) checks.Verdict {
	what, field := "the "+s.Type+" "+s.Engine.Service()+" snapshot", "Encrypted"
	if s.OfCluster {
		field = "StorageEncrypted"
	}
	switch {
	case s.Status == "deleting" || s.Status == "deleted":
		return checks.DoesNotApply("%s is %s", what, s.Status).With("Status", s.Status)
	case s.Status == "creating" && s.StorageEncryptionType == "" && !s.Encrypted:
		return checks.Unclear("%s is being made, and may not tell yet whether it is encrypted", what).With("Status", s.Status)
	}
	return storageEncrypted(what, s.StorageEncryptionType, field, s.Encrypted)
}

// encryptedStorage are the values of StorageEncryptionType that encrypt.
var encryptedStorage = []string{"sse-kms", "sse-rds"}

// storageEncrypted judges by StorageEncryptionType where it is given, else by the flag.
func storageEncrypted(what, kind, field string, flag bool) checks.Verdict {
	switch {
	case slices.Contains(encryptedStorage, kind):
		return checks.Pass("%s is encrypted with %s", what, kind).With("StorageEncryptionType", kind)
	case kind == "none":
		return checks.Fail("%s is not encrypted: StorageEncryptionType is none", what).With("StorageEncryptionType", kind)
	case kind != "":
		return checks.Unclear("StorageEncryptionType %q is not one that AWS documents", kind).With("StorageEncryptionType", kind)
	case flag:
		return checks.Pass("%s is encrypted", what).With(field, strconv.FormatBool(flag))
	}
	return checks.Fail("%s is not encrypted", what).With(field, strconv.FormatBool(flag))
}
