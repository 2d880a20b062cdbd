package organizations

import (
	"cmp"
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// perPolicy are the operations about one policy.
var perPolicy = []string{"organizations:DescribePolicy", "organizations:ListTargetsForPolicy"}

// Collect reads the organization of the account. Without one, or where it shares no more
// than the bill, there are no policies to ask about.
func Collect(ctx context.Context, in collect.Scope, api API) snapshot.Org {
	in = in.In(snapshot.Global)
	out := snapshot.Org{Organization: organization(ctx, in, api)}
	o, err := out.Organization.Get()
	calls := out.Organization.Calls()
	if errors.Is(err, snapshot.ErrAbsent) {
		in.Settle(append([]string{accountsOp, administratorsOp, servicesOp}, policyOps...)...)
		out.Accounts, out.States = snapshot.Value[[]string](nil, calls...), snapshot.Value[map[string]string](nil, calls...)
		out.Administrators = snapshot.Value[[]snapshot.DelegatedAdministrator](nil, calls...)
		withoutPolicies(&out, calls)
		return out
	}
	out.Accounts, out.States = accounts(ctx, in, api)
	out.Administrators = administrators(ctx, in, api)
	if o.FeatureSet == string(types.OrganizationFeatureSetConsolidatedBilling) {
		in.Settle(policyOps...)
		withoutPolicies(&out, calls)
		return out
	}
	out.Roots = roots(ctx, in, api)
	documents := &texts{known: map[string]snapshot.Read[string]{}}
	out.SCPs = policies(ctx, in, api, documents)
	out.AIPolicies = aiPolicies(ctx, in, api, o, documents)
	out.Path = path(ctx, in, api, o, documents)
	effective(ctx, in, api, &out)
	return out
}

// policyOps are the operations about policies, which an organization that shares no more
// than the bill does not have.
var policyOps = append([]string{"organizations:ListRoots", "organizations:ListPolicies", parentsOp, attachedOp, effectiveOp}, perPolicy...)

// withoutPolicies says that there are none.
func withoutPolicies(out *snapshot.Org, calls []snapshot.Call) {
	out.Path = snapshot.Value[[]snapshot.OrganizationLevel](nil, calls...)
	out.AIPolicies = snapshot.Value[[]snapshot.OrganizationPolicy](nil, calls...)
	none := snapshot.Value(snapshot.EffectivePolicy{}, calls...)
	out.AIOptOut, out.TagPolicy, out.EC2Policy = none, none, none
}

const accountsOp = "organizations:ListAccounts"

// accounts reads which accounts are in the organization, and in which state. A list that
// was not read to its end does not tell who is outside.
func accounts(ctx context.Context, in collect.Scope, api API) (snapshot.Read[[]string], snapshot.Read[map[string]string]) {
	pages := organizations.NewListAccountsPaginator(api, &organizations.ListAccountsInput{})
	var calls []snapshot.Call
	states := map[string]string{}
	ids := collect.List(ctx, in, accountsOp, pages, func(at snapshot.Meta, page *organizations.ListAccountsOutput) (out []string) {
		calls = append(calls, at.Calls...)
		for _, a := range page.Accounts {
			out = append(out, aws.ToString(a.Id))
			states[aws.ToString(a.Id)] = cmp.Or(string(a.State), string(a.Status))
		}
		return out
	})
	if why := in.Unlisted(accountsOp); why != nil {
		return snapshot.Missing[[]string](why, calls...), snapshot.Missing[map[string]string](why, calls...)
	}
	return snapshot.Value(ids, calls...), snapshot.Value(states, calls...)
}

var errNoOrganization = &wire.MalformedError{What: "the answer names no organization"}

// organization asks for the organization. That there is none is an answer: its error is
// ErrAbsent, and the call has ended well.
func organization(ctx context.Context, in collect.Scope, api API) snapshot.Read[snapshot.Organization] {
	read := collect.Ask(ctx, in, "organizations:DescribeOrganization", func(ctx context.Context) (*types.Organization, error) {
		out, err := api.DescribeOrganization(ctx, &organizations.DescribeOrganizationInput{})
		switch {
		case collect.Is(err, "AWSOrganizationsNotInUseException"):
			return nil, nil
		case err != nil:
			return nil, err
		case out.Organization == nil || aws.ToString(out.Organization.Id) == "":
			return nil, errNoOrganization
		}
		return out.Organization, nil
	})
	o, err := read.Get()
	switch {
	case err != nil:
		return snapshot.Missing[snapshot.Organization](err, read.Calls()...)
	case o == nil:
		return snapshot.Missing[snapshot.Organization](snapshot.ErrAbsent, read.Calls()...)
	}
	at := snapshot.Meta{Location: in.Location, Calls: read.Calls()}
	return snapshot.Value(described(at, *o), read.Calls()...)
}

// described maps the organization. AWS gives it an ARN and no name. Source of the ARN
// for an answer without: Service Authorization Reference, "Resource types defined by AWS
// Organizations".
func described(at snapshot.Meta, o types.Organization) snapshot.Organization {
	at.Name, at.ARN = aws.ToString(o.Id), aws.ToString(o.Arn)
	if at.ARN == "" {
		at.ARN = "arn:" + at.Partition + ":organizations::" + aws.ToString(o.MasterAccountId) + ":organization/" + at.Name
	}
	return snapshot.Organization{
		Meta: at, ID: at.Name,
		ManagementAccount: aws.ToString(o.MasterAccountId),
		FeatureSet:        string(o.FeatureSet),
	}
}

func roots(ctx context.Context, in collect.Scope, api API) []snapshot.OrganizationRoot {
	pages := organizations.NewListRootsPaginator(api, &organizations.ListRootsInput{})
	return collect.List(ctx, in, "organizations:ListRoots", pages, func(at snapshot.Meta, page *organizations.ListRootsOutput) []snapshot.OrganizationRoot {
		out := make([]snapshot.OrganizationRoot, 0, len(page.Roots))
		for _, r := range page.Roots {
			out = append(out, root(at, r))
		}
		return out
	})
}

// root maps one root. A policy type that is not listed was never enabled there.
func root(at snapshot.Meta, r types.Root) snapshot.OrganizationRoot {
	at.Name, at.ARN = aws.ToString(r.Name), aws.ToString(r.Arn)
	out := snapshot.OrganizationRoot{Meta: at, ID: aws.ToString(r.Id)}
	for _, p := range r.PolicyTypes {
		if p.Type == types.PolicyTypeServiceControlPolicy {
			out.SCPStatus = string(p.Status)
		}
	}
	return out
}

// policies lists the service control policies and then asks about each.
func policies(ctx context.Context, in collect.Scope, api API, documents *texts) []snapshot.SCP {
	const op = "organizations:ListPolicies"
	pages := organizations.NewListPoliciesPaginator(api, &organizations.ListPoliciesInput{Filter: types.PolicyTypeServiceControlPolicy})
	all := collect.List(ctx, in, op, pages, func(at snapshot.Meta, page *organizations.ListPoliciesOutput) []snapshot.SCP {
		out := make([]snapshot.SCP, 0, len(page.Policies))
		for _, p := range page.Policies {
			at.Name, at.ARN = aws.ToString(p.Name), aws.ToString(p.Arn)
			out = append(out, snapshot.SCP{Meta: at, ID: aws.ToString(p.Id)})
		}
		return out
	})
	in.Each(ctx, len(all), func(i int) {
		all[i].Document = documents.of(ctx, in, api, all[i].ID)
		all[i].Targets = targets(ctx, in, api, all[i].ID)
	})
	if len(all) == 0 && in.Unlisted(op) == nil {
		in.Settle(perPolicy...)
	}
	return all
}
