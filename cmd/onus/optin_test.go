package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"onus/cmd/onus/policyfile"
	"onus/mocks"
)

const historyJob = "GenerateServiceLastAccessedDetails"

// TestAccessHistoryIsAskedForOrNotAtAll: an opt-in is planned and permitted only with its
// flag, or where a check is named; without, its checks are listed as not run.
func TestAccessHistoryIsAskedForOrNotAtAll(t *testing.T) {
	for _, command := range []string{"plan", "permissions"} {
		if _, out, _ := onus(t, command); strings.Contains(out, historyJob) {
			t.Errorf("%s: nobody asked for the access history", command)
		}
		for _, more := range [][]string{{"--access-history"}, {"--check", "iam-permissions-used"}} {
			if code, out, errs := onus(t, append([]string{command}, more...)...); code != 0 || !strings.Contains(out, historyJob) {
				t.Errorf("%s %v lacks it: exit status %d: %s", command, more, code, errs)
			}
		}
	}
	policy := filepath.Join(t.TempDir(), "onus.yaml")
	if err := os.WriteFile(policy, []byte("checks:\n  iam-permissions-used:\n    enabled: true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, out, _ := onus(t, "plan", "--policy", policy); !strings.Contains(out, historyJob) {
		t.Error("the policy asks for a check of the access history, and the plan lacks it")
	}
}

func TestAScanWithAccessHistory(t *testing.T) {
	s := server(t, mocks.Options{})
	environment(t, s.URL())
	_, out, errs := onus(t, "scan", "--service", "iam", "--format", "json", "-q")
	var without struct {
		Scan struct {
			NotRun []struct{ Check, Why string } `json:"not_run"`
		}
	}
	if err := json.Unmarshal([]byte(out), &without); err != nil {
		t.Fatalf("%v: %s", err, errs)
	}
	told := 0
	for _, n := range without.Scan.NotRun {
		if n.Why == "not asked for: --access-history" {
			told++
		}
	}
	if told != 3 || s.Count("iam:"+historyJob) != 0 {
		t.Errorf("%d checks wait for the flag, want 3; asked %d times, want 0: %.600s", told, s.Count("iam:"+historyJob), out)
	}
	record := filepath.Join(t.TempDir(), "record")
	_, scanned, errs := onus(t, "scan", "--service", "iam", "--access-history", "--record", record, "--format", "json", "-q")
	if n := strings.Count(scanned, `"check":"iam-permissions-used"`); n < 20 || s.Count("iam:"+historyJob) < 20 {
		t.Errorf("%d findings, want one for each user and role: %s", n, errs)
	}
	s.Close()
	if _, replayed, errs := onus(t, "replay", record, "--format", "json", "-q"); body(scanned) != body(replayed) {
		t.Errorf("the replay differs: %s", errs)
	}
}

// --check takes ids and globs over ids; what fits nothing is a mistake.
func TestChecksByGlob(t *testing.T) {
	for _, tt := range []struct {
		words []string
		want  []string // nil: refused
	}{
		{[]string{"s3-bucket-versioning-enabled"}, []string{"s3-bucket-versioning-enabled"}},
		{[]string{"s3-bucket-versioning-*"}, []string{"s3-bucket-versioning-enabled"}},
		{[]string{"iam-root-mfa-enabled", "s3-bucket-versioning-?nabled"}, []string{"iam-root-mfa-enabled", "s3-bucket-versioning-enabled"}},
		{[]string{"s3-bucket-none-*"}, nil},
		{[]string{"s3-bucket-versioning-*", "s3-bucket-versoning-enabled"}, nil},
	} {
		run, _, err := selection{Suite: "default", Checks: tt.words}.pick(&policyfile.Policy{})
		var got []string
		for _, c := range run {
			got = append(got, c.ID)
		}
		if !slices.Equal(got, tt.want) || (err == nil) != (tt.want != nil) {
			t.Errorf("%v: %v %v", tt.words, got, err)
		}
	}
}
