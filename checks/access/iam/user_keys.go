package iam

import (
	"fmt"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

const day = 24 * time.Hour

// UserSSHKeyRotated passes when no active SSH public key of a user, which CodeCommit takes,
// is older than the limit.
// Source: IAM ListSSHPublicKeys, Status and UploadDate.
var UserSSHKeyRotated = checks.Check{
	ID:          "iam-user-ssh-key-rotated",
	Title:       "SSH public keys of IAM users are not older than the limit",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails", "iam:ListSSHPublicKeys"},
	Parameters:  checks.Parameters{"max_age_days": 180},
	Bounds:      checks.AtLeast(1),
	Remedy:      "Upload a new key, use it, and delete the old one; better, use git-remote-codecommit with a role.",
	Fix: checks.Fix{
		Threat:    "The private key lies in a home folder, a backup or a build machine for years, and whoever copies it reads and changes the repositories under the user's name. No password and no MFA stand before it.",
		CLI:       "aws iam upload-ssh-public-key --user-name {name} --ssh-public-key-body file://new.pub\naws iam delete-ssh-public-key --user-name {name} --ssh-public-key-id OLD_KEY_ID",
		Terraform: "resource \"aws_iam_user_ssh_key\" \"{name}\" {\n  username   = \"{name}\"\n  encoding   = \"SSH\"\n  public_key = file(\"new.pub\")\n}",
		Cost:      "Every machine that holds the old key needs the new one.",
	},
	Judges: checks.For(snapshot.Users, userSSHKeyRotated),
}

// ServiceSpecificCredentialsExpire passes when no active credential for a single service is
// older than the limit, and each for Amazon Bedrock has an end. One that has ended lets
// nobody in, whatever its status says.
// Source: IAM ListServiceSpecificCredentials, Status, CreateDate and ExpirationDate.
var ServiceSpecificCredentialsExpire = checks.Check{
	ID:          "iam-service-specific-credentials-expire",
	Title:       "Service-specific credentials of IAM users expire and are not older than the limit",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails", "iam:ListServiceSpecificCredentials"},
	Parameters:  checks.Parameters{"max_age_days": 90},
	Bounds:      checks.AtLeast(1),
	Remedy:      "Delete the credential and use a role; where one is needed, make it anew with an end.",
	Fix: checks.Fix{
		Threat:    "Such a credential is a password or an API key that works from anywhere without MFA, and the credential report says nothing of it. One for Bedrock without an end runs up a bill for whoever finds it.",
		CLI:       "aws iam delete-service-specific-credential --user-name {name} --service-specific-credential-id CREDENTIAL_ID\naws iam create-service-specific-credential --user-name {name} --service-name bedrock.amazonaws.com --credential-age-days 30",
		Terraform: "resource \"aws_iam_service_specific_credential\" \"{name}\" {\n  user_name    = \"{name}\"\n  service_name = \"codecommit.amazonaws.com\"\n}",
		Cost:      "What uses the old credential fails until it has the new one.",
	},
	Judges: checks.For(snapshot.Users, serviceSpecificCredentialsExpire),
}

func userSSHKeyRotated(u snapshot.User, env checks.Env) checks.Verdict {
	keys, err := checks.Use(env, u.SSHKeys)
	if err != nil {
		return checks.Unknown(err)
	}
	limit := env.Int("max_age_days")
	active := 0
	var old []string
	for _, k := range keys {
		if !k.Active {
			continue
		}
		active++
		if env.AsOf.Sub(k.Uploaded) > time.Duration(limit)*day {
			old = append(old, k.ID+", uploaded "+k.Uploaded.Format(time.RFC3339))
		}
	}
	switch {
	case active == 0:
		return checks.DoesNotApply("the user has no active SSH public key")
	case len(old) > 0:
		return checks.Fail("older than %d days: %s", limit, strings.Join(old, "; ")).With("keys", strings.Join(old, "; "))
	}
	return checks.Pass("none of %d active SSH public keys is older than %d days", active, limit)
}

func serviceSpecificCredentialsExpire(u snapshot.User, env checks.Env) checks.Verdict {
	list, err := checks.Use(env, u.ServiceCredentials)
	if err != nil {
		return checks.Unknown(err)
	}
	limit := env.Int("max_age_days")
	active, ended := 0, 0
	var bad []string
	for _, c := range list {
		if !c.Active {
			continue
		}
		active++
		switch age := env.AsOf.Sub(c.Created); {
		case !c.Expires.IsZero() && !c.Expires.After(env.AsOf):
			ended++
		case c.Service == "bedrock.amazonaws.com" && c.Expires.IsZero():
			bad = append(bad, fmt.Sprintf("%s for %s never expires", c.ID, c.Service))
		case age > time.Duration(limit)*day:
			bad = append(bad, fmt.Sprintf("%s for %s is %d days old", c.ID, c.Service, int(age/day)))
		}
	}
	note := ""
	if ended > 0 {
		note = fmt.Sprintf("; %d of them have ended, though they are still active", ended)
	}
	switch {
	case active == 0:
		return checks.DoesNotApply("the user has no active service-specific credential")
	case len(bad) > 0:
		return checks.Fail("%s; limit: %d days%s", wording.List(bad, 4), limit, note).With("credentials", wording.List(bad, 20))
	}
	return checks.Pass("none of %d active service-specific credentials is older than %d days or lacks an end%s", active, limit, note)
}
