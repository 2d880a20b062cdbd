package platform

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

type database = snapshot.Database

func told(on bool) *bool { return &on }

func TestMinorUpgrades(t *testing.T) {
	aurora := func(flags ...*bool) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			checktest.Cluster(database{Engine: "aurora-mysql"}, func(c *snapshot.DBCluster) {
				for i := range flags {
					c.Members = append(c.Members, snapshot.DBMember{ID: string(rune('a' + i))})
				}
			})(a)
			for i, on := range flags {
				checktest.Instance(database{ID: string(rune('a' + i)), Engine: "aurora-mysql", Cluster: "cluster", AutoMinorVersionUpgrade: on})(a)
			}
		}
	}
	clusterAlone := func(set func(*snapshot.Account)) func(*snapshot.Account) {
		return func(a *snapshot.Account) { set(a); a.RDS.Instances = nil }
	}
	checktest.Run(t, &MinorUpgrades, []checktest.Case{
		{Name: "on", Set: checktest.Instance(database{Engine: "postgres", AutoMinorVersionUpgrade: told(true)}), Want: checks.PASS, Reason: "are automatic"},
		{Name: "off", Set: checktest.Instance(database{Engine: "postgres", AutoMinorVersionUpgrade: told(false)}), Want: checks.FAIL, Reason: "not automatic"},
		{Name: "absent is neither", Set: checktest.Instance(database{Engine: "postgres"}), Want: checks.UNKNOWN, Reason: "does not say"},
		{Name: "SQL Server upgrades only to marked versions", Set: checktest.Instance(database{Engine: "sqlserver-se", AutoMinorVersionUpgrade: told(true)}), Want: checks.PASS, Reason: "marks"},
		{Name: "Multi-AZ DB cluster by its own flag", Set: checktest.Cluster(database{Engine: "postgres", AutoMinorVersionUpgrade: told(false)}), Want: checks.FAIL, Reason: "not automatic"},
		{Name: "member", Set: checktest.Instance(database{Engine: "aurora-mysql", Cluster: "c", AutoMinorVersionUpgrade: told(false)}), Want: checks.NotApplicable, Reason: "member"},
		{Name: "a cluster without members", Set: checktest.Cluster(database{Engine: "aurora-mysql", AutoMinorVersionUpgrade: told(false)}), Want: checks.NotApplicable, Reason: "no members"},
		{Name: "custom", Set: checktest.Instance(database{Engine: "custom-oracle-ee"}), Want: checks.NotApplicable, Reason: "RDS Custom"},
		{Name: "docdb belongs to another service", Set: checktest.Cluster(database{Engine: "docdb"}), Want: checks.NotApplicable, Reason: "DocumentDB"},
	})
	for _, tt := range []struct {
		name  string
		set   func(*snapshot.Account)
		want  checks.Status
		other checks.Status // of the members, or of the Region
	}{
		{"every member on, the cluster's own flag absent", aurora(told(true), told(true)), checks.PASS, checks.NotApplicable},
		{"one member off holds the cluster back", aurora(told(true), told(false)), checks.FAIL, checks.NotApplicable},
		{"one member that does not say", aurora(told(true), nil), checks.UNKNOWN, checks.NotApplicable},
		{"one off decides, whatever another does not say", aurora(nil, told(false)), checks.FAIL, checks.NotApplicable},
		{"a member that is not among the instances", clusterAlone(aurora(told(true))), checks.UNKNOWN, ""},
		{"members that could not be listed", func(a *snapshot.Account) {
			clusterAlone(aurora(told(true)))(a)
			checktest.Denied("rds:DescribeDBInstances")(a)
		}, checks.UNKNOWN, checks.UNKNOWN},
	} {
		for _, f := range checktest.Findings(&MinorUpgrades, checktest.Account(&MinorUpgrades, tt.set), nil) {
			want := tt.want
			if f.Resource.Type != "rds cluster" {
				want = tt.other
			}
			if f.Status != want {
				t.Errorf("%s: %s is %s (%s), want %s", tt.name, f.Resource.ID, f.Status, f.Reason, want)
			}
		}
	}
}

func TestInstanceClassCurrent(t *testing.T) {
	checktest.Run(t, &InstanceClassCurrent, []checktest.Case{
		{Name: "current", Set: checktest.Instance(database{Class: "db.r7g.large"}), Want: checks.PASS, Reason: "family r7g"},
		{Name: "previous", Set: checktest.Instance(database{Class: "db.m4.large"}), Want: checks.FAIL, Reason: "family m4"},
		{Name: "a member of a cluster has a class too", Set: checktest.Instance(database{Class: "db.r4.large", Cluster: "c"}), Want: checks.FAIL, Reason: "family r4"},
		{Name: "r5b is not r5", Set: checktest.Instance(database{Class: "db.r5b.large"}), Parameters: map[string]any{"previous_families": []string{"r5"}}, Want: checks.PASS, Reason: "family r5b"},
		{Name: "x2iedn is not x2", Set: checktest.Instance(database{Class: "db.x2iedn.xlarge"}), Parameters: map[string]any{"previous_families": []string{"x2"}}, Want: checks.PASS, Reason: "family x2iedn"},
		{Name: "suffixes", Set: checktest.Instance(database{Class: "db.r5.large.tpc1.mem2x"}), Parameters: map[string]any{"previous_families": []string{"r5"}}, Want: checks.FAIL, Reason: "family r5"},
		{Name: "old classes cannot encrypt", Set: checktest.Instance(database{Class: "db.m1.small"}), Want: checks.FAIL, Reason: "cannot encrypt"},
		{Name: "pending is not in force", Set: checktest.Instance(database{Class: "db.t2.micro", Pending: snapshot.Pending{Class: "db.t4g.micro"}}), Want: checks.FAIL, Reason: "db.t4g.micro is pending"},
		{Name: "serverless", Set: checktest.Instance(database{Class: "db.serverless"}), Want: checks.NotApplicable, Reason: "serverless"},
		{Name: "no class", Set: checktest.Instance(database{}), Want: checks.UNKNOWN, Reason: "not of the form"},
		{Name: "docdb", Set: checktest.Instance(database{Engine: "docdb", Class: "db.r4.large"}), Want: checks.NotApplicable, Reason: "DocumentDB"},
	})
}
