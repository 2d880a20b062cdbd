package rds

import (
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
	if !none || !in.Wants(ask) {
		return
	}
	whole := slices.ContainsFunc(in.Calls.Coverage(), func(l snapshot.Coverage) bool {
		return l.Operation == list && l.Location == in.Location && l.Status == snapshot.OK
	})
	if whole {
		in.Calls.Settle(ask, in.Location)
	}
}

// instanceSnapshots asks for no SnapshotType: one list then holds the manual and the
// automated ones, and neither shared nor public ones of other accounts.
func instanceSnapshots(ctx context.Context, in collect.Scope, api API) []snapshot.DBSnapshot {
	pages := rds.NewDescribeDBSnapshotsPaginator(api, &rds.DescribeDBSnapshotsInput{})
	return collect.List(ctx, in, listSnapshots, pages, func(at snapshot.Meta, page *rds.DescribeDBSnapshotsOutput) []snapshot.DBSnapshot {
		out := make([]snapshot.DBSnapshot, 0, len(page.DBSnapshots))
		for _, s := range page.DBSnapshots {
			out = append(out, instanceSnapshot(at, s))
		}
		return out
	})
}

func clusterSnapshots(ctx context.Context, in collect.Scope, api API) []snapshot.DBSnapshot {
	pages := rds.NewDescribeDBClusterSnapshotsPaginator(api, &rds.DescribeDBClusterSnapshotsInput{})
	return collect.List(ctx, in, listClusterSnapshots, pages, func(at snapshot.Meta, page *rds.DescribeDBClusterSnapshotsOutput) []snapshot.DBSnapshot {
		out := make([]snapshot.DBSnapshot, 0, len(page.DBClusterSnapshots))
		for _, s := range page.DBClusterSnapshots {
			out = append(out, clusterSnapshot(at, s))
		}
		return out
	})
}

func instanceSnapshot(at snapshot.Meta, s types.DBSnapshot) snapshot.DBSnapshot {
	return snapshot.DBSnapshot{
		Meta:      named(at, "snapshot", s.DBSnapshotIdentifier, s.DBSnapshotArn, s.TagList),
		ID:        aws.ToString(s.DBSnapshotIdentifier),
		Engine:    snapshot.Engine(aws.ToString(s.Engine)),
		Type:      aws.ToString(s.SnapshotType),
		Encrypted: aws.ToBool(s.Encrypted),
	}
}

func clusterSnapshot(at snapshot.Meta, s types.DBClusterSnapshot) snapshot.DBSnapshot {
	return snapshot.DBSnapshot{
		Meta:      named(at, "cluster-snapshot", s.DBClusterSnapshotIdentifier, s.DBClusterSnapshotArn, s.TagList),
		ID:        aws.ToString(s.DBClusterSnapshotIdentifier),
		OfCluster: true,
		Engine:    snapshot.Engine(aws.ToString(s.Engine)),
		Type:      aws.ToString(s.SnapshotType),
		Encrypted: aws.ToBool(s.StorageEncrypted),
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
