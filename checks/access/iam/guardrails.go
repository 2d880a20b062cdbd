package iam

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// SCPBindsAccount passes when service control policies on the way to the account do more
// than allow everything, and deny the actions that every account should be kept from. Whom
// a denial spares is named, with the roles of the account that fit.
// Source: Organizations DescribeOrganization, ListParents, ListPoliciesForTarget and
// DescribePolicy; ListRoots, PolicyTypes.
var SCPBindsAccount = checks.Check{
	ID:          "organizations-scp-binds-account",
	Title:       "Guardrails beyond FullAWSAccess bind the account",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads:       slices.Concat(identity.GuardrailReads, []string{"organizations:ListRoots", "iam:GetAccountAuthorizationDetails"}),
	Parameters: checks.Parameters{"protected_actions": []string{
		"organizations:LeaveOrganization", "cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "guardduty:DeleteDetector", "config:StopConfigurationRecorder",
		"account:CloseAccount", "s3:PutAccountPublicAccessBlock",
	}},
	Remedy: "Attach a service control policy above the account that denies the protected actions to all but the roles that need them.",
	Fix: checks.Fix{
		Threat:    "An administrator of the account, or whoever took over one, turns off its logs and detectors, opens its buckets, or takes it out of the organization. Nothing outside the account stands in the way.",
		CLI:       "aws organizations create-policy --type SERVICE_CONTROL_POLICY --name guardrails --description \"Guardrails\" --content file://guardrails.json\naws organizations attach-policy --policy-id POLICY_ID --target-id OU_ID",
		Terraform: "resource \"aws_organizations_policy\" \"guardrails\" {\n  name = \"guardrails\"\n  type = \"SERVICE_CONTROL_POLICY\"\n  content = jsonencode({\n    Version = \"2012-10-17\"\n    Statement = [{\n      Effect   = \"Deny\"\n      Action   = [\"organizations:LeaveOrganization\", \"cloudtrail:StopLogging\", \"cloudtrail:DeleteTrail\"]\n      Resource = \"*\"\n    }]\n  })\n}",
		Cost:      "The actions are denied to the account's root user too. Work that needs one goes through an exempt role, or waits for the policy.",
	},
	Judges: checks.For(snapshot.Accounts, scpBindsAccount),
}

// RootDeniedInMembers passes when a service control policy denies everything to the root user
// of the account, or its root user has nothing to sign in with.
// Source: Organizations ListParents, ListPoliciesForTarget and DescribePolicy; credential
// report, row <root_account>.
var RootDeniedInMembers = checks.Check{
	ID:          "organizations-root-denied-in-members",
	Title:       "Service control policies stop the root user of member accounts",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads:       slices.Concat(identity.GuardrailReads, []string{"iam:GenerateCredentialReport", "iam:GetCredentialReport", "iam:GetAccountSummary"}),
	Remedy:      "Deny all actions where aws:PrincipalArn is like arn:*:iam::*:root, or remove the root credentials.",
	Fix: checks.Fix{
		Threat:    "No policy in the account binds its root user: who gets its password owns the account. A service control policy is the only thing that does.",
		CLI:       "aws organizations create-policy --type SERVICE_CONTROL_POLICY --name no-root --description \"No root user\" --content file://no-root.json\naws organizations attach-policy --policy-id POLICY_ID --target-id OU_ID",
		Terraform: "resource \"aws_organizations_policy\" \"no_root\" {\n  name = \"no-root\"\n  type = \"SERVICE_CONTROL_POLICY\"\n  content = jsonencode({\n    Version = \"2012-10-17\"\n    Statement = [{\n      Effect    = \"Deny\"\n      Action    = \"*\"\n      Resource  = \"*\"\n      Condition = { StringLike = { \"aws:PrincipalArn\" = \"arn:*:iam::*:root\" } }\n    }]\n  })\n}",
		Cost:      "The few tasks that need the root user are done by detaching the policy for a while, or by sts:AssumeRoot from the management account.",
	},
	Judges: checks.For(snapshot.Accounts, rootDeniedInMembers),
}

// RCPLimitsOutsideAccess passes when resource control policies on the way to the account deny
// the services that hold data to principals outside the organization.
// Source: Organizations ListParents, ListPoliciesForTarget and DescribePolicy; AWS
// Organizations User Guide, "Resource control policies".
var RCPLimitsOutsideAccess = checks.Check{
	ID:          "organizations-rcp-limits-outside-access",
	Title:       "Resource control policies keep principals from outside away from the account's data",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads:       identity.GuardrailReads,
	Parameters:  checks.Parameters{"services": []string{"s3", "sts", "kms"}},
	Remedy:      "Attach a resource control policy that denies s3, sts and kms where aws:PrincipalOrgID is not the organization's, but for AWS services.",
	Fix: checks.Fix{
		Threat:    "One bucket policy, key policy or trust policy that somebody writes too wide gives data to strangers. A resource control policy holds whatever such policies say.",
		CLI:       "aws organizations enable-policy-type --root-id ROOT_ID --policy-type RESOURCE_CONTROL_POLICY\naws organizations create-policy --type RESOURCE_CONTROL_POLICY --name identity-perimeter --description \"Identity perimeter\" --content file://perimeter.json\naws organizations attach-policy --policy-id POLICY_ID --target-id OU_ID",
		Terraform: "resource \"aws_organizations_policy\" \"perimeter\" {\n  name = \"identity-perimeter\"\n  type = \"RESOURCE_CONTROL_POLICY\"\n  content = jsonencode({\n    Version = \"2012-10-17\"\n    Statement = [{\n      Effect    = \"Deny\"\n      Principal = \"*\"\n      Action    = [\"s3:*\", \"sts:AssumeRole\", \"kms:*\"]\n      Resource  = \"*\"\n      Condition = {\n        StringNotEqualsIfExists = { \"aws:PrincipalOrgID\" = \"o-EXAMPLE\" }\n        BoolIfExists            = { \"aws:PrincipalIsAWSService\" = \"false\" }\n      }\n    }]\n  })\n}",
		Cost:      "Partners, public websites and presigned links of other accounts stop working until they are exempted.",
	},
	Judges: checks.For(snapshot.Accounts, rcpLimitsOutsideAccess),
}

func scpBindsAccount(a *snapshot.Account, env checks.Env) checks.Verdict {
	found := identity.Guardrails(env, a.Location)
	switch {
	case found.Why != "" && !strings.Contains(found.Why, "CONSOLIDATED_BILLING"):
		return checks.DoesNotApply("%s", found.Why)
	case found.Why != "":
		return checks.Fail("no service control policy binds the account: %s", found.Why)
	case found.SCPs == nil:
		return checks.Fail("no service control policy is attached on the way to the account: the policy type is not enabled at the root")
	}
	var open, spared []string
	unsure := false
	for _, action := range env.Strings("protected_actions") {
		got := found.SCPs.Denies(action)
		switch got.Answer {
		case policy.No:
			open = append(open, action)
		case policy.CannotTell:
			unsure = true
		case policy.Yes:
			for _, c := range got.Exempt {
				if text := c.String() + fitting(env, a, c); !slices.Contains(spared, text) {
					spared = append(spared, text)
				}
			}
		}
	}
	note := ""
	if len(spared) > 0 {
		note = "; spared are those of " + wording.List(spared, 3)
	}
	switch {
	case len(open) > 0 && !limitsAnything(found.SCPs):
		return checks.Fail("the service control policies on the way to the account allow everything and deny nothing").With("open", wording.List(open, 20))
	case len(open) > 0:
		return checks.Fail("no service control policy denies %s%s", wording.List(open, 7), note).With("open", wording.List(open, 20))
	case unsure && found.SCPs.Unread != nil:
		return checks.Unknown(found.SCPs.Unread)
	case unsure:
		return identity.Undecided(slices.Concat(found.SCPs.Levels...))
	case !limitsAnything(found.SCPs):
		return checks.Fail("the service control policies on the way to the account allow everything and deny nothing")
	}
	return checks.Pass("service control policies deny %s%s", wording.List(env.Strings("protected_actions"), 7), note)
}

// limitsAnything says that some policy denies something, or allows less than everything.
func limitsAnything(g *policy.Guardrails) bool {
	for _, level := range g.Levels {
		everything := false
		for _, src := range level {
			if src.Document == nil {
				continue
			}
			for i := range src.Document.Statements {
				s := &src.Document.Statements[i]
				if s.Effect == policy.Deny {
					return true
				}
				everything = everything || s.CoversAction("*") && s.EveryResource("") && len(s.Conditions) == 0
			}
		}
		if !everything && len(level) > 0 {
			return true
		}
	}
	return false
}

// fitting names the roles of the account that a condition on the caller's ARN spares, with
// whom they let in.
func fitting(env checks.Env, a *snapshot.Account, c policy.Condition) string {
	if !c.Is("aws:PrincipalArn") {
		return ""
	}
	roles, _ := checks.In(env, snapshot.Roles, a.Location).Get() // those that were read
	var names []string
	for _, r := range roles {
		if !slices.ContainsFunc(c.Values, func(v string) bool { return policy.Covers(v, r.ARN) }) {
			continue
		}
		who := r.Name
		if src := identity.Source("", r.Trust); src.Document != nil {
			var in []string
			for _, t := range src.Document.Trusts("") {
				in = append(in, t.Value)
			}
			who += " for " + wording.List(in, 3)
		}
		names = append(names, who)
	}
	if len(names) == 0 {
		return " (no role of the account)"
	}
	return " (" + wording.List(names, 3) + ")"
}

func rootDeniedInMembers(a *snapshot.Account, env checks.Env) checks.Verdict {
	found := identity.Guardrails(env, a.Location)
	if found.Why != "" && !strings.Contains(found.Why, "CONSOLIDATED_BILLING") {
		return checks.DoesNotApply("%s", found.Why)
	}
	root := "arn:" + a.Partition + ":iam::" + a.Location.Account + ":root"
	var unread error
	if found.SCPs != nil {
		unread = found.SCPs.Unread
		for _, src := range slices.Concat(found.SCPs.Levels...) {
			if src.Document == nil {
				unread = fmt.Errorf("%s: %w", src.Name, src.Err)
				continue
			}
			for i := range src.Document.Statements {
				if s := &src.Document.Statements[i]; s.DeniesRoot(root) {
					return checks.Pass("%s denies everything to the root user", policy.Ref{Source: src.Name, Statement: s})
				}
			}
		}
	}
	left, err := rootCredentials(a, env)
	switch {
	case left == "" && err == nil:
		return checks.Pass("the root user has neither password nor key nor certificate")
	case unread != nil:
		return identity.Untold(unread)
	case left != "":
		return checks.Fail("no service control policy denies everything to the root user, and %s", left)
	}
	return identity.Untold(err)
}

func rcpLimitsOutsideAccess(a *snapshot.Account, env checks.Env) checks.Verdict {
	found := identity.Guardrails(env, a.Location)
	o, err := checks.Use(env, a.Org.Organization)
	switch {
	case found.Why != "" && !strings.Contains(found.Why, "CONSOLIDATED_BILLING"):
		return checks.DoesNotApply("%s", found.Why)
	case found.Why != "":
		return checks.Fail("no resource control policy binds the account: %s", found.Why)
	case err != nil:
		return checks.Unknown(err)
	case found.RCPs == nil:
		return checks.Fail("no resource control policy is attached on the way to the account: the policy type is not enabled at the root")
	}
	var open, spared []string
	for _, service := range env.Strings("services") {
		limited := false
		for _, src := range slices.Concat(found.RCPs.Levels...) {
			if src.Document == nil {
				continue
			}
			for i := range src.Document.Statements {
				if accounts, ok := src.Document.Statements[i].LimitsOutsiders(service, o.ID); ok {
					limited = true
					for _, id := range accounts {
						if !slices.Contains(spared, id) {
							spared = append(spared, id)
						}
					}
				}
			}
		}
		if !limited {
			open = append(open, service)
		}
	}
	if len(open) > 0 {
		if found.RCPs.Unread != nil {
			return checks.Unknown(found.RCPs.Unread)
		}
		if v, unread := identity.Unread(slices.Concat(found.RCPs.Levels...)); unread {
			return v
		}
		return checks.Fail("no resource control policy keeps principals outside %s from %s", o.ID, strings.Join(open, ", ")).With("open", strings.Join(open, ", "))
	}
	note := ""
	if len(spared) > 0 {
		note = "; exempt are the accounts " + wording.List(spared, 5)
	}
	return checks.Pass("resource control policies keep principals outside %s from %s%s", o.ID, strings.Join(env.Strings("services"), ", "), note)
}
