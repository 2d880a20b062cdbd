package acme_test

import (
	"strings"
	"testing"

	st "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"onus/mocks"
	"onus/mocks/acme"
)

// each counts the buckets that keep a control, of those that it is about.
func each(about, kept func(bucket) bool) func(*seen) count {
	return func(w *seen) (c count) {
		for _, b := range w.buckets {
			if about == nil || about(b) {
				c.add(kept(b))
			}
		}
		return c
	}
}

func versioned(b bucket) bool { return b.versioning != "" }
func locks(b bucket) bool     { return b.settings.lock != nil }
func readable(b bucket) bool  { return !b.refused }

// bucketFacts says for each control of S3's settings, in the simplest reading, how often
// the account keeps it and how often not.
var bucketFacts = map[string]struct {
	of   func(*seen) count
	want count
}{
	"s3-bucket-acls-disabled": {each(nil, func(b bucket) bool { return b.settings.ownership == st.ObjectOwnershipBucketOwnerEnforced }), count{9, 3}},
	"s3-bucket-acl-grants-no-public-group": {each(func(b bucket) bool { return b.settings.ownership != st.ObjectOwnershipBucketOwnerEnforced },
		func(b bucket) bool { return b.settings.readers == 0 }), count{2, 1}},
	"s3-bucket-own-public-access-block": {each(nil, func(b bucket) bool {
		all := b.block != nil
		for _, on := range b.block {
			all = all && on
		}
		return all
	}), count{6, 6}},
	"s3-bucket-not-publicly-readable": {each(nil, func(b bucket) bool { return !b.settings.public }), count{11, 1}},
	"s3-bucket-policy-grants-known-accounts": {each(nil, func(b bucket) bool {
		return !strings.Contains(b.settings.policy, acme.Partner) && !strings.Contains(b.settings.policy, `"Website"`)
	}), count{10, 2}},
	"s3-bucket-tls-only":               {each(nil, func(b bucket) bool { return strings.Contains(b.settings.policy, `"TLSOnly"`) }), count{7, 5}},
	"s3-bucket-tls-minimum-version":    {each(nil, func(b bucket) bool { return strings.Contains(b.settings.policy, "s3:TlsVersion") }), count{2, 10}},
	"s3-bucket-default-encryption-kms": {each(readable, func(b bucket) bool { return strings.HasPrefix(string(b.algorithm), "aws:kms") }), count{5, 6}},
	"s3-bucket-object-lock-enabled":    {each(nil, locks), count{3, 9}},
	"s3-bucket-object-lock-default-retention": {each(locks, func(b bucket) bool {
		d := b.settings.lock.Rule.DefaultRetention
		return d.Years != nil || *d.Days >= 30
	}), count{2, 1}},
	"s3-bucket-lifecycle-configured": {each(nil, func(b bucket) bool {
		return len(b.settings.lifecycle) > 0 && b.settings.lifecycle[0].Status == st.ExpirationStatusEnabled
	}), count{4, 8}},
	"s3-bucket-noncurrent-versions-managed": {each(versioned, func(b bucket) bool {
		return len(b.settings.lifecycle) > 0 && b.settings.lifecycle[0].Status == st.ExpirationStatusEnabled
	}), count{4, 5}},
	"s3-bucket-cross-region-replication-enabled": {each(nil, func(b bucket) bool { return len(b.settings.copies) > 0 }), count{2, 10}},
	"s3-bucket-event-notifications-enabled":      {each(nil, func(b bucket) bool { return b.settings.notifies }), count{2, 10}},
	"s3-bucket-website-disabled":                 {each(nil, func(b bucket) bool { return !b.settings.website }), count{11, 1}},
	"s3-access-point-public-access-blocked":      {func(w *seen) count { return w.openPoints }, count{1, 1}},
}

func TestEveryControlOfBucketsIsKeptOrBrokenAsPlanned(t *testing.T) {
	w := walk(t, start(t, acme.Server(mocks.Options{Lenient: true})))
	for id, f := range bucketFacts {
		if got := f.of(w); got != f.want {
			t.Errorf("%s: %+v, want %+v", id, got, f.want)
		}
	}
}
