package backups

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestBackupRetention(t *testing.T) {
	type db = snapshot.Database
	type cl = snapshot.Database
	const global = "arn:aws:rds:us-east-1:111122223333:cluster:primary"
	checktest.Run(t, &BackupRetention, []checktest.Case{
		{Name: "instance, just enough", Set: checktest.Instance(db{BackupRetentionDays: 7}), Want: checks.PASS, Reason: "for 7 days", Observed: map[string]string{"BackupRetentionPeriod": "7"}},
		{Name: "instance, a day short", Set: checktest.Instance(db{BackupRetentionDays: 6}), Want: checks.FAIL, Reason: "6 days, want 7"},
		{Name: "0 is off, which is not long enough", Set: checktest.Instance(db{}), Want: checks.FAIL, Reason: "off", Observed: map[string]string{"BackupRetentionPeriod": "0"}},
		{Name: "0 is off for a policy that asks for nothing, too", Set: checktest.Cluster(cl{}), Parameters: map[string]any{"min_retention_days": 0}, Want: checks.FAIL, Reason: "off"},
		{Name: "cluster", Set: checktest.Cluster(cl{BackupRetentionDays: 14}), Want: checks.PASS, Reason: "for 14 days"},
		{Name: "a cluster made by API keeps 1 day", Set: checktest.Cluster(cl{BackupRetentionDays: 1}), Want: checks.FAIL, Reason: "1 days, want 7"},
		{Name: "the policy asks for more than 35", Set: checktest.Instance(db{BackupRetentionDays: 35}), Parameters: map[string]any{"min_retention_days": 90}, Want: checks.FAIL, Reason: "35 days, want 90"},
		{Name: "member of a cluster", Set: checktest.Instance(db{Cluster: "c"}), Want: checks.NotApplicable, Reason: "member of c"},
		{Name: "read replica", Set: checktest.Instance(db{ReplicaOf: "orders"}), Want: checks.NotApplicable, Reason: "replica of orders"},
		{Name: "replica cluster", Set: checktest.Cluster(cl{ReplicaOf: global}), Want: checks.NotApplicable, Reason: "replica of " + global},
		{Name: "secondary of a global database has its own", Set: checktest.Cluster(cl{ReplicaOf: global, Global: "g", BackupRetentionDays: 1}), Want: checks.FAIL, Reason: "1 days"},
		{Name: "docdb cluster", Set: checktest.Cluster(cl{Engine: "docdb"}), Want: checks.NotApplicable, Reason: "DocumentDB"},
		{Name: "neptune cluster", Set: checktest.Cluster(cl{Engine: "neptune"}), Want: checks.NotApplicable, Reason: "Neptune"},
		{Name: "neptune instance", Set: checktest.Instance(db{Engine: "neptune"}), Want: checks.NotApplicable, Reason: "Neptune"},
		{Name: "instance that is being deleted", Set: checktest.Instance(db{Status: "deleting"}), Want: checks.NotApplicable, Reason: "deleting"},
		{Name: "cluster that is being deleted", Set: checktest.Cluster(cl{Status: "deleting"}), Want: checks.NotApplicable, Reason: "deleting"},
		{Name: "stopped counts", Set: checktest.Instance(db{Status: "stopped"}), Want: checks.FAIL, Reason: "off"},
		{Name: "clusters that could not be listed", Want: checks.UNKNOWN, Reason: "rds:DescribeDBClusters",
			Set: func(a *snapshot.Account) {
				checktest.Fail(a, "rds:DescribeDBClusters", checktest.At.Region, snapshot.Throttled)
			}},
	})
	if !strings.Contains(BackupRetention.Remedy, "AWS Backup") {
		t.Error("more than 35 days can be met only by AWS Backup: the remedy must say so")
	}
}
