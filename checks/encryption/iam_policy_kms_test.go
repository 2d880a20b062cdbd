package encryption

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// allowing is an account in which a user has an inline policy of these statements.
func allowing(statements string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		m := checktest.Meta("anna", "arn:aws:iam::111122223333:user/anna")
		m.Region = snapshot.Global
		p := snapshot.InlinePolicy{Meta: m, Owner: m.ARN, Document: snapshot.Value(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)}
		a.IAM.Users = []snapshot.User{{Meta: m, Grants: snapshot.Grants{Inline: []snapshot.InlinePolicy{p}}}}
	}
}

func cutShort(a *snapshot.Account) {
	checktest.Fail(a, "iam:GetAccountAuthorizationDetails", snapshot.Global, snapshot.Throttled)
}

func TestPolicyNoDecryptOnAllKeys(t *testing.T) {
	on := func(action, rest string) func(*snapshot.Account) {
		return allowing(`{"Effect":"Allow","Action":"` + action + `",` + rest + `}`)
	}
	checktest.Run(t, &PolicyNoDecryptOnAllKeys, []checktest.Case{
		{Name: "on *", Set: on("kms:Decrypt", `"Resource":"*"`), Want: checks.FAIL, Reason: "kms:Decrypt"},
		{Name: "kms:D*", Set: on("kms:D*", `"Resource":"*"`), Want: checks.FAIL, Reason: "kms:Decrypt"},
		{Name: "kms:ReEncrypt*", Set: on("kms:ReEncrypt*", `"Resource":"*"`), Want: checks.FAIL, Reason: "kms:ReEncryptFrom"},
		{Name: "every key of one account and Region", Set: on("kms:Decrypt", `"Resource":"arn:aws:kms:eu-west-1:111122223333:key/*"`), Want: checks.FAIL, Reason: "every key"},
		{Name: "every key of anybody", Set: on("kms:Decrypt", `"Resource":"arn:*:kms:*:*:key/*"`), Want: checks.FAIL, Reason: "every key"},
		{Name: "one key", Set: on("kms:Decrypt", `"Resource":"arn:aws:kms:eu-west-1:111122223333:key/1"`), Want: checks.PASS, Reason: "not allowed"},
		{Name: "alias ARNs grant nothing", Set: on("kms:Decrypt", `"Resource":"arn:aws:kms:eu-west-1:111122223333:alias/*"`), Want: checks.PASS, Reason: "not allowed"},
		{Name: "by one service, and the reason says so", Set: on("kms:Decrypt", `"Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}}`), Want: checks.PASS, Reason: "kms:ViaService"},
		{Name: "in one context", Set: on("kms:Decrypt", `"Resource":"*","Condition":{"StringEquals":{"kms:EncryptionContext:app":"shop"}}`), Want: checks.PASS, Reason: "kms:EncryptionContext:app"},
		{Name: "by any service is none", Set: on("kms:Decrypt", `"Resource":"*","Condition":{"StringLike":{"kms:ViaService":"*"}}`), Want: checks.FAIL, Reason: "every key"},
		{Name: "encrypting", Set: on("kms:Encrypt", `"Resource":"*"`), Want: checks.PASS, Reason: "not allowed"},
		{Name: "other actions", Set: on("kms:Encrypt", `"Resource":"*"`), Parameters: map[string]any{"blocked_actions": []string{"kms:Encrypt"}}, Want: checks.FAIL, Reason: "kms:Encrypt"},
		{Name: "denied again", Set: allowing(`{"Effect":"Allow","Action":"kms:*","Resource":"*"},{"Effect":"Deny","Action":["kms:Decrypt","kms:ReEncrypt*"],"Resource":"*"}`), Want: checks.PASS, Reason: "not allowed"},
		{Name: "denied on a condition", Set: allowing(`{"Effect":"Allow","Action":"kms:*","Resource":"*"},{"Effect":"Deny","Action":"kms:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`), Want: checks.FAIL, Reason: "every key"},
		{Name: "details cut short", Set: cutShort, Want: checks.UNKNOWN, Reason: "throttled"},
	})
}

func TestPolicyNoFullAccessToKMS(t *testing.T) {
	on := func(resource, more string) func(*snapshot.Account) {
		return allowing(`{"Effect":"Allow","Action":"kms:*","Resource":` + resource + more + `}`)
	}
	checktest.Run(t, &PolicyNoFullAccessToKMS, []checktest.Case{
		{Name: "on *", Set: on(`"*"`, ""), Want: checks.FAIL, Reason: "every action of KMS"},
		{Name: "every key of the account", Set: on(`"arn:aws:kms:*:111122223333:key/*"`, ""), Want: checks.FAIL, Reason: "whose policy leaves it to IAM"},
		{Name: "arn:*:kms:*", Set: on(`"arn:*:kms:*"`, ""), Want: checks.FAIL, Reason: "every key"},
		{Name: "one key", Set: on(`"arn:aws:kms:eu-west-1:111122223333:key/1"`, ""), Want: checks.PASS, Reason: "not allowed on every key"},
		{Name: "a condition does not limit management", Set: on(`"*"`, `,"Condition":{"StringEquals":{"kms:CallerAccount":"111122223333"}}`), Want: checks.FAIL, Reason: "every key"},
		{Name: "in two statements", Set: allowing(`{"Effect":"Allow","Action":"kms:D*","Resource":"*"},{"Effect":"Allow","NotAction":"kms:D*","Resource":"*"}`), Want: checks.FAIL, Reason: "every action"},
		{Name: "all but one action", Set: allowing(`{"Effect":"Allow","Action":"kms:*","Resource":"*"},{"Effect":"Deny","Action":"kms:ScheduleKeyDeletion","Resource":"*"}`), Want: checks.PASS, Reason: "kms:ScheduleKeyDeletion is not allowed"},
		{Name: "details cut short", Set: cutShort, Want: checks.UNKNOWN, Reason: "throttled"},
	})
}
