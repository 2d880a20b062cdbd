package redact

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Marker stands in a response in place of a free-text field: what the field was, and
// what the detectors found in it, but nothing from which it can be restored.
type Marker struct {
	Kind   string // user-data, ssm-document, vpn-configuration, vpn-pre-shared-key, object-metadata, saml-metadata, contact-…
	Length int    // bytes of the field as AWS sent it, XML and JSON escapes removed; 0 for contact-…
	Digest string // HMAC-SHA256 of the field under the record's key, its first 16 bytes in hex; for contact-… of its normal form

	// Detections are the secrets found, at most 100, ordered by layer and place.
	Detections []Detection

	// Undecoded says why a part of the content could not be read ("truncated gzip",
	// "binary"); empty if everything was. A field with no detection and a part unread
	// is not known to be free of secrets.
	Undecoded string
}

// Detection is one secret that a detector found.
type Detection struct {
	Rule    string  // the detector: gitleaks' id, or one of ours
	Line    int     // from 1, in the text that remains when the layers around it are opened
	Masked  string  // the first 4 characters of a secret of 16 or more, else empty
	Entropy float64 // Shannon's, in bits for each character, rounded to hundredths
}

const (
	maxDetections  = 100
	maxMarker      = 1 << 14
	markerHead     = "onus-redacted:v1"
	digestLength   = 32 // hex digits in a marker
	shortDigestLen = 12 // hex digits in a short marker
)

// markerText is the one form in which a marker is written. Every character of it is
// printable ASCII that neither XML nor JSON escapes.
var markerText = regexp.MustCompile(`^onus-redacted:v1 kind=([a-z-]{1,40}) length=(\d{1,12}) digest=([0-9a-f]{32}) undecoded=([\w%.-]{0,200}) found=([\w.,@~%-]*) mac=[0-9a-f]{32}$`)

// ParseMarker reads the marker that a redacted field holds, and false for any other
// text. It cannot tell who wrote the marker; Redactor.Body has seen to that.
func ParseMarker(s string) (Marker, bool) {
	if len(s) > maxMarker || !strings.HasPrefix(s, markerHead) {
		return Marker{}, false
	}
	part := markerText.FindStringSubmatch(s)
	if part == nil {
		return Marker{}, false
	}
	length, err := strconv.Atoi(part[2])
	undecoded, ok := unescapeWord(part[4])
	if err != nil || !ok {
		return Marker{}, false
	}
	m := Marker{Kind: part[1], Length: length, Digest: part[3], Undecoded: undecoded}
	if part[5] != "" {
		for _, item := range strings.Split(part[5], ",") {
			d, ok := parseDetection(item)
			if !ok {
				return Marker{}, false
			}
			m.Detections = append(m.Detections, d)
		}
	}
	// Only the canonical text counts, so that a marker has one spelling.
	return m, m.body() == s[:strings.LastIndex(s, " mac=")]
}

func parseDetection(s string) (Detection, bool) {
	name, rest, _ := strings.Cut(s, "@")
	part := strings.Split(rest, "~")
	if name == "" || len(part) != 3 {
		return Detection{}, false
	}
	line, err := strconv.Atoi(part[0])
	masked, ok := unescapeWord(part[1])
	bits, err2 := strconv.ParseFloat(part[2], 64)
	if err != nil || err2 != nil || !ok {
		return Detection{}, false
	}
	return Detection{Rule: name, Line: line, Masked: masked, Entropy: bits}, true
}

// body is the marker's text without the code that authenticates it.
func (m Marker) body() string {
	items := make([]string, len(m.Detections))
	for i, d := range m.Detections {
		items[i] = fmt.Sprintf("%s@%d~%s~%.2f", d.Rule, d.Line, escapeWord(d.Masked), d.Entropy)
	}
	return fmt.Sprintf("%s kind=%s length=%d digest=%s undecoded=%s found=%s",
		markerHead, m.Kind, m.Length, m.Digest, escapeWord(m.Undecoded), strings.Join(items, ","))
}

// escapeWord percent-encodes all but letters and digits.
func escapeWord(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if isAlnum(c) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func unescapeWord(s string) (string, bool) {
	u := percent(s)
	return u.text, escapeWord(u.text) == s
}

// seal writes a marker with a code over its text: user data that happens to read like
// a marker must not pass for one.
func (r *Redactor) seal(m Marker) string {
	body := m.body()
	return body + " mac=" + r.digest("marker", body, digestLength)
}

// sealed tells whether s is a marker that this Redactor wrote.
func (r *Redactor) sealed(s string) bool {
	if _, ok := ParseMarker(s); !ok {
		return false
	}
	at := strings.LastIndex(s, " mac=")
	return hmac.Equal([]byte(r.digest("marker", s[:at], digestLength)), []byte(s[at+len(" mac="):]))
}

// short is what replaces a secret inside another text.
func (r *Redactor) short(rule, secret string) string {
	return "[redacted:" + rule + ":" + r.digest("secret", secret, shortDigestLen) + "]"
}

// digest is a keyed digest of s for one purpose, in hex digits.
func (r *Redactor) digest(purpose, s string, digits int) string {
	h := hmac.New(sha256.New, r.key)
	h.Write([]byte(purpose))
	h.Write([]byte{0})
	h.Write([]byte(s))
	return hex.EncodeToString(h.Sum(nil))[:digits]
}

var shortMarker = regexp.MustCompile(`\[redacted:([a-z0-9-]+):[0-9a-f]{12}\]`)

// insideMarker tells whether a match touches a short marker: what is redacted already
// is no secret. A marker of an unknown rule is not ours.
func (c *catalogue) insideMarker(text string, m match) bool {
	const longest = 100
	if !strings.Contains(text, "[redacted:") {
		return false
	}
	from := max(0, m.start-longest)
	for _, loc := range shortMarker.FindAllStringSubmatchIndex(text[from:min(len(text), m.end+longest)], -1) {
		if from+loc[0] < m.end && m.start < from+loc[1] && c.ids[text[from+loc[2]:from+loc[3]]] {
			return true
		}
	}
	return false
}

// mask shows the beginning of a long secret, never any of a short one.
func mask(secret string) string {
	if runes := []rune(secret); len(runes) >= 16 {
		return string(runes[:4])
	}
	return ""
}
