package iam

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/checks/wording"
)

// PolicyGroupDenyCoversMembers passes when no Deny names groups where its actions are about
// users: IAM compares such actions with the user's ARN, so that the members of a group are
// not protected by naming the group.
// Source: IAM GetAccountAuthorizationDetails; Service Authorization Reference, "Actions
// defined by AWS Identity and Access Management (IAM)", resource types.
var PolicyGroupDenyCoversMembers = checks.Check{
	ID:          "iam-policy-group-deny-covers-members",
	Title:       "Deny statements on user actions name users, not a group's ARN",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Name the users, or a path under which they lie, in the Deny.",
	Fix: checks.Fix{
		Threat: "The Deny protects nobody: whoever holds the matching Allow makes keys and passwords of the group's members and signs in as them. The policy reads as if they were safe.",
		CLI:    "aws iam create-policy-version --policy-arn {arn} --policy-document file://mended.json --set-as-default",
		Terraform: `data "aws_iam_policy_document" "members" {
  statement {
    effect    = "Deny"
    actions   = ["iam:CreateAccessKey", "iam:*LoginProfile"]
    resources = ["arn:{partition}:iam::{account}:user/admins/*"]
  }
}`,
		Cost: "Users who are to be protected need a path of their own or have to be listed.",
	},
	Judges: identity.Each(policyGroupDenyCoversMembers),
}

// aboutUsers and aboutGroups are what IAM compares with the ARN of a user or of a group.
// Source: Service Authorization Reference, as of 2026-11.
var (
	aboutUsers = strings.Fields(`AttachUserPolicy ChangePassword CreateAccessKey CreateLoginProfile CreateServiceSpecificCredential CreateUser
		DeactivateMFADevice DeleteAccessKey DeleteLoginProfile DeleteServiceSpecificCredential DeleteSigningCertificate DeleteSSHPublicKey DeleteUser
		DeleteUserPermissionsBoundary DeleteUserPolicy DetachUserPolicy EnableMFADevice GetAccessKeyLastUsed GetLoginProfile GetSSHPublicKey GetUser
		GetUserPolicy ListAccessKeys ListAttachedUserPolicies ListGroupsForUser ListMFADevices ListServiceSpecificCredentials ListSigningCertificates
		ListSSHPublicKeys ListUserPolicies ListUserTags PutUserPermissionsBoundary PutUserPolicy ResetServiceSpecificCredential ResyncMFADevice TagUser
		UntagUser UpdateAccessKey UpdateLoginProfile UpdateServiceSpecificCredential UpdateSigningCertificate UpdateSSHPublicKey UpdateUser
		UploadSigningCertificate UploadSSHPublicKey`)
	aboutGroups = strings.Fields(`AddUserToGroup AttachGroupPolicy CreateGroup DeleteGroup DeleteGroupPolicy DetachGroupPolicy GetGroup GetGroupPolicy
		ListAttachedGroupPolicies ListGroupPolicies PutGroupPolicy RemoveUserFromGroup UpdateGroup`)
)

func policyGroupDenyCoversMembers(p identity.Policy, _ checks.Env) checks.Verdict {
	var void []string
	denies := 0
	for i := range p.Document.Statements {
		s := &p.Document.Statements[i]
		if s.Effect != policy.Deny || s.NotResource || s.NotAction || len(s.Resources) == 0 || slices.ContainsFunc(s.Resources, notGroup) {
			continue
		}
		denies++
		for _, a := range s.Actions {
			if touches(a, aboutUsers) && !touches(a, aboutGroups) {
				void = append(void, a+" in "+s.Name())
			}
		}
	}
	switch {
	case len(void) > 0:
		return checks.Fail("denied on groups alone, which does not reach their members: %s", wording.List(void, 5)).With("actions", wording.List(void, 20))
	case denies > 0:
		return checks.Pass("the Deny statements on groups are about groups")
	}
	return checks.Pass("no Deny names groups alone")
}

// notGroup says that a Resource is something else than groups.
func notGroup(resource string) bool {
	f := strings.SplitN(resource, ":", 6)
	return len(f) < 6 || f[2] != "iam" || !strings.HasPrefix(f[5], "group/")
}

// touches says that an action pattern takes in some of iam's actions. A name that it takes
// in only as all of iam's, or more, is not what it is about.
func touches(pattern string, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return policy.CoversFold(pattern, "iam:"+n) })
}
