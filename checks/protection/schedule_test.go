package protection

import (
	"errors"
	"testing"
	"time"
)

func TestInterval(t *testing.T) {
	const aDay = 24 * time.Hour
	from := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		expression string
		want       time.Duration
	}{
		{"", aDay}, {"cron(0 5 ? * * *)", aDay}, {"cron(0 5 * * ? *)", aDay}, {"cron(0 */1 ? * * *)", time.Hour},
		{"cron(15 * ? * * *)", time.Hour}, {"cron(0 0/6 ? * * *)", 6 * time.Hour}, {"cron(0 0,12 * * ? *)", 12 * time.Hour},
		{"cron(0 8-18 * * ? *)", 14 * time.Hour}, {"cron(0 5 ? * 1 *)", 7 * aDay}, {"cron(0 5 ? * SUN *)", 7 * aDay},
		{"cron(0 5 ? * MON-FRI *)", 3 * aDay}, {"cron(0 5 1 * ? *)", 31 * aDay}, {"cron(0 5 L * ? *)", 31 * aDay},
		{"cron(0 5 ? * 6#3 *)", 35 * aDay}, {"cron(0 5 ? * 1L *)", 35 * aDay}, {"cron(0 5 1 1,7 ? *)", 184 * aDay},
		{"cron(0 5 1 JAN ? *)", 366 * aDay}, {"cron(30 5 15W * ? *)", 32 * aDay}, {"cron(0/15 * * * ? *)", 15 * time.Minute},
		{"rate(1 day)", aDay}, {"rate(12 hours)", 12 * time.Hour}, {"rate(90 minutes)", 90 * time.Minute}, {" cron(0 5 ? * * *) ", aDay},
	} {
		got, err := Interval(tt.expression, from)
		if err != nil || got != tt.want {
			t.Errorf("%s: %v, %v; want %v", tt.expression, got, err, tt.want)
		}
	}
	// A schedule that ends, or begins late, leaves a long time without a run.
	for _, expression := range []string{"cron(0 5 ? * * 2026)", "cron(0 5 ? * * 2028-2199)"} {
		if got, err := Interval(expression, from); err != nil || got < 400*aDay {
			t.Errorf("%s: %v, %v", expression, got, err)
		}
	}
	if _, err := Interval("cron(0 5 ? * * 2020)", from); !errors.Is(err, ErrNever) {
		t.Errorf("a year that has passed: %v", err)
	}
	if _, err := Interval("cron(0 5 30 2 ? *)", from); !errors.Is(err, ErrNever) {
		t.Errorf("30 February: %v", err)
	}
	for _, bad := range []string{"daily", "cron()", "cron(0 5 ? * *)", "cron(61 5 ? * * *)", "cron(0 5 ? * FUNDAY *)", "cron(0 5 0 * ? *)", "cron(5-1 5 ? * * *)",
		"cron(0/0 5 ? * * *)", "cron(0 5 99W * ? *)", "cron(0 5 ? * 2#x *)", "rate(1)", "rate(0 days)", "rate(1 week)", "cron(0 5 ? * * *"} {
		if d, err := Interval(bad, from); err == nil || errors.Is(err, ErrNever) {
			t.Errorf("%s: %v, %v", bad, d, err)
		}
	}
}

func TestSpan(t *testing.T) {
	const aDay = 24 * time.Hour
	from := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		expression string
		runs       int
		want       time.Duration
	}{
		{"cron(0 5 * * ? *)", 7, 7 * aDay}, {"cron(0 */12 * * ? *)", 7, 84 * time.Hour}, {"cron(0 5 ? * SUN *)", 2, 14 * aDay},
		{"cron(0 5 ? * MON-FRI *)", 1, aDay}, {"cron(0 5 ? * MON-FRI *)", 3, 3 * aDay}, {"cron(0 5 ? * MON-FRI *)", 5, 7 * aDay}, // not 15 days: most are kept three
		{"cron(0 8,9 * * ? *)", 1, time.Hour}, {"cron(0 5 1 * ? *)", 1, 28 * aDay}, {"cron(0 5 * * ? *)", 0, 0},
		{"cron(0 5 * * ? *)", 3000, 3000 * aDay}, {"rate(12 hours)", 3, 36 * time.Hour}, {"", 2, 2 * aDay},
	} {
		got, err := Span(tt.expression, tt.runs, from)
		if err != nil || got != tt.want {
			t.Errorf("%d of %s: %v, %v; want %v", tt.runs, tt.expression, got, err, tt.want)
		}
	}
	if _, err := Span("cron(0 5 ? * * 2020)", 3, from); !errors.Is(err, ErrNever) {
		t.Errorf("a year that has passed: %v", err)
	}
	for _, bad := range []string{"daily", "cron(0 5 ? * *)", "rate(1)"} {
		if d, err := Span(bad, 3, from); err == nil || errors.Is(err, ErrNever) {
			t.Errorf("%s: %v, %v", bad, d, err)
		}
	}
}

// The answer depends on the schedule, not on the day from which it is followed.
func TestIntervalIsTheSameFromEachDay(t *testing.T) {
	for n := range 400 {
		from := time.Date(2026, 1, 1+n, 23, 59, 0, 0, time.UTC)
		if got, err := Interval("cron(0 5 ? * SUN *)", from); err != nil || got != 7*24*time.Hour {
			t.Fatalf("from %v: %v, %v", from, got, err)
		}
	}
}
