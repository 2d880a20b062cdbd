package snapshot

import "slices"

// Net is what was read of the networks beside their VPCs, subnets, routes and rules: the
// addresses, what joins them to other networks, and what logs them.
type Net struct {
	Addresses          []Address
	NATGateways        []NATGateway
	EgressGateways     []EgressGateway
	Zones              []Zone
	DHCPOptions        []DHCPOptions
	EncryptionControls []EncryptionControl
	FlowLogs           []FlowLog

	GroupRules        []GroupRule
	GroupAssociations []GroupAssociation

	Endpoints        []VPCEndpoint
	EndpointServices []EndpointService

	Peerings           []VPCPeering
	TransitGateways    []TransitGateway
	TransitAttachments []TransitAttachment
	TransitPeerings    []TransitPeering
	TransitTables      []TransitTable

	VPNConnections   []VPNConnection
	VPNGateways      []VPNGateway
	CustomerGateways []CustomerGateway
	ClientVPNs       []ClientVPN

	MirrorSessions []MirrorSession
	MirrorFilters  []MirrorFilter
	MirrorTargets  []MirrorTarget

	Lists []ListCalls
}

// ListCalls are the calls of all pages of one list of a Region, also of an empty one.
type ListCalls struct {
	Meta
	Operation string
}

// And joins what was read of two Regions.
func (n Net) And(o Net) Net {
	return Net{
		Addresses:          slices.Concat(n.Addresses, o.Addresses),
		NATGateways:        slices.Concat(n.NATGateways, o.NATGateways),
		EgressGateways:     slices.Concat(n.EgressGateways, o.EgressGateways),
		Zones:              slices.Concat(n.Zones, o.Zones),
		DHCPOptions:        slices.Concat(n.DHCPOptions, o.DHCPOptions),
		EncryptionControls: slices.Concat(n.EncryptionControls, o.EncryptionControls),
		FlowLogs:           slices.Concat(n.FlowLogs, o.FlowLogs),

		GroupRules:        slices.Concat(n.GroupRules, o.GroupRules),
		GroupAssociations: slices.Concat(n.GroupAssociations, o.GroupAssociations),

		Endpoints:        slices.Concat(n.Endpoints, o.Endpoints),
		EndpointServices: slices.Concat(n.EndpointServices, o.EndpointServices),

		Peerings:           slices.Concat(n.Peerings, o.Peerings),
		TransitGateways:    slices.Concat(n.TransitGateways, o.TransitGateways),
		TransitAttachments: slices.Concat(n.TransitAttachments, o.TransitAttachments),
		TransitPeerings:    slices.Concat(n.TransitPeerings, o.TransitPeerings),
		TransitTables:      slices.Concat(n.TransitTables, o.TransitTables),

		VPNConnections:   slices.Concat(n.VPNConnections, o.VPNConnections),
		VPNGateways:      slices.Concat(n.VPNGateways, o.VPNGateways),
		CustomerGateways: slices.Concat(n.CustomerGateways, o.CustomerGateways),
		ClientVPNs:       slices.Concat(n.ClientVPNs, o.ClientVPNs),

		MirrorSessions: slices.Concat(n.MirrorSessions, o.MirrorSessions),
		MirrorFilters:  slices.Concat(n.MirrorFilters, o.MirrorFilters),
		MirrorTargets:  slices.Concat(n.MirrorTargets, o.MirrorTargets),

		Lists: slices.Concat(n.Lists, o.Lists),
	}
}

// Address is an Elastic IP address. Source: EC2 DescribeAddresses.
type Address struct {
	Meta
	ID             string // AllocationId
	IP             string // PublicIp
	Association    string // AssociationId
	Instance       string
	Interface      string // NetworkInterfaceId
	InterfaceOwner string // NetworkInterfaceOwnerId
	Pool           string // PublicIpv4Pool
	ServiceManaged string
}

// NATGateway is a NAT gateway; deleted ones stay in the list for about an hour.
// Source: EC2 DescribeNatGateways.
type NATGateway struct {
	Meta
	ID           string
	VPC          string
	Subnet       string // "" for a regional gateway
	State        string
	Connectivity string   // ConnectivityType: public or private
	Availability string   // AvailabilityMode: zonal or regional; "" where the answer lacks it
	Public       []string // NatGatewayAddresses[].PublicIp
}

// EgressGateway is an egress-only internet gateway.
// Source: EC2 DescribeEgressOnlyInternetGateways.
type EgressGateway struct {
	Meta
	ID          string
	Attachments []GatewayAttachment
}

// Zone is an Availability Zone, Local Zone or Wavelength Zone of the Region, in use or not.
// Source: EC2 DescribeAvailabilityZones with AllAvailabilityZones.
type Zone struct {
	Meta
	ID        string // ZoneId, the same in every account
	Type      string // ZoneType
	Group     string // GroupName
	OptIn     string // OptInStatus: opt-in-not-required, opted-in or not-opted-in
	Geography []string
}

// DHCPOptions is a set of DHCP options. Source: EC2 DescribeDhcpOptions.
type DHCPOptions struct {
	Meta
	ID      string
	Owner   string
	Servers []string // the values of domain-name-servers; addresses, or AmazonProvidedDNS
}

// EncryptionControl is a VPC's encryption control. Source: EC2 DescribeVpcEncryptionControls.
type EncryptionControl struct {
	Meta
	ID         string
	VPC        string
	Mode       string
	State      string
	Exclusions []string // "kind state" of ResourceExclusions that are not disabled
}

// FlowLog is a flow log of a VPC, a subnet, an interface or a transit gateway.
// Source: EC2 DescribeFlowLogs.
type FlowLog struct {
	Meta
	ID              string
	Resource        string // ResourceId
	Status          string // FlowLogStatus
	Delivery        string // DeliverLogsStatus; "" before the first delivery, and for S3
	DeliveryError   string // DeliverLogsErrorMessage
	Traffic         string // TrafficType; "" for a transit gateway
	Destination     string // LogDestination, an ARN
	DestinationType string
	LogGroup        string
	Format          string
	Interval        *int32 // MaxAggregationInterval, in seconds
}

// GroupRule is one rule of a security group. Source: EC2 DescribeSecurityGroupRules.
type GroupRule struct {
	Meta
	ID          string
	Group       string
	Egress      bool
	Description string
	Protocol    string
	Source      string // the one CIDR, prefix list or group that it names
}

// GroupAssociation lets a security group be used in another VPC of its Region.
// Source: EC2 DescribeSecurityGroupVpcAssociations.
type GroupAssociation struct {
	Meta
	Group    string
	VPC      string
	VPCOwner string
	State    string
}

// StaleRules are the rules of a security group that refer to groups that are gone.
// Source: EC2 DescribeStaleSecurityGroups; nothing is asked about a VPC whose rules refer
// only to groups that are listed in it.
type StaleRules struct {
	Count int      // stale permissions, both ways
	Gone  []string // the groups that they refer to
}

// MirrorSession copies an interface's traffic to a target.
// Source: EC2 DescribeTrafficMirrorSessions.
type MirrorSession struct {
	Meta
	ID        string
	Owner     string
	Interface string
	Target    string
}

// MirrorFilter says which traffic a session copies. Source: EC2 DescribeTrafficMirrorFilters.
type MirrorFilter struct {
	Meta
	ID string
}

// MirrorTarget is where mirrored traffic goes. Source: EC2 DescribeTrafficMirrorTargets.
type MirrorTarget struct {
	Meta
	ID    string
	Owner string
	To    string // the interface, load balancer or endpoint
}
