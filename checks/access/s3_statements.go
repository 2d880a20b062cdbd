package access

import (
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// BucketPolicyGrantsNoEveryone passes when no statement lets everyone in without a bound
// and AWS does not call the policy public: what is exposed the moment a block is lifted.
// Source: S3 GetBucketPolicy; S3 GetBucketPolicyStatus, field IsPublic.
var BucketPolicyGrantsNoEveryone = checks.Check{
	ID:          "s3-bucket-policy-grants-no-everyone",
	Title:       "No S3 bucket policy grants anything to everyone, even where a block hides it",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketPolicy", "s3:GetBucketPolicyStatus"},
	Remedy:      "Name the principals, or bind the statement to your organization with aws:PrincipalOrgID.",
	Fix: checks.Fix{
		Threat: "The statement opens the bucket to everybody as soon as Block Public Access is lifted for any reason. Until then it deceives those who read it.",
		CLI: `aws s3api get-bucket-policy --bucket {name} --query Policy --output text > policy.json
aws s3api put-bucket-policy --bucket {name} --policy file://policy.json`,
		Terraform: `data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["{arn}/*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:{partition}:iam::{account}:role/READER"]
    }
  }
}`,
		Cost: "Readers that the new statement does not name lose access.",
	},
	Judges: checks.For(snapshot.Buckets, bucketPolicyGrantsNoEveryone),
}

// BucketPolicyNoNegatedAllow passes when no Allow says what it leaves out in place of
// what it grants: such a statement also grants what AWS or others add later.
// Source: IAM User Guide, "IAM JSON policy elements": NotPrincipal, NotAction, NotResource.
var BucketPolicyNoNegatedAllow = checks.Check{
	ID:          "s3-bucket-policy-no-negated-allow",
	Title:       "No S3 bucket policy allows by exception (NotPrincipal, NotAction or NotResource in an Allow)",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketPolicy"},
	Remedy:      "Write the principals, actions and resources that are meant; keep exceptions for Deny statements.",
	Fix: checks.Fix{
		Threat: "An Allow by exception lets in all those whom nobody thought of, also accounts and actions that do not exist yet. It widens by itself.",
		CLI: `aws s3api get-bucket-policy --bucket {name} --query Policy --output text > policy.json
aws s3api put-bucket-policy --bucket {name} --policy file://policy.json`,
		Terraform: `data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["{arn}/*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:{partition}:iam::{account}:root"]
    }
  }
}`,
		Cost: "Whoever lived from the exception loses access: find out from the access logs who that is.",
	},
	Judges: checks.For(snapshot.Buckets, bucketPolicyNoNegatedAllow),
}

func bucketPolicyGrantsNoEveryone(b snapshot.Bucket, _ checks.Env) checks.Verdict {
	doc, v, ok := policyOf(b)
	switch {
	case !ok:
		return v
	case doc == nil:
		return checks.Pass("there is no bucket policy").With("everyone", "")
	}
	var open []policy.Grant
	unclear := false
	for _, g := range doc.Grants(bucketPolicy, b.Account, "*", ofS3) {
		if g.Unbounded() && !g.Unclear {
			open = append(open, g)
		}
		unclear = unclear || g.Unclear
	}
	if len(open) > 0 {
		return checks.Fail("%s%s", joined(open), hides(b)).With("everyone", joined(open))
	}
	public, err := b.IsPublic.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case public:
		return checks.Fail("AWS says that the policy is public (IsPublic is true)").With("IsPublic", "true")
	case unclear:
		return checks.Unclear("the bucket policy holds statements outside the grammar: %s", issues(doc))
	}
	return checks.Pass("no statement lets everyone in without a bound, and IsPublic is false").With("everyone", "").With("IsPublic", "false")
}

// hides warns of what RestrictPublicBuckets does to the rest of a public policy. It
// cannot say more: whether the flag is on is not what the check reads.
func hides(b snapshot.Bucket) string {
	if public, err := b.IsPublic.Get(); err == nil && public {
		return "; while RestrictPublicBuckets is on, it also cuts what the same policy grants to other named accounts"
	}
	return ""
}

func bucketPolicyNoNegatedAllow(b snapshot.Bucket, _ checks.Env) checks.Verdict {
	doc, v, ok := policyOf(b)
	switch {
	case !ok:
		return v
	case doc == nil:
		return checks.Pass("there is no bucket policy").With("negated", "")
	}
	var found []string
	for i := range doc.Statements {
		s := &doc.Statements[i]
		if elements := negated(s); s.Effect == policy.Allow && len(elements) > 0 {
			found = append(found, s.Name()+" allows with "+strings.Join(elements, " and "))
		}
	}
	if len(found) > 0 {
		list := strings.Join(found, "; ")
		return checks.Fail("%s", list).With("negated", list)
	}
	return checks.Pass("no Allow of the bucket policy says only what it leaves out").With("negated", "")
}

func negated(s *policy.Statement) []string {
	var out []string
	for _, e := range []struct {
		name string
		on   bool
	}{{"NotPrincipal", s.Principals.Negated}, {"NotAction", s.NotAction}, {"NotResource", s.NotResource}} {
		if e.on {
			out = append(out, e.name)
		}
	}
	return out
}
