package encryption

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestBucketDualLayer(t *testing.T) {
	list := func(globs ...string) map[string]any { return map[string]any{"dual_layer_buckets": globs} }
	own := func(set func(*snapshot.Account)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			set(a)
			a.S3.Own = map[string]snapshot.Read[string]{"b": snapshot.Value("eu-west-1"), "far-away": snapshot.Value("us-east-1")}
		}
	}
	unlisted := func(a *snapshot.Account) {
		own(s3Bucket(dsse))(a)
		checktest.Fail(a, "s3:ListBuckets", snapshot.Global, snapshot.Denied)
	}
	none := s3Bucket(snapshot.EncryptionRule{})
	for _, tt := range []struct {
		name            string
		set             func(*snapshot.Account)
		parameters      map[string]any
		bucket, account checks.Status
		reason          string // of either
	}{
		{"nothing is named", own(s3Bucket(sse)), nil, checks.NotApplicable, checks.NotApplicable, "names no bucket"},
		{"two layers", own(s3Bucket(dsse)), list("b*"), checks.PASS, checks.PASS, "aws:kms:dsse"},
		{"one layer", own(s3Bucket(kms)), list("b"), checks.FAIL, checks.PASS, "aws:kms, in one layer"},
		{"none", own(none), list("b"), checks.FAIL, checks.PASS, "no default"},
		{"another bucket", own(s3Bucket(kms)), list("far-*"), checks.NotApplicable, checks.PASS, "not among dual_layer_buckets (far-*)"},
		{"a name that matches no bucket is told", own(s3Bucket(dsse)), list("b", "valut"), checks.PASS, checks.UNKNOWN, "no bucket of the account, so nothing was judged by it: valut"},
		{"a name, and a list that is not whole", unlisted, list("valut"), checks.NotApplicable, checks.UNKNOWN, "denied"},
		{"denied", own(s3Without(s3Bucket(dsse), "s3:GetBucketEncryption")), list("b"), checks.UNKNOWN, checks.PASS, "denied"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := map[string]checks.Status{}
			reasons := ""
			for _, f := range checktest.Findings(&BucketDualLayer, checktest.Account(&BucketDualLayer, tt.set), tt.parameters) {
				if f.Resource.Type == checks.Scope {
					continue
				}
				got[f.Resource.Type] = f.Status
				reasons += f.Reason + "\n"
			}
			if got["s3 bucket"] != tt.bucket || got["account"] != tt.account || !strings.Contains(reasons, tt.reason) {
				t.Errorf("bucket %s, account %s: %s\nwant %s and %s with %q", got["s3 bucket"], got["account"], reasons, tt.bucket, tt.account, tt.reason)
			}
		})
	}
}

func TestBucketKeysAndTwoLayers(t *testing.T) {
	found := checktest.Findings(&BucketKeyEnabled, checktest.Account(&BucketKeyEnabled, s3Bucket(dsse)), nil)
	if len(found) != 1 || found[0].Status != checks.NotApplicable {
		t.Errorf("DSSE knows no bucket key: %+v", found)
	}
}
