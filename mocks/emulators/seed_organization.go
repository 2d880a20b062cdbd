package emulators

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
)

// Two service control policies: one that allows a Region too many is in force, the
// right one is attached to nothing until Remedy.
var controlPolicies = map[string]string{
	"acme-wide-regions": `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-central-1","eu-west-1","us-west-2"]}}}]}`,
	"acme-eu-only":      `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":["iam:*","organizations:*","sts:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-central-1","eu-west-1"]}}}]}`,
}

func seedOrganization(ctx context.Context, cfg aws.Config, ids Seeded) error {
	api := organizations.NewFromConfig(at(cfg, Foreign))
	made, err := api.CreateOrganization(ctx, &organizations.CreateOrganizationInput{FeatureSet: types.OrganizationFeatureSetAll})
	if err != nil {
		return err
	}
	ids["organization"] = *made.Organization.Id
	for name, document := range controlPolicies {
		_, err := api.CreatePolicy(ctx, &organizations.CreatePolicyInput{
			Name: &name, Description: aws.String("seeded"), Content: &document, Type: types.PolicyTypeServiceControlPolicy,
		})
		if err != nil {
			return fmt.Errorf("service control policy %q: %w", name, err)
		}
	}
	root, err := organizationRoot(ctx, api)
	if err != nil {
		return err
	}
	if _, err := api.EnablePolicyType(ctx, &organizations.EnablePolicyTypeInput{RootId: &root, PolicyType: types.PolicyTypeServiceControlPolicy}); err != nil {
		return err
	}
	return attachControlPolicy(ctx, api, root, "acme-wide-regions")
}

func remedyOrganization(ctx context.Context, cfg aws.Config, _ Seeded) error {
	api := organizations.NewFromConfig(at(cfg, Foreign))
	root, err := organizationRoot(ctx, api)
	if err != nil {
		return err
	}
	return attachControlPolicy(ctx, api, root, "acme-eu-only")
}

func organizationRoot(ctx context.Context, api *organizations.Client) (string, error) {
	found, err := api.ListRoots(ctx, &organizations.ListRootsInput{})
	if err != nil {
		return "", err
	}
	if len(found.Roots) != 1 {
		return "", fmt.Errorf("organization has %d roots, want 1", len(found.Roots))
	}
	return *found.Roots[0].Id, nil
}

func attachControlPolicy(ctx context.Context, api *organizations.Client, target, name string) error {
	found, err := api.ListPolicies(ctx, &organizations.ListPoliciesInput{Filter: types.PolicyTypeServiceControlPolicy})
	if err != nil {
		return err
	}
	for _, p := range found.Policies {
		if *p.Name == name {
			_, err := api.AttachPolicy(ctx, &organizations.AttachPolicyInput{PolicyId: p.Id, TargetId: &target})
			return err
		}
	}
	return fmt.Errorf("no service control policy %q", name)
}
