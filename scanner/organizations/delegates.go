package organizations

import (
	"cmp"
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

const (
	administratorsOp = "organizations:ListDelegatedAdministrators"
	servicesOp       = "organizations:ListDelegatedServicesForAccount"
	policiesOp       = "organizations:ListPolicies"
)

// administrators reads which accounts administer what for the organization.
func administrators(ctx context.Context, in collect.Scope, api API) snapshot.Read[[]snapshot.DelegatedAdministrator] {
	pages := organizations.NewListDelegatedAdministratorsPaginator(api, &organizations.ListDelegatedAdministratorsInput{})
	var calls []snapshot.Call
	all := collect.List(ctx, in, administratorsOp, pages, func(at snapshot.Meta, page *organizations.ListDelegatedAdministratorsOutput) (out []snapshot.DelegatedAdministrator) {
		calls = append(calls, at.Calls...)
		for _, a := range page.DelegatedAdministrators {
			out = append(out, snapshot.DelegatedAdministrator{ID: aws.ToString(a.Id), Name: aws.ToString(a.Name), State: cmp.Or(string(a.State), string(a.Status))})
		}
		return out
	})
	in.Each(ctx, len(all), func(i int) { all[i].Services = services(ctx, in, api, all[i].ID) })
	why := in.Unlisted(administratorsOp)
	if why != nil {
		return snapshot.Missing[[]snapshot.DelegatedAdministrator](why, calls...)
	}
	if len(all) == 0 {
		in.Settle(servicesOp)
	}
	for _, a := range all {
		calls = append(calls, a.Services.Calls()...)
	}
	return snapshot.Value(all, calls...)
}

// services reads what one account administers.
func services(ctx context.Context, in collect.Scope, api API, account string) snapshot.Read[[]string] {
	return collect.Ask(ctx, in, servicesOp, func(ctx context.Context) (out []string, err error) {
		pages := organizations.NewListDelegatedServicesForAccountPaginator(api, &organizations.ListDelegatedServicesForAccountInput{AccountId: &account})
		err = collect.Walk(ctx, pages, func(page *organizations.ListDelegatedServicesForAccountOutput) *string {
			for _, s := range page.DelegatedServices {
				out = append(out, aws.ToString(s.ServicePrincipal))
			}
			return page.NextToken
		})
		return out, err
	})
}

// aiPolicies reads the policies by which accounts opt out of AWS's AI services, and where
// they hang. Only the management account is asked: elsewhere what they come to is enough.
func aiPolicies(ctx context.Context, in collect.Scope, api API, o snapshot.Organization, documents *texts) snapshot.Read[[]snapshot.OrganizationPolicy] {
	if !in.Wants(effectiveOp) || !o.Manages(in.Account) {
		return snapshot.Read[[]snapshot.OrganizationPolicy]{}
	}
	read := collect.Ask(ctx, in, policiesOp, func(ctx context.Context) (out []snapshot.OrganizationPolicy, err error) {
		pages := organizations.NewListPoliciesPaginator(api, &organizations.ListPoliciesInput{Filter: types.PolicyTypeAiservicesOptOutPolicy})
		err = collect.Walk(ctx, pages, func(page *organizations.ListPoliciesOutput) *string {
			for _, p := range page.Policies {
				out = append(out, snapshot.OrganizationPolicy{ID: aws.ToString(p.Id), Name: aws.ToString(p.Name)})
			}
			return page.NextToken
		})
		return out, err
	})
	all, err := read.Get()
	if err != nil {
		return read
	}
	in.Each(ctx, len(all), func(i int) {
		all[i].Document = documents.of(ctx, in, api, all[i].ID)
		all[i].Targets = targets(ctx, in, api, all[i].ID)
	})
	if len(all) == 0 && in.Unlisted(policiesOp) == nil {
		in.Settle(perPolicy...)
	}
	calls := slices.Clone(read.Calls())
	for _, p := range all {
		calls = append(calls, p.Document.Calls()...)
		calls = append(calls, p.Targets.Calls()...)
	}
	return snapshot.Value(all, calls...)
}
