package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptrace"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go/middleware"
)

// Redactor takes secrets out of what an answer holds, before anything records or
// decodes it.
type Redactor interface {
	Body(operation, contentType string, body []byte) ([]byte, error)
	Header(operation string, h http.Header) http.Header
}

// Transport makes SDK configurations whose calls are guarded, limited and recorded.
// Store is required. With Replay set, calls are answered from Store alone.
type Transport struct {
	Store    Store
	Redact   Redactor
	Replay   bool
	CutOff   bool                            // of a replay: the recorded scan was interrupted, and what Store lacks is what it did not come to
	Attempts int                             // of one call; 0: 8
	Deadline time.Duration                   // of one attempt; 0: 30 s
	Overall  time.Duration                   // of one call with all its attempts; 0: 5 min
	Backoff  func(attempt int) time.Duration // nil: exponential with jitter, 20 s at most
	Limit    *Limiter                        // nil: none
	Budget   int                             // of failed attempts in the whole scan after which nothing is retried; 0: 5,000
	Agent    map[string]string               // added to the user agent, name → value
	Ended    func(Line)                      // told of each call that was asked; may be nil
	Now      func() time.Time                // nil: time.Now

	mu      sync.Mutex
	flights map[string]*sync.Mutex
	retries atomic.Int64
}

// call is what the layers know of the call under way; it travels in the context.
type call struct {
	key      Key
	op       Operation
	last     Exchange
	attempts int
	replayed bool        // answered from the store
	ended    func() bool // the scan was cancelled or its time is up
}

// redacted matches what a Redactor leaves in the place of a secret.
var redacted = regexp.MustCompile(`\[redacted:|onus-redacted:v`)

type callKey struct{}
type roundKey struct{}
type traceKey struct{}

// Round numbers the rounds of a poll: the same question, asked again on purpose.
func Round(ctx context.Context, n int) context.Context { return context.WithValue(ctx, roundKey{}, n) }

// Trace collects the calls that were made under its context.
type Trace struct {
	mu    sync.Mutex
	calls []Line
}

// WithTrace returns a context whose calls the trace collects.
func WithTrace(ctx context.Context) (context.Context, *Trace) {
	t := &Trace{}
	return context.WithValue(ctx, traceKey{}, t), t
}

// Lines are the calls so far, in the order in which they ended.
func (t *Trace) Lines() []Line {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]Line(nil), t.calls...)
}

// Config is cfg with every layer around its client. Load cfg with the SDK first: its
// own HTTP client carries the CA bundle and the proxy of the environment.
func (t *Transport) Config(cfg aws.Config, account string) aws.Config {
	cfg = cfg.Copy()
	cfg.HTTPClient = &http.Client{
		Transport:     &roundTripper{t, base(cfg.HTTPClient)},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	cfg.Retryer = func() aws.Retryer { return t.retryer() }
	cfg.APIOptions = []func(*middleware.Stack) error{func(s *middleware.Stack) error {
		if err := s.Initialize.Add(middleware.InitializeMiddlewareFunc("OnusCall", t.initialize(account)), middleware.After); err != nil {
			return err
		}
		return s.Finalize.Insert(middleware.FinalizeMiddlewareFunc("OnusLimit", t.limit), "Retry", middleware.After)
	}}
	for _, name := range slices.Sorted(maps.Keys(t.Agent)) {
		cfg.APIOptions = append(cfg.APIOptions, awsmiddleware.AddUserAgentKeyValue(name, t.Agent[name]))
	}
	return cfg
}

// base is the transport that the SDK's own client would use.
func base(client aws.HTTPClient) http.RoundTripper {
	switch c := client.(type) {
	case interface{ GetTransport() *http.Transport }:
		return c.GetTransport()
	case *http.Client:
		if c.Transport != nil {
			return c.Transport
		}
	}
	return http.DefaultTransport
}

func (t *Transport) retryer() aws.Retryer {
	if t.Replay {
		return aws.NopRetryer{}
	}
	return &budgeted{t, retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = orElse(t.Attempts, 8)
		o.RateLimiter = ratelimit.None // the SDK's retry quota starves a long scan
		if t.Backoff != nil {
			o.Backoff = retry.BackoffDelayerFunc(func(n int, _ error) (time.Duration, error) { return t.Backoff(n), nil })
		}
	})}
}

// budgeted ends retrying when the scan has retried so often that something else is wrong.
type budgeted struct {
	t *Transport
	*retry.Standard
}

// IsErrorRetryable says whether the budget allows what the SDK would do.
func (b *budgeted) IsErrorRetryable(err error) bool {
	return b.Standard.IsErrorRetryable(err) && b.t.retries.Add(1) <= int64(orElse(b.t.Budget, 5000))
}

// initialize is the first layer: guard, canonical input, single flight, ledger.
func (t *Transport) initialize(account string) func(context.Context, middleware.InitializeInput, middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
	return func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (out middleware.InitializeOutput, md middleware.Metadata, err error) {
		operation := name(awsmiddleware.GetServiceID(ctx), awsmiddleware.GetOperationName(ctx))
		op, ok := Permitted[operation]
		if !ok {
			return out, md, &RefusedError{operation}
		}
		input, err := Canonical(in.Parameters)
		if err != nil {
			return out, md, err
		}
		if redacted.MatchString(input) {
			// A name that held a secret is known only by its marker: the question would
			// be about something else, and "not found" would be a lie.
			return out, md, ErrRedactedInput
		}
		round, _ := ctx.Value(roundKey{}).(int)
		scan := ctx
		c := &call{op: op, ended: func() bool { return scan.Err() != nil }, key: Key{Account: account, Region: awsmiddleware.GetRegion(ctx), Operation: operation, Input: input, Round: round}}
		id := c.key.ID()
		unlock := t.flight(id)
		defer unlock()

		line, _, recorded := t.Store.Get(id)
		switch {
		case recorded:
			c.replayed = true
		case t.Replay:
			return out, md, t.missing()
		case c.ended():
			return out, md, ErrInterrupted
		}
		start := t.now()
		ctx, cancel := context.WithTimeout(context.WithValue(ctx, callKey{}, c), orElse(t.Overall, 5*time.Minute))
		defer cancel()
		out, md, err = next.HandleInitialize(ctx, in)
		if !recorded && cutOff(scan, ctx, err) {
			// It ended without its final answer, whatever an earlier attempt was told.
			err, c.last = ErrInterrupted, Exchange{Class: cancelled}
		}
		if !recorded {
			line = Line{ID: id, Key: c.key, Status: c.last.Status, Attempts: c.attempts, Start: start, Latency: t.now().Sub(start), Exchange: c.last.Digest()}
			if c.attempts > 0 {
				if perr := t.Store.Put(line, c.last); perr != nil {
					return out, md, errors.Join(err, perr)
				}
				if t.Ended != nil {
					t.Ended(line)
				}
			}
		}
		if trace, ok := ctx.Value(traceKey{}).(*Trace); ok && (recorded || c.attempts > 0) {
			trace.mu.Lock()
			trace.calls = append(trace.calls, line)
			trace.mu.Unlock()
		}
		return out, md, err
	}
}

// cutOff says that a call failed because the scan, of whose time its own is a part, was
// cancelled or will be over before the call's turn comes.
func cutOff(scan, call context.Context, err error) bool {
	switch {
	case errors.Is(err, context.Canceled):
		return scan.Err() != nil
	case errors.Is(err, context.DeadlineExceeded):
		end, limited := scan.Deadline()
		own, _ := call.Deadline()
		return scan.Err() != nil || limited && !own.Before(end)
	}
	return false
}

// missing is the error of a call that a replay's store lacks.
func (t *Transport) missing() error {
	if t.CutOff {
		return ErrInterrupted
	}
	return ErrNotRecorded
}

// flight lets one caller at a time ask for a key; the next finds the answer recorded.
func (t *Transport) flight(id string) (unlock func()) {
	t.mu.Lock()
	if t.flights == nil {
		t.flights = map[string]*sync.Mutex{}
	}
	m, ok := t.flights[id]
	if !ok {
		m = &sync.Mutex{}
		t.flights[id] = m
	}
	t.mu.Unlock()
	m.Lock()
	return m.Unlock
}

// limit waits for its turn before the attempt is signed.
func (t *Transport) limit(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
	if c, ok := ctx.Value(callKey{}).(*call); ok && t.Limit != nil && !c.replayed {
		release, err := t.Limit.take(ctx, c.key)
		if err != nil {
			return middleware.FinalizeOutput{}, middleware.Metadata{}, err
		}
		defer release()
	}
	return next.HandleFinalize(ctx, in)
}

func (t *Transport) now() time.Time {
	if t.Now != nil {
		return t.Now()
	}
	return time.Now()
}

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

type roundTripper struct {
	t    *Transport
	base http.RoundTripper
}

// RoundTrip is the last layer: a request that names no permitted operation is refused
// here too, and an answer is read, redacted and checked before it goes up.
func (r *roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	c, ok := req.Context().Value(callKey{}).(*call)
	if !ok {
		return nil, &RefusedError{"(no operation)"}
	}
	if _, ok := Permitted[c.key.Operation]; !ok {
		return nil, &RefusedError{c.key.Operation}
	}
	if c.replayed {
		_, e, _ := r.t.Store.Get(c.key.ID())
		return answer(c, e, req)
	}
	if r.t.Replay {
		return nil, r.t.missing()
	}
	c.attempts++
	e, err := r.ask(c, req)
	if err != nil {
		return nil, err
	}
	c.last = e
	return answer(c, e, req)
}

func answer(c *call, e Exchange, req *http.Request) (*http.Response, error) {
	if err := checkAnswer(c.op, e.Status, e.Headers.Get("Content-Type"), e.Body); err != nil {
		return nil, err
	}
	return e.response(req)
}

// ask makes one attempt within its deadline. Only a redactor's fault is an error here:
// a call without answer is an exchange.
func (r *roundTripper) ask(c *call, req *http.Request) (Exchange, error) {
	ctx, cancel := context.WithTimeout(req.Context(), orElse(r.t.Deadline, 30*time.Second))
	defer cancel()
	var connected atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }})
	resp, err := r.base.RoundTrip(req.WithContext(traced))
	if err != nil {
		return Exchange{Class: class(c.ended(), err, connected.Load())}, nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return Exchange{Class: class(c.ended(), err, true)}, nil
	}
	if r.t.Redact != nil {
		if body, err = r.t.Redact.Body(c.key.Operation, resp.Header.Get("Content-Type"), body); err != nil {
			return Exchange{}, err
		}
	}
	return Exchange{Status: resp.StatusCode, Headers: r.headers(c, resp.Header), Body: body}, nil
}

// headers are those of an answer that are kept, the operation's own after redaction.
func (r *roundTripper) headers(c *call, all http.Header) http.Header {
	own := http.Header{}
	for name, v := range all {
		if c.op.keeps(name) {
			own[name] = v
		}
	}
	if r.t.Redact != nil {
		own = r.t.Redact.Header(c.key.Operation, own)
	}
	for _, name := range kept {
		if v := all.Values(name); len(v) > 0 {
			own[name] = v
		}
	}
	return own
}

// cancelled is the class of an exchange that the end of the scan cut off.
const cancelled = "cancelled"

// class names why no answer came. ended: the scan was cancelled or its time was up, and
// not this attempt's. Once there was a connection, what ends it early is a reset, by
// whichever of its many names.
func class(ended bool, err error, connected bool) string {
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var network net.Error
	switch {
	case ended:
		return cancelled
	case errors.As(err, &dns):
		return "dns"
	case errors.As(err, &cert), errors.As(err, &record):
		return "tls"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "timeout"
	case connected:
		return "reset"
	}
	return "other"
}
