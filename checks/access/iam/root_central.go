package iam

import (
	"errors"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/scanner/snapshot"
)

// RootCredentialsCentrallyManaged passes when the organization manages the root credentials
// of its members from one place. Only its management account, and whom it delegated IAM to,
// may ask.
// Source: IAM ListOrganizationsFeatures, EnabledFeatures and Errors.
var RootCredentialsCentrallyManaged = checks.Check{
	ID:          "iam-root-credentials-centrally-managed",
	Title:       "The organization manages the root credentials of its members centrally",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:ListOrganizationsFeatures", "organizations:DescribeOrganization"},
	Remedy:      "Turn on central root management, then delete the members' root credentials.",
	Fix: checks.Fix{
		Threat:    "Every member account keeps a root user whose password is reset by a mail, and no policy inside the account binds it. Nobody knows of all of them whether they have MFA.",
		CLI:       "aws organizations enable-aws-service-access --service-principal iam.amazonaws.com\naws iam enable-organizations-root-credentials-management",
		Terraform: "resource \"aws_iam_organizations_features\" \"root\" {\n  enabled_features = [\"RootCredentialsManagement\", \"RootSessions\"]\n}",
		Cost:      "Nothing changes for members by itself. Their root users cannot recover a password once it is deleted, except from the management account.",
	},
	Judges: checks.For(snapshot.Organizations, rootCredentialsCentrallyManaged),
}

// MemberRootCredentialsRemoved passes when a member account's root user has neither password
// nor key nor certificate. That the organization manages them says nothing of those that
// were there before.
// Source: credential report, row <root_account>; GetAccountSummary, AccountAccessKeysPresent,
// AccountPasswordPresent and AccountSigningCertificatesPresent.
var MemberRootCredentialsRemoved = checks.Check{
	ID:          "iam-member-root-credentials-removed",
	Title:       "Member accounts have no root password, key or certificate left",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads:       []string{"iam:GenerateCredentialReport", "iam:GetCredentialReport", "iam:GetAccountSummary", "organizations:DescribeOrganization"},
	Remedy:      "Delete the root credentials from the management account by IAM's central root management.",
	Fix: checks.Fix{
		Threat:    "Whoever gets into the mailbox of the root user resets its password and owns the account, past every policy in it. An account that nobody signs in to as root has no use for such credentials.",
		CLI:       "aws sts assume-root --target-principal {account} --task-policy-arn arn=arn:aws:iam::aws:policy/root-task/IAMDeleteRootUserCredentials\naws iam delete-login-profile",
		Terraform: "",
		Cost:      "Tasks that only the root user can do are done from the management account by sts:AssumeRoot. No Terraform resource deletes them.",
	},
	Judges: checks.For(snapshot.Accounts, memberRootCredentialsRemoved),
}

func rootCredentialsCentrallyManaged(o snapshot.Organization, env checks.Env) checks.Verdict {
	if o.ID == "" {
		return checks.DoesNotApply("the account is in no organization")
	}
	f, err := checks.Use(env, env.Account().IAM.Features)
	if err != nil {
		return checks.Unknown(err)
	}
	switch f.Refused {
	case "":
	case "AccountNotManagementOrDelegatedAdministrator":
		return checks.DoesNotApply("the account neither manages the organization nor administers IAM for it")
	case "OrganizationNotFound":
		return checks.DoesNotApply("IAM knows of no organization of the account")
	default:
		return checks.Fail("the feature is off: AWS answers %s", f.Refused).With("error", f.Refused)
	}
	list := strings.Join(f.Enabled, ", ")
	if slices.Contains(f.Enabled, "RootCredentialsManagement") {
		return checks.Pass("EnabledFeatures: %s", list).With("EnabledFeatures", list)
	}
	if list == "" {
		list = "none"
	}
	return checks.Fail("EnabledFeatures: %s; want RootCredentialsManagement", list).With("EnabledFeatures", list)
}

func memberRootCredentialsRemoved(a *snapshot.Account, env checks.Env) checks.Verdict {
	o, err := checks.Use(env, a.Org.Organization)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.DoesNotApply("the account is in no organization")
	case err != nil:
		return checks.Unknown(err)
	case o.Manages(a.Location.Account):
		return checks.DoesNotApply("the account manages the organization: its root credentials must stay")
	}
	left, err := rootCredentials(a, env)
	switch {
	case left != "":
		return checks.Fail("%s", left)
	case err != nil:
		return identity.Untold(err)
	}
	return checks.Pass("password_enabled is false, and no key or certificate of the root user is active")
}

// rootCredentials says which credentials the root user still has; "" for none, or an error
// where not all of them could be seen.
func rootCredentials(a *snapshot.Account, env checks.Env) (string, error) {
	if summary, err := checks.Use(env, a.IAM.Summary); err == nil {
		for _, name := range []string{"AccountAccessKeysPresent", "AccountSigningCertificatesPresent"} {
			if summary[name] > 0 {
				return name + " is not 0", nil
			}
		}
	}
	rows, err := checks.Use(env, a.IAM.Report)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(rows, func(r snapshot.CredentialRow) bool { return r.User == snapshot.Root })
	if i < 0 {
		return "", errors.New("the credential report has no row of the root user")
	}
	row := rows[i]
	switch {
	case row.PasswordEnabled == "not_supported":
		return "password_enabled is not_supported: it is not proven that the password was removed", nil
	case row.PasswordEnabled != "false":
		return "password_enabled is " + row.PasswordEnabled, nil
	case row.Keys[0].Active == "true" || row.Keys[1].Active == "true":
		return "the root user has an active access key", nil
	case row.Certificates[0] == "true" || row.Certificates[1] == "true":
		return "the root user has an active signing certificate", nil
	}
	return "", nil
}
