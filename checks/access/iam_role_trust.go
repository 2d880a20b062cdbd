package access

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	iampolicy "onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// RoleTrustNotPublic passes when no statement of a role's trust policy lets in any AWS
// account, unless a condition says whose principals may come. An external id is a shared
// password and an address range says where, not who.
// Source: IAM GetAccountAuthorizationDetails, AssumeRolePolicyDocument.
var RoleTrustNotPublic = checks.Check{
	ID:          "iam-role-trust-not-public",
	Title:       "Roles cannot be assumed by any AWS account",
	Severity:    checks.Critical,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Name the accounts or roles that may assume the role, or ask for aws:PrincipalOrgID.",
	Fix: checks.Fix{
		Threat: "Anybody with an AWS account can assume the role and do what it may. Role names are guessed and tried by machines.",
		CLI:    "aws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json",
		Terraform: `data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["arn:{partition}:iam::ACCOUNT:role/ROLE"]
    }
  }
}`,
		Cost: "Those who are not named can no longer assume it. Look in CloudTrail for AssumeRole by strangers.",
	},
	Judges: checks.For(snapshot.Roles, roleTrustNotPublic),
}

// RoleTrustPeopleWithMFA passes when every statement that lets users or an account in asks
// for MFA. A condition with IfExists lets long-lived keys through, which carry no such key.
// Source: IAM GetAccountAuthorizationDetails, AssumeRolePolicyDocument; IAM User Guide,
// "Configuring MFA-protected API access".
var RoleTrustPeopleWithMFA = checks.Check{
	ID:          "iam-role-trust-people-with-mfa",
	Title:       "Roles that IAM users may assume ask for MFA",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Add Bool aws:MultiFactorAuthPresent true to the statement.",
	Fix: checks.Fix{
		Threat: "A stolen access key of a user is enough to become the role. With MFA in the trust the thief lacks the device.",
		CLI:    "aws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json",
		Terraform: `data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["arn:{partition}:iam::{account}:user/USER"]
    }
    condition {
      test     = "Bool"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["true"]
    }
  }
}`,
		Cost: "Machines that assume it with keys of a user fail: give them a role of their own.",
	},
	Judges: checks.For(snapshot.Roles, roleTrustPeopleWithMFA),
}

// RoleServiceTrustLimitsSource passes when every statement that lets in a service which acts
// for many customers asks for whose resource it acts. Services that send no such key, as
// ec2.amazonaws.com, are not in the list: the condition would shut them out.
// Source: IAM User Guide, "The confused deputy problem", and the services' own guides.
var RoleServiceTrustLimitsSource = checks.Check{
	ID:          "iam-role-service-trust-limits-source",
	Title:       "Service roles are protected against the cross-service confused deputy",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Parameters:  checks.Parameters{"multi_tenant_services": multiTenant},
	Remedy:      "Add a condition on aws:SourceAccount or aws:SourceArn to the statement.",
	Fix: checks.Fix{
		Threat: "A service acts for many customers: without a condition somebody else's resource can make it use your role. That is the confused deputy.",
		CLI:    "aws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json",
		Terraform: `data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["SERVICE.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = ["{account}"]
    }
  }
}`,
		Cost: "A service that does not send the key can no longer assume the role: look it up in the service's guide, and try it.",
	},
	Judges: checks.For(snapshot.Roles, roleServiceTrustLimitsSource),
}

var multiTenant = []string{
	"appsync", "bedrock", "config", "datasync", "events", "export.rds", "logs", "monitoring.rds", "pipes", "rds", "scheduler", "ses", "ssm", "states", "transfer", "vpc-flow-logs",
}

func roleTrustNotPublic(r snapshot.Role, _ checks.Env) checks.Verdict {
	if r.ServiceLinked() {
		return checks.DoesNotApply("the role belongs to an AWS service")
	}
	return identity.Trusting(r, func(d *iampolicy.Document) checks.Verdict {
		bound := ""
		for _, t := range d.Trusts("") {
			switch {
			case t.Public():
				v := checks.Fail("%s lets in %s of any account%s", t.Ref, strings.Join(t.Actions, ", "), identity.Conditions(t.Ref.Statement))
				return v.With("statement", t.Ref.String())
			case t.Kind == iampolicy.TrustEveryone:
				bound = "; * is limited" + identity.Conditions(t.Ref.Statement)
			}
		}
		return checks.Pass("no statement lets in any account%s", bound)
	})
}

// person says that a trusted principal is a user, or an account and so all its users.
func person(t iampolicy.Trust) bool {
	if t.Kind != iampolicy.TrustAWS || t.Account == "" {
		return false
	}
	return t.Value == t.Account || strings.HasSuffix(t.Value, ":root") || strings.Contains(t.Value, ":user/")
}

func roleTrustPeopleWithMFA(r snapshot.Role, env checks.Env) checks.Verdict {
	return identity.Trusting(r, func(d *iampolicy.Document) checks.Verdict {
		people, foreign := 0, false
		var open []string
		for _, t := range d.Trusts("") {
			if !person(t) {
				continue
			}
			people++
			foreign = foreign || t.Account != r.Account
			if !t.Ref.Statement.RequiresMFA() && !deniesWithoutMFA(d) {
				open = append(open, t.Value)
			}
		}
		if people == 0 {
			return checks.DoesNotApply("the trust policy names no user and no account")
		}
		users, err := checks.In(env, snapshot.Users, r.Location).Get()
		switch {
		case len(open) == 0:
			return checks.Pass("every statement for users or an account asks for MFA")
		case !foreign && len(users) == 0 && err != nil:
			return checks.Unknown(err)
		case !foreign && len(users) == 0:
			return checks.DoesNotApply("the role trusts its own account alone, which has no IAM user")
		}
		list := strings.Join(open, ", ")
		return checks.Fail("without MFA the role lets in %s", list).With("principals", list)
	})
}

// deniesWithoutMFA says that the trust policy refuses everybody who shows no second factor.
func deniesWithoutMFA(d *iampolicy.Document) bool {
	return slices.ContainsFunc(d.Statements, func(s iampolicy.Statement) bool {
		return s.DeniesWithoutMFA() && s.MatchesAction("sts:AssumeRole") && s.Principals.Everyone() && !s.Principals.Negated
	})
}

func roleServiceTrustLimitsSource(r snapshot.Role, env checks.Env) checks.Verdict {
	if r.ServiceLinked() {
		return checks.DoesNotApply("the role belongs to an AWS service")
	}
	services := env.Strings("multi_tenant_services")
	return identity.Trusting(r, func(d *iampolicy.Document) checks.Verdict {
		var limited, open []string
		for _, t := range d.Trusts("") {
			if t.Kind != iampolicy.TrustService || !slices.Contains(services, iampolicy.ServiceName(t.Value)) {
				continue
			}
			if sourceLimited(t, r.Account) {
				limited = append(limited, t.Value)
			} else {
				open = append(open, t.Value)
			}
		}
		switch {
		case len(open) > 0:
			list := strings.Join(open, ", ")
			return checks.Fail("no condition says for whose resources the role may be used by %s", list).With("services", list)
		case len(limited) > 0:
			return checks.Pass("conditions say for whose resources the role may be used by %s", strings.Join(limited, ", "))
		}
		return checks.DoesNotApply("the trust policy names none of the services that act for many customers")
	})
}

// sourceLimited says that a condition fixes the account or organization of the resource
// for which a service comes; an ARN that of an account of our own. A bucket's ARN has none.
func sourceLimited(t iampolicy.Trust, own string) bool {
	if _, fixed := t.FixedBy("aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"); fixed {
		return true
	}
	b, fixed := t.FixedBy("aws:SourceArn")
	return fixed && b.Within(iampolicy.Known{Accounts: []string{own}})
}
