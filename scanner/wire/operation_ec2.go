package wire

// ec2Operations are EC2's, EBS's and VPC's.
var ec2Operations = join(
	plainQuery(Operation{Global: true}, `DescribeRegions`),
	plainQuery(Operation{}, `GetEbsEncryptionByDefault GetEbsDefaultKmsKeyId DescribeVolumes DescribeInstances DescribeSecurityGroups DescribeNetworkInterfaces
		DescribeManagedPrefixLists GetInstanceMetadataDefaults GetSnapshotBlockPublicAccessState GetImageBlockPublicAccessState
		DescribeVpcBlockPublicAccessOptions DescribeVpcBlockPublicAccessExclusions
		DescribeVpcs DescribeSubnets DescribeRouteTables DescribeInternetGateways DescribeNetworkAcls DescribeSnapshots DescribeImages`),
	plainQuery(Operation{PerResource: true}, `DescribeInstanceAttribute GetManagedPrefixListEntries`),
)
