package iam

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// PolicyEvaluationComplete passes when every document that decides on access was read and
// understood: what an identity may do is then no guess. An action that AWS does not know
// grants and denies nothing, often by a slip of the pen; one that is newer than our table
// looks the same, and is no fault.
// Source: IAM GetAccountAuthorizationDetails; Organizations ListPoliciesForTarget and
// DescribePolicy; the embedded table of actions.
var PolicyEvaluationComplete = checks.Check{
	ID:          "iam-policy-evaluation-complete",
	Title:       "Every document that decides on access could be read and understood",
	Severity:    checks.Info,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads:       slices.Concat([]string{"iam:GetAccountAuthorizationDetails"}, identity.GuardrailReads),
	Remedy:      "Mend the documents that are named; let the scan read the organization's policies.",
	Fix: checks.Fix{
		Threat:    "A Deny with a misspelt action denies nothing, and an element that AWS does not know does nothing. What a policy that was not read allows, nobody can say.",
		CLI:       "aws accessanalyzer validate-policy --policy-type IDENTITY_POLICY --policy-document file://policy.json",
		Terraform: "",
		Cost:      "None for IAM's documents. Reading the organization's policies needs a delegation to this account.",
	},
	Judges: checks.For(snapshot.Accounts, policyEvaluationComplete),
}

// reading gathers what could not be read, what is wrong, and what is not known.
type reading struct {
	documents      int
	wrong, unknown []string
	unread         error
}

func (r *reading) add(src policy.Source) {
	r.documents++
	var parse *policy.Error
	switch {
	case src.Document == nil && errors.As(src.Err, &parse):
		r.wrong = append(r.wrong, fmt.Sprintf("%s: %v", src.Name, parse))
	case src.Document == nil:
		if r.unread == nil {
			r.unread = fmt.Errorf("%s: %w", src.Name, src.Err)
		}
	case len(src.Document.Issues) > 0:
		r.wrong = append(r.wrong, src.Name+": "+identity.Issues(src.Document))
	default:
		for i := range src.Document.Statements {
			s := &src.Document.Statements[i]
			for _, action := range s.UnknownActions() {
				r.unknown = append(r.unknown, fmt.Sprintf("%s in %s %s of %s", action, s.Effect, s.Name(), src.Name))
			}
		}
	}
}

func policyEvaluationComplete(a *snapshot.Account, env checks.Env) checks.Verdict {
	var r reading
	policies, err := checks.In(env, snapshot.ManagedPolicies, a.Location).Get()
	for _, p := range policies {
		if snapshot.AccountOf(p.ARN) != "aws" { // what AWS writes is AWS's to mend
			r.add(identity.Source(p.ARN, p.Document))
		}
	}
	inline, _ := checks.In(env, snapshot.InlinePolicies, a.Location).Get() // all are in one list
	for _, p := range inline {
		r.add(identity.Source(p.ARN, p.Document))
	}
	bounds := map[string]bool{}
	users, _ := checks.In(env, snapshot.Users, a.Location).Get()
	for _, u := range users {
		bounds[u.BoundaryARN] = true
	}
	roles, _ := checks.In(env, snapshot.Roles, a.Location).Get()
	for _, role := range roles {
		bounds[role.BoundaryARN] = true
		r.add(identity.Source("the trust policy of "+role.ARN, role.Trust))
	}
	delete(bounds, "")
	for _, arn := range slices.Sorted(maps.Keys(bounds)) {
		if src := identity.Managed(env, a.Location, arn); src.Document == nil && r.unread == nil {
			r.unread = fmt.Errorf("the boundary %s: %w", arn, src.Err)
		}
	}
	if g := identity.Guardrails(env, a.Location).SCPs; g != nil {
		if g.Unread != nil && r.unread == nil {
			r.unread = g.Unread
		}
		for _, src := range slices.Concat(g.Levels...) {
			r.add(src)
		}
	}
	slices.Sort(r.wrong)
	slices.Sort(r.unknown)
	switch {
	case len(r.wrong) > 0:
		return checks.Fail("%d of %d documents are not understood: %s", len(r.wrong), r.documents, wording.List(r.wrong, 3)).With("documents", wording.List(r.wrong, 20))
	case err != nil:
		return checks.Unknown(err)
	case r.unread != nil:
		return identity.Untold(r.unread)
	case len(r.unknown) > 0:
		return checks.Unclear("actions that the table of %s does not know, which are newer or a slip of the pen: %s", policy.ActionsDate, wording.List(r.unknown, 4)).With("actions", wording.List(r.unknown, 20))
	}
	return checks.Pass("all of %d documents were read and understood", r.documents)
}
