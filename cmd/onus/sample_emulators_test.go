package main

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"onus/mocks/emulators"
)

// answers are what checks must say of seeded buckets: status, and a part of the reason.
type answers map[string]map[string][2]string // check → bucket → status, reason

func (a answers) of(t *testing.T, found result) {
	t.Helper()
	for check, buckets := range a {
		for bucket, want := range buckets {
			i := -1
			for j, f := range found.Findings {
				if id := f.Resource.ID; f.Check == check && (strings.HasSuffix(id, ":"+bucket) || strings.HasSuffix(id, "/"+bucket)) {
					i = j
				}
			}
			if i < 0 {
				t.Errorf("%s says nothing of %s", check, bucket)
				continue
			}
			if f := found.Findings[i]; f.Status != want[0] || !strings.Contains(f.Reason, want[1]) {
				t.Errorf("%s of %s: %s %q, want %s with %q", check, bucket, f.Status, f.Reason, want[0], want[1])
			}
		}
	}
}

// TestSampleOfMoto looks at objects that were put there through the SDK, some with what
// clients leave that encrypt before upload.
func TestSampleOfMoto(t *testing.T) {
	t.Parallel()
	endpoint := emulators.Moto(t)
	ctx, cfg := context.Background(), emulators.Config(endpoint, "eu-west-1")
	if _, err := emulators.Seed(ctx, cfg); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	policy, record := filepath.Join(dir, "onus.yaml"), filepath.Join(dir, "record")
	text := "checks:\n  s3-object-sample-client-side-encrypted:\n    parameters: {client_side_buckets: [\"pit-cse-*\"]}\n"
	if err := os.WriteFile(policy, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	const current, marked = "s3-object-sample-client-side-encryption-current", "s3-object-sample-client-side-encrypted"
	args := []string{"scan", "-q", "--region", "eu-central-1", "--policy", policy, "--format", "json", "--sample-objects", "5", "--sample-seed", "moto", "--sample-bucket", "pit-cse-*,pit-object-*",
		"--check", marked, "--check", current, "--check", "s3-object-sample-not-public", "--check", "s3-object-sample-no-customer-provided-key",
		"--check", "s3-buckets-in-allowed-regions"} // moto's list does not say where buckets lie
	code, out, errs := process(t, emulators.Environ(endpoint), append(slices.Clone(args), "--record", record)...)
	if code != 3 {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	first := decode(t, out)
	answers{
		marked: {
			"pit-cse-format1": {"PASS", "format 1"}, "pit-cse-format2": {"PASS", "2 with"}, "pit-cse-format3": {"PASS", "format 3"},
			"pit-cse-file": {"PASS", "instruction file"}, "pit-cse-mixed": {"FAIL", "without a mark"}, "pit-open": {"NOT_APPLICABLE", "pit-cse-*"},
		},
		current: {
			"pit-cse-format1": {"FAIL", ""}, "pit-cse-format2": {"PASS", "current methods"}, "pit-cse-format3": {"PASS", ""}, "pit-object-open": {"NOT_APPLICABLE", ""},
		},
		"s3-object-sample-no-customer-provided-key": {"pit-object-open": {"PASS", ""}},
	}.of(t, first)
	_, again, _ := process(t, emulators.Environ(endpoint), args...)
	for i, f := range decode(t, again).Findings {
		if was := first.Findings[i]; f.Check != was.Check || f.Status != was.Status || f.Reason != was.Reason {
			t.Errorf("the same seed draws another sample: %s %q, then %q", f.Check, was.Reason, f.Reason)
		}
	}
	if code, replayed, errs := process(t, nil, "replay", record, "-q", "--format", "json"); code != 3 || body(out) != body(replayed) {
		t.Errorf("the replay differs, exit status %d: %s", code, errs)
	}
	withheld(t, record, "d3JhcHBlZA==", "bWVzc2FnZS1pZA==", "Y29tbWl0bWVudA==", "aXYtaXYtaXY=")
}

// withheld looks for what no record may hold: wrapped keys, and what belongs to them.
func withheld(t *testing.T, dir string, secrets ...string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		kept, err := os.ReadFile(path)
		for _, s := range secrets {
			if strings.Contains(string(kept), s) {
				t.Errorf("%s holds %q", path, s)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestWhatClosesABucketInMoto shows by whom a public policy is closed, and that the own
// organization is not everybody.
func TestWhatClosesABucketInMoto(t *testing.T) {
	t.Parallel()
	endpoint := emulators.Moto(t)
	ctx, cfg := context.Background(), emulators.Config(endpoint, "eu-west-1")
	if _, err := emulators.Seed(ctx, cfg); err != nil {
		t.Fatal(err)
	}
	const readable, point = "s3-bucket-not-publicly-readable", "s3-access-point-not-public"
	scanned := func() result {
		code, out, errs := process(t, emulators.Environ(endpoint), "scan", "-q", "--region", "eu-central-1", "--format", "json", "--check", readable, "--check", point, "--check", "s3-buckets-in-allowed-regions")
		if code != 0 && code != 3 {
			t.Fatalf("exit status %d: %s", code, errs)
		}
		return decode(t, out)
	}
	answers{
		readable: {
			"pit-open": {"FAIL", `statement "Open" allows s3:GetObject to everyone`}, "pit-own-block": {"PASS", "RestrictPublicBuckets"},
			"pit-organization": {"PASS", ""}, "pit-endpoint": {"PASS", ""},
		},
		point: {
			"pit-closed-point": {"PASS", "RestrictPublicBuckets of the bucket cuts it"},
			"pit-open-point":   {"FAIL", "the bucket pit-delegated leaves it to the access point"},
		},
	}.of(t, scanned())
	if err := emulators.Remedy(ctx, cfg); err != nil {
		t.Fatal(err)
	}
	answers{
		readable: {"pit-open": {"PASS", "RestrictPublicBuckets of the account cuts it"}, "pit-organization": {"PASS", ""}},
		point:    {"pit-open-point": {"PASS", "RestrictPublicBuckets of the account cuts it"}},
	}.of(t, scanned())
}
