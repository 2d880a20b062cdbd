package resilience

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func machine(change func(*snapshot.Instance)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		i := snapshot.Instance{Meta: checktest.Meta("i", "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"), ID: "i-1", State: "running", Type: "m5.large"}
		change(&i)
		a.EC2.Instances = []snapshot.Instance{i}
	}
}

func TestInstanceTerminationProtection(t *testing.T) {
	of := func(on snapshot.Read[bool], behavior snapshot.Read[string]) func(*snapshot.Account) {
		return machine(func(i *snapshot.Instance) { i.Protection = snapshot.Protection{Termination: on, Shutdown: behavior} })
	}
	const op = "ec2:DescribeInstanceAttribute"
	yes, no, stop := snapshot.Value(true), snapshot.Value(false), snapshot.Value("stop")
	checktest.Run(t, &InstanceTerminationProtection, []checktest.Case{
		{Name: "on", Set: of(yes, stop), Want: checks.PASS, Reason: "DisableApiTermination is true", Observed: map[string]string{"InstanceInitiatedShutdownBehavior": "stop"}},
		{Name: "on, and a shutdown terminates", Set: of(yes, snapshot.Value("terminate")), Want: checks.PASS, Reason: "a shutdown from inside still terminates it"},
		{Name: "on, and the behavior is not read", Set: of(yes, snapshot.Missing[string](checktest.Unread(op, snapshot.Denied))), Want: checks.PASS, Observed: map[string]string{"InstanceInitiatedShutdownBehavior": "not read"}},
		{Name: "off", Set: of(no, stop), Want: checks.FAIL, Reason: "DisableApiTermination is false"},
		{Name: "a Spot instance", Set: machine(func(i *snapshot.Instance) { i.Lifecycle = "spot" }), Want: checks.NotApplicable, Reason: "Spot"},
		{Name: "of an Auto Scaling group", Set: machine(func(i *snapshot.Instance) { i.Tags = map[string]string{"aws:autoscaling:groupName": "web"} }), Want: checks.NotApplicable, Reason: "group web"},
		{Name: "of a service", Set: machine(func(i *snapshot.Instance) { i.Managed = true }), Want: checks.NotApplicable, Reason: "service manages"},
		{Name: "terminated in between", Set: of(snapshot.Missing[bool](checktest.Unread(op, snapshot.Changed)), stop), Want: checks.NotApplicable, Reason: "terminated"},
		{Name: "denied", Set: of(snapshot.Missing[bool](checktest.Unread(op, snapshot.Denied)), stop), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestInstanceEBSOptimized(t *testing.T) {
	of := func(flag bool, support string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			machine(func(i *snapshot.Instance) { i.EBSOptimized = flag })(a)
			a.EC2.InstanceTypes = []snapshot.InstanceType{{Meta: checktest.Meta("m5.large", ""), EBSOptimized: support}}
		}
	}
	without := func(changes ...func(*snapshot.Account)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			of(false, "default")(a)
			a.EC2.InstanceTypes = nil
			for _, c := range changes {
				c(a)
			}
		}
	}
	checktest.Run(t, &InstanceEBSOptimized, []checktest.Case{
		{Name: "by its type, whatever the flag says", Set: of(false, "default"), Want: checks.PASS, Reason: "by default"},
		{Name: "by the flag", Set: of(true, "supported"), Want: checks.PASS, Reason: "EbsOptimized is true"},
		{Name: "supported, and not asked for", Set: of(false, "supported"), Want: checks.FAIL, Reason: "EbsOptimizedSupport of m5.large is supported"},
		{Name: "not supported", Set: of(false, "unsupported"), Want: checks.NotApplicable, Reason: "does not support"},
		{Name: "a type that the answer lacks", Set: without(), Want: checks.UNKNOWN, Reason: "lacks m5.large"},
		{Name: "a type of which the answer says nothing", Set: of(false, ""), Want: checks.UNKNOWN, Reason: "lacks EbsOptimizedSupport"},
		{Name: "an instance without a type", Set: machine(func(i *snapshot.Instance) { i.Type = "" }), Want: checks.UNKNOWN, Reason: "lacks InstanceType"},
		{Name: "types are not read", Set: without(func(a *snapshot.Account) {
			checktest.Fail(a, "ec2:DescribeInstanceTypes", checktest.At.Region, snapshot.Denied)
		}), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "types are not read, and the flag is set", Set: without(func(a *snapshot.Account) {
			a.EC2.Instances[0].EBSOptimized = true
			checktest.Fail(a, "ec2:DescribeInstanceTypes", checktest.At.Region, snapshot.Denied)
		}), Want: checks.PASS},
	})
}

func TestEnclaveHostRunning(t *testing.T) {
	of := func(state string) func(*snapshot.Account) {
		return machine(func(i *snapshot.Instance) { i.Enclave, i.State = true, state })
	}
	checktest.Run(t, &EnclaveHostRunning, []checktest.Case{
		{Name: "running", Set: of("running"), Want: checks.PASS, Reason: "running"},
		{Name: "pending", Set: of("pending"), Want: checks.PASS},
		{Name: "stopping", Set: of("stopping"), Want: checks.PASS},
		{Name: "stopped: the enclave died with its host", Set: of("stopped"), Want: checks.FAIL, Reason: "died"},
		{Name: "no enclave", Set: machine(func(i *snapshot.Instance) { i.State = "stopped" }), Want: checks.NotApplicable},
		{Name: "instances are not read", Set: func(a *snapshot.Account) {
			checktest.Fail(a, "ec2:DescribeInstances", checktest.At.Region, snapshot.Denied)
		}, Want: checks.UNKNOWN, Reason: "denied"},
	})
	gone := checktest.Findings(&EnclaveHostRunning, checktest.Account(&EnclaveHostRunning, of("terminated")), nil)
	if len(gone) != 0 {
		t.Errorf("a terminated host is gone on purpose: %+v", gone)
	}
}
