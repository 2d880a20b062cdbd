package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"onus/scanner"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// progress shows a scan while it runs: on a terminal a table of Region × service that is
// painted over, else a line now and then. It writes to stderr alone. Safe for
// concurrent use; a nil progress shows nothing.
type progress struct {
	w        io.Writer
	terminal bool
	painted  int // lines of the table on the screen

	mu                sync.Mutex
	account           string
	cells             map[cell]*counts
	done              int
	throttled, denied int
	last              time.Time
	started           time.Time
}

type cell struct{ region, service string }

// counts are of operations: how many were planned, and which of them were asked.
type counts struct {
	planned int
	asked   map[string]bool
}

func newProgress(s streams, quiet bool) *progress {
	if quiet {
		return nil
	}
	p := &progress{w: s.err, cells: map[cell]*counts{}, started: time.Now()}
	if f, ok := s.err.(*os.File); ok {
		p.terminal = term.IsTerminal(int(f.Fd())) && s.env("TERM") != "dumb"
	}
	return p
}

func service(op string) string {
	name, _, _ := strings.Cut(op, ":")
	return name
}

func (p *progress) planned(at snapshot.Location, plan []scanner.Call) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.account = at.Account
	regions := map[string]bool{}
	for _, c := range plan {
		p.cell(c.Region, c.Operation).planned++
		regions[c.Region] = true
	}
	if !p.terminal {
		fmt.Fprintf(p.w, "scanning account %s: %d operations planned in %d places\n", at.Account, len(plan), len(regions))
	}
	p.last = time.Now()
}

func (p *progress) cell(region, op string) *counts {
	k := cell{region, service(op)}
	c, ok := p.cells[k]
	if !ok {
		c = &counts{asked: map[string]bool{}}
		p.cells[k] = c
	}
	return c
}

// ended counts one call, with all its attempts.
func (p *progress) ended(l wire.Line) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	region := l.Region
	if wire.Permitted[l.Operation].Global {
		region = snapshot.Global
	}
	p.cell(region, l.Operation).asked[l.Operation] = true
	p.done++
	if l.Attempts > 1 {
		p.throttled++
	}
	if l.Status == 401 || l.Status == 403 {
		p.denied++
	}
	every := 10 * time.Second
	if p.terminal {
		every = 100 * time.Millisecond
	}
	if p.account == "" || time.Since(p.last) < every {
		return
	}
	p.last = time.Now()
	if p.terminal {
		p.paint()
		return
	}
	fmt.Fprintln(p.w, p.line())
}

func (p *progress) line() string {
	return fmt.Sprintf("account %s: %d calls, %d retried, %d denied, %s", p.account, p.done, p.throttled, p.denied, time.Since(p.started).Round(100*time.Millisecond))
}

// paint draws the table over the last one.
func (p *progress) paint() {
	var regions, services []string
	for k := range p.cells {
		regions, services = append(regions, k.region), append(services, k.service)
	}
	slices.Sort(regions)
	slices.Sort(services)
	regions, services = slices.Compact(regions), slices.Compact(services)
	var b strings.Builder
	p.wipe(&b)
	b.WriteString(p.line() + "\n")
	fmt.Fprintf(&b, "%-16s", "")
	for _, s := range services {
		fmt.Fprintf(&b, "%14s", s)
	}
	b.WriteByte('\n')
	for _, r := range regions {
		fmt.Fprintf(&b, "%-16s", r)
		for _, s := range services {
			text := "·"
			if c, ok := p.cells[cell{r, s}]; ok {
				text = fmt.Sprintf("%d/%d", len(c.asked), c.planned)
			}
			fmt.Fprintf(&b, "%14s", text)
		}
		b.WriteByte('\n')
	}
	p.painted = len(regions) + 2
	io.WriteString(p.w, b.String())
}

// wipe goes back to the table's first line and clears what follows.
func (p *progress) wipe(b *strings.Builder) {
	if p.painted > 0 {
		fmt.Fprintf(b, "\x1b[%dA\x1b[J", p.painted)
	}
	p.painted = 0
}

// end takes the table away and says what was done.
func (p *progress) end() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.account == "" {
		return
	}
	var b strings.Builder
	p.wipe(&b)
	b.WriteString(p.line() + "\n")
	io.WriteString(p.w, b.String())
}
