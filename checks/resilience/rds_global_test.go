package resilience

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestGlobalDeletionProtection(t *testing.T) {
	global := func(g snapshot.GlobalCluster) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			for _, region := range []string{checktest.At.Region, checktest.Elsewhere} { // each Region returns it
				g.Meta = checktest.Meta("g", "arn:aws:rds::111122223333:global-cluster:g")
				g.Region = region
				a.RDS.GlobalClusters = append(a.RDS.GlobalClusters, g)
			}
		}
	}
	checktest.Run(t, &GlobalDeletionProtection, []checktest.Case{
		{Name: "on, in two Regions: one finding", Set: global(snapshot.GlobalCluster{Engine: "aurora-mysql", DeletionProtection: true, Clusters: []string{"a"}}), Want: checks.PASS, Reason: "is on"},
		{Name: "off, without members", Set: global(snapshot.GlobalCluster{Engine: "aurora-mysql"}), Want: checks.FAIL, Reason: "has 0 clusters"},
		{Name: "docdb", Set: global(snapshot.GlobalCluster{Engine: "docdb"}), Want: checks.NotApplicable, Reason: "DocumentDB"},
		{Name: "neptune", Set: global(snapshot.GlobalCluster{Engine: "neptune"}), Want: checks.NotApplicable, Reason: "Neptune"},
		{Name: "deleting", Set: global(snapshot.GlobalCluster{Status: "deleting"}), Want: checks.NotApplicable, Reason: "deleting"},
		{Name: "a partition without the operation", Set: func(a *snapshot.Account) {
			checktest.Fail(a, "rds:DescribeGlobalClusters", checktest.At.Region, snapshot.Unsupported)
		}, Want: checks.UNKNOWN, Reason: "unsupported"},
	})
}
