package snapshot

// VPCEndpoint is an endpoint through which a VPC reaches a service.
// Source: EC2 DescribeVpcEndpoints.
type VPCEndpoint struct {
	Meta
	ID               string
	Owner            string
	VPC              string
	Type             string // VpcEndpointType
	Service          string // ServiceName
	ServiceRegion    string // "" where it is the endpoint's own
	State            string // AWS writes it in capitals or small letters, by the type
	Policy           string // PolicyDocument; "" where the answer lacks it
	PrivateDNS       bool
	RequesterManaged bool
	Subnets          []string
	RouteTables      []string
}

// EndpointService is a service that the account offers through endpoints.
// Source: EC2 DescribeVpcEndpointServiceConfigurations.
type EndpointService struct {
	Meta
	ID                 string
	Service            string // ServiceName
	State              string
	Types              []string
	AcceptanceRequired Read[bool] // unread where the answer lacks it
	ManagesEndpoints   bool
	Principals         Read[[]ServicePrincipal] // DescribeVpcEndpointServicePermissions
}

// ServicePrincipal is one that may make endpoints to a service.
type ServicePrincipal struct{ Principal, Type string }
