// Package encryption holds the checks that ask whether data is encrypted at rest and on
// its way. It leaves what was read to scanner and running the checks to checks.
package encryption

import "onus/checks"

// All are the checks of this category.
var All = []*checks.Check{
	&AccountDefaultEBSEncryption,
	&BucketCustomerProvidedKeysBlocked,
	&BucketDefaultEncryption,
	&BucketDefaultEncryptionKMS,
	&BucketDualLayer,
	&BucketEncryptionDowngradeDenied,
	&BucketKeyEnabled,
	&BucketTLSMinimumVersion,
	&BucketTLSOnly,
	&CANotDeprecated,
	&CertificateNotExpiring,
	&ClusterStorageEncrypted,
	&DBSnapshotEncrypted,
	&ImageVolumesEncrypted,
	&InstanceStorageEncrypted,
	&ObjectSampleClientSideCurrent,
	&ObjectSampleClientSideEncrypted,
	&ObjectSampleEncryptedAtRest,
	&ObjectSampleNoCustomerKey,
	&PolicyNoDecryptOnAllKeys,
	&PolicyNoFullAccessToKMS,
	&ProxyRequiresTLS,
	&VolumeEncrypted,
	&VolumeSnapshotEncrypted,
}
