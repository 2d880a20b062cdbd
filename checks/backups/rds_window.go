package backups

import (
	"errors"
	"strconv"
	"time"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// RestoreWindow passes when a database can be restored as far back as its retention period
// promises, or as it is old. Backups that were off for an hour begin again with nothing,
// whatever the period then says. A day's difference is left to RDS, which cuts daily.
// Source: RDS DescribeDBInstanceAutomatedBackups and DescribeDBClusterAutomatedBackups,
// RestoreWindow.EarliestTime; DescribeDBClusters, EarliestRestorableTime.
var RestoreWindow = checks.Check{
	ID:          "rds-database-restore-window-matches-retention",
	Title:       "The restore window really reaches as far back as the retention promises",
	Severity:    checks.Medium,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Container,
	Tier:        3,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBInstanceAutomatedBackups", "rds:DescribeDBClusterAutomatedBackups"},
	Remedy:      "Wait until the window is full, and take a manual snapshot of what must be kept until then; never set the period to 0 in between.",
	Fix: checks.Fix{
		Threat: "Damage is often found days after it was done. Who counts on two weeks of backups and has two days of them restores what is damaged already.",
		CLI: `aws rds describe-db-instance-automated-backups --region {region} --db-instance-identifier {name} --query "DBInstanceAutomatedBackups[].RestoreWindow"
aws rds describe-db-clusters --region {region} --db-cluster-identifier {name} --query "DBClusters[].[EarliestRestorableTime,BackupRetentionPeriod]"
aws rds create-db-snapshot --region {region} --db-instance-identifier {name} --db-snapshot-identifier {name}-until-full`,
		Cost: "No setting brings back what was not kept: the window grows by a day each day. A manual snapshot costs storage and stays until somebody deletes it.",
	},
	Judges: checks.For(snapshot.DBInstances, func(d snapshot.DBInstance, env checks.Env) checks.Verdict {
		return restoreWindow(d.Database, d.Location, time.Time{}, env)
	}).And(checks.For(snapshot.DBClusters, func(c snapshot.DBCluster, env checks.Env) checks.Verdict {
		return restoreWindow(c.Database, c.Location, c.EarliestRestorable, env)
	})),
}

const day = 24 * time.Hour

func restoreWindow(d snapshot.Database, at snapshot.Location, told time.Time, env checks.Env) checks.Verdict {
	for _, leave := range []func(snapshot.Database) (checks.Verdict, bool){databases.Standalone, databases.Replica} {
		if v, out := leave(d); out {
			return v
		}
	}
	switch {
	case d.BackupRetentionDays == 0:
		return checks.DoesNotApply("automated backups are off").With("BackupRetentionPeriod", "0")
	case d.Status == "creating":
		return checks.DoesNotApply("the database is being made").With("Status", d.Status)
	}
	earliest, v, ok := earliestPoint(d, at, told, env)
	if !ok {
		return v
	}
	promised := time.Duration(d.BackupRetentionDays) * day
	reaches, want, because := env.AsOf.Sub(earliest), promised, "its retention period"
	if age := env.AsOf.Sub(d.Created); !d.Created.IsZero() && age < promised {
		want, because = age, "its age"
	}
	observed := func(v checks.Verdict) checks.Verdict {
		return v.With("EarliestTime", earliest.UTC().Format(time.RFC3339))
	}
	if reaches >= want-day {
		return observed(checks.Pass("the database can be restored to any point since %s, %s back; %s is %s", date(earliest), inDays(reaches), because, inDays(want)))
	}
	return observed(checks.Fail("the database can be restored to %s at the earliest, %s back, and not the %s of %s: backups were turned on, or their period raised, later; the window is full on %s",
		date(earliest), inDays(reaches), inDays(want), because, date(earliest.Add(promised))))
}

// earliestPoint is the first point that a database can be restored to. What a cluster tells
// itself counts before what its automated backups tell.
func earliestPoint(d snapshot.Database, at snapshot.Location, told time.Time, env checks.Env) (time.Time, checks.Verdict, bool) {
	if !told.IsZero() {
		return told, checks.Verdict{}, true
	}
	if d.ResourceID == "" {
		return told, checks.Unclear("the answer tells no resource id, by which automated backups are found"), false
	}
	b, err := checks.Find(env, snapshot.DBBackups, at, d.ResourceID)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return told, checks.Unclear("no automated backup of %s is listed in %s, though backups are kept for %d days", d.ResourceID, at.Region, d.BackupRetentionDays), false
	case err != nil:
		return told, checks.Unknown(err), false
	case b.Earliest.IsZero():
		return told, checks.Unclear("the automated backup, which is %q, tells no earliest point", b.Status).With("Status", b.Status), false
	}
	return b.Earliest, checks.Verdict{}, true
}

func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func inDays(d time.Duration) string {
	if n := int(max(0, d) / day); n != 1 {
		return strconv.Itoa(n) + " days"
	}
	return "1 day"
}
