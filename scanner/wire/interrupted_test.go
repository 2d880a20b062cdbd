package wire

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// throttles answers the first call, calls stop, and throttles all others.
func throttles(stop func()) http.HandlerFunc {
	var asked atomic.Int32
	return func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 1 {
			serve(summary)(w, r)
			return
		}
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>`))
		stop()
	}
}

// What the end of a scan cuts off ends in one way, live and in a replay: a call under
// way, though an earlier attempt of it had an answer, and one that was not made.
func TestTheEndOfAScanIsTheSameInAReplay(t *testing.T) {
	for name, until := range map[string]func() (context.Context, context.CancelFunc){
		"a signal": func() (context.Context, context.CancelFunc) { return context.WithCancel(context.Background()) },
		"its time": func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
			_ = cancel // its time ends it
			return ctx, func() {}
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, stop := until()
			store := &Memory{}
			cfg := config(t, throttles(stop))
			live := transport(store)
			live.Backoff = func(int) time.Duration { return time.Minute }
			client := iam.NewFromConfig(live.Config(cfg, "1"))
			if _, err := client.GetAccountSummary(ctx, nil); err != nil {
				t.Fatal(err)
			}
			_, under := client.GetAccountPasswordPolicy(ctx, nil)
			_, never := client.ListVirtualMFADevices(ctx, nil)
			if !errors.Is(under, ErrInterrupted) || !errors.Is(never, ErrInterrupted) {
				t.Errorf("live: %v; %v", under, never)
			}
			lines := store.Lines()
			if len(lines) != 2 {
				t.Fatalf("ledger: %+v", lines)
			}
			for _, l := range lines {
				if l.Operation == "iam:GetAccountPasswordPolicy" && (l.Status != 0 || l.Attempts != 1) {
					t.Errorf("the call under way: %+v", l)
				}
			}
			replay := iam.NewFromConfig((&Transport{Store: store, Replay: true, CutOff: true}).Config(cfg, "1"))
			if _, err := replay.GetAccountSummary(t.Context(), nil); err != nil {
				t.Errorf("what was read: %v", err)
			}
			var silent *NoAnswer
			if _, err := replay.GetAccountPasswordPolicy(t.Context(), nil); !errors.As(err, &silent) || !silent.Interrupted() {
				t.Errorf("the call under way, replayed: %v", err)
			}
			if _, err := replay.ListVirtualMFADevices(t.Context(), nil); !errors.Is(err, ErrInterrupted) {
				t.Errorf("the call that was not made, replayed: %v", err)
			}
			other := iam.NewFromConfig((&Transport{Store: store, Replay: true}).Config(cfg, "1"))
			if _, err := other.ListVirtualMFADevices(t.Context(), nil); !errors.Is(err, ErrNotRecorded) {
				t.Errorf("where nobody knows why it is missing: %v", err)
			}
		})
	}
}

// A call whose own time is up says nothing of the scan.
func TestACallThatRunsOutOfTimeIsNotTheScansEnd(t *testing.T) {
	store := &Memory{}
	slow := transport(store)
	slow.Overall = 50 * time.Millisecond
	block := make(chan struct{})
	defer close(block)
	cfg := slow.Config(config(t, func(http.ResponseWriter, *http.Request) { <-block }), "1")
	_, err := iam.NewFromConfig(cfg).GetAccountSummary(t.Context(), nil)
	if err == nil || errors.Is(err, ErrInterrupted) {
		t.Errorf("%v", err)
	}
	if lines := store.Lines(); len(lines) != 1 {
		t.Errorf("ledger: %+v", lines)
	} else if _, e, _ := store.Get(lines[0].ID); e.Class != "timeout" {
		t.Errorf("it ended with %q", e.Class)
	}
}
