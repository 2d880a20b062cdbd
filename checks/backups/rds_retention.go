package backups

import (
	"strconv"

	"onus/checks"
	"onus/scanner/snapshot"
)

// BackupRetention passes when automated backups are kept long enough; 0 days means that
// there are none. A cluster of a global database keeps its own, also as a secondary.
// Source: RDS DescribeDBInstances and DescribeDBClusters, field BackupRetentionPeriod.
var BackupRetention = checks.Check{
	ID:          "rds-backup-retention-sufficient",
	Title:       "Automated backups of databases are kept long enough",
	Severity:    checks.Medium,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters"},
	Parameters:  checks.Parameters{"min_retention_days": 7},
	Remedy:      "Raise the backup retention period. RDS keeps automated backups for 35 days at most: keep them longer with AWS Backup.",
	Fix: checks.Fix{
		Threat: "Damage that is found later than the retention period, such as a fault in an application that corrupts rows, cannot be undone: the last good state is gone. With backups off, the loss of the database is the loss of its data.",
		CLI: `# for rds instance
aws rds modify-db-instance --region {region} --db-instance-identifier {name} --backup-retention-period DAYS --apply-immediately
# for rds cluster
aws rds modify-db-cluster --region {region} --db-cluster-identifier {name} --backup-retention-period DAYS --apply-immediately`,
		Terraform: `# for rds instance
resource "aws_db_instance" "this" {
  identifier              = "{name}"
  backup_retention_period = DAYS
}
# for rds cluster
resource "aws_rds_cluster" "this" {
  cluster_identifier      = "{name}"
  backup_retention_period = DAYS
}`,
		Cost: "Backup storage beyond the size of the databases of the Region is paid for. Raising the period of an instance from 0 causes an outage, and --apply-immediately also applies what else is pending: without it, the change waits for the maintenance window.",
	},
	Judges: checks.For(snapshot.DBInstances, instanceRetention).And(checks.For(snapshot.DBClusters, clusterRetention)),
}

func instanceRetention(d snapshot.DBInstance, env checks.Env) checks.Verdict {
	switch {
	case d.Ended():
		return checks.DoesNotApply("the instance is %s", d.Status).With("DBInstanceStatus", d.Status)
	case d.Engine.OtherService() != "":
		return checks.DoesNotApply("the instance is one of %s", d.Engine.OtherService()).With("Engine", string(d.Engine))
	case d.Cluster != "":
		return checks.DoesNotApply("the instance is a member of %s: its backups are the cluster's", d.Cluster).With("DBClusterIdentifier", d.Cluster)
	case d.ReplicaOf != "":
		return checks.DoesNotApply("the instance is a read replica of %s", d.ReplicaOf).With("replica of", d.ReplicaOf)
	}
	return retention(d.BackupRetentionDays, env)
}

func clusterRetention(c snapshot.DBCluster, env checks.Env) checks.Verdict {
	switch {
	case c.Ended():
		return checks.DoesNotApply("the cluster is %s", c.Status).With("Status", c.Status)
	case c.Engine.OtherService() != "":
		return checks.DoesNotApply("the cluster is one of %s", c.Engine.OtherService()).With("Engine", string(c.Engine))
	case c.ReplicaOf != "" && c.Global == "":
		return checks.DoesNotApply("the cluster is a read replica of %s", c.ReplicaOf).With("replica of", c.ReplicaOf)
	}
	return retention(c.BackupRetentionDays, env)
}

func retention(days int32, env checks.Env) checks.Verdict {
	least, seen := env.Int("min_retention_days"), strconv.Itoa(int(days))
	switch {
	case days == 0: // off, however little the policy asks for
		return checks.Fail("automated backups are off, want %d days", least).With("BackupRetentionPeriod", seen)
	case int(days) >= least:
		return checks.Pass("automated backups are kept for %d days, want %d", days, least).With("BackupRetentionPeriod", seen)
	}
	return checks.Fail("automated backups are kept for %d days, want %d", days, least).With("BackupRetentionPeriod", seen)
}
