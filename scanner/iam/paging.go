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
