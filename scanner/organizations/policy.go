package organizations

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

var errNoDocument = &wire.MalformedError{What: "the answer holds no policy document"}

// texts are the documents of policies, each asked for once: one policy hangs at many
// places. Safe for concurrent use.
type texts struct {
	mu    sync.Mutex
	known map[string]snapshot.Read[string]
}

func (t *texts) of(ctx context.Context, in collect.Scope, api API, id string) snapshot.Read[string] {
	t.mu.Lock()
	read, ok := t.known[id]
	t.mu.Unlock()
	if !ok { // no two ask about one policy at a time: each list names it once
		read = document(ctx, in, api, id)
		t.mu.Lock()
		t.known[id] = read
		t.mu.Unlock()
	}
	return read
}

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
	return collect.Ask(ctx, in, "organizations:ListTargetsForPolicy", func(ctx context.Context) (out []string, err error) {
		pages := organizations.NewListTargetsForPolicyPaginator(api, &organizations.ListTargetsForPolicyInput{PolicyId: &id})
		err = collect.Walk(ctx, pages, func(page *organizations.ListTargetsForPolicyOutput) *string {
			for _, t := range page.Targets {
				out = append(out, aws.ToString(t.TargetId))
			}
			return page.NextToken
		})
		return out, err
	})
}
