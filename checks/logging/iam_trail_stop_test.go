package logging

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const stopOwn = "arn:aws:iam::111122223333:"

// principalMay is an account with a trail that delivers to the bucket b, and a user ann with
// these statements.
func principalMay(statements ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		logged(trailIs("main"))(a)
		a.S3.Buckets[0].Policy = snapshot.Value("")
		a.S3.Own = map[string]snapshot.Read[string]{"b": snapshot.Value(checktest.At.Region)}
		a.Org.Organization = snapshot.Missing[snapshot.Organization](snapshot.ErrAbsent)
		at := checktest.Meta("ann", stopOwn+"user/ann")
		at.Region = snapshot.Global
		u := snapshot.User{Meta: at, Path: "/"}
		u.Inline = []snapshot.InlinePolicy{{Meta: at, Owner: at.ARN, Document: snapshot.Value(stopDocument(statements...))}}
		u.Inline[0].Name = "p"
		a.IAM.Users = []snapshot.User{u}
	}
}

func stopDocument(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

// effect is a statement about actions, separated by spaces, on a resource.
func effectOf(word, actions, resource string, more ...string) string {
	return `{"Effect":"` + word + `","Action":["` + strings.Join(strings.Fields(actions), `","`) + `"],"Resource":"` + resource + `"` + strings.Join(more, "") + `}`
}

func stopSet(list ...func(*snapshot.Account)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		for _, f := range list {
			f(a)
		}
	}
}

// railed puts the account into an organization with these service control policies.
func railed(statements ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.Org.Organization = snapshot.Value(snapshot.Organization{ID: "o-acme", ManagementAccount: "999988887777", FeatureSet: "ALL"})
		a.Org.Path = snapshot.Value([]snapshot.OrganizationLevel{{ID: "r-1", SCPs: snapshot.Value([]snapshot.ControlPolicy{{ID: "p-1", Name: "guardrail",
			Document: snapshot.Value(stopDocument(append(statements, effectOf("Allow", "*", "*"))...))}})}})
	}
}

func TestPrincipalCannotStopAuditTrail(t *testing.T) {
	const trail, other = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main", "arn:aws:cloudtrail:eu-west-1:111122223333:trail/other"
	const bucket = "arn:aws:s3:::b"
	all := effectOf("Allow", "*", "*")
	allow := func(actions, resource string, more ...string) string {
		return effectOf("Allow", actions, resource, more...)
	}
	deny := func(actions, resource string, more ...string) string {
		return effectOf("Deny", actions, resource, more...)
	}
	bucketPolicy := func(statements ...string) func(*snapshot.Account) {
		return bucketIs(func(b *snapshot.Bucket) { b.Policy = snapshot.Value(stopDocument(statements...)) })
	}
	bucketPolicyDenied := bucketIs(func(b *snapshot.Bucket) {
		b.Policy = snapshot.Missing[string](checktest.Unread("s3:GetBucketPolicy", snapshot.Denied))
	})
	everybody := `,"Principal":"*"`
	changed := func(f func(*snapshot.Trail)) func(*snapshot.Account) {
		return func(a *snapshot.Account) { f(&a.Trail.Trails[0]) }
	}
	organization := changed(func(t *snapshot.Trail) {
		t.ARN, t.Organization, t.Bucket = "arn:aws:cloudtrail:eu-west-1:999988887777:trail/main", true, "elsewhere"
	})
	key := snapshot.KeyARN(checktest.At, "k")
	encrypted := func(policy snapshot.Read[string], m snapshot.KeyMetadata) func(*snapshot.Account) {
		return stopSet(changed(func(t *snapshot.Trail) { t.KMSKeyID = key }), func(a *snapshot.Account) {
			m.ARN = key
			a.KMS.Answered = []snapshot.KeyAnswer{{Meta: checktest.Meta("", key), Metadata: snapshot.Value(m), Policy: policy}}
		})
	}
	hands := snapshot.Value(stopDocument(effectOf("Allow", "kms:*", "*", `,"Principal":{"AWS":"`+stopOwn+`root"}`)))
	names := snapshot.Value(stopDocument(effectOf("Allow", "kms:*", "*", `,"Principal":{"AWS":"`+stopOwn+`user/ann"}`)))
	closed := snapshot.Value(stopDocument(effectOf("Allow", "kms:*", "*", `,"Principal":{"AWS":"`+stopOwn+`role/keeper"}`)))
	unreadKey := snapshot.Missing[string](checktest.Unread("kms:GetKeyPolicy", snapshot.Denied))
	customer := snapshot.KeyMetadata{Manager: "CUSTOMER", State: "Enabled"}
	exempt := func(who string) string { return `,"Condition":{"ArnNotLike":{"aws:PrincipalArn":"` + who + `"}}` }
	role := func(path string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			at := checktest.Meta("app", stopOwn+"role"+path+"app")
			at.Region = snapshot.Global
			r := snapshot.Role{Meta: at, Path: path}
			r.Inline = []snapshot.InlinePolicy{{Meta: at, Owner: at.ARN, Document: snapshot.Value(stopDocument(all))}}
			a.IAM.Users, a.IAM.Roles = nil, []snapshot.Role{r}
		}
	}
	checktest.Run(t, &PrincipalCannotStopAuditTrail, []checktest.Case{
		{Name: "an administrator", Set: principalMay(all), Want: checks.FAIL, Reason: "cloudtrail:StopLogging, cloudtrail:DeleteTrail, cloudtrail:UpdateTrail, cloudtrail:PutEventSelectors on the trail main; s3:DeleteBucket, s3:PutBucketPolicy, s3:PutLifecycleConfiguration on the bucket b, by "},
		{Name: "nothing of it", Set: principalMay(allow("cloudtrail:Describe* s3:GetObject", "*")), Want: checks.PASS, Reason: "may neither stop nor blind 1 trail: main"},
		{Name: "named as intended", Set: principalMay(all), Parameters: map[string]any{"allowed_principals": []string{stopOwn + "user/*"}}, Want: checks.PASS, Reason: "named in allowed_principals"},
		{Name: "named by its name", Set: principalMay(all), Parameters: map[string]any{"allowed_principals": []string{"ann"}}, Want: checks.PASS},
		{Name: "this trail alone", Set: principalMay(allow("cloudtrail:StopLogging", trail)), Want: checks.FAIL, Reason: "cloudtrail:StopLogging on the trail main, by "},
		{Name: "another trail, which is none", Set: principalMay(allow("cloudtrail:*", other)), Want: checks.PASS},
		{Name: "the second of two trails", Set: stopSet(principalMay(allow("cloudtrail:*", other)), trailIs("other")), Want: checks.FAIL, Reason: "on the trail other"},
		{Name: "a lifecycle blinds as well", Set: principalMay(allow("s3:PutLifecycleConfiguration", bucket)), Want: checks.FAIL, Reason: "s3:PutLifecycleConfiguration on the bucket b"},
		{Name: "another bucket", Set: principalMay(allow("s3:*", "arn:aws:s3:::c")), Want: checks.PASS},
		{Name: "deleting objects is another check's", Set: principalMay(allow("s3:DeleteObject", "*")), Want: checks.PASS},
		{Name: "the bucket policy refuses everybody", Set: stopSet(principalMay(allow("s3:*", "*")), bucketPolicy(deny("s3:*", bucket, everybody))), Want: checks.PASS},
		{Name: "it refuses others alone", Set: stopSet(principalMay(allow("s3:*", "*")), bucketPolicy(deny("s3:*", bucket, everybody, exempt(stopOwn+"user/ann")))), Want: checks.FAIL},
		{Name: "it spares another alone", Set: stopSet(principalMay(allow("s3:*", "*")), bucketPolicy(deny("s3:*", bucket, everybody, exempt(stopOwn+"user/bob")))), Want: checks.PASS},
		{Name: "it gives the right", Set: stopSet(principalMay(allow("sqs:*", "*")), bucketPolicy(allow("s3:DeleteBucket", bucket, `,"Principal":{"AWS":"`+stopOwn+`user/ann"}`))), Want: checks.FAIL, Reason: "by the policy of the bucket b statement 1"},
		{Name: "it is not read, and may refuse", Set: stopSet(principalMay(allow("s3:DeleteBucket", "*")), bucketPolicyDenied), Want: checks.FAIL, Reason: "not read, and might lift it: the policy of the bucket b"},
		{Name: "it is not read, and may give", Set: stopSet(principalMay(allow("sqs:*", "*")), bucketPolicyDenied), Want: checks.UNKNOWN, Reason: "s3:GetBucketPolicy"},
		{Name: "it is not read, and an own Deny decides", Set: stopSet(principalMay(allow("s3:*", "*"), deny("s3:*", "*")), bucketPolicyDenied), Want: checks.PASS},
		{Name: "the bucket is another account's", Set: stopSet(principalMay(allow("s3:*", "*")), changed(func(t *snapshot.Trail) { t.Bucket = "elsewhere" })), Want: checks.PASS, Reason: "the bucket elsewhere of main is another account's and is not judged here"},
		{Name: "the bucket lies in a Region that was left out", Set: stopSet(principalMay(allow("s3:*", "*")), func(a *snapshot.Account) { a.S3.Buckets = nil }), Want: checks.FAIL, Reason: "its Region was left out of the scan"},
		{Name: "the list of buckets was not read", Set: stopSet(principalMay(allow("s3:*", "*")), changed(func(t *snapshot.Trail) { t.Bucket = "elsewhere" }), func(a *snapshot.Account) {
			checktest.Fail(a, "s3:ListBuckets", snapshot.Global, snapshot.Denied)
		}), Want: checks.UNKNOWN, Reason: "s3:ListBuckets"},
		{Name: "an organization's trail cannot be stopped from a member", Set: stopSet(principalMay(all), railed(), organization), Want: checks.PASS, Reason: "main is the organization's: outside the account 999988887777 nobody can stop it"},
		{Name: "its key, by a key policy that leaves it to the account", Set: stopSet(principalMay(allow("kms:ScheduleKeyDeletion", "*")), encrypted(hands, customer)), Want: checks.FAIL, Reason: "kms:ScheduleKeyDeletion on the key of main"},
		{Name: "its key, by a key policy that names others alone", Set: stopSet(principalMay(allow("kms:*", "*")), encrypted(closed, customer)), Want: checks.PASS},
		{Name: "its key, by the key policy alone", Set: stopSet(principalMay(allow("sqs:*", "*")), encrypted(names, customer)), Want: checks.FAIL, Reason: "kms:DisableKey, kms:ScheduleKeyDeletion on the key of main, by the policy of the key"},
		{Name: "its key, whose policy was not read", Set: stopSet(principalMay(allow("kms:*", "*")), encrypted(unreadKey, customer)), Want: checks.FAIL, Reason: "not read, and might lift it: the policy of the key"},
		{Name: "its key, whose policy was not read and may give", Set: stopSet(principalMay(allow("sqs:*", "*")), encrypted(unreadKey, customer)), Want: checks.UNKNOWN, Reason: "kms:GetKeyPolicy"},
		{Name: "a key of AWS's cannot be disabled", Set: stopSet(principalMay(allow("kms:*", "*")), encrypted(unreadKey, snapshot.KeyMetadata{Manager: "AWS"})), Want: checks.PASS},
		{Name: "another account's key", Set: stopSet(principalMay(allow("kms:*", "*")), changed(func(t *snapshot.Trail) { t.KMSKeyID = "arn:aws:kms:eu-west-1:999988887777:key/k" })), Want: checks.PASS, Reason: "the key of main is another account's"},
		{Name: "a boundary cuts it", Set: stopSet(principalMay(all), func(a *snapshot.Account) {
			at := checktest.Meta("limit", stopOwn+"policy/limit")
			at.Region = snapshot.Global
			a.IAM.Policies = []snapshot.ManagedPolicy{{Meta: at, Document: snapshot.Value(stopDocument(allow("s3:Get*", "*")))}}
			a.IAM.Users[0].BoundaryARN = at.ARN
		}), Want: checks.PASS},
		{Name: "by a group", Set: stopSet(principalMay(allow("sqs:*", "*")), func(a *snapshot.Account) {
			at := checktest.Meta("ops", stopOwn+"group/ops")
			at.Region = snapshot.Global
			g := snapshot.Group{Meta: at}
			g.Inline = []snapshot.InlinePolicy{{Meta: at, Owner: at.ARN, Document: snapshot.Value(stopDocument(all))}}
			a.IAM.Groups, a.IAM.Users[0].Groups = []snapshot.Group{g}, []string{"ops"}
		}), Want: checks.FAIL, Reason: "by group ops: "},
		{Name: "an SCP", Set: stopSet(principalMay(all), railed(deny("cloudtrail:* s3:DeleteBucket s3:Put*", "*"))), Want: checks.PASS},
		{Name: "an SCP that spares another role, as a landing zone has it", Set: stopSet(principalMay(allow("cloudtrail:*", "*")), railed(deny("cloudtrail:StopLogging cloudtrail:DeleteTrail cloudtrail:UpdateTrail cloudtrail:PutEventSelectors", "*", exempt("arn:aws:iam::*:role/AWSControlTowerExecution")))), Want: checks.PASS},
		{Name: "an SCP that leaves one action", Set: stopSet(principalMay(allow("cloudtrail:*", "*")), railed(deny("cloudtrail:StopLogging cloudtrail:DeleteTrail", "*"))), Want: checks.FAIL, Reason: ": cloudtrail:UpdateTrail, cloudtrail:PutEventSelectors on the trail main"},
		{Name: "SCPs unread lift nothing", Set: stopSet(principalMay(all), railed(), func(a *snapshot.Account) {
			a.Org.Path = snapshot.Missing[[]snapshot.OrganizationLevel](checktest.Unread("organizations:ListParents", snapshot.Denied))
		}), Want: checks.FAIL, Reason: "not read, and might lift it: service control policies"},
		{Name: "on a condition", Set: principalMay(allow("cloudtrail:StopLogging", "*", `,"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`)), Want: checks.FAIL, Reason: "on the condition Bool aws:MultiFactorAuthPresent"},
		{Name: "a policy that is not in the list", Set: stopSet(principalMay(allow("sqs:*", "*")), func(a *snapshot.Account) {
			a.IAM.Users[0].Attached = []snapshot.AttachedPolicy{{ARN: stopOwn + "policy/gone"}}
		}), Want: checks.UNKNOWN, Reason: "policy/gone"},
		{Name: "no trail", Set: stopSet(principalMay(all), func(a *snapshot.Account) { a.Trail.Trails = nil }), Want: checks.NotApplicable, Reason: "no trail"},
		{Name: "no trail in what was read", Set: stopSet(principalMay(all), func(a *snapshot.Account) {
			a.Trail.Trails = nil
			checktest.Fail(a, "cloudtrail:DescribeTrails", checktest.Elsewhere, snapshot.Denied)
		}), Want: checks.UNKNOWN, Reason: "cloudtrail:DescribeTrails"},
		{Name: "harmless, and not all trails were read", Set: stopSet(principalMay(allow("sqs:*", "*")), func(a *snapshot.Account) {
			checktest.Fail(a, "cloudtrail:DescribeTrails", checktest.Elsewhere, snapshot.Denied)
		}), Want: checks.UNKNOWN, Reason: "cloudtrail:DescribeTrails"},
		{Name: "a shadow trail is one", Set: stopSet(principalMay(allow("cloudtrail:StopLogging", trail)), changed(func(t *snapshot.Trail) {
			t.Sightings = append(t.Sightings, snapshot.Sighting{Region: checktest.Elsewhere})
		})), Want: checks.FAIL, Reason: "audit trail: cloudtrail:StopLogging on the trail main, by"},
		{Name: "a role", Set: stopSet(principalMay(), role("/")), Want: checks.FAIL},
		{Name: "a service-linked role", Set: stopSet(principalMay(), role("/aws-service-role/x/")), Want: checks.NotApplicable, Reason: "AWS service"},
	})
}
