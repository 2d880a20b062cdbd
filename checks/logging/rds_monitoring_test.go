package logging

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

type database = snapshot.Database

func TestEnhancedMonitoring(t *testing.T) {
	checktest.Run(t, &EnhancedMonitoring, []checktest.Case{
		{Name: "every minute", Set: checktest.Instance(database{MonitoringInterval: 60}), Want: checks.PASS, Reason: "60 seconds"},
		{Name: "a role that may be gone is named", Set: checktest.Instance(database{MonitoringInterval: 60, MonitoringRole: "arn:role"}), Want: checks.PASS, Reason: "arn:role"},
		{Name: "absent means 0", Set: checktest.Instance(database{}), Want: checks.FAIL, Reason: "is off", Observed: map[string]string{"MonitoringInterval": "0"}},
		{Name: "switched off, and something stayed behind", Set: checktest.Instance(database{MonitoringRole: "arn:role"}), Want: checks.FAIL, Reason: "is off"},
		{Name: "a member is judged", Set: checktest.Instance(database{Engine: "aurora-mysql", Cluster: "c"}), Want: checks.FAIL, Reason: "is off"},
		{Name: "Multi-AZ DB cluster", Set: checktest.Cluster(database{Engine: "mysql"}), Want: checks.FAIL, Reason: "is off"},
		{Name: "Aurora cluster", Set: checktest.Cluster(database{Engine: "aurora-mysql"}), Want: checks.NotApplicable, Reason: "each member"},
		{Name: "serverless v1", Set: checktest.Cluster(database{Engine: "aurora-mysql", EngineMode: "serverless"}), Want: checks.NotApplicable, Reason: "Serverless v1"},
		{Name: "db.m1.small", Set: checktest.Instance(database{Class: "db.m1.small"}), Want: checks.NotApplicable, Reason: "db.m1.small"},
		{Name: "RDS Custom for SQL Server", Set: checktest.Instance(database{Engine: "custom-sqlserver-ee"}), Want: checks.NotApplicable, Reason: "custom-sqlserver-ee"},
		{Name: "RDS Custom for Oracle", Set: checktest.Instance(database{Engine: "custom-oracle-ee"}), Want: checks.FAIL, Reason: "is off"},
		{Name: "docdb", Set: checktest.Instance(database{Engine: "docdb"}), Want: checks.NotApplicable, Reason: "DocumentDB"},
		{Name: "denied", Set: checktest.Denied("rds:DescribeDBClusters"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestPerformanceInsights(t *testing.T) {
	checktest.Run(t, &PerformanceInsights, []checktest.Case{
		{Name: "on", Set: checktest.Instance(database{PerformanceInsights: true}), Want: checks.PASS, Reason: "is on"},
		{Name: "advanced", Set: checktest.Instance(database{InsightsMode: "advanced"}), Want: checks.PASS, Reason: "advanced"},
		{Name: "standard alone proves nothing", Set: checktest.Instance(database{InsightsMode: "standard"}), Want: checks.FAIL, Reason: "is off"},
		{Name: "a small class of MySQL cannot have it", Set: checktest.Instance(database{Engine: "mysql", Class: "db.t3.micro"}), Want: checks.NotApplicable, Reason: "db.t3.micro"},
		{Name: "the same class of PostgreSQL can", Set: checktest.Instance(database{Engine: "postgres", Class: "db.t3.micro"}), Want: checks.FAIL, Reason: "is off"},
		{Name: "db.t3.medium of MySQL can", Set: checktest.Instance(database{Engine: "mysql", Class: "db.t3.medium"}), Want: checks.FAIL, Reason: "is off"},
		{Name: "db.t2", Set: checktest.Instance(database{Engine: "postgres", Class: "db.t2.large"}), Want: checks.NotApplicable, Reason: "db.t2.large"},
		{Name: "db2", Set: checktest.Instance(database{Engine: "db2-se"}), Want: checks.NotApplicable, Reason: "db2-se"},
		{Name: "custom", Set: checktest.Instance(database{Engine: "custom-oracle-ee"}), Want: checks.NotApplicable, Reason: "custom"},
		{Name: "Multi-AZ DB cluster", Set: checktest.Cluster(database{Engine: "postgres"}), Want: checks.FAIL, Reason: "is off"},
		{Name: "Aurora cluster, by its members", Set: checktest.Cluster(database{Engine: "aurora-mysql"}), Want: checks.NotApplicable, Reason: "each member"},
		{Name: "Aurora cluster with Database Insights", Set: checktest.Cluster(database{Engine: "aurora-mysql", InsightsMode: "advanced"}), Want: checks.PASS, Reason: "advanced"},
		{Name: "a member whose cluster is not there", Set: checktest.Instance(database{Engine: "aurora-mysql", Cluster: "c"}), Want: checks.UNKNOWN, Reason: "not among"},
		{Name: "neptune", Set: checktest.Cluster(database{Engine: "neptune"}), Want: checks.NotApplicable, Reason: "Neptune"},
	})
}

// Aurora collects at each member or, with Database Insights, at the cluster.
func TestInsightsOfAMember(t *testing.T) {
	for _, tt := range []struct {
		name            string
		cluster, member database
		denied          bool
		want            checks.Status
	}{
		{"at the cluster", database{InsightsMode: "advanced"}, database{}, false, checks.PASS},
		{"at the member", database{}, database{PerformanceInsights: true}, false, checks.PASS},
		{"nowhere", database{}, database{}, false, checks.FAIL},
		{"the cluster was not read", database{InsightsMode: "advanced"}, database{}, true, checks.UNKNOWN},
	} {
		a := checktest.Account(&PerformanceInsights, func(a *snapshot.Account) {
			tt.member.Cluster, tt.member.Engine, tt.cluster.Engine = "cluster", "aurora-mysql", "aurora-mysql"
			checktest.Instance(tt.member)(a)
			if tt.denied {
				checktest.Denied("rds:DescribeDBClusters")(a)
				return
			}
			checktest.Cluster(tt.cluster)(a)
		})
		for _, f := range checktest.Findings(&PerformanceInsights, a, nil) {
			if f.Resource.Type == "rds instance" && f.Status != tt.want {
				t.Errorf("%s: %s (%s), want %s", tt.name, f.Status, f.Reason, tt.want)
			}
		}
	}
}
