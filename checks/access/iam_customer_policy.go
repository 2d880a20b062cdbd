package access

import (
	"strings"

	"onus/checks"
	iampolicy "onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// CustomerPolicyNoFullAdmin passes when the default version of an attached customer
// managed policy does not allow everything, by one statement or by several together.
// A Condition does not lift it, a Deny only where it takes away all that changes
// anything in iam, sts and organizations.
// Source: IAM GetAccountAuthorizationDetails, PolicyVersionList and AttachmentCount.
var CustomerPolicyNoFullAdmin = checks.Check{
	ID:          "iam-customer-policy-no-full-admin",
	Title:       "Attached customer managed policies do not allow every action on every resource",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Allow the actions and resources that are needed, and attach AdministratorAccess to the few who administer.",
	Fix: checks.Fix{
		Threat: "Everybody who holds the policy can do everything, also give rights to himself and delete the traces. One stolen session of any of them is the whole account.",
		CLI:    "aws iam create-policy-version --policy-arn {arn} --policy-document file://policy.json --set-as-default",
		Terraform: `resource "aws_iam_policy" "this" {
  name   = "{name}"
  policy = data.aws_iam_policy_document.needed.json
}`,
		Cost: "What the new version leaves out stops working: IAM Access Analyzer can write a policy from what was used.",
	},
	Judges: checks.For(snapshot.CustomerPolicies, customerPolicyNoFullAdmin),
}

func customerPolicyNoFullAdmin(p snapshot.ManagedPolicy, _ checks.Env) checks.Verdict {
	switch {
	case p.AttachmentCount == nil:
		return checks.Unclear("AWS's answer does not say whether the policy is attached")
	case *p.AttachmentCount == 0 && p.BoundaryUsageCount != nil && *p.BoundaryUsageCount > 0:
		return checks.DoesNotApply("the policy is a permissions boundary of %d and attached to nobody", *p.BoundaryUsageCount)
	case *p.AttachmentCount == 0:
		return checks.DoesNotApply("the policy is attached to nobody")
	}
	text, err := p.Document.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	doc, err := iampolicy.Parse([]byte(text))
	if err != nil {
		return checks.Unclear("version %s cannot be understood: %v", p.DefaultVersionID, err)
	}
	admin := iampolicy.FullAdmin(p.Account, iampolicy.Source{Name: p.DefaultVersionID, Document: doc})
	switch admin.Answer {
	case iampolicy.Yes:
		return fullAdmin(admin).With("DefaultVersionId", p.DefaultVersionID)
	case iampolicy.No:
		return checks.Pass("version %s does not allow every action on every resource", p.DefaultVersionID).With("DefaultVersionId", p.DefaultVersionID)
	case iampolicy.CannotTell:
	}
	return checks.Unclear("version %s may allow everything: %s", p.DefaultVersionID, issues(doc)).With("DefaultVersionId", p.DefaultVersionID)
}

// fullAdmin names the statements, their conditions, and what is taken away again.
func fullAdmin(admin iampolicy.Admin) checks.Verdict {
	var by, on []string
	for _, r := range admin.Allows {
		by = append(by, r.String())
		for _, c := range r.Statement.Conditions {
			on = append(on, c.String())
		}
	}
	excluded, conditions := strings.Join(admin.Excluded, ", "), strings.Join(on, " and ")
	reason := "every action on every resource is allowed by " + strings.Join(by, ", ")
	if conditions != "" {
		reason += "; on the condition " + conditions
	}
	if excluded != "" {
		reason += "; denied again: " + excluded
	}
	return checks.Fail("%s", reason).With("condition", conditions).With("denied", excluded)
}

func issues(doc *iampolicy.Document) string {
	var out []string
	for _, i := range doc.Issues {
		out = append(out, i.String())
	}
	return strings.Join(out, "; ")
}
