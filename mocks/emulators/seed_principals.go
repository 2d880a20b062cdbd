package emulators

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	contact "github.com/aws/aws-sdk-go-v2/service/account/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
)

// pitfallPath is the path of the principals that each carry one pitfall of the catalogue.
const pitfallPath = "/pitfalls/"

// Whom roles trust.
const (
	own        = "arn:aws:iam::" + Account + ":"
	partner    = "999988887777"
	github     = "token.actions.githubusercontent.com"
	gitlab     = "gitlab.com"
	eksCluster = "oidc.eks.eu-west-1.amazonaws.com/id/5E9C0DE5E9C0DE5E9C0DE5E9C0DE5E9C"
	pool       = "cognito-identity.amazonaws.com"

	identityCenter = "AWSSSO_ac3e_DO_NOT_DELETE"
)

// principal is a seeded user, group or role: whom a role trusts, what it may do, and for a
// user, in which group it is.
type principal struct {
	name, trust, grants, boundary, group string
}

// statements is a policy document of statements, without their braces.
func statements(list ...string) string {
	return `{"Version":"2012-10-17","Statement":[{` + strings.Join(list, "},{") + `}]}`
}

func quoted(words string) string { return `["` + strings.ReplaceAll(words, " ", `","`) + `"]` }

func effect(effect, actions, resources string, condition []string) string {
	s := `"Effect":"` + effect + `","Action":` + quoted(actions) + `,"Resource":` + quoted(resources)
	if len(condition) > 0 {
		s += `,"Condition":{` + strings.Join(condition, ",") + `}`
	}
	return s
}

func allow(actions, resources string, condition ...string) string {
	return effect("Allow", actions, resources, condition)
}

func deny(actions, resources string, condition ...string) string {
	return effect("Deny", actions, resources, condition)
}

// lets is a statement of a trust policy. The action follows from the kind of principal.
func lets(kind, who string, condition ...string) string {
	action := "sts:AssumeRole"
	if kind == "Federated" {
		action = "sts:AssumeRoleWithWebIdentity"
		if strings.Contains(who, ":saml-provider/") {
			action = "sts:AssumeRoleWithSAML"
		}
	}
	s := `"Effect":"Allow","Principal":{"` + kind + `":` + quoted(who) + `},"Action":"` + action + `"`
	if len(condition) > 0 {
		s += `,"Condition":{` + strings.Join(condition, ",") + `}`
	}
	return s
}

func is(operator, key string, values ...string) string {
	return `"` + operator + `":{"` + key + `":` + quoted(strings.Join(values, " ")) + `}`
}

// rootOf is the root user of an account, which stands for all of it.
func rootOf(id string) string { return "arn:aws:iam::" + id + ":root" }

func provider(host string) string { return own + "oidc-provider/" + host }

const oneBucket = "arn:aws:s3:::acme-media/*"

// Conditions that many of them have.
var (
	withMFA        = is("Bool", "aws:MultiFactorAuthPresent", "true")
	withMFAIf      = is("BoolIfExists", "aws:MultiFactorAuthPresent", "true")
	withoutMFA     = is("Bool", "aws:MultiFactorAuthPresent", "false")
	withoutMFAIf   = is("BoolIfExists", "aws:MultiFactorAuthPresent", "false")
	withID         = is("StringEquals", "sts:ExternalId", "9d2c41")
	withBoundary   = is("StringEquals", "iam:PermissionsBoundary", pitfallARN("policy", "reads"))
	otherBoundary  = is("StringNotEquals", "iam:PermissionsBoundary", pitfallARN("policy", "reads"))
	readsOneBucket = statements(allow("s3:GetObject", oneBucket))
	all            = statements(allow("*", "*"))
)

func pitfallARN(kind, name string) string { return own + kind + pitfallPath + name }

// seedPrincipals makes more than a hundred users, groups and roles, each of which carries a
// pitfall of the catalogue or shows what it is not; further providers of identities, and
// accounts of the organization, if there is one.
func seedPrincipals(ctx context.Context, cfg aws.Config, ids Seeded) error {
	api := iam.NewFromConfig(at(cfg, Foreign))
	for _, step := range []step{seedMembers, seedContacts} {
		if err := step(ctx, cfg, ids); err != nil && !lacking(err) {
			return err
		}
	}
	if err := seedProviders(ctx, api); err != nil {
		return err
	}
	for _, p := range pitfallPolicies {
		if err := createPitfallPolicy(ctx, api, p); err != nil {
			return fmt.Errorf("policy %q: %w", p.name, err)
		}
	}
	for _, g := range pitfallGroups {
		if _, err := api.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: &g.name, Path: aws.String(pitfallPath)}); err != nil {
			return err
		}
		if _, err := api.PutGroupPolicy(ctx, &iam.PutGroupPolicyInput{GroupName: &g.name, PolicyName: aws.String("rights"), PolicyDocument: &g.grants}); err != nil {
			return fmt.Errorf("group %q: %w", g.name, err)
		}
	}
	for _, u := range pitfallUsers {
		if err := createPitfallUser(ctx, api, u); err != nil {
			return fmt.Errorf("user %q: %w", u.name, err)
		}
	}
	for _, r := range append(pitfallRoles, rolesOfOrganization(ids)...) {
		if err := createPitfallRole(ctx, api, r); err != nil {
			return fmt.Errorf("role %q: %w", r.name, err)
		}
	}
	return seedSpecials(ctx, api)
}

// seedMembers makes two more accounts of the organization, and closes one.
func seedMembers(ctx context.Context, cfg aws.Config, ids Seeded) error {
	api := organizations.NewFromConfig(at(cfg, Foreign))
	for _, name := range []string{"acme-staging", "acme-labs"} {
		made, err := api.CreateAccount(ctx, &organizations.CreateAccountInput{AccountName: &name, Email: aws.String(name + "@acme.example")})
		if err != nil {
			return err
		}
		ids[name] = aws.ToString(made.CreateAccountStatus.AccountId)
	}
	_, err := api.CloseAccount(ctx, &organizations.CloseAccountInput{AccountId: aws.String(ids["acme-labs"])})
	return err
}

// seedContacts names one contact of the three that there can be.
func seedContacts(ctx context.Context, cfg aws.Config, _ Seeded) error {
	_, err := account.NewFromConfig(at(cfg, Foreign)).PutAlternateContact(ctx, &account.PutAlternateContactInput{AlternateContactType: contact.AlternateContactTypeSecurity,
		Name: aws.String("Acme Security"), Title: aws.String("Team"), EmailAddress: aws.String("security@acme.example"), PhoneNumber: aws.String("+442079460101")})
	return err
}

func seedProviders(ctx context.Context, api *iam.Client) error {
	for _, host := range []string{github, gitlab, eksCluster, "oidc.eks.eu-west-1.amazonaws.com/id/DE1E7EDDE1E7EDDE1E7EDDE1E7EDDE1E"} {
		_, err := api.CreateOpenIDConnectProvider(ctx, &iam.CreateOpenIDConnectProviderInput{Url: aws.String("https://" + host), ClientIDList: []string{"sts.amazonaws.com"},
			ThumbprintList: []string{"3768084dfb3d2b68b7897bf5f565da8efEXAMPLE"}})
		if err != nil {
			return fmt.Errorf("provider %q: %w", host, err)
		}
	}
	for _, name := range []string{"acme-adfs", identityCenter} {
		if _, err := api.CreateSAMLProvider(ctx, &iam.CreateSAMLProviderInput{Name: &name, SAMLMetadataDocument: aws.String(strings.Repeat("<EntityDescriptor/>", 60))}); err != nil {
			return err
		}
	}
	return nil
}

func createPitfallPolicy(ctx context.Context, api *iam.Client, p customerPolicy) error {
	arn := pitfallARN("policy", p.name)
	if _, err := api.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: &p.name, Path: aws.String(pitfallPath), PolicyDocument: &p.versions[0]}); err != nil {
		return err
	}
	for _, document := range p.versions[1:] {
		if _, err := api.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: &arn, PolicyDocument: &document, SetAsDefault: true}); err != nil {
			return err
		}
	}
	return nil
}

// limit is the ARN of the boundary's policy; nil for none.
func (p principal) limit() *string {
	if p.boundary == "" {
		return nil
	}
	return aws.String(p.boundary)
}

func createPitfallUser(ctx context.Context, api *iam.Client, u principal) error {
	if _, err := api.CreateUser(ctx, &iam.CreateUserInput{UserName: &u.name, Path: aws.String(pitfallPath), PermissionsBoundary: u.limit()}); err != nil {
		return err
	}
	if u.grants != "" {
		if _, err := api.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: &u.name, PolicyName: aws.String("rights"), PolicyDocument: &u.grants}); err != nil {
			return err
		}
	}
	if u.group == "" {
		return nil
	}
	_, err := api.AddUserToGroup(ctx, &iam.AddUserToGroupInput{UserName: &u.name, GroupName: &u.group})
	return err
}

func createPitfallRole(ctx context.Context, api *iam.Client, r principal) error {
	in := &iam.CreateRoleInput{RoleName: &r.name, Path: aws.String(pitfallPath), AssumeRolePolicyDocument: aws.String(statements(r.trust)), PermissionsBoundary: r.limit()}
	if r.name == "admin-half-day" {
		in.MaxSessionDuration = aws.Int32(43200)
	}
	if _, err := api.CreateRole(ctx, in); err != nil {
		return err
	}
	_, err := api.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: &r.name, PolicyName: aws.String("rights"), PolicyDocument: aws.String(cmp.Or(r.grants, readsOneBucket))})
	return err
}

// seedSpecials makes what is not like the others: a role that AWS keeps, one of IAM Identity
// Center, attached policies, a security key and an SSH key.
func seedSpecials(ctx context.Context, api *iam.Client) error {
	if _, err := api.CreateServiceLinkedRole(ctx, &iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("autoscaling.amazonaws.com")}); err != nil {
		return err
	}
	trust := statements(lets("Federated", own+"saml-provider/"+identityCenter, is("StringEquals", "SAML:aud", "https://signin.aws.amazon.com/saml")))
	if _, err := api.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("AWSReservedSSO_Reader_ac3e0123456789ab"), Path: aws.String("/aws-reserved/sso.amazonaws.com/eu-central-1/"), AssumeRolePolicyDocument: &trust}); err != nil {
		return err
	}
	for role, name := range map[string]string{"version-setter": "once-wide", "denies-group": "deny-group"} {
		if _, err := api.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: &role, PolicyArn: aws.String(pitfallARN("policy", name))}); err != nil {
			return err
		}
	}
	if _, err := api.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: aws.String("version-writer"), PolicyArn: aws.String(pitfallARN("policy", "lists"))}); err != nil {
		return err
	}
	if _, err := api.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{UserName: aws.String("token"), Password: aws.String("Correct-horse-9-token")}); err != nil {
		return err
	}
	if _, err := api.EnableMFADevice(ctx, &iam.EnableMFADeviceInput{UserName: aws.String("token"), SerialNumber: aws.String("GAHT12345678"), AuthenticationCode1: aws.String("123456"), AuthenticationCode2: aws.String("654321")}); err != nil {
		return err
	}
	_, err := api.UploadSSHPublicKey(ctx, &iam.UploadSSHPublicKeyInput{UserName: aws.String("ssh-holder"), SSHPublicKeyBody: aws.String("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7example acme")})
	return err
}
