// Package redact takes secrets out of what AWS answers, before anything records it or
// maps it to a resource. Where to record, which headers to keep and what a finding in
// user data means are left to others.
//
// Fields that hold whatever people put there (user data, SSM documents, VPN
// configuration, objects' metadata) are replaced whole by a Marker, which says what
// detectors found in them. Of every other string only the part that a detector takes for
// a secret is replaced, by a short marker [redacted:RULE:DIGEST], and it is written back
// through the layers in which it stood: XML and JSON escapes, percent-encoding, base64,
// gzip. Bytes without a secret come back as they were. What cannot be parsed is read as
// text; what can neither be parsed nor read as text is replaced whole.
//
// The detectors are gitleaks' rules and our own for what those miss. They decide by
// shape, so an unmarked random string in a field of its own is not found. Digests are
// keyed with a key that lives as long as one record: equal digests in it mean equal
// secrets, and nobody can try passwords against them.
package redact

import (
	"crypto/rand"
	"strings"
)

// Redactor redacts with one key. It is safe for concurrent use.
type Redactor struct {
	key []byte
}

// New returns a Redactor. The key is to be random, made for one record and never
// stored; one of fewer than 16 bytes is replaced by a random one.
func New(key []byte) *Redactor {
	if len(key) < 16 {
		key = make([]byte, 32)
		_, _ = rand.Read(key) // never fails: crypto/rand
	}
	return &Redactor{key: append([]byte(nil), key...)}
}

// Body redacts the body of a response to operation ("ec2:DescribeInstances"): XML, JSON
// (S3's bucket policies too) or anything else. The body itself says which: a content
// type may lie. The input is not changed, and is returned itself when nothing in it is
// secret. Redacting twice changes nothing more.
//
// An error means that the detectors could not be loaded; then there is no body to record.
func (r *Redactor) Body(operation, _ string, body []byte) ([]byte, error) {
	if len(body) == 0 {
		return body, nil
	}
	s, err := r.scan(operation)
	if err != nil {
		return nil, err
	}
	src := string(body)
	edits := s.body(operation, src)
	if len(edits) == 0 {
		return body, nil
	}
	return []byte(apply(src, edits)), nil
}

func (s *scan) body(operation, src string) []edit {
	if t := strings.TrimLeft(strings.TrimPrefix(src, "\ufeff"), " \t\r\n"); strings.HasPrefix(t, "<") {
		if edits, ok := s.xml(src); ok {
			return edits
		}
	} else if looksJSON(src) {
		return tidy(s.json(src, place{line: 1}))
	}
	// Broken, or of another kind: a proxy's page, a cut-off answer, an error in words.
	if v, isText := plainText([]byte(src)); !isText || v != src || mayHoldFreeText(operation, src) {
		whole := s.r.short(malformedRule, src)
		if shortMarker.FindString(src) == src && s.c.ids[shortMarker.FindStringSubmatch(src)[1]] {
			return nil
		}
		return []edit{{0, len(src), whole}}
	}
	return s.text(src, place{line: 1})
}

// Text redacts a text that stands alone: a ledger line's parameters, an error's text, a
// header's value. If the detectors cannot be loaded, nothing of the text is returned.
func (r *Redactor) Text(s string) string {
	return r.field("", s)
}

// field redacts a text under a name, which may say that it is a token.
func (r *Redactor) field(name, v string) string {
	s, err := r.scan("")
	if err != nil {
		return r.short(unreadableRule, v)
	}
	if edits := s.text(v, place{name: name, line: 1}); len(edits) > 0 {
		return apply(v, edits)
	}
	return v
}

func (r *Redactor) scan(operation string) (*scan, error) {
	c, err := loadCatalogue()
	if err != nil {
		return nil, err
	}
	return &scan{r: r, c: c, free: freeFieldsOf(operation), natures: map[string]nature{}, clean: map[string]bool{}}, nil
}

// pairFound remembers a secret that its name gave away.
func (s *scan) pairFound(name, value string, line int) {
	if s.keep {
		s.finds = append(s.finds, found{match{rule: &s.c.rules[0], entropy: entropy(value)}, line, value})
	}
}
