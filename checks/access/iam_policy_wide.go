package access

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	iampolicy "onus/checks/access/policy"
	"onus/checks/wording"
)

// PolicyNoServiceWildcard passes when no statement of a customer's policy allows all actions
// of a service on all resources, by any spelling. A Condition does not lift it.
// Source: IAM GetAccountAuthorizationDetails, default version and inline policies.
var PolicyNoServiceWildcard = checks.Check{
	ID:          "iam-policy-no-service-wildcard",
	Title:       "Customer policies do not allow all actions of a service on all resources",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Parameters:  checks.Parameters{"allowed_services": []string{}},
	Remedy:      "Allow the actions of the service that are needed, on the resources that are needed.",
	Fix: checks.Fix{
		Threat: "The policy gives all of a service, deletion and sharing included, where a few actions are used. Rights that nobody uses serve only a thief.",
		CLI:    "aws iam create-policy-version --policy-arn {arn} --policy-document file://policy.json --set-as-default",
		Terraform: `data "aws_iam_policy_document" "needed" {
  statement {
    actions   = ["SERVICE:ACTION"]
    resources = ["ARN"]
  }
}`,
		Cost: "What the list leaves out stops working.",
	},
	Judges: identity.Each(policyNoServiceWildcard),
}

// PolicyNoUnscopedWrites passes when no statement without a restricting condition allows, on
// all resources, an action that changes something and knows resources.
// Source: IAM GetAccountAuthorizationDetails; Service Authorization Reference, access
// levels, as embedded.
var PolicyNoUnscopedWrites = checks.Check{
	ID:          "iam-policy-no-unscoped-writes",
	Title:       "Customer policies limit writing actions to named resources",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Name the resources, or narrow them by aws:ResourceTag, aws:ResourceAccount or a key of the service.",
	Fix: checks.Fix{
		Threat: "A right to change something meant for one resource reaches all of them. A mistake or a thief can break what was never meant.",
		CLI:    "aws iam create-policy-version --policy-arn {arn} --policy-document file://policy.json --set-as-default",
		Terraform: `data "aws_iam_policy_document" "needed" {
  statement {
    actions   = ["SERVICE:ACTION"]
    resources = ["ARN"]
  }
}`,
		Cost: "Resources that are not named can no longer be changed by it.",
	},
	Judges: identity.Each(policyNoUnscopedWrites),
}

// PolicyNoAllowWithNotAction passes when no Allow statement lists what it does not allow: it
// would allow every action of AWS's to come. A Deny may, and AWS's own policies are not the
// customer's to edit.
// Source: IAM User Guide, "IAM JSON policy elements: NotAction".
var PolicyNoAllowWithNotAction = checks.Check{
	ID:          "iam-policy-no-allow-with-notaction",
	Title:       "Policies do not combine Allow with NotAction",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "List the actions that are needed.",
	Fix: checks.Fix{
		Threat: "The statement allows all that it does not name, also services that AWS has yet to make. Rights grow without anybody's decision.",
		CLI:    "aws iam create-policy-version --policy-arn {arn} --policy-document file://policy.json --set-as-default",
		Terraform: `data "aws_iam_policy_document" "needed" {
  statement {
    actions   = ["SERVICE:ACTION"]
    resources = ["ARN"]
  }
}`,
		Cost: "What the list leaves out stops working: see from the service's last use what is needed.",
	},
	Judges: identity.Each(policyNoAllowWithNotAction),
}

// PolicyNoAllowWithNotResource passes when no Allow statement lists the resources that it
// leaves out: it would take in every other one, and all to come.
// Source: IAM User Guide, "IAM JSON policy elements: NotResource".
var PolicyNoAllowWithNotResource = checks.Check{
	ID:          "iam-policy-no-allow-with-notresource",
	Title:       "Policies do not combine Allow with NotResource",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "List the resources that are needed.",
	Fix: checks.Fix{
		Threat: "The statement allows all resources that it does not name, also those made tomorrow. An exception protects only what its author thought of.",
		CLI:    "aws iam create-policy-version --policy-arn {arn} --policy-document file://policy.json --set-as-default",
		Terraform: `data "aws_iam_policy_document" "needed" {
  statement {
    actions   = ["SERVICE:ACTION"]
    resources = ["ARN"]
  }
}`,
		Cost: "What the list leaves out stops working.",
	},
	Judges: identity.Each(policyNoAllowWithNotResource),
}

func policyNoServiceWildcard(p identity.Policy, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_services")
	var whole []string
	var by []iampolicy.Ref
	for _, ref := range p.Allows(func(s *iampolicy.Statement) bool { return s.EveryResource(p.Account) }) {
		services := wholeServices(ref.Statement)
		services = slices.DeleteFunc(services, func(s string) bool { return slices.Contains(allowed, s) })
		if len(services) > 0 {
			by, whole = append(by, ref), append(whole, services...)
		}
	}
	if len(by) == 0 {
		return checks.Pass("no statement allows all actions of a service on all resources")
	}
	slices.Sort(whole)
	what := "all actions of " + wording.List(slices.Compact(whole), 8)
	if slices.Contains(whole, "*") {
		what = "all actions of every service"
	}
	return checks.Fail("%s allowed on all resources by %s", what, identity.Names(by)).With("statements", identity.Names(by))
}

// wholeServices are the services all of whose actions a statement names: "*" for all
// services, and for a NotAction every one of which it leaves out nothing.
func wholeServices(s *iampolicy.Statement) (out []string) {
	for service := range iampolicy.Services() {
		if s.CoversAction(service + ":*") {
			out = append(out, service)
		}
	}
	for _, pattern := range s.Actions {
		if s.NotAction {
			break
		}
		if service := iampolicy.FullService(pattern); service != "" {
			out = append(out, service)
		}
	}
	return out
}

func policyNoUnscopedWrites(p identity.Policy, _ checks.Env) checks.Verdict {
	var writes, unknown []string
	var by []iampolicy.Ref
	for _, ref := range p.Allows(func(s *iampolicy.Statement) bool { return len(s.Restricting("*")) == 0 }) {
		known, newer := ref.Statement.ChangesOnEverything(p.Account, 8)
		if len(known) > 0 {
			by, writes = append(by, ref), append(writes, known...)
		}
		if !ref.Statement.NotAction && ref.Statement.EveryResource(p.Account) {
			unknown = append(unknown, newer...)
		}
	}
	note := ""
	if len(unknown) > 0 {
		note = "; not in the table of actions of " + iampolicy.ActionsDate + ": " + strings.Join(unknown, ", ")
	}
	switch {
	case len(by) > 0:
		return checks.Fail("%s allows on all resources %s%s", identity.Names(by), wording.List(writes, 8), note).With("statements", identity.Names(by))
	case note != "":
		return checks.Unclear("no known action that writes is allowed on all resources%s", note)
	}
	return checks.Pass("no action that writes and knows resources is allowed on all of them without a restricting condition")
}

func policyNoAllowWithNotAction(p identity.Policy, _ checks.Env) checks.Verdict {
	by := p.Allows(func(s *iampolicy.Statement) bool { return s.NotAction })
	if len(by) == 0 {
		return checks.Pass("no Allow has a NotAction")
	}
	return checks.Fail("%s allows all actions but %s", identity.Names(by), strings.Join(by[0].Statement.Actions, ", ")).With("statements", identity.Names(by))
}

func policyNoAllowWithNotResource(p identity.Policy, _ checks.Env) checks.Verdict {
	by := p.Allows(func(s *iampolicy.Statement) bool { return s.NotResource })
	if len(by) == 0 {
		return checks.Pass("no Allow has a NotResource")
	}
	return checks.Fail("%s allows all resources but %s", identity.Names(by), strings.Join(by[0].Statement.Resources, ", ")).With("statements", identity.Names(by))
}
