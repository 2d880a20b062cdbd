package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// passwords sets the account's password policy and who has a password.
func passwords(p snapshot.PasswordPolicy, rows ...snapshot.CredentialRow) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.IAM.PasswordPolicy, a.IAM.Report = snapshot.Value(p), snapshot.Value(rows)
	}
}

func passwordsDenied(a *snapshot.Account) {
	a.IAM.PasswordPolicy = snapshot.Missing[snapshot.PasswordPolicy](checktest.Unread("iam:GetAccountPasswordPolicy", snapshot.Denied))
}

// passwordCases hold for each rule of the policy: broken and kept are two policies.
func passwordCases(field string, kept, broken snapshot.PasswordPolicy) []checktest.Case {
	kept.Custom, broken.Custom = true, true
	relaxed := map[string]any{"judge_without_passwords": false}
	root := snapshot.CredentialRow{User: snapshot.Root, PasswordEnabled: "true"}
	return []checktest.Case{
		{Name: "kept", Set: passwords(kept), Want: checks.PASS, Reason: field},
		{Name: "broken, or the field is absent", Set: passwords(broken), Want: checks.FAIL, Reason: field},
		{Name: "no policy of its own", Set: passwords(snapshot.PasswordPolicy{}), Want: checks.FAIL, Reason: "no password policy of its own"},
		{Name: "denied is not AWS's default", Set: passwordsDenied, Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "only root has a password", Set: passwords(broken, root), Parameters: relaxed, Want: checks.NotApplicable, Reason: "no IAM user has a password"},
		{Name: "only root has a password, judged all the same", Set: passwords(broken, root), Want: checks.FAIL, Reason: field},
		{Name: "a user has one", Set: passwords(broken, root, snapshot.CredentialRow{User: "anna", PasswordEnabled: "true"}), Parameters: relaxed, Want: checks.FAIL, Reason: field},
		{Name: "an unread report proves nothing", Set: func(a *snapshot.Account) {
			passwords(broken)(a)
			a.IAM.Report = reportDenied
		}, Parameters: relaxed, Want: checks.FAIL, Reason: "iam:GetCredentialReport"},
	}
}

func TestPasswordRules(t *testing.T) {
	type policy = snapshot.PasswordPolicy
	for _, tt := range []struct {
		check        *checks.Check
		field        string
		kept, broken policy
	}{
		// The other three classes do not stand in for the one.
		{&PasswordPolicyRequiresUppercase, "RequireUppercaseCharacters", policy{Uppercase: true}, policy{Lowercase: true, Numbers: true, Symbols: true}},
		{&PasswordPolicyRequiresLowercase, "RequireLowercaseCharacters", policy{Lowercase: true}, policy{Uppercase: true, Numbers: true, Symbols: true}},
		{&PasswordPolicyRequiresNumber, "RequireNumbers", policy{Numbers: true}, policy{Uppercase: true, Lowercase: true, Symbols: true}},
		{&PasswordPolicyRequiresSymbol, "RequireSymbols", policy{Symbols: true}, policy{Uppercase: true, Lowercase: true, Numbers: true}},
		{&PasswordPolicyPreventsReuse, "PasswordReusePrevention", policy{ReusePrevention: 24}, policy{}},
		{&PasswordPolicyExpiresPasswords, "MaxPasswordAge", policy{Expire: true, MaxAge: 90}, policy{}},
		{&PasswordPolicyUsersMayChange, "AllowUsersToChangePassword", policy{UsersMayChange: true}, policy{}},
	} {
		t.Run(tt.check.ID, func(t *testing.T) {
			checktest.Run(t, tt.check, passwordCases(tt.field, tt.kept, tt.broken))
		})
	}
}

func TestPasswordPolicyExists(t *testing.T) {
	checktest.Run(t, &PasswordPolicyExists, []checktest.Case{
		{Name: "a policy of its own, however weak", Set: passwords(snapshot.PasswordPolicy{Custom: true, MinimumLength: 6}), Want: checks.PASS, Reason: "of its own"},
		{Name: "none is no failure to read", Set: passwords(snapshot.PasswordPolicy{}), Want: checks.FAIL, Reason: "AWS's default applies"},
		{Name: "denied is not none", Set: passwordsDenied, Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "nobody has a password", Set: passwords(snapshot.PasswordPolicy{}), Parameters: map[string]any{"judge_without_passwords": false}, Want: checks.NotApplicable, Reason: "no IAM user"},
	})
}

func TestPasswordPolicyNumbers(t *testing.T) {
	age := func(p snapshot.PasswordPolicy) func(*snapshot.Account) {
		p.Custom = true
		return passwords(p)
	}
	checktest.Run(t, &PasswordPolicyExpiresPasswords, []checktest.Case{
		{Name: "a day too long", Set: age(snapshot.PasswordPolicy{Expire: true, MaxAge: 91}), Want: checks.FAIL, Reason: "91 days, want at most 90"},
		{Name: "0 is never", Set: age(snapshot.PasswordPolicy{Expire: true}), Want: checks.FAIL, Reason: "never expire"},
		{Name: "an age that is not in force", Set: age(snapshot.PasswordPolicy{MaxAge: 30}), Want: checks.FAIL, Reason: "ExpirePasswords is false"},
		{Name: "hard expiry is mentioned", Set: age(snapshot.PasswordPolicy{Expire: true, MaxAge: 30, HardExpiry: true}), Want: checks.PASS, Reason: "HardExpiry is true"},
		{Name: "denied", Set: passwordsDenied, Want: checks.UNKNOWN, Reason: "denied"},
	})
	checktest.Run(t, &PasswordPolicyPreventsReuse, []checktest.Case{
		{Name: "one too few", Set: age(snapshot.PasswordPolicy{ReusePrevention: 23}), Want: checks.FAIL, Reason: "is 23, want at least 24"},
		{Name: "absent is no zero", Set: age(snapshot.PasswordPolicy{}), Want: checks.FAIL, Reason: "is not set"},
		{Name: "a smaller parameter", Set: age(snapshot.PasswordPolicy{ReusePrevention: 5}), Parameters: map[string]any{"remembered": 5}, Want: checks.PASS, Reason: "is 5"},
		{Name: "denied", Set: passwordsDenied, Want: checks.UNKNOWN, Reason: "denied"},
	})
	for _, tt := range []struct {
		check *checks.Check
		name  string
		value any
		fits  bool
	}{
		{&PasswordPolicyPreventsReuse, "remembered", 24, true}, {&PasswordPolicyPreventsReuse, "remembered", 25, false},
		{&PasswordPolicyPreventsReuse, "remembered", 0, false}, {&PasswordPolicyPreventsReuse, "judge_without_passwords", true, true},
		{&PasswordPolicyExpiresPasswords, "max_age_days", 1095, true}, {&PasswordPolicyExpiresPasswords, "max_age_days", 1096, false},
	} {
		if err := tt.check.Bounds(tt.name, tt.value); (err == nil) != tt.fits {
			t.Errorf("%s %s %v: %v", tt.check.ID, tt.name, tt.value, err)
		}
	}
}
