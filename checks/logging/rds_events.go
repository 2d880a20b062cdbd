package logging

import (
	"onus/checks"
	"onus/scanner/snapshot"
)

// InstanceEvents passes when somebody is told of maintenance, changes and failures of every
// instance of the Region.
// Source: RDS DescribeEventSubscriptions; Amazon RDS User Guide, "Amazon RDS event
// categories and event messages".
var InstanceEvents = checks.Check{
	ID:          "rds-events-instance-subscribed",
	Title:       "Maintenance, configuration change and failure events of instances are subscribed",
	Severity:    checks.Low,
	Category:    checks.LoggingOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeEventSubscriptions", "rds:DescribeDBInstances"},
	Remedy:      "Subscribe an SNS topic that people read to these categories, without naming single instances.",
	Fix: checks.Fix{
		Threat: "A database that fails, fills up or is changed is noticed by customers first. The events are sent to nobody.",
		CLI:    "aws rds create-event-subscription --subscription-name instances --sns-topic-arn TOPIC-ARN --source-type db-instance --event-categories maintenance 'configuration change' failure --enabled --region {region}",
		Terraform: `resource "aws_db_event_subscription" "instances" {
  name             = "instances"
  sns_topic        = "TOPIC-ARN"
  source_type      = "db-instance"
  event_categories = ["maintenance", "configuration change", "failure"]
}`,
		Cost: "Messages by SNS cost next to nothing; somebody must read them.",
	},
	Judges: checks.For(snapshot.DBRegions, instanceEvents),
}

// ClusterEvents passes when somebody is told of maintenance and failures of every cluster
// of the Region. Source: RDS DescribeEventSubscriptions.
var ClusterEvents = checks.Check{
	ID:          "rds-events-cluster-subscribed",
	Title:       "Maintenance and failure events of clusters are subscribed",
	Severity:    checks.Low,
	Category:    checks.LoggingOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeEventSubscriptions", "rds:DescribeDBClusters"},
	Remedy:      "Subscribe an SNS topic that people read to these categories, without naming single clusters.",
	Fix: checks.Fix{
		Threat: "A failover or a failing cluster is noticed by customers first. The events are sent to nobody.",
		CLI:    "aws rds create-event-subscription --subscription-name clusters --sns-topic-arn TOPIC-ARN --source-type db-cluster --event-categories maintenance failure --enabled --region {region}",
		Terraform: `resource "aws_db_event_subscription" "clusters" {
  name             = "clusters"
  sns_topic        = "TOPIC-ARN"
  source_type      = "db-cluster"
  event_categories = ["maintenance", "failure"]
}`,
		Cost: "Messages by SNS cost next to nothing; somebody must read them.",
	},
	Judges: checks.For(snapshot.DBRegions, clusterEvents),
}

// ParameterGroupEvents passes when somebody is told of changes to any parameter group, the
// only category that this source sends. Source: RDS DescribeEventSubscriptions.
var ParameterGroupEvents = checks.Check{
	ID:          "rds-events-parameter-group-subscribed",
	Title:       "Changes of parameter groups are subscribed",
	Severity:    checks.Low,
	Category:    checks.LoggingOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeEventSubscriptions", "rds:DescribeDBInstances", "rds:DescribeDBClusters"},
	Remedy:      "Subscribe an SNS topic that people read to configuration changes of parameter groups, without naming single groups.",
	Fix: checks.Fix{
		Threat: "A changed parameter can turn TLS or the audit log off. Without the event nobody sees it.",
		CLI:    "aws rds create-event-subscription --subscription-name parameter-groups --sns-topic-arn TOPIC-ARN --source-type db-parameter-group --event-categories 'configuration change' --enabled --region {region}",
		Terraform: `resource "aws_db_event_subscription" "parameters" {
  name             = "parameter-groups"
  sns_topic        = "TOPIC-ARN"
  source_type      = "db-parameter-group"
  event_categories = ["configuration change"]
}`,
		Cost: "Messages by SNS cost next to nothing; somebody must read them.",
	},
	Judges: checks.For(snapshot.DBRegions, parameterGroupEvents),
}

func instanceEvents(r snapshot.DBRegion, env checks.Env) checks.Verdict {
	ids, err := instancesIn(r, env)
	return source{"db-instance", ids, err, []string{"configuration change", "failure", "maintenance"}}.judge(r, env)
}

func clusterEvents(r snapshot.DBRegion, env checks.Env) checks.Verdict {
	ids, err := clustersIn(r, env)
	return source{"db-cluster", ids, err, []string{"failure", "maintenance"}}.judge(r, env)
}

func parameterGroupEvents(r snapshot.DBRegion, env checks.Env) checks.Verdict {
	ids, err := instancesIn(r, env)
	clusters, more := clustersIn(r, env)
	if len(ids)+len(clusters) == 0 {
		if err == nil {
			err = more
		}
		return source{"db-parameter-group", nil, err, nil}.judge(r, env)
	}
	// Which groups there are is not read: a subscription to named ones is never enough.
	return source{"db-parameter-group", []string{anyGroup}, nil, []string{"configuration change"}}.judge(r, env)
}

// anyGroup stands for every parameter group. No group can have such a name.
const anyGroup = "*"

// instancesIn are RDS's own instances in a Region, and why there may be more.
func instancesIn(r snapshot.DBRegion, env checks.Env) (ids []string, err error) {
	all, err := checks.In(env, snapshot.DBInstances, r.Location).Get()
	for _, d := range all {
		if !d.Ended() && d.Engine.OtherService() == "" {
			ids = append(ids, d.ID)
		}
	}
	return ids, err
}

func clustersIn(r snapshot.DBRegion, env checks.Env) (ids []string, err error) {
	all, err := checks.In(env, snapshot.DBClusters, r.Location).Get()
	for _, c := range all {
		if !c.Ended() && c.Engine.OtherService() == "" {
			ids = append(ids, c.ID)
		}
	}
	return ids, err
}
