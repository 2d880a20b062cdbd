package platform

import (
	"fmt"
	"time"

	"onus/checks"
	"onus/scanner/snapshot"
)

// InstanceAgeBounded passes when a running instance was built within the limit. It was built
// when its primary interface was attached: LaunchTime moves at every start.
// Source: EC2 DescribeInstances, NetworkInterfaces[].Attachment.AttachTime, else
// BlockDeviceMappings[].Ebs.AttachTime of the root, else LaunchTime.
var InstanceAgeBounded = checks.Check{
	ID:          "ec2-instance-age-bounded",
	Title:       "Running EC2 instances are rebuilt within the allowed age",
	Severity:    checks.Low,
	Category:    checks.PlatformOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeInstances"},
	Parameters:  checks.Parameters{"max_age_days": 180},
	Bounds:      checks.AtLeast(1),
	Remedy:      "Build the instance anew from a current image, by a template that anybody can repeat, and terminate the old one.",
	Fix: checks.Fix{
		Threat: "What was changed by hand over the years is written nowhere, and whoever has broken in once may still be there. When the machine fails, nobody can build it again.",
		CLI:    `aws autoscaling start-instance-refresh --region {region} --auto-scaling-group-name GROUP`,
		Terraform: `resource "aws_autoscaling_group" "example" {
  max_instance_lifetime = 15552000 # 180 days
}`,
		Cost: "Rebuilding takes work once: what the machine holds has to come from a template and from other storage. An instance outside a group is replaced by hand.",
	},
	Judges: checks.For(snapshot.Instances, instanceAgeBounded),
}

func instanceAgeBounded(i snapshot.Instance, env checks.Env) checks.Verdict {
	if i.State != "running" {
		return checks.DoesNotApply("the instance is %s", i.State).With("State", i.State)
	}
	built, by := i.Primary, "AttachTime of its primary interface"
	if built.IsZero() {
		for _, v := range i.Volumes {
			if v.Device == i.RootDevice {
				built, by = v.Attached, "AttachTime of its root volume"
			}
		}
	}
	if built.IsZero() {
		built, by = i.Launched, "LaunchTime"
	}
	if built.IsZero() {
		return checks.Unclear("the answer holds no time at which the instance was built")
	}
	most := env.Int("max_age_days")
	seen := fmt.Sprintf("built %s by %s, %d days ago; %d allowed", built.UTC().Format(time.RFC3339), by, int(env.AsOf.Sub(built)/day), most)
	v := checks.Pass("%s", seen)
	if env.AsOf.Sub(built) > time.Duration(most)*day {
		v = checks.Fail("%s", seen)
	}
	return v.With("built", built.UTC().Format(time.RFC3339)).With("LaunchTime", i.Launched.UTC().Format(time.RFC3339))
}
