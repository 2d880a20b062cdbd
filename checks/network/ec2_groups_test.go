package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestInstanceNotInForbiddenGroup(t *testing.T) {
	// The instance's own list would show the primary interface's group alone.
	second := checktest.Interfaces("eni-2", "vpc-1", "subnet-1", func(n *snapshot.NetworkInterface) {
		n.Instance, n.Groups, n.GroupNames = "i-1", []string{"sg-2"}, []string{"legacy-open"}
	})
	forbid := func(list ...string) map[string]any { return map[string]any{"forbidden_groups": list} }
	checktest.Run(t, &InstanceNotInForbiddenGroup, []checktest.Case{
		{Name: "nothing is forbidden", Set: exposed, Want: checks.NotApplicable, Reason: "empty"},
		{Name: "by id", Set: exposed, Parameters: forbid("sg-1"), Want: checks.FAIL, Reason: `sg-1 () on eni-1, which "sg-1" forbids`},
		{Name: "by a pattern, on the second interface", Set: and(exposed, second), Parameters: forbid("legacy-*"), Want: checks.FAIL, Reason: "sg-2 (legacy-open) on eni-2"},
		{Name: "another name", Set: and(exposed, second), Parameters: forbid("legacy"), Want: checks.PASS, Reason: "2 interfaces"},
		{Name: "interfaces unread", Set: and(exposed, checktest.Denied(listInterfaces)), Parameters: forbid("other"), Want: checks.UNKNOWN, Reason: listInterfaces},
		{Name: "interfaces unread, and one is known", Set: and(exposed, checktest.Denied(listInterfaces)), Parameters: forbid("sg-1"), Want: checks.FAIL, Reason: "sg-1"},
	})
}
