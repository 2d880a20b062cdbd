package mocks

import (
	"fmt"
	"path"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Kind says what a Fault does to an answer.
type Kind int

// The kinds of fault. Those from EmptyBody on answer with status 200 and a body
// that is not the operation's answer.
const (
	Denied      Kind = iota + 1 // the service's "access denied"
	Throttled                   // the service's "slow down"
	ServerError                 // the service's internal error, status 500
	Refused                     // Fault.Err
	Timeout                     // no answer until the client goes away
	Reset                       // TCP reset before any answer
	Slow                        // the answer comes after Fault.Delay
	RateLimited                 // a token bucket: Throttled when it is empty
	RepeatToken                 // pages that never end: each names the same next token
	EmptyBody                   // no body
	HTML                        // a web page, as a proxy sends
	PlainText                   // a line of text
	EmptyObject                 // {}
	ForeignRoot                 // well-formed, with another root element or JSON type
	Truncated                   // the first half of the right answer
)

// Fault makes requests fail. The zero values of Region, First and FromPage mean
// all Regions, all requests and all pages. Several faults may hold at once: Slow
// ones add up, of the others the first that applies decides.
type Fault struct {
	Operation string        // "ec2:DescribeVolumes", or with wildcards: "ec2:*"
	Region    string        // the Region in the request's credential scope
	First     int           // only the first N requests that match
	FromPage  int           // only from that page on; pages count from 1
	Kind      Kind          // what happens
	Err       *Error        // Refused: the answer
	Delay     time.Duration // Slow: how long
	Rate      float64       // RateLimited: tokens a second, for each account and Region
	Burst     int           // RateLimited: the bucket's size
}

// fault is a Fault in use.
type fault struct {
	Fault
	mu      sync.Mutex
	hits    int // requests it applied to
	buckets map[string]*rate.Limiter
}

func (f *fault) validate() error {
	if _, err := path.Match(f.Operation, ""); err != nil || !strings.Contains(f.Operation, ":") && f.Operation != "*" {
		return fmt.Errorf("operation %q is not service:Operation", f.Operation)
	}
	switch {
	case f.Kind < Denied || f.Kind > Truncated:
		return fmt.Errorf("no kind %d", f.Kind)
	case (f.Kind == Refused) != (f.Err != nil):
		return fmt.Errorf("field Err belongs to the kind Refused, which needs it")
	case (f.Kind == Slow) != (f.Delay > 0):
		return fmt.Errorf("field Delay belongs to the kind Slow, which needs it")
	case (f.Kind == RateLimited) != (f.Rate > 0 && f.Burst > 0):
		return fmt.Errorf("fields Rate and Burst belong to the kind RateLimited, which needs them")
	}
	return nil
}

// applies says whether the fault holds for a request, and counts it if so. A
// token bucket counts only the requests that it refuses.
func (f *fault) applies(r *Request, now time.Time) bool {
	if ok, _ := path.Match(f.Operation, r.Operation); !ok && f.Operation != "*" { // validated
		return false
	}
	if f.Region != "" && f.Region != r.Region || r.Page < f.FromPage {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.First > 0 && f.hits >= f.First {
		return false
	}
	if f.Kind == RateLimited && f.bucket(r).AllowN(now, 1) {
		return false
	}
	f.hits++
	return true
}

func (f *fault) bucket(r *Request) *rate.Limiter {
	key := r.Account + "/" + r.Region
	if f.buckets == nil {
		f.buckets = map[string]*rate.Limiter{}
	}
	if f.buckets[key] == nil {
		f.buckets[key] = rate.NewLimiter(rate.Limit(f.Rate), f.Burst)
	}
	return f.buckets[key]
}

func (f *fault) used() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	// A bucket that had a token for everyone was used all the same.
	return f.hits > 0 || len(f.buckets) > 0
}
