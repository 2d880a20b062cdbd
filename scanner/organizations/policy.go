package organizations

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

var (
	errNoDocument = &wire.MalformedError{What: "the answer holds no policy document"}
	errEndless    = &wire.MalformedError{What: "a page token came twice: the list would never end"}
)

// document reads the JSON text of one policy.
func document(ctx context.Context, in collect.Scope, api API, id string) snapshot.Read[string] {
	return collect.Ask(ctx, in, "organizations:DescribePolicy", func(ctx context.Context) (string, error) {
		out, err := api.DescribePolicy(ctx, &organizations.DescribePolicyInput{PolicyId: &id})
		if err != nil {
			return "", err
		}
		if out.Policy == nil || aws.ToString(out.Policy.Content) == "" {
			return "", errNoDocument
		}
		return *out.Policy.Content, nil
	})
}

// targets reads all that one policy is attached to: one fact, of as many pages as it
// has. Half of a list is no value here, so this is not collect.List.
func targets(ctx context.Context, in collect.Scope, api API, id string) snapshot.Read[[]string] {
	return collect.Ask(ctx, in, "organizations:ListTargetsForPolicy", func(ctx context.Context) ([]string, error) {
		var out []string
		seen := map[string]bool{}
		pages := organizations.NewListTargetsForPolicyPaginator(api, &organizations.ListTargetsForPolicyInput{PolicyId: &id})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, err
			}
			for _, t := range page.Targets {
				out = append(out, aws.ToString(t.TargetId))
			}
			token := aws.ToString(page.NextToken)
			if seen[token] || len(seen) == collect.MaxPages {
				return nil, errEndless
			}
			seen[token] = true
		}
		return out, nil
	})
}
