// Package refusal answers whether the Deny statements of a resource's policy refuse an
// action to everybody but named principals. What policies mean is left to package policy,
// verdicts to the checks.
package refusal

import (
	"regexp"
	"slices"
	"strings"

	"onus/checks/access/policy"
)

// Answer says who refuses an action to everybody, and what comes near to it.
type Answer struct {
	By *policy.Statement // nil: nobody does
	// Near says what a Deny about the action leaves open; "" where there is none.
	Near string
	// Unclear is a Deny that may refuse it, and holds something outside the grammar.
	Unclear *policy.Statement
}

// Of asks it of one action on one resource, an ARN or a pattern that the Deny must take in
// whole. Only the principals of exempt may be spared, by their exact names: a wildcard
// spares whoever can make a principal of such a name.
func Of(doc *policy.Document, action, resource string, exempt []string) (a Answer) {
	if doc == nil {
		return a
	}
	for i := range doc.Statements {
		s := &doc.Statements[i]
		if s.Effect != policy.Deny || !s.TouchesAction(action) || !s.TouchesResource(resource) {
			continue
		}
		why := open(s, action, resource, exempt)
		switch {
		case why == "":
			return Answer{By: s}
		case s.Unclear:
			a.Unclear = s
		case a.Near == "":
			a.Near = s.Name() + " " + why
		}
	}
	return a
}

// open is what a Deny about the action leaves open, "" for nothing.
func open(s *policy.Statement, action, resource string, exempt []string) string {
	switch {
	case s.Unclear:
		return "holds something outside the grammar"
	case !s.CoversAction(action):
		return "refuses it in part only"
	case !s.CoversResource(resource):
		return "covers only a part of what it is about"
	case !s.Principals.Everyone():
		return "refuses it to some principals only"
	}
	if s.Principals.Negated {
		if spared := unnamed(Named(s.Principals), exempt); len(spared) > 0 {
			return "spares " + strings.Join(spared, ", ")
		}
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if !Spares(c) {
			return "refuses it only where " + c.String()
		}
		if spared := unnamed(c.Values, exempt); len(spared) > 0 {
			return "spares " + strings.Join(spared, ", ")
		}
	}
	return ""
}

// Named are all the values of a Principal or NotPrincipal.
func Named(p policy.Principals) []string {
	return slices.Concat(p.AWS, p.Service, p.Federated, p.Canonical)
}

// callers are the condition keys that say who calls.
var callers = []string{"aws:principalarn", "aws:userid"}

// Spares says that a condition of a Deny does nothing but to spare the principals that it
// names: also one without the key is refused. Every negated operator does so, unless
// ForAnyValue asks for the key to be there.
func Spares(c *policy.Condition) bool {
	return slices.Contains(callers, strings.ToLower(c.Key)) && c.Negated() && !strings.Contains(c.Operator, ":")
}

// uniqueID is what aws:userid holds of the sessions of one role.
var uniqueID = regexp.MustCompile(`^AROA[A-Z0-9]+:\*$`)

// unnamed are those of the values that no exemption names. A wildcard is one that the
// exemptions cannot name, but for the sessions of a role by its unique id.
func unnamed(values, exempt []string) (out []string) {
	for _, v := range values {
		if !slices.Contains(exempt, v) || strings.ContainsAny(v, "*?$") && !uniqueID.MatchString(v) {
			out = append(out, v)
		}
	}
	return out
}
