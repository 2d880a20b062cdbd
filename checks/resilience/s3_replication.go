package resilience

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// BucketCrossRegionReplication passes when an enabled rule copies a versioned bucket to
// another Region, in whatever account: the list tells where own buckets lie, a header of
// HeadBucket where others do. A bucket that receives the copies of another own one is left
// out. Source: S3 GetBucketReplication; S3 HeadBucket, x-amz-bucket-region.
var BucketCrossRegionReplication = checks.Check{
	ID:          "s3-bucket-cross-region-replication-enabled",
	Title:       "S3 buckets replicate to another Region",
	Severity:    checks.Low,
	Category:    checks.ResilienceOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:GetBucketReplication", "s3:HeadBucket"},
	Parameters:  checks.Parameters{"buckets": []string{}, "two_way": false}, // buckets: globs of names
	Remedy:      "Add a replication rule to a bucket in another allowed Region; batch replication brings over what is there already.",
	Fix: checks.Fix{
		Threat: "A Region that is down or lost takes the only copy with it. Deletion in the bucket by an attacker leaves nothing to go back to elsewhere.",
		CLI:    "aws s3api put-bucket-replication --bucket {name} --replication-configuration file://replication.json",
		Terraform: `resource "aws_s3_bucket_replication_configuration" "this" {
  bucket = "{name}"
  role   = "ROLE-ARN"
  rule {
    status = "Enabled"
    filter {}
    delete_marker_replication {
      status = "Disabled"
    }
    destination {
      bucket = "arn:{partition}:s3:::TARGET"
    }
  }
}`,
		Cost: "Versioning on both sides, a second copy's storage and transfer between Regions; only new objects are replicated unless a batch job brings over the rest.",
	},
	Judges: checks.For(snapshot.Buckets, bucketCrossRegionReplication),
}

func bucketCrossRegionReplication(b snapshot.Bucket, env checks.Env) checks.Verdict {
	chosen := env.Strings("buckets")
	if len(chosen) > 0 && !slices.ContainsFunc(chosen, func(p string) bool { ok, err := path.Match(p, b.Name); return err == nil && ok }) {
		return checks.DoesNotApply("the bucket is not among %s", strings.Join(chosen, ", "))
	}
	own := replicates(b, env)
	if own.Status == checks.PASS || env.Bool("two_way") {
		return own
	}
	source, err := checks.Find(env, snapshot.ReplicaTargets, b.Location, b.Name)
	if err == nil {
		return checks.DoesNotApply("the bucket receives the copies of %s", source.Name)
	}
	if !errors.Is(err, snapshot.ErrAbsent) {
		return checks.Unknown(err)
	}
	if unread, err := checks.Find(env, snapshot.ReplicaTargets, b.Location, ""); err == nil {
		return checks.Unknown(unread.Err) // it may receive copies
	}
	return own
}

// replicates judges the bucket's own rules.
func replicates(b snapshot.Bucket, env checks.Env) checks.Verdict {
	rules, err := b.Replication.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	rules = slices.DeleteFunc(slices.Clone(rules), func(r snapshot.ReplicationRule) bool { return !r.Enabled() })
	if len(rules) == 0 {
		return checks.Fail("no replication rule is Enabled").With("destinations", "")
	}
	v, err := b.Versioning.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case v.Status != "Enabled":
		return checks.Fail("versioning is %q, so the replication rules do nothing", v.Status).With("Status", v.Status)
	}
	home, err := b.BucketRegion.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	var same, gone []string
	var lacking error
	for _, r := range rules {
		to, err := destination(env, r.DestinationName())
		switch region := to.Region; {
		case err != nil:
			lacking = err
		case !to.Exists:
			gone = append(gone, r.DestinationName())
		case region == "":
			lacking = fmt.Errorf("the answer does not say where %s lies", r.DestinationName())
		case region != home:
			return checks.Pass("objects are copied to %s in %s; whether that Region is allowed is for s3-replication-stays-in-jurisdiction", r.DestinationName(), region).With("destinations", r.DestinationName())
		default:
			same = append(same, r.DestinationName())
		}
	}
	if lacking != nil {
		return checks.Unknown(lacking)
	}
	list := strings.Join(same, ", ")
	if len(same) == 0 {
		return checks.Fail("no bucket of the name that a rule copies to exists: %s", strings.Join(gone, ", ")).With("destinations", list)
	}
	return checks.Fail("objects are copied within %s only, to %s", home, list).With("destinations", list)
}

// destination is where a bucket lies that a rule copies to.
func destination(env checks.Env, name string) (snapshot.NamedBucket, error) {
	place, _ := env.Account().S3.Place(name)
	return checks.Use(env, place)
}
