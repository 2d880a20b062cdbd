package redact

import (
	"encoding/base64"
	"errors"
	"io"
	"math"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"

	"go.yaml.in/yaml/v4"
)

// maxYAML is the largest cloud-config that is parsed: EC2's user data is at most 16 KiB.
const maxYAML = 1 << 20

// marker returns the marker's text for a free-text field's value.
func (r *Redactor) marker(c *catalogue, kind, value string) string {
	if mark, ok := r.personal(kind, value); ok {
		return mark
	}
	if kept, ok := r.marked(kind, value); ok {
		return kept
	}
	s := &scan{r: r, c: c, keep: true, natures: map[string]nature{}}
	if _, ok := ParseMarker(value); ok {
		s.unread("marker of another record")
	}
	content := []byte(value)
	if kind == kindUserData {
		content = s.unpackBase64(value)
	}
	s.content(content, 0)
	m := Marker{
		Kind: kind, Length: len(value), Digest: r.digest(kind, value, digestLength), Undecoded: s.undecoded,
	}
	seen := map[string]bool{}
	for _, f := range s.finds {
		if seen[f.secret] || len(m.Detections) == maxDetections {
			continue
		}
		seen[f.secret] = true
		m.Detections = append(m.Detections, Detection{
			Rule: f.rule.id, Line: f.line, Masked: mask(f.secret), Entropy: math.Round(f.entropy*100) / 100,
		})
	}
	return r.seal(m)
}

// marked tells whether a value is a marker already that may stay. One of another key
// counts only where AWS cannot have sent it: user data comes in base64, and keys and
// configuration are made by AWS; but anybody may write a document like a marker.
func (r *Redactor) marked(kind, value string) (string, bool) {
	m, ok := ParseMarker(value)
	foreign := ok && m.Kind == kind && (kind == kindUserData || kind == kindVPN || kind == kindPSK)
	return value, foreign || ok && r.sealed(value)
}

// unpackBase64 opens the base64 in which AWS serves user data.
func (s *scan) unpackBase64(value string) []byte {
	packed := strings.Map(func(c rune) rune {
		if strings.ContainsRune(" \t\r\n", c) {
			return -1
		}
		return c
	}, value)
	if content, err := base64.StdEncoding.DecodeString(packed); err == nil {
		return content
	}
	for i := range len(packed) {
		if !isBase64(packed[i]) && packed[i] != '=' {
			return []byte(value) // not base64: a text as it stands
		}
	}
	s.unread("damaged base64")
	packed = strings.TrimRight(packed, "=")
	packed = packed[:len(packed)/4*4]
	content, err := base64.StdEncoding.DecodeString(packed)
	if err != nil {
		return []byte(value)
	}
	return content
}

// content inspects what a field or a part of it holds, layer by layer. Unlike in other
// strings, everything here must be readable, or the marker says that it was not.
func (s *scan) content(b []byte, depth int) {
	if depth > maxDepth {
		s.unread("nested too deep")
		return
	}
	if isGzip(b) {
		inner, why := s.gunzip(b)
		if why != "" {
			s.unread(why)
		}
		s.content(inner, depth+1)
		return
	}
	v, isText := plainText(b)
	if !isText {
		if kind := compression(b); kind != "" {
			s.unread("compressed (" + kind + ")")
		}
		s.unread("binary")
	}
	s.text(v, place{depth: depth, line: 1})
	s.parts(v, depth)
	s.writeFiles(v, depth)
}

// parts inspects the parts of a MIME multipart, as cloud-init takes them.
func (s *scan) parts(v string, depth int) {
	head := v[:min(len(v), 4096)]
	if !strings.Contains(strings.ToLower(head), "content-type:") {
		return
	}
	msg, err := mail.ReadMessage(strings.NewReader(strings.TrimLeft(v, "\r\n \t")))
	if err != nil {
		return
	}
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(kind, "multipart/") {
		return
	}
	mr := multipart.NewReader(msg.Body, params["boundary"])
	for n := 0; ; n++ {
		part, err := mr.NextRawPart()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil || n == 100 {
			s.unread("damaged MIME")
			return
		}
		s.part(part, depth)
	}
}

func (s *scan) part(part *multipart.Part, depth int) {
	raw, err := io.ReadAll(io.LimitReader(part, maxOpened))
	if err != nil {
		s.unread("damaged MIME")
	}
	if !s.spend(len(raw)) {
		return
	}
	switch strings.ToLower(strings.TrimSpace(part.Header.Get("Content-Transfer-Encoding"))) {
	case "base64":
		raw = s.unpackBase64(string(raw))
	case "quoted-printable":
		if raw, err = io.ReadAll(quotedprintable.NewReader(strings.NewReader(string(raw)))); err != nil {
			s.unread("damaged quoted-printable")
		}
	}
	s.content(raw, depth+1)
}

// cloudConfig is the part of a cloud-config that embeds files. Source: cloud-init's
// module reference, "Write Files".
type cloudConfig struct {
	WriteFiles []struct {
		Content  string `yaml:"content"`
		Encoding string `yaml:"encoding"`
	} `yaml:"write_files"`
}

// writeFiles inspects the files that a cloud-config writes.
func (s *scan) writeFiles(v string, depth int) {
	if !strings.Contains(v, "write_files") || len(v) > maxYAML {
		return
	}
	config, err := parseCloudConfig(v)
	if err != nil {
		// The text itself was searched; only a file's own layers may be unread.
		if strings.Contains(v, "encoding") {
			s.unread("damaged cloud-config")
		}
		return
	}
	for _, file := range config.WriteFiles {
		content := []byte(file.Content)
		switch enc := strings.ToLower(file.Encoding); {
		case strings.Contains(enc, "b64"), strings.Contains(enc, "base64"):
			content = s.unpackBase64(file.Content)
		case enc == "", strings.Contains(enc, "gz"), strings.HasPrefix(enc, "text/"):
		default:
			s.unread("unknown encoding in cloud-config")
		}
		if s.spend(len(content)) {
			s.content(content, depth+1)
		}
	}
}

// parseCloudConfig shields from a parser that panics on hostile input.
func parseCloudConfig(v string) (config cloudConfig, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("cloud-config: the parser gave up")
		}
	}()
	err = yaml.Unmarshal([]byte(v), &config)
	return config, err
}
