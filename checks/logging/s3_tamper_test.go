package logging

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestAuditLogBucketTamperResistant(t *testing.T) {
	type change = func(*snapshot.Account)
	bucket := func(set func(*snapshot.Bucket)) change {
		return func(a *snapshot.Account) { set(&a.S3.Buckets[0]) }
	}
	with := func(more ...change) change {
		return func(a *snapshot.Account) {
			logged()(a)
			b := &a.S3.Buckets[0]
			b.Policy, b.Lifecycle = snapshot.Value(""), snapshot.Value([]snapshot.LifecycleRule(nil))
			for _, f := range more {
				f(a)
			}
		}
	}
	trail := trailIs("audit")
	lock := func(mode string, days int32) change {
		return bucket(func(b *snapshot.Bucket) {
			b.ObjectLock = snapshot.Value(snapshot.ObjectLock{Enabled: "Enabled", Mode: mode, Days: days})
		})
	}
	statements := func(list ...string) change {
		return bucket(func(b *snapshot.Bucket) {
			b.Policy = snapshot.Value(`{"Version":"2012-10-17","Statement":[` + strings.Join(list, ",") + `]}`)
		})
	}
	refuse := func(actions, more string) string {
		return `{"Sid":"Keep","Effect":"Deny","Principal":"*","Action":[` + actions + `],"Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]` + more + `}`
	}
	const all = `"s3:DeleteObject","s3:DeleteObjectVersion","s3:PutLifecycleConfiguration"`
	spares := func(arn string) string { return `,"Condition":{"ArnNotLike":{"aws:PrincipalArn":"` + arn + `"}}` }
	rules := func(list ...snapshot.LifecycleRule) change {
		return bucket(func(b *snapshot.Bucket) { b.Lifecycle = snapshot.Value(list) })
	}
	current := snapshot.LifecycleRule{ID: "c", Status: "Enabled", WholeBucket: true, ExpirationDays: 90}
	old := snapshot.LifecycleRule{ID: "o", Status: "Enabled", WholeBucket: true, NoncurrentExpiration: true, NoncurrentDays: 30}
	versioning := func(v snapshot.Versioning) change {
		return bucket(func(b *snapshot.Bucket) { b.Versioning = snapshot.Value(v) })
	}
	const breakglass = "arn:aws:iam::111122223333:role/breakglass"
	exempt := map[string]any{"breakglass_principals": []string{breakglass, "arn:aws:iam::111122223333:role/break*"}}
	checktest.Run(t, &AuditLogBucketTamperResistant, []checktest.Case{
		{Name: "no logs", Set: with(), Want: checks.NotApplicable, Reason: "no target"},
		{Name: "Object Lock", Set: with(trail, lock("GOVERNANCE", 365)), Want: checks.PASS, Reason: "receives the logs of audit, and keeps them: Object Lock retains each for 365 days in mode GOVERNANCE"},
		{Name: "Object Lock, too short", Set: with(trail, lock("COMPLIANCE", 364)), Want: checks.FAIL, Reason: "Object Lock retains for 364 days only"},
		{Name: "MFA delete", Set: with(trail, versioning(snapshot.Versioning{Status: "Enabled", MFADelete: "Enabled"})), Want: checks.PASS, Reason: "second factor"},
		{Name: "a refusal", Set: with(trail, statements(refuse(all, ""))), Want: checks.PASS, Reason: `statement "Keep" of its policy refuses everybody to delete`},
		{Name: "a refusal in parts", Set: with(trail, statements(refuse(`"s3:DeleteObject*"`, ""), refuse(`"s3:PutLifecycleConfiguration"`, ""))), Want: checks.PASS, Reason: "refuses everybody"},
		{Name: "a refusal that leaves versions open", Set: with(trail, statements(refuse(`"s3:DeleteObject","s3:PutLifecycleConfiguration"`, ""))), Want: checks.FAIL, Reason: "does not refuse everybody s3:DeleteObjectVersion"},
		{Name: "a refusal that leaves the lifecycle open", Set: with(trail, statements(refuse(`"s3:DeleteObject*"`, ""))), Want: checks.FAIL, Reason: "does not refuse everybody s3:PutLifecycleConfiguration"},
		{Name: "a refusal that spares one who may", Set: with(trail, statements(refuse(all, spares(breakglass)))), Parameters: exempt, Want: checks.PASS, Reason: "refuses everybody"},
		{Name: "a refusal that spares one who may not", Set: with(trail, statements(refuse(all, spares(breakglass)))), Want: checks.FAIL, Reason: "spares " + breakglass},
		{Name: "a wildcard spares whoever makes such a role", Set: with(trail, statements(refuse(all, spares("arn:aws:iam::111122223333:role/break*")))), Parameters: exempt, Want: checks.FAIL, Reason: "spares arn:aws:iam::111122223333:role/break*"},
		{Name: "nothing", Set: with(trail), Want: checks.FAIL, Reason: "neither Object Lock nor MFA delete keeps them"},
		{Name: "no versions", Set: with(trail, versioning(snapshot.Versioning{}), statements(refuse(all, ""))), Want: checks.FAIL, Reason: `versioning is ""`},
		{Name: "another account may delete", Set: with(trail, lock("COMPLIANCE", 400), statements(`{"Sid":"P","Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"s3:Delete*","Resource":"arn:aws:s3:::b/*"}`)), Want: checks.FAIL, Reason: `statement "P" of its policy lets principals outside the account delete`},
		{Name: "and is refused again", Set: with(trail, statements(`{"Sid":"P","Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"s3:*","Resource":"arn:aws:s3:::b/*"}`, refuse(`"s3:*"`, ""))), Want: checks.PASS, Reason: "refuses everybody"},
		{Name: "the own account may delete", Set: with(trail, lock("COMPLIANCE", 400), statements(`{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"arn:aws:s3:::b/*"}`)), Want: checks.PASS, Reason: "keeps them"},
		{Name: "a lifecycle ends logs too soon", Set: with(trail, statements(refuse(all, "")), rules(current)), Want: checks.FAIL, Reason: "current versions after 90 days, sooner than 365"},
		{Name: "a lifecycle ends what was overwritten too soon", Set: with(trail, statements(refuse(all, "")), rules(old)), Want: checks.FAIL, Reason: "noncurrent versions after 30 days"},
		{Name: "a lock wins over a lifecycle", Set: with(trail, lock("COMPLIANCE", 365), rules(current, old)), Want: checks.PASS, Reason: "keeps them"},
		{Name: "fewer days are asked for", Set: with(trail, statements(refuse(all, "")), rules(current)), Parameters: map[string]any{"min_days": 90}, Want: checks.PASS, Reason: "keeps them"},
		{Name: "named by the policy", Set: with(lock("COMPLIANCE", 365)), Parameters: map[string]any{"log_buckets": []string{"b"}}, Want: checks.PASS, Reason: "is among log_buckets"},
		{Name: "into itself is no target", Set: with(bucket(func(b *snapshot.Bucket) { b.Logging = snapshot.Value(snapshot.BucketLogging{TargetBucket: "b"}) })), Want: checks.NotApplicable, Reason: "no target"},
		{Name: "trails are unread", Set: with(func(a *snapshot.Account) {
			checktest.Fail(a, "cloudtrail:DescribeTrails", checktest.Elsewhere, snapshot.Denied)
		}), Want: checks.UNKNOWN, Reason: "cloudtrail:DescribeTrails"},
		{Name: "the lock is unread", Set: with(trail, bucket(func(b *snapshot.Bucket) {
			b.ObjectLock = snapshot.Missing[snapshot.ObjectLock](checktest.Unread("s3:GetObjectLockConfiguration", snapshot.Denied))
		})), Want: checks.UNKNOWN, Reason: "s3:GetObjectLockConfiguration"},
		{Name: "the lock is unread, and the policy keeps them", Set: with(trail, statements(refuse(all, "")), bucket(func(b *snapshot.Bucket) {
			b.ObjectLock = snapshot.Missing[snapshot.ObjectLock](checktest.Unread("s3:GetObjectLockConfiguration", snapshot.Denied))
		})), Want: checks.PASS, Reason: "refuses everybody"},
		{Name: "the lock is unread, and a lifecycle is short", Set: with(trail, statements(refuse(all, "")), rules(old), bucket(func(b *snapshot.Bucket) {
			b.ObjectLock = snapshot.Missing[snapshot.ObjectLock](checktest.Unread("s3:GetObjectLockConfiguration", snapshot.Denied))
		})), Want: checks.UNKNOWN, Reason: "s3:GetObjectLockConfiguration"},
		{Name: "versioning is unread", Set: with(trail, lock("COMPLIANCE", 365), bucket(func(b *snapshot.Bucket) {
			b.Versioning = snapshot.Missing[snapshot.Versioning](checktest.Unread("s3:GetBucketVersioning", snapshot.Denied))
		})), Want: checks.UNKNOWN, Reason: "s3:GetBucketVersioning"},
		{Name: "the policy is unread", Set: with(trail, lock("COMPLIANCE", 365), bucket(func(b *snapshot.Bucket) {
			b.Policy = snapshot.Missing[string](checktest.Unread("s3:GetBucketPolicy", snapshot.Denied))
		})), Want: checks.UNKNOWN, Reason: "s3:GetBucketPolicy"},
		{Name: "the lifecycle is unread", Set: with(trail, statements(refuse(all, "")), bucket(func(b *snapshot.Bucket) {
			b.Lifecycle = snapshot.Missing[[]snapshot.LifecycleRule](checktest.Unread("s3:GetBucketLifecycleConfiguration", snapshot.Denied))
		})), Want: checks.UNKNOWN, Reason: "s3:GetBucketLifecycleConfiguration"},
	})
	source := snapshot.Bucket{Meta: checktest.Meta("app", "arn:aws:s3:::app"), Logging: snapshot.Value(snapshot.BucketLogging{TargetBucket: "b"}),
		Versioning: snapshot.Value(snapshot.Versioning{}), ObjectLock: snapshot.Value(snapshot.ObjectLock{}), Policy: snapshot.Value(""), Lifecycle: snapshot.Value([]snapshot.LifecycleRule(nil))}
	and := func(more ...change) change {
		return with(append(more, func(a *snapshot.Account) { a.S3.Buckets = append(a.S3.Buckets, source) })...)
	}
	checktest.RunFor(t, &AuditLogBucketTamperResistant, "b", []checktest.Case{
		{Name: "a target of access logs", Set: and(statements(refuse(all, ""))), Want: checks.PASS, Reason: "receives the access logs of app"},
		{Name: "a target of access logs without anything", Set: and(), Want: checks.FAIL, Reason: "receives the access logs of app"},
		{Name: "perhaps a target", Set: and(func(*snapshot.Account) {
			source.Logging = snapshot.Missing[snapshot.BucketLogging](checktest.Unread("s3:GetBucketLogging", snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: "s3:GetBucketLogging"},
	})
}
