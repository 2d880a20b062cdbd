package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestDatabaseInVPC(t *testing.T) {
	type database = snapshot.Database
	vpc := func(i *snapshot.DBInstance) { i.VPC = "vpc-1" }
	classic := func(i *snapshot.DBInstance) { i.VPC, i.ClassicGroups = "vpc-1", []string{"default"} }
	group := func(networking *bool) func(*snapshot.DBCluster) {
		return func(c *snapshot.DBCluster) { c.SubnetGroup, c.VPCNetworking = "private", networking }
	}
	on := true
	checktest.Run(t, &DatabaseInVPC, []checktest.Case{
		{Name: "instance in a VPC", Set: checktest.Instance(database{}, vpc), Want: checks.PASS, Reason: "vpc-1"},
		{Name: "instance in none", Set: checktest.Instance(database{}), Want: checks.FAIL, Reason: "no VPC"},
		{Name: "a relic of EC2-Classic", Set: checktest.Instance(database{}, classic), Want: checks.FAIL, Reason: "EC2-Classic: default"},
		{Name: "a cluster names its group only; absent networking is not false", Set: checktest.Cluster(database{}, group(nil)), Want: checks.PASS, Reason: "subnet group private"},
		{Name: "cluster that says so", Set: checktest.Cluster(database{}, group(&on)), Want: checks.PASS, Reason: "private"},
		{Name: "express configuration", Set: checktest.Cluster(database{}, group(new(bool))), Want: checks.FAIL, Reason: "express"},
		{Name: "a cluster without a group", Set: checktest.Cluster(database{}), Want: checks.FAIL, Reason: "no DB subnet group"},
		{Name: "docdb", Set: checktest.Cluster(database{Engine: "docdb"}), Want: checks.NotApplicable, Reason: "DocumentDB"},
		{Name: "deleting", Set: checktest.Instance(database{Status: "deleting"}), Want: checks.NotApplicable, Reason: "deleting"},
		{Name: "denied", Set: checktest.Denied("rds:DescribeDBInstances"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}
