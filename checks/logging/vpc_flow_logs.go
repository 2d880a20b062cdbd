package logging

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/networks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

const (
	listFlowLogs   = "ec2:DescribeFlowLogs"
	listSubnets    = "ec2:DescribeSubnets"
	listInterfaces = "ec2:DescribeNetworkInterfaces"
)

// FlowLogsEnabled passes when a flow log that works is on the VPC, or one on each of its
// subnets. One whose role is broken stays ACTIVE, with DeliverLogsStatus FAILED; the field
// is absent before the first delivery, and for S3. In a shared VPC the owner logs.
// Source: EC2 DescribeFlowLogs, ResourceId, FlowLogStatus, DeliverLogsStatus, TrafficType.
var FlowLogsEnabled = checks.Check{
	ID:          "vpc-flow-logs-enabled",
	Title:       "VPC flow logs record the traffic of every VPC and are being delivered",
	Severity:    checks.Medium,
	Category:    checks.LoggingOf,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeVpcs", listSubnets, listFlowLogs, listInterfaces},
	Parameters:  checks.Parameters{"accepted_traffic_types": []string{"ALL", "REJECT"}, "skip_empty": false},
	Remedy:      "Make a flow log on the VPC, and mend the role or the destination of one that is not delivered.",
	Fix: checks.Fix{
		Threat: "Nobody can say afterwards who talked to whom: a scan, a stolen session or data on its way out leave no trace in the network. Security services that read flow logs elsewhere do not replace a record of one's own.",
		CLI: `aws ec2 create-flow-logs --resource-type VPC --resource-ids {id} --traffic-type ALL --log-destination-type s3 --log-destination arn:aws:s3:::BUCKET --region {region}
aws ec2 describe-flow-logs --filter Name=resource-id,Values={id} --region {region}`,
		Terraform: `resource "aws_flow_log" "vpc" {
  vpc_id               = "{id}"
  traffic_type         = "ALL"
  log_destination_type = "s3"
  log_destination      = "arn:aws:s3:::BUCKET"
}`,
		Cost: "Delivery is charged for each gigabyte, and storage besides; REJECT alone is much less. The bucket's policy must let delivery.logs.amazonaws.com write.",
	},
	Judges: checks.For(snapshot.VPCs, flowLogsEnabled),
}

func flowLogsEnabled(v snapshot.VPC, env checks.Env) checks.Verdict {
	if foreign, is := networks.Foreign("VPC", v.Owner, v.Location); is {
		return foreign
	}
	r := networks.At(env, v.Location)
	if env.Bool("skip_empty") && len(r.Within[v.ID]) == 0 {
		if err := networks.Rest(env, v.Location, listInterfaces); err != nil {
			return checks.Unknown(err)
		}
		return checks.DoesNotApply("the VPC holds no network interface, and skip_empty is set")
	}
	unread := networks.Rest(env, v.Location, listFlowLogs)
	accepted := env.Strings("accepted_traffic_types")
	log, broken := working(r.FlowLogs[v.ID], accepted)
	if log != nil {
		return checks.Pass("flow log %s of the VPC is %s and records %s%s", log.ID, log.Status, log.Traffic, flowDelivery(log)).With("FlowLogId", log.ID)
	}
	logged, without := subnetsLogged(r, v.ID, accepted, &broken)
	unreadSubnets := networks.Rest(env, v.Location, listSubnets)
	switch {
	case unread != nil:
		return checks.Unknown(unread)
	case len(without) == 0 && unreadSubnets != nil:
		return checks.Unknown(unreadSubnets)
	case len(without) == 0 && logged > 0:
		return checks.Pass("each of the %s has a flow log that works", wording.Count(logged, "subnet"))
	case len(broken) > 0:
		return checks.Fail("no flow log of the VPC works: %s", strings.Join(broken, "; ")).With("broken", strings.Join(broken, "; "))
	case logged > 0:
		return checks.Fail("the VPC has no flow log, and of its subnets these have none: %s", networks.Few(without)).With("subnets", networks.Few(without))
	}
	return checks.Fail("neither the VPC nor a subnet of it has a flow log")
}

// subnetsLogged counts the VPC's subnets that have a flow log of their own that works, and
// names those that have none.
func subnetsLogged(r *networks.Region, vpc string, accepted []string, broken *[]string) (logged int, without []string) {
	for _, s := range r.SubnetsOf[vpc] {
		log, bad := working(r.FlowLogs[s.ID], accepted)
		*broken = append(*broken, bad...)
		if log != nil {
			logged++
		} else {
			without = append(without, s.ID)
		}
	}
	return logged, without
}

// working is the first log that does what it should, and what is wrong with the others.
func working(logs []*snapshot.FlowLog, accepted []string) (good *snapshot.FlowLog, broken []string) {
	for _, f := range logs {
		switch {
		case f.Status != "ACTIVE":
			broken = append(broken, fmt.Sprintf("%s of %s is %q", f.ID, f.Resource, f.Status))
		case f.Delivery == "FAILED":
			broken = append(broken, fmt.Sprintf("%s of %s is ACTIVE, and DeliverLogsStatus is FAILED (%s)", f.ID, f.Resource, f.DeliveryError))
		case !slices.Contains(accepted, f.Traffic):
			broken = append(broken, fmt.Sprintf("%s of %s records %s alone", f.ID, f.Resource, f.Traffic))
		default:
			return f, broken
		}
	}
	return nil, broken
}

// delivery says what is known of it.
func flowDelivery(f *snapshot.FlowLog) string {
	if f.Delivery == "" {
		return ""
	}
	return ", DeliverLogsStatus " + f.Delivery
}

// SubnetFlowLogsEnabled passes when a flow log that works is on the subnet or on its VPC.
// One on a single interface covers nothing here. Source: as FlowLogsEnabled.
var SubnetFlowLogsEnabled = checks.Check{
	ID:          "vpc-subnet-flow-logs-enabled",
	Title:       "Flow logs record the traffic of every subnet",
	Severity:    checks.Low,
	Category:    checks.LoggingOf,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{listSubnets, listFlowLogs},
	Remedy:      "Make a flow log on the subnet's VPC, which covers all its subnets.",
	Fix: checks.Fix{
		Threat: "What happens in the subnet leaves no trace in the network, while others of the VPC are watched. That is where an attacker stays.",
		CLI:    "aws ec2 create-flow-logs --resource-type Subnet --resource-ids {id} --traffic-type ALL --log-destination-type s3 --log-destination arn:aws:s3:::BUCKET --region {region}",
		Terraform: `resource "aws_flow_log" "subnet" {
  subnet_id            = "{id}"
  traffic_type         = "ALL"
  log_destination_type = "s3"
  log_destination      = "arn:aws:s3:::BUCKET"
}`,
		Cost: "Delivery is charged for each gigabyte, and storage besides. One log on the VPC is simpler than one on each subnet, and costs the same.",
	},
	Judges: checks.For(snapshot.Subnets, subnetFlowLogsEnabled),
}

func subnetFlowLogsEnabled(s snapshot.Subnet, env checks.Env) checks.Verdict {
	if foreign, is := networks.Foreign("subnet", s.Owner, s.Location); is {
		return foreign
	}
	r := networks.At(env, s.Location)
	unread := networks.Rest(env, s.Location, listFlowLogs)
	accepted := FlowLogsEnabled.Parameters["accepted_traffic_types"].([]string)
	log, broken := working(slices.Concat(r.FlowLogs[s.ID], r.FlowLogs[s.VPC]), accepted)
	switch {
	case log != nil:
		return checks.Pass("flow log %s of %s is %s and records %s%s", log.ID, log.Resource, log.Status, log.Traffic, flowDelivery(log)).With("FlowLogId", log.ID)
	case unread != nil:
		return checks.Unknown(unread)
	case len(broken) > 0:
		return checks.Fail("no flow log of the subnet or of %s works: %s", s.VPC, strings.Join(broken, "; ")).With("broken", strings.Join(broken, "; "))
	}
	return checks.Fail("neither the subnet nor %s has a flow log", s.VPC)
}

// FlowLogsComplete passes when a flow log records all traffic often enough, with the fields
// that an investigation needs, to a destination of the account's own or a trusted one. A
// transit gateway's log has no traffic type, no interface and no action. An S3 destination
// names no account: it is known where the bucket is among the account's own.
// Source: EC2 DescribeFlowLogs, TrafficType, MaxAggregationInterval, LogFormat, LogDestination.
var FlowLogsComplete = checks.Check{
	ID:          "vpc-flow-logs-complete",
	Title:       "Flow logs keep accepted and rejected traffic with the fields an investigation needs",
	Severity:    checks.Low,
	Category:    checks.LoggingOf,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeFlowLogs", "s3:ListBuckets"},
	Parameters:  checks.Parameters{"max_interval_seconds": 600, "required_fields": []string{"srcaddr", "dstaddr", "srcport", "dstport", "protocol", "action", "start", "end", "interface-id"}, "trusted_accounts": []string{}},
	Bounds:      checks.AtLeast(1),
	Remedy:      "Make a flow log for ALL traffic with the default format or more, and delete this one: its settings cannot be changed.",
	Fix: checks.Fix{
		Threat: "The log shows that something happened and not what: rejected traffic alone says nothing of the attacker who got in. In a bucket of a stranger's, the stranger reads along.",
		CLI: `aws ec2 create-flow-logs --resource-type VPC --resource-ids RESOURCE --traffic-type ALL --max-aggregation-interval 60 --log-destination-type s3 --log-destination arn:aws:s3:::BUCKET --region {region}
aws ec2 delete-flow-logs --flow-log-ids {id} --region {region}`,
		Terraform: `resource "aws_flow_log" "this" {
  vpc_id                   = "VPC"
  traffic_type             = "ALL"
  max_aggregation_interval = 60
  log_destination_type     = "s3"
  log_destination          = "arn:aws:s3:::BUCKET"
}`,
		Cost: "ALL records several times as much as REJECT, and is charged by the gigabyte. A flow log cannot be changed: make the new one before the old one goes.",
	},
	Judges: checks.For(snapshot.FlowLogs, flowLogsComplete),
}

func flowLogsComplete(f snapshot.FlowLog, env checks.Env) checks.Verdict {
	if f.Status != "ACTIVE" {
		return checks.DoesNotApply("FlowLogStatus is %q", f.Status).With("FlowLogStatus", f.Status)
	}
	transit := strings.HasPrefix(f.Resource, "tgw-")
	var wrong, unclear []string
	if f.Traffic != "ALL" && !transit {
		wrong = append(wrong, fmt.Sprintf("TrafficType is %q", f.Traffic))
	}
	switch most := int32(env.Int("max_interval_seconds")); {
	case f.Interval == nil:
		unclear = append(unclear, "the answer lacks MaxAggregationInterval")
	case *f.Interval > most:
		wrong = append(wrong, fmt.Sprintf("MaxAggregationInterval is %d seconds, at most %d allowed", *f.Interval, most))
	}
	required := slices.Clone(env.Strings("required_fields"))
	if transit {
		required = slices.DeleteFunc(required, func(name string) bool { return name == "action" || name == "interface-id" })
	}
	if lacking := slices.DeleteFunc(required, func(name string) bool { return strings.Contains(f.Format, "${"+name+"}") }); len(lacking) > 0 {
		wrong = append(wrong, "LogFormat lacks "+strings.Join(lacking, ", "))
	}
	switch stranger, doubt := destination(f, env); {
	case stranger != "":
		wrong = append(wrong, stranger)
	case doubt != nil:
		unclear = append(unclear, doubt.Error())
	}
	observed := func(v checks.Verdict) checks.Verdict {
		return v.With("TrafficType", f.Traffic).With("LogDestination", f.Destination)
	}
	switch {
	case len(wrong) > 0:
		return observed(checks.Fail("%s", strings.Join(wrong, "; ")))
	case len(unclear) > 0:
		v := checks.Unclear("%s", strings.Join(unclear, "; "))
		if _, doubt := destination(f, env); doubt != nil {
			v.Cause = networks.Unknown(doubt).Cause
		}
		return observed(v)
	}
	return observed(checks.Pass("it records %s every %d seconds with the required fields", cmp.Or(f.Traffic, "all traffic"), *f.Interval))
}

// destination says that a stranger gets the log, or why it is not known who does.
func destination(f snapshot.FlowLog, env checks.Env) (stranger string, doubt error) {
	account := snapshot.AccountOf(f.Destination)
	switch {
	case f.Destination == "" && f.LogGroup != "": // a log group lies in the account and Region
		return "", nil
	case account != "" && account != f.Account && !slices.Contains(env.Strings("trusted_accounts"), account):
		return "LogDestination belongs to account " + account, nil
	case account != "":
		return "", nil
	case f.DestinationType != "s3":
		return "", fmt.Errorf("LogDestination %q names no account", f.Destination)
	}
	name := networks.Bucket(f.Destination)
	if _, own := env.Account().S3.Own[name]; own { // in whichever Region it lies
		return "", nil
	}
	if _, err := checks.Find(env, snapshot.Buckets, f.Location, name); errors.Is(err, snapshot.ErrAbsent) {
		return "", fmt.Errorf("the bucket %q is none of the account's own, and its ARN names no account", name)
	} else if err != nil {
		return "", err
	}
	return "", nil
}
