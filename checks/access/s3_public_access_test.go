package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

type flags = snapshot.PublicAccessBlock

var (
	none     = snapshot.Value(flags{})
	all      = snapshot.Value(flags{BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true})
	acls     = snapshot.Value(flags{BlockPublicAcls: true, IgnorePublicAcls: true})
	policies = snapshot.Value(flags{BlockPublicPolicy: true, RestrictPublicBuckets: true})
)

func unreadBlock(op string, cause snapshot.Cause) snapshot.Read[flags] {
	return snapshot.Missing[flags](checktest.Unread(op, cause))
}

func TestAccountPublicAccessBlocked(t *testing.T) {
	account := func(r snapshot.Read[flags]) func(*snapshot.Account) {
		return func(a *snapshot.Account) { a.S3.PublicAccess = r }
	}
	checktest.Run(t, &AccountPublicAccessBlocked, []checktest.Case{
		{Name: "all four, in an account without buckets", Set: account(all), Want: checks.PASS, Reason: "all four"},
		{Name: "no configuration", Set: account(none), Want: checks.FAIL, Reason: "BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets"},
		{Name: "two flags are not enough", Set: account(policies), Want: checks.FAIL, Reason: "BlockPublicAcls, IgnorePublicAcls", Observed: map[string]string{"off": "BlockPublicAcls, IgnorePublicAcls"}},
		{Name: "denied is not off", Set: account(unreadBlock("s3control:GetPublicAccessBlock", snapshot.Denied)), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "the reason does not say who set it", Set: account(all), Want: checks.PASS, Reason: "are on for the account"},
	})
}

func TestBucketOwnPublicAccessBlock(t *testing.T) {
	levels := func(bucket, account snapshot.Read[flags]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.S3.PublicAccess = account
			a.S3.Buckets = []snapshot.Bucket{{Meta: checktest.Meta("b", "arn:aws:s3:::b"), PublicAccess: bucket}}
		}
	}
	checktest.Run(t, &BucketOwnPublicAccessBlock, []checktest.Case{
		{Name: "complete", Set: levels(all, none), Want: checks.PASS, Reason: "all four"},
		{Name: "the account's block answers another question", Set: levels(none, all), Want: checks.FAIL, Reason: "BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets"},
		{Name: "all flags off is the same as absent", Set: levels(snapshot.Value(flags{}), all), Want: checks.FAIL, Reason: "BlockPublicAcls"},
		{Name: "two flags are not enough", Set: levels(acls, all), Want: checks.FAIL, Reason: "BlockPublicPolicy, RestrictPublicBuckets"},
		{Name: "denied is not off", Set: levels(unreadBlock("s3:GetPublicAccessBlock", snapshot.Denied), all), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestBucketPublicAccessBlocked(t *testing.T) {
	levels := func(bucket, account snapshot.Read[flags]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.S3.PublicAccess = account
			a.S3.Buckets = []snapshot.Bucket{{Meta: checktest.Meta("b", "arn:aws:s3:::b"), PublicAccess: bucket}}
		}
	}
	bucketDenied := unreadBlock("s3:GetPublicAccessBlock", snapshot.Denied)
	accountDenied := unreadBlock("s3control:GetPublicAccessBlock", snapshot.Denied)
	checktest.Run(t, &BucketPublicAccessBlocked, []checktest.Case{
		{Name: "by the bucket", Set: levels(all, none), Want: checks.PASS, Reason: "by the bucket"},
		{Name: "by the account", Set: levels(none, all), Want: checks.PASS, Reason: "by the account"},
		{Name: "flags are merged one by one", Set: levels(acls, policies), Want: checks.PASS, Reason: "together"},
		{Name: "an old bucket without a block", Set: levels(none, none), Want: checks.FAIL, Reason: "BlockPublicAcls"},
		{Name: "one level lacks what the other lacks", Set: levels(acls, acls), Want: checks.FAIL, Reason: "BlockPublicPolicy, RestrictPublicBuckets"},
		{Name: "account denied, bucket incomplete", Set: levels(acls, accountDenied), Want: checks.UNKNOWN, Reason: "s3control:GetPublicAccessBlock"},
		{Name: "account denied, bucket complete", Set: levels(all, accountDenied), Want: checks.PASS, Reason: "by the bucket"},
		{Name: "bucket denied, account complete", Set: levels(bucketDenied, all), Want: checks.PASS, Reason: "by the account"},
		{Name: "bucket denied still gives a finding", Set: levels(bucketDenied, none), Want: checks.UNKNOWN, Reason: "s3:GetPublicAccessBlock"},
		{Name: "deleted between list and read", Set: levels(unreadBlock("s3:GetPublicAccessBlock", snapshot.Changed), none), Want: checks.UNKNOWN, Reason: "changed"},
	})
}
