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
	&BucketNetworkPerimeter,
	&DatabaseInVPC,
	&DatabaseNotPublic,
	&DefaultGroupRestrictsAll,
	&DefaultGroupUnused,
	&DefaultVPCUnused,
	&GroupAdminPortsClosed,
	&GroupAllPortsClosed,
	&GroupAllPortsRestricted,
	&GroupDataPortsClosed,
	&GroupHighRiskPortsClosed,
	&GroupICMPClosed,
	&GroupLegacyPortsClosed,
	&GroupNoPlaintextPorts,
	&GroupNoPortRanges,
	&GroupNoWholePrivateRange,
	&GroupOnlyApprovedPorts,
	&InstanceAdminPortsUnreachable,
	&InstanceDataPortsUnreachable,
	&InstanceFilePortsUnreachable,
	&InstanceNoPublicIP,
	&InstanceNotInPublicSubnet,
	&InstanceSingleInterface,
	&InterfaceSourceDestCheck,
	&SubnetNoPublicIP,
	&VPCBlockPublicAccess,
}
