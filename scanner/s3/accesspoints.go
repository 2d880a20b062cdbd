package s3

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/s3control/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// accessPoints reads the access points of one Region. The list does not hold their
// Block Public Access: one call each does. Those of directory buckets have a list of
// their own and always block.
func accessPoints(ctx context.Context, in collect.Scope, api ControlAPI) []snapshot.AccessPoint {
	const list, get = "s3control:ListAccessPoints", "s3control:GetAccessPoint"
	pages := s3control.NewListAccessPointsPaginator(api, &s3control.ListAccessPointsInput{AccountId: &in.Account})
	all := collect.List(ctx, in, list, pages, func(at snapshot.Meta, page *s3control.ListAccessPointsOutput) []snapshot.AccessPoint {
		out := make([]snapshot.AccessPoint, 0, len(page.AccessPointList))
		for _, p := range page.AccessPointList {
			out = append(out, accessPoint(at, p))
		}
		return out
	})
	in.Each(ctx, len(all), func(i int) {
		all[i].PublicAccess = collect.Ask(ctx, in, get, func(ctx context.Context) (snapshot.PublicAccessBlock, error) {
			out, err := api.GetAccessPoint(ctx, &s3control.GetAccessPointInput{AccountId: &in.Account, Name: &all[i].Name})
			if err != nil {
				return snapshot.PublicAccessBlock{}, err
			}
			return controlBlock(out.PublicAccessBlockConfiguration), nil
		})
	})
	if len(all) == 0 && in.Wants(get) && read(in, list) {
		in.Calls.Settle(get, in.Location)
	}
	return all
}

// accessPoint maps one entry of the list.
func accessPoint(at snapshot.Meta, p types.AccessPoint) snapshot.AccessPoint {
	at.Name, at.ARN = aws.ToString(p.Name), aws.ToString(p.AccessPointArn)
	if at.ARN == "" {
		at.ARN = "arn:" + at.Partition + ":s3:" + at.Region + ":" + at.Account + ":accesspoint/" + at.Name
	}
	out := snapshot.AccessPoint{
		Meta: at, Bucket: aws.ToString(p.Bucket), BucketAccount: aws.ToString(p.BucketAccountId), NetworkOrigin: string(p.NetworkOrigin),
	}
	if p.VpcConfiguration != nil {
		out.VPC = aws.ToString(p.VpcConfiguration.VpcId)
	}
	return out
}

// controlBlock maps the flags in the words of S3 Control; what lacks is false.
func controlBlock(c *types.PublicAccessBlockConfiguration) snapshot.PublicAccessBlock {
	if c == nil {
		return snapshot.PublicAccessBlock{}
	}
	return snapshot.PublicAccessBlock{
		BlockPublicAcls: aws.ToBool(c.BlockPublicAcls), IgnorePublicAcls: aws.ToBool(c.IgnorePublicAcls),
		BlockPublicPolicy: aws.ToBool(c.BlockPublicPolicy), RestrictPublicBuckets: aws.ToBool(c.RestrictPublicBuckets),
	}
}
