package network

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/networks"
	"onus/scanner/snapshot"
)

const (
	listEndpoints  = "ec2:DescribeVpcEndpoints"
	listInterfaces = "ec2:DescribeNetworkInterfaces"
)

// EC2EndpointPresent passes when calls of the EC2 API can stay inside the VPC. A VPC whose
// names lead to endpoints in another one is exempted by the policy. The services ec2 and
// ec2messages differ. Source: EC2 DescribeVpcEndpoints, ServiceName, VpcEndpointType, State.
var EC2EndpointPresent = checks.Check{
	ID:          "vpc-ec2-endpoint-present",
	Title:       "VPCs reach the EC2 API through an interface endpoint",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeVpcs", listEndpoints, listInterfaces},
	Parameters:  checks.Parameters{"exempt_vpcs": []string{}},
	Remedy:      "Make an interface endpoint for EC2 with private DNS, or exempt a VPC that uses a central one.",
	Fix: checks.Fix{
		Threat: "Calls of the EC2 API leave the VPC by the internet gateway or NAT, so subnets need a way out that anything else in them can use. Without an endpoint no endpoint policy can say which accounts are called.",
		CLI:    "aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --vpc-id {id} --service-name com.amazonaws.{region}.ec2 --subnet-ids SUBNETS --security-group-ids GROUP --private-dns-enabled --region {region}",
		Terraform: `resource "aws_vpc_endpoint" "ec2" {
  vpc_id              = "{id}"
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.{region}.ec2"
  subnet_ids          = ["SUBNET"]
  security_group_ids  = ["GROUP"]
  private_dns_enabled = true
}`,
		Cost: "An endpoint is charged by the hour for each subnet, and for each gigabyte. Its security group must admit tcp/443 from what calls.",
	},
	Judges: checks.For(snapshot.VPCs, ec2EndpointPresent),
}

func ec2EndpointPresent(v snapshot.VPC, env checks.Env) checks.Verdict {
	if out, is := networks.Foreign("VPC", v.Owner, v.Location); is {
		return out
	}
	if slices.Contains(env.Strings("exempt_vpcs"), v.ID) {
		return checks.DoesNotApply("exempt_vpcs holds the VPC")
	}
	r := networks.At(env, v.Location)
	if out, is := empty(r, v, env); is {
		return out
	}
	unread := networks.Rest(env, v.Location, listEndpoints)
	var others []string
	for _, e := range r.Endpoints[v.ID] {
		service := networks.Service(e.Service, v.Region)
		if service != "ec2" && service != "ec2-fips" || e.Type != "Interface" {
			continue
		}
		if networks.Available(e) {
			return checks.Pass("%s is an interface endpoint for %s; PrivateDnsEnabled is %t", e.ID, e.Service, e.PrivateDNS).
				With("VpcEndpointId", e.ID).With("PrivateDnsEnabled", fmt.Sprint(e.PrivateDNS))
		}
		others = append(others, e.ID+" is "+e.State)
	}
	switch {
	case unread != nil:
		return checks.Unknown(unread)
	case len(others) > 0:
		return checks.Fail("no interface endpoint for EC2 is available: %s", strings.Join(others, ", "))
	}
	return checks.Fail("none of the %s of the VPC is an interface endpoint for EC2", networks.Count(len(r.Endpoints[v.ID]), "endpoint"))
}

// empty leaves out a VPC that holds no network interface.
func empty(r *networks.Region, v snapshot.VPC, env checks.Env) (checks.Verdict, bool) {
	unread := networks.Rest(env, v.Location, listInterfaces)
	switch {
	case len(r.Within[v.ID]) > 0:
		return checks.Verdict{}, false
	case unread != nil:
		return checks.Unknown(unread), true
	}
	return checks.DoesNotApply("the VPC holds no network interface"), true
}
