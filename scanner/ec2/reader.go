package ec2

import (
	"context"
	"maps"
	"slices"
	"sync"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// reader is what the lists are read with, and the book of their pages.
type reader struct {
	collect.Scope
	api   API
	mu    sync.Mutex
	pages map[string][]snapshot.Call
}

// list is collect.List, and notes the calls of all pages: they are what shows that
// something is not there.
func list[O, P, T any](ctx context.Context, in *reader, op string, pages collect.Pages[O, P], items func(at snapshot.Meta, page P) []T) []T {
	return collect.List(ctx, in.Scope, op, pages, func(at snapshot.Meta, page P) []T {
		in.mu.Lock()
		in.pages[op] = append(in.pages[op], at.Calls...)
		in.mu.Unlock()
		return items(at, page)
	})
}

// lists are the calls of the pages, by operation.
func (in *reader) lists() (out []snapshot.ListCalls) {
	for _, op := range slices.Sorted(maps.Keys(in.pages)) {
		out = append(out, snapshot.ListCalls{Meta: snapshot.Meta{Location: in.Location, Calls: in.pages[op]}, Operation: op})
	}
	return out
}
