package logging

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// inGroup is an account in which a group has an inline policy of these statements.
func inGroup(statements string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		m := checktest.Meta("ops", "arn:aws:iam::111122223333:group/ops")
		m.Region = snapshot.Global
		p := snapshot.InlinePolicy{Meta: m, Owner: m.ARN, Document: snapshot.Value(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)}
		a.IAM.Groups = []snapshot.Group{{Meta: m, Grants: snapshot.Grants{Inline: []snapshot.InlinePolicy{p}}}}
	}
}

func TestPolicyNoFullAccessToCloudTrail(t *testing.T) {
	on := func(actions, resource string) func(*snapshot.Account) {
		return inGroup(`{"Effect":"Allow","Action":` + actions + `,"Resource":"` + resource + `"}`)
	}
	checktest.Run(t, &PolicyNoFullAccessToCloudTrail, []checktest.Case{
		{Name: "in capitals", Set: on(`"CLOUDTRAIL:*"`, "*"), Want: checks.FAIL, Reason: "blinding every trail"},
		{Name: "by a bare *", Set: on(`"*"`, "*"), Want: checks.FAIL, Reason: "statement 1"},
		{Name: "by letters", Set: on(`"cloudtrail:*t*"`, "*"), Want: checks.FAIL, Reason: "every trail"},
		{Name: "reading", Set: on(`["cloudtrail:Get*","cloudtrail:Describe*"]`, "*"), Want: checks.PASS, Reason: "cloudtrail:StopLogging is not allowed"},
		{Name: "one trail", Set: on(`"cloudtrail:*"`, "arn:aws:cloudtrail:eu-west-1:111122223333:trail/a"), Want: checks.PASS, Reason: "not allowed on every"},
		{Name: "denied again", Set: inGroup(`{"Effect":"Allow","Action":"cloudtrail:*","Resource":"*"},{"Effect":"Deny","Action":"cloudtrail:DeleteTrail","Resource":"*"}`), Want: checks.PASS, Reason: "cloudtrail:DeleteTrail"},
		{Name: "denied on a condition", Set: inGroup(`{"Effect":"Allow","Action":"cloudtrail:*","Resource":"*"},{"Effect":"Deny","Action":"cloudtrail:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`), Want: checks.FAIL, Reason: "every trail"},
		{Name: "details cut short", Set: func(a *snapshot.Account) {
			checktest.Fail(a, "iam:GetAccountAuthorizationDetails", snapshot.Global, snapshot.Denied)
		}, Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestCanaryKeyUnused(t *testing.T) {
	made := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	report := func(used time.Time) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.IAM.Report = snapshot.Value([]snapshot.CredentialRow{
				{User: "canary", Created: made, Keys: [2]snapshot.CredentialKey{{Active: "false", LastRotated: made, LastUsed: used}}, Generated: checktest.AsOf},
				{User: "anna", Keys: [2]snapshot.CredentialKey{{LastUsed: made}}},
			})
		}
	}
	named := func(names ...string) map[string]any { return map[string]any{"canary_users": names} }
	checktest.Run(t, &CanaryKeyUnused, []checktest.Case{
		{Name: "quiet, with the dates", Set: report(time.Time{}), Parameters: named("canary"), Want: checks.PASS, Reason: "canary made 2026-01-02T03:04:05Z, key made"},
		{Name: "used", Set: report(made), Parameters: named("canary"), Want: checks.FAIL, Reason: "a key of canary was used"},
		{Name: "a user that does not exist", Set: report(time.Time{}), Parameters: named("canary", "ghost"), Want: checks.FAIL, Reason: "no user ghost"},
		{Name: "none is named", Set: report(made), Want: checks.NotApplicable, Reason: "no canary users"},
		{Name: "report denied", Set: func(a *snapshot.Account) {
			a.IAM.Report = snapshot.Missing[[]snapshot.CredentialRow](checktest.Unread("iam:GetCredentialReport", snapshot.Denied))
		}, Parameters: named("canary"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}
