package ec2

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/scanner/snapshot"
)

// routeTables lists the VPC route tables with their routes.
func routeTables(ctx context.Context, in *reader) []snapshot.RouteTable {
	pages := ec2.NewDescribeRouteTablesPaginator(in.api, &ec2.DescribeRouteTablesInput{MaxResults: aws.Int32(100)})
	return list(ctx, in, listRoutes, pages, func(at snapshot.Meta, page *ec2.DescribeRouteTablesOutput) []snapshot.RouteTable {
		return each(page.RouteTables, func(t types.RouteTable) snapshot.RouteTable { return routeTable(at, t) })
	})
}

func routeTable(at snapshot.Meta, t types.RouteTable) snapshot.RouteTable {
	id := aws.ToString(t.RouteTableId)
	out := snapshot.RouteTable{Meta: named(at, arn(at, t.OwnerId, "route-table", id), "", t.Tags), ID: id, VPC: aws.ToString(t.VpcId)}
	for _, a := range t.Associations {
		use := snapshot.RouteAssociation{Subnet: aws.ToString(a.SubnetId), Gateway: aws.ToString(a.GatewayId), Main: aws.ToBool(a.Main)}
		if a.AssociationState != nil {
			use.State = string(a.AssociationState.State)
		}
		out.Associations = append(out.Associations, use)
	}
	out.Routes = each(t.Routes, route)
	return out
}

// route maps one route. AWS gives the target in one of many fields; an instance as target
// comes with the interface that carries it, which is what packets go to.
func route(r types.Route) snapshot.Route {
	return snapshot.Route{
		Destination: cmp.Or(aws.ToString(r.DestinationCidrBlock), aws.ToString(r.DestinationIpv6CidrBlock)),
		PrefixList:  aws.ToString(r.DestinationPrefixListId),
		Target: cmp.Or(aws.ToString(r.GatewayId), aws.ToString(r.NatGatewayId), aws.ToString(r.EgressOnlyInternetGatewayId),
			aws.ToString(r.TransitGatewayId), aws.ToString(r.VpcPeeringConnectionId), aws.ToString(r.NetworkInterfaceId),
			aws.ToString(r.LocalGatewayId), aws.ToString(r.CarrierGatewayId), aws.ToString(r.CoreNetworkArn), aws.ToString(r.InstanceId)),
		State: string(r.State), Origin: string(r.Origin),
	}
}

// exclusions lists what VPC Block Public Access leaves out. The SDK has no paginator of it.
func exclusions(ctx context.Context, in *reader) []snapshot.Exclusion {
	return list(ctx, in, "ec2:DescribeVpcBlockPublicAccessExclusions", &exclusionPages{api: in.api}, func(at snapshot.Meta, page *ec2.DescribeVpcBlockPublicAccessExclusionsOutput) []snapshot.Exclusion {
		return each(page.VpcBlockPublicAccessExclusions, func(e types.VpcBlockPublicAccessExclusion) snapshot.Exclusion {
			id := aws.ToString(e.ExclusionId)
			return snapshot.Exclusion{
				Meta: named(at, arn(at, nil, "vpc-block-public-access-exclusion", id), "", e.Tags), ID: id,
				Resource: aws.ToString(e.ResourceArn), Mode: string(e.InternetGatewayExclusionMode), State: string(e.State),
			}
		})
	})
}

// exclusionPages pages as the SDK's paginators do.
type exclusionPages struct {
	api   API
	token *string
	ended bool
}

// HasMorePages says that there is a page to ask for.
func (p *exclusionPages) HasMorePages() bool { return !p.ended }

// NextPage asks for the next page.
func (p *exclusionPages) NextPage(ctx context.Context, options ...func(*ec2.Options)) (*ec2.DescribeVpcBlockPublicAccessExclusionsOutput, error) {
	out, err := p.api.DescribeVpcBlockPublicAccessExclusions(ctx, &ec2.DescribeVpcBlockPublicAccessExclusionsInput{MaxResults: aws.Int32(1000), NextToken: p.token}, options...)
	if err != nil {
		return nil, err
	}
	p.token = out.NextToken
	p.ended = aws.ToString(p.token) == ""
	return out, nil
}
