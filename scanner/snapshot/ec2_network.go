package snapshot

// NetworkInterface is an elastic network interface. Source: EC2 DescribeNetworkInterfaces.
type NetworkInterface struct {
	Meta
	ID               string
	Owner            string // an account; another than the Meta's in a shared subnet
	Type             string // InterfaceType
	Status           string
	RequesterID      string
	RequesterManaged bool
	Managed          bool // by an AWS service; Operator.Managed
	VPC, Subnet      string
	Instance         string // Attachment.InstanceId
	Attachment       string // Attachment.Status
	Groups           []string
	GroupNames       []string   // GroupName of each of Groups
	SourceDestCheck  Read[bool] // unread where the answer lacks it

	Private           []string // PrivateIpAddresses[].PrivateIpAddress
	Public            []string // Association.PublicIp, of the interface and of its private addresses
	Carrier           []string // Association.CarrierIp and CustomerOwnedIp: no internet addresses of a Region
	IPv6              []string
	IPv6Prefixes      []string
	DenyAllIGWTraffic bool
}

// VPC is a virtual private cloud. Source: EC2 DescribeVpcs.
type VPC struct {
	Meta
	ID      string
	Owner   string // an account; another than the Meta's where the VPC is shared
	Default bool
	DHCP    string // DhcpOptionsId
}

// Subnet is a subnet. Source: EC2 DescribeSubnets.
type Subnet struct {
	Meta
	ID                   string
	VPC                  string
	Owner                string // an account; another than the Meta's where the subnet is shared
	CIDRs                []string
	PrivateIPv6          []string   // those of CIDRs whose Ipv6AddressAttribute is private
	PublicIPv6           []string   // the other IPv6 CIDRs
	MapPublicIPOnLaunch  Read[bool] // unread where the answer lacks it
	AssignIPv6OnCreation bool
	Zone, ZoneID         string // AvailabilityZone and AvailabilityZoneId
	Outpost              string // OutpostArn
	DefaultForZone       bool   // DefaultForAz
	IPv6Native           bool
	Free                 *int32 // AvailableIpAddressCount
}

// RouteTable is a VPC route table. Source: EC2 DescribeRouteTables.
type RouteTable struct {
	Meta
	ID           string
	VPC          string
	Associations []RouteAssociation
	Routes       []Route
}

// RouteAssociation says what a route table is used for.
type RouteAssociation struct {
	Subnet, Gateway string
	Main            bool
	State           string // AssociationState.State
}

// Route is one route: Destination is a CIDR, or PrefixList is set.
type Route struct {
	Destination, PrefixList string
	Target                  string // the id of the one target that AWS gives, or "local"
	State                   string
	Origin                  string
}

// InternetGateway is an internet gateway. Source: EC2 DescribeInternetGateways.
type InternetGateway struct {
	Meta
	ID          string
	Attachments []GatewayAttachment
}

// GatewayAttachment joins a gateway to a VPC.
type GatewayAttachment struct{ VPC, State string }

// NetworkACL is a network ACL. Source: EC2 DescribeNetworkAcls.
type NetworkACL struct {
	Meta
	ID      string
	VPC     string
	Owner   string
	Default bool
	Subnets []string // Associations[].SubnetId
	Entries []ACLEntry
}

// ACLEntry is one rule of a network ACL. The ports are type and code for ICMP.
type ACLEntry struct {
	Number           int32
	Egress           bool
	Action           string // allow or deny
	Protocol         string // a number in a string, "-1" for all
	FromPort, ToPort *int32
	CIDR             string // CidrBlock or Ipv6CidrBlock
}

// Exclusion takes a VPC or subnet out of VPC Block Public Access.
// Source: EC2 DescribeVpcBlockPublicAccessExclusions.
type Exclusion struct {
	Meta
	ID       string
	Resource string // ResourceArn
	Mode     string // InternetGatewayExclusionMode
	State    string
}
