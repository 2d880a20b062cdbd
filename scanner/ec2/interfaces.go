package ec2

import (
	"cmp"
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/scanner/snapshot"
)

// interfaces lists the network interfaces.
func interfaces(ctx context.Context, in *reader) []snapshot.NetworkInterface {
	pages := ec2.NewDescribeNetworkInterfacesPaginator(in.api, &ec2.DescribeNetworkInterfacesInput{MaxResults: aws.Int32(1000), IncludeManagedResources: aws.Bool(true)})
	return list(ctx, in, listInterfaces, pages, func(at snapshot.Meta, page *ec2.DescribeNetworkInterfacesOutput) []snapshot.NetworkInterface {
		return each(page.NetworkInterfaces, func(n types.NetworkInterface) snapshot.NetworkInterface { return networkInterface(at, n) })
	})
}

func networkInterface(at snapshot.Meta, n types.NetworkInterface) snapshot.NetworkInterface {
	id := aws.ToString(n.NetworkInterfaceId)
	out := snapshot.NetworkInterface{
		Meta: named(at, arn(at, n.OwnerId, "network-interface", id), "", n.TagSet), ID: id,
		Owner: cmp.Or(aws.ToString(n.OwnerId), at.Account), Type: string(n.InterfaceType), Status: string(n.Status),
		RequesterID: aws.ToString(n.RequesterId), RequesterManaged: aws.ToBool(n.RequesterManaged),
		VPC: aws.ToString(n.VpcId), Subnet: aws.ToString(n.SubnetId), DenyAllIGWTraffic: aws.ToBool(n.DenyAllIgwTraffic),
		SourceDestCheck: stated(at, n.SourceDestCheck, listInterfaces, "SourceDestCheck"),
	}
	out.Managed = n.Operator != nil && aws.ToBool(n.Operator.Managed)
	if a := n.Attachment; a != nil {
		out.Instance, out.Attachment = aws.ToString(a.InstanceId), string(a.Status)
	}
	for _, g := range n.Groups {
		out.Groups = append(out.Groups, aws.ToString(g.GroupId))
		out.GroupNames = append(out.GroupNames, aws.ToString(g.GroupName))
	}
	addresses(&out, n)
	return out
}

// addresses maps what the interface answers to. An association stands at the interface and
// at the private address that it is of; either alone counts.
func addresses(out *snapshot.NetworkInterface, n types.NetworkInterface) {
	associations := []*types.NetworkInterfaceAssociation{n.Association}
	for _, a := range n.PrivateIpAddresses {
		out.Private = once(out.Private, a.PrivateIpAddress)
		associations = append(associations, a.Association)
	}
	out.Private = once(out.Private, n.PrivateIpAddress)
	for _, a := range associations {
		if a != nil {
			out.Public = once(out.Public, a.PublicIp)
			out.Carrier = once(once(out.Carrier, a.CarrierIp), a.CustomerOwnedIp)
		}
	}
	for _, a := range n.Ipv6Addresses {
		out.IPv6 = once(out.IPv6, a.Ipv6Address)
	}
	for _, p := range n.Ipv6Prefixes {
		out.IPv6Prefixes = once(out.IPv6Prefixes, p.Ipv6Prefix)
	}
}

// once adds a value that is there and not yet in the list.
func once(list []string, v *string) []string {
	if v == nil || *v == "" || slices.Contains(list, *v) {
		return list
	}
	return append(list, *v)
}
