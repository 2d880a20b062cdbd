package iam

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestAdminRoleSessionLimited(t *testing.T) {
	people := trust(assume(principal("111122223333"), ""))
	admin := may(allow("*", "*"))
	lasts := func(d time.Duration) func(*snapshot.Account) {
		return func(a *snapshot.Account) { a.IAM.Roles[0].MaxSession = snapshot.Value(d) }
	}
	run(t, &AdminRoleSessionLimited, mistrusted(), []checktest.Case{
		{Name: "twelve hours", Set: set(scps(), people, admin, lasts(12*time.Hour)), Want: checks.FAIL, Reason: "43200 seconds", Observed: map[string]string{"MaxSessionDuration": "43200"}},
		{Name: "four hours exactly", Set: set(scps(), people, admin, lasts(4*time.Hour)), Want: checks.PASS, Reason: "14400 seconds"},
		{Name: "a parameter", Set: set(scps(), people, admin, lasts(4*time.Hour)), Parameters: map[string]any{"max_seconds": 3600}, Want: checks.FAIL, Reason: "want at most 3600"},
		{Name: "absent is not the default", Set: set(scps(), people, admin, func(a *snapshot.Account) {
			a.IAM.Roles[0].MaxSession = snapshot.Missing[time.Duration](checktest.Unread("iam:ListRoles", snapshot.Malformed))
		}), Want: checks.UNKNOWN, Reason: "iam:ListRoles"},
		{Name: "no administrator", Set: set(scps(), people, may(allow("s3:*", "*")), lasts(12*time.Hour)), Want: checks.NotApplicable, Reason: "no administrator"},
		{Name: "a service's role", Set: set(scps(), trust(assume(`{"Service":"ec2.amazonaws.com"}`, "")), admin, lasts(12*time.Hour)), Want: checks.NotApplicable, Reason: "services only"},
		{Name: "a SAML provider", Set: set(scps(), trust(assume(`{"Federated":"`+own+`saml-provider/Okta"}`, "")), admin, lasts(12*time.Hour)), Want: checks.FAIL, Reason: "43200"},
		{Name: "Identity Center's", Set: set(scps(), trusted("/aws-reserved/sso.amazonaws.com/", statements(assume(principal("111122223333"), ""))), admin, lasts(12*time.Hour)), Want: checks.NotApplicable, Reason: "permission set"},
		{Name: "SCPs unread lift nothing", Set: set(pathDenied, people, admin, lasts(12*time.Hour)), Want: checks.FAIL, Reason: "not read, and might lift it"},
		{Name: "SCPs lift it", Set: set(scps(deny("iam:*", "*")), people, admin, lasts(12*time.Hour)), Want: checks.PASS, Reason: "service control policies keep"},
		{Name: "a policy that is not in the list", Set: set(scps(), people, attached(own+"policy/gone"), lasts(time.Hour)), Want: checks.UNKNOWN, Reason: "policy/gone"},
		serviceLinked(principal("*")),
	})
}
