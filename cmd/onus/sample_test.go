package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"onus/mocks"
	"onus/report/schema"
)

// sampling checks by themselves, on the demo account.
const sampleChecks = "s3-object-sample-encrypted-at-rest,s3-object-sample-client-side-encrypted,s3-object-sample-client-side-encryption-current,s3-object-sample-no-customer-provided-key"

func TestObjectsAreLookedAtOnlyWhenAskedFor(t *testing.T) {
	s := server(t, mocks.Options{})
	environment(t, s.URL())
	code, out, errs := onus(t, "scan", "-q", "--service", "s3", "--format", "json")
	if code == 1 || code == 2 {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	r := decode(t, out)
	if r.Scan["sampled"] != nil || s.Count("s3:ListObjectsV2")+s.Count("s3:HeadObject")+s.Count("s3:GetObjectAcl") != 0 {
		t.Errorf("%d lists of objects, though nobody asked: %v", s.Count("s3:ListObjectsV2"), r.Scan["sampled"])
	}
	why, _ := json.Marshal(r.Scan["not_run"])
	if strings.Count(string(why), "not asked for: --sample-objects") != 5 {
		t.Errorf("not run: %s", why)
	}
}

func TestASampleCanBeDrawnAgain(t *testing.T) {
	s := server(t, mocks.Options{})
	environment(t, s.URL())
	dir := t.TempDir()
	policy := filepath.Join(dir, "onus.yaml")
	text := "checks:\n  s3-object-sample-client-side-encrypted:\n    parameters:\n      client_side_buckets: [\"acme-*-exports-*\", acme-invoices-prod]\n"
	if err := os.WriteFile(policy, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	scan := func(more ...string) (result, string) {
		t.Helper()
		code, out, errs := onus(t, append([]string{"scan", "-q", "--check", sampleChecks, "--sample-objects", "2", "--policy", policy, "--format", "json"}, more...)...)
		if code == 1 || code == 2 {
			t.Fatalf("exit status %d: %s", code, errs)
		}
		valid(t, []byte(out), schema.Result)
		return decode(t, out), out
	}
	record := filepath.Join(dir, "record")
	first, text1 := scan("--record", record)
	sampled := first.Scan["sampled"].(map[string]any)
	seed, _ := sampled["seed"].(string)
	if sampled["objects"] != 2.0 || sampled["max_keys"] != 1000.0 || seed == "" {
		t.Errorf("sampled: %v", sampled)
	}
	code, again, errs := onus(t, "replay", record, "-q", "--format", "json")
	if body(text1) != body(again) {
		t.Errorf("the replay differs, exit status %d: %s", code, errs)
	}
	other, _ := scan("--sample-seed", seed)
	if !reflect.DeepEqual(first.Findings, other.Findings) {
		t.Errorf("the same seed gave\n%v\nand\n%v", first.Findings, other.Findings)
	}
	var seen []string
	for _, f := range first.Findings {
		if f.Check == "s3-object-sample-client-side-encrypted" && f.Status != "NOT_APPLICABLE" {
			seen = append(seen, f.Resource.ID+" "+f.Status+" "+f.Reason)
		}
	}
	if len(seen) != 2 || !strings.Contains(seen[0], "exports-prod PASS") || !strings.Contains(seen[0], "2 sampled of 3 listed") || !strings.Contains(seen[1], "invoices-prod FAIL") {
		t.Errorf("%q", seen)
	}
	named, _ := scan("--sample-bucket", "acme-invoices-*")
	left := 0
	for _, f := range named.Findings {
		if strings.Contains(f.Reason, "--sample-bucket") {
			left++
		}
	}
	if left == 0 || named.Scan["sampled"].(map[string]any)["buckets"] == nil {
		t.Errorf("%d findings were left out: %v", left, named.Scan["sampled"])
	}
	nothingWrapped(t, record)
}

// nothingWrapped reads a record for what encryption clients leave on objects.
func nothingWrapped(t *testing.T, record string) {
	t.Helper()
	heads := 0
	err := fs.WalkDir(os.DirFS(record), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(record, path))
		if strings.Contains(string(text), "X-Amz-Meta-X-Amz-Iv") {
			heads++
		}
		for _, wrapped := range []string{`"X-Amz-Meta-X-Amz-Key-V2":["`, `"X-Amz-Meta-X-Amz-3":["`, `"X-Amz-Meta-X-Amz-Iv":["`, `"X-Amz-Meta-Invoice-Run":["`} {
			for _, rest := range strings.Split(string(text), wrapped)[1:] {
				if !strings.HasPrefix(rest, "onus-redacted:v1 kind=object-metadata ") {
					t.Errorf("%s keeps %s%.40s", path, wrapped, rest)
				}
			}
		}
		return err
	})
	if err != nil || heads == 0 {
		t.Errorf("%d objects with a vector in the record, %v", heads, err)
	}
}

// The parts that fit into managed policies hold together what the whole policy holds.
func TestPermissionsInPartsFitIntoManagedPolicies(t *testing.T) {
	type policy struct {
		Statement []struct{ Action []string }
	}
	read := func(args ...string) (actions []string, size int, warning string) {
		t.Helper()
		code, text, errs := onus(t, append([]string{"permissions"}, args...)...)
		var p policy
		if err := json.Unmarshal([]byte(text), &p); err != nil || code != 0 {
			t.Fatalf("%v, exit status %d: %s", err, code, errs)
		}
		for _, s := range p.Statement {
			actions = append(actions, s.Action...)
		}
		return actions, len(strings.Join(strings.Fields(text), "")), errs
	}
	all, size, warning := read("--sample-objects", "5", "--sample-bucket", "invoices")
	if size <= managedSize || !strings.Contains(warning, "in 2 parts by --part 1 to 2") {
		t.Fatalf("%d characters, and it says %q", size, warning)
	}
	var parts []string
	for _, n := range []string{"1", "2"} {
		actions, size, _ := read("--part", n, "--sample-objects", "5", "--sample-bucket", "invoices")
		if parts = append(parts, actions...); size > managedSize || len(actions) == 0 {
			t.Errorf("part %s has %d characters", n, size)
		}
	}
	if !slices.Equal(all, parts) {
		t.Errorf("the parts hold %d actions, the whole %d", len(parts), len(all))
	}
	if code, _, errs := onus(t, "permissions", "--part", "3"); code != 2 || !strings.Contains(errs, "there are parts 1 to 2") {
		t.Errorf("exit status %d: %s", code, errs)
	}
	if few, _, warning := read("--check", "s3-bucket-versioning-enabled"); len(few) == 0 || warning != "" {
		t.Errorf("a small policy: %v %q", few, warning)
	}
}

func TestPermissionsForASampleNameTheBuckets(t *testing.T) {
	type statement struct {
		Sid      string
		Action   []string
		Resource any
	}
	of := func(args ...string) (out []statement, warning string) {
		t.Helper()
		code, text, errs := onus(t, append([]string{"permissions"}, args...)...)
		var p struct{ Statement []statement }
		if err := json.Unmarshal([]byte(text), &p); err != nil || code != 0 {
			t.Fatalf("%v, exit status %d: %s", err, code, errs)
		}
		return p.Statement, errs
	}
	plain, quiet := of()
	if len(plain) != 1 || strings.Contains(quiet, "content") || slices.ContainsFunc(plain[0].Action, func(a string) bool { return strings.HasPrefix(a, "s3:GetObject") }) {
		t.Errorf("without a sample: %v %q", plain, quiet)
	}
	named, warning := of("--sample-objects", "5", "--sample-bucket", "invoices,exports", "--partition", "aws-cn")
	got, _ := json.Marshal(named[len(named)-1])
	want := `{"Sid":"OnusLooksAtObjects","Action":["s3:GetObject","s3:GetObjectAcl"],"Resource":["arn:aws-cn:s3:::invoices/*","arn:aws-cn:s3:::exports/*"]}`
	if string(got) != want || len(named) != 2 || slices.Contains(named[0].Action, "s3:GetObject") || !strings.Contains(warning, "allows reading the content") {
		t.Errorf("%s %q\nwant %s", got, warning, want)
	}
	unnamed, warning := of("--sample-objects", "5")
	if r := unnamed[1].Resource; r != "arn:aws:s3:::BUCKET/*" || !strings.Contains(warning, "in place of BUCKET") {
		t.Errorf("%v %q: never on every bucket", r, warning)
	}
	if code, _, errs := onus(t, "permissions", "--sample-objects", "-1"); code != 2 || !strings.Contains(errs, "--sample-objects") {
		t.Errorf("exit status %d: %s", code, errs)
	}
}
