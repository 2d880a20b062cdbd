package ec2

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// groupRules lists the rules of all groups one by one, with their ids.
func groupRules(ctx context.Context, in *reader) []snapshot.GroupRule {
	pages := ec2.NewDescribeSecurityGroupRulesPaginator(in.api, &ec2.DescribeSecurityGroupRulesInput{MaxResults: aws.Int32(1000)})
	return list(ctx, in, "ec2:DescribeSecurityGroupRules", pages, func(at snapshot.Meta, page *ec2.DescribeSecurityGroupRulesOutput) []snapshot.GroupRule {
		return each(page.SecurityGroupRules, func(r types.SecurityGroupRule) snapshot.GroupRule { return groupRule(at, r) })
	})
}

func groupRule(at snapshot.Meta, r types.SecurityGroupRule) snapshot.GroupRule {
	id := aws.ToString(r.SecurityGroupRuleId)
	referred := cmp.Or(r.ReferencedGroupInfo, &types.ReferencedSecurityGroup{})
	return snapshot.GroupRule{
		Meta: named(at, cmp.Or(aws.ToString(r.SecurityGroupRuleArn), arn(at, r.GroupOwnerId, "security-group-rule", id)), "", r.Tags), ID: id,
		Group: aws.ToString(r.GroupId), Egress: aws.ToBool(r.IsEgress), Description: aws.ToString(r.Description), Protocol: aws.ToString(r.IpProtocol),
		Source: cmp.Or(aws.ToString(r.CidrIpv4), aws.ToString(r.CidrIpv6), aws.ToString(r.PrefixListId), aws.ToString(referred.GroupId)),
	}
}

// groupAssociations lists the VPCs in which groups of other VPCs may be used.
func groupAssociations(ctx context.Context, in *reader) []snapshot.GroupAssociation {
	pages := ec2.NewDescribeSecurityGroupVpcAssociationsPaginator(in.api, &ec2.DescribeSecurityGroupVpcAssociationsInput{MaxResults: aws.Int32(1000)})
	return list(ctx, in, "ec2:DescribeSecurityGroupVpcAssociations", pages, func(at snapshot.Meta, page *ec2.DescribeSecurityGroupVpcAssociationsOutput) []snapshot.GroupAssociation {
		return each(page.SecurityGroupVpcAssociations, func(a types.SecurityGroupVpcAssociation) snapshot.GroupAssociation {
			return snapshot.GroupAssociation{
				Meta:  named(at, "", "", nil), // AWS defines no ARN
				Group: aws.ToString(a.GroupId), VPC: aws.ToString(a.VpcId), VPCOwner: aws.ToString(a.VpcOwnerId), State: string(a.State),
			}
		})
	})
}

// staleRules asks each VPC for rules that refer to groups that are gone. Such a rule refers
// to a group of another VPC, or to one that is not listed: a VPC without any has none, and is
// not asked.
func staleRules(ctx context.Context, in *reader, groups []snapshot.SecurityGroup) {
	if !in.Wants(readStale) {
		return
	}
	ask := slices.Sorted(maps.Keys(mayBeStale(groups)))
	answers := make([]snapshot.Read[map[string]snapshot.StaleRules], len(ask))
	in.Each(ctx, len(ask), func(i int) { answers[i] = stale(ctx, in, ask[i]) })
	for i := range groups {
		g := &groups[i]
		g.Stale = snapshot.Value(snapshot.StaleRules{}, g.Calls...)
		if n, asked := slices.BinarySearch(ask, g.VPC); asked {
			found, err := answers[n].Get()
			if err != nil {
				g.Stale = snapshot.Missing[snapshot.StaleRules](err, answers[n].Calls()...)
				continue
			}
			g.Stale = snapshot.Value(found[g.ID], answers[n].Calls()...)
		}
	}
	if len(ask) == 0 && in.Unlisted(listGroups) == nil {
		in.Settle(readStale)
	}
}

// mayBeStale are the VPCs in which some rule refers to a group that is not listed there.
func mayBeStale(groups []snapshot.SecurityGroup) map[string]bool {
	home := map[string]string{}
	for _, g := range groups {
		home[g.ID] = g.VPC
	}
	out := map[string]bool{}
	for _, g := range groups {
		for _, r := range slices.Concat(g.Ingress, g.Egress) {
			for _, id := range r.Groups {
				if vpc, ok := home[id]; !ok || vpc != g.VPC {
					out[g.VPC] = true
				}
			}
		}
	}
	return out
}

func stale(ctx context.Context, in *reader, vpc string) snapshot.Read[map[string]snapshot.StaleRules] {
	return collect.Ask(ctx, in.Scope, readStale, func(ctx context.Context) (map[string]snapshot.StaleRules, error) {
		pages := ec2.NewDescribeStaleSecurityGroupsPaginator(in.api, &ec2.DescribeStaleSecurityGroupsInput{VpcId: &vpc, MaxResults: aws.Int32(255)})
		list, err := collect.Gather(ctx, pages, func(page *ec2.DescribeStaleSecurityGroupsOutput) *string { return page.NextToken }, func(page *ec2.DescribeStaleSecurityGroupsOutput) []types.StaleSecurityGroup {
			return page.StaleSecurityGroupSet
		})
		out := map[string]snapshot.StaleRules{}
		for _, g := range list {
			out[aws.ToString(g.GroupId)] = staleRule(g)
		}
		return out, err
	})
}

func staleRule(g types.StaleSecurityGroup) (out snapshot.StaleRules) {
	for _, p := range slices.Concat(g.StaleIpPermissions, g.StaleIpPermissionsEgress) {
		out.Count++
		for _, pair := range p.UserIdGroupPairs {
			out.Gone = once(out.Gone, pair.GroupId)
		}
	}
	return out
}
