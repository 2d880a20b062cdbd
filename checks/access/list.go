// Package access holds the checks that ask who can do what, and with which credentials.
// Reading policies is left to its library policy; what was read comes from scanner.
package access

import "onus/checks"

// All are the checks of this category.
var All = []*checks.Check{
	&AccessKeyRotated,
	&AccountPublicAccessBlocked,
	&BucketPublicAccessBlocked,
	&CustomerPolicyNoFullAdmin,
	&DBSnapshotNotPublic,
	&InstanceIMDSv2Required,
	&InstanceUserDataWithoutSecrets,
	&PasswordPolicyMinLength,
	&RootAccessKeysAbsent,
	&RootMFAEnabled,
	&UserConsoleMFAEnabled,
}
