package encryption

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestBucketEncryptionKeyPinned(t *testing.T) {
	const (
		header  = `"s3:x-amz-server-side-encryption-aws-kms-key-id"`
		named   = `"Null":{` + header + `:"false"}`
		ownKeys = "arn:aws:kms:eu-west-1:111122223333:key/*"
		own     = "11112222-3333-4444-5555-666677778888"
		foreign = "arn:aws:kms:eu-west-1:444455556666:key/1"
	)
	ownKey := checktest.KeyARN(own)
	def := func(key string) snapshot.EncryptionRule {
		return snapshot.EncryptionRule{Algorithm: "aws:kms", KMSMasterKeyID: key}
	}
	is := func(operator string, values ...string) string {
		return `"` + operator + `":{` + header + `:["` + strings.Join(values, `","`) + `"]}`
	}
	deny := func(conditions ...string) string {
		return s3Deny(`"s3:PutObject"`, "{"+strings.Join(conditions, ",")+"}")
	}
	one := func(key string, conditions ...string) func(*snapshot.Account) {
		return s3Bucket(def(key), deny(conditions...))
	}
	but := func(statement, old, new string) string { return strings.Replace(statement, old, new, 1) }
	trusted := map[string]any{"trusted_key_accounts": []string{"444455556666"}}
	const lets = "a request for aws:kms that names no key is let through and gets the AWS managed key"
	const refuses = "writes that name no key are refused as well"

	checktest.Run(t, &BucketEncryptionKeyPinned, []checktest.Case{
		{Name: "the key itself", Set: one(own, named, is("StringNotEquals", ownKey)), Want: checks.PASS, Reason: `statement "D" leaves only keys of approved accounts, the default key among them: ` + ownKey},
		{Name: "Null false lets a request through that names no key", Set: one(own, named, is("StringNotEquals", ownKey)), Want: checks.PASS, Reason: lets},
		{Name: "without Null, writes that name no key are refused", Set: one(own, is("StringNotEquals", ownKey)), Want: checks.PASS, Reason: refuses},
		{Name: "IfExists changes nothing in that", Set: one(own, is("ArnNotEqualsIfExists", ownKey)), Want: checks.PASS, Reason: refuses},
		{Name: "the account is pinned by a pattern, which is enough", Set: one(own, named, is("StringNotLike", ownKeys)), Want: checks.PASS, Reason: ownKeys},
		{Name: "StringNotLikeIfExists", Set: one(own, named, is("StringNotLikeIfExists", ownKeys)), Want: checks.PASS, Reason: lets},
		{Name: "ArnNotLike", Set: one(own, named, is("ArnNotLike", "arn:aws:kms:*:111122223333:*")), Want: checks.PASS, Reason: lets},
		{Name: "ArnNotEquals knows patterns too", Set: one(own, named, is("ArnNotEquals", ownKeys)), Want: checks.PASS, Reason: lets},
		{Name: "DSSE", Set: s3Bucket(snapshot.EncryptionRule{Algorithm: "aws:kms:dsse", KMSMasterKeyID: ownKey}, deny(named, is("StringNotLike", ownKeys))), Want: checks.PASS, Reason: ownKeys},
		{Name: "every action", Set: s3Bucket(def(own), but(deny(named, is("StringNotLike", ownKeys)), `"s3:PutObject"`, `"s3:*"`)), Want: checks.PASS, Reason: ownKeys},
		{Name: "one of several keys", Set: one(own, named, is("StringNotEquals", checktest.KeyARN("2"), ownKey)), Want: checks.PASS, Reason: "2, " + ownKey},

		{Name: "a key of a trusted account", Set: one(foreign, named, is("StringNotEquals", foreign)), Parameters: trusted, Want: checks.PASS, Reason: foreign},
		{Name: "a key of an account that is not trusted", Set: one(foreign, named, is("StringNotEquals", foreign)), Want: checks.FAIL, Reason: "not known to be of an approved account: " + foreign},
		{Name: "any account", Set: one(own, named, is("ArnNotLike", "arn:aws:kms:eu-west-1:*:key/*")), Want: checks.FAIL, Reason: "not known to be of an approved account"},
		{Name: "any key", Set: one(own, named, is("StringNotLike", "*")), Want: checks.FAIL, Reason: "not known to be of an approved account: *"},
		{Name: "an account that only the request tells", Set: one(own, named, is("StringNotLike", "arn:aws:kms:eu-west-1:${aws:PrincipalAccount}:key/*")), Want: checks.FAIL, Reason: "not known to be of an approved account"},
		{Name: "a bare key id names no account", Set: one(own, named, is("StringNotEquals", own)), Want: checks.FAIL, Reason: "not known to be of an approved account: " + own},
		{Name: "a wide statement beside a pin", Set: s3Bucket(def(own), deny(named, is("StringNotLike", "arn:aws:kms:*")), deny(named, is("StringNotLike", ownKeys))), Want: checks.PASS, Reason: ownKeys},

		{Name: "a default key left out of the list blocks normal writes", Set: one(own, named, is("StringNotEquals", checktest.KeyARN("2"))), Want: checks.FAIL, Reason: "leaves out the default key " + ownKey + ": normal writes that name it are refused"},
		{Name: "left out by a second statement", Set: s3Bucket(def(own), deny(named, is("StringNotLike", ownKeys)), deny(named, is("StringNotEquals", checktest.KeyARN("2")))), Want: checks.FAIL, Reason: "leaves out the default key"},
		{Name: "another Region's keys", Set: one(own, named, is("ArnNotLike", "arn:aws:kms:us-east-1:111122223333:key/*")), Want: checks.FAIL, Reason: "leaves out the default key"},
		{Name: "a star that is compared as a star", Set: one(own, named, is("StringNotEquals", ownKeys)), Want: checks.FAIL, Reason: "leaves out the default key"},
		{Name: "a key that only the request tells", Set: one(own, named, is("StringNotLike", "arn:aws:kms:eu-west-1:111122223333:key/${aws:PrincipalTag/key}")), Want: checks.UNKNOWN, Reason: "depends on the request"},

		{Name: "the default is an alias", Set: checktest.All(one("alias/b", named, is("StringNotEquals", ownKey)), checktest.Key("alias/b", snapshot.KeyMetadata{ARN: ownKey})), Want: checks.PASS, Reason: ownKey},
		{Name: "the default is an alias of another key", Set: checktest.All(one("alias/b", named, is("StringNotEquals", ownKey)), checktest.Key("alias/b", snapshot.KeyMetadata{ARN: checktest.KeyARN("2")})), Want: checks.FAIL, Reason: "leaves out the default key " + checktest.KeyARN("2")},
		{Name: "the list names the alias", Set: checktest.All(one("alias/b", named, is("StringNotEquals", "arn:aws:kms:eu-west-1:111122223333:alias/b")), checktest.Key("alias/b", snapshot.KeyMetadata{ARN: ownKey})), Want: checks.UNKNOWN, Reason: "names the default key by its alias"},
		{Name: "the alias is of no key", Set: checktest.All(one("alias/b", named, is("StringNotEquals", ownKey)), checktest.NoKey("alias/b", snapshot.ErrAbsent)), Want: checks.FAIL, Reason: "KMS knows no key alias/b"},
		{Name: "the alias is unread", Set: checktest.All(one("alias/b", named, is("StringNotEquals", ownKey)), checktest.NoKey("alias/b", checktest.Unread("kms:DescribeKey", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "kms:DescribeKey"},

		{Name: "the AWS managed key, by a pattern for the account", Set: one("", named, is("ArnNotLike", ownKeys)), Want: checks.PASS, Reason: ownKeys},
		{Name: "the AWS managed key, by name", Set: one("alias/aws/s3", named, is("StringNotLike", ownKeys)), Want: checks.PASS, Reason: ownKeys},
		{Name: "the AWS managed key, and a list of others", Set: checktest.All(one("", named, is("StringNotEquals", ownKey)), checktest.Key(own, snapshot.KeyMetadata{Manager: "CUSTOMER"})), Want: checks.FAIL, Reason: "the default key is the AWS managed key of S3"},
		{Name: "the AWS managed key, and a list of keys that nobody asked about", Set: one("", named, is("StringNotEquals", ownKey)), Want: checks.FAIL, Reason: "the default key is the AWS managed key of S3"},
		{Name: "the AWS managed key, and a list with one of AWS's", Set: checktest.All(one("", named, is("StringNotEquals", ownKey)), checktest.Key(own, snapshot.KeyMetadata{Manager: "AWS"})), Want: checks.UNKNOWN, Reason: "whether that is " + ownKey + " is not told"},
		{Name: "the AWS managed key, and a list of keys that cannot be asked about", Set: checktest.All(one("", named, is("StringNotEquals", ownKey)), checktest.NoKey(own, checktest.Unread("kms:DescribeKey", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "kms:DescribeKey"},
		{Name: "the AWS managed key, and a star that is compared as a star", Set: one("", named, is("StringNotEquals", ownKeys)), Want: checks.FAIL, Reason: "the default key is the AWS managed key of S3"},

		{Name: "no policy", Set: s3Bucket(def(own)), Want: checks.FAIL, Reason: "no statement of the bucket policy refuses other keys; a resource control policy"},
		{Name: "an Allow pins nothing", Set: s3Bucket(def(own), but(deny(named, is("StringNotEquals", ownKey)), "Deny", "Allow")), Want: checks.FAIL, Reason: "no statement"},
		{Name: "to some principals", Set: s3Bucket(def(own), but(deny(named, is("StringNotEquals", ownKey)), `"Principal":"*"`, `"Principal":{"AWS":"444455556666"}`)), Want: checks.FAIL, Reason: "refuses them to some principals only"},
		{Name: "all but some principals", Set: s3Bucket(def(own), but(deny(named, is("StringNotEquals", ownKey)), `"Principal":"*"`, `"NotPrincipal":{"AWS":"444455556666"}`)), Want: checks.FAIL, Reason: "refuses them to some principals only"},
		{Name: "some objects", Set: s3Bucket(def(own), but(deny(named, is("StringNotEquals", ownKey)), `["BUCKET","BUCKET/*"]`, `"BUCKET/in/*"`)), Want: checks.FAIL, Reason: "covers only some objects"},
		{Name: "another condition beside", Set: one(own, is("StringNotEquals", ownKey), `"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}`), Want: checks.FAIL, Reason: "has further conditions"},
		{Name: "only where no key is named", Set: one(own, `"Null":{`+header+`:"true"}`, is("StringNotEquals", ownKey)), Want: checks.FAIL, Reason: "compares in another way"},
		{Name: "the header must be there, whatever it says", Set: one(own, `"Null":{`+header+`:"true"}`), Want: checks.FAIL, Reason: "no statement of the bucket policy refuses other keys; a resource"},
		{Name: "the named key alone is refused", Set: one(own, is("StringEquals", foreign)), Want: checks.FAIL, Reason: "compares in another way"},
		{Name: "outside the grammar", Set: s3Bucket(def(own), but(deny(named, is("StringNotEquals", ownKey)), `"Sid"`, `"Note":"x","Sid"`)), Want: checks.UNKNOWN, Reason: "outside the grammar"},

		{Name: "the default is AES256", Set: s3Bucket(sse, deny(named, is("StringNotEquals", ownKey))), Want: checks.NotApplicable, Reason: "AES256"},
		{Name: "no default", Set: s3Bucket(snapshot.EncryptionRule{}), Want: checks.FAIL, Reason: "no default encryption"},
		{Name: "encryption unread", Set: s3Without(one(own, named, is("StringNotEquals", ownKey)), "s3:GetBucketEncryption"), Want: checks.UNKNOWN, Reason: "s3:GetBucketEncryption"},
		{Name: "policy unread", Set: s3Without(one(own, named, is("StringNotEquals", ownKey)), "s3:GetBucketPolicy"), Want: checks.UNKNOWN, Reason: "s3:GetBucketPolicy"},
	})
	if err := BucketEncryptionKeyPinned.Bounds("trusted_key_accounts", []string{"4444"}); err == nil {
		t.Error("an account of four digits is taken")
	}
}
