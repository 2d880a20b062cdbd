package regions

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// ReplicationStaysInJurisdiction passes when every enabled replication rule copies to a
// bucket in a Region that the policy allows. A destination that does not exist fails:
// whoever takes its name receives the data. Batch jobs and plain copies leave no rule.
// Source: S3 GetBucketReplication Rules[].Destination; S3 ListBuckets, else HeadBucket,
// whose header x-amz-bucket-region comes with a redirect and a refusal too.
var ReplicationStaysInJurisdiction = checks.Check{
	ID:          "s3-replication-stays-in-jurisdiction",
	Title:       "S3 replication sends objects only to allowed Regions",
	Severity:    checks.Critical,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketReplication", "s3:HeadBucket"},
	Parameters:  checks.Parameters{"allowed_regions": []string{}},
	Remedy:      "Point the rule to a bucket in an allowed Region, or delete it; then delete what was copied.",
	Judges:      checks.For(snapshot.Buckets, replicationStays),
	Fix: checks.Fix{
		Threat: "Every new object is copied out of the jurisdiction within minutes, without anybody doing anything. A destination whose bucket is gone hands the copies to whoever makes a bucket of that name.",
		CLI: `aws s3api get-bucket-replication --bucket {name} > replication.json
aws s3api put-bucket-replication --bucket {name} --replication-configuration file://replication-in-allowed-region.json
aws s3api delete-bucket-replication --bucket {name}`,
		Terraform: `resource "aws_s3_bucket_replication_configuration" "this" {
  bucket = "{name}"
  role   = "ROLE_ARN"
  rule {
    status = "Enabled"
    destination {
      bucket = "ARN_OF_BUCKET_IN_ALLOWED_REGION"
    }
  }
}`,
		Cost: "The last command takes replication away altogether; use it only where no copy is needed. What was copied before stays at the destination until it is deleted there, and a new destination gets old objects only by a batch replication job.",
	},
}

func replicationStays(b snapshot.Bucket, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	if len(allowed) == 0 {
		return noChoice()
	}
	rules, err := b.Replication.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	if len(rules) == 0 {
		return checks.DoesNotApply("the bucket has no replication rule").With("destinations", "")
	}
	home, err := b.BucketRegion.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case !slices.Contains(allowed, home):
		return checks.DoesNotApply("the bucket itself lies in %s, which is not allowed: s3-buckets-in-allowed-regions judges that", home).With("Region", home)
	}
	return sent(rules, env, allowed)
}

// sent judges where rules send objects. One destination outside is enough to fail.
func sent(rules []snapshot.ReplicationRule, env checks.Env, allowed []string) checks.Verdict {
	var inside, outside, off []string
	var lacking error
	for _, r := range rules {
		to := r.DestinationName()
		if !r.Enabled() {
			off = append(off, to)
			continue
		}
		at, err := placeOf(to, env)
		if r.Account != "" {
			to += " (of account " + r.Account + ")"
		}
		switch {
		case err != nil:
			lacking = err
		case !at.Exists:
			outside = append(outside, to+", which does not exist: whoever takes the name receives the data")
		case slices.Contains(allowed, at.Region):
			inside = append(inside, to+" in "+at.Region)
		default:
			outside = append(outside, to+" in "+at.Region)
		}
	}
	remark := ""
	if len(off) > 0 {
		remark = "; disabled rules name " + list(off) + ", where older copies may lie"
	}
	switch {
	case len(outside) > 0:
		return checks.Fail("rules copy objects to %s; allowed: %s%s", list(outside), strings.Join(allowed, ", "), remark).With("destinations", list(outside))
	case lacking != nil:
		return checks.Unknown(lacking)
	case len(inside) == 0:
		return checks.Pass("no rule is Enabled%s", remark).With("destinations", "")
	}
	return checks.Pass("every enabled rule copies to an allowed Region: %s%s", list(inside), remark).With("destinations", list(inside))
}

// list joins names, each once, in order.
func list(names []string) string {
	names = slices.Clone(names)
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}
