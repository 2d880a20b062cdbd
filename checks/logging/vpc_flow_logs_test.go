package logging

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// flow is a flow log that works.
func flow(id, resource string, change ...func(*snapshot.FlowLog)) func(*snapshot.Account) {
	f := snapshot.FlowLog{Meta: checktest.EC2Meta("vpc-flow-log/" + id), ID: id, Resource: resource, Status: "ACTIVE", Delivery: "SUCCESS", Traffic: "ALL"}
	for _, c := range change {
		c(&f)
	}
	return checktest.Net(func(n *snapshot.Net) *[]snapshot.FlowLog { return &n.FlowLogs }, f)
}

func broken(f *snapshot.FlowLog) { f.Delivery, f.DeliveryError = "FAILED", "Access error" }

func TestFlowLogsEnabled(t *testing.T) {
	vpc := checktest.VPCs("vpc-1")
	two := checktest.All(vpc, checktest.Subnets("subnet-1", "vpc-1"), checktest.Subnets("subnet-2", "vpc-1"))
	skip := map[string]any{"skip_empty": true}
	checktest.Run(t, &FlowLogsEnabled, []checktest.Case{
		{Name: "a log on the VPC", Set: checktest.All(two, flow("fl-1", "vpc-1")), Want: checks.PASS, Reason: "flow log fl-1 of the VPC is ACTIVE and records ALL, DeliverLogsStatus SUCCESS"},
		{Name: "active, and its delivery failed", Set: checktest.All(two, flow("fl-1", "vpc-1", broken)), Want: checks.FAIL, Reason: "DeliverLogsStatus is FAILED (Access error)"},
		{Name: "no first delivery yet, or S3", Set: checktest.All(vpc, flow("fl-1", "vpc-1", func(f *snapshot.FlowLog) { f.Delivery = "" })), Want: checks.PASS, Reason: "fl-1"},
		{Name: "rejected traffic alone is accepted", Set: checktest.All(vpc, flow("fl-1", "vpc-1", func(f *snapshot.FlowLog) { f.Traffic = "REJECT" })), Want: checks.PASS, Reason: "records REJECT"},
		{Name: "accepted traffic alone is not", Set: checktest.All(vpc, flow("fl-1", "vpc-1", func(f *snapshot.FlowLog) { f.Traffic = "ACCEPT" })), Want: checks.FAIL, Reason: "records ACCEPT alone"},
		{Name: "logs on all subnets equal one on the VPC", Set: checktest.All(two, flow("fl-1", "subnet-1"), flow("fl-2", "subnet-2")), Want: checks.PASS, Reason: "each of the 2 subnets"},
		{Name: "logs on some subnets do not", Set: checktest.All(two, flow("fl-1", "subnet-1")), Want: checks.FAIL, Reason: "these have none: subnet-2"},
		{Name: "one good log of several is enough", Set: checktest.All(vpc, flow("fl-1", "vpc-1", broken), flow("fl-2", "vpc-1")), Want: checks.PASS, Reason: "fl-2"},
		{Name: "none at all", Set: two, Want: checks.FAIL, Reason: "neither the VPC nor a subnet"},
		{Name: "a log of another VPC", Set: checktest.All(vpc, flow("fl-1", "vpc-2")), Want: checks.FAIL, Reason: "neither"},
		{Name: "a shared VPC", Set: checktest.VPCs("vpc-1", func(v *snapshot.VPC) { v.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
		{Name: "empty, and skipped", Set: vpc, Parameters: skip, Want: checks.NotApplicable, Reason: "no network interface"},
		{Name: "not empty", Set: checktest.All(vpc, checktest.Interfaces("eni-1", "vpc-1", "subnet-1")), Parameters: skip, Want: checks.FAIL, Reason: "neither"},
		{Name: "whether it is empty is not known", Set: checktest.All(vpc, flow("fl-1", "vpc-1"), checktest.Denied(listInterfaces)), Parameters: skip, Want: checks.UNKNOWN, Reason: listInterfaces},
		{Name: "logs unread", Set: checktest.All(two, checktest.Denied(listFlowLogs)), Want: checks.UNKNOWN, Reason: listFlowLogs},
		{Name: "logs unread but for the good one", Set: checktest.All(two, flow("fl-1", "vpc-1"), checktest.Denied(listFlowLogs)), Want: checks.PASS, Reason: "fl-1"},
		{Name: "logs unread but for a broken one", Set: checktest.All(two, flow("fl-1", "vpc-1", broken), checktest.Denied(listFlowLogs)), Want: checks.UNKNOWN, Reason: listFlowLogs},
		{Name: "subnets unread", Set: checktest.All(vpc, flow("fl-1", "subnet-1"), checktest.Denied(listSubnets)), Want: checks.UNKNOWN, Reason: listSubnets},
		{Name: "subnets unread, and a known one has none", Set: checktest.All(two, flow("fl-1", "subnet-1"), checktest.Denied(listSubnets)), Want: checks.FAIL, Reason: "subnet-2"},
	})
}

func TestSubnetFlowLogsEnabled(t *testing.T) {
	subnet := checktest.Subnets("subnet-1", "vpc-1")
	checktest.Run(t, &SubnetFlowLogsEnabled, []checktest.Case{
		{Name: "a log on the VPC covers its subnets", Set: checktest.All(subnet, flow("fl-1", "vpc-1")), Want: checks.PASS, Reason: "fl-1 of vpc-1"},
		{Name: "a log on the subnet", Set: checktest.All(subnet, flow("fl-1", "subnet-1")), Want: checks.PASS, Reason: "fl-1 of subnet-1"},
		{Name: "a log on a single interface covers nothing", Set: checktest.All(subnet, checktest.Interfaces("eni-1", "vpc-1", "subnet-1"), flow("fl-1", "eni-1")), Want: checks.FAIL, Reason: "neither the subnet nor vpc-1"},
		{Name: "the VPC's is broken", Set: checktest.All(subnet, flow("fl-1", "vpc-1", broken)), Want: checks.FAIL, Reason: "FAILED"},
		{Name: "unread", Set: checktest.All(subnet, checktest.Denied(listFlowLogs)), Want: checks.UNKNOWN, Reason: listFlowLogs},
		{Name: "a shared subnet", Set: checktest.Subnets("subnet-1", "vpc-1", func(s *snapshot.Subnet) { s.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
	})
}

func TestFlowLogsComplete(t *testing.T) {
	sixty, six := int32(60), int32(600)
	const format = "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
	whole := func(change ...func(*snapshot.FlowLog)) func(*snapshot.Account) {
		return flow("fl-1", "vpc-1", append([]func(*snapshot.FlowLog){func(f *snapshot.FlowLog) {
			f.Interval, f.Format, f.DestinationType, f.Destination = &six, format, "cloud-watch-logs", "arn:aws:logs:eu-west-1:111122223333:log-group:flows"
		}}, change...)...)
	}
	to := func(kind, arn string) func(*snapshot.FlowLog) {
		return func(f *snapshot.FlowLog) { f.DestinationType, f.Destination = kind, arn }
	}
	bucket := func(a *snapshot.Account) {
		a.S3.Buckets = []snapshot.Bucket{{Meta: checktest.Meta("flows", "arn:aws:s3:::flows")}}
	}
	const op = "s3:ListBuckets"
	checktest.Run(t, &FlowLogsComplete, []checktest.Case{
		{Name: "complete", Set: whole(), Want: checks.PASS, Reason: "it records ALL every 600 seconds"},
		{Name: "rejected traffic alone", Set: whole(func(f *snapshot.FlowLog) { f.Traffic = "REJECT" }), Want: checks.FAIL, Reason: `TrafficType is "REJECT"`},
		{Name: "too seldom", Set: whole(), Parameters: map[string]any{"max_interval_seconds": 60}, Want: checks.FAIL, Reason: "MaxAggregationInterval is 600 seconds, at most 60"},
		{Name: "fields are lacking", Set: whole(func(f *snapshot.FlowLog) { f.Format = "${srcaddr} ${dstaddr}" }), Want: checks.FAIL, Reason: "LogFormat lacks srcport, dstport"},
		{Name: "a field's name is no substring of another", Set: whole(func(f *snapshot.FlowLog) { f.Format = "${pkt-srcaddr}" }), Want: checks.FAIL, Reason: "lacks srcaddr"},
		{Name: "a stranger's log group", Set: whole(to("cloud-watch-logs", "arn:aws:logs:eu-west-1:444455556666:log-group:x")), Want: checks.FAIL, Reason: "444455556666"},
		{Name: "a trusted account's", Set: whole(to("kinesis-data-firehose", "arn:aws:firehose:eu-west-1:444455556666:deliverystream/x")), Parameters: map[string]any{"trusted_accounts": []string{"444455556666"}}, Want: checks.PASS, Reason: "ALL"},
		{Name: "an own bucket, with a prefix", Set: checktest.All(whole(to("s3", "arn:aws:s3:::flows/vpc/")), bucket), Want: checks.PASS, Reason: "ALL"},
		{Name: "a bucket whose ARN names no account", Set: checktest.All(whole(to("s3", "arn:aws:s3:::elsewhere/vpc/")), bucket), Want: checks.UNKNOWN, Reason: `"elsewhere" is none of the account's own`},
		{Name: "buckets unread", Set: checktest.All(whole(to("s3", "arn:aws:s3:::flows")), func(a *snapshot.Account) { checktest.Fail(a, op, snapshot.Global, snapshot.Denied) }), Want: checks.UNKNOWN, Reason: op},
		{Name: "buckets unread, and it fails anyhow", Set: checktest.All(whole(to("s3", "arn:aws:s3:::flows"), func(f *snapshot.FlowLog) { f.Traffic = "ACCEPT" }), func(a *snapshot.Account) { checktest.Fail(a, op, snapshot.Global, snapshot.Denied) }), Want: checks.FAIL, Reason: "ACCEPT"},
		{Name: "a transit gateway's has no traffic type", Set: whole(func(f *snapshot.FlowLog) {
			f.Resource, f.Traffic, f.Interval, f.Format = "tgw-1", "", &sixty, "${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${start} ${end}"
		}), Want: checks.PASS, Reason: "all traffic every 60 seconds"},
		{Name: "no interval", Set: whole(func(f *snapshot.FlowLog) { f.Interval = nil }), Want: checks.UNKNOWN, Reason: "MaxAggregationInterval"},
		{Name: "an older log group", Set: whole(to("", ""), func(f *snapshot.FlowLog) { f.LogGroup = "flows" }), Want: checks.PASS, Reason: "ALL"},
		{Name: "not active", Set: whole(func(f *snapshot.FlowLog) { f.Status = "" }), Want: checks.NotApplicable, Reason: "FlowLogStatus"},
	})
}
