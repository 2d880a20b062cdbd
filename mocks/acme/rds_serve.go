package acme

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"onus/mocks"
)

// serveDatabases answers about DB instances and clusters.
func (e *estate) serveDatabases(s *mocks.Server) {
	mocks.Handle(s, func(r *mocks.Request, asked *rds.DescribeDBInstancesInput) (*rds.DescribeDBInstancesOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(aws.ToString(asked.DBInstanceIdentifier)))
		if err != nil {
			return nil, err
		}
		return &rds.DescribeDBInstancesOutput{DBInstances: in.databases}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *rds.DescribeDBClustersInput) (*rds.DescribeDBClustersOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(aws.ToString(asked.DBClusterIdentifier)))
		if err != nil {
			return nil, err
		}
		return &rds.DescribeDBClustersOutput{DBClusters: in.clusters}, nil
	})
}

// ofType says whether a request for that type of snapshot, nil for every type, wants
// a snapshot. Source: RDS API Reference, DescribeDBSnapshots, SnapshotType.
func ofType(asked, kind *string) bool {
	return aws.ToString(asked) == "" || *asked == aws.ToString(kind)
}

// serveSnapshots answers about snapshots and whom they are shared with.
func (e *estate) serveSnapshots(s *mocks.Server) {
	mocks.Handle(s, func(r *mocks.Request, asked *rds.DescribeDBSnapshotsInput) (*rds.DescribeDBSnapshotsOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(aws.ToString(asked.DBInstanceIdentifier)+aws.ToString(asked.DBSnapshotIdentifier)+aws.ToString(asked.DbiResourceId)))
		if err != nil {
			return nil, err
		}
		out := &rds.DescribeDBSnapshotsOutput{}
		for _, snap := range in.snapshots {
			if ofType(asked.SnapshotType, snap.SnapshotType) {
				out.DBSnapshots = append(out.DBSnapshots, snap)
			}
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *rds.DescribeDBClusterSnapshotsInput) (*rds.DescribeDBClusterSnapshotsOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(aws.ToString(asked.DBClusterIdentifier)+aws.ToString(asked.DBClusterSnapshotIdentifier)+aws.ToString(asked.DbClusterResourceId)))
		if err != nil {
			return nil, err
		}
		out := &rds.DescribeDBClusterSnapshotsOutput{}
		for _, snap := range in.clusterSnapshots {
			if ofType(asked.SnapshotType, snap.SnapshotType) {
				out.DBClusterSnapshots = append(out.DBClusterSnapshots, snap)
			}
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *rds.DescribeDBSnapshotAttributesInput) (*rds.DescribeDBSnapshotAttributesOutput, error) {
		accounts, err := e.restorers(r, aws.ToString(asked.DBSnapshotIdentifier), "snapshot:", "DBSnapshotNotFound")
		if err != nil {
			return nil, err
		}
		return &rds.DescribeDBSnapshotAttributesOutput{DBSnapshotAttributesResult: &types.DBSnapshotAttributesResult{DBSnapshotIdentifier: asked.DBSnapshotIdentifier,
			DBSnapshotAttributes: []types.DBSnapshotAttribute{{AttributeName: aws.String("restore"), AttributeValues: accounts}}}}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *rds.DescribeDBClusterSnapshotAttributesInput) (*rds.DescribeDBClusterSnapshotAttributesOutput, error) {
		accounts, err := e.restorers(r, aws.ToString(asked.DBClusterSnapshotIdentifier), "cluster-snapshot:", "DBClusterSnapshotNotFoundFault")
		if err != nil {
			return nil, err
		}
		return &rds.DescribeDBClusterSnapshotAttributesOutput{DBClusterSnapshotAttributesResult: &types.DBClusterSnapshotAttributesResult{DBClusterSnapshotIdentifier: asked.DBClusterSnapshotIdentifier,
			DBClusterSnapshotAttributes: []types.DBClusterSnapshotAttribute{{AttributeName: aws.String("restore"), AttributeValues: accounts}}}}, nil
	})
}

// restorers are the accounts that may restore a snapshot, named by its identifier or
// its ARN.
func (e *estate) restorers(r *mocks.Request, snapshot, prefix, missing string) ([]string, error) {
	in, err := e.at(r)
	if err != nil {
		return nil, err
	}
	accounts, ok := in.shared[strings.TrimPrefix(snapshot, in.arn("rds", prefix))]
	if !ok {
		return nil, &mocks.Error{Code: missing, Message: "The snapshot is not found."}
	}
	return append([]string{}, accounts...), nil
}
