package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestAccessPointVPCOnly(t *testing.T) {
	with := func(origin, vpc string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.S3.AccessPoints = []snapshot.AccessPoint{{Meta: checktest.Meta("p", "arn:aws:s3:eu-west-1:111122223333:accesspoint/p"), NetworkOrigin: origin, VPC: vpc}}
		}
	}
	checktest.Run(t, &AccessPointVPCOnly, []checktest.Case{
		{Name: "a VPC, that may be deleted or another's", Set: with("VPC", "vpc-1"), Want: checks.PASS, Reason: "vpc-1 only; whether that VPC exists is not read"},
		{Name: "Internet is not public", Set: with("Internet", ""), Want: checks.FAIL, Reason: "does not mean that they are allowed"},
		{Name: "an answer without either", Set: with("", ""), Want: checks.UNKNOWN, Reason: "NetworkOrigin"},
	})
	if AccessPointVPCOnly.Severity != checks.Medium {
		t.Errorf("severity %s: Internet alone exposes nothing", AccessPointVPCOnly.Severity)
	}
	a := checktest.Account(&AccessPointVPCOnly, func(a *snapshot.Account) {
		checktest.Fail(a, "s3control:ListAccessPoints", checktest.Elsewhere, snapshot.Denied)
	})
	if found := checktest.Findings(&AccessPointVPCOnly, a, nil); len(found) != 1 || found[0].Status != checks.UNKNOWN || found[0].Region != checktest.Elsewhere {
		t.Errorf("a Region whose list was denied: %+v", found)
	}
}
