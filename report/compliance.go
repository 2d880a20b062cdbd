package report

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Standard is a framework that a result reports on: all its requirements that any
// control tests, with the ids of those controls, with a check or without.
type Standard struct {
	ID, Name     string
	Requirements map[string][]string
}

// RequirementState is what became of a requirement: the words of State, and one more.
type RequirementState string

// The states of a requirement. One of which some controls passed and others have no check
// that ran is partly tested: not enough to call it kept. One with waived findings, and no
// others that fail or are unknown, is called waived, tested in all its parts or not.
const (
	RequirementBroken    = RequirementState(Broken)
	RequirementUnknown   = RequirementState(Unknown)
	RequirementWaived    = RequirementState(Waived)
	RequirementPartly    = RequirementState("partly-tested")
	RequirementKept      = RequirementState(Kept)
	RequirementNotJudged = RequirementState(NotJudged)
)

// RequirementStates are all of them, worst first.
var RequirementStates = []RequirementState{RequirementBroken, RequirementUnknown, RequirementWaived, RequirementPartly, RequirementKept, RequirementNotJudged}

// Compliance is what became of one requirement of a framework. Kept says that every
// control that tests it passed everywhere; it does not say that the requirement is met,
// which is more than an account can show.
type Compliance struct {
	Framework   string           `json:"framework"`
	Requirement string           `json:"requirement"`
	Outcome     RequirementState `json:"outcome"`
	Checks      []string         `json:"checks"`   // that ran, sorted
	Untested    []string         `json:"untested"` // controls without a check that ran, sorted
	Findings    Counts           `json:"findings"`
}

// Comply says for each requirement of the standards what became of it, in the order of
// the standards and, as people count, of the requirements.
func Comply(r Result, s Summary) []Compliance {
	ran := map[string]bool{}
	for _, c := range r.Checks {
		ran[c.ID] = true
	}
	var out []Compliance
	for _, standard := range r.Standards {
		names := make([]string, 0, len(standard.Requirements))
		for name := range standard.Requirements {
			names = append(names, name)
		}
		slices.SortFunc(names, natural)
		for _, name := range names {
			c := Compliance{Framework: standard.ID, Requirement: name, Checks: []string{}, Untested: []string{}}
			for _, control := range standard.Requirements[name] {
				if !ran[control] {
					c.Untested = append(c.Untested, control)
					continue
				}
				c.Checks = append(c.Checks, control)
				c.Findings.plus(s.Checks[control])
			}
			slices.Sort(c.Checks)
			slices.Sort(c.Untested)
			c.Outcome = RequirementState(StateOf(c.Findings))
			if c.Outcome == RequirementKept && len(c.Untested) > 0 {
				c.Outcome = RequirementPartly
			}
			out = append(out, c)
		}
	}
	return out
}

// natural compares as people count: 2.9 before 2.10.
func natural(a, b string) int {
	for a != "" && b != "" {
		x, y := chunk(a), chunk(b)
		a, b = a[len(x):], b[len(y):]
		if unicode.IsDigit(rune(x[0])) && unicode.IsDigit(rune(y[0])) {
			x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
			if c := cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y)); c != 0 {
				return c
			}
			continue
		}
		if c := cmp.Compare(x, y); c != 0 {
			return c
		}
	}
	return cmp.Compare(a, b)
}

// chunk is the digits, or the other bytes, with which s begins.
func chunk(s string) string {
	digit := unicode.IsDigit(rune(s[0]))
	for i := range len(s) {
		if unicode.IsDigit(rune(s[i])) != digit {
			return s[:i]
		}
	}
	return s
}
