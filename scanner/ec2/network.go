package ec2

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/scanner/snapshot"
)

// vpcs lists the VPCs.
func vpcs(ctx context.Context, in *reader) []snapshot.VPC {
	pages := ec2.NewDescribeVpcsPaginator(in.api, &ec2.DescribeVpcsInput{MaxResults: aws.Int32(1000)})
	return list(ctx, in, "ec2:DescribeVpcs", pages, func(at snapshot.Meta, page *ec2.DescribeVpcsOutput) []snapshot.VPC {
		return each(page.Vpcs, func(v types.Vpc) snapshot.VPC {
			id := aws.ToString(v.VpcId)
			own := arn(at, v.OwnerId, "vpc", id)
			return snapshot.VPC{Meta: named(at, own, "", v.Tags), ID: id, Owner: snapshot.AccountOf(own), Default: aws.ToBool(v.IsDefault), DHCP: aws.ToString(v.DhcpOptionsId)}
		})
	})
}

// each maps one page.
func each[T, R any](list []T, f func(T) R) []R {
	out := make([]R, 0, len(list))
	for _, v := range list {
		out = append(out, f(v))
	}
	return out
}

// subnets lists the subnets.
func subnets(ctx context.Context, in *reader) []snapshot.Subnet {
	pages := ec2.NewDescribeSubnetsPaginator(in.api, &ec2.DescribeSubnetsInput{MaxResults: aws.Int32(1000)})
	return list(ctx, in, listSubnets, pages, func(at snapshot.Meta, page *ec2.DescribeSubnetsOutput) []snapshot.Subnet {
		return each(page.Subnets, func(s types.Subnet) snapshot.Subnet { return subnet(at, s) })
	})
}

func subnet(at snapshot.Meta, s types.Subnet) snapshot.Subnet {
	id := aws.ToString(s.SubnetId)
	own := cmp.Or(aws.ToString(s.SubnetArn), arn(at, s.OwnerId, "subnet", id))
	out := snapshot.Subnet{
		Meta: named(at, own, "", s.Tags), ID: id, VPC: aws.ToString(s.VpcId),
		Owner:                cmp.Or(aws.ToString(s.OwnerId), snapshot.AccountOf(own)),
		MapPublicIPOnLaunch:  stated(at, s.MapPublicIpOnLaunch, listSubnets, "MapPublicIpOnLaunch"),
		AssignIPv6OnCreation: aws.ToBool(s.AssignIpv6AddressOnCreation),
		Zone:                 aws.ToString(s.AvailabilityZone), ZoneID: aws.ToString(s.AvailabilityZoneId), Outpost: aws.ToString(s.OutpostArn),
		DefaultForZone: aws.ToBool(s.DefaultForAz), IPv6Native: aws.ToBool(s.Ipv6Native), Free: s.AvailableIpAddressCount,
	}
	out.CIDRs = once(out.CIDRs, s.CidrBlock)
	for _, a := range s.Ipv6CidrBlockAssociationSet {
		if a.Ipv6CidrBlockState != nil && a.Ipv6CidrBlockState.State == types.SubnetCidrBlockStateCodeDisassociated {
			continue
		}
		out.CIDRs = once(out.CIDRs, a.Ipv6CidrBlock)
		if a.Ipv6AddressAttribute == types.Ipv6AddressAttributePrivate {
			out.PrivateIPv6 = once(out.PrivateIPv6, a.Ipv6CidrBlock)
		} else {
			out.PublicIPv6 = once(out.PublicIPv6, a.Ipv6CidrBlock)
		}
	}
	return out
}

// internetGateways lists the internet gateways.
func internetGateways(ctx context.Context, in *reader) []snapshot.InternetGateway {
	pages := ec2.NewDescribeInternetGatewaysPaginator(in.api, &ec2.DescribeInternetGatewaysInput{MaxResults: aws.Int32(1000)})
	return list(ctx, in, "ec2:DescribeInternetGateways", pages, func(at snapshot.Meta, page *ec2.DescribeInternetGatewaysOutput) []snapshot.InternetGateway {
		return each(page.InternetGateways, func(g types.InternetGateway) snapshot.InternetGateway {
			id := aws.ToString(g.InternetGatewayId)
			out := snapshot.InternetGateway{Meta: named(at, arn(at, g.OwnerId, "internet-gateway", id), "", g.Tags), ID: id}
			for _, a := range g.Attachments {
				out.Attachments = append(out.Attachments, snapshot.GatewayAttachment{VPC: aws.ToString(a.VpcId), State: string(a.State)})
			}
			return out
		})
	})
}

// networkACLs lists the network ACLs.
func networkACLs(ctx context.Context, in *reader) []snapshot.NetworkACL {
	pages := ec2.NewDescribeNetworkAclsPaginator(in.api, &ec2.DescribeNetworkAclsInput{MaxResults: aws.Int32(1000)})
	return list(ctx, in, "ec2:DescribeNetworkAcls", pages, func(at snapshot.Meta, page *ec2.DescribeNetworkAclsOutput) []snapshot.NetworkACL {
		return each(page.NetworkAcls, func(n types.NetworkAcl) snapshot.NetworkACL { return networkACL(at, n) })
	})
}

func networkACL(at snapshot.Meta, n types.NetworkAcl) snapshot.NetworkACL {
	id := aws.ToString(n.NetworkAclId)
	own := arn(at, n.OwnerId, "network-acl", id)
	out := snapshot.NetworkACL{Meta: named(at, own, "", n.Tags), ID: id, VPC: aws.ToString(n.VpcId), Owner: snapshot.AccountOf(own), Default: aws.ToBool(n.IsDefault)}
	for _, a := range n.Associations {
		out.Subnets = append(out.Subnets, aws.ToString(a.SubnetId))
	}
	out.Entries = each(n.Entries, aclEntry)
	return out
}

func aclEntry(e types.NetworkAclEntry) snapshot.ACLEntry {
	out := snapshot.ACLEntry{
		Number: aws.ToInt32(e.RuleNumber), Egress: aws.ToBool(e.Egress), Action: string(e.RuleAction), Protocol: aws.ToString(e.Protocol),
		CIDR: cmp.Or(aws.ToString(e.CidrBlock), aws.ToString(e.Ipv6CidrBlock)),
	}
	switch {
	case e.PortRange != nil:
		out.FromPort, out.ToPort = e.PortRange.From, e.PortRange.To
	case e.IcmpTypeCode != nil:
		out.FromPort, out.ToPort = e.IcmpTypeCode.Type, e.IcmpTypeCode.Code
	}
	return out
}
