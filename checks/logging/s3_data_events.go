package logging

import (
	"path"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/logging/recorded"
	"onus/scanner/snapshot"
)

var dataEventReads = []string{"s3:ListBuckets", "cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors",
	"cloudtrail:ListEventDataStores", "cloudtrail:GetEventDataStore"}

// BucketWriteDataEvents passes when some trail that is logging, or some enabled event data
// store, covers the bucket's Region and records every write to every object of it.
// Source: CloudTrail DescribeTrails, GetTrailStatus, GetEventSelectors, GetEventDataStore.
var BucketWriteDataEvents = checks.Check{
	ID:          "s3-bucket-write-data-events-logged",
	Title:       "Writes to and deletions from S3 buckets are recorded by CloudTrail",
	Severity:    checks.Medium,
	Category:    checks.LoggingOf,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads:       dataEventReads,
	Parameters:  checks.Parameters{"buckets": []string{}}, // globs of names
	Remedy:      "Add to a trail of all Regions an advanced event selector for AWS::S3::Object, of writes, for this bucket or for all.",
	Judges: checks.For(snapshot.Buckets, func(b snapshot.Bucket, env checks.Env) checks.Verdict {
		return chosenDataEvents(b, env, recorded.Writes)
	}),
	Fix: checks.Fix{
		Threat:    "Somebody who overwrites or deletes objects leaves no trace: management events do not show what happens to objects. Neither the culprit nor the extent of a ransom attack can be told.",
		CLI:       putSelectors("false"),
		Terraform: selectorFragment("false"),
		Cost:      "CloudTrail charges for each data event recorded, and the logs are stored. put-event-selectors replaces all selectors of the trail: keep the ones that are there, management events above all. Leave out the bucket that receives the trail's own logs.",
	},
}

// BucketReadDataEvents is the same for every read. Reads and writes may be recorded by
// different trails.
var BucketReadDataEvents = checks.Check{
	ID:          "s3-bucket-read-data-events-logged",
	Title:       "Reads from S3 buckets are recorded by CloudTrail",
	Severity:    checks.Low,
	Category:    checks.LoggingOf,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads:       dataEventReads,
	Parameters:  checks.Parameters{"buckets": []string{}}, // globs of names
	Remedy:      "Add to a trail of all Regions an advanced event selector for AWS::S3::Object, of reads, for the buckets whose readers matter.",
	Judges: checks.For(snapshot.Buckets, func(b snapshot.Bucket, env checks.Env) checks.Verdict {
		return chosenDataEvents(b, env, recorded.Reads)
	}),
	Fix: checks.Fix{
		Threat:    "Data can be copied out object by object, and no record says by whom. After a key has leaked, everything that it could read counts as lost.",
		CLI:       putSelectors("true"),
		Terraform: selectorFragment("true"),
		Cost:      "Reads are by far the most events, and CloudTrail charges for each: choose the buckets by resources.ARN. put-event-selectors replaces all selectors of the trail: keep the ones that are there.",
	},
}

// putSelectors is the command that records one half of the events on objects of a bucket,
// beside management events.
func putSelectors(readOnly string) string {
	return `aws cloudtrail get-event-selectors --trail-name TRAIL
aws cloudtrail put-event-selectors --trail-name TRAIL --advanced-event-selectors '[{"Name":"management","FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]}]},{"Name":"objects of {name}","FieldSelectors":[{"Field":"eventCategory","Equals":["Data"]},{"Field":"resources.type","Equals":["AWS::S3::Object"]},{"Field":"readOnly","Equals":["` + readOnly + `"]},{"Field":"resources.ARN","StartsWith":["{arn}/"]}]}]'`
}

func selectorFragment(readOnly string) string {
	return `resource "aws_cloudtrail" "this" {
  # name, s3_bucket_name and the rest as they are
  is_multi_region_trail = true
  advanced_event_selector {
    name = "objects of {name}"
    field_selector {
      field  = "eventCategory"
      equals = ["Data"]
    }
    field_selector {
      field  = "resources.type"
      equals = ["AWS::S3::Object"]
    }
    field_selector {
      field  = "readOnly"
      equals = ["` + readOnly + `"]
    }
    field_selector {
      field       = "resources.ARN"
      starts_with = ["{arn}/"]
    }
  }
}`
}

func chosenDataEvents(b snapshot.Bucket, env checks.Env, use recorded.Use) checks.Verdict {
	chosen := env.Strings("buckets")
	if len(chosen) > 0 && !slices.ContainsFunc(chosen, func(p string) bool { ok, err := path.Match(p, b.Name); return err == nil && ok }) {
		return checks.DoesNotApply("the bucket is not among %s", strings.Join(chosen, ", "))
	}
	return dataEvents(b, env, use)
}

// witnesses gathers what records the events of one bucket and what does not.
type witnesses struct {
	by      string   // who records all of them
	short   []string // who does not, and why
	lacking error    // why there may be another
}

// dataEvents judges one use of a bucket's objects by all trails and event data stores.
func dataEvents(b snapshot.Bucket, env checks.Env, use recorded.Use) checks.Verdict {
	w := &witnesses{}
	w.trails(b, env, use)
	if w.by == "" {
		w.stores(b, env, use)
	}
	what := map[recorded.Use]string{recorded.Reads: "reads", recorded.Writes: "writes"}[use]
	switch {
	case w.by != "":
		return checks.Pass("%s records all %s of the bucket's objects", w.by, what).With("recorded by", w.by)
	case w.lacking != nil:
		return checks.Unknown(w.lacking)
	case len(w.short) == 0:
		return checks.Fail("there is no trail and no event data store that covers %s%s", b.Region, leftOut(env)).With("recorded by", "")
	}
	return checks.Fail("nothing records all %s of the bucket's objects: %s%s", what, strings.Join(w.short, "; "), leftOut(env)).With("recorded by", "")
}

// leftOut warns that an event data store of all Regions is seen in its own alone.
func leftOut(env checks.Env) string {
	for _, r := range env.Account().EnabledRegions() {
		if !r.Scanned {
			return "; event data stores of Regions that were left out of the scan are not seen"
		}
	}
	return ""
}

func (w *witnesses) trails(b snapshot.Bucket, env checks.Env, use recorded.Use) {
	seen, err := env.Account().Trail.Trails, error(nil)
	if _, unplaced := b.BucketRegion.Get(); unplaced == nil {
		seen, err = checks.In(env, snapshot.TrailsSeen, b.Location).Get()
	} else {
		w.lacking = unplaced // a trail of its Region may cover it
	}
	if err != nil {
		w.lacking = err
	}
	for _, t := range seen {
		if home := snapshot.RegionOf(t.ARN); !t.MultiRegion && home != b.Region {
			continue
		}
		on, statusErr := checks.Use(env, t.Logging)
		selectors, selectorsErr := checks.Use(env, t.Selectors)
		share := recorded.Objects(selectors, b.ARN, use)
		switch {
		case statusErr == nil && !on:
			w.short = append(w.short, "the trail "+t.Name+" is stopped")
		case selectorsErr == nil && share < recorded.All:
			w.short = append(w.short, "the trail "+t.Name+records(share))
		case statusErr != nil:
			w.lacking = statusErr
		case selectorsErr != nil:
			w.lacking = selectorsErr
		default:
			w.by = "the trail " + t.Name
			return
		}
	}
}

func (w *witnesses) stores(b snapshot.Bucket, env checks.Env, use recorded.Use) {
	for _, region := range env.ScannedRegions() {
		stores, err := checks.In(env, snapshot.EventDataStores, b.Location.In(region)).Get()
		if err != nil {
			w.lacking = err
		}
		for _, s := range stores {
			set, err := checks.Use(env, s.Settings)
			share := recorded.Objects(set.Selectors, b.ARN, use)
			switch {
			case err != nil:
				w.lacking = err
			case !set.MultiRegion && region != b.Region:
			case set.Status != "ENABLED":
				w.short = append(w.short, "the event data store "+s.Name+" is "+set.Status)
			case share < recorded.All:
				w.short = append(w.short, "the event data store "+s.Name+records(share))
			default:
				w.by = "the event data store " + s.Name
				return
			}
		}
	}
}

func records(share recorded.Share) string {
	if share == recorded.Part {
		return " records only some of them"
	}
	return " records none of them"
}
