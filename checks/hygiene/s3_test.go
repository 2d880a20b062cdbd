package hygiene

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// s3Bucket is an account with one bucket, b, with a versioning status and lifecycle rules.
func s3Bucket(status string, rules ...snapshot.LifecycleRule) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.S3.Buckets = []snapshot.Bucket{{Meta: checktest.Meta("b", "arn:aws:s3:::b"),
			Versioning: snapshot.Value(snapshot.Versioning{Status: status}), Lifecycle: snapshot.Value(rules)}}
	}
}

func s3LifecycleDenied(a *snapshot.Account) {
	s3Bucket("Enabled")(a)
	a.S3.Buckets[0].Lifecycle = snapshot.Missing[[]snapshot.LifecycleRule](checktest.Unread("s3:GetBucketLifecycleConfiguration", snapshot.Denied))
}

func TestBucketLifecycleConfigured(t *testing.T) {
	on, off := snapshot.LifecycleRule{Status: "Enabled"}, snapshot.LifecycleRule{Status: "Disabled"}
	checktest.Run(t, &BucketLifecycleConfigured, []checktest.Case{
		{Name: "one of two, about uploads alone", Set: s3Bucket("", off, on), Want: checks.PASS, Reason: "1 of 2"},
		{Name: "the not-found code is an answer", Set: s3Bucket(""), Want: checks.FAIL, Reason: "no lifecycle configuration"},
		{Name: "disabled rules do nothing", Set: s3Bucket("", off), Want: checks.FAIL, Reason: "Disabled"},
		{Name: "denied", Set: s3LifecycleDenied, Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestBucketNoncurrentVersionsManaged(t *testing.T) {
	rule := func(whole, expires bool, moves int) snapshot.LifecycleRule {
		return snapshot.LifecycleRule{ID: "r", Status: "Enabled", WholeBucket: whole, NoncurrentExpiration: expires, NoncurrentTransitions: moves}
	}
	off := rule(true, true, 0)
	off.Status = "Disabled"
	strict := map[string]any{"strict": true}
	checktest.Run(t, &BucketNoncurrentVersionsManaged, []checktest.Case{
		{Name: "old versions end", Set: s3Bucket("Enabled", rule(true, true, 0)), Want: checks.PASS, Reason: "whole bucket"},
		{Name: "old versions move", Set: s3Bucket("Enabled", rule(true, false, 1)), Parameters: strict, Want: checks.PASS, Reason: "whole bucket"},
		{Name: "current objects alone", Set: s3Bucket("Enabled", rule(true, false, 0)), Want: checks.FAIL, Reason: "none of 1"},
		{Name: "a disabled rule", Set: s3Bucket("Enabled", off), Want: checks.FAIL, Reason: "none of 1"},
		{Name: "a part of the bucket", Set: s3Bucket("Enabled", rule(false, true, 0)), Want: checks.PASS, Reason: "part"},
		{Name: "a part is not enough when strict", Set: s3Bucket("Enabled", rule(false, true, 0)), Parameters: strict, Want: checks.FAIL, Reason: "only parts"},
		{Name: "suspended buckets still hold old versions", Set: s3Bucket("Suspended"), Want: checks.FAIL, Reason: "Suspended"},
		{Name: "never versioned", Set: s3Bucket(""), Want: checks.NotApplicable, Reason: "never enabled"},
		{Name: "denied", Set: s3LifecycleDenied, Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestBucketNameDNSCompliant(t *testing.T) {
	named := func(name string, site bool) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.S3.Buckets = []snapshot.Bucket{{Meta: checktest.Meta(name, "arn:aws:s3:::"+name), Website: snapshot.Value(snapshot.Website{Configured: site})}}
		}
	}
	denied := func(a *snapshot.Account) {
		named("acme.logs", false)(a)
		a.S3.Buckets[0].Website = snapshot.Missing[snapshot.Website](checktest.Unread("s3:GetBucketWebsite", snapshot.Denied))
	}
	cases := []checktest.Case{
		{Name: "63 letters", Set: named(strings.Repeat("a", 63), false), Want: checks.PASS, Reason: "63"},
		{Name: "a website needs its dots", Set: named("www.acme.example", true), Want: checks.NotApplicable, Reason: "website"},
		{Name: "denied, and it might be a website", Set: denied, Want: checks.UNKNOWN, Reason: "s3:GetBucketWebsite"},
	}
	for _, name := range []string{"acme.logs", "Acme", "acme_logs", "-acme", "acme-", "ab", strings.Repeat("a", 64)} {
		cases = append(cases, checktest.Case{Name: name, Set: named(name, false), Want: checks.FAIL, Reason: name})
	}
	checktest.Run(t, &BucketNameDNSCompliant, cases)
}

func TestDirectoryBucketLifecycle(t *testing.T) {
	with := func(r snapshot.Read[[]snapshot.LifecycleRule]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.S3.Directories = []snapshot.Bucket{{Meta: checktest.Meta("d--euw1-az1--x-s3", "arn:aws:s3express:eu-west-1:111122223333:bucket/d--euw1-az1--x-s3"), Lifecycle: r}}
		}
	}
	rules := func(list ...snapshot.LifecycleRule) func(*snapshot.Account) { return with(snapshot.Value(list)) }
	days := map[string]any{"expiration_days": 7}
	checktest.Run(t, &DirectoryBucketLifecycle, []checktest.Case{
		{Name: "a rule at work", Set: rules(snapshot.LifecycleRule{Status: "Enabled", ExpirationDays: 30}), Want: checks.PASS, Reason: "1 of 1"},
		{Name: "all rules are off", Set: rules(snapshot.LifecycleRule{Status: "Disabled", ExpirationDays: 30}), Want: checks.FAIL, Reason: "all 1 lifecycle rules are Disabled"},
		{Name: "none", Set: rules(), Want: checks.FAIL, Reason: "no lifecycle configuration"},
		{Name: "the days that are wanted", Set: rules(snapshot.LifecycleRule{Status: "Enabled", ExpirationDays: 7}), Parameters: days, Want: checks.PASS, Reason: "Enabled"},
		{Name: "other days", Set: rules(snapshot.LifecycleRule{Status: "Enabled", ExpirationDays: 8}, snapshot.LifecycleRule{Status: "Disabled", ExpirationDays: 7}), Parameters: days, Want: checks.FAIL, Reason: "after 7 days"},
		{Name: "denied", Set: with(snapshot.Missing[[]snapshot.LifecycleRule](checktest.Unread("s3:GetBucketLifecycleConfiguration", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "not listed", Set: func(a *snapshot.Account) {
			checktest.Fail(a, "s3:ListDirectoryBuckets", checktest.Elsewhere, snapshot.Denied)
		}, Want: checks.UNKNOWN, Reason: "s3:ListDirectoryBuckets"},
	})
}
