package iam

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// federated is a trust in a provider, by its ARN in the account unless it has none.
func federated(provider, condition string) string {
	return assume(`{"Federated":"`+own+`oidc-provider/`+provider+`"}`, condition)
}

func providers(names ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		for _, n := range names {
			a.IAM.OIDCProviders = append(a.IAM.OIDCProviders, snapshot.OIDCProvider{Meta: globally(n, own+"oidc-provider/"+n), ClientIDs: snapshot.Value([]string{"sts.amazonaws.com"})})
		}
	}
}

func TestGitHubSubjectLimited(t *testing.T) {
	const aud = `"StringEquals":{"` + github + `:aud":"sts.amazonaws.com"}`
	sub := func(operator, value string) string { return `"` + operator + `":{"` + github + `:sub":` + value + `}` }
	role := func(condition string) func(*snapshot.Account) {
		return set(providers(github), trust(federated(github, condition)))
	}
	with := func(operator, value string) func(*snapshot.Account) {
		return role(aud + "," + sub(operator, value))
	}
	run(t, &GitHubSubjectLimited, mistrusted(), []checktest.Case{
		{Name: "only the audience", Set: role(aud), Want: checks.FAIL, Reason: "every repository on GitHub"},
		{Name: "nothing", Set: role(""), Want: checks.FAIL, Reason: "every repository on GitHub"},
		{Name: "one branch", Set: with("StringLike", `"repo:acme/app:ref:refs/heads/main"`), Want: checks.PASS, Reason: "repo:acme/app:ref:refs/heads/main"},
		{Name: "any branch or pull request", Set: with("StringLike", `"repo:acme/app:*"`), Want: checks.PASS, Reason: "any branch, tag and pull request"},
		{Name: "which is worse for an administrator", Set: set(with("StringLike", `"repo:acme/app:*"`), may(allow("*", "*"))), Want: checks.PASS, Reason: "the role is an administrator"},
		{Name: "no slash after the owner", Set: with("StringLike", `"repo:acme*"`), Want: checks.FAIL, Reason: "name no owner: repo:acme*"},
		{Name: "any owner", Set: with("StringLike", `"repo:*/app:*"`), Want: checks.FAIL, Reason: "name no owner"},
		{Name: "one of two values is open", Set: with("StringLike", `["repo:acme/app:*","repo:*"]`), Want: checks.FAIL, Reason: "repo:*"},
		{Name: "every repository of the owner", Set: with("StringLike", `"repo:acme/*:*"`), Want: checks.FAIL, Reason: "every repository of an owner"},
		{Name: "which may be enough", Set: with("StringLike", `"repo:acme/*:*"`), Parameters: map[string]any{"require_repository": false}, Want: checks.PASS, Reason: "repo:acme/*"},
		{Name: "StringNotEquals", Set: with("StringNotEquals", `"repo:acme/app:ref:x"`), Want: checks.FAIL, Reason: "every repository on GitHub"},
		{Name: "StringEqualsIfExists", Set: with("StringEqualsIfExists", `"repo:acme/app:ref:x"`), Want: checks.FAIL, Reason: "every repository on GitHub"},
		{Name: "ForAllValues", Set: with("ForAllValues:StringLike", `"repo:acme/app:*"`), Want: checks.FAIL, Reason: "every repository on GitHub"},
		{Name: "a subject without an audience", Set: role(sub("StringLike", `"repo:acme/app:*"`)), Want: checks.FAIL, Reason: "no audience"},
		{Name: "another owner than allowed", Set: with("StringLike", `"repo:evil/app:*"`), Parameters: map[string]any{"allowed_owners": []string{"Acme"}}, Want: checks.FAIL, Reason: `"evil"`},
		{Name: "an owner in other letters", Set: with("StringLike", `"repo:acme/app:*"`), Parameters: map[string]any{"allowed_owners": []string{"Acme"}}, Want: checks.PASS, Reason: "repo:acme"},
		{Name: "a customised subject", Set: with("StringLike", `"repository_owner_id:12345:*"`), Parameters: map[string]any{"require_repository": false}, Want: checks.PASS, Reason: "repository_owner_id"},
		{Name: "a reusable workflow", Set: with("StringLike", `"job_workflow_ref:acme/flows/.github/workflows/x.yml@*"`), Want: checks.PASS, Reason: "job_workflow_ref:acme"},
		{Name: "a repository, by a claim of its own", Set: role(`"StringEquals":{"` + github + `:aud":"sts.amazonaws.com","` + github + `:repository":"acme/app"},` + sub("StringLike", `"repo:acme/*"`)), Want: checks.PASS, Reason: "acme/app"},
		{Name: "only by a claim of its own", Set: role(`"StringEquals":{"` + github + `:aud":"sts.amazonaws.com","` + github + `:repository":"acme/app"}`), Want: checks.PASS, Reason: "acme/app"},
		{Name: "every repository of an owner, by that claim", Set: role(aud + `,"StringLike":{"` + github + `:repository":"acme/*"}`), Want: checks.FAIL, Reason: "every repository of an owner"},
		{Name: "a repository's id beside an owner", Set: role(aud + `,"StringLike":{"` + github + `:sub":"repo:acme/*"},"ForAnyValue:StringEquals":{"` + github + `:repository_id":"123456"}`), Want: checks.PASS, Reason: "123456"},
		{Name: "an id whose owner nobody knows", Set: role(`"StringEquals":{"` + github + `:aud":"sts.amazonaws.com","` + github + `:repository_id":"123456"}`), Parameters: map[string]any{"allowed_owners": []string{"acme"}}, Want: checks.FAIL, Reason: "not its owner"},
		{Name: "any branch called main", Set: role(aud + `,"StringLike":{"` + github + `:ref":"refs/heads/main"}`), Want: checks.FAIL, Reason: "every repository on GitHub"},
		{Name: "somebody's public workflow, called by anybody", Set: role(aud + `,"StringLike":{"` + github + `:job_workflow_ref":"acme/flows/.github/workflows/x.yml@*"}`), Want: checks.FAIL, Reason: "every repository on GitHub"},
		{Name: "an enterprise's issuer", Set: set(providers(github+"/acme"), trust(federated(github+"/acme", `"StringEquals":{"`+github+`/acme:aud":"sts.amazonaws.com"}`))), Want: checks.FAIL, Reason: "asks for no subject"},
		{Name: "a star that no operator understands", Set: role(`"StringEquals":{"` + github + `:aud":"sts.amazonaws.com","` + github + `:sub":"repo:acme/app:*"}`), Want: checks.PASS, Reason: "fits no token"},
		{Name: "a provider that is gone", Set: trust(federated(github, aud)), Want: checks.FAIL, Reason: "does not exist in the account"},
		{Name: "another issuer", Set: trust(federated("gitlab.com", "")), Want: checks.NotApplicable, Reason: "does not trust GitHub"},
		serviceLinked(principal("*")),
	})
}

func TestSharedIssuerSubjectLimited(t *testing.T) {
	role := func(provider, condition string) func(*snapshot.Account) {
		return set(providers(provider), trust(federated(provider, condition)))
	}
	plain := func(host, condition string) func(*snapshot.Account) {
		return trust(assume(`{"Federated":"`+host+`"}`, condition))
	}
	run(t, &SharedIssuerSubjectLimited, mistrusted(), []checktest.Case{
		{Name: "GitLab without a subject", Set: role("gitlab.com", `"StringEquals":{"gitlab.com:aud":"https://gitlab.com"}`), Want: checks.FAIL, Reason: "names no customer of gitlab.com"},
		{Name: "a group", Set: role("gitlab.com", `"StringLike":{"gitlab.com:sub":"project_path:acme/app:*"}`), Want: checks.PASS, Reason: "project_path:acme/app"},
		{Name: "any group", Set: role("gitlab.com", `"StringLike":{"gitlab.com:sub":"project_path:*"}`), Want: checks.FAIL, Reason: "project_path:*"},
		{Name: "a tenant in the address", Set: role("oidc.circleci.com/org/123", ""), Want: checks.PASS, Reason: "whose address names one customer"},
		{Name: "Cognito without an audience", Set: plain("cognito-identity.amazonaws.com", `"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":"authenticated"}`), Want: checks.FAIL, Reason: "names no customer of cognito-identity"},
		{Name: "Cognito with a pool", Set: plain("cognito-identity.amazonaws.com", `"StringEquals":{"cognito-identity.amazonaws.com:aud":"eu-west-1:1-2-3"}`), Want: checks.PASS, Reason: "eu-west-1:1-2-3"},
		{Name: "Google has no provider resource", Set: plain("accounts.google.com", ""), Want: checks.FAIL, Reason: "accounts.google.com"},
		{Name: "Google with a client", Set: plain("accounts.google.com", `"StringEquals":{"accounts.google.com:aud":"123.apps.example"}`), Want: checks.PASS, Reason: "123.apps"},
		{Name: "a claim of another issuer", Set: role("app.terraform.io", `"StringEquals":{"gitlab.com:sub":"project_path:acme/app:x"}`), Want: checks.PASS, Reason: "nobody can come"},
		{Name: "an EKS cluster is one customer's", Set: role("oidc.eks.eu-west-1.amazonaws.com/id/ABC", ""), Want: checks.NotApplicable, Reason: "no issuer that serves many"},
		{Name: "an issuer of the policy file", Set: role("login.ci.example", ""), Parameters: map[string]any{"shared_issuers": []string{"login.ci.example"}}, Want: checks.FAIL, Reason: "login.ci.example"},
		{Name: "which is limited", Set: role("login.ci.example", `"StringLike":{"login.ci.example:sub":"acme/*"}`), Parameters: map[string]any{"shared_issuers": []string{"login.ci.example"}}, Want: checks.PASS, Reason: "not known here"},
		{Name: "which is not", Set: role("login.ci.example", `"StringLike":{"login.ci.example:sub":"*/app"}`), Parameters: map[string]any{"shared_issuers": []string{"login.ci.example"}}, Want: checks.FAIL, Reason: "login.ci.example"},
		serviceLinked(principal("*")),
	})
}

func TestEKSSubjectLimited(t *testing.T) {
	const cluster = "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
	const aud = `"StringEquals":{"` + cluster + `:aud":"sts.amazonaws.com"}`
	sub := func(operator, value string) func(*snapshot.Account) {
		return set(providers(cluster), trust(federated(cluster, aud+`,"`+operator+`":{"`+cluster+`:sub":"`+value+`"}`)))
	}
	run(t, &EKSSubjectLimited, mistrusted(), []checktest.Case{
		{Name: "one account", Set: set(sub("StringLike", "system:serviceaccount:shop:orders"), may(allow("*", "*"))), Want: checks.PASS, Reason: "shop:orders"},
		{Name: "only the audience", Set: set(providers(cluster), trust(federated(cluster, aud))), Want: checks.FAIL, Reason: "every pod"},
		{Name: "any namespace", Set: sub("StringLike", "system:serviceaccount:*:orders"), Want: checks.FAIL, Reason: "no namespace"},
		{Name: "any account of a namespace, narrow role", Set: set(sub("StringLike", "system:serviceaccount:shop:*"), may(allow("s3:Get*", "*"))), Want: checks.PASS, Reason: "changes nothing on every resource"},
		{Name: "any account of a namespace, wide role", Set: set(sub("StringLike", "system:serviceaccount:shop:*"), may(allow("sqs:SendMessage", "*"))), Want: checks.FAIL, Reason: "sqs:SendMessage"},
		{Name: "accounts of a name, wide role", Set: set(sub("StringLike", "system:serviceaccount:shop:web-*"), may(allow("sqs:SendMessage", "*"))), Want: checks.FAIL, Reason: "shop:web-*"},
		{Name: "a policy that is not in the list", Set: set(sub("StringLike", "system:serviceaccount:shop:*"), attached(own+"policy/gone")), Want: checks.UNKNOWN, Reason: "policy/gone"},
		{Name: "no audience", Set: set(providers(cluster), trust(federated(cluster, `"StringEquals":{"`+cluster+`:sub":"system:serviceaccount:shop:orders"}`))), Want: checks.FAIL, Reason: "no audience"},
		{Name: "StringEquals with a star", Set: set(providers(cluster), trust(federated(cluster, `"StringEquals":{"`+cluster+`:aud":"sts.amazonaws.com","`+cluster+`:sub":"system:serviceaccount:*:*"}`))), Want: checks.PASS, Reason: "fits no token"},
		{Name: "another cluster's key", Set: set(providers(cluster), trust(federated(cluster, `"StringEquals":{"oidc.eks.eu-west-1.amazonaws.com/id/XYZ:sub":"system:serviceaccount:shop:orders"}`))), Want: checks.PASS, Reason: "nobody can come"},
		{Name: "China", Set: set(providers("oidc.eks.cn-north-1.amazonaws.com.cn/id/A"), trust(federated("oidc.eks.cn-north-1.amazonaws.com.cn/id/A", ""))), Want: checks.FAIL, Reason: "every pod"},
		{Name: "Pod Identity", Set: trust(assume(`{"Service":"pods.eks.amazonaws.com"}`, "")), Want: checks.NotApplicable, Reason: "no EKS cluster"},
		serviceLinked(principal("*")),
	})
}

func TestCognitoPoolRoleNarrow(t *testing.T) {
	const host = "cognito-identity.amazonaws.com"
	pool := func(host, condition string, list ...string) func(*snapshot.Account) {
		return set(trust(assume(`{"Federated":"`+host+`"}`, condition)), may(list...))
	}
	amr := func(value string) string { return `"ForAnyValue:StringLike":{"` + host + `:amr":"` + value + `"}` }
	run(t, &CognitoPoolRoleNarrow, mistrusted(), []checktest.Case{
		{Name: "guests and one prefix", Set: pool(host, amr("unauthenticated"), allow("s3:GetObject", "arn:aws:s3:::public/*")), Want: checks.PASS, Reason: "allows nothing"},
		{Name: "guests and everything of a service", Set: pool(host, amr("unauthenticated"), allow("dynamodb:*", "*")), Want: checks.FAIL, Reason: "dynamodb:"},
		{Name: "guests who administer", Set: pool(host, amr("unauthenticated"), allow("*", "*")), Want: checks.FAIL, Reason: "is an administrator"},
		{Name: "nobody asks who", Set: pool(host, `"StringEquals":{"`+host+`:aud":"eu-west-1:1"}`, allow("s3:*", "*")), Want: checks.FAIL, Reason: "does not ask whether a user has signed in"},
		{Name: "users", Set: pool(host, amr("authenticated"), allow("s3:*", "*")), Want: checks.PASS, Reason: "only users who have signed in"},
		{Name: "everything but what is denied", Set: pool(host, amr("unauthenticated"), allow("s3:*", "*"), deny("s3:*", "*")), Want: checks.PASS, Reason: "allows nothing"},
		{Name: "GovCloud", Set: pool("cognito-identity-us-gov.amazonaws.com", "", allow("kms:*", "*")), Want: checks.FAIL, Reason: "kms:"},
		{Name: "other services do not count", Set: pool(host, amr("unauthenticated"), allow("mobileanalytics:PutEvents", "*")), Want: checks.PASS, Reason: "allows nothing"},
		{Name: "a policy that is not in the list", Set: set(pool(host, amr("unauthenticated")), attached(own+"policy/gone")), Want: checks.UNKNOWN, Reason: "policy/gone"},
		{Name: "no pool", Set: trust(assume(principal("111122223333"), "")), Want: checks.NotApplicable, Reason: "no identity pool"},
		serviceLinked(principal("*")),
	})
}

func TestRolesAnywhereTrustLimited(t *testing.T) {
	const anchor = `"ArnEquals":{"aws:SourceArn":"arn:aws:rolesanywhere:eu-west-1:111122223333:trust-anchor/1"}`
	role := func(condition string) func(*snapshot.Account) {
		return trust(`{"Effect":"Allow","Principal":{"Service":"rolesanywhere.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"],"Condition":{` + condition + `}}`)
	}
	cn := func(operator, value string) string {
		return `"` + operator + `":{"aws:PrincipalTag/x509Subject/CN":"` + value + `"}`
	}
	run(t, &RolesAnywhereTrustLimited, mistrusted(), []checktest.Case{
		{Name: "both", Set: role(anchor + "," + cn("StringEquals", "build-1")), Want: checks.PASS, Reason: "are named"},
		{Name: "nothing", Set: role(""), Want: checks.FAIL, Reason: "neither"},
		{Name: "the anchor alone", Set: role(anchor), Want: checks.FAIL, Reason: "nothing of the certificate"},
		{Name: "the subject alone", Set: role(cn("StringEquals", "build-1")), Want: checks.FAIL, Reason: "names no trust anchor"},
		{Name: "any subject", Set: role(anchor + "," + cn("StringLike", "*")), Want: checks.FAIL, Reason: "nothing of the certificate"},
		{Name: "any anchor anywhere", Set: role(`"ArnLike":{"aws:SourceArn":"arn:aws:rolesanywhere:*:*:trust-anchor/*"},` + cn("StringEquals", "x")), Want: checks.FAIL, Reason: "names no trust anchor"},
		{Name: "the issuer", Set: role(anchor + `,"StringEquals":{"aws:PrincipalTag/x509Issuer/CN":"acme"}`), Want: checks.PASS, Reason: "are named"},
		{Name: "another service", Set: trust(assume(`{"Service":"ec2.amazonaws.com"}`, "")), Want: checks.NotApplicable, Reason: "does not trust IAM Roles Anywhere"},
		serviceLinked(`{"Service":"rolesanywhere.amazonaws.com"}`),
	})
}
