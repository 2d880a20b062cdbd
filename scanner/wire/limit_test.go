package wire

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestLimiterCountsTokens(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	k := Key{Account: "111122223333", Region: "us-east-1", Operation: "account:GetAlternateContact"}
	for name, tt := range map[string]struct {
		limit *Limiter
		want  error
	}{
		"AWS's buckets": {NewLimiter(4), context.DeadlineExceeded},
		"no buckets":    {Unpaced(4), nil},
	} {
		var err error
		for range buckets["account"].burst + 5 {
			var release func()
			if release, err = tt.limit.take(ctx, k); err != nil {
				break
			}
			release()
		}
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

// TestUnpacedHoldsAtOnce: without buckets there is still a number of attempts at once.
func TestUnpacedHoldsAtOnce(t *testing.T) {
	l := Unpaced(1)
	release, err := l.take(t.Context(), Key{Operation: "s3:HeadBucket"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := l.take(ctx, Key{Operation: "s3:HeadBucket"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a second attempt: %v", err)
	}
	release()
	if _, err := l.take(t.Context(), Key{Operation: "s3:HeadBucket"}); err != nil {
		t.Error(err)
	}
}
