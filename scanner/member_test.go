package scanner_test

import (
	"testing"

	"onus/checks"
	"onus/mocks/acme"
	"onus/scanner/wire"
)

// TestAMemberIsJudgedByItsPath: what binds a member, and what only the management account
// can tell.
func TestAMemberIsJudgedByItsPath(t *testing.T) {
	a := scan(t, member(t).Config(acme.Home), live(&wire.Memory{}), options(faultRegions...))
	got := map[string]checks.Finding{}
	for _, f := range judged(a) {
		if f.Resource.Type == "account" || f.Resource.Type == "organization" || f.Resource.Type == checks.Scope {
			got[f.Check] = f
		}
	}
	for check, want := range map[string]checks.Status{
		"organizations-scp-binds-account":                    checks.FAIL,
		"organizations-root-denied-in-members":               checks.PASS,
		"organizations-rcp-limits-outside-access":            checks.PASS,
		"organizations-management-account-without-workloads": checks.NotApplicable,
		"organizations-ai-services-opted-out":                checks.PASS,
		"organizations-tag-policies-attached":                checks.FAIL,
		"organizations-delegated-administrators-trusted":     checks.FAIL,
		"iam-root-credentials-centrally-managed":             checks.NotApplicable,
		"iam-member-root-credentials-removed":                checks.FAIL,
		"account-region-deny-effective":                      checks.FAIL,
	} {
		if f := got[check]; f.Status != want {
			t.Errorf("%s: %s %q, want %s", check, f.Status, f.Reason, want)
		}
	}
}
