package wire

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/smithy-go/middleware"
)

// The tests of this file hold what was measured of the SDK: each fails without the
// measure that the transport takes against it.

// TestLimiterWaitsBeforeSigning: a wait after signing would age the signature.
func TestLimiterWaitsBeforeSigning(t *testing.T) {
	cfg := transport(&Memory{}).Config(config(t, serve(summary)), "1")
	var order []string
	cfg.APIOptions = append(cfg.APIOptions, func(s *middleware.Stack) error {
		// By now every option of the client has its place.
		order = s.Finalize.List()
		return nil
	})
	if _, err := iam.NewFromConfig(cfg).GetAccountSummary(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	retry, limit, sign := slices.Index(order, "Retry"), slices.Index(order, "OnusLimit"), slices.Index(order, "Signing")
	if retry < 0 || limit != retry+1 || sign <= limit {
		t.Errorf("Finalize runs %v; want OnusLimit directly after Retry and before Signing", order)
	}
}

// TestManyRetriesDoNotStarveLaterCalls: the SDK's own quota would give up after about a
// hundred retries, although each call by itself had attempts left.
func TestManyRetriesDoNotStarveLaterCalls(t *testing.T) {
	var asked atomic.Int32
	cfg := transport(&Memory{}).Config(config(t, func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1)%6 != 0 {
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, `<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>`)
			return
		}
		serve(summary)(w, r)
	}), "1")
	client := iam.NewFromConfig(cfg)
	for n := range 60 {
		if _, err := client.GetAccountSummary(Round(context.Background(), n), nil); err != nil {
			t.Fatalf("call %d after %d attempts: %v", n, asked.Load(), err)
		}
	}
}

func TestTheBudgetEndsRetrying(t *testing.T) {
	var asked atomic.Int32
	tr := transport(&Memory{})
	tr.Budget = 10
	cfg := tr.Config(config(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusServiceUnavailable)
	}), "1")
	client := iam.NewFromConfig(cfg)
	for n := range 20 {
		if _, err := client.GetAccountSummary(Round(context.Background(), n), nil); err == nil {
			t.Fatal("no answer came, and no error either")
		}
	}
	// The first call fails 8 times, the second twice more within the budget; then one attempt
	// more ends it, and each later call has one.
	if got := asked.Load(); got != 8+3+18 {
		t.Errorf("asked %d times, want 29", got)
	}
}

func TestTheUserAgentNamesToolAndScan(t *testing.T) {
	var agent atomic.Value
	tr := transport(&Memory{})
	tr.Agent = map[string]string{"onus": "1.2.3", "onus-scan": "0123456789abcdef"}
	cfg := tr.Config(config(t, func(w http.ResponseWriter, r *http.Request) {
		agent.Store(r.UserAgent())
		serve(summary)(w, r)
	}), "1")
	if _, err := iam.NewFromConfig(cfg).GetAccountSummary(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"onus/1.2.3", "onus-scan/0123456789abcdef"} {
		if got, _ := agent.Load().(string); !strings.Contains(got, want) {
			t.Errorf("user agent %q lacks %s", got, want)
		}
	}
}

func TestRedactedNamesAreNotAskedAbout(t *testing.T) {
	cfg := transport(&Memory{}).Config(config(t, func(http.ResponseWriter, *http.Request) { t.Error("asked") }), "1")
	name := "[redacted:assignment:0123456789ab]"
	if _, err := iam.NewFromConfig(cfg).GetLoginProfile(context.Background(), &iam.GetLoginProfileInput{UserName: &name}); err == nil {
		t.Error("nothing can be known of a user whose name was redacted")
	}
}

// TestEachAttemptHasADeadline: an endpoint that never answers is asked again, and at last
// the call has timed out.
func TestEachAttemptHasADeadline(t *testing.T) {
	done := make(chan struct{})
	var asked atomic.Int32
	tr := transport(&Memory{})
	tr.Attempts, tr.Deadline = 2, 50*time.Millisecond
	cfg := tr.Config(config(t, func(_ http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		select {
		case <-r.Context().Done():
		case <-done:
		}
	}), "1")
	_, err := iam.NewFromConfig(cfg).GetAccountSummary(context.Background(), nil)
	close(done)
	var silent *NoAnswer
	if !errors.As(err, &silent) || silent.Class != "timeout" || asked.Load() != 2 {
		t.Errorf("asked %d times, then %v; want 2 and a timeout", asked.Load(), err)
	}
}
