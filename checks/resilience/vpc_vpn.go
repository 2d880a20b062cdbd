package resilience

import (
	"fmt"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/networks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// VPNTunnelsUp passes when AWS sees both tunnels up. No telemetry at all is a failure to
// report, and fails. What AWS shows lags by minutes.
// Source: EC2 DescribeVpnConnections, VgwTelemetry[].Status.
var VPNTunnelsUp = checks.Check{
	ID:          "vpc-vpn-tunnels-up",
	Title:       "Both tunnels of each Site-to-Site VPN connection are up",
	Severity:    checks.Medium,
	Category:    checks.ResilienceOf,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeVpnConnections"},
	Remedy:      "Configure both tunnels on the customer's gateway, and look there for why one is down.",
	Fix: checks.Fix{
		Threat:    "AWS takes a tunnel down for maintenance without asking. With one tunnel up, the site loses its connection whenever that one goes.",
		CLI:       `aws ec2 describe-vpn-connections --vpn-connection-ids {id} --query 'VpnConnections[].VgwTelemetry' --region {region}`,
		Terraform: "",
		Cost:      "No setting of AWS brings a tunnel up: the customer's gateway must build both, with the configuration that AWS offers for it. It takes time on that device, and no money.",
	},
	Judges: checks.For(snapshot.VPNConnections, vpnTunnelsUp),
}

func vpnTunnelsUp(c snapshot.VPNConnection, _ checks.Env) checks.Verdict {
	if v, is := networks.EndedVPN(c); is {
		return v
	}
	var down, seen []string
	for _, t := range c.Telemetry {
		line := fmt.Sprintf("%s is %s", t.Outside, t.Status)
		if !t.Changed.IsZero() {
			line += " since " + t.Changed.Format(time.RFC3339)
		}
		seen = append(seen, line)
		if t.Status != "UP" {
			if t.StatusMessage != "" {
				line += " (" + t.StatusMessage + ")"
			}
			down = append(down, line)
		}
	}
	observed := strings.Join(seen, "; ")
	switch {
	case len(down) > 0:
		return checks.Fail("%s", strings.Join(down, "; ")).With("VgwTelemetry", observed)
	case len(c.Telemetry) != 2:
		return checks.Fail("the answer shows the status of %s, want 2 that are UP", wording.Count(len(c.Telemetry), "tunnel")).With("VgwTelemetry", observed)
	}
	return checks.Pass("%s", observed).With("VgwTelemetry", observed)
}
