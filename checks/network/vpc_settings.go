package network

import (
	"fmt"
	"net/netip"
	"strings"

	"onus/checks"
	"onus/checks/network/reach"
	"onus/scanner/snapshot"
)

// VPCBlockPublicAccess passes when internet gateways let no traffic into the account's VPCs
// of the Region. What comes by VPN, peering or a transit gateway is not covered by it.
// Source: EC2 DescribeVpcBlockPublicAccessOptions, InternetGatewayBlockMode and State.
var VPCBlockPublicAccess = checks.Check{
	ID:          "vpc-block-public-access-enabled",
	Title:       "VPC block public access keeps internet gateways from letting traffic in",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{blockOptions},
	Remedy:      "Set the mode of VPC Block Public Access to block-ingress or block-bidirectional, with exclusions for the VPCs that serve the internet.",
	Fix: checks.Fix{
		Threat: "One route and one rule make any subnet public. The block is the switch that such a mistake cannot get past.",
		CLI:    "aws ec2 modify-vpc-block-public-access-options --internet-gateway-block-mode block-ingress --region {region}",
		Terraform: `resource "aws_vpc_block_public_access_options" "this" {
  region                      = "{region}"
  internet_gateway_block_mode = "block-ingress"
}`,
		Cost: "Everything that serves the internet in the Region stops unless its VPC or subnet has an exclusion: make those first.",
	},
	Judges: checks.For(snapshot.AccountRegions, vpcBlockPublicAccess),
}

func vpcBlockPublicAccess(r snapshot.RegionSettings, _ checks.Env) checks.Verdict {
	b, err := r.BlockPublicAccess.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	state := ""
	if b.State == "update-in-progress" {
		state = ", and this change is not yet in force"
	}
	v := checks.Unclear("InternetGatewayBlockMode is %q, which AWS does not document%s", b.Mode, state)
	switch b.Mode {
	case "block-ingress", "block-bidirectional":
		v = checks.Pass("InternetGatewayBlockMode is %s%s", b.Mode, state)
	case "off":
		v = checks.Fail("InternetGatewayBlockMode is off%s", state)
	}
	return v.With("InternetGatewayBlockMode", b.Mode).With("State", b.State)
}

// SubnetNoPublicIP passes when new interfaces in the subnet get no public IPv4 address by
// themselves. A subnet without a way to the internet fails too: a route is soon made, and
// the reason says that there is none today. Addresses of Outposts' pools are not the internet's.
// Source: EC2 DescribeSubnets, MapPublicIpOnLaunch, AssignIpv6AddressOnCreation.
var SubnetNoPublicIP = checks.Check{
	ID:          "vpc-subnet-no-public-ip-by-default",
	Title:       "Subnets give no public address to new interfaces",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeInternetGateways"},
	Parameters:  checks.Parameters{"judge_ipv6": false},
	Remedy:      "Set MapPublicIpOnLaunch of the subnet to false, and give addresses to the few instances that need one.",
	Fix: checks.Fix{
		Threat: "Whatever is launched there gets a public address without anybody's decision. It is then one rule away from the internet.",
		CLI:    "aws ec2 modify-subnet-attribute --subnet-id {id} --no-map-public-ip-on-launch --region {region}",
		Terraform: `resource "aws_subnet" "this" {
  vpc_id                  = "VPC"
  cidr_block              = "CIDR"
  map_public_ip_on_launch = false
}`,
		Cost: "Instances launched from then on need a NAT gateway to reach the internet, or an address that is asked for.",
	},
	Judges: checks.For(snapshot.Subnets, subnetNoPublicIP),
}

func subnetNoPublicIP(s snapshot.Subnet, env checks.Env) checks.Verdict {
	if s.Owner != "" && s.Owner != s.Account {
		return checks.DoesNotApply("the subnet belongs to account %s, which shares it", s.Owner).With("OwnerId", s.Owner)
	}
	public, err := s.MapPublicIPOnLaunch.Get()
	var hits []string
	if public {
		hits = append(hits, "MapPublicIpOnLaunch is true")
	}
	if env.Bool("judge_ipv6") && s.AssignIPv6OnCreation && len(s.PublicIPv6) > 0 {
		hits = append(hits, fmt.Sprintf("AssignIpv6AddressOnCreation is true, and %s is not private", strings.Join(s.PublicIPv6, ", ")))
	}
	switch {
	case len(hits) > 0:
		return checks.Fail("%s%s", strings.Join(hits, "; "), routeToday(s, env)).With("MapPublicIpOnLaunch", fmt.Sprint(public))
	case err != nil:
		return checks.Unknown(err)
	}
	return checks.Pass("MapPublicIpOnLaunch is false").With("MapPublicIpOnLaunch", "false").With("AssignIpv6AddressOnCreation", fmt.Sprint(s.AssignIPv6OnCreation))
}

// routeToday says whether a packet from the internet finds a route into the subnet: the
// first link that would stop one for an interface with a public address there.
func routeToday(s snapshot.Subnet, env checks.Env) string {
	v := network(env, s.Location)
	use(env, v.calls["ec2:DescribeRouteTables"], v.calls["ec2:DescribeInternetGateways"])
	probe := reach.Interface{ID: "a new interface", VPCID: s.VPC, SubnetID: s.ID, PublicIPv4: []netip.Addr{netip.AddrFrom4([4]byte{8, 8, 8, 8})}}
	a := v.index.FromInternet(probe, reach.Question{Family: reach.IPv4, Traffic: reach.TCPPort(443)})
	if a.State == reach.Closed && (strings.HasPrefix(a.Stop.ID, "rtb-") || strings.HasPrefix(a.Stop.ID, "vpc-")) {
		return "; no route today"
	}
	return ""
}

// DefaultVPCUnused passes when nothing has an interface in the Region's default VPC.
// Stopped instances, databases, functions and load balancers have theirs.
// Source: EC2 DescribeVpcs, IsDefault; DescribeNetworkInterfaces, VpcId.
var DefaultVPCUnused = checks.Check{
	ID:          "vpc-default-unused",
	Title:       "No resource runs in a default VPC",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeVpcs", "ec2:DescribeNetworkInterfaces"},
	Remedy:      "Move the resources into a VPC that was planned for them, then delete the default VPC.",
	Fix: checks.Fix{
		Threat: "The default VPC was planned by nobody: all its subnets are public. What runs there is one rule away from the internet.",
		CLI:    "aws ec2 delete-vpc --vpc-id {id} --region {region}",
		Terraform: `resource "aws_vpc" "planned" {
  cidr_block = "10.0.0.0/16"
}`,
		Cost: "What runs in it moves first: instances are launched anew in another subnet.",
	},
	Judges: checks.For(snapshot.VPCs, defaultVPCUnused),
}

func defaultVPCUnused(p snapshot.VPC, env checks.Env) checks.Verdict {
	if !p.Default {
		return checks.DoesNotApply("IsDefault is false")
	}
	v := network(env, p.Location)
	in := v.inVPC[p.ID]
	var names []string
	for _, n := range in {
		use(env, n.Calls)
		names = append(names, n.ID)
	}
	use(env, v.calls["ec2:DescribeNetworkInterfaces"])
	switch err := v.unread["ec2:DescribeNetworkInterfaces"]; {
	case len(in) > 0:
		return checks.Fail("%d interfaces lie in the default VPC: %s", len(in), strings.Join(few(names), ", "))
	case err != nil:
		return checks.Unknown(err)
	}
	return checks.Pass("no interface lies in the default VPC")
}
