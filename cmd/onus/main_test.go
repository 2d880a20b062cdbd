package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"onus/mocks"
	"onus/mocks/acme"
	"onus/report/schema"
)

// TestMain lets the test binary be the program, for tests that need a process of its own.
func TestMain(m *testing.M) {
	if os.Getenv("ONUS_TEST_MAIN") != "" {
		main()
		return
	}
	if name := os.Getenv(benchVariable); name != "" {
		benchFormat(name)
		return
	}
	os.Exit(m.Run())
}

// onus runs the program in this process.
func onus(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, streams{strings.NewReader(""), &out, &errs, os.Getenv})
	return code, out.String(), errs.String()
}

// environment points the SDK's own chain at a server.
func environment(t *testing.T, endpoint string) {
	t.Helper()
	home := t.TempDir()
	for k, v := range map[string]string{
		"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "mocks", "AWS_SECRET_ACCESS_KEY": "mocks", "AWS_SESSION_TOKEN": "", "AWS_REGION": acme.Home,
		"AWS_CONFIG_FILE": filepath.Join(home, "config"), "AWS_SHARED_CREDENTIALS_FILE": filepath.Join(home, "credentials"),
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_PROFILE": "", "HOME": home,
	} {
		t.Setenv(k, v)
	}
}

func server(t *testing.T, o mocks.Options) *mocks.Server {
	t.Helper()
	o.Lenient = true
	s := acme.Server(o)
	t.Cleanup(s.Close)
	return s
}

type result struct {
	Scan     map[string]any
	Findings []struct {
		Check, Status, Reason, Region string
		Resource                      struct {
			ID   string
			Tags map[string]string
		}
	}
	Coverage []struct{ Operation, Region, Status string }
}

func decode(t *testing.T, text string) (r result) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatalf("the result is not JSON: %v", err)
	}
	return r
}

func valid(t *testing.T, text []byte, against []byte) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(against))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(value); err != nil {
		t.Errorf("the result is not valid: %v", err)
	}
}

func TestDemoTellsWhatItFound(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	code, out, errs := onus(t, "demo", "--out", dir)
	if code != 3 {
		t.Errorf("exit status %d, want 3: %s", code, errs)
	}
	for _, want := range []string{"FAIL", "UNKNOWN", "DUTIES", "NOT READ", "s3:GetBucketEncryption denied", "exit status 3:"} {
		if !strings.Contains(out, want) {
			t.Errorf("the report lacks %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "\x1b") {
		t.Error("colour goes to a terminal only")
	}
	text, err := os.ReadFile(filepath.Join(dir, "result.json"))
	if err != nil {
		t.Fatal(err)
	}
	valid(t, text, schema.Result)
}

func TestAFrameworkIsReportedByRequirement(t *testing.T) {
	dir := t.TempDir()
	code, out, errs := onus(t, "demo", "--framework", "cis_7.0", "--out", dir, "--format", "console", "--format", "ndjson="+filepath.Join(dir, "r.ndjson"))
	if code != 3 {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	for _, want := range []string{"CIS_7.0  CIS Amazon Web Services Foundations Benchmark v7.0.0", "  broken   2.5 ", "not judged: "} {
		if !strings.Contains(out, want) {
			t.Errorf("lacks %q:\n%s", want, out)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "result.json"))
	if err != nil || !bytes.Contains(text, []byte(`"requirement":"2.5","outcome":"broken","checks":["iam-root-mfa-enabled"]`)) {
		t.Errorf("the document lacks the requirement: %v", err)
	}
	valid(t, text, schema.Result)
}

func TestScanThenReplay(t *testing.T) {
	s := server(t, mocks.Options{})
	environment(t, strings.Replace(s.URL(), "127.0.0.1", "localhost", 1)) // a name, which the SDK would put buckets in front of
	policy := filepath.Join(t.TempDir(), "onus.yaml")
	if err := os.WriteFile(policy, []byte("allowed_regions: [eu-west-1, eu-central-1]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	record := filepath.Join(t.TempDir(), "record")
	code, scanned, errs := onus(t, "scan", "--policy", policy, "--record", record, "--format", "json", "--quiet")
	if code != 3 {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	for _, c := range decode(t, scanned).Coverage {
		if c.Status != "ok" && c.Operation != "s3:GetBucketEncryption" {
			t.Errorf("%s in %s: %s", c.Operation, c.Region, c.Status)
		}
	}
	s.Close()
	code, replayed, errs := onus(t, "replay", record, "--format", "json", "--quiet")
	if code != 3 {
		t.Fatalf("replay: exit status %d: %s", code, errs)
	}
	if a, b := body(scanned), body(replayed); a != b {
		t.Errorf("the replay differs:\n%s\n%s", a, b)
	}
	if code, _, _ := onus(t, "replay", record, "--as-of", "2036-01-01T00:00:00Z", "--format", "json", "-q"); code != 3 {
		t.Errorf("ten years later: exit status %d", code)
	}
}

// body is a result without the header's id and times.
func body(text string) string {
	_, rest, _ := strings.Cut(text, `"as_of"`)
	return rest
}

func TestNarrowedScansSayThatTheyAre(t *testing.T) {
	environment(t, server(t, mocks.Options{}).URL())
	code, out, errs := onus(t, "scan", "--region", acme.Second, "--service", "rds", "--check", "rds-instance-storage-encrypted", "--tag", "nobody=has", "--format", "json", "-q")
	if code != 0 {
		t.Errorf("exit status %d: %s", code, errs)
	}
	r := decode(t, out)
	narrowed, _ := json.Marshal(r.Scan["narrowed_to"])
	for _, want := range []string{acme.Second, "rds", "nobody=has", "rds-instance-storage-encrypted"} {
		if !strings.Contains(string(narrowed), want) {
			t.Errorf("narrowed_to %s lacks %s", narrowed, want)
		}
	}
	if len(r.Findings) != 0 {
		t.Errorf("findings about resources without the tag: %+v", r.Findings)
	}
	for _, c := range r.Coverage {
		if strings.HasPrefix(c.Operation, "s3:") || strings.HasPrefix(c.Operation, "iam:") {
			t.Errorf("%s was planned, and no chosen check reads it", c.Operation)
		}
	}
}

func TestBadInputIsOneLineAndStatusTwo(t *testing.T) {
	s := server(t, mocks.Options{})
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, tt := range map[string]struct {
		args []string
		env  map[string]string
		want string
	}{
		"unknown flag":         {args: []string{"scan", "--nope"}, want: "unknown flag: --nope"},
		"unknown command":      {args: []string{"scna"}, want: "scna"},
		"unknown check":        {args: []string{"scan", "--check", "s3-bucket-versioning-enabld"}, want: `did you mean "s3-bucket-versioning-enabled"`},
		"explain unknown":      {args: []string{"explain", "iam-root-mfa-enable"}, want: `did you mean "iam-root-mfa-enabled"`},
		"unknown category":     {args: []string{"scan", "--category", "acess"}, want: `did you mean "access"`},
		"unknown framework":    {args: []string{"scan", "--framework", "cis_7"}, want: `did you mean "cis_7.0"`},
		"unknown suite":        {args: []string{"scan", "--suite", "all"}, want: "essential or default"},
		"unknown format":       {args: []string{"scan", "--format", "xml"}, want: `no format "xml"`},
		"two on stdout":        {args: []string{"scan", "--format", "json", "--format", "ndjson"}, want: "standard output"},
		"unknown severity":     {args: []string{"scan", "--fail-on", "huge"}, want: "critical, high"},
		"key of the policy":    {args: []string{"scan", "--policy", file("key.yaml", "residency: eu\nresidence: eu\n")}, want: "key.yaml:2:1"},
		"type in the policy":   {args: []string{"scan", "--policy", file("type.yaml", "checks:\n  iam-access-key-rotated:\n    parameters:\n      max_age_days: soon\n")}, want: "type.yaml:4:21"},
		"bound in the policy":  {args: []string{"scan", "--policy", file("bound.yaml", "checks:\n  iam-password-policy-min-length:\n    parameters:\n      min_length: 129\n")}, want: "128"},
		"no policy file":       {args: []string{"scan", "--policy", filepath.Join(dir, "none.yaml")}, want: "none.yaml"},
		"no credentials":       {args: []string{"scan"}, env: map[string]string{"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, want: "no AWS credentials"},
		"no profile":           {args: []string{"scan", "--profile", "nobody"}, want: "nobody"},
		"no Region":            {args: []string{"scan"}, env: map[string]string{"AWS_REGION": ""}, want: "no Region is set"},
		"unknown Region":       {args: []string{"scan", "--region", "eu-wset-1"}, want: `did you mean "eu-west-1"`},
		"Region not enabled":   {args: []string{"scan", "--region", "me-south-1"}, want: "not enabled"},
		"unreachable endpoint": {args: []string{"scan"}, env: map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_MAX_ATTEMPTS": "1"}, want: "did not answer"},
		"unwritable --out":     {args: []string{"scan", "--out", filepath.Join(file("plain", ""), "x")}, want: "plain"},
		"record in the way":    {args: []string{"scan", "--record", dir}, want: "not empty"},
		"no record":            {args: []string{"replay", filepath.Join(dir, "nothing")}, want: "no record is there"},
		"bad tag":              {args: []string{"scan", "--tag", "x"}, want: "KEY=VALUE"},
		"bad resource":         {args: []string{"scan", "--resource", "i-1"}, want: "no ARN"},
		"external id alone":    {args: []string{"scan", "--external-id", "x"}, want: "--role-arn"},
		"time":                 {args: []string{"scan", "--as-of", "yesterday"}, want: "2026-11-01T00:00:00Z"},
		"schema":               {args: []string{"schema", "nothing"}, want: "want result, policy or diff"},
	} {
		t.Run(name, func(t *testing.T) {
			environment(t, s.URL())
			for k, v := range tt.env {
				t.Setenv(k, v)
			}
			before := names(t, dir)
			code, out, errs := onus(t, append(tt.args, "-q")...)
			if tt.args[0] == "explain" || tt.args[0] == "schema" || tt.args[0] == "scna" {
				code, out, errs = onus(t, tt.args...)
			}
			if code != 2 || !strings.Contains(errs, tt.want) || strings.Count(errs, "\n") != 1 || out != "" {
				t.Errorf("exit status %d, stdout %q, stderr %q; want 2 and one line with %q", code, out, errs, tt.want)
			}
			if after := names(t, dir); after != before {
				t.Errorf("left behind: %s, was %s", after, before)
			}
		})
	}
}

func names(t *testing.T, dir string) string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		all = append(all, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}

func TestCommandsThatSendNothing(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want []string
	}{
		{[]string{"version"}, []string{"onus ", "go1."}},
		{[]string{"--version"}, []string{"onus ", "go1."}},
		{[]string{"plan"}, []string{"s3:GetEncryptionConfiguration", "17 Regions", "reading one"}},
		{[]string{"permissions", "--service", "s3"}, []string{`"s3:ListAllMyBuckets"`, `"Version": "2012-10-17"`}},
		{[]string{"checks", "list"}, []string{"s3-bucket-versioning-enabled", "medium"}},
		{[]string{"explain", "iam-access-key-rotated"}, []string{"max_age_days = 90", "iam:GetCredentialReport", "access-control"}},
		{[]string{"explain", "iam-root-mfa-enabled"}, []string{"fsbp", "IAM.9", "nist_800_53_r5", "AC-2(1)"}},
		{[]string{"checks", "list", "--framework", "cis_7.0"}, []string{"iam-root-mfa-enabled"}},
		{[]string{"checks", "--service", "rds"}, []string{"rds-backup-retention-sufficient"}},
		{[]string{"frameworks"}, []string{"CIS Amazon Web Services Foundations Benchmark v7.0.0", " of "}},
		{[]string{"completion", "bash"}, []string{"bash completion"}},
		{[]string{"--help"}, []string{"Exit status", "demo"}},
	} {
		code, out, errs := onus(t, tt.args...)
		if code != 0 {
			t.Errorf("%v: exit status %d: %s", tt.args, code, errs)
		}
		for _, want := range tt.want {
			if !strings.Contains(out, want) {
				t.Errorf("%v lacks %q:\n%s", tt.args, want, out)
			}
		}
	}
	_, out, _ := onus(t, "permissions")
	if strings.Contains(out, "s3:GetObject") {
		t.Error("no check reads objects")
	}
	_, out, _ = onus(t, "checks", "list", "--format", "json")
	var all []listed
	if err := json.Unmarshal([]byte(out), &all); err != nil || len(all) < 21 {
		t.Errorf("%d checks, %v", len(all), err)
	}
	_, policy, _ := onus(t, "schema", "policy")
	valid(t, []byte(`{"residency": ["eu"]}`), []byte(policy))
}

// TestTheReferenceOfChecksIsFresh: run "make docs" after a change to a check.
func TestTheReferenceOfChecksIsFresh(t *testing.T) {
	committed, err := os.ReadFile("../../checks/README.md")
	if err != nil {
		t.Fatal(err)
	}
	if _, out, _ := onus(t, "checks", "list", "--format", "markdown"); out != string(committed) {
		t.Error("checks/README.md is stale: run make docs")
	}
}

func TestCredentialsThatCannotBeUsed(t *testing.T) {
	s := server(t, mocks.Options{})
	mocks.Refuse(s, "", "sts:GetCallerIdentity", &mocks.Error{Status: 403, Code: "ExpiredToken", Message: "The security token included in the request is expired"})
	environment(t, s.URL())
	if code, out, errs := onus(t, "scan", "-q"); code != 2 || out != "" || !strings.Contains(errs, "ExpiredToken") || strings.Count(errs, "\n") != 1 {
		t.Errorf("expired: exit status %d, %q, %q", code, out, errs)
	}
	profile := "[profile mfa]\nrole_arn = arn:aws:iam::111122223333:role/audit\nsource_profile = base\nmfa_serial = arn:aws:iam::111122223333:mfa/anna\nregion = eu-west-1\n" +
		"[profile base]\naws_access_key_id = mocks\naws_secret_access_key = mocks\n"
	if err := os.WriteFile(os.Getenv("AWS_CONFIG_FILE"), []byte(profile), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	if code, out, errs := onus(t, "scan", "-q", "--profile", "mfa"); code != 2 || out != "" || !strings.Contains(errs, "no terminal to ask on") || strings.Count(errs, "\n") != 1 {
		t.Errorf("MFA without a terminal: exit status %d, %q, %q", code, out, errs)
	}
}

func TestRecordsThatCannotBeReplayed(t *testing.T) {
	for name, tt := range map[string]struct{ file, old, new, want string }{
		"newer":   {"scan.json", "onus.record/v1", "onus.record/v9", "use the version that wrote it"},
		"damaged": {"ledger.ndjson", `"operation":"sts:GetCallerIdentity"`, `"operation":"sts:GetSessionToken"`, "damaged"},
		"options": {"scan.json", `"options": {`, `"options": 7, "x": {`, "options are damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "record")
			if code, _, errs := onus(t, "demo", "-q", "--region", acme.Home, "--check", "s3-bucket-versioning-enabled", "--record", dir); code != 0 {
				t.Fatalf("exit status %d: %s", code, errs)
			}
			path := filepath.Join(dir, tt.file)
			text, err := os.ReadFile(path)
			if err != nil || !strings.Contains(string(text), tt.old) {
				t.Fatalf("%v, %s", err, text)
			}
			if err := os.WriteFile(path, []byte(strings.Replace(string(text), tt.old, tt.new, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			if code, out, errs := onus(t, "replay", dir, "-q"); code != 2 || out != "" || !strings.Contains(errs, tt.want) || strings.Count(errs, "\n") != 1 {
				t.Errorf("exit status %d, %q, %q; want 2 and %q", code, out, errs, tt.want)
			}
		})
	}
}

// TestTheREADMEShowsWhatTheDemoPrints: each line of the excerpt, as it is printed.
func TestTheREADMEShowsWhatTheDemoPrints(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "`make demo` prints:\n\n```\n")
	excerpt, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("the README has no excerpt")
	}
	_, printed, _ := onus(t, "demo")
	for _, line := range strings.Split(excerpt, "\n") {
		if !strings.Contains(printed, line+"\n") {
			t.Errorf("the demo does not print %q", line)
		}
	}
}
