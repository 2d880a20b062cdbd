package ec2

import (
	"cmp"
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// The operations of Net that are asked about single resources, and the lists that say
// which these are.
const (
	listEndpointServices = "ec2:DescribeVpcEndpointServiceConfigurations"
	readPermissions      = "ec2:DescribeVpcEndpointServicePermissions"
	listClientVPNs       = "ec2:DescribeClientVpnEndpoints"
	readAuthorization    = "ec2:DescribeClientVpnAuthorizationRules"
	readStale            = "ec2:DescribeStaleSecurityGroups"
)

// netLists are the lists of Net: they do not depend on each other.
func netLists(ctx context.Context, in *reader, out *snapshot.Net) []func() {
	return []func(){
		func() { out.Addresses = elasticIPs(ctx, in) },
		func() { out.NATGateways = natGateways(ctx, in) },
		func() { out.EgressGateways = egressGateways(ctx, in) },
		func() { out.Zones = zones(ctx, in) },
		func() { out.DHCPOptions = dhcpOptions(ctx, in) },
		func() { out.EncryptionControls = encryptionControls(ctx, in) },
		func() { out.FlowLogs = flowLogs(ctx, in) },
		func() { out.GroupRules = groupRules(ctx, in) },
		func() { out.GroupAssociations = groupAssociations(ctx, in) },
		func() { out.Endpoints = endpoints(ctx, in) },
		func() { out.EndpointServices = endpointServices(ctx, in) },
		func() { out.Peerings = peerings(ctx, in) },
		func() { out.TransitGateways = transitGateways(ctx, in) },
		func() { out.TransitAttachments = transitAttachments(ctx, in) },
		func() { out.TransitPeerings = transitPeerings(ctx, in) },
		func() { out.TransitTables = transitTables(ctx, in) },
		func() { out.VPNConnections = vpnConnections(ctx, in) },
		func() { out.VPNGateways = vpnGateways(ctx, in) },
		func() { out.CustomerGateways = customerGateways(ctx, in) },
		func() { out.ClientVPNs = clientVPNs(ctx, in) },
		func() { out.MirrorSessions = mirrorSessions(ctx, in) },
		func() { out.MirrorFilters = mirrorFilters(ctx, in) },
		func() { out.MirrorTargets = mirrorTargets(ctx, in) },
	}
}

// single pages a list that AWS gives in one answer.
type single[P any] struct {
	ask   func(context.Context, ...func(*ec2.Options)) (P, error)
	asked bool
}

// HasMorePages says that the one answer was not asked for yet.
func (p *single[P]) HasMorePages() bool { return !p.asked }

// NextPage asks for it.
func (p *single[P]) NextPage(ctx context.Context, options ...func(*ec2.Options)) (P, error) {
	p.asked = true
	return p.ask(ctx, options...)
}

// unpaged asks for a list that has no pages.
func unpaged[I, P any](call func(context.Context, *I, ...func(*ec2.Options)) (P, error)) *single[P] {
	return &single[P]{ask: func(ctx context.Context, options ...func(*ec2.Options)) (P, error) {
		return call(ctx, new(I), options...)
	}}
}

func elasticIPs(ctx context.Context, in *reader) []snapshot.Address {
	return list(ctx, in, "ec2:DescribeAddresses", unpaged(in.api.DescribeAddresses), func(at snapshot.Meta, page *ec2.DescribeAddressesOutput) []snapshot.Address {
		return each(page.Addresses, func(a types.Address) snapshot.Address { return elasticIP(at, a) })
	})
}

func elasticIP(at snapshot.Meta, a types.Address) snapshot.Address {
	id := aws.ToString(a.AllocationId)
	return snapshot.Address{
		Meta: named(at, arn(at, nil, "elastic-ip", id), aws.ToString(a.PublicIp), a.Tags), ID: id, IP: aws.ToString(a.PublicIp),
		Association: aws.ToString(a.AssociationId), Instance: aws.ToString(a.InstanceId),
		Interface: aws.ToString(a.NetworkInterfaceId), InterfaceOwner: aws.ToString(a.NetworkInterfaceOwnerId),
		Pool: aws.ToString(a.PublicIpv4Pool), ServiceManaged: string(a.ServiceManaged),
	}
}

func natGateways(ctx context.Context, in *reader) []snapshot.NATGateway {
	pages := ec2.NewDescribeNatGatewaysPaginator(in.api, &ec2.DescribeNatGatewaysInput{MaxResults: aws.Int32(1000)})
	return list(ctx, in, "ec2:DescribeNatGateways", pages, func(at snapshot.Meta, page *ec2.DescribeNatGatewaysOutput) []snapshot.NATGateway {
		return each(page.NatGateways, func(g types.NatGateway) snapshot.NATGateway { return natGateway(at, g) })
	})
}

func natGateway(at snapshot.Meta, g types.NatGateway) snapshot.NATGateway {
	id := aws.ToString(g.NatGatewayId)
	out := snapshot.NATGateway{
		Meta: named(at, arn(at, nil, "natgateway", id), "", g.Tags), ID: id, VPC: aws.ToString(g.VpcId), Subnet: aws.ToString(g.SubnetId),
		State: string(g.State), Connectivity: string(g.ConnectivityType), Availability: string(g.AvailabilityMode),
	}
	for _, a := range g.NatGatewayAddresses {
		out.Public = once(out.Public, a.PublicIp)
	}
	return out
}

func egressGateways(ctx context.Context, in *reader) []snapshot.EgressGateway {
	pages := ec2.NewDescribeEgressOnlyInternetGatewaysPaginator(in.api, &ec2.DescribeEgressOnlyInternetGatewaysInput{MaxResults: aws.Int32(255)})
	return list(ctx, in, "ec2:DescribeEgressOnlyInternetGateways", pages, func(at snapshot.Meta, page *ec2.DescribeEgressOnlyInternetGatewaysOutput) []snapshot.EgressGateway {
		return each(page.EgressOnlyInternetGateways, func(g types.EgressOnlyInternetGateway) snapshot.EgressGateway {
			id := aws.ToString(g.EgressOnlyInternetGatewayId)
			out := snapshot.EgressGateway{Meta: named(at, arn(at, nil, "egress-only-internet-gateway", id), "", g.Tags), ID: id}
			out.Attachments = attachments(g.Attachments)
			return out
		})
	})
}

func attachments(list []types.InternetGatewayAttachment) (out []snapshot.GatewayAttachment) {
	for _, a := range list {
		out = append(out, snapshot.GatewayAttachment{VPC: aws.ToString(a.VpcId), State: string(a.State)})
	}
	return out
}

// zones lists all zones of the Region, with those that the account has not opted in to: so
// the answer tells of each group of zones whether it is switched on.
func zones(ctx context.Context, in *reader) []snapshot.Zone {
	all := &single[*ec2.DescribeAvailabilityZonesOutput]{ask: func(ctx context.Context, options ...func(*ec2.Options)) (*ec2.DescribeAvailabilityZonesOutput, error) {
		return in.api.DescribeAvailabilityZones(ctx, &ec2.DescribeAvailabilityZonesInput{AllAvailabilityZones: aws.Bool(true)}, options...)
	}}
	return list(ctx, in, "ec2:DescribeAvailabilityZones", all, func(at snapshot.Meta, page *ec2.DescribeAvailabilityZonesOutput) []snapshot.Zone {
		return each(page.AvailabilityZones, func(z types.AvailabilityZone) snapshot.Zone { return zone(at, z) })
	})
}

func zone(at snapshot.Meta, z types.AvailabilityZone) snapshot.Zone {
	out := snapshot.Zone{
		Meta: named(at, "", aws.ToString(z.ZoneName), nil), ID: aws.ToString(z.ZoneId), Type: aws.ToString(z.ZoneType),
		Group: aws.ToString(z.GroupName), OptIn: string(z.OptInStatus),
	}
	for _, g := range z.Geography {
		out.Geography = once(out.Geography, g.Name)
	}
	return out
}

func dhcpOptions(ctx context.Context, in *reader) []snapshot.DHCPOptions {
	pages := ec2.NewDescribeDhcpOptionsPaginator(in.api, &ec2.DescribeDhcpOptionsInput{MaxResults: aws.Int32(1000)})
	return list(ctx, in, "ec2:DescribeDhcpOptions", pages, func(at snapshot.Meta, page *ec2.DescribeDhcpOptionsOutput) []snapshot.DHCPOptions {
		return each(page.DhcpOptions, func(o types.DhcpOptions) snapshot.DHCPOptions { return dhcpSet(at, o) })
	})
}

func dhcpSet(at snapshot.Meta, o types.DhcpOptions) snapshot.DHCPOptions {
	id := aws.ToString(o.DhcpOptionsId)
	own := arn(at, o.OwnerId, "dhcp-options", id)
	out := snapshot.DHCPOptions{Meta: named(at, own, "", o.Tags), ID: id, Owner: snapshot.AccountOf(own)}
	for _, c := range o.DhcpConfigurations {
		if aws.ToString(c.Key) != "domain-name-servers" {
			continue
		}
		for _, v := range c.Values {
			out.Servers = append(out.Servers, aws.ToString(v.Value))
		}
	}
	return out
}

// elasticIPQuota reads how many Elastic IP addresses the Region may have. AWS gives numbers
// as text.
func elasticIPQuota(ctx context.Context, in *reader) snapshot.Read[int] {
	const quota = "vpc-max-elastic-ips"
	return collect.Ask(ctx, in.Scope, "ec2:DescribeAccountAttributes", func(ctx context.Context) (int, error) {
		out, err := in.api.DescribeAccountAttributes(ctx, &ec2.DescribeAccountAttributesInput{AttributeNames: []types.AccountAttributeName{quota}})
		if err != nil {
			return 0, err
		}
		for _, a := range out.AccountAttributes {
			if aws.ToString(a.AttributeName) != quota || len(a.AttributeValues) != 1 {
				continue
			}
			if n, err := strconv.Atoi(aws.ToString(a.AttributeValues[0].AttributeValue)); err == nil {
				return n, nil
			}
		}
		return 0, &wire.MalformedError{What: "the answer lacks a number for " + quota}
	})
}

// encryptionControls lists the encryption controls of VPCs. The SDK has no paginator of it.
func encryptionControls(ctx context.Context, in *reader) []snapshot.EncryptionControl {
	return list(ctx, in, "ec2:DescribeVpcEncryptionControls", &encryptionPages{api: in.api}, func(at snapshot.Meta, page *ec2.DescribeVpcEncryptionControlsOutput) []snapshot.EncryptionControl {
		return each(page.VpcEncryptionControls, func(c types.VpcEncryptionControl) snapshot.EncryptionControl { return encryptionControl(at, c) })
	})
}

// encryptionPages pages as the SDK's paginators do.
type encryptionPages struct {
	api   NetAPI
	token *string
	ended bool
}

// HasMorePages says that there is a page to ask for.
func (p *encryptionPages) HasMorePages() bool { return !p.ended }

// NextPage asks for the next page.
func (p *encryptionPages) NextPage(ctx context.Context, options ...func(*ec2.Options)) (*ec2.DescribeVpcEncryptionControlsOutput, error) {
	out, err := p.api.DescribeVpcEncryptionControls(ctx, &ec2.DescribeVpcEncryptionControlsInput{MaxResults: aws.Int32(1000), NextToken: p.token}, options...)
	if err != nil {
		return nil, err
	}
	p.token = out.NextToken
	p.ended = aws.ToString(p.token) == ""
	return out, nil
}

func encryptionControl(at snapshot.Meta, c types.VpcEncryptionControl) snapshot.EncryptionControl {
	id := aws.ToString(c.VpcEncryptionControlId)
	out := snapshot.EncryptionControl{
		Meta: named(at, arn(at, nil, "vpc-encryption-control", id), "", c.Tags), ID: id,
		VPC: aws.ToString(c.VpcId), Mode: string(c.Mode), State: string(c.State),
	}
	x := cmp.Or(c.ResourceExclusions, &types.VpcEncryptionControlExclusions{})
	for _, e := range []struct {
		kind string
		*types.VpcEncryptionControlExclusion
	}{
		{"EgressOnlyInternetGateway", x.EgressOnlyInternetGateway}, {"ElasticFileSystem", x.ElasticFileSystem}, {"InternetGateway", x.InternetGateway},
		{"Lambda", x.Lambda}, {"NatGateway", x.NatGateway}, {"VirtualPrivateGateway", x.VirtualPrivateGateway}, {"VpcLattice", x.VpcLattice}, {"VpcPeering", x.VpcPeering},
	} {
		if e.VpcEncryptionControlExclusion != nil && e.State != types.VpcEncryptionControlExclusionStateDisabled {
			out.Exclusions = append(out.Exclusions, e.kind+" "+string(e.State))
		}
	}
	return out
}
