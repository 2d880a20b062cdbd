package encryption

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// s3Bucket is an account with one bucket, b: its default encryption and its policy.
func s3Bucket(rule snapshot.EncryptionRule, statements ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		b := snapshot.Bucket{Meta: checktest.Meta("b", "arn:aws:s3:::b"), Policy: snapshot.Value(""),
			Encryption: snapshot.Value(snapshot.BucketEncryption{Rules: []snapshot.EncryptionRule{rule}}), Logging: snapshot.Value(snapshot.BucketLogging{})}
		if len(statements) > 0 {
			text := `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
			b.Policy = snapshot.Value(strings.ReplaceAll(text, "BUCKET", b.ARN))
		}
		a.S3.Buckets = append(a.S3.Buckets, b)
	}
}

// s3Without makes the bucket's reads of one operation fail.
func s3Without(set func(*snapshot.Account), op string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		set(a)
		b, denied := &a.S3.Buckets[0], checktest.Unread(op, snapshot.Denied)
		switch op {
		case "s3:GetBucketPolicy":
			b.Policy = snapshot.Missing[string](denied)
		case "s3:GetBucketEncryption":
			b.Encryption = snapshot.Missing[snapshot.BucketEncryption](denied)
		}
	}
}

// s3Deny is a Deny to everyone of an action on bucket and objects under a condition.
func s3Deny(action, condition string) string {
	return `{"Sid":"D","Effect":"Deny","Principal":"*","Action":` + action + `,"Resource":["BUCKET","BUCKET/*"],"Condition":` + condition + `}`
}

var (
	sse  = snapshot.EncryptionRule{Algorithm: "AES256"}
	kms  = snapshot.EncryptionRule{Algorithm: "aws:kms"}
	dsse = snapshot.EncryptionRule{Algorithm: "aws:kms:dsse"}
)

func TestBucketTLSOnly(t *testing.T) {
	const plain = `{"Bool":{"aws:SecureTransport":"false"}}`
	only := func(list ...string) func(*snapshot.Account) { return s3Bucket(sse, list...) }
	on := func(resource string) string {
		return `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"` + resource + `","Condition":` + plain + `}`
	}
	objects := map[string]any{"objects_only": true}
	checktest.Run(t, &BucketTLSOnly, []checktest.Case{
		{Name: "bucket and objects", Set: only(s3Deny(`"s3:*"`, plain)), Want: checks.PASS, Reason: `statement "D"`},
		{Name: "two statements together", Set: only(on("BUCKET"), on("BUCKET/*")), Want: checks.PASS, Reason: "statement 1, statement 2"},
		{Name: "every action of every service", Set: only(s3Deny(`"*"`, plain)), Want: checks.PASS, Reason: "refused"},
		{Name: "a boolean, a list, IfExists, any case", Set: only(s3Deny(`"S3:*"`, `{"BoolIfExists":{"AWS:securetransport":[false]}}`)), Want: checks.PASS, Reason: "refused"},
		{Name: "other Denies are no fault", Set: only(s3Deny(`"s3:PutObject"`, `{"Null":{"s3:x-amz-acl":"false"}}`), s3Deny(`"s3:*"`, plain)), Want: checks.PASS, Reason: "refused"},
		{Name: "objects alone", Set: only(on("BUCKET/*")), Want: checks.FAIL, Reason: "not those for the bucket itself"},
		{Name: "objects alone by parameter", Set: only(on("BUCKET/*")), Parameters: objects, Want: checks.PASS, Reason: "requests for objects"},
		{Name: "reading alone is not every object action", Set: only(s3Deny(`"s3:Get*"`, plain)), Parameters: objects, Want: checks.FAIL, Reason: "only some"},
		{Name: "one action alone", Set: only(s3Deny(`["s3:GetObject","s3:PutObject"]`, plain)), Want: checks.FAIL, Reason: "only some"},
		{Name: "an Allow with TLS refuses nothing", Set: only(`{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":["BUCKET","BUCKET/*"],"Condition":{"Bool":{"aws:SecureTransport":"true"}}}`), Want: checks.FAIL, Reason: "no statement"},
		{Name: "a Deny to one account", Set: only(strings.Replace(s3Deny(`"s3:*"`, plain), `"*"`, `{"AWS":"444455556666"}`, 1)), Want: checks.FAIL, Reason: "no statement"},
		{Name: "a Deny that spares somebody", Set: only(strings.Replace(s3Deny(`"s3:*"`, plain), `"Principal":"*"`, `"NotPrincipal":{"AWS":"444455556666"}`, 1)), Want: checks.FAIL, Reason: "no statement"},
		{Name: "a further condition narrows it", Set: only(s3Deny(`"s3:*"`, `{"Bool":{"aws:SecureTransport":"false","aws:ViaAWSService":"false"}}`)), Want: checks.FAIL, Reason: "no statement"},
		{Name: "it denies the wrong half", Set: only(s3Deny(`"s3:*"`, `{"Bool":{"aws:SecureTransport":"true"}}`)), Want: checks.FAIL, Reason: "no statement"},
		{Name: "a TLS version is absent without TLS", Set: only(s3Deny(`"s3:*"`, `{"NumericLessThan":{"s3:TlsVersion":"1.2"}}`)), Want: checks.FAIL, Reason: "no statement"},
		{Name: "another bucket", Set: only(strings.ReplaceAll(s3Deny(`"s3:*"`, plain), "BUCKET", "arn:aws:s3:::c")), Want: checks.FAIL, Reason: "only some"},
		{Name: "no policy", Set: only(), Want: checks.FAIL, Reason: "no bucket policy"},
		{Name: "denied", Set: s3Without(only(), "s3:GetBucketPolicy"), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "outside the grammar", Set: only(s3Deny(`"s3:*"`, `{"Boolean":{"aws:SecureTransport":"false"}}`)), Want: checks.UNKNOWN, Reason: "grammar"},
	})
}

func TestBucketTLSMinimumVersion(t *testing.T) {
	with := func(condition string) func(*snapshot.Account) { return s3Bucket(sse, s3Deny(`"s3:*"`, condition)) }
	checktest.Run(t, &BucketTLSMinimumVersion, []checktest.Case{
		{Name: "a string", Set: with(`{"NumericLessThan":{"s3:TlsVersion":"1.2"}}`), Want: checks.PASS, Reason: "below 1.2"},
		{Name: "a number, IfExists", Set: with(`{"NumericLessThanIfExists":{"s3:TlsVersion":1.3}}`), Want: checks.PASS, Reason: "below 1.2"},
		{Name: "a list: the highest decides", Set: with(`{"NumericLessThan":{"s3:TlsVersion":["1.1",1.2]}}`), Want: checks.PASS, Reason: "below 1.2"},
		{Name: "too old", Set: with(`{"NumericLessThan":{"s3:TlsVersion":"1.1"}}`), Want: checks.FAIL, Reason: "below 1.1 only"},
		{Name: "compared as numbers", Set: with(`{"NumericLessThan":{"s3:TlsVersion":"1.20"}}`), Want: checks.PASS, Reason: "below 1.2"},
		{Name: "another operator is named", Set: with(`{"NumericLessThanEquals":{"s3:TlsVersion":"1.1"}}`), Want: checks.FAIL, Reason: "NumericLessThanEquals"},
		{Name: "a higher minimum", Set: with(`{"NumericLessThan":{"s3:TlsVersion":"1.2"}}`), Parameters: map[string]any{"minimum": "1.3"}, Want: checks.FAIL, Reason: "below 1.2 only"},
		{Name: "some actions", Set: s3Bucket(sse, s3Deny(`"s3:Get*"`, `{"NumericLessThan":{"s3:TlsVersion":"1.2"}}`)), Want: checks.FAIL, Reason: "does not cover"},
		{Name: "no policy, and what AWS does by itself", Set: s3Bucket(sse), Want: checks.FAIL, Reason: "AWS's own endpoints refuse versions below 1.2"},
		{Name: "denied", Set: s3Without(s3Bucket(sse), "s3:GetBucketPolicy"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestBucketDefaultEncryptionKMS(t *testing.T) {
	source := func(set func(*snapshot.Account), l snapshot.Read[snapshot.BucketLogging]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			set(a)
			// Found by name in another Region, and never judged itself.
			a.S3.Buckets = append(a.S3.Buckets, snapshot.Bucket{Meta: checktest.Meta("source", "arn:aws:s3:::source"), Logging: l,
				Encryption: snapshot.Value(snapshot.BucketEncryption{Rules: []snapshot.EncryptionRule{kms}})})
		}
	}
	to := func(name string) snapshot.Read[snapshot.BucketLogging] {
		return snapshot.Value(snapshot.BucketLogging{TargetBucket: name})
	}
	unread := snapshot.Missing[snapshot.BucketLogging](checktest.Unread("s3:GetBucketLogging", snapshot.Denied))
	checktest.Run(t, &BucketDefaultEncryptionKMS, []checktest.Case{
		{Name: "AWS's own key is KMS", Set: s3Bucket(kms), Want: checks.PASS, Reason: "aws/s3"},
		{Name: "dual-layer counts", Set: s3Bucket(dsse), Want: checks.PASS, Reason: "aws:kms:dsse"},
		{Name: "SSE-S3", Set: s3Bucket(sse), Want: checks.FAIL, Reason: "AES256"},
		{Name: "the not-found code", Set: s3Bucket(snapshot.EncryptionRule{}), Want: checks.FAIL, Reason: "no default encryption"},
		{Name: "denied", Set: s3Without(s3Bucket(sse), "s3:GetBucketEncryption"), Want: checks.UNKNOWN, Reason: "denied"},
	})
	for _, tt := range []struct {
		name   string
		set    func(*snapshot.Account)
		want   checks.Status
		reason string
	}{
		{"a log target", source(s3Bucket(sse), to("b")), checks.NotApplicable, "access logs of source"},
		{"another one is the target", source(s3Bucket(sse), to("c")), checks.FAIL, "AES256"},
		{"a source whose logging was not read", source(s3Bucket(sse), unread), checks.FAIL, "s3:GetBucketLogging"},
	} {
		found := checktest.Findings(&BucketDefaultEncryptionKMS, checktest.Account(&BucketDefaultEncryptionKMS, tt.set), nil)
		if len(found) != 2 || found[0].Status != tt.want || !strings.Contains(found[0].Reason, tt.reason) {
			t.Errorf("%s: %+v, want %s with %q", tt.name, found, tt.want, tt.reason)
		}
	}
	if strings.HasPrefix(BucketDefaultEncryptionKMS.Remedy, "Set the bucket's default encryption to SSE-KMS.") {
		t.Error("the remedy says KMS blindly: a public website cannot use it")
	}
}

func TestBucketKeyEnabled(t *testing.T) {
	with := func(algorithm string, on bool) func(*snapshot.Account) {
		return s3Bucket(snapshot.EncryptionRule{Algorithm: algorithm, BucketKeyEnabled: on})
	}
	checktest.Run(t, &BucketKeyEnabled, []checktest.Case{
		{Name: "on", Set: with("aws:kms", true), Want: checks.PASS, Reason: "on"},
		{Name: "absent is off", Set: with("aws:kms", false), Want: checks.FAIL, Reason: "off"},
		{Name: "SSE-S3 often says on", Set: with("AES256", true), Want: checks.NotApplicable, Reason: "AES256"},
		{Name: "dual-layer has none", Set: with("aws:kms:dsse", true), Want: checks.NotApplicable, Reason: "dsse"},
		{Name: "no default", Set: with("", true), Want: checks.NotApplicable, Reason: "no default"},
		{Name: "denied", Set: s3Without(s3Bucket(kms), "s3:GetBucketEncryption"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestBucketEncryptionDowngradeDenied(t *testing.T) {
	const put, header = `"s3:PutObject"`, `"s3:x-amz-server-side-encryption"`
	not := func(values string) string { return `{"StringNotEquals":{` + header + `:` + values + `}}` }
	both := `{"StringNotEquals":{` + header + `:["aws:kms","aws:kms:dsse"]},"Null":{` + header + `:"false"}}`
	level := func(l string) map[string]any { return map[string]any{"level": l} }
	checktest.Run(t, &BucketEncryptionDowngradeDenied, []checktest.Case{
		{Name: "nothing is weaker than SSE-S3", Set: s3Bucket(sse), Want: checks.PASS, Reason: "nothing is weaker"},
		{Name: "an explicit AES256 header beats a KMS default", Set: s3Bucket(kms), Want: checks.FAIL, Reason: "AES256"},
		{Name: "every other value is refused", Set: s3Bucket(kms, s3Deny(put, both)), Want: checks.PASS, Reason: `statement "D" refuses weaker encryption than aws:kms`},
		{Name: "without Null it refuses default writes too", Set: s3Bucket(kms, s3Deny(put, not(`"aws:kms"`))), Want: checks.PASS, Reason: "writes without the header"},
		{Name: "IfExists is the same", Set: s3Bucket(kms, s3Deny(put, `{"StringNotEqualsIfExists":{`+header+`:"aws:kms"}}`)), Want: checks.PASS, Reason: "writes without the header"},
		{Name: "a list that leaves the weaker value open", Set: s3Bucket(kms, s3Deny(put, not(`["aws:kms","AES256"]`))), Want: checks.FAIL, Reason: "AES256"},
		{Name: "the weaker value by name", Set: s3Bucket(kms, s3Deny(put, `{"StringEquals":{`+header+`:"AES256"}}`)), Want: checks.PASS, Reason: "refuses"},
		{Name: "two weaker values, one refused", Set: s3Bucket(dsse, s3Deny(put, `{"StringEquals":{`+header+`:"AES256"}}`)), Want: checks.FAIL, Reason: "header aws:kms gets"},
		{Name: "two weaker values, both refused", Set: s3Bucket(dsse, s3Deny(put, `{"StringEquals":{`+header+`:["AES256","aws:kms"]}}`)), Want: checks.PASS, Reason: "dsse"},
		{Name: "asking for the header alone", Set: s3Bucket(kms, s3Deny(put, `{"Null":{`+header+`:"true"}}`)), Want: checks.FAIL, Reason: "AES256"},
		{Name: "wider actions cover PutObject", Set: s3Bucket(kms, s3Deny(`"s3:Put*"`, both)), Want: checks.PASS, Reason: "refuses"},
		{Name: "one role only", Set: s3Bucket(kms, strings.Replace(s3Deny(put, both), `"*"`, `{"AWS":"arn:aws:iam::111122223333:role/app"}`, 1)), Want: checks.FAIL, Reason: "some principals only"},
		{Name: "one prefix only", Set: s3Bucket(kms, strings.Replace(s3Deny(put, both), "BUCKET/*", "BUCKET/in/*", 1)), Want: checks.FAIL, Reason: "only some objects"},
		{Name: "a principal is excluded", Set: s3Bucket(kms, s3Deny(put, `{"StringNotEquals":{`+header+`:"aws:kms"},"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/app"}}`)), Want: checks.FAIL, Reason: "further conditions"},
		{Name: "a higher level by parameter", Set: s3Bucket(sse), Parameters: level("aws:kms"), Want: checks.FAIL, Reason: "aws:kms"},
		{Name: "a lower level by parameter", Set: s3Bucket(kms), Parameters: level("AES256"), Want: checks.PASS, Reason: "nothing is weaker"},
		{Name: "a level that AWS does not have", Set: s3Bucket(kms), Parameters: level("rot13"), Want: checks.UNKNOWN, Reason: "rot13"},
		{Name: "no default", Set: s3Bucket(snapshot.EncryptionRule{}), Want: checks.FAIL, Reason: "no default"},
		{Name: "policy denied", Set: s3Without(s3Bucket(kms), "s3:GetBucketPolicy"), Want: checks.UNKNOWN, Reason: "s3:GetBucketPolicy"},
		{Name: "policy denied, and nothing is weaker", Set: s3Without(s3Bucket(sse), "s3:GetBucketPolicy"), Want: checks.PASS, Reason: "nothing is weaker"},
		{Name: "encryption denied", Set: s3Without(s3Bucket(kms), "s3:GetBucketEncryption"), Want: checks.UNKNOWN, Reason: "s3:GetBucketEncryption"},
	})
}

func TestBucketCustomerProvidedKeysBlocked(t *testing.T) {
	blocked := func(kinds ...string) snapshot.EncryptionRule {
		return snapshot.EncryptionRule{Algorithm: "AES256", Blocked: kinds}
	}
	null := func(v string) string {
		return s3Deny(`"s3:PutObject"`, `{"Null":{"s3:x-amz-server-side-encryption-customer-algorithm":"`+v+`"}}`)
	}
	checktest.Run(t, &BucketCustomerProvidedKeysBlocked, []checktest.Case{
		{Name: "by the bucket", Set: s3Bucket(blocked("SSE-C")), Want: checks.PASS, Reason: "default encryption blocks"},
		{Name: "by a rule without an algorithm", Set: s3Bucket(snapshot.EncryptionRule{Blocked: []string{"SSE-C"}}), Want: checks.PASS, Reason: "blocks"},
		{Name: "NONE blocks nothing", Set: s3Bucket(blocked("NONE")), Want: checks.FAIL, Reason: "resource control policy"},
		{Name: "an old bucket without the field", Set: s3Bucket(sse), Want: checks.FAIL, Reason: "neither"},
		{Name: "default encryption is no protection", Set: s3Bucket(kms), Want: checks.FAIL, Reason: "neither"},
		{Name: "by the policy", Set: s3Bucket(sse, null("false")), Want: checks.PASS, Reason: `statement "D"`},
		{Name: "the opposite", Set: s3Bucket(sse, null("true")), Want: checks.FAIL, Reason: "neither"},
		{Name: "by the bucket, policy denied", Set: s3Without(s3Bucket(blocked("SSE-C")), "s3:GetBucketPolicy"), Want: checks.PASS, Reason: "blocks"},
		{Name: "by the policy, encryption denied", Set: s3Without(s3Bucket(sse, null("false")), "s3:GetBucketEncryption"), Want: checks.PASS, Reason: "refuses"},
		{Name: "policy denied", Set: s3Without(s3Bucket(sse), "s3:GetBucketPolicy"), Want: checks.UNKNOWN, Reason: "s3:GetBucketPolicy"},
		{Name: "encryption denied", Set: s3Without(s3Bucket(sse), "s3:GetBucketEncryption"), Want: checks.UNKNOWN, Reason: "s3:GetBucketEncryption"},
	})
}
