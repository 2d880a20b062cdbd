package access

import (
	"slices"

	"onus/checks"
	"onus/checks/access/identity"
	iampolicy "onus/checks/access/policy"
	"onus/checks/network"
	"onus/scanner/snapshot"
)

// InstanceRoleNoEscalationPath passes when the role that an instance holds is no administrator in
// effect, and no way leads from it to one. An instance that is stopped counts: a start brings
// the role back. A FAIL is grave and not the worst where the internet does not reach the
// instance and its metadata asks for tokens, and says so.
// Source: EC2 DescribeInstances, IamInstanceProfile; IAM ListInstanceProfiles and
// GetAccountAuthorizationDetails; Organizations ListParents, ListPoliciesForTarget and
// DescribePolicy; the network as in ec2-instance-internet-facing-without-role.
var InstanceRoleNoEscalationPath = checks.Check{
	ID:          "iam-instance-role-no-escalation-path",
	Title:       "Roles that EC2 instances hold neither are administrator nor lead to it",
	Severity:    checks.Critical,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads: each(slices.Concat([]string{"iam:GetAccountAuthorizationDetails", "iam:ListInstanceProfiles", "ssm:GetServiceSetting"},
		identity.GraphReads, identity.GuardrailReads, network.ExposureReads)),
	FailWhenUnread: true,
	Remedy:         "Cut one step of the way: narrow the role's policies, name the roles that it may assume and pass, or bound it.",
	Fix: checks.Fix{
		Threat: "Whoever breaks into software on the instance takes the role's credentials from the metadata service and is an administrator a few calls later. A hole in one program becomes the loss of the account.",
		CLI: `aws iam list-attached-role-policies --role-name ROLE
aws iam detach-role-policy --role-name ROLE --policy-arn WIDE_POLICY
aws iam put-role-permissions-boundary --role-name ROLE --permissions-boundary BOUNDARY_POLICY`,
		Terraform: `resource "aws_iam_role" "example" {
  name                 = "ROLE"
  assume_role_policy   = data.aws_iam_policy_document.ec2.json
  permissions_boundary = aws_iam_policy.boundary.arn
}`,
		Cost: "Free. Software that leaned on the right which goes fails: IAM's access history and CloudTrail show what is used. Machines that deploy on purpose belong into an account of their own.",
	},
	Judges: checks.For(snapshot.Instances, instanceRoleNoEscalationPath),
}

// each leaves out what a list repeats.
func each(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// pathLength is the most steps that are followed from a role.
const pathLength = 6

func instanceRoleNoEscalationPath(i snapshot.Instance, env checks.Env) checks.Verdict {
	r, v, ok := roleOf(i, env)
	switch {
	case ok:
	case i.Profile == "":
		note, _ := hostManagement(i, env)
		v.Reason += note
		return v
	default:
		return v
	}
	v = leads(r, env)
	if v.Status == checks.FAIL && sheltered(i, env) {
		v.Reason += "; the internet does not reach the instance and its metadata asks for tokens, so that this is grave and not the worst"
	}
	return v.With("IamInstanceProfile", i.Profile).With("Role", r.ARN)
}

// leads fails where a role is an administrator in effect, or a way leads from it to one.
func leads(r snapshot.Role, env checks.Env) checks.Verdict {
	e := identity.EffectiveRole(env, r)
	right := e.EffectiveAdmin(iampolicy.ProbeActions)
	switch right.Answer {
	case iampolicy.Yes:
		return checks.Fail("role %s is an administrator in effect by %s%s", r.Name, right.Allow, e.Unread(right)).With("steps", "")
	case iampolicy.CannotTell:
		if v := identity.NoPath(e, r.Meta, env, pathLength, "role "+r.Name+": "); v.Status == checks.FAIL {
			return v
		}
		v := identity.Undecided(e.Sources())
		v.Reason = "role " + r.Name + ": " + v.Reason
		return v
	case iampolicy.No:
	}
	v := identity.NoPath(e, r.Meta, env, pathLength, "role "+r.Name+": ")
	if v.Status == checks.PASS {
		v.Reason = "role " + r.Name + " is no administrator, and no way of up to 6 steps leads from it to one"
	}
	return v.With("steps", v.Observed["steps"])
}

// sheltered says for certain that a break-in needs another way in first: the internet does
// not reach the instance, and one forged request does not read the credentials.
func sheltered(i snapshot.Instance, env checks.Env) bool {
	m, err := i.Metadata.Get()
	return err == nil && m.HTTPTokens == "required" && network.Exposure(i, env).Status == checks.PASS
}
