package hygiene

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestRoleTrustNoDeletedPrincipals(t *testing.T) {
	const own = "arn:aws:iam::111122223333:"
	role := func(path, principal, condition string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			m := checktest.Meta("app", own+"role"+path+"app")
			m.Region = snapshot.Global
			a.IAM.Roles = []snapshot.Role{{Meta: m, Path: path, Trust: snapshot.Value(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + principal + `,"Action":"sts:AssumeRole"` + condition + `}]}`)}}
			for _, name := range []string{"oidc-provider/gitlab.com", "saml-provider/Okta"} {
				p := checktest.Meta(name, own+name)
				p.Region = snapshot.Global
				if name == "saml-provider/Okta" {
					a.IAM.SAMLProviders = []snapshot.SAMLProvider{{Meta: p}}
				} else {
					a.IAM.OIDCProviders = []snapshot.OIDCProvider{{Meta: p}}
				}
			}
		}
	}
	denied := func(f func(*snapshot.Account)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			f(a)
			a.IAM.OIDCProviders = nil
			checktest.Fail(a, "iam:ListOpenIDConnectProviders", snapshot.Global, snapshot.Denied)
		}
	}
	checktest.Run(t, &RoleTrustNoDeletedPrincipals, []checktest.Case{
		{Name: "a deleted role", Set: role("/", `{"AWS":["AROAJQABLZS4A3QDU576Q"]}`, ""), Want: checks.FAIL, Reason: "AROAJQABLZS4A3QDU576Q"},
		{Name: "a deleted user beside an account", Set: role("/", `{"AWS":["111122223333","AIDAJQABLZS4A3QDU576Q"]}`, ""), Want: checks.FAIL, Reason: "AIDA"},
		{Name: "an id in a condition", Set: role("/", `{"AWS":"111122223333"}`, `,"Condition":{"StringLike":{"aws:userid":"AROAJQABLZS4A3QDU576Q:*"}}`), Want: checks.PASS, Reason: "may still exist"},
		{Name: "a provider that exists", Set: role("/", `{"Federated":["`+own+`oidc-provider/gitlab.com","`+own+`saml-provider/Okta"]}`, ""), Want: checks.PASS, Reason: "2 principals"},
		{Name: "a provider that was deleted", Set: role("/", `{"Federated":"`+own+`oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A"}`, ""), Want: checks.FAIL, Reason: "oidc.eks"},
		{Name: "a SAML provider that was deleted", Set: role("/", `{"Federated":"`+own+`saml-provider/Old"}`, ""), Want: checks.FAIL, Reason: "saml-provider/Old"},
		{Name: "a provider without an ARN", Set: role("/", `{"Federated":["accounts.google.com","cognito-identity.amazonaws.com"]}`, ""), Want: checks.PASS, Reason: "may still exist"},
		{Name: "providers denied", Set: denied(role("/", `{"Federated":"`+own+`oidc-provider/gitlab.com"}`, "")), Want: checks.UNKNOWN, Reason: "iam:ListOpenIDConnectProviders"},
		{Name: "providers denied, none is named", Set: denied(role("/", `{"AWS":"111122223333"}`, "")), Want: checks.PASS, Reason: "may still exist"},
		{Name: "service-linked", Set: role("/aws-service-role/x/", `{"AWS":"AROAJQABLZS4A3QDU576Q"}`, ""), Want: checks.NotApplicable, Reason: "AWS service"},
	})
}
