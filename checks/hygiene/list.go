// Package hygiene holds the checks that ask whether resources are kept in order: tags,
// defaults, what was forgotten. It leaves what was read to scanner and running the checks
// to checks.
package hygiene

import "onus/checks"

// All are the checks of this category.
var All = []*checks.Check{
	&ACLAssociated,
	&AccountPartOfOrganization,
	&BucketLifecycleConfigured,
	&BucketNameDNSCompliant,
	&BucketNoncurrentVersionsManaged,
	&BucketPolicyPrincipalsExist,
	&BucketReferencesExist,
	&BucketTagged,
	&BucketUploadsAborted,
	&CustomerPolicyInUse,
	&DatabaseDefaultPort,
	&DatabaseTagged,
	&DirectoryBucketLifecycle,
	&GroupNotEmpty,
	&GroupNotFromLaunchWizard,
	&GroupRuleCount,
	&InlinePoliciesAbsent,
	&InstanceNotStoppedTooLong,
	&InterfaceInUse,
	&RoleTagged,
	&RoleUsed,
	&SecurityAuditRoleExists,
	&ServerCertificateNotExpired,
	&ServerCertificateNotExpiringSoon,
	&SnapshotsCopyTags,
	&SupportRoleExists,
	&UserActive,
	&UserHasPermissions,
	&UserTagged,
}
