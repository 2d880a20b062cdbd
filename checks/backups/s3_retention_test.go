package backups

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestBucketLifecycleKeepsRetention(t *testing.T) {
	with := func(versioning string, rules ...snapshot.LifecycleRule) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.S3.Buckets = []snapshot.Bucket{{Meta: checktest.Meta("b", "arn:aws:s3:::b"), Versioning: snapshot.Value(snapshot.Versioning{Status: versioning}),
				Lifecycle: snapshot.Value(rules), ObjectLock: snapshot.Value(snapshot.ObjectLock{})}}
		}
	}
	but := func(set func(*snapshot.Account), change func(*snapshot.Bucket)) func(*snapshot.Account) {
		return func(a *snapshot.Account) { set(a); change(&a.S3.Buckets[0]) }
	}
	lock := func(l snapshot.ObjectLock) func(*snapshot.Bucket) {
		return func(b *snapshot.Bucket) { b.ObjectLock = snapshot.Value(l) }
	}
	current := func(days int32) snapshot.LifecycleRule {
		return snapshot.LifecycleRule{ID: "c", Status: "Enabled", WholeBucket: true, ExpirationDays: days}
	}
	old := func(days, newer int32) snapshot.LifecycleRule {
		return snapshot.LifecycleRule{ID: "o", Status: "Enabled", WholeBucket: true, NoncurrentExpiration: true, NoncurrentDays: days, NewerNoncurrent: newer}
	}
	on := func(date time.Time) snapshot.LifecycleRule {
		return snapshot.LifecycleRule{ID: "d", Status: "Enabled", ExpirationDate: date}
	}
	off, part := old(1, 0), old(1, 0)
	off.Status = "Disabled"
	part.WholeBucket, part.Filter = false, "prefix tmp/"
	thirty := map[string]any{"min_retention_days": 30}
	checktest.Run(t, &BucketLifecycleKeepsRetention, []checktest.Case{
		{Name: "nothing is stated", Set: with("Enabled", old(1, 0)), Want: checks.NotApplicable, Reason: "states no retention"},
		{Name: "no lifecycle", Set: with("Enabled"), Parameters: thirty, Want: checks.NotApplicable, Reason: "no lifecycle"},
		{Name: "long enough", Set: with("Enabled", old(30, 0)), Parameters: thirty, Want: checks.PASS, Reason: `rule "o" ends noncurrent versions after 30 days`},
		{Name: "too soon", Set: with("Enabled", old(29, 0)), Parameters: thirty, Want: checks.FAIL, Reason: "after 29 days, and 30 days are wanted"},
		{Name: "on a versioned bucket the end of current ones only writes a marker", Set: with("Enabled", current(1)), Parameters: thirty, Want: checks.PASS, Reason: "no rule at work destroys"},
		{Name: "a burst of overwrites pushes a good version out", Set: with("Enabled", old(3, 5)), Parameters: thirty, Want: checks.FAIL, Reason: "all but the 5 newest"},
		{Name: "unversioned", Set: with("", current(7)), Parameters: thirty, Want: checks.FAIL, Reason: "current versions after 7 days"},
		{Name: "unversioned buckets have no old versions", Set: with("", old(1, 0)), Parameters: thirty, Want: checks.PASS, Reason: "no rule at work"},
		{Name: "suspended: both are asked, current", Set: with("Suspended", current(7), old(90, 0)), Parameters: thirty, Want: checks.FAIL, Reason: "current versions after 7"},
		{Name: "suspended: both are asked, noncurrent", Set: with("Suspended", current(90), old(7, 0)), Parameters: thirty, Want: checks.FAIL, Reason: "noncurrent versions after 7"},
		{Name: "a date in the past", Set: with("", on(checktest.AsOf.AddDate(-1, 0, 0))), Parameters: thirty, Want: checks.FAIL, Reason: "on 2025-11-01"},
		{Name: "a near date", Set: with("", on(checktest.AsOf.AddDate(0, 0, 29))), Parameters: thirty, Want: checks.FAIL, Reason: "on 2026-11-30"},
		{Name: "a far date", Set: with("", on(checktest.AsOf.AddDate(0, 0, 31))), Parameters: thirty, Want: checks.PASS, Reason: "on 2026-12-02"},
		{Name: "uploads and markers destroy nothing", Set: with("", snapshot.LifecycleRule{Status: "Enabled", AbortDays: 1}), Parameters: thirty, Want: checks.PASS, Reason: "no rule at work"},
		{Name: "a disabled rule", Set: with("Enabled", off), Parameters: thirty, Want: checks.PASS, Reason: "no rule at work"},
		{Name: "a part still destroys", Set: with("Enabled", part, old(90, 0)), Parameters: thirty, Want: checks.FAIL, Reason: "after 1 days (prefix tmp/)"},
		{Name: "Object Lock wins", Set: but(with("Enabled", old(1, 0)), lock(snapshot.ObjectLock{Enabled: "Enabled", Mode: "GOVERNANCE", Years: 1})), Parameters: thirty, Want: checks.PASS, Reason: "retains what was written since its default was set for 365 days"},
		{Name: "Object Lock, shorter", Set: but(with("Enabled", old(1, 0)), lock(snapshot.ObjectLock{Enabled: "Enabled", Mode: "COMPLIANCE", Days: 7})), Parameters: thirty, Want: checks.FAIL, Reason: "after 1 days"},
		{Name: "Object Lock without a default", Set: but(with("Enabled", old(1, 0)), lock(snapshot.ObjectLock{Enabled: "Enabled", Days: 90})), Parameters: thirty, Want: checks.FAIL, Reason: "after 1 days"},
		{Name: "by the bucket's name", Set: with("Enabled", old(60, 0)), Parameters: map[string]any{"per_bucket": map[string]int{"b": 90, "*": 10}}, Want: checks.FAIL, Reason: "90 days are wanted"},
		{Name: "by the most of the globs", Set: with("Enabled", old(60, 0)), Parameters: map[string]any{"min_retention_days": 400, "per_bucket": map[string]int{"?": 90, "*": 10, "x*": 500}}, Want: checks.FAIL, Reason: "90 days are wanted"},
		{Name: "a bucket without retention", Set: with("Enabled", old(1, 0)), Parameters: map[string]any{"min_retention_days": 30, "per_bucket": map[string]int{"b": 0}}, Want: checks.NotApplicable, Reason: "states no retention"},
		{Name: "the lifecycle is unread", Set: but(with("Enabled"), func(b *snapshot.Bucket) {
			b.Lifecycle = snapshot.Missing[[]snapshot.LifecycleRule](checktest.Unread("s3:GetBucketLifecycleConfiguration", snapshot.Denied))
		}), Parameters: thirty, Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "versioning is unread", Set: but(with("Enabled", old(1, 0)), func(b *snapshot.Bucket) {
			b.Versioning = snapshot.Missing[snapshot.Versioning](checktest.Unread("s3:GetBucketVersioning", snapshot.Denied))
		}), Parameters: thirty, Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "the lock is unread, and would excuse", Set: but(with("Enabled", old(1, 0)), func(b *snapshot.Bucket) {
			b.ObjectLock = snapshot.Missing[snapshot.ObjectLock](checktest.Unread("s3:GetObjectLockConfiguration", snapshot.Denied))
		}), Parameters: thirty, Want: checks.UNKNOWN, Reason: "denied"},
	})
	for value, want := range map[any]bool{-1: false, 0: true, 30: true} {
		if err := retentionBounds("min_retention_days", value); (err == nil) != want {
			t.Errorf("%v: %v", value, err)
		}
	}
	if retentionBounds("per_bucket", map[string]int{"b": -1}) == nil {
		t.Error("-1 days were taken")
	}
}
