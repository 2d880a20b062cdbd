package keys_test

import (
	"strings"
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/checks/keys"
	"onus/scanner/snapshot"
)

func TestUsable(t *testing.T) {
	now := checktest.AsOf
	in := func(days int) time.Time { return now.AddDate(0, 0, days) }
	for _, tt := range []struct {
		name   string
		key    snapshot.KeyMetadata
		want   checks.Status
		reason string
	}{
		{"enabled", snapshot.KeyMetadata{State: "Enabled", Origin: "AWS_KMS"}, checks.PASS, "Enabled"},
		{"due for deletion", snapshot.KeyMetadata{State: "PendingDeletion", Deletion: in(5)}, checks.FAIL, "2026-11-06"},
		{"due for deletion on an unknown day", snapshot.KeyMetadata{State: "PendingDeletion"}, checks.FAIL, "not told"},
		{"a primary that waits for its replicas", snapshot.KeyMetadata{State: "PendingReplicaDeletion"}, checks.FAIL, "replicas"},
		{"disabled", snapshot.KeyMetadata{State: "Disabled"}, checks.FAIL, "Disabled"},
		{"without material", snapshot.KeyMetadata{State: "PendingImport", Origin: "EXTERNAL"}, checks.FAIL, "key material"},
		{"key store away", snapshot.KeyMetadata{State: "Unavailable", Origin: "EXTERNAL_KEY_STORE"}, checks.FAIL, "EXTERNAL_KEY_STORE"},
		{"being made", snapshot.KeyMetadata{State: "Creating"}, checks.UNKNOWN, "moment"},
		{"being moved", snapshot.KeyMetadata{State: "Updating"}, checks.UNKNOWN, "moment"},
		{"a state of tomorrow", snapshot.KeyMetadata{State: "Dreaming"}, checks.UNKNOWN, "documents"},
		{"imported material that stays", snapshot.KeyMetadata{State: "Enabled", Origin: "EXTERNAL"}, checks.PASS, "Enabled"},
		{"imported material, 30 days left", snapshot.KeyMetadata{State: "Enabled", Origin: "EXTERNAL", ValidTo: in(30)}, checks.FAIL, "2026-12-01"},
		{"imported material, 31 days left", snapshot.KeyMetadata{State: "Enabled", Origin: "EXTERNAL", ValidTo: in(31)}, checks.PASS, "Enabled"},
	} {
		if v := keys.Usable(tt.key, now, 30); v.Status != tt.want || !strings.Contains(v.Reason, tt.reason) {
			t.Errorf("%s: %s %q, want %s with %q", tt.name, v.Status, v.Reason, tt.want, tt.reason)
		}
	}
}

func TestForeign(t *testing.T) {
	for reference, want := range map[string]bool{
		"id": false, "alias/mine": false, checktest.KeyARN("id"): false, "": false,
		"arn:aws:kms:eu-west-1:999988887777:key/id": true, "arn:aws:kms:eu-west-1:999988887777:alias/theirs": true,
	} {
		if got := keys.Foreign(checktest.At, reference); got != want {
			t.Errorf("%q is foreign: %v", reference, got)
		}
	}
}

func TestOneARNForEveryName(t *testing.T) {
	const key, alias = "arn:aws:kms:eu-west-1:111122223333:key/a", "arn:aws:kms:eu-west-1:111122223333:alias/b"
	for reference, want := range map[string]string{"": "", "a": key, "key/a": key, key: key, "alias/b": alias, alias: alias} {
		if got := snapshot.KeyARN(checktest.At, reference); got != want {
			t.Errorf("%q: %q, want %q", reference, got, want)
		}
	}
}
