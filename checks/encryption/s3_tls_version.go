package encryption

import (
	"slices"
	"strconv"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// BucketTLSMinimumVersion passes when the bucket policy refuses older versions of TLS.
// AWS's endpoints refuse those below 1.2 by themselves.
// Source: Service Authorization Reference, condition keys of Amazon S3, s3:TlsVersion.
var BucketTLSMinimumVersion = checks.Check{
	ID:          "s3-bucket-tls-minimum-version",
	Title:       "S3 buckets refuse TLS versions that are too old",
	Severity:    checks.Low,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketPolicy"},
	Parameters:  checks.Parameters{"minimum": "1.2"},
	Remedy:      "Add a Deny of s3:* to everyone on the bucket and on its objects, with the condition NumericLessThan s3:TlsVersion 1.2.",
	Fix: checks.Fix{
		Threat: "Old versions of TLS have known weaknesses by which somebody on the way can read along. A client that still speaks them goes unnoticed.",
		CLI:    "aws s3api put-bucket-policy --bucket {name} --policy file://policy.json",
		Terraform: `data "aws_iam_policy_document" "this" {
  statement {
    sid       = "DenyOldTLS"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = ["{arn}", "{arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "NumericLessThan"
      variable = "s3:TlsVersion"
      values   = ["1.2"]
    }
  }
}`,
		Cost: "Clients with an older TLS are refused. The command replaces the whole policy: add the statement to what is there.",
	},
	Judges: checks.For(snapshot.Buckets, bucketTLSMinimumVersion),
}

func bucketTLSMinimumVersion(b snapshot.Bucket, env checks.Env) checks.Verdict {
	denies, v, ok := bucketDenies(b)
	if !ok {
		return v
	}
	minimum, err := strconv.ParseFloat(env.String("minimum"), 64)
	if err != nil {
		return checks.Unclear("the parameter minimum is %q, want a number", env.String("minimum"))
	}
	const byAWS = "; AWS's own endpoints refuse versions below 1.2 in any case"
	var on, below, other []string
	for _, s := range denies {
		lowest, how := oldTLS(s)
		switch {
		case how == "" || !toEveryone(s):
		case how != "numericlessthan":
			other = append(other, s.Name()+" uses "+s.Conditions[0].Operator)
		case lowest < minimum:
			below = append(below, s.Name()+" refuses versions below "+strconv.FormatFloat(lowest, 'g', -1, 64)+" only")
		default:
			if onEverything(s, b) {
				on = append(on, "bucket")
			}
			if onAllObjects(s, b, "s3:*") {
				on = append(on, "objects")
			}
			if len(on) == 0 {
				other = append(other, s.Name()+" does not cover the bucket and its objects")
			}
		}
	}
	if slices.Contains(on, "bucket") && slices.Contains(on, "objects") {
		return checks.Pass("versions of TLS below %s are refused", env.String("minimum")).With("refused for", "bucket, objects")
	}
	if s := unclearAmong(denies); s != nil {
		return checks.Unclear("%s holds something outside the grammar", s.Name())
	}
	if faults := strings.Join(slices.Concat(below, other), "; "); faults != "" {
		return checks.Fail("%s%s", faults, byAWS).With("refused for", strings.Join(on, ", "))
	}
	return checks.Fail("the bucket policy does not refuse versions of TLS below %s for the bucket and its objects%s", env.String("minimum"), byAWS).With("refused for", strings.Join(on, ", "))
}

// oldTLS is the version below which the one condition of a Deny refuses, and its operator;
// "" for any other statement. Of several values the highest decides.
func oldTLS(s *policy.Statement) (below float64, how string) {
	if s.Unclear || len(s.Conditions) != 1 || !s.Conditions[0].Is("s3:TlsVersion") {
		return 0, ""
	}
	c := &s.Conditions[0]
	for _, v := range c.Values {
		if n, err := strconv.ParseFloat(v, 64); err == nil {
			below = max(below, n)
		}
	}
	return below, operator(c)
}
