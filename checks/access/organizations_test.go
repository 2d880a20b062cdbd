package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// organization puts the account into an organization with these features.
func organization(features string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.Org.Organization = snapshot.Value(snapshot.Organization{Meta: globally("o-acme", "arn:aws:organizations::222233334444:organization/o-acme"), ID: "o-acme", ManagementAccount: "222233334444", FeatureSet: features})
	}
}

func noOrganization(a *snapshot.Account) {
	a.Org.Organization = snapshot.Missing[snapshot.Organization](snapshot.ErrAbsent)
}

func both(list ...func(*snapshot.Account)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		for _, f := range list {
			f(a)
		}
	}
}

func TestOrganizationAllFeatures(t *testing.T) {
	root := func(status string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.Org.Roots = []snapshot.OrganizationRoot{{Meta: globally("Root", "arn:aws:organizations::222233334444:root/o-acme/r-1"), ID: "r-1", SCPStatus: status}}
		}
	}
	rootDenied := func(a *snapshot.Account) {
		checktest.Fail(a, "organizations:ListRoots", snapshot.Global, snapshot.Denied)
	}
	checktest.Run(t, &OrganizationAllFeatures, []checktest.Case{
		{Name: "both", Set: both(organization("ALL"), root("ENABLED")), Want: checks.PASS, Reason: "ENABLED at the root"},
		{Name: "the bill alone", Set: both(organization("CONSOLIDATED_BILLING"), rootDenied), Want: checks.FAIL, Reason: "CONSOLIDATED_BILLING"},
		{Name: "never enabled", Set: both(organization("ALL"), root("")), Want: checks.FAIL, Reason: "never enabled"},
		{Name: "being enabled does not count", Set: both(organization("ALL"), root("PENDING_ENABLE")), Want: checks.FAIL, Reason: "PENDING_ENABLE"},
		{Name: "a member: the root is denied", Set: both(organization("ALL"), rootDenied), Want: checks.UNKNOWN, Reason: "nothing tells whether service control policies"},
		{Name: "no root", Set: organization("ALL"), Want: checks.UNKNOWN, Reason: "no root"},
		{Name: "no organization", Set: noOrganization, Want: checks.NotApplicable, Reason: "no organization"},
	})
}

func TestDelegatedAdministratorsTrusted(t *testing.T) {
	admins := func(list ...snapshot.DelegatedAdministrator) func(*snapshot.Account) {
		return both(organization("ALL"), func(a *snapshot.Account) { a.Org.Administrators = snapshot.Value(list) })
	}
	admin := func(id, state string, services ...string) snapshot.DelegatedAdministrator {
		return snapshot.DelegatedAdministrator{ID: id, State: state, Services: snapshot.Value(services)}
	}
	good, bad := admin("100000000001", "ACTIVE", "iam.amazonaws.com"), admin("100000000002", "ACTIVE", "config.amazonaws.com", "guardduty.amazonaws.com")
	blind := bad
	blind.Services = snapshot.Missing[[]string](checktest.Unread("organizations:ListDelegatedServicesForAccount", snapshot.Denied))
	trusted := map[string]any{"trusted_delegated_administrators": []string{"100000000001"}}
	checktest.Run(t, &DelegatedAdministratorsTrusted, []checktest.Case{
		{Name: "none", Set: admins(), Want: checks.PASS, Reason: "all of 0"},
		{Name: "a trusted one", Set: admins(good), Parameters: trusted, Want: checks.PASS, Reason: "resource policy"},
		{Name: "a bad one first and a good one last", Set: admins(bad, good), Parameters: trusted, Want: checks.FAIL, Reason: "100000000002 for config.amazonaws.com, guardduty.amazonaws.com"},
		{Name: "none is named", Set: admins(good, bad), Want: checks.FAIL, Reason: "100000000001 for iam.amazonaws.com"},
		{Name: "suspended", Set: admins(admin("100000000003", "SUSPENDED", "sso.amazonaws.com")), Parameters: trusted, Want: checks.FAIL, Reason: "(SUSPENDED)"},
		{Name: "services denied", Set: admins(blind), Parameters: trusted, Want: checks.FAIL, Reason: "services that were not read"},
		{Name: "denied", Set: both(organization("ALL"), func(a *snapshot.Account) {
			a.Org.Administrators = snapshot.Missing[[]snapshot.DelegatedAdministrator](checktest.Unread("organizations:ListDelegatedAdministrators", snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: "only the management account and delegated administrators may ask"},
		{Name: "no organization", Set: noOrganization, Want: checks.NotApplicable, Reason: "no organization"},
	})
}
