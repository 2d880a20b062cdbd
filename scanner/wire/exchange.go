package wire

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Exchange is what is recorded of one call's final answer, after redaction.
type Exchange struct {
	Status  int         `json:"status"`            // HTTP; 0 where no answer came
	Class   string      `json:"class,omitempty"`   // of no answer: timeout reset dns tls refused cancelled other
	Headers http.Header `json:"headers,omitempty"` // the allow-listed ones
	Body    []byte      `json:"body,omitempty"`
}

// Digest is the SHA-256 over status, class, headers in order, and body.
func (e Exchange) Digest() string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %q\n", e.Status, e.Class)
	for _, name := range kept {
		fmt.Fprintf(h, "%s %q\n", name, e.Headers.Values(name))
	}
	for _, name := range slices.Sorted(maps.Keys(e.Headers)) { // an operation's own
		if !slices.Contains(kept, name) {
			fmt.Fprintf(h, "%s %q\n", name, e.Headers[name])
		}
	}
	h.Write(e.Body)
	return hex.EncodeToString(h.Sum(nil))
}

// Line is one call in the ledger. Its place among the others means nothing.
type Line struct {
	ID string `json:"id"`
	Key
	Status   int           `json:"status"`
	Attempts int           `json:"attempts"`
	Start    time.Time     `json:"start"`
	Latency  time.Duration `json:"latency"`
	Exchange string        `json:"exchange"` // digest
}

// Store keeps exchanges by call id. It is safe for concurrent use.
type Store interface {
	Put(Line, Exchange) error
	Get(id string) (Line, Exchange, bool)
}

// Memory is a Store that is gone with the process.
type Memory struct {
	mu        sync.Mutex
	lines     map[string]Line
	exchanges map[string]Exchange
}

// Put keeps an exchange.
func (m *Memory) Put(l Line, e Exchange) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.lines == nil {
		m.lines, m.exchanges = map[string]Line{}, map[string]Exchange{}
	}
	m.lines[l.ID], m.exchanges[l.Exchange] = l, e
	return nil
}

// Get finds the exchange of a call.
func (m *Memory) Get(id string) (Line, Exchange, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l, ok := m.lines[id]
	return l, m.exchanges[l.Exchange], ok
}

// Lines are the calls so far, by id.
func (m *Memory) Lines() []Line {
	m.mu.Lock()
	defer m.mu.Unlock()
	return sortedLines(m.lines)
}

func sortedLines(lines map[string]Line) []Line {
	return slices.SortedFunc(maps.Values(lines), func(a, b Line) int { return strings.Compare(a.ID, b.ID) })
}

// NoAnswer is the error of a call to which nothing came back. It carries a normalised
// class and never Go's own text, so that a replay ends in the same words.
type NoAnswer struct{ Class string }

func (e *NoAnswer) Error() string { return "no answer: " + e.Class }

// Interrupted says that it was the end of the scan that cut the call off.
func (e *NoAnswer) Interrupted() bool { return e.Class == cancelled }

// MalformedError is an answer with status 2xx that is not one of AWS's for its
// operation. The SDK would take many of them for an empty list.
type MalformedError struct{ What string }

func (e *MalformedError) Error() string { return "malformed answer: " + e.What }

// RetryableError keeps the SDK from asking again: a proxy's page does not change.
func (e *MalformedError) RetryableError() bool { return false }

// ForeignError is an answer in JSON to an operation whose service speaks XML: the
// endpoint is not AWS and does not know the operation.
type ForeignError struct{ Status int }

func (e *ForeignError) Error() string {
	return fmt.Sprintf("status %d in a form that the service does not have", e.Status)
}

// RetryableError keeps the SDK from asking again.
func (e *ForeignError) RetryableError() bool { return false }

// RefusedError is a call that the guard did not let out.
type RefusedError struct{ Operation string }

func (e *RefusedError) Error() string {
	return fmt.Sprintf("%q is not on the list of permitted operations", e.Operation)
}

// RetryableError keeps the SDK from asking again.
func (e *RefusedError) RetryableError() bool { return false }

// ErrNotRecorded is the error of a call in a replay that the record lacks.
var ErrNotRecorded = errors.New("the record does not hold this call")

// ErrInterrupted is the error of a call that did not come to its end, or was not made,
// because the scan was cancelled or its time was up.
var ErrInterrupted = errors.New("the scan was interrupted")

// ErrRedactedInput is the error of a call whose input holds a redacted secret, such as
// one in a resource's name.
var ErrRedactedInput = errors.New("the name to ask about holds a secret and was redacted")

// response makes the HTTP response that the SDK decodes.
func (e Exchange) response(req *http.Request) (*http.Response, error) {
	if e.Status == 0 {
		return nil, &NoAnswer{e.Class}
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status)), StatusCode: e.Status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: e.Headers.Clone(), Request: req,
		Body: io.NopCloser(bytes.NewReader(e.Body)), ContentLength: int64(len(e.Body)),
	}, nil
}
