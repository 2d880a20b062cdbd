// Package network holds the checks that ask what can be reached from where. Working it
// out is left to its library reach; what was read comes from scanner.
package network

import "onus/checks"

// All are the checks of this category.
var All = []*checks.Check{
	&AccessPointVPCOnly,
	&ACLAdminPortsClosed,
	&ACLEgressRestricted,
	&ACLIngressRestricted,
	&DatabaseInVPC,
	&DatabaseNotPublic,
	&DefaultGroupRestrictsAll,
	&DefaultGroupUnused,
	&DefaultVPCUnused,
	&EC2EndpointPresent,
	&GroupAdminPortsClosed,
	&GroupAllPortsClosed,
	&GroupAllPortsRestricted,
	&GroupDataPortsClosed,
	&GroupEgressRestricted,
	&GroupHighRiskPortsClosed,
	&GroupICMPClosed,
	&GroupLegacyPortsClosed,
	&GroupNoAWSPublicRanges,
	&GroupNoBroadPublicCIDR,
	&GroupNoPlaintextPorts,
	&GroupNoPortRanges,
	&GroupNoSinglePublicSources,
	&GroupNoWholePrivateRange,
	&GroupOnlyApprovedPorts,
	&InstanceAdminPortsUnreachable,
	&InstanceDataPortsUnreachable,
	&InstanceFilePortsUnreachable,
	&InstanceNoPublicIP,
	&InstanceNotInForbiddenGroup,
	&InstanceNotInPublicSubnet,
	&InstanceSingleInterface,
	&InterfaceSourceDestCheck,
	&PeeringRoutesLeastPrivilege,
	&SubnetNoPublicIP,
	&TransitGatewayNoAutoAccept,
	&VPCBlockPublicAccess,
}
