package backups

import (
	"strings"
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

type database = snapshot.Database

func TestInstanceBackups(t *testing.T) {
	days := func(n int32) *int32 { return &n }
	replicas := map[string]any{"judge_replicas": true}
	checktest.Run(t, &InstanceBackups, []checktest.Case{
		{Name: "on", Set: checktest.Instance(database{BackupRetentionDays: 1}), Want: checks.PASS, Reason: "1 days"},
		{Name: "absent means 0", Set: checktest.Instance(database{}), Want: checks.FAIL, Reason: "are off", Observed: map[string]string{"BackupRetentionPeriod": "0"}},
		{Name: "pending is not in force", Set: checktest.Instance(database{Pending: snapshot.Pending{BackupRetentionDays: days(7)}}), Want: checks.FAIL, Reason: "7 days are pending"},
		{Name: "turning off is pending", Set: checktest.Instance(database{BackupRetentionDays: 7, Pending: snapshot.Pending{BackupRetentionDays: days(0)}}), Want: checks.PASS, Reason: "turning them off is pending"},
		{Name: "AWS Backup owns the continuous backup", Set: checktest.Instance(database{BackupRetentionDays: 35, BackupPoint: "arn:point"}), Want: checks.PASS, Reason: "AWS Backup"},
		{Name: "replica", Set: checktest.Instance(database{ReplicaOf: "orders"}), Want: checks.NotApplicable, Reason: "replica of orders"},
		{Name: "a replica in another Region is one still", Set: checktest.Instance(database{ReplicaOf: "arn:aws:rds:us-east-1:111122223333:db:orders"}), Want: checks.NotApplicable, Reason: "replica of arn"},
		{Name: "replica, judged", Set: checktest.Instance(database{ReplicaOf: "orders"}), Parameters: replicas, Want: checks.FAIL, Reason: "are off"},
		{Name: "a promoted replica", Set: checktest.Instance(database{ID: "orders-replica"}), Want: checks.FAIL, Reason: "are off"},
		{Name: "a member repeats its cluster's", Set: checktest.Instance(database{Cluster: "c", BackupRetentionDays: 7}), Want: checks.NotApplicable, Reason: "member of c"},
		{Name: "Multi-AZ is no backup", Set: checktest.Instance(database{MultiAZ: true}), Want: checks.FAIL, Reason: "are off"},
		{Name: "docdb", Set: checktest.Instance(database{Engine: "docdb"}), Want: checks.NotApplicable, Reason: "DocumentDB"},
		{Name: "denied", Set: checktest.Denied("rds:DescribeDBInstances"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestRecentRestorePoint(t *testing.T) {
	ago := func(d time.Duration) time.Time { return checktest.AsOf.Add(-d) }
	old := map[string]any{"max_rpo_minutes": 5}
	checktest.Run(t, &RecentRestorePoint, []checktest.Case{
		{Name: "five minutes", Set: checktest.Instance(database{Status: "available", BackupRetentionDays: 7, LatestRestorable: ago(5 * time.Minute)}), Want: checks.PASS, Reason: "5 minutes old"},
		{Name: "just enough", Set: checktest.Cluster(database{Status: "available", BackupRetentionDays: 1, LatestRestorable: ago(time.Hour)}), Want: checks.PASS, Reason: "60 minutes old"},
		{Name: "minutes count", Set: checktest.Instance(database{Status: "available", BackupRetentionDays: 7, LatestRestorable: ago(61 * time.Minute)}), Want: checks.FAIL, Reason: "61 minutes old, want 60"},
		{Name: "the policy's own bound", Set: checktest.Instance(database{Status: "available", BackupRetentionDays: 7, LatestRestorable: ago(6 * time.Minute)}), Parameters: old, Want: checks.FAIL, Reason: "want 5"},
		{Name: "age runs to the scan, not to today", Set: checktest.Instance(database{Status: "available", BackupRetentionDays: 7, LatestRestorable: ago(0)}), Want: checks.PASS, Reason: "0 minutes", Observed: map[string]string{"LatestRestorableTime": "2026-11-01T12:00:00Z"}},
		{Name: "a clock ahead of ours", Set: checktest.Instance(database{Status: "available", BackupRetentionDays: 7, LatestRestorable: ago(-time.Hour)}), Want: checks.PASS, Reason: "0 minutes"},
		{Name: "absent, though backups are on", Set: checktest.Instance(database{Status: "available", BackupRetentionDays: 7}), Want: checks.FAIL, Reason: "no point to restore to"},
		{Name: "absent during the first backup", Set: checktest.Instance(database{Status: "backing-up", BackupRetentionDays: 7}), Want: checks.UNKNOWN, Reason: "backing-up"},
		{Name: "backups are off", Set: checktest.Instance(database{Status: "available"}), Want: checks.FAIL, Reason: "are off"},
		{Name: "a full disk freezes the time", Set: checktest.Instance(database{Status: "storage-full", BackupRetentionDays: 7, LatestRestorable: ago(0)}), Want: checks.FAIL, Reason: "storage-full"},
		{Name: "incompatible-restore", Set: checktest.Instance(database{Status: "incompatible-restore"}), Want: checks.FAIL, Reason: "incompatible-restore"},
		{Name: "a lost key", Set: checktest.Cluster(database{Status: "inaccessible-encryption-credentials", BackupRetentionDays: 7}), Want: checks.FAIL, Reason: "inaccessible-encryption-credentials"},
		{Name: "a member has none of its own", Set: checktest.Instance(database{Cluster: "c", BackupRetentionDays: 7}), Want: checks.NotApplicable, Reason: "member of c"},
		{Name: "replica without backups", Set: checktest.Instance(database{ReplicaOf: "orders", Status: "available"}), Want: checks.NotApplicable, Reason: "replica of orders"},
		{Name: "replica with backups is judged", Set: checktest.Instance(database{ReplicaOf: "orders", Status: "available", BackupRetentionDays: 1, LatestRestorable: ago(2 * time.Hour)}), Want: checks.FAIL, Reason: "120 minutes"},
		{Name: "stopped", Set: checktest.Instance(database{Status: "stopped", BackupRetentionDays: 7}), Want: checks.NotApplicable, Reason: "stopped"},
		{Name: "creating", Set: checktest.Cluster(database{Status: "creating"}), Want: checks.NotApplicable, Reason: "creating"},
		{Name: "a young cluster", Set: checktest.Cluster(database{Status: "available", BackupRetentionDays: 1, Created: ago(30 * time.Minute)}), Want: checks.NotApplicable, Reason: "made 30m"},
		{Name: "an old cluster without a point", Set: checktest.Cluster(database{Status: "available", BackupRetentionDays: 1, Created: ago(90 * time.Minute)}), Want: checks.FAIL, Reason: "no point"},
		{Name: "neptune", Set: checktest.Cluster(database{Engine: "neptune", Created: ago(time.Minute)}), Want: checks.NotApplicable, Reason: "Neptune"},
	})
}

func TestClusterBacktrack(t *testing.T) {
	mysql := func(seconds int64, d database) func(*snapshot.Account) {
		d.Engine = "aurora-mysql"
		return checktest.Cluster(d, func(c *snapshot.DBCluster) { c.BacktrackSeconds = seconds })
	}
	checktest.Run(t, &ClusterBacktrack, []checktest.Case{
		{Name: "a day", Set: mysql(86400, database{}), Want: checks.PASS, Reason: "86400 seconds"},
		{Name: "absent means 0", Set: mysql(0, database{}), Want: checks.FAIL, Reason: "is off"},
		{Name: "0 is off for a policy that asks for nothing, too", Set: mysql(0, database{}), Parameters: map[string]any{"min_window_seconds": 0}, Want: checks.FAIL, Reason: "is off"},
		{Name: "less than the policy asks for", Set: mysql(60, database{}), Parameters: map[string]any{"min_window_seconds": 3600}, Want: checks.FAIL, Reason: "60 seconds only, want 3600"},
		{Name: "another engine", Set: checktest.Cluster(database{Engine: "aurora-postgresql"}), Want: checks.NotApplicable, Reason: "aurora-postgresql"},
		{Name: "serverless v1", Set: mysql(0, database{EngineMode: "serverless"}), Want: checks.NotApplicable, Reason: "serverless"},
		{Name: "parallel query", Set: mysql(0, database{EngineMode: "parallelquery"}), Want: checks.NotApplicable, Reason: "parallelquery"},
		{Name: "member of a global database", Set: mysql(0, database{Global: "g"}), Want: checks.NotApplicable, Reason: "global database"},
		{Name: "replica", Set: mysql(0, database{ReplicaOf: "arn:p"}), Want: checks.NotApplicable, Reason: "arn:p"},
		{Name: "denied", Set: checktest.Denied("rds:DescribeDBClusters"), Want: checks.UNKNOWN, Reason: "denied"},
	})
	if !strings.Contains(ClusterBacktrack.Remedy, "made or restored") {
		t.Error("the remedy must say that Backtrack can only be chosen at the start")
	}
}
