package access

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// BucketPolicyServiceGrantsScoped passes when every AWS service that a bucket policy lets in
// acts only for known accounts or the own organization. Without aws:SourceArn or its kin
// anybody's use of the service reaches the bucket: Block Public Access does not cut service
// principals. aws:PrincipalOrgID is absent from their requests and confines nothing.
// Source: IAM User Guide, "The confused deputy problem"; S3 GetBucketPolicy.
var BucketPolicyServiceGrantsScoped = checks.Check{
	ID:          "s3-bucket-policy-service-grants-scoped",
	Title:       "AWS services that an S3 bucket policy lets in act only for known accounts",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketPolicy", "sts:GetCallerIdentity", "organizations:DescribeOrganization"},
	Parameters: checks.Parameters{"trusted_accounts": []string{},
		"exempt_services": []string{"elasticloadbalancing.amazonaws.com", "logdelivery.elasticloadbalancing.amazonaws.com"}},
	Remedy: "Add a condition on aws:SourceAccount (and aws:SourceArn) to the statement.",
	Judges: checks.For(snapshot.Buckets, bucketPolicyServiceGrantsScoped),
	Fix: checks.Fix{
		Threat: "Anybody tells the same AWS service, from an account of his own, to write into this bucket or to read from it, and the bucket lets the service in. Logs can be forged and storage filled without one right in this account.",
		CLI: `aws s3api get-bucket-policy --bucket {name} --query Policy --output text > policy.json
aws s3api put-bucket-policy --bucket {name} --policy file://policy-with-condition.json`,
		Terraform: `data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:PutObject"]
    resources = ["{arn}/*"]
    principals {
      type        = "Service"
      identifiers = ["SERVICE.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = ["{account}"]
    }
  }
}`,
		Cost: "Deliveries for accounts that are not named stop. put-bucket-policy replaces the whole policy: start from the one that is there.",
	},
}

// BucketDelegationBounded passes when a bucket that leaves decisions to access points leaves
// them to those of known accounts only. An access point of a stranger is in no list of
// ours: the delegation is its only trace, and AWS does not count it as public.
// Source: Amazon S3 User Guide, "Delegating access control to access points"; Service
// Authorization Reference, condition keys of Amazon S3.
var BucketDelegationBounded = checks.Check{
	ID:          "s3-bucket-access-point-delegation-bounded",
	Title:       "S3 buckets that hand decisions to access points accept only access points of known accounts",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketPolicy", "sts:GetCallerIdentity"},
	Parameters:  checks.Parameters{"trusted_accounts": []string{}},
	Remedy:      "Compare s3:DataAccessPointAccount with your own account by StringEquals.",
	Judges:      checks.For(snapshot.Buckets, bucketDelegationBounded),
	Fix: checks.Fix{
		Threat: "Whoever owns an account that the condition lets in makes an access point on this bucket and writes its policy: that policy then decides who reads. Nothing in this account shows it.",
		CLI: `aws s3api get-bucket-policy --bucket {name} --query Policy --output text > policy.json
aws s3api put-bucket-policy --bucket {name} --policy file://policy-with-own-account.json`,
		Terraform: `data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:*"]
    resources = ["{arn}", "{arn}/*"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    condition {
      test     = "StringEquals"
      variable = "s3:DataAccessPointAccount"
      values   = ["{account}"]
    }
  }
}`,
		Cost: "Access points of other accounts on this bucket stop working. put-bucket-policy replaces the whole policy: start from the one that is there.",
	},
}

// ownOrganization is the organization that the account is in; none where it is in none.
func ownOrganization(env checks.Env) ([]string, error) {
	own, err := checks.Use(env, env.Account().Org.Organization)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return nil, nil
	case err != nil:
		return nil, err
	case own.ID == "":
		return nil, nil
	}
	return []string{own.ID}, nil
}

// regionalService matches a service principal with a Region in it.
var regionalService = regexp.MustCompile(`^(.+)\.[a-z]{2,4}(?:-[a-z]+)+-\d+(\.amazonaws\.com(?:\.cn)?)$`)

// exempted says that a service needs no scope, by whichever Region's name it comes.
func exempted(service string, exempt []string) bool {
	plain := strings.TrimSuffix(regionalService.ReplaceAllString(service, "$1$2"), ".cn")
	return slices.Contains(exempt, service) || slices.Contains(exempt, plain)
}

func bucketPolicyServiceGrantsScoped(b snapshot.Bucket, env checks.Env) checks.Verdict {
	doc, v, ok := policyOf(b)
	switch {
	case !ok:
		return v
	case doc == nil:
		return checks.DoesNotApply("there is no bucket policy")
	}
	organizations, orgErr := ownOrganization(env)
	known := policy.Known{Accounts: slices.Concat(env.Strings("trusted_accounts"), []string{b.Account}), Organizations: organizations}
	exempt := env.Strings("exempt_services")
	var open, onOrganization, unclear []string
	concerned := false
	for _, g := range doc.Grants(bucketPolicy, b.Account, "*", ofS3) {
		services := slices.DeleteFunc(slices.Clone(g.Services), func(s string) bool { return exempted(s, exempt) })
		concerned = concerned || len(g.Services) > 0
		if len(services) == 0 || g.Ref.Statement.Principals.Negated || asksForACL(g) {
			continue
		}
		said := g.Ref.Statement.Name() + " lets in " + strings.Join(services, ", ")
		switch {
		case slices.ContainsFunc(g.Bounds, func(b policy.Bound) bool { return strings.HasPrefix(b.Key, "aws:source") && b.Within(known) }):
		case g.Unclear:
			unclear = append(unclear, said)
		case orgErr != nil && slices.ContainsFunc(g.Bounds, func(b policy.Bound) bool { return strings.HasPrefix(b.Key, "aws:sourceorg") }):
			onOrganization = append(onOrganization, said)
		default:
			open = append(open, said)
		}
	}
	switch seen := strings.Join(open, "; "); {
	case len(open) > 0:
		return checks.Fail("%s, bound to no known account", seen).With("unscoped", seen)
	case len(onOrganization) > 0:
		return checks.Unknown(orgErr)
	case len(unclear) > 0:
		return checks.Unclear("%s, and holds something outside the grammar: %s", strings.Join(unclear, "; "), issues(doc))
	case !concerned:
		return checks.DoesNotApply("no statement of the bucket policy lets an AWS service in")
	}
	return checks.Pass("every AWS service that the bucket policy lets in acts for known accounts, or is exempt").With("unscoped", "")
}

// asksForACL says that all a grant allows is to read the bucket's ACL, as deliveries of logs
// do before they write.
func asksForACL(g policy.Grant) bool {
	return !slices.ContainsFunc(g.Actions, func(a string) bool { return !strings.EqualFold(a, "s3:GetBucketAcl") })
}

// delegationKeys are the condition keys by which a bucket leaves decisions to access points.
var delegationKeys = []string{"s3:dataaccesspointaccount", "s3:dataaccesspointarn"}

const networkOriginKey = "s3:accesspointnetworkorigin"

func bucketDelegationBounded(b snapshot.Bucket, env checks.Env) checks.Verdict {
	doc, v, ok := policyOf(b)
	switch {
	case !ok:
		return v
	case doc == nil:
		return checks.DoesNotApply("there is no bucket policy")
	}
	known := policy.Known{Accounts: slices.Concat(env.Strings("trusted_accounts"), []string{b.Account})}
	var open, unclear []string
	concerned := false
	for i := range doc.Statements {
		concerned = concerned || delegates(&doc.Statements[i])
	}
	for _, g := range doc.Grants(bucketPolicy, b.Account, "*", ofS3) {
		if !g.Everyone || !delegates(g.Ref.Statement) {
			continue
		}
		var fault string
		within := false
		for i := range g.Bounds {
			bound := &g.Bounds[i]
			switch {
			case !slices.Contains(delegationKeys, bound.Key):
				within = within || bound.Fixes()
			case bound.Within(known):
				within = true
			default:
				fault = " takes access points of " + strings.Join(bound.Values, " ")
			}
		}
		switch name := g.Ref.Statement.Name(); {
		case g.Unclear:
			unclear = append(unclear, name)
		case fault != "":
			open = append(open, name+fault)
		case !within:
			open = append(open, name+" is bound to no account's access points")
		}
	}
	switch seen := strings.Join(open, "; "); {
	case len(open) > 0:
		return checks.Fail("%s", seen).With("unbounded", seen)
	case len(unclear) > 0:
		return checks.Unclear("%s holds something outside the grammar: %s", strings.Join(unclear, ", "), issues(doc))
	case !concerned:
		return checks.DoesNotApply("no statement of the bucket policy is about access points")
	}
	return checks.Pass("decisions are left to access points of known accounts only").With("unbounded", "")
}

// delegates says that a statement has a condition about access points.
func delegates(s *policy.Statement) bool {
	return slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool {
		return c.Is(delegationKeys[0]) || c.Is(delegationKeys[1]) || c.Is(networkOriginKey)
	})
}
