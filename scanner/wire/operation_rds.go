package wire

// rdsOperations are RDS's.
var rdsOperations = join(
	query(Operation{}, "rds", `DescribeDBInstances DescribeDBClusters DescribeDBSnapshots DescribeDBClusterSnapshots DescribeDBShardGroups
		DescribeDBInstanceAutomatedBackups DescribeDBClusterAutomatedBackups DescribeGlobalClusters DescribeDBProxies
		DescribeCertificates DescribeDBMajorEngineVersions DescribePendingMaintenanceActions DescribeEventSubscriptions
		DescribeOptionGroups DescribeDBSubnetGroups DescribeExportTasks DescribeDBSecurityGroups`),
	query(Operation{PerResource: true}, "rds", `DescribeDBSnapshotAttributes DescribeDBClusterSnapshotAttributes DescribeDBEngineVersions
		DescribeDBParameters DescribeDBClusterParameters`),
)
