package resilience

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

type database = snapshot.Database

func TestInstanceDeletionProtection(t *testing.T) {
	checktest.Run(t, &InstanceDeletionProtection, []checktest.Case{
		{Name: "on", Set: checktest.Instance(database{DeletionProtection: true}), Want: checks.PASS, Reason: "is on"},
		{Name: "absent means false", Set: checktest.Instance(database{}), Want: checks.FAIL, Reason: "is off", Observed: map[string]string{"DeletionProtection": "false"}},
		{Name: "a replica is judged, with a lighter reason", Set: checktest.Instance(database{ReplicaOf: "orders"}), Want: checks.FAIL, Reason: "can be made again"},
		{Name: "an Aurora member shows false", Set: checktest.Instance(database{Cluster: "c"}), Want: checks.NotApplicable, Reason: "member of c"},
		{Name: "neptune", Set: checktest.Instance(database{Engine: "neptune"}), Want: checks.NotApplicable, Reason: "Neptune"},
		{Name: "denied", Set: checktest.Denied("rds:DescribeDBInstances"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestClusterDeletionProtection(t *testing.T) {
	checktest.Run(t, &ClusterDeletionProtection, []checktest.Case{
		{Name: "on", Set: checktest.Cluster(database{DeletionProtection: true}), Want: checks.PASS, Reason: "is on"},
		{Name: "absent means false", Set: checktest.Cluster(database{}), Want: checks.FAIL, Reason: "is off"},
		{Name: "a cluster of a global database needs its own", Set: checktest.Cluster(database{Global: "g", ReplicaOf: "arn:p"}), Want: checks.FAIL, Reason: "is off"},
		{Name: "docdb", Set: checktest.Cluster(database{Engine: "docdb"}), Want: checks.NotApplicable, Reason: "DocumentDB"},
		{Name: "deleting", Set: checktest.Cluster(database{Status: "deleting"}), Want: checks.NotApplicable, Reason: "deleting"},
		{Name: "denied", Set: checktest.Denied("rds:DescribeDBClusters"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestInstanceMultiAZ(t *testing.T) {
	on := true
	second := func(i *snapshot.DBInstance) { i.Zone, i.SecondaryZone = "eu-west-1a", "eu-west-1b" }
	checktest.Run(t, &InstanceMultiAZ, []checktest.Case{
		{Name: "on", Set: checktest.Instance(database{MultiAZ: true}), Want: checks.PASS, Reason: "MultiAZ is true"},
		{Name: "off", Set: checktest.Instance(database{}), Want: checks.FAIL, Reason: "MultiAZ is false"},
		{Name: "pending is not in force", Set: checktest.Instance(database{Pending: snapshot.Pending{MultiAZ: &on}}), Want: checks.FAIL, Reason: "pending"},
		{Name: "SQL Server mirroring", Set: checktest.Instance(database{Engine: "sqlserver-se"}, second), Want: checks.PASS, Reason: "eu-west-1b"},
		{Name: "an Aurora member always says false", Set: checktest.Instance(database{Cluster: "c"}), Want: checks.NotApplicable, Reason: "member of c"},
		{Name: "replica", Set: checktest.Instance(database{ReplicaOf: "orders"}), Want: checks.NotApplicable, Reason: "replica"},
		{Name: "custom", Set: checktest.Instance(database{Engine: "custom-oracle-ee"}), Want: checks.UNKNOWN, Reason: "cannot be told"},
		{Name: "custom, on", Set: checktest.Instance(database{Engine: "custom-sqlserver-ee", MultiAZ: true}), Want: checks.PASS, Reason: "true"},
	})
}

func TestClusterMultiAZ(t *testing.T) {
	type member struct{ zone, status string }
	cluster := func(multi bool, members ...member) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			checktest.Cluster(database{MultiAZ: multi}, func(c *snapshot.DBCluster) {
				for i := range members {
					c.Members = append(c.Members, snapshot.DBMember{ID: string(rune('a' + i)), Writer: i == 0})
				}
			})(a)
			for i, m := range members {
				checktest.Instance(database{ID: string(rune('a' + i)), Cluster: "cluster", Status: m.status}, func(d *snapshot.DBInstance) { d.Zone = m.zone })(a)
			}
		}
	}
	one, two := member{"eu-west-1a", "available"}, member{"eu-west-1b", "available"}
	unread := func(a *snapshot.Account) {
		cluster(true, one, two)(a)
		a.RDS.Instances = nil
		checktest.Denied("rds:DescribeDBInstances")(a)
	}
	checktest.Run(t, &ClusterMultiAZ, []checktest.Case{
		{Name: "two zones", Set: cluster(true, one, two), Want: checks.PASS, Reason: "eu-west-1a, eu-west-1b"},
		{Name: "only a writer: the storage's zones do not count", Set: cluster(false, one), Want: checks.FAIL, Reason: "MultiAZ is false; the cluster has 1 members"},
		{Name: "two members in one zone", Set: cluster(false, one, one), Want: checks.FAIL, Reason: "2 members"},
		{Name: "two members in one zone, whatever the flag says", Set: cluster(true, one, one), Want: checks.FAIL, Reason: "in 1 Availability Zone: eu-west-1a"},
		{Name: "a member that is being made does not count", Set: cluster(true, one, member{"eu-west-1b", "creating"}), Want: checks.FAIL, Reason: "eu-west-1a"},
		{Name: "a member that is being deleted does not count", Set: cluster(true, one, member{"eu-west-1b", "deleting"}), Want: checks.FAIL, Reason: "eu-west-1a"},
		{Name: "members that could not be listed", Set: unread, Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "no members at all", Set: cluster(false), Want: checks.FAIL, Reason: "0 members"},
		{Name: "headless secondary", Set: checktest.Cluster(database{Global: "g", ReplicaOf: "arn:p"}), Want: checks.NotApplicable, Reason: "no members"},
		{Name: "serverless v1", Set: checktest.Cluster(database{EngineMode: "serverless"}), Want: checks.NotApplicable, Reason: "Serverless v1"},
		{Name: "docdb", Set: checktest.Cluster(database{Engine: "docdb"}), Want: checks.NotApplicable, Reason: "DocumentDB"},
		{Name: "denied", Set: checktest.Denied("rds:DescribeDBClusters"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestStorageAutoscaling(t *testing.T) {
	checktest.Run(t, &StorageAutoscaling, []checktest.Case{
		{Name: "may grow", Set: checktest.Instance(database{AllocatedGiB: 20, MaximumGiB: 100}), Want: checks.PASS, Reason: "20 GiB may grow to 100"},
		{Name: "absent", Set: checktest.Instance(database{AllocatedGiB: 20}), Want: checks.FAIL, Reason: "does not grow"},
		{Name: "a maximum that is reached", Set: checktest.Instance(database{AllocatedGiB: 20, MaximumGiB: 20}), Want: checks.FAIL, Reason: "maximum of 20"},
		{Name: "full, whatever the setting", Set: checktest.Instance(database{Status: "storage-full", AllocatedGiB: 20, MaximumGiB: 100}), Want: checks.FAIL, Reason: "is full"},
		{Name: "member of a Multi-AZ DB cluster", Set: checktest.Instance(database{Engine: "postgres", Cluster: "c"}), Want: checks.NotApplicable, Reason: "member"},
		{Name: "aurora storage", Set: checktest.Instance(database{StorageType: "aurora-iopt1"}), Want: checks.NotApplicable, Reason: "by itself"},
		{Name: "custom", Set: checktest.Instance(database{Engine: "custom-oracle-ee"}), Want: checks.NotApplicable, Reason: "RDS Custom"},
		{Name: "denied", Set: checktest.Denied("rds:DescribeDBInstances"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}
