package iam

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
)

// principal is an AWS principal as a trust policy writes it.
func principal(values ...string) string {
	return `{"AWS":["` + strings.Join(values, `","`) + `"]}`
}

func TestRoleTrustsOnlyKnownAccounts(t *testing.T) {
	const root = "arn:aws:iam::" + partner + ":root"
	fails := func(name, value string) checktest.Case {
		return checktest.Case{Name: name, Set: set(organized, trust(assume(principal(value), ""))), Want: checks.FAIL, Reason: value}
	}
	run(t, &RoleTrustsOnlyKnownAccounts, mistrusted(), []checktest.Case{
		fails("12 digits alone", partner), fails("root", root), fails("a role", "arn:aws:iam::"+partner+":role/x"), fails("a user", "arn:aws:iam::"+partner+":user/x"),
		fails("a session", "arn:aws:sts::"+partner+":assumed-role/x/s"), fails("a federated user", "arn:aws:sts::"+partner+":federated-user/x"),
		fails("own account id inside another's role name", "arn:aws:iam::"+partner+":role/for-111122223333"), fails("anybody", "*"),
		{Name: "own account", Set: set(organized, trust(assume(principal("arn:aws:iam::111122223333:root"), ""))), Want: checks.NotApplicable, Reason: "no principal of another account"},
		{Name: "a deleted principal names no account", Set: set(organized, trust(assume(principal("AROAEXAMPLEEXAMPLE123"), ""))), Want: checks.NotApplicable, Reason: "no principal"},
		{Name: "mixed of own and foreign", Set: set(organized, trust(assume(principal("arn:aws:iam::111122223333:root", root), ""))), Want: checks.FAIL, Reason: root, Observed: map[string]string{"principals": root}},
		{Name: "a member of the organization", Set: set(organized, trust(assume(principal(member), ""))), Want: checks.PASS, Reason: member},
		{Name: "which is not trusted", Set: set(organized, trust(assume(principal(member), ""))), Parameters: map[string]any{"trust_organization": false}, Want: checks.FAIL, Reason: member},
		{Name: "by name", Set: set(alone, trust(assume(principal(root), ""))), Parameters: map[string]any{"trusted_accounts": []string{partner}}, Want: checks.PASS, Reason: root},
		{Name: "list denied to a member", Set: set(membersDenied, trust(assume(principal(root), ""))), Want: checks.UNKNOWN, Reason: "organizations:ListAccounts"},
		{Name: "list denied, settled by the organization's id", Set: set(membersDenied, trust(assume(principal(root), `"StringEquals":{"aws:PrincipalOrgID":"o-acme"}`))), Want: checks.PASS, Reason: root},
		{Name: "list denied, and the id of another organization", Set: set(membersDenied, trust(assume(principal("*"), `"StringEquals":{"aws:PrincipalOrgID":"o-other"}`))), Want: checks.FAIL, Reason: "*"},
		{Name: "list denied, the management account is known", Set: set(membersDenied, trust(assume(principal(manager), ""))), Want: checks.PASS, Reason: manager},
		{Name: "list denied, trusted by name", Set: set(membersDenied, trust(assume(principal(root), ""))), Parameters: map[string]any{"trusted_accounts": []string{partner}}, Want: checks.PASS, Reason: root},
		{Name: "organization denied, anybody with some organization's id", Set: set(organizationDenied, trust(assume(principal("*"), `"StringEquals":{"aws:PrincipalOrgID":"o-acme"}`))), Want: checks.UNKNOWN, Reason: describe},
		{Name: "organization denied, anybody at all", Set: set(organizationDenied, trust(assume(principal("*"), ""))), Want: checks.FAIL, Reason: "*"},
		{Name: "anybody of the own organization", Set: set(organized, trust(assume(principal("*"), `"StringEquals":{"aws:PrincipalOrgID":"o-acme"}`))), Want: checks.PASS, Reason: "*"},
		{Name: "anybody of a partner's account", Set: set(organized, trust(assume(principal("*"), `"StringEquals":{"aws:PrincipalAccount":"`+partner+`"}`))), Want: checks.FAIL, Reason: "* of " + partner},
		{Name: "anybody of the own account", Set: set(organized, trust(assume(principal("*"), `"StringEquals":{"aws:PrincipalAccount":"111122223333"}`))), Want: checks.NotApplicable, Reason: "no principal"},
		{Name: "a network tells nobody", Set: set(organized, trust(assume(principal("*"), `"StringEquals":{"aws:SourceVpce":"vpce-1"}`))), Want: checks.FAIL, Reason: "*"},
		{Name: "a service", Set: set(organized, trust(assume(`{"Service":"ec2.amazonaws.com"}`, ""))), Want: checks.NotApplicable, Reason: "no principal"},
		serviceLinked(principal(root)),
	})
	if err := RoleTrustsOnlyKnownAccounts.Bounds("trusted_accounts", []string{partner, "12345"}); err == nil || !strings.Contains(err.Error(), "12345") {
		t.Errorf("12345 is no account: %v", err)
	}
	if err := RoleTrustsOnlyKnownAccounts.Bounds("trusted_accounts", []string{partner}); err != nil {
		t.Error(err)
	}
}

func TestRoleCrossAccountExternalIDOrMFA(t *testing.T) {
	const root = "arn:aws:iam::" + partner + ":root"
	id := func(operator, value string) string { return `"` + operator + `":{"sts:ExternalId":"` + value + `"}` }
	foreign := func(condition string) func(*checktest.Case) {
		return func(c *checktest.Case) { c.Set = set(organized, trust(assume(principal(root), condition))) }
	}
	tt := func(name string, with func(*checktest.Case), want checks.Status, reason string) checktest.Case {
		c := checktest.Case{Name: name, Want: want, Reason: reason}
		with(&c)
		return c
	}
	run(t, &RoleCrossAccountExternalIDOrMFA, mistrusted(), []checktest.Case{
		tt("nothing", foreign(""), checks.FAIL, root),
		tt("an external id", foreign(id("StringEquals", "b3f1c7")), checks.PASS, "has to show an external id"),
		tt("any external id", foreign(id("StringLike", "*")), checks.FAIL, root),
		tt("an external id with a star", foreign(id("StringLike", "acme-*")), checks.FAIL, root),
		tt("an external id if there is one", foreign(id("StringEqualsIfExists", "b3f1c7")), checks.FAIL, root),
		tt("the account's own id is weak", foreign(id("StringEquals", "111122223333")), checks.PASS, "no secret"),
		tt("MFA", foreign(`"Bool":{"aws:MultiFactorAuthPresent":"true"}`), checks.PASS, "has to show MFA"),
		tt("MFA by its age", foreign(`"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}`), checks.PASS, "has to show MFA"),
		tt("MFA false", foreign(`"Bool":{"aws:MultiFactorAuthPresent":"false"}`), checks.FAIL, root),
		{Name: "one of two statements lets in", Set: set(organized, trust(assume(principal(root), id("StringEquals", "x1")), assume(principal(root), ""))), Want: checks.FAIL, Reason: root},
		{Name: "a member of the organization", Set: set(organized, trust(assume(principal(member), ""))), Want: checks.NotApplicable, Reason: "own organization alone"},
		{Name: "which is judged too", Set: set(organized, trust(assume(principal(member), ""))), Parameters: map[string]any{"judge_organization_accounts": true}, Want: checks.FAIL, Reason: member},
		{Name: "organization unread: counts as outside", Set: set(organizationDenied, trust(assume(principal(member), ""))), Want: checks.FAIL, Reason: "since the organization was not read"},
		{Name: "organization unread, and an external id", Set: set(organizationDenied, trust(assume(principal(member), id("StringEquals", "x1")))), Want: checks.PASS, Reason: "external id"},
		{Name: "one role of a trusted account", Set: set(organized, trust(assume(principal("arn:aws:iam::"+partner+":role/deploy"), ""))), Parameters: map[string]any{"trusted_accounts": []string{partner}}, Want: checks.PASS, Reason: "one role of a trusted account"},
		{Name: "all of a trusted account", Set: set(organized, trust(assume(principal(root), ""))), Parameters: map[string]any{"trusted_accounts": []string{partner}}, Want: checks.FAIL, Reason: root},
		{Name: "own account", Set: set(organized, trust(assume(principal("111122223333"), ""))), Want: checks.NotApplicable, Reason: "no principal of another account"},
		serviceLinked(principal(root)),
	})
}
