package encryption

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func bucketEncryption(r snapshot.Read[snapshot.BucketEncryption]) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.S3.Buckets = []snapshot.Bucket{{Meta: checktest.Meta("b", "arn:aws:s3:::b"), Encryption: r}}
	}
}

func TestBucketDefaultEncryption(t *testing.T) {
	algorithms := func(list ...string) func(*snapshot.Account) {
		var e snapshot.BucketEncryption
		for _, a := range list {
			e.Rules = append(e.Rules, snapshot.EncryptionRule{Algorithm: a})
		}
		return bucketEncryption(snapshot.Value(e))
	}
	checktest.Run(t, &BucketDefaultEncryption, []checktest.Case{
		{Name: "a rule without an algorithm stands first", Set: algorithms("", "AES256"), Want: checks.PASS, Reason: "AES256"},
		{Name: "SSE-S3", Set: algorithms("AES256"), Want: checks.PASS, Reason: "AES256"},
		{Name: "SSE-KMS", Set: algorithms("aws:kms"), Want: checks.PASS, Reason: "aws:kms"},
		{Name: "dual-layer", Set: algorithms("aws:kms:dsse"), Want: checks.PASS, Reason: "aws:kms:dsse"},
		{Name: "the not-found code, or a rule that sets no algorithm", Set: algorithms(), Want: checks.FAIL, Reason: "no default encryption"},
		{Name: "an algorithm that is not known", Set: algorithms("rot13"), Want: checks.UNKNOWN, Reason: `"rot13"`},
		{Name: "denied is not off", Want: checks.UNKNOWN, Reason: "denied",
			Set: bucketEncryption(snapshot.Missing[snapshot.BucketEncryption](checktest.Unread("s3:GetBucketEncryption", snapshot.Denied)))},
	})
}
