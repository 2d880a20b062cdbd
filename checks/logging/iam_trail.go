package logging

import (
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// PolicyNoFullAccessToCloudTrail passes when no customer's policy allows all four actions
// that stop or blind a trail on every trail.
// Source: IAM GetAccountAuthorizationDetails; Service Authorization Reference, CloudTrail.
var PolicyNoFullAccessToCloudTrail = checks.Check{
	ID:          "iam-policy-no-full-access-to-cloudtrail",
	Title:       "Customer policies do not allow full access to CloudTrail",
	Severity:    checks.Medium,
	Category:    checks.LoggingOf,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Allow cloudtrail:Get*, Describe*, List* and LookupEvents alone.",
	Fix: checks.Fix{
		Threat: "Whoever holds the policy can stop the trail before doing harm. What follows is on no record.",
		CLI:    "aws iam create-policy-version --policy-arn {arn} --policy-document file://policy.json --set-as-default",
		Terraform: `data "aws_iam_policy_document" "needed" {
  statement {
    actions   = ["cloudtrail:Get*", "cloudtrail:Describe*", "cloudtrail:List*", "cloudtrail:LookupEvents"]
    resources = ["*"]
  }
}`,
		Cost: "The few who manage trails need a role of their own.",
	},
	Judges: identity.Each(policyNoFullAccessToCloudTrail),
}

// CanaryKeyUnused passes when the keys of the users that the policy names as canaries have
// never been used. A use that the report does not show yet, it may for four hours, is missed.
// Source: credential report, access_key_N_last_used_date.
var CanaryKeyUnused = checks.Check{
	ID:          "iam-canary-key-unused",
	Title:       "Canary users' access keys have never been used",
	Severity:    checks.Critical,
	Category:    checks.LoggingOf,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Parameters:  checks.Parameters{"canary_users": []string{}},
	Remedy:      "Find out where the key lay and who took it, then replace it.",
	Fix: checks.Fix{
		Threat: "The key exists to be stolen and has been used: somebody was where it lay. What lay beside it is known to him too.",
		CLI: `aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=KEY-ID
aws iam update-access-key --user-name USER --access-key-id KEY-ID --status Inactive`,
		Terraform: `resource "aws_iam_access_key" "canary" {
  user = "USER"
}`,
		Cost: "An investigation: who used the key, from where, and what else he could reach.",
	},
	Judges: checks.For(snapshot.Accounts, canaryKeyUnused),
}

func policyNoFullAccessToCloudTrail(p identity.Policy, _ checks.Env) checks.Verdict {
	var by []policy.Ref
	for _, action := range []string{"cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors"} {
		refs := p.Allowing(action, func(s *policy.Statement) bool { return s.EveryResourceFor(action, p.Account) })
		if len(refs) == 0 {
			return checks.Pass("%s is not allowed on every trail", action)
		}
		by = refs
	}
	return checks.Fail("stopping, deleting and blinding every trail is allowed by %s", identity.Names(by)).With("statements", identity.Names(by))
}

func canaryKeyUnused(a *snapshot.Account, env checks.Env) checks.Verdict {
	names := env.Strings("canary_users")
	if len(names) == 0 {
		return checks.DoesNotApply("no canary users are named")
	}
	rows, err := checks.Use(env, a.IAM.Report)
	if err != nil {
		return checks.Unknown(err)
	}
	var used, quiet, absent []string
	for _, name := range names {
		i := slices.IndexFunc(rows, func(r snapshot.CredentialRow) bool { return r.User == name })
		if i < 0 {
			absent = append(absent, name)
			continue
		}
		use, state := canary(rows[i])
		if quiet = append(quiet, state); use != "" {
			used = append(used, use)
		}
	}
	switch {
	case len(used) > 0:
		return checks.Fail("%s", strings.Join(used, "; ")).With("used", strings.Join(used, "; "))
	case len(absent) > 0:
		return checks.Fail("the credential report knows no user %s: nothing watches over its keys", strings.Join(absent, ", ")).With("absent", strings.Join(absent, ", "))
	}
	return checks.Pass("never used, by the report of %s: %s", rows[0].Generated.Format(time.RFC3339), strings.Join(quiet, "; "))
}

// canary says how a key of one user was used, "" for never, and when user and keys were
// made: a key that was replaced after its use shows none.
func canary(r snapshot.CredentialRow) (used, state string) {
	state = r.User + " made " + r.Created.Format(time.RFC3339)
	for _, k := range r.Keys {
		if !k.LastRotated.IsZero() {
			state += ", key made " + k.LastRotated.Format(time.RFC3339)
		}
		if !k.LastUsed.IsZero() {
			used = "a key of " + r.User + " was used " + k.LastUsed.Format(time.RFC3339)
		}
	}
	return used, state
}
