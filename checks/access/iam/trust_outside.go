package iam

import (
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// RoleNoExternalReadOnlyAccess passes when a role that principals outside may assume cannot
// read data on all resources: by AWS's ReadOnlyAccess, or by the sum of its policies.
// Source: IAM GetAccountAuthorizationDetails; Organizations DescribeOrganization and
// ListAccounts.
var RoleNoExternalReadOnlyAccess = checks.Check{
	ID:          "iam-role-no-external-read-only-access",
	Title:       "Roles with wide read access are not open to accounts outside",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails", "organizations:DescribeOrganization", "organizations:ListAccounts"},
	Parameters:  checks.Parameters{"trusted_accounts": []string{}},
	Bounds:      accountIDs,
	Remedy:      "Give the role ViewOnlyAccess or SecurityAudit, which show settings and no data, or name the resources.",
	Fix: checks.Fix{
		Threat:    "Whoever controls the other account reads every object, table and secret of this one, now and later. The reads look like the work of a role that is meant to read.",
		CLI:       "aws iam detach-role-policy --role-name {name} --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess\naws iam attach-role-policy --role-name {name} --policy-arn arn:aws:iam::aws:policy/SecurityAudit",
		Terraform: "resource \"aws_iam_role_policy_attachment\" \"audit\" {\n  role       = \"{name}\"\n  policy_arn = \"arn:aws:iam::aws:policy/SecurityAudit\"\n}",
		Cost:      "Work of the other account that really reads data fails until those resources are named in a policy of their own.",
	},
	Judges: checks.For(snapshot.Roles, roleNoExternalReadOnlyAccess),
}

// RoleNoExternalWriteAccess passes when a role that principals outside may assume cannot
// change anything on all resources without a restricting condition, its boundary considered.
// Source: the same.
var RoleNoExternalWriteAccess = checks.Check{
	ID:          "iam-role-no-external-write-access",
	Title:       "Roles open to accounts outside cannot write on all resources",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails", "organizations:DescribeOrganization", "organizations:ListAccounts"},
	Parameters:  checks.Parameters{"trusted_accounts": []string{}},
	Bounds:      accountIDs,
	Remedy:      "Name the resources that the role may change, or give it a permissions boundary.",
	Fix: checks.Fix{
		Threat:    "Whoever controls the other account changes or deletes what this one holds, and can leave itself a way back. A single leaked key over there is enough.",
		CLI:       "aws iam put-role-permissions-boundary --role-name {name} --permissions-boundary arn:aws:iam::{account}:policy/BOUNDARY",
		Terraform: "resource \"aws_iam_role\" \"{name}\" {\n  permissions_boundary = aws_iam_policy.boundary.arn\n}",
		Cost:      "The boundary has to allow all that the role really does, or that work is denied from then on.",
	},
	Judges: checks.For(snapshot.Roles, roleNoExternalWriteAccess),
}

// outsiders judges a role that principals outside the organization and the trusted accounts
// may assume; others pass without a look at what they may do.
func outsiders(r snapshot.Role, env checks.Env, judge func(who string) checks.Verdict) checks.Verdict {
	return identity.OfCustomer(r, func(d *policy.Document) checks.Verdict {
		in := identity.InsidersOf(env, env.Strings("trusted_accounts"), true)
		outside, open, _ := parted(in.Foreign(d))
		switch {
		case len(outside) > 0:
			return judge(wording.List(outside, 3))
		case len(open) > 0:
			v := checks.Unknown(in.Unread())
			v.Reason = "nothing tells whether " + wording.List(open, 3) + " is outside: " + v.Reason
			return v
		}
		return checks.DoesNotApply("the role trusts nobody outside the account, the organization and the trusted accounts")
	})
}

// dataReads are actions that read what customers store.
var dataReads = []string{"s3:GetObject", "dynamodb:GetItem", "secretsmanager:GetSecretValue"}

func roleNoExternalReadOnlyAccess(r snapshot.Role, env checks.Env) checks.Verdict {
	return outsiders(r, env, func(who string) checks.Verdict {
		for _, p := range r.Attached {
			if strings.HasSuffix(p.ARN, ":iam::aws:policy/ReadOnlyAccess") {
				return checks.Fail("%s may assume the role, and ReadOnlyAccess is attached to it", who).With("principals", who)
			}
		}
		id := policy.Identity{ARN: r.ARN, Policies: identity.Of(env, r.Meta, r.Grants)}
		for _, action := range dataReads {
			if right := id.Can(action, "*"); right.Answer == policy.Yes {
				return checks.Fail("%s may assume the role, which may %s on every resource by %s", who, action, right.Allow).With("principals", who)
			}
		}
		if v, unread := identity.Unread(id.Policies); unread {
			return v
		}
		return checks.Pass("%s may assume the role, which may do none of %s on every resource", who, strings.Join(dataReads, ", ")).With("principals", who)
	})
}

func roleNoExternalWriteAccess(r snapshot.Role, env checks.Env) checks.Verdict {
	return outsiders(r, env, func(who string) checks.Verdict {
		id := policy.Identity{ARN: r.ARN, Policies: identity.Of(env, r.Meta, r.Grants)}
		if r.BoundaryARN != "" {
			b := identity.Managed(env, r.Location, r.BoundaryARN)
			id.Boundary = &b
		}
		found := writes(&id, r.Account, 8, true)
		if len(found) > 0 {
			return checks.Fail("%s may assume the role, which may change every resource: %s", who, wording.List(found, 7)).With("principals", who).With("actions", strings.Join(found, " "))
		}
		sources := id.Policies
		if id.Boundary != nil {
			sources = append(sources, *id.Boundary)
		}
		if v, unread := identity.Unread(sources); unread {
			return v
		}
		return checks.Pass("%s may assume the role, which may change nothing on every resource", who).With("principals", who)
	})
}

// writes are actions that change something and that an identity may do on every resource,
// by a statement without a restricting condition: at most limit of them. To be sure of them
// is to leave out what a limit that was not read might take away.
func writes(id *policy.Identity, account string, limit int, sure bool) (out []string) {
	seen := map[string]bool{}
	for _, src := range id.Policies {
		if src.Document == nil {
			continue
		}
		for i := range src.Document.Statements {
			s := &src.Document.Statements[i]
			if s.Effect != policy.Allow || len(s.Restricting("*")) > 0 {
				continue
			}
			for action := range s.Writes(account) {
				if seen[action] {
					continue
				}
				seen[action] = true
				if right := id.Can(action, "*"); right.Answer != policy.Yes || sure && len(right.Unread) > 0 {
					continue
				}
				if out = append(out, action); len(out) == limit {
					return out
				}
			}
		}
	}
	return out
}
