package iam

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestUserKeysNotNeededOutsideIAM(t *testing.T) {
	holder := func(active string, services ...snapshot.ServiceUse) func(*snapshot.Account) {
		return anna(func(u *snapshot.User) {
			u.Credentials = snapshot.Value(&snapshot.CredentialRow{User: "anna", Keys: [2]snapshot.CredentialKey{{Active: "false"}, {Active: active}}})
			u.History = snapshot.Value(snapshot.AccessHistory{Completed: checktest.AsOf, Services: services})
		})
	}
	used := func(service string) snapshot.ServiceUse {
		return snapshot.ServiceUse{Service: service, Last: checktest.AsOf.Add(-300 * day)}
	}
	run(t, &UserKeysNotNeededOutsideIAM, []checktest.Case{
		{Name: "a service that a role could serve", Set: holder("true", used("sts"), used("s3")), Want: checks.FAIL, Reason: "uses s3 (last 2026-01-05)"},
		{Name: "iam and sts alone", Set: holder("true", used("sts"), used("iam")), Want: checks.PASS, Reason: "nothing but iam, sts"},
		{Name: "allowed and not used in 400 days", Set: holder("true", snapshot.ServiceUse{Service: "s3", Last: time.Time{}}), Want: checks.PASS, Reason: "nothing but"},
		{Name: "a parameter", Set: holder("true", used("s3")), Parameters: map[string]any{"allowed_services": []string{"s3"}}, Want: checks.PASS, Reason: "nothing but s3"},
		{Name: "the console alone, though much is used", Set: holder("false", used("s3"), used("ec2")), Want: checks.NotApplicable, Reason: "no active access key"},
		{Name: "made after the report", Set: anna(func(u *snapshot.User) { u.Credentials = snapshot.Value[*snapshot.CredentialRow](nil) }), Want: checks.UNKNOWN, Reason: "after the credential report"},
		{Name: "the job failed", Set: set(holder("true"), func(a *snapshot.Account) {
			a.IAM.Users[0].History = snapshot.Missing[snapshot.AccessHistory](checktest.Unread("iam:GetServiceLastAccessedDetails", snapshot.Failed))
		}), Want: checks.UNKNOWN, Reason: "failed"},
		{Name: "report denied", Set: anna(func(u *snapshot.User) {
			u.Credentials = snapshot.Missing[*snapshot.CredentialRow](checktest.Unread(reportOp, snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: reportOp},
	})
}
