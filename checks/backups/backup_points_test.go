package backups

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func held(points ...snapshot.RecoveryPoint) func(*snapshot.Account) {
	return func(a *snapshot.Account) { a.Backup.Points = append(a.Backup.Points, points...) }
}

func TestPointRetention(t *testing.T) {
	parent := func(p *snapshot.RecoveryPoint) { p.Parent = true }
	calculated := func(at time.Time) func(*snapshot.RecoveryPoint) {
		return func(p *snapshot.RecoveryPoint) { p.Kept = snapshot.Value(snapshot.Retention{DeleteAt: at}) }
	}
	one := func(age time.Duration, days int64, change func(*snapshot.RecoveryPoint)) func(*snapshot.Account) {
		return held(pointOf("1", databaseARN, age, days, change))
	}
	checktest.Run(t, &PointRetention, []checktest.Case{
		{Name: "35 days", Set: one(aDay, 35, nil), Want: checks.PASS, Reason: "is kept 35 days"},
		{Name: "34 days", Set: one(aDay, 34, nil), Want: checks.FAIL, Reason: "is kept 34 days, want 35 days"},
		{Name: "null means never expires", Set: one(aDay, 0, nil), Want: checks.PASS, Reason: "for ever"},
		{Name: "no lifecycle, and nothing calculated", Set: one(aDay, 0, calculated(time.Time{})), Want: checks.PASS, Reason: "for ever"},
		{Name: "calculated, long enough", Set: one(aDay, 0, calculated(ago(aDay).AddDate(0, 0, 35))), Want: checks.PASS, Reason: "is deleted at"},
		{Name: "calculated, too soon", Set: one(aDay, 0, calculated(ago(aDay).AddDate(0, 0, 34))), Want: checks.FAIL, Reason: "is deleted at"},
		{Name: "deleted once it is copied", Set: one(aDay, 0, func(p *snapshot.RecoveryPoint) {
			p.Kept = snapshot.Value(snapshot.Retention{Lifecycle: &snapshot.Lifecycle{DeleteAfterEvent: "DELETE_AFTER_COPY"}})
		}), Want: checks.FAIL, Reason: "DELETE_AFTER_COPY"},
		{Name: "a continuous point has at most 35 days", Set: one(aDay, 20, continuous), Want: checks.FAIL, Reason: "cannot be kept longer than 35 days"},
		{Name: "a lock's least retention governs new points only: what this one says counts", Set: set(theVault(func(v *snapshot.BackupVault) {
			v.Lock = snapshot.Value(snapshot.VaultLock{Locked: true})
		}), one(aDay, 20, nil)), Want: checks.FAIL, Reason: "20 days"},
		{Name: "expired", Set: one(aDay, 1, status("EXPIRED")), Want: checks.NotApplicable, Reason: "EXPIRED"},
		{Name: "composite", Set: one(aDay, 1, parent), Want: checks.NotApplicable, Reason: "composite"},
		{Name: "retention unread", Set: one(aDay, 1, func(p *snapshot.RecoveryPoint) { p.Kept = snapshot.Missing[snapshot.Retention](throttled) }), Want: checks.UNKNOWN, Reason: "throttled"},
	})
	// A shorter kept point beside others of the same resource.
	short := pointOf("1", databaseARN, 2*time.Hour, 3, nil)
	for name, tt := range map[string]struct {
		beside   []snapshot.RecoveryPoint
		fail     bool
		perPoint bool
		want     checks.Status
	}{
		"a longer kept one of yesterday":             {beside: []snapshot.RecoveryPoint{pointOf("2", databaseARN, aDay, 90, nil)}, want: checks.NotApplicable},
		"a longer kept one, too old":                 {beside: []snapshot.RecoveryPoint{pointOf("2", databaseARN, aDay+time.Minute, 90, nil)}, want: checks.FAIL},
		"a continuous one of old":                    {beside: []snapshot.RecoveryPoint{pointOf("2", databaseARN, 300*aDay, 35, continuous)}, want: checks.NotApplicable},
		"another that is as short":                   {beside: []snapshot.RecoveryPoint{pointOf("2", databaseARN, aDay, 3, nil)}, want: checks.FAIL},
		"another's":                                  {beside: []snapshot.RecoveryPoint{pointOf("2", clusterARN, aDay, 90, nil)}, want: checks.FAIL},
		"a longer kept one that failed":              {beside: []snapshot.RecoveryPoint{pointOf("2", databaseARN, aDay, 90, status("PARTIAL"))}, want: checks.FAIL},
		"each point is asked for":                    {beside: []snapshot.RecoveryPoint{pointOf("2", databaseARN, aDay, 90, nil)}, perPoint: true, want: checks.FAIL},
		"the list broke off":                         {fail: true, want: checks.UNKNOWN},
		"the list broke off after a longer kept one": {beside: []snapshot.RecoveryPoint{pointOf("2", databaseARN, aDay, 90, nil)}, fail: true, want: checks.NotApplicable},
	} {
		a := checktest.Account(&PointRetention, set(held(short), held(tt.beside...)))
		if tt.fail {
			denied("backup:ListRecoveryPointsByBackupVault")(a)
		}
		for _, f := range checktest.Findings(&PointRetention, a, map[string]any{"per_resource": !tt.perPoint}) {
			if f.Resource.ID == short.ARN && f.Status != tt.want {
				t.Errorf("%s: %s %s, want %s", name, f.Status, f.Reason, tt.want)
			}
		}
	}
}

func TestDatabaseIndependentBackup(t *testing.T) {
	db := checktest.Instance(snapshot.Database{Engine: "postgres", Status: "available", ResourceID: "db-1", Created: ago(400 * aDay), BackupPoint: "arn:aws:backup:eu-west-1:111122223333:recovery-point:continuous:db-1", LatestRestorable: ago(5 * time.Minute)})
	point := func(age time.Duration, change func(*snapshot.RecoveryPoint)) func(*snapshot.Account) {
		return protected(databaseARN, pointOf("1", databaseARN, age, 35, change))
	}
	manual := func(age time.Duration, change func(*snapshot.DBSnapshot)) func(*snapshot.Account) {
		s := snapshot.DBSnapshot{Type: "manual", Status: "available", Database: "db", DatabaseID: "db-1", Created: ago(age)}
		if change != nil {
			change(&s)
		}
		return checktest.DBSnapshot(s)
	}
	here := set(db, theVault(nil))
	checktest.Run(t, &DatabaseIndependentBackup, []checktest.Case{
		{Name: "yesterday's point", Set: set(here, point(aDay, nil)), Want: checks.PASS, Reason: "recovery point 1 in vault main holds the data of 2026-10-31T12:00:00Z"},
		{Name: "the oldest that is allowed", Set: set(here, point(8*aDay, nil)), Want: checks.PASS, Reason: "2026-10-24"},
		{Name: "older than allowed", Set: set(here, point(9*aDay, nil)), Want: checks.FAIL, Reason: "the newest recovery point is of 2026-10-23T12:00:00Z; an age of 8 days is allowed"},
		{Name: "PARTIAL is no backup", Set: set(here, point(aDay, status("PARTIAL"))), Want: checks.FAIL, Reason: "neither a recovery point nor a manual snapshot"},
		{Name: "EXPIRED is none", Set: set(here, point(aDay, status("EXPIRED"))), Want: checks.FAIL, Reason: "neither"},
		{Name: "DELETING is none", Set: set(here, point(aDay, status("DELETING"))), Want: checks.FAIL, Reason: "neither"},
		{Name: "STOPPED is none", Set: set(here, point(aDay, status("STOPPED"))), Want: checks.FAIL, Reason: "neither"},
		{Name: "a continuous point is as recent as the database can be restored to", Set: set(here, point(200*aDay, continuous)), Want: checks.PASS, Reason: "of 2026-11-01T11:55:00Z"},
		{Name: "a continuous point that the database does not name keeps its date", Set: set(here, point(200*aDay, func(p *snapshot.RecoveryPoint) { continuous(p); p.ARN += "9" })), Want: checks.FAIL, Reason: "the newest recovery point is of 2026-04-15"},
		{Name: "a vault that is gone", Set: set(here, point(aDay, func(p *snapshot.RecoveryPoint) { p.Vault = "gone" })), Want: checks.FAIL, Reason: "neither"},
		{Name: "a point whose list does not tell the vault", Set: set(here, point(aDay, func(p *snapshot.RecoveryPoint) { p.Vault = "" })), Want: checks.PASS, Reason: "(not told)"},
		{Name: "selected by a plan and never backed up", Set: set(here, region("RDS"), planOf("daily", daily, databaseARN)), Want: checks.FAIL, Reason: "neither"},
		{Name: "another database's snapshot by AWS Backup", Set: set(here, protected(clusterARN, pointOf("1", clusterARN, aDay, 35, nil))), Want: checks.FAIL, Reason: "neither"},
		{Name: "a manual snapshot", Set: set(here, manual(aDay, nil)), Want: checks.PASS, Reason: "manual snapshot snap is of 2026-10-31"},
		{Name: "an automated snapshot", Set: set(here, manual(aDay, func(s *snapshot.DBSnapshot) { s.Type = "automated" })), Want: checks.FAIL, Reason: "neither"},
		{Name: "a manual snapshot being made", Set: set(here, manual(aDay, func(s *snapshot.DBSnapshot) { s.Status = "creating" })), Want: checks.FAIL, Reason: "neither"},
		{Name: "a snapshot of one that was deleted and made anew under the same name", Set: set(here, manual(aDay, func(s *snapshot.DBSnapshot) { s.DatabaseID = "db-0" })), Want: checks.FAIL, Reason: "neither"},
		{Name: "an older endpoint tells the name alone", Set: set(here, manual(aDay, func(s *snapshot.DBSnapshot) { s.DatabaseID = "" })), Want: checks.PASS, Reason: "snap"},
		{Name: "an old manual snapshot and an old point", Set: set(here, manual(90*aDay, nil), point(20*aDay, nil)), Want: checks.FAIL, Reason: "recovery point is of 2026-10-12T12:00:00Z and the newest manual snapshot, snap, is of 2026-08-03"},
		{Name: "made within the age", Set: set(theVault(nil), checktest.Instance(snapshot.Database{Engine: "postgres", Created: ago(aDay)})), Want: checks.NotApplicable, Reason: "was made at"},
		{Name: "member", Set: checktest.Instance(snapshot.Database{Engine: "aurora-mysql", Cluster: "c"}), Want: checks.NotApplicable, Reason: "member"},
		{Name: "replica", Set: checktest.Instance(snapshot.Database{Engine: "mysql", ReplicaOf: "x"}), Want: checks.NotApplicable, Reason: "replica"},
		{Name: "a cluster", Set: set(theVault(nil), checktest.Cluster(snapshot.Database{ID: "db", Engine: "aurora-mysql", Created: ago(90 * aDay)}), protected(clusterARN, pointOf("1", clusterARN, aDay, 35, nil))), Want: checks.PASS, Reason: "recovery point 1"},
		{Name: "points unread", Set: set(here, protected(databaseARN), func(a *snapshot.Account) {
			a.Backup.Protected[0].Points = snapshot.Missing[[]snapshot.RecoveryPoint](throttled)
		}), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "points unread, but a manual snapshot", Set: set(here, manual(aDay, nil), denied("backup:ListProtectedResources")), Want: checks.PASS, Reason: "snap"},
		{Name: "protected resources unread", Set: set(here, denied("backup:ListProtectedResources")), Want: checks.UNKNOWN, Reason: "backup:ListProtectedResources"},
		{Name: "vaults unread", Set: set(db, point(aDay, nil), denied("backup:ListBackupVaults")), Want: checks.UNKNOWN, Reason: "backup:ListBackupVaults"},
		{Name: "snapshots unread", Set: set(here, denied("rds:DescribeDBSnapshots")), Want: checks.UNKNOWN, Reason: "rds:DescribeDBSnapshots"},
	})
}

func TestBucketPointRecent(t *testing.T) {
	point := func(age time.Duration, change func(*snapshot.RecoveryPoint)) func(*snapshot.Account) {
		return protected(bucketARN, pointOf("1", bucketARN, age, 35, change))
	}
	here := set(region("S3"), bucketNamed(nil), planOf("daily", daily, bucketARN), theVault(nil))
	checktest.Run(t, &BucketPointRecent, []checktest.Case{
		{Name: "yesterday's", Set: set(here, point(aDay, nil)), Want: checks.PASS, Reason: "recovery point 1 is of 2026-10-31"},
		{Name: "older than two days", Set: set(here, point(3*aDay, nil)), Want: checks.FAIL, Reason: "is of 2026-10-29T12:00:00Z; an age of 2 days is allowed"},
		{Name: "continuous, old and yet current", Set: set(here, point(300*aDay, continuous)), Want: checks.PASS, Reason: "the continuous backup db-1 is AVAILABLE"},
		{Name: "AVAILABLE alone makes no continuous backup", Set: set(here, point(300*aDay, status("AVAILABLE"))), Want: checks.FAIL, Reason: "the newest recovery point is of"},
		{Name: "a continuous backup that was stopped", Set: set(here, point(300*aDay, func(p *snapshot.RecoveryPoint) { continuous(p); p.Status = "STOPPED" })), Want: checks.FAIL, Reason: "there is no recovery point"},
		{Name: "STOPPED does not count", Set: set(here, point(aDay, status("STOPPED"))), Want: checks.FAIL, Reason: "there is no recovery point"},
		{Name: "PARTIAL does not count", Set: set(here, point(aDay, status("PARTIAL"))), Want: checks.FAIL, Reason: "there is no recovery point"},
		{Name: "EXPIRED and DELETING do not count", Set: set(here, protected(bucketARN, pointOf("1", bucketARN, aDay, 35, status("EXPIRED")), pointOf("2", bucketARN, aDay, 35, status("DELETING")))), Want: checks.FAIL, Reason: "there is no recovery point"},
		{Name: "selected and never backed up", Set: here, Want: checks.FAIL, Reason: `backup plan "daily", selection "some"`},
		{Name: "a copy in another Region is not seen here", Set: set(here, point(aDay, nil), func(a *snapshot.Account) { a.Backup.Protected[0].Region = checktest.Elsewhere }), Want: checks.FAIL, Reason: "there is no recovery point"},
		{Name: "no plan selects it", Set: set(region("S3"), bucketNamed(nil), theVault(nil), point(90*aDay, nil)), Want: checks.NotApplicable, Reason: "no backup plan"},
		{Name: "whether a plan selects it is unread", Set: set(region("S3"), bucketNamed(nil), denied("backup:ListBackupPlans")), Want: checks.UNKNOWN, Reason: "backup:ListBackupPlans"},
		{Name: "points unread", Set: set(here, denied("backup:ListProtectedResources")), Want: checks.UNKNOWN, Reason: "backup:ListProtectedResources"},
		{Name: "its Region unread", Set: set(region("S3"), bucketNamed(func(b *snapshot.Bucket) { b.BucketRegion = snapshot.Missing[string](throttled) })), Want: checks.UNKNOWN, Reason: "throttled"},
	})
}
