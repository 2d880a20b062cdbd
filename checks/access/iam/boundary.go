package iam

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// BoundaryRestricts passes when a principal's permissions boundary takes something away
// beside the right to shed it, and the principal can neither remove nor replace it nor
// write the policy that it is.
// Source: IAM GetAccountAuthorizationDetails, PermissionsBoundary; IAM User Guide,
// "Permissions boundaries for IAM entities".
var BoundaryRestricts = checks.Check{
	ID:             "iam-boundary-restricts",
	Title:          "Permissions boundaries take something away and cannot be shed",
	Severity:       checks.High,
	Category:       checks.Access,
	Duty:           checks.AccessControl,
	ServiceKind:    checks.OfAccount,
	Tier:           3,
	Reads:          slices.Concat([]string{"iam:GetAccountAuthorizationDetails"}, identity.GuardrailReads),
	FailWhenUnread: true,
	Remedy:         "Name in the boundary what the principal may do, and deny it to change the boundary or its policy.",
	Fix: checks.Fix{
		Threat: "The principal takes its limit off with one call and has all that its policies allow. Whoever delegated administration within the boundary delegated all of it.",
		CLI:    "aws iam create-policy-version --policy-arn BOUNDARY_ARN --policy-document file://boundary.json --set-as-default",
		Terraform: `data "aws_iam_policy_document" "this" {
  statement {
    effect    = "Deny"
    actions   = ["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary", "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicyVersion"]
    resources = ["*"]
  }
}`,
		Cost: "Changes to the boundary are made by somebody else from then on.",
	},
	Judges: checks.For(snapshot.Users, func(u snapshot.User, env checks.Env) checks.Verdict {
		return boundaryRestricts(identity.EffectiveUser(env, u), u.BoundaryARN, "User")
	}).And(checks.For(snapshot.Roles, func(r snapshot.Role, env checks.Env) checks.Verdict {
		if r.ServiceLinked() {
			return checks.DoesNotApply("the role belongs to an AWS service")
		}
		return boundaryRestricts(identity.EffectiveRole(env, r), r.BoundaryARN, "Role")
	})),
}

// DelegatedAdminMustSetBoundary passes when a principal below administrator that makes users
// or roles, or gives them policies, can do so only for those with a permissions boundary,
// or can attach named policies alone.
// Source: IAM GetAccountAuthorizationDetails; IAM User Guide, "Delegating responsibility to
// others using permissions boundaries".
var DelegatedAdminMustSetBoundary = checks.Check{
	ID:             "iam-delegated-admin-must-set-boundary",
	Title:          "Principals that create roles or users must give them a permissions boundary",
	Severity:       checks.High,
	Category:       checks.Access,
	Duty:           checks.AccessControl,
	ServiceKind:    checks.OfAccount,
	Tier:           3,
	Reads:          slices.Concat([]string{"iam:GetAccountAuthorizationDetails"}, identity.GuardrailReads),
	FailWhenUnread: true,
	Remedy:         "Ask for iam:PermissionsBoundary in each statement that makes users or roles or gives them policies.",
	Fix: checks.Fix{
		Threat: "The principal makes a role that may do everything, and assumes it or has a service run with it. A right to create roles without a boundary is a right to become an administrator.",
		CLI:    "aws iam create-policy-version --policy-arn POLICY_ARN --policy-document file://mended.json --set-as-default",
		Terraform: `data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"]
    resources = ["arn:aws:iam::{account}:role/team/*"]
    condition {
      test     = "StringEquals"
      variable = "iam:PermissionsBoundary"
      values   = ["arn:aws:iam::{account}:policy/team-boundary"]
    }
  }
}`,
		Cost: "Pipelines that create roles have to name the boundary, and roles without one cannot be changed by them.",
	},
	Judges: identity.Principals(delegatedAdminMustSetBoundary),
}

// selfProtection are the actions by whose denial a boundary protects itself alone.
var selfProtection = []string{"iam:*PermissionsBoundary", "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicyVersion", "iam:DeletePolicy", "iam:*PolicyVersion"}

func boundaryRestricts(e identity.Effective, arn, kind string) checks.Verdict {
	if arn == "" {
		return checks.DoesNotApply("the principal has no permissions boundary")
	}
	if v, unread := identity.Unread([]policy.Source{*e.Boundary}); unread {
		return v
	}
	admin := policy.FullAdmin(snapshot.AccountOf(e.ARN), *e.Boundary)
	protectsItself := !slices.ContainsFunc(admin.Excluded, func(a string) bool {
		return !slices.ContainsFunc(selfProtection, func(p string) bool { return policy.CoversFold(p, a) })
	})
	switch {
	case admin.Answer == policy.Yes && len(admin.Excluded) == 0:
		return checks.Fail("%s allows every action on every resource", arn).With("boundary", arn)
	case admin.Answer == policy.Yes && protectsItself:
		return checks.Fail("%s takes nothing away but the right to shed it: %s", arn, strings.Join(admin.Excluded, ", ")).With("boundary", arn)
	}
	actions := []string{"iam:Delete" + kind + "PermissionsBoundary", "iam:Put" + kind + "PermissionsBoundary"}
	versions := []string{"iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicyVersion"}
	if snapshot.AccountOf(arn) == "aws" {
		versions = nil // are AWS's to write
	}
	bound := withBoundary(e.Identity, arn)
	var shed []string
	note := ""
	for i, action := range slices.Concat(actions, versions) {
		on := e.ARN
		if i >= len(actions) {
			on = arn
		}
		if right := bound.Can(action, on); right.Answer == policy.Yes {
			shed, note = append(shed, action), e.Unread(right)
		}
	}
	if len(shed) > 0 {
		return checks.Fail("the principal may shed its boundary %s by %s%s", arn, strings.Join(shed, ", "), note).With("boundary", arn).With("actions", strings.Join(shed, " "))
	}
	if v, unread := identity.Unread(e.Policies); unread {
		return v
	}
	if admin.Answer == policy.CannotTell {
		return identity.Undecided([]policy.Source{*e.Boundary})
	}
	return checks.Pass("%s takes something away, and the principal cannot shed it", arn).With("boundary", arn)
}

// withBoundary is an identity as far as it can give up its boundary: a grant that asks for
// the same boundary, and a denial of all but that, leave it on.
func withBoundary(id policy.Identity, arn string) policy.Identity {
	keeps := func(c policy.Condition) bool {
		return c.Is("iam:PermissionsBoundary") && len(c.Values) == 1 && c.Values[0] == arn
	}
	mend := func(src policy.Source) policy.Source {
		if src.Document == nil {
			return src
		}
		d := *src.Document
		d.Statements = nil
		for _, s := range src.Document.Statements {
			switch {
			case s.Effect == policy.Allow && slices.ContainsFunc(s.Restricting("iam:PermissionsBoundary"), keeps):
				continue
			case s.Effect == policy.Deny && len(s.Conditions) == 1 && keeps(s.Conditions[0]) && s.Conditions[0].Negated():
				s.Conditions = nil
			}
			d.Statements = append(d.Statements, s)
		}
		src.Document = &d
		return src
	}
	policies := make([]policy.Source, len(id.Policies))
	for i, src := range id.Policies {
		policies[i] = mend(src)
	}
	id.Policies = policies
	if id.Boundary != nil {
		b := mend(*id.Boundary)
		id.Boundary = &b
	}
	return id
}

// making are the actions that make a principal or give it rights.
var making = []string{"iam:CreateRole", "iam:CreateUser", "iam:PutRolePolicy", "iam:PutUserPolicy", "iam:AttachRolePolicy", "iam:AttachUserPolicy"}

func delegatedAdminMustSetBoundary(e identity.Effective, _ snapshot.Meta, _ checks.Env) checks.Verdict {
	bare := e
	bare.SCPs = nil // which decide on a FAIL alone
	if administers(e) {
		return checks.DoesNotApply("the principal is an administrator in effect")
	}
	documents := slices.Clone(e.Policies)
	if e.Boundary != nil {
		documents = append(documents, *e.Boundary)
	}
	has := 0
	var open, limited []string
	note := ""
	for _, src := range e.Policies {
		if src.Document == nil {
			continue
		}
		for i := range src.Document.Statements {
			s := &src.Document.Statements[i]
			for _, action := range making {
				if s.Effect != policy.Allow || !s.MatchesAction(action) || !s.Wide(action) || !granted(bare, s, action) {
					continue
				}
				has++
				ref := action + " by " + policy.Ref{Source: src.Name, Statement: s}.String()
				switch {
				case boundaryAsked(documents, s, action):
				case strings.Contains(action, "Attach") && len(s.Restricting("iam:PolicyARN")) > 0:
					limited = append(limited, ref+", for named policies alone")
				case !granted(e, s, action): // a service control policy takes it away
				default:
					open = append(open, ref)
					if e.SCPs != nil && e.SCPs.Unread != nil {
						note = "; not read, and might lift it: service control policies: " + e.SCPs.Unread.Error()
					}
				}
			}
		}
	}
	if len(open) > 0 {
		return checks.Fail("without a permissions boundary the principal may %s%s", wording.List(open, 3), note).With("actions", wording.List(open, 20))
	}
	if v, unread := identity.Unread(e.Policies); unread {
		return v
	}
	switch {
	case has == 0:
		return checks.DoesNotApply("the principal makes no users and roles and gives them no policies")
	case len(limited) > 0:
		return checks.Pass("what the principal makes has a boundary: %s", wording.List(limited, 3))
	}
	return checks.Pass("what the principal makes has a permissions boundary")
}

// granted says that something of what an Allow gives is left: no Deny without a condition
// and no limit takes the action away on all of its resources.
func granted(e identity.Effective, s *policy.Statement, action string) bool {
	patterns := s.Resources
	if s.NotResource || len(patterns) == 0 {
		patterns = []string{"*"}
	}
	return slices.ContainsFunc(patterns, func(p string) bool {
		right := e.Can(action, p)
		return right.Answer != policy.No
	})
}

// boundaryAsked says that the statement, or a Deny beside it, asks for a boundary.
func boundaryAsked(documents []policy.Source, s *policy.Statement, action string) bool {
	return len(s.Restricting("iam:PermissionsBoundary")) > 0 || len(policy.Unless(documents, s, action, "iam:PermissionsBoundary")) > 0
}
