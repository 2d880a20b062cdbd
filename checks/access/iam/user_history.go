package iam

import (
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// UserKeysNotNeededOutsideIAM passes when a user who holds an active access key has used no
// service in the days that AWS keeps, but for those that roles cannot serve. The last use
// of a key names one service and must not stand for all.
// Source: credential report, access_key_N_active; IAM GetServiceLastAccessedDetails.
var UserKeysNotNeededOutsideIAM = checks.Check{
	ID:          "iam-user-keys-not-needed-outside-iam",
	Title:       "IAM users' long-lived access keys are not used for services that roles could serve",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	OptIn:       "access-history",
	Reads: []string{"iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport", "iam:GetCredentialReport", "iam:GenerateServiceLastAccessedDetails",
		"iam:GetServiceLastAccessedDetails"},
	Parameters: checks.Parameters{"allowed_services": []string{"iam", "sts"}},
	Remedy:     "Let the machine or the person assume a role, and delete the key.",
	Fix: checks.Fix{
		Threat:    "A long-lived key works from anywhere until somebody deletes it, and it ends up in code, logs and backups. A role's credentials end by themselves.",
		CLI:       "aws iam update-access-key --user-name {name} --access-key-id KEY_ID --status Inactive\naws iam delete-access-key --user-name {name} --access-key-id KEY_ID",
		Terraform: "resource \"aws_iam_role\" \"task\" {\n  name               = \"task\"\n  assume_role_policy = data.aws_iam_policy_document.trust.json\n}",
		Cost:      "What uses the key has to learn to assume a role; machines outside AWS can use IAM Roles Anywhere or OIDC.",
	},
	Judges: checks.For(snapshot.Users, userKeysNotNeededOutsideIAM),
}

func userKeysNotNeededOutsideIAM(u snapshot.User, env checks.Env) checks.Verdict {
	row, err := checks.Use(env, u.Credentials)
	switch {
	case err != nil:
		return checks.Unknown(err)
	case row == nil:
		return checks.Unclear("the user was made after the credential report")
	case row.Keys[0].Active != "true" && row.Keys[1].Active != "true":
		return checks.DoesNotApply("the user has no active access key")
	}
	h, err := checks.Use(env, u.History)
	if err != nil {
		return checks.Unknown(err)
	}
	allowed := env.Strings("allowed_services")
	var used []string
	for _, s := range h.Services {
		if !s.Last.IsZero() && !slices.Contains(allowed, s.Service) {
			used = append(used, s.Service+" (last "+s.Last.Format(time.DateOnly)+")")
		}
	}
	if len(used) > 0 {
		return checks.Fail("the user holds an active access key and uses %s", wording.List(used, 5)).With("services", wording.List(used, 20))
	}
	return checks.Pass("the user holds an active access key and has used nothing but %s in the days that AWS keeps", strings.Join(allowed, ", "))
}
