package hygiene

import (
	"fmt"
	"strings"

	"onus/checks"
	"onus/checks/networks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

const (
	listVPCs       = "ec2:DescribeVpcs"
	listSubnets    = "ec2:DescribeSubnets"
	listInterfaces = "ec2:DescribeNetworkInterfaces"
)

// DefaultVPCAbsent passes when the Region has no default VPC. AWS makes one in every Region.
// Source: EC2 DescribeVpcs, IsDefault.
var DefaultVPCAbsent = checks.Check{
	ID:          "vpc-default-absent",
	Title:       "Default VPCs are removed",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeVpcs"},
	Remedy:      "Delete the default VPC of a Region after its subnets and its internet gateway.",
	Fix: checks.Fix{
		Threat: "What is launched without a choice of subnet lands in a network whose subnets are all public. That happens in Regions that nobody watches.",
		CLI: `aws ec2 describe-vpcs --filters Name=is-default,Values=true --region {region}
aws ec2 detach-internet-gateway --internet-gateway-id GATEWAY --vpc-id VPC --region {region}
aws ec2 delete-internet-gateway --internet-gateway-id GATEWAY --region {region}
aws ec2 delete-subnet --subnet-id SUBNET --region {region}
aws ec2 delete-vpc --vpc-id VPC --region {region}`,
		Terraform: `resource "aws_default_vpc" "this" {
  force_destroy = true
}
# Apply, then remove the resource: destroying it deletes the default VPC.`,
		Cost: "Wizards that expect a default VPC ask for a subnet then. create-default-vpc brings it back.",
	},
	Judges: checks.For(snapshot.AccountRegions, defaultVPCAbsent),
}

func defaultVPCAbsent(s snapshot.RegionSettings, env checks.Env) checks.Verdict {
	unread := networks.Rest(env, s.Location, listVPCs)
	var found []string
	for id, v := range networks.At(env, s.Location).VPCs {
		if v.Default {
			found = append(found, id)
		}
	}
	switch {
	case len(found) > 0:
		return checks.Fail("the Region has the default VPC %s", networks.Sorted(found)).With("VpcId", networks.Sorted(found))
	case unread != nil:
		return checks.Unknown(unread)
	}
	return checks.Pass("no VPC of the Region is a default VPC")
}

// VPCInUse passes when the VPC has a subnet, and with require_interface something in it.
// Source: EC2 DescribeSubnets, DescribeNetworkInterfaces, VpcId.
var VPCInUse = checks.Check{
	ID:          "vpc-in-use",
	Title:       "VPCs are used",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeNetworkInterfaces"},
	Parameters:  checks.Parameters{"require_interface": false},
	Remedy:      "Delete the VPC.",
	Fix: checks.Fix{
		Threat:    "A network that nobody uses keeps its peerings, routes and endpoints, and is the first place where something is put without a thought. It takes up one of few VPCs that a Region may have.",
		CLI:       "aws ec2 delete-vpc --vpc-id {id} --region {region}",
		Terraform: `# Remove the resource "aws_vpc" of this VPC, and what lies in it, from the configuration.`,
		Cost:      "Gateways, endpoints and peerings of the VPC go first. Its address range is free then.",
	},
	Judges: checks.For(snapshot.VPCs, vpcInUse),
}

func vpcInUse(v snapshot.VPC, env checks.Env) checks.Verdict {
	if out, is := networks.Foreign("VPC", v.Owner, v.Location); is {
		return out
	}
	if v.Default {
		return checks.DoesNotApply("IsDefault is true").With("IsDefault", "true")
	}
	r := networks.At(env, v.Location)
	unread := networks.Rest(env, v.Location, listSubnets)
	subnets := len(r.SubnetsOf[v.ID])
	switch {
	case subnets == 0 && unread != nil:
		return checks.Unknown(unread)
	case subnets == 0:
		return checks.Fail("the VPC has no subnet").With("subnets", "0")
	case !env.Bool("require_interface"):
		return checks.Pass("the VPC has %s", wording.Count(subnets, "subnet")).With("subnets", fmt.Sprint(subnets))
	}
	unread = networks.Rest(env, v.Location, listInterfaces)
	interfaces := len(r.Within[v.ID])
	switch {
	case interfaces == 0 && unread != nil:
		return checks.Unknown(unread)
	case interfaces == 0:
		return checks.Fail("the VPC has %s, and no interface in them", wording.Count(subnets, "subnet")).With("interfaces", "0")
	}
	return checks.Pass("the VPC has %s with %s", wording.Count(subnets, "subnet"), wording.Count(interfaces, "interface")).With("interfaces", fmt.Sprint(interfaces))
}

// SubnetInUse passes when some interface lies in the subnet, whoever's it is. A subnet that
// is kept for a transit gateway holds the attachment's interface.
// Source: EC2 DescribeNetworkInterfaces, SubnetId.
var SubnetInUse = checks.Check{
	ID:          "vpc-subnet-in-use",
	Title:       "Subnets hold at least one network interface",
	Severity:    checks.Info,
	Category:    checks.Hygiene,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeSubnets", "ec2:DescribeNetworkInterfaces"},
	Remedy:      "Delete the subnet, or say by a tag what it is kept for and waive the finding.",
	Fix: checks.Fix{
		Threat:    "An empty subnet is part of routes, ACLs and reviews without a use. Something put there by chance is behind rules that were made for something else.",
		CLI:       "aws ec2 delete-subnet --subnet-id {id} --region {region}",
		Terraform: `# Remove the resource "aws_subnet" of this subnet from the configuration.`,
		Cost:      "Auto Scaling groups, functions and DB subnet groups may name the subnet while nothing runs in it.",
	},
	Judges: checks.For(snapshot.Subnets, subnetInUse),
}

func subnetInUse(s snapshot.Subnet, env checks.Env) checks.Verdict {
	if out, is := networks.Foreign("subnet", s.Owner, s.Location); is {
		return out
	}
	if s.DefaultForZone {
		return checks.DoesNotApply("DefaultForAz is true").With("DefaultForAz", "true")
	}
	unread := networks.Rest(env, s.Location, listInterfaces)
	n := len(networks.At(env, s.Location).Within[s.ID])
	switch {
	case n > 0:
		return checks.Pass("%s in the subnet", wording.Count(n, "interface")).With("interfaces", fmt.Sprint(n))
	case unread != nil:
		return checks.Unknown(unread)
	}
	return checks.Fail("no interface in the subnet").With("interfaces", "0")
}

// InternetGatewayAttached passes when the gateway is attached to a VPC. AWS says available
// of an internet gateway that is, and attached of an egress-only one.
// Source: EC2 DescribeInternetGateways and DescribeEgressOnlyInternetGateways, Attachments.
var InternetGatewayAttached = checks.Check{
	ID:          "vpc-internet-gateway-attached",
	Title:       "Internet gateways are attached to a VPC",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeInternetGateways", "ec2:DescribeEgressOnlyInternetGateways"},
	Remedy:      "Delete the gateway.",
	Fix: checks.Fix{
		Threat:    "A gateway that lies ready is attached to the wrong VPC with one call. It has no use until then.",
		CLI:       "aws ec2 delete-internet-gateway --internet-gateway-id {id} --region {region}\naws ec2 delete-egress-only-internet-gateway --egress-only-internet-gateway-id {id} --region {region}",
		Terraform: `# Remove the resource "aws_internet_gateway" or "aws_egress_only_internet_gateway" of this gateway from the configuration.`,
		Cost:      "Nothing: no VPC uses it. Use the command of its kind.",
	},
	Judges: checks.For(snapshot.InternetGateways, func(g snapshot.InternetGateway, _ checks.Env) checks.Verdict {
		return gatewayAttached(g.Meta, g.Attachments)
	}).And(checks.For(snapshot.EgressGateways, func(g snapshot.EgressGateway, _ checks.Env) checks.Verdict {
		return gatewayAttached(g.Meta, g.Attachments)
	})),
}

func gatewayAttached(m snapshot.Meta, attachments []snapshot.GatewayAttachment) checks.Verdict {
	if v, is := networks.Foreign("gateway", networks.OwnerOf(m), m.Location); is {
		return v
	}
	var states []string
	for _, a := range attachments {
		if networks.Attached(a.State) {
			return checks.Pass("the gateway is attached to %s", a.VPC).With("State", a.State)
		}
		states = append(states, a.State+" of "+a.VPC)
	}
	if len(states) > 0 {
		return checks.Fail("no attachment works: %s", strings.Join(states, ", ")).With("State", strings.Join(states, ", "))
	}
	return checks.Fail("the gateway is attached to no VPC").With("State", "")
}

// VPNGatewayInUse passes when the gateway is attached to a VPC, and with require_connection
// has a VPN connection. Direct Connect gateways use one too, and the EC2 API does not show
// that. Detached attachments stay in the list.
// Source: EC2 DescribeVpnGateways, VpcAttachments; DescribeVpnConnections, VpnGatewayId.
var VPNGatewayInUse = checks.Check{
	ID:          "vpc-vpn-gateway-in-use",
	Title:       "Virtual private gateways are attached to a VPC and used",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeVpnGateways", "ec2:DescribeVpnConnections"},
	Parameters:  checks.Parameters{"require_connection": false},
	Remedy:      "Delete the gateway.",
	Fix: checks.Fix{
		Threat:    "A gateway that nobody uses still propagates routes where it is attached, and answers for a site that is gone. Its VPN may be built up again by whoever has the keys.",
		CLI:       "aws ec2 delete-vpn-gateway --vpn-gateway-id {id} --region {region}",
		Terraform: `# Remove the resource "aws_vpn_gateway" of this gateway from the configuration.`,
		Cost:      "A Direct Connect gateway that is associated with it loses its VPC: look there first.",
	},
	Judges: checks.For(snapshot.VPNGateways, vpnGatewayInUse),
}

func vpnGatewayInUse(g snapshot.VPNGateway, env checks.Env) checks.Verdict {
	if g.State == "deleted" || g.State == "deleting" {
		return checks.DoesNotApply("the gateway is %s", g.State).With("State", g.State)
	}
	vpc := ""
	for _, a := range g.Attachments {
		if a.State == "attached" {
			vpc = a.VPC
		}
	}
	if vpc == "" {
		return checks.Fail("no entry of VpcAttachments is attached").With("VpcAttachments", fmt.Sprint(len(g.Attachments)))
	}
	if !env.Bool("require_connection") {
		return checks.Pass("the gateway is attached to %s", vpc).With("VpcId", vpc)
	}
	unread := networks.Rest(env, g.Location, "ec2:DescribeVpnConnections")
	for _, c := range env.Account().EC2.Net.VPNConnections {
		if c.Gateway == g.ID && (c.State == "available" || c.State == "pending") {
			return checks.Pass("the gateway is attached to %s, and %s uses it", vpc, c.ID).With("VpcId", vpc)
		}
	}
	if unread != nil {
		return checks.Unknown(unread)
	}
	return checks.Unclear("no VPN connection uses the gateway; whether a Direct Connect gateway does, the EC2 API does not show")
}
