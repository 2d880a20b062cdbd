package rds

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

var everything = []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", listSnapshots, listClusterSnapshots, askSnapshot, askClusterSnapshot}

const prefix = "arn:aws:rds:eu-west-1:111122223333:"

func gather(s *mocks.Server, wanted ...string) (snapshot.RDS, collect.Scope) {
	in := collecttest.Scope(wanted...)
	return Collect(context.Background(), in, rds.NewFromConfig(collecttest.Config(s, in.Region))), in
}

func manual(id string) types.DBSnapshot {
	return types.DBSnapshot{DBSnapshotIdentifier: &id, DBSnapshotArn: aws.String(prefix + "snapshot:" + id), SnapshotType: aws.String("manual")}
}

func manualOfCluster(id string) types.DBClusterSnapshot {
	return types.DBClusterSnapshot{DBClusterSnapshotIdentifier: &id, DBClusterSnapshotArn: aws.String(prefix + "cluster-snapshot:" + id), SnapshotType: aws.String("manual")}
}

// share answers the attribute calls: the name of a snapshot says who may restore it.
func share(s *mocks.Server) {
	values := func(id string) []string {
		if id == "private" {
			return nil
		}
		return strings.Split(id, "-")
	}
	mocks.Handle(s, func(_ *mocks.Request, in *rds.DescribeDBSnapshotAttributesInput) (*rds.DescribeDBSnapshotAttributesOutput, error) {
		if *in.DBSnapshotIdentifier == "gone" {
			return nil, &mocks.Error{Status: http.StatusNotFound, Code: "DBSnapshotNotFound"}
		}
		return &rds.DescribeDBSnapshotAttributesOutput{DBSnapshotAttributesResult: &types.DBSnapshotAttributesResult{DBSnapshotIdentifier: in.DBSnapshotIdentifier,
			DBSnapshotAttributes: []types.DBSnapshotAttribute{{AttributeName: aws.String("other"), AttributeValues: []string{"x"}}, {AttributeName: aws.String("restore"), AttributeValues: values(*in.DBSnapshotIdentifier)}}}}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *rds.DescribeDBClusterSnapshotAttributesInput) (*rds.DescribeDBClusterSnapshotAttributesOutput, error) {
		if *in.DBClusterSnapshotIdentifier == "gone" {
			return nil, &mocks.Error{Status: http.StatusNotFound, Code: "DBClusterSnapshotNotFoundFault"}
		}
		return &rds.DescribeDBClusterSnapshotAttributesOutput{DBClusterSnapshotAttributesResult: &types.DBClusterSnapshotAttributesResult{DBClusterSnapshotIdentifier: in.DBClusterSnapshotIdentifier,
			DBClusterSnapshotAttributes: []types.DBClusterSnapshotAttribute{{AttributeName: aws.String("restore"), AttributeValues: values(*in.DBClusterSnapshotIdentifier)}}}}, nil
	})
}

// shared is who may restore each snapshot, or the cause why that is not known.
func shared(t *testing.T, all []snapshot.DBSnapshot) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, s := range all {
		values, err := s.SharedWith.Get()
		out[s.Name] = strings.Join(values, " ")
		if err != nil {
			out[s.Name] = err.Error()
		}
	}
	return out
}

func TestTwoPagesOfEachDatabase(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{"rds:DescribeDBInstances": 2, "rds:DescribeDBClusters": 1}})
	db := func(id, engine string) types.DBInstance {
		return types.DBInstance{DBInstanceIdentifier: &id, Engine: &engine, DBInstanceArn: aws.String(prefix + "db:" + id)}
	}
	mocks.Reply(s, "", &rds.DescribeDBInstancesOutput{DBInstances: []types.DBInstance{db("a", "postgres"), db("b", "docdb"), db("c", "neptune")}})
	mocks.Reply(s, "", &rds.DescribeDBClustersOutput{DBClusters: []types.DBCluster{{DBClusterIdentifier: aws.String("d")}, {DBClusterIdentifier: aws.String("e")}}})
	got, in := gather(s, "rds:DescribeDBInstances", "rds:DescribeDBClusters")
	var names []string
	for _, d := range got.Instances {
		names = append(names, d.ID+" "+d.Engine.Service())
	}
	for _, c := range got.Clusters {
		names = append(names, c.ARN)
	}
	if diff := cmp.Diff([]string{"a RDS", "b DocumentDB", "c Neptune", prefix + "cluster:d", prefix + "cluster:e"}, names); diff != "" {
		t.Errorf("databases (-want +got):\n%s", diff)
	}
	if a, c := got.Instances[0].Calls, got.Instances[2].Calls; len(a) != 1 || len(c) != 1 || a[0] == c[0] {
		t.Errorf("each instance names the page it stood on: %v, %v", a, c)
	}
	collecttest.Covered(t, in, "rds:DescribeDBInstances", in.Region, snapshot.OK)
	collecttest.Covered(t, in, "rds:DescribeDBClusters", in.Region, snapshot.OK)
}

func TestEmptyListsLeaveNothingToAsk(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &rds.DescribeDBInstancesOutput{})
	mocks.Reply(s, "", &rds.DescribeDBClustersOutput{})
	mocks.Reply(s, "", &rds.DescribeDBSnapshotsOutput{})
	mocks.Reply(s, "", &rds.DescribeDBClusterSnapshotsOutput{})
	got, in := gather(s, everything...)
	if len(got.Instances)+len(got.Clusters)+len(got.Snapshots) != 0 {
		t.Errorf("got %+v", got)
	}
	for _, op := range everything {
		collecttest.Covered(t, in, op, in.Region, snapshot.OK)
	}
}

func TestNothingIsAskedThatNoCheckReads(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	_, in := gather(s)
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests, want none", n)
	}
	if c := in.Calls.Coverage(); len(c) != 0 {
		t.Errorf("nothing was planned, got %+v", c)
	}
}

func TestDeniedOnPageTwoKeepsPageOne(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{"rds:DescribeDBInstances": 1}})
	mocks.Reply(s, "", &rds.DescribeDBInstancesOutput{DBInstances: []types.DBInstance{{DBInstanceIdentifier: aws.String("one")}, {DBInstanceIdentifier: aws.String("two")}}})
	s.Fault(mocks.Fault{Operation: "rds:DescribeDBInstances", Kind: mocks.Denied, FromPage: 2})
	got, in := gather(s, "rds:DescribeDBInstances")
	if len(got.Instances) != 1 || got.Instances[0].ID != "one" {
		t.Errorf("instances: %+v", got.Instances)
	}
	collecttest.Covered(t, in, "rds:DescribeDBInstances", in.Region, snapshot.Denied)
}

func TestAMalformedAnswerIsNoEmptyList(t *testing.T) {
	for _, kind := range []mocks.Kind{mocks.EmptyBody, mocks.HTML, mocks.ForeignRoot, mocks.Truncated} {
		s := mocks.Start(t, mocks.Options{})
		mocks.Reply(s, "", &rds.DescribeDBClustersOutput{DBClusters: []types.DBCluster{{DBClusterIdentifier: aws.String("c")}}})
		s.Fault(mocks.Fault{Operation: "rds:DescribeDBClusters", Kind: kind})
		_, in := gather(s, "rds:DescribeDBClusters")
		collecttest.Covered(t, in, "rds:DescribeDBClusters", in.Region, snapshot.Malformed)
	}
}

func TestThrottledThenSuccess(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &rds.DescribeDBSnapshotsOutput{DBSnapshots: []types.DBSnapshot{manual("all")}})
	share(s)
	s.Fault(mocks.Fault{Operation: askSnapshot, Kind: mocks.Throttled, First: 2})
	mocks.Reply(s, "", &rds.DescribeDBClusterSnapshotsOutput{DBClusterSnapshots: []types.DBClusterSnapshot{manualOfCluster("private")}})
	got, in := gather(s, listSnapshots, askSnapshot, listClusterSnapshots, askClusterSnapshot)
	if diff := cmp.Diff(map[string]string{"all": "all", "private": ""}, shared(t, got.Snapshots)); diff != "" {
		t.Errorf("shared with (-want +got):\n%s", diff)
	}
	collecttest.Covered(t, in, askSnapshot, in.Region, snapshot.OK)
	i := slices.IndexFunc(in.Calls.Coverage(), func(c snapshot.Coverage) bool { return c.Operation == askSnapshot })
	if c := in.Calls.Coverage()[i]; c.Retries != 2 {
		t.Errorf("%d retries, want 2", c.Retries)
	}
}

func TestARegionThatRejectsTheTokenIsNotOptedIn(t *testing.T) {
	for _, code := range []string{"AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException"} {
		s := mocks.Start(t, mocks.Options{})
		mocks.Refuse(s, "", "rds:DescribeDBInstances", &mocks.Error{Status: http.StatusForbidden, Code: code})
		_, in := gather(s, "rds:DescribeDBInstances")
		collecttest.Covered(t, in, "rds:DescribeDBInstances", in.Region, snapshot.NotOptedIn)
	}
}
