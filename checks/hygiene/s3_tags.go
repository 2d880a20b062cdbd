package hygiene

import (
	"maps"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// BucketTagged passes when a bucket carries the tags that the policy asks for, with one of
// the values where it names any; where it asks for none, any tag that is not AWS's own.
// Keys are case-sensitive. Source: S3 GetBucketTagging, TagSet.
var BucketTagged = checks.Check{
	ID:          "s3-bucket-tagged",
	Title:       "S3 buckets carry the tags that say whose they are",
	Severity:    checks.Info,
	Category:    checks.Hygiene,
	Duty:        checks.CustomerData,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketTagging"},
	Parameters:  checks.Parameters{"required_tags": map[string][]string{}}, // key → values; none: any value
	Remedy:      "Add the missing tags; keys are case-sensitive.",
	Fix: checks.Fix{
		Threat: "Nobody knows whose the bucket is when something is wrong with it. What has no owner is not cleaned up and not protected.",
		CLI:    "aws s3api put-bucket-tagging --bucket {name} --tagging 'TagSet=[{Key=owner,Value=TEAM}]'",
		Terraform: `resource "aws_s3_bucket" "this" {
  bucket = "{name}"
  tags = {
    owner = "TEAM"
  }
}`,
		Cost: "The command replaces all tags of the bucket; policies that decide by tags may give other answers.",
	},
	Judges: checks.For(snapshot.Buckets, bucketTagged),
}

func bucketTagged(b snapshot.Bucket, env checks.Env) checks.Verdict {
	tags, err := b.TagSet.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	own := slices.DeleteFunc(slices.Sorted(maps.Keys(tags)), func(key string) bool { return strings.HasPrefix(key, "aws:") })
	keys := strings.Join(own, ", ")
	required := env.StringsByKey("required_tags")
	var lacking []string
	for _, key := range slices.Sorted(maps.Keys(required)) {
		value, there := tags[key]
		switch want := required[key]; {
		case !there:
			lacking = append(lacking, key+" is missing")
		case len(want) > 0 && !slices.Contains(want, value):
			lacking = append(lacking, key+" is \""+value+"\", want "+strings.Join(want, " or "))
		}
	}
	switch {
	case len(lacking) > 0:
		return checks.Fail("%s", strings.Join(lacking, "; ")).With("keys", keys)
	case len(required) > 0:
		return checks.Pass("all %d required tags are there", len(required)).With("keys", keys)
	case len(own) == 0:
		return checks.Fail("there is no tag but AWS's own").With("keys", keys)
	}
	return checks.Pass("tagged with %s", keys).With("keys", keys)
}
