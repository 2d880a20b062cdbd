// Package snapshot is the typed account: resources, how they are enumerated, and
// what could not be read. It leaves calls to the collectors under scanner and
// judgement to checks, and imports the standard library only.
//
// A snapshot is always derived from recorded exchanges and is never stored itself:
// a replay runs the same collectors over the record and gets the same snapshot. Two
// types keep a failed read from being mistaken for a value. Read[T] holds a value or
// why there is none, and its zero value is unread. Set[T] holds the part of a list
// that was read and says whether it is the whole. Facts keep AWS's own field names;
// what a list call returns with each item is a plain value, what needs a call of its
// own is a Read.
package snapshot
