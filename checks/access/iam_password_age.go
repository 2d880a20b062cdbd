package access

import (
	"fmt"

	"onus/checks"
	"onus/scanner/snapshot"
)

// PasswordPolicyPreventsReuse passes when as many earlier passwords as stated cannot be
// used again. AWS remembers 24 at most.
// Source: IAM GetAccountPasswordPolicy, PasswordReusePrevention (absent: none).
var PasswordPolicyPreventsReuse = checks.Check{
	ID:          "iam-password-policy-prevents-reuse",
	Title:       "IAM passwords cannot be used again soon",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountPasswordPolicy", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Parameters:  checks.Parameters{"remembered": 24, "judge_without_passwords": true},
	Remedy:      "Have the account's password policy remember this many passwords.",
	Fix: checks.Fix{
		Threat: "A user who goes back to an old password goes back to one that may have leaked. Expiry means nothing then.",
		CLI:    "aws iam update-account-password-policy --password-reuse-prevention 24 --minimum-password-length 14 --allow-users-to-change-password",
		Terraform: `resource "aws_iam_account_password_policy" "this" {
  password_reuse_prevention = 24
}`,
		Cost: "Nothing breaks. The command sets the whole policy: repeat what it already asks for.",
	},
	Judges:         checks.For(snapshot.Accounts, passwordPolicyPreventsReuse),
	Bounds:         rememberedBounds,
	FailWhenUnread: true,
}

// PasswordPolicyExpiresPasswords passes when IAM passwords expire within the limit. An
// age of 0, or none, means that they never do.
// Source: IAM GetAccountPasswordPolicy, ExpirePasswords and MaxPasswordAge.
var PasswordPolicyExpiresPasswords = checks.Check{
	ID:          "iam-password-policy-expires-passwords",
	Title:       "IAM passwords expire",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountPasswordPolicy", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Parameters:  checks.Parameters{"max_age_days": 90, "judge_without_passwords": true},
	Remedy:      "Have the account's password policy expire passwords, or turn this check off where long passwords and MFA replace expiry.",
	Fix: checks.Fix{
		Threat: "A password that leaked unnoticed works for ever. Expiry bounds the time in which it can be used.",
		CLI:    "aws iam update-account-password-policy --max-password-age 90 --minimum-password-length 14 --allow-users-to-change-password",
		Terraform: `resource "aws_iam_account_password_policy" "this" {
  max_password_age               = 90
  minimum_password_length        = 14
  allow_users_to_change_password = true
}`,
		Cost: "People choose weaker passwords when they must change often; where MFA is enforced, NIST advises against expiry. The command sets the whole policy.",
	},
	Judges:         checks.For(snapshot.Accounts, passwordPolicyExpiresPasswords),
	Bounds:         passwordAgeBounds,
	FailWhenUnread: true,
}

// PasswordPolicyUsersMayChange passes when every IAM user may change the own password.
// Source: IAM GetAccountPasswordPolicy, AllowUsersToChangePassword (absent: false).
var PasswordPolicyUsersMayChange = checks.Check{
	ID:          "iam-password-policy-users-may-change",
	Title:       "IAM users may change their own passwords",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountPasswordPolicy", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Parameters:  checks.Parameters{"judge_without_passwords": true},
	Remedy:      "Have the account's password policy let users change their own password.",
	Fix: checks.Fix{
		Threat: "A user who suspects that the password leaked must be able to change it at once. Else an administrator knows it, and time passes.",
		CLI:    "aws iam update-account-password-policy --allow-users-to-change-password --minimum-password-length 14",
		Terraform: `resource "aws_iam_account_password_policy" "this" {
  allow_users_to_change_password = true
}`,
		Cost: "Nothing breaks. The command sets the whole policy: repeat what it already asks for.",
	},
	Judges:         checks.For(snapshot.Accounts, passwordPolicyUsersMayChange),
	FailWhenUnread: true,
}

// rememberedBounds and passwordAgeBounds refuse what no policy of AWS's can ask for.
// Source: IAM API Reference, UpdateAccountPasswordPolicy.
func rememberedBounds(parameter string, value any) error {
	return passwordBound(parameter, value, "remembered", 24)
}

func passwordAgeBounds(parameter string, value any) error {
	return passwordBound(parameter, value, "max_age_days", 1095)
}

func passwordBound(parameter string, value any, name string, most int) error {
	if n, ok := value.(int); ok && parameter == name && (n < 1 || n > most) {
		return fmt.Errorf("AWS allows 1 to %d, not %d", most, n)
	}
	return nil
}

func passwordPolicyPreventsReuse(a *snapshot.Account, env checks.Env) checks.Verdict {
	return underPasswordPolicy(a, env, func(p snapshot.PasswordPolicy) checks.Verdict {
		const field = "PasswordReusePrevention"
		switch want := env.Int("remembered"); {
		case !p.Custom:
			return checks.Fail("the account has no password policy of its own, and AWS's default remembers no password").With(field, "")
		case p.ReusePrevention == 0:
			return checks.Fail("%s is not set: any password may be used again", field).With(field, "")
		case int(p.ReusePrevention) < want:
			return checks.Fail("%s is %d, want at least %d", field, p.ReusePrevention, want).With(field, fmt.Sprint(p.ReusePrevention))
		}
		return checks.Pass("%s is %d", field, p.ReusePrevention).With(field, fmt.Sprint(p.ReusePrevention))
	})
}

func passwordPolicyExpiresPasswords(a *snapshot.Account, env checks.Env) checks.Verdict {
	return underPasswordPolicy(a, env, func(p snapshot.PasswordPolicy) checks.Verdict {
		limit, hard := env.Int("max_age_days"), ""
		if p.HardExpiry {
			hard = "; HardExpiry is true: whose password has expired needs an administrator"
		}
		var v checks.Verdict
		switch {
		case !p.Custom:
			v = checks.Fail("the account has no password policy of its own, and under AWS's default no password expires")
		case !p.Expire || p.MaxAge < 1:
			v = checks.Fail("passwords never expire: ExpirePasswords is %t, MaxPasswordAge %d", p.Expire, p.MaxAge)
		case int(p.MaxAge) > limit:
			v = checks.Fail("MaxPasswordAge is %d days, want at most %d%s", p.MaxAge, limit, hard)
		default:
			v = checks.Pass("MaxPasswordAge is %d days%s", p.MaxAge, hard)
		}
		return v.With("MaxPasswordAge", fmt.Sprint(p.MaxAge))
	})
}

func passwordPolicyUsersMayChange(a *snapshot.Account, env checks.Env) checks.Verdict {
	return underPasswordPolicy(a, env, func(p snapshot.PasswordPolicy) checks.Verdict {
		const field, beside = "AllowUsersToChangePassword", "; only a user whose own policies allow iam:ChangePassword may"
		switch {
		case !p.Custom:
			return checks.Fail("the account has no password policy of its own, and under AWS's default users may not%s", beside).With(field, "")
		case p.UsersMayChange:
			return checks.Pass("%s is true", field).With(field, "true")
		}
		return checks.Fail("%s is false%s", field, beside).With(field, "false")
	})
}
