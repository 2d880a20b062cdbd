package protection

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrNever is a schedule whose last time has passed.
var ErrNever = errors.New("the schedule has no time left")

// horizon is how far a schedule is followed: the longest between two runs is found in four
// years, a leap day's among them.
const horizon = 4*365 + 1

// Interval is the longest time between two runs of a schedule from a day on: cron(minutes
// hours day-of-month month day-of-week year), or rate(value unit). "" is AWS Backup's own,
// each day at five. Clocks that are put forward or back are left out of account.
// Source: Amazon EventBridge User Guide, "Setting a schedule pattern"; AWS Backup API
// Reference, BackupRule ScheduleExpression.
func Interval(expression string, from time.Time) (time.Duration, error) {
	text := strings.TrimSpace(expression)
	if text == "" {
		return 24 * time.Hour, nil
	}
	if inner, ok := argument(text, "rate"); ok {
		return rate(inner)
	}
	inner, ok := argument(text, "cron")
	if !ok {
		return 0, fmt.Errorf("the schedule %q is neither cron nor rate", expression)
	}
	c, err := parseCron(inner)
	if err != nil {
		return 0, fmt.Errorf("the schedule %q: %w", expression, err)
	}
	return c.longest(from)
}

// Span is the shortest time that a schedule takes from one run to the n-th after it: for so
// long the last n of what it makes are kept. What Interval says of clocks holds here too.
func Span(expression string, n int, from time.Time) (time.Duration, error) {
	text := strings.TrimSpace(expression)
	inner, ok := argument(text, "cron")
	if !ok { // any other runs at equal intervals
		every, err := Interval(text, from)
		return time.Duration(n) * every, err
	}
	c, err := parseCron(inner)
	if err != nil {
		return 0, fmt.Errorf("the schedule %q: %w", expression, err)
	}
	return c.shortest(n, from)
}

func argument(text, name string) (string, bool) {
	inner, ok := strings.CutPrefix(text, name+"(")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(inner, ")")
}

func rate(text string) (time.Duration, error) {
	field := strings.Fields(text)
	if len(field) == 2 {
		n, err := strconv.Atoi(field[0])
		unit := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[strings.TrimSuffix(field[1], "s")]
		if err == nil && n > 0 && unit > 0 {
			return time.Duration(n) * unit, nil
		}
	}
	return 0, fmt.Errorf("the schedule rate(%s) is not understood", text)
}

// cron is a schedule: the minutes of a day at which it runs, and on which days.
type cron struct {
	times  []int // minutes after midnight, sorted
	days   func(time.Time) bool
	months []int
	years  []int
}

var (
	monthNames = strings.Fields("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC")
	dayNames   = strings.Fields("SUN MON TUE WED THU FRI SAT")
)

func parseCron(text string) (c cron, err error) {
	f := strings.Fields(strings.ToUpper(text))
	if len(f) != 6 {
		return c, fmt.Errorf("%d fields, want 6", len(f))
	}
	minutes, err1 := values(f[0], 0, 59, nil)
	hours, err2 := values(f[1], 0, 23, nil)
	days, err3 := monthDays(f[2])
	months, err4 := values(f[3], 1, 12, monthNames)
	week, err5 := weekDays(f[4])
	years, err6 := values(f[5], 1970, 2199, nil)
	if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil {
		return c, err
	}
	for _, h := range hours {
		for _, m := range minutes {
			c.times = append(c.times, h*60+m)
		}
	}
	slices.Sort(c.times)
	c.months, c.years = months, years
	c.days = func(d time.Time) bool { return days(d) && week(d) }
	return c, nil
}

// values are the numbers that a field names: *, lists, ranges and steps, names for numbers.
func values(field string, low, high int, names []string) (out []int, err error) {
	for _, item := range strings.Split(field, ",") {
		span, stepText, stepped := strings.Cut(item, "/")
		step := 1
		if stepped {
			if step, err = strconv.Atoi(stepText); err != nil || step < 1 {
				return nil, fmt.Errorf("step %q", item)
			}
		}
		from, to := low, high
		if span != "*" && span != "?" {
			first, last, ranged := strings.Cut(span, "-")
			if from, err = number(first, low, names); err != nil {
				return nil, err
			}
			switch {
			case ranged:
				if to, err = number(last, low, names); err != nil {
					return nil, err
				}
			case !stepped:
				to = from
			}
		}
		if from < low || to > high || from > to {
			return nil, fmt.Errorf("%q is not within %d-%d", item, low, high)
		}
		for n := from; n <= to; n += step {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func number(text string, low int, names []string) (int, error) {
	if i := slices.Index(names, text); i >= 0 {
		return low + i, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("%q is no number", text)
	}
	return n, nil
}

// lastOf is the number of the last day of a day's month.
func lastOf(d time.Time) int { return time.Date(d.Year(), d.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day() }

// monthDays reads the third field: numbers, L for the last day, and nW for the weekday
// nearest to a day within its month.
func monthDays(field string) (func(time.Time) bool, error) {
	switch {
	case field == "L":
		return func(d time.Time) bool { return d.Day() == lastOf(d) }, nil
	case field == "LW":
		return func(d time.Time) bool { return d.Day() == weekdayNear(d, lastOf(d)) }, nil
	case strings.HasSuffix(field, "W"):
		n, err := strconv.Atoi(strings.TrimSuffix(field, "W"))
		if err != nil || n < 1 || n > 31 {
			return nil, fmt.Errorf("day %q", field)
		}
		return func(d time.Time) bool { return n <= lastOf(d) && d.Day() == weekdayNear(d, n) }, nil
	}
	list, err := values(field, 1, 31, nil)
	return func(d time.Time) bool { return slices.Contains(list, d.Day()) }, err
}

// weekdayNear is the day of a month that is nearest to n and neither Saturday nor Sunday.
func weekdayNear(month time.Time, n int) int {
	last := lastOf(month)
	for _, off := range []int{0, -1, 1, -2, 2} {
		day := n + off
		if day < 1 || day > last {
			continue
		}
		if w := time.Date(month.Year(), month.Month(), day, 0, 0, 0, 0, time.UTC).Weekday(); w != time.Saturday && w != time.Sunday {
			return day
		}
	}
	return n
}

// weekDays reads the fifth field: 1 is Sunday; nL is the last of its kind in a month, and
// n#k the k-th.
func weekDays(field string) (func(time.Time) bool, error) {
	if name, ok := strings.CutSuffix(field, "L"); ok {
		if name == "" {
			name = "7"
		}
		n, err := number(name, 1, dayNames)
		return func(d time.Time) bool { return int(d.Weekday()) == n-1 && d.Day()+7 > lastOf(d) }, err
	}
	if name, which, ok := strings.Cut(field, "#"); ok {
		n, err1 := number(name, 1, dayNames)
		k, err2 := strconv.Atoi(which)
		return func(d time.Time) bool { return int(d.Weekday()) == n-1 && (d.Day()-1)/7 == k-1 }, errors.Join(err1, err2)
	}
	list, err := values(field, 1, 7, dayNames)
	return func(d time.Time) bool { return slices.Contains(list, int(d.Weekday())+1) }, err
}

// longest follows the days of the horizon.
func (c cron) longest(from time.Time) (time.Duration, error) {
	const aDay = 24 * 60
	start := time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, time.UTC)
	within := 0
	for i := 1; i < len(c.times); i++ {
		within = max(within, c.times[i]-c.times[i-1])
	}
	longest, last, runs := 0, 0, false
	for n := range horizon {
		d := start.AddDate(0, 0, n)
		if !slices.Contains(c.years, d.Year()) || !slices.Contains(c.months, int(d.Month())) || !c.days(d) {
			continue
		}
		longest, last, runs = max(longest, n*aDay+c.times[0]-last, within), n*aDay+c.times[len(c.times)-1], true
	}
	if !runs {
		return 0, ErrNever
	}
	// A schedule that ends before the horizon does not run again after its last time.
	longest = max(longest, horizon*aDay-last-aDay)
	return time.Duration(longest) * time.Minute, nil
}

// shortest follows the days of the horizon; what it does in them it does again after them.
func (c cron) shortest(n int, from time.Time) (time.Duration, error) {
	const aDay = 24 * 60
	start := time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, time.UTC)
	var runs []int
	for day := range horizon {
		d := start.AddDate(0, 0, day)
		if !slices.Contains(c.years, d.Year()) || !slices.Contains(c.months, int(d.Month())) || !c.days(d) {
			continue
		}
		for _, t := range c.times {
			runs = append(runs, day*aDay+t)
		}
	}
	if len(runs) == 0 {
		return 0, ErrNever
	}
	again, rest := n/len(runs), n%len(runs)
	least := runs[rest] - runs[0]
	for i := range len(runs) - rest {
		least = min(least, runs[i+rest]-runs[i])
	}
	return time.Duration(again*horizon*aDay+least) * time.Minute, nil
}
