package iam

import (
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// FederationConfigured passes when people can come by an identity provider: a SAML provider,
// which IAM Identity Center makes too, a role of Identity Center's, or a web identity
// provider that a role trusts. An account that nobody signs in to needs none.
// Source: IAM ListSAMLProviders, ListOpenIDConnectProviders, GetAccountAuthorizationDetails;
// credential report, password_enabled.
var FederationConfigured = checks.Check{
	ID:          "iam-federation-configured",
	Title:       "People sign in through federation rather than as IAM users",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:ListSAMLProviders", "iam:ListOpenIDConnectProviders", "iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	Remedy:      "Let people sign in by IAM Identity Center or the company's own identity provider.",
	Fix: checks.Fix{
		Threat:    "Passwords of IAM users outlive the people they were made for: who leaves the company keeps the account. No central rule on MFA, on sessions or on lockout reaches them.",
		CLI:       "aws iam create-saml-provider --name company --saml-metadata-document file://metadata.xml",
		Terraform: "resource \"aws_iam_saml_provider\" \"company\" {\n  name                   = \"company\"\n  saml_metadata_document = file(\"metadata.xml\")\n}",
		Cost:      "Setting up the provider and its groups takes days; users are moved one by one.",
	},
	Judges: checks.For(snapshot.Accounts, federationConfigured),
}

// OIDCProviderAudienceLimited passes when a web identity provider takes tokens for named
// audiences alone and some role of the customer's trusts it.
// Source: IAM ListOpenIDConnectProviders; GetOpenIDConnectProvider, ClientIDList;
// GetAccountAuthorizationDetails.
var OIDCProviderAudienceLimited = checks.Check{
	ID:          "iam-oidc-provider-audience-limited",
	Title:       "OIDC providers accept known audiences only, and are used",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:ListOpenIDConnectProviders", "iam:GetOpenIDConnectProvider", "iam:GetAccountAuthorizationDetails"},
	Remedy:      "Register the audience, or delete a provider that no role trusts.",
	Fix: checks.Fix{
		Threat:    "A provider that nobody uses any more, as of a cluster that is gone, waits for the role that trusts it by mistake. Who takes over its address then signs tokens for this account.",
		CLI:       "aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn {arn} --client-id sts.amazonaws.com\naws iam delete-open-id-connect-provider --open-id-connect-provider-arn {arn}",
		Terraform: "resource \"aws_iam_openid_connect_provider\" \"this\" {\n  url            = \"https://{name}\"\n  client_id_list = [\"sts.amazonaws.com\"]\n}",
		Cost:      "None for a provider without a role; deleting one that is in use locks its users out.",
	},
	Judges: checks.For(snapshot.OIDCProviders, oidcProviderAudienceLimited),
}

// SAMLProviderMetadataValid passes when a SAML provider's metadata stay valid for a while and
// each role that trusts it asks for the audience or the issuer. What IAM Identity Center
// made is AWS's to write.
// Source: IAM ListSAMLProviders and GetSAMLProvider, ValidUntil; GetAccountAuthorizationDetails.
var SAMLProviderMetadataValid = checks.Check{
	ID:          "iam-saml-provider-metadata-valid",
	Title:       "SAML providers' metadata have not expired and trust policies check the audience",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:ListSAMLProviders", "iam:GetSAMLProvider", "iam:GetAccountAuthorizationDetails"},
	Parameters:  checks.Parameters{"warn_days": 30},
	Bounds:      checks.AtLeast(1),
	Remedy:      "Upload new metadata, and ask for SAML:aud in the trust policies.",
	Fix: checks.Fix{
		Threat:    "On the day on which the metadata end, nobody can sign in any more, and somebody opens a way around. Without the audience, an assertion that the provider made for another application opens the role too.",
		CLI:       "aws iam update-saml-provider --saml-provider-arn {arn} --saml-metadata-document file://metadata.xml",
		Terraform: "resource \"aws_iam_saml_provider\" \"{name}\" {\n  name                   = \"{name}\"\n  saml_metadata_document = file(\"metadata.xml\")\n}",
		Cost:      "Sign-ins fail while the signing certificates of the provider and of the metadata differ.",
	},
	Judges: checks.For(snapshot.SAMLProviders, samlProviderMetadataValid),
}

func federationConfigured(a *snapshot.Account, env checks.Env) checks.Verdict {
	samls, samlErr := checks.In(env, snapshot.SAMLProviders, a.Location).Get()
	if len(samls) > 0 {
		return checks.Pass("there is the SAML provider %s", samls[0].ARN).With("provider", samls[0].ARN)
	}
	roles, rolesErr := checks.In(env, snapshot.Roles, a.Location).Get()
	oidcs, oidcErr := checks.In(env, snapshot.OIDCProviders, a.Location).Get()
	people, unread := false, error(nil)
	for _, r := range roles {
		if strings.HasPrefix(r.Path, "/aws-reserved/sso.amazonaws.com/") {
			return checks.Pass("IAM Identity Center keeps the role %s", r.Name).With("role", r.ARN)
		}
		if r.ServiceLinked() {
			continue
		}
		src := identity.Source("the trust policy of "+r.ARN, r.Trust)
		if src.Document == nil {
			unread = src.Err
			continue
		}
		trusts := src.Document.Trusts("")
		if slices.ContainsFunc(trusts, func(t policy.Trust) bool { return t.Kind == policy.TrustService }) {
			continue
		}
		for _, t := range trusts {
			people = people || t.Kind == policy.TrustAWS && t.Account == a.Location.Account
			if t.Kind == policy.TrustOIDC && slices.ContainsFunc(oidcs, func(p snapshot.OIDCProvider) bool { return p.ARN == t.Value }) {
				return checks.Pass("%s trusts the provider %s", r.Name, t.Value).With("provider", t.Value)
			}
		}
	}
	for _, err := range []error{samlErr, rolesErr, oidcErr} {
		if err != nil {
			return checks.Unknown(err)
		}
	}
	if unread != nil {
		return identity.Untold(unread)
	}
	rows, err := checks.Use(env, a.IAM.Report)
	passwords := 0
	for _, r := range rows {
		if r.User != snapshot.Root && r.PasswordEnabled == "true" {
			passwords++
		}
	}
	switch {
	case err != nil:
		return checks.Unknown(err)
	case passwords == 0 && !people:
		return checks.DoesNotApply("no IAM user has a password and no role trusts users of the account: nobody signs in here")
	}
	return checks.Fail("there is no SAML provider, no role of IAM Identity Center, and no web identity provider that a role of people trusts; %d IAM users have a password", passwords)
}

// trusting are the customer's roles whose trust policy lets in somebody of a provider, and
// why there may be more.
func trusting(env checks.Env, at snapshot.Location, arn string) (found []policy.Trust, roles []snapshot.Role, err error) {
	all, err := checks.In(env, snapshot.Roles, at).Get()
	for _, r := range all {
		if r.ServiceLinked() {
			continue
		}
		src := identity.Source("the trust policy of "+r.ARN, r.Trust)
		if src.Document == nil {
			err = src.Err
			continue
		}
		for _, t := range src.Document.Trusts("") {
			if t.Value == arn {
				found, roles = append(found, t), append(roles, r)
			}
		}
	}
	return found, roles, err
}

func oidcProviderAudienceLimited(p snapshot.OIDCProvider, env checks.Env) checks.Verdict {
	ids, err := checks.Use(env, p.ClientIDs)
	if err == nil && len(ids) == 0 {
		return checks.Fail("the provider names no audience: ClientIDList is empty").With("ClientIDList", "")
	}
	_, roles, untold := trusting(env, p.Location, p.ARN)
	switch {
	case err != nil:
		return checks.Unknown(err)
	case len(roles) == 0 && untold != nil:
		return identity.Untold(untold)
	case len(roles) == 0 && strings.HasPrefix(p.Name, "oidc.eks."):
		return checks.Fail("no role trusts the provider: it may be that of a cluster which is gone")
	case len(roles) == 0:
		return checks.Fail("no role trusts the provider")
	}
	list := strings.Join(ids, ", ")
	return checks.Pass("the provider takes tokens for %s, and %s trusts it", list, roles[0].Name).With("ClientIDList", list)
}

func samlProviderMetadataValid(p snapshot.SAMLProvider, env checks.Env) checks.Verdict {
	until, err := checks.Use(env, p.ValidUntil)
	if err != nil {
		return checks.Unknown(err)
	}
	seen := "no end"
	if !until.IsZero() {
		seen = until.Format(time.RFC3339)
	}
	warn := time.Duration(env.Int("warn_days")) * day
	switch {
	case until.IsZero():
	case !until.After(env.AsOf):
		return checks.Fail("the metadata expired %s", seen).With("ValidUntil", seen)
	case !until.After(env.AsOf.Add(warn)):
		return checks.Fail("the metadata expire %s, want more than %d days from now", seen, env.Int("warn_days")).With("ValidUntil", seen)
	}
	if strings.HasPrefix(p.Name, "AWSSSO_") && strings.HasSuffix(p.Name, "_DO_NOT_DELETE") {
		return checks.Pass("the metadata are valid (%s); IAM Identity Center writes the trust policies", seen).With("ValidUntil", seen)
	}
	found, roles, untold := trusting(env, p.Location, p.ARN)
	var open []string
	for i, t := range found {
		asked := slices.ContainsFunc(t.Bounds, func(b policy.Bound) bool { return b.Key == "saml:aud" || b.Key == "saml:iss" })
		if !asked && !slices.Contains(open, roles[i].Name) {
			open = append(open, roles[i].Name)
		}
	}
	switch {
	case len(open) > 0:
		return checks.Fail("the trust policy of %s asks for neither SAML:aud nor SAML:iss", wording.List(open, 4)).With("ValidUntil", seen)
	case untold != nil:
		return identity.Untold(untold)
	}
	return checks.Pass("the metadata are valid (%s), and all of %d trusts ask for the audience or the issuer", seen, len(found)).With("ValidUntil", seen)
}
