package s3

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// Collect reads S3 for the Regions that are scanned. Buckets elsewhere are left out; one
// whose Region could not be read is kept.
func Collect(ctx context.Context, in collect.Scope, regions []string, c Clients, o Options) snapshot.S3 {
	in = in.In(snapshot.Global)
	out := snapshot.S3{PublicAccess: accountBlock(ctx, in, c.Control)}
	out.Buckets, out.Own = buckets(ctx, in, regions, c)
	out.Sampling = samples(ctx, in, c, o.Sample, out.PublicAccess, out.Buckets)
	out.MultiRegionAccessPoints = multiRegionAccessPoints(ctx, in, c)
	found := make([]snapshot.S3, len(regions))
	in.Each(ctx, len(regions), func(i int) {
		at, control := in.In(regions[i]), c.ControlIn(regions[i])
		found[i] = snapshot.S3{
			Directories: directories(ctx, at, c), AccessPoints: accessPoints(ctx, at, control),
			AccessGrants: accessGrants(ctx, at, control), Jobs: batchJobs(ctx, at, control),
		}
	})
	for _, f := range found {
		out.Directories, out.AccessPoints = append(out.Directories, f.Directories...), append(out.AccessPoints, f.AccessPoints...)
		out.AccessGrants, out.Jobs = append(out.AccessGrants, f.AccessGrants...), append(out.Jobs, f.Jobs...)
	}
	return out
}

// buckets lists the buckets and then asks about each that lies in the Regions; own is where
// all of them lie.
func buckets(ctx context.Context, in collect.Scope, regions []string, c Clients) (all []snapshot.Bucket, own map[string]snapshot.Read[string]) {
	// MaxBuckets makes AWS add each bucket's Region.
	pages := s3.NewListBucketsPaginator(c.Home, &s3.ListBucketsInput{MaxBuckets: aws.Int32(1000)})
	all = collect.List(ctx, in, "s3:ListBuckets", pages, func(at snapshot.Meta, page *s3.ListBucketsOutput) []snapshot.Bucket {
		out := make([]snapshot.Bucket, 0, len(page.Buckets))
		for _, b := range page.Buckets {
			out = append(out, bucket(at, b, page.Owner))
		}
		return out
	})
	in.Each(ctx, len(all), func(i int) { locate(ctx, in, c.Home, &all[i]) })
	own = map[string]snapshot.Read[string]{}
	for _, b := range all {
		own[b.Name] = b.BucketRegion
	}
	all = slices.DeleteFunc(all, func(b snapshot.Bucket) bool {
		return b.Region != snapshot.Global && !slices.Contains(regions, b.Region)
	})
	in.Each(ctx, len(all), func(i int) { details(ctx, in, c, &all[i]) })
	if in.Unlisted("s3:ListBuckets") == nil {
		settle(in, regions, all)
	}
	return all, own
}

// settle closes the book on what had nothing to be asked about: Regions without a
// bucket, and the call that places a bucket where the list placed them all.
func settle(in collect.Scope, regions []string, all []snapshot.Bucket) {
	in.Settle("s3:GetBucketLocation")
	for _, region := range regions {
		if slices.ContainsFunc(all, func(b snapshot.Bucket) bool { return b.Region == region }) {
			continue
		}
		in.In(region).Settle(perBucket...)
	}
}

// bucket maps one entry of the list. Its Region is Global until it is known.
func bucket(at snapshot.Meta, b types.Bucket, owner *types.Owner) snapshot.Bucket {
	at.Name = aws.ToString(b.Name)
	at.ARN = fmt.Sprintf("arn:%s:s3:::%s", at.Partition, at.Name)
	out := snapshot.Bucket{Meta: at}
	if owner != nil {
		out.Owner = aws.ToString(owner.ID)
	}
	if region := aws.ToString(b.BucketRegion); region != "" { // empty: unknown, not us-east-1
		out.BucketRegion = snapshot.Value(region, at.Calls...)
		out.Region = region
	}
	return out
}

// locate finds the Region of a bucket that the list did not place.
func locate(ctx context.Context, in collect.Scope, api API, b *snapshot.Bucket) {
	if b.Region != snapshot.Global {
		return
	}
	b.BucketRegion = headRegion(ctx, in, api, b.Name)
	if region, err := b.BucketRegion.Get(); err != nil || region == "" {
		location := bucketLocation(ctx, in, api, b.Name)
		if _, err := location.Get(); err == nil || !in.Wants("s3:HeadBucket") {
			b.BucketRegion = location
		}
	}
	if region, err := b.BucketRegion.Get(); err == nil && region != "" {
		b.Region = region
	}
}

func headRegion(ctx context.Context, in collect.Scope, api API, name string) snapshot.Read[string] {
	return collect.Ask(ctx, in, "s3:HeadBucket", func(ctx context.Context) (string, error) {
		head, err := headBucket(ctx, api, &s3.HeadBucketInput{Bucket: &name})
		switch {
		case head.Region != "":
			return head.Region, nil
		case err != nil:
			return "", err
		}
		return "", errNoRegion
	})
}

var errNoRegion = errors.New("the answer names no Region")

func bucketLocation(ctx context.Context, in collect.Scope, api API, name string) snapshot.Read[string] {
	return collect.Ask(ctx, in, "s3:GetBucketLocation", func(ctx context.Context) (string, error) {
		out, err := api.GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: &name})
		if err != nil {
			return "", err
		}
		return regionOf(out.LocationConstraint), nil
	})
}

// regionOf reads a LocationConstraint. Source: S3 API Reference, GetBucketLocation.
func regionOf(c types.BucketLocationConstraint) string {
	switch c {
	case "":
		return "us-east-1"
	case types.BucketLocationConstraintEu:
		return "eu-west-1"
	}
	return string(c)
}

// accountBlock reads the account's own Block Public Access.
func accountBlock(ctx context.Context, in collect.Scope, api ControlAPI) snapshot.Read[snapshot.PublicAccessBlock] {
	return collect.Ask(ctx, in, "s3control:GetPublicAccessBlock", func(ctx context.Context) (snapshot.PublicAccessBlock, error) {
		out, err := api.GetPublicAccessBlock(ctx, &s3control.GetPublicAccessBlockInput{AccountId: &in.Account})
		if collect.Is(err, "NoSuchPublicAccessBlockConfiguration") {
			return snapshot.PublicAccessBlock{}, nil
		}
		if err != nil {
			return snapshot.PublicAccessBlock{}, err
		}
		return controlBlock(out.PublicAccessBlockConfiguration), nil
	})
}
