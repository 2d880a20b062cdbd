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

// vpnConnections lists the Site-to-Site VPN connections. The answer holds pre-shared keys and
// the configuration of the customer's gateway: the transport has replaced them by markers,
// and nothing of them is mapped.
func vpnConnections(ctx context.Context, in *reader) []snapshot.VPNConnection {
	return list(ctx, in, "ec2:DescribeVpnConnections", unpaged(in.api.DescribeVpnConnections), func(at snapshot.Meta, page *ec2.DescribeVpnConnectionsOutput) []snapshot.VPNConnection {
		return each(page.VpnConnections, func(c types.VpnConnection) snapshot.VPNConnection { return vpnConnection(at, c) })
	})
}

func vpnConnection(at snapshot.Meta, c types.VpnConnection) snapshot.VPNConnection {
	id := aws.ToString(c.VpnConnectionId)
	out := snapshot.VPNConnection{
		Meta: named(at, arn(at, nil, "vpn-connection", id), "", c.Tags), ID: id, State: string(c.State),
		Gateway: cmp.Or(aws.ToString(c.VpnGatewayId), aws.ToString(c.TransitGatewayId)), CustomerGateway: aws.ToString(c.CustomerGatewayId),
	}
	for _, t := range c.VgwTelemetry {
		out.Telemetry = append(out.Telemetry, snapshot.TunnelTelemetry{
			Outside: aws.ToString(t.OutsideIpAddress), Status: string(t.Status), StatusMessage: aws.ToString(t.StatusMessage), Changed: aws.ToTime(t.LastStatusChange).UTC(),
		})
	}
	if c.Options != nil {
		for _, t := range c.Options.TunnelOptions {
			out.Tunnels = append(out.Tunnels, tunnel(t))
		}
	}
	return out
}

func tunnel(t types.TunnelOption) snapshot.Tunnel {
	out := snapshot.Tunnel{Outside: aws.ToString(t.OutsideIpAddress)}
	if t.LogOptions != nil && t.LogOptions.CloudWatchLogOptions != nil {
		l := t.LogOptions.CloudWatchLogOptions
		out.Logged, out.LogGroup = aws.ToBool(l.LogEnabled), aws.ToString(l.LogGroupArn)
	}
	for _, v := range t.IkeVersions {
		out.IKEVersions = append(out.IKEVersions, aws.ToString(v.Value))
	}
	for _, v := range t.Phase1EncryptionAlgorithms {
		out.Phase1.Encryption = append(out.Phase1.Encryption, aws.ToString(v.Value))
	}
	for _, v := range t.Phase2EncryptionAlgorithms {
		out.Phase2.Encryption = append(out.Phase2.Encryption, aws.ToString(v.Value))
	}
	for _, v := range t.Phase1IntegrityAlgorithms {
		out.Phase1.Integrity = append(out.Phase1.Integrity, aws.ToString(v.Value))
	}
	for _, v := range t.Phase2IntegrityAlgorithms {
		out.Phase2.Integrity = append(out.Phase2.Integrity, aws.ToString(v.Value))
	}
	for _, v := range t.Phase1DHGroupNumbers {
		out.Phase1.DHGroups = append(out.Phase1.DHGroups, aws.ToInt32(v.Value))
	}
	for _, v := range t.Phase2DHGroupNumbers {
		out.Phase2.DHGroups = append(out.Phase2.DHGroups, aws.ToInt32(v.Value))
	}
	return out
}

func vpnGateways(ctx context.Context, in *reader) []snapshot.VPNGateway {
	return list(ctx, in, "ec2:DescribeVpnGateways", unpaged(in.api.DescribeVpnGateways), func(at snapshot.Meta, page *ec2.DescribeVpnGatewaysOutput) []snapshot.VPNGateway {
		return each(page.VpnGateways, func(g types.VpnGateway) snapshot.VPNGateway {
			id := aws.ToString(g.VpnGatewayId)
			out := snapshot.VPNGateway{Meta: named(at, arn(at, nil, "vpn-gateway", id), "", g.Tags), ID: id, State: string(g.State)}
			for _, a := range g.VpcAttachments {
				out.Attachments = append(out.Attachments, snapshot.GatewayAttachment{VPC: aws.ToString(a.VpcId), State: string(a.State)})
			}
			return out
		})
	})
}

func customerGateways(ctx context.Context, in *reader) []snapshot.CustomerGateway {
	return list(ctx, in, "ec2:DescribeCustomerGateways", unpaged(in.api.DescribeCustomerGateways), func(at snapshot.Meta, page *ec2.DescribeCustomerGatewaysOutput) []snapshot.CustomerGateway {
		return each(page.CustomerGateways, func(g types.CustomerGateway) snapshot.CustomerGateway {
			id := aws.ToString(g.CustomerGatewayId)
			return snapshot.CustomerGateway{Meta: named(at, arn(at, nil, "customer-gateway", id), "", g.Tags), ID: id, State: aws.ToString(g.State)}
		})
	})
}

// clientVPNs lists the Client VPN endpoints, and reads of each whom it lets where.
func clientVPNs(ctx context.Context, in *reader) []snapshot.ClientVPN {
	pages := ec2.NewDescribeClientVpnEndpointsPaginator(in.api, &ec2.DescribeClientVpnEndpointsInput{MaxResults: aws.Int32(1000)})
	out := list(ctx, in, listClientVPNs, pages, func(at snapshot.Meta, page *ec2.DescribeClientVpnEndpointsOutput) []snapshot.ClientVPN {
		return each(page.ClientVpnEndpoints, func(e types.ClientVpnEndpoint) snapshot.ClientVPN { return clientVPN(at, e) })
	})
	in.Each(ctx, len(out), func(i int) { out[i].Rules = authorizationRules(ctx, in, out[i].ID) })
	if len(out) == 0 && in.Unlisted(listClientVPNs) == nil {
		in.Settle(readAuthorization)
	}
	return out
}

func clientVPN(at snapshot.Meta, e types.ClientVpnEndpoint) snapshot.ClientVPN {
	id := aws.ToString(e.ClientVpnEndpointId)
	log := cmp.Or(e.ConnectionLogOptions, &types.ConnectionLogResponseOptions{})
	out := snapshot.ClientVPN{
		Meta: named(at, arn(at, nil, "client-vpn-endpoint", id), "", e.Tags), ID: id,
		Logged: stated(at, log.Enabled, listClientVPNs, "ConnectionLogOptions.Enabled"), LogGroup: aws.ToString(log.CloudwatchLogGroup),
	}
	if e.Status != nil {
		out.Status = string(e.Status.Code)
	}
	for _, a := range e.AuthenticationOptions {
		out.Types = append(out.Types, string(a.Type))
	}
	return out
}

func authorizationRules(ctx context.Context, in *reader, id string) snapshot.Read[[]snapshot.ClientVPNAccess] {
	return collect.Ask(ctx, in.Scope, readAuthorization, func(ctx context.Context) ([]snapshot.ClientVPNAccess, error) {
		pages := ec2.NewDescribeClientVpnAuthorizationRulesPaginator(in.api, &ec2.DescribeClientVpnAuthorizationRulesInput{ClientVpnEndpointId: &id, MaxResults: aws.Int32(1000)})
		return collect.Gather(ctx, pages, func(page *ec2.DescribeClientVpnAuthorizationRulesOutput) *string { return page.NextToken }, func(page *ec2.DescribeClientVpnAuthorizationRulesOutput) []snapshot.ClientVPNAccess {
			return each(page.AuthorizationRules, func(r types.AuthorizationRule) snapshot.ClientVPNAccess {
				out := snapshot.ClientVPNAccess{Destination: aws.ToString(r.DestinationCidr), Group: aws.ToString(r.GroupId), All: aws.ToBool(r.AccessAll)}
				if r.Status != nil {
					out.Status = string(r.Status.Code)
				}
				return out
			})
		})
	})
}
