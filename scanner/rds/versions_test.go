package rds

import (
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"onus/mocks"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

// Two databases of one version ask once, all versions with IncludeAll, and one that fails
// does not stop the rest.
func TestEachVersionInUseIsAskedOnce(t *testing.T) {
	wanted := []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", askVersion}
	s := mocks.Start(t, mocks.Options{})
	db := func(version string) types.DBInstance {
		return types.DBInstance{DBInstanceIdentifier: aws.String("db-" + version), Engine: aws.String("mysql"), EngineVersion: &version}
	}
	mocks.Reply(s, "", &rds.DescribeDBInstancesOutput{DBInstances: []types.DBInstance{db("8.4.3"), db("5.7.44"), db("8.4.3"), db("5.5.1"), db("denied"), {}}})
	mocks.Reply(s, "", &rds.DescribeDBClustersOutput{DBClusters: []types.DBCluster{{DBClusterIdentifier: aws.String("c"), Engine: aws.String("aurora-mysql"), EngineVersion: aws.String("paged")}}})
	var asked atomic.Int32
	mocks.Handle(s, func(_ *mocks.Request, in *rds.DescribeDBEngineVersionsInput) (*rds.DescribeDBEngineVersionsOutput, error) {
		asked.Add(1)
		if !aws.ToBool(in.IncludeAll) {
			t.Errorf("%s was asked without IncludeAll", *in.EngineVersion)
		}
		is := func(status string) *rds.DescribeDBEngineVersionsOutput {
			return &rds.DescribeDBEngineVersionsOutput{DBEngineVersions: []types.DBEngineVersion{{Engine: in.Engine, EngineVersion: in.EngineVersion, Status: &status}}}
		}
		switch *in.EngineVersion {
		case "8.4.3":
			return is("available"), nil
		case "5.7.44":
			return is("deprecated"), nil
		case "denied":
			return nil, &mocks.Error{Status: 403, Code: "AccessDenied"}
		}
		return &rds.DescribeDBEngineVersionsOutput{}, nil
	})
	got, in := gather(s, wanted...)
	want := map[string]string{"mysql 8.4.3": "available", "mysql 5.7.44": "deprecated", "mysql 5.5.1": "", "aurora-mysql paged": "", "mysql denied": "unread"}
	for _, v := range got.Versions {
		key := snapshot.DBEngineVersions.Key(v)
		status, err := v.Status.Get()
		if err != nil {
			status = "unread"
		}
		if w, ok := want[key]; !ok || w != status {
			t.Errorf("%s is %q, want %q", key, status, w)
		}
	}
	if int(asked.Load()) != len(want) || len(got.Versions) != len(want) {
		t.Errorf("%d questions for %d versions, want %d", asked.Load(), len(got.Versions), len(want))
	}
	collecttest.Covered(t, in, askVersion, in.Region, snapshot.Denied)
}
