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
)

// list reads all pages of one operation; records are those of one page.
func list[P, R, T any](ctx context.Context, in collect.Scope, op string, pages collect.Pages[rds.Options, P], records func(P) []R, record func(snapshot.Meta, R) T) []T {
	return collect.List(ctx, in, op, pages, func(at snapshot.Meta, page P) []T { return each(at, records(page), record) })
}

func shardGroups(ctx context.Context, in collect.Scope, api API) []snapshot.DBShardGroup {
	return list(ctx, in, "rds:DescribeDBShardGroups", &shardGroupPages{api: api},
		func(p *rds.DescribeDBShardGroupsOutput) []types.DBShardGroup { return p.DBShardGroups }, shardGroup)
}

// shardGroupPages pages by Marker: the SDK has no paginator for DescribeDBShardGroups.
type shardGroupPages struct {
	api    API
	marker *string
	begun  bool
}

// HasMorePages says that the last page named a next one, or that none was read.
func (p *shardGroupPages) HasMorePages() bool { return !p.begun || aws.ToString(p.marker) != "" }

// NextPage reads one page.
func (p *shardGroupPages) NextPage(ctx context.Context, options ...func(*rds.Options)) (*rds.DescribeDBShardGroupsOutput, error) {
	out, err := p.api.DescribeDBShardGroups(ctx, &rds.DescribeDBShardGroupsInput{Marker: p.marker}, options...)
	if err != nil {
		return nil, err
	}
	p.begun, p.marker = true, out.Marker
	return out, nil
}

// backups lists the automated backups that the Region holds. Either list is worth its own.
func backups(ctx context.Context, in collect.Scope, api API) []snapshot.DBBackup {
	return slices.Concat(
		list(ctx, in, "rds:DescribeDBInstanceAutomatedBackups", rds.NewDescribeDBInstanceAutomatedBackupsPaginator(api, &rds.DescribeDBInstanceAutomatedBackupsInput{}),
			func(p *rds.DescribeDBInstanceAutomatedBackupsOutput) []types.DBInstanceAutomatedBackup {
				return p.DBInstanceAutomatedBackups
			}, instanceBackup),
		list(ctx, in, "rds:DescribeDBClusterAutomatedBackups", rds.NewDescribeDBClusterAutomatedBackupsPaginator(api, &rds.DescribeDBClusterAutomatedBackupsInput{}),
			func(p *rds.DescribeDBClusterAutomatedBackupsOutput) []types.DBClusterAutomatedBackup {
				return p.DBClusterAutomatedBackups
			}, clusterBackup))
}

func globalClusters(ctx context.Context, in collect.Scope, api API) []snapshot.GlobalCluster {
	return list(ctx, in, "rds:DescribeGlobalClusters", rds.NewDescribeGlobalClustersPaginator(api, &rds.DescribeGlobalClustersInput{}),
		func(p *rds.DescribeGlobalClustersOutput) []types.GlobalCluster { return p.GlobalClusters }, globalCluster)
}

func proxies(ctx context.Context, in collect.Scope, api API) []snapshot.DBProxy {
	return list(ctx, in, "rds:DescribeDBProxies", rds.NewDescribeDBProxiesPaginator(api, &rds.DescribeDBProxiesInput{}),
		func(p *rds.DescribeDBProxiesOutput) []types.DBProxy { return p.DBProxies }, proxy)
}

func subscriptions(ctx context.Context, in collect.Scope, api API) []snapshot.EventSubscription {
	return list(ctx, in, "rds:DescribeEventSubscriptions", rds.NewDescribeEventSubscriptionsPaginator(api, &rds.DescribeEventSubscriptionsInput{}),
		func(p *rds.DescribeEventSubscriptionsOutput) []types.EventSubscription {
			return p.EventSubscriptionsList
		}, subscription)
}

// ofDatabases are the lists that say something of databases that are there, and are not
// asked where there is none.
var ofDatabases = []string{"rds:DescribeCertificates", "rds:DescribeDBMajorEngineVersions", "rds:DescribePendingMaintenanceActions", listOptionGroups}

// aboutDatabases reads what the databases of the Region refer to.
func aboutDatabases(ctx context.Context, in collect.Scope, api API, all *snapshot.RDS) {
	if len(all.Instances)+len(all.Clusters) == 0 {
		if empty(in, "rds:DescribeDBInstances") && empty(in, "rds:DescribeDBClusters") {
			in.Settle(append([]string{askVersion, askParameters, askClusterParameters}, ofDatabases...)...)
		}
		return
	}
	all.Versions = versions(ctx, in, api, *all)
	all.ParameterGroups, all.OptionGroups = parameterGroups(ctx, in, api, *all), optionGroups(ctx, in, api)
	all.Certificates, all.Regions[0].DefaultCA = certificates(ctx, in, api)
	all.Majors = list(ctx, in, ofDatabases[1], rds.NewDescribeDBMajorEngineVersionsPaginator(api, &rds.DescribeDBMajorEngineVersionsInput{}),
		func(p *rds.DescribeDBMajorEngineVersionsOutput) []types.DBMajorEngineVersion {
			return p.DBMajorEngineVersions
		}, majorVersion)
	all.Maintenance = list(ctx, in, ofDatabases[2], rds.NewDescribePendingMaintenanceActionsPaginator(api, &rds.DescribePendingMaintenanceActionsInput{}),
		func(p *rds.DescribePendingMaintenanceActionsOutput) []types.ResourcePendingMaintenanceActions {
			return p.PendingMaintenanceActions
		}, maintenance)
}

// certificates lists the authorities, and tells which of them new databases get: "" where
// the answer names none, and AWS's own default holds.
func certificates(ctx context.Context, in collect.Scope, api API) ([]snapshot.DBCertificate, snapshot.Read[string]) {
	var byDefault string
	var calls []snapshot.Call
	all := collect.List(ctx, in, ofDatabases[0], rds.NewDescribeCertificatesPaginator(api, &rds.DescribeCertificatesInput{}), func(at snapshot.Meta, p *rds.DescribeCertificatesOutput) []snapshot.DBCertificate {
		byDefault, calls = cmp.Or(aws.ToString(p.DefaultCertificateForNewLaunches), byDefault), append(calls, at.Calls...)
		return each(at, p.Certificates, certificate)
	})
	if err := in.Unlisted(ofDatabases[0]); err != nil {
		return all, snapshot.Missing[string](err, calls...)
	}
	return all, snapshot.Value(byDefault, calls...)
}

// empty says that a list which gave nothing was read to its end, or that nobody wants it.
func empty(in collect.Scope, list string) bool { return !in.Wants(list) || in.Unlisted(list) == nil }
