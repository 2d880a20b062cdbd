package encryption

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// BucketTLSOnly passes when the bucket policy refuses everybody without TLS, for every
// action on the bucket and on its objects. An Allow that asks for TLS refuses nothing.
// Source: IAM User Guide, "AWS global condition context keys", aws:SecureTransport.
var BucketTLSOnly = checks.Check{
	ID:          "s3-bucket-tls-only",
	Title:       "S3 buckets refuse requests without TLS",
	Severity:    checks.Medium,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketPolicy"},
	Parameters:  checks.Parameters{"objects_only": false},
	Remedy:      "Add a Deny of s3:* to everyone on the bucket and on its objects, with the condition Bool aws:SecureTransport false.",
	Fix: checks.Fix{
		Threat: "A request over plain HTTP carries the data, and a presigned link, past everybody on the way. S3 answers such requests unless told not to.",
		CLI:    "aws s3api put-bucket-policy --bucket {name} --policy file://policy.json",
		Terraform: `data "aws_iam_policy_document" "this" {
  statement {
    sid       = "DenyWithoutTLS"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = ["{arn}", "{arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}`,
		Cost: "Clients that use plain HTTP are refused. The command replaces the whole policy: add the statement to what is there.",
	},
	Judges: checks.For(snapshot.Buckets, bucketTLSOnly),
}

// objectActions are patterns that take in every action on objects.
// Source: Service Authorization Reference, actions of Amazon S3 with resource type object.
var objectActions = []string{
	"s3:AbortMultipartUpload", "s3:BypassGovernanceRetention", "s3:DeleteObject*", "s3:GetObject*", "s3:InitiateReplication",
	"s3:ListMultipartUploadParts", "s3:ObjectOwnerOverrideToBucketOwner", "s3:PutObject*", "s3:Replicate*", "s3:RestoreObject", "s3:UpdateObject*",
}

func bucketTLSOnly(b snapshot.Bucket, env checks.Env) checks.Verdict {
	denies, v, ok := bucketDenies(b)
	if !ok {
		return v
	}
	plain := slices.DeleteFunc(slices.Clone(denies), func(s *policy.Statement) bool { return !toEveryone(s) || !refusesPlain(s) })
	refused := func(action string, objects bool) bool {
		return slices.ContainsFunc(plain, func(s *policy.Statement) bool {
			if objects {
				return onAllObjects(s, b, action)
			}
			return onEverything(s, b)
		})
	}
	onObjects := !slices.ContainsFunc(objectActions, func(a string) bool { return !refused(a, true) })
	switch {
	case refused("s3:*", true) && refused("s3:*", false):
		return checks.Pass("requests without TLS are refused by %s", names(plain)).With("statements", names(plain))
	case env.Bool("objects_only") && onObjects:
		return checks.Pass("requests for objects without TLS are refused by %s", names(plain)).With("statements", names(plain))
	}
	return tlsFault(b, denies, plain, onObjects)
}

// refusesPlain says that the one condition of a Deny is that TLS is lacking.
func refusesPlain(s *policy.Statement) bool {
	if s.Unclear || len(s.Conditions) != 1 {
		return false
	}
	c := &s.Conditions[0]
	return c.Is("aws:SecureTransport") && operator(c) == "bool" && slices.ContainsFunc(c.Values, func(v string) bool { return strings.EqualFold(v, "false") })
}

func tlsFault(b snapshot.Bucket, denies, plain []*policy.Statement, onObjects bool) checks.Verdict {
	text, _ := b.Policy.Get()
	switch s := unclearAmong(denies); {
	case text == "":
		return checks.Fail("there is no bucket policy, so nothing refuses requests without TLS").With("statements", "")
	case s != nil:
		return checks.Unclear("%s holds something outside the grammar", s.Name())
	case len(plain) == 0:
		return checks.Fail("no statement refuses everyone without TLS").With("statements", "")
	case onObjects:
		return checks.Fail("%s refuses requests for objects without TLS, not those for the bucket itself", names(plain)).With("statements", names(plain))
	}
	return checks.Fail("%s refuses only some requests without TLS", names(plain)).With("statements", names(plain))
}
