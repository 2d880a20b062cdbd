// Package resilience holds the checks that ask whether a failure or one wrong call can
// take data or service away. It leaves what was read to scanner and running the checks to
// checks.
package resilience

import "onus/checks"

// All are the checks of this category.
var All = []*checks.Check{
	&AccountSpansRegions,
	&BucketCrossRegionReplication,
	&BucketReplicationEffective,
	&ClusterDeletionProtection,
	&ClusterMultiAZ,
	&ElasticIPQuota,
	&EnclaveHostRunning,
	&EndpointMultiZone,
	&GlobalDeletionProtection,
	&ImageDeregistrationProtection,
	&InstanceDeletionProtection,
	&InstanceEBSOptimized,
	&InstanceMultiAZ,
	&InstanceTerminationProtection,
	&NATGatewayMultiZone,
	&StorageAutoscaling,
	&SubnetHeadroom,
	&SubnetsSpanZones,
	&VPNTunnelsUp,
}
