package encryption

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

type object = snapshot.SampledObject

var plain, denied = checktest.Object(checktest.Headed(snapshot.ObjectHead{})), checktest.Object(checktest.HeadDenied)

// sampledIn is an account with the bucket b and a sample of its objects.
func sampledIn(objects ...object) func(*snapshot.Account) {
	return sampledWith(checktest.Sampled(objects...))
}

func sampledWith(set ...func(*snapshot.Bucket)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		b := snapshot.Bucket{Meta: checktest.Meta("b", "arn:aws:s3:::b"), Encryption: snapshot.Value(snapshot.BucketEncryption{Rules: []snapshot.EncryptionRule{{Algorithm: "aws:kms"}}})}
		for _, f := range set {
			f(&b)
		}
		a.S3.Buckets = []snapshot.Bucket{b}
		a.S3.Sampling = snapshot.Sampling{Size: 20, Seed: "seed-1"}
	}
}

func unsampled(b *snapshot.Bucket) {
	b.Sample = snapshot.Missing[snapshot.ObjectSample](checktest.Unread("s3:ListObjectsV2", snapshot.Denied))
}

func leftOut(b *snapshot.Bucket) {
	b.Sample = snapshot.Value(snapshot.ObjectSample{LeftOut: true})
}

func more(b *snapshot.Bucket) {
	s, _ := b.Sample.Get()
	s.Truncated, s.Last = true, "key-0+"
	b.Sample = snapshot.Value(s)
}

// locked is an object under a customer's own key.
func locked() object {
	return checktest.Object(checktest.Headed(snapshot.ObjectHead{BadRequest: true}))
}

func encrypted(algorithm string) object {
	return checktest.Object(checktest.Headed(snapshot.ObjectHead{Encryption: algorithm}))
}

func TestObjectSampleClientSideEncrypted(t *testing.T) {
	v2 := checktest.Object(nil, "x-amz-key-v2", "x-amz-iv", "x-amz-cek-alg=AES/GCM/NoPadding", "x-amz-wrap-alg=kms+context")
	v1 := checktest.Object(nil, "x-amz-key", "x-amz-iv")
	v3 := checktest.Object(nil, "x-amz-3", "x-amz-d", "x-amz-i", "x-amz-c=115", "x-amz-w=12")
	half := checktest.Object(nil, "x-amz-c=115", "x-amz-d", "x-amz-i")
	beside := checktest.Object(func(o *object) { o.Followed = []string{".instruction"} })
	custom := checktest.Object(func(o *object) { o.Followed = []string{".keys"} })
	file := checktest.Object(func(o *object) { o.Follows = []string{".instruction"} })
	mixed := checktest.Object(nil, "x-amz-key", "x-amz-key-v2", "x-amz-iv")
	b := func(more map[string]any) map[string]any {
		out := map[string]any{"client_side_buckets": []string{"b*"}}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	checktest.Run(t, &ObjectSampleClientSideEncrypted, []checktest.Case{
		{Name: "every format", Set: sampledIn(v1, v2, v3, half, beside), Parameters: b(nil), Want: checks.PASS, Reason: "evidence and no proof (1 with format 1, 1 with format 2, 2 with format 3, 1 with an instruction file): 5 sampled of 5 listed",
			Observed: map[string]string{"sampled": "5", "listed": "5", "seed": "seed-1", "unmarked": "0"}},
		{Name: "one of many is plain", Set: sampledIn(v2, plain, v2), Parameters: b(nil), Want: checks.FAIL, Reason: "objects without a mark of encryption before upload: 1; of the others: 2 with format 2; 3 sampled of 3 listed"},
		{Name: "server-side encryption is something else", Set: sampledIn(encrypted("aws:kms:dsse")), Parameters: b(nil), Want: checks.FAIL, Reason: "objects without a mark of encryption before upload: 1; 1 sampled"},
		{Name: "instruction files are left out of the count", Set: sampledIn(beside, file), Parameters: b(nil), Want: checks.PASS, Reason: "1 with an instruction file): 2 sampled of 2 listed, instruction files left out: 1"},
		{Name: "instruction files alone", Set: sampledIn(file), Parameters: b(nil), Want: checks.NotApplicable, Reason: "instruction files"},
		{Name: "another suffix, declared", Set: sampledIn(custom), Parameters: b(map[string]any{"instruction_suffix": ".keys"}), Want: checks.PASS, Reason: "instruction file"},
		{Name: "another suffix, not declared", Set: sampledIn(custom), Parameters: b(nil), Want: checks.FAIL, Reason: "objects without a mark"},
		{Name: "another client's mark, declared", Set: sampledIn(checktest.Object(nil, "acme-cipher")), Parameters: b(map[string]any{"marker_keys": []string{"acme-cipher"}}), Want: checks.PASS, Reason: "1 with a declared mark"},
		{Name: "another client's mark, not declared", Set: sampledIn(checktest.Object(nil, "acme-cipher")), Parameters: b(nil), Want: checks.FAIL, Reason: "objects without a mark"},
		{Name: "marks of two formats", Set: sampledIn(v2, mixed), Parameters: b(nil), Want: checks.FAIL, Reason: "objects with marks of several formats, which the client refuses: 1"},
		{Name: "not among the buckets", Set: sampledIn(plain), Parameters: map[string]any{"client_side_buckets": []string{"vault-*"}}, Want: checks.NotApplicable, Reason: "vault-*"},
		{Name: "nothing is named", Set: sampledIn(plain), Want: checks.NotApplicable, Reason: "client_side_buckets"},
		{Name: "no object", Set: sampledIn(), Parameters: b(nil), Want: checks.NotApplicable, Reason: "lists no object"},
		{Name: "left out by the flag", Set: sampledWith(leftOut), Parameters: b(nil), Want: checks.NotApplicable, Reason: "--sample-bucket"},
		{Name: "refused: with no sample there is no PASS", Set: sampledIn(v2, denied), Parameters: b(nil), Want: checks.UNKNOWN, Reason: "s3:HeadObject"},
		{Name: "refused, and another decides", Set: sampledIn(plain, denied), Parameters: b(nil), Want: checks.FAIL, Reason: "objects without a mark"},
		{Name: "under a customer's key nothing is told", Set: sampledIn(v2, locked()), Parameters: b(nil), Want: checks.UNKNOWN, Reason: "SSE-C"},
		{Name: "its instruction file may lie beyond the list", Set: sampledWith(checktest.Sampled(plain), more), Parameters: b(nil), Want: checks.UNKNOWN, Reason: "beyond the keys that were listed"},
		{Name: "the list denied", Set: sampledWith(unsampled), Parameters: b(nil), Want: checks.UNKNOWN, Reason: "s3:ListObjectsV2"},
		{Name: "a smaller sample than was drawn", Set: sampledIn(v2, plain), Parameters: b(map[string]any{"sample_size": 1}), Want: checks.PASS, Reason: "1 sampled of 2 listed"},
		{Name: "fewer keys than were listed", Set: sampledIn(v2, plain), Parameters: b(map[string]any{"max_keys": 1}), Want: checks.PASS, Reason: "1 sampled of 2 listed"},
		{Name: "a sample of nothing", Set: sampledIn(plain), Parameters: b(map[string]any{"sample_size": 0}), Want: checks.NotApplicable, Reason: "sample_size is 0"},
	})
	if ObjectSampleClientSideEncrypted.Bounds("sample_size", 5000) == nil || ObjectSampleClientSideEncrypted.Bounds("max_keys", 0) == nil || ObjectSampleClientSideEncrypted.Bounds("max_keys", 1000) != nil {
		t.Error("sizes that no sample can have are taken")
	}
}

func TestObjectSampleClientSideCurrent(t *testing.T) {
	of := func(content, wrap string) object {
		return checktest.Object(nil, "x-amz-key-v2", "x-amz-iv", "x-amz-cek-alg="+content, "x-amz-wrap-alg="+wrap)
	}
	good, v3 := of("AES/GCM/NoPadding", "kms+context"), checktest.Object(nil, "x-amz-3", "x-amz-d", "x-amz-i", "x-amz-c=115", "x-amz-w=12")
	checktest.Run(t, &ObjectSampleClientSideCurrent, []checktest.Case{
		{Name: "current", Set: sampledIn(good, v3, plain), Want: checks.PASS, Reason: "all encrypted by current methods: 2; 3 sampled"},
		{Name: "kms alone is not kms+context", Set: sampledIn(good, of("AES/GCM/NoPadding", "kms")), Want: checks.FAIL, Reason: "outdated methods: kms (1); objects with a client's marks: 2; 2 sampled"},
		{Name: "CBC", Set: sampledIn(of("AES/CBC/PKCS5Padding", "AESWrap")), Want: checks.FAIL, Reason: "AES/CBC/PKCS5Padding (1), AESWrap (1)"},
		{Name: "the first format", Set: sampledIn(checktest.Object(nil, "x-amz-key", "x-amz-iv")), Want: checks.FAIL, Reason: "format 1"},
		{Name: "both keys: the second counts", Set: sampledIn(checktest.Object(nil, "x-amz-key", "x-amz-key-v2", "x-amz-iv", "x-amz-cek-alg=AES/GCM/NoPadding", "x-amz-wrap-alg=kms+context")), Want: checks.PASS, Reason: "current methods"},
		{Name: "commitment is required", Set: sampledIn(good, v3), Parameters: map[string]any{"require_commitment": true}, Want: checks.FAIL, Reason: "marks and no key commitment (format 3): 1 of 2"},
		{Name: "commitment is there", Set: sampledIn(v3), Parameters: map[string]any{"require_commitment": true}, Want: checks.PASS, Reason: "current"},
		{Name: "no marks", Set: sampledIn(plain), Want: checks.NotApplicable, Reason: "no sampled object carries"},
		{Name: "the method stands in a file that is not read", Set: sampledIn(good, checktest.Object(func(o *object) { o.Followed = []string{".instruction"} })), Want: checks.UNKNOWN, Reason: "no content is read"},
		{Name: "a method that nobody knows", Set: sampledIn(of("ROT13", "kms+context")), Want: checks.UNKNOWN, Reason: `"ROT13"`},
		{Name: "refused", Set: sampledIn(good, denied), Want: checks.UNKNOWN, Reason: "s3:HeadObject"},
		{Name: "refused, and another decides", Set: sampledIn(denied, of("AES/GCM/NoPadding", "kms")), Want: checks.FAIL, Reason: "kms (1)"},
		{Name: "the list denied", Set: sampledWith(unsampled), Want: checks.UNKNOWN, Reason: "s3:ListObjectsV2"},
	})
}

func TestObjectSampleEncryptedAtRest(t *testing.T) {
	strict := map[string]any{"strict": true}
	noDefault := func(b *snapshot.Bucket) {
		b.Encryption = snapshot.Missing[snapshot.BucketEncryption](checktest.Unread("s3:GetBucketEncryption", snapshot.Denied))
	}
	checktest.Run(t, &ObjectSampleEncryptedAtRest, []checktest.Case{
		{Name: "encrypted, weaker than the default", Set: sampledIn(encrypted("AES256"), encrypted("aws:kms")), Want: checks.PASS, Reason: "every object is encrypted at rest: 2 sampled"},
		{Name: "one from before the default", Set: sampledIn(encrypted("aws:kms"), plain), Want: checks.FAIL, Reason: "objects that are not encrypted at rest: 1, the oldest of 2022-05-01; 2 sampled of 2 listed"},
		{Name: "a folder's marker counts", Set: sampledIn(checktest.Object(func(o *object) { o.Key = "folder/"; o.Head = snapshot.Value(snapshot.ObjectHead{}) })), Want: checks.FAIL, Reason: "not encrypted"},
		{Name: "weaker than the default, strictly", Set: sampledIn(encrypted("AES256")), Parameters: strict, Want: checks.FAIL, Reason: "more weakly than the bucket's default aws:kms"},
		{Name: "stronger than the default, strictly", Set: sampledIn(encrypted("aws:kms:dsse")), Parameters: strict, Want: checks.PASS, Reason: "encrypted"},
		{Name: "under a customer's key it is encrypted", Set: sampledIn(locked()), Want: checks.PASS, Reason: "encrypted"},
		{Name: "the default denied, strictly", Set: sampledWith(checktest.Sampled(encrypted("AES256")), noDefault), Parameters: strict, Want: checks.UNKNOWN, Reason: "s3:GetBucketEncryption"},
		{Name: "the default denied", Set: sampledWith(checktest.Sampled(encrypted("AES256")), noDefault), Want: checks.PASS, Reason: "encrypted"},
		{Name: "refused", Set: sampledIn(encrypted("AES256"), denied), Want: checks.UNKNOWN, Reason: "s3:HeadObject"},
		{Name: "an encryption that is not ranked", Set: sampledIn(encrypted("aws:fsx")), Want: checks.UNKNOWN, Reason: "aws:fsx"},
		{Name: "no object", Set: sampledIn(), Want: checks.NotApplicable, Reason: "no object"},
	})
}

func TestObjectSampleNoCustomerKey(t *testing.T) {
	checktest.Run(t, &ObjectSampleNoCustomerKey, []checktest.Case{
		{Name: "none", Set: sampledIn(encrypted("AES256")), Want: checks.PASS, Reason: "no object asks for a key"},
		{Name: "one", Set: sampledIn(encrypted("AES256"), locked()), Want: checks.FAIL, Reason: "a key that the request brings (SSE-C): 1, the newest of 2022-05-01; 2 sampled"},
		{Name: "all: the worst case, not a broken read", Set: sampledIn(locked(), locked()), Want: checks.FAIL, Reason: "(SSE-C): 2,"},
		{Name: "refused is another thing", Set: sampledIn(denied), Want: checks.UNKNOWN, Reason: "s3:HeadObject"},
		{Name: "no object", Set: sampledIn(), Want: checks.NotApplicable, Reason: "no object"},
		{Name: "the list denied", Set: sampledWith(unsampled), Want: checks.UNKNOWN, Reason: "s3:ListObjectsV2"},
	})
}
