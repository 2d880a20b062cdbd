package backups

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestBucketObjectLockNotBypassable(t *testing.T) {
	type change = func(*snapshot.Account)
	with := func(mode string, more ...change) change {
		return func(a *snapshot.Account) {
			a.S3.Buckets = []snapshot.Bucket{{Meta: checktest.Meta("b", "arn:aws:s3:::b"), Policy: snapshot.Value(""),
				ObjectLock: snapshot.Value(snapshot.ObjectLock{Enabled: "Enabled", Mode: mode, Days: 30})}}
			for _, f := range more {
				f(a)
			}
		}
	}
	document := func(statements string) change {
		return func(a *snapshot.Account) {
			a.S3.Buckets[0].Policy = snapshot.Value(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)
		}
	}
	global := checktest.At.In(snapshot.Global)
	meta := func(kind, name string) snapshot.Meta {
		return snapshot.Meta{Location: global, Name: name, ARN: "arn:aws:iam::111122223333:" + kind + "/" + name}
	}
	inline := func(statement string) snapshot.Grants {
		return snapshot.Grants{Inline: []snapshot.InlinePolicy{{Meta: snapshot.Meta{Location: global, Name: "p"}, Document: snapshot.Value(`{"Version":"2012-10-17","Statement":[` + statement + `]}`)}}}
	}
	role := func(name, statement string) change {
		return func(a *snapshot.Account) {
			a.IAM.Roles = append(a.IAM.Roles, snapshot.Role{Meta: meta("role", name), Grants: inline(statement)})
		}
	}
	user := func(name, statement string) change {
		return func(a *snapshot.Account) {
			a.IAM.Users = append(a.IAM.Users, snapshot.User{Meta: meta("user", name), Grants: inline(statement)})
		}
	}
	boundary := func(statement string) change {
		return func(a *snapshot.Account) {
			m := snapshot.Meta{Location: global, Name: "bound", ARN: "arn:aws:iam::111122223333:policy/bound"}
			a.IAM.Policies = append(a.IAM.Policies, snapshot.ManagedPolicy{Meta: m, Document: snapshot.Value(`{"Version":"2012-10-17","Statement":[` + statement + `]}`)})
			a.IAM.Roles[0].BoundaryARN = m.ARN
		}
	}
	const (
		administrator = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`
		reader        = `{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}`
		refuse        = `{"Sid":"Keep","Effect":"Deny","Principal":"*","Action":["s3:BypassGovernanceRetention","s3:PutBucketObjectLockConfiguration"],"Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]}`
		refuseBypass  = `{"Sid":"Keep","Effect":"Deny","Principal":"*","Action":"s3:BypassGovernanceRetention","Resource":"arn:aws:s3:::b/*"}`
		refuseMost    = `{"Sid":"Keep","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],"Condition":{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/admin"}}}`
	)
	exempt := map[string]any{"bypass_principals": []string{"arn:aws:iam::111122223333:role/admin"}}
	checktest.Run(t, &BucketObjectLockNotBypassable, []checktest.Case{
		{Name: "no lock", Set: with("GOVERNANCE", func(a *snapshot.Account) { a.S3.Buckets[0].ObjectLock = snapshot.Value(snapshot.ObjectLock{}) }), Want: checks.NotApplicable, Reason: "no Object Lock"},
		{Name: "no default", Set: with(""), Want: checks.NotApplicable, Reason: "no default retention"},
		{Name: "compliance", Set: with("COMPLIANCE", role("admin", administrator)), Want: checks.PASS, Reason: "COMPLIANCE"},
		{Name: "a mode of tomorrow", Set: with("STRICT"), Want: checks.UNKNOWN, Reason: "STRICT"},
		{Name: "an administrator has the right", Set: with("GOVERNANCE", role("admin", administrator)), Want: checks.FAIL, Reason: "it can be bypassed by arn:aws:iam::111122223333:role/admin; not read, and might lift it: service control policies"},
		{Name: "a user", Set: with("GOVERNANCE", user("ana", administrator)), Want: checks.FAIL, Reason: "user/ana"},
		{Name: "an administrator who may", Set: with("GOVERNANCE", role("admin", administrator)), Parameters: exempt, Want: checks.PASS, Reason: "no role has the right to bypass it but bypass_principals, the root user aside"},
		{Name: "nobody has it", Set: with("GOVERNANCE", role("app", reader), user("ana", reader)), Want: checks.PASS, Reason: "the root user aside"},
		{Name: "on a part of the bucket", Set: with("GOVERNANCE", role("app", `{"Effect":"Allow","Action":"s3:Bypass*","Resource":"arn:aws:s3:::b/tmp/*"}`)), Want: checks.FAIL, Reason: "role/app"},
		{Name: "on all but a part", Set: with("GOVERNANCE", role("app", `{"Effect":"Allow","Action":"s3:*","NotResource":"arn:aws:s3:::b/logs/*"}`)), Want: checks.FAIL, Reason: "role/app"},
		{Name: "on another bucket", Set: with("GOVERNANCE", role("app", `{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::other/*"}`)), Want: checks.PASS, Reason: "root user aside"},
		{Name: "taken away by a Deny", Set: with("GOVERNANCE", role("admin", administrator+`,{"Effect":"Deny","Action":"s3:Bypass*","Resource":"*"}`)), Want: checks.PASS, Reason: "root user aside"},
		{Name: "taken away by a boundary", Set: with("GOVERNANCE", role("admin", administrator), boundary(reader)), Want: checks.PASS, Reason: "root user aside"},
		{Name: "the policy refuses it", Set: with("GOVERNANCE", role("admin", administrator), document(refuse)), Want: checks.PASS, Reason: "who may change the policy may lift that"},
		{Name: "the policy spares one", Set: with("GOVERNANCE", role("admin", administrator), document(refuseMost)), Want: checks.FAIL, Reason: "spares arn:aws:iam::111122223333:role/admin"},
		{Name: "the policy spares one who may", Set: with("GOVERNANCE", role("other", administrator), document(refuseMost)), Parameters: exempt, Want: checks.PASS, Reason: "refuses everybody to bypass it but bypass_principals"},
		{Name: "the default may still be changed", Set: with("GOVERNANCE", role("admin", administrator), document(refuseBypass)), Want: checks.FAIL, Reason: "nothing refuses s3:PutBucketObjectLockConfiguration"},
		{Name: "the policy gives it to another account", Set: with("GOVERNANCE", document(`{"Sid":"Partner","Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"s3:*","Resource":"arn:aws:s3:::b/*"}`)), Want: checks.FAIL, Reason: `whom statement "Partner" of the bucket policy names`},
		{Name: "the policy is unread", Set: with("GOVERNANCE", func(a *snapshot.Account) {
			a.S3.Buckets[0].Policy = snapshot.Missing[string](checktest.Unread("s3:GetBucketPolicy", snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "identities are unread", Set: with("GOVERNANCE", func(a *snapshot.Account) {
			checktest.Fail(a, "iam:GetAccountAuthorizationDetails", snapshot.Global, snapshot.Denied)
		}), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "a policy of a role is unread", Set: with("GOVERNANCE", func(a *snapshot.Account) {
			a.IAM.Roles = []snapshot.Role{{Meta: meta("role", "app"), Grants: snapshot.Grants{Attached: []snapshot.AttachedPolicy{{ARN: "arn:aws:iam::aws:policy/X"}}}}}
			checktest.Fail(a, "iam:GetAccountAuthorizationDetails", snapshot.Global, snapshot.Failed)
		}), Want: checks.UNKNOWN, Reason: "iam:GetAccountAuthorizationDetails"},
		{Name: "the lock is unread", Set: with("GOVERNANCE", func(a *snapshot.Account) {
			a.S3.Buckets[0].ObjectLock = snapshot.Missing[snapshot.ObjectLock](checktest.Unread("s3:GetObjectLockConfiguration", snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: "denied"},
	})
}
