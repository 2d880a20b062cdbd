package rds

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

var ofSnapshots = []string{listSnapshots, listClusterSnapshots, askSnapshot, askClusterSnapshot}

func TestSharingOfEachManualSnapshot(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listSnapshots: 2}})
	automated := manual("rds:orders")
	automated.SnapshotType = aws.String("automated")
	backup := manual("awsbackup:job")
	backup.SnapshotType = aws.String("awsbackup")
	foreign := manual("foreign")
	foreign.DBSnapshotArn = aws.String("arn:aws:rds:eu-west-1:210987654321:snapshot:foreign")
	mocks.Reply(s, "", &rds.DescribeDBSnapshotsOutput{DBSnapshots: []types.DBSnapshot{manual("private"), automated, manual("all"), backup, foreign}})
	mocks.Reply(s, "", &rds.DescribeDBClusterSnapshotsOutput{DBClusterSnapshots: []types.DBClusterSnapshot{manualOfCluster("210987654321-all")}})
	share(s)
	got, in := gather(s, ofSnapshots...)
	const unasked = "no chosen check asked for it"
	all := shared(t, got.Snapshots)
	for name, v := range all {
		if strings.Contains(v, unasked) {
			all[name] = "unasked"
		}
	}
	want := map[string]string{"private": "", "all": "all", "210987654321-all": "210987654321 all", "rds:orders": "unasked", "awsbackup:job": "unasked"}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("shared with (-want +got):\n%s", diff)
	}
	asked := 0
	for _, r := range s.Requests() {
		if r.Operation == askSnapshot || r.Operation == askClusterSnapshot {
			asked++
		}
		for _, member := range []string{"IncludeShared", "IncludePublic", "SnapshotType"} {
			if v, ok := r.Input[member]; ok && v != "awsbackup" {
				t.Errorf("%s was asked with %s %v: only the account's own are listed", r.Operation, member, v)
			}
		}
	}
	if asked != 3 {
		t.Errorf("%d attribute calls, want one for each of 3 manual snapshots", asked)
	}
	for _, op := range ofSnapshots {
		collecttest.Covered(t, in, op, in.Region, snapshot.OK)
	}
}

// An endpoint whose ordinary list leaves AWS Backup's snapshots out gives them by name.
func TestSnapshotsOfAWSBackupAreAskedForByName(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Handle(s, func(_ *mocks.Request, in *rds.DescribeDBSnapshotsInput) (*rds.DescribeDBSnapshotsOutput, error) {
		if aws.ToString(in.SnapshotType) == "awsbackup" {
			of := manual("awsbackup:job-1")
			of.SnapshotType = aws.String("awsbackup")
			return &rds.DescribeDBSnapshotsOutput{DBSnapshots: []types.DBSnapshot{of}}, nil
		}
		return &rds.DescribeDBSnapshotsOutput{DBSnapshots: []types.DBSnapshot{manual("mine")}}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *rds.DescribeDBClusterSnapshotsInput) (*rds.DescribeDBClusterSnapshotsOutput, error) {
		if aws.ToString(in.SnapshotType) == "awsbackup" {
			return nil, &mocks.Error{Status: http.StatusForbidden, Code: "AccessDenied"}
		}
		return &rds.DescribeDBClusterSnapshotsOutput{DBClusterSnapshots: []types.DBClusterSnapshot{manualOfCluster("ours")}}, nil
	})
	got, in := gather(s, listSnapshots, listClusterSnapshots)
	var names []string
	for _, x := range got.Snapshots {
		names = append(names, x.Type+" "+x.ID)
	}
	if diff := cmp.Diff([]string{"manual mine", "awsbackup awsbackup:job-1", "manual ours"}, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	collecttest.Covered(t, in, listSnapshots, in.Region, snapshot.OK)
	collecttest.Covered(t, in, listClusterSnapshots, in.Region, snapshot.Denied) // a list of two is whole only if both are
}

func TestASnapshotThatGoesAwayDoesNotStopTheRest(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &rds.DescribeDBSnapshotsOutput{DBSnapshots: []types.DBSnapshot{manual("gone"), manual("all")}})
	mocks.Reply(s, "", &rds.DescribeDBClusterSnapshotsOutput{DBClusterSnapshots: []types.DBClusterSnapshot{manualOfCluster("gone"), manualOfCluster("all")}})
	share(s)
	got, in := gather(s, ofSnapshots...)
	for _, x := range got.Snapshots {
		values, err := x.SharedWith.Get()
		if (x.ID == "gone") != (err != nil) || x.ID == "all" && !slices.Equal(values, []string{"all"}) {
			t.Errorf("%s: %v, %v", x.ARN, values, err)
		}
	}
	if len(got.Snapshots) != 4 {
		t.Errorf("%d snapshots, want 4", len(got.Snapshots))
	}
	collecttest.Covered(t, in, askSnapshot, in.Region, snapshot.Changed)
	collecttest.Covered(t, in, askClusterSnapshot, in.Region, snapshot.Changed)
}

func TestOneListThatFailsLeavesTheOther(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	s.Fault(mocks.Fault{Operation: listSnapshots, Kind: mocks.Denied})
	mocks.Reply(s, "", &rds.DescribeDBClusterSnapshotsOutput{DBClusterSnapshots: []types.DBClusterSnapshot{manualOfCluster("all")}})
	mocks.Reply(s, "", &rds.DescribeDBClusterSnapshotAttributesOutput{DBClusterSnapshotAttributesResult: &types.DBClusterSnapshotAttributesResult{DBClusterSnapshotIdentifier: aws.String("all")}})
	got, in := gather(s, ofSnapshots...)
	if len(got.Snapshots) != 1 || !got.Snapshots[0].OfCluster {
		t.Fatalf("snapshots: %+v", got.Snapshots)
	}
	if values, err := got.Snapshots[0].SharedWith.Get(); err != nil || len(values) != 0 {
		t.Errorf("without the attribute it is shared with nobody: %v, %v", values, err)
	}
	collecttest.Covered(t, in, listSnapshots, in.Region, snapshot.Denied)
	collecttest.Covered(t, in, askSnapshot, in.Region, snapshot.Skipped) // what it would be asked about is not known
	collecttest.Covered(t, in, listClusterSnapshots, in.Region, snapshot.OK)
}

func TestAnAnswerWithoutAttributesIsNone(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &rds.DescribeDBSnapshotsOutput{DBSnapshots: []types.DBSnapshot{manual("a")}})
	mocks.Reply(s, "", &rds.DescribeDBSnapshotAttributesOutput{})
	mocks.Reply(s, "", &rds.DescribeDBClusterSnapshotsOutput{DBClusterSnapshots: []types.DBClusterSnapshot{manualOfCluster("b")}})
	mocks.Reply(s, "", &rds.DescribeDBClusterSnapshotAttributesOutput{})
	_, in := gather(s, ofSnapshots...)
	collecttest.Covered(t, in, askSnapshot, in.Region, snapshot.Malformed)
	collecttest.Covered(t, in, askClusterSnapshot, in.Region, snapshot.Malformed)
}
