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

// EndpointPolicyBoundsResources passes when every Allow of an endpoint to a service that
// takes data is bound to resources of known accounts: by their ARNs, by a condition on whose
// they are, or by a Deny of all others. A bound on who calls still lets stolen data out to a
// foreign bucket. S3 ARNs carry no account, so that a bucket is own where the account lists it.
// Source: EC2 DescribeVpcEndpoints, PolicyDocument; IAM User Guide, "AWS global condition
// context keys", aws:ResourceAccount, aws:ResourceOrgID and aws:ResourceOrgPaths.
var EndpointPolicyBoundsResources = checks.Check{
	ID:          "vpc-endpoint-policy-bounds-resources",
	Title:       "VPC endpoint policies let data go to the organization's own resources only",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.CustomerData,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeVpcEndpoints", "organizations:DescribeOrganization", "s3:ListBuckets"},
	Parameters:  checks.Parameters{"trusted_accounts": []string{}, "aws_owned_resources": []string{"arn:aws:s3:::al2023-repos-*", "arn:aws:s3:::amazonlinux-2-repos-*", "arn:aws:s3:::aws-ssm-*", "arn:aws:s3:::patch-baseline-snapshot-*", "arn:aws:s3:::prod-*-starport-layer-bucket"}},
	Remedy:      "Bind each Allow to your organization's resources with aws:ResourceOrgID, and list the buckets of AWS that hosts need.",
	Fix: checks.Fix{
		Threat: "Whoever gets onto a host writes your data into a bucket of their own, with your credentials or theirs, by a way that no firewall sees. A bound on who calls does not stop that.",
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
      Condition = { StringEquals = { "aws:ResourceOrgID" = "ORGANIZATION" } }
    }]
  })
}`,
		Cost: "Package repositories, patches and container layers lie in buckets of AWS's own: list them, or hosts cannot be updated.",
	},
	Judges: checks.For(snapshot.VPCEndpoints, endpointPolicyBoundsResources),
}

// takers are the services that take data, by the first word of an endpoint's service name.
var takers = []string{"s3", "sts", "kms", "secretsmanager", "sqs", "sns", "ecr", "lambda", "dynamodb"}

func endpointPolicyBoundsResources(e snapshot.VPCEndpoint, env checks.Env) checks.Verdict {
	doc, v, ok := judgedEndpoint(e, []string{"Gateway", "Interface"})
	if !ok {
		return v
	}
	region := e.Region
	if e.ServiceRegion != "" {
		region = e.ServiceRegion
	}
	service, _, _ := strings.Cut(networks.Service(e.Service, region), ".")
	service = strings.TrimSuffix(service, "-fips")
	if !slices.Contains(takers, service) {
		return checks.DoesNotApply("%s takes no data that the check is about", e.Service).With("ServiceName", e.Service)
	}
	own, unread := ownOrganization(env)
	b := resourceBounds{env: env, at: e, accounts: slices.Concat(env.Strings("trusted_accounts"), []string{e.Account}), organizations: own}
	denied := b.deniesForeign(doc)
	var loose, unclear []string
	for i := range doc.Statements {
		s := &doc.Statements[i]
		if s.Effect != policy.Allow || !s.TouchesAction(service+":*") || denied || b.conditions(s) {
			continue
		}
		foreign := b.foreign(s)
		switch {
		case len(foreign) == 0 && !s.Unclear:
		case s.Unclear:
			unclear = append(unclear, s.Name())
		default:
			loose = append(loose, fmt.Sprintf("%s allows %s on %s", s.Name(), wording.Few(s.Actions, 3), wording.Few(foreign, 3)))
		}
	}
	switch {
	case len(loose) > 0 && b.organizational && unread != nil: // it may be the account's own
		return checks.Unknown(unread)
	case len(loose) > 0 && b.buckets != nil:
		return checks.Unknown(b.buckets)
	case len(loose) > 0:
		return checks.Fail("%s binds these to no known resources: %s", endpointPolicy, networks.Few(loose)).With("statements", networks.Few(loose))
	case len(unclear) > 0:
		return checks.Unclear("%s holds something outside the grammar in %s", endpointPolicy, strings.Join(unclear, ", "))
	}
	return checks.Pass("every Allow of %s is bound to known resources", endpointPolicy).With("statements", "")
}

// resourceBounds judges whose resources a statement is about.
type resourceBounds struct {
	env            checks.Env
	at             snapshot.VPCEndpoint
	accounts       []string
	organizations  []string
	organizational bool  // some condition names an organization
	buckets        error // why the account's buckets could not be listed, where one was looked for
}

// conditions says that a condition of an Allow binds it to known resources.
func (b *resourceBounds) conditions(s *policy.Statement) bool {
	return slices.ContainsFunc(s.Restricting("aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths"), b.known)
}

// known says that all values of a condition on whose a resource is are known.
func (b *resourceBounds) known(c policy.Condition) bool {
	for _, v := range c.Values {
		list := b.organizations
		if c.Is("aws:ResourceAccount") {
			list = b.accounts
		} else {
			b.organizational = true
			v, _, _ = strings.Cut(v, "/")
		}
		if !slices.Contains(list, v) {
			return false
		}
	}
	return len(c.Values) > 0
}

// deniesForeign says that some Deny refuses all resources but known ones: one negated
// condition on whose they are, beside one that spares calls of AWS's services.
func (b *resourceBounds) deniesForeign(doc *policy.Document) bool {
	return slices.ContainsFunc(doc.Statements, func(s policy.Statement) bool {
		if s.Effect != policy.Deny || s.Unclear || !s.Principals.Everyone() || !s.CoversAction("*") || !s.EveryResource("") {
			return false
		}
		bound := false
		for _, c := range s.Conditions {
			spares := c.Is("aws:PrincipalIsAWSService") && !slices.ContainsFunc(c.Values, func(v string) bool { return !strings.EqualFold(v, "false") })
			about := c.Is("aws:ResourceAccount") || c.Is("aws:ResourceOrgID") || c.Is("aws:ResourceOrgPaths")
			switch {
			case spares:
			case about && c.Negated() && !bound && b.known(c):
				bound = true
			default:
				return false
			}
		}
		return bound
	})
}

// foreign are the resources of an Allow that are not known to be the account's, a trusted
// one's, or among those of AWS that the policy file lists.
func (b *resourceBounds) foreign(s *policy.Statement) (out []string) {
	if s.NotResource {
		return []string{"all but " + wording.Few(s.Resources, 3)}
	}
	for _, r := range s.Resources {
		if !b.own(r) && !b.listed(r) {
			out = append(out, r)
		}
	}
	return out
}

func (b *resourceBounds) own(resource string) bool {
	if account := policy.AccountOf(resource); account != "" {
		return slices.Contains(b.accounts, account)
	}
	parts := strings.SplitN(resource, ":", 6)
	if len(parts) != 6 || parts[2] != "s3" {
		return false
	}
	name, _, _ := strings.Cut(parts[5], "/")
	if strings.ContainsAny(name, "*?$") {
		return false
	}
	_, err := checks.Find(b.env, snapshot.Buckets, b.at.Location, name)
	if err != nil && !errors.Is(err, snapshot.ErrAbsent) {
		b.buckets = err
	}
	return err == nil
}

// listed says that the policy file lists a resource of AWS's own, in whatever partition.
func (b *resourceBounds) listed(resource string) bool {
	bare := func(arn string) string {
		_, rest, _ := strings.Cut(strings.TrimPrefix(arn, "arn:"), ":")
		return rest
	}
	return slices.ContainsFunc(b.env.Strings("aws_owned_resources"), func(known string) bool {
		if objects := bare(resource); policy.Covers(bare(known), objects) {
			return true
		} else if bucket, _, ok := strings.Cut(objects, "/"); ok {
			return policy.Covers(bare(known), bucket) && !strings.ContainsAny(bucket, "*?") || policy.Covers(bare(known)+"/*", objects)
		}
		return false
	})
}
