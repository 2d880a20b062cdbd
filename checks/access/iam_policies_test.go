package access

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestPasswordPolicyMinLength(t *testing.T) {
	type read = snapshot.Read[[]snapshot.CredentialRow]
	custom := func(length int32) snapshot.Read[snapshot.PasswordPolicy] {
		return snapshot.Value(snapshot.PasswordPolicy{Custom: true, MinimumLength: length})
	}
	byDefault := snapshot.Value(snapshot.PasswordPolicy{})
	seen := func(p snapshot.Read[snapshot.PasswordPolicy], report read) func(*snapshot.Account) {
		return func(a *snapshot.Account) { a.IAM.PasswordPolicy, a.IAM.Report = p, report }
	}
	onlyRoot := snapshot.Value([]snapshot.CredentialRow{{User: snapshot.Root, PasswordEnabled: "true"}, {User: "anna", PasswordEnabled: "false"}})
	relaxed := map[string]any{"judge_without_passwords": false}
	denied := snapshot.Missing[snapshot.PasswordPolicy](checktest.Unread("iam:GetAccountPasswordPolicy", snapshot.Denied))
	checktest.Run(t, &PasswordPolicyMinLength, []checktest.Case{
		{Name: "14 exactly", Set: seen(custom(14), rootWith(nil)), Want: checks.PASS, Reason: "MinimumPasswordLength is 14", Observed: map[string]string{"MinimumPasswordLength": "14"}},
		{Name: "13", Set: seen(custom(13), rootWith(nil)), Want: checks.FAIL, Reason: "is 13, want at least 14"},
		{Name: "a custom policy made without a length", Set: seen(custom(6), rootWith(nil)), Parameters: map[string]any{"min_length": 8}, Want: checks.FAIL, Reason: "is 6"},
		{Name: "AWS's default against 8", Set: seen(byDefault, rootWith(nil)), Parameters: map[string]any{"min_length": 8}, Want: checks.PASS, Reason: "AWS's default is 8"},
		{Name: "AWS's default against 14", Set: seen(byDefault, rootWith(nil)), Want: checks.FAIL, Reason: "AWS's default is 8, want at least 14"},
		{Name: "nobody has a password, judged all the same", Set: seen(custom(6), onlyRoot), Want: checks.FAIL, Reason: "is 6"},
		{Name: "nobody has a password", Set: seen(custom(6), onlyRoot), Parameters: relaxed, Want: checks.NotApplicable, Reason: "no IAM user has a password"},
		{Name: "somebody has", Set: seen(custom(6), rootWith(nil)), Parameters: relaxed, Want: checks.FAIL, Reason: "is 6"},
		{Name: "report denied proves nothing", Set: seen(custom(6), reportDenied), Parameters: relaxed, Want: checks.FAIL, Reason: "iam:GetCredentialReport"},
		{Name: "report not needed", Set: seen(custom(20), reportDenied), Want: checks.PASS, Reason: "is 20"},
		{Name: "denied is not AWS's default", Set: seen(denied, rootWith(nil)), Parameters: map[string]any{"min_length": 8}, Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestCustomerPolicyNoFullAdmin(t *testing.T) {
	attached := func(attachments, boundaries int32, document snapshot.Read[string]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.IAM.Policies = []snapshot.ManagedPolicy{{
				Meta: globally("p", "arn:aws:iam::111122223333:policy/p"), AttachmentCount: &attachments, BoundaryUsageCount: &boundaries,
				DefaultVersionID: "v3", Document: document,
			}}
		}
	}
	const all = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	doc := func(statements ...string) func(*snapshot.Account) {
		return attached(1, 0, snapshot.Value(`{"Version":"2012-10-17","Statement":[`+strings.Join(statements, ",")+`]}`))
	}
	single := snapshot.Value(`{"Statement":` + all + `}`)
	checktest.Run(t, &CustomerPolicyNoFullAdmin, []checktest.Case{
		{Name: "one object with bare strings", Set: attached(1, 0, single), Want: checks.FAIL, Reason: "v3 statement 1", Observed: map[string]string{"DefaultVersionId": "v3"}},
		{Name: "one action", Set: doc(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`), Want: checks.PASS, Reason: "version v3 does not"},
		{Name: "*:* on arn:*", Set: doc(`{"Effect":"Allow","Action":["*:*"],"Resource":["arn:*"]}`), Want: checks.FAIL, Reason: "allowed by"},
		{Name: "NotAction that excludes nothing real", Set: doc(`{"Effect":"Allow","NotAction":"nosuch:Thing","Resource":"*"}`), Want: checks.FAIL, Reason: "allowed by"},
		{Name: "NotResource that excludes nothing", Set: doc(`{"Effect":"Allow","Action":"?*","NotResource":"none"}`), Want: checks.FAIL, Reason: "allowed by"},
		{Name: "two halves", Set: doc(`{"Sid":"A","Effect":"Allow","Action":"iam:*","Resource":"*"}`, `{"Sid":"B","Effect":"Allow","NotAction":"iam:*","Resource":"*"}`), Want: checks.FAIL, Reason: `statement "A", v3 statement "B"`},
		{Name: "attached to nobody", Set: attached(0, 0, single), Want: checks.NotApplicable, Reason: "attached to nobody"},
		{Name: "only a boundary", Set: attached(0, 2, single), Want: checks.NotApplicable, Reason: "permissions boundary of 2"},
		{Name: "attached, and a boundary", Set: attached(1, 2, single), Want: checks.FAIL, Reason: "allowed by"},
		{Name: "a condition is shown and lifts nothing", Set: doc(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`),
			Want: checks.FAIL, Reason: "on the condition Bool aws:MultiFactorAuthPresent [true]"},
		{Name: "one service denied", Set: doc(all, `{"Effect":"Deny","Action":"s3:*","Resource":"*"}`), Want: checks.FAIL, Reason: "denied again: s3:*", Observed: map[string]string{"denied": "s3:*"}},
		{Name: "iam alone denied", Set: doc(all, `{"Effect":"Deny","Action":"iam:*","Resource":"*"}`), Want: checks.FAIL, Reason: "denied again: iam:*"},
		{Name: "iam, sts and organizations denied", Set: doc(all, `{"Effect":"Deny","Action":["iam:*","sts:*","organizations:*"],"Resource":"*"}`), Want: checks.PASS, Reason: "does not"},
		{Name: "denied on a condition", Set: doc(all, `{"Effect":"Deny","Action":["iam:*","sts:*","organizations:*"],"Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`), Want: checks.FAIL, Reason: "allowed by"},
		{Name: "an operator that AWS does not have", Set: doc(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Strange":{"a":"b"}}}`), Want: checks.UNKNOWN, Reason: "may allow everything"},
		{Name: "not JSON", Set: attached(1, 0, snapshot.Value("{")), Want: checks.UNKNOWN, Reason: "cannot be understood"},
		{Name: "unread", Set: attached(1, 0, snapshot.Missing[string](checktest.Unread("iam:GetAccountAuthorizationDetails", snapshot.Malformed))), Want: checks.UNKNOWN, Reason: "malformed"},
		{Name: "not known to be unattached", Set: func(a *snapshot.Account) {
			attached(1, 0, single)(a)
			a.IAM.Policies[0].AttachmentCount = nil
		}, Want: checks.UNKNOWN, Reason: "does not say whether"},
		{Name: "AWS's own are not judged, nor is a list that broke", Set: func(a *snapshot.Account) {
			attached(1, 0, single)(a)
			a.IAM.Policies[0].ARN = "arn:aws:iam::aws:policy/AdministratorAccess"
			checktest.Fail(a, "iam:GetAccountAuthorizationDetails", snapshot.Global, snapshot.Denied)
		}, Want: checks.UNKNOWN, Reason: "denied"},
	})
}
