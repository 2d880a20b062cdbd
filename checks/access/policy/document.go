package policy

import (
	"fmt"
	"strings"
)

// Effect says whether a statement grants or refuses.
type Effect uint8

// The effects of a statement. The zero value is neither.
const (
	Allow Effect = iota + 1
	Deny
)

func (e Effect) String() string {
	switch e {
	case Allow:
		return "Allow"
	case Deny:
		return "Deny"
	}
	return fmt.Sprintf("Effect(%d)", uint8(e))
}

// The versions of the policy language. A document that names none is of the
// older one, in which ${...} is plain text.
// Source: IAM User Guide, "IAM JSON policy elements: Version".
const (
	Version2008 = "2008-10-17"
	Version2012 = "2012-10-17"
)

// Document is one parsed policy document.
type Document struct {
	Version    string // Version2008 where the document names none
	ID         string
	Statements []Statement
	Issues     []Issue // of the document itself and of all its statements
}

// Issue is something well-formed that AWS's policy grammar does not hold, such
// as an unknown element or condition operator. What it does is not known.
type Issue struct {
	Line, Column int
	Path         string
	Problem      string
}

func (i Issue) String() string {
	return fmt.Sprintf("line %d column %d, %s: %s", i.Line, i.Column, i.Path, i.Problem)
}

// Statement is one statement of a document. Lists keep the document's order.
type Statement struct {
	Sid         string
	Index       int // from 0
	Line        int // where the statement begins, from 1
	Effect      Effect
	Principals  Principals
	Actions     []string // those of NotAction when NotAction is true
	NotAction   bool
	Resources   []string // those of NotResource when NotResource is true
	NotResource bool
	// Conditions are joined by AND. There is one for each operator and key.
	Conditions []Condition
	// Unclear says that the statement holds something outside the grammar: it
	// may do more or less than its readable part.
	Unclear bool

	variables   bool // the language version has policy variables
	hasResource bool // false in trust policies, which act on their own role
}

// Principals is the Principal or NotPrincipal element. AWS, Service, Federated
// and Canonical hold the values as written, a bare "*" being one of AWS.
type Principals struct {
	Present   bool // the statement has the element
	Negated   bool // it is NotPrincipal
	AWS       []string
	Service   []string
	Federated []string
	Canonical []string
}

// Everyone reports whether the element takes in every caller, also one without
// credentials: *, AWS *, CanonicalUser *, or any NotPrincipal. A * among services
// or federated providers means nobody to AWS.
func (p Principals) Everyone() bool {
	return p.Present && (p.Negated || hasStar(p.AWS) || hasStar(p.Canonical))
}

func hasStar(values []string) bool {
	for _, v := range values {
		if onlyStars(v) {
			return true
		}
	}
	return false
}

// Name is the Sid, or the statement's place where it has none.
func (s *Statement) Name() string {
	if s.Sid != "" {
		return fmt.Sprintf("statement %q", s.Sid)
	}
	return fmt.Sprintf("statement %d", s.Index+1)
}

// MatchesAction reports whether the statement is about the action, such as
// s3:GetObject. Case does not matter.
func (s *Statement) MatchesAction(action string) bool {
	return anyMatch(s.Actions, action, true) != s.NotAction
}

// CoversAction reports whether the statement is about every action that the
// pattern describes. It never says true wrongly.
func (s *Statement) CoversAction(pattern string) bool {
	if s.NotAction {
		return !anyOverlaps(s.Actions, pattern, true)
	}
	return anyCovers(s.Actions, pattern, true)
}

// TouchesAction reports whether the statement is about some action that the
// pattern describes.
func (s *Statement) TouchesAction(pattern string) bool {
	if s.NotAction {
		return !anyCovers(s.Actions, pattern, true)
	}
	return anyOverlaps(s.Actions, pattern, true)
}

// CoversResource reports whether the statement is about every resource that the
// pattern describes. A policy variable counts as some unknown value, so that a
// Resource with one covers nothing but itself. It never says true wrongly.
func (s *Statement) CoversResource(pattern string) bool {
	switch {
	case !s.hasResource:
		return true
	case s.NotResource:
		for _, r := range s.Resources {
			if Overlaps(s.loosen(r), pattern) {
				return false
			}
		}
		return true
	case pattern == "*":
		return s.everyResource("")
	}
	return anyCovers(s.Resources, pattern, false)
}

// TouchesResource reports whether the statement may be about some resource that
// the pattern describes. A policy variable may have any value.
func (s *Statement) TouchesResource(pattern string) bool {
	switch {
	case !s.hasResource:
		return true
	case s.NotResource:
		return !anyCovers(s.Resources, pattern, false)
	}
	for _, r := range s.Resources {
		if Overlaps(s.loosen(r), pattern) {
			return true
		}
	}
	return false
}

// EveryResource reports whether the statement's resources take in all there
// are, by any spelling: *, arn:*, **, or a NotResource that excludes nothing.
// With account (12 digits, may be empty), an excluded ARN of another account
// excludes nothing either.
func (s *Statement) EveryResource(account string) bool {
	return !s.hasResource || s.everyResource(account)
}

func (s *Statement) everyResource(account string) bool {
	if !s.NotResource {
		for _, r := range s.Resources {
			if wide(r) {
				return true
			}
		}
		return false
	}
	for _, r := range s.Resources {
		if Overlaps(s.loosen(r), "arn:*") && !otherAccount(r, account) {
			return false
		}
	}
	return true
}

// wide reports whether the pattern takes in every ARN of some partition.
func wide(pattern string) bool {
	return onlyStars(pattern) ||
		hasWildcard(pattern) && (Covers(pattern, "arn:aws:*:*:*:*") || Covers(pattern, "arn:aws-cn:*:*:*:*") || Covers(pattern, "arn:aws-us-gov:*:*:*:*"))
}

func otherAccount(arn, account string) bool {
	owner := AccountOf(arn)
	return account != "" && owner != "" && owner != account
}

// loosen writes a star for each policy variable.
func (s *Statement) loosen(pattern string) string {
	if !s.variables || !strings.Contains(pattern, "${") {
		return pattern
	}
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(pattern, "${")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		b.WriteByte('*')
		_, pattern, _ = strings.Cut(rest, "}")
	}
}

// AccountOf is the account that an ARN or a bare account id names: 12 digits in
// the fifth field. It is empty for anything else, also for an account field
// with a wildcard, of an AWS-owned thing (aws, cloudfront) or of an S3 bucket.
func AccountOf(principal string) string {
	if isAccount(principal) {
		return principal
	}
	if !strings.HasPrefix(principal, "arn:") {
		return ""
	}
	rest := principal
	for range 4 {
		_, after, ok := strings.Cut(rest, ":")
		if !ok {
			return ""
		}
		rest = after
	}
	account, _, ok := strings.Cut(rest, ":")
	if !ok || !isAccount(account) {
		return ""
	}
	return account
}

func isAccount(s string) bool {
	if len(s) != 12 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// Source is a document with the name that findings give it. Document is nil
// where it was not read or not understood, and Err then says why.
type Source struct {
	Name     string
	Document *Document
	Err      error
}

// Ref points to a statement of a source.
type Ref struct {
	Source    string
	Statement *Statement
}

func (r Ref) String() string {
	switch {
	case r.Statement == nil:
		return r.Source
	case r.Source == "":
		return r.Statement.Name()
	}
	return r.Source + " " + r.Statement.Name()
}
