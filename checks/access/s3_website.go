package access

import (
	"onus/checks"
	"onus/scanner/snapshot"
)

// BucketWebsiteDisabled passes when a bucket serves no website. The website endpoint
// speaks HTTP only: a policy that asks for TLS breaks it. Block Public Access makes it
// unreachable, which the reason says and which does not excuse it.
// Source: S3 GetBucketWebsite; Amazon S3 User Guide, "Website endpoints".
var BucketWebsiteDisabled = checks.Check{
	ID:          "s3-bucket-website-disabled",
	Title:       "S3 buckets do not serve a website",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketWebsite", "s3:GetPublicAccessBlock", "s3control:GetPublicAccessBlock"},
	Remedy:      "Serve the content through CloudFront with an origin access control, and delete the website configuration.",
	Fix: checks.Fix{
		Threat: "A website endpoint serves plain HTTP to everybody and needs a bucket that is public. Whoever can write to the bucket changes the site.",
		CLI:    "aws s3api delete-bucket-website --bucket {name}",
		Terraform: `resource "aws_cloudfront_origin_access_control" "this" {
  name                              = "{name}"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}`,
		Cost: "The endpoint stops at once: serve the content through CloudFront with an origin access control first.",
	},
	Judges: checks.For(snapshot.Buckets, bucketWebsiteDisabled),
}

func bucketWebsiteDisabled(b snapshot.Bucket, env checks.Env) checks.Verdict {
	w, err := b.Website.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case !w.Configured:
		return checks.Pass("there is no website configuration").With("website", "false")
	}
	what := "a website is configured"
	switch {
	case w.RedirectAll != "":
		what = "every request is redirected to " + w.RedirectAll
	case w.Index != "":
		what += " with the index document " + w.Index
	}
	own, ownErr := b.PublicAccess.Get()
	account, accountErr := checks.Use(env, env.Account().S3.PublicAccess)
	if ownErr == nil && own.RestrictPublicBuckets || accountErr == nil && account.RestrictPublicBuckets {
		what += "; RestrictPublicBuckets is on, so nobody reaches it"
	}
	return checks.Fail("%s", what).With("website", "true")
}
