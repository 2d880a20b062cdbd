package iam

import (
	"fmt"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// MFAConditionEffective passes when each statement that speaks of MFA holds for long-lived
// keys, which carry no such key, and for sessions without MFA, which carry false.
// Source: IAM GetAccountAuthorizationDetails; IAM User Guide, "AWS global condition context
// keys", aws:MultiFactorAuthPresent.
var MFAConditionEffective = checks.Check{
	ID:          "iam-mfa-condition-effective",
	Title:       "Conditions that ask for MFA hold for every kind of credential",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "In an Allow use Bool true; in a Deny use BoolIfExists false.",
	Fix: checks.Fix{
		Threat: "The policy reads as if MFA were needed, and an access key alone is enough. Whoever finds the key in a repository does not even notice the rule.",
		CLI:    "aws iam create-policy-version --policy-arn {arn} --policy-document file://mended.json --set-as-default",
		Terraform: `data "aws_iam_policy_document" "this" {
  statement {
    condition {
      test     = "BoolIfExists"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["false"]
    }
  }
}`,
		Cost: "Keys that were used without MFA stop working. Roles of AWS services never carry MFA: a Deny of this kind stops them, and belongs to people's policies alone.",
	},
	Judges: identity.Each(func(p identity.Policy, _ checks.Env) checks.Verdict { return mfaEffective(p.Document) }).
		And(checks.For(snapshot.Roles, func(r snapshot.Role, _ checks.Env) checks.Verdict {
			return identity.OfCustomer(r, mfaEffective)
		})),
}

// ConditionRestricts passes when no condition of the customer's policies is void: one that
// everybody meets, or nobody, or that stands on a key which no such request carries.
// Source: IAM GetAccountAuthorizationDetails; IAM User Guide, "IAM JSON policy elements:
// Condition operators"; Service Authorization Reference, condition keys.
var ConditionRestricts = checks.Check{
	ID:          "iam-condition-restricts",
	Title:       "Conditions in policies restrict what they seem to restrict",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Mend the operator, the value or the key, or take the condition out.",
	Fix: checks.Fix{
		Threat: "The statement looks limited and is not: whoever reviews it lets it pass, and whoever uses it is held back by nothing. One that nobody meets hides that a right or a denial does not exist.",
		CLI:    "aws iam create-policy-version --policy-arn {arn} --policy-document file://mended.json --set-as-default",
		Terraform: `data "aws_iam_policy_document" "this" {
  statement {
    condition {
      test     = "StringLike"
      variable = "aws:PrincipalArn"
      values   = ["arn:aws:iam::{account}:role/deploy-*"]
    }
  }
}`,
		Cost: "A condition that begins to restrict denies what went through until then; aws accessanalyzer validate-policy helps to see it before.",
	},
	Judges: identity.Each(func(p identity.Policy, _ checks.Env) checks.Verdict { return conditionsRestrict(p.Document) }).
		And(checks.For(snapshot.Roles, func(r snapshot.Role, _ checks.Env) checks.Verdict {
			return identity.OfCustomer(r, conditionsRestrict)
		})),
}

func mfaEffective(d *policy.Document) checks.Verdict {
	var open, strange []string
	named := 0
	for i := range d.Statements {
		s := &d.Statements[i]
		answer, about := asksForMFA(s)
		if len(about) == 0 {
			continue
		}
		named++
		what := s.Effect.String() + " " + s.Name() + " on " + strings.Join(about, " and ")
		switch answer {
		case policy.No:
			open = append(open, what)
		case policy.CannotTell:
			strange = append(strange, what)
		case policy.Yes:
		}
	}
	switch {
	case named == 0:
		return checks.DoesNotApply("the document does not speak of MFA")
	case len(open) > 0:
		return checks.Fail("does not hold for every kind of credential: %s", wording.List(open, 3)).With("statements", wording.List(open, 20))
	case len(strange) > 0:
		return checks.Unclear("an operator that is not meant for these keys: %s", wording.List(strange, 3))
	}
	return checks.Pass("all of %d statements on MFA hold for every kind of credential", named)
}

// asksForMFA joins the conditions on MFA of one statement: in an Allow one that holds is
// enough, in a Deny one that does not hold lets callers past.
func asksForMFA(s *policy.Statement) (out policy.Answer, about []string) {
	yes, no := 0, 0
	for _, c := range s.Conditions {
		if !c.AboutMFA() {
			continue
		}
		about = append(about, c.String())
		switch c.AsksForMFA(s.Effect) {
		case policy.Yes:
			yes++
		case policy.No:
			no++
		case policy.CannotTell:
		}
	}
	switch {
	case s.Effect == policy.Allow && yes > 0, s.Effect == policy.Deny && yes == len(about):
		return policy.Yes, about
	case s.Effect == policy.Allow && no == len(about), s.Effect == policy.Deny && no > 0:
		return policy.No, about
	}
	return policy.CannotTell, about
}

func conditionsRestrict(d *policy.Document) checks.Verdict {
	var void []string
	seen := 0
	for i := range d.Statements {
		s := &d.Statements[i]
		for _, c := range s.Conditions {
			seen++
			if why := s.Void(c, d.Version); why != "" {
				void = append(void, fmt.Sprintf("%s in %s %s: %s", c, s.Effect, s.Name(), why))
			}
		}
	}
	switch {
	case len(void) > 0:
		return checks.Fail("%s", wording.List(void, 3)).With("conditions", wording.List(void, 20))
	case seen == 0:
		return checks.Pass("the document has no conditions")
	}
	return checks.Pass("none of %d conditions is void", seen)
}
