package logging

import (
	"fmt"
	"strings"

	"onus/checks"
	"onus/checks/networks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// VPNLoggingEnabled passes when both tunnels write their activity to CloudWatch Logs. The
// log of BGP is another one. Source: EC2 DescribeVpnConnections,
// Options.TunnelOptions[].LogOptions.CloudWatchLogOptions.LogEnabled.
var VPNLoggingEnabled = checks.Check{
	ID:          "vpc-vpn-connection-logging-enabled",
	Title:       "Both tunnels of each Site-to-Site VPN connection write logs",
	Severity:    checks.Low,
	Category:    checks.LoggingOf,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeVpnConnections"},
	Remedy:      "Turn on the tunnel logs of both tunnels, one after the other.",
	Fix: checks.Fix{
		Threat: "Why a tunnel was renegotiated or went down, and from which address somebody tried to build one, is not recorded. A failing tunnel is noticed when both are down.",
		CLI:    "aws ec2 modify-vpn-tunnel-options --vpn-connection-id {id} --vpn-tunnel-outside-ip-address ADDRESS --tunnel-options 'LogOptions={CloudWatchLogOptions={LogEnabled=true,LogGroupArn=LOG-GROUP-ARN,LogOutputFormat=json}}' --region {region}",
		Terraform: `resource "aws_vpn_connection" "this" {
  customer_gateway_id = "CUSTOMER-GATEWAY"
  type                = "ipsec.1"
  tunnel1_log_options {
    cloudwatch_log_options {
      log_enabled   = true
      log_group_arn = "LOG-GROUP-ARN"
    }
  }
  tunnel2_log_options {
    cloudwatch_log_options {
      log_enabled   = true
      log_group_arn = "LOG-GROUP-ARN"
    }
  }
}`,
		Cost: "The change interrupts the tunnel for minutes: change one while the other is up. CloudWatch Logs charges for what it takes in.",
	},
	Judges: checks.For(snapshot.VPNConnections, vpnLoggingEnabled),
}

func vpnLoggingEnabled(c snapshot.VPNConnection, _ checks.Env) checks.Verdict {
	if v, is := networks.EndedVPN(c); is {
		return v
	}
	var silent []string
	for i, t := range c.Tunnels {
		if !t.Logged {
			silent = append(silent, fmt.Sprintf("tunnel %d (%s)", i+1, t.Outside))
		}
	}
	switch {
	case len(silent) > 0:
		return checks.Fail("LogEnabled is not true for %s", strings.Join(silent, " and ")).With("LogEnabled", "false")
	case len(c.Tunnels) != 2:
		return checks.Fail("the answer shows options of %s, want 2 that log", wording.Count(len(c.Tunnels), "tunnel"))
	}
	return checks.Pass("LogEnabled is true for both tunnels").With("LogEnabled", "true").With("LogGroupArn", c.Tunnels[0].LogGroup)
}

// ClientVPNLoggingEnabled passes when the endpoint logs who connected, when and from where.
// Source: EC2 DescribeClientVpnEndpoints, ConnectionLogOptions.Enabled.
var ClientVPNLoggingEnabled = checks.Check{
	ID:          "vpc-client-vpn-connection-logging-enabled",
	Title:       "Client VPN endpoints log connections",
	Severity:    checks.Low,
	Category:    checks.LoggingOf,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeClientVpnEndpoints"},
	Remedy:      "Turn on connection logs with a log group and a log stream.",
	Fix: checks.Fix{
		Threat: "Somebody who uses a stolen client certificate or password is inside, and no record says who connected, when, and from which address. Failed attempts are not seen either.",
		CLI:    "aws ec2 modify-client-vpn-endpoint --client-vpn-endpoint-id {id} --connection-log-options Enabled=true,CloudwatchLogGroup=LOG-GROUP,CloudwatchLogStream=LOG-STREAM --region {region}",
		Terraform: `resource "aws_ec2_client_vpn_endpoint" "this" {
  server_certificate_arn = "CERTIFICATE-ARN"
  client_cidr_block      = "CIDR"
  connection_log_options {
    enabled               = true
    cloudwatch_log_group  = "LOG-GROUP"
    cloudwatch_log_stream = "LOG-STREAM"
  }
}`,
		Cost: "CloudWatch Logs charges for what it takes in; these logs are small. Connections stay up.",
	},
	Judges: checks.For(snapshot.ClientVPNs, clientVPNLoggingEnabled),
}

func clientVPNLoggingEnabled(c snapshot.ClientVPN, _ checks.Env) checks.Verdict {
	if c.Status == "deleting" || c.Status == "deleted" {
		return checks.DoesNotApply("the endpoint is %s", c.Status).With("Status", c.Status)
	}
	on, err := c.Logged.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case !on:
		return checks.Fail("ConnectionLogOptions.Enabled is false").With("Enabled", "false")
	}
	return checks.Pass("ConnectionLogOptions.Enabled is true, to log group %q", c.LogGroup).With("Enabled", "true").With("CloudwatchLogGroup", c.LogGroup)
}
