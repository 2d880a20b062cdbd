package logging

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func vpn(state string, tunnels ...snapshot.Tunnel) func(*snapshot.Account) {
	return checktest.Net(func(n *snapshot.Net) *[]snapshot.VPNConnection { return &n.VPNConnections },
		snapshot.VPNConnection{Meta: checktest.EC2Meta("vpn-connection/vpn-1"), ID: "vpn-1", State: state, Tunnels: tunnels})
}

func TestVPNLoggingEnabled(t *testing.T) {
	on, off := snapshot.Tunnel{Outside: "198.51.100.1", Logged: true, LogGroup: "arn:aws:logs:x"}, snapshot.Tunnel{Outside: "198.51.100.2"}
	checktest.Run(t, &VPNLoggingEnabled, []checktest.Case{
		{Name: "both tunnels", Set: vpn("available", on, on), Want: checks.PASS, Reason: "true for both tunnels"},
		{Name: "LogOptions are absent for one", Set: vpn("available", on, off), Want: checks.FAIL, Reason: "tunnel 2 (198.51.100.2)"},
		{Name: "the options of one tunnel alone", Set: vpn("available", on), Want: checks.FAIL, Reason: "1 tunnel, want 2"},
		{Name: "no options", Set: vpn("available"), Want: checks.FAIL, Reason: "0 tunnels"},
		{Name: "being deleted", Set: vpn("deleting", off, off), Want: checks.NotApplicable, Reason: "deleting"},
		{Name: "not yet there", Set: vpn("pending", off, off), Want: checks.NotApplicable, Reason: "pending"},
		{Name: "unread", Set: checktest.Denied("ec2:DescribeVpnConnections"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func clientVPN(status string, logged snapshot.Read[bool], group string) func(*snapshot.Account) {
	return checktest.Net(func(n *snapshot.Net) *[]snapshot.ClientVPN { return &n.ClientVPNs },
		snapshot.ClientVPN{Meta: checktest.EC2Meta("client-vpn-endpoint/cvpn-1"), ID: "cvpn-1", Status: status, Logged: logged, LogGroup: group})
}

func TestClientVPNLoggingEnabled(t *testing.T) {
	const op = "ec2:DescribeClientVpnEndpoints"
	checktest.Run(t, &ClientVPNLoggingEnabled, []checktest.Case{
		{Name: "on", Set: clientVPN("available", snapshot.Value(true), "vpn"), Want: checks.PASS, Reason: `log group "vpn"`},
		{Name: "on without a log group, as in emulators", Set: clientVPN("available", snapshot.Value(true), ""), Want: checks.PASS, Reason: `log group ""`},
		{Name: "off", Set: clientVPN("pending-associate", snapshot.Value(false), ""), Want: checks.FAIL, Reason: "Enabled is false"},
		{Name: "deleted", Set: clientVPN("deleted", snapshot.Value(false), ""), Want: checks.NotApplicable, Reason: "deleted"},
		{Name: "the answer lacks it", Set: clientVPN("available", snapshot.Missing[bool](checktest.Unread(op, snapshot.Malformed)), ""), Want: checks.UNKNOWN, Reason: "malformed"},
		{Name: "not offered in the Region is not none", Set: func(a *snapshot.Account) {
			checktest.Fail(a, op, checktest.At.Region, snapshot.Unsupported)
		}, Want: checks.UNKNOWN, Reason: "unsupported"},
	})
}
