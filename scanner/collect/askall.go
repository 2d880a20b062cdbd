package collect

import (
	"context"

	"onus/scanner/snapshot"
)

// AskAll reads one fact about one resource that comes in pages: see Gather.
func AskAll[O, P, T any](ctx context.Context, s Scope, op string, pages Pages[O, P], token func(P) *string, items func(P) []T) snapshot.Read[[]T] {
	return Ask(ctx, s, op, func(ctx context.Context) ([]T, error) { return Gather(ctx, pages, token, items) })
}

// Gather reads all pages of one fact, within one Ask. Half of a fact is none, since the
// other half may be the one that matters. token is the page's word for the next one.
func Gather[O, P, T any](ctx context.Context, pages Pages[O, P], token func(P) *string, items func(P) []T) ([]T, error) {
	var out []T
	err := Walk(ctx, pages, func(page P) *string {
		out = append(out, items(page)...)
		return token(page)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
