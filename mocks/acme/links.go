package acme

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// stranger is an account that has nothing to do with Acme's organization.
const stranger = "777788889999"

// links are what joins a Region's networks to others, names them and logs them.
type links struct {
	addresses   []types.Address
	nat         []types.NatGateway
	egress      []types.EgressOnlyInternetGateway
	dhcp        []types.DhcpOptions
	encryption  []types.VpcEncryptionControl
	flowLogs    []types.FlowLog
	endpoints   []types.VpcEndpoint
	services    []types.ServiceConfiguration
	principals  map[string][]types.AllowedPrincipal // by service id
	peerings    []types.VpcPeeringConnection
	gateways    []types.TransitGateway
	attachments []types.TransitGatewayAttachment
	transit     []types.TransitGatewayPeeringAttachment
	tables      []types.TransitGatewayRouteTable
	vpns        []types.VpnConnection
	vpnGateways []types.VpnGateway
	customers   []types.CustomerGateway
	clients     []types.ClientVpnEndpoint
	access      map[string][]types.AuthorizationRule // by endpoint id
	sessions    []types.TrafficMirrorSession
	filters     []types.TrafficMirrorFilter
	targets     []types.TrafficMirrorTarget
	associated  []types.SecurityGroupVpcAssociation
	stale       map[string][]types.StaleSecurityGroup // by VPC
	exclusions  []types.VpcBlockPublicAccessExclusion
}

// data is the id of a thing of the VPC in which home keeps its data.
func (r *region) data(prefix, name string) string { return id(prefix, r.name+"acme-data "+name) }

// join gives the Regions their links, and home a second VPC.
func (e *estate) join() {
	for _, r := range e.regions {
		r.links.principals, r.links.access, r.links.stale = map[string][]types.AllowedPrincipal{}, map[string][]types.AuthorizationRule{}, map[string][]types.StaleSecurityGroup{}
	}
	home, second := e.regions[Home], e.regions[Second]
	home.dataVPC()
	home.peer(second)
	home.addressesAndGateways()
	home.watch(home.vpc(), "acme-audit-logs-prod")
	home.watch(home.data("subnet", "a"), "acme-archive-2019") // whose Region nobody looked at
	second.watch(second.vpc(), "")
	home.reachServices()
	home.hub()
	second.spoke(home)
	home.site()
	home.roadWarriors()
	home.mirrors()
	home.edge()
	home.describe("acme-databases", "PostgreSQL and MySQL for the web servers")
	second.exclude()
}

// dataVPC adds a VPC of private subnets in two zones, and what may call it.
func (r *region) dataVPC() {
	vpc := r.data("vpc", "vpc")
	c := &r.cloud
	c.vpcs = append(c.vpcs, types.Vpc{VpcId: aws.String(vpc), OwnerId: aws.String(Account), CidrBlock: aws.String("10.40.0.0/16"),
		IsDefault: aws.Bool(false), State: types.VpcStateAvailable, DhcpOptionsId: aws.String(r.data("dopt", "google")), Tags: tags("acme-data", "prod")})
	table := r.table("data", types.Route{DestinationCidrBlock: aws.String("10.40.0.0/16"), GatewayId: aws.String("local"), State: types.RouteStateActive, Origin: types.RouteOriginCreateRouteTable},
		types.Route{DestinationCidrBlock: aws.String("10.20.1.0/24"), VpcPeeringConnectionId: aws.String(r.data("pcx", "pcx")), State: types.RouteStateActive, Origin: types.RouteOriginCreateRoute},
		types.Route{DestinationCidrBlock: aws.String("10.99.0.0/16"), TransitGatewayId: aws.String(id("tgw", "acme retired")), State: types.RouteStateBlackhole, Origin: types.RouteOriginCreateRoute})
	table.VpcId = aws.String(vpc)
	table.Associations = []types.RouteTableAssociation{{RouteTableAssociationId: aws.String(r.data("rtbassoc", "main")), RouteTableId: table.RouteTableId,
		Main: aws.Bool(true), AssociationState: &types.RouteTableAssociationState{State: types.RouteTableAssociationStateCodeAssociated}}}
	c.tables = append(c.tables, table)
	acl := r.acl("data", true, entry(100, false, "allow", "-1", nil), entry(100, true, "allow", "-1", nil), entry(200, false, "deny", "6", &types.PortRange{From: aws.Int32(23), To: aws.Int32(23)}))
	acl.VpcId = aws.String(vpc)
	for i, zone := range []string{"a", "b"} {
		subnet := r.data("subnet", zone)
		c.subnets = append(c.subnets, types.Subnet{SubnetId: aws.String(subnet), SubnetArn: aws.String(r.arn("ec2", "subnet/"+subnet)), VpcId: aws.String(vpc), OwnerId: aws.String(Account),
			CidrBlock: aws.String(fmt.Sprintf("10.40.%d.0/24", i+1)), AvailabilityZone: aws.String(r.name + zone), AvailabilityZoneId: aws.String(zoneID(r.name + zone)), AvailableIpAddressCount: aws.Int32(int32(i) * 12), State: types.SubnetStateAvailable,
			DefaultForAz: aws.Bool(false), MapPublicIpOnLaunch: aws.Bool(false), AssignIpv6AddressOnCreation: aws.Bool(false)})
		acl.Associations = append(acl.Associations, types.NetworkAclAssociation{SubnetId: aws.String(subnet), NetworkAclId: acl.NetworkAclId})
	}
	c.acls = append(c.acls, acl)
	// The group that it admits lies in the other VPC, and another is gone.
	clients := rule("tcp", 5432, 5432)
	clients.UserIdGroupPairs = []types.UserIdGroupPair{
		{GroupId: aws.String(id("sg", r.name+"acme-web")), UserId: aws.String(Account), VpcId: aws.String(r.vpc()), VpcPeeringConnectionId: aws.String(r.data("pcx", "pcx")), PeeringStatus: aws.String("active")},
		{GroupId: aws.String(id("sg", "gone")), UserId: aws.String(stranger), VpcPeeringConnectionId: aws.String(id("pcx", "gone")), PeeringStatus: aws.String("deleted")},
	}
	r.group("acme-data-clients", Account, clients)
	r.groups[len(r.groups)-1].VpcId = aws.String(vpc)
	r.links.stale[vpc] = []types.StaleSecurityGroup{{GroupId: r.groups[len(r.groups)-1].GroupId, GroupName: aws.String("acme-data-clients"), VpcId: aws.String(vpc),
		StaleIpPermissions: []types.StaleIpPermission{{IpProtocol: aws.String("tcp"), FromPort: aws.Int32(5432), ToPort: aws.Int32(5432), UserIdGroupPairs: clients.UserIdGroupPairs[1:]}}}}
	r.links.associated = []types.SecurityGroupVpcAssociation{{GroupId: aws.String(id("sg", r.name+"acme-databases")), GroupOwnerId: aws.String(Account),
		VpcId: aws.String(vpc), VpcOwnerId: aws.String(Account), State: types.SecurityGroupVpcAssociationStateAssociated}}
	r.links.dhcp = []types.DhcpOptions{
		{DhcpOptionsId: aws.String(r.data("dopt", "aws")), OwnerId: aws.String(Account), Tags: tags("acme-dns", "prod"),
			DhcpConfigurations: []types.DhcpConfiguration{{Key: aws.String("domain-name-servers"), Values: []types.AttributeValue{{Value: aws.String("AmazonProvidedDNS")}}}}},
		{DhcpOptionsId: aws.String(r.data("dopt", "google")), OwnerId: aws.String(Account),
			DhcpConfigurations: []types.DhcpConfiguration{{Key: aws.String("domain-name-servers"), Values: []types.AttributeValue{{Value: aws.String("8.8.8.8")}}}}},
	}
	c.vpcs[0].DhcpOptionsId = aws.String(r.data("dopt", "aws"))
	r.links.encryption = []types.VpcEncryptionControl{{VpcEncryptionControlId: aws.String(r.data("vpcec", "home")), VpcId: aws.String(r.vpc()),
		Mode: types.VpcEncryptionControlModeMonitor, State: types.VpcEncryptionControlStateAvailable}}
}

// side is one end of a peering of the account's VPCs.
func side(r *region, vpc, cidr string, dns bool) *types.VpcPeeringConnectionVpcInfo {
	return &types.VpcPeeringConnectionVpcInfo{VpcId: aws.String(vpc), OwnerId: aws.String(Account), Region: aws.String(r.name), CidrBlock: aws.String(cidr),
		CidrBlockSet:   []types.CidrBlock{{CidrBlock: aws.String(cidr)}},
		PeeringOptions: &types.VpcPeeringConnectionOptionsDescription{AllowDnsResolutionFromRemoteVpc: aws.Bool(dns)}}
}

// peer joins home's two VPCs, and its first to the other Region's. A stranger asks too.
func (r *region) peer(second *region) {
	active := &types.VpcPeeringConnectionStateReason{Code: types.VpcPeeringConnectionStateReasonCodeActive}
	within := types.VpcPeeringConnection{VpcPeeringConnectionId: aws.String(r.data("pcx", "pcx")), Status: active, Tags: tags("acme-data", "prod"),
		RequesterVpcInfo: side(r, r.vpc(), "10.20.0.0/16", true), AccepterVpcInfo: side(r, r.data("vpc", "vpc"), "10.40.0.0/16", false)}
	across := types.VpcPeeringConnection{VpcPeeringConnectionId: aws.String(id("pcx", "acme across")), Status: active, Tags: tags("acme-across", "prod"),
		RequesterVpcInfo: side(r, r.vpc(), "10.20.0.0/16", true), AccepterVpcInfo: side(second, second.vpc(), "10.30.0.0/16", true)}
	asked := types.VpcPeeringConnection{VpcPeeringConnectionId: aws.String(id("pcx", "stranger")),
		Status:           &types.VpcPeeringConnectionStateReason{Code: types.VpcPeeringConnectionStateReasonCodePendingAcceptance},
		RequesterVpcInfo: &types.VpcPeeringConnectionVpcInfo{VpcId: aws.String(id("vpc", "stranger")), OwnerId: aws.String(stranger), Region: aws.String("us-east-1")},
		AccepterVpcInfo:  side(r, r.vpc(), "10.20.0.0/16", false)}
	r.links.peerings = []types.VpcPeeringConnection{within, across, asked}
	second.links.peerings = []types.VpcPeeringConnection{across}
	over := func(cidr string, connection *string) types.Route {
		return types.Route{DestinationCidrBlock: aws.String(cidr), VpcPeeringConnectionId: connection, State: types.RouteStateActive, Origin: types.RouteOriginCreateRoute}
	}
	for i := range r.cloud.tables {
		if t := &r.cloud.tables[i]; aws.ToString(t.VpcId) == r.vpc() {
			t.Routes = append(t.Routes, over("10.40.0.0/16", within.VpcPeeringConnectionId), over("10.30.1.0/24", across.VpcPeeringConnectionId))
		}
	}
	second.cloud.tables[0].Routes = append(second.cloud.tables[0].Routes, over("10.20.1.0/24", across.VpcPeeringConnectionId))
}

// addressesAndGateways gives home its Elastic IPs, NAT and egress-only gateways.
func (r *region) addressesAndGateways() {
	address := func(name, ip, nic string) types.Address {
		a := types.Address{AllocationId: aws.String(id("eipalloc", name)), PublicIp: aws.String(ip), Domain: types.DomainTypeVpc, PublicIpv4Pool: aws.String("amazon"),
			NetworkBorderGroup: aws.String(r.name), Tags: tags(name, "prod")}
		if nic != "" {
			a.AssociationId, a.NetworkInterfaceId, a.NetworkInterfaceOwnerId = aws.String(id("eipassoc", name)), aws.String(id("eni", r.name+nic)), aws.String(Account)
		}
		return a
	}
	r.links.addresses = []types.Address{
		address("acme-bastion", "198.51.100.104", "acme-bastion"), address("acme-legacy-erp", "198.51.100.105", "acme-legacy-erp"),
		address("acme-nat", "198.51.100.140", "acme-nat"), address("acme-spring-campaign", "198.51.100.141", ""),
	}
	gateway := func(name string, state types.NatGatewayState) types.NatGateway {
		return types.NatGateway{NatGatewayId: aws.String(id("nat", r.name+name)), VpcId: aws.String(r.vpc()), SubnetId: aws.String(id("subnet", r.name+"public")),
			State: state, ConnectivityType: types.ConnectivityTypePublic, AvailabilityMode: types.AvailabilityModeZonal, CreateTime: ago(300 * day), Tags: tags(name, "prod"),
			NatGatewayAddresses: []types.NatGatewayAddress{{PublicIp: aws.String("198.51.100.140"), AllocationId: aws.String(id("eipalloc", "acme-nat")), NetworkInterfaceId: aws.String(id("eni", r.name+"acme-nat"))}}}
	}
	r.links.nat = []types.NatGateway{gateway("acme-nat", types.NatGatewayStateAvailable), gateway("acme-nat-old", types.NatGatewayStateDeleted)}
	main := &r.cloud.tables[0] // of the private subnet
	main.Routes = append(main.Routes, types.Route{DestinationCidrBlock: aws.String("0.0.0.0/0"), NatGatewayId: r.links.nat[0].NatGatewayId, State: types.RouteStateActive, Origin: types.RouteOriginCreateRoute})
	r.links.egress = []types.EgressOnlyInternetGateway{
		{EgressOnlyInternetGatewayId: aws.String(r.data("eigw", "eigw")), Tags: tags("acme-data", "prod"), Attachments: []types.InternetGatewayAttachment{{VpcId: aws.String(r.data("vpc", "vpc")), State: "attached"}}},
		{EgressOnlyInternetGatewayId: aws.String(id("eigw", "acme forgotten"))},
	}
}

// describe says of a group and its rules what they are for.
func (r *region) describe(name, about string) {
	for i := range r.groups {
		g := &r.groups[i]
		if *g.GroupName != name {
			continue
		}
		g.Description = aws.String(about)
		for _, p := range g.IpPermissions {
			for k := range p.UserIdGroupPairs {
				p.UserIdGroupPairs[k].Description = aws.String("from the web servers")
			}
		}
	}
}

// watch logs what flows: into a bucket, or into a log group to which nothing is delivered.
func (r *region) watch(resource, bucket string) {
	f := types.FlowLog{FlowLogId: aws.String(id("fl", resource)), ResourceId: aws.String(resource), FlowLogStatus: aws.String("ACTIVE"), DeliverLogsStatus: aws.String("SUCCESS"),
		TrafficType: types.TrafficTypeAll, MaxAggregationInterval: aws.Int32(600), LogDestinationType: types.LogDestinationTypeS3, LogDestination: aws.String("arn:" + Partition + ":s3:::" + bucket + "/vpc/"),
		LogFormat:    aws.String("${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}"),
		CreationTime: ago(400 * day), Tags: tags("acme-flows", "prod")}
	if bucket == "" {
		f.DeliverLogsStatus, f.DeliverLogsErrorMessage = aws.String("FAILED"), aws.String("Access error")
		f.TrafficType, f.LogFormat = types.TrafficTypeReject, aws.String("${srcaddr} ${dstaddr} ${action}")
		f.LogDestinationType, f.LogDestination = types.LogDestinationTypeCloudWatchLogs, aws.String("arn:"+Partition+":logs:"+r.name+":"+Account+":log-group:acme-vpc")
	}
	r.links.flowLogs = append(r.links.flowLogs, f)
}

// reachServices gives home its endpoints, and the services that it offers to others.
func (r *region) reachServices() {
	made := func(name, vpc, service string, kind types.VpcEndpointType, policy string, subnets ...string) types.VpcEndpoint {
		return types.VpcEndpoint{VpcEndpointId: aws.String(id("vpce", r.name+name)), VpcId: aws.String(vpc), OwnerId: aws.String(Account), VpcEndpointType: kind, State: "available",
			ServiceName: aws.String("com.amazonaws." + r.name + "." + service), PolicyDocument: aws.String(policy), SubnetIds: subnets, PrivateDnsEnabled: aws.Bool(kind == types.VpcEndpointTypeInterface),
			RequesterManaged: aws.Bool(false), Tags: tags(name, "prod")}
	}
	const open = `{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`
	bound := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"` + organizationID + `","aws:ResourceOrgID":"` + organizationID + `"}}}]}`
	data := r.data("vpc", "vpc")
	r.links.endpoints = []types.VpcEndpoint{
		made("acme-ec2", r.vpc(), "ec2", types.VpcEndpointTypeInterface, open, id("subnet", r.name+"private")),
		made("acme-s3", r.vpc(), "s3", types.VpcEndpointTypeGateway, open),
		made("acme-data-s3", data, "s3", types.VpcEndpointTypeGateway, bound),
		made("acme-data-ssm", data, "ssm", types.VpcEndpointTypeInterface, strings.ReplaceAll(bound, "s3:*", "ssm:*"), r.data("subnet", "a"), r.data("subnet", "b")),
	}
	elsewhere := made("acme-reports", data, "s3", types.VpcEndpointTypeInterface, bound, r.data("subnet", "a"), r.data("subnet", "b"))
	elsewhere.ServiceName, elsewhere.ServiceRegion = aws.String("com.amazonaws.us-east-1.s3"), aws.String("us-east-1")
	r.links.endpoints = append(r.links.endpoints, elsewhere)
	offer := func(name string, acceptance bool, principals ...types.AllowedPrincipal) {
		serviceID := id("vpce-svc", name)
		r.links.services = append(r.links.services, types.ServiceConfiguration{ServiceId: aws.String(serviceID), ServiceName: aws.String("com.amazonaws.vpce." + r.name + "." + serviceID),
			ServiceState: types.ServiceStateAvailable, AcceptanceRequired: aws.Bool(acceptance), ManagesVpcEndpoints: aws.Bool(false), Tags: tags(name, "prod"),
			ServiceType: []types.ServiceTypeDetail{{ServiceType: types.ServiceTypeInterface}}})
		r.links.principals[serviceID] = principals
	}
	offer("acme-billing", true, types.AllowedPrincipal{Principal: aws.String("arn:" + Partition + ":iam::" + staging + ":root"), PrincipalType: types.PrincipalTypeAccount})
	offer("acme-catalogue", false, types.AllowedPrincipal{Principal: aws.String("*"), PrincipalType: types.PrincipalTypeAll})
}

// hub is home's transit gateway, with what is attached to it.
func (r *region) hub() {
	gateway := id("tgw", r.name+"core")
	table := types.TransitGatewayRouteTable{TransitGatewayRouteTableId: aws.String(id("tgw-rtb", r.name+"core")), TransitGatewayId: aws.String(gateway),
		State: types.TransitGatewayRouteTableStateAvailable, DefaultAssociationRouteTable: aws.Bool(true), DefaultPropagationRouteTable: aws.Bool(true), Tags: tags("acme-core", "prod")}
	r.links.tables = []types.TransitGatewayRouteTable{table}
	r.links.gateways = []types.TransitGateway{{TransitGatewayId: aws.String(gateway), TransitGatewayArn: aws.String(r.arn("ec2", "transit-gateway/"+gateway)), OwnerId: aws.String(Account),
		State: types.TransitGatewayStateAvailable, Tags: tags("acme-core", "prod"), Options: &types.TransitGatewayOptions{
			AutoAcceptSharedAttachments: types.AutoAcceptSharedAttachmentsValueEnable, DefaultRouteTableAssociation: types.DefaultRouteTableAssociationValueEnable,
			DefaultRouteTablePropagation: types.DefaultRouteTablePropagationValueEnable, AssociationDefaultRouteTableId: table.TransitGatewayRouteTableId}}}
	attach := func(name string, kind types.TransitGatewayAttachmentResourceType, resource, owner string, state types.TransitGatewayAttachmentState) {
		a := types.TransitGatewayAttachment{TransitGatewayAttachmentId: aws.String(id("tgw-attach", r.name+name)), TransitGatewayId: aws.String(gateway), TransitGatewayOwnerId: aws.String(Account),
			ResourceType: kind, ResourceId: aws.String(resource), ResourceOwnerId: aws.String(owner), State: state, Tags: tags(name, "prod")}
		if state == types.TransitGatewayAttachmentStateAvailable {
			a.Association = &types.TransitGatewayAttachmentAssociation{TransitGatewayRouteTableId: table.TransitGatewayRouteTableId, State: types.TransitGatewayAssociationStateAssociated}
		}
		r.links.attachments = append(r.links.attachments, a)
	}
	attach("acme-home", types.TransitGatewayAttachmentResourceTypeVpc, r.vpc(), Account, types.TransitGatewayAttachmentStateAvailable)
	attach("acme-data", types.TransitGatewayAttachmentResourceTypeVpc, r.data("vpc", "vpc"), Account, types.TransitGatewayAttachmentStateAvailable)
	attach("acme-staging", types.TransitGatewayAttachmentResourceTypeVpc, id("vpc", "staging"), staging, types.TransitGatewayAttachmentStateAvailable)
	attach("somebody", types.TransitGatewayAttachmentResourceTypeVpc, id("vpc", "stranger"), stranger, types.TransitGatewayAttachmentStateAvailable)
	attach("acme-across", types.TransitGatewayAttachmentResourceTypePeering, id("tgw", Second+"spoke"), Account, types.TransitGatewayAttachmentStateAvailable)
}

// spoke is the other Region's transit gateway, joined to home's and to a partner's.
func (r *region) spoke(home *region) {
	gateway := id("tgw", r.name+"spoke")
	r.links.gateways = []types.TransitGateway{{TransitGatewayId: aws.String(gateway), TransitGatewayArn: aws.String(r.arn("ec2", "transit-gateway/"+gateway)), OwnerId: aws.String(Account),
		State: types.TransitGatewayStateAvailable, Tags: tags("acme-spoke", "staging"), Options: &types.TransitGatewayOptions{
			AutoAcceptSharedAttachments: types.AutoAcceptSharedAttachmentsValueDisable, DefaultRouteTableAssociation: types.DefaultRouteTableAssociationValueDisable,
			DefaultRouteTablePropagation: types.DefaultRouteTablePropagationValueDisable}}}
	peering := func(name string, from, to types.PeeringTgwInfo) types.TransitGatewayPeeringAttachment {
		return types.TransitGatewayPeeringAttachment{TransitGatewayAttachmentId: aws.String(id("tgw-attach", home.name+name)), RequesterTgwInfo: &from, AccepterTgwInfo: &to,
			State: types.TransitGatewayAttachmentStateAvailable, Tags: tags(name, "prod")}
	}
	at := func(gateway, owner, region string) types.PeeringTgwInfo {
		return types.PeeringTgwInfo{TransitGatewayId: aws.String(gateway), OwnerId: aws.String(owner), Region: aws.String(region)}
	}
	across := peering("acme-across", at(id("tgw", home.name+"core"), Account, home.name), at(gateway, Account, r.name))
	partner := peering("partner", at(id("tgw", "partner"), stranger, "us-east-1"), at(gateway, Account, r.name))
	home.links.transit = []types.TransitGatewayPeeringAttachment{across}
	r.links.transit = []types.TransitGatewayPeeringAttachment{across, partner}
}

// site is the warehouse: a VPN of two tunnels, of which one is down.
func (r *region) site() {
	customer, gateway := id("cgw", "warehouse"), id("vgw", r.name+"warehouse")
	r.links.customers = []types.CustomerGateway{{CustomerGatewayId: aws.String(customer), State: aws.String("available"), Type: aws.String("ipsec.1"), IpAddress: aws.String("192.0.2.18"), BgpAsn: aws.String("65000"), Tags: tags("acme-warehouse", "prod")}}
	r.links.vpnGateways = []types.VpnGateway{
		{VpnGatewayId: aws.String(gateway), State: types.VpnStateAvailable, Type: types.GatewayTypeIpsec1, Tags: tags("acme-warehouse", "prod"), VpcAttachments: []types.VpcAttachment{{VpcId: aws.String(r.vpc()), State: types.AttachmentStatusAttached}}},
		{VpnGatewayId: aws.String(id("vgw", r.name+"old office")), State: types.VpnStateAvailable, Type: types.GatewayTypeIpsec1, VpcAttachments: []types.VpcAttachment{{VpcId: aws.String(r.vpc()), State: types.AttachmentStatusDetached}}},
	}
	tunnel := func(n int, logged bool) types.TunnelOption {
		return types.TunnelOption{OutsideIpAddress: aws.String(fmt.Sprintf("203.0.113.%d", 20+n)), PreSharedKey: aws.String(secret(fmt.Sprint("tunnel ", n), 32)),
			TunnelInsideCidr: aws.String(fmt.Sprintf("169.254.%d.0/30", 10+n)),
			LogOptions:       &types.VpnTunnelLogOptions{CloudWatchLogOptions: &types.CloudWatchLogOptions{LogEnabled: aws.Bool(logged), BgpLogEnabled: aws.Bool(true)}}}
	}
	configuration := "<vpn_connection id=\"" + id("vpn", "warehouse") + "\"><ipsec_tunnel><ike><pre_shared_key>" + secret("tunnel 1", 32) + "</pre_shared_key></ike></ipsec_tunnel></vpn_connection>"
	r.links.vpns = []types.VpnConnection{{VpnConnectionId: aws.String(id("vpn", "warehouse")), VpnGatewayId: aws.String(gateway), CustomerGatewayId: aws.String(customer), State: types.VpnStateAvailable,
		Type: types.GatewayTypeIpsec1, Category: aws.String("VPN"), CustomerGatewayConfiguration: aws.String(configuration), Tags: tags("acme-warehouse", "prod"),
		VgwTelemetry: []types.VgwTelemetry{{OutsideIpAddress: aws.String("203.0.113.21"), Status: types.TelemetryStatusUp, LastStatusChange: ago(9 * day)},
			{OutsideIpAddress: aws.String("203.0.113.22"), Status: types.TelemetryStatusDown, LastStatusChange: ago(2 * day), StatusMessage: aws.String("IPSEC IS DOWN")}},
		Options: &types.VpnConnectionOptions{TunnelOptions: []types.TunnelOption{tunnel(1, true), tunnel(2, false)}}}}
	r.cloud.tables[0].Routes = append(r.cloud.tables[0].Routes, types.Route{DestinationCidrBlock: aws.String("172.20.0.0/16"), GatewayId: aws.String(gateway), State: types.RouteStateActive, Origin: types.RouteOriginEnableVgwRoutePropagation})
}

// roadWarriors are two Client VPN endpoints: one by certificates alone, for everybody and
// without a log, and one by groups of the directory.
func (r *region) roadWarriors() {
	endpoint := func(name string, logged bool, kind types.ClientVpnAuthenticationType, rules ...types.AuthorizationRule) {
		e := types.ClientVpnEndpoint{ClientVpnEndpointId: aws.String(id("cvpn-endpoint", name)), Status: &types.ClientVpnEndpointStatus{Code: types.ClientVpnEndpointStatusCodeAvailable}, VpcId: aws.String(r.vpc()),
			ConnectionLogOptions: &types.ConnectionLogResponseOptions{Enabled: aws.Bool(logged)}, AuthenticationOptions: []types.ClientVpnAuthentication{{Type: kind}}, Tags: tags(name, "prod")}
		if logged {
			e.ConnectionLogOptions.CloudwatchLogGroup = aws.String("acme-client-vpn")
		}
		r.links.clients = append(r.links.clients, e)
		r.links.access[*e.ClientVpnEndpointId] = rules
	}
	active := &types.ClientVpnAuthorizationRuleStatus{Code: types.ClientVpnAuthorizationRuleStatusCodeActive}
	endpoint("acme-contractors", false, types.ClientVpnAuthenticationTypeCertificateAuthentication, types.AuthorizationRule{DestinationCidr: aws.String("10.20.0.0/16"), AccessAll: aws.Bool(true), Status: active})
	endpoint("acme-staff", true, types.ClientVpnAuthenticationTypeFederatedAuthentication, types.AuthorizationRule{DestinationCidr: aws.String("10.20.0.0/16"), AccessAll: aws.Bool(false), GroupId: aws.String("platform"), Status: active})
}

// mirrors copies the bastion's traffic to a target of Acme's own, and the ERP server's to
// one that nobody remembers.
func (r *region) mirrors() {
	target := func(name, owner string) types.TrafficMirrorTarget {
		return types.TrafficMirrorTarget{TrafficMirrorTargetId: aws.String(id("tmt", name)), OwnerId: aws.String(owner), NetworkInterfaceId: aws.String(id("eni", name)), Type: types.TrafficMirrorTargetTypeNetworkInterface, Tags: tags(name, "prod")}
	}
	r.links.targets = []types.TrafficMirrorTarget{target("acme-ids", Account), target("collector", stranger)}
	r.links.filters = []types.TrafficMirrorFilter{{TrafficMirrorFilterId: aws.String(id("tmf", "acme all")), Tags: tags("acme-all", "prod")}}
	for i, nic := range []string{"acme-bastion", "acme-legacy-erp"} {
		r.links.sessions = append(r.links.sessions, types.TrafficMirrorSession{TrafficMirrorSessionId: aws.String(id("tms", nic)), OwnerId: aws.String(Account), NetworkInterfaceId: aws.String(id("eni", r.name+nic)),
			TrafficMirrorTargetId: r.links.targets[i].TrafficMirrorTargetId, TrafficMirrorFilterId: r.links.filters[0].TrafficMirrorFilterId, SessionNumber: aws.Int32(1), Tags: tags(nic, "prod")})
	}
}

// exclude takes the Region's private subnet out of its block of public access, and lets the
// VPC's traffic out.
func (r *region) exclude() {
	x := func(name, resource string, mode types.InternetGatewayExclusionMode) types.VpcBlockPublicAccessExclusion {
		return types.VpcBlockPublicAccessExclusion{ExclusionId: aws.String(id("vpcbpa-exclude", name)), ResourceArn: aws.String(r.arn("ec2", resource)), InternetGatewayExclusionMode: mode,
			State: types.VpcBlockPublicAccessExclusionStateCreateComplete, CreationTimestamp: ago(90 * day), LastUpdateTimestamp: ago(90 * day)}
	}
	r.links.exclusions = []types.VpcBlockPublicAccessExclusion{
		x("demonstration", "subnet/"+id("subnet", r.name+"private"), types.InternetGatewayExclusionModeAllowBidirectional),
		x("updates", "vpc/"+r.vpc(), types.InternetGatewayExclusionModeAllowEgress),
	}
}
