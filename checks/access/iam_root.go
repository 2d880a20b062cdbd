package access

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/scanner/snapshot"
)

// RootAccessKeysAbsent passes when the root user has no access key. The summary is
// current and the credential report up to four hours old: a key in either fails, and the
// summary alone can pass. An inactive key can be activated again and fails too.
// Source: IAM GetAccountSummary, AccountAccessKeysPresent; IAM User Guide, "Generate
// credential reports for your AWS account", access_key_N_active and _last_rotated.
var RootAccessKeysAbsent = checks.Check{
	ID:          "iam-root-access-keys-absent",
	Title:       "The root user has no access keys",
	Severity:    checks.Critical,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountSummary", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Remedy:      "Sign in as the root user and delete its access keys; use a role for what needed them.",
	Fix: checks.Fix{
		Threat: "A key of the root user can do everything, and no policy of the account limits it. Once it leaks, the account is lost.",
		CLI:    "aws iam delete-access-key --access-key-id KEY-ID",
		Terraform: `resource "aws_iam_organizations_features" "this" {
  enabled_features = ["RootCredentialsManagement"]
}`,
		Cost: "The command must be run as the root user, or centrally by the organization. What used the key needs a role first.",
	},
	Judges: checks.For(snapshot.Accounts, rootAccessKeysAbsent),
}

// RootMFAEnabled passes when the root user signs in with MFA, and does not apply where
// the report shows that the root user has nothing to sign in with. Without a report a
// root password must be supposed.
// Source: IAM GetAccountSummary, AccountMFAEnabled; IAM User Guide, "Centralize root
// access for member accounts".
var RootMFAEnabled = checks.Check{
	ID:          "iam-root-mfa-enabled",
	Title:       "The root user signs in with MFA",
	Severity:    checks.Critical,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountSummary", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Remedy:      "Sign in as the root user and register an MFA device, or remove the root credentials of a member account centrally.",
	Fix: checks.Fix{
		Threat: "The root user's password alone opens everything, and mail to its address can reset it. A second factor is the last lock.",
		Terraform: `resource "aws_iam_organizations_features" "this" {
  enabled_features = ["RootCredentialsManagement"]
}`,
		Cost: "There is no command: sign in as the root user and register a device. In an organization, root credentials of member accounts can be removed centrally instead.",
	},
	Judges:         checks.For(snapshot.Accounts, rootMFAEnabled),
	FailWhenUnread: true,
}

const (
	keysPresent = "AccountAccessKeysPresent"
	mfaEnabled  = "AccountMFAEnabled"
)

func rootAccessKeysAbsent(a *snapshot.Account, env checks.Env) checks.Verdict {
	present, err := counter(a, env, keysPresent)
	row, rowErr := rootRow(a, env)
	active, inactive := rootKeys(row)
	shown := fmt.Sprintf("the credential report of %s shows", row.Generated.Format(time.RFC3339))
	switch {
	case err == nil && present > 0 && rowErr == nil && len(active)+len(inactive) == 0:
		return checks.Fail("%s is %d, though %s none", keysPresent, present, shown).With(keysPresent, fmt.Sprint(present))
	case err == nil && present > 0:
		return checks.Fail("%s is %d", keysPresent, present).With(keysPresent, fmt.Sprint(present))
	case len(active) > 0 && err == nil:
		return checks.Fail("%s %s active, though %s is %d", shown, strings.Join(active, " and "), keysPresent, present).With(keysPresent, fmt.Sprint(present))
	case len(active) > 0:
		return checks.Fail("%s %s active", shown, strings.Join(active, " and "))
	case len(inactive) > 0:
		return checks.Fail("%s %s, inactive: it can be activated again", shown, strings.Join(inactive, " and "))
	case err != nil:
		return uncounted(err)
	case rowErr != nil:
		return checks.Pass("%s is 0; beside it, %v", keysPresent, rowErr).With(keysPresent, "0")
	}
	return checks.Pass("%s is 0, and %s none", keysPresent, shown).With(keysPresent, "0")
}

func rootMFAEnabled(a *snapshot.Account, env checks.Env) checks.Verdict {
	enabled, err := counter(a, env, mfaEnabled)
	if err != nil {
		return uncounted(err)
	}
	observed := fmt.Sprint(enabled)
	if enabled == 1 {
		return checks.Pass("%s is 1", mfaEnabled).With(mfaEnabled, observed)
	}
	row, err := rootRow(a, env)
	if err != nil {
		return checks.Fail("%s is %d, and nothing shows that the root user has no password: %v", mfaEnabled, enabled, err).With(mfaEnabled, observed)
	}
	active, _ := rootKeys(row)
	// The summary knows of a key that was made after the report.
	keys, keysErr := counter(a, env, keysPresent)
	if row.PasswordEnabled == "false" && len(active) == 0 && (keysErr != nil || keys == 0) {
		return checks.DoesNotApply("the root user has neither a password nor an active access key").With(mfaEnabled, observed).With("password_enabled", row.PasswordEnabled)
	}
	has := "password_enabled is " + row.PasswordEnabled
	if len(active) > 0 {
		has += ", " + strings.Join(active, " and ") + " active"
	}
	if keysErr == nil && keys > 0 {
		has += fmt.Sprintf(", %s is %d", keysPresent, keys)
	}
	return checks.Fail("%s is %d, and the root user has credentials: %s", mfaEnabled, enabled, has).
		With(mfaEnabled, observed).With("password_enabled", row.PasswordEnabled)
}

var errUncounted = errors.New("the account's summary lacks the value")

// counter reads one value of the account's summary. One that is missing is not zero.
func counter(a *snapshot.Account, env checks.Env, name string) (int32, error) {
	summary, err := checks.Use(env, a.IAM.Summary)
	if err != nil {
		return 0, err
	}
	n, ok := summary[name]
	if !ok {
		return 0, fmt.Errorf("%s: %w", name, errUncounted)
	}
	return n, nil
}

// uncounted is the verdict where counter fails.
func uncounted(err error) checks.Verdict {
	if errors.Is(err, errUncounted) {
		return checks.Unclear("%v", err)
	}
	return checks.Unknown(err)
}

var errNoRoot = errors.New("the credential report has no row of the root user")

func rootRow(a *snapshot.Account, env checks.Env) (snapshot.CredentialRow, error) {
	rows, err := checks.Use(env, a.IAM.Report)
	if err != nil {
		return snapshot.CredentialRow{}, err
	}
	i := slices.IndexFunc(rows, func(r snapshot.CredentialRow) bool { return r.User == snapshot.Root })
	if i < 0 {
		return snapshot.CredentialRow{}, errNoRoot
	}
	return rows[i], nil
}

// rootKeys names the keys of a row. Without a key AWS writes false and N/A.
func rootKeys(r snapshot.CredentialRow) (active, inactive []string) {
	for i, k := range r.Keys {
		switch name := fmt.Sprintf("access_key_%d", i+1); {
		case k.Active == "true":
			active = append(active, name)
		case !k.LastRotated.IsZero():
			inactive = append(inactive, fmt.Sprintf("%s of %s", name, k.LastRotated.Format(time.DateOnly)))
		}
	}
	return active, inactive
}
