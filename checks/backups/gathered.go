package backups

import (
	"slices"

	"onus/scanner/snapshot"
)

// together is all that is kept of one resource in one Region.
type together[T any] struct {
	snapshot.Meta
	of  string
	all []T
}

// gathered is the kind of what is kept of one resource: put together once for an evaluation,
// and found by what of says is the resource. What is of none ("") is left out.
func gathered[T any](name string, kind snapshot.Kind[T], of func(T) string) snapshot.Kind[together[T]] {
	return snapshot.Kind[together[T]]{
		Type: name,
		All: func(a *snapshot.Account) (out []together[T]) {
			index := map[string]int{}
			for _, v := range kind.All(a) {
				resource, meta := of(v), kind.Meta(v)
				if resource == "" {
					continue
				}
				i, ok := index[meta.Region+" "+resource]
				if !ok {
					i = len(out)
					index[meta.Region+" "+resource] = i
					out = append(out, together[T]{Meta: meta, of: resource})
				}
				out[i].all = append(out[i].all, v)
				out[i].Calls = told(out[i].Calls, meta.Calls)
			}
			return out
		},
		Meta:  func(t together[T]) snapshot.Meta { return t.Meta },
		Key:   func(t together[T]) string { return t.of },
		Lists: kind.Lists,
	}
}

// told adds the calls that are not in a list of calls yet.
func told(all, more []snapshot.Call) []snapshot.Call {
	for _, c := range more {
		if !slices.ContainsFunc(all, func(a snapshot.Call) bool { return a.ID == c.ID }) {
			all = append(slices.Clip(all), c)
		}
	}
	return all
}
