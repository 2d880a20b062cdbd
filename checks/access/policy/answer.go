package policy

import "fmt"

// Answer is the reply to a question about policies. The zero value is
// CannotTell, so that a forgotten answer reassures nobody.
type Answer uint8

// The three answers.
const (
	CannotTell Answer = iota
	No
	Yes
)

func (a Answer) String() string {
	switch a {
	case Yes:
		return "yes"
	case No:
		return "no"
	case CannotTell:
		return "cannot tell"
	}
	return fmt.Sprintf("Answer(%d)", uint8(a))
}

func answer(b bool) Answer {
	if b {
		return Yes
	}
	return No
}

// and is Kleene's conjunction: No wins, then CannotTell.
func (a Answer) and(b Answer) Answer {
	switch {
	case a == No || b == No:
		return No
	case a == Yes && b == Yes:
		return Yes
	}
	return CannotTell
}

// or is Kleene's disjunction: Yes wins, then CannotTell.
func (a Answer) or(b Answer) Answer {
	switch {
	case a == Yes || b == Yes:
		return Yes
	case a == No && b == No:
		return No
	}
	return CannotTell
}

func (a Answer) not() Answer {
	switch a {
	case Yes:
		return No
	case No:
		return Yes
	case CannotTell:
	}
	return CannotTell
}
