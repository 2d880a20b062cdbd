// Package regions holds the checks that ask whether data and the means to reach it stay
// in the Regions that the customer chose. Which country a Region lies in is left to its
// library residency; what was read comes from scanner.
package regions

import "onus/checks"

// All are the checks of this category.
var All = []*checks.Check{
	&AIServicesOptedOut,
	&AccessKeyLastUsedInAllowedRegion,
	&AdminsRegionLimited,
	&BatchJobsStayInJurisdiction,
	&BucketExportsInKnownPlaces,
	&BucketsInAllowedRegions,
	&CopyJobsInAllowedRegions,
	&DatabaseBackupsInAllowedRegions,
	&DatabaseCopiesInAllowedRegions,
	&DatabasesInAllowedRegions,
	&DefaultVPCAbsentElsewhere,
	&FlowLogsInAllowedRegions,
	&ImageExportsStay,
	&ImagesNotCopiedOut,
	&GroupNamesAllowedRegions,
	&KeysStayInJurisdiction,
	&LifecycleCopiesInAllowedRegions,
	&LinksInAllowedRegions,
	&MultiRegionAccessPointInJurisdiction,
	&MultiRegionKeysDeclared,
	&NetworkAbsentElsewhere,
	&OptInRegionsAllowed,
	&OptInRegionsUsed,
	&OrganizationDeniesOtherRegions,
	&PartitionAllowed,
	&PlanCopiesInAllowedRegions,
	&RegionCoverageComplete,
	&RegionDenyEffective,
	&ReplicationStaysInJurisdiction,
	&ResourcesInAllowedRegions,
	&SecondRegionPrepared,
	&SnapshotsNotCopiedOut,
	&TrailLogsStayInJurisdiction,
	&TrailsCoverEveryRegion,
	&TransferAccelerationDeclared,
	&VaultsInAllowedRegions,
	&ZoneGroupsInAllowedCountries,
	&ZonesInAllowedCountries,
}
