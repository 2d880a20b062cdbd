package ec2

import (
	"cmp"
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// The operations that the collector names more than once.
const (
	listInstances   = "ec2:DescribeInstances"
	readAttribute   = "ec2:DescribeInstanceAttribute"
	listGroups      = "ec2:DescribeSecurityGroups"
	listInterfaces  = "ec2:DescribeNetworkInterfaces"
	listPrefixLists = "ec2:DescribeManagedPrefixLists"
	readEntries     = "ec2:GetManagedPrefixListEntries"
	listRoutes      = "ec2:DescribeRouteTables"
	listSubnets     = "ec2:DescribeSubnets"
	listImages      = "ec2:DescribeImages"
	listSnapshots   = "ec2:DescribeSnapshots"
)

// Collect reads one Region. There is always one RegionSettings, also where its call failed.
func Collect(ctx context.Context, in collect.Scope, api API) snapshot.EC2 {
	out := snapshot.EC2{Regions: []snapshot.RegionSettings{{Meta: snapshot.Meta{Location: in.Location, Name: in.Region}}}}
	r := &reader{Scope: in, api: api, pages: map[string][]snapshot.Call{}}
	lists := []func(){
		func() { settings(ctx, in, api, &out.Regions[0]) },
		func() { out.Regions[0].ElasticIPQuota = elasticIPQuota(ctx, r) },
		func() { out.Volumes = volumes(ctx, in, api) },
		func() { out.VolumeSnapshots = volumeSnapshots(ctx, in, api) },
		func() { out.Images = images(ctx, in, api) },
		func() { out.Instances = instances(ctx, in, api) },
		func() { out.Groups = groups(ctx, r) },
		func() { out.Interfaces = interfaces(ctx, r) },
		func() { out.VPCs = vpcs(ctx, r) },
		func() { out.Subnets = subnets(ctx, r) },
		func() { out.RouteTables = routeTables(ctx, r) },
		func() { out.InternetGateways = internetGateways(ctx, r) },
		func() { out.NetworkACLs = networkACLs(ctx, r) },
		func() { out.Exclusions = exclusions(ctx, r) },
		func() { out.PrefixLists = prefixLists(ctx, r) },
		func() { out.LaunchTemplates = launchTemplates(ctx, in, api) },
		func() { out.SpotFleets = spotFleets(ctx, in, api) },
	}
	lists = append(lists, netLists(ctx, r, &out.Net)...)
	lists = append(lists, copyLists(ctx, r, &out.Copies)...)
	in.Each(ctx, len(lists), func(i int) { lists[i]() })
	staleRules(ctx, r, out.Groups)
	readReferred(ctx, in, api, &out)
	out.Regions[0].Interfaces = counted(in, len(out.Interfaces), r.pages[listInterfaces])
	attach(in, out.Groups, out.Interfaces, r.pages[listInterfaces])
	out.Net.Lists = r.lists()
	out.InstanceTypes = instanceTypes(ctx, in, api, out.Instances)
	return out
}

// counted is how many interfaces there are, from the pages that show it.
func counted(in collect.Scope, n int, pages []snapshot.Call) snapshot.Read[int] {
	if err := in.Unlisted(listInterfaces); err != nil {
		return snapshot.Missing[int](err, pages...)
	}
	return snapshot.Value(n, pages...)
}

// named completes what all resources have. The tag Name wins over AWS's name, which
// many resources lack.
func named(at snapshot.Meta, arn, name string, tags []types.Tag) snapshot.Meta {
	at.ARN, at.Name = arn, name
	if len(tags) == 0 {
		return at
	}
	at.Tags = make(map[string]string, len(tags))
	for _, t := range tags {
		at.Tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	at.Name = cmp.Or(at.Tags["Name"], name)
	return at
}

// arn builds the ARN of a resource for which the answer has none.
// Source: Service Authorization Reference, "Resource types defined by Amazon EC2".
func arn(at snapshot.Meta, owner *string, kind, id string) string {
	account := cmp.Or(aws.ToString(owner), at.Account)
	return fmt.Sprintf("arn:%s:ec2:%s:%s:%s/%s", at.Partition, at.Region, account, kind, id)
}
