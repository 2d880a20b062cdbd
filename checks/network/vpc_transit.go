package network

import (
	"onus/checks"
	"onus/checks/networks"
	"onus/scanner/snapshot"
)

// TransitGatewayNoAutoAccept passes when somebody must accept each attachment that another
// account asks for. A gateway that is shared with this account is its owner's to set.
// Source: EC2 DescribeTransitGateways, Options.AutoAcceptSharedAttachments.
var TransitGatewayNoAutoAccept = checks.Check{
	ID:          "vpc-transit-gateway-no-auto-accept",
	Title:       "Transit gateways do not accept shared attachments by themselves",
	Severity:    checks.High,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeTransitGateways"},
	Remedy:      "Set AutoAcceptSharedAttachments of the gateway to disable.",
	Fix: checks.Fix{
		Threat: "Whoever the gateway is shared with joins any VPC to the company's network without being asked. With default propagation it is reachable from everywhere at once.",
		CLI:    "aws ec2 modify-transit-gateway --transit-gateway-id {id} --options AutoAcceptSharedAttachments=disable --region {region}",
		Terraform: `resource "aws_ec2_transit_gateway" "this" {
  auto_accept_shared_attachments = "disable"
}`,
		Cost: "Each new attachment needs somebody to accept it. Those that exist stay.",
	},
	Judges: checks.For(snapshot.TransitGateways, transitGatewayNoAutoAccept),
}

func transitGatewayNoAutoAccept(g snapshot.TransitGateway, _ checks.Env) checks.Verdict {
	if v, is := ownTransitGateway(g); !is {
		return v
	}
	v := checks.Unclear("AutoAcceptSharedAttachments is %q, which AWS does not document", g.AutoAccept)
	switch g.AutoAccept {
	case "disable":
		v = checks.Pass("AutoAcceptSharedAttachments is disable")
	case "enable":
		v = checks.Fail("AutoAcceptSharedAttachments is enable")
	}
	return v.With("AutoAcceptSharedAttachments", g.AutoAccept)
}

// ownTransitGateway leaves out gateways that are gone or another account's.
func ownTransitGateway(g snapshot.TransitGateway) (checks.Verdict, bool) {
	if g.State == "deleted" || g.State == "deleting" {
		return checks.DoesNotApply("the gateway is %s", g.State).With("State", g.State), false
	}
	if v, is := networks.Foreign("gateway", g.Owner, g.Location); is {
		return v, false
	}
	return checks.Verdict{}, true
}
