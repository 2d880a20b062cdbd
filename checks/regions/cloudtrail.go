package regions

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/logging/recorded"
	"onus/scanner/snapshot"
)

// TrailsCoverEveryRegion passes in an enabled Region when a trail that is logging records
// all management events of it: one of all Regions, or one whose home it is. A Region that
// was left out of the scan is covered by what other Regions show, or not known.
// Source: CloudTrail DescribeTrails IsMultiRegionTrail and HomeRegion, GetTrailStatus
// IsLogging, GetEventSelectors; Account ListRegions.
var TrailsCoverEveryRegion = checks.Check{
	ID:          "cloudtrail-covers-every-enabled-region",
	Title:       "Every enabled Region is recorded by a trail, used or not",
	Severity:    checks.Medium,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"account:ListRegions", "cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"},
	Remedy:      "Make one trail of all Regions that records all management events, and start it.",
	Judges:      checks.For(snapshot.RegionsEnabled, trailsCover),
	Fix: checks.Fix{
		Threat: "Whoever gets hold of a key works in the Regions that nobody watches: machines for mining are started there. Without a trail the first sign is the bill.",
		CLI: `aws cloudtrail create-trail --name TRAIL --s3-bucket-name LOG_BUCKET --is-multi-region-trail --enable-log-file-validation
aws cloudtrail start-logging --name TRAIL`,
		Terraform: `resource "aws_cloudtrail" "all" {
  name                       = "all-regions"
  s3_bucket_name             = "LOG_BUCKET"
  is_multi_region_trail      = true
  enable_log_file_validation = true
}`,
		Cost: "The first copy of management events in each Region is free; the bucket's storage is not. The bucket's policy must let cloudtrail.amazonaws.com write. A trail of one Region becomes one of all by update-trail --is-multi-region-trail.",
	},
}

// TrailLogsStayInJurisdiction passes when the bucket and the log group of a trail that is
// logging lie in Regions that the policy allows. A trail of all Regions carries what people
// do in each of them to one place. It is judged once, at its home.
// Source: CloudTrail DescribeTrails S3BucketName and CloudWatchLogsLogGroupArn; S3
// ListBuckets, else HeadBucket, header x-amz-bucket-region.
var TrailLogsStayInJurisdiction = checks.Check{
	ID:          "cloudtrail-logs-stay-in-jurisdiction",
	Title:       "Trails deliver their logs to buckets in allowed Regions",
	Severity:    checks.Medium,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads:       []string{"cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "s3:ListBuckets", "s3:HeadBucket"},
	Parameters:  checks.Parameters{"allowed_regions": []string{}},
	Remedy:      "Deliver the trail's logs to a bucket and a log group in an allowed Region; those of an organization are changed in its management account.",
	Judges:      checks.For(snapshot.Trails, trailLogsStay),
	Fix: checks.Fix{
		Threat: "Names, addresses and actions of people leave the jurisdiction with every event. Authorities of the other place can ask for them there.",
		CLI: `aws cloudtrail update-trail --name {arn} --s3-bucket-name BUCKET_IN_ALLOWED_REGION
aws cloudtrail get-trail-status --name {arn}`,
		Terraform: `resource "aws_cloudtrail" "this" {
  name           = "{name}"
  s3_bucket_name = "BUCKET_IN_ALLOWED_REGION"
}`,
		Cost: "Logs that were delivered stay where they are: copy them, or let them expire. A trail's log group always lies in the trail's home Region, so to move that the trail is made anew.",
	},
}

func trailsCover(r snapshot.EnabledRegion, env checks.Env) checks.Verdict {
	var short []string
	var lacking error
	if !r.Scanned {
		lacking = &snapshot.Unread{Operation: "cloudtrail:DescribeTrails", At: r.Location, Cause: snapshot.Skipped, Message: "the Region is enabled and was left out of the scan"}
	} else if _, err := checks.In(env, snapshot.TrailsSeen, r.Location).Get(); err != nil {
		lacking = err
	}
	for _, t := range env.Account().Trail.Trails {
		if !t.MultiRegion && t.Region != r.Name {
			continue
		}
		_, _ = checks.Find(env, snapshot.Trails, t.Location, t.ARN) // into the evidence
		on, statusErr := checks.Use(env, t.Logging)
		selectors, selectorsErr := checks.Use(env, t.Selectors)
		share, excluded := recorded.Management(selectors)
		switch {
		case statusErr == nil && !on:
			short = append(short, "the trail "+t.Name+" is stopped")
		case selectorsErr == nil && share < recorded.All:
			short = append(short, "the trail "+t.Name+" does not record all management events")
		case statusErr != nil:
			lacking = statusErr
		case selectorsErr != nil:
			lacking = selectorsErr
		default:
			return checks.Pass("the trail %s records all management events%s%s", t.Name, without(excluded), justEnabled(r)).With("trail", t.ARN)
		}
	}
	switch {
	case lacking != nil:
		return checks.Unknown(lacking).With("trail", "")
	case len(short) == 0:
		return checks.Fail("no trail covers %s", r.Name).With("trail", "")
	}
	return checks.Fail("no trail records all that happens in %s: %s", r.Name, strings.Join(short, "; ")).With("trail", "")
}

func without(excluded []string) string {
	if len(excluded) == 0 {
		return ""
	}
	return " but those of " + strings.Join(excluded, " and ")
}

// justEnabled warns that a trail of all Regions reaches a new one with delay.
func justEnabled(r snapshot.EnabledRegion) string {
	if r.Status == "ENABLING" {
		return "; the Region is being enabled, and trails reach it a while later"
	}
	return ""
}

func trailLogsStay(t snapshot.Trail, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	if len(allowed) == 0 {
		return noChoice()
	}
	on, err := checks.Use(env, t.Logging)
	switch {
	case err != nil:
		return checks.Unknown(err)
	case !on:
		return checks.DoesNotApply("the trail is stopped").With("IsLogging", "false")
	}
	var inside, outside []string
	put := func(region, what string) {
		if slices.Contains(allowed, region) {
			inside = append(inside, what)
		} else {
			outside = append(outside, what)
		}
	}
	if t.LogGroup != "" {
		region := snapshot.RegionOf(t.LogGroup)
		put(region, fmt.Sprintf("the log group %s in %s", t.LogGroup, region))
	}
	region, lacking := placeOf(t.Bucket, env)
	if lacking == nil {
		put(region.Region, fmt.Sprintf("the bucket %s in %s", t.Bucket, region.Region))
	}
	switch {
	case len(outside) > 0:
		return checks.Fail("the trail delivers to %s; allowed: %s", strings.Join(outside, " and "), strings.Join(allowed, ", ")).With("outside", strings.Join(outside, ", "))
	case lacking != nil:
		return checks.Unknown(lacking)
	}
	return checks.Pass("the trail delivers to %s", strings.Join(inside, " and ")).With("outside", "")
}

// placeOf is where a bucket lies that a setting names: an own one by the list, any other
// by HeadBucket. An error says why its Region is not known; a bucket that does not exist
// is no error.
func placeOf(name string, env checks.Env) (snapshot.NamedBucket, error) {
	place, _ := env.Account().S3.Place(name)
	at, err := checks.Use(env, place)
	switch {
	case err != nil:
		return at, err
	case at.Exists && at.Region == "":
		return at, fmt.Errorf("s3:HeadBucket does not say where the bucket %s lies", name)
	}
	return at, nil
}
