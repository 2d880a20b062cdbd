package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// endpointTo is an interface endpoint in vpc-1 that works.
func endpointTo(service string, change ...func(*snapshot.VPCEndpoint)) func(*snapshot.Account) {
	e := snapshot.VPCEndpoint{Meta: checktest.EC2Meta("vpc-endpoint/vpce-1"), ID: "vpce-1", Owner: checktest.At.Account, VPC: "vpc-1", Type: "Interface", Service: service, State: "available", PrivateDNS: true}
	for _, c := range change {
		c(&e)
	}
	return checktest.Net(func(n *snapshot.Net) *[]snapshot.VPCEndpoint { return &n.Endpoints }, e)
}

func TestEC2EndpointPresent(t *testing.T) {
	used := and(checktest.VPCs("vpc-1"), checktest.Interfaces("eni-1", "vpc-1", "subnet-1"))
	const ours = "com.amazonaws.eu-west-1.ec2"
	checktest.Run(t, &EC2EndpointPresent, []checktest.Case{
		{Name: "present", Set: and(used, endpointTo(ours)), Want: checks.PASS, Reason: "PrivateDnsEnabled is true"},
		{Name: "ec2messages is another service", Set: and(used, endpointTo("com.amazonaws.eu-west-1.ec2messages")), Want: checks.FAIL, Reason: "none of the 1 endpoint"},
		{Name: "the state in capitals", Set: and(used, endpointTo(ours, func(e *snapshot.VPCEndpoint) { e.State = "Available" })), Want: checks.PASS, Reason: "vpce-1"},
		{Name: "not available", Set: and(used, endpointTo(ours, func(e *snapshot.VPCEndpoint) { e.State = "pendingAcceptance" })), Want: checks.FAIL, Reason: "vpce-1 is pendingAcceptance"},
		{Name: "without private DNS nothing uses it by itself", Set: and(used, endpointTo(ours, func(e *snapshot.VPCEndpoint) { e.PrivateDNS = false })), Want: checks.PASS, Reason: "PrivateDnsEnabled is false"},
		{Name: "the FIPS variant counts", Set: and(used, endpointTo(ours+"-fips")), Want: checks.PASS, Reason: "ec2-fips"},
		{Name: "in China", Set: and(used, endpointTo("cn."+ours)), Want: checks.PASS, Reason: "cn.com.amazonaws"},
		{Name: "somebody's own service", Set: and(used, endpointTo("com.amazonaws.vpce.eu-west-1.ec2")), Want: checks.FAIL, Reason: "none"},
		{Name: "another Region's", Set: and(used, endpointTo("com.amazonaws.eu-central-1.ec2")), Want: checks.FAIL, Reason: "none"},
		{Name: "in another VPC", Set: and(used, endpointTo(ours, func(e *snapshot.VPCEndpoint) { e.VPC = "vpc-2" })), Want: checks.FAIL, Reason: "none of the 0 endpoints"},
		{Name: "exempt", Set: used, Parameters: map[string]any{"exempt_vpcs": []string{"vpc-1"}}, Want: checks.NotApplicable, Reason: "exempt_vpcs"},
		{Name: "no interface", Set: checktest.VPCs("vpc-1"), Want: checks.NotApplicable, Reason: "no network interface"},
		{Name: "a shared VPC", Set: checktest.VPCs("vpc-1", func(v *snapshot.VPC) { v.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
		{Name: "endpoints unread", Set: and(used, checktest.Denied(listEndpoints)), Want: checks.UNKNOWN, Reason: listEndpoints},
		{Name: "interfaces unread", Set: and(checktest.VPCs("vpc-1"), checktest.Denied(listInterfaces)), Want: checks.UNKNOWN, Reason: listInterfaces},
	})
}

func TestRequiredEndpointsPresent(t *testing.T) {
	used := and(checktest.VPCs("vpc-1"), checktest.Interfaces("eni-1", "vpc-1", "subnet-1"))
	to := func(service string, change ...func(*snapshot.VPCEndpoint)) func(*snapshot.Account) {
		return endpointTo("com.amazonaws.eu-west-1."+service, change...)
	}
	want := func(services ...string) map[string]any { return map[string]any{"services": services} }
	gateway := func(e *snapshot.VPCEndpoint) { e.Type = "Gateway" }
	checktest.Run(t, &RequiredEndpointsPresent, []checktest.Case{
		{Name: "all", Set: and(used, to("ssm"), to("ecr.api")), Parameters: want("ssm", "ecr.api"), Want: checks.PASS, Reason: "endpoints for ssm, ecr.api"},
		{Name: "some are missing", Set: and(used, to("ssm")), Parameters: want("ssm", "ecr.api", "ecr.dkr"), Want: checks.FAIL, Reason: "no endpoint that works for ecr.api, ecr.dkr"},
		{Name: "a gateway endpoint for S3", Set: and(used, to("s3", gateway)), Parameters: want("s3"), Want: checks.PASS, Reason: "s3"},
		{Name: "a gateway endpoint for nothing else", Set: and(used, to("ssm", gateway)), Parameters: want("ssm"), Want: checks.FAIL, Reason: "ssm"},
		{Name: "one that waits", Set: and(used, to("ssm", func(e *snapshot.VPCEndpoint) { e.State = "pending" })), Parameters: want("ssm"), Want: checks.FAIL, Reason: "ssm"},
		{Name: "endpoints unread", Set: and(used, checktest.Denied(listEndpoints)), Want: checks.UNKNOWN, Reason: listEndpoints},
		{Name: "no interface", Set: checktest.VPCs("vpc-1"), Want: checks.NotApplicable, Reason: "no network interface"},
		{Name: "a shared VPC", Set: checktest.VPCs("vpc-1", func(v *snapshot.VPC) { v.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
	})
}
