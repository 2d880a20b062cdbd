package wire

// rdsOperations are RDS's.
var rdsOperations = join(
	query(Operation{}, "rds", `DescribeDBInstances DescribeDBClusters DescribeDBSnapshots DescribeDBClusterSnapshots`),
	query(Operation{PerResource: true}, "rds", `DescribeDBSnapshotAttributes DescribeDBClusterSnapshotAttributes`),
)
