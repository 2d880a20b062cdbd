package ec2

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// groups lists the security groups, those that other accounts share with this one too.
func groups(ctx context.Context, in *reader) []snapshot.SecurityGroup {
	pages := ec2.NewDescribeSecurityGroupsPaginator(in.api, &ec2.DescribeSecurityGroupsInput{MaxResults: aws.Int32(1000)})
	return list(ctx, in, listGroups, pages, func(at snapshot.Meta, page *ec2.DescribeSecurityGroupsOutput) []snapshot.SecurityGroup {
		out := make([]snapshot.SecurityGroup, 0, len(page.SecurityGroups))
		for _, g := range page.SecurityGroups {
			out = append(out, group(at, g))
		}
		return out
	})
}

func group(at snapshot.Meta, g types.SecurityGroup) snapshot.SecurityGroup {
	id := aws.ToString(g.GroupId)
	own := cmp.Or(aws.ToString(g.SecurityGroupArn), arn(at, g.OwnerId, "security-group", id))
	out := snapshot.SecurityGroup{
		Meta: named(at, own, aws.ToString(g.GroupName), g.Tags), ID: id, Group: aws.ToString(g.GroupName), About: aws.ToString(g.Description),
		Owner: cmp.Or(aws.ToString(g.OwnerId), snapshot.AccountOf(own)), VPC: aws.ToString(g.VpcId),
	}
	for _, p := range g.IpPermissions {
		out.Ingress = append(out.Ingress, rule(p))
	}
	for _, p := range g.IpPermissionsEgress {
		out.Egress = append(out.Egress, rule(p))
	}
	return out
}

// rule maps one permission; a source that the answer leaves empty stays, so that the rule
// cannot be mistaken for one without it.
func rule(p types.IpPermission) snapshot.Rule {
	r := snapshot.Rule{Protocol: aws.ToString(p.IpProtocol), FromPort: p.FromPort, ToPort: p.ToPort}
	for _, s := range p.IpRanges {
		r.CIDRs = append(r.CIDRs, aws.ToString(s.CidrIp))
	}
	for _, s := range p.Ipv6Ranges {
		r.CIDRs = append(r.CIDRs, aws.ToString(s.CidrIpv6))
	}
	for _, s := range p.PrefixListIds {
		r.PrefixLists = append(r.PrefixLists, aws.ToString(s.PrefixListId))
	}
	for _, s := range p.UserIdGroupPairs {
		r.Groups = append(r.Groups, aws.ToString(s.GroupId))
		r.Pairs = append(r.Pairs, snapshot.GroupPair{
			Group: aws.ToString(s.GroupId), Account: aws.ToString(s.UserId), VPC: aws.ToString(s.VpcId),
			Peering: aws.ToString(s.VpcPeeringConnectionId), PeeringStatus: aws.ToString(s.PeeringStatus),
		})
	}
	return r
}

// attach tells each group whether an interface carries it. One interface is enough to say
// yes; no needs the whole list.
func attach(in collect.Scope, groups []snapshot.SecurityGroup, interfaces []snapshot.NetworkInterface, pages []snapshot.Call) {
	carriers := map[string][]snapshot.Call{}
	for _, n := range interfaces {
		for _, id := range n.Groups {
			if _, ok := carriers[id]; !ok {
				carriers[id] = n.Calls
			}
		}
	}
	err := in.Unlisted(listInterfaces)
	for i := range groups {
		g := &groups[i]
		switch calls, ok := carriers[g.ID]; {
		case ok:
			g.Attached = snapshot.Value(true, calls...)
		case err != nil:
			g.Attached = snapshot.Missing[bool](err, pages...)
		default:
			g.Attached = snapshot.Value(false, pages...)
		}
	}
}
