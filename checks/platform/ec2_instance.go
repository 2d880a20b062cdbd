package platform

import (
	"onus/checks"
	"onus/scanner/snapshot"
)

// InstanceHVM passes when the instance uses hardware virtualization; bare metal reports it too.
// Source: EC2 DescribeInstances, VirtualizationType.
var InstanceHVM = checks.Check{
	ID:          "ec2-instance-hvm-virtualization",
	Title:       "EC2 instances use hardware virtualization",
	Severity:    checks.Low,
	Category:    checks.PlatformOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeInstances"},
	Remedy:      "Launch the workload anew from an HVM image, on an instance type of a current generation.",
	Fix: checks.Fix{
		Threat: "Paravirtual instances run on hardware that AWS retires, and know none of its newer protections. They cannot be moved when they must.",
		CLI:    "aws ec2 run-instances --image-id HVM-IMAGE --instance-type TYPE --region {region}",
		Terraform: `resource "aws_instance" "this" {
  ami           = "HVM-IMAGE"
  instance_type = "TYPE"
}`,
		Cost: "The workload is installed anew on another instance.",
	},
	Judges: checks.For(snapshot.Instances, instanceHVM),
}

func instanceHVM(i snapshot.Instance, _ checks.Env) checks.Verdict {
	v := checks.Fail("VirtualizationType is %s, want hvm", i.Virtualization)
	switch i.Virtualization {
	case "":
		return checks.Unclear("the answer lacks VirtualizationType")
	case "hvm":
		v = checks.Pass("VirtualizationType is hvm")
	}
	return v.With("VirtualizationType", i.Virtualization)
}
