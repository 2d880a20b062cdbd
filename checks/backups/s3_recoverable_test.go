package backups

import (
	"net/http"
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestBucketRecoverable(t *testing.T) {
	type (
		change = func(*snapshot.Account)
		rule   = snapshot.ReplicationRule
	)
	const role = "arn:aws:iam::111122223333:role/replicate"
	global := checktest.At.In(snapshot.Global)
	bucket := func(name string) snapshot.Bucket {
		return snapshot.Bucket{Meta: checktest.Meta(name, "arn:aws:s3:::"+name), BucketRegion: snapshot.Value(checktest.At.Region), Versioning: snapshot.Value(snapshot.Versioning{}),
			Lifecycle: snapshot.Value([]snapshot.LifecycleRule(nil)), ObjectLock: snapshot.Value(snapshot.ObjectLock{}), Replication: snapshot.Value([]rule(nil)),
			Encryption: snapshot.Value(snapshot.BucketEncryption{Rules: []snapshot.EncryptionRule{{Algorithm: "AES256"}}})}
	}
	// here is an account with a bucket that keeps nothing, and one that keeps versions.
	here := set(theVault(nil), func(a *snapshot.Account) {
		replica := bucket("copy")
		replica.Versioning = snapshot.Value(snapshot.Versioning{Status: "Enabled"})
		a.S3.Buckets = []snapshot.Bucket{bucket("b"), replica}
		a.S3.Own = map[string]snapshot.Read[string]{"b": snapshot.Value("eu-west-1"), "copy": snapshot.Value("eu-west-1")}
		a.S3.Named = map[string]snapshot.Read[snapshot.NamedBucket]{"foreign": snapshot.Value(snapshot.NamedBucket{Exists: true, Status: http.StatusForbidden, Region: "us-west-2"})}
		a.IAM.Roles = []snapshot.Role{{Meta: snapshot.Meta{Location: global, Name: "replicate", ARN: role},
			Trust:  snapshot.Value(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"sts:AssumeRole"}]}`),
			Grants: snapshot.Grants{Inline: []snapshot.InlinePolicy{{Meta: snapshot.Meta{Location: global, Name: "p"}, Document: snapshot.Value(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Replicate*","Resource":"*"}]}`)}}}}}
	})
	but := func(i int, f func(*snapshot.Bucket)) change { return func(a *snapshot.Account) { f(&a.S3.Buckets[i]) } }
	versioned := func(i int, status string, rules ...snapshot.LifecycleRule) change {
		return but(i, func(b *snapshot.Bucket) {
			b.Versioning, b.Lifecycle = snapshot.Value(snapshot.Versioning{Status: status}), snapshot.Value(rules)
		})
	}
	ends := func(days int32) snapshot.LifecycleRule {
		return snapshot.LifecycleRule{ID: "old", Status: "Enabled", WholeBucket: true, NoncurrentExpiration: true, NoncurrentDays: days}
	}
	off, current := ends(1), snapshot.LifecycleRule{ID: "now", Status: "Enabled", WholeBucket: true, ExpirationDays: 1}
	off.Status = "Disabled"
	point := func(age time.Duration, days int64, f func(*snapshot.RecoveryPoint)) change {
		return protected("arn:aws:s3:::b", pointOf("1", "arn:aws:s3:::b", age, days, f))
	}
	copies := func(f func(*rule), to ...string) change {
		return set(versioned(0, "Enabled", ends(1)), but(0, func(b *snapshot.Bucket) {
			var rules []rule
			for _, name := range to {
				r := rule{ID: "to " + name, Status: "Enabled", Destination: "arn:aws:s3:::" + name, Role: role, WholeBucket: true, Deletions: "Enabled"}
				if f != nil {
					f(&r)
				}
				rules = append(rules, r)
			}
			b.Replication = snapshot.Value(rules)
		}))
	}
	lock := func(l snapshot.ObjectLock) change {
		return set(versioned(0, "Enabled", ends(1)), but(0, func(b *snapshot.Bucket) { b.ObjectLock = snapshot.Value(l) }))
	}
	versionsUnread := func(i int) change {
		return but(i, func(b *snapshot.Bucket) {
			b.Versioning = snapshot.Missing[snapshot.Versioning](checktest.Unread("s3:GetBucketVersioning", snapshot.Denied))
		})
	}
	month := map[string]any{"min_days": 30}

	checktest.RunFor(t, &BucketRecoverable, "b", []checktest.Case{
		{Name: "nothing", Set: here, Want: checks.FAIL, Observed: map[string]string{"ways": ""},
			Reason: "nothing brings back what was lost 7 days ago: versions (versioning was never enabled), a backup (there is no recovery point), a replica (no replication rule is Enabled), Object Lock (there is none)"},

		{Name: "versions", Set: set(here, versioned(0, "Enabled")), Want: checks.PASS, Observed: map[string]string{"ways": "versions"},
			Reason: "data comes back by versions (versioning is Enabled, and no rule ends noncurrent ones before 7 days); not by a backup (there is no recovery point), a replica (no"},
		{Name: "versions that a rule ends at the end of the days", Set: set(here, versioned(0, "Enabled", ends(7))), Want: checks.PASS, Reason: "versions"},
		{Name: "versioning on with NoncurrentDays 1 is no way back", Set: set(here, versioned(0, "Enabled", ends(1))), Want: checks.FAIL, Reason: `versions (rule "old" ends noncurrent versions after 1 days)`},
		{Name: "more days are wanted", Set: set(here, versioned(0, "Enabled", ends(29))), Parameters: month, Want: checks.FAIL, Reason: "lost 30 days ago: versions (rule"},
		{Name: "a rule that is off", Set: set(here, versioned(0, "Enabled", off)), Want: checks.PASS, Reason: "versions"},
		{Name: "the end of current versions writes markers only", Set: set(here, versioned(0, "Enabled", current)), Want: checks.PASS, Reason: "versions"},
		{Name: "suspended", Set: set(here, versioned(0, "Suspended")), Want: checks.FAIL, Reason: "versions (versioning is Suspended)"},
		{Name: "versioning unread, nothing else", Set: set(here, versionsUnread(0)), Want: checks.UNKNOWN, Reason: "s3:GetBucketVersioning"},
		{Name: "the lifecycle unread", Set: set(here, versioned(0, "Enabled"), but(0, func(b *snapshot.Bucket) {
			b.Lifecycle = snapshot.Missing[[]snapshot.LifecycleRule](throttled)
		})), Want: checks.UNKNOWN, Reason: "throttled"},

		{Name: "a backup in the same account falls with the account", Set: set(here, point(aDay, 35, nil)), Want: checks.PASS, Observed: map[string]string{"ways": "a backup"},
			Reason: "data comes back by a backup (1 of 2026-10-31T12:00:00Z in vault main, in the same account, with which it falls); not by versions (versioning was never enabled)"},
		{Name: "a continuous backup is always current", Set: set(here, point(300*aDay, 35, continuous)), Want: checks.PASS, Reason: "the continuous db-1 in vault main, in the same account"},
		{Name: "a backup that is kept too short", Set: set(here, point(aDay, 6, nil)), Want: checks.FAIL, Reason: "a backup (1 is kept 6 days)"},
		{Name: "a backup that is too old", Set: set(here, point(3*aDay, 35, nil)), Want: checks.FAIL, Reason: "a backup (1 is of 2026-10-29T12:00:00Z; an age of 2 days is allowed)"},
		{Name: "an older one is allowed", Set: set(here, point(3*aDay, 35, nil)), Parameters: map[string]any{"max_age_hours": 72}, Want: checks.PASS, Reason: "a backup"},
		{Name: "a backup that expired", Set: set(here, point(aDay, 35, status("EXPIRED"))), Want: checks.FAIL, Reason: "1 is EXPIRED"},
		{Name: "its vault is gone", Set: set(here, point(aDay, 35, func(p *snapshot.RecoveryPoint) { p.Vault = "old" })), Want: checks.FAIL, Reason: "lay in vault old, which is gone"},
		{Name: "how long it is kept is unread", Set: set(here, point(aDay, 35, func(p *snapshot.RecoveryPoint) { p.Kept = snapshot.Missing[snapshot.Retention](throttled) })), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "backups unread, nothing else", Set: set(here, denied("backup:ListProtectedResources")), Want: checks.UNKNOWN, Reason: "backup:ListProtectedResources"},
		{Name: "backups unread are left aside where versions are kept", Set: set(here, versioned(0, "Enabled"), denied("backup:ListProtectedResources")), Want: checks.PASS, Reason: "not told: a backup (backup:ListProtectedResources"},
		{Name: "versioning unread is left aside where a backup is", Set: set(here, versionsUnread(0), point(aDay, 35, nil)), Want: checks.PASS, Reason: "not told: versions (s3:GetBucketVersioning"},
		{Name: "its Region unread", Set: set(here, but(0, func(b *snapshot.Bucket) { b.BucketRegion = snapshot.Missing[string](throttled) })), Want: checks.UNKNOWN, Reason: "throttled"},

		{Name: "a replica that keeps versions", Set: set(here, copies(nil, "copy")), Want: checks.PASS, Observed: map[string]string{"ways": "a replica"},
			Reason: "data comes back by a replica (rules carry what is written to copy, in the same account: there versioning is Enabled, and no rule"},
		{Name: "replication of delete markers is no harm", Set: set(here, copies(func(r *rule) { r.Deletions = "Enabled" }, "copy")), Want: checks.PASS, Reason: "a replica"},
		{Name: "without versions at the destination it is no backup", Set: set(here, copies(nil, "copy"), versioned(1, "Suspended")), Want: checks.FAIL, Reason: `a replica (to copy: versioning of copy is "Suspended")`},
		{Name: "versions that end too soon at the destination", Set: set(here, copies(nil, "copy"), versioned(1, "Enabled", ends(2))), Want: checks.FAIL, Reason: `a replica (in copy rule "old" ends noncurrent versions after 2 days)`},
		{Name: "a part of the bucket", Set: set(here, copies(func(r *rule) { r.WholeBucket = false }, "copy")), Want: checks.FAIL, Reason: "a replica (to copy: no rule covers the whole bucket)"},
		{Name: "a rule that is off", Set: set(here, copies(func(r *rule) { r.Status = "Disabled" }, "copy")), Want: checks.FAIL, Reason: "no replication rule is Enabled"},
		{Name: "what another account keeps cannot be told", Set: set(here, copies(nil, "foreign")), Want: checks.UNKNOWN, Reason: "whether foreign keeps versions can be read in its own account only"},
		{Name: "of two destinations one will do", Set: set(here, copies(nil, "foreign", "copy")), Want: checks.PASS, Reason: "written to copy"},
		{Name: "each destination is judged by its own rules", Set: set(here, copies(nil, "copy"), but(0, func(b *snapshot.Bucket) {
			rules, _ := b.Replication.Get()
			part := rules[0]
			part.ID, part.WholeBucket, part.Destination = "part", false, "arn:aws:s3:::foreign"
			b.Replication = snapshot.Value(append([]rule{part}, rules...))
		})), Want: checks.PASS, Reason: "written to copy"},
		{Name: "versioning of the destination unread", Set: set(here, copies(nil, "copy"), versionsUnread(1)), Want: checks.UNKNOWN, Reason: "s3:GetBucketVersioning"},
		{Name: "replication unread", Set: set(here, but(0, func(b *snapshot.Bucket) {
			b.Replication = snapshot.Missing[[]rule](checktest.Unread("s3:GetBucketReplication", snapshot.Denied))
		})), Want: checks.UNKNOWN, Reason: "s3:GetBucketReplication"},

		{Name: "Object Lock", Set: set(here, lock(snapshot.ObjectLock{Enabled: "Enabled", Mode: "GOVERNANCE", Days: 7})), Want: checks.PASS, Observed: map[string]string{"ways": "Object Lock"},
			Reason: "Object Lock (each version written since its default was set is retained for 7 days in mode GOVERNANCE)"},
		{Name: "Object Lock, too short", Set: set(here, lock(snapshot.ObjectLock{Enabled: "Enabled", Mode: "COMPLIANCE", Days: 1})), Want: checks.FAIL, Reason: "Object Lock (it retains for 1 day)"},
		{Name: "Object Lock without a default", Set: set(here, lock(snapshot.ObjectLock{Enabled: "Enabled"})), Want: checks.FAIL, Reason: "it has no default retention"},
		{Name: "Object Lock unread", Set: set(here, but(0, func(b *snapshot.Bucket) { b.ObjectLock = snapshot.Missing[snapshot.ObjectLock](throttled) })), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "two ways", Set: set(here, versioned(0, "Enabled"), point(aDay, 35, nil)), Want: checks.PASS, Reason: "and by a backup", Observed: map[string]string{"ways": "versions, a backup"}},

		{Name: "a versioned bucket with an empty listing is judged: its objects may all be deleted", Set: set(here, versioned(0, "Enabled", ends(1)), but(0, func(b *snapshot.Bucket) { b.Sample = snapshot.Value(snapshot.ObjectSample{}) })), Want: checks.FAIL, Reason: "nothing brings back"},
		{Name: "disposable", Set: here, Parameters: map[string]any{"disposable_buckets": []string{"x", "b"}}, Want: checks.NotApplicable, Reason: "among disposable_buckets (x, b)"},
	})
}
