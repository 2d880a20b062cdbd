package reach

import (
	"fmt"
	"slices"
	"strings"
)

// State is one of the three answers. The zero State is CannotTell, so that an answer
// nobody worked out never reads as closed.
type State int

// The answers.
const (
	CannotTell State = iota
	Closed
	Open
)

// String gives "open", "closed" or "cannot tell".
func (s State) String() string {
	switch s {
	case Open:
		return "open"
	case Closed:
		return "closed"
	case CannotTell:
	}
	return "cannot tell"
}

// Hop is one step of a path: what the packet passes and the rule that lets it.
type Hop struct {
	// ID is the resource (igw-…, rtb-…, acl-…, sg-…, eni-…) or a word such as "internet".
	ID string
	// Detail names the deciding rules, such as "rule 100" or "tcp/22 from 0.0.0.0/0".
	Detail string
}

// String gives the id and, where there is one, the detail.
func (h Hop) String() string {
	if h.Detail == "" {
		return h.ID
	}
	return h.ID + " " + h.Detail
}

// Answer says whether packets arrive, and rests on what.
type Answer struct {
	State State
	// Path is what an Open packet passes, in order.
	Path []Hop
	// Stop is the first link that stops the packet when the State is Closed.
	Stop Hop
	// Missing says what was not read when the State is CannotTell, sorted.
	Missing []string
	// Sources holds the addresses that surely pass every link (Open), or that may pass
	// (CannotTell). It is empty when the State is Closed.
	Sources AddrSet
	// Traffic is what was asked about.
	Traffic Traffic
}

// Reason is one line for a person: the path, the stop, or what is missing.
func (a Answer) Reason() string {
	switch a.State {
	case Open:
		parts := make([]string, len(a.Path))
		for i, h := range a.Path {
			parts[i] = h.String()
		}
		return strings.Join(parts, " → ") + " " + a.Traffic.String()
	case Closed:
		return fmt.Sprintf("%s is stopped at %s", a.Traffic, a.Stop)
	case CannotTell:
	}
	if len(a.Missing) == 0 {
		return "cannot tell: nothing was worked out"
	}
	return "cannot tell without " + strings.Join(a.Missing, "; ")
}

// Any joins answers about several ways to the same place: open if one is open, closed
// only if all are. Without any answer it cannot tell. The stops of closed ways are
// listed in their order, each once.
func Any(answers ...Answer) Answer {
	if len(answers) == 0 {
		return Answer{Missing: []string{"any way to judge"}}
	}
	out := Answer{State: Closed, Traffic: answers[0].Traffic}
	var stops []string
	for _, a := range answers {
		switch a.State {
		case Open:
			return a
		case CannotTell:
			out.State = CannotTell
			out.Missing = append(out.Missing, a.Missing...)
			out.Sources = out.Sources.Union(a.Sources)
		case Closed:
			if stop := a.Stop.String(); !slices.Contains(stops, stop) {
				stops = append(stops, stop)
			}
		}
	}
	if out.State == CannotTell {
		out.Missing = sortedOnce(out.Missing)
		return out
	}
	out.Stop = answers[0].Stop
	if len(stops) > 1 {
		out.Stop = Hop{ID: listed(stops, 4, ", and at ")}
	}
	return out
}

func sortedOnce(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// listed joins at most n of the strings and counts the others.
func listed(list []string, n int, sep string) string {
	if len(list) <= n {
		return strings.Join(list, sep)
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:n], sep), len(list)-n)
}
