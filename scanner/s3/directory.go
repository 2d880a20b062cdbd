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

// directories lists the directory buckets of one Region; some may lie in a Local Zone.
func directories(ctx context.Context, in collect.Scope, c Clients) []snapshot.Bucket {
	const op = "s3:ListDirectoryBuckets"
	if !slices.Contains(expressRegions, in.Region) {
		if in.Wants(op) {
			in.Calls.Settle(op, in.Location)
		}
		return nil
	}
	pages := s3.NewListDirectoryBucketsPaginator(c.In(in.Region), &s3.ListDirectoryBucketsInput{})
	return collect.List(ctx, in, op, pages, func(at snapshot.Meta, page *s3.ListDirectoryBucketsOutput) []snapshot.Bucket {
		out := make([]snapshot.Bucket, 0, len(page.Buckets))
		for _, b := range page.Buckets {
			at.Name = aws.ToString(b.Name)
			at.ARN = "arn:" + at.Partition + ":s3express:" + at.Region + ":" + at.Account + ":bucket/" + at.Name
			out = append(out, snapshot.Bucket{Meta: at, BucketRegion: snapshot.Value(at.Region, at.Calls...)})
		}
		return out
	})
}
