package network

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/networks"
	"onus/checks/wording"
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
	return checks.Fail("none of the %s of the VPC is an interface endpoint for EC2", wording.Count(len(r.Endpoints[v.ID]), "endpoint"))
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

// RequiredEndpointsPresent passes when each service of the policy has an endpoint in the VPC
// that works. Which services a Region offers is not read: one that is not offered is to be
// taken out of the list. Source: EC2 DescribeVpcEndpoints, ServiceName, VpcEndpointType, State.
var RequiredEndpointsPresent = checks.Check{
	ID:          "vpc-required-endpoints-present",
	Title:       "VPCs reach the required AWS services through endpoints",
	Severity:    checks.Low,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeVpcs", "ec2:DescribeVpcEndpoints", "ec2:DescribeNetworkInterfaces"},
	Parameters:  checks.Parameters{"services": []string{"ecr.api", "ecr.dkr", "ssm", "ssm-contacts", "ssm-incidents"}},
	Remedy:      "Make the endpoints that are missing, or take a service that the Region does not offer or the VPC does not use out of the list.",
	Fix: checks.Fix{
		Threat: "Calls of the service leave the VPC by NAT or the internet gateway, where no endpoint policy bounds them. Hosts without a way out cannot be patched or managed.",
		CLI: `aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --vpc-id {id} --service-name com.amazonaws.{region}.SERVICE --subnet-ids SUBNETS --security-group-ids GROUP --private-dns-enabled --region {region}
aws ec2 create-vpc-endpoint --vpc-endpoint-type Gateway --vpc-id {id} --service-name com.amazonaws.{region}.s3 --route-table-ids TABLES --region {region}`,
		Terraform: `resource "aws_vpc_endpoint" "ssm" {
  vpc_id              = "{id}"
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.{region}.ssm"
  subnet_ids          = ["SUBNET"]
  security_group_ids  = ["GROUP"]
  private_dns_enabled = true
}`,
		Cost: "An interface endpoint is charged by the hour for each subnet, and for each gigabyte; gateway endpoints for S3 and DynamoDB cost nothing.",
	},
	Judges: checks.For(snapshot.VPCs, requiredEndpointsPresent),
}

// byGateway are the services that gateway endpoints reach too.
// Source: AWS PrivateLink guide, "Gateway endpoints".
var byGateway = []string{"s3", "dynamodb"}

func requiredEndpointsPresent(v snapshot.VPC, env checks.Env) checks.Verdict {
	if out, is := networks.Foreign("VPC", v.Owner, v.Location); is {
		return out
	}
	r := networks.At(env, v.Location)
	if out, is := empty(r, v, env); is {
		return out
	}
	unread := networks.Rest(env, v.Location, listEndpoints)
	present := map[string]bool{}
	for _, e := range r.Endpoints[v.ID] {
		service := networks.Service(e.Service, v.Region)
		if networks.Available(e) && (e.Type == "Interface" || e.Type == "Gateway" && slices.Contains(byGateway, service)) {
			present[service] = true
		}
	}
	wanted := env.Strings("services")
	missing := slices.DeleteFunc(slices.Clone(wanted), func(s string) bool { return present[s] })
	switch {
	case len(missing) > 0 && unread != nil:
		return checks.Unknown(unread)
	case len(missing) > 0:
		return checks.Fail("no endpoint that works for %s", strings.Join(missing, ", ")).With("missing", strings.Join(missing, ", "))
	}
	return checks.Pass("endpoints for %s", strings.Join(wanted, ", ")).With("missing", "")
}
