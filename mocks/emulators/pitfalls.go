package emulators

import "cmp"

// pitfallPolicies are managed policies below the path of the pitfalls.
var pitfallPolicies = []customerPolicy{
	{"reads", false, []string{statements(allow("s3:Get* s3:List*", "*"))}},
	{"sheds", false, []string{statements(allow("s3:List* iam:DeleteRolePermissionsBoundary iam:DeleteUserPermissionsBoundary", "*"))}},
	{"lists", false, []string{statements(allow("s3:ListAllMyBuckets", "*"))}},
	{"once-wide", false, []string{all, statements(allow("s3:ListAllMyBuckets", "*"))}},
	{"deny-group", false, []string{statements(deny("iam:CreateAccessKey iam:UpdateLoginProfile", pitfallARN("group", "admins")))}},
	{"deny-group-and-users", false, []string{statements(deny("iam:CreateAccessKey iam:UpdateLoginProfile", pitfallARN("group", "admins")+" "+own+"user/admins/*"))}},
	{"deny-joining", false, []string{statements(deny("iam:AddUserToGroup", pitfallARN("group", "admins")))}},
}

// pitfallGroups differ in what they ask of those who use their rights.
var pitfallGroups = []principal{
	{name: "mfa", grants: statements(allow("rds:RebootDBInstance", "*", withMFA))},
	{name: "mfa-if-exists", grants: statements(allow("rds:RebootDBInstance", "*", withMFAIf))},
	{name: "deny-without-mfa", grants: statements(allow("s3:ListBucket", "arn:aws:s3:::acme-media"), `"Effect":"Deny","NotAction":["iam:*MFADevice*","iam:ChangePassword","sts:GetSessionToken"],"Resource":"*","Condition":{`+withoutMFAIf+`}`)},
	{name: "deny-bool", grants: statements(allow("s3:ListBucket", "arn:aws:s3:::acme-media"), `"Effect":"Deny","NotAction":["iam:*MFADevice*","iam:ChangePassword","sts:GetSessionToken"],"Resource":"*","Condition":{`+withoutMFA+`}`)},
	{name: "empty", grants: readsOneBucket},
	{name: "admins", grants: all},
}

// pitfallUsers are below an administrator, or seem to be.
var pitfallUsers = []principal{
	{name: "admin-in-group", group: "admins"},
	{name: "admin-in-two-parts", grants: statements(`"Effect":"Allow","NotAction":"iam:*","Resource":"*"`, allow("iam:*", "*"))},
	{name: "admin-but-identity", grants: statements(allow("*", "*"), deny("iam:* sts:* organizations:* account:*", "*"))},
	{name: "self-writer", grants: statements(allow("iam:PutUserPolicy", pitfallARN("user", "self-writer")))},
	{name: "key-maker", grants: statements(allow("iam:CreateAccessKey", "*"))},
	{name: "own-keys", grants: statements(allow("iam:CreateAccessKey iam:DeleteAccessKey", own+"user/pitfalls/${aws:username}")), group: "deny-without-mfa"},
	{name: "role-maker", grants: statements(allow("iam:CreateRole iam:AttachRolePolicy", own+"role/made/*"))},
	{name: "user-maker", grants: statements(allow("iam:CreateUser iam:PutUserPolicy iam:CreateAccessKey", own+"user/made/*"))},
	{name: "group-joiner", grants: statements(allow("iam:AddUserToGroup", "*"))},
	{name: "launcher", grants: statements(allow("iam:PassRole ec2:RunInstances", "*"))},
	{name: "passer", grants: statements(allow("iam:PassRole", "*")), group: "deny-bool"},
	{name: "version-writer", grants: statements(allow("iam:CreatePolicyVersion", pitfallARN("policy", "lists")))},
	{name: "assumer", grants: statements(allow("sts:AssumeRole", "*"))},
	{name: "token", group: "mfa"},
	{name: "ssh-holder", group: "mfa-if-exists"},
}

// pitfallRoles each differ from a good one in one thing, or are the good one.
var pitfallRoles = []principal{
	// Other accounts.
	{name: "partner-open", trust: lets("AWS", rootOf(partner))},
	{name: "partner-id", trust: lets("AWS", partner, withID)},
	{name: "partner-id-any", trust: lets("AWS", "arn:aws:iam::"+partner+":role/import", is("StringLike", "sts:ExternalId", "*"))},
	{name: "partner-mfa", trust: lets("AWS", rootOf(partner), withMFA)},
	{name: "partner-mfa-if-exists", trust: lets("AWS", rootOf(partner), withMFAIf)},
	{name: "partner-mfa-false", trust: lets("AWS", rootOf(partner), withoutMFA)},
	{name: "partner-second-door", trust: lets("AWS", rootOf(partner), withID) + "},{" + lets("AWS", rootOf(partner))},
	{name: "partner-reads", trust: lets("AWS", rootOf(partner), withID), grants: statements(allow("s3:GetObject", "*"))},
	{name: "partner-writes", trust: lets("AWS", rootOf(partner), withID), grants: statements(allow("sqs:SendMessage s3:PutObject", "*"))},
	{name: "partner-bounded", trust: lets("AWS", rootOf(partner), withID), grants: statements(allow("s3:*", "*")), boundary: pitfallARN("policy", "reads")},
	{name: "partner-and-own", trust: lets("AWS", rootOf(Account)+" "+rootOf(partner))},
	{name: "partner-named-like-own", trust: lets("AWS", "arn:aws:iam::"+partner+":role/"+Account, withID)},

	// Everybody.
	{name: "everyone", trust: lets("AWS", "*")},
	{name: "everyone-id", trust: lets("AWS", "*", withID)},
	{name: "everyone-deploys", trust: lets("AWS", "*", is("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/deploy"))},
	{name: "everyone-tags", trust: `"Effect":"Allow","Principal":"*","Action":"sts:TagSession"`},

	// Those who are gone.
	{name: "deleted-user", trust: lets("AWS", "AIDAJQABLZS4A3QDU576Q")},
	{name: "deleted-beside-another", trust: lets("AWS", "AROAJQABLZS4A3QDU576Q "+rootOf(Account), withMFA)},

	// People and machines of the account.
	{name: "alice-alone", trust: lets("AWS", own+"user/alice")},
	{name: "own-account", trust: lets("AWS", rootOf(Account))},
	{name: "own-account-mfa", trust: lets("AWS", rootOf(Account), withMFA)},
	{name: "own-account-mfa-age", trust: lets("AWS", rootOf(Account), is("NumericLessThan", "aws:MultiFactorAuthAge", "3600"))},
	{name: "own-role", trust: lets("AWS", own+"role/acme-application")},

	// Services.
	{name: "events", trust: lets("Service", "events.amazonaws.com")},
	{name: "events-own", trust: lets("Service", "events.amazonaws.com", is("StringEquals", "aws:SourceAccount", Account))},
	{name: "states-any", trust: lets("Service", "states.amazonaws.com", is("ArnLike", "aws:SourceArn", "arn:aws:states:*:*:*"))},
	{name: "logs-in-region", trust: lets("Service", "logs.eu-west-1.amazonaws.com")},
	{name: "lambda", trust: lets("Service", "lambda.amazonaws.com")},

	// Issuers of tokens.
	{name: "github-branch", trust: lets("Federated", provider(github), is("StringEquals", github+":sub", "repo:acme/shop:ref:refs/heads/main"), is("StringLike", github+":aud", "sts.amazonaws.com"))},
	{name: "github-owner", trust: lets("Federated", provider(github), is("StringLike", github+":sub", "repo:acme/*"), is("StringEquals", github+":aud", "sts.amazonaws.com"))},
	{name: "github-prefix", trust: lets("Federated", provider(github), is("StringLike", github+":sub", "repo:acme*"), is("StringEquals", github+":aud", "sts.amazonaws.com"))},
	{name: "github-audience", trust: lets("Federated", provider(github), is("StringEquals", github+":aud", "sts.amazonaws.com"))},
	{name: "github-if-exists", trust: lets("Federated", provider(github), is("StringEqualsIfExists", github+":sub", "repo:acme/shop:ref:refs/heads/main"), is("StringEquals", github+":aud", "sts.amazonaws.com"))},
	{name: "github-no-audience", trust: lets("Federated", provider(github), is("StringEquals", github+":sub", "repo:acme/shop:ref:refs/heads/main"))},
	{name: "gitlab-any", trust: lets("Federated", provider(gitlab), is("StringEquals", gitlab+":aud", "sts.amazonaws.com"))},
	{name: "gitlab-project", trust: lets("Federated", provider(gitlab), is("StringLike", gitlab+":sub", "project_path:acme/shop:*"), is("StringEquals", gitlab+":aud", "sts.amazonaws.com"))},
	{name: "pod", trust: lets("Federated", provider(eksCluster), is("StringEquals", eksCluster+":sub", "system:serviceaccount:shop:orders"), is("StringLike", eksCluster+":aud", "sts.amazonaws.com"))},
	{name: "pod-namespace", trust: lets("Federated", provider(eksCluster), is("StringLike", eksCluster+":sub", "system:serviceaccount:shop:*"), is("StringEquals", eksCluster+":aud", "sts.amazonaws.com"))},
	{name: "pod-namespace-writes", trust: lets("Federated", provider(eksCluster), is("StringLike", eksCluster+":sub", "system:serviceaccount:shop:*"), is("StringEquals", eksCluster+":aud", "sts.amazonaws.com")), grants: statements(allow("sqs:SendMessage", "*"))},
	{name: "pod-any-namespace", trust: lets("Federated", provider(eksCluster), is("StringLike", eksCluster+":sub", "system:serviceaccount:*:orders"), is("StringEquals", eksCluster+":aud", "sts.amazonaws.com"))},
	{name: "pod-audience", trust: lets("Federated", provider(eksCluster), is("StringEquals", eksCluster+":aud", "sts.amazonaws.com"))},
	{name: "cognito-guest", trust: lets("Federated", pool, is("StringEquals", pool+":aud", "eu-west-1:0a1b2c3d"), is("ForAnyValue:StringLike", pool+":amr", "unauthenticated")), grants: statements(allow("dynamodb:*", "*"))},
	{name: "cognito-guest-narrow", trust: lets("Federated", pool, is("StringEquals", pool+":aud", "eu-west-1:0a1b2c3d"), is("ForAnyValue:StringLike", pool+":amr", "unauthenticated"))},
	{name: "cognito-any-pool", trust: lets("Federated", pool, is("ForAnyValue:StringLike", pool+":amr", "authenticated"))},
	{name: "saml", trust: lets("Federated", own+"saml-provider/acme-adfs", is("StringEquals", "SAML:aud", "https://signin.aws.amazon.com/saml"))},

	// Certificates.
	{name: "certificate-any", trust: lets("Service", "rolesanywhere.amazonaws.com")},
	{name: "certificate-of-anchor", trust: lets("Service", "rolesanywhere.amazonaws.com", is("ArnEquals", "aws:SourceArn", anchor))},
	{name: "certificate-named", trust: lets("Service", "rolesanywhere.amazonaws.com", is("ArnEquals", "aws:SourceArn", anchor), is("StringEquals", "aws:PrincipalTag/x509Subject/CN", "warehouse"))},
	{name: "certificate-star", trust: lets("Service", "rolesanywhere.amazonaws.com", is("ArnEquals", "aws:SourceArn", anchor), is("StringLike", "aws:PrincipalTag/x509Subject/CN", "*"))},

	// Boundaries, and those who have to set them.
	{name: "bounded-by-everything", trust: machines, boundary: policyARN("acme-boundary")},
	{name: "bounded-and-sheds", trust: machines, grants: statements(allow("s3:ListBucket iam:DeleteRolePermissionsBoundary", "*")), boundary: pitfallARN("policy", "sheds")},
	{name: "bounded", trust: machines, grants: statements(allow("s3:*", "*")), boundary: pitfallARN("policy", "reads")},
	{name: "makes-bounded", trust: machines, grants: statements(allow("iam:CreateRole iam:PutRolePolicy", own+"role/made/*", withBoundary))},
	{name: "makes-any", trust: machines, grants: statements(allow("iam:CreateRole iam:PutRolePolicy", own+"role/made/*"))},
	{name: "makes-none-other", trust: machines, grants: statements(allow("iam:CreateRole iam:PutRolePolicy", own+"role/made/*"), deny("iam:CreateRole iam:PutRolePolicy", own+"role/*", otherBoundary))},
	{name: "attaches-named", trust: machines, grants: statements(allow("iam:AttachRolePolicy", own+"role/made/*", is("ArnEquals", "iam:PolicyARN", pitfallARN("policy", "reads"))))},

	// Administrators, and the ways to them.
	{name: "admin-hour", trust: lets("Service", "backup.amazonaws.com"), grants: all},
	{name: "admin-half-day", trust: lets("AWS", rootOf(Account), withMFA), grants: all},
	{name: "admin-for-people", trust: lets("AWS", rootOf(Account), withMFA), grants: all},
	{name: "admin-of-machines", trust: machines, grants: all},
	{name: "admin-bounded", trust: machines, grants: all, boundary: pitfallARN("policy", "reads")},
	{name: "admin-that-sheds", trust: machines, grants: all, boundary: pitfallARN("policy", "sheds")},
	{name: "admin-at-the-end", trust: lets("AWS", pitfallARN("role", "way-2")), grants: all},
	{name: "way-1", trust: machines, grants: statements(allow("sts:AssumeRole", pitfallARN("role", "way-2")))},
	{name: "way-2", trust: lets("AWS", pitfallARN("role", "way-1")+" "+pitfallARN("role", "partner-on-the-way")), grants: statements(allow("sts:AssumeRole", pitfallARN("role", "admin-at-the-end")))},
	{name: "partner-on-the-way", trust: lets("AWS", rootOf(partner), withID), grants: statements(allow("sts:AssumeRole", pitfallARN("role", "way-2")))},
	{name: "session-without-mfa", trust: machines, grants: statements(allow("sts:AssumeRole", pitfallARN("role", "admin-for-people")))},
	{name: "version-setter", trust: machines, grants: statements(allow("iam:SetDefaultPolicyVersion", pitfallARN("policy", "once-wide")))},
	{name: "guardrail-lifter", trust: machines, grants: statements(allow("s3:PutAccountPublicAccessBlock ec2:DisableEbsEncryptionByDefault", "*"))},

	// Conditions that restrict nothing, beside one that does.
	{name: "from-anywhere", trust: machines, grants: statements(allow("s3:GetObject", oneBucket, is("IpAddress", "aws:SourceIp", "0.0.0.0/0")))},
	{name: "from-office", trust: machines, grants: statements(allow("s3:GetObject", oneBucket, is("IpAddress", "aws:SourceIp", "203.0.113.0/24")))},
	{name: "all-of-nothing", trust: machines, grants: statements(allow("ec2:CreateTags", "arn:aws:ec2:*:"+Account+":instance/*", is("ForAllValues:StringEquals", "aws:TagKeys", "team", "cost")))},
	{name: "star-as-text", trust: machines, grants: statements(allow("s3:GetObject", oneBucket, is("StringEquals", "aws:PrincipalTag/team", "plat*")))},
	{name: "mfa-not-null", trust: machines, grants: statements(allow("s3:GetObject", oneBucket, is("Null", "aws:MultiFactorAuthPresent", "false")))},
	{name: "denies-group", trust: machines},
}

// machines is a trust policy of instances.
var machines = lets("Service", "ec2.amazonaws.com")

const anchor = "arn:aws:rolesanywhere:eu-west-1:" + Account + ":trust-anchor/0a1b2c3d-0a1b-4c2d-8e3f-0a1b2c3d4e5f"

// rolesOfOrganization name the organization or its accounts, whose ids the emulator makes
// up; without one, an organization that is not there.
func rolesOfOrganization(ids Seeded) []principal {
	organization := cmp.Or(ids["organization"], "o-unknown000")
	of := func(operator string) string { return is(operator, "aws:PrincipalOrgID", organization) }
	writes := statements(allow("s3:*", "*"))
	return []principal{
		{name: "organization", trust: lets("AWS", "*", of("StringEquals")), grants: writes},
		{name: "organization-reads", trust: lets("AWS", "*", of("StringEquals"))},
		{name: "organization-if-exists", trust: lets("AWS", "*", of("StringEqualsIfExists"))},
		{name: "organization-unit", trust: lets("AWS", "*", is("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", organization+"/r-ac3e/ou-ac3e-workload/*")), grants: writes},
		{name: "organization-by-deny", trust: lets("AWS", "*") + `},{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Condition":{` + of("StringNotEquals") + `}`},
		{name: "member", trust: lets("AWS", rootOf(cmp.Or(ids["acme-staging"], "210987654321")))},
		{name: "closed-member", trust: lets("AWS", rootOf(cmp.Or(ids["acme-labs"], "210987654322")))},
	}
}
