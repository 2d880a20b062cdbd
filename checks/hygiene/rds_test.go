package hygiene

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

type database = snapshot.Database

func TestSnapshotsCopyTags(t *testing.T) {
	checktest.Run(t, &SnapshotsCopyTags, []checktest.Case{
		{Name: "on", Set: checktest.Instance(database{CopyTagsToSnapshot: true}), Want: checks.PASS, Reason: "are copied"},
		{Name: "absent means false", Set: checktest.Instance(database{}), Want: checks.FAIL, Reason: "not copied"},
		{Name: "aurora cluster", Set: checktest.Cluster(database{Engine: "aurora-mysql"}), Want: checks.FAIL, Reason: "not copied"},
		{Name: "Multi-AZ DB cluster", Set: checktest.Cluster(database{Engine: "postgres", CopyTagsToSnapshot: true}), Want: checks.PASS, Reason: "are copied"},
		{Name: "an Aurora member shows false for ever", Set: checktest.Instance(database{Engine: "aurora-mysql", Cluster: "c"}), Want: checks.NotApplicable, Reason: "member of c"},
		{Name: "docdb cluster", Set: checktest.Cluster(database{Engine: "docdb"}), Want: checks.NotApplicable, Reason: "DocumentDB"},
		{Name: "denied", Set: checktest.Denied("rds:DescribeDBClusters"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestDatabaseTagged(t *testing.T) {
	tagged := func(d database, keys ...string) func(*snapshot.Account) {
		return checktest.Instance(d, func(i *snapshot.DBInstance) {
			i.Tags = map[string]string{}
			for _, k := range keys {
				i.Tags[k] = "x"
			}
		})
	}
	owner := map[string]any{"required_tag_keys": []string{"owner", "env"}}
	checktest.Run(t, &DatabaseTagged, []checktest.Case{
		{Name: "any tag", Set: tagged(database{}, "team"), Want: checks.PASS, Reason: "team"},
		{Name: "no TagList at all", Set: checktest.Instance(database{}), Want: checks.FAIL, Reason: "no tag"},
		{Name: "AWS's own do not count", Set: tagged(database{}, "aws:cloudformation:stack-name"), Want: checks.FAIL, Reason: "no tag"},
		{Name: "all that is asked for", Set: tagged(database{}, "owner", "env", "more"), Parameters: owner, Want: checks.PASS, Reason: "env, more, owner"},
		{Name: "one is missing", Set: tagged(database{}, "owner"), Parameters: owner, Want: checks.FAIL, Reason: "the tags env are missing"},
		{Name: "keys are case sensitive", Set: tagged(database{}, "Owner", "env"), Parameters: owner, Want: checks.FAIL, Reason: "the tags owner are missing"},
		{Name: "a cluster", Set: checktest.Cluster(database{}, func(c *snapshot.DBCluster) { c.Tags = map[string]string{"team": "a"} }), Want: checks.PASS, Reason: "team"},
		{Name: "a member has tags of its own", Set: tagged(database{Cluster: "c"}), Want: checks.FAIL, Reason: "no tag"},
		{Name: "creating", Set: checktest.Instance(database{Status: "creating"}), Want: checks.NotApplicable, Reason: "being made"},
		{Name: "denied", Set: checktest.Denied("rds:DescribeDBInstances"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestDatabaseDefaultPort(t *testing.T) {
	express := func(c *snapshot.DBCluster) { c.VPCNetworking = new(bool) }
	checktest.Run(t, &DatabaseDefaultPort, []checktest.Case{
		{Name: "another port", Set: checktest.Instance(database{Engine: "postgres", Port: 6432}), Want: checks.PASS, Reason: "6432; the default of postgres is 5432"},
		{Name: "postgres", Set: checktest.Instance(database{Engine: "postgres", Port: 5432}), Want: checks.FAIL, Reason: "5432"},
		{Name: "mariadb", Set: checktest.Instance(database{Engine: "mariadb", Port: 3306}), Want: checks.FAIL, Reason: "3306"},
		{Name: "Aurora PostgreSQL on its default", Set: checktest.Cluster(database{Engine: "aurora-postgresql", Port: 5432}), Want: checks.FAIL, Reason: "5432"},
		{Name: "3306 is no default of Aurora PostgreSQL", Set: checktest.Cluster(database{Engine: "aurora-postgresql", Port: 3306}), Want: checks.PASS, Reason: "3306"},
		{Name: "oracle", Set: checktest.Instance(database{Engine: "oracle-se2", Port: 1521}), Want: checks.FAIL, Reason: "1521"},
		{Name: "sqlserver", Set: checktest.Instance(database{Engine: "sqlserver-web", Port: 1433}), Want: checks.FAIL, Reason: "1433"},
		{Name: "db2", Set: checktest.Instance(database{Engine: "db2-ae", Port: 50000}), Want: checks.FAIL, Reason: "50000"},
		{Name: "custom", Set: checktest.Instance(database{Engine: "custom-oracle-ee", Port: 1521}), Want: checks.FAIL, Reason: "1521"},
		{Name: "an engine that is not known", Set: checktest.Instance(database{Engine: "duckdb", Port: 1}), Want: checks.UNKNOWN, Reason: "duckdb"},
		{Name: "without an endpoint", Set: checktest.Instance(database{Engine: "postgres"}), Want: checks.NotApplicable, Reason: "no endpoint"},
		{Name: "members share their cluster's", Set: checktest.Instance(database{Engine: "aurora-mysql", Cluster: "c", Port: 3306}), Want: checks.NotApplicable, Reason: "member"},
		{Name: "express cluster", Set: checktest.Cluster(database{Engine: "aurora-postgresql", Port: 5432}, express), Want: checks.NotApplicable, Reason: "express"},
		{Name: "neptune express", Set: checktest.Cluster(database{Engine: "neptune"}, express), Want: checks.NotApplicable, Reason: "Neptune"},
	})
	if DatabaseDefaultPort.Severity != checks.Low {
		t.Error("obscurity is no firewall: the severity stays low")
	}
}
