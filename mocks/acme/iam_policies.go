package acme

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// identities are groups, roles and managed policies.
type identities struct {
	groups   []types.GroupDetail
	roles    []types.RoleDetail
	policies []types.ManagedPolicyDetail
	versions map[string][]types.PolicyVersion // by ARN: all, where the details hold less
}

const everything = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`

func attached(arn string) types.AttachedPolicy {
	return types.AttachedPolicy{PolicyArn: aws.String(arn), PolicyName: aws.String(path.Base(arn))}
}

// amazons says that AWS made the policy.
func amazons(p types.ManagedPolicyDetail) bool {
	return strings.Contains(aws.ToString(p.Arn), ":iam::aws:")
}

// policy is a managed policy with its versions, the last of them the default.
func policy(arn string, attachments, boundaries int32, age time.Duration, documents ...string) types.ManagedPolicyDetail {
	name := path.Base(arn)
	p := types.ManagedPolicyDetail{Arn: aws.String(arn), PolicyName: aws.String(name), PolicyId: aws.String(unique("ANPA", name)), Path: aws.String("/"),
		AttachmentCount: aws.Int32(attachments), PermissionsBoundaryUsageCount: aws.Int32(boundaries), IsAttachable: true,
		CreateDate: ago(age), UpdateDate: ago(age / 2), DefaultVersionId: aws.String(fmt.Sprintf("v%d", len(documents)))}
	for i := len(documents) - 1; i >= 0; i-- { // newest first
		p.PolicyVersionList = append(p.PolicyVersionList, types.PolicyVersion{VersionId: aws.String(fmt.Sprintf("v%d", i+1)),
			Document: aws.String(documents[i]), IsDefaultVersion: i == len(documents)-1, CreateDate: ago(age / time.Duration(i+1))})
	}
	return p
}

func theIdentities() identities {
	mine := func(name string) string { return iamARN("policy/" + name) }
	amazon := func(name string) string { return "arn:" + Partition + ":iam::aws:policy/" + name }
	return identities{
		groups: []types.GroupDetail{group("admins", amazon("AdministratorAccess")), group("developers", mine("acme-developers"))},
		roles: []types.RoleDetail{
			role("acme-auditor", trustsAccount, "", amazon("ReadOnlyAccess")),
			role("acme-incident-response", trustsAccount, "", mine("acme-incident-response")),
			role("acme-shop", trustsEC2, mine("acme-boundary"), mine("acme-shop")),
			role("acme-orders", trustsEC2, mine("acme-boundary"), mine("acme-shop")),
		},
		policies: []types.ManagedPolicyDetail{
			policy(mine("acme-backup-writer"), 1, 0, 1300*day, `{"Version":"2012-10-17","Statement":[{"Sid":"Write","Effect":"Allow","Action":["s3:PutObject","s3:ListBucket"],"Resource":["arn:aws:s3:::acme-backups-prod","arn:aws:s3:::acme-backups-prod/daily+weekly/*"]}]}`),
			policy(mine("acme-boundary"), 0, 2, 1000*day, everything),
			// Once far too wide; the default version is not.
			policy(mine("acme-deploy"), 1, 0, 1450*day, everything, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ec2:*","s3:*","rds:Describe*"],"Resource":"*"}]}`),
			policy(mine("acme-developers"), 1, 0, 1400*day, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ec2:Describe*","s3:Get*","s3:List*","logs:*"],"Resource":"*"},{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::acme-invoices-prod/*"}]}`),
			// Everything, though only with MFA.
			policy(mine("acme-incident-response"), 1, 0, 600*day, `{"Version":"2012-10-17","Statement":[{"Sid":"All","Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}`),
			policy(mine("acme-migration-2022"), 0, 0, 1460*day, everything), // left over, attached to nothing
			policy(mine("acme-platform-admin"), 1, 0, 1460*day, `{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"ec2:Describe*","Resource":"*"},{"Sid":"Terraform","Effect":"Allow","Action":["*"],"Resource":["*"]}]}`),
			policy(mine("acme-shop"), 2, 0, 1200*day, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::acme-product-images-prod/*"}]}`),
			policy(amazon("AdministratorAccess"), 1, 0, 4000*day, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`),
			policy(amazon("ReadOnlyAccess"), 2, 0, 4000*day, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ec2:Describe*","iam:Get*","iam:List*","rds:Describe*","s3:Get*","s3:List*"],"Resource":"*"}]}`),
		},
	}
}

const (
	trustsEC2     = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	trustsAccount = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + Account + `:root"},"Action":"sts:AssumeRole"}]}`
)

func group(name string, policies ...string) types.GroupDetail {
	g := types.GroupDetail{GroupName: aws.String(name), GroupId: aws.String(unique("AGPA", name)), Arn: aws.String(iamARN("group/" + name)), Path: aws.String("/"), CreateDate: ago(1480 * day)}
	for _, p := range policies {
		g.AttachedManagedPolicies = append(g.AttachedManagedPolicies, attached(p))
	}
	return g
}

func role(name, trust, boundary string, policies ...string) types.RoleDetail {
	r := types.RoleDetail{RoleName: aws.String(name), RoleId: aws.String(unique("AROA", name)), Arn: aws.String(iamARN("role/" + name)), Path: aws.String("/"),
		CreateDate: ago(1000 * day), AssumeRolePolicyDocument: aws.String(trust)}
	for _, p := range policies {
		r.AttachedManagedPolicies = append(r.AttachedManagedPolicies, attached(p))
	}
	if boundary != "" {
		r.PermissionsBoundary = &types.AttachedPermissionsBoundary{PermissionsBoundaryArn: aws.String(boundary), PermissionsBoundaryType: types.PermissionsBoundaryAttachmentTypePolicy}
	}
	return r
}
