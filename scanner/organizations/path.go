package organizations

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

const (
	parentsOp   = "organizations:ListParents"
	attachedOp  = "organizations:ListPoliciesForTarget"
	effectiveOp = "organizations:DescribeEffectivePolicy"
)

// maxDepth is more than AWS allows: units five deep, below a root and above an account.
// Source: AWS Organizations User Guide, "Quotas for AWS Organizations".
const maxDepth = 16

var (
	errNoParent = &wire.MalformedError{What: "the answer names no parent"}
	errTooDeep  = &wire.MalformedError{What: "the account has more units above it than AWS allows"}
)

// path reads the way from the root to the account, and the policies on it. No such policy
// binds the management account, so that there it is not asked for.
func path(ctx context.Context, in collect.Scope, api API, o snapshot.Organization, documents *texts) snapshot.Read[[]snapshot.OrganizationLevel] {
	if o.Manages(in.Account) {
		in.Settle(parentsOp, attachedOp)
		return snapshot.Value[[]snapshot.OrganizationLevel](nil, o.Calls...)
	}
	read := collect.Ask(ctx, in, parentsOp, func(ctx context.Context) ([]snapshot.OrganizationLevel, error) {
		levels := []snapshot.OrganizationLevel{{ID: in.Account, Kind: "ACCOUNT"}}
		for levels[0].Kind != "ROOT" {
			parent, err := parentOf(ctx, api, levels[0].ID)
			if err != nil {
				return nil, err
			}
			levels = slices.Insert(levels, 0, parent)
			if len(levels) > maxDepth {
				return nil, errTooDeep
			}
		}
		return levels, nil
	})
	levels, err := read.Get()
	if err != nil {
		return read
	}
	// One after the other: a policy that hangs at two levels is then asked about once.
	for i := range levels {
		levels[i].SCPs = attached(ctx, in, api, levels[i].ID, types.PolicyTypeServiceControlPolicy, documents)
		levels[i].RCPs = attached(ctx, in, api, levels[i].ID, types.PolicyTypeResourceControlPolicy, documents)
	}
	return snapshot.Value(levels, read.Calls()...)
}

// parentOf asks for the one parent that a unit or an account has.
func parentOf(ctx context.Context, api API, child string) (snapshot.OrganizationLevel, error) {
	out, err := api.ListParents(ctx, &organizations.ListParentsInput{ChildId: &child})
	switch {
	case err != nil:
		return snapshot.OrganizationLevel{}, err
	case len(out.Parents) == 0 || aws.ToString(out.Parents[0].Id) == "":
		return snapshot.OrganizationLevel{}, errNoParent
	}
	return snapshot.OrganizationLevel{ID: *out.Parents[0].Id, Kind: string(out.Parents[0].Type)}, nil
}

// attached reads the policies of one type at one level: one fact, of as many pages as it
// has. A type that is not enabled at the root has none.
func attached(ctx context.Context, in collect.Scope, api API, target string, kind types.PolicyType, documents *texts) snapshot.Read[[]snapshot.ControlPolicy] {
	read := collect.Ask(ctx, in, attachedOp, func(ctx context.Context) (out []snapshot.ControlPolicy, err error) {
		pages := organizations.NewListPoliciesForTargetPaginator(api, &organizations.ListPoliciesForTargetInput{TargetId: &target, Filter: kind})
		err = collect.Walk(ctx, pages, func(page *organizations.ListPoliciesForTargetOutput) *string {
			for _, p := range page.Policies {
				out = append(out, snapshot.ControlPolicy{ID: aws.ToString(p.Id), Name: aws.ToString(p.Name), Managed: p.AwsManaged})
			}
			return page.NextToken
		})
		if collect.Is(err, "PolicyTypeNotEnabledException") {
			return nil, nil
		}
		return out, err
	})
	policies, err := read.Get()
	if err != nil {
		return read
	}
	calls := slices.Clone(read.Calls())
	for i := range policies {
		policies[i].Document = documents.of(ctx, in, api, policies[i].ID)
		calls = append(calls, policies[i].Document.Calls()...)
	}
	return snapshot.Value(policies, calls...)
}

// effective reads what the policies of some types come to for the account, which any
// account may ask of itself.
func effective(ctx context.Context, in collect.Scope, api API, out *snapshot.Org) {
	ask := func(kind types.EffectivePolicyType) snapshot.Read[snapshot.EffectivePolicy] {
		return collect.Ask(ctx, in, effectiveOp, func(ctx context.Context) (snapshot.EffectivePolicy, error) {
			got, err := api.DescribeEffectivePolicy(ctx, &organizations.DescribeEffectivePolicyInput{PolicyType: kind})
			for _, none := range []string{"EffectivePolicyNotFoundException", "PolicyTypeNotEnabledException"} {
				if collect.Is(err, none) {
					return snapshot.EffectivePolicy{None: none}, nil
				}
			}
			switch {
			case err != nil:
				return snapshot.EffectivePolicy{}, err
			case got.EffectivePolicy == nil || aws.ToString(got.EffectivePolicy.PolicyContent) == "":
				return snapshot.EffectivePolicy{}, errNoDocument
			}
			return snapshot.EffectivePolicy{Content: *got.EffectivePolicy.PolicyContent}, nil
		})
	}
	out.AIOptOut = ask(types.EffectivePolicyTypeAiservicesOptOutPolicy)
	out.TagPolicy = ask(types.EffectivePolicyTypeTagPolicy)
	out.EC2Policy = ask(types.EffectivePolicyTypeDeclarativePolicyEc2)
}
