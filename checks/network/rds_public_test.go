package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestDatabaseNotPublic(t *testing.T) {
	type database = snapshot.Database
	shards := func(g snapshot.DBShardGroup) func(*snapshot.Account) {
		g.Meta = checktest.Meta("s", "arn:aws:rds:eu-west-1:111122223333:shard-group:s")
		return func(a *snapshot.Account) { a.RDS.ShardGroups = []snapshot.DBShardGroup{g} }
	}
	express := func(c *snapshot.DBCluster) { c.InternetAccessGateway = true }
	closed := func(i *snapshot.DBInstance) { i.SecurityGroups = []string{"sg-closed"} }
	checktest.Run(t, &DatabaseNotPublic, []checktest.Case{
		{Name: "absent means false", Set: checktest.Instance(database{}), Want: checks.PASS, Reason: "is false"},
		{Name: "public", Set: checktest.Instance(database{PubliclyAccessible: true}), Want: checks.FAIL, Reason: "is true", Observed: map[string]string{"PubliclyAccessible": "true"}},
		{Name: "public behind a closed group is public all the same", Set: checktest.Instance(database{PubliclyAccessible: true}, closed), Want: checks.FAIL, Reason: "is true"},
		{Name: "Aurora sets it on each member", Set: checktest.Instance(database{Engine: "aurora-mysql", Cluster: "c", PubliclyAccessible: true}), Want: checks.FAIL, Reason: "is true"},
		{Name: "a Multi-AZ DB cluster on the cluster", Set: checktest.Cluster(database{Engine: "postgres", PubliclyAccessible: true}), Want: checks.FAIL, Reason: "is true"},
		{Name: "express configuration, whose flag says false", Set: checktest.Cluster(database{Engine: "aurora-postgresql"}, express), Want: checks.FAIL, Reason: "internet access gateway"},
		{Name: "Aurora cluster", Set: checktest.Cluster(database{Engine: "aurora-mysql"}), Want: checks.PASS, Reason: "is false"},
		{Name: "shard group", Set: shards(snapshot.DBShardGroup{PubliclyAccessible: true}), Want: checks.FAIL, Reason: "is true"},
		{Name: "shard group that is not", Set: shards(snapshot.DBShardGroup{}), Want: checks.PASS, Reason: "is false"},
		{Name: "shard group that is being deleted", Set: shards(snapshot.DBShardGroup{Status: "deleting"}), Want: checks.NotApplicable, Reason: "deleting"},
		{Name: "neptune", Set: checktest.Instance(database{Engine: "neptune", PubliclyAccessible: true}), Want: checks.NotApplicable, Reason: "Neptune"},
		{Name: "docdb cluster", Set: checktest.Cluster(database{Engine: "docdb"}, express), Want: checks.NotApplicable, Reason: "DocumentDB"},
		{Name: "shard groups denied", Set: checktest.Denied("rds:DescribeDBShardGroups"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}
