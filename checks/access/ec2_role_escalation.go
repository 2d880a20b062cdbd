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

// InstanceRoleNoPrivilegeEscalation passes when the role behind the instance's profile may
// take none of the ways to rights that it was not given, and may nowhere at large take
// credentials of others. A way is a set of actions, all of them allowed, on common resources.
// A named role that is passed is no way unless it is an administrator's; nor is one that may
// be passed to another service only.
// Source: as InstanceRoleNoAdmin; IAM User Guide, "Grant a user permissions to pass a role to
// an AWS service".
var InstanceRoleNoPrivilegeEscalation = checks.Check{
	ID:          "ec2-instance-role-no-privilege-escalation",
	Title:       "The role of an EC2 instance cannot raise its own privileges or create new principals",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       roleReads,
	Parameters:  checks.Parameters{"paths": ways, "credential_exposure_actions": exposures},
	Bounds:      pathBounds,
	Remedy:      "Take the actions out, name the resources, or bind them by conditions: the roles that may be passed, the service, the boundary.",
	Fix: roleFix("Whoever breaks into software on the instance uses the role to give themselves more rights: a new policy, a key of an administrator, a machine or function with a stronger role. A small hole becomes the whole account.",
		"Free. Machines that deploy need iam:PassRole with the roles named and iam:PassedToService set, and a permissions boundary on what they create."),
	Judges:         checks.For(snapshot.Instances, instanceRoleNoPrivilegeEscalation),
	FailWhenUnread: true,
}

// ways are sets of actions that together lead to rights that were not given.
var ways = [][]string{
	{"iam:CreatePolicyVersion"}, {"iam:SetDefaultPolicyVersion"}, {"iam:CreateAccessKey"}, {"iam:CreateLoginProfile"}, {"iam:UpdateLoginProfile"},
	{"iam:AttachUserPolicy"}, {"iam:AttachGroupPolicy"}, {"iam:AttachRolePolicy"}, {"iam:PutUserPolicy"}, {"iam:PutGroupPolicy"}, {"iam:PutRolePolicy"},
	{"iam:AddUserToGroup"}, {"iam:UpdateAssumeRolePolicy"},
	{"iam:CreateUser", "iam:AttachUserPolicy"}, {"iam:CreateGroup", "iam:AttachGroupPolicy"}, {"iam:CreateRole", "iam:AttachRolePolicy"},
	{"iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"}, {"iam:PassRole", "ec2:RunInstances"}, {"iam:PassRole", "cloudformation:CreateStack"},
	{"ssm:SendCommand"}, {"ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"},
}

// exposures are actions that yield credentials. ecr:GetAuthorizationToken is none of them:
// its token gives the rights of who asks for it, and every node that pulls images needs it
// on *. Nor are the actions of Cognito that ask for no credentials of IAM.
// Source: Amazon ECR API Reference, GetAuthorizationToken.
var exposures = []string{
	"sts:AssumeRole", "iam:CreateAccessKey", "iam:CreateServiceSpecificCredential", "iam:ResetServiceSpecificCredential", "ec2:GetPasswordData",
	"redshift:GetClusterCredentials", "rds-db:connect",
}

// pathBounds refuses ways and actions that name no action.
func pathBounds(parameter string, value any) error {
	paths, _ := value.([][]string)
	for _, p := range paths {
		if len(p) == 0 {
			return fmt.Errorf("a way without an action is taken by everybody")
		}
		if err := actionBounds(parameter, p); err != nil {
			return err
		}
	}
	return actionBounds(parameter, value)
}

func instanceRoleNoPrivilegeEscalation(i snapshot.Instance, env checks.Env) checks.Verdict {
	return byRole(i, env, func(h *identity.Held) checks.Verdict {
		return escalationVerdict(h, env, env.StringLists("paths"), expand(env.Strings("credential_exposure_actions")))
	})
}

// escalationVerdict fails by the ways that a role may take, and by the actions that yield
// credentials at large.
func escalationVerdict(h *identity.Held, env checks.Env, paths [][]string, actions []string) checks.Verdict {
	var found, narrowed []string
	var unsure, unread error
	note := func(what string, r identity.Right) {
		switch r.Extent {
		case identity.Given:
			found = append(found, fmt.Sprintf("%s by %s", what, r.Statements()))
			if r.Err != nil {
				unread = r.Err
			}
		case identity.Narrowed:
			narrowed = append(narrowed, fmt.Sprintf("%s by %s, %s", what, r.Statements(), r.Conditions()))
		case identity.Unsure:
			unsure = r.Err
		case identity.None:
		}
	}
	privileged := func(arn string) bool { return passedAdministrator(env, h.Role.Location, arn) }
	for _, p := range paths {
		note(strings.Join(p, " with "), h.Way(p, privileged))
	}
	for _, a := range actions {
		if !slices.ContainsFunc(paths, func(p []string) bool { return len(p) == 1 && strings.EqualFold(p[0], a) }) {
			note(a+" at large", h.Everywhere(a))
		}
	}
	switch {
	case len(found) > 0:
		return checks.Fail("role %s may use %s%s", h.Role.Name, strings.Join(wording.Some(found, 4), "; "), boundaryUnread(unread)).With("ways", strings.Join(wording.Some(found, 20), "; "))
	case unsure != nil:
		return unsureVerdict(h, unsure)
	case len(narrowed) > 0:
		return checks.Pass("role %s may raise its rights on conditions only: %s", h.Role.Name, strings.Join(wording.Some(narrowed, 3), "; ")).With("ways", "")
	}
	return checks.Pass("role %s has none of %d ways to more rights, and none of %d actions that yield credentials at large", h.Role.Name, len(paths), len(actions)).With("ways", "")
}

// passedAdministrator says that a named role may do everything, or that nothing tells.
func passedAdministrator(env checks.Env, at snapshot.Location, arn string) bool {
	r, err := checks.Find(env, snapshot.Roles, at, arn)
	if err != nil {
		return false // it is not there, and so cannot be passed
	}
	admin, err := identity.Admin(r.Account, identity.Of(env, r.Meta, r.Grants))
	return err != nil || admin.Answer == iampolicy.Yes
}
