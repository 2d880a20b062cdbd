package resilience

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestVPNTunnelsUp(t *testing.T) {
	vpn := func(state string, telemetry ...snapshot.TunnelTelemetry) func(*snapshot.Account) {
		return checktest.Net(func(n *snapshot.Net) *[]snapshot.VPNConnection { return &n.VPNConnections },
			snapshot.VPNConnection{Meta: checktest.EC2Meta("vpn-connection/vpn-1"), ID: "vpn-1", State: state, Telemetry: telemetry})
	}
	up := snapshot.TunnelTelemetry{Outside: "198.51.100.1", Status: "UP", Changed: time.Date(2026, 10, 31, 7, 0, 0, 0, time.UTC)}
	down := snapshot.TunnelTelemetry{Outside: "198.51.100.2", Status: "DOWN", StatusMessage: "IPSEC IS DOWN"}
	checktest.Run(t, &VPNTunnelsUp, []checktest.Case{
		{Name: "both", Set: vpn("available", up, up), Want: checks.PASS, Reason: "198.51.100.1 is UP since 2026-10-31T07:00:00Z"},
		{Name: "one", Set: vpn("available", up, down), Want: checks.FAIL, Reason: "198.51.100.2 is DOWN (IPSEC IS DOWN)"},
		{Name: "no telemetry is no pass", Set: vpn("available"), Want: checks.FAIL, Reason: "0 tunnels, want 2"},
		{Name: "telemetry of one tunnel", Set: vpn("available", up), Want: checks.FAIL, Reason: "1 tunnel, want 2"},
		{Name: "deleted", Set: vpn("deleted"), Want: checks.NotApplicable, Reason: "deleted"},
		{Name: "unread", Set: checktest.Denied("ec2:DescribeVpnConnections"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}
