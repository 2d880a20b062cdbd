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
