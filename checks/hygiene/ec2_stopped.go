package hygiene

import (
	"regexp"
	"time"

	"onus/checks"
	"onus/scanner/snapshot"
)

// InstanceNotStoppedTooLong passes when an instance is not stopped, or not longer than
// allowed. The time of the stop stands in brackets in a text; LaunchTime is not it.
// Source: EC2 DescribeInstances, State.Name and StateTransitionReason.
var InstanceNotStoppedTooLong = checks.Check{
	ID:          "ec2-instance-not-stopped-too-long",
	Title:       "Stopped EC2 instances are removed after the allowed time",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeInstances"},
	Parameters:  checks.Parameters{"max_stopped_days": 30},
	Bounds:      checks.AtLeast(0),
	Remedy:      "Terminate the instance, after an image of it if it may be wanted again: nobody patches it while it is stopped.",
	Fix: checks.Fix{
		Threat: "Nobody patches a stopped instance, and one day somebody starts it with all its old holes. Its disks cost and may still leak.",
		CLI: `aws ec2 create-image --instance-id {id} --name archive-{id} --region {region}
aws ec2 terminate-instances --instance-ids {id} --region {region}`,
		Terraform: `# Remove the resource "aws_instance" of this instance from the configuration.`,
		Cost:      "Termination cannot be undone; volumes with DeleteOnTermination go with it.",
	},
	Judges: checks.For(snapshot.Instances, instanceNotStoppedTooLong),
}

// stopTime is the time in the text, such as "User initiated (2016-09-14 15:07:39 GMT)".
var stopTime = regexp.MustCompile(`\((\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}) GMT\)`)

func instanceNotStoppedTooLong(i snapshot.Instance, env checks.Env) checks.Verdict {
	if i.State != "stopped" {
		return checks.Pass("the instance is %s", i.State).With("State", i.State)
	}
	found := stopTime.FindStringSubmatch(i.TransitionReason)
	if found == nil {
		return checks.Unclear("StateTransitionReason %q does not say when the instance was stopped", i.TransitionReason)
	}
	at, err := time.Parse(time.DateTime, found[1])
	if err != nil {
		return checks.Unclear("StateTransitionReason %q has no time of this calendar", i.TransitionReason)
	}
	most := env.Int("max_stopped_days")
	v := checks.Pass("stopped since %s, %d days allowed", at.Format(time.RFC3339), most)
	if env.AsOf.Sub(at) > time.Duration(most)*24*time.Hour {
		v = checks.Fail("stopped since %s, %d days allowed", at.Format(time.RFC3339), most)
	}
	return v.With("StateTransitionReason", i.TransitionReason)
}
