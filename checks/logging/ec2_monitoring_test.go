package logging

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestInstanceDetailedMonitoring(t *testing.T) {
	of := func(state string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.Instances = []snapshot.Instance{{Meta: checktest.Meta("i", "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"), ID: "i-1", State: "running", Monitoring: state}}
		}
	}
	checktest.Run(t, &InstanceDetailedMonitoring, []checktest.Case{
		{Name: "enabled", Set: of("enabled"), Want: checks.PASS, Reason: "is enabled"},
		{Name: "about to be", Set: of("pending"), Want: checks.PASS, Reason: "is pending"},
		{Name: "disabled", Set: of("disabled"), Want: checks.FAIL, Reason: "is disabled"},
		{Name: "disabling counts as disabled", Set: of("disabling"), Want: checks.FAIL, Reason: "is disabling"},
		{Name: "absent means disabled", Set: of(""), Want: checks.FAIL, Reason: "absent"},
		{Name: "instances are not read", Set: func(a *snapshot.Account) {
			checktest.Fail(a, "ec2:DescribeInstances", checktest.At.Region, snapshot.Denied)
		}, Want: checks.UNKNOWN, Reason: "denied"},
	})
}
