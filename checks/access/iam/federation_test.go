package iam

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func saml(name string, until snapshot.Read[time.Time]) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.IAM.SAMLProviders = append(a.IAM.SAMLProviders, snapshot.SAMLProvider{Meta: globally(name, own+"saml-provider/"+name), ValidUntil: until})
	}
}

// passwords is a report of so many users with a password.
func passwords(n int) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		rows := []snapshot.CredentialRow{{User: snapshot.Root, PasswordEnabled: "true"}}
		for range n {
			rows = append(rows, snapshot.CredentialRow{User: "anna", PasswordEnabled: "true"})
		}
		a.IAM.Report = snapshot.Value(rows)
	}
}

func samlTrust(name, condition string) string {
	return assume(`{"Federated":"`+own+`saml-provider/`+name+`"}`, condition)
}

func TestFederationConfigured(t *testing.T) {
	valid := snapshot.Value(checktest.AsOf.Add(365 * day))
	people := trust(assume(principal("arn:aws:iam::111122223333:root"), ""))
	run(t, &FederationConfigured, []checktest.Case{
		{Name: "Identity Center's provider", Set: set(passwords(1), saml("AWSSSO_1_DO_NOT_DELETE", valid)), Want: checks.PASS, Reason: "AWSSSO_1"},
		{Name: "a role of Identity Center's", Set: set(passwords(1), trusted("/aws-reserved/sso.amazonaws.com/eu-west-1/", statements())), Want: checks.PASS, Reason: "Identity Center keeps"},
		{Name: "a web identity provider that a role trusts", Set: set(passwords(1), providers("login.acme.example"), trust(federated("login.acme.example", ""))), Want: checks.PASS, Reason: "login.acme.example"},
		{Name: "which nobody trusts", Set: set(passwords(1), providers("login.acme.example")), Want: checks.FAIL, Reason: "1 IAM users have a password"},
		{Name: "which a service's role trusts too", Set: set(passwords(1), providers("login.acme.example"), trust(federated("login.acme.example", ""), assume(`{"Service":"ec2.amazonaws.com"}`, ""))), Want: checks.FAIL, Reason: "no web identity provider"},
		{Name: "nothing, and roles for users", Set: set(passwords(0), people), Want: checks.FAIL, Reason: "0 IAM users"},
		{Name: "nobody signs in", Set: set(passwords(0), trust(assume(`{"Service":"ec2.amazonaws.com"}`, ""))), Want: checks.NotApplicable, Reason: "nobody signs in"},
		{Name: "only other accounts come", Set: set(passwords(0), trust(assume(principal(partner), ""))), Want: checks.NotApplicable, Reason: "nobody signs in"},
		{Name: "report denied", Set: set(people, func(a *snapshot.Account) {
			a.IAM.Report = snapshot.Missing[[]snapshot.CredentialRow](checktest.Unread(reportOp, snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: reportOp},
		{Name: "SAML providers denied", Set: set(passwords(1), func(a *snapshot.Account) {
			checktest.Fail(a, "iam:ListSAMLProviders", snapshot.Global, snapshot.Denied)
		}), Want: checks.UNKNOWN, Reason: "iam:ListSAMLProviders"},
	})
}

func TestOIDCProviderAudienceLimited(t *testing.T) {
	const host = "gitlab.com"
	none := func(a *snapshot.Account) { a.IAM.OIDCProviders[0].ClientIDs = snapshot.Value[[]string](nil) }
	denied := func(a *snapshot.Account) {
		a.IAM.OIDCProviders[0].ClientIDs = snapshot.Missing[[]string](checktest.Unread("iam:GetOpenIDConnectProvider", snapshot.Denied))
	}
	run(t, &OIDCProviderAudienceLimited, []checktest.Case{
		{Name: "known and used", Set: set(providers(host), trust(federated(host, ""))), Want: checks.PASS, Reason: "app trusts it"},
		{Name: "no audience", Set: set(providers(host), none, trust(federated(host, ""))), Want: checks.FAIL, Reason: "ClientIDList is empty"},
		{Name: "nobody trusts it", Set: providers(host), Want: checks.FAIL, Reason: "no role trusts"},
		{Name: "of a cluster that is gone", Set: providers("oidc.eks.eu-west-1.amazonaws.com/id/A"), Want: checks.FAIL, Reason: "a cluster which is gone"},
		{Name: "denied", Set: set(providers(host), denied, trust(federated(host, ""))), Want: checks.UNKNOWN, Reason: "iam:GetOpenIDConnectProvider"},
		{Name: "roles cut short", Set: set(providers(host), listCut), Want: checks.UNKNOWN, Reason: detailsOp},
		{Name: "found before the list was cut", Set: set(providers(host), trust(federated(host, "")), listCut), Want: checks.PASS, Reason: "app trusts it"},
	})
}

func TestSAMLProviderMetadataValid(t *testing.T) {
	in := func(d time.Duration) snapshot.Read[time.Time] { return snapshot.Value(checktest.AsOf.Add(d)) }
	const aud = `"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}`
	run(t, &SAMLProviderMetadataValid, []checktest.Case{
		{Name: "valid, and checked", Set: set(saml("Okta", in(31*day)), trust(samlTrust("Okta", aud))), Want: checks.PASS, Reason: "all of 1 trusts"},
		{Name: "GovCloud's audience", Set: set(saml("Okta", in(31*day)), trust(samlTrust("Okta", `"StringEquals":{"saml:aud":"https://signin.amazonaws-us-gov.com/saml"}`))), Want: checks.PASS, Reason: "all of 1"},
		{Name: "a Region's endpoint", Set: set(saml("Okta", in(31*day)), trust(samlTrust("Okta", `"StringLike":{"SAML:aud":"https://*.signin.aws.amazon.com/saml"}`))), Want: checks.PASS, Reason: "all of 1"},
		{Name: "the issuer", Set: set(saml("Okta", in(31*day)), trust(samlTrust("Okta", `"StringEquals":{"SAML:iss":"https://okta.example"}`))), Want: checks.PASS, Reason: "all of 1"},
		{Name: "not checked", Set: set(saml("Okta", in(31*day)), trust(samlTrust("Okta", ""))), Want: checks.FAIL, Reason: "app asks for neither"},
		{Name: "any audience", Set: set(saml("Okta", in(31*day)), trust(samlTrust("Okta", `"StringLike":{"SAML:aud":"*"}`))), Want: checks.FAIL, Reason: "app asks for neither"},
		{Name: "soon over", Set: saml("Okta", in(30*day)), Want: checks.FAIL, Reason: "want more than 30 days"},
		{Name: "over", Set: saml("Okta", in(0)), Want: checks.FAIL, Reason: "expired 2026-11-01T12:00:00Z"},
		{Name: "no end", Set: saml("Okta", snapshot.Value(time.Time{})), Want: checks.PASS, Reason: "no end"},
		{Name: "in a hundred years", Set: saml("Okta", in(36500*day)), Want: checks.PASS, Reason: "2126"},
		{Name: "Identity Center writes the trust", Set: set(saml("AWSSSO_1_DO_NOT_DELETE", in(365*day)), trust(samlTrust("AWSSSO_1_DO_NOT_DELETE", ""))), Want: checks.PASS, Reason: "IAM Identity Center writes"},
		{Name: "denied", Set: saml("Okta", snapshot.Missing[time.Time](checktest.Unread("iam:GetSAMLProvider", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "iam:GetSAMLProvider"},
		{Name: "roles cut short", Set: set(saml("Okta", in(365*day)), listCut), Want: checks.UNKNOWN, Reason: detailsOp},
	})
}
