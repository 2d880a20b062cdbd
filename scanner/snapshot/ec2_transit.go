package snapshot

// VPCPeering joins two VPCs. Both sides list it, in whatever Region or account they lie.
// Source: EC2 DescribeVpcPeeringConnections.
type VPCPeering struct {
	Meta
	ID                  string
	Status              string // Status.Code
	Requester, Accepter PeeringSide
}

// PeeringSide is RequesterVpcInfo or AccepterVpcInfo.
type PeeringSide struct {
	VPC, Owner, Region string
	CIDRs              []string // IPv4 and IPv6; absent of another account while the peering is pending
	DNS                Read[bool]
}

// TransitGateway is a transit gateway, those that other accounts share too.
// Source: EC2 DescribeTransitGateways.
type TransitGateway struct {
	Meta
	ID                 string
	Owner              string
	State              string
	AutoAccept         string // Options.AutoAcceptSharedAttachments: enable or disable
	DefaultAssociation string // Options.DefaultRouteTableAssociation
	DefaultPropagation string // Options.DefaultRouteTablePropagation
	AssociationTable   string // Options.AssociationDefaultRouteTableId
}

// TransitAttachment joins something to a transit gateway.
// Source: EC2 DescribeTransitGatewayAttachments.
type TransitAttachment struct {
	Meta
	ID            string
	Gateway       string
	GatewayOwner  string
	Type          string // ResourceType
	Resource      string // ResourceId
	ResourceOwner string
	State         string
	Table         string // Association.TransitGatewayRouteTableId
	TableState    string // Association.State
}

// TransitPeering joins two transit gateways, or one and a core network. Both sides list it.
// Source: EC2 DescribeTransitGatewayPeeringAttachments.
type TransitPeering struct {
	Meta
	ID                  string
	State               string
	Requester, Accepter TransitSide
}

// TransitSide is RequesterTgwInfo or AccepterTgwInfo.
type TransitSide struct{ Gateway, CoreNetwork, Owner, Region string }

// TransitTable is a transit gateway's route table.
// Source: EC2 DescribeTransitGatewayRouteTables.
type TransitTable struct {
	Meta
	ID      string
	Gateway string
	State   string
}
