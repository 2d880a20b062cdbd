package snapshot

import "time"

// VPNConnection is a Site-to-Site VPN connection. Pre-shared keys and the configuration of
// the customer's gateway never get here: the transport has put markers in their place.
// Source: EC2 DescribeVpnConnections.
type VPNConnection struct {
	Meta
	ID              string
	State           string
	Gateway         string // VpnGatewayId or TransitGatewayId
	CustomerGateway string
	Telemetry       []TunnelTelemetry
	Tunnels         []Tunnel
}

// TunnelTelemetry is what AWS saw of a tunnel, some minutes ago.
type TunnelTelemetry struct {
	Outside       string // OutsideIpAddress, AWS's end
	Status        string // UP or DOWN
	StatusMessage string
	Changed       time.Time // LastStatusChange; zero where the answer lacks it
}

// Tunnel is what a tunnel is set to. A list that is empty stands for all that AWS offers.
type Tunnel struct {
	Outside        string
	Logged         bool // LogOptions.CloudWatchLogOptions.LogEnabled
	LogGroup       string
	IKEVersions    []string
	Phase1, Phase2 Algorithms
}

// Algorithms are what AWS accepts in one phase of a tunnel's negotiation.
type Algorithms struct {
	Encryption, Integrity []string
	DHGroups              []int32
}

// VPNGateway is a virtual private gateway. Source: EC2 DescribeVpnGateways.
type VPNGateway struct {
	Meta
	ID          string
	State       string
	Attachments []GatewayAttachment
}

// CustomerGateway is the customer's end of VPN connections.
// Source: EC2 DescribeCustomerGateways.
type CustomerGateway struct {
	Meta
	ID    string
	State string
}

// ClientVPN is a Client VPN endpoint. Source: EC2 DescribeClientVpnEndpoints.
type ClientVPN struct {
	Meta
	ID       string
	Status   string     // Status.Code
	Logged   Read[bool] // ConnectionLogOptions.Enabled; unread where the answer lacks it
	LogGroup string
	Types    []string                // AuthenticationOptions[].Type
	Rules    Read[[]ClientVPNAccess] // DescribeClientVpnAuthorizationRules
}

// ClientVPNAccess is one authorization rule of a Client VPN endpoint.
type ClientVPNAccess struct {
	Destination string
	Group       string // GroupId
	All         bool   // AccessAll
	Status      string // Status.Code
}
