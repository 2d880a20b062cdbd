package scanner_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"onus/checks"
	"onus/checks/regions/residency"
	"onus/checks/suite"
	"onus/mocks"
	"onus/mocks/acme"
	"onus/report"
	"onus/report/jsonresult"
	"onus/scanner"
	"onus/scanner/redact"
	"onus/scanner/s3"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// live is a transport that asks, and retries without waiting.
func live(store wire.Store) *wire.Transport {
	return &wire.Transport{Store: store, Redact: redact.New(nil), Attempts: 4, Deadline: 20 * time.Second, Backoff: func(int) time.Duration { return 0 }}
}

func options(regions ...string) scanner.Options {
	return scanner.Options{
		Operations: suite.Operations(suite.All()), Regions: regions, AsOf: acme.AsOf, Defaults: residency.EnabledByDefault,
		S3:   s3.Options{Sample: snapshot.Sampling{Seed: "test"}, Names: []string{"sagemaker-{region}-{account}"}},
		Wait: func(context.Context, time.Duration) error { return nil },
	}
}

// judged is the account's findings, with Regions that the demo company allows.
func judged(a *snapshot.Account) []checks.Finding { return judgedBy(a, suite.All()) }

func judgedBy(a *snapshot.Account, list []*checks.Check) []checks.Finding {
	s := checks.Settings{Parameters: map[string]map[string]any{}}
	for _, c := range list {
		if _, ok := c.Parameters["allowed_regions"]; ok {
			s.Parameters[c.ID] = map[string]any{"allowed_regions": []string{acme.Home, acme.Second}}
		}
	}
	s.Parameters["s3-service-bucket-names-owned"] = map[string]any{"patterns": []string{"sagemaker-{region}-{account}"}}
	s.Parameters["s3-object-sample-client-side-encrypted"] = map[string]any{"client_side_buckets": []string{"acme-customer-*"}}
	return slices.Collect(checks.Evaluate(a, list, s))
}

func scan(t *testing.T, cfg aws.Config, tr *wire.Transport, o scanner.Options) *snapshot.Account {
	t.Helper()
	a, err := scanner.Scan(context.Background(), cfg, tr, o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func demo(t *testing.T) *mocks.Server {
	t.Helper()
	s := acme.Server(mocks.Options{Lenient: true})
	t.Cleanup(s.Close)
	return s
}

// document is the result as JSON, with a fixed header.
func document(t *testing.T, a *snapshot.Account) []byte {
	t.Helper()
	var out bytes.Buffer
	findings := judged(a)
	if err := jsonresult.Write(&out, report.Of(report.Scan{ID: "test"}, a, suite.All(), slices.Values(findings))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestReplayGivesTheSameBytes(t *testing.T) {
	s := demo(t)
	// Throttled and broken attempts come before each answer.
	s.Fault(mocks.Fault{Operation: "ec2:*", Kind: mocks.Throttled, First: 40})
	s.Fault(mocks.Fault{Operation: "rds:*", Kind: mocks.Reset, First: 5})
	dir := filepath.Join(t.TempDir(), "record")
	record, err := wire.Create(dir, wire.Header{Options: []byte(`{}`)})
	if err != nil {
		t.Fatal(err)
	}
	want := document(t, scan(t, s.Config(acme.Home), live(record), options()))
	if err := record.Close(); err != nil {
		t.Fatal(err)
	}
	s.Close() // nothing may be asked any more
	shuffle(t, filepath.Join(dir, "ledger.ndjson"))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, procs := range []int{1, 8} {
		runtime.GOMAXPROCS(procs)
		again, _, err := wire.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		next := time.Now().AddDate(1, 0, 0)
		tr := &wire.Transport{Store: again, Replay: true, Now: func() time.Time { return next }}
		got := document(t, scan(t, scanner.Replay(acme.Home), tr, options()))
		if !bytes.Equal(want, got) {
			t.Errorf("GOMAXPROCS %d (-scan +replay):\n%s", procs, cmp.Diff(string(want), string(got)))
		}
	}
}

func shuffle(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(strings.TrimSuffix(string(text), "\n"), "\n")
	lines[len(lines)-1] += "\n"
	rand.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	if err := os.WriteFile(path, []byte(strings.Join(lines, "")), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestReplayOfACallThatIsNotRecordedIsUnknown(t *testing.T) {
	s := demo(t)
	store := &wire.Memory{}
	o := options(acme.Home)
	o.Operations = []string{"s3:ListBuckets"}
	scan(t, s.Config(acme.Home), live(store), o)
	a := scan(t, scanner.Replay(acme.Home), &wire.Transport{Store: store, Replay: true}, options(acme.Home))
	for _, f := range judged(a) {
		if f.Check == "s3-bucket-versioning-enabled" && (f.Status != checks.UNKNOWN || f.Cause != snapshot.NotRecorded) {
			t.Errorf("%s %s: %s (%s), want UNKNOWN, not recorded", f.Check, f.Resource.ID, f.Status, f.Cause)
		}
		// Where a bucket lies is told by the one call that was recorded, and which Regions
		// there are by one that every scan makes.
		if f.Status == checks.PASS && f.Check != "s3-buckets-in-allowed-regions" && f.Check != "account-opt-in-regions-allowed" {
			t.Errorf("%s passes %s by a call that was never made: %s", f.Check, f.Resource.ID, f.Reason)
		}
	}
}

func TestEveryPlannedCallIsInTheCoverage(t *testing.T) {
	s := demo(t)
	o := options()
	planned := map[string]bool{}
	o.Planned = func(_ snapshot.Location, plan []scanner.Call) {
		for _, c := range plan {
			planned[c.Operation+"@"+c.Region] = true
		}
	}
	a := scan(t, s.Config(acme.Home), live(&wire.Memory{}), o)
	for _, c := range a.Coverage {
		if !planned[c.Operation+"@"+c.Region] {
			t.Errorf("%s in %s was made and not planned", c.Operation, c.Region)
		}
		delete(planned, c.Operation+"@"+c.Region)
		if c.Status != snapshot.OK && c.Error == nil {
			t.Errorf("%s in %s ended %s without a cause", c.Operation, c.Region, c.Status)
		}
	}
	for left := range planned {
		t.Errorf("%s was planned and is not in the coverage", left)
	}
}

func TestCancelledScanIsAValidPartOfOne(t *testing.T) {
	s := demo(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	tr := live(&wire.Memory{})
	var n atomic.Int32
	tr.Limit = wire.NewLimiter(1)
	tr.Ended = func(wire.Line) {
		if n.Add(1) == 12 {
			cancel()
		}
	}
	a, err := scanner.Scan(ctx, s.Config(acme.Home), tr, options())
	if err != nil {
		t.Fatal(err)
	}
	stopped := 0
	for _, c := range a.Coverage {
		if c.Status == snapshot.Cancelled || c.Status == snapshot.Skipped {
			stopped++
		}
	}
	if stopped < 50 {
		t.Errorf("%d of %d calls were stopped", stopped, len(a.Coverage))
	}
	whole := map[string]checks.Finding{}
	for _, f := range judged(scan(t, s.Config(acme.Home), live(&wire.Memory{}), options())) {
		whole[f.ID] = f
	}
	for _, f := range judged(a) {
		if was, ok := whole[f.ID]; ok && f.Status == checks.PASS && was.Status != checks.PASS {
			t.Errorf("%s %s: PASS only because the scan was cut off, was %s", f.Check, f.Resource.ID, was.Status)
		}
	}
}

func TestBadTargets(t *testing.T) {
	s := demo(t)
	for name, tt := range map[string]struct {
		regions []string
		want    string
	}{
		"unknown Region":  {[]string{"eu-wset-1"}, "no Region \"eu-wset-1\""},
		"disabled Region": {[]string{"me-south-1"}, "is not enabled"},
	} {
		_, err := scanner.Scan(context.Background(), s.Config(acme.Home), live(&wire.Memory{}), options(tt.regions...))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
	expired := demo(t)
	mocks.Refuse(expired, "", "sts:GetCallerIdentity", &mocks.Error{Status: 403, Code: "ExpiredToken", Message: "The security token included in the request is expired"})
	var target *scanner.TargetError
	_, err := scanner.Scan(context.Background(), expired.Config(acme.Home), live(&wire.Memory{}), options())
	if !errors.As(err, &target) || !strings.Contains(err.Error(), "ExpiredToken") {
		t.Errorf("expired credentials: %v", err)
	}
	expired.Close()
	_, err = scanner.Scan(context.Background(), expired.Config(acme.Home), live(&wire.Memory{}), options())
	if !errors.As(err, &target) || !strings.Contains(err.Error(), "did not answer") {
		t.Errorf("an endpoint that is not there: %v", err)
	}
}

// TestATranscriptServesAnotherScan: the account of a record, served over HTTP again. Only
// under the record's key are the markers in it known for the record's own: anybody can write
// an SSM document that looks like one, and so under another key none is judged.
func TestATranscriptServesAnotherScan(t *testing.T) {
	store := &wire.Memory{}
	s := demo(t)
	first := live(store)
	want := document(t, scan(t, s.Config(acme.Home), first, options()))
	s.Close()
	again := mocks.Start(t, mocks.Options{})
	again.Replay(store)
	second := live(&wire.Memory{})
	second.Redact = first.Redact
	got := document(t, scan(t, again.Config(acme.Home), second, options()))
	if !bytes.Equal(want, got) {
		t.Errorf("(-scan +scan of its transcript):\n%s", cmp.Diff(string(want), string(got)))
	}
	strange := mocks.Start(t, mocks.Options{})
	strange.Replay(store)
	seen := 0
	for _, f := range judged(scan(t, strange.Config(acme.Home), live(&wire.Memory{}), options())) {
		if f.Check != "ssm-document-no-secrets" {
			continue
		}
		seen++
		if f.Status != checks.UNKNOWN {
			t.Errorf("%s by a marker of another record: %s %q", f.Resource.ID, f.Status, f.Reason)
		}
	}
	if seen == 0 {
		t.Error("no document was judged")
	}
}
