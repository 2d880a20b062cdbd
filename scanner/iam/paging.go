package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"onus/scanner/collect"
	"onus/scanner/wire"
)

// watched is one of the SDK's paginators that remembers how it ended. The SDK goes by
// the Marker alone, and would take a page that is truncated without one for the last.
type watched[P any] struct {
	collect.Pages[iam.Options, P]
	more   func(P) (truncated bool, marker *string)
	absent bool  // take NoSuchEntity for an empty list
	gone   bool  // AWS answered so: the user is not there any more
	err    error // of the page that failed
}

// HasMorePages says whether to ask on.
func (w *watched[P]) HasMorePages() bool { return !w.gone && w.Pages.HasMorePages() }

// NextPage asks for the next page.
func (w *watched[P]) NextPage(ctx context.Context, options ...func(*iam.Options)) (page P, err error) {
	defer func() { w.err = err }()
	page, err = w.Pages.NextPage(ctx, options...)
	if w.absent && collect.Is(err, "NoSuchEntity") {
		w.gone = true
		var none P
		return none, nil
	}
	if err != nil {
		return page, err
	}
	if truncated, marker := w.more(page); truncated && aws.ToString(marker) == "" {
		return page, &wire.MalformedError{What: "IsTruncated without a Marker"}
	}
	return page, nil
}

// marked goes through the pages of an operation for which the SDK has no paginator: ask
// takes a page's marker, nil for the first, and says whether there are more and where.
func marked(ask func(marker *string) (truncated bool, next *string, err error)) error {
	seen := map[string]bool{}
	var marker *string
	for {
		truncated, next, err := ask(marker)
		switch {
		case err != nil || !truncated:
			return err
		case aws.ToString(next) == "":
			return &wire.MalformedError{What: "IsTruncated without a Marker"}
		case seen[*next] || len(seen) == collect.MaxPages:
			return &wire.MalformedError{What: "a page token came twice: the list would never end"}
		}
		seen[*next] = true
		marker = next
	}
}
