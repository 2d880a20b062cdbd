package acme

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// Who vouches for those that have no credentials of the account.
const (
	github         = "token.actions.githubusercontent.com"
	gitlab         = "gitlab.com"
	cluster        = "oidc.eks." + Home + ".amazonaws.com/id/5E9C0DE5E9C0DE5E9C0DE5E9C0DE5E9C"
	deleted        = "oidc.eks." + Second + ".amazonaws.com/id/0DE1E7ED0DE1E7ED0DE1E7ED0DE1E7ED" // the cluster is gone
	adfs           = "acme-adfs"
	identityCenter = "AWSSSO_ac3e_DO_NOT_DELETE"
)

// withGuests adds the roles of pipelines, clusters, guests, certificates and other
// accounts, each once as it should be and once as it happens, and what administrators
// hand on to others.
func withGuests(i identities) identities {
	mine := func(name string) string { return iamARN("policy/" + name) }
	allow := func(actions, resources, condition string) string {
		return `{"Version":"2012-10-17","Statement":[` + statement("Allow", actions, resources, condition) + `]}`
	}
	trusts := func(principal, action, condition string) string {
		return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":%s,"Action":"%s","Condition":%s}]}`, principal, action, condition)
	}
	token := func(issuer, condition string) string {
		return trusts(`{"Federated":"`+iamARN("oidc-provider/"+issuer)+`"}`, "sts:AssumeRoleWithWebIdentity", condition)
	}
	guest := func(condition string) string {
		return trusts(`{"Federated":"cognito-identity.amazonaws.com"}`, "sts:AssumeRoleWithWebIdentity", condition)
	}
	certificate := func(condition string) string {
		return trusts(`{"Service":"rolesanywhere.amazonaws.com"}`, "sts:AssumeRole", condition)
	}
	account := func(id, condition string) string {
		return trusts(`{"AWS":"arn:aws:iam::`+id+`:root"}`, "sts:AssumeRole", condition)
	}
	const read = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":"arn:aws:s3:::acme-product-images-prod/*"}]}`
	anchor := arn("rolesanywhere", Home, "trust-anchor/0a1b2c3d-0a1b-4c2d-8e3f-0a1b2c3d4e5f")
	bounded := `{"StringEquals":{"iam:PermissionsBoundary":"` + mine("acme-team-boundary") + `"}}`
	i.roles = append(i.roles,
		inline(role("acme-github-release", token(github, `{"StringEquals":{"`+github+`:aud":"sts.amazonaws.com","`+github+`:sub":"repo:acme/shop:ref:refs/heads/main"}}`), ""), "publish", read),
		inline(role("acme-github-preview", token(github, `{"StringEquals":{"`+github+`:aud":"sts.amazonaws.com"},"StringLike":{"`+github+`:sub":"repo:acme*"}}`), ""), "publish", read), // acme-evil too
		inline(role("acme-gitlab", token(gitlab, `{"StringEquals":{"`+gitlab+`:aud":"https://gitlab.com"}}`), ""), "publish", read),                                                     // any project
		inline(role("acme-pod-orders", token(cluster, `{"StringEquals":{"`+cluster+`:aud":"sts.amazonaws.com","`+cluster+`:sub":"system:serviceaccount:shop:orders"}}`), ""), "read", read),
		inline(role("acme-pod-any", token(cluster, `{"StringEquals":{"`+cluster+`:aud":"sts.amazonaws.com"}}`), ""), "read", read),
		inline(role("acme-app-guest", guest(`{"StringEquals":{"cognito-identity.amazonaws.com:aud":"`+Home+`:0a1b2c3d-0a1b-4c2d-8e3f-0a1b2c3d4e5f"},"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":"unauthenticated"}}`), ""), "list", allow(`"s3:List*"`, `"*"`, "")),
		inline(role("acme-app-member", guest(`{"StringEquals":{"cognito-identity.amazonaws.com:aud":"`+Home+`:0a1b2c3d-0a1b-4c2d-8e3f-0a1b2c3d4e5f"},"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":"authenticated"}}`), ""), "read", read),
		inline(role("acme-warehouse", certificate(`{"ArnEquals":{"aws:SourceArn":"`+anchor+`"},"StringEquals":{"aws:PrincipalTag/x509Subject/CN":"warehouse.acme.example"}}`), ""), "read", read),
		inline(role("acme-printer", certificate(`{"ArnEquals":{"aws:SourceArn":"`+anchor+`"}}`), ""), "read", read),          // any certificate of the anchor
		inline(role("acme-labs-sync", account(former, `{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`), ""), "read", read),  // a closed account
		inline(role("acme-ghost", trusts(`{"AWS":"`+unique("AIDA", "left")+`"}`, "sts:AssumeRole", `{}`), ""), "read", read), // a deleted user
		inline(role("acme-vendor-import", account("888877776666", `{"StringEquals":{"sts:ExternalId":"9d2c41"}}`), ""), "write", allow(`["s3:PutObject","s3:DeleteObject"]`, `"arn:aws:s3:::*"`, "")),
		inline(role("acme-everyone", trusts(`{"AWS":"*"}`, "sts:AssumeRole", `{"StringEquals":{"aws:PrincipalOrgID":"`+organizationID+`"}}`), ""), "files", allow(`"s3:*"`, `"*"`, "")), // the sandbox too
		inline(role("acme-team-builder", trustsAccount, mine("acme-team-boundary")), "build", allow(`["iam:CreateRole","iam:PutRolePolicy"]`, `"`+iamARN("role/team/*")+`"`, bounded)),
		inline(role("acme-team-helper", trustsAccount, ""), "build", allow(`["iam:CreateRole","iam:AttachRolePolicy"]`, `"`+iamARN("role/team/*")+`"`, "")),
		inline(role("acme-hands-off", trustsAccount, ""), "mfa", allow(`"rds:Delete*"`, `"*"`, `{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}`)), // an access key will do
	)
	i.groups = append(i.groups, group("oncall", mine("acme-oncall")))
	i.policies = append(i.policies,
		policy(mine("acme-team-boundary"), 0, 1, 300*day, `{"Version":"2012-10-17","Statement":[`+statement("Allow", `["s3:*","iam:CreateRole","iam:PutRolePolicy"]`, `"*"`, "")+`]}`),
		policy(mine("acme-oncall"), 1, 0, 500*day, allow(`["rds:RebootDBInstance","ec2:RebootInstances"]`, `"*"`, `{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`)),
		// The members of a group are not the group.
		policy(mine("acme-protect-admins"), 1, 0, 700*day, `{"Version":"2012-10-17","Statement":[`+statement("Deny", `["iam:CreateAccessKey","iam:UpdateLoginProfile"]`, `"`+iamARN("group/admins")+`"`, "")+`]}`),
	)
	i.groups[1].AttachedManagedPolicies = append(i.groups[1].AttachedManagedPolicies, attached(mine("acme-protect-admins")))
	for n := range i.roles {
		if r := &i.roles[n]; r.RoleLastUsed == nil {
			r.RoleLastUsed = &types.RoleLastUsed{LastUsedDate: ago(3 * day), Region: aws.String(Home)}
			r.Tags = []types.Tag{{Key: aws.String("owner"), Value: aws.String("platform")}}
		}
	}
	i.forget(mine("acme-deploy"))
	return i
}

func statement(effect, actions, resources, condition string) string {
	if condition != "" {
		condition = `,"Condition":` + condition
	}
	return `{"Effect":"` + effect + `","Action":` + actions + `,"Resource":` + resources + condition + `}`
}

// forget leaves a policy's default version alone in the authorization details, as AWS does
// of late; the others are told by ListPolicyVersions.
func (i *identities) forget(arn string) {
	for n := range i.policies {
		if p := &i.policies[n]; *p.Arn == arn {
			i.versions = map[string][]types.PolicyVersion{arn: p.PolicyVersionList}
			p.PolicyVersionList = p.PolicyVersionList[:1]
		}
	}
}

// session is how long a role's sessions may last: twelve hours for those of people.
func session(r types.RoleDetail) time.Duration {
	if *r.RoleName == "AWSReservedSSO_AdministratorAccess_ac3e0123456789ab" {
		return 12 * time.Hour
	}
	return time.Hour
}
