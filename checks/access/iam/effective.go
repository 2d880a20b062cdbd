package iam

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// PrincipalNotEffectiveAdmin passes when a user or role is named as intended, or cannot do
// everything in effect: the sum of its own, attached and groups' policies, less what is
// denied without a condition, cut by its boundary and the service control policies.
// Source: IAM GetAccountAuthorizationDetails; Organizations ListParents,
// ListPoliciesForTarget and DescribePolicy; IAM User Guide, "Policy evaluation logic".
var PrincipalNotEffectiveAdmin = checks.Check{
	ID:             "iam-principal-not-effective-admin",
	Title:          "Only the principals named as intended are administrators in effect",
	Severity:       checks.Critical,
	Category:       checks.Access,
	Duty:           checks.AccessControl,
	ServiceKind:    checks.OfAccount,
	Tier:           3,
	Reads:          slices.Concat([]string{"iam:GetAccountAuthorizationDetails"}, identity.GuardrailReads),
	Parameters:     checks.Parameters{"allowed_admins": []string{}, "probe_actions": policy.ProbeActions},
	FailWhenUnread: true,
	Remedy:         "Name the principal in allowed_admins, or give it the rights that it needs.",
	Fix: checks.Fix{
		Threat:    "Whoever gets a key or a session of this principal owns the account: data, backups, logs and all other principals. Rights that add up over groups and policies are seen in none of them alone.",
		CLI:       "aws iam list-attached-role-policies --role-name {name}\naws iam detach-role-policy --role-name {name} --policy-arn POLICY_ARN",
		Terraform: "resource \"aws_iam_role\" \"{name}\" {\n  permissions_boundary = aws_iam_policy.boundary.arn\n}",
		Cost:      "Work that leaned on the wide rights fails until what it needs is granted; IAM's access history shows what that is.",
	},
	Judges: identity.Principals(principalNotEffectiveAdmin),
}

// PrincipalNoEscalationPath passes when no way leads from a principal below administrator to
// one: over roles that it may assume, identities that it may take over, roles that it may
// hand to a service, or policies that it may rewrite. A way on a condition counts, and is
// called so.
// Source: the same; EC2 DescribeInstances.
var PrincipalNoEscalationPath = checks.Check{
	ID:             "iam-principal-no-escalation-path",
	Title:          "No principal below administrator can make itself one",
	Severity:       checks.Critical,
	Category:       checks.Access,
	Duty:           checks.AccessControl,
	ServiceKind:    checks.OfAccount,
	Tier:           3,
	Reads:          slices.Concat([]string{"iam:GetAccountAuthorizationDetails"}, identity.GraphReads, identity.GuardrailReads),
	Parameters:     checks.Parameters{"max_path_length": 6},
	Bounds:         checks.AtLeast(1),
	FailWhenUnread: true,
	Remedy:         "Cut one step of the way: name the resources, ask for a boundary, or narrow the trust policy.",
	Fix: checks.Fix{
		Threat: "The principal looks harmless, and a few calls make it an administrator. An intruder with its key finds the way by a tool in minutes.",
		CLI:    "aws iam simulate-principal-policy --policy-source-arn {arn} --action-names iam:PassRole sts:AssumeRole iam:CreatePolicyVersion",
		Terraform: `data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["iam:PassRole"]
    resources = [aws_iam_role.task.arn]
    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com"]
    }
  }
}`,
		Cost: "Deployments that pass or write roles have to name them.",
	},
	Judges: identity.Principals(principalNoEscalationPath),
}

// ExternalPrincipalNoPathToAdmin passes when no role that somebody outside the organization may
// assume is an administrator in effect or leads to one.
// Source: the same; Organizations ListAccounts; IAM ListOpenIDConnectProviders and
// ListSAMLProviders.
var ExternalPrincipalNoPathToAdmin = checks.Check{
	ID:          "iam-external-principal-no-path-to-admin",
	Title:       "No principal outside the organization can reach administrator rights, even over several roles",
	Severity:    checks.Critical,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads: slices.Concat([]string{"iam:GetAccountAuthorizationDetails", "organizations:ListAccounts", "iam:ListOpenIDConnectProviders", "iam:ListSAMLProviders"},
		identity.GraphReads, identity.GuardrailReads),
	Parameters:     checks.Parameters{"trusted_accounts": []string{}},
	Bounds:         accountIDs,
	FailWhenUnread: true,
	Remedy:         "Narrow the role, or what it may assume, pass and write; or trust nobody outside.",
	Fix: checks.Fix{
		Threat:    "Another company, or whoever breaks into it, takes over this account step by step over roles that are harmless one by one. Its own logs show nothing of what led there.",
		CLI:       "aws iam get-role --role-name {name} --query Role.AssumeRolePolicyDocument > trust.json\naws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json",
		Terraform: "resource \"aws_iam_role\" \"{name}\" {\n  permissions_boundary = aws_iam_policy.partners.arn\n}",
		Cost:      "The other company's work stops where it leaned on the rights that go.",
	},
	Judges: checks.For(snapshot.Roles, externalPrincipalNoPathToAdmin),
}

// PrincipalCannotLiftGuardrails passes when a principal is named as intended, or may turn off
// none of the settings that protect the account as a whole. What a declarative policy of the
// organization holds fast, nobody in the account can.
// Source: the same; Organizations DescribeEffectivePolicy DECLARATIVE_POLICY_EC2.
var PrincipalCannotLiftGuardrails = checks.Check{
	ID:             "iam-principal-cannot-lift-account-guardrails",
	Title:          "Only the principals named as intended can lift account-wide guardrails",
	Severity:       checks.Medium,
	Category:       checks.Access,
	Duty:           checks.AccessControl,
	ServiceKind:    checks.OfAccount,
	Tier:           3,
	Reads:          slices.Concat([]string{"iam:GetAccountAuthorizationDetails", "organizations:DescribeEffectivePolicy"}, identity.GuardrailReads),
	Parameters:     checks.Parameters{"allowed_principals": []string{}},
	FailWhenUnread: true,
	Remedy:         "Deny the actions to all but the administrators by a service control policy, or narrow the principal.",
	Fix: checks.Fix{
		Threat: "One call makes every bucket, snapshot or image of the account able to be public again, or turns off what would notice it. The change looks like an ordinary setting.",
		CLI:    "aws organizations create-policy --type SERVICE_CONTROL_POLICY --name account-guardrails --description \"Account guardrails\" --content file://guardrails.json\naws organizations attach-policy --policy-id POLICY_ID --target-id OU_ID",
		Terraform: `data "aws_iam_policy_document" "this" {
  statement {
    effect    = "Deny"
    actions   = ["s3:PutAccountPublicAccessBlock", "ec2:DisableEbsEncryptionByDefault", "ec2:DisableSnapshotBlockPublicAccess", "ec2:DisableImageBlockPublicAccess", "account:EnableRegion"]
    resources = ["*"]
  }
}`,
		Cost: "Administrators who are denied go through a named role.",
	},
	Judges: identity.Principals(principalCannotLiftGuardrails),
}

func principalNotEffectiveAdmin(e identity.Effective, at snapshot.Meta, env checks.Env) checks.Verdict {
	if e.Named(env.Strings("allowed_admins"), at) {
		return checks.Pass("named in allowed_admins")
	}
	right := e.EffectiveAdmin(env.Strings("probe_actions"))
	switch right.Answer {
	case policy.Yes:
		note := ""
		if right.Conditional {
			note = "; on a condition of " + right.Allow.String()
			if s := right.Allow.Statement; s != nil && len(s.Conditions) > 0 {
				note = identity.Conditions(s)
			}
		}
		return checks.Fail("an administrator in effect by %s%s%s", right.Allow, note, e.Unread(right)).With("statement", right.Allow.String())
	case policy.CannotTell:
		return identity.Undecided(e.Sources())
	case policy.No:
	}
	if limit := right.Limit.String(); limit != "" {
		return checks.Pass("no administrator in effect: kept from it by %s", limit)
	}
	return checks.Pass("no administrator in effect")
}

func principalNoEscalationPath(e identity.Effective, at snapshot.Meta, env checks.Env) checks.Verdict {
	if administers(e) {
		return checks.DoesNotApply("the principal is an administrator already")
	}
	return identity.NoPath(e, at, env, env.Int("max_path_length"), "")
}

func externalPrincipalNoPathToAdmin(r snapshot.Role, env checks.Env) checks.Verdict {
	return identity.OfCustomer(r, func(d *policy.Document) checks.Verdict {
		in := identity.InsidersOf(env, nil, true)
		outside, open, _ := parted(in.Foreign(d))
		strangers := strangersOf(d)
		who := slices.Concat(outside, strangers, open)
		if len(who) == 0 {
			return checks.DoesNotApply("the role trusts nobody outside the organization")
		}
		known := ""
		trusted := func(v string) bool { return !slices.Contains(env.Strings("trusted_accounts"), policy.AccountOf(v)) }
		if !slices.ContainsFunc(who, trusted) {
			known = ", of accounts that are known, which is grave and not the worst"
		}
		unsure := ""
		if len(outside)+len(strangers) == 0 {
			unsure = ", which counts as outside, since the organization was not read: " + in.Unread().Error()
		}
		prefix := wording.List(who, 3) + known + unsure + " may assume the role: "
		e := identity.EffectiveRole(env, r)
		if right := e.EffectiveAdmin(policy.ProbeActions); right.Answer == policy.Yes {
			return checks.Fail("%sit is an administrator in effect by %s%s", prefix, right.Allow, e.Unread(right)).With("principals", wording.List(who, 20))
		}
		v := identity.NoPath(e, r.Meta, env, 6, prefix)
		if v.Status == checks.PASS && unsure != "" {
			return checks.Unknown(in.Unread()) // nobody outside may be trusted at all
		}
		return v.With("principals", wording.List(who, 20))
	})
}

// strangersOf are the web identities that a role lets in and that its owner does not choose:
// any customer of a shared issuer, users of pools that are not named, and guests of a pool.
func strangersOf(d *policy.Document) (out []string) {
	for _, t := range d.Trusts("") {
		if t.Kind != policy.TrustOIDC {
			continue
		}
		s := t.Subject()
		switch {
		case s.Limited != policy.No || s.InIssuer || neverMet(t, s):
		case slices.Contains(cognito, t.Value):
			out = append(out, "users of any identity pool")
		default:
			out = append(out, "anybody of "+s.Provider)
		}
	}
	if _, guests := poolGuests(d); guests != "" {
		out = append(out, "guests of an identity pool")
	}
	return out
}

// lifting are the actions that turn off what protects the account as a whole. For the public
// access block of S3 there is no action of its own to delete it.
var lifting = []string{
	"s3:PutAccountPublicAccessBlock", "ec2:DisableEbsEncryptionByDefault", "ec2:DisableSnapshotBlockPublicAccess", "ec2:DisableImageBlockPublicAccess",
	"ec2:ModifyInstanceMetadataDefaults", "ec2:ModifyVpcBlockPublicAccessOptions", "iam:DeleteAccountPasswordPolicy", "account:EnableRegion", "access-analyzer:DeleteAnalyzer",
}

// declared are the settings that a declarative policy for EC2 can hold fast, by the action
// that would change them. Source: AWS Organizations User Guide, "Declarative policy syntax
// and examples".
var declared = map[string]string{
	"snapshot_block_public_access": "ec2:DisableSnapshotBlockPublicAccess", "image_block_public_access": "ec2:DisableImageBlockPublicAccess",
	"instance_metadata_defaults": "ec2:ModifyInstanceMetadataDefaults", "vpc_block_public_access": "ec2:ModifyVpcBlockPublicAccessOptions",
}

func principalCannotLiftGuardrails(e identity.Effective, at snapshot.Meta, env checks.Env) checks.Verdict {
	if e.Named(env.Strings("allowed_principals"), at) {
		return checks.Pass("named in allowed_principals")
	}
	var can, kept []string
	held, heldNote := heldFast(env)
	note, unsure := "", false
	for _, action := range lifting {
		if slices.Contains(held, action) {
			continue
		}
		switch right := e.Can(action, "*"); right.Answer {
		case policy.Yes:
			can, note = append(can, action), e.Unread(right)
		case policy.No:
			if right.Limit.Source != "" && e.SCPs != nil && bySCP(e, right) {
				kept = append(kept, action+" by "+right.Limit.String())
			}
		case policy.CannotTell:
			unsure = true
		}
	}
	switch {
	case len(can) > 0:
		return checks.Fail("the principal may %s%s%s", wording.List(can, 9), note, heldNote).With("actions", strings.Join(can, " "))
	case unsure:
		return identity.Undecided(e.Sources())
	case len(kept) > 0:
		return checks.Pass("service control policies keep the principal from %s", wording.List(kept, 3))
	}
	return checks.Pass("the principal may lift none of the account's guardrails")
}

// bySCP says that a service control policy takes a right away that the principal's own
// policies give.
func bySCP(e identity.Effective, right policy.Right) bool {
	return slices.ContainsFunc(e.SCPs.Levels, func(level []policy.Source) bool {
		return slices.ContainsFunc(level, func(s policy.Source) bool { return s.Name == right.Limit.Source })
	})
}

// heldFast are the actions on settings that a declarative policy holds, and why there may be
// more.
func heldFast(env checks.Env) (out []string, note string) {
	a := env.Account()
	if o, err := a.Org.Organization.Get(); err != nil || o.ID == "" {
		return nil, ""
	}
	effective, err := checks.Use(env, a.Org.EC2Policy)
	if err != nil {
		return nil, fmt.Sprintf("; not read, and might lift some of it: declarative policies: %v", err)
	}
	var content struct {
		Attributes map[string]json.RawMessage `json:"ec2_attributes"`
	}
	if effective.Content == "" || json.Unmarshal([]byte(effective.Content), &content) != nil {
		return nil, ""
	}
	for name, action := range declared {
		if _, ok := content.Attributes[name]; ok {
			out = append(out, action)
		}
	}
	return out, ""
}
