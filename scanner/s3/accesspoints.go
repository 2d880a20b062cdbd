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
		all[i].Policy, all[i].IsPublic = accessPointPolicy(ctx, in, api, all[i].Name)
		all[i].PublicAccess = collect.Ask(ctx, in, get, func(ctx context.Context) (snapshot.PublicAccessBlock, error) {
			out, err := api.GetAccessPoint(ctx, &s3control.GetAccessPointInput{AccountId: &in.Account, Name: &all[i].Name})
			if err != nil {
				return snapshot.PublicAccessBlock{}, err
			}
			return controlBlock(out.PublicAccessBlockConfiguration), nil
		})
	})
	if len(all) == 0 && in.Unlisted(list) == nil {
		in.Settle(get, readPointPolicy, readPointStatus)
	}
	return all
}

const (
	readPointPolicy = "s3control:GetAccessPointPolicy"
	readPointStatus = "s3control:GetAccessPointPolicyStatus"
)

// accessPointPolicy reads the policy of one access point, and whether AWS calls it public.
func accessPointPolicy(ctx context.Context, in collect.Scope, api ControlAPI, name string) (snapshot.Read[string], snapshot.Read[bool]) {
	const none = "NoSuchAccessPointPolicy"
	policy := collect.Ask(ctx, in, readPointPolicy, func(ctx context.Context) (string, error) {
		out, err := api.GetAccessPointPolicy(ctx, &s3control.GetAccessPointPolicyInput{AccountId: &in.Account, Name: &name})
		switch {
		case collect.Is(err, none):
			return "", nil
		case err != nil:
			return "", err
		}
		return aws.ToString(out.Policy), nil
	})
	public := collect.Ask(ctx, in, readPointStatus, func(ctx context.Context) (bool, error) {
		out, err := api.GetAccessPointPolicyStatus(ctx, &s3control.GetAccessPointPolicyStatusInput{AccountId: &in.Account, Name: &name})
		switch {
		case collect.Is(err, none):
			return false, nil
		case err != nil:
			return false, err
		}
		return out.PolicyStatus != nil && out.PolicyStatus.IsPublic, nil
	})
	return policy, public
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
