package access

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const annaARN = "arn:aws:iam::111122223333:user/anna"

func globally(name, arn string) snapshot.Meta {
	m := checktest.Meta(name, arn)
	m.Region = snapshot.Global
	return m
}

func TestUserConsoleMFAEnabled(t *testing.T) {
	user := func(c snapshot.Read[snapshot.Console]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.IAM.Report = rootWith(nil) // its rows are no users here
			a.IAM.Users = []snapshot.User{{Meta: globally("anna", annaARN), Console: c}}
		}
	}
	seen := func(password, mfa bool, source string) func(*snapshot.Account) {
		return user(snapshot.Value(snapshot.Console{Password: password, MFA: mfa, Source: source}))
	}
	checktest.Run(t, &UserConsoleMFAEnabled, []checktest.Case{
		{Name: "password and MFA", Set: seen(true, true, "credential report"), Want: checks.PASS, Reason: "credential report", Observed: map[string]string{"password": "true", "MFA": "true"}},
		{Name: "password alone, or with a device never enabled", Set: seen(true, false, "credential report"), Want: checks.FAIL, Reason: "no MFA"},
		{Name: "no password", Set: seen(false, false, "credential report"), Want: checks.NotApplicable, Reason: "no password"},
		{Name: "no password, though MFA", Set: seen(false, true, "credential report"), Want: checks.NotApplicable, Reason: "no password"},
		{Name: "made after the report", Set: seen(true, false, "iam:GetLoginProfile, iam:ListMFADevices"), Want: checks.FAIL, Reason: "iam:ListMFADevices"},
		{Name: "made after the report, denied", Set: user(snapshot.Missing[snapshot.Console](checktest.Unread("iam:GetLoginProfile", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "iam:GetLoginProfile"},
		{Name: "no report within the time", Set: user(snapshot.Missing[snapshot.Console](checktest.Unread("iam:GetCredentialReport", snapshot.Failed))), Want: checks.UNKNOWN, Reason: "iam:GetCredentialReport"},
		{Name: "users not listed to the end", Set: func(a *snapshot.Account) {
			checktest.Fail(a, "iam:GetAccountAuthorizationDetails", snapshot.Global, snapshot.Denied)
		}, Want: checks.UNKNOWN, Reason: "iam:GetAccountAuthorizationDetails"},
	})
	a := checktest.Account(&UserConsoleMFAEnabled, func(a *snapshot.Account) { a.IAM.Report = rootWith(nil) })
	if found := checktest.Findings(&UserConsoleMFAEnabled, a, nil); len(found) != 0 {
		t.Errorf("rows of root and of a deleted user give no finding: %+v", found)
	}
}

func TestAccessKeyRotated(t *testing.T) {
	key := func(active bool, created time.Time) snapshot.AccessKey {
		return snapshot.AccessKey{Meta: globally("AKIA1", annaARN+"/accesskey/AKIA1"), User: "anna", KeyID: "AKIA1", Active: active, Created: created, Reported: checktest.AsOf}
	}
	keys := func(list ...snapshot.AccessKey) func(*snapshot.Account) {
		return func(a *snapshot.Account) { a.IAM.AccessKeys = list }
	}
	limit := checktest.AsOf.Add(-90 * day)
	wrongClock := key(true, made)
	wrongClock.Reported = made.Add(-time.Hour)
	checktest.Run(t, &AccessKeyRotated, []checktest.Case{
		{Name: "exactly as old as allowed", Set: keys(key(true, limit)), Want: checks.PASS, Reason: "90 days before"},
		{Name: "a second older", Set: keys(key(true, limit.Add(-time.Second))), Want: checks.FAIL, Reason: "90 days and 1s before", Observed: map[string]string{"created": "2026-08-03T11:59:59Z"}},
		{Name: "inactive and old", Set: keys(key(false, made)), Want: checks.NotApplicable, Reason: "inactive"},
		{Name: "a parameter", Set: keys(key(true, limit)), Parameters: map[string]any{"max_age_days": 89}, Want: checks.FAIL, Reason: "limit: 89 days"},
		{Name: "by the report's time, not the scan's", Set: func(a *snapshot.Account) {
			keys(key(true, limit))(a)
			a.AsOf = a.AsOf.Add(time.Hour)
		}, Want: checks.PASS, Reason: "before 2026-11-01T12:00:00Z"},
		{Name: "made after the report", Set: keys(key(true, checktest.AsOf.Add(time.Minute))), Want: checks.PASS, Reason: "0 days"},
		{Name: "a report older than what it tells of", Set: keys(wrongClock), Want: checks.FAIL, Reason: "before 2026-11-01T12:00:00Z"},
		{Name: "its age is unknown", Set: keys(key(true, time.Time{})), Want: checks.UNKNOWN, Reason: "nothing tells"},
		{Name: "root's keys are judged elsewhere", Set: func(a *snapshot.Account) {
			a.IAM.Report = rootWith(rootKey("true", made))
			checktest.Fail(a, "iam:GetCredentialReport", snapshot.Global, snapshot.Failed)
		}, Want: checks.UNKNOWN, Reason: "iam:GetCredentialReport"},
	})
}

func TestTwoActiveKeysAreTwoFindings(t *testing.T) {
	a := checktest.Account(&AccessKeyRotated, func(a *snapshot.Account) {
		for id, created := range map[string]time.Time{"AKIA1": checktest.AsOf, "AKIA2": made} {
			a.IAM.AccessKeys = append(a.IAM.AccessKeys, snapshot.AccessKey{Meta: globally(id, annaARN+"/accesskey/"+id), KeyID: id, Active: true, Created: created, Reported: checktest.AsOf})
		}
	})
	found := checktest.Findings(&AccessKeyRotated, a, nil)
	if len(found) != 2 || found[0].Status != checks.PASS || found[1].Status != checks.FAIL {
		t.Errorf("findings %+v; want a PASS of AKIA1 and a FAIL of AKIA2", found)
	}
}
