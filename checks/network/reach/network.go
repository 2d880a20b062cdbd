package reach

import "net/netip"

// List is what one describing call gave. The zero List is unread: its absences prove
// nothing. What was read before a failure may be in Items although it is not complete.
type List[T any] struct {
	Items []T
	// Complete says that the call was read to its end, so that what is not in Items
	// does not exist.
	Complete bool
	// Unread says what is missing and why when the list is not complete, such as
	// "ec2:DescribeRouteTables (denied)".
	Unread string
}

// Read returns a list that was read to its end.
func Read[T any](items ...T) List[T] { return List[T]{Items: items, Complete: true} }

// Unread returns a list of which nothing is known, and why.
func Unread[T any](why string) List[T] { return List[T]{Unread: why} }

// missing words what is needed from an incomplete list.
func (l List[T]) missing(what string) string {
	if l.Unread == "" {
		return what
	}
	return what + ": " + l.Unread
}

// Network is everything the analysis knows, of one Region and all accounts that were
// read there. Each list may be unread or incomplete; what an absent list means is then
// "cannot tell" wherever a path would pass it. Fields hold what EC2 sent, unjudged.
type Network struct {
	Subnets            List[Subnet]
	RouteTables        List[RouteTable]
	InternetGateways   List[InternetGateway]
	ACLs               List[ACL]
	Groups             List[Group]
	PrefixLists        List[PrefixList]
	Interfaces         List[Interface]
	BlockPublicAccess  List[BlockPublicAccess] // one item when read
	Exclusions         List[Exclusion]
	Peerings           List[Peering]
	TransitAttachments List[TransitAttachment]
	TransitTables      List[TransitTable]
	VPNGateways        List[VPNGateway]
	VPNConnections     List[VPNConnection]
}

// Subnet is a subnet. Source: EC2 DescribeSubnets.
type Subnet struct {
	ID, VPCID string
	// CIDRs are CidrBlock and the associated Ipv6CidrBlockAssociationSet.
	CIDRs []netip.Prefix
	// PrivateIPv6 are those of CIDRs whose Ipv6AddressAttribute is "private": they come
	// from global space but are not announced to the internet.
	PrivateIPv6 []netip.Prefix
	// SharedIn says that another account owns the subnet (OwnerId). Its VPC Block Public
	// Access settings are then not the ones that count, and its tables may be hidden.
	SharedIn bool
}

// RouteTable is a VPC route table. Source: EC2 DescribeRouteTables.
type RouteTable struct {
	ID, VPCID    string
	Associations []Association
	Routes       []Route
}

// Association says what a route table is used for: one of the three is set.
type Association struct {
	SubnetID  string
	GatewayID string // an edge association: routes of packets that come in through it
	Main      bool
	State     string // AssociationState.State; empty counts as associated
}

// Route is one route. Source: EC2 Route.
type Route struct {
	// Destination is DestinationCidrBlock or DestinationIpv6CidrBlock; PrefixList is
	// DestinationPrefixListId. Exactly one is set.
	Destination netip.Prefix
	PrefixList  string
	// Target is the id of the one target that EC2 sent: GatewayId (igw-…, vgw-…, vpce-…,
	// "local"), NatGatewayId, EgressOnlyInternetGatewayId, TransitGatewayId,
	// VpcPeeringConnectionId, NetworkInterfaceId, LocalGatewayId, CarrierGatewayId, or
	// the ARN of a core network.
	Target string
	// State is "active", "blackhole" or "filtered".
	State string
	// Propagated says that Origin is EnableVgwRoutePropagation: such a route loses
	// against another with the same destination.
	Propagated bool
}

// InternetGateway is an internet gateway with its attachments.
// Source: EC2 DescribeInternetGateways.
type InternetGateway struct {
	ID          string
	Attachments []Attachment
}

// Attachment of a gateway to a VPC. State is "available" or "attached" when it works.
type Attachment struct{ VPCID, State string }

// ACL is a network ACL. Source: EC2 DescribeNetworkAcls.
type ACL struct {
	ID      string
	Subnets []string // Associations[].SubnetId
	Entries []Entry
}

// Entry is one rule of a network ACL, in any order: the numbers decide.
// Source: EC2 NetworkAclEntry.
type Entry struct {
	Number   int32
	Egress   bool
	Allow    bool
	Protocol string // a number in a string, "-1" for all
	// FromPort and ToPort are PortRange for TCP and UDP, and IcmpTypeCode's Type and
	// Code for ICMP; nil where EC2 sent none.
	FromPort, ToPort *int32
	CIDR             netip.Prefix // CidrBlock or Ipv6CidrBlock
}

// Interface is a network interface. Source: EC2 DescribeNetworkInterfaces.
type Interface struct {
	ID string
	// InstanceID is Attachment.InstanceId; empty when it belongs to no instance.
	InstanceID        string
	VPCID, SubnetID   string
	Groups            []string
	Private           []netip.Addr // PrivateIpAddresses[].PrivateIpAddress
	PublicIPv4        []netip.Addr // Association.PublicIp of any private address
	IPv6              []netip.Addr
	IPv6Prefixes      []netip.Prefix // delegated; they are addresses of the interface
	DenyAllIGWTraffic bool
}

// BlockPublicAccess is the state of VPC Block Public Access in the Region.
// Source: EC2 DescribeVpcBlockPublicAccessOptions, VpcBlockPublicAccessOptions.
type BlockPublicAccess struct {
	Mode  string // InternetGatewayBlockMode: off, block-ingress, block-bidirectional
	State string // default-state, update-in-progress, update-complete
}

// Exclusion takes a VPC or a subnet out of VPC Block Public Access.
// Source: EC2 DescribeVpcBlockPublicAccessExclusions.
type Exclusion struct {
	ID       string
	Resource string // the id at the end of ResourceArn: vpc-… or subnet-…
	Mode     string // InternetGatewayExclusionMode: allow-bidirectional, allow-egress
	State    string // create-complete, delete-in-progress, …
}

// Peering joins two VPCs. Source: EC2 DescribeVpcPeeringConnections.
type Peering struct {
	ID, State string // Status.Code, "active" when packets flow
	Sides     [2]PeeringSide
}

// PeeringSide is RequesterVpcInfo or AccepterVpcInfo.
type PeeringSide struct {
	VPCID, Region string
	CIDRs         []netip.Prefix // CidrBlockSet and Ipv6CidrBlockSet
}

// TransitAttachment joins a VPC, a VPN connection, a Direct Connect gateway or another
// transit gateway to a transit gateway. Source: EC2 DescribeTransitGatewayAttachments.
type TransitAttachment struct {
	ID, TransitGatewayID string
	Type, ResourceID     string // ResourceType: vpc, vpn, direct-connect-gateway, peering, connect
	State                string // "available" when packets flow
	// TableID is Association.TransitGatewayRouteTableId, the table that routes what the
	// attachment sends; empty when no table is associated.
	TableID string
}

// TransitTable is a transit gateway's route table with its routes.
// Source: EC2 DescribeTransitGatewayRouteTables and SearchTransitGatewayRoutes.
type TransitTable struct {
	ID     string
	Routes List[TransitRoute]
}

// TransitRoute is one route of a transit gateway.
type TransitRoute struct {
	Destination netip.Prefix
	PrefixList  string
	Attachments []string // several with equal-cost paths; none for a blackhole
	State       string   // active, blackhole
	Propagated  bool     // Type is propagated
}

// VPNGateway is a virtual private gateway. Source: EC2 DescribeVpnGateways.
type VPNGateway struct {
	ID          string
	Attachments []Attachment
}

// VPNConnection is a Site-to-Site VPN connection. Source: EC2 DescribeVpnConnections.
type VPNConnection struct {
	ID                string
	GatewayID         string // VpnGatewayId or TransitGatewayId
	CustomerGatewayID string
	State             string // "available" when it can carry packets
}
