package backups

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// s3Bucket is an account with one bucket, b, with versioning and without anything else.
func s3Bucket(set ...func(*snapshot.Bucket)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		b := snapshot.Bucket{Meta: checktest.Meta("b", "arn:aws:s3:::b"), Versioning: snapshot.Value(snapshot.Versioning{Status: "Enabled"}),
			Lifecycle: snapshot.Value[[]snapshot.LifecycleRule](nil), ObjectLock: snapshot.Value(snapshot.ObjectLock{}), TagSet: snapshot.Value(map[string]string{"keep": "7y"})}
		for _, f := range set {
			f(&b)
		}
		a.S3.Buckets = []snapshot.Bucket{b}
	}
}

func s3Versioning(status, mfa string) func(*snapshot.Bucket) {
	return func(b *snapshot.Bucket) {
		b.Versioning = snapshot.Value(snapshot.Versioning{Status: status, MFADelete: mfa})
	}
}

func s3Lock(l snapshot.ObjectLock) func(*snapshot.Bucket) {
	return func(b *snapshot.Bucket) { b.ObjectLock = snapshot.Value(l) }
}

func s3LockDenied(b *snapshot.Bucket) {
	b.ObjectLock = snapshot.Missing[snapshot.ObjectLock](checktest.Unread("s3:GetObjectLockConfiguration", snapshot.Denied))
}

func TestBucketMFADelete(t *testing.T) {
	lifecycle := func(b *snapshot.Bucket) {
		b.Lifecycle = snapshot.Value([]snapshot.LifecycleRule{{Status: "Disabled"}})
	}
	lifecycleDenied := func(b *snapshot.Bucket) {
		b.Lifecycle = snapshot.Missing[[]snapshot.LifecycleRule](checktest.Unread("s3:GetBucketLifecycleConfiguration", snapshot.Denied))
	}
	compliance := s3Lock(snapshot.ObjectLock{Enabled: "Enabled", Mode: "COMPLIANCE", Days: 1})
	checktest.Run(t, &BucketMFADelete, []checktest.Case{
		{Name: "enabled", Set: s3Bucket(s3Versioning("Enabled", "Enabled")), Want: checks.PASS, Reason: "Enabled"},
		{Name: "enabled decides alone", Set: s3Bucket(s3Versioning("Enabled", "Enabled"), lifecycleDenied), Want: checks.PASS, Reason: "Enabled"},
		{Name: "absent", Set: s3Bucket(), Want: checks.FAIL, Reason: "never set"},
		{Name: "disabled", Set: s3Bucket(s3Versioning("Suspended", "Disabled")), Want: checks.FAIL, Reason: "Disabled"},
		{Name: "never versioned", Set: s3Bucket(s3Versioning("", "")), Want: checks.NotApplicable, Reason: "never enabled"},
		{Name: "a lifecycle of disabled rules excludes it too", Set: s3Bucket(lifecycle), Want: checks.NotApplicable, Reason: "1 lifecycle rules"},
		{Name: "compliance mode is stronger", Set: s3Bucket(compliance), Want: checks.NotApplicable, Reason: "COMPLIANCE"},
		{Name: "governance mode is not", Set: s3Bucket(s3Lock(snapshot.ObjectLock{Enabled: "Enabled", Mode: "GOVERNANCE", Days: 1})), Want: checks.FAIL, Reason: "never set"},
		{Name: "lifecycle denied", Set: s3Bucket(lifecycleDenied), Want: checks.UNKNOWN, Reason: "s3:GetBucketLifecycleConfiguration"},
		{Name: "lock denied", Set: s3Bucket(s3LockDenied), Want: checks.UNKNOWN, Reason: "s3:GetObjectLockConfiguration"},
	})
	if !strings.Contains(BucketMFADelete.Remedy, "root user") {
		t.Error("the remedy does not say who can turn it on")
	}
}

func TestBucketObjectLock(t *testing.T) {
	named := func(list ...string) map[string]any { return map[string]any{"buckets": list} }
	tagsDenied := func(b *snapshot.Bucket) {
		b.TagSet = snapshot.Missing[map[string]string](checktest.Unread("s3:GetBucketTagging", snapshot.Denied))
	}
	checktest.Run(t, &BucketObjectLock, []checktest.Case{
		{Name: "with a default", Set: s3Bucket(s3Lock(snapshot.ObjectLock{Enabled: "Enabled", Mode: "COMPLIANCE", Days: 1})), Want: checks.PASS, Reason: "Enabled"},
		{Name: "without a default it locks nothing by itself", Set: s3Bucket(s3Lock(snapshot.ObjectLock{Enabled: "Enabled"})), Want: checks.PASS, Reason: "without a default retention"},
		{Name: "the not-found code", Set: s3Bucket(), Want: checks.FAIL, Reason: "no Object Lock"},
		{Name: "not among the buckets", Set: s3Bucket(), Parameters: named("audit-*"), Want: checks.NotApplicable, Reason: "audit-*"},
		{Name: "named by a glob", Set: s3Bucket(), Parameters: named("audit-*", "b*"), Want: checks.FAIL, Reason: "no Object Lock"},
		{Name: "named by a tag", Set: s3Bucket(), Parameters: named("keep=*"), Want: checks.FAIL, Reason: "no Object Lock"},
		{Name: "another tag", Set: s3Bucket(), Parameters: named("keep=1y"), Want: checks.NotApplicable, Reason: "keep=1y"},
		{Name: "tags denied, and only they could tell", Set: s3Bucket(tagsDenied), Parameters: named("keep=*"), Want: checks.UNKNOWN, Reason: "s3:GetBucketTagging"},
		{Name: "tags denied, and the name tells", Set: s3Bucket(tagsDenied), Parameters: named("keep=*", "b"), Want: checks.FAIL, Reason: "no Object Lock"},
		{Name: "denied", Set: s3Bucket(s3LockDenied), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestBucketObjectLockRetention(t *testing.T) {
	with := func(mode string, days, years int32) func(*snapshot.Account) {
		return s3Bucket(s3Lock(snapshot.ObjectLock{Enabled: "Enabled", Mode: mode, Days: days, Years: years}))
	}
	compliance := map[string]any{"mode": "COMPLIANCE"}
	checktest.Run(t, &BucketObjectLockRetention, []checktest.Case{
		{Name: "days", Set: with("GOVERNANCE", 30, 0), Want: checks.PASS, Reason: "30 days in mode GOVERNANCE, unless a request brings a retention of its own"},
		{Name: "years", Set: with("COMPLIANCE", 0, 1), Want: checks.PASS, Reason: "365 days"},
		{Name: "too short", Set: with("COMPLIANCE", 29, 0), Want: checks.FAIL, Reason: "29 days, want at least 30"},
		{Name: "no default", Set: with("", 0, 0), Want: checks.FAIL, Reason: "no default retention"},
		{Name: "governance is not compliance", Set: with("GOVERNANCE", 30, 0), Parameters: compliance, Want: checks.FAIL, Reason: "mode GOVERNANCE, want COMPLIANCE"},
		{Name: "compliance", Set: with("COMPLIANCE", 30, 0), Parameters: compliance, Want: checks.PASS, Reason: "COMPLIANCE"},
		{Name: "no lock", Set: s3Bucket(), Want: checks.NotApplicable, Reason: "no Object Lock"},
		{Name: "denied", Set: s3Bucket(s3LockDenied), Want: checks.UNKNOWN, Reason: "denied"},
	})
}
