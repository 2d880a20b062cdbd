package checks

import (
	"fmt"
	"time"

	"onus/scanner/snapshot"
)

// Env is all that a judging function has beside the resource: the scan's time, the
// check's parameters, and look-ups in the same snapshot, each of which can fail.
// What is looked up becomes part of the finding's evidence.
type Env struct {
	AsOf  time.Time
	check *Check
	eval  *evaluation
	used  *[]snapshot.Call
}

// Account is the account under judgement.
func (e Env) Account() *snapshot.Account { return e.eval.account }

// ScannedRegions is every enabled Region that was to be scanned.
func (e Env) ScannedRegions() []string { return e.eval.regions }

// Use takes a read's calls into the evidence and returns its value.
func Use[T any](e Env, r snapshot.Read[T]) (T, error) {
	*e.used = append(*e.used, r.Calls()...)
	return r.Get()
}

// Find looks a resource up by the name that others call it (sg-…, pl-…) in one place:
// found; ErrAbsent where its list was read to the end there; else why it is unread.
func Find[T any](e Env, k snapshot.Kind[T], at snapshot.Location, key string) (T, error) {
	index, ok := e.eval.indexes[k.Type].(map[string]T)
	if !ok {
		index = map[string]T{}
		for _, r := range k.All(e.eval.account) {
			index[listedIn(k, k.Meta(r).Location)+" "+k.Key(r)] = r
		}
		e.eval.indexes[k.Type] = index
	}
	region := listedIn(k, at)
	if r, ok := index[region+" "+key]; ok {
		*e.used = append(*e.used, k.Meta(r).Calls...)
		return r, nil
	}
	var zero T
	if err := e.eval.unlisted(k.Lists, region); err != nil {
		return zero, err
	}
	return zero, fmt.Errorf("%s %q in %s: %w", k.Type, key, region, snapshot.ErrAbsent)
}

// listedIn is the Region in which the list of a kind is asked for a resource in one
// place: buckets lie in Regions, but one global call lists them.
func listedIn[T any](k snapshot.Kind[T], at snapshot.Location) string {
	if k.Global {
		return snapshot.Global
	}
	return at.Region
}

// In is every resource of a kind in one place, and whether that is all of them.
func In[T any](e Env, k snapshot.Kind[T], at snapshot.Location) snapshot.Set[T] {
	var items []T
	for _, r := range k.All(e.eval.account) {
		if m := k.Meta(r); m.Region == at.Region {
			items = append(items, r)
			*e.used = append(*e.used, m.Calls...)
		}
	}
	if err := e.eval.unlisted(k.Lists, listedIn(k, at)); err != nil {
		return snapshot.Partial(items, err)
	}
	return snapshot.Whole(items)
}

// parameter is the value that the policy sets, else the check's default. Asking for a
// parameter that the check does not declare, or as another type, is our own mistake.
func parameter[T any](e Env, name string) T {
	v, ok := e.eval.settings.Parameters[e.check.ID][name]
	if !ok {
		v, ok = e.check.Parameters[name]
	}
	t, typed := v.(T)
	if !ok || !typed {
		panic(fmt.Sprintf("check %s has no parameter %q of type %T", e.check.ID, name, t))
	}
	return t
}

// Int is an integer parameter of the check.
func (e Env) Int(name string) int { return parameter[int](e, name) }

// Ints is a parameter that lists integers.
func (e Env) Ints(name string) []int { return parameter[[]int](e, name) }

// Bool is a boolean parameter.
func (e Env) Bool(name string) bool { return parameter[bool](e, name) }

// Float is a parameter with a fraction.
func (e Env) Float(name string) float64 { return parameter[float64](e, name) }

// String is a parameter of text.
func (e Env) String(name string) string { return parameter[string](e, name) }

// Strings is a parameter that lists strings.
func (e Env) Strings(name string) []string { return parameter[[]string](e, name) }

// StringsByKey is a parameter that gives each key a list of strings.
func (e Env) StringsByKey(name string) map[string][]string {
	return parameter[map[string][]string](e, name)
}
