package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func transit(change func(*snapshot.TransitGateway)) func(*snapshot.Account) {
	g := snapshot.TransitGateway{Meta: checktest.EC2Meta("transit-gateway/tgw-1"), ID: "tgw-1", Owner: checktest.At.Account, State: "available", AutoAccept: "disable",
		DefaultAssociation: "enable", DefaultPropagation: "enable", AssociationTable: "tgw-rtb-1"}
	change(&g)
	return checktest.Net(func(n *snapshot.Net) *[]snapshot.TransitGateway { return &n.TransitGateways }, g)
}

func TestTransitGatewayNoAutoAccept(t *testing.T) {
	checktest.Run(t, &TransitGatewayNoAutoAccept, []checktest.Case{
		{Name: "disable", Set: transit(func(*snapshot.TransitGateway) {}), Want: checks.PASS, Reason: "disable"},
		{Name: "enable, which is no boolean", Set: transit(func(g *snapshot.TransitGateway) { g.AutoAccept = "enable" }), Want: checks.FAIL, Reason: "enable"},
		{Name: "no option", Set: transit(func(g *snapshot.TransitGateway) { g.AutoAccept = "" }), Want: checks.UNKNOWN, Reason: "does not document"},
		{Name: "shared in", Set: transit(func(g *snapshot.TransitGateway) { g.AutoAccept, g.Owner = "enable", "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
		{Name: "deleted", Set: transit(func(g *snapshot.TransitGateway) { g.AutoAccept, g.State = "enable", "deleted" }), Want: checks.NotApplicable, Reason: "deleted"},
	})
}
