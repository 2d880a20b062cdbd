// Package backups holds the checks that ask whether lost or changed data can be brought
// back. It leaves what was read to scanner and running the checks to checks.
package backups

import "onus/checks"

// All are the checks of this category.
var All = []*checks.Check{
	&BackupRetention,
	&BucketInPlan,
	&BucketLifecycleKeepsRetention,
	&BucketMFADelete,
	&BucketObjectLock,
	&BucketObjectLockNotBypassable,
	&BucketObjectLockRetention,
	&BucketPointRecent,
	&BucketRecoverable,
	&BucketVersioning,
	&ClusterBacktrack,
	&CopiesInSecondAccount,
	&CopiesInSecondRegion,
	&DatabaseInPlan,
	&DatabaseIndependentBackup,
	&DatabaseReplicated,
	&DatabaseRestoreTested,
	&DeletionRecoverable,
	&InstanceBackups,
	&InstanceInPlan,
	&JobsSucceed,
	&PlanExists,
	&PlanRetention,
	&PointRetention,
	&PrincipalCannotDestroyDataAndBackups,
	&RecentRestorePoint,
	&RestoreTestScheduled,
	&RestoreWindow,
	&SnapshotLifecycleExists,
	&TypesOptedIn,
	&VaultDeletionPrevented,
	&VaultExists,
	&VaultLockedImmutably,
	&VolumeInPlan,
	&VolumeRecoverable,
	&VolumeSnapshotExists,
	&VolumeSnapshotRecent,
}
