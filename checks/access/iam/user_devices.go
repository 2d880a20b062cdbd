package iam

import (
	"strings"

	"onus/checks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// UserHardwareMFAEnabled passes when every MFA device of a user who has a password is a
// security key or a hardware token. A virtual device's code can be asked for by a false
// page, and so can a text message's.
// Source: IAM ListMFADevices, SerialNumber; ListVirtualMFADevices, User.Arn; credential
// report, password_enabled and mfa_active.
var UserHardwareMFAEnabled = checks.Check{
	ID:          "iam-user-hardware-mfa-enabled",
	Title:       "IAM users with a password use phishing-resistant MFA devices only",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads: []string{"iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport", "iam:GetCredentialReport", "iam:GetLoginProfile",
		"iam:ListMFADevices", "iam:ListVirtualMFADevices"},
	Remedy: "Have the user register a security key, and remove the virtual devices.",
	Fix: checks.Fix{
		Threat:    "A page that looks like the sign-in page takes the password and the six digits and uses both at once. A security key answers only the page that it was registered with.",
		CLI:       "aws iam list-mfa-devices --user-name {name}\naws iam deactivate-mfa-device --user-name {name} --serial-number arn:aws:iam::{account}:mfa/{name}",
		Terraform: "",
		Cost:      "A security key for each user, and a spare one. The user registers it in the console: no command can.",
	},
	Judges: checks.For(snapshot.Users, userHardwareMFAEnabled),
}

func userHardwareMFAEnabled(u snapshot.User, env checks.Env) checks.Verdict {
	c, err := checks.Use(env, u.Console)
	switch {
	case err != nil:
		return checks.Unknown(err)
	case !c.Password:
		return checks.DoesNotApply("the user has no password (%s)", c.Source)
	case !c.MFA:
		return checks.Fail("the user has a password and no MFA device (%s)", c.Source)
	}
	devices, err := checks.Use(env, u.Devices)
	if err != nil {
		return checks.Unknown(err)
	}
	var soft []string
	for _, d := range devices {
		if kind := deviceKind(d.SerialNumber); kind == "mfa" || kind == "sms-mfa" {
			soft = append(soft, d.SerialNumber)
		}
	}
	switch {
	case len(soft) > 0:
		list := wording.List(soft, 4)
		return checks.Fail("of the user's devices %s is virtual or a phone", list).With("SerialNumber", list)
	case len(devices) == 0:
		return checks.Unclear("the credential report says that the user has MFA, and no device is listed")
	}
	return checks.Pass("all of the user's %d MFA devices are security keys or hardware tokens", len(devices))
}

// deviceKind is the type in a device's ARN; "" for a hardware token, whose number is no ARN.
func deviceKind(serial string) string {
	parts := strings.SplitN(serial, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return ""
	}
	kind, _, _ := strings.Cut(parts[5], "/")
	return kind
}
