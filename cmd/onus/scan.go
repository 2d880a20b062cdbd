package main

import (
	"bufio"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"onus/checks"
	"onus/checks/regions/residency"
	"onus/checks/regions/residency/nearest"
	"onus/checks/suite"
	"onus/cmd/onus/policyfile"
	"onus/report"
	"onus/scanner"
	"onus/scanner/redact"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// question is what a scan asks, as its flags say it. It is kept in the record, so that
// a replay asks the same.
type question struct {
	selection
	Regions   []string `json:"regions,omitempty"`
	Exclude   []string `json:"exclude_regions,omitempty"`
	Resources []string `json:"resources,omitempty"`
	Tags      []string `json:"tags,omitempty"`
	Home      string   `json:"home_region"` // set by the scan
	Policy    string   `json:"policy_file,omitempty"`
}

type scanOptions struct {
	question
	output
	bundling
	remembering
	access      scanner.Access
	policy      string
	policyText  []byte // of a policy without a file
	record      string
	asOf        string
	concurrency int
	timeout     time.Duration
	wait        func(context.Context, time.Duration) error // between polls; nil: sleep
	also        func(report.Result) error                  // done before the result is written; may be nil
}

func scanCommand(s streams) *cobra.Command {
	o := &scanOptions{}
	c := &cobra.Command{
		Use: "scan", Short: "Scan the account behind the AWS credentials of the environment", Args: cobra.NoArgs,
		Long: `Scan reads the account that the AWS SDK's own credentials belong to: environment,
profile, SSO, web identity, container or instance role. All Regions that the account
has enabled are read, unless --region names some. Nothing is changed: "onus
permissions" prints the IAM policy that is enough.

One thing is more than reading, and only done when asked for: --key with the ARN of a KMS
key calls kms:GetPublicKey and kms:Sign, with the credentials of --key-profile, or else of
--profile or the environment, and never with those of --role-arn.

The report on the terminal says what to do in a sentence. "onus explain CHECK" says why it
matters, by which AWS CLI commands and Terraform it is mended, and what that costs; for
the resource at hand the page of --out does so, and "onus explain FINDING --from FILE".`,
		Example: `  onus scan
  onus scan --profile audit --role-arn arn:aws:iam::111122223333:role/onus
  onus scan --suite essential --policy onus.yaml --out result --fail-on medium`,
		RunE: func(c *cobra.Command, _ []string) error { return o.scan(c.Context(), s) },
	}
	f := c.Flags()
	f.StringVar(&o.access.Profile, "profile", "", "profile of the AWS configuration files")
	f.StringVar(&o.access.RoleARN, "role-arn", "", "assume this role first")
	f.StringVar(&o.access.ExternalID, "external-id", "", "external id for --role-arn")
	f.StringVar(&o.access.SessionName, "session-name", "onus", "session name for --role-arn")
	f.StringVar(&o.policy, "policy", "", "policy file (onus.yaml)")
	f.StringVar(&o.record, "record", "", "keep the record of all calls in this new folder, for \"onus replay\"")
	f.StringVar(&o.asOf, "as-of", "", "judge as if it were this time (RFC 3339)")
	f.IntVar(&o.concurrency, "concurrency", 32, "requests at once")
	f.DurationVar(&o.timeout, "timeout", 0, "end the scan after this time with what was read")
	o.question.flags(c)
	o.output.flags(f)
	o.bundling.flags(f)
	o.remembering.flags(f, s)
	return c
}

func (q *question) flags(c *cobra.Command) {
	f := c.Flags()
	q.selection.flags(f)
	f.StringSliceVar(&q.Regions, "region", nil, "scan only these Regions")
	f.StringSliceVar(&q.Exclude, "exclude-region", nil, "leave these Regions out")
	f.StringSliceVar(&q.Resources, "resource", nil, "judge only the resources with these ARNs")
	f.StringArrayVar(&q.Tags, "tag", nil, "judge only resources with this tag, KEY=VALUE; repeat for all of several")
}

// scan reads a live account.
func (o *scanOptions) scan(ctx context.Context, s streams) error {
	if len(o.Regions) > 0 {
		o.access.Region = o.Regions[0]
	}
	if o.access.RoleARN == "" && o.access.ExternalID != "" {
		return badInput("--external-id says nothing without --role-arn")
	}
	o.signing.profile = cmp.Or(o.signing.profile, o.access.Profile)
	j, err := o.job(s)
	if err != nil {
		return err
	}
	var notes notes
	o.access.Note = notes.add
	o.access.MFA = askMFA(s)
	cfg, err := scanner.Load(ctx, o.access)
	if err != nil {
		return unbegun(ctx, &exitError{2, err})
	}
	return o.live(ctx, s, j, cfg, wire.NewLimiter(o.concurrency), &notes)
}

// live scans through a transport that asks AWS, and keeps a record if one is wanted.
func (o *scanOptions) live(ctx context.Context, s streams, j *job, cfg aws.Config, limit *wire.Limiter, n *notes) error {
	j.question.Home = cfg.Region
	t := &wire.Transport{
		Redact: redact.New(nil), Limit: limit,
		Agent: map[string]string{"onus": version, "onus-scan": j.header.ID}, Store: &wire.Memory{},
	}
	if err := o.remembering.begin(); err != nil {
		return err
	}
	if err := o.bundling.begin(ctx, s); err != nil {
		return err
	}
	defer o.bundling.end()
	var record *wire.Record
	dir := o.record
	if dir == "" && o.evidence != "" {
		dir = filepath.Join(o.scratch, "record")
	}
	if dir != "" {
		var err error
		if record, err = j.create(dir); err != nil {
			return &exitError{2, err}
		}
		t.Store = record
	}
	if o.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, o.timeout, fmt.Errorf("--timeout %s is over", o.timeout))
		defer cancel()
	}
	account, err := o.read(ctx, s, j, cfg, t)
	if err == nil && ctx.Err() != nil {
		j.header.Interrupted = interruption(ctx)
	}
	if record != nil {
		record.Interrupted(j.header.Interrupted)
		if err != nil {
			return errors.Join(unbegun(ctx, targetFault(err)), record.Discard())
		}
		for _, l := range n.all() {
			_ = record.Note(l) // Close reports what went wrong
		}
		if err := record.Close(); err != nil {
			return &exitError{1, err}
		}
	}
	if err != nil {
		return unbegun(ctx, targetFault(err))
	}
	if o.evidence != "" {
		o.also = func(r report.Result) error { return o.seal(ctx, s, dir, r, o.quiet) }
	}
	return o.judge(s, j, account)
}

// unbegun is why a scan did not come to reading: where it was stopped, that and no other.
func unbegun(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return &exitError{1, fmt.Errorf("%s before it was known whose account this is: nothing was read", interruption(ctx))}
	}
	return err
}

func interruption(ctx context.Context) string {
	if errors.Is(context.Cause(ctx), context.Canceled) {
		return "stopped by a signal"
	}
	return context.Cause(ctx).Error()
}

// read runs the scanner with a progress display.
func (o *scanOptions) read(ctx context.Context, s streams, j *job, cfg aws.Config, t *wire.Transport) (*snapshot.Account, error) {
	p := newProgress(s, o.quiet || t.Replay)
	defer p.end()
	t.Ended = p.ended
	so := scanner.Options{
		Operations: suite.Operations(j.run), Regions: j.question.Regions, Exclude: j.question.Exclude, AsOf: j.header.AsOf,
		Defaults: residency.EnabledByDefault, Planned: p.planned, Wait: o.wait,
		S3: j.question.Sample.asked(j.settings(), j.run),
	}
	if t.Replay {
		so.Wait = func(context.Context, time.Duration) error { return nil }
	}
	return scanner.Scan(ctx, cfg, t, so)
}

// targetFault turns the scanner's error about its target into bad input.
func targetFault(err error) error {
	var region *scanner.RegionError
	if errors.As(err, &region) {
		var names []string
		for _, r := range region.Known {
			names = append(names, r.Name)
		}
		if near, ok := nearest.Word(region.Name, names); ok {
			return badInput("%v; did you mean %q?", err, near)
		}
		return badInput("%v", err)
	}
	return &exitError{2, err}
}

// job is one scan or replay: what to ask, by which checks and policy, and the header of
// its result.
type job struct {
	question question
	policy   *policyfile.Policy
	text     []byte // of the policy file
	run      []*checks.Check
	header   report.Scan
}

// job validates all input before anything is asked or written.
func (o *scanOptions) job(s streams) (*job, error) {
	if err := o.prepare(); err != nil {
		return nil, err
	}
	policy, text, err := readPolicy(o.policy)
	if o.policyText != nil {
		text = o.policyText
		policy, err = parsePolicy("policy", text)
	}
	if err != nil {
		return nil, err
	}
	now := time.Now().UTC().Truncate(time.Second)
	asOf := now
	if o.asOf != "" {
		if asOf, err = time.Parse(time.RFC3339, o.asOf); err != nil {
			return nil, badInput("--as-of %q: want a time such as 2026-11-01T00:00:00Z", o.asOf)
		}
	}
	o.question.Policy = o.policy
	return newJob(o.question, policy, text, asOf.UTC(), now)
}

func newJob(q question, policy *policyfile.Policy, text []byte, asOf, now time.Time) (*job, error) {
	run, not, err := q.pick(policy)
	if err != nil {
		return nil, err
	}
	for _, t := range q.Tags {
		if k, _, ok := strings.Cut(t, "="); !ok || k == "" {
			return nil, badInput("--tag %q: want KEY=VALUE", t)
		}
	}
	for _, r := range q.Resources {
		if snapshot.PartitionOf(r) == "" {
			return nil, badInput("--resource %q is no ARN", r)
		}
	}
	j := &job{question: q, policy: policy, text: text, run: run}
	j.header = report.Scan{
		ID: newID(), ToolVersion: version, Commit: commit(), Started: now, AsOf: asOf,
		CatalogueDigest: catalogueDigest(), NotRun: not, NarrowedTo: q.narrowing(),
	}
	if samples(run) && j.question.Sample.Seed == "" {
		j.question.Sample.Seed = j.header.ID // kept in the record
	}
	if len(text) > 0 {
		if j.header.PolicyDigest, err = policy.Digest(); err != nil {
			return nil, &exitError{1, err}
		}
	}
	return j, nil
}

// settings are what policy and flags say of the checks that run.
func (j *job) settings() checks.Settings {
	return j.question.Sample.into(settings(j.policy, j.run), j.run)
}

// create begins the record of a job.
func (j *job) create(dir string) (*wire.Record, error) {
	options, err := json.Marshal(j.question)
	if err != nil {
		return nil, err
	}
	h := wire.Header{Tool: version, Commit: commit(), ScanID: j.header.ID, AsOf: j.header.AsOf, Options: options}
	if len(j.text) > 0 {
		if h.Policy, err = json.Marshal(string(j.text)); err != nil {
			return nil, err
		}
	}
	return wire.Create(dir, h)
}

// judge evaluates the account and writes the result.
func (o *scanOptions) judge(s streams, j *job, a *snapshot.Account) error {
	findings := j.question.only(checks.Evaluate(a, j.run, j.settings()))
	j.header.Sampled = drawn(a.S3.Sampling)
	j.header.Finished = time.Now().UTC().Truncate(time.Second)
	o.closed = j.policy.ClosedRegions
	r := report.Waive(report.Of(j.header, a, j.run, findings), waivers(j.policy))
	r.Frameworks, r.Standards = requirements(j.run), standards(j.question.Frameworks)
	r, err := r.Counted()
	if err != nil {
		return &exitError{1, err}
	}
	also := o.remember(s, &r, o.quiet)
	if o.also != nil {
		also = errors.Join(also, o.also(r))
	}
	if err := o.write(s, r); also == nil {
		return err
	}
	return also
}

// only drops the findings about resources that were not asked for. Places that could
// not be listed stay: what was asked for may lie there.
func (q question) only(all iter.Seq[checks.Finding]) iter.Seq[checks.Finding] {
	if len(q.Resources)+len(q.Tags) == 0 {
		return all
	}
	return func(yield func(checks.Finding) bool) {
		for f := range all {
			if (f.Resource.Type == checks.Scope || q.wants(f.Resource)) && !yield(f) {
				return
			}
		}
	}
}

func (q question) wants(r checks.Resource) bool {
	if len(q.Resources) > 0 && !slices.Contains(q.Resources, r.ID) {
		return false
	}
	for _, t := range q.Tags {
		k, v, _ := strings.Cut(t, "=")
		if got, ok := r.Tags[k]; !ok || got != v {
			return false
		}
	}
	return true
}

// narrowing is what the question leaves out, for the result to say; nil: nothing.
func (q question) narrowing() *report.Narrowing {
	n := q.selection.narrowing()
	if len(q.Regions)+len(q.Exclude)+len(q.Resources)+len(q.Tags) == 0 {
		return n
	}
	if n == nil {
		n = &report.Narrowing{}
	}
	n.Regions, n.ExcludedRegions, n.Resources, n.Tags = q.Regions, q.Exclude, q.Resources, q.Tags
	return n
}

func newID() string {
	id := make([]byte, 8)
	_, _ = rand.Read(id) // never fails: crypto/rand
	return hex.EncodeToString(id)
}

// notes are the lines of the calls for credentials, which come before there is a record.
type notes struct {
	mu    sync.Mutex
	lines []wire.Line
}

func (n *notes) add(l wire.Line) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, l)
}

func (n *notes) all() []wire.Line {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.lines)
}

// askMFA asks for a token code on a terminal; nil where there is none.
func askMFA(s streams) func() (string, error) {
	file, ok := s.in.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return nil
	}
	return func() (string, error) {
		fmt.Fprint(s.err, "MFA code: ")
		line, err := bufio.NewReader(s.in).ReadString('\n')
		return strings.TrimSpace(line), err
	}
}
