package regions

import (
	"cmp"

	"onus/checks"
	"onus/scanner/snapshot"
)

// DatabaseBackupsInAllowedRegions passes when a snapshot or the automated backups of a
// database lie in a Region that the policy allows. Backups outlive their database.
// Source: RDS DescribeDBSnapshots and DescribeDBClusterSnapshots in the Region asked;
// DBInstanceAutomatedBackupsArn and DBClusterAutomatedBackupsArn, which name the Region that
// holds the data, while DBInstanceArn and DBClusterArn name the one that it came from.
var DatabaseBackupsInAllowedRegions = checks.Check{
	ID:          "rds-backups-in-allowed-regions",
	Title:       "RDS snapshots and automated backups lie only in allowed Regions",
	Severity:    checks.High,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads: []string{"account:ListRegions", "rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots",
		"rds:DescribeDBInstanceAutomatedBackups", "rds:DescribeDBClusterAutomatedBackups"},
	Parameters: checks.Parameters{"allowed_regions": []string{}},
	Remedy:     "Copy what is still needed to an allowed Region, delete the backup, and stop the replication or the database that makes it.",
	Fix: checks.Fix{
		Threat:    "A backup holds all that the database holds, under the law of the country where it lies. A promise about residency is broken by the copy.",
		CLI:       "aws rds delete-db-snapshot --db-snapshot-identifier {name} --region {region}",
		Terraform: `# Remove the resource "aws_db_snapshot_copy" or "aws_db_instance_automated_backups_replication" that makes it.`,
		Cost:      "The backup is gone: copy it to an allowed Region first if it is needed. For clusters: delete-db-cluster-snapshot.",
	},
	Judges: checks.For(snapshot.DBSnapshots, snapshotInAllowedRegion).
		And(checks.For(snapshot.DBBackups, backupInAllowedRegion)).
		And(checks.For(leftOut, regionLeftOut("rds:DescribeDBSnapshots", "backups"))),
}

func snapshotInAllowedRegion(s snapshot.DBSnapshot, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	switch {
	case len(allowed) == 0:
		return noChoice()
	case s.Status == "deleting" || s.Status == "deleted":
		return checks.DoesNotApply("the snapshot is %s", s.Status).With("Status", s.Status)
	}
	what := "the " + s.Type + " " + s.Engine.Service() + " snapshot"
	if s.Database != "" {
		what += " of " + s.Database
	}
	return inAllowed(what, regionOf(s.Meta), allowed)
}

func backupInAllowedRegion(b snapshot.DBBackup, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	if len(allowed) == 0 {
		return noChoice()
	}
	return inAllowed("the automated backup ("+b.Status+") of "+cmp.Or(b.Database, b.Resource, b.Name), regionOf(b.Meta), allowed)
}
