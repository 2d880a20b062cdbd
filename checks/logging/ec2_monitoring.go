package logging

import (
	"onus/checks"
	"onus/scanner/snapshot"
)

// InstanceDetailedMonitoring passes when the instance sends metrics every minute, or is about
// to. An answer without Monitoring means that it is off.
// Source: EC2 DescribeInstances, Monitoring.State.
var InstanceDetailedMonitoring = checks.Check{
	ID:          "ec2-instance-detailed-monitoring-enabled",
	Title:       "EC2 instances send metrics every minute",
	Severity:    checks.Low,
	Category:    checks.LoggingOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeInstances"},
	Remedy:      "Turn detailed monitoring on for the instance, and in the template that launches it.",
	Fix: checks.Fix{
		Threat: "With a metric every five minutes, alarms and scaling come late. A short attack or failure leaves hardly a trace in the figures.",
		CLI:    `aws ec2 monitor-instances --region {region} --instance-ids {id}`,
		Terraform: `resource "aws_instance" "example" {
  monitoring = true
}`,
		Cost: "CloudWatch bills the metrics of each instance by the month. It takes effect without a restart.",
	},
	Judges: checks.For(snapshot.Instances, instanceDetailedMonitoring),
}

func instanceDetailedMonitoring(i snapshot.Instance, _ checks.Env) checks.Verdict {
	v := checks.Fail("Monitoring.State is %s, want enabled", i.Monitoring)
	switch i.Monitoring {
	case "enabled", "pending":
		v = checks.Pass("Monitoring.State is %s", i.Monitoring)
	case "":
		v = checks.Fail("Monitoring is absent, which is disabled")
	}
	return v.With("Monitoring.State", i.Monitoring)
}
