package encryption

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"onus/checks"
	"onus/checks/networks"
	"onus/scanner/snapshot"
)

// VPCEncryptionEnforced passes when the VPC's encryption control enforces encryption in
// transit, or watches over it. One that is on its way to enforcing does not enforce yet.
// Source: EC2 DescribeVpcEncryptionControls, Mode, State and ResourceExclusions.
var VPCEncryptionEnforced = checks.Check{
	ID:          "vpc-encryption-controls-enforced",
	Title:       "VPC encryption controls monitor or enforce encryption in transit",
	Severity:    checks.Info,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeVpcEncryptionControls", "ec2:DescribeVpcs"},
	Parameters:  checks.Parameters{"accept_monitor": true},
	Remedy:      "Make an encryption control for the VPC in monitor mode, and enforce it when nothing is left that sends in clear.",
	Fix: checks.Fix{
		Threat: "Traffic inside the VPC goes in clear where an old instance type or a service sends it so, and nobody sees which. A promise that everything is encrypted in transit cannot be shown to hold.",
		CLI: `aws ec2 create-vpc-encryption-control --vpc-id {id} --region {region}
aws ec2 modify-vpc-encryption-control --vpc-encryption-control-id CONTROL --mode enforce --region {region}`,
		Terraform: `resource "aws_vpc_encryption_control" "this" {
  vpc_id = "{id}"
  mode   = "monitor"
}`,
		Cost: "The control is charged by the hour for each VPC. Enforcing refuses instance types that do not encrypt, and needs exclusions for gateways and peerings.",
	},
	Judges: checks.For(snapshot.VPCs, vpcEncryptionEnforced),
}

func vpcEncryptionEnforced(v snapshot.VPC, env checks.Env) checks.Verdict {
	if out, is := networks.Foreign("VPC", v.Owner, v.Location); is {
		return out
	}
	_ = networks.Rest(env, v.Location, "ec2:DescribeVpcEncryptionControls")
	c, err := checks.Find(env, snapshot.EncryptionControls, v.Location, v.ID)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.Fail("the VPC has no encryption control")
	case err != nil:
		return checks.Unknown(err)
	}
	observed := func(x checks.Verdict) checks.Verdict {
		return x.With("Mode", c.Mode).With("State", c.State).With("ResourceExclusions", strings.Join(c.Exclusions, ", "))
	}
	wanted := []string{"enforce"}
	if env.Bool("accept_monitor") {
		wanted = append(wanted, "monitor")
	}
	open := ""
	if len(c.Exclusions) > 0 {
		open = "; left out are " + strings.Join(c.Exclusions, ", ")
	}
	if c.State == "available" && slices.Contains(wanted, c.Mode) {
		return observed(checks.Pass("the mode is %s%s", c.Mode, open))
	}
	return observed(checks.Fail("the mode is %q and the state %q, want %s and available%s", c.Mode, c.State, strings.Join(wanted, " or "), open))
}

// VPNStrongCryptography passes when no tunnel offers an algorithm of the weak lists. An
// empty list stands for all that AWS offers, old ones among it. What was negotiated is not
// shown. Source: EC2 DescribeVpnConnections, Options.TunnelOptions; AWS Site-to-Site VPN User
// Guide, "Tunnel options".
var VPNStrongCryptography = checks.Check{
	ID:          "vpc-vpn-tunnel-strong-cryptography",
	Title:       "VPN tunnels accept IKEv2 and strong algorithms only",
	Severity:    checks.Medium,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeVpnConnections"},
	Parameters:  checks.Parameters{"weak_ike": []string{"ikev1"}, "weak_encryption": []string{}, "weak_integrity": []string{"SHA1"}, "weak_dh_groups": []int{2, 5}},
	Remedy:      "Name the algorithms that both ends can do in the options of each tunnel, and leave the weak ones out.",
	Fix: checks.Fix{
		Threat: "Whoever sits between the two ends makes them agree on the weakest offer. SHA-1, small Diffie-Hellman groups and IKEv1 have known attacks.",
		CLI:    "aws ec2 modify-vpn-tunnel-options --vpn-connection-id {id} --vpn-tunnel-outside-ip-address ADDRESS --tunnel-options 'IKEVersions=[{Value=ikev2}],Phase1IntegrityAlgorithms=[{Value=SHA2-256}],Phase2IntegrityAlgorithms=[{Value=SHA2-256}],Phase1DHGroupNumbers=[{Value=14},{Value=19}],Phase2DHGroupNumbers=[{Value=14},{Value=19}]' --region {region}",
		Terraform: `resource "aws_vpn_connection" "this" {
  customer_gateway_id                  = "CUSTOMER-GATEWAY"
  type                                 = "ipsec.1"
  tunnel1_ike_versions                 = ["ikev2"]
  tunnel1_phase1_integrity_algorithms  = ["SHA2-256"]
  tunnel1_phase2_integrity_algorithms  = ["SHA2-256"]
  tunnel1_phase1_dh_group_numbers      = [14, 19]
  tunnel1_phase2_dh_group_numbers      = [14, 19]
  # and the same for tunnel2
}`,
		Cost: "Each change interrupts its tunnel for minutes: change one while the other is up. The customer's gateway must offer the same.",
	},
	Judges: checks.For(snapshot.VPNConnections, vpnStrongCryptography),
}

// What AWS offers where nothing is set, as of 2026-11-24.
// Source: AWS Site-to-Site VPN User Guide, "Tunnel options".
var (
	defaultIKE        = []string{"ikev1", "ikev2"}
	defaultEncryption = []string{"AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16"}
	defaultIntegrity  = []string{"SHA1", "SHA2-256", "SHA2-384", "SHA2-512"}
	defaultGroups1    = []int32{2, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24}
	defaultGroups2    = []int32{2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24}
)

func vpnStrongCryptography(c snapshot.VPNConnection, env checks.Env) checks.Verdict {
	if v, is := networks.EndedVPN(c); is {
		return v
	}
	tunnels := c.Tunnels
	if len(tunnels) == 0 {
		tunnels = make([]snapshot.Tunnel, 2) // nothing is set
	}
	var weak []string
	for i, t := range tunnels {
		if hits := weaknesses(t, env); len(hits) > 0 {
			weak = append(weak, fmt.Sprintf("tunnel %d offers %s", i+1, strings.Join(hits, ", ")))
		}
	}
	if len(weak) > 0 {
		return checks.Fail("%s", strings.Join(weak, "; ")).With("weak", strings.Join(weak, "; "))
	}
	return checks.Pass("no tunnel offers an algorithm of the weak lists").With("weak", "")
}

func weaknesses(t snapshot.Tunnel, env checks.Env) (hits []string) {
	add := func(name string, set, all, weak []string) {
		byDefault := ""
		if len(set) == 0 {
			set, byDefault = all, " by default"
		}
		for _, v := range set {
			if slices.ContainsFunc(weak, func(w string) bool { return strings.EqualFold(w, v) }) {
				hits = append(hits, strings.TrimSpace(name+" "+v)+byDefault)
			}
		}
	}
	groups := func(list []int32) (out []string) {
		for _, n := range list {
			out = append(out, strconv.Itoa(int(n)))
		}
		return out
	}
	var weakGroups []string
	for _, n := range env.Ints("weak_dh_groups") {
		weakGroups = append(weakGroups, strconv.Itoa(n))
	}
	add("", t.IKEVersions, defaultIKE, env.Strings("weak_ike"))
	add("phase 1 encryption", t.Phase1.Encryption, defaultEncryption, env.Strings("weak_encryption"))
	add("phase 2 encryption", t.Phase2.Encryption, defaultEncryption, env.Strings("weak_encryption"))
	add("phase 1 integrity", t.Phase1.Integrity, defaultIntegrity, env.Strings("weak_integrity"))
	add("phase 2 integrity", t.Phase2.Integrity, defaultIntegrity, env.Strings("weak_integrity"))
	add("phase 1 DH group", groups(t.Phase1.DHGroups), groups(defaultGroups1), weakGroups)
	add("phase 2 DH group", groups(t.Phase2.DHGroups), groups(defaultGroups2), weakGroups)
	return hits
}
