package policyfile

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Known is what a policy may speak of. The command fills it from the suite, so
// that this package need not know the checks.
type Known struct {
	Checks map[string]CheckInfo // by check id
}

// CheckInfo is what a policy may set of one check.
type CheckInfo struct {
	// Parameters maps each parameter's name to its default, whose Go type a value in
	// the policy must have: bool, int, float64 (which takes whole numbers too), string,
	// []string, []int, [][]string, map[string]int, map[string]string,
	// map[string][]string, or []any for a list of ports: whole numbers from 0 to
	// 65535 and ranges such as "5900-5909", which stay strings.
	Parameters map[string]any
	// Check, where set, refuses a value of the right type that is out of bounds, such
	// as a password length above AWS's maximum. Its error says what is allowed, in one
	// line. The JSON Schema cannot know of these bounds.
	Check func(parameter string, value any) error
}

// Validate reports every parameter whose default no policy could set: of a type
// that CheckInfo does not list, or refused by the check's own bounds. It is for a
// test of the suite; Parse refuses such parameters when a policy names them.
func (k Known) Validate() error {
	var errs []error
	for _, id := range slices.Sorted(maps.Keys(k.Checks)) {
		info := k.Checks[id]
		for _, name := range slices.Sorted(maps.Keys(info.Parameters)) {
			value := info.Parameters[name]
			if _, ok := kindOf(value); !ok {
				errs = append(errs, fmt.Errorf("check %s: parameter %s: default of type %T", id, name, value))
				continue
			}
			if info.Check != nil {
				if err := info.Check(name, value); err != nil {
					errs = append(errs, fmt.Errorf("check %s: parameter %s: default out of bounds: %w", id, name, err))
				}
			}
		}
	}
	return errors.Join(errs...)
}
