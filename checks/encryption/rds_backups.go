package encryption

import (
	"cmp"

	"onus/checks"
	"onus/scanner/snapshot"
)

// RetainedBackupEncrypted passes when automated backups that outlived their database, or came
// from another Region, are encrypted. Those beside their database are judged by it.
// Source: RDS DescribeDBInstanceAutomatedBackups, Encrypted; DescribeDBClusterAutomatedBackups,
// StorageEncrypted; StorageEncryptionType of both. DBInstanceArn names the source Region,
// DBInstanceAutomatedBackupsArn the one that holds the data.
var RetainedBackupEncrypted = checks.Check{
	ID:          "rds-retained-automated-backup-encrypted",
	Title:       "Automated backups kept after deletion or replicated from another Region are encrypted",
	Severity:    checks.Medium,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Container,
	Tier:        3,
	Reads:       []string{"rds:DescribeDBInstanceAutomatedBackups", "rds:DescribeDBClusterAutomatedBackups"},
	Remedy:      "Delete the retained backup if nobody needs it; else restore it, copy a snapshot of that with a KMS key, and delete the rest.",
	Fix: checks.Fix{
		Threat: "The data of a database that was deleted lives on in its backups, and nobody looks there. Without encryption no key stands in the way of whoever may restore it, in this account or after a copy.",
		CLI: `aws rds delete-db-instance-automated-backup --region {region} --db-instance-automated-backups-arn {arn}
aws rds delete-db-cluster-automated-backup --region {region} --db-cluster-resource-id CLUSTER_RESOURCE_ID`,
		Cost: "What is deleted cannot be brought back: ask the owner of the data, and whether a law wants it kept. Terraform: a new aws_db_instance_automated_backups_replication takes a kms_key_id.",
	},
	Judges: checks.For(snapshot.DBBackups, retainedBackupEncrypted),
}

func retainedBackupEncrypted(b snapshot.DBBackup, _ checks.Env) checks.Verdict {
	source, holds := snapshot.RegionOf(b.Database), cmp.Or(snapshot.RegionOf(b.ARN), b.Region)
	replicated := source != "" && source != holds
	what := "the " + b.Status + " " + b.Engine.Service() + " backup of " + cmp.Or(b.Database, b.Resource, b.Name)
	switch {
	case b.Status == "creating":
		return checks.Unclear("%s is being made, and may not tell yet whether it is encrypted", what).With("Status", b.Status)
	case b.Status != "retained" && !replicated:
		return checks.DoesNotApply("%s lies beside its database, which is judged", what).With("Status", b.Status)
	}
	field := "Encrypted"
	if b.OfCluster {
		field = "StorageEncrypted"
	}
	return storageEncrypted(what, b.StorageEncryptionType, field, b.Encrypted).With("Status", b.Status)
}
