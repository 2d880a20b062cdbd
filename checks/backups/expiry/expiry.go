// Package expiry answers after how many days the lifecycle rules of a bucket end what it
// holds, for the checks of several categories that judge it. It leaves the verdicts to them.
package expiry

import (
	"fmt"
	"math"
	"strings"
	"time"

	"onus/scanner/snapshot"
)

// End is what one rule ends, and when.
type End struct {
	Rule snapshot.LifecycleRule
	What string // "current" or "noncurrent" versions
	Days int    // at the soonest
}

// String says it as reasons do.
func (e End) String() string {
	s := fmt.Sprintf("rule %q ends %s versions", e.Rule.ID, e.What)
	switch {
	case e.What == current && !e.Rule.ExpirationDate.IsZero():
		s += " on " + e.Rule.ExpirationDate.UTC().Format(time.DateOnly)
	default:
		s += fmt.Sprintf(" after %d days", e.Days)
	}
	if e.Rule.Filter != "" {
		s += " (" + e.Rule.Filter + ")"
	}
	if e.What == noncurrent && e.Rule.NewerNoncurrent > 0 {
		s += fmt.Sprintf(", all but the %d newest", e.Rule.NewerNoncurrent)
	}
	return s
}

const current, noncurrent = "current", "noncurrent"

// Current are the ends of current versions. On a bucket whose versioning is Enabled that
// writes a delete marker only.
func Current(rules []snapshot.LifecycleRule, asOf time.Time) (out []End) {
	for _, r := range rules {
		switch {
		case !r.Enabled():
		case r.ExpirationDays > 0:
			out = append(out, End{r, current, int(r.ExpirationDays)})
		case !r.ExpirationDate.IsZero():
			// Objects that are there on that day end, and those written later on the day after.
			left := math.Floor(r.ExpirationDate.Sub(asOf).Hours() / 24)
			out = append(out, End{r, current, max(int(left), 0)})
		}
	}
	return out
}

// Noncurrent are the ends of noncurrent versions, counted from when they became so. The
// newest that a rule keeps are no excuse: a burst of overwrites pushes a good one out.
func Noncurrent(rules []snapshot.LifecycleRule) (out []End) {
	for _, r := range rules {
		if r.Enabled() && r.NoncurrentExpiration {
			out = append(out, End{r, noncurrent, int(r.NoncurrentDays)})
		}
	}
	return out
}

// Destroying are the ends after which data is gone for good, by a bucket's versioning.
func Destroying(versioning string, rules []snapshot.LifecycleRule, asOf time.Time) []End {
	switch versioning {
	case "Enabled":
		return Noncurrent(rules)
	case "":
		return Current(rules, asOf)
	}
	return append(Noncurrent(rules), Current(rules, asOf)...)
}

// Sooner are those of the ends that come before a number of days.
func Sooner(ends []End, days int) (out []End) {
	for _, e := range ends {
		if e.Days < days {
			out = append(out, e)
		}
	}
	return out
}

// List joins ends as reasons show them.
func List(ends []End) string {
	out := make([]string, 0, len(ends))
	for _, e := range ends {
		out = append(out, e.String())
	}
	return strings.Join(out, "; ")
}

// Locked is the days for which Object Lock retains each new version by default: no
// lifecycle ends one before. A year counts as 365 days.
func Locked(l snapshot.ObjectLock) int {
	if l.Enabled != "Enabled" || l.Mode == "" {
		return 0
	}
	return int(l.Days) + 365*int(l.Years)
}
