// Package collect is what every collector is given: where it reads, what is wanted, and
// the ways to ask: List for paged calls, Ask for one call about one resource. It leaves
// the calls themselves to the collectors and judgement to checks.
//
// Every wanted operation ends in the coverage. One that was wanted and never asked is
// skipped, which checks see as UNKNOWN: forgetting a call can cost a verdict but never
// makes one better. A failed call is data and stops nothing else.
package collect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// MaxPages is how many pages a list may have before its call counts as failed.
const MaxPages = 10_000

// Scope is the place that a collector reads, and the book that it keeps.
type Scope struct {
	snapshot.Location
	AsOf  time.Time
	Calls *Calls
}

// In is the same scope in another Region, with the same book.
func (s Scope) In(region string) Scope {
	s.Location = s.Location.In(region)
	return s
}

// Wants says that some chosen check reads the operation: no other call is made.
func (s Scope) Wants(op string) bool { return s.Calls.wanted[op] }

// Unlisted is why an operation was not read to its end in the scope's place: nil if it was.
func (s Scope) Unlisted(op string) error {
	if l, ok := s.Calls.at(op, s.Location); ok && l.Status == snapshot.OK {
		return nil
	} else if ok && l.Error != nil {
		return l.Error
	}
	return &snapshot.Unread{Operation: op, At: s.Location, Cause: snapshot.Skipped, Message: "the call was not made"}
}

// Settle says of those of the operations that are wanted that they have nothing to be
// asked about in the scope's place.
func (s Scope) Settle(ops ...string) {
	for _, op := range ops {
		if s.Wants(op) {
			s.Calls.Settle(op, s.Location)
		}
	}
}

// Each runs fn for 0 … n-1 side by side, as many at once as Calls allows, and returns
// when all have ended. Results go by index, so their order is the input's. After the end
// of the scan fn still runs: its calls fail at once, and say why in what they would have
// read.
func (s Scope) Each(_ context.Context, n int, fn func(i int)) {
	var all sync.WaitGroup
	slots := make(chan struct{}, max(1, s.Calls.width))
	for i := range n {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			fn(i)
		})
	}
	all.Wait()
}

// Calls is the book of one account's operations. Safe for concurrent use.
type Calls struct {
	mu     sync.Mutex
	wanted map[string]bool
	width  int
	open   map[string]bool
	lines  map[string]*snapshot.Coverage
}

// NewCalls opens the book for the wanted operations; width is how many calls about
// single resources run side by side in one scope.
func NewCalls(wanted []string, width int) *Calls {
	c := &Calls{wanted: map[string]bool{}, width: width, lines: map[string]*snapshot.Coverage{}}
	for _, op := range wanted {
		c.wanted[op] = true
	}
	return c
}

// Open says which Regions the account is known to have enabled. There a token that is
// rejected is a refusal; elsewhere it means that the Region is not enabled.
func (c *Calls) Open(regions []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open = map[string]bool{}
	for _, r := range regions {
		c.open[r] = true
	}
}

// why is Why, with what the book knows of the Region.
func (c *Calls) why(op string, at snapshot.Location, err error) *snapshot.Unread {
	u := Why(op, at, err)
	c.mu.Lock()
	defer c.mu.Unlock()
	if u.Cause == snapshot.NotOptedIn && (c.open[at.Region] || at.Region == snapshot.Global) {
		u.Cause = snapshot.Denied
	}
	return u
}

// Plan enters an operation that will be needed in a place: skipped, until it is asked.
func (c *Calls) Plan(op string, at snapshot.Location) { c.line(op, at, func(*snapshot.Coverage) {}) }

// at is a copy of the coverage of an operation in a place, if it has been planned or asked.
func (c *Calls) at(op string, at snapshot.Location) (snapshot.Coverage, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l, ok := c.lines[op+"@"+at.String()]
	if !ok {
		return snapshot.Coverage{}, false
	}
	return *l, true
}

// line changes the coverage of an operation in a place under the lock.
func (c *Calls) line(op string, at snapshot.Location, change func(*snapshot.Coverage)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := op + "@" + at.String()
	l, ok := c.lines[key]
	if !ok {
		l = &snapshot.Coverage{Location: at, Operation: op, Status: snapshot.Skipped}
		c.lines[key] = l
	}
	change(l)
}

// Settle says that an operation has nothing to be asked about in a place, because the
// list of what it would be asked about was read to its end.
func (c *Calls) Settle(op string, at snapshot.Location) {
	c.line(op, at, func(l *snapshot.Coverage) {
		if l.Status == snapshot.Skipped {
			l.Status = snapshot.OK
		}
	})
}

// Coverage is the book in one order: Region, then operation.
func (c *Calls) Coverage() []snapshot.Coverage {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]snapshot.Coverage, 0, len(c.lines))
	for _, l := range c.lines {
		out = append(out, *l)
	}
	slices.SortFunc(out, func(a, b snapshot.Coverage) int {
		return cmp.Or(cmp.Compare(a.Region, b.Region), cmp.Compare(a.Operation, b.Operation))
	})
	return out
}

// ended enters calls that were made. The worst status stays, and with it the error
// that comes first in its own order, so that the book does not depend on timing.
func (c *Calls) ended(op string, at snapshot.Location, lines []wire.Line, items int, u *snapshot.Unread) {
	c.line(op, at, func(l *snapshot.Coverage) {
		for _, w := range lines {
			l.Requests++
			l.Retries += max(0, w.Attempts-1)
		}
		l.Items += items
		switch {
		case u == nil && l.Error == nil:
			l.Status = snapshot.OK
		case u != nil && (l.Error == nil || worse(u, l.Error)):
			l.Status, l.Error = u.Cause, u
		}
	})
}

// causes from the one that hides most to the one that hides least.
var causes = []snapshot.Cause{snapshot.Denied, snapshot.Malformed, snapshot.Failed, snapshot.Throttled, snapshot.Cancelled, snapshot.NotRecorded, snapshot.Unsupported, snapshot.NotOptedIn, snapshot.Skipped, snapshot.Changed}

func worse(a, b *snapshot.Unread) bool {
	return cmp.Or(cmp.Compare(slices.Index(causes, a.Cause), slices.Index(causes, b.Cause)), cmp.Compare(a.Error(), b.Error()), cmp.Compare(a.RequestID, b.RequestID)) < 0
}

func calls(lines []wire.Line) []snapshot.Call {
	out := make([]snapshot.Call, 0, len(lines))
	for _, l := range lines {
		out = append(out, snapshot.Call{ID: l.ID, Operation: l.Operation})
	}
	return out
}

// Ask makes one call, or the few that one fact needs, and gives a Read of what do
// returns. An operation that nobody wants is not asked. do turns absence that AWS
// reports as an error into a value; Is helps.
func Ask[T any](ctx context.Context, s Scope, op string, do func(context.Context) (T, error)) snapshot.Read[T] {
	if !s.Wants(op) {
		return snapshot.Read[T]{}
	}
	ctx, trace := wire.WithTrace(ctx)
	v, err := do(ctx)
	lines := trace.Lines()
	if err != nil {
		u := s.Calls.why(op, s.Location, err)
		s.Calls.ended(op, s.Location, lines, 0, u)
		return snapshot.Missing[T](u, calls(lines)...)
	}
	s.Calls.ended(op, s.Location, lines, 1, nil)
	return snapshot.Value(v, calls(lines)...)
}

// Pages is the SDK's own paginator of one operation: O its options, P its output.
type Pages[O, P any] interface {
	HasMorePages() bool
	NextPage(context.Context, ...func(*O)) (P, error)
}

var errRepeated = errors.New("a page token came twice: the list would never end")
var errTooLong = fmt.Errorf("more than %d pages", MaxPages)

// List reads all pages. items maps one page to resources; at is what they all have:
// their place and the call that they came from. What was read before a failure is
// kept, and the coverage says that it is not all.
func List[O, P, T any](ctx context.Context, s Scope, op string, pages Pages[O, P], items func(at snapshot.Meta, page P) []T) (out []T) {
	if !s.Wants(op) {
		return nil
	}
	seen := map[string]bool{}
	for n := 0; pages.HasMorePages(); n++ {
		pageCtx, trace := wire.WithTrace(ctx)
		page, err := pages.NextPage(pageCtx)
		lines := trace.Lines()
		for _, l := range lines {
			// The same question again can only come from a token that was there before.
			if err == nil && seen[l.ID] {
				err = errRepeated
			}
			seen[l.ID] = true
		}
		if err == nil && n >= MaxPages {
			err = errTooLong
		}
		if err != nil {
			s.Calls.ended(op, s.Location, lines, 0, s.Calls.why(op, s.Location, err))
			return out
		}
		got := items(snapshot.Meta{Location: s.Location, Calls: calls(lines)}, page)
		out = append(out, got...)
		if pages.HasMorePages() {
			// Not ended yet: a cancelled scan must not leave this list looking whole.
			s.Calls.partial(op, s.Location, lines, len(got))
			continue
		}
		s.Calls.ended(op, s.Location, lines, len(got), nil)
	}
	return out
}

func (c *Calls) partial(op string, at snapshot.Location, lines []wire.Line, items int) {
	c.line(op, at, func(l *snapshot.Coverage) {
		l.Requests += len(lines)
		for _, w := range lines {
			l.Retries += max(0, w.Attempts-1)
		}
		l.Items += items
	})
}
