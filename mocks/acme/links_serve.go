package acme

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/mocks"
)

// serveLinks answers about what joins networks, names them and logs them.
func (e *estate) serveLinks(s *mocks.Server) {
	e.servePaths(s)
	e.serveTransit(s)
	e.serveVPN(s)
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeFlowLogsInput) (*ec2.DescribeFlowLogsOutput, error) {
		in, err := e.whole(r, len(asked.Filter)+len(asked.FlowLogIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeFlowLogsOutput{FlowLogs: in.links.flowLogs}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeSecurityGroupRulesInput) (*ec2.DescribeSecurityGroupRulesOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.SecurityGroupRuleIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeSecurityGroupRulesOutput{SecurityGroupRules: in.groupRules()}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeSecurityGroupVpcAssociationsInput) (*ec2.DescribeSecurityGroupVpcAssociationsOutput, error) {
		in, err := e.whole(r, len(asked.Filters))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeSecurityGroupVpcAssociationsOutput{SecurityGroupVpcAssociations: in.links.associated}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeStaleSecurityGroupsInput) (*ec2.DescribeStaleSecurityGroupsOutput, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeStaleSecurityGroupsOutput{StaleSecurityGroupSet: in.links.stale[aws.ToString(asked.VpcId)]}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeTrafficMirrorSessionsInput) (*ec2.DescribeTrafficMirrorSessionsOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.TrafficMirrorSessionIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeTrafficMirrorSessionsOutput{TrafficMirrorSessions: in.links.sessions}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeTrafficMirrorFiltersInput) (*ec2.DescribeTrafficMirrorFiltersOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.TrafficMirrorFilterIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeTrafficMirrorFiltersOutput{TrafficMirrorFilters: in.links.filters}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeTrafficMirrorTargetsInput) (*ec2.DescribeTrafficMirrorTargetsOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.TrafficMirrorTargetIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeTrafficMirrorTargetsOutput{TrafficMirrorTargets: in.links.targets}, nil
	})
}

// servePaths answers about addresses, gateways, names and endpoints.
func (e *estate) servePaths(s *mocks.Server) {
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeAddressesInput) (*ec2.DescribeAddressesOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.AllocationIds)+len(asked.PublicIps))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeAddressesOutput{Addresses: in.links.addresses}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, _ *ec2.DescribeAccountAttributesInput) (*ec2.DescribeAccountAttributesOutput, error) {
		if _, err := e.at(r); err != nil {
			return nil, err
		}
		return &ec2.DescribeAccountAttributesOutput{AccountAttributes: []types.AccountAttribute{{AttributeName: aws.String("vpc-max-elastic-ips"),
			AttributeValues: []types.AccountAttributeValue{{AttributeValue: aws.String("5")}}}}}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeAvailabilityZonesInput) (*ec2.DescribeAvailabilityZonesOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.ZoneIds)+len(asked.ZoneNames))
		if err != nil {
			return nil, err
		}
		out := &ec2.DescribeAvailabilityZonesOutput{}
		for _, letter := range []string{"a", "b", "c"} {
			out.AvailabilityZones = append(out.AvailabilityZones, types.AvailabilityZone{ZoneName: aws.String(in.name + letter), ZoneId: aws.String(zoneID(in.name + letter)),
				ZoneType: aws.String("availability-zone"), RegionName: aws.String(in.name), State: types.AvailabilityZoneStateAvailable, OptInStatus: types.AvailabilityZoneOptInStatusOptInNotRequired})
		}
		for _, z := range in.strays.zones {
			if z.OptInStatus == types.AvailabilityZoneOptInStatusOptedIn || aws.ToBool(asked.AllAvailabilityZones) {
				out.AvailabilityZones = append(out.AvailabilityZones, z)
			}
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeNatGatewaysInput) (*ec2.DescribeNatGatewaysOutput, error) {
		in, err := e.whole(r, len(asked.Filter)+len(asked.NatGatewayIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeNatGatewaysOutput{NatGateways: in.links.nat}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeEgressOnlyInternetGatewaysInput) (*ec2.DescribeEgressOnlyInternetGatewaysOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.EgressOnlyInternetGatewayIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeEgressOnlyInternetGatewaysOutput{EgressOnlyInternetGateways: in.links.egress}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeDhcpOptionsInput) (*ec2.DescribeDhcpOptionsOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.DhcpOptionsIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeDhcpOptionsOutput{DhcpOptions: in.links.dhcp}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeVpcEncryptionControlsInput) (*ec2.DescribeVpcEncryptionControlsOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.VpcIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeVpcEncryptionControlsOutput{VpcEncryptionControls: in.links.encryption}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeVpcEndpointsInput) (*ec2.DescribeVpcEndpointsOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.VpcEndpointIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeVpcEndpointsOutput{VpcEndpoints: in.links.endpoints}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeVpcEndpointServiceConfigurationsInput) (*ec2.DescribeVpcEndpointServiceConfigurationsOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.ServiceIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeVpcEndpointServiceConfigurationsOutput{ServiceConfigurations: in.links.services}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeVpcEndpointServicePermissionsInput) (*ec2.DescribeVpcEndpointServicePermissionsOutput, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		list, ok := in.links.principals[aws.ToString(asked.ServiceId)]
		if !ok {
			return nil, &mocks.Error{Code: "InvalidVpcEndpointServiceId.NotFound", Message: "The VpcEndpointService Id does not exist"}
		}
		return &ec2.DescribeVpcEndpointServicePermissionsOutput{AllowedPrincipals: list}, nil
	})
}

// zoneID is a zone's id, such as euw1-az1 for eu-west-1a: the Region's name shortened.
func zoneID(zone string) string {
	part := strings.Split(zone[:len(zone)-1], "-")
	short := map[string]string{"central": "c", "north": "n", "south": "s", "east": "e", "west": "w", "northeast": "ne", "southeast": "se"}
	return fmt.Sprintf("%s%s%s-az%d", part[0], short[part[1]], part[2], zone[len(zone)-1]-'a'+1)
}

// serveTransit answers about peerings and transit gateways.
func (e *estate) serveTransit(s *mocks.Server) {
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeVpcPeeringConnectionsInput) (*ec2.DescribeVpcPeeringConnectionsOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.VpcPeeringConnectionIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeVpcPeeringConnectionsOutput{VpcPeeringConnections: in.links.peerings}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeTransitGatewaysInput) (*ec2.DescribeTransitGatewaysOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.TransitGatewayIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeTransitGatewaysOutput{TransitGateways: in.links.gateways}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeTransitGatewayAttachmentsInput) (*ec2.DescribeTransitGatewayAttachmentsOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.TransitGatewayAttachmentIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeTransitGatewayAttachmentsOutput{TransitGatewayAttachments: in.links.attachments}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeTransitGatewayPeeringAttachmentsInput) (*ec2.DescribeTransitGatewayPeeringAttachmentsOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.TransitGatewayAttachmentIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeTransitGatewayPeeringAttachmentsOutput{TransitGatewayPeeringAttachments: in.links.transit}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeTransitGatewayRouteTablesInput) (*ec2.DescribeTransitGatewayRouteTablesOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.TransitGatewayRouteTableIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeTransitGatewayRouteTablesOutput{TransitGatewayRouteTables: in.links.tables}, nil
	})
}

// serveVPN answers about VPNs to sites and to people.
func (e *estate) serveVPN(s *mocks.Server) {
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeVpnConnectionsInput) (*ec2.DescribeVpnConnectionsOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.VpnConnectionIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeVpnConnectionsOutput{VpnConnections: in.links.vpns}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeVpnGatewaysInput) (*ec2.DescribeVpnGatewaysOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.VpnGatewayIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeVpnGatewaysOutput{VpnGateways: in.links.vpnGateways}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeCustomerGatewaysInput) (*ec2.DescribeCustomerGatewaysOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.CustomerGatewayIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeCustomerGatewaysOutput{CustomerGateways: in.links.customers}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeClientVpnEndpointsInput) (*ec2.DescribeClientVpnEndpointsOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.ClientVpnEndpointIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeClientVpnEndpointsOutput{ClientVpnEndpoints: in.links.clients}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeClientVpnAuthorizationRulesInput) (*ec2.DescribeClientVpnAuthorizationRulesOutput, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		rules, ok := in.links.access[aws.ToString(asked.ClientVpnEndpointId)]
		if !ok {
			return nil, &mocks.Error{Code: "InvalidClientVpnEndpointId.NotFound", Message: "The Client VPN endpoint does not exist"}
		}
		return &ec2.DescribeClientVpnAuthorizationRulesOutput{AuthorizationRules: rules}, nil
	})
}

// groupRules are the rules of all groups of the Region, one for each source.
func (r *region) groupRules() (out []types.SecurityGroupRule) {
	for _, g := range r.groups {
		for i, p := range append(append([]types.IpPermission{}, g.IpPermissions...), g.IpPermissionsEgress...) {
			add := func(source, about string, set func(*types.SecurityGroupRule)) {
				ruleID := id("sgr", fmt.Sprint(*g.GroupId, i, source))
				rule := types.SecurityGroupRule{SecurityGroupRuleId: aws.String(ruleID), GroupId: g.GroupId, GroupOwnerId: g.OwnerId, IsEgress: aws.Bool(i >= len(g.IpPermissions)),
					IpProtocol: p.IpProtocol, FromPort: p.FromPort, ToPort: p.ToPort, SecurityGroupRuleArn: aws.String("arn:" + Partition + ":ec2:" + r.name + ":" + *g.OwnerId + ":security-group-rule/" + ruleID)}
				if about != "" {
					rule.Description = aws.String(about)
				}
				set(&rule)
				out = append(out, rule)
			}
			for _, s := range p.IpRanges {
				add(*s.CidrIp, aws.ToString(s.Description), func(r *types.SecurityGroupRule) { r.CidrIpv4 = s.CidrIp })
			}
			for _, s := range p.Ipv6Ranges {
				add(*s.CidrIpv6, aws.ToString(s.Description), func(r *types.SecurityGroupRule) { r.CidrIpv6 = s.CidrIpv6 })
			}
			for _, s := range p.PrefixListIds {
				add(*s.PrefixListId, aws.ToString(s.Description), func(r *types.SecurityGroupRule) { r.PrefixListId = s.PrefixListId })
			}
			for _, s := range p.UserIdGroupPairs {
				add(*s.GroupId, aws.ToString(s.Description), func(r *types.SecurityGroupRule) {
					r.ReferencedGroupInfo = &types.ReferencedSecurityGroup{GroupId: s.GroupId, UserId: s.UserId}
				})
			}
		}
	}
	return out
}
