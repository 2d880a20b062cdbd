package platform

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestInstanceHVM(t *testing.T) {
	of := func(virtualization string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.Instances = []snapshot.Instance{{Meta: checktest.Meta("i", "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"), ID: "i-1", State: "running", Virtualization: virtualization}}
		}
	}
	checktest.Run(t, &InstanceHVM, []checktest.Case{
		{Name: "hardware virtualization, bare metal too", Set: of("hvm"), Want: checks.PASS, Reason: "is hvm"},
		{Name: "paravirtual", Set: of("paravirtual"), Want: checks.FAIL, Reason: "paravirtual"},
		{Name: "absent", Set: of(""), Want: checks.UNKNOWN, Reason: "lacks VirtualizationType"},
	})
}
