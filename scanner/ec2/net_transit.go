package ec2

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/scanner/snapshot"
)

// transitGateways lists the transit gateways, those that other accounts share too.
func transitGateways(ctx context.Context, in *reader) []snapshot.TransitGateway {
	pages := ec2.NewDescribeTransitGatewaysPaginator(in.api, &ec2.DescribeTransitGatewaysInput{MaxResults: aws.Int32(1000)})
	return list(ctx, in, "ec2:DescribeTransitGateways", pages, func(at snapshot.Meta, page *ec2.DescribeTransitGatewaysOutput) []snapshot.TransitGateway {
		return each(page.TransitGateways, func(g types.TransitGateway) snapshot.TransitGateway { return transitGateway(at, g) })
	})
}

func transitGateway(at snapshot.Meta, g types.TransitGateway) snapshot.TransitGateway {
	id := aws.ToString(g.TransitGatewayId)
	own := cmp.Or(aws.ToString(g.TransitGatewayArn), arn(at, g.OwnerId, "transit-gateway", id))
	o := cmp.Or(g.Options, &types.TransitGatewayOptions{})
	return snapshot.TransitGateway{
		Meta: named(at, own, "", g.Tags), ID: id, Owner: cmp.Or(aws.ToString(g.OwnerId), snapshot.AccountOf(own)), State: string(g.State),
		AutoAccept: string(o.AutoAcceptSharedAttachments), DefaultAssociation: string(o.DefaultRouteTableAssociation),
		DefaultPropagation: string(o.DefaultRouteTablePropagation), AssociationTable: aws.ToString(o.AssociationDefaultRouteTableId),
	}
}

// transitAttachments lists the attachments to the account's transit gateways, and of the
// account's resources to others'.
func transitAttachments(ctx context.Context, in *reader) []snapshot.TransitAttachment {
	pages := ec2.NewDescribeTransitGatewayAttachmentsPaginator(in.api, &ec2.DescribeTransitGatewayAttachmentsInput{MaxResults: aws.Int32(1000)})
	return list(ctx, in, "ec2:DescribeTransitGatewayAttachments", pages, func(at snapshot.Meta, page *ec2.DescribeTransitGatewayAttachmentsOutput) []snapshot.TransitAttachment {
		return each(page.TransitGatewayAttachments, func(a types.TransitGatewayAttachment) snapshot.TransitAttachment { return transitAttachment(at, a) })
	})
}

func transitAttachment(at snapshot.Meta, a types.TransitGatewayAttachment) snapshot.TransitAttachment {
	id := aws.ToString(a.TransitGatewayAttachmentId)
	out := snapshot.TransitAttachment{
		Meta: named(at, arn(at, nil, "transit-gateway-attachment", id), "", a.Tags), ID: id, Gateway: aws.ToString(a.TransitGatewayId),
		GatewayOwner: aws.ToString(a.TransitGatewayOwnerId), Type: string(a.ResourceType), Resource: aws.ToString(a.ResourceId),
		ResourceOwner: aws.ToString(a.ResourceOwnerId), State: string(a.State),
	}
	if a.Association != nil {
		out.Table, out.TableState = aws.ToString(a.Association.TransitGatewayRouteTableId), string(a.Association.State)
	}
	return out
}

func transitPeerings(ctx context.Context, in *reader) []snapshot.TransitPeering {
	pages := ec2.NewDescribeTransitGatewayPeeringAttachmentsPaginator(in.api, &ec2.DescribeTransitGatewayPeeringAttachmentsInput{MaxResults: aws.Int32(1000)})
	return list(ctx, in, "ec2:DescribeTransitGatewayPeeringAttachments", pages, func(at snapshot.Meta, page *ec2.DescribeTransitGatewayPeeringAttachmentsOutput) []snapshot.TransitPeering {
		return each(page.TransitGatewayPeeringAttachments, func(p types.TransitGatewayPeeringAttachment) snapshot.TransitPeering {
			id := aws.ToString(p.TransitGatewayAttachmentId)
			return snapshot.TransitPeering{
				Meta: named(at, arn(at, nil, "transit-gateway-attachment", id), "", p.Tags), ID: id, State: string(p.State),
				Requester: transitSide(p.RequesterTgwInfo), Accepter: transitSide(p.AccepterTgwInfo),
			}
		})
	})
}

func transitSide(s *types.PeeringTgwInfo) snapshot.TransitSide {
	s = cmp.Or(s, &types.PeeringTgwInfo{})
	return snapshot.TransitSide{Gateway: aws.ToString(s.TransitGatewayId), CoreNetwork: aws.ToString(s.CoreNetworkId), Owner: aws.ToString(s.OwnerId), Region: aws.ToString(s.Region)}
}

func transitTables(ctx context.Context, in *reader) []snapshot.TransitTable {
	pages := ec2.NewDescribeTransitGatewayRouteTablesPaginator(in.api, &ec2.DescribeTransitGatewayRouteTablesInput{MaxResults: aws.Int32(1000)})
	return list(ctx, in, "ec2:DescribeTransitGatewayRouteTables", pages, func(at snapshot.Meta, page *ec2.DescribeTransitGatewayRouteTablesOutput) []snapshot.TransitTable {
		return each(page.TransitGatewayRouteTables, func(t types.TransitGatewayRouteTable) snapshot.TransitTable {
			id := aws.ToString(t.TransitGatewayRouteTableId)
			return snapshot.TransitTable{Meta: named(at, arn(at, nil, "transit-gateway-route-table", id), "", t.Tags), ID: id, Gateway: aws.ToString(t.TransitGatewayId), State: string(t.State)}
		})
	})
}
