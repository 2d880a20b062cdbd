package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"onus/scanner/evidence"
)

// newKeys makes a key pair and gives its name without ending.
func newKeys(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "team")
	if code, _, errs := onus(t, "keys", "new", "--out", name); code != 0 {
		t.Fatal(errs)
	}
	return name
}

// sealedDemo is a bundle of the demo account, and the name of the key that sealed it.
func sealedDemo(t *testing.T, flags ...string) (path, key string) {
	t.Helper()
	key, path = newKeys(t), filepath.Join(t.TempDir(), "acme.onus")
	if code, _, errs := onus(t, append([]string{"demo", "-q", "--evidence", path, "--key", key + ".key"}, flags...)...); code != 3 {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	return path, key
}

func TestEvidenceVerifiesAndReplaysAnywhere(t *testing.T) {
	t.Parallel()
	policy := filepath.Join(t.TempDir(), "onus.yaml")
	if err := os.WriteFile(policy, []byte("allowed_regions: [eu-west-1, eu-central-1] # ours\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	path, key := sealedDemo(t, "--policy", policy)
	// A process that has no AWS, no policy file and no network but a proxy that refuses.
	nowhere := []string{"HTTPS_PROXY=http://127.0.0.1:1", "HTTP_PROXY=http://127.0.0.1:1", "AWS_REGION="}
	if err := os.Remove(policy); err != nil {
		t.Fatal(err)
	}
	code, out, errs := process(t, nowhere, "verify", path, "--pub", key+".pub")
	if code != 0 || !strings.Contains(out, "whole and unchanged") || !strings.Contains(out, "that of this Onus") {
		t.Errorf("verify: exit status %d: %s%s", code, out, errs)
	}
	code, out, errs = process(t, nowhere, "replay", path, "--format", "json", "-q")
	if code != 3 || !strings.Contains(errs, "byte for byte") {
		t.Errorf("replay: exit status %d: %s", code, errs)
	}
	b, err := evidence.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	sealed, err := io.ReadAll(b.Result())
	if err != nil || body(string(sealed)) != body(out) {
		t.Errorf("the replay's result differs from the sealed one: %v", err)
	}
	if left := names(t, filepath.Dir(path)); strings.Contains(left, ".partial") {
		t.Errorf("left behind: %s", left)
	}
}

// forger seals results that do not follow from their answers, with a key of its own.
type forger struct {
	dir, record, name string
	key               evidence.Key
	text              string // the true result
}

func newForger(t *testing.T, flags ...string) *forger {
	t.Helper()
	f := &forger{dir: t.TempDir(), name: newKeys(t)}
	f.record = filepath.Join(f.dir, "record")
	result := filepath.Join(f.dir, "true.json")
	if code, _, errs := onus(t, append([]string{"demo", "-q", "--fail-on", "medium", "--record", f.record, "--format", "json=" + result}, flags...)...); code != 3 {
		t.Fatal(errs)
	}
	text, err := os.ReadFile(result)
	if err != nil {
		t.Fatal(err)
	}
	f.text = string(text)
	if f.key, err = evidence.ReadKey(f.name + ".key"); err != nil {
		t.Fatal(err)
	}
	return f
}

// seal makes a bundle of a result, and of what scan.json is to say beyond what follows.
func (f *forger) seal(t *testing.T, text string, change func(*evidence.Scan)) string {
	t.Helper()
	dir := t.TempDir()
	path, result := filepath.Join(dir, "forged.onus"), filepath.Join(dir, "result.json")
	if err := os.WriteFile(result, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := headerOf(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	facts := factsOf(r)
	facts.Tool.Version, facts.Tool.Commit = r.Scan.ToolVersion, r.Scan.Commit
	if change != nil {
		change(&facts)
	}
	if err := evidence.Write(t.Context(), path, dir, evidence.Content{Scan: facts, Record: f.record, Result: result, Sealed: time.Now().UTC()}, f.key); err != nil {
		t.Fatal(err)
	}
	return path
}

// A result that does not follow from the answers is found by anybody who replays, also
// where whoever wrote it had the key.
func TestReplayFindsAFalseResult(t *testing.T) {
	t.Parallel()
	f := newForger(t, "--service", "s3")
	// The findings, each with the comma that parts them, and what stands around them.
	head, rest, _ := strings.Cut(f.text, "  \"findings\": [\n")
	list, tail, _ := strings.Cut(rest, "\n  ]")
	findings := strings.Split(list, ",\n")
	with := func(all ...string) string {
		return head + "  \"findings\": [\n" + strings.Join(all, ",\n") + "\n  ]" + tail
	}
	turned := func(list []string) []string {
		out := slices.Clone(list)
		slices.Reverse(out)
		return out
	}
	last := len(findings) - 1
	lie := strings.Replace(f.text, `"status":"FAIL","severity":"medium","account"`, `"status":"PASS","severity":"medium","account"`, 1)
	invented := strings.Replace(findings[last], `"status":"`, `"status":"PASS","was":"`, 1)
	twin := strings.Replace(findings[0], `{"id":"`, `{"id":"000`, 1)
	twin = strings.TrimSuffix(twin, "}") + `,"Id":"` + twin[len(`    {"id":"000`):][:64] + `"}`
	for _, tt := range []struct {
		name, text string
		change     func(*evidence.Scan)
		want       string
	}{
		{"the true one", f.text, nil, ""},
		{"a verdict", lie, nil, "does not follow"},
		{"a severity", strings.Replace(f.text, `"severity":"medium","account"`, `"severity":"low","account"`, 1), nil, "does not follow"},
		{"another order", with(turned(findings)...), nil, "they stand in another order or form"},
		{"a finding twice", with(append([]string{findings[0]}, findings...)...), nil, "does not follow"},
		{"a finding left out", with(findings[1:]...), nil, "does not follow"},
		{"an invented twin before the true one", with(append([]string{invented, findings[last]}, findings[:last]...)...), nil, "stands twice"},
		{"an invented finding of the same id by other letters", with(append([]string{twin}, findings...)...), nil, "does not follow"},
		{"who read it", strings.Replace(f.text, `"principal": "arn:`, `"principal": "arn:x`, 1), nil, "the rest of the result differs too"},
		{"more on a line that no replay repeats", strings.Replace(f.text, `    "finished": `, `    "x": {}, "finished": `, 1), nil, "the rest of the result differs too"},
		{"the coverage", strings.Replace(f.text, `"status":"ok","requests":1,`, `"status":"ok","requests":2,`, 1), nil, "the rest of the result differs too"},
		{"accounts of scan.json", f.text, func(s *evidence.Scan) { s.Accounts = []string{"999999999999"} }, "differ in accounts"},
		{"what was read, by scan.json", f.text, func(s *evidence.Scan) { s.Read = s.Planned + 1 }, "differ in read"},
		{"when, by scan.json", f.text, func(s *evidence.Scan) { s.Finished = s.Finished.Add(time.Hour) }, "differ in finished"},
		{"by which build, by scan.json", f.text, func(s *evidence.Scan) { s.Tool.Commit = "elsewhere" }, "differ in tool"},
		{"by which catalogue, by scan.json", f.text, func(s *evidence.Scan) { s.Catalogue = "another" }, "differ in catalogue_digest"},
		{"by which mapping, by scan.json", f.text, func(s *evidence.Scan) { s.Frameworks = "another" }, "differ in frameworks_digest"},
	} {
		path := f.seal(t, tt.text, tt.change)
		if code, _, errs := onus(t, "verify", path, "--pub", f.name+".pub"); code != 0 {
			t.Errorf("%s: the signature is right: exit status %d: %s", tt.name, code, errs)
		}
		code, _, errs := onus(t, "replay", path, "-q")
		if is := strings.Contains(errs, "byte for byte"); is != (tt.want == "") || !is && (code != 2 || !strings.Contains(errs, tt.want)) {
			t.Errorf("%s: exit status %d: %s", tt.name, code, errs)
		}
	}
	path := f.seal(t, lie, nil)
	if code, _, errs := onus(t, "replay", path, "-q", "--diff"); code != 2 || !strings.Contains(errs, "changed  PASS → FAIL") {
		t.Errorf("--diff: exit status %d: %s", code, errs)
	}
	older := strings.Replace(lie, `"tool_version": "`+version, `"tool_version": "0.0.9`, 1)
	if code, _, errs := onus(t, "replay", f.seal(t, older, nil), "-q"); code == 2 || !strings.Contains(errs, "1 are judged otherwise, 0 are gone") || !strings.Contains(errs, "that one alone can confirm it") {
		t.Errorf("another version: exit status %d: %s", code, errs)
	}
	if code, _, errs := onus(t, "evidence", "export", f.seal(t, f.text, func(s *evidence.Scan) { s.Read-- }), "--to", filepath.Join(f.dir, "papers")); code != 2 || !strings.Contains(errs, "differ in read") {
		t.Errorf("export of what does not belong together: exit status %d: %s", code, errs)
	}
}

// Nothing that a bundle says reaches a terminal or a paper as anything but text.
func TestABundleSaysNothingThatIsObeyed(t *testing.T) {
	const hostile = "\x1b[2K\r\u202e\n  signed by   everybody"
	f := newForger(t, "--check", "s3-bucket-versioning-enabled")
	plain := func(where, text string) {
		t.Helper()
		if strings.ContainsAny(text, "\x1b\r\u202e") || strings.Contains(text, "\n  signed by   everybody") {
			t.Errorf("%s: %q", where, text)
		}
	}
	said := f.seal(t, f.text, func(s *evidence.Scan) {
		s.Tool.Version, s.Tool.Commit, s.Accounts, s.Interrupted, s.Catalogue = hostile, hostile, []string{hostile}, hostile, hostile
	})
	code, out, errs := onus(t, "verify", said, "--pub", f.name+".pub")
	if plain("verify", out+errs); code != 0 || strings.Count(out, "signed by") < 2 {
		t.Errorf("verify: exit status %d: %s%s", code, out, errs)
	}
	quoted, err := json.Marshal(hostile)
	if err != nil {
		t.Fatal(err)
	}
	first := f.text[strings.Index(f.text, `    {"id":"`)+len(`    {"id":"`):][:64]
	finding := strings.NewReplacer(`"status":"FAIL"`, `"status":`+string(quoted), `"severity":"medium","account"`, `"severity":`+string(quoted)+`,"account"`).Replace(f.text)
	told := f.seal(t, finding, nil)
	for _, args := range [][]string{{"evidence", "show", told, first}, {"evidence", "show", told, "s3-bucket-versioning-enabled"}, {"evidence", "diff", told, f.seal(t, f.text, nil)}, {"replay", told, "-q", "--diff"}} {
		code, out, errs := onus(t, args...)
		if plain(args[0]+" "+args[1], out+errs); code == 1 {
			t.Errorf("%v: %s", args, errs)
		}
	}
	reads := f.seal(t, strings.Replace(f.text, `"s3:GetBucketVersioning"`, "\"`<img src=x onerror=alert(1)>`\"", 1), nil)
	if code, _, errs := onus(t, "evidence", "export", reads, "--to", filepath.Join(f.dir, "papers")); code != 2 || !strings.Contains(errs, "which is no operation") {
		t.Errorf("a call that is none: exit status %d: %s", code, errs)
	}
	// What is in the way and is not ours stays.
	mine := filepath.Join(f.dir, "w.partial")
	if err := os.WriteFile(mine, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := onus(t, "evidence", "export", f.seal(t, f.text, nil), "--to", filepath.Join(f.dir, "w")); code != 2 || !strings.Contains(errs, "is not a folder of Onus") {
		t.Errorf("a file in the way: exit status %d: %s", code, errs)
	}
	if text, err := os.ReadFile(mine); err != nil || string(text) != "precious" {
		t.Errorf("the file in the way is %q: %v", text, err)
	}
}

// An answer that goes on and on inwards is shown as it is.
func TestDeepAnswersAreNotLaidOut(t *testing.T) {
	for _, deep := range []string{strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), strings.Repeat("<a>", 100_000) + strings.Repeat("</a>", 100_000)} {
		if got := layOut([]byte(deep)); len(got) != 1 || got[0].text != deep {
			t.Errorf("%.20s… has %d lines", deep, len(got))
		}
	}
}

// A newer version judges an old bundle by checks that the scan did not know: what it was
// asked for S3 serves them, and what nobody asked is UNKNOWN.
func TestReplayDiffShowsWhatANewerCatalogueJudges(t *testing.T) {
	f := newForger(t, "--check", "s3-bucket-versioning-enabled,s3-bucket-default-encryption-enabled")
	// The old catalogue had these two checks alone: its scan asked for all that it knew.
	header := filepath.Join(f.record, "scan.json")
	text, err := os.ReadFile(header)
	if err != nil {
		t.Fatal(err)
	}
	var h map[string]any
	if err := json.Unmarshal(text, &h); err != nil {
		t.Fatal(err)
	}
	delete(h["options"].(map[string]any), "checks")
	if text, err = json.Marshal(h); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(header, text, 0o600); err != nil {
		t.Fatal(err)
	}
	path := f.seal(t, strings.NewReplacer(`"tool_version": "`+version, `"tool_version": "0.0.1`, catalogueDigest(), "another").Replace(f.text), nil)
	code, out, errs := onus(t, "replay", path, "-q", "--diff", "--format", "json")
	if code != 3 { // some of what is judged anew fails and is severe; what the record lacks is not the scan's fault
		t.Fatalf("exit status %d: %s", code, errs)
	}
	for _, want := range []string{
		"0 are gone", "onus 0.0.1 judged it",
		"new      FAIL  s3-bucket-default-encryption-kms  arn:aws:s3:::acme-data-science-sandbox: ",
		"unasked  UNKNOWN  iam-password-policy-min-length, 1 finding: iam:GetAccountPasswordPolicy\n", "not-recorded",
	} {
		if !strings.Contains(errs, want) {
			t.Errorf("the difference lacks %q:\n%.4000s", want, errs)
		}
	}
	// An UNKNOWN may have another cause now; nothing that was judged is judged otherwise.
	if strings.Count(errs, "changed ") != strings.Count(errs, "changed  UNKNOWN → UNKNOWN") || strings.Contains(errs, "new      UNKNOWN  ebs-") {
		t.Errorf("the difference:\n%.4000s", errs)
	}
	var r struct {
		Findings []struct {
			Check, Status, Cause string
			Evidence             []string
		}
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	unasked := 0
	for _, f := range r.Findings {
		if f.Cause == "not-recorded" {
			unasked++
		}
		if len(f.Evidence) == 0 && (f.Status == "PASS" || f.Status == "FAIL") {
			t.Errorf("%s is %s without a call", f.Check, f.Status)
		}
	}
	if !strings.Contains(errs, fmt.Sprintf("(%d of them UNKNOWN, because they need calls that were not made: not-recorded)", unasked)) || unasked < 100 {
		t.Errorf("%d findings need calls that were not made; said is:\n%.2000s", unasked, errs[max(0, len(errs)-600):])
	}
}

func TestBadEvidenceIsStatusTwo(t *testing.T) {
	t.Parallel()
	path, key := sealedDemo(t, "--service", "s3")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := func(name string, text []byte) string {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
		return filepath.Join(dir, name)
	}
	text[len(text)/2] ^= 1
	damaged := file("damaged", text)
	other := newKeys(t)
	for name, tt := range map[string]struct {
		args []string
		want string
	}{
		"damaged":         {[]string{"verify", damaged, "--pub", key + ".pub"}, "line"},
		"damaged, replay": {[]string{"replay", damaged}, "line"},
		"another key":     {[]string{"verify", path, "--pub", other + ".pub"}, "not given"},
		"private key":     {[]string{"verify", path, "--pub", key + ".key"}, "private key"},
		"no key":          {[]string{"verify", path}, "--pub FILE is missing"},
		"no file":         {[]string{"verify", filepath.Join(dir, "none"), "--pub", key + ".pub"}, "none"},
		"a folder":        {[]string{"verify", dir, "--pub", key + ".pub"}, "no file"},
		"no bundle":       {[]string{"verify", file("text", []byte("hello")), "--pub", key + ".pub"}, "no bundle"},
		"seal by nothing": {[]string{"demo", "--evidence", filepath.Join(dir, "x")}, "--key FILE"},
		"key for nothing": {[]string{"demo", "--key", key + ".key"}, "--evidence FILE"},
		"public for seal": {[]string{"demo", "--evidence", filepath.Join(dir, "x"), "--key", key + ".pub"}, "PRIVATE KEY"},
		"in the way":      {[]string{"demo", "--evidence", path, "--key", key + ".key"}, "not overwritten"},
		"key in the way":  {[]string{"keys", "new", "--out", key}, "not overwritten"},
		"key of no name":  {[]string{"keys", "new"}, "--out NAME"},
		"no logs":         {[]string{"verify", path, "--pub", key + ".pub", "--cloudtrail", filepath.Join(dir, "none")}, "is no folder"},
		"no bundle named": {[]string{"verify", "--pub", key + ".pub"}, `see "onus verify --help"`},
		"export to file":  {[]string{"evidence", "export", path, "--to", filepath.Join(path, "x")}, "cannot be made"},
		"diff of nothing": {[]string{"replay", file("r", nil), "--diff"}, "no bundle"},
	} {
		before := names(t, dir)
		code, out, errs := onus(t, tt.args...)
		if code != 2 || !strings.Contains(errs, tt.want) || strings.Count(errs, "\n") != 1 || out != "" {
			t.Errorf("%s: exit status %d, stdout %q, stderr %q; want 2 and one line with %q", name, code, out, errs, tt.want)
		}
		if after := names(t, dir); after != before {
			t.Errorf("%s: left behind %s, was %s", name, after, before)
		}
	}
}

func TestScratchOfAKilledRunIsCleared(t *testing.T) {
	t.Parallel()
	key, dir := newKeys(t), t.TempDir()
	host, _ := os.Hostname()
	scan := func(name string, o string) (int, string) {
		target := filepath.Join(dir, name)
		if err := os.MkdirAll(target+".partial", 0o700); err != nil {
			t.Fatal(err)
		}
		if o != "" {
			if err := os.WriteFile(filepath.Join(target+".partial", "owner"), []byte(o), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		code, _, errs := onus(t, "demo", "-q", "--service", "s3", "--evidence", target, "--key", key+".key")
		return code, errs
	}
	gone := exec.Command(os.Args[0], "-test.run", "^$")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	if code, errs := scan("killed", fmt.Sprintf(`{"host":%q,"pid":%d}`, host, gone.Process.Pid)); code != 3 || !strings.Contains(errs, "cleared") {
		t.Errorf("after a killed run: exit status %d: %s", code, errs)
	}
	if code, errs := scan("empty", ""); code != 3 || !strings.Contains(errs, "cleared") {
		t.Errorf("after one that was killed at once: exit status %d: %s", code, errs)
	}
	if code, errs := scan("busy", fmt.Sprintf(`{"host":%q,"pid":%d}`, host, os.Getppid())); code != 2 || !strings.Contains(errs, "is writing this file already") {
		t.Errorf("beside a run that lives: exit status %d: %s", code, errs)
	}
	if code, errs := scan("elsewhere", `{"host":"another","pid":1}`); code != 2 || !strings.Contains(errs, `host "another"`) {
		t.Errorf("beside a run elsewhere: exit status %d: %s", code, errs)
	}
	if code, errs := scan("foreign", "my notes"); code != 2 || !strings.Contains(errs, "not a folder of Onus") {
		t.Errorf("a folder that is not ours: exit status %d: %s", code, errs)
	}
}

// kills is how many scans are killed: ONUS_KILLS says how many, as "make kills" does.
func kills(t *testing.T) int {
	t.Helper()
	text := os.Getenv("ONUS_KILLS")
	if text == "" {
		return 12
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("ONUS_KILLS=%q: want a number", text)
	}
	return n
}

// Whenever a scan is killed, its bundle is there whole or not at all, and the next one
// clears what the killed one left, and says so.
func TestKilledScansLeaveAWholeBundleOrNone(t *testing.T) {
	t.Parallel()
	key, dir := newKeys(t), t.TempDir()
	start := func(path string) (*exec.Cmd, *bytes.Buffer) {
		c, errs := exec.Command(os.Args[0], "demo", "-q", "--service", "s3,iam", "--evidence", path, "--key", key+".key"), &bytes.Buffer{}
		c.Env, c.Stderr = []string{"ONUS_TEST_MAIN=1", "HOME=" + dir}, errs
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		return c, errs
	}
	began := time.Now()
	c, errs := start(filepath.Join(dir, "first.onus"))
	if _ = c.Wait(); c.ProcessState.ExitCode() != 3 {
		t.Fatalf("exit status %d: %s", c.ProcessState.ExitCode(), errs)
	}
	whole, random := time.Since(began), rand.New(rand.NewPCG(5, 6))
	var killed, there, partial, cleared int
	for i := range kills(t) {
		path := filepath.Join(dir, fmt.Sprintf("%d.onus", i%3))
		_, err := os.Stat(path + ".partial")
		left := err == nil
		c, errs := start(path)
		kill := time.AfterFunc(time.Duration(random.Int64N(int64(whole)*6/5)), func() { _ = c.Process.Kill() })
		_ = c.Wait() // killed or not
		kill.Stop()
		if c.ProcessState.ExitCode() == -1 {
			killed++
		} else if left != strings.Contains(errs.String(), "which a run that was killed left behind") {
			t.Errorf("run %d found a scratch folder: %v; it says %q", i, left, errs)
		} else if left {
			cleared++
		}
		if _, err := os.Stat(path + ".partial"); err == nil {
			partial++
		}
		if _, err := os.Stat(path); err != nil {
			continue
		}
		there++
		if code, _, errs := onus(t, "verify", path, "--pub", key+".pub"); code != 0 {
			t.Errorf("killed run %d: %s", i, errs)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d of %d were killed, %d bundles were there, %d scratch folders were left, %d were cleared by a run that ended", killed, kills(t), there, partial, cleared)
	for i := range 3 { // whatever is left, the next run goes through
		c, errs := start(filepath.Join(dir, fmt.Sprintf("%d.onus", i)))
		if _ = c.Wait(); c.ProcessState.ExitCode() != 3 {
			t.Errorf("after all: exit status %d: %s", c.ProcessState.ExitCode(), errs)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			t.Errorf("left behind: %s", e.Name())
		}
	}
}

// The bundle of version 0.1.0 is kept as it was written: this version still verifies
// and judges it.
func TestBundleOfAnEarlierVersionStillReplays(t *testing.T) {
	path := filepath.Join("testdata", "v0.1.0.onus")
	if code, _, errs := onus(t, "verify", path, "--pub", filepath.Join("testdata", "v0.1.0.pub")); code != 0 {
		t.Error(errs)
	}
	code, out, errs := onus(t, "replay", path, "-q", "--format", "json")
	if code == 1 || code == 2 {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	judged := map[string]int{}
	for _, f := range decode(t, out).Findings {
		judged[f.Status]++
	}
	if judged["PASS"] < 5 || judged["FAIL"] < 5 {
		t.Errorf("it judges %v", judged)
	}
}

func TestVerifyComparesWithCloudTrail(t *testing.T) {
	t.Parallel()
	path, key := sealedDemo(t, "--service", "s3")
	b, err := evidence.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var records []map[string]any
	for c, err := range b.Calls() {
		if err != nil {
			t.Fatal(err)
		}
		service, name, _ := strings.Cut(c.Operation, ":")
		source := map[string]string{"s3control": "s3"}[service]
		if name == "ListDirectoryBuckets" {
			source = "s3express"
		}
		code := ""
		if c.Status >= 400 {
			code = "AccessDenied"
		}
		records = append(records, map[string]any{
			"eventID": fmt.Sprint("e", c.Line), "eventTime": time.Now().UTC().Format(time.RFC3339), "eventSource": cmp.Or(source, service) + ".amazonaws.com",
			"eventName": name, "awsRegion": c.Region, "requestID": c.RequestID, "errorCode": code,
			"userIdentity": map[string]any{"arn": "arn:aws:sts::111122223333:assumed-role/acme-auditor/onus", "accountId": "111122223333"},
		})
	}
	logs := t.TempDir()
	write := func(list []map[string]any) {
		text, err := json.Marshal(map[string]any{"Records": list})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(logs, "log.json"), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	verify := func() (int, string) {
		code, out, errs := onus(t, "verify", path, "--pub", key+".pub", "--cloudtrail", logs)
		return code, out + errs
	}
	write(records)
	if code, said := verify(); code != 0 || !strings.Contains(said, fmt.Sprintf("CloudTrail: %d of the calls", len(records))) {
		t.Errorf("all calls are logged: exit status %d: %s", code, said)
	}
	one := slices.IndexFunc(records, func(r map[string]any) bool { return r["eventName"] == "GetBucketVersioning" })
	write(slices.Concat(records[:one], records[one+1:]))
	if code, said := verify(); code != 2 || !strings.Contains(said, "  missing  ledger line") {
		t.Errorf("one is missing: exit status %d: %s", code, said)
	}
	records[3]["userIdentity"] = map[string]any{"arn": "arn:aws:iam::111122223333:user/mallory"}
	write(records)
	if code, said := verify(); code != 2 || !strings.Contains(said, "mallory") {
		t.Errorf("somebody else asked: exit status %d: %s", code, said)
	}
	write(nil)
	if code, said := verify(); code != 2 || !strings.Contains(said, "none of its calls") {
		t.Errorf("nothing is logged: exit status %d: %s", code, said)
	}
}
