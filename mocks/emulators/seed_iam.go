package emulators

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// device is how far a user's virtual MFA device has come.
type device int

const (
	none     device = iota
	created         // exists and protects nobody
	assigned        // enabled for its user
)

// user is one seeded IAM user; keys are the states of its access keys.
type user struct {
	name     string
	password bool
	mfa      device
	keys     []types.StatusType
}

var users = []user{
	{"alice", true, assigned, nil},
	{"bob", true, none, nil},
	{"carol", true, created, nil},
	{"dave", false, none, []types.StatusType{types.StatusTypeActive}},
	{"erin", false, none, []types.StatusType{types.StatusTypeInactive}},
	{"frank", true, none, []types.StatusType{types.StatusTypeActive, types.StatusTypeActive}},
	{"grace", true, assigned, []types.StatusType{types.StatusTypeActive, types.StatusTypeInactive}},
	{"svc-backup", false, none, nil},
}

// customerPolicy is one seeded customer managed policy; each version replaces the
// one before as the default.
type customerPolicy struct {
	name     string
	attached bool
	versions []string
}

const (
	readOnly   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":"arn:aws:s3:::acme-*"}]}`
	everything = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["*"],"Resource":["*"]}]}`
)

var customerPolicies = []customerPolicy{
	{"acme-read-only", true, []string{readOnly}},
	{"acme-everything", true, []string{everything}},
	{"acme-everything-as-one-object", true, []string{`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`}},
	{"acme-everything-with-mfa", true, []string{`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}`}},
	{"acme-everything-but-s3", true, []string{`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}`}},
	{"acme-everything-but-identity", true, []string{`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":["iam:*","sts:*","organizations:*"],"Resource":"*"}]}`}},
	{"acme-once-everything", true, []string{everything, readOnly}},
	{"acme-unused-everything", false, []string{everything}},
	{"acme-boundary", false, []string{everything}},
}

// The role that carries the attached policies, and the one that only has a boundary.
const (
	applicationRole = "acme-application"
	boundedRole     = "acme-bounded"
	trustEC2        = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
)

func seedIAM(ctx context.Context, cfg aws.Config, _ Seeded) error {
	api := iam.NewFromConfig(at(cfg, Foreign))
	for _, u := range users {
		if err := createUser(ctx, api, u); err != nil {
			return fmt.Errorf("user %q: %w", u.name, err)
		}
	}
	if _, err := api.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String(applicationRole), AssumeRolePolicyDocument: aws.String(trustEC2)}); err != nil {
		return err
	}
	for _, p := range customerPolicies {
		if err := createPolicy(ctx, api, p); err != nil {
			return fmt.Errorf("policy %q: %w", p.name, err)
		}
	}
	_, err := api.CreateRole(ctx, &iam.CreateRoleInput{
		RoleName: aws.String(boundedRole), AssumeRolePolicyDocument: aws.String(trustEC2),
		PermissionsBoundary: aws.String(policyARN("acme-boundary")),
	})
	if err != nil {
		return err
	}
	return passwordLength(ctx, api, 8)
}

func remedyIAM(ctx context.Context, cfg aws.Config, _ Seeded) error {
	return passwordLength(ctx, iam.NewFromConfig(at(cfg, Foreign)), 14)
}

func passwordLength(ctx context.Context, api *iam.Client, length int32) error {
	_, err := api.UpdateAccountPasswordPolicy(ctx, &iam.UpdateAccountPasswordPolicyInput{MinimumPasswordLength: &length})
	return err
}

func policyARN(name string) string { return "arn:aws:iam::" + Account + ":policy/" + name }

func createUser(ctx context.Context, api *iam.Client, u user) error {
	if _, err := api.CreateUser(ctx, &iam.CreateUserInput{UserName: &u.name}); err != nil {
		return err
	}
	if u.password {
		password := "Correct-horse-9-" + u.name
		if _, err := api.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{UserName: &u.name, Password: &password}); err != nil {
			return err
		}
	}
	if err := giveDevice(ctx, api, u); err != nil {
		return err
	}
	for _, status := range u.keys {
		made, err := api.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: &u.name})
		if err != nil {
			return err
		}
		id := made.AccessKey.AccessKeyId
		if _, err := api.UpdateAccessKey(ctx, &iam.UpdateAccessKeyInput{UserName: &u.name, AccessKeyId: id, Status: status}); err != nil {
			return err
		}
	}
	return nil
}

func giveDevice(ctx context.Context, api *iam.Client, u user) error {
	if u.mfa == none {
		return nil
	}
	made, err := api.CreateVirtualMFADevice(ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: &u.name})
	if err != nil || u.mfa == created {
		return err
	}
	_, err = api.EnableMFADevice(ctx, &iam.EnableMFADeviceInput{
		UserName: &u.name, SerialNumber: made.VirtualMFADevice.SerialNumber,
		AuthenticationCode1: aws.String("123456"), AuthenticationCode2: aws.String("654321"),
	})
	return err
}

func createPolicy(ctx context.Context, api *iam.Client, p customerPolicy) error {
	arn := policyARN(p.name)
	if _, err := api.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: &p.name, PolicyDocument: &p.versions[0]}); err != nil {
		return err
	}
	for _, document := range p.versions[1:] {
		if _, err := api.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: &arn, PolicyDocument: &document, SetAsDefault: true}); err != nil {
			return err
		}
	}
	if !p.attached {
		return nil
	}
	_, err := api.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: aws.String(applicationRole), PolicyArn: &arn})
	return err
}
