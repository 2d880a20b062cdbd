// Package rds reads one Region of RDS: instances, clusters, and the account's own
// snapshots with the accounts that may restore them. It asks and maps; it leaves clients
// and Regions to scanner, and judgement to checks.
//
// The API of RDS also returns what belongs to DocumentDB and Neptune. Nothing of it is
// left out here: a check says by the engine what it judges.
package rds

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/rds"
)

// API is every RDS call that this collector makes.
type API interface {
	rds.DescribeDBInstancesAPIClient
	rds.DescribeDBClustersAPIClient
	rds.DescribeDBSnapshotsAPIClient
	rds.DescribeDBClusterSnapshotsAPIClient
	rds.DescribeDBInstanceAutomatedBackupsAPIClient
	rds.DescribeDBClusterAutomatedBackupsAPIClient
	rds.DescribeGlobalClustersAPIClient
	rds.DescribeDBProxiesAPIClient
	rds.DescribeCertificatesAPIClient
	rds.DescribeDBMajorEngineVersionsAPIClient
	rds.DescribePendingMaintenanceActionsAPIClient
	rds.DescribeEventSubscriptionsAPIClient
	rds.DescribeDBEngineVersionsAPIClient
	rds.DescribeDBParametersAPIClient
	rds.DescribeDBClusterParametersAPIClient
	rds.DescribeOptionGroupsAPIClient
	rds.DescribeDBSubnetGroupsAPIClient
	rds.DescribeExportTasksAPIClient
	rds.DescribeDBSecurityGroupsAPIClient
	DescribeDBShardGroups(context.Context, *rds.DescribeDBShardGroupsInput, ...func(*rds.Options)) (*rds.DescribeDBShardGroupsOutput, error)
	DescribeDBSnapshotAttributes(context.Context, *rds.DescribeDBSnapshotAttributesInput, ...func(*rds.Options)) (*rds.DescribeDBSnapshotAttributesOutput, error)
	DescribeDBClusterSnapshotAttributes(context.Context, *rds.DescribeDBClusterSnapshotAttributesInput, ...func(*rds.Options)) (*rds.DescribeDBClusterSnapshotAttributesOutput, error)
}
