package iam

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// CognitoPoolRoleNarrow passes when a role for the guests of an identity pool grants nothing
// wide: nobody has signed in, so that the whole internet holds it. The scope that Cognito
// puts on enhanced sessions does not hold for basic ones.
// Source: IAM GetAccountAuthorizationDetails; Amazon Cognito Developer Guide, "IAM roles" and
// "Identity pools authentication flow".
var CognitoPoolRoleNarrow = checks.Check{
	ID:          "iam-cognito-pool-role-narrow",
	Title:       "Roles of identity pools for guests grant nothing wide",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Name the resources that guests may use, and ask for cognito-identity.amazonaws.com:amr authenticated where nobody but users is meant.",
	Fix: checks.Fix{
		Threat:    "Anybody who reads the pool's id out of a web page gets credentials of this role without signing in. What it allows on everything is then open to the internet.",
		CLI:       "aws iam put-role-policy --role-name {name} --policy-name guests --policy-document file://narrow.json",
		Terraform: "resource \"aws_iam_role_policy\" \"guests\" {\n  role   = \"{name}\"\n  policy = data.aws_iam_policy_document.narrow.json\n}",
		Cost:      "Parts of the application that lean on the wide grant fail for guests.",
	},
	Judges: checks.For(snapshot.Roles, cognitoPoolRoleNarrow),
}

// RolesAnywhereTrustLimited passes when every trust in IAM Roles Anywhere names a trust
// anchor and something of the certificate. Without them every certificate of every anchor
// in the account will do.
// Source: IAM GetAccountAuthorizationDetails; IAM Roles Anywhere User Guide, "Trust policy".
var RolesAnywhereTrustLimited = checks.Check{
	ID:          "iam-roles-anywhere-trust-limited",
	Title:       "Roles for IAM Roles Anywhere name the trust anchor or the certificate's subject",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Ask for aws:SourceArn with the trust anchor and for aws:PrincipalTag/x509Subject/CN.",
	Fix: checks.Fix{
		Threat:    "Every machine with a certificate of any authority that the account trusts takes on this role. The weakest of them, or one stolen key, is then enough.",
		CLI:       "aws iam get-role --role-name {name} --query Role.AssumeRolePolicyDocument > trust.json\naws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json",
		Terraform: "data \"aws_iam_policy_document\" \"trust\" {\n  statement {\n    actions = [\"sts:AssumeRole\", \"sts:TagSession\", \"sts:SetSourceIdentity\"]\n    principals {\n      type        = \"Service\"\n      identifiers = [\"rolesanywhere.amazonaws.com\"]\n    }\n    condition {\n      test     = \"ArnEquals\"\n      variable = \"aws:SourceArn\"\n      values   = [aws_rolesanywhere_trust_anchor.this.arn]\n    }\n    condition {\n      test     = \"StringEquals\"\n      variable = \"aws:PrincipalTag/x509Subject/CN\"\n      values   = [\"build-1.example.com\"]\n    }\n  }\n}",
		Cost:      "Machines whose certificates are not named lose the role.",
	},
	Judges: checks.For(snapshot.Roles, rolesAnywhereTrustLimited),
}

// cognito are the hosts of identity pools, by partition.
var cognito = []string{"cognito-identity.amazonaws.com", "cognito-identity-us-gov.amazonaws.com", "cognito-identity.amazonaws.com.cn"}

// guestServices are those in which a guest has no business on everything.
var guestServices = []string{"iam", "sts", "s3", "rds", "ec2", "kms", "dynamodb", "secretsmanager", "lambda"}

func cognitoPoolRoleNarrow(r snapshot.Role, env checks.Env) checks.Verdict {
	return identity.OfCustomer(r, func(d *policy.Document) checks.Verdict {
		pools, guests := poolGuests(d)
		switch {
		case pools == 0:
			return checks.DoesNotApply("the role trusts no identity pool")
		case guests == "":
			return checks.Pass("only users who have signed in may assume the role")
		}
		sources := identity.Of(env, r.Meta, r.Grants)
		id := policy.Identity{ARN: r.ARN, Policies: sources}
		if right := id.EffectiveAdmin(policy.ProbeActions); right.Answer == policy.Yes {
			return checks.Fail("%s, and the role is an administrator by %s", guests, right.Allow)
		}
		if wide := onEverything(&id, guestServices); len(wide) > 0 {
			return checks.Fail("%s, and the role allows on every resource %s", guests, wording.List(wide, 5)).With("actions", wording.List(wide, 20))
		}
		if v, unread := identity.Unread(sources); unread {
			return v
		}
		return checks.Pass("%s; the role allows nothing of %s on every resource", guests, strings.Join(guestServices, ", "))
	})
}

// poolGuests counts the trusts in identity pools and says how one lets guests in.
func poolGuests(d *policy.Document) (pools int, how string) {
	for _, t := range d.Trusts("") {
		if t.Kind != policy.TrustOIDC || !slices.Contains(cognito, t.Value) {
			continue
		}
		pools++
		signedIn, asked := false, false
		for _, b := range t.Bounds {
			if b.Key != t.Value+":amr" {
				continue
			}
			asked = true
			signedIn = signedIn || !slices.ContainsFunc(b.Values, func(v string) bool { return policy.Covers(v, "unauthenticated") })
		}
		switch {
		case signedIn:
		case asked:
			how = t.Ref.String() + " lets guests in"
		default:
			how = t.Ref.String() + " does not ask whether a user has signed in"
		}
	}
	return pools, how
}

// onEverything are the actions of some services that an identity may do on every resource.
func onEverything(id *policy.Identity, services []string) (out []string) {
	for _, service := range services {
		for a := range policy.Actions(service + ":*") {
			if id.Can(a.Name, "*").Answer == policy.Yes {
				out = append(out, a.Name)
			}
		}
	}
	return out
}

func rolesAnywhereTrustLimited(r snapshot.Role, _ checks.Env) checks.Verdict {
	return identity.OfCustomer(r, func(d *policy.Document) checks.Verdict {
		trusts := 0
		for _, t := range d.Trusts("") {
			if t.Kind != policy.TrustService || policy.ServiceName(t.Value) != "rolesanywhere" {
				continue
			}
			trusts++
			anchor, certificate := false, false
			for _, b := range t.Bounds {
				anchor = anchor || b.Key == "aws:sourcearn" && !slices.ContainsFunc(b.Values, func(v string) bool { return !namesAnchor(v) })
				certificate = certificate || ofCertificate(b.Key)
			}
			switch {
			case !anchor && !certificate:
				return checks.Fail("%s names neither a trust anchor nor anything of the certificate%s", t.Ref, identity.Conditions(t.Ref.Statement))
			case !anchor:
				return checks.Fail("%s names no trust anchor%s", t.Ref, identity.Conditions(t.Ref.Statement))
			case !certificate:
				return checks.Fail("%s asks for nothing of the certificate%s", t.Ref, identity.Conditions(t.Ref.Statement))
			}
		}
		if trusts == 0 {
			return checks.DoesNotApply("the role does not trust IAM Roles Anywhere")
		}
		return checks.Pass("the trust anchor and the certificate are named")
	})
}

// namesAnchor says that a value of aws:SourceArn is one trust anchor, or those of one account.
func namesAnchor(arn string) bool {
	return strings.Contains(arn, ":rolesanywhere:") && strings.Contains(arn, ":trust-anchor/") && policy.AccountOf(arn) != ""
}

// ofCertificate says that a condition key is a session tag that Roles Anywhere makes out of
// a certificate.
func ofCertificate(key string) bool {
	tag, ok := strings.CutPrefix(key, "aws:principaltag/")
	return ok && (strings.HasPrefix(tag, "x509subject/") || strings.HasPrefix(tag, "x509san/") || strings.HasPrefix(tag, "x509issuer/"))
}
