// Package backups holds the checks that ask whether lost or changed data can be brought
// back. It leaves what was read to scanner and running the checks to checks.
package backups

import "onus/checks"

// All are the checks of this category.
var All = []*checks.Check{
	&BackupRetention,
	&BucketLifecycleKeepsRetention,
	&BucketMFADelete,
	&BucketObjectLock,
	&BucketObjectLockNotBypassable,
	&BucketObjectLockRetention,
	&BucketVersioning,
	&ClusterBacktrack,
	&InstanceBackups,
	&RecentRestorePoint,
	&VolumeSnapshotExists,
	&VolumeSnapshotRecent,
}
