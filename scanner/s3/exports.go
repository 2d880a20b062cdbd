package s3

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// exports asks how a bucket is reached and reported on from far: acceleration, inventories
// and analyses.
func exports(ctx context.Context, in collect.Scope, api API, b *snapshot.Bucket) {
	name := &b.Name
	b.Acceleration = ask(ctx, in, b, "s3:GetBucketAccelerateConfiguration", "", func(ctx context.Context, input *s3.GetBucketAccelerateConfigurationInput, options ...func(*s3.Options)) (*snapshot.Acceleration, error) {
		out, err := api.GetBucketAccelerateConfiguration(ctx, input, options...)
		for _, code := range []string{"MethodNotAllowed", "UnsupportedArgument"} { // the Region or the name cannot have it
			if collect.Is(err, code) {
				return &snapshot.Acceleration{Unavailable: code}, nil
			}
		}
		if err != nil {
			return nil, err
		}
		return &snapshot.Acceleration{Status: string(out.Status)}, nil
	}, &s3.GetBucketAccelerateConfigurationInput{Bucket: name}, func(a *snapshot.Acceleration) snapshot.Acceleration { return *a })
	b.Inventories = ask(ctx, in, b, "s3:ListBucketInventoryConfigurations", "", func(ctx context.Context, token *string, _ ...func(*s3.Options)) (*[]snapshot.BucketExport, error) {
		return paged(token, func(token *string) ([]snapshot.BucketExport, *bool, *string, error) {
			out, err := api.ListBucketInventoryConfigurations(ctx, &s3.ListBucketInventoryConfigurationsInput{Bucket: name, ContinuationToken: token})
			if err != nil {
				return nil, nil, nil, err
			}
			return inventories(out.InventoryConfigurationList), out.IsTruncated, out.NextContinuationToken, nil
		})
	}, nil, func(list *[]snapshot.BucketExport) []snapshot.BucketExport { return *list })
	b.Analytics = ask(ctx, in, b, "s3:ListBucketAnalyticsConfigurations", "", func(ctx context.Context, token *string, _ ...func(*s3.Options)) (*[]snapshot.BucketExport, error) {
		return paged(token, func(token *string) ([]snapshot.BucketExport, *bool, *string, error) {
			out, err := api.ListBucketAnalyticsConfigurations(ctx, &s3.ListBucketAnalyticsConfigurationsInput{Bucket: name, ContinuationToken: token})
			if err != nil {
				return nil, nil, nil, err
			}
			return analyses(out.AnalyticsConfigurationList), out.IsTruncated, out.NextContinuationToken, nil
		})
	}, nil, func(list *[]snapshot.BucketExport) []snapshot.BucketExport { return *list })
}

// paged reads a list about one bucket for which the SDK has no paginator. It fails on a
// token that came before, and on a list that says it goes on and not where.
func paged(token *string, page func(token *string) ([]snapshot.BucketExport, *bool, *string, error)) (*[]snapshot.BucketExport, error) {
	var all []snapshot.BucketExport
	seen := map[string]bool{}
	for range collect.MaxPages {
		items, truncated, next, err := page(token)
		if err != nil {
			return nil, err
		}
		all = append(all, items...)
		switch {
		case !aws.ToBool(truncated):
			return &all, nil
		case aws.ToString(next) == "":
			return nil, &wire.MalformedError{What: "IsTruncated without a NextContinuationToken"}
		case seen[*next]:
			return nil, &wire.MalformedError{What: "a page token came twice: the list would never end"}
		}
		seen[*next], token = true, next
	}
	return nil, &wire.MalformedError{What: "the list has too many pages"}
}

func inventories(list []types.InventoryConfiguration) []snapshot.BucketExport {
	var out []snapshot.BucketExport
	for _, c := range list {
		e := snapshot.BucketExport{ID: aws.ToString(c.Id), Enabled: aws.ToBool(c.IsEnabled)}
		if c.Destination != nil && c.Destination.S3BucketDestination != nil {
			d := c.Destination.S3BucketDestination
			e.Bucket, e.Account = nameOf(aws.ToString(d.Bucket)), aws.ToString(d.AccountId)
		}
		out = append(out, e)
	}
	return out
}

// analyses are those that are exported: the others stay with the bucket.
func analyses(list []types.AnalyticsConfiguration) []snapshot.BucketExport {
	var out []snapshot.BucketExport
	for _, c := range list {
		if c.StorageClassAnalysis == nil || c.StorageClassAnalysis.DataExport == nil {
			continue
		}
		e := snapshot.BucketExport{ID: aws.ToString(c.Id), Enabled: true}
		if d := c.StorageClassAnalysis.DataExport.Destination; d != nil && d.S3BucketDestination != nil {
			e.Bucket, e.Account = nameOf(aws.ToString(d.S3BucketDestination.Bucket)), aws.ToString(d.S3BucketDestination.BucketAccountId)
		}
		out = append(out, e)
	}
	return out
}

func cors(o *s3.GetBucketCorsOutput) []snapshot.CORSRule {
	var out []snapshot.CORSRule
	for _, r := range o.CORSRules {
		out = append(out, snapshot.CORSRule{ID: aws.ToString(r.ID), Origins: r.AllowedOrigins, Methods: r.AllowedMethods, Headers: r.AllowedHeaders})
	}
	return out
}
