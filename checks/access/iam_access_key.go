package access

import (
	"fmt"
	"time"

	"onus/checks"
	"onus/scanner/snapshot"
)

// AccessKeyRotated passes when an active access key is not older than the limit. AWS
// changes no key in place: last_rotated is when the key was made. Each key is judged by
// itself, by the instant, not by whole days.
// Source: credential report, access_key_N_active and access_key_N_last_rotated.
var AccessKeyRotated = checks.Check{
	ID:          "iam-access-key-rotated",
	Title:       "Active access keys of IAM users are not older than the limit",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GenerateCredentialReport", "iam:GetCredentialReport", "iam:ListAccessKeys"},
	Parameters:  checks.Parameters{"max_age_days": 90},
	Remedy:      "Make a new key, move what uses the old one to it, then delete the old one; better, use a role.",
	Fix: checks.Fix{
		Threat: "A key that has lain in files, environments and backups for years may have been copied by anybody who ever saw them, and works from anywhere without a second factor. The older the key, the more people and machines have held it.",
		CLI: `aws iam create-access-key --user-name {owner}
aws iam update-access-key --user-name {owner} --access-key-id {name} --status Inactive
aws iam delete-access-key --user-name {owner} --access-key-id {name}`,
		Cost: "Whatever uses the old key fails from the second command on: put the new one in its place first, and delete the old one only when nothing has failed for some days. A user has at most two keys. Terraform would keep the new secret in its state, so there is no fragment.",
	},
	Judges: checks.For(snapshot.AccessKeys, accessKeyRotated),
}

const day = 24 * time.Hour

func accessKeyRotated(k snapshot.AccessKey, env checks.Env) checks.Verdict {
	switch {
	case !k.Active:
		return checks.DoesNotApply("the key is inactive").With("active", "false")
	case k.Created.IsZero():
		return checks.Unclear("nothing tells when the key was made").With("active", "true")
	}
	at, limit := k.Reported, env.Int("max_age_days")
	if k.Created.After(at) { // made since, or the report's time is wrong
		at = env.AsOf
	}
	age := at.Sub(k.Created)
	made := k.Created.Format(time.RFC3339)
	verdict := checks.Pass
	if age > time.Duration(limit)*day {
		verdict = checks.Fail
	}
	return verdict("made %s, %s before %s; limit: %d days", made, days(age), at.Format(time.RFC3339), limit).
		With("active", "true").With("created", made)
}

// days writes an age so that one second more than a limit shows.
func days(d time.Duration) string {
	d = max(d, 0)
	if rest := d % day; rest != 0 {
		return fmt.Sprintf("%d days and %s", d/day, rest.Round(time.Millisecond))
	}
	return fmt.Sprintf("%d days", d/day)
}
