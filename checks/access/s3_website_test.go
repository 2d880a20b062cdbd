package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestBucketWebsiteDisabled(t *testing.T) {
	site := func(w snapshot.Website) func(*snapshot.Bucket) {
		w.Configured = true
		return func(b *snapshot.Bucket) { b.Website = snapshot.Value(w) }
	}
	unread := func(b *snapshot.Bucket) {
		b.PublicAccess = unreadBlock("s3:GetPublicAccessBlock", snapshot.Denied)
	}
	denied := func(b *snapshot.Bucket) {
		b.Website = snapshot.Missing[snapshot.Website](checktest.Unread("s3:GetBucketWebsite", snapshot.Denied))
	}
	checktest.Run(t, &BucketWebsiteDisabled, []checktest.Case{
		{Name: "the not-found code", Set: s3Bucket(), Want: checks.PASS, Reason: "no website"},
		{Name: "an index", Set: s3Bucket(site(snapshot.Website{Index: "index.html"})), Want: checks.FAIL, Reason: "index.html"},
		{Name: "a redirect alone is a website", Set: s3Bucket(site(snapshot.Website{RedirectAll: "acme.example"})), Want: checks.FAIL, Reason: "acme.example"},
		{Name: "routing rules alone", Set: s3Bucket(site(snapshot.Website{Rules: 1})), Want: checks.FAIL, Reason: "configured"},
		{Name: "unreachable is still one", Set: s3Bucket(site(snapshot.Website{Index: "i"}), s3Block(flags{RestrictPublicBuckets: true})), Want: checks.FAIL, Reason: "nobody reaches it"},
		{Name: "unreachable by the account", Set: s3And(s3Bucket(site(snapshot.Website{Index: "i"})), s3AccountBlock(flags{RestrictPublicBuckets: true})), Want: checks.FAIL, Reason: "nobody reaches it"},
		{Name: "block denied", Set: s3Bucket(site(snapshot.Website{Index: "i"}), unread), Want: checks.FAIL, Reason: "configured"},
		{Name: "denied", Set: s3Bucket(denied), Want: checks.UNKNOWN, Reason: "denied"},
	})
	if r := BucketWebsiteDisabled.Remedy; r == "" || r[:5] != "Serve" {
		t.Errorf("remedy %q: TLS in the policy would break the website, not secure it", r)
	}
}

func TestAccessPointPublicAccessBlocked(t *testing.T) {
	with := func(r snapshot.Read[flags], bucketAccount string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.S3.PublicAccess = all
			a.S3.AccessPoints = []snapshot.AccessPoint{{Meta: checktest.Meta("p", "arn:aws:s3:eu-west-1:111122223333:accesspoint/p"), Bucket: "b", BucketAccount: bucketAccount, PublicAccess: r}}
		}
	}
	checktest.Run(t, &AccessPointPublicAccessBlocked, []checktest.Case{
		{Name: "complete", Set: with(all, "111122223333"), Want: checks.PASS, Reason: "for the access point"},
		{Name: "the account's block does not repair it", Set: with(acls, ""), Want: checks.FAIL, Reason: "BlockPublicPolicy, RestrictPublicBuckets"},
		{Name: "absent", Set: with(none, ""), Want: checks.FAIL, Reason: "BlockPublicAcls"},
		{Name: "on a bucket of another account", Set: with(all, "444455556666"), Want: checks.PASS, Reason: "belongs to account 444455556666"},
		{Name: "denied", Set: with(unreadBlock("s3control:GetAccessPoint", snapshot.Denied), ""), Want: checks.UNKNOWN, Reason: "s3control:GetAccessPoint"},
		{Name: "list denied", Set: func(a *snapshot.Account) {
			checktest.Fail(a, "s3control:ListAccessPoints", checktest.Elsewhere, snapshot.Denied)
		}, Want: checks.UNKNOWN, Reason: "s3control:ListAccessPoints"},
	})
}
