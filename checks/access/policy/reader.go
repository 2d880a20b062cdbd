package policy

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Error says what is wrong with a document, and where. Line and Column count
// from 1, Column in bytes, in the decoded text of a percent-encoded document.
type Error struct {
	Line, Column int
	Path         string // element, such as Statement[2].Condition
	Problem      string
}

func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("policy line %d column %d: %s", e.Line, e.Column, e.Problem)
	}
	return fmt.Sprintf("policy line %d column %d, %s: %s", e.Line, e.Column, e.Path, e.Problem)
}

const maxDepth = 32

// reader walks JSON text value by value. encoding/json takes the last of two
// equal keys and names no position for it; a policy must do neither.
type reader struct {
	text string
	at   int
	path []string
}

func (r *reader) fail(at int, format string, args ...any) error {
	line, column := position(r.text, at)
	return &Error{line, column, strings.Join(r.path, ""), fmt.Sprintf(format, args...)}
}

func position(text string, at int) (line, column int) {
	at = min(at, len(text))
	before := text[:at]
	return 1 + strings.Count(before, "\n"), at - strings.LastIndexByte(before, '\n')
}

func (r *reader) enter(name string) func() {
	r.path = append(r.path, name)
	return func() { r.path = r.path[:len(r.path)-1] }
}

// next skips white space and returns the byte there, or 0 at the end.
func (r *reader) next() byte {
	for r.at < len(r.text) {
		switch c := r.text[r.at]; c {
		case ' ', '\t', '\r', '\n':
			r.at++
		default:
			return c
		}
	}
	return 0
}

func (r *reader) found() string {
	if r.at >= len(r.text) {
		return "the end of the document"
	}
	c, _ := utf8.DecodeRuneInString(r.text[r.at:])
	return fmt.Sprintf("%q", c)
}

func (r *reader) expect(c byte, what string) error {
	if r.next() != c {
		return r.fail(r.at, "found %s, want %s", r.found(), what)
	}
	r.at++
	return nil
}

// object calls field for each member, which must consume the value.
func (r *reader) object(field func(key string, at int) error) error {
	if err := r.expect('{', "an object"); err != nil {
		return err
	}
	var seen [8]string
	keys := seen[:0]
	if r.next() == '}' {
		r.at++
		return nil
	}
	for {
		r.next()
		at := r.at
		key, err := r.str()
		if err != nil {
			return err
		}
		for _, k := range keys {
			if k == key {
				return r.fail(at, "key %q is given twice", key)
			}
		}
		keys = append(keys, key)
		if err := r.expect(':', "a colon"); err != nil {
			return err
		}
		r.next()
		if err := field(key, at); err != nil {
			return err
		}
		switch r.next() {
		case ',':
			r.at++
		case '}':
			r.at++
			return nil
		default:
			return r.fail(r.at, "found %s, want a comma or the end of the object", r.found())
		}
	}
}

// list calls item for each element of an array, which must consume it.
func (r *reader) list(item func(i int) error) error {
	if err := r.expect('[', "a list"); err != nil {
		return err
	}
	if r.next() == ']' {
		r.at++
		return nil
	}
	for i := 0; ; i++ {
		r.next()
		if err := item(i); err != nil {
			return err
		}
		switch r.next() {
		case ',':
			r.at++
		case ']':
			r.at++
			return nil
		default:
			return r.fail(r.at, "found %s, want a comma or the end of the list", r.found())
		}
	}
}

// str reads a string. Without escapes it shares the document's memory.
func (r *reader) str() (string, error) {
	if r.next() != '"' {
		return "", r.fail(r.at, "found %s, want a string", r.found())
	}
	start, escaped := r.at, false
	for i := r.at + 1; i < len(r.text); i++ {
		switch c := r.text[i]; {
		case c == '\\':
			escaped = true
			i++
		case c < ' ':
			return "", r.fail(i, "control character in a string")
		case c == '"':
			r.at = i + 1
			if !escaped {
				return r.text[start+1 : i], nil
			}
			return r.unescape(start)
		}
	}
	return "", r.fail(start, "string without end")
}

func (r *reader) unescape(start int) (string, error) {
	var s string
	if err := json.Unmarshal([]byte(r.text[start:r.at]), &s); err != nil {
		return "", r.fail(start, "string with an invalid escape")
	}
	// AWS takes no control characters in policies, and two of them are ours.
	if strings.ContainsFunc(s, func(c rune) bool { return c < ' ' && c != '\t' && c != '\n' && c != '\r' }) {
		return "", r.fail(start, "control character in a string")
	}
	return s, nil
}

// scalar reads a string, a number or a boolean as the text that AWS compares.
func (r *reader) scalar() (string, error) {
	switch c := r.next(); {
	case c == '"':
		return r.str()
	case c == 't' || c == 'f' || c == '-' || '0' <= c && c <= '9':
		start := r.at
		for r.at < len(r.text) && !strings.ContainsRune(" \t\r\n,]}:", rune(r.text[r.at])) {
			r.at++
		}
		word := r.text[start:r.at]
		if !json.Valid([]byte(word)) {
			return "", r.fail(start, "found %q, want a value", word)
		}
		return word, nil
	}
	return "", r.fail(r.at, "found %s, want a string, number or boolean", r.found())
}

// values reads one value or a list of them with read.
func (r *reader) values(read func() (string, error)) ([]string, error) {
	if r.next() != '[' {
		s, err := read()
		return []string{s}, err
	}
	out := []string{}
	err := r.list(func(int) error {
		s, err := read()
		out = append(out, s)
		return err
	})
	return out, err
}

// skip reads any value and drops it; what is inside must be well-formed too.
func (r *reader) skip(depth int) error {
	if depth > maxDepth {
		return r.fail(r.at, "nested too deeply")
	}
	switch r.next() {
	case '{':
		return r.object(func(string, int) error { return r.skip(depth + 1) })
	case '[':
		return r.list(func(int) error { return r.skip(depth + 1) })
	case 'n':
		if !strings.HasPrefix(r.text[r.at:], "null") {
			return r.fail(r.at, "found %s, want a value", r.found())
		}
		r.at += len("null")
		return nil
	}
	_, err := r.scalar()
	return err
}
