package emulators

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"
)

// place is one seeded subnet. Its table leads to the VPC's internet gateway, or it is the
// VPC's main table.
type place struct {
	name, vpc, cidr string
	public          bool
}

var places = []place{
	{"edge-public", "acme-edge", "10.60.1.0/24", true},
	{"edge-private", "acme-edge", "10.60.2.0/24", false},
	{"edge-oneway", "acme-edge", "10.60.3.0/24", true},
	{"core-public", "acme-core", "10.70.1.0/24", true},
	{"core-private", "acme-core", "10.70.2.0/24", false},
}

// guard is one seeded security group of acme-edge or acme-core. admits names a group, and
// list a prefix list, among the sources of its rules.
type guard struct {
	name, vpc    string
	rules        []types.IpPermission
	admits, list string
}

var guards = []guard{
	{"edge-ssh-world", "acme-edge", []types.IpPermission{rule("tcp", 22, 22, "0.0.0.0/0")}, "", ""},
	{"edge-ssh-ipv6", "acme-edge", []types.IpPermission{rule6("tcp", 22, 22, "::/0")}, "", ""},
	{"edge-ssh-listed", "acme-edge", []types.IpPermission{rule("tcp", 22, 22)}, "", "acme-list-world"},
	{"edge-ssh-lower", "acme-edge", []types.IpPermission{rule("tcp", 22, 22, "0.0.0.0/1")}, "", ""},
	{"edge-ssh-upper", "acme-edge", []types.IpPermission{rule("tcp", 22, 22, "128.0.0.0/1")}, "", ""},
	{"edge-ssh-referred", "acme-edge", []types.IpPermission{rule("tcp", 22, 22)}, "edge-ssh-world", ""},
	{"edge-https", "acme-edge", []types.IpPermission{rule("tcp", 443, 443, "0.0.0.0/0")}, "", ""},
	{"edge-fleet", "acme-edge", []types.IpPermission{rule("tcp", 443, 443, "10.60.0.0/16")}, "", ""},
	{"core-fleet", "acme-core", []types.IpPermission{rule("tcp", 443, 443, "10.60.0.0/16")}, "", ""},
}

// host is one or more seeded instances of a name; two of the groups stand for two groups
// of one interface.
type host struct {
	name, subnet string
	groups       []string
	public, ipv6 bool
	count        int32
}

// hosts are 55 instances, which with those of instances make 60. What others get wrong
// comes first: each of them has a group that is open to the world, or lets SSH in by
// another way.
var hosts = []host{
	{"acme-exposed", "edge-public", []string{"edge-ssh-world"}, true, false, 1},
	{"acme-no-route", "edge-private", []string{"edge-ssh-world"}, true, false, 1}, // a public address, and no way to it
	{"acme-private", "edge-private", []string{"edge-ssh-world"}, false, false, 1},
	{"acme-oneway", "edge-oneway", []string{"edge-ssh-world"}, true, false, 1}, // the ACL stops the answers
	{"acme-six", "edge-public", []string{"edge-ssh-ipv6"}, false, true, 1},
	{"acme-listed", "edge-public", []string{"edge-ssh-listed"}, true, false, 1},
	{"acme-halves", "edge-public", []string{"edge-ssh-lower", "edge-ssh-upper"}, true, false, 1},
	{"acme-referred", "edge-private", []string{"edge-ssh-referred"}, false, false, 1}, // by way of acme-exposed
	{"acme-https", "edge-public", []string{"edge-https"}, true, false, 1},
	{"acme-edge-fleet", "edge-private", []string{"edge-fleet"}, false, false, 23},
	{"acme-core-fleet", "core-private", []string{"core-fleet"}, false, false, 23},
}

// maker makes the resources of one Region and notes their ids by name.
type maker struct {
	api *ec2.Client
	ids Seeded
}

// tagged keeps the id of a new resource under its name, and tags it with that.
func (m maker) tagged(ctx context.Context, id *string, name string) error {
	m.ids[name] = *id
	return tag(ctx, m.api, *id, name)
}

func (m maker) id(name string) *string { return aws.String(m.ids[name]) }

// seedExposure fills Home with two VPCs of public and private subnets that a peering joins,
// and with what joins, logs and names networks. It goes after seedEC2.
func seedExposure(ctx context.Context, cfg aws.Config, ids Seeded) error {
	m := maker{ec2.NewFromConfig(at(cfg, Home)), ids}
	steps := []func(context.Context) error{m.vpcs, m.places, m.oneway, m.guards, m.hosts, m.joins, m.logs, m.site, m.hub}
	for i, step := range steps {
		if err := step(ctx); err != nil {
			return fmt.Errorf("step %d of the networks: %w", i, err)
		}
	}
	return nil
}

// vpcs makes both with an internet gateway each; acme-edge has IPv6.
func (m maker) vpcs(ctx context.Context) error {
	for _, v := range [][2]string{{"acme-edge", "10.60.0.0/16"}, {"acme-core", "10.70.0.0/16"}} {
		name, cidr := v[0], v[1]
		vpc, err := m.api.CreateVpc(ctx, &ec2.CreateVpcInput{CidrBlock: &cidr, AmazonProvidedIpv6CidrBlock: aws.Bool(name == "acme-edge"), TagSpecifications: named(types.ResourceTypeVpc, name)})
		if err != nil {
			return err
		}
		m.ids[name] = *vpc.Vpc.VpcId
		gateway, err := m.api.CreateInternetGateway(ctx, &ec2.CreateInternetGatewayInput{TagSpecifications: named(types.ResourceTypeInternetGateway, name+"/igw")})
		if err != nil {
			return err
		}
		m.ids[name+"/igw"] = *gateway.InternetGateway.InternetGatewayId
		if _, err := m.api.AttachInternetGateway(ctx, &ec2.AttachInternetGatewayInput{InternetGatewayId: m.id(name + "/igw"), VpcId: vpc.Vpc.VpcId}); err != nil {
			return err
		}
		if err := m.defaults(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// defaults names what came with a VPC: its default group and ACL, and its main table.
func (m maker) defaults(ctx context.Context, vpc string) error {
	of := []types.Filter{{Name: aws.String("vpc-id"), Values: []string{m.ids[vpc]}}}
	groups, err := m.api.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{Filters: of})
	if err != nil {
		return err
	}
	acls, err := m.api.DescribeNetworkAcls(ctx, &ec2.DescribeNetworkAclsInput{Filters: of})
	if err != nil {
		return err
	}
	tables, err := m.api.DescribeRouteTables(ctx, &ec2.DescribeRouteTablesInput{Filters: of})
	if err != nil {
		return err
	}
	if len(groups.SecurityGroups) != 1 || len(acls.NetworkAcls) != 1 || len(tables.RouteTables) != 1 {
		return fmt.Errorf("%d groups, %d ACLs and %d tables came with a VPC, want one of each", len(groups.SecurityGroups), len(acls.NetworkAcls), len(tables.RouteTables))
	}
	if err := m.tagged(ctx, groups.SecurityGroups[0].GroupId, vpc+"/default"); err != nil {
		return err
	}
	if err := m.tagged(ctx, acls.NetworkAcls[0].NetworkAclId, vpc+"/acl"); err != nil {
		return err
	}
	return m.tagged(ctx, tables.RouteTables[0].RouteTableId, vpc+"/main")
}

func (m maker) places(ctx context.Context) error {
	for _, p := range places {
		made, err := m.api.CreateSubnet(ctx, &ec2.CreateSubnetInput{VpcId: m.id(p.vpc), CidrBlock: &p.cidr, AvailabilityZone: aws.String(Home + "a"), TagSpecifications: named(types.ResourceTypeSubnet, p.name)})
		if err != nil {
			return err
		}
		m.ids[p.name] = *made.Subnet.SubnetId
		if !p.public {
			continue
		}
		table, err := m.api.CreateRouteTable(ctx, &ec2.CreateRouteTableInput{VpcId: m.id(p.vpc), TagSpecifications: named(types.ResourceTypeRouteTable, p.name+"/rtb")})
		if err != nil {
			return err
		}
		out := &ec2.CreateRouteInput{RouteTableId: table.RouteTable.RouteTableId, DestinationCidrBlock: aws.String("0.0.0.0/0"), GatewayId: m.id(p.vpc + "/igw")}
		if _, err := m.api.CreateRoute(ctx, out); err != nil {
			return err
		}
		if _, err := m.api.AssociateRouteTable(ctx, &ec2.AssociateRouteTableInput{RouteTableId: table.RouteTable.RouteTableId, SubnetId: made.Subnet.SubnetId}); err != nil {
			return err
		}
		m.ids[p.name+"/rtb"] = *table.RouteTable.RouteTableId
	}
	return m.ipv6(ctx)
}

// ipv6 gives edge-public addresses of the VPC's block, and a way out and in.
func (m maker) ipv6(ctx context.Context) error {
	found, err := m.api.DescribeVpcs(ctx, &ec2.DescribeVpcsInput{VpcIds: []string{m.ids["acme-edge"]}})
	if err != nil {
		return err
	}
	block := aws.ToString(found.Vpcs[0].Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock)
	block = block[:len(block)-len("56")] + "64"
	if _, err := m.api.AssociateSubnetCidrBlock(ctx, &ec2.AssociateSubnetCidrBlockInput{SubnetId: m.id("edge-public"), Ipv6CidrBlock: &block}); err != nil {
		return err
	}
	_, err = m.api.CreateRoute(ctx, &ec2.CreateRouteInput{RouteTableId: m.id("edge-public/rtb"), DestinationIpv6CidrBlock: aws.String("::/0"), GatewayId: m.id("acme-edge/igw")})
	if err != nil {
		return err
	}
	// AWS does this by itself when a VPC gets IPv6.
	for _, egress := range []bool{false, true} {
		_, err := m.api.CreateNetworkAclEntry(ctx, &ec2.CreateNetworkAclEntryInput{NetworkAclId: m.id("acme-edge/acl"), RuleNumber: aws.Int32(101), Egress: &egress,
			Protocol: aws.String("-1"), RuleAction: types.RuleActionAllow, Ipv6CidrBlock: aws.String("::/0")})
		if err != nil {
			return err
		}
	}
	return nil
}

// oneway makes the ACL that lets everything in, and nothing but HTTPS out.
func (m maker) oneway(ctx context.Context) error {
	made, err := m.api.CreateNetworkAcl(ctx, &ec2.CreateNetworkAclInput{VpcId: m.id("acme-edge"), TagSpecifications: named(types.ResourceTypeNetworkAcl, "acme-oneway-acl")})
	if err != nil {
		return err
	}
	m.ids["acme-oneway-acl"] = *made.NetworkAcl.NetworkAclId
	for _, e := range []ec2.CreateNetworkAclEntryInput{
		{Egress: aws.Bool(false), Protocol: aws.String("-1")},
		{Egress: aws.Bool(true), Protocol: aws.String("6"), PortRange: &types.PortRange{From: aws.Int32(443), To: aws.Int32(443)}},
	} {
		e.NetworkAclId, e.RuleNumber, e.RuleAction, e.CidrBlock = made.NetworkAcl.NetworkAclId, aws.Int32(100), types.RuleActionAllow, aws.String("0.0.0.0/0")
		if _, err := m.api.CreateNetworkAclEntry(ctx, &e); err != nil {
			return err
		}
	}
	found, err := m.api.DescribeNetworkAcls(ctx, &ec2.DescribeNetworkAclsInput{NetworkAclIds: []string{m.ids["acme-edge/acl"]}})
	if err != nil {
		return err
	}
	for _, a := range found.NetworkAcls[0].Associations {
		if *a.SubnetId != m.ids["edge-oneway"] {
			continue
		}
		_, err := m.api.ReplaceNetworkAclAssociation(ctx, &ec2.ReplaceNetworkAclAssociationInput{AssociationId: a.NetworkAclAssociationId, NetworkAclId: made.NetworkAcl.NetworkAclId})
		return err
	}
	return fmt.Errorf("edge-oneway has no ACL")
}

func (m maker) guards(ctx context.Context) error {
	for _, g := range guards {
		made, err := m.api.CreateSecurityGroup(ctx, &ec2.CreateSecurityGroupInput{GroupName: &g.name, Description: aws.String("seeded"), VpcId: m.id(g.vpc), TagSpecifications: named(types.ResourceTypeSecurityGroup, g.name)})
		if err != nil {
			return err
		}
		m.ids[g.name] = *made.GroupId
		for _, p := range g.rules {
			if g.list != "" {
				p.PrefixListIds = []types.PrefixListId{{PrefixListId: m.id(g.list)}}
			}
			if g.admits != "" {
				p.UserIdGroupPairs = []types.UserIdGroupPair{{GroupId: m.id(g.admits)}}
			}
			if _, err := m.api.AuthorizeSecurityGroupIngress(ctx, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: made.GroupId, IpPermissions: []types.IpPermission{p}}); err != nil && !asked(err) {
				return fmt.Errorf("security group %q: %w", g.name, err)
			}
		}
	}
	return nil
}

// asked says that the rule is there already: the answer to a first attempt was lost.
func asked(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "InvalidPermission.Duplicate"
}

func (m maker) hosts(ctx context.Context) error {
	images, err := m.api.DescribeImages(ctx, &ec2.DescribeImagesInput{Owners: []string{"amazon"}})
	if err != nil {
		return err
	}
	for _, h := range hosts {
		if err := m.run(ctx, h, images.Images[0].ImageId); err != nil {
			return fmt.Errorf("instances %q: %w", h.name, err)
		}
	}
	return nil
}

func (m maker) run(ctx context.Context, h host, image *string) error {
	nic := types.InstanceNetworkInterfaceSpecification{DeviceIndex: aws.Int32(0), SubnetId: m.id(h.subnet), AssociatePublicIpAddress: &h.public}
	for _, g := range h.groups {
		nic.Groups = append(nic.Groups, m.ids[g])
	}
	if h.ipv6 {
		made, err := m.api.CreateNetworkInterface(ctx, &ec2.CreateNetworkInterfaceInput{SubnetId: nic.SubnetId, Groups: nic.Groups, Ipv6AddressCount: aws.Int32(1)})
		if err != nil {
			return err
		}
		nic = types.InstanceNetworkInterfaceSpecification{DeviceIndex: aws.Int32(0), NetworkInterfaceId: made.NetworkInterface.NetworkInterfaceId}
	}
	made, err := m.api.RunInstances(ctx, &ec2.RunInstancesInput{
		ImageId: image, InstanceType: types.InstanceTypeT3Micro, MinCount: &h.count, MaxCount: &h.count, MetadataOptions: metadata("enabled", "required"),
		NetworkInterfaces: []types.InstanceNetworkInterfaceSpecification{nic}, TagSpecifications: named(types.ResourceTypeInstance, h.name),
	})
	if err != nil {
		return err
	}
	var ids []string
	for _, i := range made.Instances {
		ids = append(ids, *i.InstanceId)
	}
	m.ids[h.name] = ids[0]
	volumes, err := m.api.DescribeVolumes(ctx, &ec2.DescribeVolumesInput{Filters: []types.Filter{{Name: aws.String("attachment.instance-id"), Values: ids}}})
	if err != nil {
		return err
	}
	var roots []string
	for _, v := range volumes.Volumes {
		roots = append(roots, *v.VolumeId)
	}
	_, err = m.api.CreateTags(ctx, &ec2.CreateTagsInput{Resources: roots, Tags: []types.Tag{{Key: aws.String("Name"), Value: aws.String(h.name + "/root")}}})
	return err
}

// joins makes the peering, with a route to one subnet at one end and to the whole VPC at
// the other, and the NAT gateway of acme-core; and an address that nothing has.
func (m maker) joins(ctx context.Context) error {
	peering, err := m.api.CreateVpcPeeringConnection(ctx, &ec2.CreateVpcPeeringConnectionInput{VpcId: m.id("acme-edge"), PeerVpcId: m.id("acme-core"), TagSpecifications: named(types.ResourceTypeVpcPeeringConnection, "acme-edge-core")})
	if err != nil {
		return err
	}
	pcx := peering.VpcPeeringConnection.VpcPeeringConnectionId
	if _, err := m.api.AcceptVpcPeeringConnection(ctx, &ec2.AcceptVpcPeeringConnectionInput{VpcPeeringConnectionId: pcx}); err != nil {
		return err
	}
	m.ids["acme-edge-core"] = *pcx
	for table, to := range map[string]string{"acme-edge/main": "10.70.2.0/24", "acme-core/main": "10.60.0.0/16"} {
		if _, err := m.api.CreateRoute(ctx, &ec2.CreateRouteInput{RouteTableId: m.id(table), DestinationCidrBlock: &to, VpcPeeringConnectionId: pcx}); err != nil {
			return err
		}
	}
	for _, name := range []string{"acme-nat-address", "acme-spare-address"} {
		address, err := m.api.AllocateAddress(ctx, &ec2.AllocateAddressInput{Domain: types.DomainTypeVpc, TagSpecifications: named(types.ResourceTypeElasticIp, name)})
		if err != nil {
			return err
		}
		m.ids[name] = *address.AllocationId
	}
	nat, err := m.api.CreateNatGateway(ctx, &ec2.CreateNatGatewayInput{SubnetId: m.id("core-public"), AllocationId: m.id("acme-nat-address"), TagSpecifications: named(types.ResourceTypeNatgateway, "acme-nat")})
	if err != nil {
		return err
	}
	m.ids["acme-nat"], m.ids["acme-nat/eni"] = *nat.NatGateway.NatGatewayId, aws.ToString(nat.NatGateway.NatGatewayAddresses[0].NetworkInterfaceId)
	_, err = m.api.CreateRoute(ctx, &ec2.CreateRouteInput{RouteTableId: m.id("acme-core/main"), DestinationCidrBlock: aws.String("0.0.0.0/0"), NatGatewayId: nat.NatGateway.NatGatewayId})
	return err
}

// logs makes the flow log of acme-edge, and an endpoint for S3 in acme-core.
func (m maker) logs(ctx context.Context) error {
	made, err := m.api.CreateFlowLogs(ctx, &ec2.CreateFlowLogsInput{ResourceIds: []string{m.ids["acme-edge"]}, ResourceType: types.FlowLogsResourceTypeVpc, TrafficType: types.TrafficTypeAll,
		LogDestinationType: types.LogDestinationTypeS3, LogDestination: aws.String("arn:aws:s3:::acme-logs"), TagSpecifications: named(types.ResourceTypeVpcFlowLog, "acme-edge-flows")})
	if err != nil {
		return err
	}
	if len(made.FlowLogIds) != 1 {
		return fmt.Errorf("no flow log: %v", made.Unsuccessful)
	}
	m.ids["acme-edge-flows"] = made.FlowLogIds[0]
	endpoint, err := m.api.CreateVpcEndpoint(ctx, &ec2.CreateVpcEndpointInput{VpcId: m.id("acme-core"), ServiceName: aws.String("com.amazonaws." + Home + ".s3"), VpcEndpointType: types.VpcEndpointTypeGateway,
		RouteTableIds: []string{m.ids["acme-core/main"]}, TagSpecifications: named(types.ResourceTypeVpcEndpoint, "acme-core-s3")})
	if err != nil {
		return err
	}
	m.ids["acme-core-s3"] = *endpoint.VpcEndpoint.VpcEndpointId
	return nil
}

// site makes a VPN to acme-core, and a gateway without one.
func (m maker) site(ctx context.Context) error {
	for _, name := range []string{"acme-vgw", "acme-spare-vgw"} {
		made, err := m.api.CreateVpnGateway(ctx, &ec2.CreateVpnGatewayInput{Type: types.GatewayTypeIpsec1, TagSpecifications: named(types.ResourceTypeVpnGateway, name)})
		if err != nil {
			return err
		}
		m.ids[name] = *made.VpnGateway.VpnGatewayId
	}
	if _, err := m.api.AttachVpnGateway(ctx, &ec2.AttachVpnGatewayInput{VpcId: m.id("acme-core"), VpnGatewayId: m.id("acme-vgw")}); err != nil {
		return err
	}
	customer, err := m.api.CreateCustomerGateway(ctx, &ec2.CreateCustomerGatewayInput{Type: types.GatewayTypeIpsec1, IpAddress: aws.String("192.0.2.18"), BgpAsn: aws.Int32(65000), TagSpecifications: named(types.ResourceTypeCustomerGateway, "acme-cgw")})
	if err != nil {
		return err
	}
	m.ids["acme-cgw"] = *customer.CustomerGateway.CustomerGatewayId
	vpn, err := m.api.CreateVpnConnection(ctx, &ec2.CreateVpnConnectionInput{Type: aws.String("ipsec.1"), CustomerGatewayId: m.id("acme-cgw"), VpnGatewayId: m.id("acme-vgw"), TagSpecifications: named(types.ResourceTypeVpnConnection, "acme-vpn")})
	if err != nil {
		return err
	}
	m.ids["acme-vpn"] = *vpn.VpnConnection.VpnConnectionId
	return nil
}

// hub makes a transit gateway, to which acme-core is attached.
func (m maker) hub(ctx context.Context) error {
	made, err := m.api.CreateTransitGateway(ctx, &ec2.CreateTransitGatewayInput{Description: aws.String("seeded"), TagSpecifications: named(types.ResourceTypeTransitGateway, "acme-hub")})
	if err != nil {
		return err
	}
	m.ids["acme-hub"] = *made.TransitGateway.TransitGatewayId
	attached, err := m.api.CreateTransitGatewayVpcAttachment(ctx, &ec2.CreateTransitGatewayVpcAttachmentInput{TransitGatewayId: m.id("acme-hub"), VpcId: m.id("acme-core"), SubnetIds: []string{m.ids["core-private"]},
		TagSpecifications: named(types.ResourceTypeTransitGatewayAttachment, "acme-hub-core")})
	if err != nil {
		return err
	}
	m.ids["acme-hub-core"] = *attached.TransitGatewayVpcAttachment.TransitGatewayAttachmentId
	return nil
}
