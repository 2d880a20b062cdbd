package evidence

import (
	"bufio"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

// withheld stands in a redacted copy for a line that was taken out. No other line can
// be so: those of JSON and of salts are longer, and a result has no such line.
const withheld = "-"

func newSalt() string {
	salt := make([]byte, 32)
	_, _ = rand.Read(salt) // never fails: crypto/rand
	return hex.EncodeToString(salt)
}

// digest is the SHA-256 of a text in hexadecimal: also of a line that begins with its
// salt, which makes it a commitment that says nothing of the content.
func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// sum is a digest as bytes, which take half the place; false: it is no digest.
func sum(digest string) (out [sha256.Size]byte, ok bool) {
	raw, err := hex.DecodeString(digest)
	if err != nil || len(raw) != len(out) || hex.EncodeToString(raw) != digest {
		return out, false
	}
	return [sha256.Size]byte(raw), true
}

// commitment is that to a line whose salt is kept elsewhere.
func commitment(salt string, line []byte) string {
	h := sha256.New()
	h.Write([]byte(salt))
	h.Write([]byte{' '})
	h.Write(line)
	return hex.EncodeToString(h.Sum(nil))
}

// lines reads an entry line by line.
type lines struct {
	name string
	n    int  // of the line that was read last, from 1
	here span // where that line lies, without its end
	r    *bufio.Reader
	long []byte
}

func linesOf(name string, r io.Reader) *lines {
	return &lines{name: name, r: bufio.NewReaderSize(r, 1<<16)}
}

// next is the line without its end, valid until the next call. io.EOF: there is none.
func (l *lines) next() ([]byte, error) {
	text, err := l.read()
	l.n++
	if l.n > 1 {
		l.here.at += l.here.size + 1
	}
	l.here.size = int64(len(text))
	return text, err
}

func (l *lines) read() ([]byte, error) {
	l.long = l.long[:0]
	for {
		part, err := l.r.ReadSlice('\n')
		switch {
		case err == nil && len(l.long) == 0:
			return part[:len(part)-1], nil
		case err == nil:
			l.long = append(l.long, part...)
			return l.long[:len(l.long)-1], nil
		case errors.Is(err, bufio.ErrBufferFull):
			l.long = append(l.long, part...)
		case errors.Is(err, io.EOF) && len(part)+len(l.long) == 0:
			return nil, io.EOF
		case errors.Is(err, io.EOF):
			return nil, wrong(lineName(l.name, l.n+1), "is cut off")
		default:
			return nil, &Fault{Where: l.name, What: "cannot be read", Cause: plain(err)}
		}
	}
}

// must is next where a line has to be.
func (l *lines) must() ([]byte, error) {
	text, err := l.next()
	if errors.Is(err, io.EOF) {
		return nil, l.wrong("is missing")
	}
	return text, err
}

// end says that nothing may follow.
func (l *lines) end() error {
	if _, err := l.next(); err == nil {
		return l.wrong("belongs to nothing: it was added")
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// wrong is a fault of the line that was read last.
func (l *lines) wrong(format string, args ...any) *Fault {
	return wrong(lineName(l.name, l.n), format, args...)
}

func lineName(entry string, n int) string { return fmt.Sprintf("%s line %d", entry, n) }
