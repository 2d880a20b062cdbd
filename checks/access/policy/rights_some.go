package policy

import (
	"slices"
	"strings"
)

// Anywhere answers for the resources together: Yes where the identity may do the action on
// one of them, which is returned.
func (q *Question) Anywhere(resources []string) (Right, string) {
	best := Right{Answer: No}
	if !q.Raised() {
		return best, ""
	}
	for _, r := range resources {
		right := q.Some(r)
		if right.Answer == Yes {
			return right, r
		}
		if right.Answer == CannotTell && best.Answer == No || best.Limit == (Ref{}) && best.Answer == No {
			best = right
		}
	}
	return best, ""
}

// Raised reports whether the identity's own policies have anything that may allow the
// action: a quick no for most.
func (q *Question) Raised() bool { return len(q.own.allows) > 0 || len(q.own.unread) > 0 }

// Some answers whether the identity may do the action on some of what a pattern describes: it
// is enough that its policies and its limits leave a part, such as the objects below a prefix.
// For a resource without wildcards that is what [Question.On] answers.
func (q *Question) Some(pattern string) Right {
	if !q.touches(pattern) {
		return Right{Answer: No}
	}
	best := q.On(pattern)
	if best.Answer == Yes || best.Limit.Statement != nil || !hasWildcard(pattern) {
		return best // a Deny is about all of it
	}
	for _, part := range q.parts(pattern) {
		r := q.On(part)
		if r.Answer == Yes {
			return r
		}
		if r.Answer == CannotTell && best.Answer == No {
			best = r
		}
	}
	if best.Answer == No && q.crosses(pattern) {
		best.Answer = CannotTell
	}
	return best
}

// touches reports whether the identity's own policies have something that may be about a
// part of the pattern.
func (q *Question) touches(pattern string) bool {
	return len(q.own.unread) > 0 || slices.ContainsFunc(q.own.allows, func(a grantedBy) bool { return a.Statement.TouchesResource(pattern) })
}

// parts are the patterns within a pattern by which the statements that allow the action name
// a part of it: a part that is allowed at all is mostly one of them.
func (q *Question) parts(pattern string) (out []string) {
	add := func(part string) {
		if part != pattern && !slices.Contains(out, part) {
			out = append(out, part)
		}
	}
	for _, level := range q.levels() {
		for _, a := range level.allows {
			if a.Statement.NotResource {
				add(strings.NewReplacer("*", "any-other", "?", "x").Replace(pattern)) // not likely among what is left out
				continue
			}
			for _, r := range a.Statement.within(q.ctx) {
				if common, ok := meet(r, pattern); ok && !Covers(r, pattern) {
					add(common)
				}
			}
		}
	}
	return out
}

// meet is a pattern for what two have in common. A star reaches over the colons of an ARN, so
// that nearly any two overlap where a name may hold colons, as the keys of objects do; the
// names of other services' resources hold none that would make them look like another ARN.
func meet(r, pattern string) (string, bool) {
	if !Overlaps(r, pattern) {
		return "", false
	}
	a, b := strings.SplitN(r, ":", 6), strings.SplitN(pattern, ":", 6)
	if len(a) < 6 || len(b) < 6 || b[2] == "s3" {
		return r, true
	}
	for i := range a {
		switch {
		case !Overlaps(a[i], b[i]):
			return "", false
		case Covers(a[i], b[i]):
			a[i] = b[i]
		}
	}
	return strings.Join(a, ":"), true
}

func (q *Question) levels() []*bearing {
	out := []*bearing{&q.own}
	for i := range q.limits {
		out = append(out, &q.limits[i])
	}
	return out
}

// within are the statement's resources with the variables filled in whose values are known.
func (s *Statement) within(ctx *Context) []string {
	if !s.hasVariables() {
		return s.Resources
	}
	out := make([]string, 0, len(s.Resources))
	for _, r := range s.Resources {
		if strings.Contains(r, "${") {
			filled, known := fill(r, ctx, true)
			switch known {
			case No:
				continue // it matches nothing
			case CannotTell:
				filled = s.loosen(r)
			case Yes:
			}
			r = filled
		}
		out = append(out, r)
	}
	return out
}

// part is what a statement allows of a pattern: a resource, or all but the statement's.
type part struct {
	resource string
	but      *Statement // a statement with NotResource; nil: none
}

func (p part) overlaps(o part) bool {
	switch {
	case p.but != nil && o.but != nil:
		return true
	case p.but != nil:
		return p.but.TouchesResource(o.resource)
	case o.but != nil:
		return o.but.TouchesResource(p.resource)
	}
	return Overlaps(p.resource, o.resource)
}

// inside reports whether one of the two is in the other.
func (p part) inside(o part) bool {
	switch {
	case p.but != nil && o.but != nil:
		return false
	case p.but != nil:
		return p.but.CoversResource(o.resource)
	case o.but != nil:
		return o.but.CoversResource(p.resource)
	}
	return Covers(p.resource, o.resource) || Covers(o.resource, p.resource)
}

// crosses reports whether parts of the pattern that different levels allow overlap without one
// being in the other: nothing then tells whether some resource is in both.
func (q *Question) crosses(pattern string) bool {
	var open [][]part
	for _, level := range q.levels() {
		if len(level.unread) > 0 {
			continue
		}
		var left []part
		for _, a := range level.allows {
			switch {
			case a.Statement.NotResource && a.Statement.TouchesResource(pattern):
				left = append(left, part{pattern, a.Statement})
			case a.Statement.NotResource:
			case !a.Statement.hasResource:
				left = append(left, part{resource: pattern})
			default:
				for _, r := range a.Statement.within(q.ctx) {
					if Overlaps(r, pattern) && !q.denied(r) {
						left = append(left, part{resource: r})
					}
				}
			}
		}
		if left == nil {
			return false // this level leaves nothing
		}
		open = append(open, left)
	}
	for i, level := range open {
		for _, other := range open[i+1:] {
			for _, a := range level {
				if slices.ContainsFunc(other, func(b part) bool { return a.overlaps(b) && !a.inside(b) }) {
					return true
				}
			}
		}
	}
	return false
}

// denied reports whether some level denies the action on all of a part.
func (q *Question) denied(part string) bool {
	return slices.ContainsFunc(q.levels(), func(level *bearing) bool {
		return slices.ContainsFunc(level.denies, func(d Ref) bool { return d.Statement.aboutResource(q.action, part, q.ctx) == Yes })
	})
}
