package hygiene

import (
	"regexp"

	"onus/checks"
	"onus/scanner/snapshot"
)

// BucketNameDNSCompliant passes when the name works as one label of a host name: a dot in
// it breaks the wildcard certificate of virtual-hosted addresses. A website on a domain of
// its own needs the dots. Source: Amazon S3 User Guide, "General purpose bucket naming rules".
var BucketNameDNSCompliant = checks.Check{
	ID:          "s3-bucket-name-dns-compliant",
	Title:       "S3 bucket names work as host names under TLS",
	Severity:    checks.Info,
	Category:    checks.Hygiene,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketWebsite"},
	Remedy:      "Move the objects to a bucket whose name has letters a-z, digits and hyphens alone; names cannot be changed.",
	Fix: checks.Fix{
		Threat: "A name with a dot does not match AWS's certificate as a host name. Clients then turn the check of the certificate off, and anybody between can read along.",
		CLI: `aws s3api create-bucket --bucket NEW-NAME --create-bucket-configuration LocationConstraint={region} --region {region}
aws s3 sync s3://{name} s3://NEW-NAME`,
		Terraform: `resource "aws_s3_bucket" "this" {
  bucket = "NEW-NAME"
}`,
		Cost: "A bucket cannot be renamed: data and clients move to another bucket.",
	},
	Judges: checks.For(snapshot.Buckets, bucketNameDNSCompliant),
}

var hostLabel = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`)

func bucketNameDNSCompliant(b snapshot.Bucket, _ checks.Env) checks.Verdict {
	site, err := b.Website.Get()
	switch {
	case err == nil && site.Configured:
		return checks.DoesNotApply("the bucket serves a website, whose domain it may have to be named after").With("Name", b.Name)
	case err != nil:
		return checks.Unknown(err)
	case hostLabel.MatchString(b.Name):
		return checks.Pass("the name is 3 to 63 letters a-z, digits and hyphens").With("Name", b.Name)
	}
	return checks.Fail("the name %q is not 3 to 63 letters a-z, digits and hyphens that begin and end with a letter or digit", b.Name).With("Name", b.Name)
}
