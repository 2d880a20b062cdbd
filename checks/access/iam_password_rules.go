package access

import (
	"onus/checks"
	"onus/scanner/snapshot"
)

// PasswordPolicyExists passes when the account has a password policy of its own. Without one AWS's
// default applies, with 8 characters out of three of four classes.
// Source: IAM GetAccountPasswordPolicy; IAM User Guide, "Set an account password policy for IAM users".
var PasswordPolicyExists = checks.Check{
	ID:          "iam-password-policy-exists",
	Title:       "The account has a password policy of its own",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountPasswordPolicy", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Parameters:  checks.Parameters{"judge_without_passwords": true},
	Remedy:      "Set a password policy for the account.",
	Fix: checks.Fix{
		Threat: "Without a policy of the account AWS's default of eight characters applies. Short passwords are guessed.",
		CLI:    "aws iam update-account-password-policy --minimum-password-length 14 --require-symbols --require-numbers --require-uppercase-characters --require-lowercase-characters --allow-users-to-change-password --password-reuse-prevention 24",
		Terraform: `resource "aws_iam_account_password_policy" "this" {
  minimum_password_length        = 14
  require_symbols                = true
  require_numbers                = true
  require_uppercase_characters   = true
  require_lowercase_characters   = true
  allow_users_to_change_password = true
  password_reuse_prevention      = 24
}`,
		Cost: "Users meet it at their next change of password. The command sets the whole policy: what it leaves out goes back to its default.",
	},
	Judges:         checks.For(snapshot.Accounts, passwordPolicyExists),
	FailWhenUnread: true,
}

// PasswordPolicyRequiresUppercase passes when IAM passwords must hold an uppercase letter. AWS's default
// asks for three of four classes, which is another rule.
// Source: IAM GetAccountPasswordPolicy; IAM User Guide, "Set an account password policy for IAM users".
var PasswordPolicyRequiresUppercase = checks.Check{
	ID:          "iam-password-policy-requires-uppercase",
	Title:       "IAM passwords must hold an uppercase letter",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountPasswordPolicy", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Parameters:  checks.Parameters{"judge_without_passwords": true},
	Remedy:      "Have the account's password policy require an uppercase letter.",
	Fix: checks.Fix{
		Threat: "A password of few kinds of characters is found sooner by trying. Each kind makes the space to search larger.",
		CLI:    "aws iam update-account-password-policy --require-uppercase-characters --minimum-password-length 14 --allow-users-to-change-password",
		Terraform: `resource "aws_iam_account_password_policy" "this" {
  require_uppercase_characters = true
}`,
		Cost: "Users meet it at their next change of password. The command sets the whole policy: repeat what it already asks for.",
	},
	Judges:         checks.For(snapshot.Accounts, passwordRule("RequireUppercaseCharacters", func(p snapshot.PasswordPolicy) bool { return p.Uppercase })),
	FailWhenUnread: true,
}

// PasswordPolicyRequiresLowercase passes when IAM passwords must hold a lowercase letter.
// Source: IAM GetAccountPasswordPolicy.
var PasswordPolicyRequiresLowercase = checks.Check{
	ID:          "iam-password-policy-requires-lowercase",
	Title:       "IAM passwords must hold a lowercase letter",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountPasswordPolicy", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Parameters:  checks.Parameters{"judge_without_passwords": true},
	Remedy:      "Have the account's password policy require a lowercase letter.",
	Fix: checks.Fix{
		Threat: "A password of few kinds of characters is found sooner by trying. Each kind makes the space to search larger.",
		CLI:    "aws iam update-account-password-policy --require-lowercase-characters --minimum-password-length 14 --allow-users-to-change-password",
		Terraform: `resource "aws_iam_account_password_policy" "this" {
  require_lowercase_characters = true
}`,
		Cost: "Users meet it at their next change of password. The command sets the whole policy: repeat what it already asks for.",
	},
	Judges:         checks.For(snapshot.Accounts, passwordRule("RequireLowercaseCharacters", func(p snapshot.PasswordPolicy) bool { return p.Lowercase })),
	FailWhenUnread: true,
}

// PasswordPolicyRequiresNumber passes when IAM passwords must hold a digit.
// Source: IAM GetAccountPasswordPolicy.
var PasswordPolicyRequiresNumber = checks.Check{
	ID:          "iam-password-policy-requires-number",
	Title:       "IAM passwords must hold a digit",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountPasswordPolicy", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Parameters:  checks.Parameters{"judge_without_passwords": true},
	Remedy:      "Have the account's password policy require a digit.",
	Fix: checks.Fix{
		Threat: "A password of few kinds of characters is found sooner by trying. Each kind makes the space to search larger.",
		CLI:    "aws iam update-account-password-policy --require-numbers --minimum-password-length 14 --allow-users-to-change-password",
		Terraform: `resource "aws_iam_account_password_policy" "this" {
  require_numbers = true
}`,
		Cost: "Users meet it at their next change of password. The command sets the whole policy: repeat what it already asks for.",
	},
	Judges:         checks.For(snapshot.Accounts, passwordRule("RequireNumbers", func(p snapshot.PasswordPolicy) bool { return p.Numbers })),
	FailWhenUnread: true,
}

// PasswordPolicyRequiresSymbol passes when IAM passwords must hold a symbol.
// Source: IAM GetAccountPasswordPolicy.
var PasswordPolicyRequiresSymbol = checks.Check{
	ID:          "iam-password-policy-requires-symbol",
	Title:       "IAM passwords must hold a symbol",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountPasswordPolicy", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Parameters:  checks.Parameters{"judge_without_passwords": true},
	Remedy:      "Have the account's password policy require a symbol.",
	Fix: checks.Fix{
		Threat: "A password of few kinds of characters is found sooner by trying. Each kind makes the space to search larger.",
		CLI:    "aws iam update-account-password-policy --require-symbols --minimum-password-length 14 --allow-users-to-change-password",
		Terraform: `resource "aws_iam_account_password_policy" "this" {
  require_symbols = true
}`,
		Cost: "Users meet it at their next change of password. The command sets the whole policy: repeat what it already asks for.",
	},
	Judges:         checks.For(snapshot.Accounts, passwordRule("RequireSymbols", func(p snapshot.PasswordPolicy) bool { return p.Symbols })),
	FailWhenUnread: true,
}

func passwordPolicyExists(a *snapshot.Account, env checks.Env) checks.Verdict {
	return underPasswordPolicy(a, env, func(p snapshot.PasswordPolicy) checks.Verdict {
		if p.Custom {
			return checks.Pass("the account has a password policy of its own")
		}
		return checks.Fail("the account has no password policy of its own: AWS's default applies")
	})
}

// passwordRule judges one requirement of the policy by AWS's name for it.
func passwordRule(field string, asks func(snapshot.PasswordPolicy) bool) func(*snapshot.Account, checks.Env) checks.Verdict {
	return func(a *snapshot.Account, env checks.Env) checks.Verdict {
		return underPasswordPolicy(a, env, func(p snapshot.PasswordPolicy) checks.Verdict {
			switch {
			case !p.Custom:
				return checks.Fail("the account has no password policy of its own, and AWS's default does not ask for %s", field).With(field, "")
			case asks(p):
				return checks.Pass("%s is true", field).With(field, "true")
			}
			return checks.Fail("%s is false", field).With(field, "false")
		})
	}
}

// underPasswordPolicy judges the account's password policy where it matters: for the
// users who have a password, or always, as the parameter says. A report that could not
// be read never proves that nobody has a password.
func underPasswordPolicy(a *snapshot.Account, env checks.Env, judge func(snapshot.PasswordPolicy) checks.Verdict) checks.Verdict {
	unread := ""
	if !env.Bool("judge_without_passwords") {
		some, err := somePassword(a, env)
		switch {
		case err != nil:
			unread = "; whether any user has a password is unread: " + err.Error()
		case !some:
			return checks.DoesNotApply("no IAM user has a password")
		}
	}
	p, err := checks.Use(env, a.IAM.PasswordPolicy)
	if err != nil {
		return checks.Unknown(err)
	}
	v := judge(p)
	v.Reason += unread
	return v
}
