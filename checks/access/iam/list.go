// Package iam holds the checks of IAM's principals: whom roles let in, how users prove who
// they are, and what they can do in effect. Reading policies is left to package policy,
// putting them together to package identity; what was read comes from scanner.
package iam

import (
	"fmt"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
)

// All are the checks of this package.
var All = []*checks.Check{
	&AdminRoleSessionLimited,
	&BoundaryRestricts,
	&CognitoPoolRoleNarrow,
	&ConditionRestricts,
	&DelegatedAdminMustSetBoundary,
	&EKSSubjectLimited,
	&ExternalPrincipalNoDataAccess,
	&ExternalPrincipalNoPathToAdmin,
	&FederationConfigured,
	&GitHubSubjectLimited,
	&GroupPoliciesRequireMFA,
	&MFAConditionEffective,
	&MemberRootCredentialsRemoved,
	&OIDCProviderAudienceLimited,
	&PolicyEvaluationComplete,
	&PolicyGroupDenyCoversMembers,
	&PolicyOldVersionsNotWider,
	&PrincipalCannotLiftGuardrails,
	&PrincipalNoEscalationPath,
	&PrincipalNotEffectiveAdmin,
	&RCPLimitsOutsideAccess,
	&RoleCrossAccountExternalIDOrMFA,
	&RoleNoExternalReadOnlyAccess,
	&RoleNoExternalWriteAccess,
	&RoleRequiredPoliciesAttached,
	&RoleTrustClosedAccountsAbsent,
	&RoleTrustNotWholeOrganization,
	&RoleTrustsOnlyKnownAccounts,
	&RolesAnywhereTrustLimited,
	&RootCredentialsCentrallyManaged,
	&RootDeniedInMembers,
	&SAMLProviderMetadataValid,
	&SCPBindsAccount,
	&ServiceSpecificCredentialsExpire,
	&ServiceUserHasNoPassword,
	&SharedIssuerSubjectLimited,
	&UserHardwareMFAEnabled,
	&UserKeysNotNeededOutsideIAM,
	&UserPermissionsOnlyAssumeRoles,
	&UserSSHKeyRotated,
}

// accountIDs refuses what is no account's id in a parameter that lists accounts.
func accountIDs(parameter string, value any) error {
	list, ok := value.([]string)
	if !ok || !strings.HasSuffix(parameter, "_accounts") {
		return nil
	}
	for _, v := range list {
		if policy.AccountOf(v) != v {
			return fmt.Errorf("%q is no account id: 12 digits", v)
		}
	}
	return nil
}
