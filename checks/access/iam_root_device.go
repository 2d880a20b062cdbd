package access

import (
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// RootHardwareMFAEnabled passes when the root user signs in with MFA and none of its devices
// is a virtual one. Passkeys are in no list, so their kind cannot be seen. It does not apply
// where the report shows that the root user has nothing to sign in with, nor in China and
// GovCloud.
// Source: IAM GetAccountSummary, AccountMFAEnabled; ListVirtualMFADevices, User.Arn and
// SerialNumber.
var RootHardwareMFAEnabled = checks.Check{
	ID:          "iam-root-hardware-mfa-enabled",
	Title:       "Every MFA device of the root user is a hardware device or security key",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountSummary", "iam:ListVirtualMFADevices", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Remedy:      "Sign in as the root user, register a security key and remove the virtual devices.",
	Fix: checks.Fix{
		Threat: "A virtual device is a secret on a phone that can be copied or phished. A security key cannot be.",
		Terraform: `resource "aws_iam_organizations_features" "this" {
  enabled_features = ["RootCredentialsManagement"] # member accounts then need no root credentials at all
}`,
		Cost: "There is no command: sign in as the root user, register a security key and remove the virtual devices. Keys cost money and want a safe place, two of them in two places.",
	},
	Judges:         checks.For(snapshot.Accounts, rootHardwareMFAEnabled),
	FailWhenUnread: true,
}

func rootHardwareMFAEnabled(a *snapshot.Account, env checks.Env) checks.Verdict {
	if a.Partition == "aws-cn" || a.Partition == "aws-us-gov" {
		return checks.DoesNotApply("the partition is %s", a.Partition)
	}
	v := rootMFAEnabled(a, env)
	if v.Status != checks.PASS { // no MFA at all, or nothing to sign in with
		return v
	}
	devices, err := checks.Use(env, a.IAM.VirtualMFADevices)
	if err != nil {
		return checks.Unknown(err)
	}
	root := "arn:" + a.Partition + ":iam::" + a.Location.Account + ":root"
	for _, d := range devices {
		if d.UserARN == root || strings.HasSuffix(d.SerialNumber, ":mfa/root-account-mfa-device") {
			return checks.Fail("the root user has the virtual device %s", d.SerialNumber).With("SerialNumber", d.SerialNumber)
		}
	}
	return checks.Pass("%s is 1, and none of %d assigned virtual devices is the root user's; the kind of a passkey cannot be seen", mfaEnabled, len(devices)).With(mfaEnabled, "1")
}
