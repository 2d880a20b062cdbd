package snapshot

// netKind is a kind of Net whose resources have ARNs and lie in Regions.
func netKind[T any](kind, list string, all func(*Net) []T, meta func(T) Meta, key func(T) string) Kind[T] {
	return Kind[T]{
		Type:  kind,
		All:   func(a *Account) []T { return all(&a.EC2.Net) },
		Meta:  meta,
		ID:    func(v T) string { return meta(v).ARN },
		Key:   key,
		Lists: []string{list},
	}
}

// Kinds of Net.
var (
	Addresses          = netKind("elastic ip", "ec2:DescribeAddresses", func(n *Net) []Address { return n.Addresses }, func(v Address) Meta { return v.Meta }, func(v Address) string { return v.ID })
	NATGateways        = netKind("nat gateway", "ec2:DescribeNatGateways", func(n *Net) []NATGateway { return n.NATGateways }, func(v NATGateway) Meta { return v.Meta }, func(v NATGateway) string { return v.ID })
	EgressGateways     = netKind("egress-only internet gateway", "ec2:DescribeEgressOnlyInternetGateways", func(n *Net) []EgressGateway { return n.EgressGateways }, func(v EgressGateway) Meta { return v.Meta }, func(v EgressGateway) string { return v.ID })
	Zones              = netKind("zone", "ec2:DescribeAvailabilityZones", func(n *Net) []Zone { return n.Zones }, func(v Zone) Meta { return v.Meta }, func(v Zone) string { return v.ID })
	DHCPOptionSets     = netKind("dhcp options", "ec2:DescribeDhcpOptions", func(n *Net) []DHCPOptions { return n.DHCPOptions }, func(v DHCPOptions) Meta { return v.Meta }, func(v DHCPOptions) string { return v.ID })
	EncryptionControls = netKind("vpc encryption control", "ec2:DescribeVpcEncryptionControls", func(n *Net) []EncryptionControl { return n.EncryptionControls }, func(v EncryptionControl) Meta { return v.Meta }, func(v EncryptionControl) string { return v.VPC })
	FlowLogs           = netKind("flow log", "ec2:DescribeFlowLogs", func(n *Net) []FlowLog { return n.FlowLogs }, func(v FlowLog) Meta { return v.Meta }, func(v FlowLog) string { return v.ID })
	GroupRules         = netKind("security group rule", "ec2:DescribeSecurityGroupRules", func(n *Net) []GroupRule { return n.GroupRules }, func(v GroupRule) Meta { return v.Meta }, func(v GroupRule) string { return v.ID })
	GroupAssociations  = netKind("security group association", "ec2:DescribeSecurityGroupVpcAssociations", func(n *Net) []GroupAssociation { return n.GroupAssociations }, func(v GroupAssociation) Meta { return v.Meta }, func(v GroupAssociation) string { return v.Group + " " + v.VPC })
	VPCEndpoints       = netKind("vpc endpoint", "ec2:DescribeVpcEndpoints", func(n *Net) []VPCEndpoint { return n.Endpoints }, func(v VPCEndpoint) Meta { return v.Meta }, func(v VPCEndpoint) string { return v.ID })
	EndpointServices   = netKind("vpc endpoint service", "ec2:DescribeVpcEndpointServiceConfigurations", func(n *Net) []EndpointService { return n.EndpointServices }, func(v EndpointService) Meta { return v.Meta }, func(v EndpointService) string { return v.ID })
	VPCPeerings        = netKind("vpc peering connection", "ec2:DescribeVpcPeeringConnections", func(n *Net) []VPCPeering { return n.Peerings }, func(v VPCPeering) Meta { return v.Meta }, func(v VPCPeering) string { return v.ID })
	TransitGateways    = netKind("transit gateway", "ec2:DescribeTransitGateways", func(n *Net) []TransitGateway { return n.TransitGateways }, func(v TransitGateway) Meta { return v.Meta }, func(v TransitGateway) string { return v.ID })
	TransitAttachments = netKind("transit gateway attachment", "ec2:DescribeTransitGatewayAttachments", func(n *Net) []TransitAttachment { return n.TransitAttachments }, func(v TransitAttachment) Meta { return v.Meta }, func(v TransitAttachment) string { return v.ID })
	TransitPeerings    = netKind("transit gateway peering attachment", "ec2:DescribeTransitGatewayPeeringAttachments", func(n *Net) []TransitPeering { return n.TransitPeerings }, func(v TransitPeering) Meta { return v.Meta }, func(v TransitPeering) string { return v.ID })
	TransitTables      = netKind("transit gateway route table", "ec2:DescribeTransitGatewayRouteTables", func(n *Net) []TransitTable { return n.TransitTables }, func(v TransitTable) Meta { return v.Meta }, func(v TransitTable) string { return v.ID })
	VPNConnections     = netKind("vpn connection", "ec2:DescribeVpnConnections", func(n *Net) []VPNConnection { return n.VPNConnections }, func(v VPNConnection) Meta { return v.Meta }, func(v VPNConnection) string { return v.ID })
	VPNGateways        = netKind("vpn gateway", "ec2:DescribeVpnGateways", func(n *Net) []VPNGateway { return n.VPNGateways }, func(v VPNGateway) Meta { return v.Meta }, func(v VPNGateway) string { return v.ID })
	CustomerGateways   = netKind("customer gateway", "ec2:DescribeCustomerGateways", func(n *Net) []CustomerGateway { return n.CustomerGateways }, func(v CustomerGateway) Meta { return v.Meta }, func(v CustomerGateway) string { return v.ID })
	ClientVPNs         = netKind("client vpn endpoint", "ec2:DescribeClientVpnEndpoints", func(n *Net) []ClientVPN { return n.ClientVPNs }, func(v ClientVPN) Meta { return v.Meta }, func(v ClientVPN) string { return v.ID })
	MirrorSessions     = netKind("traffic mirror session", "ec2:DescribeTrafficMirrorSessions", func(n *Net) []MirrorSession { return n.MirrorSessions }, func(v MirrorSession) Meta { return v.Meta }, func(v MirrorSession) string { return v.ID })
	MirrorFilters      = netKind("traffic mirror filter", "ec2:DescribeTrafficMirrorFilters", func(n *Net) []MirrorFilter { return n.MirrorFilters }, func(v MirrorFilter) Meta { return v.Meta }, func(v MirrorFilter) string { return v.ID })
	MirrorTargets      = netKind("traffic mirror target", "ec2:DescribeTrafficMirrorTargets", func(n *Net) []MirrorTarget { return n.MirrorTargets }, func(v MirrorTarget) Meta { return v.Meta }, func(v MirrorTarget) string { return v.ID })
)

// Lists are the calls of whole lists, by operation: what shows that something is not there.
var Lists = Kind[ListCalls]{
	Type: "list of a Region",
	All:  func(a *Account) []ListCalls { return a.EC2.Net.Lists },
	Meta: func(l ListCalls) Meta { return l.Meta },
	ID:   func(l ListCalls) string { return l.Operation },
	Key:  func(l ListCalls) string { return l.Operation },
}

// InternetGateways are the internet gateways.
var InternetGateways = Kind[InternetGateway]{
	Type:  "internet gateway",
	All:   func(a *Account) []InternetGateway { return a.EC2.InternetGateways },
	Meta:  func(g InternetGateway) Meta { return g.Meta },
	ID:    func(g InternetGateway) string { return g.ARN },
	Key:   func(g InternetGateway) string { return g.ID },
	Lists: []string{"ec2:DescribeInternetGateways"},
}

// Exclusions are what VPC Block Public Access leaves out.
var Exclusions = Kind[Exclusion]{
	Type:  "vpc block public access exclusion",
	All:   func(a *Account) []Exclusion { return a.EC2.Exclusions },
	Meta:  func(x Exclusion) Meta { return x.Meta },
	ID:    func(x Exclusion) string { return x.ARN },
	Key:   func(x Exclusion) string { return x.ID },
	Lists: []string{"ec2:DescribeVpcBlockPublicAccessExclusions"},
}
