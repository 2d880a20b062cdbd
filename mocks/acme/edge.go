package acme

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// edge is where home meets the internet: IPv6 in the public subnet, which the bastion has
// and nobody closed, and a firewall that inspects what comes in for the private one.
func (r *region) edge() {
	c := &r.cloud
	const block, subnet = "2a05:d018:7e:a000::/56", "2a05:d018:7e:a000::/64"
	c.vpcs[0].Ipv6CidrBlockAssociationSet = []types.VpcIpv6CidrBlockAssociation{{AssociationId: aws.String(id("vpc-cidr-assoc", r.name)), Ipv6CidrBlock: aws.String(block),
		Ipv6CidrBlockState: &types.VpcCidrBlockState{State: types.VpcCidrBlockStateCodeAssociated}}}
	c.subnets[0].Ipv6CidrBlockAssociationSet = []types.SubnetIpv6CidrBlockAssociation{{AssociationId: aws.String(id("subnet-cidr-assoc", r.name)), Ipv6CidrBlock: aws.String(subnet),
		Ipv6CidrBlockState: &types.SubnetCidrBlockState{State: types.SubnetCidrBlockStateCodeAssociated}}}
	local := types.Route{DestinationIpv6CidrBlock: aws.String(block), GatewayId: aws.String("local"), State: types.RouteStateActive, Origin: types.RouteOriginCreateRouteTable}
	for i := range c.tables {
		if aws.ToString(c.tables[i].VpcId) == r.vpc() {
			c.tables[i].Routes = append(c.tables[i].Routes, local)
		}
	}
	outward := &c.tables[1]
	outward.Routes = append(outward.Routes, types.Route{DestinationIpv6CidrBlock: aws.String("::/0"), GatewayId: c.gateways[0].InternetGatewayId, State: types.RouteStateActive, Origin: types.RouteOriginCreateRoute})
	// AWS adds these to the default ACL by itself when a VPC gets IPv6.
	for _, egress := range []bool{false, true} {
		allow, deny := entry(101, egress, "allow", "-1", nil), entry(32768, egress, "deny", "-1", nil)
		for _, e := range []*types.NetworkAclEntry{&allow, &deny} {
			e.CidrBlock, e.Ipv6CidrBlock = nil, aws.String("::/0")
		}
		c.acls[0].Entries = append(c.acls[0].Entries, allow, deny)
	}
	firewall := id("vpce", r.name+"acme-firewall")
	r.links.endpoints = append(r.links.endpoints, types.VpcEndpoint{VpcEndpointId: aws.String(firewall), VpcId: aws.String(r.vpc()), OwnerId: aws.String(Account),
		VpcEndpointType: types.VpcEndpointTypeGatewayLoadBalancer, State: "available", ServiceName: aws.String(fmt.Sprintf("com.amazonaws.vpce.%s.%s", r.name, id("vpce-svc", "acme-firewall"))),
		SubnetIds: []string{*c.subnets[0].SubnetId}, PrivateDnsEnabled: aws.Bool(false), RequesterManaged: aws.Bool(false), Tags: tags("acme-firewall", "prod")})
	inward := r.table("edge", types.Route{DestinationCidrBlock: aws.String("10.20.0.0/16"), GatewayId: aws.String("local"), State: types.RouteStateActive, Origin: types.RouteOriginCreateRouteTable}, local,
		types.Route{DestinationCidrBlock: c.subnets[1].CidrBlock, GatewayId: aws.String(firewall), State: types.RouteStateActive, Origin: types.RouteOriginCreateRoute})
	inward.Associations = []types.RouteTableAssociation{{RouteTableAssociationId: aws.String(id("rtbassoc", r.name+"edge")), RouteTableId: inward.RouteTableId, GatewayId: c.gateways[0].InternetGatewayId,
		Main: aws.Bool(false), AssociationState: &types.RouteTableAssociationState{State: types.RouteTableAssociationStateCodeAssociated}}}
	c.tables = append(c.tables, inward)
	for i := range r.interfaces {
		if n := &r.interfaces[i]; aws.ToString(n.Description) == "acme-bastion" {
			n.Ipv6Addresses = []types.NetworkInterfaceIpv6Address{{Ipv6Address: aws.String("2a05:d018:7e:a000::22"), IsPrimaryIpv6: aws.Bool(false)}}
		}
	}
}
