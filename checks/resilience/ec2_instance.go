package resilience

import (
	"errors"
	"fmt"

	"onus/checks"
	"onus/checks/launch"
	"onus/scanner/snapshot"
)

// InstanceTerminationProtection passes when one call cannot terminate the instance. Spot
// instances cannot be protected, and Auto Scaling and AWS's services terminate theirs all
// the same. A shutdown from inside terminates it where its behavior says so, which is told.
// Source: EC2 DescribeInstanceAttribute, disableApiTermination and
// instanceInitiatedShutdownBehavior.
var InstanceTerminationProtection = checks.Check{
	ID:          "ec2-instance-termination-protection-enabled",
	Title:       "EC2 instances cannot be terminated by one call",
	Severity:    checks.Low,
	Category:    checks.ResilienceOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeInstances", "ec2:DescribeInstanceAttribute"},
	Remedy:      "Turn termination protection on for instances that nothing would replace; let Auto Scaling keep the others.",
	Fix: checks.Fix{
		Threat: "A slip of the pen, a script with a wrong filter or an intruder terminates the machine with one call. Its root volume goes with it.",
		CLI: `aws ec2 modify-instance-attribute --region {region} --instance-id {id} --disable-api-termination
aws ec2 modify-instance-attribute --region {region} --instance-id {id} --instance-initiated-shutdown-behavior stop`,
		Terraform: `resource "aws_instance" "example" {
  disable_api_termination              = true
  instance_initiated_shutdown_behavior = "stop"
}`,
		Cost: "Free, and without a restart. Whoever really wants to terminate the instance, Terraform and CloudFormation included, has to turn it off first.",
	},
	Judges: checks.For(snapshot.Instances, instanceTerminationProtection),
}

func instanceTerminationProtection(i snapshot.Instance, env checks.Env) checks.Verdict {
	if !i.Protectable() {
		switch {
		case i.Lifecycle == "spot":
			return checks.DoesNotApply("a Spot instance cannot be protected").With("InstanceLifecycle", i.Lifecycle)
		case i.Managed:
			return checks.DoesNotApply("an AWS service manages the instance").With("Operator.Managed", "true")
		}
		return checks.DoesNotApply("the instance belongs to the Auto Scaling group %s, which terminates it all the same", i.Tags["aws:autoscaling:groupName"])
	}
	on, err := checks.Use(env, i.Protection.Termination)
	switch {
	case launch.Gone(err):
		return checks.DoesNotApply("the instance was terminated while it was read")
	case err != nil:
		return checks.Unknown(err)
	case !on:
		return checks.Fail("DisableApiTermination is false").With("DisableApiTermination", "false")
	}
	v := checks.Pass("DisableApiTermination is true")
	behavior, err := checks.Use(env, i.Protection.Shutdown)
	switch {
	case err != nil:
		behavior = "not read"
	case behavior == "terminate":
		v = checks.Pass("DisableApiTermination is true; a shutdown from inside still terminates it, as InstanceInitiatedShutdownBehavior is terminate")
	}
	return v.With("DisableApiTermination", "true").With("InstanceInitiatedShutdownBehavior", behavior)
}

// InstanceEBSOptimized passes when the instance has bandwidth of its own to its volumes: by
// its type, as all current ones, or because it was asked for.
// Source: EC2 DescribeInstanceTypes, EbsInfo.EbsOptimizedSupport; DescribeInstances,
// EbsOptimized.
var InstanceEBSOptimized = checks.Check{
	ID:          "ec2-instance-ebs-optimized",
	Title:       "EC2 instances have bandwidth of their own to their volumes",
	Severity:    checks.Info,
	Category:    checks.ResilienceOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeInstances", "ec2:DescribeInstanceTypes"},
	Remedy:      "Change the instance to a type of a current generation, or ask for EBS optimization.",
	Fix: checks.Fix{
		Threat: "Traffic of the network and of the volumes share one line, so that a flood of the one starves the other. Databases answer slowly just when there is much to do.",
		CLI: `aws ec2 stop-instances --region {region} --instance-ids {id}
aws ec2 modify-instance-attribute --region {region} --instance-id {id} --ebs-optimized
aws ec2 start-instances --region {region} --instance-ids {id}`,
		Terraform: `resource "aws_instance" "example" {
  ebs_optimized = true
}`,
		Cost: "The instance stands still while it changes. Old types are billed for it by the hour; current ones have it in their price.",
	},
	Judges: checks.For(snapshot.Instances, instanceEBSOptimized),
}

func instanceEBSOptimized(i snapshot.Instance, env checks.Env) checks.Verdict {
	if i.Type == "" {
		return checks.Unclear("the answer lacks InstanceType")
	}
	if i.EBSOptimized {
		return checks.Pass("EbsOptimized is true").With("EbsOptimized", "true").With("InstanceType", i.Type)
	}
	kind, err := checks.Find(env, snapshot.InstanceTypes, i.Location, i.Type)
	v := checks.Fail("EbsOptimized is false, and EbsOptimizedSupport of %s is %s", i.Type, kind.EBSOptimized)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.Unclear("the answer about instance types lacks %s", i.Type)
	case err != nil:
		return checks.Unknown(err)
	case kind.EBSOptimized == "default":
		v = checks.Pass("%s is EBS-optimized by default", i.Type)
	case kind.EBSOptimized == "unsupported":
		v = checks.DoesNotApply("%s does not support EBS optimization", i.Type)
	case kind.EBSOptimized == "":
		return checks.Unclear("the answer lacks EbsOptimizedSupport of %s", i.Type)
	}
	return v.With("EbsOptimized", fmt.Sprint(i.EBSOptimized)).With("EbsOptimizedSupport", kind.EBSOptimized).With("InstanceType", i.Type)
}

// EnclaveHostRunning passes when an instance that can host Nitro Enclaves is not stopped: an
// enclave dies with its host. One that is terminated is gone on purpose.
// Source: EC2 DescribeInstances, EnclaveOptions.Enabled and State.Name.
var EnclaveHostRunning = checks.Check{
	ID:          "ec2-enclave-host-running",
	Title:       "Hosts of Nitro Enclaves are running",
	Severity:    checks.Low,
	Category:    checks.ResilienceOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeInstances"},
	Remedy:      "Start the instance and its enclave, or terminate it if nothing needs it any more.",
	Fix: checks.Fix{
		Threat: "The enclave is gone with its host, and with it whatever only the enclave could decrypt or sign. What calls it fails, or falls back to a way that is less guarded.",
		CLI: `aws ec2 start-instances --region {region} --instance-ids {id}
# then, on the instance: nitro-cli run-enclave with the file of the enclave`,
		Terraform: `resource "aws_ec2_instance_state" "example" {
  instance_id = "{id}"
  state       = "running"
}`,
		Cost: "A running instance is billed by the hour. An enclave does not start by itself with its host, unless a service on it starts it.",
	},
	Judges: checks.For(snapshot.Instances, enclaveHostRunning),
}

func enclaveHostRunning(i snapshot.Instance, _ checks.Env) checks.Verdict {
	if !i.Enclave {
		return checks.DoesNotApply("EnclaveOptions.Enabled is not true")
	}
	if i.State == "stopped" {
		return checks.Fail("State is stopped, and the enclave died with its host").With("State", i.State)
	}
	return checks.Pass("State is %s", i.State).With("State", i.State)
}
