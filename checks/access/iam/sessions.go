package iam

import (
	"slices"
	"strconv"
	"time"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// AdminRoleSessionLimited passes when a role of an administrator that people assume lets
// sessions last no longer than the limit. Of roles that IAM Identity Center keeps the
// permission set rules, and of chained sessions AWS: one hour.
// Source: IAM ListRoles, MaxSessionDuration; GetAccountAuthorizationDetails.
var AdminRoleSessionLimited = checks.Check{
	ID:             "iam-admin-role-session-limited",
	Title:          "Sessions of administrator roles that people assume are short",
	Severity:       checks.Low,
	Category:       checks.Access,
	Duty:           checks.AccessControl,
	ServiceKind:    checks.OfAccount,
	Tier:           3,
	Reads:          slices.Concat([]string{"iam:GetAccountAuthorizationDetails", "iam:ListRoles"}, identity.GuardrailReads),
	Parameters:     checks.Parameters{"max_seconds": 14400},
	FailWhenUnread: true,
	Remedy:         "Set the maximum session duration of the role to a few hours.",
	Fix: checks.Fix{
		Threat:    "Credentials of a session cannot be taken back one by one: what is copied out of a browser or a shell works until the session ends. Twelve hours are a night in which nobody looks.",
		CLI:       "aws iam update-role --role-name {name} --max-session-duration 3600",
		Terraform: "resource \"aws_iam_role\" \"{name}\" {\n  max_session_duration = 3600\n}",
		Cost:      "Administrators sign in again more often; scripts that ask for a longer session by themselves are refused.",
	},
	Judges: checks.For(snapshot.Roles, adminRoleSessionLimited),
}

func adminRoleSessionLimited(r snapshot.Role, env checks.Env) checks.Verdict {
	if r.Reserved() {
		return checks.DoesNotApply("IAM Identity Center keeps the role, and its permission set says how long sessions last")
	}
	return identity.OfCustomer(r, func(d *policy.Document) checks.Verdict {
		people := slices.ContainsFunc(d.Trusts(""), func(t policy.Trust) bool { return t.Kind != policy.TrustService })
		if !people {
			return checks.DoesNotApply("the role trusts services only")
		}
		e := identity.EffectiveRole(env, r)
		bare := e
		bare.SCPs = nil // which decide on a FAIL alone
		switch right := bare.EffectiveAdmin(policy.ProbeActions); right.Answer {
		case policy.No:
			return checks.DoesNotApply("the role is no administrator")
		case policy.CannotTell:
			return identity.Undecided(bare.Policies)
		case policy.Yes:
		}
		longest, err := checks.Use(env, r.MaxSession)
		if err != nil {
			return checks.Unknown(err)
		}
		limit := time.Duration(env.Int("max_seconds")) * time.Second
		seconds := strconv.Itoa(int(longest / time.Second))
		right := e.EffectiveAdmin(policy.ProbeActions)
		switch {
		case longest <= limit:
			return checks.Pass("sessions of the role end after %s seconds at most", seconds).With("MaxSessionDuration", seconds)
		case right.Answer == policy.No:
			return checks.Pass("service control policies keep the role from being an administrator: %s", right.Limit).With("MaxSessionDuration", seconds)
		}
		return checks.Fail("the role is an administrator by %s, and its sessions may last %s seconds, want at most %d%s", right.Allow, seconds, env.Int("max_seconds"), e.Unread(right)).With("MaxSessionDuration", seconds)
	})
}
