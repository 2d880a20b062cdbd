//go:build unix

package emulators

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/account"
	accounttypes "github.com/aws/aws-sdk-go-v2/service/account/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	organizationstypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"
)

// TestPitfallsAreMany: the account holds at least sixty principals that carry one.
func TestPitfallsAreMany(t *testing.T) {
	seen := map[string]bool{}
	for kind, list := range map[string][]principal{"user": pitfallUsers, "group": pitfallGroups, "role": append(pitfallRoles, rolesOfOrganization(Seeded{})...)} {
		for _, p := range list {
			if seen[kind+p.name] {
				t.Errorf("two are called %s %s", kind, p.name)
			}
			seen[kind+p.name] = true
		}
	}
	if len(seen) < 60 {
		t.Errorf("%d principals, want 60 at least", len(seen))
	}
}

// questionsOfAccess are about providers, what users have beside keys and passwords, and the
// organization's path, of the seeded account; the emulators know few of them.
func questionsOfAccess(cfg aws.Config, ids Seeded) []question {
	api, org, contacts := iam.NewFromConfig(cfg), organizations.NewFromConfig(cfg), account.NewFromConfig(cfg)
	all := []question{
		{"iam:ListRoles", "", asking(api.ListRoles, &iam.ListRolesInput{MaxItems: aws.Int32(1000)})},
		{"iam:ListOpenIDConnectProviders", "", asking(api.ListOpenIDConnectProviders, &iam.ListOpenIDConnectProvidersInput{})},
		{"iam:ListSAMLProviders", "", asking(api.ListSAMLProviders, &iam.ListSAMLProvidersInput{})},
		{"iam:ListOrganizationsFeatures", "", asking(api.ListOrganizationsFeatures, &iam.ListOrganizationsFeaturesInput{})},
		{"iam:ListServiceSpecificCredentials", "", asking(api.ListServiceSpecificCredentials, &iam.ListServiceSpecificCredentialsInput{AllUsers: aws.Bool(true)})},
		{"account:GetContactInformation", "", asking(contacts.GetContactInformation, &account.GetContactInformationInput{})},
		{"accessanalyzer:ListAnalyzers", "", asking(accessanalyzer.NewFromConfig(cfg).ListAnalyzers, &accessanalyzer.ListAnalyzersInput{})},
		{"organizations:ListDelegatedAdministrators", "", asking(org.ListDelegatedAdministrators, &organizations.ListDelegatedAdministratorsInput{})},
		{"organizations:DescribeEffectivePolicy", "", asking(org.DescribeEffectivePolicy, &organizations.DescribeEffectivePolicyInput{PolicyType: organizationstypes.EffectivePolicyTypeTagPolicy})},
	}
	for _, kind := range accounttypes.AlternateContactType("").Values() {
		all = append(all, question{"account:GetAlternateContact", string(kind), asking(contacts.GetAlternateContact, &account.GetAlternateContactInput{AlternateContactType: kind})})
	}
	for _, user := range []string{"ssh-holder", "token", "unknown"} {
		all = append(all, question{"iam:ListSSHPublicKeys", user, asking(api.ListSSHPublicKeys, &iam.ListSSHPublicKeysInput{UserName: &user})})
	}
	for _, arn := range []string{pitfallARN("policy", "once-wide"), pitfallARN("policy", "unknown")} {
		all = append(all,
			question{"iam:ListPolicyVersions", arn, asking(api.ListPolicyVersions, &iam.ListPolicyVersionsInput{PolicyArn: &arn})},
			question{"iam:GetPolicyVersion", arn, asking(api.GetPolicyVersion, &iam.GetPolicyVersionInput{PolicyArn: &arn, VersionId: aws.String("v1")})})
	}
	for _, host := range []string{github, "unknown.example"} {
		all = append(all, question{"iam:GetOpenIDConnectProvider", host, asking(api.GetOpenIDConnectProvider, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: aws.String(provider(host))})})
	}
	for _, name := range []string{"acme-adfs", "unknown"} {
		all = append(all, question{"iam:GetSAMLProvider", name, asking(api.GetSAMLProvider, &iam.GetSAMLProviderInput{SAMLProviderArn: aws.String(own + "saml-provider/" + name)})})
	}
	child := aws.String(Account)
	if ids["acme-staging"] != "" {
		child = aws.String(ids["acme-staging"])
	}
	return append(all,
		question{"organizations:ListParents", *child, func(ctx context.Context) error {
			_, err := org.ListParents(ctx, &organizations.ListParentsInput{ChildId: child})
			return err
		}},
		question{"organizations:ListPoliciesForTarget", *child, asking(org.ListPoliciesForTarget, &organizations.ListPoliciesForTargetInput{TargetId: child, Filter: organizationstypes.PolicyTypeServiceControlPolicy})})
}
