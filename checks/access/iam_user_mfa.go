package access

import (
	"strconv"

	"onus/checks"
	"onus/scanner/snapshot"
)

// UserConsoleMFAEnabled passes when a user who has a password signs in with MFA. A
// virtual device that was made and never enabled belongs to nobody and does not count.
// Source: credential report, password_enabled and mfa_active; for a user made after it,
// IAM GetLoginProfile and ListMFADevices.
var UserConsoleMFAEnabled = checks.Check{
	ID:          "iam-user-console-mfa-enabled",
	Title:       "IAM users with a password sign in with MFA",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport", "iam:GetCredentialReport", "iam:GetLoginProfile", "iam:ListMFADevices"},
	Remedy:      "Have the user enable an MFA device, or delete the password of a user who needs no console.",
	Fix: checks.Fix{
		Threat: "A password that is phished, or used elsewhere and leaked there, opens the console. A second factor is what such attacks fail at.",
		CLI: `aws iam create-virtual-mfa-device --virtual-mfa-device-name {name} --outfile qr.png --bootstrap-method QRCodePNG
aws iam enable-mfa-device --user-name {name} --serial-number arn:{partition}:iam::{account}:mfa/{name} --authentication-code1 CODE1 --authentication-code2 CODE2`,
		Terraform: `resource "aws_iam_virtual_mfa_device" "this" {
  virtual_mfa_device_name = "{name}"
}`,
		Cost: "The user must be there with the device; one who needs no console loses the password instead.",
	},
	Judges: checks.For(snapshot.Users, userConsoleMFAEnabled),
}

func userConsoleMFAEnabled(u snapshot.User, _ checks.Env) checks.Verdict {
	c, err := u.Console.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	var v checks.Verdict
	switch {
	case !c.Password:
		v = checks.DoesNotApply("the user has no password (%s)", c.Source)
	case c.MFA:
		v = checks.Pass("the user has a password and MFA (%s)", c.Source)
	default:
		v = checks.Fail("the user has a password and no MFA (%s)", c.Source)
	}
	return v.With("password", strconv.FormatBool(c.Password)).With("MFA", strconv.FormatBool(c.MFA))
}
