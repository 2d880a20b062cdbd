package ec2

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
)

// NetAPI is every EC2 call about what snapshot.Net holds.
type NetAPI interface {
	ec2.DescribeNatGatewaysAPIClient
	ec2.DescribeEgressOnlyInternetGatewaysAPIClient
	ec2.DescribeDhcpOptionsAPIClient
	ec2.DescribeFlowLogsAPIClient
	ec2.DescribeSecurityGroupRulesAPIClient
	ec2.DescribeSecurityGroupVpcAssociationsAPIClient
	ec2.DescribeStaleSecurityGroupsAPIClient
	ec2.DescribeVpcEndpointsAPIClient
	ec2.DescribeVpcEndpointServiceConfigurationsAPIClient
	ec2.DescribeVpcEndpointServicePermissionsAPIClient
	ec2.DescribeVpcPeeringConnectionsAPIClient
	ec2.DescribeTransitGatewaysAPIClient
	ec2.DescribeTransitGatewayAttachmentsAPIClient
	ec2.DescribeTransitGatewayPeeringAttachmentsAPIClient
	ec2.DescribeTransitGatewayRouteTablesAPIClient
	ec2.DescribeClientVpnEndpointsAPIClient
	ec2.DescribeClientVpnAuthorizationRulesAPIClient
	ec2.DescribeTrafficMirrorSessionsAPIClient
	ec2.DescribeTrafficMirrorFiltersAPIClient
	ec2.DescribeTrafficMirrorTargetsAPIClient
	DescribeAddresses(context.Context, *ec2.DescribeAddressesInput, ...func(*ec2.Options)) (*ec2.DescribeAddressesOutput, error)
	DescribeAccountAttributes(context.Context, *ec2.DescribeAccountAttributesInput, ...func(*ec2.Options)) (*ec2.DescribeAccountAttributesOutput, error)
	DescribeAvailabilityZones(context.Context, *ec2.DescribeAvailabilityZonesInput, ...func(*ec2.Options)) (*ec2.DescribeAvailabilityZonesOutput, error)
	DescribeVpcEncryptionControls(context.Context, *ec2.DescribeVpcEncryptionControlsInput, ...func(*ec2.Options)) (*ec2.DescribeVpcEncryptionControlsOutput, error)
	DescribeVpnConnections(context.Context, *ec2.DescribeVpnConnectionsInput, ...func(*ec2.Options)) (*ec2.DescribeVpnConnectionsOutput, error)
	DescribeVpnGateways(context.Context, *ec2.DescribeVpnGatewaysInput, ...func(*ec2.Options)) (*ec2.DescribeVpnGatewaysOutput, error)
	DescribeCustomerGateways(context.Context, *ec2.DescribeCustomerGatewaysInput, ...func(*ec2.Options)) (*ec2.DescribeCustomerGatewaysOutput, error)
}
