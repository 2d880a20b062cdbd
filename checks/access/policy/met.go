package policy

// Met is what the conditions of a statement come to for the requests of one caller, of whom
// some condition keys are known.
type Met struct {
	// Never says that no request of the caller meets some condition.
	Never bool
	// Always says that every request meets every condition.
	Always bool
	// Narrowing are the restricting conditions that only some requests meet. What the caller
	// can choose freely, by an operator that asks for a value to differ, narrows nothing.
	Narrowing []Condition
}

// Met asks what the statement's conditions come to for the caller. A key outside the
// context may have any value, unless the context is closed or names it as absent.
func (s *Statement) Met(caller Caller, ctx Context) Met {
	ctx.caller, ctx.owner = &caller, caller.Account
	out := Met{Always: !s.Unclear}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		switch met := c.meets(&ctx); {
		case met == No:
			out.Never = true
		case met == CannotTell && c.restricting(s.Conditions):
			out.Narrowing = append(out.Narrowing, *c)
			out.Always = false
		case met == CannotTell:
			out.Always = false
		}
	}
	return out
}

// Overlapping reports whether some resource may be one of both statements.
func Overlapping(a, b *Statement) bool {
	switch {
	case !a.hasResource || !b.hasResource || a.NotResource && b.NotResource:
		return true
	case a.NotResource:
		a, b = b, a
	}
	for _, r := range a.Resources {
		if b.TouchesResource(a.loosen(r)) {
			return true
		}
	}
	return false
}

// TakesAway reports whether the statement, a Deny about the action, is about every resource
// of an Allow. Conditions are another matter: see [Statement.Met].
func (s *Statement) TakesAway(allow *Statement) bool {
	return s.Effect == Deny && !s.Unclear && s.coversResourcesOf(allow)
}
