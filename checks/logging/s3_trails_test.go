package logging

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// logged is an account with the bucket b, on which nothing is set, changed by more.
func logged(more ...func(*snapshot.Account)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		b := snapshot.Bucket{Meta: checktest.Meta("b", "arn:aws:s3:::b"), BucketRegion: snapshot.Value(checktest.At.Region),
			Logging: snapshot.Value(snapshot.BucketLogging{}), Versioning: snapshot.Value(snapshot.Versioning{Status: "Enabled"}), ObjectLock: snapshot.Value(snapshot.ObjectLock{})}
		a.S3.Buckets = append(a.S3.Buckets, b)
		for _, f := range more {
			f(a)
		}
	}
}

func bucketIs(set func(*snapshot.Bucket)) func(*snapshot.Account) {
	return func(a *snapshot.Account) { set(&a.S3.Buckets[0]) }
}

// trailIs adds a trail of all Regions, homed in the tests' Region, that is logging, records
// all management events and delivers to b.
func trailIs(name string, set ...func(*snapshot.Trail)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		t := snapshot.Trail{Meta: checktest.Meta(name, "arn:aws:cloudtrail:eu-west-1:111122223333:trail/"+name), MultiRegion: true, Bucket: "b",
			Logging: snapshot.Value(true), Selectors: snapshot.Value(snapshot.EventSelectors{Basic: []snapshot.EventSelector{{ReadWriteType: "All", Management: true}}}),
			Sightings: []snapshot.Sighting{{Region: checktest.At.Region}, {Region: checktest.Elsewhere}}}
		for _, f := range set {
			f(&t)
		}
		a.Trail.Trails = append(a.Trail.Trails, t)
	}
}

// objects makes a trail record data events of objects.
func objects(readWrite string, values ...string) func(*snapshot.Trail) {
	return func(t *snapshot.Trail) {
		t.Selectors = snapshot.Value(snapshot.EventSelectors{Basic: []snapshot.EventSelector{{ReadWriteType: readWrite, Management: true, Data: []snapshot.DataResource{{Type: "AWS::S3::Object", Values: values}}}}})
	}
}

func stopped(t *snapshot.Trail) { t.Logging = snapshot.Value(false) }

func statusDenied(t *snapshot.Trail) {
	t.Logging = snapshot.Missing[bool](checktest.Unread("cloudtrail:GetTrailStatus", snapshot.Denied))
}

func selectorsDenied(t *snapshot.Trail) {
	t.Selectors = snapshot.Missing[snapshot.EventSelectors](checktest.Unread("cloudtrail:GetEventSelectors", snapshot.Denied))
}

// atHome makes a trail one of a single Region.
func atHome(region string) func(*snapshot.Trail) {
	return func(t *snapshot.Trail) {
		t.MultiRegion, t.Region, t.ARN = false, region, "arn:aws:cloudtrail:"+region+":111122223333:trail/"+t.Name
		t.Sightings = []snapshot.Sighting{{Region: region}}
	}
}

// store adds an event data store that records all of S3.
func store(region string, s snapshot.StoreSettings) func(*snapshot.Account) {
	s.Selectors.Advanced = []snapshot.AdvancedEventSelector{{Fields: []snapshot.FieldSelector{{Field: "eventCategory", Equals: []string{"Data"}}, {Field: "resources.type", Equals: []string{"AWS::S3::Object"}}}}}
	return func(a *snapshot.Account) {
		m := checktest.Meta("lake", "arn:aws:cloudtrail:"+region+":111122223333:eventdatastore/1")
		m.Region = region
		a.Trail.Stores = append(a.Trail.Stores, snapshot.EventDataStore{Meta: m, Settings: snapshot.Value(s)})
	}
}

func TestBucketAccessLogging(t *testing.T) {
	to := func(target string) func(*snapshot.Account) {
		return bucketIs(func(b *snapshot.Bucket) { b.Logging = snapshot.Value(snapshot.BucketLogging{TargetBucket: target}) })
	}
	// other is a second bucket; Run wants one finding, so it lies where the check looks it up only.
	one := func(c checktest.Case, extra snapshot.Bucket) {
		a := checktest.Account(&BucketAccessLogging, c.Set)
		a.S3.Buckets = append(a.S3.Buckets, extra)
		for _, f := range checktest.Findings(&BucketAccessLogging, a, c.Parameters) {
			if f.Resource.Name == "b" && f.Status != c.Want {
				t.Errorf("%s: %s %q, want %s", c.Name, f.Status, f.Reason, c.Want)
			}
		}
	}
	source := snapshot.Bucket{Meta: checktest.Meta("source", "arn:aws:s3:::source"), Logging: snapshot.Value(snapshot.BucketLogging{TargetBucket: "b"})}
	one(checktest.Case{Name: "a target of another", Set: logged(), Want: checks.NotApplicable}, source)
	one(checktest.Case{Name: "a target that is to log too", Set: logged(), Parameters: map[string]any{"exempt_log_targets": false}, Want: checks.FAIL}, source)
	source.Logging = snapshot.Missing[snapshot.BucketLogging](checktest.Unread("s3:GetBucketLogging", snapshot.Denied))
	one(checktest.Case{Name: "another's logging is unread: judged as usual", Set: logged(), Want: checks.FAIL}, source)

	both := trailIs("t", objects("All", "arn:aws:s3"))
	accept := map[string]any{"accept_data_events": true}
	checktest.Run(t, &BucketAccessLogging, []checktest.Case{
		{Name: "to another bucket", Set: logged(to("logs")), Want: checks.PASS, Reason: "access logs go to logs", Observed: map[string]string{"TargetBucket": "logs"}},
		{Name: "an empty answer is off", Set: logged(), Want: checks.FAIL, Reason: "access logging is off"},
		{Name: "into itself", Set: logged(to("b")), Want: checks.PASS, Reason: "each delivery is logged too"},
		{Name: "a delivery ACL marks a target, not logging", Set: logged(bucketIs(func(b *snapshot.Bucket) {
			b.ACL = snapshot.Value(snapshot.BucketACL{Grants: []snapshot.BucketGrant{{Type: "Group", Group: "http://acs.amazonaws.com/groups/s3/LogDelivery", Permission: "WRITE"}}})
		})), Want: checks.FAIL, Reason: "off"},
		{Name: "data events do not count unasked", Set: logged(both), Want: checks.FAIL, Reason: "off"},
		{Name: "data events are accepted", Set: logged(both, readStores), Parameters: accept, Want: checks.PASS, Reason: "the trail t records all writes"},
		{Name: "only writes are recorded", Set: logged(trailIs("t", objects("WriteOnly", "arn:aws:s3")), readStores), Parameters: accept, Want: checks.FAIL, Reason: "nothing records all reads"},
		{Name: "data events accepted and unread", Set: logged(trailIs("t", statusDenied, objects("All", "arn:aws:s3")), readStores), Parameters: accept, Want: checks.UNKNOWN, Reason: "cloudtrail:GetTrailStatus"},
		{Name: "denied", Set: logged(bucketIs(func(b *snapshot.Bucket) {
			b.Logging = snapshot.Missing[snapshot.BucketLogging](checktest.Unread("s3:GetBucketLogging", snapshot.Denied))
		})), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

// readStores says that trails and event data stores were listed, in checks that do not
// declare those operations.
func readStores(a *snapshot.Account) {
	for _, op := range []string{"cloudtrail:DescribeTrails", "cloudtrail:ListEventDataStores"} {
		for _, region := range []string{checktest.At.Region, checktest.Elsewhere} {
			a.Coverage = append(a.Coverage, snapshot.Coverage{Location: checktest.At.In(region), Operation: op, Status: snapshot.OK})
		}
	}
}

func TestBucketDataEvents(t *testing.T) {
	enabled := snapshot.StoreSettings{Status: "ENABLED", MultiRegion: true}
	checktest.Run(t, &BucketWriteDataEvents, []checktest.Case{
		{Name: "a trail for all of S3", Set: logged(trailIs("t", objects("All", "arn:aws:s3"))), Want: checks.PASS, Reason: "the trail t records all writes"},
		{Name: "for this bucket's writes", Set: logged(trailIs("t", objects("WriteOnly", "arn:aws:s3:::b/"))), Want: checks.PASS, Reason: "the trail t"},
		{Name: "no trail", Set: logged(), Want: checks.FAIL, Reason: "no trail and no event data store that covers eu-west-1"},
		{Name: "configured and stopped", Set: logged(trailIs("t", stopped, objects("All", "arn:aws:s3"))), Want: checks.FAIL, Reason: "the trail t is stopped"},
		{Name: "without the final slash", Set: logged(trailIs("t", objects("All", "arn:aws:s3:::b"))), Want: checks.FAIL, Reason: "records only some"},
		{Name: "a neighbour's selector", Set: logged(trailIs("t", objects("All", "arn:aws:s3:::c/"))), Want: checks.FAIL, Reason: "records none"},
		{Name: "management events alone", Set: logged(trailIs("t")), Want: checks.FAIL, Reason: "records none"},
		{Name: "homed in another Region, of one Region", Set: logged(trailIs("t", atHome(checktest.Elsewhere), objects("All", "arn:aws:s3"))), Want: checks.FAIL, Reason: "no trail"},
		{Name: "homed in the bucket's Region", Set: logged(trailIs("t", atHome(checktest.At.Region), objects("All", "arn:aws:s3"))), Want: checks.PASS, Reason: "the trail t"},
		{Name: "the organization's refuses its selectors", Set: logged(trailIs("org", selectorsDenied)), Want: checks.UNKNOWN, Reason: "cloudtrail:GetEventSelectors"},
		{Name: "the organization's refuses them and another decides", Set: logged(trailIs("org", selectorsDenied), trailIs("t", objects("All", "arn:aws:s3"))), Want: checks.PASS, Reason: "the trail t"},
		{Name: "stopped for certain, whatever its selectors", Set: logged(trailIs("org", stopped, selectorsDenied)), Want: checks.FAIL, Reason: "stopped"},
		{Name: "an event data store of all Regions", Set: logged(store(checktest.Elsewhere, enabled)), Want: checks.PASS, Reason: "the event data store lake"},
		{Name: "an event data store of another Region alone", Set: logged(store(checktest.Elsewhere, snapshot.StoreSettings{Status: "ENABLED"})), Want: checks.FAIL, Reason: "no trail"},
		{Name: "an event data store that takes nothing in", Set: logged(store(checktest.At.Region, snapshot.StoreSettings{Status: "STOPPED_INGESTION"})), Want: checks.FAIL, Reason: "STOPPED_INGESTION"},
		{Name: "a Region left out may hold a store", Set: logged(func(a *snapshot.Account) {
			a.Regions = snapshot.Value([]snapshot.Region{{Name: "us-east-1", Status: "ENABLED_BY_DEFAULT"}})
		}), Want: checks.FAIL, Reason: "left out of the scan"},
		{Name: "not among the buckets", Set: logged(), Parameters: map[string]any{"buckets": []string{"prod-*"}}, Want: checks.NotApplicable, Reason: "prod-*"},
		{Name: "trails denied in the bucket's Region", Set: logged(func(a *snapshot.Account) {
			checktest.Fail(a, "cloudtrail:DescribeTrails", checktest.At.Region, snapshot.Denied)
		}), Want: checks.UNKNOWN, Reason: "cloudtrail:DescribeTrails"},
		{Name: "trails denied elsewhere: what covers the bucket shows here", Set: logged(func(a *snapshot.Account) {
			checktest.Fail(a, "cloudtrail:DescribeTrails", checktest.Elsewhere, snapshot.Denied)
		}), Want: checks.FAIL, Reason: "no trail"},
		{Name: "stores denied elsewhere: one of all Regions may lie there", Set: logged(func(a *snapshot.Account) {
			checktest.Fail(a, "cloudtrail:ListEventDataStores", checktest.Elsewhere, snapshot.Denied)
		}), Want: checks.UNKNOWN, Reason: "cloudtrail:ListEventDataStores"},
		{Name: "where the bucket lies is unread", Set: logged(bucketIs(func(b *snapshot.Bucket) {
			b.Region = snapshot.Global
			b.BucketRegion = snapshot.Missing[string](checktest.Unread("s3:HeadBucket", snapshot.Denied))
		}), trailIs("t", atHome(checktest.At.Region), objects("All", "arn:aws:s3"))), Want: checks.UNKNOWN, Reason: "s3:HeadBucket"},
		{Name: "where it lies is unread, and a trail covers all Regions", Set: logged(bucketIs(func(b *snapshot.Bucket) {
			b.Region = snapshot.Global
			b.BucketRegion = snapshot.Missing[string](checktest.Unread("s3:HeadBucket", snapshot.Denied))
		}), trailIs("t", objects("All", "arn:aws:s3"))), Want: checks.PASS, Reason: "the trail t"},
	})
	checktest.Run(t, &BucketReadDataEvents, []checktest.Case{
		{Name: "reads", Set: logged(trailIs("t", objects("ReadOnly", "arn:aws:s3:::"))), Want: checks.PASS, Reason: "records all reads"},
		{Name: "writes alone", Set: logged(trailIs("t", objects("WriteOnly", "arn:aws:s3:::"))), Want: checks.FAIL, Reason: "nothing records all reads"},
		{Name: "reads by another trail than writes", Set: logged(trailIs("w", objects("WriteOnly", "arn:aws:s3")), trailIs("r", objects("ReadOnly", "arn:aws:s3"))), Want: checks.PASS, Reason: "the trail r"},
		{Name: "status denied", Set: logged(trailIs("t", statusDenied, objects("All", "arn:aws:s3"))), Want: checks.UNKNOWN, Reason: "GetTrailStatus"},
		{Name: "not among the buckets", Set: logged(), Parameters: map[string]any{"buckets": []string{"prod-*"}}, Want: checks.NotApplicable, Reason: "prod-*"},
	})
}

func TestCloudTrailBucketAccessLogged(t *testing.T) {
	to := func(target string) func(*snapshot.Account) {
		return bucketIs(func(b *snapshot.Bucket) { b.Logging = snapshot.Value(snapshot.BucketLogging{TargetBucket: target}) })
	}
	elsewhere := func(t *snapshot.Trail) { t.Bucket = "archive" }
	alone := func(a *snapshot.Account) { a.S3.Buckets = nil }
	checktest.Run(t, &CloudTrailBucketAccessLogged, []checktest.Case{
		{Name: "logged", Set: logged(trailIs("t"), to("logs")), Want: checks.PASS, Reason: "access logs go to logs; it receives the logs of t"},
		{Name: "two trails, each shown by two Regions: one finding", Set: logged(trailIs("t"), trailIs("u"), to("logs")), Want: checks.PASS, Reason: "the logs of t, u"},
		{Name: "off", Set: logged(trailIs("t")), Want: checks.FAIL, Reason: "off"},
		{Name: "off, of a stopped trail", Set: logged(trailIs("t", stopped)), Want: checks.FAIL, Reason: "off"},
		{Name: "into itself", Set: logged(trailIs("t"), to("b")), Want: checks.PASS, Reason: "into the bucket itself"},
		{Name: "no trail", Set: logged(), Want: checks.NotApplicable, Reason: "no trail"},
		{Name: "a bucket of another account", Set: logged(trailIs("t", elsewhere), alone), Want: checks.UNKNOWN, Reason: "trail/t delivers to archive, which is not a bucket of this account"},
		{Name: "an own bucket in a Region that was left out", Set: logged(trailIs("t", elsewhere), alone, func(a *snapshot.Account) {
			a.S3.Own = map[string]snapshot.Read[string]{"archive": snapshot.Value("us-east-1")}
		}), Want: checks.UNKNOWN, Reason: "left out of the scan"},
		{Name: "logging denied", Set: logged(func(a *snapshot.Account) {
			a.S3.Buckets[0].Logging = snapshot.Missing[snapshot.BucketLogging](checktest.Unread("s3:GetBucketLogging", snapshot.Denied))
		}, trailIs("t")), Want: checks.UNKNOWN, Reason: "s3:GetBucketLogging"},
	})
	a := checktest.Account(&CloudTrailBucketAccessLogged, logged())
	checktest.Fail(a, "cloudtrail:DescribeTrails", checktest.Elsewhere, snapshot.Denied)
	for _, f := range checktest.Findings(&CloudTrailBucketAccessLogged, a, nil) {
		if f.Status != checks.UNKNOWN {
			t.Errorf("%s %s: %s %q, though a list that was denied may hold a trail to it", f.Resource.Type, f.Resource.ID, f.Status, f.Reason)
		}
	}
}

func TestCloudTrailBucketMFADelete(t *testing.T) {
	mfa := func(v string) func(*snapshot.Account) {
		return bucketIs(func(b *snapshot.Bucket) {
			b.Versioning = snapshot.Value(snapshot.Versioning{Status: "Enabled", MFADelete: v})
		})
	}
	lock := func(mode string) func(*snapshot.Account) {
		return bucketIs(func(b *snapshot.Bucket) {
			b.ObjectLock = snapshot.Value(snapshot.ObjectLock{Enabled: "Enabled", Mode: mode, Days: 365})
		})
	}
	checktest.Run(t, &CloudTrailBucketMFADelete, []checktest.Case{
		{Name: "on", Set: logged(trailIs("t"), mfa("Enabled")), Want: checks.PASS, Reason: "MFADelete is Enabled"},
		{Name: "off", Set: logged(trailIs("t"), mfa("Disabled")), Want: checks.FAIL, Reason: "Disabled"},
		{Name: "never set, and a lifecycle is no excuse", Set: logged(trailIs("t"), bucketIs(func(b *snapshot.Bucket) {
			b.Lifecycle = snapshot.Value([]snapshot.LifecycleRule{{Status: "Enabled"}})
		})), Want: checks.FAIL, Reason: "never set"},
		{Name: "compliance mode is stronger", Set: logged(trailIs("t"), lock("COMPLIANCE")), Want: checks.NotApplicable, Reason: "COMPLIANCE"},
		{Name: "governance mode is not", Set: logged(trailIs("t"), lock("GOVERNANCE")), Want: checks.FAIL, Reason: "never set"},
		{Name: "stopped", Set: logged(trailIs("t", stopped)), Want: checks.NotApplicable, Reason: "no trail that delivers to the bucket is logging: t"},
		{Name: "one of two runs", Set: logged(trailIs("t", stopped), trailIs("u")), Want: checks.FAIL, Reason: "the logs of u"},
		{Name: "no trail", Set: logged(), Want: checks.NotApplicable, Reason: "no trail of the scanned Regions"},
		{Name: "status denied", Set: logged(trailIs("t", statusDenied), mfa("Enabled")), Want: checks.UNKNOWN, Reason: "GetTrailStatus"},
		{Name: "lock denied", Set: logged(trailIs("t"), bucketIs(func(b *snapshot.Bucket) {
			b.ObjectLock = snapshot.Missing[snapshot.ObjectLock](checktest.Unread("s3:GetObjectLockConfiguration", snapshot.Denied))
		})), Want: checks.UNKNOWN, Reason: "s3:GetObjectLockConfiguration"},
		{Name: "versioning denied", Set: logged(trailIs("t"), bucketIs(func(b *snapshot.Bucket) {
			b.Versioning = snapshot.Missing[snapshot.Versioning](checktest.Unread("s3:GetBucketVersioning", snapshot.Denied))
		})), Want: checks.UNKNOWN, Reason: "s3:GetBucketVersioning"},
		{Name: "a bucket of another account", Set: func(a *snapshot.Account) {
			trailIs("t", func(t *snapshot.Trail) { t.Bucket = "archive" })(a)
		}, Want: checks.UNKNOWN, Reason: "not a bucket of this account"},
		{Name: "a bucket of another account, of a stopped trail", Set: func(a *snapshot.Account) {
			trailIs("t", stopped, func(t *snapshot.Trail) { t.Bucket = "archive" })(a)
		}, Want: checks.NotApplicable, Reason: "stopped"},
	})
}
