package access

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// ago is some time before the report of the tests.
func ago(d time.Duration) time.Time { return checktest.AsOf.Add(-d) }

// userRow is a user of the name anna with a row of the report, changed by change.
func userRow(change func(*snapshot.CredentialRow)) func(*snapshot.Account) {
	row := snapshot.CredentialRow{
		User: "anna", ARN: annaARN, Created: ago(400 * day), PasswordEnabled: "false", MFAActive: "false",
		Keys: [2]snapshot.CredentialKey{{Active: "false"}, {Active: "false"}}, Certificates: [2]string{"false", "false"}, Generated: checktest.AsOf,
	}
	change(&row)
	return anna(snapshot.Value(&row))
}

func anna(credentials snapshot.Read[*snapshot.CredentialRow]) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.IAM.Report = rootWith(rootKey("true", made)) // root's row is not judged with the users
		a.IAM.Users = []snapshot.User{{Meta: globally("anna", annaARN), Created: ago(400 * day), Credentials: credentials}}
	}
}

// unreported are the cases of every check that judges by the report's row.
func unreported() []checktest.Case {
	denied := snapshot.Missing[*snapshot.CredentialRow](checktest.Unread("iam:GetCredentialReport", snapshot.Denied))
	return []checktest.Case{
		{Name: "report denied", Set: anna(denied), Want: checks.UNKNOWN, Reason: "iam:GetCredentialReport"},
		{Name: "made after the report", Set: anna(snapshot.Value[*snapshot.CredentialRow](nil)), Want: checks.UNKNOWN, Reason: "after the credential report"},
	}
}

type row = snapshot.CredentialRow

func active(created, used time.Time) snapshot.CredentialKey {
	return snapshot.CredentialKey{Active: "true", LastRotated: created, LastUsed: used}
}

func TestAccessKeyUsed(t *testing.T) {
	key := func(on bool, created, used time.Time) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.IAM.AccessKeys = []snapshot.AccessKey{{Meta: globally("AKIA1", annaARN+"/accesskey/1"), Active: on, Created: created, LastUsed: used, Reported: checktest.AsOf}}
		}
	}
	checktest.Run(t, &AccessKeyUsed, []checktest.Case{
		{Name: "never used and old", Set: key(true, ago(200*day), time.Time{}), Want: checks.FAIL, Reason: "never used, made"},
		{Name: "never used and made yesterday", Set: key(true, ago(day), time.Time{}), Want: checks.PASS, Reason: "never used"},
		{Name: "used on the last day", Set: key(true, ago(900*day), ago(45*day)), Want: checks.PASS, Reason: "45 days before"},
		{Name: "a second too long ago", Set: key(true, ago(900*day), ago(45*day+time.Second)), Want: checks.FAIL, Reason: "45 days and 1s"},
		{Name: "inactive", Set: key(false, ago(900*day), time.Time{}), Want: checks.NotApplicable, Reason: "inactive"},
		{Name: "made after the report", Set: key(true, checktest.AsOf.Add(time.Minute), time.Time{}), Want: checks.PASS, Reason: "0 days"},
		{Name: "nothing is known", Set: key(true, time.Time{}, time.Time{}), Want: checks.UNKNOWN, Reason: "nothing tells"},
	})
	a := checktest.Account(&AccessKeyUsed, func(a *snapshot.Account) {
		for n, used := range map[string]time.Time{"1": ago(day), "2": ago(100 * day)} {
			a.IAM.AccessKeys = append(a.IAM.AccessKeys, snapshot.AccessKey{Meta: globally(n, annaARN+"/accesskey/"+n), Active: true, Created: made, LastUsed: used, Reported: checktest.AsOf})
		}
	})
	if found := checktest.Findings(&AccessKeyUsed, a, nil); len(found) != 2 || found[0].Status != checks.PASS || found[1].Status != checks.FAIL {
		t.Errorf("key 1 fresh, key 2 stale: %+v", found)
	}
}

func TestUserPasswordUsed(t *testing.T) {
	password := func(used, changed time.Time) func(*snapshot.Account) {
		return userRow(func(r *row) { r.PasswordEnabled, r.PasswordUsed, r.PasswordChanged = "true", used, changed })
	}
	var never time.Time
	checktest.Run(t, &UserPasswordUsed, append(unreported(), []checktest.Case{
		{Name: "used", Set: password(ago(45*day), ago(300*day)), Want: checks.PASS, Reason: "password last used"},
		{Name: "too long ago", Set: password(ago(46*day), ago(300*day)), Want: checks.FAIL, Reason: "46 days"},
		{Name: "no_information counts from the change", Set: password(never, ago(60*day)), Want: checks.FAIL, Reason: "not used since it was set"},
		{Name: "never used and new", Set: password(never, ago(day)), Want: checks.PASS, Reason: "1 days before"},
		{Name: "no date of the change: from the user's creation", Set: password(never, never), Want: checks.FAIL, Reason: "user made"},
		{Name: "deleted and made again: the old use remains", Set: password(ago(200*day), ago(day)), Want: checks.PASS, Reason: "since it was set"},
		{Name: "no password", Set: userRow(func(r *row) {}), Want: checks.NotApplicable, Reason: "password_enabled is false"},
		{Name: "not_supported is not true", Set: userRow(func(r *row) { r.PasswordEnabled = "not_supported" }), Want: checks.NotApplicable, Reason: "not_supported"},
		{Name: "no date at all", Set: userRow(func(r *row) { r.PasswordEnabled, r.Created = "true", never }), Want: checks.UNKNOWN, Reason: "nothing tells"},
	}...))
}

func TestUserNoSetupAccessKey(t *testing.T) {
	born := ago(400 * day)
	with := func(password string, keys ...snapshot.CredentialKey) func(*snapshot.Account) {
		return userRow(func(r *row) { r.PasswordEnabled = password; copy(r.Keys[:], keys) })
	}
	none := snapshot.CredentialKey{Active: "false"}
	checktest.Run(t, &UserNoSetupAccessKey, append(unreported(), []checktest.Case{
		{Name: "left over", Set: with("true", active(born.Add(time.Minute), time.Time{})), Want: checks.FAIL, Reason: "access_key_1 made with the user"},
		{Name: "made at setup and used", Set: with("true", active(born, ago(day))), Want: checks.PASS, Reason: "used, or not made"},
		{Name: "only key 2, since key 1 was replaced", Set: with("true", active(ago(day), ago(day)), active(born, time.Time{})), Want: checks.FAIL, Reason: "access_key_2 made"},
		{Name: "a second before the user", Set: with("true", active(born.Add(-time.Second), time.Time{})), Want: checks.FAIL, Reason: "access_key_1"},
		{Name: "never used but made months later", Set: with("true", active(ago(100*day), time.Time{})), Want: checks.PASS, Reason: "not made within 1m0s"},
		{Name: "a wider window", Set: with("true", active(born.Add(time.Hour), time.Time{})), Parameters: map[string]any{"setup_window_seconds": 3600}, Want: checks.FAIL, Reason: "access_key_1"},
		{Name: "no password", Set: with("false", active(born, time.Time{})), Want: checks.NotApplicable, Reason: "not both"},
		{Name: "inactive", Set: with("true", snapshot.CredentialKey{Active: "false", LastRotated: born}, none), Want: checks.NotApplicable, Reason: "not both"},
	}...))
}

func TestUserSingleActiveAccessKey(t *testing.T) {
	old := active(ago(300*day), time.Time{})
	keys := func(keys ...snapshot.CredentialKey) func(*snapshot.Account) {
		return userRow(func(r *row) { copy(r.Keys[:], keys) })
	}
	grace := map[string]any{"rotation_grace_days": 7}
	checktest.Run(t, &UserSingleActiveAccessKey, append(unreported(), []checktest.Case{
		{Name: "one", Set: keys(old), Want: checks.PASS, Reason: "1 active"},
		{Name: "one active and one inactive", Set: keys(old, snapshot.CredentialKey{Active: "false", LastRotated: made}), Want: checks.PASS, Reason: "1 active"},
		{Name: "an inactive one", Set: keys(snapshot.CredentialKey{Active: "false", LastRotated: made}), Want: checks.PASS, Reason: "0 active"},
		{Name: "two", Set: keys(old, active(ago(day), time.Time{})), Want: checks.FAIL, Reason: "both"},
		{Name: "a rotation that the parameter allows", Set: keys(active(ago(7*day), time.Time{}), old), Parameters: grace, Want: checks.PASS, Reason: "within 7 days of grace"},
		{Name: "a rotation that takes too long", Set: keys(old, active(ago(8*day), time.Time{})), Parameters: grace, Want: checks.FAIL, Reason: "both"},
		{Name: "none", Set: keys(), Want: checks.NotApplicable, Reason: "no access key"},
	}...))
}

func TestUserMFAEnabled(t *testing.T) {
	user := func(password, mfa string, keys ...snapshot.CredentialKey) func(*snapshot.Account) {
		return userRow(func(r *row) { r.PasswordEnabled, r.MFAActive = password, mfa; copy(r.Keys[:], keys) })
	}
	key := active(ago(day), ago(day))
	checktest.Run(t, &UserMFAEnabled, append(unreported(), []checktest.Case{
		{Name: "keys and no password", Set: user("false", "false", key), Want: checks.FAIL, Reason: "only where a policy asks for it"},
		{Name: "keys and MFA", Set: user("false", "true", key), Want: checks.PASS, Reason: "access_key_1 and MFA"},
		{Name: "password and MFA", Set: user("true", "true"), Want: checks.PASS, Reason: "a password and MFA"},
		{Name: "password and keys", Set: user("true", "false", key), Want: checks.FAIL, Reason: "a password and access_key_1"},
		{Name: "no credential is no PASS", Set: user("false", "true"), Want: checks.NotApplicable, Reason: "neither"},
		{Name: "inactive keys", Set: user("false", "false", snapshot.CredentialKey{Active: "false", LastRotated: made}), Want: checks.NotApplicable, Reason: "neither"},
	}...))
}

func TestUserPasswordAndKeysSeparate(t *testing.T) {
	user := func(password string, keys ...snapshot.CredentialKey) func(*snapshot.Account) {
		return userRow(func(r *row) { r.PasswordEnabled = password; copy(r.Keys[:], keys) })
	}
	key, off := active(made, time.Time{}), snapshot.CredentialKey{Active: "false", LastRotated: made}
	checktest.Run(t, &UserPasswordAndKeysSeparate, append(unreported(), []checktest.Case{
		{Name: "both", Set: user("true", off, key), Want: checks.FAIL, Reason: "access_key_2 active"},
		{Name: "password and inactive keys", Set: user("true", off, off), Want: checks.PASS, Reason: "no active access key"},
		{Name: "keys alone", Set: user("false", key), Want: checks.PASS, Reason: "no password"},
		{Name: "neither", Set: user("false"), Want: checks.NotApplicable, Reason: "neither"},
		{Name: "only inactive keys", Set: user("false", off), Want: checks.NotApplicable, Reason: "only inactive"},
	}...))
}

func TestUserNotInDailyUse(t *testing.T) {
	used := func(password, first, second time.Time) func(*snapshot.Account) {
		return userRow(func(r *row) {
			r.PasswordUsed, r.Keys[0].LastUsed, r.Keys[1] = password, first, snapshot.CredentialKey{Active: "false", LastRotated: made, LastUsed: second}
		})
	}
	var never time.Time
	checktest.Run(t, &UserNotInDailyUse, append(unreported(), []checktest.Case{
		{Name: "no use is known", Set: used(never, never, never), Want: checks.PASS, Reason: "no use"},
		{Name: "quiet", Set: used(ago(15*day+time.Second), never, never), Want: checks.PASS, Reason: "password last used"},
		{Name: "on the last day", Set: used(ago(15*day), never, never), Want: checks.FAIL, Reason: "password last used"},
		{Name: "a key, though the password is quiet", Set: used(ago(90*day), ago(day), never), Want: checks.FAIL, Reason: "access_key_1 last used"},
		{Name: "a key that is inactive now", Set: used(never, never, ago(day)), Want: checks.FAIL, Reason: "access_key_2 last used"},
	}...))
}

func TestSigningCertificates(t *testing.T) {
	with := func(one, two string) func(*row) {
		return func(r *row) { r.Certificates = [2]string{one, two} }
	}
	checktest.Run(t, &UserSigningCertificateAbsent, append(unreported(), []checktest.Case{
		{Name: "the normal state", Set: userRow(with("false", "false")), Want: checks.PASS, Reason: "cert_1_active is false"},
		{Name: "the second", Set: userRow(with("N/A", "true")), Want: checks.FAIL, Reason: "cert_2 active"},
	}...))
	zero, one := counters(map[string]int32{"AccountSigningCertificatesPresent": 0, "ServerCertificates": 3}), counters(map[string]int32{"AccountSigningCertificatesPresent": 1})
	checktest.Run(t, &RootSigningCertificatesAbsent, []checktest.Case{
		{Name: "none, and server certificates do not count", Set: rootSeen(zero, rootWith(with("false", "N/A"))), Want: checks.PASS, Reason: "is 0"},
		{Name: "counted", Set: rootSeen(one, rootWith(nil)), Want: checks.FAIL, Reason: "is 1"},
		{Name: "in the report alone", Set: rootSeen(zero, rootWith(with("true", "false"))), Want: checks.FAIL, Reason: "cert_1 active"},
		{Name: "a missing value is not zero", Set: rootSeen(counters(map[string]int32{}), rootWith(nil)), Want: checks.UNKNOWN, Reason: "lacks the value"},
		{Name: "summary denied, one in the report", Set: rootSeen(summaryDenied, rootWith(with("true", "false"))), Want: checks.FAIL, Reason: "cert_1"},
		{Name: "report denied", Set: rootSeen(zero, reportDenied), Want: checks.UNKNOWN, Reason: "iam:GetCredentialReport"},
		{Name: "summary denied", Set: rootSeen(summaryDenied, rootWith(nil)), Want: checks.UNKNOWN, Reason: "iam:GetAccountSummary"},
	})
}

func TestRootNotUsedRecently(t *testing.T) {
	used := func(password, key time.Time) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.IAM.Report = rootWith(func(r *row) { r.PasswordUsed, r.Keys[1].LastUsed = password, key })
			a.AsOf = a.AsOf.Add(2 * time.Hour) // the report's time counts, not the scan's
		}
	}
	var never time.Time
	checktest.Run(t, &RootNotUsedRecently, []checktest.Case{
		{Name: "no_information, N/A: no known use", Set: used(never, never), Want: checks.PASS, Reason: "no use"},
		{Name: "password long ago, key today", Set: used(ago(300*day), ago(time.Hour)), Want: checks.FAIL, Reason: "access_key_2 last used"},
		{Name: "exactly as quiet as asked", Set: used(ago(30*day), never), Want: checks.FAIL, Reason: "30 days before"},
		{Name: "a second more", Set: used(ago(30*day+time.Second), never), Want: checks.PASS, Reason: "30 days and 1s"},
		{Name: "a parameter", Set: used(ago(10*day), never), Parameters: map[string]any{"quiet_days": 7}, Want: checks.PASS, Reason: "more than 7 days"},
		{Name: "report denied", Set: rootSeen(counters(nil), reportDenied), Want: checks.UNKNOWN, Reason: "iam:GetCredentialReport"},
		{Name: "a report without root", Set: rootSeen(counters(nil), withoutRoot), Want: checks.UNKNOWN, Reason: "no row of the root user"},
	})
}
