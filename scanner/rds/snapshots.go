package rds

import (
	"cmp"
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// The operations about snapshots: two lists, and one call about each snapshot of theirs.
const (
	listSnapshots        = "rds:DescribeDBSnapshots"
	listClusterSnapshots = "rds:DescribeDBClusterSnapshots"
	askSnapshot          = "rds:DescribeDBSnapshotAttributes"
	askClusterSnapshot   = "rds:DescribeDBClusterSnapshotAttributes"
)

// snapshots lists the account's own snapshots and then asks of each that can be shared
// with whom it is. Either list is worth its own: one that fails leaves the other's.
func snapshots(ctx context.Context, in collect.Scope, api API) []snapshot.DBSnapshot {
	all := slices.Concat(instanceSnapshots(ctx, in, api), clusterSnapshots(ctx, in, api))
	all = slices.DeleteFunc(all, func(s snapshot.DBSnapshot) bool { return snapshot.AccountOf(s.ARN) != in.Account })
	var ask []*snapshot.DBSnapshot
	for i := range all {
		if shareable(all[i]) {
			ask = append(ask, &all[i])
		}
	}
	in.Each(ctx, len(ask), func(i int) { ask[i].SharedWith = sharedWith(ctx, in, api, *ask[i]) })
	settle(in, listSnapshots, askSnapshot, !slices.ContainsFunc(ask, func(s *snapshot.DBSnapshot) bool { return !s.OfCluster }))
	settle(in, listClusterSnapshots, askClusterSnapshot, !slices.ContainsFunc(ask, func(s *snapshot.DBSnapshot) bool { return s.OfCluster }))
	return all
}

// shareable says that somebody may have shared the snapshot: RDS takes automated ones and
// AWS Backup its own. Source: RDS DescribeDBSnapshotAttributes, about manual snapshots.
func shareable(s snapshot.DBSnapshot) bool { return s.Type != "automated" && s.Type != "awsbackup" }

// settle closes the book on the call about each snapshot where the whole list names none.
func settle(in collect.Scope, list, ask string, none bool) {
	if none && in.Unlisted(list) == nil {
		in.Settle(ask)
	}
}

// asked are the types of snapshot that are listed: without one, manual and automated ones
// come, and those of AWS Backup on some endpoints only. Neither list holds shared or public
// ones of other accounts. Source: RDS DescribeDBSnapshots, SnapshotType.
var asked = []*string{nil, aws.String("awsbackup")}

func instanceSnapshots(ctx context.Context, in collect.Scope, api API) (out []snapshot.DBSnapshot) {
	for _, kind := range asked {
		pages := rds.NewDescribeDBSnapshotsPaginator(api, &rds.DescribeDBSnapshotsInput{SnapshotType: kind})
		out = append(out, collect.List(ctx, in, listSnapshots, pages, func(at snapshot.Meta, page *rds.DescribeDBSnapshotsOutput) []snapshot.DBSnapshot {
			return each(at, page.DBSnapshots, instanceSnapshot)
		})...)
	}
	return once(out)
}

func clusterSnapshots(ctx context.Context, in collect.Scope, api API) (out []snapshot.DBSnapshot) {
	for _, kind := range asked {
		pages := rds.NewDescribeDBClusterSnapshotsPaginator(api, &rds.DescribeDBClusterSnapshotsInput{SnapshotType: kind})
		out = append(out, collect.List(ctx, in, listClusterSnapshots, pages, func(at snapshot.Meta, page *rds.DescribeDBClusterSnapshotsOutput) []snapshot.DBSnapshot {
			return each(at, page.DBClusterSnapshots, clusterSnapshot)
		})...)
	}
	return once(out)
}

// once leaves out what an earlier list held already.
func once(all []snapshot.DBSnapshot) []snapshot.DBSnapshot {
	seen := make(map[string]bool, len(all))
	return slices.DeleteFunc(all, func(s snapshot.DBSnapshot) bool {
		again := seen[s.ARN]
		seen[s.ARN] = true
		return again
	})
}

func instanceSnapshot(at snapshot.Meta, s types.DBSnapshot) snapshot.DBSnapshot {
	return snapshot.DBSnapshot{
		Meta:                  named(at, "snapshot", s.DBSnapshotIdentifier, s.DBSnapshotArn, s.TagList),
		ID:                    aws.ToString(s.DBSnapshotIdentifier),
		From:                  cmp.Or(aws.ToString(s.SourceRegion), snapshot.RegionOf(aws.ToString(s.SourceDBSnapshotIdentifier))),
		Engine:                snapshot.Engine(aws.ToString(s.Engine)),
		Type:                  aws.ToString(s.SnapshotType),
		Status:                aws.ToString(s.Status),
		Created:               aws.ToTime(s.SnapshotCreateTime),
		Original:              aws.ToTime(s.OriginalSnapshotCreateTime),
		Database:              aws.ToString(s.DBInstanceIdentifier),
		DatabaseID:            aws.ToString(s.DbiResourceId),
		Encrypted:             aws.ToBool(s.Encrypted),
		StorageEncryptionType: string(s.StorageEncryptionType),
		KMSKeyID:              aws.ToString(s.KmsKeyId),
	}
}

func clusterSnapshot(at snapshot.Meta, s types.DBClusterSnapshot) snapshot.DBSnapshot {
	return snapshot.DBSnapshot{
		Meta:                  named(at, "cluster-snapshot", s.DBClusterSnapshotIdentifier, s.DBClusterSnapshotArn, s.TagList),
		ID:                    aws.ToString(s.DBClusterSnapshotIdentifier),
		OfCluster:             true,
		From:                  snapshot.RegionOf(aws.ToString(s.SourceDBClusterSnapshotArn)),
		Engine:                snapshot.Engine(aws.ToString(s.Engine)),
		Type:                  aws.ToString(s.SnapshotType),
		Status:                aws.ToString(s.Status),
		Created:               aws.ToTime(s.SnapshotCreateTime),
		Database:              aws.ToString(s.DBClusterIdentifier),
		DatabaseID:            aws.ToString(s.DbClusterResourceId),
		Encrypted:             aws.ToBool(s.StorageEncrypted),
		StorageEncryptionType: string(s.StorageEncryptionType),
		KMSKeyID:              aws.ToString(s.KmsKeyId),
	}
}

// restore is the attribute that names the accounts which may restore a snapshot.
const restore = "restore"

var errNoResult = &wire.MalformedError{What: "the answer holds no attributes"}

// sharedWith reads who may restore a snapshot; nobody where the attribute is not listed.
func sharedWith(ctx context.Context, in collect.Scope, api API, s snapshot.DBSnapshot) snapshot.Read[[]string] {
	if s.OfCluster {
		return collect.Ask(ctx, in, askClusterSnapshot, func(ctx context.Context) ([]string, error) { return clusterRestore(ctx, api, s.ID) })
	}
	return collect.Ask(ctx, in, askSnapshot, func(ctx context.Context) ([]string, error) { return instanceRestore(ctx, api, s.ID) })
}

func instanceRestore(ctx context.Context, api API, id string) (values []string, err error) {
	out, err := api.DescribeDBSnapshotAttributes(ctx, &rds.DescribeDBSnapshotAttributesInput{DBSnapshotIdentifier: &id})
	if err != nil {
		return nil, err
	}
	if out.DBSnapshotAttributesResult == nil {
		return nil, errNoResult
	}
	for _, a := range out.DBSnapshotAttributesResult.DBSnapshotAttributes {
		if aws.ToString(a.AttributeName) == restore {
			values = append(values, a.AttributeValues...)
		}
	}
	return values, nil
}

func clusterRestore(ctx context.Context, api API, id string) (values []string, err error) {
	out, err := api.DescribeDBClusterSnapshotAttributes(ctx, &rds.DescribeDBClusterSnapshotAttributesInput{DBClusterSnapshotIdentifier: &id})
	if err != nil {
		return nil, err
	}
	if out.DBClusterSnapshotAttributesResult == nil {
		return nil, errNoResult
	}
	for _, a := range out.DBClusterSnapshotAttributesResult.DBClusterSnapshotAttributes {
		if aws.ToString(a.AttributeName) == restore {
			values = append(values, a.AttributeValues...)
		}
	}
	return values, nil
}
