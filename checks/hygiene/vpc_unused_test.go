package hygiene

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func isDefault(v *snapshot.VPC) { v.Default = true }

func sharedVPC(v *snapshot.VPC) { v.Owner = "444455556666" }

func TestDefaultVPCAbsent(t *testing.T) {
	checktest.Run(t, &DefaultVPCAbsent, []checktest.Case{
		{Name: "none", Set: checktest.All(settings, checktest.VPCs("vpc-1")), Want: checks.PASS, Reason: "no VPC"},
		{Name: "AWS's own", Set: checktest.All(settings, checktest.VPCs("vpc-1", isDefault)), Want: checks.FAIL, Reason: "vpc-1"},
		{Name: "unread", Set: checktest.All(settings, checktest.VPCs("vpc-1"), checktest.Denied(listVPCs)), Want: checks.UNKNOWN, Reason: listVPCs},
	})
}

func TestVPCInUse(t *testing.T) {
	vpc, subnet, nic := checktest.VPCs("vpc-1"), checktest.Subnets("subnet-1", "vpc-1"), checktest.Interfaces("eni-1", "vpc-1", "subnet-1")
	strict := map[string]any{"require_interface": true}
	checktest.Run(t, &VPCInUse, []checktest.Case{
		{Name: "a subnet", Set: checktest.All(vpc, subnet), Want: checks.PASS, Reason: "1 subnet"},
		{Name: "no subnet", Set: vpc, Want: checks.FAIL, Reason: "no subnet"},
		{Name: "an interface of whoever", Set: checktest.All(vpc, subnet, checktest.Interfaces("eni-1", "vpc-1", "subnet-1", func(n *snapshot.NetworkInterface) { n.Owner = "444455556666" })), Parameters: strict, Want: checks.PASS, Reason: "1 interface"},
		{Name: "no interface", Set: checktest.All(vpc, subnet), Parameters: strict, Want: checks.FAIL, Reason: "no interface"},
		{Name: "interfaces unread", Set: checktest.All(vpc, subnet, checktest.Denied(listInterfaces)), Parameters: strict, Want: checks.UNKNOWN, Reason: listInterfaces},
		{Name: "interfaces unread, which is not asked", Set: checktest.All(vpc, subnet, nic, checktest.Denied(listInterfaces)), Want: checks.PASS, Reason: "subnet"},
		{Name: "subnets unread", Set: checktest.All(vpc, checktest.Denied(listSubnets)), Want: checks.UNKNOWN, Reason: listSubnets},
		{Name: "a default VPC", Set: checktest.VPCs("vpc-1", isDefault), Want: checks.NotApplicable, Reason: "IsDefault"},
		{Name: "a shared one", Set: checktest.VPCs("vpc-1", sharedVPC), Want: checks.NotApplicable, Reason: "444455556666"},
	})
}

func TestSubnetInUse(t *testing.T) {
	subnet := checktest.Subnets("subnet-1", "vpc-1")
	checktest.Run(t, &SubnetInUse, []checktest.Case{
		{Name: "a transit gateway's attachment, and no instance", Set: checktest.All(subnet, checktest.Interfaces("eni-1", "vpc-1", "subnet-1", func(n *snapshot.NetworkInterface) { n.Type = "transit_gateway" })), Want: checks.PASS, Reason: "1 interface"},
		{Name: "empty", Set: checktest.All(subnet, checktest.Interfaces("eni-1", "vpc-1", "subnet-2")), Want: checks.FAIL, Reason: "no interface"},
		{Name: "unread", Set: checktest.All(subnet, checktest.Denied(listInterfaces)), Want: checks.UNKNOWN, Reason: listInterfaces},
		{Name: "a default subnet", Set: checktest.Subnets("subnet-1", "vpc-1", func(s *snapshot.Subnet) { s.DefaultForZone = true }), Want: checks.NotApplicable, Reason: "DefaultForAz"},
		{Name: "a shared one", Set: checktest.Subnets("subnet-1", "vpc-1", func(s *snapshot.Subnet) { s.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
	})
}

func TestInternetGatewayAttached(t *testing.T) {
	gateway := func(owner string, attachments ...snapshot.GatewayAttachment) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			m := checktest.Meta("", "arn:aws:ec2:eu-west-1:"+owner+":internet-gateway/igw-1")
			a.EC2.InternetGateways = []snapshot.InternetGateway{{Meta: m, ID: "igw-1", Attachments: attachments}}
		}
	}
	egress := func(attachments ...snapshot.GatewayAttachment) func(*snapshot.Account) {
		return checktest.Net(func(n *snapshot.Net) *[]snapshot.EgressGateway { return &n.EgressGateways }, snapshot.EgressGateway{Meta: checktest.EC2Meta("egress-only-internet-gateway/eigw-1"), ID: "eigw-1", Attachments: attachments})
	}
	own := checktest.At.Account
	checktest.Run(t, &InternetGatewayAttached, []checktest.Case{
		{Name: "available", Set: gateway(own, snapshot.GatewayAttachment{VPC: "vpc-1", State: "available"}), Want: checks.PASS, Reason: "vpc-1"},
		{Name: "to nothing", Set: gateway(own), Want: checks.FAIL, Reason: "to no VPC"},
		{Name: "in between", Set: gateway(own, snapshot.GatewayAttachment{VPC: "vpc-1", State: "detaching"}), Want: checks.FAIL, Reason: "detaching of vpc-1"},
		{Name: "another account's", Set: gateway("444455556666"), Want: checks.NotApplicable, Reason: "444455556666"},
		{Name: "an egress-only one is attached", Set: egress(snapshot.GatewayAttachment{VPC: "vpc-1", State: "attached"}), Want: checks.PASS, Reason: "vpc-1"},
		{Name: "an egress-only one to nothing", Set: egress(), Want: checks.FAIL, Reason: "to no VPC"},
		{Name: "unread", Set: checktest.Denied("ec2:DescribeEgressOnlyInternetGateways"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestVPNGatewayInUse(t *testing.T) {
	gateway := func(state string, attachments ...snapshot.GatewayAttachment) func(*snapshot.Account) {
		return checktest.Net(func(n *snapshot.Net) *[]snapshot.VPNGateway { return &n.VPNGateways }, snapshot.VPNGateway{Meta: checktest.EC2Meta("vpn-gateway/vgw-1"), ID: "vgw-1", State: state, Attachments: attachments})
	}
	connection := func(gateway, state string) func(*snapshot.Account) {
		return checktest.Net(func(n *snapshot.Net) *[]snapshot.VPNConnection { return &n.VPNConnections }, snapshot.VPNConnection{Meta: checktest.EC2Meta("vpn-connection/vpn-1"), ID: "vpn-1", Gateway: gateway, State: state})
	}
	on, off := snapshot.GatewayAttachment{VPC: "vpc-1", State: "attached"}, snapshot.GatewayAttachment{VPC: "vpc-1", State: "detached"}
	strict := map[string]any{"require_connection": true}
	const op = "ec2:DescribeVpnConnections"
	checktest.Run(t, &VPNGatewayInUse, []checktest.Case{
		{Name: "attached", Set: gateway("available", off, on), Want: checks.PASS, Reason: "vpc-1"},
		{Name: "detached attachments stay in the list", Set: gateway("available", off), Want: checks.FAIL, Reason: "no entry"},
		{Name: "never attached", Set: gateway("available"), Want: checks.FAIL, Reason: "no entry"},
		{Name: "deleted", Set: gateway("deleted", off), Want: checks.NotApplicable, Reason: "deleted"},
		{Name: "with a connection", Set: checktest.All(gateway("available", on), connection("vgw-1", "available")), Parameters: strict, Want: checks.PASS, Reason: "vpn-1 uses it"},
		{Name: "Direct Connect cannot be seen", Set: checktest.All(gateway("available", on), connection("vgw-2", "available")), Parameters: strict, Want: checks.UNKNOWN, Reason: "Direct Connect"},
		{Name: "connections unread", Set: checktest.All(gateway("available", on), checktest.Denied(op)), Parameters: strict, Want: checks.UNKNOWN, Reason: op},
	})
}
