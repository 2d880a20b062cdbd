package evidence

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"onus/scanner/wire"
)

// Content is what a bundle is made of.
type Content struct {
	Scan   Scan      // what is known of it; Write counts and commits
	Record string    // folder of the wire.Record
	Result string    // path of the result document (report/jsonresult)
	Sealed time.Time // now
	Stamp  Stamper   // asked to stamp each signature; nil: none is
}

// UnstampedError says that a bundle was written, but without a time stamp.
type UnstampedError struct {
	Path  string
	Cause error
}

func (e *UnstampedError) Error() string {
	return fmt.Sprintf("%q is whole and signed, but carries no time stamp: %v", e.Path, e.Cause)
}

func (e *UnstampedError) Unwrap() error { return e.Cause }

// Write makes a bundle at target and seals it by the keys. Its parts are collected in
// the folder scratch, which must lie on the same file system. The target is there whole
// or not at all, and memory does not grow with what is recorded. An *UnstampedError says
// that it is there: no scan is lost because an authority did not answer.
func Write(ctx context.Context, target, scratch string, c Content, keys ...Key) error {
	if len(keys) == 0 {
		return &Fault{Path: target, What: "no key to seal the bundle with"}
	}
	err := write(ctx, target, scratch, c, keys)
	var f *Fault
	var unstamped *UnstampedError
	if err != nil && !errors.As(err, &unstamped) && !(errors.As(err, &f) && f.Path != "") {
		return &Fault{Path: target, What: "cannot be written", Cause: plain(err)}
	}
	return err
}

func write(ctx context.Context, target, scratch string, c Content, keys []Key) error {
	record, header, err := wire.Open(c.Record)
	if err != nil {
		return err
	}
	s, err := newSpool(scratch)
	if err != nil {
		return err
	}
	defer s.close()
	c.Scan.Format = Format
	if c.Scan.Question, err = s.question(header); err != nil {
		return err
	}
	if err := s.calls(&c.Scan, c.Record, record); err != nil {
		return err
	}
	if err := s.result(&c.Scan, c.Result); err != nil {
		return err
	}
	if err := s.object(scanEntry, c.Scan); err != nil {
		return err
	}
	seal, err := s.seal(ctx, sealing{Format, c.Scan.ID, c.Sealed.UTC()}, keys)
	if err != nil {
		return err
	}
	entries, err := s.entries()
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.name == scanEntry && e.size > maxScan || e.name == questionEntry && e.size > maxQuestion {
			return &Fault{Path: target, Where: e.name, What: "would be too large: policy and flags have 4 MiB in all"}
		}
	}
	var unstamped error
	if c.Stamp != nil {
		stamps, err := seal.stamped(ctx, c.Scan.ID, c.Stamp, keys)
		if err != nil {
			unstamped = &UnstampedError{target, err}
		} else {
			entries = inOrder(append(entries, seal.stampsEntry(stamps)))
		}
	}
	if err := place(target, scratch, entries); err != nil {
		return err
	}
	return unstamped
}

// place packs entries beside the target and puts the archive there by one rename.
func place(target, scratch string, entries []entry) error {
	f, err := os.CreateTemp(scratch, "bundle-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already where the rename went well
	w := bufio.NewWriterSize(f, 1<<20)
	if err := errors.Join(pack(w, entries), w.Flush(), f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	if _, err := os.Lstat(target); err == nil {
		return &Fault{Path: target, What: "a file is there already and is not overwritten: name another"}
	}
	if err := os.Rename(f.Name(), target); err != nil {
		return err
	}
	if dir, err := os.Open(filepath.Dir(target)); err == nil {
		_ = dir.Sync() // not every file system can; the bundle itself is synced
		_ = dir.Close()
	}
	return nil
}

// question writes what was asked, and gives the commitment to it.
func (s *spool) question(h wire.Header) (string, error) {
	q := question{Salt: newSalt()}
	if len(h.Options) > 0 {
		if err := json.Unmarshal(h.Options, &q.Options); err != nil {
			return "", fmt.Errorf("the record's options: %w", err)
		}
	}
	if len(h.Policy) > 0 {
		if err := json.Unmarshal(h.Policy, &q.Policy); err != nil {
			return "", fmt.Errorf("the record's policy: %w", err)
		}
	}
	return s.line(questionEntry, q)
}

// calls writes the ledger with all inputs and exchanges.
func (s *spool) calls(scan *Scan, dir string, record *wire.Record) error {
	f, err := os.Open(filepath.Join(dir, "ledger.ndjson"))
	if err != nil {
		return err
	}
	defer f.Close()
	in, prev := linesOf("the record's ledger", f), digest(nil)
	known := map[[sha256.Size]byte][sha256.Size]byte{} // digest of an exchange → the commitment to it
	for {
		text, err := in.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var l wire.Line
		if err := json.Unmarshal(text, &l); err != nil {
			return in.wrong("is damaged")
		}
		scan.Calls++
		c := call{
			N: scan.Calls, Prev: prev, Account: l.Account, Region: l.Region, Operation: l.Operation, Round: l.Round,
			Status: l.Status, Attempts: l.Attempts, Start: l.Start.UTC(), Latency: l.Latency,
		}
		if l.ID != "" {
			if err := s.call(scan, &c, l, record, known); err != nil {
				return err
			}
		}
		if prev, err = s.line(ledgerEntry, c); err != nil {
			return err
		}
	}
}

// call writes a call's input and, if it is new, its exchange.
func (s *spool) call(scan *Scan, c *call, l wire.Line, record *wire.Record, known map[[sha256.Size]byte][sha256.Size]byte) error {
	_, e, there := record.Get(l.ID)
	was, isDigest := sum(l.Exchange)
	if !there || !isDigest {
		return fmt.Errorf("exchange %q of the record is gone", l.Exchange)
	}
	c.RequestID, c.Date = requestID(e), date(e)
	var err error
	if c.Input, err = s.line(inputsEntry, input{newSalt(), l.ID, l.Input}); err != nil {
		return err
	}
	if commitment, ok := known[was]; ok {
		c.Exchange = hex.EncodeToString(commitment[:])
		return nil
	}
	scan.Exchanges++
	if c.Exchange, err = s.line(exchangesEntry, exchangeOf(newSalt(), e)); err != nil {
		return err
	}
	known[was], _ = sum(c.Exchange)
	return nil
}

// result copies the result document, with a salt and a line of the index for each line.
func (s *spool) result(scan *Scan, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	in, where := linesOf("the result", f), section{}
	for {
		text, err := in.next()
		if errors.Is(err, io.EOF) {
			return where.whole()
		}
		if err != nil {
			return err
		}
		salt := newSalt()
		v, err := where.verdict(text)
		if err != nil {
			return in.wrong("%v", err)
		}
		scan.Lines++
		if v != nil {
			scan.Findings++
		}
		_, err = s.line(indexEntry, indexed{commitment(salt, text), v})
		if err := errors.Join(err, s.raw(resultEntry, text), s.raw(saltsEntry, []byte(salt))); err != nil {
			return err
		}
	}
}

// section knows which lines of a result document are findings: those between the line
// that opens the list and the one that closes it (report/jsonresult writes each finding
// on a line of its own).
type section struct {
	findings, closed bool
	parted           parting // of the finding before
	line             bytes.Reader
	json             *jsontext.Decoder
}

// parting is whether a comma stood after a finding.
type parting int

const (
	noMatter parting = iota // there is none before, or it was taken out
	byComma
	byNothing
)

// finding says whether the next line is one.
func (s *section) finding(line []byte) bool {
	switch {
	case !s.findings:
		s.findings = string(line) == `  "findings": [`
		return false
	case string(line) == "  ]," || string(line) == "  ]":
		s.findings, s.closed = false, true
	}
	return s.findings
}

// object is the JSON of a line that is a finding, and whether a comma follows it.
func object(line []byte) (text []byte, comma bool, err error) {
	if !bytes.HasPrefix(line, []byte("    {")) {
		return nil, false, errors.New("is no finding")
	}
	text, comma = bytes.CutSuffix(line[4:], []byte(","))
	return text, comma, nil
}

// verdict is what the index says of a line; nil where it is no finding.
func (s *section) verdict(line []byte) (*Verdict, error) {
	before, inside := s.parted, s.findings
	s.parted = noMatter
	if !s.finding(line) {
		if inside && before == byComma {
			return nil, errors.New("ends the findings after a comma")
		}
		return nil, nil
	}
	if before == byNothing {
		return nil, errors.New("is not parted from the finding before")
	}
	text, comma, err := object(line)
	if err != nil {
		return nil, err
	}
	if s.parted = byNothing; comma {
		s.parted = byComma
	}
	v, err := s.read(text)
	if err != nil || v.Check == "" {
		return nil, errors.New("is no finding")
	}
	return v, nil
}

// withheld passes a line that was taken out.
func (s *section) withheld() { s.parted = noMatter }

// whole says that the document had its findings, between the lines that open and close them.
func (s *section) whole() error {
	if !s.closed {
		return wrong(resultEntry, "lacks the list of its findings")
	}
	return nil
}

// read takes the verdict out of a finding's object. It refuses a member that stands twice:
// readers differ in which of the two they believe.
func (s *section) read(object []byte) (*Verdict, error) {
	s.line.Reset(object)
	if s.json == nil {
		s.json = jsontext.NewDecoder(&s.line)
	} else {
		s.json.Reset(&s.line)
	}
	if begin, err := s.json.ReadToken(); err != nil || begin.Kind() != '{' {
		return nil, cmp.Or(err, errors.New("is no object"))
	}
	v := &Verdict{}
	for s.json.PeekKind() == '"' {
		name, err := s.json.ReadToken()
		if err != nil {
			return nil, err
		}
		member := v.member(name.String())
		if member == nil {
			if err := s.json.SkipValue(); err != nil {
				return nil, err
			}
			continue
		}
		value, err := s.json.ReadToken()
		if err != nil || value.Kind() != '"' {
			return nil, cmp.Or(err, errors.New("is no string"))
		}
		*member = value.String()
	}
	if _, err := s.json.ReadToken(); err != nil { // the end of the object
		return nil, err
	}
	if _, err := s.json.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, cmp.Or(err, errors.New("goes on after its end"))
	}
	return v, nil
}

// member is the place of a member; nil for one that a verdict does not have.
func (v *Verdict) member(name string) *string {
	switch name {
	case "check":
		return &v.Check
	case "status":
		return &v.Status
	case "severity":
		return &v.Severity
	case "account":
		return &v.Account
	case "region":
		return &v.Region
	}
	return nil
}
