package acme

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	ssotypes "github.com/aws/aws-sdk-go-v2/service/sso/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"

	"onus/mocks"
)

// serveIdentities answers for IAM, less the credential report, and for STS and SSO.
func (e *estate) serveIdentities(s *mocks.Server) {
	e.serveCredentials(s)
	e.serveIdentityLists(s)
	known := map[string]*user{} // and still there
	for i := range e.users {
		if u := &e.users[i]; !u.gone {
			known[u.name] = u
		}
	}
	find := func(name *string) (*user, error) {
		if u := known[aws.ToString(name)]; u != nil {
			return u, nil
		}
		return nil, &mocks.Error{Code: "NoSuchEntity", Message: fmt.Sprintf("The user with name %s cannot be found.", aws.ToString(name))}
	}
	mocks.Handle(s, func(*mocks.Request, *iam.GetAccountSummaryInput) (*iam.GetAccountSummaryOutput, error) {
		return &iam.GetAccountSummaryOutput{SummaryMap: e.summary()}, nil
	})
	mocks.Handle(s, func(*mocks.Request, *iam.GetAccountPasswordPolicyInput) (*iam.GetAccountPasswordPolicyOutput, error) {
		return &iam.GetAccountPasswordPolicyOutput{PasswordPolicy: &types.PasswordPolicy{MinimumPasswordLength: aws.Int32(12),
			RequireLowercaseCharacters: true, RequireUppercaseCharacters: true, RequireNumbers: true, AllowUsersToChangePassword: true}}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *iam.GetAccountAuthorizationDetailsInput) (*iam.GetAccountAuthorizationDetailsOutput, error) {
		return e.details(in.Filter), nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *iam.GetLoginProfileInput) (*iam.GetLoginProfileOutput, error) {
		u, err := find(in.UserName)
		if err != nil {
			return nil, err
		}
		if u.password == nil {
			return nil, &mocks.Error{Code: "NoSuchEntity", Message: "Login Profile for User " + u.name + " cannot be found."}
		}
		return &iam.GetLoginProfileOutput{LoginProfile: &types.LoginProfile{UserName: &u.name, CreateDate: u.password}}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *iam.ListMFADevicesInput) (*iam.ListMFADevicesOutput, error) {
		u, err := find(in.UserName)
		if err != nil {
			return nil, err
		}
		out := &iam.ListMFADevicesOutput{MFADevices: []types.MFADevice{}}
		if u.mfa {
			out.MFADevices = append(out.MFADevices, u.device())
		}
		return out, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *iam.ListAccessKeysInput) (*iam.ListAccessKeysOutput, error) {
		u, err := find(in.UserName)
		if err != nil {
			return nil, err
		}
		out := &iam.ListAccessKeysOutput{AccessKeyMetadata: []types.AccessKeyMetadata{}}
		for _, k := range u.keys {
			status := types.StatusTypeInactive
			if k.active {
				status = types.StatusTypeActive
			}
			out.AccessKeyMetadata = append(out.AccessKeyMetadata, types.AccessKeyMetadata{UserName: &u.name, AccessKeyId: aws.String(k.id), CreateDate: k.created, Status: status})
		}
		return out, nil
	})
}

// details are the kinds of identity that the request's filter names, or all.
func (e *estate) details(filter []types.EntityType) *iam.GetAccountAuthorizationDetailsOutput {
	wants := func(kind types.EntityType) bool { return len(filter) == 0 || slices.Contains(filter, kind) }
	out := &iam.GetAccountAuthorizationDetailsOutput{}
	for i := range e.users {
		if wants(types.EntityTypeUser) && !e.users[i].gone {
			out.UserDetailList = append(out.UserDetailList, e.users[i].detail())
		}
	}
	if wants(types.EntityTypeGroup) {
		out.GroupDetailList = e.identities.groups
	}
	if wants(types.EntityTypeRole) {
		out.RoleDetailList = e.identities.roles
	}
	for _, p := range e.identities.policies {
		kind := types.EntityTypeLocalManagedPolicy
		if amazons(p) {
			kind = types.EntityTypeAWSManagedPolicy
		}
		if wants(kind) {
			out.Policies = append(out.Policies, p)
		}
	}
	return out
}

// serveCredentials answers who the caller is, and gives out credentials for the
// account's own roles that are good for an hour.
func (e *estate) serveCredentials(s *mocks.Server) {
	const auditor = "assumed-role/acme-auditor/onus"
	mocks.Handle(s, func(*mocks.Request, *sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
		return &sts.GetCallerIdentityOutput{Account: aws.String(Account), Arn: aws.String(arn("sts", "", auditor)), UserId: aws.String(unique("AROA", "acme-auditor") + ":onus")}, nil
	})
	assume := func(r *mocks.Request, role, session *string) (*ststypes.Credentials, *ststypes.AssumedRoleUser, error) {
		name, ok := strings.CutPrefix(aws.ToString(role), iamARN("role/"))
		known := slices.ContainsFunc(e.identities.roles, func(d types.RoleDetail) bool { return aws.ToString(d.RoleName) == name })
		if !ok || !known {
			return nil, nil, &mocks.Error{Status: 403, Code: "AccessDenied", Message: "The caller is not authorized to perform: sts:AssumeRole on resource: " + aws.ToString(role)}
		}
		issued := name + "/" + aws.ToString(session)
		key := "ASIA" + accessKeyID(issued, 1)[4:]
		s.AddKey(key, Account)
		return &ststypes.Credentials{AccessKeyId: aws.String(key), SecretAccessKey: aws.String(secret(issued, 40)), SessionToken: aws.String(secret("session of "+issued, 40)), Expiration: aws.Time(r.Time.Add(time.Hour))},
			&ststypes.AssumedRoleUser{Arn: aws.String(arn("sts", "", "assumed-role/"+issued)), AssumedRoleId: aws.String(unique("AROA", name) + ":" + aws.ToString(session))}, nil
	}
	mocks.Handle(s, func(r *mocks.Request, in *sts.AssumeRoleInput) (*sts.AssumeRoleOutput, error) {
		c, u, err := assume(r, in.RoleArn, in.RoleSessionName)
		return &sts.AssumeRoleOutput{Credentials: c, AssumedRoleUser: u}, err
	})
	mocks.Handle(s, func(r *mocks.Request, in *sts.AssumeRoleWithWebIdentityInput) (*sts.AssumeRoleWithWebIdentityOutput, error) {
		c, u, err := assume(r, in.RoleArn, in.RoleSessionName)
		return &sts.AssumeRoleWithWebIdentityOutput{Credentials: c, AssumedRoleUser: u}, err
	})
	mocks.Handle(s, func(r *mocks.Request, in *sso.GetRoleCredentialsInput) (*sso.GetRoleCredentialsOutput, error) {
		c, _, err := assume(r, aws.String(iamARN("role/"+aws.ToString(in.RoleName))), aws.String("sso"))
		if err != nil || aws.ToString(in.AccountId) != Account {
			return nil, &mocks.Error{Status: 403, Code: "ForbiddenException", Message: "No access"}
		}
		return &sso.GetRoleCredentialsOutput{RoleCredentials: &ssotypes.RoleCredentials{AccessKeyId: c.AccessKeyId, SecretAccessKey: c.SecretAccessKey,
			SessionToken: c.SessionToken, Expiration: c.Expiration.UnixMilli()}}, nil
	})
}
