package logging

import (
	"net/http"
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestBucketAccessLogDelivery(t *testing.T) {
	type change = func(*snapshot.Account)
	target := func(set func(*snapshot.Bucket)) change {
		return func(a *snapshot.Account) { set(&a.S3.Buckets[0]) }
	}
	statements := func(list ...string) change {
		text := `{"Version":"2012-10-17","Statement":[` + strings.Join(list, ",") + `]}`
		return target(func(b *snapshot.Bucket) { b.Policy = snapshot.Value(text) })
	}
	// with is a bucket, b, that sends its logs to the own bucket logs, changed by more.
	with := func(more ...change) change {
		return func(a *snapshot.Account) {
			logs := snapshot.Bucket{Meta: checktest.Meta("logs", "arn:aws:s3:::logs"), Ownership: snapshot.Value("BucketOwnerEnforced"), ObjectLock: snapshot.Value(snapshot.ObjectLock{}),
				Encryption: snapshot.Value(snapshot.BucketEncryption{Rules: []snapshot.EncryptionRule{{Algorithm: "AES256"}}}), Policy: snapshot.Value(""), ACL: snapshot.Value(snapshot.BucketACL{}),
				Logging: snapshot.Value(snapshot.BucketLogging{})}
			source := snapshot.Bucket{Meta: checktest.Meta("b", "arn:aws:s3:::b"), BucketRegion: snapshot.Value(checktest.At.Region),
				Logging: snapshot.Value(snapshot.BucketLogging{TargetBucket: "logs", TargetPrefix: "b/"})}
			a.S3.Buckets = []snapshot.Bucket{logs, source}
			a.S3.Own = map[string]snapshot.Read[string]{"b": snapshot.Value(checktest.At.Region), "logs": snapshot.Value(checktest.At.Region)}
			a.S3.Named = map[string]snapshot.Read[snapshot.NamedBucket]{}
			a.Org.Organization = snapshot.Missing[snapshot.Organization](snapshot.ErrAbsent)
			for _, f := range more {
				f(a)
			}
		}
	}
	gone := func(place snapshot.NamedBucket) change {
		return func(a *snapshot.Account) {
			a.S3.Buckets = a.S3.Buckets[1:]
			delete(a.S3.Own, "logs")
			a.S3.Named["logs"] = snapshot.Value(place)
		}
	}
	acl := func(ownership, group, permission string) change {
		return target(func(b *snapshot.Bucket) {
			b.Ownership = snapshot.Value(ownership)
			b.ACL = snapshot.Value(snapshot.BucketACL{Grants: []snapshot.BucketGrant{{Type: "Group", Group: group, Permission: permission}}})
		})
	}
	allow := func(resource, condition string) string {
		s := `{"Sid":"Logs","Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},"Action":"s3:PutObject","Resource":"` + resource + `"`
		if condition != "" {
			s += `,"Condition":` + condition
		}
		return s + "}"
	}
	refuse := func(condition string) string {
		return `{"Sid":"No","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::logs","arn:aws:s3:::logs/*"],"Condition":` + condition + `}`
	}
	const everything, mine = "arn:aws:s3:::logs/*", `{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::b"},"StringEquals":{"aws:SourceAccount":"111122223333"}}`
	good := allow(everything, mine)
	unread := func(op string, set func(*snapshot.Bucket, error)) change {
		return target(func(b *snapshot.Bucket) { set(b, checktest.Unread(op, snapshot.Denied)) })
	}
	cases := []checktest.Case{
		{Name: "off", Set: with(func(a *snapshot.Account) { a.S3.Buckets[1].Logging = snapshot.Value(snapshot.BucketLogging{}) }), Want: checks.NotApplicable, Reason: "off"},
		{Name: "by the policy", Set: with(statements(good)), Want: checks.PASS, Reason: `logs can reach logs under "b/": its policy lets logging.s3.amazonaws.com write; delivery is best effort`},
		{Name: "under the prefix", Set: with(statements(allow("arn:aws:s3:::logs/b/*", ""))), Want: checks.PASS, Reason: "can reach"},
		{Name: "under another prefix", Set: with(statements(allow("arn:aws:s3:::logs/c/*", ""))), Want: checks.FAIL, Reason: "no statement of its policy lets logging.s3.amazonaws.com write for this bucket"},
		{Name: "for another source", Set: with(statements(allow(everything, `{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::c"}}`))), Want: checks.FAIL, Reason: "for this bucket"},
		{Name: "for another account", Set: with(statements(allow(everything, `{"StringEquals":{"aws:SourceAccount":"444455556666"}}`))), Want: checks.FAIL, Reason: "for this bucket"},
		{Name: "no policy, and ACLs have no effect", Set: with(acl("BucketOwnerEnforced", logDelivery, "WRITE")), Want: checks.FAIL, Reason: "its ACL has no effect (BucketOwnerEnforced)"},
		{Name: "by an ACL", Set: with(acl("ObjectWriter", logDelivery, "WRITE")), Want: checks.PASS, Reason: "its ACL grants WRITE to the log delivery group"},
		{Name: "by an ACL, where ownership was never set", Set: with(acl("", logDelivery, "FULL_CONTROL")), Want: checks.PASS, Reason: "FULL_CONTROL"},
		{Name: "an ACL to read", Set: with(acl("ObjectWriter", logDelivery, "READ_ACP")), Want: checks.FAIL, Reason: "grants the log delivery group nothing"},
		{Name: "an ACL to another group", Set: with(acl("ObjectWriter", "http://acs.amazonaws.com/groups/global/AllUsers", "WRITE")), Want: checks.FAIL, Reason: "nothing"},
		{Name: "by an ACL, and a Deny", Set: with(acl("ObjectWriter", logDelivery, "WRITE"), statements(refuse(`{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}`))), Want: checks.FAIL, Reason: `"No" of its policy refuses`},
		{Name: "Block Public Access does not cut services", Set: with(statements(good), func(a *snapshot.Account) {
			all := snapshot.PublicAccessBlock{BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true}
			a.S3.PublicAccess, a.S3.Buckets[0].PublicAccess = snapshot.Value(all), snapshot.Value(all)
		}), Want: checks.PASS, Reason: "can reach"},
		{Name: "a Deny of requests without TLS", Set: with(statements(good, refuse(`{"Bool":{"aws:SecureTransport":"false"}}`))), Want: checks.PASS, Reason: "can reach"},
		{Name: "a Deny of writes without an encryption header", Set: with(statements(good, refuse(`{"Null":{"s3:x-amz-server-side-encryption":"true"}}`))), Want: checks.FAIL, Reason: `statement "No" of its policy refuses logging.s3.amazonaws.com`},
		{Name: "a Deny of other networks", Set: with(statements(good, refuse(`{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}`))), Want: checks.FAIL, Reason: `"No"`},
		{Name: "a Deny of other networks that spares services", Set: with(statements(good, refuse(`{"StringNotEquals":{"aws:SourceVpce":"vpce-1"},"Bool":{"aws:PrincipalIsAWSService":"false"}}`))), Want: checks.PASS, Reason: "can reach"},
		{Name: "a Deny of other organizations", Set: with(statements(good, refuse(`{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}`))), Want: checks.FAIL, Reason: `"No"`},
		{Name: "a Deny of what only the request tells", Set: with(statements(good, refuse(`{"StringNotEquals":{"s3:x-amz-acl":"private"}}`))), Want: checks.UNKNOWN, Reason: `"No" of its policy turns on`},
		{Name: "by an ACL, and a Deny of what only the request tells", Set: with(acl("ObjectWriter", logDelivery, "WRITE"), statements(refuse(`{"StringNotEquals":{"s3:x-amz-acl":"private"}}`))), Want: checks.UNKNOWN, Reason: `"No" of its policy turns on`},
		{Name: "a Deny of other organizations as source", Set: with(statements(good, refuse(`{"StringNotEquals":{"aws:SourceOrgID":"o-1"}}`)), func(a *snapshot.Account) {
			a.Org.Organization = snapshot.Value(snapshot.Organization{ID: "o-1"})
		}), Want: checks.PASS, Reason: "can reach"},
		{Name: "a KMS default", Set: with(statements(good), target(func(b *snapshot.Bucket) {
			b.Encryption = snapshot.Value(snapshot.BucketEncryption{Rules: []snapshot.EncryptionRule{{Algorithm: "aws:kms"}}})
		})), Want: checks.FAIL, Reason: "default encryption is aws:kms"},
		{Name: "a default retention", Set: with(statements(good), target(func(b *snapshot.Bucket) {
			b.ObjectLock = snapshot.Value(snapshot.ObjectLock{Enabled: "Enabled", Mode: "GOVERNANCE", Days: 1})
		})), Want: checks.FAIL, Reason: "retains by default there (mode GOVERNANCE)"},
		{Name: "Object Lock without a default", Set: with(statements(good), target(func(b *snapshot.Bucket) {
			b.ObjectLock = snapshot.Value(snapshot.ObjectLock{Enabled: "Enabled"})
		})), Want: checks.PASS, Reason: "can reach"},
		{Name: "no such bucket", Set: with(gone(snapshot.NamedBucket{Status: http.StatusNotFound})), Want: checks.FAIL, Reason: "there is no bucket logs"},
		{Name: "made again by somebody else", Set: with(gone(snapshot.NamedBucket{Exists: true, Status: http.StatusForbidden, Region: "eu-west-1"})), Want: checks.FAIL, Reason: "no bucket of this account"},
		{Name: "in another Region", Set: with(statements(good), func(a *snapshot.Account) { a.S3.Own["logs"] = snapshot.Value(checktest.Elsewhere) }), Want: checks.FAIL, Reason: "lies in eu-central-1 and the bucket in eu-west-1"},
		{Name: "perhaps own", Set: with(gone(snapshot.NamedBucket{Exists: true}), func(a *snapshot.Account) { checktest.Fail(a, "s3:ListBuckets", snapshot.Global, snapshot.Failed) }), Want: checks.UNKNOWN, Reason: "s3:ListBuckets"},
		{Name: "an obstacle, and another unread", Set: with(unread("s3:GetBucketPolicy", func(b *snapshot.Bucket, err error) {
			b.Policy, b.ObjectLock = snapshot.Missing[string](err), snapshot.Value(snapshot.ObjectLock{Enabled: "Enabled", Mode: "COMPLIANCE", Days: 1})
		})), Want: checks.FAIL, Reason: "COMPLIANCE"},
		{Name: "logging is unread", Set: with(func(a *snapshot.Account) {
			a.S3.Buckets[1].Logging = snapshot.Missing[snapshot.BucketLogging](checktest.Unread("s3:GetBucketLogging", snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: "s3:GetBucketLogging"},
	}
	for op, set := range map[string]func(*snapshot.Bucket, error){
		"s3:GetBucketPolicy":            func(b *snapshot.Bucket, err error) { b.Policy = snapshot.Missing[string](err) },
		"s3:GetObjectLockConfiguration": func(b *snapshot.Bucket, err error) { b.ObjectLock = snapshot.Missing[snapshot.ObjectLock](err) },
		"s3:GetBucketEncryption":        func(b *snapshot.Bucket, err error) { b.Encryption = snapshot.Missing[snapshot.BucketEncryption](err) },
	} {
		cases = append(cases, checktest.Case{Name: "unread: " + op, Set: with(statements(good), unread(op, set)), Want: checks.UNKNOWN, Reason: op})
	}
	for op, set := range map[string]func(*snapshot.Bucket, error){
		"s3:GetBucketAcl":               func(b *snapshot.Bucket, err error) { b.ACL = snapshot.Missing[snapshot.BucketACL](err) },
		"s3:GetBucketOwnershipControls": func(b *snapshot.Bucket, err error) { b.Ownership = snapshot.Missing[string](err) },
	} {
		cases = append(cases, checktest.Case{Name: "unread: " + op, Set: with(acl("ObjectWriter", logDelivery, "WRITE"), unread(op, set)), Want: checks.UNKNOWN, Reason: op})
	}
	checktest.RunFor(t, &BucketAccessLogDelivery, "b", cases)
}
