package evidence

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// spool holds the entries of a bundle as files while it is made.
type spool struct {
	dir   string
	files map[string]*spoolFile
}

type spoolFile struct {
	*bufio.Writer
	file *os.File
}

// newSpool makes a file for each entry that every bundle has.
func newSpool(scratch string) (*spool, error) {
	dir, err := os.MkdirTemp(scratch, "entries-")
	if err != nil {
		return nil, err
	}
	s := &spool{dir: dir, files: map[string]*spoolFile{}}
	for _, name := range entryNames {
		if optional(name) {
			continue
		}
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
		if err != nil {
			s.close()
			return nil, err
		}
		s.files[name] = &spoolFile{bufio.NewWriterSize(f, 1<<16), f}
	}
	return s, nil
}

// close removes the files.
func (s *spool) close() {
	for _, f := range s.files {
		_ = f.file.Close() // nothing of them is kept
	}
	_ = os.RemoveAll(s.dir)
}

// line writes a value as one line and gives its digest: the commitment to it, where the
// value holds a salt.
func (s *spool) line(entry string, v any) (string, error) {
	text, err := canonical(v)
	if err != nil {
		return "", err
	}
	return digest(text), s.raw(entry, text)
}

func (s *spool) raw(entry string, text []byte) error {
	_, err := s.files[entry].Write(text)
	return errors.Join(err, s.files[entry].WriteByte('\n'))
}

func (s *spool) object(entry string, v any) error {
	_, err := s.line(entry, v)
	return err
}

// entries are the files as parts of an archive, in the order of the format.
func (s *spool) entries() ([]entry, error) {
	var out []entry
	for _, name := range entryNames {
		f := s.files[name]
		if f == nil {
			continue
		}
		if err := f.Flush(); err != nil {
			return nil, err
		}
		info, err := f.file.Stat()
		if err != nil {
			return nil, err
		}
		out = append(out, entry{name: name, size: info.Size(), open: func() *io.SectionReader {
			return io.NewSectionReader(f.file, 0, info.Size())
		}})
	}
	return out, nil
}

// sealedEntries are those whose digests a seal states.
var sealedEntries = []string{scanEntry, ledgerEntry, indexEntry}

// seal signs the digests of the sealed entries.
func (s *spool) seal(ctx context.Context, p sealing, keys []Key) (envelope, error) {
	entries, err := s.entries()
	if err != nil {
		return envelope{}, err
	}
	subjects, err := subjectsOf(entries, sealedEntries)
	if err != nil {
		return envelope{}, err
	}
	e, err := signed(ctx, sealEntry, statement[sealing]{statementType, subjects, PredicateType, p}, keys)
	if err != nil {
		return envelope{}, err
	}
	text, err := e.text()
	if err != nil {
		return envelope{}, err
	}
	_, err = s.files[sealEntry].Write(text)
	return e, err
}
