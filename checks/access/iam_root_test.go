package access

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

var made = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)

// rootWith is root's row of a report that AWS made at the tests' time.
func rootWith(change func(*snapshot.CredentialRow)) snapshot.Read[[]snapshot.CredentialRow] {
	row := snapshot.CredentialRow{
		User: snapshot.Root, ARN: "arn:aws:iam::111122223333:root", PasswordEnabled: "not_supported", MFAActive: "false",
		Keys: [2]snapshot.CredentialKey{{Active: "false"}, {Active: "false"}}, Generated: checktest.AsOf,
	}
	if change != nil {
		change(&row)
	}
	return snapshot.Value([]snapshot.CredentialRow{
		{User: "anna", PasswordEnabled: "true", MFAActive: "true", Keys: [2]snapshot.CredentialKey{{Active: "true", LastRotated: made}}},
		row,
	})
}

func rootKey(active string, rotated time.Time) func(*snapshot.CredentialRow) {
	return func(r *snapshot.CredentialRow) {
		r.Keys[1] = snapshot.CredentialKey{Active: active, LastRotated: rotated}
	}
}

func counters(values map[string]int32) snapshot.Read[map[string]int32] { return snapshot.Value(values) }

var (
	summaryDenied = snapshot.Missing[map[string]int32](checktest.Unread("iam:GetAccountSummary", snapshot.Denied))
	reportDenied  = snapshot.Missing[[]snapshot.CredentialRow](checktest.Unread("iam:GetCredentialReport", snapshot.Denied))
	withoutRoot   = snapshot.Value([]snapshot.CredentialRow{{User: "anna"}})
)

func rootSeen(summary snapshot.Read[map[string]int32], report snapshot.Read[[]snapshot.CredentialRow]) func(*snapshot.Account) {
	return func(a *snapshot.Account) { a.IAM.Summary, a.IAM.Report = summary, report }
}

func TestRootAccessKeysAbsent(t *testing.T) {
	zero, one := counters(map[string]int32{keysPresent: 0}), counters(map[string]int32{keysPresent: 1})
	checktest.Run(t, &RootAccessKeysAbsent, []checktest.Case{
		{Name: "no credential at all is a finding", Set: rootSeen(zero, rootWith(nil)), Want: checks.PASS, Reason: "is 0", Observed: map[string]string{keysPresent: "0"}},
		{Name: "summary and report", Set: rootSeen(one, rootWith(rootKey("true", made))), Want: checks.FAIL, Reason: "AccountAccessKeysPresent is 1", Observed: map[string]string{keysPresent: "1"}},
		{Name: "made after the report", Set: rootSeen(one, rootWith(nil)), Want: checks.FAIL, Reason: "is 1, though the credential report of 2026-11-01T12:00:00Z shows none"},
		{Name: "deleted after the report", Set: rootSeen(zero, rootWith(rootKey("true", made))), Want: checks.FAIL, Reason: "shows access_key_2 active, though AccountAccessKeysPresent is 0"},
		{Name: "inactive can be activated again", Set: rootSeen(zero, rootWith(rootKey("false", made))), Want: checks.FAIL, Reason: "access_key_2 of 2024-05-06, inactive"},
		{Name: "N/A is not true", Set: rootSeen(zero, rootWith(rootKey("N/A", time.Time{}))), Want: checks.PASS, Reason: "is 0"},
		{Name: "not_supported is not true", Set: rootSeen(zero, rootWith(rootKey("not_supported", time.Time{}))), Want: checks.PASS, Reason: "is 0"},
		{Name: "report denied: the summary alone passes", Set: rootSeen(zero, reportDenied), Want: checks.PASS, Reason: "iam:GetCredentialReport"},
		{Name: "report denied: the summary alone fails", Set: rootSeen(one, reportDenied), Want: checks.FAIL, Reason: "is 1"},
		{Name: "a report without root", Set: rootSeen(zero, withoutRoot), Want: checks.PASS, Reason: "no row of the root user"},
		{Name: "summary denied, a key in the report", Set: rootSeen(summaryDenied, rootWith(rootKey("true", made))), Want: checks.FAIL, Reason: "access_key_2 active"},
		{Name: "summary denied, none in the report", Set: rootSeen(summaryDenied, rootWith(nil)), Want: checks.UNKNOWN, Reason: "iam:GetAccountSummary"},
		{Name: "a missing value is not zero", Set: rootSeen(counters(map[string]int32{"Users": 4}), rootWith(nil)), Want: checks.UNKNOWN, Reason: "AccountAccessKeysPresent: the account's summary lacks"},
		{Name: "nothing was read", Set: nil, Want: checks.UNKNOWN, Reason: "skipped"},
	})
}

func TestRootMFAEnabled(t *testing.T) {
	on := counters(map[string]int32{mfaEnabled: 1, keysPresent: 0})
	off := counters(map[string]int32{mfaEnabled: 0, keysPresent: 0})
	removed := func(r *snapshot.CredentialRow) { r.PasswordEnabled = "false" }
	checktest.Run(t, &RootMFAEnabled, []checktest.Case{
		{Name: "enabled", Set: rootSeen(on, rootWith(nil)), Want: checks.PASS, Reason: "AccountMFAEnabled is 1"},
		{Name: "the report's mfa_active lags behind", Set: rootSeen(off, rootWith(func(r *snapshot.CredentialRow) { r.MFAActive = "true" })), Want: checks.FAIL, Reason: "is 0"},
		{Name: "enabled, report denied", Set: rootSeen(on, reportDenied), Want: checks.PASS, Reason: "is 1"},
		{Name: "not_supported means that there is a password", Set: rootSeen(off, rootWith(nil)), Want: checks.FAIL, Reason: "password_enabled is not_supported"},
		{Name: "a member account whose root password exists", Set: rootSeen(off, rootWith(func(r *snapshot.CredentialRow) { r.PasswordEnabled = "true" })), Want: checks.FAIL, Reason: "password_enabled is true"},
		{Name: "root credentials were removed", Set: rootSeen(off, rootWith(removed)), Want: checks.NotApplicable, Reason: "neither a password nor"},
		{Name: "removed, and MFA is still there", Set: rootSeen(on, rootWith(removed)), Want: checks.PASS, Reason: "is 1"},
		{Name: "no password but an active key", Set: rootSeen(off, rootWith(func(r *snapshot.CredentialRow) { removed(r); rootKey("true", made)(r) })), Want: checks.FAIL, Reason: "access_key_2 active"},
		{Name: "no password and a key made after the report", Set: rootSeen(counters(map[string]int32{mfaEnabled: 0, keysPresent: 1}), rootWith(removed)), Want: checks.FAIL, Reason: "AccountAccessKeysPresent is 1"},
		{Name: "report denied proves no absence", Set: rootSeen(off, reportDenied), Want: checks.FAIL, Reason: "iam:GetCredentialReport"},
		{Name: "a report without root", Set: rootSeen(off, withoutRoot), Want: checks.FAIL, Reason: "no row of the root user"},
		{Name: "GovCloud's root row is its own", Set: func(a *snapshot.Account) {
			rootSeen(off, rootWith(func(r *snapshot.CredentialRow) { removed(r); r.ARN = "arn:aws-us-gov:iam::111122223333:root" }))(a)
			a.Location.Partition = "aws-us-gov"
		}, Want: checks.NotApplicable, Reason: "neither"},
		{Name: "summary denied", Set: rootSeen(summaryDenied, rootWith(nil)), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "a missing value is not zero", Set: rootSeen(counters(nil), rootWith(removed)), Want: checks.UNKNOWN, Reason: "lacks the value"},
	})
}
