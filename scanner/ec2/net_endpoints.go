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

func endpoints(ctx context.Context, in *reader) []snapshot.VPCEndpoint {
	pages := ec2.NewDescribeVpcEndpointsPaginator(in.api, &ec2.DescribeVpcEndpointsInput{MaxResults: aws.Int32(1000)})
	return list(ctx, in, "ec2:DescribeVpcEndpoints", pages, func(at snapshot.Meta, page *ec2.DescribeVpcEndpointsOutput) []snapshot.VPCEndpoint {
		return each(page.VpcEndpoints, func(e types.VpcEndpoint) snapshot.VPCEndpoint { return endpoint(at, e) })
	})
}

func endpoint(at snapshot.Meta, e types.VpcEndpoint) snapshot.VPCEndpoint {
	id := aws.ToString(e.VpcEndpointId)
	own := arn(at, e.OwnerId, "vpc-endpoint", id)
	return snapshot.VPCEndpoint{
		Meta: named(at, own, "", e.Tags), ID: id, Owner: snapshot.AccountOf(own), VPC: aws.ToString(e.VpcId), Type: string(e.VpcEndpointType),
		Service: aws.ToString(e.ServiceName), ServiceRegion: aws.ToString(e.ServiceRegion), State: string(e.State), Policy: aws.ToString(e.PolicyDocument),
		PrivateDNS: aws.ToBool(e.PrivateDnsEnabled), RequesterManaged: aws.ToBool(e.RequesterManaged), Subnets: e.SubnetIds, RouteTables: e.RouteTableIds,
	}
}

// endpointServices lists the services that the account itself offers, and reads of each who
// may make endpoints to it.
func endpointServices(ctx context.Context, in *reader) []snapshot.EndpointService {
	pages := ec2.NewDescribeVpcEndpointServiceConfigurationsPaginator(in.api, &ec2.DescribeVpcEndpointServiceConfigurationsInput{MaxResults: aws.Int32(1000)})
	out := list(ctx, in, listEndpointServices, pages, func(at snapshot.Meta, page *ec2.DescribeVpcEndpointServiceConfigurationsOutput) []snapshot.EndpointService {
		return each(page.ServiceConfigurations, func(s types.ServiceConfiguration) snapshot.EndpointService { return endpointService(at, s) })
	})
	in.Each(ctx, len(out), func(i int) { out[i].Principals = principals(ctx, in, out[i].ID) })
	if len(out) == 0 && in.Unlisted(listEndpointServices) == nil {
		in.Settle(readPermissions)
	}
	return out
}

func endpointService(at snapshot.Meta, s types.ServiceConfiguration) snapshot.EndpointService {
	id := aws.ToString(s.ServiceId)
	out := snapshot.EndpointService{
		Meta: named(at, arn(at, nil, "vpc-endpoint-service", id), "", s.Tags), ID: id, Service: aws.ToString(s.ServiceName), State: string(s.ServiceState),
		AcceptanceRequired: stated(at, s.AcceptanceRequired, listEndpointServices, "AcceptanceRequired"), ManagesEndpoints: aws.ToBool(s.ManagesVpcEndpoints),
	}
	for _, t := range s.ServiceType {
		out.Types = append(out.Types, string(t.ServiceType))
	}
	return out
}

func principals(ctx context.Context, in *reader, id string) snapshot.Read[[]snapshot.ServicePrincipal] {
	return collect.Ask(ctx, in.Scope, readPermissions, func(ctx context.Context) ([]snapshot.ServicePrincipal, error) {
		pages := ec2.NewDescribeVpcEndpointServicePermissionsPaginator(in.api, &ec2.DescribeVpcEndpointServicePermissionsInput{ServiceId: &id, MaxResults: aws.Int32(1000)})
		return collect.Gather(ctx, pages, func(page *ec2.DescribeVpcEndpointServicePermissionsOutput) *string { return page.NextToken }, func(page *ec2.DescribeVpcEndpointServicePermissionsOutput) []snapshot.ServicePrincipal {
			return each(page.AllowedPrincipals, func(p types.AllowedPrincipal) snapshot.ServicePrincipal {
				return snapshot.ServicePrincipal{Principal: aws.ToString(p.Principal), Type: string(p.PrincipalType)}
			})
		})
	})
}

func peerings(ctx context.Context, in *reader) []snapshot.VPCPeering {
	pages := ec2.NewDescribeVpcPeeringConnectionsPaginator(in.api, &ec2.DescribeVpcPeeringConnectionsInput{MaxResults: aws.Int32(1000)})
	return list(ctx, in, "ec2:DescribeVpcPeeringConnections", pages, func(at snapshot.Meta, page *ec2.DescribeVpcPeeringConnectionsOutput) []snapshot.VPCPeering {
		return each(page.VpcPeeringConnections, func(p types.VpcPeeringConnection) snapshot.VPCPeering { return peering(at, p) })
	})
}

func peering(at snapshot.Meta, p types.VpcPeeringConnection) snapshot.VPCPeering {
	id := aws.ToString(p.VpcPeeringConnectionId)
	out := snapshot.VPCPeering{
		Meta: named(at, arn(at, nil, "vpc-peering-connection", id), "", p.Tags), ID: id,
		Requester: peeringSide(at, p.RequesterVpcInfo), Accepter: peeringSide(at, p.AccepterVpcInfo),
	}
	if p.Status != nil {
		out.Status = string(p.Status.Code)
	}
	return out
}

// peeringSide maps one side. CidrBlock alone stands where the set is lacking: the set holds
// it, and the VPC's other blocks.
func peeringSide(at snapshot.Meta, s *types.VpcPeeringConnectionVpcInfo) snapshot.PeeringSide {
	s = cmp.Or(s, &types.VpcPeeringConnectionVpcInfo{})
	out := snapshot.PeeringSide{VPC: aws.ToString(s.VpcId), Owner: aws.ToString(s.OwnerId), Region: aws.ToString(s.Region)}
	for _, c := range s.CidrBlockSet {
		out.CIDRs = once(out.CIDRs, c.CidrBlock)
	}
	out.CIDRs = once(out.CIDRs, s.CidrBlock)
	for _, c := range s.Ipv6CidrBlockSet {
		out.CIDRs = once(out.CIDRs, c.Ipv6CidrBlock)
	}
	var dns *bool
	if s.PeeringOptions != nil {
		dns = s.PeeringOptions.AllowDnsResolutionFromRemoteVpc
	}
	out.DNS = stated(at, dns, "ec2:DescribeVpcPeeringConnections", "AllowDnsResolutionFromRemoteVpc")
	return out
}
