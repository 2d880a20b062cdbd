package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func dbSnapshots(list ...snapshot.DBSnapshot) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		for _, s := range list {
			s.Meta = checktest.Meta(s.ID, "arn:aws:rds:eu-west-1:111122223333:snapshot:"+s.ID)
			a.RDS.Snapshots = append(a.RDS.Snapshots, s)
		}
	}
}

func unreadShares(cause snapshot.Cause) snapshot.Read[[]string] {
	return snapshot.Missing[[]string](checktest.Unread("rds:DescribeDBSnapshotAttributes", cause))
}

func TestDBSnapshotNotPublic(t *testing.T) {
	manual := func(shared ...string) func(*snapshot.Account) {
		return dbSnapshots(snapshot.DBSnapshot{Type: "manual", SharedWith: snapshot.Value(shared)})
	}
	unread := func(cause snapshot.Cause, encrypted bool) func(*snapshot.Account) {
		return dbSnapshots(snapshot.DBSnapshot{Type: "manual", Encrypted: encrypted, SharedWith: unreadShares(cause)})
	}
	checktest.Run(t, &DBSnapshotNotPublic, []checktest.Case{
		{Name: "shared with nobody", Set: manual(), Want: checks.PASS, Reason: "nobody"},
		{Name: "shared with one account", Set: manual("210987654321"), Want: checks.PASS, Reason: "210987654321"},
		{Name: "public", Set: manual("all"), Want: checks.FAIL, Reason: "every AWS account", Observed: map[string]string{"restore": "all"}},
		{Name: "all beside account ids", Set: manual("210987654321", "all"), Want: checks.FAIL, Reason: "210987654321, all"},
		{Name: "denied", Set: unread(snapshot.Denied, false), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "throttled", Set: unread(snapshot.Throttled, false), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "deleted between list and read", Set: unread(snapshot.Changed, false), Want: checks.UNKNOWN, Reason: "changed"},
		{Name: "denied, but encrypted", Set: unread(snapshot.Denied, true), Want: checks.PASS, Reason: "cannot be public"},
		{Name: "what was read wins over the flag", Want: checks.FAIL, Reason: "restore is all",
			Set: dbSnapshots(snapshot.DBSnapshot{Type: "manual", Encrypted: true, SharedWith: snapshot.Value([]string{"all"})})},
		{Name: "a docdb cluster's leaks just the same", Want: checks.FAIL, Reason: "DocumentDB snapshot",
			Set: dbSnapshots(snapshot.DBSnapshot{Type: "manual", OfCluster: true, Engine: "docdb", SharedWith: snapshot.Value([]string{"all"})})},
		{Name: "a neptune cluster's", Want: checks.PASS, Reason: "Neptune snapshot",
			Set: dbSnapshots(snapshot.DBSnapshot{Type: "manual", OfCluster: true, Engine: "neptune", SharedWith: snapshot.Value([]string(nil))})},
		{Name: "automated", Set: dbSnapshots(snapshot.DBSnapshot{Type: "automated"}), Want: checks.NotApplicable, Reason: "automated"},
		{Name: "of AWS Backup", Set: dbSnapshots(snapshot.DBSnapshot{Type: "awsbackup"}), Want: checks.NotApplicable, Reason: "awsbackup"},
		{Name: "a type that the answer lacks is not taken for automated", Set: dbSnapshots(snapshot.DBSnapshot{}), Want: checks.UNKNOWN, Reason: "no chosen check asked"},
		{Name: "cluster snapshots that could not be listed", Want: checks.UNKNOWN, Reason: "rds:DescribeDBClusterSnapshots",
			Set: func(a *snapshot.Account) {
				checktest.Fail(a, "rds:DescribeDBClusterSnapshots", checktest.Elsewhere, snapshot.Denied)
			}},
	})
}

func TestOneListThatFailsLeavesTheOthersSnapshots(t *testing.T) {
	a := checktest.Account(&DBSnapshotNotPublic, func(a *snapshot.Account) {
		dbSnapshots(snapshot.DBSnapshot{ID: "gone", Type: "manual", SharedWith: unreadShares(snapshot.Changed)},
			snapshot.DBSnapshot{ID: "open", Type: "manual", OfCluster: true, SharedWith: snapshot.Value([]string{"all"})})(a)
		checktest.Fail(a, "rds:DescribeDBSnapshots", checktest.At.Region, snapshot.Denied)
	})
	var got []checks.Status
	for _, f := range checktest.Findings(&DBSnapshotNotPublic, a, nil) {
		got = append(got, f.Status)
	}
	if len(got) != 3 || got[0] != checks.UNKNOWN || got[1] != checks.FAIL || got[2] != checks.UNKNOWN {
		t.Errorf("the one that went away, the public one, the Region: got %v", got)
	}
}
