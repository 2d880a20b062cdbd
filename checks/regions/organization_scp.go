package regions

import (
	"cmp"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// OrganizationDeniesOtherRegions passes when one attached service control policy denies
// every Region but the allowed ones and those in which global services answer. It says
// nothing of the accounts below which the policy does not hang, nor of the management
// account, which no such policy binds.
// Source: Organizations DescribeOrganization, ListRoots PolicyTypes, ListPolicies,
// DescribePolicy Content and ListTargetsForPolicy.
var OrganizationDeniesOtherRegions = checks.Check{
	ID:          "organization-scp-denies-other-regions",
	Title:       "A service control policy of the organization denies Regions outside the allowed ones",
	Severity:    checks.High,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads: []string{"organizations:DescribeOrganization", "organizations:ListRoots", "organizations:ListPolicies",
		"organizations:DescribePolicy", "organizations:ListTargetsForPolicy"},
	Parameters: checks.Parameters{"allowed_regions": []string{}, "global_regions": []string{"us-east-1"}, "strict": false},
	Remedy:     "Attach to the root a service control policy that denies all but global actions where aws:RequestedRegion is none of the allowed Regions.",
	Fix: checks.Fix{
		Threat: "Whoever gets into any account can start machines or put data in a Region where nobody looks. Miners and thieves do just that.",
		CLI: `aws organizations create-policy --name allowed-regions --type SERVICE_CONTROL_POLICY --description 'Allowed Regions' --content file://scp.json
aws organizations attach-policy --policy-id POLICY-ID --target-id ROOT-ID`,
		Terraform: `data "aws_iam_policy_document" "regions" {
  statement {
    effect      = "Deny"
    not_actions = ["iam:*", "organizations:*", "route53:*", "cloudfront:*", "support:*", "sts:*"]
    resources   = ["*"]
    condition {
      test     = "StringNotEquals"
      variable = "aws:RequestedRegion"
      values   = ["ALLOWED-REGION"]
    }
  }
}`,
		Cost: "What runs in other Regions can no longer be managed, global services that answer from us-east-1 included unless excepted. It does not bind the management account.",
	},
	Judges: checks.For(snapshot.Organizations, organizationDeniesOtherRegions),
}

func organizationDeniesOtherRegions(o snapshot.Organization, env checks.Env) checks.Verdict {
	switch {
	case len(env.Strings("allowed_regions")) == 0:
		return noChoice()
	case o.ID == "":
		return unguarded(env, "the account is in no organization")
	case o.FeatureSet == "CONSOLIDATED_BILLING":
		return unguarded(env, "the organization has no service control policies: its FeatureSet is CONSOLIDATED_BILLING").With("FeatureSet", o.FeatureSet)
	}
	force, found := inForce(o, env), guardrail(o, env)
	// Without force, or without a policy, it fails, whatever else could not be read.
	if force.Status == checks.FAIL || found.Status != checks.FAIL && force.Status == checks.UNKNOWN {
		return force
	}
	return found
}

// unguarded is the verdict where there can be no such policy.
func unguarded(env checks.Env, why string) checks.Verdict {
	if env.Bool("strict") {
		return checks.Fail("%s", why)
	}
	return checks.DoesNotApply("%s", why)
}

// inForce says whether service control policies have force at all: a policy type that is
// not enabled at the root leaves the policies there without effect.
func inForce(o snapshot.Organization, env checks.Env) checks.Verdict {
	roots, err := checks.In(env, snapshot.OrganizationRoots, o.Location).Get()
	status := ""
	for _, r := range roots {
		if r.SCPStatus == "ENABLED" {
			return checks.Pass("service control policies are enabled")
		}
		status = cmp.Or(status, r.SCPStatus)
	}
	switch {
	case err != nil:
		return checks.Unknown(err)
	case len(roots) == 0:
		return checks.Unclear("the organization shows no root")
	case status != "":
		return checks.Unclear("service control policies are neither on nor off at the root: %s", status).With("SERVICE_CONTROL_POLICY", status)
	}
	return checks.Fail("service control policies are not enabled at the root: those that exist have no force").With("SERVICE_CONTROL_POLICY", "")
}

// guardrail looks for a policy that is attached and closes the other Regions: one is
// enough, and as long as one could not be judged there may be one.
func guardrail(o snapshot.Organization, env checks.Env) checks.Verdict {
	policies, err := checks.In(env, snapshot.SCPs, o.Location).Get()
	var unknown *checks.Verdict
	if err != nil {
		v := checks.Unknown(err)
		unknown = &v
	}
	var short []string
	policies = slices.SortedFunc(slices.Values(policies), func(a, b snapshot.SCP) int { return cmp.Compare(a.ID, b.ID) })
	for _, p := range policies {
		v := judgePolicy(p, env)
		switch v.Status {
		case checks.PASS:
			return v
		case checks.UNKNOWN:
			if unknown == nil {
				unknown = &v
			}
		case checks.FAIL:
			short = append(short, v.Reason)
		case checks.NotApplicable: // nothing to do with Regions
		}
	}
	if unknown != nil {
		return *unknown
	}
	why := "no attached service control policy denies other Regions"
	return checks.Fail("%s", strings.Join(append([]string{why}, short...), "; "))
}

// judgePolicy says whether one policy is such a guardrail.
func judgePolicy(p snapshot.SCP, env checks.Env) checks.Verdict {
	targets, unattached := checks.Use(env, p.Targets)
	document, err := checks.Use(env, p.Document)
	loose := unattached == nil && len(targets) == 0
	if err != nil && !loose {
		return checks.Unknown(err)
	}
	answer, why := closes(p, document, env)
	switch {
	case loose && answer == policy.Yes:
		return checks.Fail("%q would, but is attached to nothing", p.Name)
	case loose, answer == policy.No && why == "":
		return checks.DoesNotApply("%q is attached to nothing, or says nothing of Regions", p.Name)
	case answer == policy.No:
		return checks.Fail("%q %s", p.Name, why)
	case answer == policy.CannotTell:
		return checks.Unclear("%q %s", p.Name, why).With("policy", p.ID)
	case unattached != nil:
		return checks.Unknown(unattached).With("policy", p.ID)
	}
	at := strings.Join(targets, ", ")
	return checks.Pass("%q, attached to %s, denies all Regions but the allowed and the global ones%s", p.Name, at, why).With("policy", p.ID).With("attached to", at)
}
