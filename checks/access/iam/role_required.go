package iam

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// RoleRequiredPoliciesAttached passes when each policy that the organization wants on every
// role is attached to it, or stands in it by that name. A boundary is no attachment. Of the
// account it says whether such policies exist at all.
// Source: IAM GetAccountAuthorizationDetails, AttachedManagedPolicies and RolePolicyList.
var RoleRequiredPoliciesAttached = checks.Check{
	ID:          "iam-role-required-policies-attached",
	Title:       "Every role carries the policies that the organization requires",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Parameters:  checks.Parameters{"required_policies": []string{}},
	Remedy:      "Attach the policies that are missing.",
	Fix: checks.Fix{
		Threat:    "What the required policy denies or allows for all does not hold for this role. An exception that nobody decided on is the way around the rule.",
		CLI:       "aws iam attach-role-policy --role-name {name} --policy-arn arn:aws:iam::{account}:policy/REQUIRED",
		Terraform: "resource \"aws_iam_role_policy_attachment\" \"required\" {\n  role       = \"{name}\"\n  policy_arn = aws_iam_policy.required.arn\n}",
		Cost:      "A required policy that denies something can stop the role's work.",
	},
	Judges: checks.For(snapshot.Roles, roleRequiredPoliciesAttached).And(checks.For(snapshot.Accounts, requiredPoliciesExist)),
}

const noneRequired = "required_policies is empty"

func roleRequiredPoliciesAttached(r snapshot.Role, env checks.Env) checks.Verdict {
	required := env.Strings("required_policies")
	switch {
	case len(required) == 0:
		return checks.DoesNotApply(noneRequired)
	case r.ServiceLinked() || r.Reserved():
		return checks.DoesNotApply("AWS keeps the role: the path is %s", r.Path)
	}
	var lacking []string
	for _, want := range required {
		attached := slices.ContainsFunc(r.Attached, func(p snapshot.AttachedPolicy) bool { return p.ARN == want || p.Name == want })
		inline := slices.ContainsFunc(r.Inline, func(p snapshot.InlinePolicy) bool { return p.Name == want })
		if !attached && !inline {
			lacking = append(lacking, want)
		}
	}
	if len(lacking) > 0 {
		return checks.Fail("the role lacks %s", wording.List(lacking, 5)).With("lacking", wording.List(lacking, 20))
	}
	return checks.Pass("the role has all of %s", wording.List(required, 5))
}

func requiredPoliciesExist(a *snapshot.Account, env checks.Env) checks.Verdict {
	required := env.Strings("required_policies")
	if len(required) == 0 {
		return checks.DoesNotApply(noneRequired)
	}
	policies, err := checks.In(env, snapshot.ManagedPolicies, a.Location).Get()
	inline, _ := checks.In(env, snapshot.InlinePolicies, a.Location).Get() // in one list with the others
	var gone []string
	for _, want := range required {
		managed := slices.ContainsFunc(policies, func(p snapshot.ManagedPolicy) bool { return p.ARN == want || p.Name == want })
		inside := slices.ContainsFunc(inline, func(p snapshot.InlinePolicy) bool { return p.Name == want })
		aws := strings.Contains(want, ":iam::aws:") // only those in use are listed
		if !managed && !inside && !aws {
			gone = append(gone, want)
		}
	}
	switch {
	case len(gone) > 0 && err != nil:
		return checks.Unknown(err)
	case len(gone) > 0:
		return checks.Fail("no policy of the account is called %s", wording.List(gone, 5)).With("lacking", wording.List(gone, 20))
	}
	return checks.Pass("all of %d required policies exist", len(required))
}
