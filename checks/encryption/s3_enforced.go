package encryption

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// BucketEncryptionDowngradeDenied passes when no header of a request can make an object
// less well encrypted than the level: nothing is weaker than AES256; above it a Deny to
// everyone must refuse each weaker value. A write without the header takes the bucket's
// default, so it needs no Deny. Source: Amazon S3 User Guide, "Protecting data with
// server-side encryption", condition key s3:x-amz-server-side-encryption.
var BucketEncryptionDowngradeDenied = checks.Check{
	ID:          "s3-bucket-encryption-downgrade-denied",
	Title:       "Nobody can store an object in an S3 bucket with weaker encryption than the bucket's default",
	Severity:    checks.Medium,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketEncryption", "s3:GetBucketPolicy"},
	Parameters:  checks.Parameters{"level": "default"},
	Remedy:      "Deny everyone s3:PutObject where s3:x-amz-server-side-encryption is there (Null false) and is none of the values that you want.",
	Fix: checks.Fix{
		Threat: "A writer can ask for weaker encryption than the bucket's default with one header. The default only counts where the writer says nothing.",
		CLI:    "aws s3api put-bucket-policy --bucket {name} --policy file://policy.json",
		Terraform: `data "aws_iam_policy_document" "this" {
  statement {
    sid       = "DenyWeakerEncryption"
    effect    = "Deny"
    actions   = ["s3:PutObject"]
    resources = ["{arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Null"
      variable = "s3:x-amz-server-side-encryption"
      values   = ["false"]
    }
    condition {
      test     = "StringNotEquals"
      variable = "s3:x-amz-server-side-encryption"
      values   = ["aws:kms"]
    }
  }
}`,
		Cost: "Writers that name another algorithm are refused. The command replaces the whole policy: add the statement to what is there.",
	},
	Judges: checks.For(snapshot.Buckets, bucketEncryptionDowngradeDenied),
}

const sseHeader = "s3:x-amz-server-side-encryption"

func bucketEncryptionDowngradeDenied(b snapshot.Bucket, env checks.Env) checks.Verdict {
	e, err := b.Encryption.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	rule, _ := e.Default()
	level := env.String("level")
	if level == "default" {
		level = rule.Algorithm
	}
	rank := slices.Index(encryptingAlgorithms, level)
	switch {
	case rule.Algorithm == "":
		return checks.Fail("no default encryption is set").With("SSEAlgorithm", "")
	case rank < 0:
		return checks.Unclear("the level wanted is %q, want default or one of %s", level, strings.Join(encryptingAlgorithms, ", "))
	case rank == 0:
		return checks.Pass("every write is encrypted (default %s), and nothing is weaker than %s", rule.Algorithm, level).With("SSEAlgorithm", rule.Algorithm)
	}
	denies, v, ok := bucketDenies(b)
	if !ok {
		return v
	}
	open, by, remark := openValues(denies, b, encryptingAlgorithms[:rank])
	switch s := unclearAmong(denies); {
	case len(open) == 0:
		return checks.Pass("%s refuses weaker encryption than %s%s", by, level, remark).With("open", "")
	case s != nil:
		return checks.Unclear("%s holds something outside the grammar", s.Name())
	}
	return checks.Fail("a request with the header %s gets it in place of %s%s", strings.Join(open, " or "), level, partly(denies, b)).With("open", strings.Join(open, ", "))
}

// openValues are those of the weaker values that no Deny refuses, who refuses the others,
// and what else that refuses.
func openValues(denies []*policy.Statement, b snapshot.Bucket, weaker []string) (open []string, by, remark string) {
	var used []*policy.Statement
	for _, value := range weaker {
		i := slices.IndexFunc(denies, func(s *policy.Statement) bool {
			return toEveryone(s) && !s.Unclear && onAllObjects(s, b, "s3:PutObject") && refusesHeader(s, value)
		})
		if i < 0 {
			open = append(open, value)
			continue
		}
		if !slices.Contains(used, denies[i]) {
			used = append(used, denies[i])
		}
		if !asksForHeader(denies[i]) && negated(denies[i]) {
			remark = "; it also refuses writes without the header, which would take the default"
		}
	}
	return open, names(used), remark
}

func negated(s *policy.Statement) bool {
	return slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool { return c.Negated() })
}

// asksForHeader says that a statement is about requests that have the header.
func asksForHeader(s *policy.Statement) bool {
	return slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool {
		return c.Is(sseHeader) && operator(&c) == "null" && len(c.Values) == 1 && strings.EqualFold(c.Values[0], "false")
	})
}

// refusesHeader says that a Deny's conditions, all about the header, are met by a request
// whose header has the value.
func refusesHeader(s *policy.Statement, value string) bool {
	about := false
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if !c.Is(sseHeader) {
			return false
		}
		switch operator(c) {
		case "stringnotequals":
			about = true
			if slices.Contains(c.Values, value) {
				return false
			}
		case "stringnotlike":
			about = true
			if slices.ContainsFunc(c.Values, func(v string) bool { return policy.Covers(v, value) }) {
				return false
			}
		case "stringequals":
			about = true
			if !slices.Contains(c.Values, value) {
				return false
			}
		case "stringlike":
			about = true
			if !slices.ContainsFunc(c.Values, func(v string) bool { return policy.Covers(v, value) }) {
				return false
			}
		case "null":
			if len(c.Values) != 1 || !strings.EqualFold(c.Values[0], "false") {
				return false
			}
		default:
			return false
		}
	}
	return about
}

// partly names the Deny statements about the header that leave somebody or something out.
func partly(denies []*policy.Statement, b snapshot.Bucket) string {
	for _, s := range denies {
		about := slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool { return c.Is(sseHeader) })
		switch {
		case !about || !s.TouchesAction("s3:PutObject"):
		case !toEveryone(s):
			return "; " + s.Name() + " refuses it to some principals only"
		case !onAllObjects(s, b, "s3:PutObject"):
			return "; " + s.Name() + " covers only some objects"
		case slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool { return !c.Is(sseHeader) }):
			return "; " + s.Name() + " has further conditions that leave requests out"
		}
	}
	return ""
}
