package access

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/scanner/snapshot"
)

// AccessKeyUsed passes when an active access key was used within the limit. One that was
// never used counts from its creation: AWS tracks no use before April 2015.
// Source: credential report, access_key_N_active, _last_used_date and _last_rotated.
var AccessKeyUsed = checks.Check{
	ID:          "iam-access-key-used",
	Title:       "Active access keys of IAM users have been used recently",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GenerateCredentialReport", "iam:GetCredentialReport", "iam:ListAccessKeys"},
	Parameters:  checks.Parameters{"max_unused_days": 45},
	Remedy:      "Delete the key, or deactivate it first and delete it when nothing breaks.",
	Fix: checks.Fix{
		Threat: "A key that nobody uses is missed by nobody when it is stolen. It still opens what it always opened.",
		CLI: `aws iam update-access-key --user-name USER --access-key-id KEY-ID --status Inactive
aws iam delete-access-key --user-name USER --access-key-id KEY-ID`,
		Terraform: `resource "aws_iam_access_key" "this" {
  user   = "USER"
  status = "Inactive"
}`,
		Cost: "A job that runs once a year may still need it: make it inactive first, and delete it when nothing breaks.",
	},
	Judges: checks.For(snapshot.AccessKeys, accessKeyUsed),
}

// UserPasswordUsed passes when a user's password was used within the limit. One that was
// not used since it was set counts from then, else from when the user was made: the last
// use stays in the report when a password is deleted and made again.
// Source: credential report, password_enabled, password_last_used, password_last_changed
// and user_creation_time.
var UserPasswordUsed = checks.Check{
	ID:          "iam-user-password-used",
	Title:       "IAM users' passwords have been used recently",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Parameters:  checks.Parameters{"max_unused_days": 45},
	Remedy:      "Delete the password of a user who does not sign in.",
	Fix: checks.Fix{
		Threat:    "A password that nobody uses is tried by others in peace. Its owner would not notice.",
		CLI:       "aws iam delete-login-profile --user-name {name}",
		Terraform: `# Remove the resource "aws_iam_user_login_profile" of this user from the configuration.`,
		Cost:      "The user can no longer sign in to the console; keys go on working.",
	},
	Judges: checks.For(snapshot.Users, byRow(userPasswordUsed)),
}

// UserNoSetupAccessKey passes when a user who signs in with a password has no key that was
// made together with the user and never used.
// Source: credential report, user_creation_time, access_key_N_last_rotated and
// _last_used_date.
var UserNoSetupAccessKey = checks.Check{
	ID:          "iam-user-no-setup-access-key",
	Title:       "Users with a password have no access key left over from their creation",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Parameters:  checks.Parameters{"setup_window_seconds": 60},
	Remedy:      "Delete the key that nobody has used since the user was made.",
	Fix: checks.Fix{
		Threat:    "A key made with the user and never used lies somewhere in a mail or a download. It works for whoever finds it.",
		CLI:       "aws iam delete-access-key --user-name USER --access-key-id KEY-ID",
		Terraform: `# Remove the resource "aws_iam_access_key" of this user from the configuration.`,
		Cost:      "Nobody has used it, so nothing breaks.",
	},
	Judges: checks.For(snapshot.Users, byRow(userNoSetupAccessKey)),
}

// UserSingleActiveAccessKey passes when a user has at most one active access key, or two
// of which the newer is within the time that the parameter grants for a rotation.
// Source: credential report, access_key_1_active and access_key_2_active.
var UserSingleActiveAccessKey = checks.Check{
	ID:          "iam-user-single-active-access-key",
	Title:       "IAM users have at most one active access key",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Parameters:  checks.Parameters{"rotation_grace_days": 0},
	Remedy:      "Finish the rotation: deactivate the older key, then delete it.",
	Fix: checks.Fix{
		Threat: "A second key doubles what can leak, and is mostly a rotation that was never finished. Nobody knows which one is in use.",
		CLI: `aws iam get-access-key-last-used --access-key-id KEY-ID
aws iam update-access-key --user-name {name} --access-key-id KEY-ID --status Inactive
aws iam delete-access-key --user-name {name} --access-key-id KEY-ID`,
		Terraform: `# Keep one resource "aws_iam_access_key" for the user.`,
		Cost:      "See which key was used last before one is made inactive.",
	},
	Judges: checks.For(snapshot.Users, byRow(userSingleActiveAccessKey)),
}

// byRow judges a user by its row of the credential report.
func byRow(judge func(snapshot.CredentialRow, checks.Env) checks.Verdict) func(snapshot.User, checks.Env) checks.Verdict {
	return func(u snapshot.User, env checks.Env) checks.Verdict {
		row, err := u.Credentials.Get()
		switch {
		case err != nil:
			return checks.Unknown(err)
		case row == nil:
			return checks.Unclear("the user was made at %s, after the credential report, which AWS makes anew after four hours", u.Created.Format(time.RFC3339))
		}
		return judge(*row, env)
	}
}

// activeKeys names the active keys of a row; all says that it tells of a key at all.
func activeKeys(r snapshot.CredentialRow) (active []string, some bool) {
	for i, k := range r.Keys {
		if k.Active == "true" {
			active = append(active, fmt.Sprintf("access_key_%d", i+1))
		}
		some = some || k.Active == "true" || !k.LastRotated.IsZero()
	}
	return active, some
}

func accessKeyUsed(k snapshot.AccessKey, env checks.Env) checks.Verdict {
	if !k.Active {
		return checks.DoesNotApply("the key is inactive").With("active", "false")
	}
	since, what := k.LastUsed, "last used"
	if since.IsZero() {
		since, what = k.Created, "never used, made"
	}
	if since.IsZero() {
		return checks.Unclear("nothing tells when the key was used or made").With("active", "true")
	}
	at := k.Reported
	if k.Created.After(at) { // made since
		at = env.AsOf
	}
	return idle(what, since, at, env.Int("max_unused_days")).With("active", "true")
}

// idle passes while something has been idle for no longer than the limit.
func idle(what string, since, at time.Time, limit int) checks.Verdict {
	verdict := checks.Pass
	if at.Sub(since) > time.Duration(limit)*day {
		verdict = checks.Fail
	}
	moment := since.Format(time.RFC3339)
	return verdict("%s %s, %s before %s; limit: %d days", what, moment, days(at.Sub(since)), at.Format(time.RFC3339), limit).With(what, moment)
}

func userPasswordUsed(r snapshot.CredentialRow, env checks.Env) checks.Verdict {
	since, what := r.PasswordUsed, "password last used"
	if !since.After(r.PasswordChanged) { // a use from before was of another password
		since, what = r.PasswordChanged, "password not used since it was set"
	}
	if since.IsZero() {
		since, what = r.Created, "password never used, user made"
	}
	switch {
	case r.PasswordEnabled != "true":
		return checks.DoesNotApply("password_enabled is %s", r.PasswordEnabled)
	case since.IsZero():
		return checks.Unclear("nothing tells when the password was used or set")
	}
	return idle(what, since, r.Generated, env.Int("max_unused_days"))
}

func userNoSetupAccessKey(r snapshot.CredentialRow, env checks.Env) checks.Verdict {
	active, _ := activeKeys(r)
	if r.PasswordEnabled != "true" || len(active) == 0 {
		return checks.DoesNotApply("the user has not both a password and an active access key")
	}
	window := time.Duration(env.Int("setup_window_seconds")) * time.Second
	var left []string
	for i, k := range r.Keys {
		if k.Active == "true" && k.LastUsed.IsZero() && k.LastRotated.Sub(r.Created).Abs() <= window {
			left = append(left, fmt.Sprintf("access_key_%d", i+1))
		}
	}
	if len(left) > 0 {
		return checks.Fail("%s made with the user at %s and never used", strings.Join(left, " and "), r.Created.Format(time.RFC3339)).With("left over", strings.Join(left, " "))
	}
	return checks.Pass("%s used, or not made within %s of the user", strings.Join(active, " and "), window)
}

func userSingleActiveAccessKey(r snapshot.CredentialRow, env checks.Env) checks.Verdict {
	active, some := activeKeys(r)
	switch grace := env.Int("rotation_grace_days"); {
	case !some:
		return checks.DoesNotApply("the user has no access key")
	case len(active) < 2:
		return checks.Pass("%d active access key", len(active)).With("active keys", fmt.Sprint(len(active)))
	default:
		newer := slices.MaxFunc(r.Keys[:], func(a, b snapshot.CredentialKey) int { return a.LastRotated.Compare(b.LastRotated) }).LastRotated
		if grace > 0 && r.Generated.Sub(newer) <= time.Duration(grace)*day {
			return checks.Pass("two active access keys, the newer made %s, within %d days of grace", newer.Format(time.RFC3339), grace).With("active keys", "2")
		}
		return checks.Fail("both access_key_1_active and access_key_2_active are true").With("active keys", "2")
	}
}
