package encryption

import (
	"slices"
	"strconv"

	"onus/checks"
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
	Judges:      checks.For(snapshot.DBInstances, instanceStorageEncrypted),
}

// encryptedStorage are the values of StorageEncryptionType that encrypt.
var encryptedStorage = []string{"sse-kms", "sse-rds"}

func instanceStorageEncrypted(d snapshot.DBInstance, _ checks.Env) checks.Verdict {
	service, kind := d.Engine.Service(), d.StorageEncryptionType
	switch {
	case d.Ended():
		return checks.DoesNotApply("the %s instance is %s", service, d.Status).With("DBInstanceStatus", d.Status)
	case d.Cluster != "":
		return checks.DoesNotApply("the %s instance is a member of %s: its storage is the cluster's", service, d.Cluster).With("DBClusterIdentifier", d.Cluster)
	case slices.Contains(encryptedStorage, kind):
		return checks.Pass("the %s instance's storage is encrypted with %s", service, kind).With("StorageEncryptionType", kind)
	case kind == "none":
		return checks.Fail("the %s instance's storage is not encrypted: StorageEncryptionType is none", service).With("StorageEncryptionType", kind)
	case kind != "":
		return checks.Unclear("StorageEncryptionType %q is not one that AWS documents", kind).With("StorageEncryptionType", kind)
	case d.StorageEncrypted:
		return checks.Pass("the %s instance's storage is encrypted", service).With("StorageEncrypted", strconv.FormatBool(true))
	}
	return checks.Fail("the %s instance's storage is not encrypted", service).With("StorageEncrypted", strconv.FormatBool(false))
}
