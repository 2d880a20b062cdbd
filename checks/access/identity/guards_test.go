package identity

import (
	"testing"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestKeysOf(t *testing.T) {
	key := func(id string, m snapshot.Read[snapshot.KeyMetadata], text snapshot.Read[string]) snapshot.KeyAnswer {
		return snapshot.KeyAnswer{Meta: checktest.Meta("", snapshot.KeyARN(checktest.At, id)), Metadata: m, Policy: text}
	}
	document := snapshot.Value(`{"Version":"2012-10-17","Statement":[]}`)
	denied := snapshot.Missing[string](checktest.Unread("kms:GetKeyPolicy", snapshot.Denied))
	behind := snapshot.KeyARN(checktest.At, "behind")
	a := &snapshot.Account{KMS: snapshot.KMS{Answered: []snapshot.KeyAnswer{
		key("own", snapshot.Value(snapshot.KeyMetadata{Manager: "CUSTOMER"}), document),
		key("alias/app", snapshot.Value(snapshot.KeyMetadata{Manager: "CUSTOMER", ARN: behind}), document),
		key("unread", snapshot.Missing[snapshot.KeyMetadata](checktest.Unread("kms:DescribeKey", snapshot.Denied)), denied),
		key("managed", snapshot.Value(snapshot.KeyMetadata{Manager: "AWS"}), denied),
		key("gone", snapshot.Missing[snapshot.KeyMetadata](snapshot.ErrAbsent), denied),
	}}}
	keys := KeysOf(a)
	for _, tt := range []struct {
		reference              string
		arn                    string
		managed, foreign, gone bool
		read                   bool // its policy
	}{
		{"own", snapshot.KeyARN(checktest.At, "own"), false, false, false, true},
		{snapshot.KeyARN(checktest.At, "own"), snapshot.KeyARN(checktest.At, "own"), false, false, false, true},
		{"alias/app", behind, false, false, false, true},
		{"unread", snapshot.KeyARN(checktest.At, "unread"), false, false, false, false},
		{"nobody-asked", snapshot.KeyARN(checktest.At, "nobody-asked"), false, false, false, false},
		{"managed", snapshot.KeyARN(checktest.At, "managed"), true, false, false, false},
		{"alias/aws/s3", snapshot.KeyARN(checktest.At, "alias/aws/s3"), true, false, false, false},
		{"arn:aws:kms:eu-west-1:999988887777:key/k", "arn:aws:kms:eu-west-1:999988887777:key/k", false, true, false, false},
		{"gone", snapshot.KeyARN(checktest.At, "gone"), false, false, true, false},
	} {
		k := keys.Of(checktest.At, tt.reference)
		read := k.Policy != nil && k.Policy.Document != nil
		if k.ARN != tt.arn || k.Managed != tt.managed || k.Foreign != tt.foreign || k.Gone != tt.gone || read != tt.read {
			t.Errorf("%s: %+v, policy read %v; want %+v", tt.reference, k, read, tt)
		}
		if !k.Managed && !k.Foreign && k.Policy == nil {
			t.Errorf("%s has no policy, as if it had been read and were none", tt.reference)
		}
	}
}

func TestOverNamesAPolicyThatWasNotRead(t *testing.T) {
	own, err := policy.Parse([]byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:DeleteBucket","Resource":"arn:aws:s3:::b"}}`))
	if err != nil {
		t.Fatal(err)
	}
	id := policy.Identity{ARN: "arn:aws:iam::111122223333:user/ann", Policies: []policy.Source{{Name: "p", Document: own}}}
	guard := &policy.Source{Name: "the policy of b", Err: checktest.Unread("s3:GetBucketPolicy", snapshot.Denied)}
	if got := Over(id.Ask("s3:DeleteBucket"), "arn:aws:s3:::b", guard, false); got.Answer != policy.Yes || len(got.Unread) != 1 || got.Unread[0] != Cause(*guard) {
		t.Errorf("a right of its own: %+v", got)
	}
	if got := Over(id.Ask("s3:PutBucketPolicy"), "arn:aws:s3:::b", guard, false); got.Answer != policy.CannotTell {
		t.Errorf("no right of its own: %+v", got)
	}
}

func TestUnlisted(t *testing.T) {
	a := checktest.Account(&checks.Check{Reads: []string{"ec2:DescribeVolumes", "s3:ListBuckets"}}, nil)
	if err := Unlisted(a, []string{"ec2:DescribeVolumes", "s3:ListBuckets"}); err != nil {
		t.Error(err)
	}
	if err := Unlisted(a, []string{"rds:DescribeDBInstances"}); err == nil {
		t.Error("an operation that nobody called counts as read")
	}
	checktest.Fail(a, "ec2:DescribeVolumes", checktest.Elsewhere, snapshot.Denied)
	if err := Unlisted(a, []string{"s3:ListBuckets", "ec2:DescribeVolumes"}); err == nil {
		t.Error("a denied list counts as read")
	}
}
