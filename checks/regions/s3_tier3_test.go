package regions

import (
	"net/http"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// places is an account that owns b and own in the tests' Region and far in another, and
// knows of others by HeadBucket.
func places(a *snapshot.Account) {
	a.S3.Own = map[string]snapshot.Read[string]{"b": snapshot.Value(checktest.At.Region), "own": snapshot.Value(checktest.At.Region), "far": snapshot.Value("us-east-1")}
	a.S3.Named = map[string]snapshot.Read[snapshot.NamedBucket]{
		"partner":        snapshot.Value(snapshot.NamedBucket{Exists: true, Status: http.StatusForbidden, Region: checktest.At.Region}),
		"partner-far":    snapshot.Value(snapshot.NamedBucket{Exists: true, Status: http.StatusMovedPermanently, Region: "us-east-1"}),
		"free":           snapshot.Value(snapshot.NamedBucket{Status: http.StatusNotFound}),
		"broken":         snapshot.Missing[snapshot.NamedBucket](checktest.Unread("s3:HeadBucket", snapshot.Failed)),
		"alias-s3alias":  snapshot.Value(snapshot.NamedBucket{Exists: true, Status: http.StatusOK, Region: checktest.At.Region}),
		"alias2-s3alias": snapshot.Value(snapshot.NamedBucket{Exists: true, Status: http.StatusOK, Region: "us-east-1"}),
	}
}

func TestBucketExportsInKnownPlaces(t *testing.T) {
	type change = func(*snapshot.Account)
	with := func(inventories, analytics []snapshot.BucketExport, more ...change) change {
		return func(a *snapshot.Account) {
			places(a)
			a.S3.Buckets = []snapshot.Bucket{{Meta: checktest.Meta("b", "arn:aws:s3:::b"), Inventories: snapshot.Value(inventories), Analytics: snapshot.Value(analytics)}}
			for _, f := range more {
				f(a)
			}
		}
	}
	to := func(bucket, account string) []snapshot.BucketExport {
		return []snapshot.BucketExport{{ID: "weekly", Enabled: true, Bucket: bucket, Account: account}}
	}
	off := to("partner", "")
	off[0].Enabled = false
	trusted := map[string]any{"trusted_accounts": []string{"444455556666"}}
	denied := func(set func(*snapshot.Bucket, error), op string) change {
		return func(a *snapshot.Account) { set(&a.S3.Buckets[0], checktest.Unread(op, snapshot.Denied)) }
	}
	checktest.RunFor(t, &BucketExportsInKnownPlaces, "b", []checktest.Case{
		{Name: "none", Set: with(nil, nil), Want: checks.NotApplicable, Reason: "no inventory"},
		{Name: "an inventory that is off", Set: with(off, nil), Want: checks.NotApplicable, Reason: "no inventory"},
		{Name: "to an own bucket", Set: with(to("own", ""), nil), Want: checks.PASS, Reason: `the inventory "weekly" goes to own`},
		{Name: "no account that has to own it", Set: with(to("partner", ""), nil), Want: checks.FAIL, Reason: "no bucket of this account, and no account is named"},
		{Name: "to a stranger's", Set: with(nil, to("partner", "444455556666")), Want: checks.FAIL, Reason: `the analysis "weekly" goes to partner of account 444455556666`},
		{Name: "to a trusted account's", Set: with(nil, to("partner", "444455556666")), Parameters: trusted, Want: checks.PASS, Reason: "partner of 444455556666"},
		{Name: "an own one in another Region", Set: with(to("far", ""), nil), Parameters: onlyIreland, Want: checks.FAIL, Reason: "far in us-east-1; allowed: eu-west-1"},
		{Name: "an own one in another Region, and none is stated", Set: with(to("far", ""), nil), Want: checks.PASS, Reason: "far"},
		{Name: "by residency", Set: with(to("far", ""), nil), Parameters: map[string]any{"residency": []string{"ie"}}, Want: checks.FAIL, Reason: "us-east-1; allowed: eu-west-1"},
		{Name: "by residency, allowed", Set: with(to("own", ""), nil), Parameters: map[string]any{"residency": []string{"ie"}}, Want: checks.PASS, Reason: "own in eu-west-1"},
		{Name: "a trusted one in another Region", Set: with(to("partner-far", "444455556666"), nil), Want: checks.FAIL, Reason: "partner-far of 444455556666 in us-east-1",
			Parameters: map[string]any{"trusted_accounts": []string{"444455556666"}, "allowed_regions": []string{"eu-west-1"}}},
		{Name: "a trusted one that is gone", Set: with(to("free", "444455556666"), nil), Want: checks.FAIL, Reason: "does not exist",
			Parameters: map[string]any{"trusted_accounts": []string{"444455556666"}, "allowed_regions": []string{"eu-west-1"}}},
		{Name: "a trusted one, and no answer", Set: with(to("broken", "444455556666"), nil), Want: checks.UNKNOWN, Reason: "s3:HeadBucket",
			Parameters: map[string]any{"trusted_accounts": []string{"444455556666"}, "allowed_regions": []string{"eu-west-1"}}},
		{Name: "perhaps own", Set: with(to("partner", ""), nil, func(a *snapshot.Account) { checktest.Fail(a, "s3:ListBuckets", snapshot.Global, snapshot.Failed) }), Want: checks.UNKNOWN, Reason: "s3:ListBuckets"},
		{Name: "inventories unread", Set: with(nil, nil, denied(func(b *snapshot.Bucket, err error) { b.Inventories = snapshot.Missing[[]snapshot.BucketExport](err) }, "s3:ListBucketInventoryConfigurations")), Want: checks.UNKNOWN, Reason: "Inventory"},
		{Name: "analyses unread, and an inventory is astray", Set: with(to("partner", ""), nil, denied(func(b *snapshot.Bucket, err error) { b.Analytics = snapshot.Missing[[]snapshot.BucketExport](err) }, "s3:ListBucketAnalyticsConfigurations")), Want: checks.FAIL, Reason: "partner"},
	})
	if BucketExportsInKnownPlaces.Bounds("residency", []string{"atlantis"}) == nil {
		t.Error("a residency that no table knows was taken")
	}
}

func TestBatchJobsStayInJurisdiction(t *testing.T) {
	type job = snapshot.BatchJob
	with := func(operation, target, report string, change ...func(*job)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			places(a)
			j := job{Meta: checktest.Meta("1", "arn:aws:s3:eu-west-1:111122223333:job/1"), Operation: operation, Status: "Complete", Succeeded: 9,
				Writes: snapshot.Value(snapshot.JobWrites{Target: target, Report: report})}
			for _, f := range change {
				f(&j)
			}
			a.S3.Jobs = []job{j}
		}
	}
	ended := func(status string, done int64) func(*job) {
		return func(j *job) { j.Status, j.Succeeded = status, done }
	}
	const own, far = "arn:aws:s3:::own", "arn:aws:s3:::far"
	checktest.Run(t, &BatchJobsStayInJurisdiction, []checktest.Case{
		{Name: "no choice", Set: with("S3PutObjectCopy", far, ""), Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "no copy", Set: with("S3PutObjectTagging", "", far), Parameters: onlyIreland, Want: checks.NotApplicable, Reason: "S3PutObjectTagging"},
		{Name: "within", Set: with("S3PutObjectCopy", own, own), Parameters: onlyIreland, Want: checks.PASS, Reason: "copies to arn:aws:s3:::own in eu-west-1 and reports to"},
		{Name: "out", Set: with("S3PutObjectCopy", far, own), Parameters: onlyIreland, Want: checks.FAIL, Reason: "copies to arn:aws:s3:::far in us-east-1; allowed: eu-west-1"},
		{Name: "the report goes out", Set: with("S3PutObjectCopy", own, far), Parameters: onlyIreland, Want: checks.FAIL, Reason: "reports to arn:aws:s3:::far"},
		{Name: "an access point's ARN says its Region", Set: with("S3PutObjectCopy", "arn:aws:s3:us-east-1:111122223333:accesspoint/x", ""), Parameters: onlyIreland, Want: checks.FAIL, Reason: "in us-east-1"},
		{Name: "an access point's alias", Set: with("S3PutObjectCopy", "arn:aws:s3:::alias-s3alias", ""), Parameters: onlyIreland, Want: checks.PASS, Reason: "in eu-west-1"},
		{Name: "an access point's alias elsewhere", Set: with("S3PutObjectCopy", "arn:aws:s3:::alias2-s3alias", ""), Parameters: onlyIreland, Want: checks.FAIL, Reason: "in us-east-1"},
		{Name: "another account's bucket", Set: with("S3PutObjectCopy", "arn:aws:s3:::partner-far", ""), Parameters: onlyIreland, Want: checks.FAIL, Reason: "in us-east-1"},
		{Name: "cancelled after a part", Set: with("S3PutObjectCopy", far, "", ended("Cancelled", 1)), Parameters: onlyIreland, Want: checks.FAIL, Reason: "the job is Cancelled, 1 objects done"},
		{Name: "failed before anything", Set: with("S3PutObjectCopy", far, "", ended("Failed", 0)), Parameters: onlyIreland, Want: checks.PASS, Reason: "nothing was written elsewhere: the job is Failed, 0 objects done"},
		{Name: "failed, and its report went out", Set: with("S3PutObjectCopy", far, far, ended("Failed", 0)), Parameters: onlyIreland, Want: checks.FAIL, Reason: "reports to"},
		{Name: "not begun yet", Set: with("S3PutObjectCopy", far, "", ended("Suspended", 0)), Parameters: onlyIreland, Want: checks.FAIL, Reason: "Suspended"},
		{Name: "replication follows the bucket's rules", Set: with("S3ReplicateObject", "", own), Parameters: onlyIreland, Want: checks.PASS, Reason: "s3-replication-stays-in-jurisdiction judges them"},
		{Name: "a Multi-Region Access Point has no Region", Set: with("S3PutObjectCopy", "arn:aws:s3::111122223333:accesspoint/x.mrap", ""), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "of one Region"},
		{Name: "a target that is gone", Set: with("S3PutObjectCopy", "arn:aws:s3:::free", ""), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "does not exist any more"},
		{Name: "no answer", Set: with("S3PutObjectCopy", "arn:aws:s3:::broken", ""), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "s3:HeadBucket"},
		{Name: "not described", Set: with("S3PutObjectCopy", "", "", func(j *job) {
			j.Writes = snapshot.Missing[snapshot.JobWrites](checktest.Unread("s3control:DescribeJob", snapshot.Denied))
		}), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "s3control:DescribeJob"},
	})
}

func TestTransferAccelerationDeclared(t *testing.T) {
	with := func(name string, acceleration snapshot.Read[snapshot.Acceleration], tags snapshot.Read[map[string]string]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.S3.Buckets = []snapshot.Bucket{{Meta: checktest.Meta(name, "arn:aws:s3:::"+name), Acceleration: acceleration, TagSet: tags}}
		}
	}
	is := func(status string) snapshot.Read[snapshot.Acceleration] {
		return snapshot.Value(snapshot.Acceleration{Status: status})
	}
	none := snapshot.Value(map[string]string{})
	declared := snapshot.Value(map[string]string{"transfer-acceleration": "uploads of field staff"})
	china := func(a *snapshot.Account) {
		with("b", is("Enabled"), none)(a)
		a.S3.Buckets[0].Partition = "aws-cn"
	}
	checktest.Run(t, &TransferAccelerationDeclared, []checktest.Case{
		{Name: "no choice", Set: with("b", is("Enabled"), none), Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "an answer without a status", Set: with("b", is(""), none), Parameters: onlyIreland, Want: checks.PASS, Reason: "never enabled"},
		{Name: "suspended", Set: with("b", is("Suspended"), none), Parameters: onlyIreland, Want: checks.PASS, Reason: "Suspended"},
		{Name: "enabled", Set: with("b", is("Enabled"), none), Parameters: onlyIreland, Want: checks.FAIL, Reason: "no tag transfer-acceleration declares it"},
		{Name: "declared", Set: with("b", is("Enabled"), declared), Parameters: onlyIreland, Want: checks.PASS, Reason: "uploads of field staff"},
		{Name: "declared by another tag", Set: with("b", is("Enabled"), declared), Parameters: map[string]any{"allowed_regions": []string{"eu-west-1"}, "acceleration_tag": "edge"}, Want: checks.FAIL, Reason: "no tag edge"},
		{Name: "a Region without the feature", Set: with("b", snapshot.Value(snapshot.Acceleration{Unavailable: "MethodNotAllowed"}), none), Parameters: onlyIreland, Want: checks.NotApplicable, Reason: "MethodNotAllowed"},
		{Name: "dots", Set: with("a.b", is(""), none), Parameters: onlyIreland, Want: checks.NotApplicable, Reason: "dots"},
		{Name: "China", Set: china, Parameters: onlyIreland, Want: checks.NotApplicable, Reason: "aws-cn"},
		{Name: "denied", Set: with("b", snapshot.Missing[snapshot.Acceleration](checktest.Unread("s3:GetBucketAccelerateConfiguration", snapshot.Denied)), none), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "enabled, and tags denied", Set: with("b", is("Enabled"), snapshot.Missing[map[string]string](checktest.Unread("s3:GetBucketTagging", snapshot.Denied))), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "s3:GetBucketTagging"},
	})
}

func TestMultiRegionAccessPointInJurisdiction(t *testing.T) {
	with := func(status string, routes snapshot.Read[map[string]int32], members ...snapshot.MultiRegionMember) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			m := checktest.Meta("global", "arn:aws:s3::111122223333:accesspoint/m1.mrap")
			m.Region = snapshot.Global
			a.S3.MultiRegionAccessPoints = []snapshot.MultiRegionAccessPoint{{Meta: m, Status: status, Members: members, Routes: routes}}
		}
	}
	unread := snapshot.Missing[map[string]int32](checktest.Unread("s3control:GetMultiRegionAccessPointRoutes", snapshot.Denied))
	home, far := snapshot.MultiRegionMember{Bucket: "a", Region: "eu-west-1"}, snapshot.MultiRegionMember{Bucket: "b", Region: "us-east-1", Account: "444455556666"}
	checktest.Run(t, &MultiRegionAccessPointInJurisdiction, []checktest.Case{
		{Name: "no choice", Set: with("READY", unread, far), Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "within", Set: with("READY", unread, home), Parameters: onlyIreland, Want: checks.PASS, Reason: "a in eu-west-1"},
		{Name: "out, to another account's bucket", Set: with("READY", unread, home, far), Parameters: onlyIreland, Want: checks.FAIL, Reason: "b in us-east-1 (of account 444455556666); allowed"},
		{Name: "a passive route can be turned on", Set: with("READY", snapshot.Value(map[string]int32{"us-east-1": 0, "eu-west-1": 100}), home, far), Parameters: onlyIreland, Want: checks.FAIL, Reason: "passive, and it can be turned on at once"},
		{Name: "an active route", Set: with("PARTIALLY_CREATED", snapshot.Value(map[string]int32{"us-east-1": 100}), far), Parameters: onlyIreland, Want: checks.FAIL, Reason: "takes traffic (100 %)"},
		{Name: "on its way out", Set: with("DELETING", unread, far), Parameters: onlyIreland, Want: checks.NotApplicable, Reason: "DELETING"},
		{Name: "no Region told", Set: with("CREATING", unread), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "names no Region"},
		{Name: "a bucket without a Region", Set: with("READY", unread, home, snapshot.MultiRegionMember{Bucket: "c"}), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "1 of its buckets"},
		{Name: "the control plane is closed", Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "s3control:ListMultiRegionAccessPoints",
			Set: func(a *snapshot.Account) {
				checktest.Fail(a, "s3control:ListMultiRegionAccessPoints", snapshot.Global, snapshot.Denied)
			}},
	})
}
