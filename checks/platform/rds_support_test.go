package platform

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// in is a number of days after the tests' clock.
func in(days int) time.Time { return checktest.AsOf.AddDate(0, 0, days) }

func TestMaintenanceApplied(t *testing.T) {
	type action = snapshot.MaintenanceAction
	waits := func(actions ...action) func(*snapshot.Account) {
		return checktest.All(checktest.Instance(database{}), func(a *snapshot.Account) {
			a.RDS.Maintenance = []snapshot.DBMaintenance{{Meta: snapshot.Meta{Location: checktest.At, ARN: a.RDS.Instances[0].ARN}, Actions: actions}}
		})
	}
	checktest.Run(t, &MaintenanceApplied, []checktest.Case{
		{Name: "nothing waits: it is not in the answer", Set: checktest.Instance(database{}), Want: checks.PASS, Reason: "nothing waits"},
		{Name: "not in an answer that failed", Set: checktest.All(checktest.Instance(database{}), checktest.Denied("rds:DescribePendingMaintenanceActions")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "past its date", Set: waits(action{Action: "system-update", AutoApplied: in(-1)}), Want: checks.FAIL, Reason: "system-update waits past 2026-10-31"},
		{Name: "its date has not come", Set: waits(action{Action: "system-update", AutoApplied: in(30)}), Want: checks.PASS, Reason: "has not come"},
		{Name: "forced soon", Set: waits(action{Action: "db-upgrade", Forced: in(14)}), Want: checks.FAIL, Reason: "is forced on 2026-11-15"},
		{Name: "forced later", Set: waits(action{Action: "db-upgrade", Forced: in(15)}), Want: checks.PASS, Reason: "has not come"},
		{Name: "planned for the next window", Set: waits(action{Action: "db-upgrade", Forced: in(1), CurrentDate: in(1)}), Want: checks.PASS, Reason: "has not come"},
		{Name: "put off without a date", Set: waits(action{Action: "os-upgrade", OptIn: "undo-opt-in"}), Want: checks.FAIL, Reason: "without an end"},
		{Name: "the second of two", Set: waits(action{Action: "os-upgrade"}, action{Action: "hardware-maintenance", Forced: in(2)}), Want: checks.FAIL, Reason: "hardware-maintenance"},
		{Name: "an action that is no patch", Set: waits(action{Action: "io-optimized-storage", AutoApplied: in(-9)}), Want: checks.PASS, Reason: "no patch"},
		{Name: "an entry of docdb", Set: checktest.Instance(database{Engine: "docdb"}), Want: checks.NotApplicable, Reason: "DocumentDB"},
		{Name: "a cluster", Set: checktest.Cluster(database{}), Want: checks.PASS, Reason: "nothing waits"},
	})
}

func TestEngineInSupport(t *testing.T) {
	with := func(d database, engine snapshot.Engine, version string, standard, extended time.Time) func(*snapshot.Account) {
		return checktest.All(checktest.Instance(d), func(a *snapshot.Account) {
			a.RDS.Majors = []snapshot.DBMajorVersion{{Meta: checktest.Meta("", ""), Engine: engine, Version: version, StandardEnds: standard, ExtendedEnds: extended}}
		})
	}
	pg := database{Engine: "postgres", Version: "16.4", Lifecycle: "open-source-rds-extended-support"}
	var never time.Time
	checktest.Run(t, &EngineInSupport, []checktest.Case{
		{Name: "in support; the default of EngineLifecycleSupport says nothing of today", Set: with(pg, "postgres", "16", in(500), in(1600)), Want: checks.PASS, Reason: "standard support of postgres 16 ends on"},
		{Name: "ends soon", Set: with(pg, "postgres", "16", in(90), in(1600)), Want: checks.FAIL, Reason: "want 90 days"},
		{Name: "ended: paid Extended Support", Set: with(pg, "postgres", "16", in(-1), in(1000)), Want: checks.FAIL, Reason: "paid Extended Support"},
		{Name: "ended: a forced upgrade", Set: with(database{Engine: "mysql", Version: "8.0.40", Lifecycle: "open-source-rds-extended-support-disabled"}, "mysql", "8.0", in(-1), in(1000)), Want: checks.FAIL, Reason: "by force"},
		{Name: "even extended support ended", Set: with(pg, "postgres", "16", in(-1200), in(-1)), Want: checks.FAIL, Reason: "even the extended support"},
		{Name: "mariadb has one lifecycle", Set: with(database{Engine: "mariadb", Version: "10.11.9"}, "mariadb", "10.11", in(500), never), Want: checks.PASS, Reason: "mariadb 10.11"},
		{Name: "aurora-mysql", Set: with(database{Engine: "aurora-mysql", Version: "8.0.mysql_aurora.3.08.0"}, "aurora-mysql", "8.0", in(500), never), Want: checks.PASS, Reason: "aurora-mysql 8.0"},
		{Name: "postgres before 10", Set: with(database{Engine: "postgres", Version: "9.6.24"}, "postgres", "9.6", in(-1), never), Want: checks.FAIL, Reason: "postgres 9.6"},
		{Name: "a version that the answer lacks", Set: with(pg, "postgres", "17", in(500), never), Want: checks.UNKNOWN, Reason: "not told"},
		{Name: "a version without lifecycle", Set: with(pg, "postgres", "16", never, never), Want: checks.UNKNOWN, Reason: "not told"},
		{Name: "an endpoint that does not know the operation", Set: checktest.All(checktest.Instance(pg), func(a *snapshot.Account) {
			checktest.Fail(a, "rds:DescribeDBMajorEngineVersions", checktest.At.Region, snapshot.Unsupported)
		}), Want: checks.UNKNOWN, Reason: "unsupported"},
		{Name: "oracle", Set: checktest.Instance(database{Engine: "oracle-se2"}), Want: checks.NotApplicable, Reason: "no lifecycle"},
		{Name: "custom", Set: checktest.Instance(database{Engine: "custom-sqlserver-ee"}), Want: checks.NotApplicable, Reason: "no lifecycle"},
		{Name: "member", Set: checktest.Instance(database{Engine: "aurora-mysql", Cluster: "c"}), Want: checks.NotApplicable, Reason: "member"},
	})
}
