package access

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"onus/checks"
	"onus/scanner/snapshot"
)

// UserMFAEnabled passes when a user who holds a password or an active access key has an MFA
// device. For a user with keys alone it changes nothing, unless a policy asks for it.
// Source: credential report, password_enabled, access_key_N_active and mfa_active.
var UserMFAEnabled = checks.Check{
	ID:          "iam-user-mfa-enabled",
	Title:       "Every IAM user that holds credentials has an MFA device",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Remedy:      "Have the user enable an MFA device; replace the keys of machines by roles.",
	Fix: checks.Fix{
		Threat: "Credentials without a second factor are as good as cash: who has them, is the user. Keys leak from code and laptops.",
		CLI: `aws iam create-virtual-mfa-device --virtual-mfa-device-name {name} --outfile qr.png --bootstrap-method QRCodePNG
aws iam enable-mfa-device --user-name {name} --serial-number arn:{partition}:iam::{account}:mfa/{name} --authentication-code1 CODE1 --authentication-code2 CODE2`,
		Terraform: `resource "aws_iam_virtual_mfa_device" "this" {
  virtual_mfa_device_name = "{name}"
}`,
		Cost: "A machine cannot show a device: give it a role.",
	},
	Judges: checks.For(snapshot.Users, byRow(userMFAEnabled)),
}

// UserPasswordAndKeysSeparate passes when a user does not hold both a password and an
// active access key.
// Source: credential report, password_enabled and access_key_N_active.
var UserPasswordAndKeysSeparate = checks.Check{
	ID:          "iam-user-password-and-keys-separate",
	Title:       "IAM users hold either a password or access keys, not both",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Remedy:      "Give the machine that uses the keys a role, or a user of its own.",
	Fix: checks.Fix{
		Threat: "A user for a person and a machine at once can be given neither MFA nor narrow rights. A leak of either is a leak of both.",
		CLI: `aws iam create-user --user-name MACHINE
aws iam delete-access-key --user-name {name} --access-key-id KEY-ID`,
		Terraform: `resource "aws_iam_role" "machine" {
  name               = "MACHINE"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}`,
		Cost: "The machine needs its new credentials before the key goes.",
	},
	Judges: checks.For(snapshot.Users, byRow(userPasswordAndKeysSeparate)),
}

// UserNotInDailyUse passes when no credential of a user has been used for some days: people
// and machines that work every day are to use roles.
// Source: credential report, password_last_used and access_key_N_last_used_date.
var UserNotInDailyUse = checks.Check{
	ID:          "iam-user-not-in-daily-use",
	Title:       "People and machines do not work as IAM users from day to day",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Parameters:  checks.Parameters{"quiet_days": 15},
	Remedy:      "Have people sign in through federation and give machines roles; waive users kept for emergencies.",
	Fix: checks.Fix{
		Threat: "Long-lived credentials in daily use are typed, stored and copied every day. Sessions of a role end by themselves.",
		CLI:    "aws sso-admin list-instances",
		Terraform: `resource "aws_ssoadmin_account_assignment" "this" {
  instance_arn       = "INSTANCE-ARN"
  permission_set_arn = "PERMISSION-SET-ARN"
  principal_id       = "GROUP-ID"
  principal_type     = "GROUP"
  target_id          = "{account}"
  target_type        = "AWS_ACCOUNT"
}`,
		Cost: "People sign in through the identity provider; machines outside AWS use IAM Roles Anywhere or OIDC.",
	},
	Judges: checks.For(snapshot.Users, byRow(userNotInDailyUse)),
}

// UserSigningCertificateAbsent passes when a user has no active X.509 signing certificate,
// a credential of the old SOAP interfaces.
// Source: credential report, cert_1_active and cert_2_active.
var UserSigningCertificateAbsent = checks.Check{
	ID:          "iam-user-signing-certificate-absent",
	Title:       "IAM users have no active X.509 signing certificate",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Remedy:      "Deactivate the certificate, then delete it.",
	Fix: checks.Fix{
		Threat: "A signing certificate is a credential for old interfaces that no rotation and no MFA reaches. It is forgotten until somebody uses it.",
		CLI: `aws iam update-signing-certificate --user-name {name} --certificate-id CERTIFICATE-ID --status Inactive
aws iam delete-signing-certificate --user-name {name} --certificate-id CERTIFICATE-ID`,
		Terraform: `# Signing certificates are managed by "aws_iam_signing_certificate": remove it from the configuration.`,
		Cost:      "What signs with it stops; inactive can be undone.",
	},
	Judges: checks.For(snapshot.Users, byRow(userSigningCertificateAbsent)),
}

// RootNotUsedRecently passes when neither the password nor a key of the root user has been
// used for some time. Sessions that a management account opens do not show here.
// Source: credential report, password_last_used and access_key_N_last_used_date.
var RootNotUsedRecently = checks.Check{
	ID:          "iam-root-not-used-recently",
	Title:       "The root user has not been used recently",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Parameters:  checks.Parameters{"quiet_days": 30},
	Remedy:      "Use roles for daily work, and the root user only for the tasks that ask for it.",
	Fix: checks.Fix{
		Threat: "Work as the root user is work without limits and without a name on it. Each use is a chance for its credentials to be stolen.",
		CLI:    "aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=root",
		Terraform: `data "aws_iam_policy_document" "deny_root" { # as a service control policy, for member accounts
  statement {
    effect    = "Deny"
    actions   = ["*"]
    resources = ["*"]
    condition {
      test     = "StringLike"
      variable = "aws:PrincipalArn"
      values   = ["arn:PARTITION:iam::*:root"]
    }
  }
}`,
		Cost: "A few tasks do ask for the root user: see the list in the IAM User Guide.",
	},
	Judges: checks.For(snapshot.Accounts, rootNotUsedRecently),
}

// RootSigningCertificatesAbsent passes when the root user has no X.509 signing certificate.
// A value that the summary lacks is not zero.
// Source: IAM GetAccountSummary, AccountSigningCertificatesPresent; credential report,
// cert_1_active and cert_2_active.
var RootSigningCertificatesAbsent = checks.Check{
	ID:          "iam-root-signing-certificates-absent",
	Title:       "The root user has no X.509 signing certificates",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountSummary", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Remedy:      "Sign in as the root user and delete the certificates.",
	Fix: checks.Fix{
		Threat:    "A signing certificate is a credential of the root user that hardly anybody remembers. It works for old interfaces without a second factor.",
		CLI:       "aws iam delete-signing-certificate --certificate-id CERTIFICATE-ID",
		Terraform: "# Signing certificates of the root user are not managed by Terraform.",
		Cost:      "The command must be run as the root user. What signs with the certificate stops.",
	},
	Judges: checks.For(snapshot.Accounts, rootSigningCertificatesAbsent),
}

func userMFAEnabled(r snapshot.CredentialRow, _ checks.Env) checks.Verdict {
	active, _ := activeKeys(r)
	password := r.PasswordEnabled == "true"
	holds := strings.Join(active, " and ")
	if password {
		holds = strings.Join(append([]string{"a password"}, active...), " and ")
	}
	note := ""
	if !password {
		note = "; for access keys it counts only where a policy asks for it"
	}
	switch {
	case !password && len(active) == 0:
		return checks.DoesNotApply("the user has neither a password nor an active access key")
	case r.MFAActive == "true":
		return checks.Pass("the user has %s and MFA%s", holds, note).With("mfa_active", r.MFAActive)
	}
	return checks.Fail("the user has %s, and mfa_active is %s%s", holds, r.MFAActive, note).With("mfa_active", r.MFAActive)
}

func userPasswordAndKeysSeparate(r snapshot.CredentialRow, _ checks.Env) checks.Verdict {
	active, some := activeKeys(r)
	password := r.PasswordEnabled == "true"
	var v checks.Verdict
	switch keys := strings.Join(active, " and "); {
	case password && len(active) > 0:
		v = checks.Fail("the user has a password and %s active", keys)
	case password:
		v = checks.Pass("the user has a password and no active access key")
	case len(active) > 0:
		v = checks.Pass("the user has %s active and no password", keys)
	case some:
		return checks.DoesNotApply("the user has no password and only inactive keys")
	default:
		return checks.DoesNotApply("the user has neither a password nor an access key")
	}
	return v.With("password", strconv.FormatBool(password)).With("active keys", strconv.Itoa(len(active)))
}

// latestUse is the latest known use of a password or key, through one that is inactive
// now too; zero for none.
func latestUse(r snapshot.CredentialRow) (at time.Time, of string) {
	at, of = r.PasswordUsed, "password"
	for i, k := range r.Keys {
		if k.LastUsed.After(at) {
			at, of = k.LastUsed, "access_key_"+strconv.Itoa(i+1)
		}
	}
	return at, of
}

// quiet passes when nothing was used within the days before the report.
func quiet(r snapshot.CredentialRow, limit int) checks.Verdict {
	at, of := latestUse(r)
	if at.IsZero() {
		return checks.Pass("no use of a password or an access key is known")
	}
	verdict := checks.Pass
	if r.Generated.Sub(at) <= time.Duration(limit)*day {
		verdict = checks.Fail
	}
	moment := at.Format(time.RFC3339)
	return verdict("%s last used %s, %s before the credential report; quiet: more than %d days", of, moment, days(r.Generated.Sub(at)), limit).With("last used", moment)
}

func userNotInDailyUse(r snapshot.CredentialRow, env checks.Env) checks.Verdict {
	return quiet(r, env.Int("quiet_days"))
}

func rootNotUsedRecently(a *snapshot.Account, env checks.Env) checks.Verdict {
	row, err := rootRow(a, env)
	if err != nil {
		return unrooted(err)
	}
	return quiet(row, env.Int("quiet_days"))
}

// certificates names the active signing certificates of a row.
func certificates(r snapshot.CredentialRow) (out []string) {
	for i, active := range r.Certificates {
		if active == "true" {
			out = append(out, "cert_"+strconv.Itoa(i+1))
		}
	}
	return out
}

func userSigningCertificateAbsent(r snapshot.CredentialRow, _ checks.Env) checks.Verdict {
	if active := certificates(r); len(active) > 0 {
		return checks.Fail("%s active", strings.Join(active, " and ")).With("active", strings.Join(active, " "))
	}
	return checks.Pass("cert_1_active is %s, cert_2_active is %s", r.Certificates[0], r.Certificates[1])
}

func rootSigningCertificatesAbsent(a *snapshot.Account, env checks.Env) checks.Verdict {
	const present = "AccountSigningCertificatesPresent"
	n, err := counter(a, env, present)
	row, rowErr := rootRow(a, env)
	active := certificates(row)
	switch {
	case len(active) > 0:
		return checks.Fail("the credential report shows %s active", strings.Join(active, " and "))
	case err == nil && n > 0:
		return checks.Fail("%s is %d", present, n).With(present, strconv.Itoa(int(n)))
	case err != nil:
		return uncounted(err)
	case rowErr != nil:
		return unrooted(rowErr)
	}
	return checks.Pass("%s is 0, and the credential report shows none", present).With(present, "0")
}

// unrooted is the verdict where rootRow fails.
func unrooted(err error) checks.Verdict {
	if errors.Is(err, errNoRoot) {
		return checks.Unclear("%v", err)
	}
	return checks.Unknown(err)
}
