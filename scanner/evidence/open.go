package evidence

import (
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"slices"
	"sync"
	"time"
)

// Bundle is a bundle that was opened and found whole. It answers a replay's calls: see
// Lookup. Close it.
type Bundle struct {
	Scan     Scan
	Sealed   time.Time  // by the clock of whoever sealed
	Stamps   []Stamp    // of signatures of the seal, in their order
	Redacted *Redaction // nil: nothing was taken out

	file    io.ReaderAt
	close   func() error
	path    string
	entries []entry
	seal    envelope
	stamps  []envelope // by which the signers of Stamps state them

	stampLines map[string][]byte // by key
	redaction  *envelope
	question   *question                      // nil: withheld
	calls      map[[sha256.Size]byte]recorded // by id
	exchanges  []span
	withheld   Withheld
}

// recorded says where a call stands: its lines are read again when they are asked for, so
// that a bundle of a million calls is not held.
type recorded struct {
	ledger, input span
	digest        [sha256.Size]byte // of the ledger's line
	n             int               // of the ledger's line, from 1
	exchange      int               // its number, from 0
	plain         bool
}

// span is where a line lies in its entry; size 0: it was taken out.
type span struct{ at, size int64 }

// Open opens a bundle and checks all of it but the signatures, which Verify checks:
// every digest, every link, every byte. The error is a *Fault that says what is wrong
// and where.
func Open(path string) (*Bundle, error) {
	// Opening a pipe would wait for somebody to write.
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		return nil, &Fault{Path: path, What: "is no file"}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, &Fault{Path: path, What: "the bundle cannot be read", Cause: plain(err)}
	}
	b := &Bundle{file: f, close: f.Close, path: path}
	info, err = f.Stat()
	if err == nil {
		err = b.check(info.Size())
	}
	if err != nil {
		_ = f.Close() // it was only read
		return nil, b.fault(err)
	}
	return b, nil
}

// Close ends the use of the bundle.
func (b *Bundle) Close() error { return b.close() }

// fault gives an error the bundle's path.
func (b *Bundle) fault(err error) error {
	var f *Fault
	if !errors.As(err, &f) {
		f = &Fault{What: "cannot be read", Cause: plain(err)}
	}
	f.Path = b.path
	return f
}

func (b *Bundle) check(size int64) (err error) {
	b.calls, b.stampLines = map[[sha256.Size]byte]recorded{}, map[string][]byte{}
	if b.entries, err = unpack(b.file, size); err != nil {
		return err
	}
	for _, step := range []func() error{b.checkSeal, b.checkScan, b.checkStamps, b.checkQuestion} {
		if err := step(); err != nil {
			return err
		}
	}
	// These three read the most and share nothing that one of them writes.
	err = together(b.checkCalls, b.checkResult, func() error { return checksums(b.file, size, b.entries) })
	if err == nil {
		err = b.checkRedaction()
	}
	return err
}

// together runs steps side by side and gives the error of the first in their order.
func together(steps ...func() error) error {
	errs := make([]error, len(steps))
	var wg sync.WaitGroup
	for i, step := range steps {
		wg.Go(func() { errs[i] = step() })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// entry is one of those that every bundle has.
func (b *Bundle) entry(name string) entry {
	return b.entries[slices.IndexFunc(b.entries, func(e entry) bool { return e.name == name })]
}

// has says whether the bundle has an entry.
func (b *Bundle) has(name string) bool {
	return slices.ContainsFunc(b.entries, func(e entry) bool { return e.name == name })
}

func (b *Bundle) lines(name string) *lines { return linesOf(name, b.entry(name).open()) }

func (b *Bundle) bounded(name string, limit int64) error {
	if b.entry(name).size > limit {
		return wrong(name, "is too large")
	}
	return nil
}

// small reads an entry that is to be small.
func (b *Bundle) small(name string, limit int64) ([]byte, error) {
	if err := b.bounded(name, limit); err != nil {
		return nil, err
	}
	return io.ReadAll(b.entry(name).open())
}

// checkSeal reads the seal and compares the digests that it states.
func (b *Bundle) checkSeal() error {
	text, err := b.small(sealEntry, maxEnvelope)
	if err != nil {
		return err
	}
	e, s, err := readEnvelope[sealing](sealEntry, text, PredicateType)
	if err != nil {
		return err
	}
	if s.Predicate.Format != Format {
		return wrong(sealEntry, "its format is %q; this version of Onus reads %q", s.Predicate.Format, Format)
	}
	b.seal, b.Sealed, b.Scan.ID = e, s.Predicate.Sealed, s.Predicate.Scan
	return b.compare(sealEntry, s.Subject, sealedEntries)
}

// compare holds the entries against the digests that a statement gives them.
func (b *Bundle) compare(where string, stated []subject, names []string) error {
	got, err := subjectsOf(b.entries, names)
	if err != nil {
		return err
	}
	if len(got) != len(stated) {
		return wrong(where, "states the digests of %d entries, want %d", len(stated), len(got))
	}
	for i, s := range stated {
		switch {
		case s.Name != got[i].Name:
			return wrong(where, "states the digest of %q, want that of %q", s.Name, got[i].Name)
		case s.Digest == got[i].Digest:
		case s.Name == ledgerEntry:
			return b.brokenLedger()
		default:
			return wrong(s.Name, "is not what was sealed")
		}
	}
	return nil
}

// brokenLedger finds the line of a ledger that is not what was sealed.
func (b *Bundle) brokenLedger() error {
	in, prev := b.lines(ledgerEntry), digest(nil)
	for {
		text, err := in.next()
		if errors.Is(err, io.EOF) {
			return wrong(ledgerEntry, "is not what was sealed: its last line was changed or removed, or a line was added after it")
		}
		if err != nil {
			return err
		}
		var c call
		if err := decode(text, &c); err != nil {
			return in.wrong("%v", err)
		}
		if c.N != in.n || c.Prev != prev {
			return in.wrong("does not follow the line before it: one of the two was changed, removed, added or moved")
		}
		prev = digest(text)
	}
}

func (b *Bundle) checkScan() error {
	if err := b.bounded(scanEntry, maxScan); err != nil {
		return err
	}
	text, err := b.lines(scanEntry).must()
	if err != nil {
		return err
	}
	id := b.Scan.ID
	if err := decode(text, &b.Scan); err != nil {
		return wrong(scanEntry, "%v", err)
	}
	if b.Scan.Format != Format || b.Scan.ID != id || b.entry(scanEntry).size != int64(len(text)+1) {
		return wrong(scanEntry, "is of another scan or form than its seal")
	}
	return nil
}

func (b *Bundle) checkQuestion() error {
	if err := b.bounded(questionEntry, maxQuestion); err != nil {
		return err
	}
	in := b.lines(questionEntry)
	text, err := in.must()
	if err != nil {
		return err
	}
	if string(text) == withheld {
		b.withheld.Question = 1
		return in.end()
	}
	if digest(text) != b.Scan.Question {
		return wrong(questionEntry, "is not the one that scan.json commits to")
	}
	b.question = &question{}
	if err := decode(text, b.question); err != nil {
		return wrong(questionEntry, "%v", err)
	}
	return in.end()
}
