package acme

import (
	"cmp"
	"encoding/hex"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"onus/mocks"
)

func noEntity(what string) *mocks.Error {
	return &mocks.Error{Code: "NoSuchEntity", Message: what + " cannot be found."}
}

// serveProviders answers for those that vouch for others, for the roles as a list, and for
// the versions of policies.
func (e *estate) serveProviders(s *mocks.Server) {
	audiences := map[string][]string{github: {"sts.amazonaws.com"}, gitlab: {"https://gitlab.com"}, cluster: {"sts.amazonaws.com"}, deleted: {"sts.amazonaws.com"}}
	saml := map[string]*time.Time{identityCenter: ago(-900 * day), adfs: ago(20 * day)} // what it signed with has run out
	mocks.Handle(s, func(*mocks.Request, *iam.ListOpenIDConnectProvidersInput) (*iam.ListOpenIDConnectProvidersOutput, error) {
		out := &iam.ListOpenIDConnectProvidersOutput{}
		for _, host := range []string{gitlab, deleted, cluster, github} {
			out.OpenIDConnectProviderList = append(out.OpenIDConnectProviderList, types.OpenIDConnectProviderListEntry{Arn: aws.String(iamARN("oidc-provider/" + host))})
		}
		return out, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *iam.GetOpenIDConnectProviderInput) (*iam.GetOpenIDConnectProviderOutput, error) {
		for host, ids := range audiences {
			if iamARN("oidc-provider/"+host) == aws.ToString(in.OpenIDConnectProviderArn) {
				return &iam.GetOpenIDConnectProviderOutput{Url: aws.String(host), ClientIDList: ids, CreateDate: ago(600 * day)}, nil
			}
		}
		return nil, noEntity("The provider")
	})
	mocks.Handle(s, func(*mocks.Request, *iam.ListSAMLProvidersInput) (*iam.ListSAMLProvidersOutput, error) {
		return &iam.ListSAMLProvidersOutput{SAMLProviderList: []types.SAMLProviderListEntry{
			{Arn: aws.String(iamARN("saml-provider/" + identityCenter)), CreateDate: ago(900 * day), ValidUntil: saml[identityCenter]},
			{Arn: aws.String(iamARN("saml-provider/" + adfs)), CreateDate: ago(1500 * day)}, // the list does not say
		}}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *iam.GetSAMLProviderInput) (*iam.GetSAMLProviderOutput, error) {
		for name, until := range saml {
			if iamARN("saml-provider/"+name) == aws.ToString(in.SAMLProviderArn) {
				return &iam.GetSAMLProviderOutput{CreateDate: ago(1500 * day), ValidUntil: until, SAMLMetadataDocument: aws.String(`<EntityDescriptor entityID="https://adfs.acme.example"/>`)}, nil
			}
		}
		return nil, noEntity("The provider")
	})
	mocks.Handle(s, func(*mocks.Request, *iam.ListOrganizationsFeaturesInput) (*iam.ListOrganizationsFeaturesOutput, error) {
		if !e.organization.managed() {
			return nil, &mocks.Error{Code: "AccountNotManagementOrDelegatedAdministratorException", Message: "The request was rejected because the account is neither the management account nor a delegated administrator."}
		}
		return &iam.ListOrganizationsFeaturesOutput{OrganizationId: aws.String(organizationID), EnabledFeatures: []types.FeatureType{types.FeatureTypeRootCredentialsManagement}}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *iam.ListRolesInput) (*iam.ListRolesOutput, error) {
		if in.PathPrefix != nil {
			return nil, unsupported("ValidationError")
		}
		out := &iam.ListRolesOutput{Roles: []types.Role{}}
		for _, r := range e.identities.roles {
			out.Roles = append(out.Roles, types.Role{RoleName: r.RoleName, RoleId: r.RoleId, Arn: r.Arn, Path: r.Path, CreateDate: r.CreateDate,
				AssumeRolePolicyDocument: r.AssumeRolePolicyDocument, MaxSessionDuration: aws.Int32(int32(session(r).Seconds()))})
		}
		return out, nil
	})
	versions := func(arn *string) ([]types.PolicyVersion, error) {
		at := slices.IndexFunc(e.identities.policies, func(p types.ManagedPolicyDetail) bool { return *p.Arn == aws.ToString(arn) })
		if at < 0 {
			return nil, noEntity("The policy")
		}
		if all, ok := e.identities.versions[*arn]; ok {
			return all, nil
		}
		return e.identities.policies[at].PolicyVersionList, nil
	}
	mocks.Handle(s, func(_ *mocks.Request, in *iam.ListPolicyVersionsInput) (*iam.ListPolicyVersionsOutput, error) {
		all, err := versions(in.PolicyArn)
		out := &iam.ListPolicyVersionsOutput{}
		for _, v := range all {
			v.Document = nil // as the API Reference has it: GetPolicyVersion tells it
			out.Versions = append(out.Versions, v)
		}
		return out, err
	})
	mocks.Handle(s, func(_ *mocks.Request, in *iam.GetPolicyVersionInput) (*iam.GetPolicyVersionOutput, error) {
		all, err := versions(in.PolicyArn)
		for i := range all {
			if *all[i].VersionId == aws.ToString(in.VersionId) {
				return &iam.GetPolicyVersionOutput{PolicyVersion: &all[i]}, nil
			}
		}
		return nil, cmp.Or(err, error(noEntity("The version")))
	})
}

// serveCredentialLists answers for what users have beside passwords and devices.
func (e *estate) serveCredentialLists(s *mocks.Server) {
	ssh := map[string]time.Duration{"ana.keller": 30 * day, "ben.okafor": 500 * day}
	service := []types.ServiceSpecificCredentialMetadata{
		credential("ana.keller", "codecommit.amazonaws.com", 700*day, nil), // for ever
		credential("deploy-ci", "bedrock.amazonaws.com", 20*day, ago(-10*day)),
	}
	there := func(name *string) (*user, error) {
		for i := range e.users {
			if u := &e.users[i]; !u.gone && u.name == aws.ToString(name) {
				return u, nil
			}
		}
		return nil, noEntity("The user")
	}
	mocks.Handle(s, func(_ *mocks.Request, in *iam.ListSSHPublicKeysInput) (*iam.ListSSHPublicKeysOutput, error) {
		u, err := there(in.UserName)
		out := &iam.ListSSHPublicKeysOutput{SSHPublicKeys: []types.SSHPublicKeyMetadata{}}
		if err == nil && ssh[u.name] > 0 {
			out.SSHPublicKeys = append(out.SSHPublicKeys, types.SSHPublicKeyMetadata{UserName: &u.name, SSHPublicKeyId: aws.String(unique("APKA", u.name)), Status: types.StatusTypeActive, UploadDate: ago(ssh[u.name])})
		}
		return out, err
	})
	mocks.Handle(s, func(_ *mocks.Request, in *iam.ListServiceSpecificCredentialsInput) (*iam.ListServiceSpecificCredentialsOutput, error) {
		if in.ServiceName != nil {
			return nil, unsupported("ValidationError")
		}
		out := &iam.ListServiceSpecificCredentialsOutput{ServiceSpecificCredentials: []types.ServiceSpecificCredentialMetadata{}}
		for _, c := range service {
			if aws.ToBool(in.AllUsers) || *c.UserName == aws.ToString(in.UserName) {
				out.ServiceSpecificCredentials = append(out.ServiceSpecificCredentials, c)
			}
		}
		return out, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *iam.GetAccessKeyLastUsedInput) (*iam.GetAccessKeyLastUsedOutput, error) {
		for i := range e.users {
			for _, k := range e.users[i].keys {
				if k.id == aws.ToString(in.AccessKeyId) {
					use := &types.AccessKeyLastUsed{LastUsedDate: k.used, Region: aws.String(none), ServiceName: aws.String(none)}
					if k.used != nil {
						use.Region, use.ServiceName = aws.String(Home), aws.String(k.service)
					}
					return &iam.GetAccessKeyLastUsedOutput{UserName: &e.users[i].name, AccessKeyLastUsed: use}, nil
				}
			}
		}
		return nil, noEntity("The access key")
	})
}

func credential(user, service string, age time.Duration, expires *time.Time) types.ServiceSpecificCredentialMetadata {
	return types.ServiceSpecificCredentialMetadata{UserName: aws.String(user), ServiceName: aws.String(service), ServiceSpecificCredentialId: aws.String(unique("ACCA", user)),
		ServiceUserName: aws.String(user + "-at-" + Account), Status: types.StatusTypeActive, CreateDate: ago(age), ExpirationDate: expires}
}

// uses are the services that a few identities may use, and how long ago they did, 0: never.
// The others used S3 a day ago, which is all that they may.
var uses = map[string]map[string]time.Duration{
	"terraform":               {"iam": day, "ec2": day, "s3": 2 * day, "rds": 40 * day, "bedrock": 0},
	"monitoring":              {"rds": day, "ec2": day, "iam": 0, "s3": 0},
	"acme-auditor":            {"ec2": day, "iam": day, "rds": day, "s3": 3 * day},
	"acme-incident-response":  {"ec2": 0, "iam": 140 * day, "bedrock": 0},
	"acme-partner-monitoring": {"ec2": 0, "iam": 0, "rds": 6 * day, "s3": 0},
	"deploy-ci":               {"ec2": day, "rds": 0, "s3": 3 * day},
	"reporting":               {},
}

// serveHistory makes the report of what an identity used: that of a role is there at once,
// that of a user the second time it is asked for.
func (e *estate) serveHistory(s *mocks.Server) {
	var mu sync.Mutex
	jobs, asked := map[string]string{}, map[string]int{}
	mocks.Handle(s, func(_ *mocks.Request, in *iam.GenerateServiceLastAccessedDetailsInput) (*iam.GenerateServiceLastAccessedDetailsOutput, error) {
		name, ok := e.named(aws.ToString(in.Arn))
		if !ok {
			return nil, noEntity("The identity")
		}
		h := hex.EncodeToString(digest("job " + *in.Arn))
		id := h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-8" + h[17:20] + "-" + h[20:32]
		mu.Lock()
		defer mu.Unlock()
		jobs[id] = name
		return &iam.GenerateServiceLastAccessedDetailsOutput{JobId: aws.String(id)}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *iam.GetServiceLastAccessedDetailsInput) (*iam.GetServiceLastAccessedDetailsOutput, error) {
		mu.Lock()
		defer mu.Unlock()
		id := aws.ToString(in.JobId)
		name, ok := jobs[id]
		if !ok {
			return nil, noEntity("The job")
		}
		out := &iam.GetServiceLastAccessedDetailsOutput{JobStatus: types.JobStatusTypeInProgress, JobCreationDate: &reported, JobType: types.AccessAdvisorUsageGranularityTypeActionLevel, JobCompletionDate: &reported}
		if asked[id]++; asked[id] == 1 && e.person(name) {
			return out, nil
		}
		out.JobStatus = types.JobStatusTypeCompleted
		used, ok := uses[name]
		if !ok {
			used = map[string]time.Duration{"s3": day}
		}
		for _, service := range slices.Sorted(maps.Keys(used)) {
			u := types.ServiceLastAccessed{ServiceName: aws.String(service), ServiceNamespace: aws.String(service), TotalAuthenticatedEntities: aws.Int32(0)}
			if since := used[service]; since > 0 {
				u.LastAuthenticated, u.LastAuthenticatedRegion, u.TotalAuthenticatedEntities = ago(since), aws.String(Home), aws.Int32(1)
			}
			out.ServicesLastAccessed = append(out.ServicesLastAccessed, u)
		}
		return out, nil
	})
}

func (e *estate) person(name string) bool {
	return slices.ContainsFunc(e.users, func(u user) bool { return u.name == name })
}

// named finds a user or role by its ARN.
func (e *estate) named(arn string) (string, bool) {
	for i := range e.users {
		if u := &e.users[i]; !u.gone && u.arn() == arn {
			return u.name, true
		}
	}
	for _, r := range e.identities.roles {
		if *r.Arn == arn {
			return *r.RoleName, true
		}
	}
	return "", false
}
