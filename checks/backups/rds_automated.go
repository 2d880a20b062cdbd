package backups

import (
	"strconv"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// InstanceBackups passes when RDS takes automated backups of an instance. Those of a
// cluster cannot be turned off.
// Source: RDS DescribeDBInstances, field BackupRetentionPeriod: 0 turns them off.
var InstanceBackups = checks.Check{
	ID:          "rds-instance-backups-enabled",
	Title:       "RDS instances take automated backups",
	Severity:    checks.High,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBInstances"},
	Parameters:  checks.Parameters{"judge_replicas": false},
	Remedy:      "Set a backup retention period of a week or more; a promoted replica starts with none.",
	Fix: checks.Fix{
		Threat: "Without automated backups a lost or damaged database is lost. A manual snapshot is as old as the day somebody thought of it.",
		CLI:    "aws rds modify-db-instance --db-instance-identifier {name} --backup-retention-period 7 --apply-immediately --region {region}",
		Terraform: `resource "aws_db_instance" "this" {
  identifier              = "{name}"
  backup_retention_period = 7
}`,
		Cost: "A first backup is made at once, which may slow a single-zone database; storage beyond the database's size costs.",
	},
	Judges: databases.Instances(instanceBackups),
}

// RecentRestorePoint passes when a database can be restored to a point shortly before the
// scan. The age of that point is the recovery point objective really reached.
// Source: RDS DescribeDBInstances and DescribeDBClusters, field LatestRestorableTime.
var RecentRestorePoint = checks.Check{
	ID:          "rds-database-restorable-to-recent-point",
	Title:       "Databases can be restored to a point that is recent enough",
	Severity:    checks.High,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters"},
	Parameters:  checks.Parameters{"max_rpo_minutes": 60},
	Remedy:      "Turn automated backups on, and clear the state that keeps the database from shipping its logs.",
	Fix: checks.Fix{
		Threat: "Backups that stopped being made look like backups until the day they are needed. What was written since is lost then.",
		CLI: `aws rds describe-db-instances --db-instance-identifier {name} --query 'DBInstances[0].[DBInstanceStatus,LatestRestorableTime,BackupRetentionPeriod]' --region {region}
aws rds modify-db-instance --db-instance-identifier {name} --backup-retention-period 7 --apply-immediately --region {region}`,
		Terraform: `resource "aws_db_instance" "this" {
  identifier              = "{name}"
  backup_retention_period = 7
}`,
		Cost: "Going from 0 to more days makes a first backup at once, which may slow a single-zone database for a moment.",
	},
	Judges: databases.Instances(recentRestorePoint).And(databases.Clusters(recentRestorePointOfCluster)),
}

func instanceBackups(d snapshot.Database, env checks.Env) checks.Verdict {
	if v, out := databases.Standalone(d); out {
		return v
	}
	if v, out := databases.Replica(d); out && !env.Bool("judge_replicas") {
		return v
	}
	seen := strconv.Itoa(int(d.BackupRetentionDays))
	switch pending := d.Pending.BackupRetentionDays; {
	case d.BackupRetentionDays >= 1 && pending != nil && *pending == 0:
		return checks.Pass("automated backups are kept for %s days; turning them off is pending", seen).With("BackupRetentionPeriod", seen)
	case d.BackupRetentionDays >= 1 && d.BackupPoint != "":
		return checks.Pass("automated backups are kept for %s days, as AWS Backup sets it", seen).With("BackupRetentionPeriod", seen)
	case d.BackupRetentionDays >= 1:
		return checks.Pass("automated backups are kept for %s days", seen).With("BackupRetentionPeriod", seen)
	case pending != nil && *pending > 0:
		return checks.Fail("automated backups are off; %d days are pending and not yet in force", *pending).With("BackupRetentionPeriod", seen)
	}
	return checks.Fail("automated backups are off").With("BackupRetentionPeriod", seen)
}

// resting are the states in which nothing is written that could be lost.
var resting = map[string]bool{"creating": true, "stopped": true, "stopping": true}

// frozen says that a state keeps the latest restorable time from moving on.
// Source: Amazon RDS User Guide, "Viewing Amazon RDS DB instance status".
func frozen(status string) bool {
	return status == "storage-full" || status == "restore-error" || strings.HasPrefix(status, "incompatible-") || strings.HasPrefix(status, "inaccessible-")
}

func recentRestorePoint(d snapshot.Database, env checks.Env) checks.Verdict {
	const field = "LatestRestorableTime"
	if v, out := databases.Standalone(d); out {
		return v
	}
	if v, out := databases.Replica(d); out && d.BackupRetentionDays == 0 {
		return v
	}
	least := env.Int("max_rpo_minutes")
	age := max(0, env.AsOf.Sub(d.LatestRestorable)) // a clock ahead of ours
	minutes := strconv.Itoa(int(age.Round(time.Minute) / time.Minute))
	switch {
	case resting[d.Status]:
		return checks.DoesNotApply("the database is %s", d.Status).With("Status", d.Status)
	case frozen(d.Status):
		return checks.Fail("the database is %s: no newer point can be restored until that is mended", d.Status).With("Status", d.Status)
	case d.BackupRetentionDays == 0:
		return checks.Fail("automated backups are off: there is no point to restore to").With("BackupRetentionPeriod", "0")
	case !d.LatestRestorable.IsZero() && age <= time.Duration(least)*time.Minute:
		return checks.Pass("the latest point to restore to is %s minutes old, want %d or less", minutes, least).With(field, d.LatestRestorable.UTC().Format(time.RFC3339))
	case !d.LatestRestorable.IsZero():
		return checks.Fail("the latest point to restore to is %s minutes old, want %d or less", minutes, least).With(field, d.LatestRestorable.UTC().Format(time.RFC3339))
	case d.Status == "available":
		return checks.Fail("the database is available and has no point to restore to, though backups are kept for %d days", d.BackupRetentionDays).With(field, "")
	}
	return checks.Unclear("no point to restore to is told while the database is %q", d.Status).With("Status", d.Status)
}

// recentRestorePointOfCluster leaves out a cluster that is younger than the age asked for.
func recentRestorePointOfCluster(c snapshot.Database, env checks.Env) checks.Verdict {
	age := env.AsOf.Sub(c.Created)
	if _, out := databases.Own(c); !out && !c.Created.IsZero() && age < time.Duration(env.Int("max_rpo_minutes"))*time.Minute {
		return checks.DoesNotApply("the cluster was made %s before the scan", age.Round(time.Minute)).With("ClusterCreateTime", c.Created.UTC().Format(time.RFC3339))
	}
	return recentRestorePoint(c, env)
}
