package acme

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"onus/mocks"
)

// withMore adds the roles of services, partners and people, and tells of each role when
// it was last used.
func withMore(i identities) identities {
	amazon := func(name string) string { return "arn:" + Partition + ":iam::aws:policy/" + name }
	const withMFA = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + Account + `:root"},"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}`
	partner := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"acme-partner"}}}]}`
	service := func(name, condition string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"` + name + `.amazonaws.com"},"Action":"sts:AssumeRole"` + condition + `}]}`
	}
	cross := func(principal, condition string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"sts:AssumeRole"` + condition + `}]}`
	}
	const ownAlone = `,"Condition":{"StringEquals":{"aws:SourceAccount":"` + Account + `"}}`
	const saml = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::` + Account + `:saml-provider/AWSSSO_ac3e_DO_NOT_DELETE"},"Action":["sts:AssumeRoleWithSAML","sts:TagSession"],"Condition":{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}}}]}`
	i.roles = append(i.roles,
		role("acme-support", withMFA, "", amazon("AWSSupportAccess")),
		role("acme-partner-monitoring", partner, "", amazon("ReadOnlyAccess")), // a shared password opens it
		inline(role("acme-nightly", service("events", ""), ""), "start", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"states:StartExecution","Resource":"arn:aws:states:`+Home+`:`+Account+`:stateMachine:nightly"}]}`),
		inline(role("acme-flow-logs", service("vpc-flow-logs", ownAlone), ""), "write", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":"arn:aws:logs:`+Home+`:`+Account+`:log-group:flow:*"}]}`),
		inline(role("acme-migration-runner", service("ec2", ""), ""), "migrate", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:PassRole","ec2:RunInstances"],"Resource":"*"}]}`),
		role("acme-staging-deploy", cross("arn:aws:iam::"+staging+":role/deploy", ""), "", amazon("ReadOnlyAccess")),
		role("acme-vendor-billing", cross("999988887777", `,"Condition":{"StringEquals":{"sts:ExternalId":"b3f1c7"}}`), "", amazon("AWSSupportAccess")),
		role("acme-vendor-crm", cross("arn:aws:iam::888877776666:root", ""), ""), // no external id
		under(role("AWSReservedSSO_AdministratorAccess_ac3e0123456789ab", saml, "", amazon("AdministratorAccess")), "/aws-reserved/sso.amazonaws.com/"+Home+"/"),
		under(role("AWSServiceRoleForSupport", service("support", ""), "", amazon("aws-service-role/AWSSupportServiceRolePolicy")), "/aws-service-role/support.amazonaws.com/"),
		inline(role("acme-catalog-export", service("rds", ""), ""), "export", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:PutObject","s3:ListBucket"],"Resource":"*"}]}`),
		inline(role("acme-loyalty-import", service("rds", ownAlone), ""), "import", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::acme-customer-exports-prod","arn:aws:s3:::acme-customer-exports-prod/loyalty/*"]}]}`),
	)
	i.policies = append(i.policies,
		policy(amazon("AWSSupportAccess"), 2, 0, 3900*day, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"support:*","Resource":"*"}]}`),
		policy(amazon("aws-service-role/AWSSupportServiceRolePolicy"), 1, 0, 2500*day, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ec2:Describe*","s3:ListAllMyBuckets"],"Resource":"*"}]}`),
	)
	for n := range i.policies {
		switch p := &i.policies[n]; aws.ToString(p.PolicyName) {
		case "AdministratorAccess":
			*p.AttachmentCount++
		case "ReadOnlyAccess":
			*p.AttachmentCount += 2
		}
	}
	idle := map[string]time.Duration{"acme-incident-response": 140 * day, "acme-migration-runner": 0, "acme-partner-monitoring": 6 * day}
	for n := range i.roles {
		r := &i.roles[n]
		since, known := idle[aws.ToString(r.RoleName)]
		switch {
		case !known:
			r.RoleLastUsed = &types.RoleLastUsed{LastUsedDate: ago(day), Region: aws.String(Home)}
		case since == 0: // never
			r.RoleLastUsed = &types.RoleLastUsed{}
		default:
			r.RoleLastUsed = &types.RoleLastUsed{LastUsedDate: ago(since), Region: aws.String(Home)}
		}
		if n%2 == 0 {
			r.Tags = []types.Tag{{Key: aws.String("owner"), Value: aws.String("platform")}}
		}
	}
	return i
}

// inline puts a policy inside a role.
func inline(r types.RoleDetail, name, document string) types.RoleDetail {
	r.RolePolicyList = append(r.RolePolicyList, types.PolicyDetail{PolicyName: aws.String(name), PolicyDocument: aws.String(document)})
	return r
}

// under moves a role below a path, which ends in a slash.
func under(r types.RoleDetail, path string) types.RoleDetail {
	r.Path, r.Arn = aws.String(path), aws.String(iamARN("role"+path+aws.ToString(r.RoleName)))
	return r
}

// serveIdentityLists answers for virtual MFA devices, which are the users' alone, and for
// the TLS certificates: one that expired, one for CloudFront that is good for a while.
func (e *estate) serveIdentityLists(s *mocks.Server) {
	mocks.Handle(s, func(*mocks.Request, *iam.ListVirtualMFADevicesInput) (*iam.ListVirtualMFADevicesOutput, error) {
		out := &iam.ListVirtualMFADevicesOutput{VirtualMFADevices: []types.VirtualMFADevice{}}
		for i := range e.users {
			if u := &e.users[i]; u.mfa && !u.hardware && !u.gone {
				out.VirtualMFADevices = append(out.VirtualMFADevices, types.VirtualMFADevice{SerialNumber: u.device().SerialNumber, EnableDate: u.created,
					User: &types.User{Arn: aws.String(u.arn()), UserName: &u.name, UserId: aws.String(unique("AIDA", u.name)), Path: aws.String("/"), CreateDate: u.created}})
			}
		}
		return out, nil
	})
	mocks.Handle(s, func(*mocks.Request, *iam.ListServerCertificatesInput) (*iam.ListServerCertificatesOutput, error) {
		certificate := func(path, name string, age, left time.Duration) types.ServerCertificateMetadata {
			return types.ServerCertificateMetadata{ServerCertificateName: aws.String(name), ServerCertificateId: aws.String(unique("ASCA", name)), Path: aws.String(path),
				Arn: aws.String(iamARN("server-certificate" + path + name)), UploadDate: ago(age), Expiration: ago(-left)}
		}
		return &iam.ListServerCertificatesOutput{ServerCertificateMetadataList: []types.ServerCertificateMetadata{
			certificate("/", "legacy.acme.example", 400*day, -35*day),
			certificate("/cloudfront/", "images.acme.example", 100*day, 265*day),
		}}, nil
	})
}
