package mocks

import (
	"fmt"
	"maps"
	"slices"
)

// log keeps a request and returns its place.
func (s *Server) log(r *Request) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, *r)
	return len(s.requests) - 1
}

// Requests returns all requests so far, in order of arrival.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Count says how often an operation, "service:Operation", was asked for, retries
// and pages included.
func (s *Server) Count(operation string) int { return s.Counts()[operation] }

// Counts is Count for every operation asked for. Requests whose operation could
// not be told count under "".
func (s *Server) Counts() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := map[string]int{}
	for _, r := range s.requests {
		counts[r.Operation]++
	}
	return counts
}

func (s *Server) problem(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
}

// stray notes a request that no script expects. Lenient servers do not mind.
func (s *Server) stray(format string, args ...any) {
	if !s.options.Lenient {
		s.problem(format, args...)
	}
}

// Problems lists what does not fit between scripts and requests: requests that
// no script answers or that are malformed, and scripts and faults that no
// request used. A lenient server reports only mistakes in its scripts' answers.
func (s *Server) Problems() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	problems := slices.Clone(s.problems)
	if s.options.Lenient {
		return problems
	}
	for _, id := range slices.Sorted(maps.Keys(s.scripts)) {
		for _, sc := range s.scripts[id] {
			if sc.hits == 0 {
				problems = append(problems, "nobody asked for "+describe(id, sc.region))
			}
		}
	}
	for _, f := range s.faults {
		if !f.used() {
			problems = append(problems, fmt.Sprintf("the fault of %s was never met", describe(f.Operation, f.Region)))
		}
	}
	return problems
}
