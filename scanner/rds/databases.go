package rds

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// Collect reads the Region of the scope.
func Collect(ctx context.Context, in collect.Scope, api API) snapshot.RDS {
	all := snapshot.RDS{
		Regions:   []snapshot.DBRegion{{Meta: snapshot.Meta{Location: in.Location, Name: in.Region}}},
		Instances: instances(ctx, in, api),
		Clusters:  clusters(ctx, in, api),
		Snapshots: snapshots(ctx, in, api),

		ShardGroups:    shardGroups(ctx, in, api),
		Backups:        backups(ctx, in, api),
		GlobalClusters: globalClusters(ctx, in, api),
		Proxies:        proxies(ctx, in, api),
		Subscriptions:  subscriptions(ctx, in, api),
		SubnetGroups:   subnetGroups(ctx, in, api),
		ExportTasks:    exportTasks(ctx, in, api),
	}
	all.Regions[0].ClassicGroups = classicGroups(ctx, in, api)
	aboutDatabases(ctx, in, api, &all)
	return all
}

func instances(ctx context.Context, in collect.Scope, api API) []snapshot.DBInstance {
	pages := rds.NewDescribeDBInstancesPaginator(api, &rds.DescribeDBInstancesInput{})
	return collect.List(ctx, in, "rds:DescribeDBInstances", pages, func(at snapshot.Meta, page *rds.DescribeDBInstancesOutput) []snapshot.DBInstance {
		return each(at, page.DBInstances, instance)
	})
}

func clusters(ctx context.Context, in collect.Scope, api API) []snapshot.DBCluster {
	// Without IncludeShared: clusters of other accounts are theirs to judge.
	pages := rds.NewDescribeDBClustersPaginator(api, &rds.DescribeDBClustersInput{})
	return collect.List(ctx, in, "rds:DescribeDBClusters", pages, func(at snapshot.Meta, page *rds.DescribeDBClustersOutput) []snapshot.DBCluster {
		return each(at, page.DBClusters, cluster)
	})
}

// each maps the records of one page.
func each[R, T any](at snapshot.Meta, records []R, record func(snapshot.Meta, R) T) []T {
	out := make([]T, 0, len(records))
	for _, r := range records {
		out = append(out, record(at, r))
	}
	return out
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
