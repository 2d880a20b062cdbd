package rds

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// Collect reads the Region of the scope.
func Collect(ctx context.Context, in collect.Scope, api API) snapshot.RDS {
	return snapshot.RDS{
		Instances: instances(ctx, in, api),
		Clusters:  clusters(ctx, in, api),
		Snapshots: snapshots(ctx, in, api),
	}
}

func instances(ctx context.Context, in collect.Scope, api API) []snapshot.DBInstance {
	pages := rds.NewDescribeDBInstancesPaginator(api, &rds.DescribeDBInstancesInput{})
	return collect.List(ctx, in, "rds:DescribeDBInstances", pages, func(at snapshot.Meta, page *rds.DescribeDBInstancesOutput) []snapshot.DBInstance {
		out := make([]snapshot.DBInstance, 0, len(page.DBInstances))
		for _, db := range page.DBInstances {
			out = append(out, instance(at, db))
		}
		return out
	})
}

func clusters(ctx context.Context, in collect.Scope, api API) []snapshot.DBCluster {
	// Without IncludeShared: clusters of other accounts are theirs to judge.
	pages := rds.NewDescribeDBClustersPaginator(api, &rds.DescribeDBClustersInput{})
	return collect.List(ctx, in, "rds:DescribeDBClusters", pages, func(at snapshot.Meta, page *rds.DescribeDBClustersOutput) []snapshot.DBCluster {
		out := make([]snapshot.DBCluster, 0, len(page.DBClusters))
		for _, c := range page.DBClusters {
			out = append(out, cluster(at, c))
		}
		return out
	})
}

func instance(at snapshot.Meta, db types.DBInstance) snapshot.DBInstance {
	return snapshot.DBInstance{
		Meta:                  named(at, "db", db.DBInstanceIdentifier, db.DBInstanceArn, db.TagList),
		ID:                    aws.ToString(db.DBInstanceIdentifier),
		Engine:                snapshot.Engine(aws.ToString(db.Engine)),
		Status:                aws.ToString(db.DBInstanceStatus),
		Cluster:               aws.ToString(db.DBClusterIdentifier),
		ReplicaOf:             cmp.Or(aws.ToString(db.ReadReplicaSourceDBInstanceIdentifier), aws.ToString(db.ReadReplicaSourceDBClusterIdentifier)),
		StorageEncrypted:      aws.ToBool(db.StorageEncrypted),
		StorageEncryptionType: string(db.StorageEncryptionType),
		BackupRetentionDays:   aws.ToInt32(db.BackupRetentionPeriod),
	}
}

func cluster(at snapshot.Meta, c types.DBCluster) snapshot.DBCluster {
	return snapshot.DBCluster{
		Meta:                named(at, "cluster", c.DBClusterIdentifier, c.DBClusterArn, c.TagList),
		ID:                  aws.ToString(c.DBClusterIdentifier),
		Engine:              snapshot.Engine(aws.ToString(c.Engine)),
		Status:              aws.ToString(c.Status),
		ReplicaOf:           aws.ToString(c.ReplicationSourceIdentifier),
		GlobalCluster:       aws.ToString(c.GlobalClusterIdentifier),
		BackupRetentionDays: aws.ToInt32(c.BackupRetentionPeriod),
	}
}

// named fills in what every resource has. An answer without ARN gets it from its parts.
// Source: Service Authorization Reference, "Resource types defined by Amazon RDS".
func named(at snapshot.Meta, kind string, id, arn *string, tags []types.Tag) snapshot.Meta {
	at.Name, at.ARN = aws.ToString(id), aws.ToString(arn)
	if at.ARN == "" {
		at.ARN = "arn:" + at.Partition + ":rds:" + at.Region + ":" + at.Account + ":" + kind + ":" + at.Name
	}
	for _, t := range tags {
		if at.Tags == nil {
			at.Tags = map[string]string{}
		}
		at.Tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return at
}
