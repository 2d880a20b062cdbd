package access

import (
	"errors"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// ServiceBucketNamesOwned passes in a Region when the bucket names that AWS services derive
// from account and Region are the account's own or nobody's. Own buckets are known by the
// list, wherever they lie: one whose policy refuses us is own all the same. A broken answer
// is no proof that a bucket exists. Names are unique within a partition.
// Source: S3 ListBuckets; S3 HeadBucket, status: 404 nobody has it, 200, 301, 403 somebody.
var ServiceBucketNamesOwned = checks.Check{
	ID:          "s3-service-bucket-names-owned",
	Title:       "Bucket names that AWS services derive from the account ID are not taken by somebody else",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	Reads:       []string{"s3:ListBuckets", "s3:HeadBucket", "sts:GetCallerIdentity"},
	Parameters: checks.Parameters{"patterns": []string{
		"aws-glue-assets-{account}-{region}", "sagemaker-{region}-{account}", "aws-emr-studio-{account}-{region}", "aws-codestar-{region}-{account}",
		"elasticbeanstalk-{region}-{account}", "aws-athena-query-results-{account}-{region}", "cdk-hnb659fds-assets-{account}-{region}",
	}},
	Remedy: "Do not use the service in this Region until it is told to use a bucket of your own; report the bucket to AWS.",
	Judges: checks.For(snapshot.AccountRegions, serviceBucketNamesOwned),
	Fix: checks.Fix{
		Threat: "The service writes scripts, models or templates into a stranger's bucket and runs what it finds there. Whoever took the name reads the data and puts code into the account.",
		CLI: `aws s3api head-bucket --bucket NAME --expected-bucket-owner {account}
aws s3api create-bucket --bucket NAME --create-bucket-configuration LocationConstraint={region}`,
		Terraform: `resource "aws_s3_bucket" "claimed" {
  bucket = "NAME"
}`,
		Cost: "A name that somebody has cannot be taken back; AWS may act on a report. The second command claims names that are still free, before somebody else does; empty buckets cost nothing. In us-east-1 leave the configuration out.",
	},
}

func serviceBucketNamesOwned(r snapshot.RegionSettings, env checks.Env) checks.Verdict {
	var own, free, taken []string
	var lacking error
	for _, pattern := range env.Strings("patterns") {
		name := strings.NewReplacer("{account}", r.Account, "{region}", r.Region).Replace(pattern)
		place, ours := env.Account().S3.Place(name)
		at, err := checks.Use(env, place)
		_, listed := checks.Find(env, snapshot.Buckets, r.Location, name)
		switch {
		case ours:
			own = append(own, name)
		case err != nil:
			lacking = err
		case !at.Exists:
			free = append(free, name)
		case listed != nil && !errors.Is(listed, snapshot.ErrAbsent):
			lacking = listed // it may be our own
		default:
			taken = append(taken, name)
		}
	}
	switch seen := strings.Join(taken, ", "); {
	case len(taken) > 0:
		return checks.Fail("another account has %s", seen).With("taken", seen)
	case lacking != nil:
		return checks.Unknown(lacking)
	case len(own) == 0:
		return checks.Pass("nobody has claimed any of the %d names, so anybody may", len(free)).With("taken", "")
	}
	return checks.Pass("the account has %s; nobody has claimed the other %d", strings.Join(own, ", "), len(free)).With("taken", "")
}
