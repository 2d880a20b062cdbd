package access

import (
	"fmt"

	"onus/checks"
	"onus/scanner/snapshot"
)

// PasswordPolicyMinLength passes when IAM passwords must have the stated length. Without
// a policy of its own the account has AWS's default, whose minimum is 8. A report that
// could not be read never proves that nobody has a password.
// Source: IAM GetAccountPasswordPolicy, MinimumPasswordLength; IAM User Guide, "Set an
// account password policy for IAM users"; credential report, password_enabled.
var PasswordPolicyMinLength = checks.Check{
	ID:          "iam-password-policy-min-length",
	Title:       "IAM passwords have a minimum length",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountPasswordPolicy", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Parameters:  checks.Parameters{"min_length": 14, "judge_without_passwords": true},
	Remedy:      "Set a password policy for the account with at least this length.",
	Fix: checks.Fix{
		Threat: "Short passwords are guessed, by machines and at leisure once a hash leaks elsewhere. Length is what makes that costly.",
		CLI:    "aws iam update-account-password-policy --minimum-password-length 14 --require-symbols --require-numbers --require-uppercase-characters --require-lowercase-characters --allow-users-to-change-password",
		Terraform: `resource "aws_iam_account_password_policy" "this" {
  minimum_password_length = 14
}`,
		Cost: "Users meet it at their next change of password. The command sets the whole policy: repeat what it already asks for.",
	},
	Judges:         checks.For(snapshot.Accounts, passwordPolicyMinLength),
	Bounds:         passwordLengthBounds,
	FailWhenUnread: true,
}

// passwordLengthBounds refuses a length that no policy of AWS's can ask for.
// Source: IAM API Reference, UpdateAccountPasswordPolicy, MinimumPasswordLength.
func passwordLengthBounds(parameter string, value any) error {
	if n, ok := value.(int); ok && parameter == "min_length" && (n < 6 || n > 128) {
		return fmt.Errorf("AWS allows 6 to 128, not %d", n)
	}
	return nil
}

// defaultMinimum is the minimum length of AWS's default password policy.
const defaultMinimum = 8

func passwordPolicyMinLength(a *snapshot.Account, env checks.Env) checks.Verdict {
	unread := ""
	if !env.Bool("judge_without_passwords") {
		some, err := somePassword(a, env)
		switch {
		case err != nil:
			unread = fmt.Sprintf("; whether any user has a password is unread: %v", err)
		case !some:
			return checks.DoesNotApply("no IAM user has a password")
		}
	}
	p, err := checks.Use(env, a.IAM.PasswordPolicy)
	if err != nil {
		return checks.Unknown(err)
	}
	length, whose := p.MinimumLength, "MinimumPasswordLength"
	if !p.Custom {
		length, whose = defaultMinimum, "the account has no password policy of its own: the minimum of AWS's default"
	}
	verdict := checks.Pass
	if int(length) < env.Int("min_length") {
		verdict = checks.Fail
	}
	return verdict("%s is %d, want at least %d%s", whose, length, env.Int("min_length"), unread).
		With("MinimumPasswordLength", fmt.Sprint(length))
}

// somePassword says whether any IAM user has a password. Root's is not ruled by the
// policy.
func somePassword(a *snapshot.Account, env checks.Env) (bool, error) {
	rows, err := checks.Use(env, a.IAM.Report)
	for _, r := range rows {
		if r.User != snapshot.Root && r.PasswordEnabled == "true" {
			return true, err
		}
	}
	return false, err
}
