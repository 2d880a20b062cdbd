package hygiene

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestManualSnapshotNotForgotten(t *testing.T) {
	old, young := checktest.AsOf.AddDate(0, 0, -366), checktest.AsOf.AddDate(0, 0, -365)
	snap := func(change func(*snapshot.DBSnapshot)) func(*snapshot.Account) {
		s := snapshot.DBSnapshot{Type: "manual", Status: "available", Created: old, Database: "orders", DatabaseID: "db-1"}
		if change != nil {
			change(&s)
		}
		return checktest.DBSnapshot(s)
	}
	db := func(name, status string) func(*snapshot.Account) {
		return checktest.Instance(snapshot.Database{ID: name, ResourceID: "db-1", Status: status})
	}
	cluster := func(s *snapshot.DBSnapshot) { s.OfCluster, s.Database, s.DatabaseID = true, "catalog", "cluster-1" }
	tagged := func(a *snapshot.Account) {
		a.RDS.Snapshots[0].Tags = map[string]string{"retain": "until 2033, tax law"}
	}
	checktest.Run(t, &ManualSnapshotNotForgotten, []checktest.Case{
		{Name: "young", Set: snap(func(s *snapshot.DBSnapshot) { s.Created = young }), Want: checks.PASS, Reason: "365 days old"},
		{Name: "old, its database gone", Set: snap(nil), Want: checks.FAIL, Reason: "no database in eu-west-1 is the one that it was made of, orders"},
		{Name: "old, its database there", Set: checktest.All(snap(nil), db("orders", "available")), Want: checks.FAIL, Reason: "its database orders still exists"},
		{Name: "a renamed database keeps its resource id", Set: checktest.All(snap(nil), db("orders-v2", "available")), Want: checks.FAIL, Reason: "orders still exists, as orders-v2"},
		{Name: "another database took the name", Set: checktest.All(snap(nil), checktest.Instance(snapshot.Database{ID: "orders", ResourceID: "db-2"})), Want: checks.FAIL, Reason: "no database"},
		{Name: "its database is being deleted", Set: checktest.All(snap(nil), db("orders", "deleting")), Want: checks.FAIL, Reason: "no database"},
		{Name: "databases denied", Set: checktest.All(snap(nil), checktest.Denied("rds:DescribeDBInstances")), Want: checks.FAIL, Reason: "still exists was not read"},
		{Name: "no resource id", Set: snap(func(s *snapshot.DBSnapshot) { s.DatabaseID = "" }), Want: checks.FAIL, Reason: "not told"},
		{Name: "of a cluster", Set: checktest.All(snap(cluster), checktest.Cluster(snapshot.Database{ID: "catalog", ResourceID: "cluster-1"})), Want: checks.FAIL, Reason: "its database catalog still exists"},
		{Name: "a copy is as old as its original", Set: snap(func(s *snapshot.DBSnapshot) { s.Created, s.Original = young, old }), Want: checks.FAIL, Reason: "366 days old"},
		{Name: "kept by its tag", Set: checktest.All(snap(nil), tagged), Want: checks.PASS, Reason: "until 2033, tax law"},
		{Name: "another tag is asked for", Set: checktest.All(snap(nil), tagged), Parameters: map[string]any{"keep_tag": "keep"}, Want: checks.FAIL, Reason: "no tag keep"},
		{Name: "another age is asked for", Set: snap(nil), Parameters: map[string]any{"max_age_days": 400}, Want: checks.PASS, Reason: "want 400"},
		{Name: "being made", Set: snap(func(s *snapshot.DBSnapshot) { s.Created, s.Status = s.Original, "creating" }), Want: checks.NotApplicable, Reason: "being made"},
		{Name: "no time is told", Set: snap(func(s *snapshot.DBSnapshot) { s.Created = s.Original }), Want: checks.UNKNOWN, Reason: "when the snapshot was made"},
		{Name: "automated", Set: snap(func(s *snapshot.DBSnapshot) { s.Type = "automated" }), Want: checks.NotApplicable, Reason: "automated"},
		{Name: "AWS Backup's", Set: snap(func(s *snapshot.DBSnapshot) { s.Type = "awsbackup" }), Want: checks.NotApplicable, Reason: "awsbackup"},
	})
	if ManualSnapshotNotForgotten.Bounds("max_age_days", 0) == nil || ManualSnapshotNotForgotten.Bounds("max_age_days", 1) != nil {
		t.Error("0 days are taken, or 1 is not")
	}
}
