package access

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/checks/networks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// endpointPolicy is what reasons call the document.
const endpointPolicy = "the endpoint policy"

// wholePolicy is what AWS puts where nobody wrote a policy: everything to everyone.
// Source: AWS PrivateLink guide, "Default endpoint policy".
const wholePolicy = `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`

// EndpointPolicyRestricted passes when no statement of the policy lets everyone do
// everything. The policy that AWS makes does, and stands for one that is absent.
// Source: EC2 DescribeVpcEndpoints, PolicyDocument.
var EndpointPolicyRestricted = checks.Check{
	ID:          "vpc-endpoint-policy-restricted",
	Title:       "VPC endpoint policies do not allow everyone everything",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeVpcEndpoints"},
	Parameters:  checks.Parameters{"endpoint_types": []string{"Gateway", "Interface"}},
	Remedy:      "Name the principals, actions and resources that the VPC needs in the endpoint's policy.",
	Fix: checks.Fix{
		Threat: "Whoever has credentials of any account uses the service from inside the VPC: data leaves to a foreign bucket by a way that no firewall sees. The endpoint is the one place that could refuse it.",
		CLI:    "aws ec2 modify-vpc-endpoint --vpc-endpoint-id {id} --policy-document file://policy.json --region {region}",
		Terraform: `resource "aws_vpc_endpoint_policy" "this" {
  vpc_endpoint_id = "{id}"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "*"
      Resource  = "*"
      Condition = { StringEquals = { "aws:PrincipalOrgID" = "ORGANIZATION", "aws:ResourceOrgID" = "ORGANIZATION" } }
    }]
  })
}`,
		Cost: "Calls that the policy forgot fail at once: package repositories and images of AWS lie in buckets of AWS's own. CloudTrail shows what is called.",
	},
	Judges: checks.For(snapshot.VPCEndpoints, endpointPolicyRestricted),
}

// EndpointPolicyTrustedAccounts passes when every Allow is bound to principals of trusted
// accounts, by their names, by a condition on who calls, or by a Deny of everybody else. A
// condition with IfExists binds nobody who lacks the key. What AWS services do for somebody
// is not people's. Source: EC2 DescribeVpcEndpoints, PolicyDocument; IAM User Guide, "AWS
// global condition context keys".
var EndpointPolicyTrustedAccounts = checks.Check{
	ID:          "vpc-endpoint-policy-trusted-accounts-only",
	Title:       "VPC endpoint policies admit principals of trusted accounts only",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeVpcEndpoints", "organizations:DescribeOrganization"},
	Parameters:  checks.Parameters{"trusted_accounts": []string{}, "trusted_organizations": []string{}},
	Remedy:      "Bind each Allow to your organization with aws:PrincipalOrgID, or name the accounts that may call.",
	Fix: checks.Fix{
		Threat: "An intruder brings credentials of an account of their own, and copies data out through your endpoint with them. No policy of yours is asked about foreign credentials but this one.",
		CLI:    "aws ec2 modify-vpc-endpoint --vpc-endpoint-id {id} --policy-document file://policy.json --region {region}",
		Terraform: `resource "aws_vpc_endpoint_policy" "this" {
  vpc_endpoint_id = "{id}"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "*"
      Resource  = "*"
      Condition = { StringEquals = { "aws:PrincipalOrgID" = "ORGANIZATION" } }
    }]
  })
}`,
		Cost: "Unsigned requests, such as those for public packages, carry no principal and fail: allow their buckets by name.",
	},
	Judges: checks.For(snapshot.VPCEndpoints, endpointPolicyTrustedAccounts),
}

// judgedEndpoint gives the policy of an endpoint of AWS's services, or the verdict on one
// that has none or is not the account's.
func judgedEndpoint(e snapshot.VPCEndpoint, kinds []string) (*policy.Document, checks.Verdict, bool) {
	if v, is := networks.Foreign("endpoint", e.Owner, e.Location); is {
		return nil, v, false
	}
	region := e.Region
	if e.ServiceRegion != "" {
		region = e.ServiceRegion
	}
	switch {
	case !slices.Contains(kinds, e.Type):
		return nil, checks.DoesNotApply("VpcEndpointType is %s", e.Type).With("VpcEndpointType", e.Type), false
	case networks.Service(e.Service, region) == "":
		return nil, checks.DoesNotApply("%s is no service of AWS's own", e.Service).With("ServiceName", e.Service), false
	case !networks.Available(&e):
		return nil, checks.DoesNotApply("the endpoint is %s", e.State).With("State", e.State), false
	}
	text := e.Policy
	if text == "" {
		text = wholePolicy
	}
	doc, err := policy.Parse([]byte(text))
	if err != nil {
		return nil, checks.Unclear("%s cannot be understood: %v", endpointPolicy, err), false
	}
	return doc, checks.Verdict{}, true
}

func endpointPolicyRestricted(e snapshot.VPCEndpoint, env checks.Env) checks.Verdict {
	doc, v, ok := judgedEndpoint(e, env.Strings("endpoint_types"))
	if !ok {
		return v
	}
	var open, unclear []string
	for _, g := range doc.Grants(endpointPolicy, e.Account, "*", nil) {
		s := g.Ref.Statement
		narrowed := len(s.Restricting("*")) > 0 || slices.ContainsFunc(g.Bounds, func(b policy.Bound) bool { return b.Deny })
		switch {
		case !g.Everyone || narrowed || !s.EveryResource(e.Account) || !wholeService(s):
		case g.Unclear:
			unclear = append(unclear, s.Name())
		default:
			open = append(open, s.Name())
		}
	}
	absent := ""
	if e.Policy == "" {
		absent = "; it was never written, so AWS's default holds"
	}
	switch {
	case len(open) > 0:
		return checks.Fail("%s lets everyone do everything by %s%s", endpointPolicy, strings.Join(open, ", "), absent).With("ServiceName", e.Service)
	case len(unclear) > 0:
		return checks.Unclear("%s holds something outside the grammar in %s", endpointPolicy, strings.Join(unclear, ", "))
	}
	return checks.Pass("no statement of %s lets everyone do everything", endpointPolicy).With("ServiceName", e.Service)
}

// wholeService says that a statement is about every action of some service, or of all.
func wholeService(s *policy.Statement) bool {
	return s.CoversAction("*") || s.NotAction || slices.ContainsFunc(s.Actions, func(a string) bool { return policy.FullService(a) != "" })
}

func endpointPolicyTrustedAccounts(e snapshot.VPCEndpoint, env checks.Env) checks.Verdict {
	doc, v, ok := judgedEndpoint(e, []string{"Gateway", "Interface"})
	if !ok {
		return v
	}
	own, unread := organizations(env)
	known := policy.Known{Accounts: slices.Concat(env.Strings("trusted_accounts"), []string{e.Account}), Organizations: own}
	denied := deniesOthers(doc, known)
	var outside, unclear []string
	namesOrganization := false
	for _, g := range doc.Grants(endpointPolicy, e.Account, "*", nil) {
		g.Bounds = slices.DeleteFunc(slices.Clone(g.Bounds), func(b policy.Bound) bool { return !strings.HasPrefix(b.Key, "aws:principal") })
		switch answer := g.Within(known); {
		case toServicesOnly(g) || servicesAlone(g.Ref.Statement) || answer == policy.Yes || denied:
		case answer == policy.CannotTell || g.Unclear:
			unclear = append(unclear, g.Ref.Statement.Name())
		default:
			outside = append(outside, fmt.Sprintf("%s allows %s to %s", g.Ref.Statement.Name(), wording.Few(g.Ref.Statement.Actions, 3), audience(g)))
			namesOrganization = namesOrganization || slices.ContainsFunc(g.Bounds, func(b policy.Bound) bool { return strings.HasPrefix(b.Key, "aws:principalorg") })
		}
	}
	switch {
	case len(outside) > 0 && namesOrganization && unread != nil: // it may be the account's own
		return checks.Unknown(unread)
	case len(outside) > 0:
		return checks.Fail("%s binds these to no trusted account: %s", endpointPolicy, networks.Few(outside)).With("outside", networks.Few(outside))
	case len(unclear) > 0:
		return checks.Unclear("%s holds something outside the grammar in %s", endpointPolicy, strings.Join(unclear, ", "))
	}
	return checks.Pass("every Allow of %s is bound to trusted principals", endpointPolicy).With("outside", "")
}

// servicesAlone says that a statement asks for calls that an AWS service makes itself.
func servicesAlone(s *policy.Statement) bool {
	return slices.ContainsFunc(s.Restricting("aws:PrincipalIsAWSService"), func(c policy.Condition) bool {
		return !slices.ContainsFunc(c.Values, func(v string) bool { return !strings.EqualFold(v, "true") })
	})
}

// principalKeys are the keys by which a Deny may refuse all but some callers.
var principalKeys = []string{"aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn"}

// deniesOthers says that some Deny refuses everybody but known principals and AWS services:
// one negated condition on who calls, beside one that spares calls of services.
func deniesOthers(doc *policy.Document, known policy.Known) bool {
	return slices.ContainsFunc(doc.Statements, func(s policy.Statement) bool {
		if s.Effect != policy.Deny || s.Unclear || !s.Principals.Everyone() || !s.CoversAction("*") || !s.EveryResource("") {
			return false
		}
		bound := false
		for _, c := range s.Conditions {
			sparesServices := c.Is("aws:PrincipalIsAWSService") && !slices.ContainsFunc(c.Values, func(v string) bool { return !strings.EqualFold(v, "false") })
			if sparesServices {
				continue
			}
			i := slices.IndexFunc(principalKeys, c.Is)
			if i < 0 || !c.Negated() || bound {
				return false
			}
			b := policy.Bound{Key: principalKeys[i], Values: c.Values, Deny: true, Statement: &s}
			bound = b.Within(known)
		}
		return bound
	})
}

// EndpointServicePrincipals passes when everybody who may make an endpoint to the account's
// own service belongs to it, to a trusted account or to its organization. Nobody named means
// the own account alone. That connections wait for acceptance softens a *, and passes none.
// Source: EC2 DescribeVpcEndpointServicePermissions, AllowedPrincipals.
var EndpointServicePrincipals = checks.Check{
	ID:          "vpc-endpoint-service-principals-trusted",
	Title:       "Own endpoint services admit trusted principals only",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeVpcEndpointServiceConfigurations", "ec2:DescribeVpcEndpointServicePermissions", "organizations:ListAccounts", "organizations:DescribeOrganization"},
	Parameters:  checks.Parameters{"trusted_accounts": []string{}},
	Remedy:      "Remove the principal from the service's permissions, or trust its account in the policy.",
	Fix: checks.Fix{
		Threat: "Strangers put an endpoint to your service into their network and talk to your load balancer from inside, past whatever guards its public side. With a * everybody with an AWS account may.",
		CLI:    "aws ec2 modify-vpc-endpoint-service-permissions --service-id {id} --remove-allowed-principals PRINCIPAL --region {region}",
		Terraform: `resource "aws_vpc_endpoint_service_allowed_principal" "customer" {
  vpc_endpoint_service_id = "{id}"
  principal_arn           = "ARN-OF-A-KNOWN-PRINCIPAL"
}`,
		Cost: "Endpoints that exist stay connected: reject those that should not be there.",
	},
	Judges: checks.For(snapshot.EndpointServices, endpointServicePrincipals),
}

func endpointServicePrincipals(s snapshot.EndpointService, env checks.Env) checks.Verdict {
	if s.State != "Available" {
		return checks.DoesNotApply("ServiceState is %s", s.State).With("ServiceState", s.State)
	}
	list, err := s.Principals.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	var outside []string
	var unread error
	for _, p := range list {
		known, err := knownPrincipal(p, env)
		switch {
		case err != nil:
			unread = err
		case !known:
			outside = append(outside, p.Principal)
		}
	}
	accepted := ""
	if required, err := s.AcceptanceRequired.Get(); err == nil {
		accepted = fmt.Sprintf("; AcceptanceRequired is %t", required)
	}
	switch {
	case len(outside) > 0:
		return checks.Fail("it admits %s%s", networks.Few(outside), accepted).With("Principal", networks.Few(outside))
	case unread != nil:
		return checks.Unknown(unread)
	case len(list) == 0:
		return checks.Pass("no principal is named, so that the own account alone can connect%s", accepted)
	}
	return checks.Pass("its %s are known%s", wording.Count(len(list), "principal"), accepted)
}

// knownPrincipal says whether a principal belongs to the account, a trusted one or the
// organization. AWS's services are known.
func knownPrincipal(p snapshot.ServicePrincipal, env checks.Env) (bool, error) {
	account := policy.AccountOf(p.Principal)
	switch {
	case p.Type == "Service":
		return true, nil
	case p.Principal == "*" || p.Type == "All":
		return false, nil
	case p.Type == "OrganizationUnit" || strings.Contains(p.Principal, ":organizations:"):
		own, err := checks.Use(env, env.Account().Org.Organization)
		if errors.Is(err, snapshot.ErrAbsent) {
			err = nil
		}
		return own.ID != "" && strings.Contains(p.Principal, "/"+own.ID+"/"), err
	case account == "":
		return false, nil
	}
	outside, err := networks.Outside(env, env.Strings("trusted_accounts"), true, account)
	return len(outside) == 0, err
}

// EndpointServiceAcceptance passes when somebody must accept each connection. What AWS
// manages on the customer's behalf is not the customer's to set.
// Source: EC2 DescribeVpcEndpointServiceConfigurations, AcceptanceRequired.
var EndpointServiceAcceptance = checks.Check{
	ID:          "vpc-endpoint-service-acceptance-required",
	Title:       "Connections to own endpoint services must be accepted one by one",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeVpcEndpointServiceConfigurations"},
	Remedy:      "Require acceptance of connections to the service.",
	Fix: checks.Fix{
		Threat: "Every principal that the service admits is connected without anybody's look. A permission that was too wide is used before it is noticed.",
		CLI:    "aws ec2 modify-vpc-endpoint-service-configuration --service-id {id} --acceptance-required --region {region}",
		Terraform: `resource "aws_vpc_endpoint_service" "this" {
  acceptance_required        = true
  network_load_balancer_arns = ["LOAD-BALANCER-ARN"]
}`,
		Cost: "New endpoints wait until somebody accepts them. Those that exist stay.",
	},
	Judges: checks.For(snapshot.EndpointServices, endpointServiceAcceptance),
}

func endpointServiceAcceptance(s snapshot.EndpointService, _ checks.Env) checks.Verdict {
	switch {
	case s.State != "Available":
		return checks.DoesNotApply("ServiceState is %s", s.State).With("ServiceState", s.State)
	case s.ManagesEndpoints:
		return checks.DoesNotApply("ManagesVpcEndpoints is true: AWS manages the service's endpoints").With("ManagesVpcEndpoints", "true")
	}
	required, err := s.AcceptanceRequired.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case !required:
		return checks.Fail("AcceptanceRequired is false").With("AcceptanceRequired", "false")
	}
	return checks.Pass("AcceptanceRequired is true").With("AcceptanceRequired", "true")
}
