// Package encryption holds the checks that ask whether data is encrypted at rest and on
// its way. It leaves what was read to scanner and running the checks to checks.
package encryption

import "onus/checks"

// All are the checks of this category.
var All = []*checks.Check{
	&AccountDefaultEBSEncryption,
	&AccountDefaultEBSKey,
	&BucketCustomerProvidedKeysBlocked,
	&BucketDefaultEncryption,
	&BucketDefaultEncryptionCustomerKey,
	&BucketDefaultEncryptionKMS,
	&BucketEncryptionDowngradeDenied,
	&BucketKeyEnabled,
	&BucketKeyUsable,
	&BucketTLSMinimumVersion,
	&BucketTLSOnly,
	&CANotDeprecated,
	&CertificateNotExpiring,
	&ClusterStorageEncrypted,
	&DBSnapshotEncrypted,
	&DatabaseKeyUsable,
	&DatabaseRequiresTLS,
	&DatabaseStorageCustomerKey,
	&DefaultCACurrent,
	&EBSKeyUsable,
	&ImageVolumesEncrypted,
	&InsightsCustomerKey,
	&InstanceStorageEncrypted,
	&LaunchConfigurationVolumesEncrypted,
	&LaunchTemplateVolumesEncrypted,
	&OracleTransportEncryption,
	&PolicyNoDecryptOnAllKeys,
	&PolicyNoFullAccessToKMS,
	&ProxyRequiresTLS,
	&RecoveryPointEncrypted,
	&RetainedBackupEncrypted,
	&SpotFleetVolumesEncrypted,
	&VaultEncryptedWithCustomerKey,
	&VolumeEncrypted,
	&VolumeKeyCustomerManaged,
	&VolumeSnapshotEncrypted,
	&WeakTLSDisabled,
}
