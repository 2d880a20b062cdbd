// Package hygiene holds the checks that ask whether resources are kept in order: tags,
// defaults, what was forgotten. It leaves what was read to scanner and running the checks
// to checks.
package hygiene

import "onus/checks"

// All are the checks of this category.
var All = []*checks.Check{
	&AccountGroupCount,
	&ACLAssociated,
	&AccountPartOfOrganization,
	&ACLNoDeadEntries,
	&BucketLifecycleConfigured,
	&BucketNameDNSCompliant,
	&BucketNoncurrentVersionsManaged,
	&BucketTagged,
	&CustomerPolicyInUse,
	&DatabaseDefaultPort,
	&DatabaseTagged,
	&DefaultVPCAbsent,
	&ElasticIPAssociated,
	&GroupDescribed,
	&GroupNoStaleRules,
	&GroupNotEmpty,
	&GroupNotFromLaunchWizard,
	&GroupRuleCount,
	&InlinePoliciesAbsent,
	&InstanceNoOverlappingGroups,
	&InstanceNotStoppedTooLong,
	&InterfaceInUse,
	&InternetGatewayAttached,
	&RoleTagged,
	&RoleUsed,
	&SecurityAuditRoleExists,
	&ServerCertificateNotExpired,
	&ServerCertificateNotExpiringSoon,
	&SnapshotsCopyTags,
	&SubnetInUse,
	&SupportRoleExists,
	&TableNoBlackholes,
	&UserActive,
	&UserHasPermissions,
	&UserTagged,
	&VPCInUse,
	&VPNGatewayInUse,
}
