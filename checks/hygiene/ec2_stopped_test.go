package hygiene

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestInstanceNotStoppedTooLong(t *testing.T) {
	instance := func(state, reason string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.Instances = []snapshot.Instance{{Meta: checktest.Meta("i", "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"), ID: "i-1", State: state, TransitionReason: reason}}
		}
	}
	checktest.Run(t, &InstanceNotStoppedTooLong, []checktest.Case{
		{Name: "running", Set: instance("running", ""), Want: checks.PASS, Reason: "running"},
		{Name: "stopping is not stopped yet", Set: instance("stopping", "User initiated (2020-01-01 00:00:00 GMT)"), Want: checks.PASS, Reason: "stopping"},
		{Name: "stopped lately", Set: instance("stopped", "User initiated (2026-10-20 15:07:39 GMT)"), Want: checks.PASS, Reason: "stopped since 2026-10-20T15:07:39Z"},
		{Name: "stopped long ago", Set: instance("stopped", "User initiated (2016-09-14 15:07:39 GMT)"), Want: checks.FAIL, Reason: "stopped since 2016-09-14T15:07:39Z, 30 days allowed"},
		{Name: "exactly as long as allowed", Set: instance("stopped", "User initiated (2026-10-02 12:00:00 GMT)"), Want: checks.PASS, Reason: "30 days allowed"},
		{Name: "a second longer", Set: instance("stopped", "User initiated (2026-10-02 11:59:59 GMT)"), Want: checks.FAIL, Reason: "30 days allowed"},
		{Name: "stopped by the server", Set: instance("stopped", "Server.ScheduledStop: stopped (2016-09-14 15:07:39 GMT)"), Want: checks.FAIL, Reason: "2016-09-14"},
		{Name: "as the policy allows", Set: instance("stopped", "User initiated (2026-08-20 15:07:39 GMT)"), Parameters: map[string]any{"max_stopped_days": 90}, Want: checks.PASS, Reason: "90 days"},
		{Name: "no reason", Set: instance("stopped", ""), Want: checks.UNKNOWN, Reason: "does not say when"},
		{Name: "a reason without a time", Set: instance("stopped", "Client.UserInitiatedShutdown: User initiated shutdown"), Want: checks.UNKNOWN, Reason: "does not say when"},
		{Name: "a time of no calendar", Set: instance("stopped", "User initiated (2026-13-41 15:07:39 GMT)"), Want: checks.UNKNOWN, Reason: "calendar"},
	})
	if err := InstanceNotStoppedTooLong.Bounds("max_stopped_days", -1); err == nil {
		t.Error("-1 days are allowed")
	}
}
