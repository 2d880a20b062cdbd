package wire

// iamOperations are IAM's.
var iamOperations = join(
	query(Operation{Global: true}, "iam", `GetAccountSummary GenerateCredentialReport GetCredentialReport GetAccountPasswordPolicy
		GetAccountAuthorizationDetails ListVirtualMFADevices ListServerCertificates ListOpenIDConnectProviders ListOrganizationsFeatures
		ListRoles ListSAMLProviders ListServiceSpecificCredentials ListInstanceProfiles`),
	query(Operation{Global: true, PerResource: true}, "iam", `GetLoginProfile ListMFADevices ListAccessKeys GetAccessKeyLastUsed
		GetOpenIDConnectProvider GetPolicyVersion GetSAMLProvider ListPolicyVersions ListSSHPublicKeys
		GenerateServiceLastAccessedDetails GetServiceLastAccessedDetails`),
)
