package access

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// BucketCORSRestricted passes when no CORS rule lets every web origin write. CORS grants
// nothing by itself: it lets a visitor's browser use rights that the visitor has. A browser
// tries the rules in order, and any of them can match.
// Source: S3 GetBucketCors, CORSRules (NoSuchCORSConfiguration: none).
var BucketCORSRestricted = checks.Check{
	ID:          "s3-bucket-cors-restricted",
	Title:       "S3 buckets let only named web origins write",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketCors"},
	Parameters:  checks.Parameters{"strict": false},
	Remedy:      "Name the origins that may write, and take PUT, POST and DELETE out of the rule for all others.",
	Judges:      checks.For(snapshot.Buckets, bucketCORSRestricted),
	Fix: checks.Fix{
		Threat: "A page of anybody's, opened by somebody who holds a signed address or a session for the bucket, writes to it from his browser. It needs such a visitor: CORS itself opens nothing.",
		CLI:    `aws s3api put-bucket-cors --bucket {name} --cors-configuration '{"CORSRules":[{"AllowedOrigins":["https://www.example.com"],"AllowedMethods":["GET","PUT"],"AllowedHeaders":["content-type"]}]}'`,
		Terraform: `resource "aws_s3_bucket_cors_configuration" "this" {
  bucket = "{name}"
  cors_rule {
    allowed_origins = ["https://www.example.com"]
    allowed_methods = ["GET", "PUT"]
    allowed_headers = ["content-type"]
  }
}`,
		Cost: "Pages of origins that are not named stop working in the browser. The command replaces all rules.",
	},
}

func bucketCORSRestricted(b snapshot.Bucket, env checks.Env) checks.Verdict {
	rules, err := b.CORS.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	if len(rules) == 0 {
		return checks.Pass("there is no CORS configuration").With("open", "")
	}
	var open []string
	for i, r := range rules {
		origin := slices.IndexFunc(r.Origins, everyOrigin)
		if origin < 0 {
			continue
		}
		writes := slices.DeleteFunc(slices.Clone(r.Methods), func(m string) bool { return m != "PUT" && m != "POST" && m != "DELETE" })
		switch {
		case len(writes) > 0:
			open = append(open, fmt.Sprintf("%s lets %s use %s", ruleName(i, r), r.Origins[origin], strings.Join(writes, ", ")))
		case env.Bool("strict") && slices.Contains(r.Headers, "*"):
			open = append(open, fmt.Sprintf("%s lets %s use %s with every header", ruleName(i, r), r.Origins[origin], strings.Join(r.Methods, ", ")))
		}
	}
	if seen := strings.Join(open, "; "); len(open) > 0 {
		return checks.Fail("%s", seen).With("open", seen)
	}
	return checks.Pass("none of the CORS rules (%d) lets every origin write", len(rules)).With("open", "")
}

// everyOrigin says that an AllowedOrigins value takes in every host.
func everyOrigin(o string) bool { return o == "*" || o == "http://*" || o == "https://*" }

func ruleName(i int, r snapshot.CORSRule) string {
	if r.ID != "" {
		return fmt.Sprintf("rule %q", r.ID)
	}
	return fmt.Sprintf("rule %d", i+1)
}
