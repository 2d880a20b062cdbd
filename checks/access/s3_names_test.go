package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestMultiRegionAccessPointBlocked(t *testing.T) {
	point := func(status string, f flags) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			m := checktest.Meta("shop", "arn:aws:s3::111122223333:accesspoint/a1.mrap")
			m.Region = snapshot.Global
			a.S3.MultiRegionAccessPoints = []snapshot.MultiRegionAccessPoint{{Meta: m, Status: status, PublicAccess: f}}
		}
	}
	whole := flags{BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true}
	checktest.Run(t, &MultiRegionAccessPointBlocked, []checktest.Case{
		{Name: "complete", Set: point("READY", whole), Want: checks.PASS, Reason: "for the access point"},
		{Name: "one lacks, and a block of its bucket would not repair it", Set: point("READY", flags{BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true}), Want: checks.FAIL, Reason: "RestrictPublicBuckets"},
		{Name: "absent", Set: point("READY", flags{}), Want: checks.FAIL, Reason: "BlockPublicAcls"},
		{Name: "half made is live", Set: point("PARTIALLY_CREATED", flags{}), Want: checks.FAIL, Reason: "off"},
		{Name: "inconsistent is live", Set: point("INCONSISTENT_ACROSS_REGIONS", whole), Want: checks.PASS, Reason: "on"},
		{Name: "being made", Set: point("CREATING", flags{}), Want: checks.NotApplicable, Reason: "CREATING"},
		{Name: "being deleted", Set: point("DELETING", flags{}), Want: checks.NotApplicable, Reason: "DELETING"},
		{Name: "a partition without them", Set: func(a *snapshot.Account) { a.Partition = "aws-us-gov" }, Want: checks.NotApplicable, Reason: "aws-us-gov offers no"},
		{Name: "their one Region is closed", Set: func(a *snapshot.Account) {
			checktest.Fail(a, "s3control:ListMultiRegionAccessPoints", snapshot.Global, snapshot.Denied)
		}, Want: checks.UNKNOWN, Reason: "s3control:ListMultiRegionAccessPoints"},
	})
}

func TestServiceBucketNamesOwned(t *testing.T) {
	const name = "svc-111122223333-eu-west-1"
	one := map[string]any{"patterns": []string{"svc-{account}-{region}"}}
	region := func(set func(*snapshot.S3)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.Regions = []snapshot.RegionSettings{{Meta: checktest.Meta("eu-west-1", "")}}
			a.S3.Own, a.S3.Named = map[string]snapshot.Read[string]{}, map[string]snapshot.Read[snapshot.NamedBucket]{}
			set(&a.S3)
		}
	}
	says := func(n snapshot.NamedBucket) func(*snapshot.Account) {
		return region(func(s *snapshot.S3) { s.Named[name] = snapshot.Value(n) })
	}
	unlisted := func(set func(*snapshot.Account)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			set(a)
			checktest.Fail(a, "s3:ListBuckets", snapshot.Global, snapshot.Throttled)
		}
	}
	checktest.Run(t, &ServiceBucketNamesOwned, []checktest.Case{
		{Name: "own, though it lies in a Region that was left out", Set: region(func(s *snapshot.S3) { s.Own[name] = snapshot.Value("us-east-1") }), Parameters: one, Want: checks.PASS, Reason: "the account has " + name},
		{Name: "free is not safe", Set: says(snapshot.NamedBucket{Status: 404}), Parameters: one, Want: checks.PASS, Reason: "so anybody may"},
		{Name: "somebody lets us in", Set: says(snapshot.NamedBucket{Exists: true, Status: 200, Region: "eu-west-1"}), Parameters: one, Want: checks.FAIL, Reason: "another account has " + name},
		{Name: "somebody refuses us", Set: says(snapshot.NamedBucket{Exists: true, Status: 403, Region: "eu-west-1"}), Parameters: one, Want: checks.FAIL, Reason: name},
		{Name: "somebody, elsewhere", Set: says(snapshot.NamedBucket{Exists: true, Status: 301, Region: "us-west-2"}), Parameters: one, Want: checks.FAIL, Reason: name},
		{Name: "a broken answer proves nothing", Set: region(func(s *snapshot.S3) {
			s.Named[name] = snapshot.Missing[snapshot.NamedBucket](checktest.Unread("s3:HeadBucket", snapshot.Failed))
		}), Parameters: one, Want: checks.UNKNOWN, Reason: "s3:HeadBucket"},
		{Name: "refused, and the list is not whole: it may be own", Set: unlisted(says(snapshot.NamedBucket{Exists: true, Status: 403, Region: "eu-west-1"})), Parameters: one, Want: checks.UNKNOWN, Reason: "s3:ListBuckets"},
		{Name: "free, whatever the list", Set: unlisted(says(snapshot.NamedBucket{Status: 404})), Parameters: one, Want: checks.PASS, Reason: "so anybody may"},
		{Name: "it was not asked about", Set: region(func(*snapshot.S3) {}), Want: checks.UNKNOWN, Reason: "no chosen check asked"},
	})
}
