package regions

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// trail adds a trail of all Regions at home in the tests' Region, that is logging, records
// all management events and delivers to the own bucket b.
func trail(name string, set ...func(*snapshot.Trail)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		t := snapshot.Trail{Meta: checktest.Meta(name, "arn:aws:cloudtrail:eu-west-1:111122223333:trail/"+name), MultiRegion: true, Bucket: "b",
			Logging: snapshot.Value(true), Selectors: snapshot.Value(snapshot.EventSelectors{Basic: []snapshot.EventSelector{{Management: true}}}),
			Sightings: []snapshot.Sighting{{Region: checktest.At.Region}, {Region: checktest.Elsewhere}}}
		for _, f := range set {
			f(&t)
		}
		a.Trail.Trails = append(a.Trail.Trails, t)
		a.S3.Own = map[string]snapshot.Read[string]{"b": snapshot.Value("eu-west-1"), "far": snapshot.Value("us-east-1")}
	}
}

func stopped(t *snapshot.Trail) { t.Logging = snapshot.Value(false) }

func statusDenied(t *snapshot.Trail) {
	t.Logging = snapshot.Missing[bool](checktest.Unread("cloudtrail:GetTrailStatus", snapshot.Denied))
}

// of makes it a trail of one Region.
func of(region string) func(*snapshot.Trail) {
	return func(t *snapshot.Trail) {
		t.MultiRegion, t.Region, t.Sightings = false, region, []snapshot.Sighting{{Region: region}}
	}
}

func selects(s snapshot.EventSelector) func(*snapshot.Trail) {
	return func(t *snapshot.Trail) {
		t.Selectors = snapshot.Value(snapshot.EventSelectors{Basic: []snapshot.EventSelector{s}})
	}
}

// only leaves the tests' account one enabled Region.
func only(name, status string, more ...func(*snapshot.Account)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.Regions = snapshot.Value([]snapshot.Region{{Name: name, Status: status}, {Name: "af-south-1", Status: "DISABLED"}})
		for _, f := range more {
			f(a)
		}
	}
}

func TestTrailsCoverEveryRegion(t *testing.T) {
	const here, there = "eu-west-1", "us-east-1" // the second was not scanned
	checktest.Run(t, &TrailsCoverEveryRegion, []checktest.Case{
		{Name: "one of all Regions", Set: only(here, "ENABLED_BY_DEFAULT", trail("t")), Want: checks.PASS, Reason: "the trail t records all management events"},
		{Name: "a Region that was left out, by one of all Regions", Set: only(there, "ENABLED_BY_DEFAULT", trail("t")), Want: checks.PASS, Reason: "the trail t"},
		{Name: "a Region that was left out", Set: only(there, "ENABLED_BY_DEFAULT"), Want: checks.UNKNOWN, Reason: "left out of the scan"},
		{Name: "its own", Set: only(here, "ENABLED", trail("t", of(here))), Want: checks.PASS, Reason: "the trail t"},
		{Name: "one of another Region", Set: only(here, "ENABLED", trail("t", of(checktest.Elsewhere))), Want: checks.FAIL, Reason: "no trail covers eu-west-1"},
		{Name: "none", Set: only(here, "ENABLED"), Want: checks.FAIL, Reason: "no trail covers"},
		{Name: "stopped", Set: only(here, "ENABLED", trail("t", stopped)), Want: checks.FAIL, Reason: "t is stopped"},
		{Name: "writes alone", Set: only(here, "ENABLED", trail("t", selects(snapshot.EventSelector{Management: true, ReadWriteType: "WriteOnly"}))), Want: checks.FAIL, Reason: "does not record all"},
		{Name: "data events alone", Set: only(here, "ENABLED", trail("t", selects(snapshot.EventSelector{}))), Want: checks.FAIL, Reason: "does not record all"},
		{Name: "advanced selectors leave management events out", Set: only(here, "ENABLED", trail("t", func(t *snapshot.Trail) {
			t.Selectors = snapshot.Value(snapshot.EventSelectors{Advanced: []snapshot.AdvancedEventSelector{{Fields: []snapshot.FieldSelector{{Field: "eventCategory", Equals: []string{"Data"}}}}}})
		})), Want: checks.FAIL, Reason: "does not record all"},
		{Name: "without KMS, which is said", Set: only(here, "ENABLED", trail("t", selects(snapshot.EventSelector{Management: true, Excluded: []string{"kms.amazonaws.com"}}))), Want: checks.PASS, Reason: "but those of kms.amazonaws.com"},
		{Name: "being enabled", Set: only(here, "ENABLING", trail("t")), Want: checks.PASS, Reason: "a while later"},
		{Name: "status denied", Set: only(here, "ENABLED", trail("t", statusDenied)), Want: checks.UNKNOWN, Reason: "GetTrailStatus"},
		{Name: "status of one denied, another records", Set: only(here, "ENABLED", trail("a", statusDenied), trail("t")), Want: checks.PASS, Reason: "the trail t"},
		{Name: "the list denied", Set: only(here, "ENABLED", func(a *snapshot.Account) {
			checktest.Fail(a, "cloudtrail:DescribeTrails", here, snapshot.Denied)
		}), Want: checks.UNKNOWN, Reason: "cloudtrail:DescribeTrails"},
		{Name: "the list denied, and another Region shows one of all", Set: only(here, "ENABLED", trail("t"), func(a *snapshot.Account) {
			checktest.Fail(a, "cloudtrail:DescribeTrails", here, snapshot.Denied)
		}), Want: checks.PASS, Reason: "the trail t"},
		{Name: "which Regions there are is unread", Set: func(a *snapshot.Account) {
			a.Regions = snapshot.Missing[[]snapshot.Region](checktest.Unread("account:ListRegions", snapshot.Denied))
		}, Want: checks.UNKNOWN, Reason: "account:ListRegions"},
	})
}

func TestTrailLogsStayInJurisdiction(t *testing.T) {
	to := func(bucket string) func(*snapshot.Trail) { return func(t *snapshot.Trail) { t.Bucket = bucket } }
	group := func(region string) func(*snapshot.Trail) {
		return func(t *snapshot.Trail) {
			t.LogGroup = "arn:aws:logs:" + region + ":111122223333:log-group:trail:*"
		}
	}
	named := func(set func(*snapshot.Account)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			set(a)
			a.S3.Named = map[string]snapshot.Read[snapshot.NamedBucket]{
				"archive": snapshot.Value(snapshot.NamedBucket{Exists: true, Status: 403, Region: "us-west-2"}),
				"silent":  snapshot.Value(snapshot.NamedBucket{Exists: true, Status: 403}),
				"hidden":  snapshot.Missing[snapshot.NamedBucket](checktest.Unread("s3:HeadBucket", snapshot.Failed)),
			}
		}
	}
	checktest.Run(t, &TrailLogsStayInJurisdiction, []checktest.Case{
		{Name: "to an own bucket in an allowed Region, shown by two Regions: one finding", Set: trail("t"), Parameters: onlyIreland, Want: checks.PASS, Reason: "the bucket b in eu-west-1"},
		{Name: "to an own bucket elsewhere", Set: trail("t", to("far")), Parameters: onlyIreland, Want: checks.FAIL, Reason: "far in us-east-1; allowed: eu-west-1"},
		{Name: "to the organization's archive, whose Region a header tells", Set: named(trail("t", to("archive"))), Parameters: onlyIreland, Want: checks.FAIL, Reason: "archive in us-west-2"},
		{Name: "a log group inside", Set: trail("t", group("eu-west-1")), Parameters: onlyIreland, Want: checks.PASS, Reason: "log group"},
		{Name: "a log group elsewhere", Set: trail("t", group("us-east-1")), Parameters: onlyIreland, Want: checks.FAIL, Reason: "log-group:trail:* in us-east-1"},
		{Name: "a log group elsewhere, and a bucket that nobody places", Set: named(trail("t", to("hidden"), group("us-east-1"))), Parameters: onlyIreland, Want: checks.FAIL, Reason: "log group"},
		{Name: "a bucket that nobody places", Set: named(trail("t", to("hidden"))), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "s3:HeadBucket"},
		{Name: "an answer without a Region", Set: named(trail("t", to("silent"))), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "silent"},
		{Name: "stopped", Set: trail("t", to("far"), stopped), Parameters: onlyIreland, Want: checks.NotApplicable, Reason: "stopped"},
		{Name: "status denied", Set: trail("t", statusDenied), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "GetTrailStatus"},
		{Name: "no choice was stated", Set: trail("t", to("far")), Want: checks.NotApplicable, Reason: "neither residency"},
	})
}

func TestReplicationStaysInJurisdiction(t *testing.T) {
	rule := func(to, status string) snapshot.ReplicationRule {
		return snapshot.ReplicationRule{Status: status, Destination: "arn:aws:s3:::" + to}
	}
	on := func(to string) snapshot.ReplicationRule { return rule(to, "Enabled") }
	source := func(r snapshot.Read[[]snapshot.ReplicationRule], region snapshot.Read[string]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.S3.Buckets = []snapshot.Bucket{{Meta: checktest.Meta("b", "arn:aws:s3:::b"), BucketRegion: region, Replication: r}}
			a.S3.Own = map[string]snapshot.Read[string]{"near": snapshot.Value("eu-west-1"), "far": snapshot.Value("us-east-1")}
			a.S3.Named = map[string]snapshot.Read[snapshot.NamedBucket]{
				"partner": snapshot.Value(snapshot.NamedBucket{Exists: true, Status: 301, Region: "us-west-2"}),
				"gone":    snapshot.Value(snapshot.NamedBucket{Status: 404}),
				"hidden":  snapshot.Missing[snapshot.NamedBucket](checktest.Unread("s3:HeadBucket", snapshot.Throttled)),
			}
		}
	}
	with := func(rules ...snapshot.ReplicationRule) func(*snapshot.Account) {
		return source(snapshot.Value(rules), snapshot.Value("eu-west-1"))
	}
	theirs := on("partner")
	theirs.Account = "444455556666"
	checktest.Run(t, &ReplicationStaysInJurisdiction, []checktest.Case{
		{Name: "inside", Set: with(on("near")), Parameters: onlyIreland, Want: checks.PASS, Reason: "near in eu-west-1"},
		{Name: "one of many rules is outside", Set: with(on("near"), on("far")), Parameters: onlyIreland, Want: checks.FAIL, Reason: "far in us-east-1; allowed: eu-west-1"},
		{Name: "another account's, by the header of a redirect", Set: with(theirs), Parameters: onlyIreland, Want: checks.FAIL, Reason: "partner (of account 444455556666) in us-west-2"},
		{Name: "a name that is free to take", Set: with(on("gone")), Parameters: onlyIreland, Want: checks.FAIL, Reason: "whoever takes the name receives the data"},
		{Name: "a destination that nobody places", Set: with(on("near"), on("hidden")), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "s3:HeadBucket"},
		{Name: "one that nobody places and one outside", Set: with(on("hidden"), on("far")), Parameters: onlyIreland, Want: checks.FAIL, Reason: "far"},
		{Name: "a disabled rule passes and is named", Set: with(rule("far", "Disabled")), Parameters: onlyIreland, Want: checks.PASS, Reason: "disabled rules name far"},
		{Name: "no replication", Set: with(), Parameters: onlyIreland, Want: checks.NotApplicable, Reason: "no replication rule"},
		{Name: "the bucket itself is outside", Set: source(snapshot.Value([]snapshot.ReplicationRule{on("far")}), snapshot.Value("us-east-1")), Parameters: onlyIreland, Want: checks.NotApplicable, Reason: "s3-buckets-in-allowed-regions"},
		{Name: "no choice was stated", Set: with(on("far")), Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "denied", Set: source(snapshot.Missing[[]snapshot.ReplicationRule](checktest.Unread("s3:GetBucketReplication", snapshot.Denied)), snapshot.Value("eu-west-1")), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "s3:GetBucketReplication"},
		{Name: "where the bucket lies is unread", Set: source(snapshot.Value([]snapshot.ReplicationRule{on("far")}), snapshot.Missing[string](checktest.Unread("s3:GetBucketLocation", snapshot.Denied))), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "s3:GetBucketLocation"},
	})
}

func TestOptInRegionsAllowed(t *testing.T) {
	checktest.Run(t, &OptInRegionsAllowed, []checktest.Case{
		{Name: "opted in and allowed", Set: only("eu-west-1", "ENABLED"), Parameters: onlyIreland, Want: checks.PASS, Reason: "eu-west-1 is ENABLED, and allowed"},
		{Name: "opted in", Set: only("me-south-1", "ENABLED"), Parameters: onlyIreland, Want: checks.FAIL, Reason: "me-south-1 is ENABLED; allowed: eu-west-1"},
		{Name: "being opted in", Set: only("me-south-1", "ENABLING"), Parameters: onlyIreland, Want: checks.FAIL, Reason: "ENABLING"},
		{Name: "being switched off is still enabled", Set: only("me-south-1", "DISABLING"), Parameters: onlyIreland, Want: checks.FAIL, Reason: "takes long and is still enabled"},
		{Name: "in the words of DescribeRegions", Set: only("me-south-1", "opted-in"), Parameters: onlyIreland, Want: checks.FAIL, Reason: "opted-in"},
		{Name: "by default is no choice of anybody's", Set: only("us-east-1", "ENABLED_BY_DEFAULT"), Parameters: onlyIreland, Want: checks.PASS, Reason: "no Region has been opted in"},
		{Name: "needs no opt-in, in the words of DescribeRegions", Set: only("us-east-1", "opt-in-not-required"), Parameters: onlyIreland, Want: checks.PASS, Reason: "no Region has been opted in"},
		{Name: "no choice was stated", Set: only("me-south-1", "ENABLED"), Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "unread", Set: func(a *snapshot.Account) {
			a.Regions = snapshot.Missing[[]snapshot.Region](checktest.Unread("account:ListRegions", snapshot.Denied))
		}, Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "account:ListRegions"},
	})
}
