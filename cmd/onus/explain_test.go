package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/suite"
	"onus/report/mend"
	"onus/report/reporttest"
)

// demoResult is the result of a scan of the demo account, narrowed by flags.
func demoResult(t *testing.T, flags ...string) (path string, findings []checks.Finding) {
	t.Helper()
	dir := t.TempDir()
	if code, _, errs := onus(t, append([]string{"demo", "-q", "--out", dir}, flags...)...); code != 0 && code != 3 && code != 4 {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	path = filepath.Join(dir, "result.json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var document struct{ Findings []checks.Finding }
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	return path, document.Findings
}

func TestAFindingIsExplained(t *testing.T) {
	path, findings := demoResult(t, "--check", "iam-root-mfa-enabled")
	id := findings[0].ID[:12]
	code, out, errs := onus(t, "explain", id, "--from", path)
	if code != 0 {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	for _, want := range []string{"FAIL  111122223333", "AccountMFAEnabled is 0", "call  ", "The root user signs in with MFA", "IAM.9", "onus evidence show"} {
		if !strings.Contains(out, want) {
			t.Errorf("lacks %q:\n%s", want, out)
		}
	}
	if code, _, errs := onus(t, "explain", "ffffffffffffff", "--from", path); code != 2 || !strings.Contains(errs, "no finding") {
		t.Errorf("an id that is not there: exit status %d: %s", code, errs)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "{}", "[]", string(text[:len(text)/2]), `{"format":"onus.result/v9"}`, `{"format":"onus.result/v1","findings":{}}`, "\x1f\x8b"} {
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, errs := onus(t, "explain", id, "--from", path); code != 2 || strings.Count(errs, "\n") != 1 {
			t.Errorf("%.20q: exit status %d: %s", bad, code, errs)
		}
	}
}

func TestExplainMendsTheResourceAtHand(t *testing.T) {
	path, findings := demoResult(t, "--check", "s3-bucket-versioning-enabled,rds-backup-retention-sufficient,iam-access-key-rotated")
	fails := map[string]checks.Finding{}
	pass := ""
	for _, f := range findings {
		switch {
		case f.Status == checks.FAIL && fails[f.Check].ID == "":
			fails[f.Check] = f
		case f.Status == checks.PASS:
			pass = f.ID
		}
	}
	for check, want := range map[string][]string{
		"s3-bucket-versioning-enabled":    {"WHY IT MATTERS", "\n    aws s3api put-bucket-versioning --region eu-central-1 --bucket acme-", "\n      bucket = \"acme-", "WHAT MENDING COSTS"},
		"rds-backup-retention-sufficient": {"\n    aws rds modify-db-instance --region us-east-1 --db-instance-identifier acme-", "DAYS --apply-immediately\n"},
		"iam-access-key-rotated":          {"\n    aws iam update-access-key --user-name deploy-ci --access-key-id AKIA"},
	} {
		_, out, _ := onus(t, "explain", fails[check].ID, "--from", path)
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("%s: lacks %q:\n%s", check, w, out)
			}
		}
		if regexp.MustCompile(`\{[a-z]+\}`).MatchString(out) || strings.Contains(out, "modify-db-cluster") {
			t.Errorf("%s: a placeholder is left, or a command for another resource:\n%s", check, out)
		}
	}
	if _, out, _ := onus(t, "explain", pass, "--from", path); !strings.Contains(out, "nothing to mend here: the verdict is PASS") || strings.Contains(out, "\n    aws ") {
		t.Errorf("a PASS is explained so:\n%s", out)
	}
	_, out, _ := onus(t, "explain", "rds-backup-retention-sufficient")
	for _, want := range []string{"# for rds cluster", "--db-instance-identifier {name}", "Put in the resource’s own: {name}, {region}."} {
		if !strings.Contains(out, want) {
			t.Errorf("without a finding, %q is lacking:\n%s", want, out)
		}
	}
}

// Every FAIL of the demo is mended by commands for its own resource: a text that uses a
// placeholder which its kind of resource does not have is of no use.
func TestEveryFailOfTheDemoHasItsCommands(t *testing.T) {
	t.Parallel()
	_, findings := demoResult(t)
	told := map[string]bool{}
	for _, f := range findings {
		if f.Status != checks.FAIL || told[f.Check+f.Resource.Type] {
			continue
		}
		c, _ := suite.Find(f.Check)
		cli, terraform := mend.For(c.Fix, f.Resource.Type)
		for _, template := range []mend.Template{cli, terraform} {
			if text, open := template.Fill(mend.Of(f)); len(open) > 0 {
				told[f.Check+f.Resource.Type] = true
				t.Errorf("%s, of %s %s: %v stays in\n%s", f.Check, f.Resource.Type, f.Resource.ID, open, text)
			}
		}
	}
}

func TestExplainObeysNoResult(t *testing.T) {
	path, findings := demoResult(t, "--check", "s3-bucket-versioning-enabled")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	hostile, _ := json.Marshal(reporttest.Sentence)
	for _, f := range findings {
		if f.Status != checks.FAIL {
			continue
		}
		for _, old := range []string{f.Resource.ID, f.Resource.Name, f.Reason, f.Region} {
			quoted, _ := json.Marshal(old)
			text = []byte(strings.ReplaceAll(string(text), string(quoted), string(hostile)))
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		_, out, errs := onus(t, "explain", f.ID, "--from", path)
		if !strings.Contains(out, "Put in by hand: {name}") || strings.ContainsAny(out+errs, "\x1b\x07\u009b\u202e\u200b\x00") {
			t.Errorf("explained as %q %q", out, errs)
		}
		return
	}
	t.Error("no bucket of the demo fails")
}
