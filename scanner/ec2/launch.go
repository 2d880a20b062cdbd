package ec2

import (
	"cmp"
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

const (
	listTemplates = "ec2:DescribeLaunchTemplates"
	readVersions  = "ec2:DescribeLaunchTemplateVersions"

	listSpotFleets = "ec2:DescribeSpotFleetRequests"
)

// launchTemplates lists the launch templates, those of AWS's managed resources too, and
// reads their versions. One list holds the default and the latest version of all of them;
// only a template that has had more is asked about by itself.
func launchTemplates(ctx context.Context, in collect.Scope, api API) []snapshot.LaunchTemplate {
	pages := ec2.NewDescribeLaunchTemplatesPaginator(api, &ec2.DescribeLaunchTemplatesInput{MaxResults: aws.Int32(200), IncludeManagedResources: aws.Bool(true)})
	all := collect.List(ctx, in, listTemplates, pages, func(at snapshot.Meta, page *ec2.DescribeLaunchTemplatesOutput) []snapshot.LaunchTemplate {
		return each(page.LaunchTemplates, func(t types.LaunchTemplate) snapshot.LaunchTemplate { return launchTemplate(at, t) })
	})
	switch {
	case len(all) > 0:
		versions(ctx, in, api, all)
	case in.Unlisted(listTemplates) == nil:
		in.Settle(readVersions)
	}
	return all
}

// versions adds to each template all versions that it has.
func versions(ctx context.Context, in collect.Scope, api API, all []snapshot.LaunchTemplate) {
	found := edgeVersions(ctx, in, api)
	known, err := found.Get()
	var more []*snapshot.LaunchTemplate
	for i := range all {
		t := &all[i]
		switch of := known[t.ID]; {
		case err != nil:
			t.Versions = snapshot.Missing[[]snapshot.TemplateVersion](err, found.Calls()...)
		case wholeVersions(of, t.Latest):
			t.Versions = snapshot.Value(of, found.Calls()...)
		default:
			more = append(more, t)
		}
	}
	in.Each(ctx, len(more), func(i int) { more[i].Versions = versionsOf(ctx, in, api, more[i].ID) })
}

// wholeVersions says that the versions are all there ever were: AWS counts them from 1.
func wholeVersions(list []snapshot.TemplateVersion, latest int64) bool {
	return len(list) > 0 && int64(len(list)) == max(latest, list[len(list)-1].Number)
}

// edgeVersions are the default and the latest version of every template, by its id.
func edgeVersions(ctx context.Context, in collect.Scope, api API) snapshot.Read[map[string][]snapshot.TemplateVersion] {
	return collect.Ask(ctx, in, readVersions, func(ctx context.Context) (map[string][]snapshot.TemplateVersion, error) {
		list, err := allVersions(ctx, api, &ec2.DescribeLaunchTemplateVersionsInput{
			Versions: []string{"$Default", "$Latest"}, MaxResults: aws.Int32(200), IncludeManagedResources: aws.Bool(true),
		})
		out := map[string][]snapshot.TemplateVersion{}
		for _, v := range list {
			id := aws.ToString(v.LaunchTemplateId)
			out[id] = append(out[id], templateVersion(in.Location, v))
		}
		for id := range out {
			out[id] = ordered(out[id])
		}
		return out, err
	})
}

// versionsOf are all versions of one template. Half of them is no value: the others may be
// the ones that matter.
func versionsOf(ctx context.Context, in collect.Scope, api API, id string) snapshot.Read[[]snapshot.TemplateVersion] {
	return collect.Ask(ctx, in, readVersions, func(ctx context.Context) ([]snapshot.TemplateVersion, error) {
		list, err := allVersions(ctx, api, &ec2.DescribeLaunchTemplateVersionsInput{LaunchTemplateId: &id, MaxResults: aws.Int32(200), IncludeManagedResources: aws.Bool(true)})
		if err != nil {
			return nil, err
		}
		return ordered(each(list, func(v types.LaunchTemplateVersion) snapshot.TemplateVersion { return templateVersion(in.Location, v) })), nil
	})
}

func allVersions(ctx context.Context, api API, input *ec2.DescribeLaunchTemplateVersionsInput) (out []types.LaunchTemplateVersion, err error) {
	pages := ec2.NewDescribeLaunchTemplateVersionsPaginator(api, input)
	for seen := map[string]bool{}; pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, page.LaunchTemplateVersions...)
		token := aws.ToString(page.NextToken)
		if seen[token] || len(seen) >= collect.MaxPages {
			return nil, &wire.MalformedError{What: "the pages of the versions would never end"}
		}
		seen[token] = true
	}
	return out, nil
}

// ordered are the versions by number, each once: one can be the default and the latest.
func ordered(list []snapshot.TemplateVersion) []snapshot.TemplateVersion {
	slices.SortFunc(list, func(a, b snapshot.TemplateVersion) int { return cmp.Compare(a.Number, b.Number) })
	return slices.CompactFunc(list, func(a, b snapshot.TemplateVersion) bool { return a.Number == b.Number })
}

// spotFleets lists the Spot Fleet requests.
func spotFleets(ctx context.Context, in collect.Scope, api API) []snapshot.SpotFleet {
	pages := ec2.NewDescribeSpotFleetRequestsPaginator(api, &ec2.DescribeSpotFleetRequestsInput{MaxResults: aws.Int32(1000)})
	return collect.List(ctx, in, listSpotFleets, pages, func(at snapshot.Meta, page *ec2.DescribeSpotFleetRequestsOutput) []snapshot.SpotFleet {
		return each(page.SpotFleetRequestConfigs, func(f types.SpotFleetRequestConfig) snapshot.SpotFleet { return spotFleet(at, f) })
	})
}

// instanceTypes asks about the types that live instances have, so many in one call as AWS
// takes. Source: EC2 API Reference, DescribeInstanceTypes, InstanceType.N.
func instanceTypes(ctx context.Context, in collect.Scope, api API, instances []snapshot.Instance) []snapshot.InstanceType {
	const op, most = "ec2:DescribeInstanceTypes", 100
	var used []types.InstanceType
	for _, i := range instances {
		if i.Live() && i.Type != "" {
			used = append(used, types.InstanceType(i.Type))
		}
	}
	slices.Sort(used)
	used = slices.Compact(used)
	if len(used) == 0 && in.Unlisted(listInstances) == nil {
		in.Settle(op)
	}
	var out []snapshot.InstanceType
	for some := range slices.Chunk(used, most) {
		pages := ec2.NewDescribeInstanceTypesPaginator(api, &ec2.DescribeInstanceTypesInput{InstanceTypes: some})
		out = append(out, collect.List(ctx, in, op, pages, func(at snapshot.Meta, page *ec2.DescribeInstanceTypesOutput) []snapshot.InstanceType {
			return each(page.InstanceTypes, func(t types.InstanceTypeInfo) snapshot.InstanceType { return instanceType(at, t) })
		})...)
	}
	return out
}
