package regions

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// BucketsInAllowedRegions passes when a bucket lies in a Region that the policy allows.
// An empty bucket elsewhere fails too: what it holds is not read.
// Source: S3 ListBuckets BucketRegion, HeadBucket x-amz-bucket-region, GetBucketLocation.
var BucketsInAllowedRegions = checks.Check{
	ID:          "s3-buckets-in-allowed-regions",
	Title:       "S3 buckets lie only in allowed Regions",
	Severity:    checks.High,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads:       []string{"s3:ListBuckets", "s3:HeadBucket", "s3:GetBucketLocation", "s3:ListDirectoryBuckets"},
	Parameters:  checks.Parameters{"allowed_regions": []string{}},
	Remedy:      "Copy what the bucket holds to one in an allowed Region and delete it, or add its Region to the policy.",
	Fix: checks.Fix{
		Threat: "Data lies under the law of a country where it must not be. A residency that is promised to customers or regulators is broken.",
		CLI: `aws s3api create-bucket --bucket NEW-NAME --create-bucket-configuration LocationConstraint=ALLOWED-REGION --region ALLOWED-REGION
aws s3 sync s3://{name} s3://NEW-NAME --source-region {region} --region ALLOWED-REGION`,
		Terraform: `resource "aws_s3_bucket" "this" {
  region = "ALLOWED-REGION"
  bucket = "NEW-NAME"
}`,
		Cost: "A bucket cannot be moved: data and clients go to a new one, and the old one is deleted with all its versions. Transfer between Regions costs.",
	},
	Judges: checks.For(snapshot.Buckets, bucketInAllowedRegion).And(checks.For(snapshot.DirectoryBuckets, bucketInAllowedRegion)),
}

func bucketInAllowedRegion(b snapshot.Bucket, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	if len(allowed) == 0 {
		return noChoice()
	}
	region, err := b.BucketRegion.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	return inAllowed("the bucket", region, allowed)
}

// noChoice is the verdict where the policy states no Regions: nothing can be judged.
func noChoice() checks.Verdict {
	return checks.DoesNotApply("the policy states neither residency nor allowed_regions")
}

// inAllowed judges a Region that is known.
func inAllowed(what, region string, allowed []string) checks.Verdict {
	if slices.Contains(allowed, region) {
		return checks.Pass("%s lies in %s", what, region).With("Region", region)
	}
	return checks.Fail("%s lies in %s; allowed: %s", what, region, strings.Join(allowed, ", ")).With("Region", region)
}
