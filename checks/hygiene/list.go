// Package hygiene holds the checks that ask whether resources are kept in order: tags,
// defaults, what was forgotten. It leaves what was read to scanner and running the checks
// to checks.
package hygiene

import "onus/checks"

// All are the checks of this category.
var All = []*checks.Check{
	&ACLAssociated,
	&AccountPartOfOrganization,
	&AnalyzerTagged,
	&BucketLifecycleConfigured,
	&BucketNameDNSCompliant,
	&BucketNoncurrentVersionsManaged,
	&BucketTagged,
	&ContactInformationComplete,
	&ContactsDistinct,
	&CustomerPolicyInUse,
	&DatabaseDefaultPort,
	&DatabaseTagged,
	&GroupNotEmpty,
	&GroupNotFromLaunchWizard,
	&GroupRuleCount,
	&InlinePoliciesAbsent,
	&InstanceNotStoppedTooLong,
	&InterfaceInUse,
	&PermissionsUsed,
	&RoleTagged,
	&RoleTrustNoDeletedPrincipals,
	&RoleUsed,
	&SecurityAuditRoleExists,
	&SecurityContactRegistered,
	&SensitiveServiceAccessUsed,
	&ServerCertificateNotExpired,
	&ServerCertificateNotExpiringSoon,
	&SnapshotsCopyTags,
	&SupportRoleExists,
	&TagPolicyApplies,
	&UnusedAccessAnalyzer,
	&UserActive,
	&UserHasPermissions,
	&UserNameMatchesPattern,
	&UserTagged,
}
