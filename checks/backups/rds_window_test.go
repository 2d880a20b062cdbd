package backups

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestRestoreWindow(t *testing.T) {
	ago := func(days int) time.Time { return checktest.AsOf.AddDate(0, 0, -days) }
	db := func(change func(*snapshot.Database)) func(*snapshot.Account) {
		d := snapshot.Database{ResourceID: "db-1", Status: "available", BackupRetentionDays: 14, Created: ago(500)}
		if change != nil {
			change(&d)
		}
		return checktest.Instance(d)
	}
	backup := func(resource string, earliest time.Time) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.RDS.Backups = append(a.RDS.Backups, snapshot.DBBackup{Meta: checktest.Meta("db", "arn:b:"+resource), Resource: resource, Status: "active", Earliest: earliest})
		}
	}
	cluster := func(earliest time.Time, more ...func(*snapshot.Account)) func(*snapshot.Account) {
		return checktest.All(append(more, checktest.Cluster(snapshot.Database{ResourceID: "cluster-1", BackupRetentionDays: 7, Created: ago(100)}, func(c *snapshot.DBCluster) { c.EarliestRestorable = earliest }))...)
	}
	checktest.Run(t, &RestoreWindow, []checktest.Case{
		{Name: "full", Set: checktest.All(db(nil), backup("db-1", ago(14))), Want: checks.PASS, Reason: "14 days back"},
		{Name: "a day short is RDS's own", Set: checktest.All(db(nil), backup("db-1", ago(13))), Want: checks.PASS, Reason: "13 days back"},
		{Name: "retention was raised, or backups turned off and on again", Set: checktest.All(db(nil), backup("db-1", ago(2))), Want: checks.FAIL, Reason: "the window is full on 2026-11-13"},
		{Name: "just too short", Set: checktest.All(db(nil), backup("db-1", ago(13).Add(time.Minute))), Want: checks.FAIL, Reason: "12 days back, and not the 14 days of its retention period"},
		{Name: "a young database reaches as far as its age", Set: checktest.All(db(func(d *snapshot.Database) { d.Created = ago(3) }), backup("db-1", ago(3))), Want: checks.PASS, Reason: "its age is 3 days"},
		{Name: "a restored instance counts from its own creation", Set: checktest.All(db(func(d *snapshot.Database) { d.Created = ago(5) }), backup("db-1", ago(1))), Want: checks.FAIL, Reason: "not the 5 days of its age"},
		{Name: "a name used again: the backup goes by the resource id", Set: checktest.All(db(nil), backup("db-0", ago(30)), backup("db-1", ago(1))), Want: checks.FAIL, Reason: "1 day back"},
		{Name: "the replicated backup of another Region is not its own", Set: checktest.All(db(nil), func(a *snapshot.Account) {
			a.RDS.Backups = []snapshot.DBBackup{{Meta: checktest.Meta("db", "arn:b"), Resource: "db-1", Earliest: ago(30)}}
			a.RDS.Backups[0].Region = checktest.Elsewhere
		}), Want: checks.UNKNOWN, Reason: "no automated backup of db-1"},
		{Name: "a cluster tells itself", Set: cluster(ago(7)), Want: checks.PASS, Reason: "7 days back"},
		{Name: "a cluster tells less", Set: cluster(ago(1), backup("cluster-1", ago(9))), Want: checks.FAIL, Reason: "1 day back"},
		{Name: "a cluster by its backup", Set: cluster(time.Time{}, backup("cluster-1", ago(7))), Want: checks.PASS, Reason: "7 days back"},
		{Name: "no earliest point", Set: checktest.All(db(nil), backup("db-1", time.Time{})), Want: checks.UNKNOWN, Reason: "tells no earliest point"},
		{Name: "backups denied", Set: checktest.All(db(nil), checktest.Denied("rds:DescribeDBInstanceAutomatedBackups")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "no resource id", Set: db(func(d *snapshot.Database) { d.ResourceID = "" }), Want: checks.UNKNOWN, Reason: "no resource id"},
		{Name: "backups are off", Set: db(func(d *snapshot.Database) { d.BackupRetentionDays = 0 }), Want: checks.NotApplicable, Reason: "off"},
		{Name: "being made", Set: db(func(d *snapshot.Database) { d.Status = "creating" }), Want: checks.NotApplicable, Reason: "being made"},
		{Name: "member", Set: db(func(d *snapshot.Database) { d.Cluster = "c" }), Want: checks.NotApplicable, Reason: "judged at the cluster"},
		{Name: "replica", Set: db(func(d *snapshot.Database) { d.ReplicaOf = "orders" }), Want: checks.NotApplicable, Reason: "read replica"},
		{Name: "docdb", Set: db(func(d *snapshot.Database) { d.Engine = "docdb" }), Want: checks.NotApplicable, Reason: "DocumentDB"},
	})
}
