package wire

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"
	"unicode/utf8"
)

// RecordFormat names the form of a record: a directory that holds
//
//	scan.json        the Header
//	ledger.ndjson    one Line for each call, in the order in which they ended
//	exchanges/       one file for each exchange, named by its digest
//
// A later version of the format gets a new name; this one stays readable.
const RecordFormat = "onus.record/v1"

// Header says what a record is of: all that a replay needs beside the exchanges.
type Header struct {
	Format  string          `json:"format"`
	Tool    string          `json:"tool"` // version
	Commit  string          `json:"commit,omitempty"`
	ScanID  string          `json:"scan_id"`
	AsOf    time.Time       `json:"as_of"`
	Options json.RawMessage `json:"options"` // of the scan, as its command line gave them
	Policy  json.RawMessage `json:"policy,omitempty"`

	Interrupted string `json:"interrupted,omitempty"` // why the scan ended early
}

// RecordError is a record that cannot be used: damaged, of another version, in the way.
type RecordError struct {
	Path, What string
	Cause      error
}

func (e *RecordError) Error() string {
	s := fmt.Sprintf("record %q: %s", e.Path, e.What)
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

func (e *RecordError) Unwrap() error { return e.Cause }

// Record is a Store in a directory. While it is written it lies beside its target,
// which Close makes by one rename: a record is there whole or not at all.
type Record struct {
	dir, target string
	header      Header

	mu      sync.Mutex
	lines   map[string]Line
	held    map[string]bool // digests
	ledger  *os.File
	buffer  *bufio.Writer
	written error // the first fault; nothing is written after it
}

// Create begins a record that will lie at dir, which must not exist or be empty.
func Create(dir string, h Header) (*Record, error) {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return nil, &RecordError{dir, "the folder is not empty; name a new one", nil}
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, &RecordError{dir, "cannot be made", plainCause(err)}
	}
	if err := os.MkdirAll(filepath.Dir(filepath.Clean(dir)), 0o755); err != nil {
		return nil, &RecordError{dir, "cannot be made", plainCause(err)}
	}
	tmp, err := os.MkdirTemp(filepath.Dir(filepath.Clean(dir)), ".onus-record-")
	if err != nil {
		return nil, &RecordError{dir, "cannot be made", plainCause(err)}
	}
	h.Format = RecordFormat
	r := &Record{dir: tmp, target: dir, header: h, lines: map[string]Line{}, held: map[string]bool{}}
	if err := r.begin(); err != nil {
		return nil, errors.Join(&RecordError{dir, "cannot be written", plainCause(err)}, os.RemoveAll(tmp))
	}
	return r, nil
}

// Interrupted says in the header why the scan ended early.
func (r *Record) Interrupted(why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.header.Interrupted = why
}

// head writes the header.
func (r *Record) head() error {
	text, err := json.MarshalIndent(r.header, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.dir, "scan.json"), append(text, '\n'), 0o600)
}

func (r *Record) begin() (err error) {
	if err := r.head(); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(r.dir, "exchanges"), 0o700); err != nil {
		return err
	}
	if r.ledger, err = os.OpenFile(filepath.Join(r.dir, "ledger.ndjson"), os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600); err != nil {
		return err
	}
	r.buffer = bufio.NewWriter(r.ledger)
	return nil
}

// Put writes an exchange, once for each digest, and its line.
func (r *Record) Put(l Line, e Exchange) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.written == nil {
		r.written = r.put(l, e)
	}
	return r.written
}

func (r *Record) put(l Line, e Exchange) error {
	if !r.held[l.Exchange] {
		text, err := json.Marshal(stored(e))
		if err != nil {
			return err
		}
		if err := os.WriteFile(r.file(l.Exchange), append(text, '\n'), 0o600); err != nil {
			return &RecordError{r.target, "cannot be written", plainCause(err)}
		}
		r.held[l.Exchange] = true
	}
	r.lines[l.ID] = l
	return r.note(l)
}

// Note writes the line of a call of which nothing else is kept: one for credentials.
func (r *Record) Note(l Line) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.written == nil {
		r.written = r.note(l)
	}
	return r.written
}

func (r *Record) note(l Line) error {
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	if _, err := r.buffer.Write(append(text, '\n')); err != nil {
		return &RecordError{r.target, "cannot be written", plainCause(err)}
	}
	return nil
}

// Get finds the exchange of a call.
func (r *Record) Get(id string) (Line, Exchange, bool) {
	r.mu.Lock()
	l, ok := r.lines[id]
	r.mu.Unlock()
	if !ok {
		return Line{}, Exchange{}, false
	}
	e, err := r.read(l.Exchange)
	return l, e, err == nil
}

// Lines are the calls of the record, by id.
func (r *Record) Lines() []Line {
	r.mu.Lock()
	defer r.mu.Unlock()
	return sortedLines(r.lines)
}

func (r *Record) file(digest string) string {
	return filepath.Join(r.dir, "exchanges", digest+".json")
}

// digestForm keeps a ledger that somebody else wrote from naming another file.
var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (r *Record) read(digest string) (Exchange, error) {
	if !digestForm.MatchString(digest) {
		return Exchange{}, fmt.Errorf("%q is no digest", digest)
	}
	text, err := os.ReadFile(r.file(digest))
	if err != nil {
		return Exchange{}, plainCause(err)
	}
	var s stored
	if err := json.Unmarshal(text, &s); err != nil {
		return Exchange{}, err
	}
	if got := Exchange(s).Digest(); got != digest {
		return Exchange{}, errors.New("its content does not have its digest: it was changed or damaged")
	}
	return Exchange(s), nil
}

// Close ends a record that was written and puts it in its place.
func (r *Record) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := errors.Join(r.written, r.head(), r.buffer.Flush(), r.ledger.Sync(), r.ledger.Close())
	if err == nil {
		_ = os.Remove(r.target) // an empty folder may be there
		err = os.Rename(r.dir, r.target)
	}
	if err != nil {
		return errors.Join(&RecordError{r.target, "cannot be written", plainCause(err)}, os.RemoveAll(r.dir))
	}
	r.dir = r.target
	return nil
}

// Discard removes a record that was begun and is not wanted.
func (r *Record) Discard() error {
	return errors.Join(r.ledger.Close(), os.RemoveAll(r.dir))
}

// Open reads a record and checks all of it: every line against its id, every exchange
// against its digest.
func Open(dir string) (*Record, Header, error) {
	fail := func(what string, err error) (*Record, Header, error) {
		return nil, Header{}, &RecordError{dir, what, plainCause(err)}
	}
	text, err := os.ReadFile(filepath.Join(dir, "scan.json"))
	if err != nil {
		return fail("no record is there", err)
	}
	var h Header
	if err := json.Unmarshal(text, &h); err != nil {
		return fail("scan.json is damaged", err)
	}
	if h.Format != RecordFormat {
		return fail(fmt.Sprintf("its format is %q; this version of Onus reads %q: use the version that wrote it, or a newer one", h.Format, RecordFormat), nil)
	}
	ledger, err := os.Open(filepath.Join(dir, "ledger.ndjson"))
	if err != nil {
		return fail("the ledger is missing", err)
	}
	defer ledger.Close()
	r := &Record{dir: dir, target: dir, lines: map[string]Line{}}
	in := bufio.NewReader(ledger)
	for n := 1; ; n++ {
		text, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(text) == 0 {
			return r, h, nil
		}
		if err != nil {
			return fail(fmt.Sprintf("ledger line %d is cut off", n), nil)
		}
		if err := r.take(text); err != nil {
			return fail(fmt.Sprintf("ledger line %d is damaged", n), err)
		}
	}
}

// take reads one line of a ledger.
func (r *Record) take(text []byte) error {
	var l Line
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return err
	}
	if l.Exchange == "" && l.ID == "" {
		return nil // a note
	}
	if l.ID != l.Key.ID() {
		return errors.New("its id is not the digest of its key")
	}
	if _, err := r.read(l.Exchange); err != nil {
		return fmt.Errorf("exchange %s: %w", l.Exchange, err)
	}
	r.lines[l.ID] = l
	return nil
}

// stored is an Exchange as a file: a body that is text stays readable.
type stored Exchange

type storedForm struct {
	Status  int                 `json:"status"`
	Class   string              `json:"class,omitempty"`
	Headers map[string][]string `json:"headers,omitempty"`
	Text    *string             `json:"body,omitempty"`
	Bytes   []byte              `json:"body_base64,omitempty"`
}

func (s stored) MarshalJSON() ([]byte, error) {
	f := storedForm{Status: s.Status, Class: s.Class, Headers: s.Headers}
	if text := string(s.Body); utf8.Valid(s.Body) {
		f.Text = &text
	} else {
		f.Bytes = s.Body
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false) // XML is to be read
	if err := enc.Encode(f); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func (s *stored) UnmarshalJSON(text []byte) error {
	var f storedForm
	if err := json.Unmarshal(text, &f); err != nil {
		return err
	}
	*s = stored{Status: f.Status, Class: f.Class, Headers: f.Headers, Body: f.Bytes}
	if f.Text != nil {
		s.Body = []byte(*f.Text)
	}
	return nil
}

// plainCause drops the path from a file's error: the record's own path says it.
func plainCause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
