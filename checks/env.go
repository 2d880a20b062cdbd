package checks

import (
	"fmt"
	"reflect"
	"slices"
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

// Cite takes calls into the evidence.
func (e Env) Cite(calls ...snapshot.Call) { *e.used = append(*e.used, calls...) }

// Use takes a read's calls into the evidence and returns its value.
func Use[T any](e Env, r snapshot.Read[T]) (T, error) {
	e.Cite(r.Calls()...)
	return r.Get()
}

// Find looks a resource up by the name that others call it (sg-…, pl-…) in one place:
// found; ErrAbsent where its list was read to the end there; else why it is unread.
func Find[T any](e Env, k snapshot.Kind[T], at snapshot.Location, key string) (T, error) {
	region := listedIn(k, at)
	if r, ok := indexOf(e, k).byKey[region+" "+key]; ok {
		e.Cite(k.Meta(r).Calls...)
		return r, nil
	}
	var zero T
	if err := e.eval.unlisted(k.Lists, region); err != nil {
		return zero, err
	}
	return zero, fmt.Errorf("%s %q in %s: %w", k.Type, key, region, snapshot.ErrAbsent)
}

// In is every resource of a kind in one place, and whether that is all of them. Others are
// given the same: leave it as it is.
func In[T any](e Env, k snapshot.Kind[T], at snapshot.Location) snapshot.Set[T] {
	here := indexOf(e, k).byRegion[at.Region]
	e.Cite(here.calls...)
	if err := e.eval.unlisted(k.Lists, listedIn(k, at)); err != nil {
		return snapshot.Partial(here.items, err)
	}
	return snapshot.Whole(here.items)
}

// index is the resources of a kind, put in order once for an evaluation.
type index[T any] struct {
	byKey    map[string]T // by the Region that lists it, and the key
	byRegion map[string]place[T]
}

// place is what a kind has in one Region, and the calls that told of it.
type place[T any] struct {
	items []T
	calls []snapshot.Call
}

// indexOf goes by the type of the resource, in words and in Go: kinds that have both in
// common have their resources in common.
func indexOf[T any](e Env, k snapshot.Kind[T]) *index[T] {
	name := indexed{k.Type, reflect.TypeFor[T]()}
	if known, ok := e.eval.indexes[name].(*index[T]); ok {
		return known
	}
	out := &index[T]{map[string]T{}, map[string]place[T]{}}
	for _, r := range k.All(e.eval.account) {
		m := k.Meta(r)
		out.byKey[listedIn(k, m.Location)+" "+k.Key(r)] = r
		here := out.byRegion[m.Region]
		out.byRegion[m.Region] = place[T]{append(here.items, r), append(here.calls, m.Calls...)}
	}
	for region, here := range out.byRegion {
		out.byRegion[region] = place[T]{slices.Clip(here.items), snapshot.Distinct(here.calls)}
	}
	e.eval.indexes[name] = out
	return out
}

// listedIn is the Region in which the list of a kind is asked for a resource in one
// place: buckets lie in Regions, but one global call lists them.
func listedIn[T any](k snapshot.Kind[T], at snapshot.Location) string {
	if k.Global {
		return snapshot.Global
	}
	return at.Region
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
