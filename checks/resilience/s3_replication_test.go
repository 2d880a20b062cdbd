package resilience

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// s3Source is a bucket with replication rules to the named buckets; a leading - makes a
// rule that is Disabled.
func s3Source(name, versioning string, to ...string) snapshot.Bucket {
	var rules []snapshot.ReplicationRule
	for _, target := range to {
		r := snapshot.ReplicationRule{Status: "Enabled", Destination: "arn:aws:s3:::" + target}
		if off, ok := strings.CutPrefix(target, "-"); ok {
			r.Status, r.Destination = "Disabled", "arn:aws:s3:::"+off
		}
		rules = append(rules, r)
	}
	return snapshot.Bucket{Meta: checktest.Meta(name, "arn:aws:s3:::"+name), BucketRegion: snapshot.Value("eu-west-1"),
		Versioning: snapshot.Value(snapshot.Versioning{Status: versioning}), Replication: snapshot.Value(rules)}
}

func TestBucketCrossRegionReplication(t *testing.T) {
	with := func(list ...snapshot.Bucket) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.S3.Buckets = list
			a.S3.Own = map[string]snapshot.Read[string]{"near": snapshot.Value("eu-west-1"), "far": snapshot.Value("eu-central-1")}
			a.S3.Named = map[string]snapshot.Read[snapshot.NamedBucket]{
				"foreign": snapshot.Value(snapshot.NamedBucket{Exists: true, Status: 403, Region: "us-west-2"}),
				"gone":    snapshot.Value(snapshot.NamedBucket{Status: 404}),
				"silent":  snapshot.Value(snapshot.NamedBucket{Exists: true, Status: 403}),
				"hidden":  snapshot.Missing[snapshot.NamedBucket](checktest.Unread("s3:HeadBucket", snapshot.Failed)),
			}
		}
	}
	one := func(versioning string, to ...string) func(*snapshot.Account) {
		return with(s3Source("b", versioning, to...))
	}
	unread := func(b snapshot.Bucket) snapshot.Bucket {
		b.Replication = snapshot.Missing[[]snapshot.ReplicationRule](checktest.Unread("s3:GetBucketReplication", snapshot.Denied))
		return b
	}
	noVersioning := s3Source("b", "Enabled", "far")
	noVersioning.Versioning = snapshot.Missing[snapshot.Versioning](checktest.Unread("s3:GetBucketVersioning", snapshot.Denied))
	checktest.Run(t, &BucketCrossRegionReplication, []checktest.Case{
		{Name: "another Region", Set: one("Enabled", "far"), Want: checks.PASS, Reason: "far in eu-central-1; whether that Region is allowed is for s3-replication-stays-in-jurisdiction"},
		{Name: "another account, outside the scan", Set: one("Enabled", "near", "foreign"), Want: checks.PASS, Reason: "us-west-2"},
		{Name: "the same Region does not count", Set: one("Enabled", "near"), Want: checks.FAIL, Reason: "within eu-west-1 only"},
		{Name: "a disabled rule does nothing", Set: one("Enabled", "-far"), Want: checks.FAIL, Reason: "no replication rule is Enabled"},
		{Name: "a suspended source does nothing", Set: one("Suspended", "far"), Want: checks.FAIL, Reason: "Suspended"},
		{Name: "no replication", Set: one("Enabled"), Want: checks.FAIL, Reason: "no replication rule"},
		{Name: "a destination that nobody places", Set: one("Enabled", "near", "hidden"), Want: checks.UNKNOWN, Reason: "s3:HeadBucket"},
		{Name: "a destination that does not exist", Set: one("Enabled", "gone"), Want: checks.FAIL, Reason: "no bucket of the name that a rule copies to exists: gone"},
		{Name: "a destination whose answer names no Region", Set: one("Enabled", "silent", "gone"), Want: checks.UNKNOWN, Reason: "where silent lies"},
		{Name: "one of two is placed, elsewhere", Set: one("Enabled", "hidden", "far"), Want: checks.PASS, Reason: "eu-central-1"},
		{Name: "not among the buckets", Set: one("Enabled", "far"), Parameters: map[string]any{"buckets": []string{"prod-*"}}, Want: checks.NotApplicable, Reason: "prod-*"},
		{Name: "replication denied", Set: with(unread(s3Source("b", "Enabled"))), Want: checks.UNKNOWN, Reason: "s3:GetBucketReplication"},
		{Name: "versioning denied", Set: with(noVersioning), Want: checks.UNKNOWN, Reason: "s3:GetBucketVersioning"},
	})
	second := func(name string, set func(*snapshot.Account), parameters map[string]any, want checks.Status, reason string) {
		for _, f := range checktest.Findings(&BucketCrossRegionReplication, checktest.Account(&BucketCrossRegionReplication, set), parameters) {
			if f.Resource.Name == "far" && (f.Status != want || !strings.Contains(f.Reason, reason)) {
				t.Errorf("%s: %s %q, want %s with %q", name, f.Status, f.Reason, want, reason)
			}
		}
	}
	far := s3Source("far", "Enabled")
	second("a destination of an own bucket", with(s3Source("b", "Enabled", "far"), far), nil, checks.NotApplicable, "copies of b")
	second("a destination, and both ways are wanted", with(s3Source("b", "Enabled", "far"), far), map[string]any{"two_way": true}, checks.FAIL, "no replication rule")
	second("another bucket's replication is unread", with(unread(s3Source("b", "Enabled")), far), nil, checks.UNKNOWN, "s3:GetBucketReplication")
}
