package scanner

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// own are the operations that every scan makes, whatever its checks: who we are, and
// where. DescribeRegions is asked where ListRegions gave nothing.
var own = []string{"sts:GetCallerIdentity", "account:ListRegions", "ec2:DescribeRegions"}

// regionsAPI is every call that lists Regions.
type regionsAPI struct {
	account account.ListRegionsAPIClient
	ec2     interface {
		DescribeRegions(context.Context, *ec2.DescribeRegionsInput, ...func(*ec2.Options)) (*ec2.DescribeRegionsOutput, error)
	}
}

// regions lists the partition's Regions with their opt-in status in this account.
func regions(ctx context.Context, in collect.Scope, api regionsAPI) snapshot.Read[[]snapshot.Region] {
	in = in.In(snapshot.Global)
	pages := account.NewListRegionsPaginator(api.account, &account.ListRegionsInput{})
	var calls []snapshot.Call
	listed := collect.List(ctx, in, "account:ListRegions", pages, func(at snapshot.Meta, page *account.ListRegionsOutput) []snapshot.Region {
		calls = append(calls, at.Calls...)
		out := make([]snapshot.Region, 0, len(page.Regions))
		for _, r := range page.Regions {
			out = append(out, snapshot.Region{Name: aws.ToString(r.RegionName), Status: string(r.RegionOptStatus)})
		}
		return out
	})
	if len(listed) > 0 && in.Unlisted("account:ListRegions") == nil {
		in.Calls.Settle("ec2:DescribeRegions", in.Location)
		return snapshot.Value(sorted(listed), calls...)
	}
	return collect.Ask(ctx, in, "ec2:DescribeRegions", func(ctx context.Context) ([]snapshot.Region, error) {
		out, err := api.ec2.DescribeRegions(ctx, &ec2.DescribeRegionsInput{AllRegions: aws.Bool(true)})
		if err != nil {
			return nil, err
		}
		var all []snapshot.Region
		for _, r := range out.Regions {
			all = append(all, snapshot.Region{Name: aws.ToString(r.RegionName), Status: aws.ToString(r.OptInStatus)})
		}
		return sorted(all), nil
	})
}

func sorted(all []snapshot.Region) []snapshot.Region {
	slices.SortFunc(all, func(a, b snapshot.Region) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return all
}
