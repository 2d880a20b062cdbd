package logging

import (
	"slices"

	"onus/checks"
	"onus/scanner/snapshot"
)

// SecurityGroupEvents passes when somebody is told of changes to DB security groups. Those
// belong to EC2-Classic, which is gone: without any, there is nothing to be told of, unless
// strict asks for the subscription all the same. VPC security groups send no such events.
// Source: RDS DescribeEventSubscriptions; DescribeDBSecurityGroups.
var SecurityGroupEvents = checks.Check{
	ID:          "rds-events-security-group-subscribed",
	Title:       "Changes of DB security groups are subscribed",
	Severity:    checks.Info,
	Category:    checks.LoggingOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Container,
	Tier:        2,
	Reads:       []string{"rds:DescribeEventSubscriptions", "rds:DescribeDBSecurityGroups", "rds:DescribeDBInstances"},
	Parameters:  checks.Parameters{"strict": false},
	Remedy:      "Subscribe an SNS topic that people read to configuration changes and failures of DB security groups.",
	Fix: checks.Fix{
		Threat: "A DB security group of EC2-Classic that somebody opens lets everybody in, and nobody is told. For databases in a VPC these events are never sent: watch the VPC's security groups by CloudTrail or AWS Config.",
		CLI:    `aws rds create-event-subscription --region {region} --subscription-name db-security-groups --sns-topic-arn TOPIC_ARN --source-type db-security-group --event-categories "configuration change" failure --enabled`,
		Terraform: `resource "aws_db_event_subscription" "this" {
  name             = "db-security-groups"
  sns_topic        = aws_sns_topic.on_call.arn
  source_type      = "db-security-group"
  event_categories = ["configuration change", "failure"]
}`,
		Cost: "Nothing but the SNS topic's messages.",
	},
	Judges: checks.For(snapshot.DBRegions, securityGroupEvents),
}

func securityGroupEvents(r snapshot.DBRegion, env checks.Env) checks.Verdict {
	wanted := source{"db-security-group", []string{anyGroup}, nil, []string{"configuration change", "failure"}}
	if env.Bool("strict") {
		return outsideVPC(wanted.judge(r, env))
	}
	names, err := r.ClassicGroups.Get()
	groups := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == "default" })
	all, unread := checks.In(env, snapshot.DBInstances, r.Location).Get()
	for _, d := range all {
		if !d.Ended() {
			groups = append(groups, d.ClassicGroups...)
		}
	}
	switch {
	case len(groups) > 0:
		return outsideVPC(wanted.judge(r, env))
	case err != nil:
		return checks.Unknown(err)
	case unread != nil:
		return checks.Unknown(unread)
	}
	return checks.DoesNotApply("%s has no DB security groups but the default one, which are EC2-Classic's; strict asks for the subscription all the same", r.Region)
}

// outsideVPC keeps a PASS from being read as more than it is.
func outsideVPC(v checks.Verdict) checks.Verdict {
	if v.Status == checks.PASS {
		v.Reason += "; the security groups of a VPC never send such events"
	}
	return v
}
