package snapshot

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Cause says why a value could not be read. It is also the status of a call in
// the coverage of a scan, where OK means that the call was read to its end.
type Cause string

// The causes, in the words of the result document.
const (
	OK          Cause = "ok"
	Denied      Cause = "denied"       // the principal may not make the call
	Throttled   Cause = "throttled"    // still throttled after the last attempt
	Failed      Cause = "failed"       // a server error, a timeout, a broken connection
	Malformed   Cause = "malformed"    // an answer that is not one of AWS's for this operation
	Skipped     Cause = "skipped"      // planned and not made, or never asked for
	NotOptedIn  Cause = "not-opted-in" // the Region is not enabled in the account
	Unsupported Cause = "unsupported"  // the endpoint does not know the operation
	Changed     Cause = "changed"      // the resource went away between list and read
	Cancelled   Cause = "cancelled"    // the scan was interrupted or ran out of time
	NotRecorded Cause = "not-recorded" // a replay needs a call that the record lacks
)

// Unread is why a read has no value. It is data: it ends in a verdict UNKNOWN and
// in the coverage, never in a crash.
type Unread struct {
	Operation string // service:Operation
	At        Location
	Cause     Cause
	Code      string // AWS's error code, "" if none came
	Message   string // AWS's message, redacted, or our own sentence
	RequestID string
}

// Error names operation, place, cause and AWS's code.
func (u *Unread) Error() string {
	s := fmt.Sprintf("%s in %s: %s", u.Operation, u.At, u.Cause)
	if u.Code != "" {
		s += " (" + u.Code + ")"
	}
	if u.Message != "" {
		s += ": " + u.Message
	}
	return s
}

// ErrAbsent is the error of a look-up whose list was read to its end in that scope
// and does not hold what was asked for.
var ErrAbsent = errors.New("absent")

// Call is the name of one recorded call: the digest that leads to its exchange, and
// its operation.
type Call struct {
	ID        string
	Operation string
}

// Distinct is each call once, in the order of their ids. It reorders the calls that it is given.
func Distinct(calls []Call) []Call {
	slices.SortFunc(calls, func(a, b Call) int { return cmp.Compare(a.ID, b.ID) })
	return slices.CompactFunc(calls, func(a, b Call) bool { return a.ID == b.ID })
}

// Read is a value, or why it could not be read. The zero Read is unread, so a
// collector that forgets a field makes it UNKNOWN and never reassuring.
type Read[T any] struct {
	value T
	err   error
	known bool
	calls []Call
}

// Value is a read that succeeded, with the calls it came from.
func Value[T any](v T, calls ...Call) Read[T] {
	return Read[T]{value: v, known: true, calls: calls}
}

// Missing is a read that has no value, with the calls that were made for it.
func Missing[T any](err error, calls ...Call) Read[T] {
	if err == nil {
		err = errNeverRead
	}
	return Read[T]{err: err, calls: calls}
}

var errNeverRead = &Unread{Cause: Skipped, Operation: "read", Message: "no chosen check asked for it"}

// Get returns the value, or the zero T and why there is none: an *Unread, or
// ErrAbsent from a look-up.
func (r Read[T]) Get() (T, error) {
	if !r.known {
		var zero T
		if r.err == nil {
			return zero, errNeverRead
		}
		return zero, r.err
	}
	return r.value, nil
}

// Calls are the recorded calls that the read rests on.
func (r Read[T]) Calls() []Call { return r.calls }

// Set is the part of a list that was read, and why it is not the whole, if it is not.
type Set[T any] struct {
	items []T
	err   error
}

// Whole is a set that was read to its end.
func Whole[T any](items []T) Set[T] { return Set[T]{items: items} }

// Partial is a set of which err says what is lacking.
func Partial[T any](items []T, err error) Set[T] {
	if err == nil {
		err = errNeverRead
	}
	return Set[T]{items: items, err: err}
}

// Get returns what was read. A non-nil error means that there may be more.
func (s Set[T]) Get() ([]T, error) { return s.items, s.err }
