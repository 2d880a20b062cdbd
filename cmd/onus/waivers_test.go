package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onus/mocks/acme"
	"onus/report/schema"
)

// waiverPolicy is a policy file with one waiver of all that one check finds.
func waiverPolicy(t *testing.T, check, expires string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "onus.yaml")
	text := fmt.Sprintf("allowed_regions: [eu-west-1, eu-central-1]\nwaivers:\n  - check: %s\n    resource: '*'\n    reason: it is only a sandbox\n    owner: Dana\n    expires: %s\n", check, expires)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// days are the day of the demo, the day before and the day after.
var days = struct{ before, same, after string }{
	acme.AsOf.AddDate(0, 0, -1).Format("2006-01-02"), acme.AsOf.Format("2006-01-02"), acme.AsOf.AddDate(0, 0, 1).Format("2006-01-02"),
}

// The exit status of the program: what is waived does not count, on the last day too; what
// has expired does.
func TestAWaiverTurnsTheExitStatus(t *testing.T) {
	for _, tt := range []struct {
		name, check, expires string
		code                 int
		said                 string
	}{
		{"no waiver of it", "s3-bucket-versioning-enabled", days.after, 3, "1 finding at or above high"},
		{"a FAIL", "iam-root-mfa-enabled", days.after, 0, "not counting 1 finding at or above it that the policy waives"},
		{"a FAIL, on the last day", "iam-root-*", days.same, 0, "not counting 1 finding at or above it that the policy waives"},
		{"a FAIL, on the day after", "iam-root-mfa-enabled", days.before, 3, "1 finding at or above high"},
	} {
		code, _, errs := process(t, nil, "demo", "-q", "--check", "iam-root-mfa-enabled", "--policy", waiverPolicy(t, tt.check, tt.expires))
		if code != tt.code {
			t.Errorf("%s: exit status %d, want %d: %s", tt.name, code, tt.code, errs)
		}
		_, out, _ := onus(t, "demo", "--check", "iam-root-mfa-enabled", "--policy", waiverPolicy(t, tt.check, tt.expires))
		if words := strings.Join(strings.Fields(out), " "); !strings.Contains(words, tt.said) {
			t.Errorf("%s: it does not say %q:\n%s", tt.name, tt.said, out)
		}
	}
	// The default encryption of one bucket is denied, and others fail.
	const check = "s3-bucket-default-encryption-enabled"
	for expires, want := range map[string]int{days.after: 0, days.before: 4} {
		if code, _, errs := process(t, nil, "demo", "-q", "--check", check, "--resource", "arn:aws:s3:::acme-legal-hold-prod", "--fail-on", "low", "--policy", waiverPolicy(t, check, expires)); code != want {
			t.Errorf("an UNKNOWN, waived until %s: exit status %d, want %d: %s", expires, code, want, errs)
		}
	}
}

func TestAPolicyWithABadWaiverIsRefused(t *testing.T) {
	code, _, errs := onus(t, "demo", "--policy", waiverPolicy(t, "iam-root-mfa-enable", days.after))
	if code != 2 || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, `:3:12: unknown check "iam-root-mfa-enable"; did you mean "iam-root-mfa-enabled"?`) {
		t.Errorf("exit status %d: %s", code, errs)
	}
}

// A replay waives by the policy of the record, or by another; the bytes are the same.
func TestAReplayWaives(t *testing.T) {
	record := filepath.Join(t.TempDir(), "record")
	policy := waiverPolicy(t, "iam-root-mfa-enabled", days.same)
	flags := []string{"--check", "iam-root-mfa-enabled", "--format", "json", "-q"}
	code, scanned, errs := onus(t, append([]string{"demo", "--policy", policy, "--record", record}, flags...)...)
	if code != 0 {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	valid(t, []byte(scanned), schema.Result)
	for _, tt := range []struct {
		flags []string
		code  int
		state string
	}{
		{nil, 0, "in-force"},
		{[]string{"--as-of", days.same + "T23:59:59Z"}, 0, "in-force"},
		{[]string{"--as-of", days.after + "T00:00:00Z"}, 3, "expired"},
		{[]string{"--policy", waiverPolicy(t, "iam-root-mfa-enabled", days.before)}, 3, "expired"},
		{[]string{"--policy", waiverPolicy(t, "s3-bucket-versioning-enabled", days.after)}, 3, "unused"},
	} {
		code, out, errs := onus(t, append([]string{"replay", record, "--format", "json", "-q"}, tt.flags...)...)
		var r struct {
			Waivers  []struct{ State string }
			Findings []struct {
				Status string
				Waived *struct{ Reason, Owner, Expires string }
			}
		}
		if err := json.Unmarshal([]byte(out), &r); err != nil {
			t.Fatalf("%v: %s", err, errs)
		}
		if code != tt.code || len(r.Waivers) != 1 || r.Waivers[0].State != tt.state || r.Findings[0].Status != "FAIL" || (r.Findings[0].Waived != nil) != (tt.state == "in-force") {
			t.Errorf("%v: exit status %d: %+v", tt.flags, code, r)
		}
		if tt.flags == nil && body(out) != body(scanned) {
			t.Error("the replay differs")
		}
	}
}

func TestExplainAndEvidenceSayWhatIsWaived(t *testing.T) {
	policy := waiverPolicy(t, "iam-root-mfa-enabled", days.same)
	path, findings := demoResult(t, "--check", "iam-root-mfa-enabled", "--policy", policy)
	if code, out, errs := onus(t, "explain", findings[0].ID[:12], "--from", path); code != 0 || !strings.Contains(out, "  waived    by Dana until "+days.same+": it is only a sandbox\n") {
		t.Errorf("explain: exit status %d: %s%s", code, errs, out)
	}
	sealed, _ := sealedDemo(t, "--check", "iam-root-mfa-enabled,iam-customer-policy-no-full-admin", "--policy", policy)
	if code, out, errs := onus(t, "evidence", "show", sealed, "iam-root-mfa-enabled"); code != 0 || !strings.Contains(out, "  waived     by Dana until "+days.same+": it is only a sandbox\n") {
		t.Errorf("show: exit status %d: %s%s", code, errs, out)
	}
	if code, _, errs := onus(t, "replay", sealed, "-q"); code != 3 || !strings.Contains(errs, "byte for byte") {
		t.Errorf("replay of the bundle: exit status %d: %s", code, errs)
	}
	papers := filepath.Join(t.TempDir(), "papers")
	if code, _, errs := onus(t, "evidence", "export", sealed, "--to", papers); code != 0 {
		t.Fatalf("export: exit status %d: %s", code, errs)
	}
	for file, want := range map[string]string{"iam-root-mfa-enabled/workpaper.md": "Waived by Dana until", "assessment-results.json": `"deviation-approved"`} {
		if text, err := os.ReadFile(filepath.Join(papers, file)); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s lacks %q: %v", file, want, err)
		}
	}
}

// What the policy alone changed is told between two bundles.
func TestEvidenceDiffSaysWhatThePolicyChanged(t *testing.T) {
	policy := waiverPolicy(t, "iam-root-mfa-enabled", days.same)
	milder := filepath.Join(t.TempDir(), "milder.yaml")
	if err := os.WriteFile(milder, []byte("allowed_regions: [eu-west-1, eu-central-1]\nchecks:\n  iam-root-mfa-enabled:\n    severity: high\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	bundle := func(policy string) string {
		path, _ := sealedDemo(t, "--check", "iam-root-mfa-enabled,iam-customer-policy-no-full-admin", "--policy", policy)
		return path
	}
	waived, other := bundle(policy), bundle(milder)
	for _, tt := range []struct {
		name, before, after string
		want                []string
	}{
		{"waived", other, waived, []string{"severity high, now critical", "waived by Dana until " + days.same + ": it is only a sandbox"}},
		{"lapsed", waived, other, []string{"severity critical, now high", "no more waived by Dana until " + days.same + ": it is only a sandbox"}},
		{"as before", waived, bundle(policy), nil},
	} {
		code, out, errs := onus(t, "evidence", "diff", tt.before, tt.after)
		want := ""
		for i, l := range tt.want {
			if i == 0 {
				want = "changed  FAIL  iam-root-mfa-enabled  111122223333\n"
			}
			want += "  by the policy: " + l + "\n"
		}
		if code != 0 || out != want || (want == "") != strings.Contains(errs, " 0 changed") {
			t.Errorf("%s: exit status %d: %s%swant %s", tt.name, code, out, errs, want)
		}
	}
}

// A FAIL that is waived is no news for --fail-on; one that is waived no more is.
func TestDiffCountsNoWaivedFinding(t *testing.T) {
	open, _ := demoResult(t, "--check", "iam-root-mfa-enabled")
	none, _ := demoResult(t, "--check", "s3-bucket-versioning-enabled")
	waived, _ := demoResult(t, "--check", "iam-root-mfa-enabled", "--policy", waiverPolicy(t, "iam-root-mfa-enabled", days.same))
	for _, tt := range []struct {
		name, before, after string
		code                int
		kind, words         string
	}{
		{"new and open", none, open, 3, "new", "NEW  1 finding"},
		{"new and waived", none, waived, 0, "new", "waived by Dana until"},
		{"waived since", open, waived, 0, "waived", "WAIVED  1 finding: counted before, and is waived now"},
		{"lapsed", waived, open, 3, "lapsed", "LAPSED  1 finding: waived before, and counts again"},
		{"waived as before", waived, waived, 0, "", "1 finding as before"},
	} {
		code, out, errs := onus(t, "diff", tt.before, tt.after, "--fail-on", "high")
		if code != tt.code || !strings.Contains(out, tt.words) {
			t.Errorf("%s: exit status %d, want %d, and %q: %s%s", tt.name, code, tt.code, tt.words, errs, out)
		}
		_, text, _ := onus(t, "diff", tt.before, tt.after, "--format", "json")
		valid(t, []byte(text), schema.Diff)
		if tt.kind != "" && !strings.Contains(text, `"change": "`+tt.kind+`"`) {
			t.Errorf("%s: no change %q in\n%s", tt.name, tt.kind, text)
		}
	}
}
