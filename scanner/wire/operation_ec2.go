package wire

// ec2Operations are EC2's, EBS's and VPC's.
var ec2Operations = join(
	plainQuery(Operation{Global: true}, `DescribeRegions`),
	plainQuery(Operation{}, `GetEbsEncryptionByDefault GetEbsDefaultKmsKeyId DescribeVolumes DescribeInstances DescribeSecurityGroups DescribeNetworkInterfaces
		DescribeManagedPrefixLists GetInstanceMetadataDefaults GetSnapshotBlockPublicAccessState GetImageBlockPublicAccessState
		DescribeVpcBlockPublicAccessOptions DescribeVpcBlockPublicAccessExclusions
		DescribeVpcs DescribeSubnets DescribeRouteTables DescribeInternetGateways DescribeNetworkAcls DescribeSnapshots DescribeImages`),
	plainQuery(Operation{}, `DescribeInstanceImageMetadata DescribeInstanceTypes DescribeLaunchTemplates DescribeLockedSnapshots
		DescribeSpotFleetRequests GetAllowedImagesSettings GetSerialConsoleAccessStatus`),
	plainQuery(Operation{}, `DescribeExportImageTasks DescribeExportTasks DescribeKeyPairs DescribeStoreImageTasks ListImagesInRecycleBin ListSnapshotsInRecycleBin`),
	plainQuery(Operation{PerResource: true}, `DescribeInstanceAttribute GetManagedPrefixListEntries`),
	plainQuery(Operation{PerResource: true}, `DescribeImageAttribute DescribeLaunchTemplateVersions DescribeSnapshotAttribute`),
)
