package hygiene

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/scanner/snapshot"
)

// BucketReferencesExist passes when every bucket exists that a bucket's settings name: whoever
// makes one of a name that is free receives the logs, the copies, the reports or the visitors.
// A refusal and a redirect mean that it exists. Own names are looked up in the list.
// Source: S3 GetBucketLogging, GetBucketReplication, ListBucketInventoryConfigurations,
// ListBucketAnalyticsConfigurations, GetBucketWebsite; S3 HeadBucket, status.
var BucketReferencesExist = checks.Check{
	ID:          "s3-bucket-references-exist",
	Title:       "Every bucket that an S3 bucket's settings point to exists and is where its owner thinks",
	Severity:    checks.Medium,
	Category:    checks.Hygiene,
	Duty:        checks.CustomerData,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads: []string{"s3:ListBuckets", "s3:GetBucketLogging", "s3:GetBucketReplication", "s3:ListBucketInventoryConfigurations",
		"s3:ListBucketAnalyticsConfigurations", "s3:GetBucketWebsite", "s3:HeadBucket"},
	Remedy: "Take the setting away, or point it to a bucket of your own; make a bucket of the free name yourself until then.",
	Judges: checks.For(snapshot.Buckets, bucketReferencesExist),
	Fix: checks.Fix{
		Threat: "Anybody can make a bucket of the name that a setting still names. He then receives the copies, the logs and the lists of keys, or answers the visitors of the website.",
		CLI: `aws s3api head-bucket --bucket NAMED_BUCKET
aws s3api put-bucket-logging --bucket {name} --bucket-logging-status '{}'
aws s3api delete-bucket-replication --bucket {name}
aws s3api delete-bucket-inventory-configuration --bucket {name} --id CONFIGURATION_ID
aws s3api delete-bucket-analytics-configuration --bucket {name} --id CONFIGURATION_ID
aws s3api delete-bucket-website --bucket {name}`,
		Terraform: `resource "aws_s3_bucket_logging" "this" {
  bucket        = "{name}"
  target_bucket = "OWN_BUCKET"
  target_prefix = "{name}/"
}`,
		Cost: "Use only the command of the setting that the finding names: each takes the whole setting away. Nothing is lost by it, since what the setting sent arrived nowhere.",
	},
}

// reference is a bucket that a setting names.
type reference struct{ setting, bucket string }

func bucketReferencesExist(b snapshot.Bucket, env checks.Env) checks.Verdict {
	named, lacking := references(b)
	var missing, there []string
	for _, r := range named {
		place, own := env.Account().S3.Place(r.bucket)
		at, err := checks.Use(env, place)
		switch {
		case own:
			there = append(there, r.bucket)
		case err != nil:
			lacking = err
		case at.Exists:
			there = append(there, r.bucket)
		default:
			missing = append(missing, r.bucket+" ("+r.setting+")")
		}
	}
	slices.Sort(there)
	found := strings.Join(missing, ", ")
	switch {
	case len(missing) > 0:
		return checks.Fail("settings name buckets that do not exist as of %s: %s; whoever makes one of the name receives what is sent there", env.AsOf.UTC().Format(time.RFC3339), found).With("missing", found)
	case lacking != nil:
		return checks.Unknown(lacking)
	case len(named) == 0:
		return checks.DoesNotApply("no setting of the bucket names another").With("missing", "")
	}
	return checks.Pass("every bucket that settings name exists: %s", strings.Join(slices.Compact(there), ", ")).With("missing", "")
}

// references are the other buckets that settings name, and why there may be more.
func references(b snapshot.Bucket) ([]reference, error) {
	var out []reference
	add := func(setting, bucket string) {
		if bucket != "" && bucket != b.Name {
			out = append(out, reference{setting, bucket})
		}
	}
	logging, lacking := b.Logging.Get()
	add("access logs", logging.TargetBucket)
	rules, err := b.Replication.Get()
	lacking = cmp.Or(lacking, err)
	for _, r := range rules {
		if r.Enabled() {
			add("replication", r.DestinationName())
		}
	}
	for _, kind := range []struct {
		setting string
		read    snapshot.Read[[]snapshot.BucketExport]
	}{{"inventory", b.Inventories}, {"analytics", b.Analytics}} {
		exports, err := kind.read.Get()
		lacking = cmp.Or(lacking, err)
		for _, e := range exports {
			if e.Enabled {
				add(kind.setting+" "+e.ID, e.Bucket)
			}
		}
	}
	site, err := b.Website.Get()
	add("redirect of the website", site.RedirectBucket())
	slices.SortFunc(out, func(x, y reference) int {
		return strings.Compare(x.setting+x.bucket, y.setting+y.bucket)
	})
	return out, cmp.Or(lacking, err)
}
