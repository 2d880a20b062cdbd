// Package organizations reads the organization that the account belongs to, its policies
// and who administers it. It asks and maps; it leaves clients to scanner, and what a
// policy denies to checks.
//
// Any account may ask which organization it is in. The rest is told only to the
// management account and to those it delegated to: elsewhere it ends as denied.
package organizations

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/organizations"
)

// API is every Organizations call that this collector makes.
type API interface {
	organizations.ListAccountsAPIClient
	organizations.ListRootsAPIClient
	organizations.ListPoliciesAPIClient
	organizations.ListTargetsForPolicyAPIClient
	organizations.ListParentsAPIClient
	organizations.ListPoliciesForTargetAPIClient
	organizations.ListDelegatedAdministratorsAPIClient
	organizations.ListDelegatedServicesForAccountAPIClient
	DescribeEffectivePolicy(context.Context, *organizations.DescribeEffectivePolicyInput, ...func(*organizations.Options)) (*organizations.DescribeEffectivePolicyOutput, error)
	DescribeOrganization(context.Context, *organizations.DescribeOrganizationInput, ...func(*organizations.Options)) (*organizations.DescribeOrganizationOutput, error)
	DescribePolicy(context.Context, *organizations.DescribePolicyInput, ...func(*organizations.Options)) (*organizations.DescribePolicyOutput, error)
}
