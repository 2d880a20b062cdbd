package iam

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// RoleTrustClosedAccountsAbsent passes when a role trusts no account that the organization
// shows as closed or being closed, and none that is named as a former one.
// Source: IAM GetAccountAuthorizationDetails, AssumeRolePolicyDocument; Organizations
// ListAccounts, State, in older answers Status.
var RoleTrustClosedAccountsAbsent = checks.Check{
	ID:          "iam-role-trust-closed-accounts-absent",
	Title:       "Roles trust no account that is closed or has left the organization",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads:       []string{"iam:GetAccountAuthorizationDetails", "organizations:ListAccounts", "organizations:DescribeOrganization"},
	Parameters:  checks.Parameters{"former_accounts": []string{}},
	Bounds:      accountIDs,
	Remedy:      "Take the account out of the trust policy.",
	Fix: checks.Fix{
		Threat:    "A closed account can be opened again for 90 days, and one that left has another owner: either way somebody else than intended takes on the role. Nobody looks after an account that is thought to be gone.",
		CLI:       "aws iam get-role --role-name {name} --query Role.AssumeRolePolicyDocument > trust.json\naws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json",
		Terraform: "data \"aws_iam_policy_document\" \"trust\" {\n  statement {\n    actions = [\"sts:AssumeRole\"]\n    principals {\n      type        = \"AWS\"\n      identifiers = [\"arn:aws:iam::{account}:root\"]\n    }\n  }\n}",
		Cost:      "None, as long as nothing of the closed account is still at work.",
	},
	Judges: checks.For(snapshot.Roles, roleTrustClosedAccountsAbsent),
}

// RoleTrustNotWholeOrganization passes when a role that is an administrator in effect, or
// may change every resource, is not open to every account of the organization.
// Source: IAM GetAccountAuthorizationDetails; the organization's service control policies.
var RoleTrustNotWholeOrganization = checks.Check{
	ID:             "iam-role-trust-not-whole-organization",
	Title:          "Roles with high privileges are not open to the whole organization",
	Severity:       checks.Medium,
	Category:       checks.Access,
	Duty:           checks.AccessControl,
	ServiceKind:    checks.OfAccount,
	Tier:           3,
	Reads:          slices.Concat([]string{"iam:GetAccountAuthorizationDetails"}, identity.GuardrailReads),
	Parameters:     checks.Parameters{"max_accounts": 3},
	FailWhenUnread: true,
	Remedy:         "Name the accounts, or the organizational unit by aws:PrincipalOrgPaths.",
	Fix: checks.Fix{
		Threat:    "Every administrator of every account of the organization, the sandbox among them, can become an administrator here. One careless account is then enough to lose this one.",
		CLI:       "aws iam get-role --role-name {name} --query Role.AssumeRolePolicyDocument > trust.json\naws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json",
		Terraform: "data \"aws_iam_policy_document\" \"trust\" {\n  statement {\n    actions = [\"sts:AssumeRole\"]\n    principals {\n      type        = \"AWS\"\n      identifiers = [\"*\"]\n    }\n    condition {\n      test     = \"ForAnyValue:StringLike\"\n      variable = \"aws:PrincipalOrgPaths\"\n      values   = [\"o-EXAMPLE/r-EXAMPLE/ou-EXAMPLE/*\"]\n    }\n  }\n}",
		Cost:      "Pipelines and people in accounts that are no longer named lose the role.",
	},
	Judges: checks.For(snapshot.Roles, roleTrustNotWholeOrganization),
}

func roleTrustClosedAccountsAbsent(r snapshot.Role, env checks.Env) checks.Verdict {
	return identity.OfCustomer(r, func(d *policy.Document) checks.Verdict {
		foreign := identity.InsidersOf(env, nil, false).Foreign(d)
		var named []string
		for _, f := range foreign {
			named = append(named, f.Accounts...)
		}
		if len(named) == 0 {
			return checks.DoesNotApply("the role names no other account")
		}
		former := env.Strings("former_accounts")
		states, err := checks.Use(env, env.Account().Org.States)
		var closed []string
		for _, id := range named {
			switch state := states[id]; {
			case slices.Contains(former, id):
				closed = append(closed, id+" (named in former_accounts)")
			case state == "SUSPENDED" || state == "CLOSED":
				closed = append(closed, fmt.Sprintf("%s (%s)", id, state))
			case state == "PENDING_CLOSURE":
				closed = append(closed, id+" (PENDING_CLOSURE: being closed)")
			}
		}
		_, none := checks.Use(env, env.Account().Org.Organization)
		switch {
		case len(closed) > 0:
			return checks.Fail("the role trusts %s", wording.List(closed, 5)).With("accounts", wording.List(closed, 5))
		case err != nil:
			return checks.Unknown(err)
		case errors.Is(none, snapshot.ErrAbsent) && len(former) == 0:
			return checks.DoesNotApply("the account is in no organization, and former_accounts is empty")
		}
		return checks.Pass("none of the trusted accounts is closed or a former one: %s", wording.List(named, 5)).With("accounts", wording.List(named, 5))
	})
}

func roleTrustNotWholeOrganization(r snapshot.Role, env checks.Env) checks.Verdict {
	return identity.OfCustomer(r, func(d *policy.Document) checks.Verdict {
		e := identity.EffectiveRole(env, r)
		bare := e
		bare.SCPs = nil // which decide on a FAIL alone
		power, unread := powerful(bare, r.Account)
		wide := openToOrganization(d, r.Account, env.Int("max_accounts"))
		switch {
		case power == "" && unread != nil:
			return identity.Untold(unread)
		case power == "":
			return checks.DoesNotApply("the role is no administrator and may change nothing on every resource")
		case wide == "":
			return checks.Pass("the role, which %s, is not open to the whole organization", power)
		}
		if power, _ = powerful(e, r.Account); power == "" {
			return checks.Pass("%s, but service control policies leave the role no such rights", wide)
		}
		return checks.Fail("%s, and the role %s", wide, power)
	})
}

// powerful says in words that an identity is an administrator in effect or may change every
// resource; "" for neither, or an error where a policy was not read.
func powerful(e identity.Effective, account string) (string, error) {
	right := e.EffectiveAdmin(policy.ProbeActions)
	if right.Answer == policy.Yes {
		return "is an administrator in effect by " + right.Allow.String() + e.Unread(right), nil
	}
	if found := writes(&e.Identity, account, 4, false); len(found) > 0 {
		return "may change every resource, as by " + wording.List(found, 3) + e.Unread(e.Can(found[0], "*")), nil
	}
	for _, src := range e.Policies {
		if src.Document == nil {
			return "", fmt.Errorf("%s: %w", src.Name, src.Err)
		}
	}
	return "", nil
}

// openToOrganization says in words how a trust policy lets in a whole organization, or the
// roots of more accounts than the limit; "" where it does not.
func openToOrganization(d *policy.Document, own string, limit int) string {
	var roots []string
	for _, t := range d.Trusts("") {
		switch {
		case t.Kind == policy.TrustEveryone:
			if how := wholeOrganization(t); how != "" {
				return how
			}
		case t.Kind == policy.TrustAWS && t.Account != own && (t.Value == t.Account || strings.HasSuffix(t.Value, ":root")) && !slices.Contains(roots, t.Account):
			roots = append(roots, t.Account)
		}
	}
	if len(roots) > limit {
		return fmt.Sprintf("%d whole accounts may assume the role, want at most %d: %s", len(roots), limit, wording.List(roots, 5))
	}
	return ""
}

func wholeOrganization(t policy.Trust) string {
	if _, fixed := t.FixedBy("aws:PrincipalAccount", "aws:PrincipalArn"); fixed {
		return ""
	}
	organization, name := "", ""
	for _, b := range t.Bounds {
		switch b.Key {
		case "aws:principalorgid":
			organization = strings.Join(b.Values, ", ")
		case "aws:principalorgpaths":
			if !slices.ContainsFunc(b.Values, func(v string) bool { return !strings.Contains(v, "/ou-") }) {
				return "" // units, which are not the whole
			}
			organization = strings.Join(b.Values, ", ")
		case "aws:principalarn":
			name = ", if called by " + strings.Join(b.Values, ", ") + ", a name that each account's administrators can make"
		}
	}
	if organization == "" {
		return "" // public, which is a finding of its own
	}
	return "every account of " + organization + " may assume the role" + name
}
