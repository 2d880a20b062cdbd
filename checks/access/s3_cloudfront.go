package access

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// BucketPolicyCloudFrontScoped passes when CloudFront acts on a bucket only for
// distributions of known accounts, and reads only. Block Public Access does not cut
// service principals: without aws:SourceArn anybody's distribution can serve the bucket.
// Source: Amazon CloudFront Developer Guide, "Restrict access to an Amazon S3 origin".
var BucketPolicyCloudFrontScoped = checks.Check{
	ID:          "s3-bucket-policy-cloudfront-scoped",
	Title:       "S3 buckets behind CloudFront let in only named distributions",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketPolicy", "sts:GetCallerIdentity"},
	Parameters:  checks.Parameters{"trusted_accounts": []string{}, "write_through_cloudfront": false},
	Remedy:      "Bind the statement to your distribution with aws:SourceArn, and allow s3:GetObject alone.",
	Fix: checks.Fix{
		Threat: "A statement for the CloudFront service without a source lets every distribution of every customer read the bucket. An attacker makes one of his own and points it here.",
		CLI:    "aws s3api put-bucket-policy --bucket {name} --policy file://policy.json",
		Terraform: `data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["{arn}/*"]
    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "AWS:SourceArn"
      values   = ["arn:{partition}:cloudfront::{account}:distribution/DISTRIBUTION"]
    }
  }
}`,
		Cost: "Distributions that the condition does not name are refused. The command replaces the whole policy.",
	},
	Judges: checks.For(snapshot.Buckets, bucketPolicyCloudFrontScoped),
}

// uniqueIDs begin the ids that AWS shows in place of principals that were deleted.
// Source: IAM User Guide, "IAM identifiers", unique ids.
var uniqueIDs = []string{"AIDA", "AROA", "AIPA", "AGPA", "ANPA"}

func bucketPolicyCloudFrontScoped(b snapshot.Bucket, env checks.Env) checks.Verdict {
	doc, v, ok := policyOf(b)
	switch {
	case !ok:
		return v
	case doc == nil:
		return checks.DoesNotApply("there is no bucket policy")
	}
	known := slices.Concat(env.Strings("trusted_accounts"), []string{b.Account})
	var faults, identities []string
	concerned := false
	for i := range doc.Statements {
		s := &doc.Statements[i]
		if s.Effect != policy.Allow {
			continue
		}
		identities = append(identities, identitiesOf(s, b.Owner)...)
		faults = append(faults, orphansOf(s)...)
		if !slices.Contains(s.Principals.Service, "cloudfront.amazonaws.com") || s.Principals.Negated {
			continue
		}
		concerned = true
		if s.Unclear {
			return checks.Unclear("%s lets CloudFront in and holds something outside the grammar: %s", s.Name(), issues(doc))
		}
		faults = append(faults, cloudFrontFaults(s, known, env.Bool("write_through_cloudfront"))...)
	}
	switch list := strings.Join(faults, "; "); {
	case len(faults) > 0:
		return checks.Fail("%s", list).With("faults", list)
	case !concerned && len(identities) == 0:
		return checks.DoesNotApply("no statement of the bucket policy lets CloudFront in")
	case len(identities) > 0:
		return checks.Pass("only named origin access identities (the legacy way) and distributions of known accounts: %s; whether they still exist is not read", strings.Join(identities, ", ")).With("faults", "")
	}
	return checks.Pass("CloudFront reads for distributions of known accounts only; whether they still exist is not read").With("faults", "")
}

// identitiesOf are the origin access identities of a statement. A policy may also name
// one by its canonical id.
func identitiesOf(s *policy.Statement, owner string) []string {
	out := slices.DeleteFunc(slices.Clone(s.Principals.Canonical), func(id string) bool { return id == owner || id == "*" })
	for _, p := range s.Principals.AWS {
		if originAccessIdentity(p) {
			out = append(out, p)
		}
	}
	return out
}

// orphansOf are ids of deleted principals, which name nobody. What a statement only lets
// read may have been an origin access identity.
func orphansOf(s *policy.Statement) []string {
	var out []string
	for _, p := range s.Principals.AWS {
		if slices.ContainsFunc(uniqueIDs, func(prefix string) bool { return strings.HasPrefix(p, prefix) }) && readsOnly(s) {
			out = append(out, s.Name()+" names "+p+", a principal that was deleted")
		}
	}
	return out
}

// readsOnly says that a statement allows nothing beyond getting objects and listing them.
func readsOnly(s *policy.Statement) bool {
	return !s.NotAction && !slices.ContainsFunc(s.Actions, func(a string) bool {
		return !strings.EqualFold(a, "s3:GetObject") && !strings.EqualFold(a, "s3:ListBucket")
	})
}

// cloudFrontFaults says what a statement that lets CloudFront in leaves open.
func cloudFrontFaults(s *policy.Statement, known []string, writes bool) []string {
	var out []string
	confined := slices.ContainsFunc(s.Restricting("aws:SourceArn", "aws:SourceAccount"), func(c policy.Condition) bool {
		return !slices.ContainsFunc(c.Values, func(v string) bool { return !slices.Contains(known, policy.AccountOf(v)) })
	})
	if !confined {
		out = append(out, s.Name()+" is bound to no distribution of a known account")
	}
	if !writes && !readsOnly(s) {
		out = append(out, s.Name()+" allows more than s3:GetObject and s3:ListBucket: "+wording.Few(s.Actions, 3))
	}
	return out
}
