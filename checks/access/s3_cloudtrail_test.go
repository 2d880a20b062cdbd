package access

import (
	"testing"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestCloudTrailBucketNotPublic(t *testing.T) {
	// trail delivers to a bucket and shows in two Regions.
	trail := func(bucket string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.Trail.Trails = append(a.Trail.Trails, snapshot.Trail{Meta: checktest.Meta("t", "arn:aws:cloudtrail:eu-west-1:111122223333:trail/t"), MultiRegion: true, Bucket: bucket,
				Logging: snapshot.Value(false), Sightings: []snapshot.Sighting{{Region: checktest.At.Region}, {Region: checktest.Elsewhere}}})
		}
	}
	target := func(set ...func(*snapshot.Bucket)) func(*snapshot.Account) {
		return s3And(s3Bucket(set...), trail("b"))
	}
	alone := func(a *snapshot.Account) { trail("archive")(a); a.S3.PublicAccess = snapshot.Value(flags{}) }
	checktest.Run(t, &CloudTrailBucketNotPublic, []checktest.Case{
		{Name: "closed, of a stopped trail: logs are there still", Set: target(), Want: checks.PASS, Reason: "there is no bucket policy; it receives the logs of t"},
		{Name: "everybody reads by the policy", Set: target(s3Statements(s3EverybodyGets), s3Public), Want: checks.FAIL, Reason: "everybody can read"},
		{Name: "everybody writes by the policy", Set: target(s3Statements(s3EverybodyPuts), s3Public), Want: checks.FAIL, Reason: "everybody can write"},
		{Name: "both ways", Set: target(s3Statements(s3EverybodyPuts, s3EverybodyGets), s3Public), Want: checks.FAIL, Reason: `everybody can read: the bucket policy's statement "Open"`},
		{Name: "anybody with an account reads by the ACL", Set: target(s3Grant("Group", policy.AuthenticatedUsers, "READ")), Want: checks.FAIL, Reason: "AuthenticatedUsers"},
		{Name: "the block cuts it", Set: target(s3Statements(s3EverybodyGets), s3Public, s3Block(flags{RestrictPublicBuckets: true, IgnorePublicAcls: true})), Want: checks.PASS, Reason: "RestrictPublicBuckets of the bucket cuts it"},
		{Name: "no trail", Set: s3Bucket(s3Statements(s3EverybodyGets), s3Public), Want: checks.NotApplicable, Reason: "no trail"},
		{Name: "a bucket of another account", Set: alone, Want: checks.UNKNOWN, Reason: "arn:aws:cloudtrail:eu-west-1:111122223333:trail/t delivers to archive"},
		{Name: "policy denied", Set: target(s3PolicyDenied), Want: checks.UNKNOWN, Reason: "s3:GetBucketPolicy"},
		{Name: "policy denied, and the ACL decides", Set: target(s3PolicyDenied, s3Grant("Group", policy.AllUsers, "WRITE")), Want: checks.FAIL, Reason: "everybody can write"},
	})
}
