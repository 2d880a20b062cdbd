package redact

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"sort"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Bounds on opened layers, so that no response can exhaust the machine.
const (
	maxDepth  = 5        // layers inside each other
	maxOpened = 10 << 20 // bytes that come out of all layers of one body or field
)

// edit replaces bytes [start, end) of a text.
type edit struct {
	start, end int
	text       string
}

// found is a secret that was seen, for a marker's detections.
type found struct {
	match
	line   int
	secret string
}

// scan is the redaction of one body or text. It is not safe for concurrent use.
type scan struct {
	r         *Redactor
	c         *catalogue
	free      freeFields
	opened    int
	keep      bool // remember the finds: the text is a free field's
	finds     []found
	undecoded string
	natures   map[string]nature
	clean     map[string]bool // short strings seen and found clean: responses repeat themselves
}

// place is where a text stands: how deep in layers, from which line on, and under what
// field name.
type place struct {
	name  string
	depth int
	line  int
}

// deeper is the same place one layer further in.
func (p place) deeper() place { p.depth++; return p }

// text returns the edits that take every secret out of v, in order, not overlapping.
func (s *scan) text(v string, at place) []edit {
	if len(v) < 5 || identifier(at.name, v) {
		return nil
	}
	if s.opaque(at.name, v) {
		return tidy(s.detect(v, at, true))
	}
	if s.r.sealed(v) {
		return nil
	}
	if looksJSON(v) {
		return tidy(s.json(v, at))
	}
	edits, decoded := []edit(nil), percent(v)
	if !looksJSON(decoded.text) || decoded.at == nil {
		edits = append(s.detect(v, at, false), s.base64Runs(v, at)...)
	}
	layers := []struct {
		unescaped
		escape func(string) string
	}{{decoded, escapePercent}, {entities(v), escapeXML}, {backslashes(v), escapeJSON}}
	for _, layer := range layers {
		if layer.at == nil || layer.text == v {
			continue
		}
		if at.depth >= maxDepth || !s.spend(len(layer.text)) {
			s.unread("nested too deep")
			return []edit{{0, len(v), s.r.short(unreadableRule, v)}}
		}
		edits = append(edits, layer.outward(s.text(layer.text, at.deeper()), layer.escape)...)
	}
	return tidy(edits)
}

// detect runs the rules over v as it stands.
func (s *scan) detect(v string, at place, exactOnly bool) []edit {
	var edits []edit
	for _, m := range s.c.find(v, exactOnly) {
		s.note(v, m, at)
		edits = append(edits, edit{m.start, m.end, s.r.short(m.rule.id, v[m.start:m.end])})
	}
	return edits
}

func (s *scan) note(v string, m match, at place) {
	if s.keep && len(s.finds) < 8*maxDetections {
		s.finds = append(s.finds, found{m, at.line + strings.Count(v[:m.start], "\n"), v[m.start:m.end]})
	}
}

// unread remembers why a part could not be read; the first reason stays.
func (s *scan) unread(why string) {
	if s.undecoded == "" {
		s.undecoded = why
	}
}

// spend takes n bytes from what may still be opened.
func (s *scan) spend(n int) bool {
	s.opened += n
	if s.opened > maxOpened {
		s.unread("too large")
		return false
	}
	return true
}

// tidy sorts edits and joins those that overlap; the longest one's text stays.
func tidy(edits []edit) []edit {
	if len(edits) < 2 {
		return edits
	}
	sort.SliceStable(edits, func(i, j int) bool { return edits[i].start < edits[j].start })
	out := edits[:1]
	longest := edits[0].end - edits[0].start
	for _, e := range edits[1:] {
		last := &out[len(out)-1]
		if e.start >= last.end {
			out, longest = append(out, e), e.end-e.start
			continue
		}
		if e.end-e.start > longest {
			last.text, longest = e.text, e.end-e.start
		}
		last.end = max(last.end, e.end)
	}
	return out
}

// apply returns v with the edits made.
func apply(v string, edits []edit) string {
	var b strings.Builder
	last := 0
	for _, e := range edits {
		b.WriteString(v[last:e.start])
		b.WriteString(e.text)
		last = e.end
	}
	b.WriteString(v[last:])
	return b.String()
}

// blob takes the secrets out of the content of a base64 layer. changed is false if
// there are none; unreadable is true for compressed data that cannot be opened and for
// layers too deep.
func (s *scan) blob(b []byte, at place) (out []byte, changed, unreadable bool) {
	if at.depth > maxDepth {
		s.unread("nested too deep")
		return nil, false, true
	}
	if isGzip(b) {
		inner, why := s.gunzip(b)
		if why != "" {
			s.unread(why)
			if s.keep {
				s.blob(inner, at.deeper())
			}
			return nil, false, true
		}
		out, changed, unreadable = s.blob(inner, at.deeper())
		if changed {
			out = gzipped(out)
		}
		return out, changed, unreadable
	}
	v, isText := plainText(b)
	if !isText {
		if kind := compression(b); kind != "" {
			s.unread("compressed (" + kind + ")")
			return nil, false, true
		}
		return nil, false, false
	}
	edits := s.text(v, place{depth: at.depth, line: 1})
	return []byte(apply(v, edits)), len(edits) > 0, false
}

func isGzip(b []byte) bool { return len(b) > 3 && b[0] == 0x1f && b[1] == 0x8b && b[2] == 8 }

// gunzip opens gzip within the bounds. why is empty if it was read to its end; else
// content is what came out before.
func (s *scan) gunzip(b []byte) (content []byte, why string) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, gzipFailure(err)
	}
	left := max(0, maxOpened-s.opened)
	content, err = io.ReadAll(io.LimitReader(z, int64(left)+1))
	if !s.spend(len(content)) {
		return content[:left], "too large"
	}
	if err != nil {
		return content, gzipFailure(err)
	}
	return content, ""
}

func gzipFailure(err error) string {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return "truncated gzip"
	}
	return "damaged gzip"
}

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	// A buffer takes every write.
	_, _ = z.Write(b)
	_ = z.Close()
	return out.Bytes()
}

// compression names a compressed format that is recognised but not opened.
func compression(b []byte) string {
	for magic, kind := range map[string]string{
		"\xfd7zXZ\x00": "xz", "BZh91AY&": "bzip2", "\x28\xb5\x2f\xfd": "zstd", "PK\x03\x04": "zip", "7z\xbc\xaf\x27\x1c": "7z",
	} {
		if bytes.HasPrefix(b, []byte(magic)) {
			return kind
		}
	}
	return ""
}

// plainText returns b as text, from UTF-16 where a byte order mark says so, and
// whether it is text: no control characters but white space and escape.
func plainText(b []byte) (string, bool) {
	if len(b) >= 2 && (b[0] == 0xff && b[1] == 0xfe || b[0] == 0xfe && b[1] == 0xff) {
		units := make([]uint16, 0, len(b)/2)
		for i := 2; i+1 < len(b); i += 2 {
			lo, hi := b[i], b[i+1]
			if b[0] == 0xfe {
				lo, hi = hi, lo
			}
			units = append(units, uint16(lo)|uint16(hi)<<8)
		}
		b = []byte(string(utf16.Decode(units)))
	}
	for _, c := range b {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\v' && c != 0x1b && c != '\b' || c == 0x7f {
			return string(b), false
		}
	}
	// A text in an old encoding has some bytes above 0x7f, random bytes have half.
	if !utf8.Valid(b) {
		high := 0
		for _, c := range b {
			if c >= 0x80 {
				high++
			}
		}
		return string(b), high*4 < len(b)
	}
	return string(b), true
}
