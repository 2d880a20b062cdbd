package regions

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/regions/residency"
	"onus/scanner/snapshot"
)

// BucketExportsInKnownPlaces passes when the inventories and exported analyses of a bucket go
// to own buckets, or to buckets that the setting holds to a trusted account, in allowed
// Regions where the policy states some. An inventory lists the name of every key, and names
// are data. The destination's account is optional, and S3 does not check it where it is
// absent: whoever owns the name then receives the report.
// Source: S3 ListBucketInventoryConfigurations, ListBucketAnalyticsConfigurations; S3
// ListBuckets, else HeadBucket, header x-amz-bucket-region.
var BucketExportsInKnownPlaces = checks.Check{
	ID:          "s3-bucket-exports-in-known-places",
	Title:       "Inventory and analytics reports of S3 buckets go to own buckets in allowed Regions",
	Severity:    checks.Medium,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads:       []string{"s3:ListBuckets", "s3:ListBucketInventoryConfigurations", "s3:ListBucketAnalyticsConfigurations", "s3:HeadBucket"},
	Parameters:  checks.Parameters{"trusted_accounts": []string{}, "allowed_regions": []string{}, "residency": []string{}},
	Bounds: func(name string, value any) error {
		words, ok := value.([]string)
		if name != "residency" || !ok {
			return nil
		}
		_, err := residency.Expand(words)
		return err
	},
	Remedy: "Send the reports to a bucket of your own in an allowed Region, or name the account in the setting and in trusted_accounts.",
	Judges: checks.For(snapshot.Buckets, bucketExportsInKnownPlaces),
	Fix: checks.Fix{
		Threat: "A list of all keys goes out every day or week: names of customers, of projects, of what is where. Whoever receives it needs no right on the bucket itself.",
		CLI: `aws s3api list-bucket-inventory-configurations --bucket {name}
aws s3api list-bucket-analytics-configurations --bucket {name}
aws s3api delete-bucket-inventory-configuration --bucket {name} --id CONFIGURATION_ID
aws s3api delete-bucket-analytics-configuration --bucket {name} --id CONFIGURATION_ID`,
		Terraform: `resource "aws_s3_bucket_inventory" "this" {
  bucket                   = "{name}"
  name                     = "weekly"
  included_object_versions = "All"
  schedule {
    frequency = "Weekly"
  }
  destination {
    bucket {
      format     = "CSV"
      account_id = "{account}"
      bucket_arn = "ARN_OF_OWN_BUCKET_IN_ALLOWED_REGION"
    }
  }
}`,
		Cost: "Whoever reads the reports at the old place finds no new ones. Those that were delivered stay there until they are deleted.",
	},
}

func bucketExportsInKnownPlaces(b snapshot.Bucket, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	if words := env.Strings("residency"); len(words) > 0 {
		more, err := residency.Expand(words)
		if err != nil { // Bounds refuses it
			return checks.Unclear("residency: %v", err)
		}
		allowed = slices.Concat(allowed, more)
	}
	exports, lacking := exportsOf(b)
	var known, wrong []string
	for _, e := range exports {
		switch place, fault, err := whither(e.BucketExport, env, allowed); {
		case fault != "":
			wrong = append(wrong, e.what+" goes to "+fault)
		case err != nil:
			lacking = err
		default:
			known = append(known, e.what+" goes to "+place)
		}
	}
	switch found := strings.Join(wrong, "; "); {
	case len(wrong) > 0:
		return checks.Fail("%s", found).With("outside", found)
	case lacking != nil:
		return checks.Unknown(lacking)
	case len(exports) == 0:
		return checks.DoesNotApply("there is no inventory that is enabled, and no analysis that is exported").With("outside", "")
	}
	return checks.Pass("%s", strings.Join(known, "; ")).With("outside", "")
}

type export struct {
	what string
	snapshot.BucketExport
}

// exportsOf are the reports that are written, and why there may be more.
func exportsOf(b snapshot.Bucket) (out []export, lacking error) {
	for _, kind := range []struct {
		what string
		read snapshot.Read[[]snapshot.BucketExport]
	}{{"the inventory", b.Inventories}, {"the analysis", b.Analytics}} {
		list, err := kind.read.Get()
		if err != nil {
			lacking = err
		}
		for _, e := range list {
			if e.Enabled {
				out = append(out, export{fmt.Sprintf("%s %q", kind.what, e.ID), e})
			}
		}
	}
	return out, lacking
}

// whither is where a report goes, or what is wrong with that.
func whither(e snapshot.BucketExport, env checks.Env, allowed []string) (place, fault string, err error) {
	s3 := env.Account().S3
	_, own := s3.Place(e.Bucket)
	switch {
	case own:
		place = e.Bucket
	case slices.Contains(env.Strings("trusted_accounts"), e.Account):
		place = e.Bucket + " of " + e.Account
	default:
		if _, err := checks.Find(env, snapshot.Buckets, env.Account().Location, e.Bucket); !errors.Is(err, snapshot.ErrAbsent) {
			return "", "", err // the list is not whole: it may be own
		}
		if e.Account == "" {
			return "", e.Bucket + ", which is no bucket of this account, and no account is named that has to own it", nil
		}
		return "", e.Bucket + " of account " + e.Account, nil
	}
	if len(allowed) == 0 {
		return place, "", nil
	}
	at, err := placeOf(e.Bucket, env)
	switch {
	case err != nil:
		return "", "", err
	case !at.Exists:
		return "", place + ", which does not exist", nil
	case !slices.Contains(allowed, at.Region):
		return "", fmt.Sprintf("%s in %s; allowed: %s", place, at.Region, strings.Join(allowed, ", ")), nil
	}
	return place + " in " + at.Region, "", nil
}
