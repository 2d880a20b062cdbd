package access

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// to is an endpoint with statements as its policy.
func to(service string, statements ...string) func(*snapshot.Account) {
	e := snapshot.VPCEndpoint{Meta: checktest.EC2Meta("vpc-endpoint/vpce-1"), ID: "vpce-1", Owner: checktest.At.Account, VPC: "vpc-1", Type: "Interface", State: "Available", Service: "com.amazonaws.eu-west-1." + service}
	if len(statements) > 0 {
		e.Policy = `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
	}
	return checktest.Net(func(n *snapshot.Net) *[]snapshot.VPCEndpoint { return &n.Endpoints }, e)
}

func endpoint(change func(*snapshot.VPCEndpoint)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		to("s3", open)(a)
		change(&a.EC2.Net.Endpoints[0])
	}
}

const open = `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`

// allowIf is a statement for everyone with a condition.
func allowIf(condition string) string {
	return `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":` + condition + `}`
}

func denyUnless(condition string) string {
	return `{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":` + condition + `}`
}

// notJudged are the endpoints whose policies say nothing.
var notJudged = []checktest.Case{
	{Name: "a Gateway Load Balancer's", Set: endpoint(func(e *snapshot.VPCEndpoint) { e.Type = "GatewayLoadBalancer" }), Want: checks.NotApplicable, Reason: "GatewayLoadBalancer"},
	{Name: "a resource's", Set: endpoint(func(e *snapshot.VPCEndpoint) { e.Type = "Resource" }), Want: checks.NotApplicable, Reason: "Resource"},
	{Name: "somebody's own service", Set: endpoint(func(e *snapshot.VPCEndpoint) { e.Service = "com.amazonaws.vpce.eu-west-1.vpce-svc-1" }), Want: checks.NotApplicable, Reason: "no service of AWS's own"},
	{Name: "pending", Set: endpoint(func(e *snapshot.VPCEndpoint) { e.State = "Pending" }), Want: checks.NotApplicable, Reason: "Pending"},
	{Name: "another account's", Set: endpoint(func(e *snapshot.VPCEndpoint) { e.Owner = other }), Want: checks.NotApplicable, Reason: other},
	{Name: "no JSON", Set: endpoint(func(e *snapshot.VPCEndpoint) { e.Policy = "{" }), Want: checks.UNKNOWN, Reason: "cannot be understood"},
}

func TestEndpointPolicyRestricted(t *testing.T) {
	checktest.Run(t, &EndpointPolicyRestricted, append([]checktest.Case{
		{Name: "the default", Set: to("s3", open), Want: checks.FAIL, Reason: "statement 1"},
		{Name: "an absent policy is the default", Set: to("s3"), Want: checks.FAIL, Reason: "AWS's default holds"},
		{Name: "everything of the one service", Set: to("s3", `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"s3:*","Resource":"*"}`), Want: checks.FAIL, Reason: "statement 1"},
		{Name: "an object, not a list", Set: endpoint(func(e *snapshot.VPCEndpoint) { e.Policy = `{"Statement":` + open + `}` }), Want: checks.FAIL, Reason: "statement 1"},
		{Name: "of a gateway, too", Set: endpoint(func(e *snapshot.VPCEndpoint) { e.Type = "Gateway" }), Want: checks.FAIL, Reason: "statement 1"},
		{Name: "of an endpoint to another Region", Set: endpoint(func(e *snapshot.VPCEndpoint) {
			e.Service, e.ServiceRegion = "com.amazonaws.us-east-1.s3", "us-east-1"
		}), Want: checks.FAIL, Reason: "statement 1"},
		{Name: "one action", Set: to("s3", `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}`), Want: checks.PASS, Reason: "no statement"},
		{Name: "one bucket", Set: to("s3", `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"arn:aws:s3:::acme/*"}`), Want: checks.PASS, Reason: "no statement"},
		{Name: "own principals", Set: to("s3", `{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"*","Resource":"*"}`), Want: checks.PASS, Reason: "no statement"},
		{Name: "a condition narrows it", Set: to("s3", allowIf(`{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`)), Want: checks.PASS, Reason: "no statement"},
		{Name: "a condition that everybody meets does not", Set: to("s3", allowIf(`{"StringLike":{"aws:PrincipalOrgID":"*"}}`)), Want: checks.FAIL, Reason: "statement 1"},
		{Name: "nor one that an absent key meets", Set: to("s3", allowIf(`{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}`)), Want: checks.FAIL, Reason: "statement 1"},
		{Name: "a Deny of all others narrows it", Set: to("s3", open, denyUnless(`{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}`)), Want: checks.PASS, Reason: "no statement"},
		{Name: "denied altogether", Set: to("s3", open, `{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}`), Want: checks.PASS, Reason: "no statement"},
		{Name: "a kind that is not asked about", Set: to("s3", open), Parameters: map[string]any{"endpoint_types": []string{"Gateway"}}, Want: checks.NotApplicable, Reason: "Interface"},
	}, notJudged...))
}

func TestEndpointPolicyTrustedAccounts(t *testing.T) {
	org := func(a *snapshot.Account) {
		a.Org.Organization = snapshot.Value(snapshot.Organization{ID: "o-acme"})
	}
	orgDenied := func(a *snapshot.Account) {
		a.Org.Organization = snapshot.Missing[snapshot.Organization](checktest.Unread("organizations:DescribeOrganization", snapshot.Denied))
	}
	ours := `{"StringEquals":{"aws:PrincipalOrgID":"o-acme"}}`
	trust := map[string]any{"trusted_accounts": []string{other}}
	checktest.Run(t, &EndpointPolicyTrustedAccounts, append([]checktest.Case{
		{Name: "the default", Set: checktest.All(to("s3", open), org), Want: checks.FAIL, Reason: "statement 1 allows * to everyone"},
		{Name: "an absent policy is the default", Set: checktest.All(to("s3"), org), Want: checks.FAIL, Reason: "everyone"},
		{Name: "the own organization", Set: checktest.All(to("s3", allowIf(ours)), org), Want: checks.PASS, Reason: "every Allow"},
		{Name: "another organization", Set: checktest.All(to("s3", allowIf(`{"StringEquals":{"aws:PrincipalOrgID":"o-other"}}`)), org), Want: checks.FAIL, Reason: "o-other"},
		{Name: "another organization that is trusted", Set: checktest.All(to("s3", allowIf(`{"StringEquals":{"aws:PrincipalOrgID":"o-other"}}`)), org), Parameters: map[string]any{"trusted_organizations": []string{"o-other"}}, Want: checks.PASS, Reason: "every Allow"},
		{Name: "an organization, and the own is unread", Set: checktest.All(to("s3", allowIf(ours)), orgDenied), Want: checks.UNKNOWN, Reason: "DescribeOrganization"},
		{Name: "everyone, and the own organization is unread", Set: checktest.All(to("s3", open), orgDenied), Want: checks.FAIL, Reason: "everyone"},
		{Name: "IfExists binds nobody without the key", Set: checktest.All(to("s3", allowIf(`{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-acme"}}`)), org), Want: checks.FAIL, Reason: "everyone"},
		{Name: "a path of the organization", Set: checktest.All(to("s3", allowIf(`{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-acme/r-1/*"}}`)), org), Want: checks.PASS, Reason: "every Allow"},
		{Name: "own roles by condition", Set: to("s3", allowIf(`{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}`)), Want: checks.PASS, Reason: "every Allow"},
		{Name: "a source network says nothing of who calls", Set: checktest.All(to("s3", allowIf(`{"StringEquals":{"aws:SourceVpc":"vpc-1"}}`)), org), Want: checks.FAIL, Reason: "everyone"},
		{Name: "the own account as digits", Set: to("s3", `{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"*","Resource":"*"}`), Want: checks.PASS, Reason: "every Allow"},
		{Name: "a role of another partition's form", Set: to("s3", `{"Effect":"Allow","Principal":{"AWS":["arn:aws-cn:iam::111122223333:role/app"]},"Action":"*","Resource":"*"}`), Want: checks.PASS, Reason: "every Allow"},
		{Name: "another account", Set: checktest.All(to("s3", `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"},"Action":"*","Resource":"*"}`), org), Want: checks.FAIL, Reason: other},
		{Name: "another account that is trusted", Set: to("s3", `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"},"Action":"*","Resource":"*"}`), Parameters: trust, Want: checks.PASS, Reason: "every Allow"},
		{Name: "one of several trusted accounts is enough", Set: to("s3", allowIf(`{"StringEquals":{"aws:PrincipalAccount":"444455556666"}}`)), Parameters: map[string]any{"trusted_accounts": []string{other, "777788889999"}}, Want: checks.PASS, Reason: "every Allow"},
		{Name: "services are no people", Set: to("s3", `{"Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},"Action":"*","Resource":"*"}`, allowIf(`{"Bool":{"aws:PrincipalIsAWSService":"true"}}`)), Want: checks.PASS, Reason: "every Allow"},
		{Name: "a Deny of all others binds as well", Set: checktest.All(to("s3", open, denyUnless(`{"StringNotEquals":{"aws:PrincipalOrgID":"o-acme"}}`)), org), Want: checks.PASS, Reason: "every Allow"},
		{Name: "a Deny that spares AWS services", Set: checktest.All(to("s3", open, denyUnless(`{"StringNotEquals":{"aws:PrincipalOrgID":"o-acme"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}`)), org), Want: checks.PASS, Reason: "every Allow"},
		{Name: "a Deny that spares more", Set: checktest.All(to("s3", open, denyUnless(`{"StringNotEquals":{"aws:PrincipalOrgID":"o-acme"},"StringEquals":{"aws:SourceVpc":"vpc-1"}}`)), org), Want: checks.FAIL, Reason: "everyone"},
		{Name: "a Deny of another organization's strangers", Set: checktest.All(to("s3", open, denyUnless(`{"StringNotEquals":{"aws:PrincipalOrgID":"o-other"}}`)), org), Want: checks.FAIL, Reason: "o-other"},
	}, notJudged...))
}

// serves is an endpoint service that admits principals.
func serves(principals snapshot.Read[[]snapshot.ServicePrincipal], change ...func(*snapshot.EndpointService)) func(*snapshot.Account) {
	s := snapshot.EndpointService{Meta: checktest.EC2Meta("vpc-endpoint-service/vpce-svc-1"), ID: "vpce-svc-1", State: "Available", AcceptanceRequired: snapshot.Value(true), Principals: principals}
	for _, c := range change {
		c(&s)
	}
	return checktest.Net(func(n *snapshot.Net) *[]snapshot.EndpointService { return &n.EndpointServices }, s)
}

func TestEndpointServicePrincipals(t *testing.T) {
	admit := func(list ...snapshot.ServicePrincipal) func(*snapshot.Account) { return serves(snapshot.Value(list)) }
	account := func(id string) snapshot.ServicePrincipal {
		return snapshot.ServicePrincipal{Principal: "arn:aws:iam::" + id + ":root", Type: "Account"}
	}
	unit := snapshot.ServicePrincipal{Principal: "arn:aws:organizations::999900001111:ou/o-acme/ou-1", Type: "OrganizationUnit"}
	org := func(id string) func(*snapshot.Account) {
		return func(a *snapshot.Account) { a.Org.Organization = snapshot.Value(snapshot.Organization{ID: id}) }
	}
	checktest.Run(t, &EndpointServicePrincipals, []checktest.Case{
		{Name: "nobody named is the own account alone", Set: admit(), Want: checks.PASS, Reason: "no principal is named"},
		{Name: "everybody", Set: checktest.All(admit(snapshot.ServicePrincipal{Principal: "*", Type: "All"}), members()), Want: checks.FAIL, Reason: "it admits *; AcceptanceRequired is true"},
		{Name: "the own account", Set: checktest.All(admit(account(checktest.At.Account)), membersDenied), Want: checks.PASS, Reason: "known"},
		{Name: "a member of the organization", Set: checktest.All(admit(account(other)), members(other)), Want: checks.PASS, Reason: "known"},
		{Name: "a stranger's role", Set: checktest.All(admit(snapshot.ServicePrincipal{Principal: "arn:aws:iam::444455556666:role/app", Type: "Role"}), members()), Want: checks.FAIL, Reason: "role/app"},
		{Name: "a trusted one", Set: checktest.All(admit(account(other)), membersDenied), Parameters: map[string]any{"trusted_accounts": []string{other}}, Want: checks.PASS, Reason: "known"},
		{Name: "a unit of the organization", Set: checktest.All(admit(unit), org("o-acme")), Want: checks.PASS, Reason: "known"},
		{Name: "a unit of another", Set: checktest.All(admit(unit), org("o-mine")), Want: checks.FAIL, Reason: "ou-1"},
		{Name: "an AWS service", Set: admit(snapshot.ServicePrincipal{Principal: "quicksight.amazonaws.com", Type: "Service"}), Want: checks.PASS, Reason: "known"},
		{Name: "members unread", Set: checktest.All(admit(account(other)), membersDenied), Want: checks.UNKNOWN, Reason: "ListAccounts"},
		{Name: "members unread, and everybody", Set: checktest.All(admit(account(other), snapshot.ServicePrincipal{Principal: "*", Type: "All"}), membersDenied), Want: checks.FAIL, Reason: "it admits *"},
		{Name: "principals unread", Set: serves(snapshot.Missing[[]snapshot.ServicePrincipal](checktest.Unread("ec2:DescribeVpcEndpointServicePermissions", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "Permissions"},
		{Name: "deleted", Set: serves(snapshot.Value([]snapshot.ServicePrincipal{{Principal: "*"}}), func(s *snapshot.EndpointService) { s.State = "Deleted" }), Want: checks.NotApplicable, Reason: "Deleted"},
	})
}

func TestEndpointServiceAcceptance(t *testing.T) {
	set := func(change ...func(*snapshot.EndpointService)) func(*snapshot.Account) {
		return serves(snapshot.Value([]snapshot.ServicePrincipal(nil)), change...)
	}
	off := func(s *snapshot.EndpointService) { s.AcceptanceRequired = snapshot.Value(false) }
	checktest.Run(t, &EndpointServiceAcceptance, []checktest.Case{
		{Name: "required", Set: set(), Want: checks.PASS, Reason: "true"},
		{Name: "not required", Set: set(off), Want: checks.FAIL, Reason: "false"},
		{Name: "of a Gateway Load Balancer", Set: set(off, func(s *snapshot.EndpointService) { s.Types = []string{"GatewayLoadBalancer"} }), Want: checks.FAIL, Reason: "false"},
		{Name: "managed by AWS", Set: set(off, func(s *snapshot.EndpointService) { s.ManagesEndpoints = true }), Want: checks.NotApplicable, Reason: "ManagesVpcEndpoints"},
		{Name: "failed", Set: set(off, func(s *snapshot.EndpointService) { s.State = "Failed" }), Want: checks.NotApplicable, Reason: "Failed"},
		{Name: "the answer lacks it", Set: set(func(s *snapshot.EndpointService) {
			s.AcceptanceRequired = snapshot.Missing[bool](checktest.Unread("ec2:DescribeVpcEndpointServiceConfigurations", snapshot.Malformed))
		}), Want: checks.UNKNOWN, Reason: "malformed"},
	})
}
