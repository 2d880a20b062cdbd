package wire

// iamOperations are IAM's.
var iamOperations = join(
	query(Operation{Global: true}, "iam", `GetAccountSummary GenerateCredentialReport GetCredentialReport GetAccountPasswordPolicy
		GetAccountAuthorizationDetails ListVirtualMFADevices ListServerCertificates`),
	query(Operation{Global: true}, "iam", `ListInstanceProfiles`),
	query(Operation{Global: true, PerResource: true}, "iam", `GetLoginProfile ListMFADevices ListAccessKeys`),
)
