package regions

import (
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// TransferAccelerationDeclared passes when a bucket takes no uploads through edge locations,
// or declares by a tag that it means to: an edge location decrypts what it takes in, in
// whatever country it stands. Buckets with dots in their name, directory buckets, and
// partitions other than aws know no acceleration.
// Source: S3 GetBucketAccelerateConfiguration, Status (absent: never enabled); Amazon S3 User
// Guide, "Requirements for using Amazon S3 Transfer Acceleration".
var TransferAccelerationDeclared = checks.Check{
	ID:          "s3-transfer-acceleration-declared",
	Title:       "Buckets do not take uploads through edge locations of the whole world",
	Severity:    checks.Low,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketAccelerateConfiguration", "s3:GetBucketTagging"},
	Parameters:  checks.Parameters{"allowed_regions": []string{}, "acceleration_tag": "transfer-acceleration"},
	Remedy:      "Suspend transfer acceleration, or tag the bucket to say that it is meant.",
	Judges:      checks.For(snapshot.Buckets, transferAccelerationDeclared),
	Fix: checks.Fix{
		Threat: "Objects pass through edge locations of many countries, and are decrypted and encrypted anew there. A promise that data stays within a jurisdiction is broken on the way in and out.",
		CLI:    `aws s3api put-bucket-accelerate-configuration --bucket {name} --accelerate-configuration Status=Suspended`,
		Terraform: `resource "aws_s3_bucket_accelerate_configuration" "this" {
  bucket = "{name}"
  status = "Suspended"
}`,
		Cost: "Clients that use the accelerated address, BUCKET.s3-accelerate, get errors from then on. Transfers from far away get slower.",
	},
}

func transferAccelerationDeclared(b snapshot.Bucket, env checks.Env) checks.Verdict {
	switch {
	case len(env.Strings("allowed_regions")) == 0:
		return noChoice()
	case b.Partition != "aws":
		return checks.DoesNotApply("the partition %s knows no transfer acceleration", b.Partition)
	case strings.Contains(b.Name, "."):
		return checks.DoesNotApply("a bucket with dots in its name cannot be accelerated")
	}
	a, err := b.Acceleration.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case a.Unavailable != "":
		return checks.DoesNotApply("the bucket cannot be accelerated where it lies: %s", a.Unavailable)
	case a.Status == "":
		return checks.Pass("transfer acceleration was never enabled").With("Status", "")
	case a.Status != "Enabled":
		return checks.Pass("transfer acceleration is %s", a.Status).With("Status", a.Status)
	}
	tag := env.String("acceleration_tag")
	tags, err := b.TagSet.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	if value, ok := tags[tag]; ok {
		return checks.Pass("transfer acceleration is Enabled, and the tag %s (%q) declares it", tag, value).With("Status", a.Status)
	}
	return checks.Fail("transfer acceleration is Enabled, and no tag %s declares it", tag).With("Status", a.Status)
}
