package access

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	iampolicy "onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// AdminUsersMFAEnabled passes when a user whose policies, with those of the groups, allow
// everything has MFA. Documents decide, not names.
// Source: IAM GetAccountAuthorizationDetails; credential report, password_enabled,
// access_key_N_active and mfa_active.
var AdminUsersMFAEnabled = checks.Check{
	ID:          "iam-admin-users-mfa-enabled",
	Title:       "IAM users with administrator rights have MFA, whatever gives them the rights",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Remedy:      "Have the user enable an MFA device, and ask for MFA in the policies that give the rights.",
	Fix: checks.Fix{
		Threat: "One password or key of an administrator that is phished or leaked is the whole account. A second factor is what stands between.",
		CLI: `aws iam create-virtual-mfa-device --virtual-mfa-device-name {name} --outfile qr.png --bootstrap-method QRCodePNG
aws iam enable-mfa-device --user-name {name} --serial-number arn:{partition}:iam::{account}:mfa/{name} --authentication-code1 CODE1 --authentication-code2 CODE2`,
		Terraform: `resource "aws_iam_virtual_mfa_device" "this" {
  virtual_mfa_device_name = "{name}"
}`,
		Cost: "The user must be there with the device. Access keys do not ask for the device by themselves: policies must require it.",
	},
	Judges: checks.For(snapshot.Users, adminUsersMFAEnabled),
}

// UserAdminsLimited passes when the number of IAM users whose policies allow everything is
// within the limits. Administrators by roles alone do not count.
// Source: IAM GetAccountAuthorizationDetails.
var UserAdminsLimited = checks.Check{
	ID:          "iam-user-admins-limited",
	Title:       "The number of IAM users with administrator rights is limited",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Parameters:  checks.Parameters{"min_admins": 0, "max_admins": 2},
	Remedy:      "Let administrators assume a role, and keep a user or two for emergencies.",
	Fix: checks.Fix{
		Threat:    "Each user with administrator rights is a standing credential to everything. The more there are, the sooner one leaks.",
		CLI:       "aws iam detach-user-policy --user-name USER --policy-arn arn:PARTITION:iam::aws:policy/AdministratorAccess",
		Terraform: `# Remove the "aws_iam_user_policy_attachment" of AdministratorAccess, and let people assume a role for it.`,
		Cost:      "People must sign in through federation or assume a role before they administer.",
	},
	Judges: checks.For(snapshot.Accounts, userAdminsLimited),
}

// UserPolicyEditingAuthorized passes when a user can edit no access policy, or is named as
// intended by ARN. The users' groups count, and a Deny without a Condition takes away.
// Source: IAM GetAccountAuthorizationDetails.
var UserPolicyEditingAuthorized = checks.Check{
	ID:          "iam-user-policy-editing-authorized",
	Title:       "Only the IAM users named as intended can edit access policies",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Parameters:  checks.Parameters{"authorized_users": []string{}},
	Remedy:      "Take the rights from the user, or name its ARN in authorized_users.",
	Fix: checks.Fix{
		Threat: "A user who may edit policies can give himself everything. Nobody but those named should be able to.",
		CLI:    "aws iam detach-user-policy --user-name {name} --policy-arn POLICY-ARN",
		Terraform: `data "aws_iam_policy_document" "needed" {
  statement {
    effect    = "Deny"
    actions   = ["iam:Attach*", "iam:Put*Policy", "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"]
    resources = ["*"]
  }
}`,
		Cost: "The user can no longer manage access; the reason names the statement that gives the right.",
	},
	Judges: checks.For(snapshot.Users, userPolicyEditingAuthorized),
}

// CloudShellFullAccessNotAttached passes when AWS's policy that lets a browser's shell upload
// and download files is attached to nobody. A policy that is not in the list is attached to
// nobody.
// Source: IAM GetAccountAuthorizationDetails, AttachedManagedPolicies.
var CloudShellFullAccessNotAttached = checks.Check{
	ID:          "iam-cloudshell-full-access-not-attached",
	Title:       "AWSCloudShellFullAccess is attached to no identity",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Detach the policy; allow CloudShell without cloudshell:GetFileDownloadUrls and GetFileUploadUrls.",
	Fix: checks.Fix{
		Threat: "CloudShell lets its user move files in and out of a machine inside your account, past what watches your network. Data leaves by a download that no bucket logs.",
		CLI:    "aws iam detach-role-policy --role-name {name} --policy-arn arn:{partition}:iam::aws:policy/AWSCloudShellFullAccess",
		Terraform: `data "aws_iam_policy_document" "cloudshell" {
  statement {
    effect    = "Deny"
    actions   = ["cloudshell:GetFileDownloadUrls", "cloudshell:GetFileUploadUrls"]
    resources = ["*"]
  }
}`,
		Cost: "Those who work in CloudShell lose it, or only its file transfer with the statement. For users and groups the commands are detach-user-policy and detach-group-policy.",
	},
	Judges: checks.For(snapshot.Accounts, cloudShellFullAccessNotAttached),
}

func adminUsersMFAEnabled(u snapshot.User, env checks.Env) checks.Verdict {
	admin, err := identity.Admin(u.Account, identity.OfUser(env, u))
	switch {
	case err != nil:
		return identity.Untold(err)
	case admin.Answer == iampolicy.No:
		return checks.DoesNotApply("the user's policies do not allow everything")
	}
	row, err := u.Credentials.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case row == nil:
		return checks.Unclear("the user was made after the credential report")
	}
	v := userMFAEnabled(*row, env)
	if v.Status != checks.NotApplicable {
		v.Reason += "; everything is allowed by " + identity.Names(admin.Allows)
	}
	return v
}

func userAdminsLimited(a *snapshot.Account, env checks.Env) checks.Verdict {
	users, err := checks.In(env, snapshot.Users, a.Location).Get()
	least, most := env.Int("min_admins"), env.Int("max_admins")
	var admins []string
	for _, u := range users {
		admin, untold := identity.Admin(u.Account, identity.OfUser(env, u))
		switch {
		case untold != nil && err == nil:
			err = untold
		case admin.Answer == iampolicy.Yes:
			admins = append(admins, u.Name)
		}
	}
	slices.Sort(admins)
	list := wording.List(admins, 20)
	switch {
	case len(admins) > most:
		return checks.Fail("%d IAM users are administrators, want at most %d: %s", len(admins), most, list).With("administrators", fmt.Sprint(len(admins)))
	case err != nil:
		return identity.Untold(err)
	case len(admins) < least:
		return checks.Fail("%d IAM users are administrators, want at least %d", len(admins), least).With("administrators", fmt.Sprint(len(admins)))
	}
	return checks.Pass("%d IAM users are administrators: %s", len(admins), list).With("administrators", fmt.Sprint(len(admins)))
}

// editing are the actions through which access policies change.
var editing = []string{
	"iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:UpdateAssumeRolePolicy",
	"iam:PutUserPolicy", "iam:PutGroupPolicy", "iam:PutRolePolicy", "iam:DeleteUserPolicy", "iam:DeleteGroupPolicy", "iam:DeleteRolePolicy",
	"iam:AttachUserPolicy", "iam:AttachGroupPolicy", "iam:AttachRolePolicy", "iam:DetachUserPolicy", "iam:DetachGroupPolicy", "iam:DetachRolePolicy",
}

func userPolicyEditingAuthorized(u snapshot.User, env checks.Env) checks.Verdict {
	if slices.Contains(env.Strings("authorized_users"), u.ARN) {
		return checks.Pass("named in authorized_users").With("authorized_users", u.ARN)
	}
	sources := identity.OfUser(env, u)
	var edits, by []string
	for _, action := range editing {
		if ref, ok := identity.Granted(u.Account, sources, action); ok {
			edits = append(edits, action)
			if !slices.Contains(by, ref.String()) {
				by = append(by, ref.String())
			}
		}
	}
	if len(edits) > 0 {
		return checks.Fail("the user may %s by %s", wording.List(edits, 6), wording.List(by, 4)).With("actions", strings.Join(edits, " "))
	}
	if v, unread := identity.Unread(sources); unread {
		return v
	}
	for _, src := range sources {
		if issues := identity.Issues(src.Document); issues != "" {
			return checks.Unclear("%s: %s", src.Name, issues)
		}
	}
	return checks.Pass("none of the user's policies lets it edit access policies")
}

const cloudShell = ":iam::aws:policy/AWSCloudShellFullAccess"

func cloudShellFullAccessNotAttached(a *snapshot.Account, env checks.Env) checks.Verdict {
	holders, err := identity.Holders(env, a, func(arn string) bool {
		return strings.HasPrefix(arn, "arn:") && strings.HasSuffix(arn, cloudShell)
	})
	switch {
	case len(holders) > 0:
		list := wording.List(holders, 20)
		return checks.Fail("AWSCloudShellFullAccess is attached to %s", list).With("attached to", list)
	case err != nil:
		return checks.Unknown(err)
	}
	return checks.Pass("AWSCloudShellFullAccess is attached to nobody")
}
