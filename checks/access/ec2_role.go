package access

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	iampolicy "onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// roleReads is what the rights of an instance's role rest on.
var roleReads = []string{"ec2:DescribeInstances", "iam:ListInstanceProfiles", "iam:GetAccountAuthorizationDetails"}

// InstanceRoleNoAdmin passes when the role behind the instance's profile cannot administer
// the account: it may not change identities and their policies on every resource, nor the
// organization. A Deny takes a right away, and a boundary cuts it; a right on conditions
// that only some requests meet is told and does not fail. Service control policies are not
// looked at. Source: EC2 DescribeInstances, IamInstanceProfile; IAM ListInstanceProfiles and
// GetAccountAuthorizationDetails.
var InstanceRoleNoAdmin = checks.Check{
	ID:          "ec2-instance-role-no-admin",
	Title:       "The role of an EC2 instance does not administer the account",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       roleReads,
	Parameters:  checks.Parameters{"ignore_role_arns": []string{}},
	Remedy:      "Give the role the actions and resources that its software needs, and a permissions boundary.",
	Fix: checks.Fix{
		Threat: "Whoever breaks into software on the instance takes the role's credentials from the metadata service and makes themselves an administrator of the account. They can then read, change and delete everything, and lock you out.",
		CLI: `aws iam list-attached-role-policies --role-name ROLE
aws iam list-role-policies --role-name ROLE
aws iam detach-role-policy --role-name ROLE --policy-arn WIDE_POLICY
aws iam put-role-policy --role-name ROLE --policy-name needed --policy-document file://NEEDED.json
aws iam put-role-permissions-boundary --role-name ROLE --permissions-boundary BOUNDARY_POLICY`,
		Terraform: `resource "aws_iam_role" "example" {
  name                 = "ROLE"
  assume_role_policy   = data.aws_iam_policy_document.ec2.json
  permissions_boundary = aws_iam_policy.boundary.arn
}

resource "aws_iam_role_policy" "needed" {
  role   = aws_iam_role.example.id
  policy = data.aws_iam_policy_document.needed.json
}`,
		Cost: "Free. Software that uses more than you know of fails: read the role's last accessed services and CloudTrail first. Machines that administer on purpose belong into an account of their own.",
	},
	Judges:         checks.For(snapshot.Instances, instanceRoleNoAdmin),
	FailWhenUnread: true,
}

// administration are the actions of whoever administers an account, by the table of actions:
// those that change identities' policies and boundaries, and those that change the
// organization.
func administration() (out []string) {
	for _, pattern := range []string{
		"iam:Attach*Policy", "iam:Put*Policy", "iam:Delete*Policy", "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion",
		"iam:*PermissionsBoundary", "iam:*AccountPasswordPolicy", "organizations:*",
	} {
		for a := range iampolicy.Actions(pattern) {
			if a.Changes() && a.Level != iampolicy.Tagging && !slices.Contains(out, a.Name) {
				out = append(out, a.Name)
			}
		}
	}
	return out
}

func instanceRoleNoAdmin(i snapshot.Instance, env checks.Env) checks.Verdict {
	return byRole(i, env, func(h *identity.Held) checks.Verdict {
		if slices.Contains(env.Strings("ignore_role_arns"), h.Role.ARN) {
			return checks.DoesNotApply("its role %s is named in ignore_role_arns", h.Role.ARN)
		}
		return rightsVerdict(h, administration(), "administer the account")
	})
}

// byRole judges an instance by the role that its profile hands to it.
func byRole(i snapshot.Instance, env checks.Env, judge func(*identity.Held) checks.Verdict) checks.Verdict {
	r, v, ok := roleOf(i, env)
	if !ok {
		return v
	}
	return judge(identity.OfInstance(env, i, r)).With("IamInstanceProfile", i.Profile).With("Role", r.ARN)
}

// roleOf is the role of an instance; without one, the verdict says why.
func roleOf(i snapshot.Instance, env checks.Env) (snapshot.Role, checks.Verdict, bool) {
	none := func(v checks.Verdict) (snapshot.Role, checks.Verdict, bool) {
		return snapshot.Role{}, v.With("IamInstanceProfile", i.Profile), false
	}
	if i.Profile == "" {
		return none(checks.DoesNotApply("the instance holds no instance profile"))
	}
	p, err := checks.Find(env, snapshot.InstanceProfiles, i.Location, i.Profile)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return none(checks.Unclear("%s is none of the account's instance profiles: it was deleted since, or made while this was read", i.Profile))
	case err != nil:
		return none(checks.Unknown(err))
	case i.ProfileID != "" && p.ID != "" && i.ProfileID != p.ID:
		return none(checks.Unclear("the instance holds the profile %s, which was deleted and made again as %s: nothing tells whether it gets credentials", i.ProfileID, p.ID))
	case len(p.Roles) == 0:
		return none(checks.Pass("its instance profile holds no role, and so gives no credentials"))
	}
	r, err := checks.Find(env, snapshot.Roles, i.Location, p.Roles[0])
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return none(checks.Unclear("%s of its instance profile is none of the account's roles: it was deleted since, or made while this was read", p.Roles[0]))
	case err != nil:
		return none(checks.Unknown(err))
	}
	return r, checks.Verdict{}, true
}

// rightsVerdict fails by the actions that a role may take everywhere; what for says what
// they are.
func rightsVerdict(h *identity.Held, actions []string, what string) checks.Verdict {
	given, narrowed := map[string][]string{}, map[string][]string{} // by the statements
	var all []string
	var unsure, unread error
	for _, action := range actions {
		switch r := h.Everywhere(action); r.Extent {
		case identity.Given:
			all = append(all, action)
			given[r.Statements()] = append(given[r.Statements()], action)
			if r.Err != nil {
				unread = r.Err
			}
		case identity.Narrowed:
			by := r.Statements() + ", " + r.Conditions()
			narrowed[by] = append(narrowed[by], action)
		case identity.Unsure:
			unsure = r.Err
		case identity.None:
		}
	}
	switch {
	case len(all) > 0:
		return checks.Fail("role %s may %s%s", h.Role.Name, byStatements(given), boundaryUnread(unread)).With("actions", wording.List(all, 30))
	case unsure != nil:
		return unsureVerdict(h, unsure)
	case len(narrowed) > 0:
		return checks.Pass("role %s may %s on conditions only: %s", h.Role.Name, what, byStatements(narrowed)).With("actions", "")
	}
	return checks.Pass("role %s may not %s: none of %d actions is allowed on every resource", h.Role.Name, what, len(actions)).With("actions", "")
}

// byStatements lists actions with the statements that allow them.
func byStatements(by map[string][]string) string {
	var out []string
	for _, statement := range slices.Sorted(maps.Keys(by)) {
		out = append(out, fmt.Sprintf("%s by %s", wording.List(by[statement], 4), statement))
	}
	return strings.Join(wording.Some(out, 3), "; ")
}

func boundaryUnread(err error) string {
	if err == nil {
		return ""
	}
	return ", unless a boundary lifts it that was not read: " + err.Error()
}

// unsureVerdict is the verdict where a policy that was not read or not understood may give
// the right.
func unsureVerdict(h *identity.Held, err error) checks.Verdict {
	v := identity.Untold(err)
	v.Reason = "role " + h.Role.Name + ": " + v.Reason
	return v
}
