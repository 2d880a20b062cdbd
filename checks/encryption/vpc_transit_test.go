package encryption

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestVPCEncryptionEnforced(t *testing.T) {
	const op = "ec2:DescribeVpcEncryptionControls"
	vpc := checktest.VPCs("vpc-1")
	control := func(mode, state string, exclusions ...string) func(*snapshot.Account) {
		return checktest.All(vpc, checktest.Net(func(n *snapshot.Net) *[]snapshot.EncryptionControl { return &n.EncryptionControls },
			snapshot.EncryptionControl{Meta: checktest.EC2Meta("vpc-encryption-control/vpcec-1"), ID: "vpcec-1", VPC: "vpc-1", Mode: mode, State: state, Exclusions: exclusions}))
	}
	strict := map[string]any{"accept_monitor": false}
	checktest.Run(t, &VPCEncryptionEnforced, []checktest.Case{
		{Name: "enforced", Set: control("enforce", "available"), Parameters: strict, Want: checks.PASS, Reason: "enforce"},
		{Name: "exclusions are holes", Set: control("enforce", "available", "InternetGateway enabled"), Want: checks.PASS, Reason: "left out are InternetGateway enabled", Observed: map[string]string{"ResourceExclusions": "InternetGateway enabled"}},
		{Name: "watched", Set: control("monitor", "available"), Want: checks.PASS, Reason: "monitor"},
		{Name: "watched alone", Set: control("monitor", "available"), Parameters: strict, Want: checks.FAIL, Reason: "want enforce"},
		{Name: "on its way is not enforced yet", Set: control("enforce", "enforce-in-progress"), Want: checks.FAIL, Reason: "enforce-in-progress"},
		{Name: "none", Set: vpc, Want: checks.FAIL, Reason: "no encryption control"},
		{Name: "not known to the endpoint", Set: checktest.All(vpc, func(a *snapshot.Account) { checktest.Fail(a, op, checktest.At.Region, snapshot.Unsupported) }), Want: checks.UNKNOWN, Reason: "unsupported"},
		{Name: "a shared VPC", Set: checktest.VPCs("vpc-1", func(v *snapshot.VPC) { v.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
	})
}

func TestVPNStrongCryptography(t *testing.T) {
	vpn := func(state string, tunnels ...snapshot.Tunnel) func(*snapshot.Account) {
		return checktest.Net(func(n *snapshot.Net) *[]snapshot.VPNConnection { return &n.VPNConnections },
			snapshot.VPNConnection{Meta: checktest.EC2Meta("vpn-connection/vpn-1"), ID: "vpn-1", State: state, Tunnels: tunnels})
	}
	phase := snapshot.Algorithms{Encryption: []string{"AES256-GCM-16"}, Integrity: []string{"SHA2-512"}, DHGroups: []int32{20}}
	strong := snapshot.Tunnel{IKEVersions: []string{"ikev2"}, Phase1: phase, Phase2: phase}
	with := func(change func(*snapshot.Tunnel)) snapshot.Tunnel {
		x := strong
		change(&x)
		return x
	}
	checktest.Run(t, &VPNStrongCryptography, []checktest.Case{
		{Name: "strong", Set: vpn("available", strong, strong), Want: checks.PASS, Reason: "no tunnel"},
		{Name: "nothing set allows everything", Set: vpn("available", snapshot.Tunnel{}, strong), Want: checks.FAIL, Reason: "tunnel 1 offers ikev1 by default, phase 1 integrity SHA1 by default, phase 2 integrity SHA1 by default, phase 1 DH group 2 by default, phase 2 DH group 2 by default, phase 2 DH group 5 by default"},
		{Name: "no options at all", Set: vpn("available"), Want: checks.FAIL, Reason: "tunnel 2 offers ikev1 by default"},
		{Name: "one weak algorithm among strong ones", Set: vpn("available", strong, with(func(x *snapshot.Tunnel) { x.Phase2.Integrity = []string{"SHA2-256", "SHA1"} })), Want: checks.FAIL, Reason: "tunnel 2 offers phase 2 integrity SHA1"},
		{Name: "an encryption that the policy calls weak", Set: vpn("available", with(func(x *snapshot.Tunnel) { x.Phase1.Encryption = []string{"AES128"} })), Parameters: map[string]any{"weak_encryption": []string{"aes128"}}, Want: checks.FAIL, Reason: "phase 1 encryption AES128"},
		{Name: "another group list", Set: vpn("available", strong), Parameters: map[string]any{"weak_dh_groups": []int{20}}, Want: checks.FAIL, Reason: "DH group 20"},
		{Name: "deleted", Set: vpn("deleted"), Want: checks.NotApplicable, Reason: "deleted"},
		{Name: "unread", Set: checktest.Denied("ec2:DescribeVpnConnections"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}
