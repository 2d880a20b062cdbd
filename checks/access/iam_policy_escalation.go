package access

import (
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	iampolicy "onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// PolicyNoUnrestrictedPassRole passes when no customer's policy allows passing every role of
// the account. A condition on the service narrows it only where no administrator's role
// trusts that service.
// Source: IAM GetAccountAuthorizationDetails; IAM User Guide, "Grant a user permissions to
// pass a role to an AWS service".
var PolicyNoUnrestrictedPassRole = checks.Check{
	ID:          "iam-policy-no-unrestricted-passrole",
	Title:       "Customer policies name the roles that may be passed to a service",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Name the roles that may be passed, and the service by iam:PassedToService.",
	Fix: checks.Fix{
		Threat: "Whoever may pass any role starts a machine or function under the strongest one, and takes its credentials there. It is a way to administrator rights.",
		CLI:    "aws iam create-policy-version --policy-arn {arn} --policy-document file://policy.json --set-as-default",
		Terraform: `data "aws_iam_policy_document" "needed" {
  statement {
    actions   = ["iam:PassRole"]
    resources = ["arn:{partition}:iam::{account}:role/APP"]
    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["SERVICE.amazonaws.com"]
    }
  }
}`,
		Cost: "Services that pass other roles fail until those are named.",
	},
	Judges: identity.Each(policyNoUnrestrictedPassRole),
}

// PolicyNoPrivilegeEscalation passes when no customer's policy by itself allows, on wide
// resources, a set of actions through which a principal gains rights that it was not given.
// Source: IAM GetAccountAuthorizationDetails; the embedded table of combinations.
var PolicyNoPrivilegeEscalation = checks.Check{
	ID:          "iam-policy-no-privilege-escalation",
	Title:       "No single customer policy grants a set of actions that leads to higher privileges",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Name the resources, ask for a permissions boundary, or part the actions.",
	Fix: checks.Fix{
		Threat: "Whoever holds the policy can give himself more: attach a policy, change one, or run code under a stronger role. It is administration by another name.",
		CLI:    "aws iam create-policy-version --policy-arn {arn} --policy-document file://policy.json --set-as-default",
		Terraform: `data "aws_iam_policy_document" "needed" {
  statement {
    actions   = ["iam:PassRole"]
    resources = ["arn:{partition}:iam::{account}:role/APP-*"]
    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["SERVICE.amazonaws.com"]
    }
  }
}`,
		Cost: "Pipelines that make roles need them named, or a permissions boundary on what they make.",
	},
	Judges: identity.Each(policyNoPrivilegeEscalation),
}

func policyNoUnrestrictedPassRole(p identity.Policy, env checks.Env) checks.Verdict {
	const pass = "iam:PassRole"
	by := p.Allowing(pass, func(s *iampolicy.Statement) bool { return s.NotResource || s.EveryResourceFor(pass, p.Account) })
	if len(by) == 0 {
		return checks.Pass("%s is not allowed on every role of the account", pass)
	}
	narrowed := ""
	var unknown *checks.Verdict
	for _, ref := range by {
		to := ref.Statement.Restricting("iam:PassedToService")
		if len(to) == 0 {
			return checks.Fail("%s allowed on every role of the account by %s%s", pass, ref, identity.Conditions(ref.Statement)).With("statements", identity.Names(by))
		}
		v := passedTo(env, env.Account().Location, ref, to)
		switch {
		case v.Status == checks.FAIL:
			return v.With("statements", identity.Names(by))
		case v.Status == checks.UNKNOWN && unknown == nil:
			unknown = &v
		}
		narrowed = v.Reason
	}
	if unknown != nil {
		return *unknown
	}
	return checks.Pass("%s", narrowed).With("statements", identity.Names(by))
}

// passedTo looks for a role of an administrator that trusts one of the services to which
// a statement lets every role be passed.
func passedTo(env checks.Env, at snapshot.Location, ref iampolicy.Ref, to []iampolicy.Condition) checks.Verdict {
	services, err := identity.AdminServices(env, at)
	for _, s := range services {
		switch {
		case s.Service == "":
			err = s.Err
		case !named(to, s.Service):
		case len(s.Roles) > 0:
			return checks.Fail("%s lets every role be passed to %s, which holds %s, a role that may do everything", ref, s.Service, s.Roles[0])
		case s.Err != nil:
			err = s.Err
		}
	}
	if err != nil {
		return identity.Untold(err)
	}
	return checks.Pass("%s lets every role be passed%s: no role that may do everything trusts that service", ref, identity.Conditions(ref.Statement))
}

// named says that the conditions, each of them, let a service through.
func named(conditions []iampolicy.Condition, service string) bool {
	for _, c := range conditions {
		fits := false
		for _, v := range c.Values {
			like := strings.Contains(strings.ToLower(c.Operator), "like")
			fits = fits || strings.EqualFold(v, service) || like && iampolicy.CoversFold(v, service)
		}
		if !fits {
			return false
		}
	}
	return true
}

func policyNoPrivilegeEscalation(p identity.Policy, _ checks.Env) checks.Verdict {
	if !p.Attached {
		return checks.DoesNotApply("the policy is attached to nobody")
	}
	if admin, err := identity.Admin(p.Account, []iampolicy.Source{p.Source}); err == nil && admin.Answer == iampolicy.Yes {
		return checks.DoesNotApply("the policy allows everything, which is a finding of its own")
	}
	var found, unclear []string
	for _, step := range iampolicy.FindEscalations(p.Source) {
		way := strings.Join(step.Escalation.Actions, " with ") + ", which " + step.Escalation.Title + ", by " + identity.Names(step.By)
		if step.Unclear {
			unclear = append(unclear, way)
		} else {
			found = append(found, way)
		}
	}
	table := "the combinations of " + iampolicy.EscalationsDate
	switch {
	case len(found) > 0:
		return checks.Fail("%s", strings.Join(wording.Some(found, 4), "; ")).With("combinations", strings.Join(wording.Some(found, 20), "; "))
	case len(unclear) > 0:
		return checks.Unclear("a statement that cannot be understood may allow %s", unclear[0])
	}
	return checks.Pass("none of %s is allowed on wide resources", table)
}
