package resilience

import (
	"net/http"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestBucketReplicationEffective(t *testing.T) {
	type (
		change = func(*snapshot.Account)
		rule   = snapshot.ReplicationRule
	)
	const role = "arn:aws:iam::111122223333:role/replicate"
	global := checktest.At.In(snapshot.Global)
	good := func(to string, set ...func(*rule)) rule {
		r := rule{ID: "all", Status: "Enabled", Destination: "arn:aws:s3:::" + to, Role: role, WholeBucket: true}
		for _, f := range set {
			f(&r)
		}
		return r
	}
	with := func(rules []rule, more ...change) change {
		return func(a *snapshot.Account) {
			b := snapshot.Bucket{Meta: checktest.Meta("b", "arn:aws:s3:::b"), Versioning: snapshot.Value(snapshot.Versioning{Status: "Enabled"}), Replication: snapshot.Value(rules),
				Encryption: snapshot.Value(snapshot.BucketEncryption{Rules: []snapshot.EncryptionRule{{Algorithm: "AES256"}}})}
			copied := snapshot.Bucket{Meta: checktest.Meta("copy", "arn:aws:s3:::copy"), Versioning: snapshot.Value(snapshot.Versioning{Status: "Enabled"}), Replication: snapshot.Value([]rule(nil))}
			a.S3.Buckets = []snapshot.Bucket{b, copied}
			a.S3.Own = map[string]snapshot.Read[string]{"b": snapshot.Value("eu-west-1"), "copy": snapshot.Value("eu-west-1"), "unscanned": snapshot.Value("us-east-1")}
			a.S3.Named = map[string]snapshot.Read[snapshot.NamedBucket]{
				"foreign": snapshot.Value(snapshot.NamedBucket{Exists: true, Status: http.StatusForbidden, Region: "us-west-2"}),
				"gone":    snapshot.Value(snapshot.NamedBucket{Status: http.StatusNotFound}),
				"hidden":  snapshot.Missing[snapshot.NamedBucket](checktest.Unread("s3:HeadBucket", snapshot.Failed)),
			}
			a.IAM.Roles = []snapshot.Role{{Meta: snapshot.Meta{Location: global, Name: "replicate", ARN: role},
				Trust:  snapshot.Value(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"sts:AssumeRole"}]}`),
				Grants: snapshot.Grants{Inline: []snapshot.InlinePolicy{{Meta: snapshot.Meta{Location: global, Name: "p"}, Document: snapshot.Value(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Replicate*","Resource":"*"}]}`)}}}}}
			for _, f := range more {
				f(a)
			}
		}
	}
	bucket := func(i int, set func(*snapshot.Bucket)) change {
		return func(a *snapshot.Account) { set(&a.S3.Buckets[i]) }
	}
	versioning := func(i int, status string) change {
		return bucket(i, func(b *snapshot.Bucket) { b.Versioning = snapshot.Value(snapshot.Versioning{Status: status}) })
	}
	kms := bucket(0, func(b *snapshot.Bucket) {
		b.Encryption = snapshot.Value(snapshot.BucketEncryption{Rules: []snapshot.EncryptionRule{{Algorithm: "aws:kms"}}})
	})
	allows := func(statement string) change {
		return func(a *snapshot.Account) {
			a.IAM.Roles[0].Inline[0].Document = snapshot.Value(`{"Version":"2012-10-17","Statement":[` + statement + `]}`)
		}
	}
	part := func(r *rule) { r.WholeBucket = false }
	off := func(r *rule) { r.Status = "Disabled" }
	takes := func(r *rule) { r.KMSObjects, r.ReplicaKey = "Enabled", "arn:aws:kms:eu-west-1:111122223333:key/1" }
	markers := map[string]any{"require_delete_markers": true}
	checktest.RunFor(t, &BucketReplicationEffective, "b", []checktest.Case{
		{Name: "none", Set: with(nil), Want: checks.NotApplicable, Reason: "no replication rule is Enabled"},
		{Name: "disabled", Set: with([]rule{good("copy", off)}), Want: checks.NotApplicable, Reason: "no replication rule is Enabled"},
		{Name: "everything", Set: with([]rule{good("copy")}), Want: checks.PASS, Reason: "to copy; older ones need a batch job"},
		{Name: "no versions at the source", Set: with([]rule{good("copy")}, versioning(0, "Suspended")), Want: checks.FAIL, Reason: `versioning of the bucket is "Suspended"`},
		{Name: "no versions at the destination", Set: with([]rule{good("copy")}, versioning(1, "")), Want: checks.FAIL, Reason: `versioning of copy is ""`},
		{Name: "a part of the bucket", Set: with([]rule{good("copy", part)}), Want: checks.FAIL, Reason: "no rule covers the whole bucket"},
		{Name: "a tag filter beside a rule over the whole", Set: with([]rule{good("copy", part), good("copy")}), Want: checks.PASS, Reason: "to copy"},
		{Name: "the rule over the whole is disabled", Set: with([]rule{good("copy", part), good("copy", off)}), Want: checks.FAIL, Reason: "no rule covers"},
		{Name: "objects under KMS are skipped in silence", Set: with([]rule{good("copy")}, kms), Want: checks.FAIL, Reason: `the default encryption is aws:kms, and rule "all" skips objects under KMS`},
		{Name: "objects under KMS, and no key for the copies", Set: with([]rule{good("copy", takes, func(r *rule) { r.ReplicaKey = "" })}, kms), Want: checks.FAIL, Reason: "names no key for the copies"},
		{Name: "objects under KMS are taken along", Set: with([]rule{good("copy", takes)}, kms), Want: checks.PASS, Reason: "to copy"},
		{Name: "a filtered rule of a higher priority skips objects under KMS", Set: with([]rule{good("copy", takes), good("copy", part, func(r *rule) { r.ID, r.Priority = "some", 9 })}, kms), Want: checks.FAIL, Reason: `rule "some" skips`},
		{Name: "no such destination", Set: with([]rule{good("gone")}), Want: checks.FAIL, Reason: "no bucket gone exists"},
		{Name: "a destination of another account", Set: with([]rule{good("foreign")}), Want: checks.UNKNOWN, Reason: "whether foreign keeps versions can be read in its own account only"},
		{Name: "a destination of another account, and another fault", Set: with([]rule{good("foreign")}, versioning(0, "")), Want: checks.FAIL, Reason: "versioning of the bucket"},
		{Name: "a destination in a Region that was left out", Set: with([]rule{good("unscanned")}), Want: checks.UNKNOWN, Reason: "left out of the scan"},
		{Name: "a destination without an answer", Set: with([]rule{good("hidden")}), Want: checks.UNKNOWN, Reason: "s3:HeadBucket"},
		{Name: "no such role", Set: with([]rule{good("copy")}, func(a *snapshot.Account) { a.IAM.Roles = nil }), Want: checks.FAIL, Reason: "the role " + role + " does not exist"},
		{Name: "a role that S3 may not assume", Set: with([]rule{good("copy")}, func(a *snapshot.Account) {
			a.IAM.Roles[0].Trust = snapshot.Value(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)
		}), Want: checks.FAIL, Reason: "does not trust s3.amazonaws.com"},
		{Name: "a role that may write elsewhere only", Set: with([]rule{good("copy")}, allows(`{"Effect":"Allow","Action":"s3:Replicate*","Resource":"arn:aws:s3:::old/*"}`)), Want: checks.FAIL, Reason: "the role replicate may not s3:ReplicateObject in copy"},
		{Name: "a role that may write, and a Deny", Set: with([]rule{good("copy")}, allows(`{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Sid":"No","Effect":"Deny","Action":"s3:Replicate*","Resource":"*"}`)), Want: checks.FAIL, Reason: "takes it away"},
		{Name: "a role whose policy is unread", Set: with([]rule{good("copy")}, func(a *snapshot.Account) {
			a.IAM.Roles[0].Inline[0].Document = snapshot.Missing[string](checktest.Unread("iam:GetAccountAuthorizationDetails", snapshot.Malformed))
		}), Want: checks.UNKNOWN, Reason: "iam:GetAccountAuthorizationDetails"},
		{Name: "roles are unread", Set: with([]rule{good("copy")}, func(a *snapshot.Account) {
			a.IAM.Roles = nil
			checktest.Fail(a, "iam:GetAccountAuthorizationDetails", snapshot.Global, snapshot.Denied)
		}), Want: checks.UNKNOWN, Reason: "iam:GetAccountAuthorizationDetails"},
		{Name: "delete markers, not asked for", Set: with([]rule{good("copy", func(r *rule) { r.Deletions = "Disabled" })}), Want: checks.PASS, Reason: "to copy"},
		{Name: "delete markers, asked for", Set: with([]rule{good("copy", func(r *rule) { r.Deletions = "Disabled" })}), Parameters: markers, Want: checks.FAIL, Reason: `rule "all" does not replicate delete markers`},
		{Name: "delete markers", Set: with([]rule{good("copy", func(r *rule) { r.Deletions = "Enabled" })}), Parameters: markers, Want: checks.PASS, Reason: "to copy"},
		{Name: "replication is unread", Set: with(nil, bucket(0, func(b *snapshot.Bucket) {
			b.Replication = snapshot.Missing[[]rule](checktest.Unread("s3:GetBucketReplication", snapshot.Denied))
		})), Want: checks.UNKNOWN, Reason: "s3:GetBucketReplication"},
		{Name: "versioning is unread", Set: with([]rule{good("copy")}, bucket(0, func(b *snapshot.Bucket) {
			b.Versioning = snapshot.Missing[snapshot.Versioning](checktest.Unread("s3:GetBucketVersioning", snapshot.Denied))
		})), Want: checks.UNKNOWN, Reason: "s3:GetBucketVersioning"},
		{Name: "the destination's versioning is unread", Set: with([]rule{good("copy")}, bucket(1, func(b *snapshot.Bucket) {
			b.Versioning = snapshot.Missing[snapshot.Versioning](checktest.Unread("s3:GetBucketVersioning", snapshot.Denied))
		})), Want: checks.UNKNOWN, Reason: "s3:GetBucketVersioning"},
		{Name: "encryption is unread", Set: with([]rule{good("copy")}, bucket(0, func(b *snapshot.Bucket) {
			b.Encryption = snapshot.Missing[snapshot.BucketEncryption](checktest.Unread("s3:GetBucketEncryption", snapshot.Denied))
		})), Want: checks.UNKNOWN, Reason: "s3:GetBucketEncryption"},
	})
}
