package hygiene

import (
	"net/http"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestBucketPolicyPrincipalsExist(t *testing.T) {
	with := func(statements string) func(*snapshot.Account) {
		global := checktest.At.In(snapshot.Global)
		return func(a *snapshot.Account) {
			a.S3.Buckets = []snapshot.Bucket{{Meta: checktest.Meta("b", "arn:aws:s3:::b"), Policy: snapshot.Value(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)}}
			a.IAM.Roles = []snapshot.Role{{Meta: snapshot.Meta{Location: global, Name: "app", ARN: "arn:aws:iam::111122223333:role/service/app"}, ID: "AROAAPP0123456789ABC"}}
			a.IAM.Users = []snapshot.User{{Meta: snapshot.Meta{Location: global, Name: "ana", ARN: "arn:aws:iam::111122223333:user/people/ana"}, ID: "AIDAANA0123456789ABC"}}
		}
	}
	names := func(effect, principal string) func(*snapshot.Account) {
		return with(`{"Sid":"S","Effect":"` + effect + `","Principal":{"AWS":` + principal + `},"Action":"s3:*","Resource":"arn:aws:s3:::b/*"}`)
	}
	where := func(condition string) func(*snapshot.Account) {
		return with(`{"Sid":"S","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b/*","Condition":` + condition + `}`)
	}
	but := func(set, more func(*snapshot.Account)) func(*snapshot.Account) {
		return func(a *snapshot.Account) { set(a); more(a) }
	}
	denied := func(a *snapshot.Account) {
		a.IAM.Roles, a.IAM.Users = nil, nil
		checktest.Fail(a, "iam:GetAccountAuthorizationDetails", snapshot.Global, snapshot.Denied)
	}
	checktest.Run(t, &BucketPolicyPrincipalsExist, []checktest.Case{
		{Name: "no policy", Set: but(with(""), func(a *snapshot.Account) { a.S3.Buckets[0].Policy = snapshot.Value("") }), Want: checks.NotApplicable, Reason: "no bucket policy"},
		{Name: "a role that is there", Set: names("Allow", `"arn:aws:iam::111122223333:role/service/app"`), Want: checks.PASS, Reason: "no deleted"},
		{Name: "a deleted role", Set: names("Allow", `["arn:aws:iam::111122223333:role/service/app","AROAGONE0123456789AB"]`), Want: checks.FAIL, Reason: "names AROAGONE0123456789AB"},
		{Name: "a Deny of a deleted user protects from nobody", Set: names("Deny", `"AIDAGONE0123456789AB"`), Want: checks.FAIL, Reason: "AIDAGONE"},
		{Name: "NotPrincipal of a deleted role", Set: with(`{"Effect":"Deny","NotPrincipal":{"AWS":"AROAGONE0123456789AB"},"Action":"s3:*","Resource":"arn:aws:s3:::b/*"}`), Want: checks.FAIL, Reason: "AROAGONE"},
		{Name: "an account is no unique id", Set: names("Allow", `"444455556666"`), Want: checks.PASS, Reason: "no deleted"},
		{Name: "a role by condition", Set: where(`{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/service/app"}}`), Want: checks.PASS, Reason: "no deleted"},
		{Name: "paths are part of the ARN", Set: where(`{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/app"}}`), Want: checks.FAIL, Reason: "asks for arn:aws:iam::111122223333:role/app"},
		{Name: "a user by condition", Set: where(`{"StringNotEquals":{"aws:principalarn":"arn:aws:iam::111122223333:user/people/ana"}}`), Want: checks.PASS, Reason: "no deleted"},
		{Name: "a user of another path", Set: where(`{"StringNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/ana"}}`), Want: checks.FAIL, Reason: "user/ana"},
		{Name: "the root user is always there", Set: where(`{"StringNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:root"}}`), Want: checks.PASS, Reason: "no deleted"},
		{Name: "a wildcard is nobody's name", Set: where(`{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/x*"}}`), Want: checks.PASS, Reason: "no deleted"},
		{Name: "another account's cannot be looked up", Set: where(`{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::444455556666:role/x"}}`), Want: checks.PASS, Reason: "no deleted"},
		{Name: "sessions of a role by its id", Set: where(`{"StringNotLike":{"aws:userid":["AROAAPP0123456789ABC:*","AIDAANA0123456789ABC","111122223333"]}}`), Want: checks.PASS, Reason: "no deleted"},
		{Name: "an id that nobody has", Set: where(`{"StringNotLike":{"aws:userId":"AROAGONE0123456789AB:*"}}`), Want: checks.UNKNOWN, Reason: "another account's, or deleted"},
		{Name: "an id, and identities unread", Set: but(where(`{"StringNotLike":{"aws:userId":"AROAGONE0123456789AB:*"}}`), denied), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "a role, and identities unread", Set: but(where(`{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/service/app"}}`), denied), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "the policy is unread", Set: but(with(""), func(a *snapshot.Account) {
			a.S3.Buckets[0].Policy = snapshot.Missing[string](checktest.Unread("s3:GetBucketPolicy", snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestBucketUploadsAborted(t *testing.T) {
	rule := func(days int32) snapshot.LifecycleRule {
		return snapshot.LifecycleRule{ID: "u", Status: "Enabled", WholeBucket: true, AbortDays: days}
	}
	off, part := rule(7), rule(7)
	off.Status = "Disabled"
	part.WholeBucket, part.Filter = false, "prefix tmp/"
	checktest.Run(t, &BucketUploadsAborted, []checktest.Case{
		{Name: "after a week", Set: s3Bucket("", rule(7)), Want: checks.PASS, Reason: `rule "u" ends unfinished uploads after 7 days`},
		{Name: "on the last day", Set: s3Bucket("", rule(30)), Want: checks.PASS, Reason: "30 days"},
		{Name: "too late", Set: s3Bucket("", rule(31)), Want: checks.FAIL, Reason: "after 31 days; wanted is 30"},
		{Name: "one prefix is not the whole bucket", Set: s3Bucket("", part), Want: checks.FAIL, Reason: "in a part of the bucket: prefix tmp/"},
		{Name: "disabled", Set: s3Bucket("", off), Want: checks.FAIL, Reason: "is Disabled"},
		{Name: "a part, and the whole", Set: s3Bucket("", part, rule(14)), Want: checks.PASS, Reason: "14 days"},
		{Name: "rules about other things", Set: s3Bucket("", rule(0)), Want: checks.FAIL, Reason: "none of 1"},
		{Name: "no configuration", Set: s3Bucket(""), Want: checks.FAIL, Reason: "no lifecycle configuration"},
		{Name: "denied", Set: s3LifecycleDenied, Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestBucketReferencesExist(t *testing.T) {
	type change = func(*snapshot.Account)
	with := func(more ...change) change {
		return func(a *snapshot.Account) {
			b := snapshot.Bucket{Meta: checktest.Meta("b", "arn:aws:s3:::b"), Logging: snapshot.Value(snapshot.BucketLogging{}), Replication: snapshot.Value([]snapshot.ReplicationRule(nil)),
				Inventories: snapshot.Value([]snapshot.BucketExport(nil)), Analytics: snapshot.Value([]snapshot.BucketExport(nil)), Website: snapshot.Value(snapshot.Website{})}
			a.S3.Buckets = []snapshot.Bucket{b}
			a.S3.Own = map[string]snapshot.Read[string]{"b": snapshot.Value(checktest.At.Region), "own": snapshot.Value(checktest.Elsewhere)}
			a.S3.Named = map[string]snapshot.Read[snapshot.NamedBucket]{
				"refused": snapshot.Value(snapshot.NamedBucket{Exists: true, Status: http.StatusForbidden, Region: "us-east-1"}),
				"moved":   snapshot.Value(snapshot.NamedBucket{Exists: true, Status: http.StatusMovedPermanently, Region: "us-east-1"}),
				"free":    snapshot.Value(snapshot.NamedBucket{Status: http.StatusNotFound}),
				"broken":  snapshot.Missing[snapshot.NamedBucket](checktest.Unread("s3:HeadBucket", snapshot.Failed)),
			}
			for _, f := range more {
				f(a)
			}
		}
	}
	logs := func(to string) change {
		return func(a *snapshot.Account) {
			a.S3.Buckets[0].Logging = snapshot.Value(snapshot.BucketLogging{TargetBucket: to})
		}
	}
	copies := func(to, status string) change {
		return func(a *snapshot.Account) {
			a.S3.Buckets[0].Replication = snapshot.Value([]snapshot.ReplicationRule{{Status: status, Destination: "arn:aws:s3:::" + to}})
		}
	}
	export := func(to string, on bool) []snapshot.BucketExport {
		return []snapshot.BucketExport{{ID: "weekly", Enabled: on, Bucket: to}}
	}
	checktest.Run(t, &BucketReferencesExist, []checktest.Case{
		{Name: "none", Set: with(), Want: checks.NotApplicable, Reason: "no setting"},
		{Name: "into itself", Set: with(logs("b")), Want: checks.NotApplicable, Reason: "no setting"},
		{Name: "an own one, in a Region that is not scanned", Set: with(logs("own")), Want: checks.PASS, Reason: "exists: own"},
		{Name: "403 means that it exists", Set: with(copies("refused", "Enabled")), Want: checks.PASS, Reason: "refused"},
		{Name: "301 means that it exists", Set: with(copies("moved", "Enabled")), Want: checks.PASS, Reason: "moved"},
		{Name: "logs to nowhere", Set: with(logs("free")), Want: checks.FAIL, Reason: "do not exist as of 2026-11-01T12:00:00Z: free (access logs)"},
		{Name: "copies to nowhere", Set: with(copies("free", "Enabled")), Want: checks.FAIL, Reason: "free (replication)"},
		{Name: "a disabled rule sends nothing", Set: with(copies("free", "Disabled")), Want: checks.NotApplicable, Reason: "no setting"},
		{Name: "an inventory to nowhere", Set: with(func(a *snapshot.Account) { a.S3.Buckets[0].Inventories = snapshot.Value(export("free", true)) }), Want: checks.FAIL, Reason: "free (inventory weekly)"},
		{Name: "an inventory that is off", Set: with(func(a *snapshot.Account) { a.S3.Buckets[0].Inventories = snapshot.Value(export("free", false)) }), Want: checks.NotApplicable, Reason: "no setting"},
		{Name: "an analysis to nowhere", Set: with(func(a *snapshot.Account) { a.S3.Buckets[0].Analytics = snapshot.Value(export("free", true)) }), Want: checks.FAIL, Reason: "free (analytics weekly)"},
		{Name: "visitors to nowhere", Set: with(func(a *snapshot.Account) {
			a.S3.Buckets[0].Website = snapshot.Value(snapshot.Website{Configured: true, RedirectAll: "free.s3-website.eu-central-1.amazonaws.com"})
		}), Want: checks.FAIL, Reason: "free (redirect of the website)"},
		{Name: "visitors to a site of another kind", Set: with(func(a *snapshot.Account) {
			a.S3.Buckets[0].Website = snapshot.Value(snapshot.Website{Configured: true, RedirectAll: "www.acme.example"})
		}), Want: checks.NotApplicable, Reason: "no setting"},
		{Name: "one exists and one does not", Set: with(logs("own"), copies("free", "Enabled")), Want: checks.FAIL, Reason: "free"},
		{Name: "no answer", Set: with(logs("own"), copies("broken", "Enabled")), Want: checks.UNKNOWN, Reason: "s3:HeadBucket"},
		{Name: "a setting is unread", Set: with(logs("own"), func(a *snapshot.Account) {
			a.S3.Buckets[0].Analytics = snapshot.Missing[[]snapshot.BucketExport](checktest.Unread("s3:ListBucketAnalyticsConfigurations", snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: "s3:ListBucketAnalyticsConfigurations"},
		{Name: "a setting is unread, and another points to nowhere", Set: with(logs("free"), func(a *snapshot.Account) {
			a.S3.Buckets[0].Website = snapshot.Missing[snapshot.Website](checktest.Unread("s3:GetBucketWebsite", snapshot.Denied))
		}), Want: checks.FAIL, Reason: "free"},
	})
}
