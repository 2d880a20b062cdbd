package s3

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// expressRegions are the Regions with directory buckets, as of 2026-11-24. Elsewhere the
// endpoint does not exist. Source: Amazon S3 User Guide, "Regional and Zonal endpoints
// for directory buckets in an Availability Zone".
var expressRegions = []string{"us-east-1", "us-east-2", "us-west-2", "ap-south-1", "ap-northeast-1", "eu-west-1", "eu-north-1"}

// directories lists the directory buckets of one Region; some may lie in a Local Zone. Of
// their settings the lifecycle alone is read: they have few.
func directories(ctx context.Context, in collect.Scope, c Clients) []snapshot.Bucket {
	const op = "s3:ListDirectoryBuckets"
	if !slices.Contains(expressRegions, in.Region) {
		in.Settle(op)
		settleLifecycle(in)
		return nil
	}
	api := c.In(in.Region)
	pages := s3.NewListDirectoryBucketsPaginator(api, &s3.ListDirectoryBucketsInput{})
	all := collect.List(ctx, in, op, pages, func(at snapshot.Meta, page *s3.ListDirectoryBucketsOutput) []snapshot.Bucket {
		out := make([]snapshot.Bucket, 0, len(page.Buckets))
		for _, b := range page.Buckets {
			at.Name = aws.ToString(b.Name)
			at.ARN = "arn:" + at.Partition + ":s3express:" + at.Region + ":" + at.Account + ":bucket/" + at.Name
			out = append(out, snapshot.Bucket{Meta: at, BucketRegion: snapshot.Value(at.Region, at.Calls...)})
		}
		return out
	})
	in.Each(ctx, len(all), func(i int) {
		all[i].Lifecycle = ask(ctx, in, &all[i], "s3:GetBucketLifecycleConfiguration", "NoSuchLifecycleConfiguration", api.GetBucketLifecycleConfiguration,
			&s3.GetBucketLifecycleConfigurationInput{Bucket: &all[i].Name}, lifecycle)
	})
	if len(all) == 0 && in.Unlisted(op) == nil {
		settleLifecycle(in)
	}
	return all
}

// settleLifecycle closes the book on lifecycles in a Region without directory buckets,
// where no check asks about other buckets: else those decide.
func settleLifecycle(in collect.Scope) {
	if !in.Wants("s3:ListBuckets") {
		in.Settle("s3:GetBucketLifecycleConfiguration")
	}
}
