package redact

import (
	"fmt"
	"html"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unescaped is a text whose escapes are removed, and where each of its bytes came
// from. at is nil where nothing was escaped: then both have the same offsets.
type unescaped struct {
	text string
	at   []int32 // for each byte of text its escape's offset in the raw text; one more for the end
}

// raw maps bounds in the text to bounds in the raw text, never inside an escape.
func (u unescaped) raw(start, end int) (int, int) {
	if u.at == nil {
		return start, end
	}
	from, to := int(u.at[start]), int(u.at[end])
	// A character whose bytes share one escape is replaced as a whole.
	for i := end; i < len(u.text) && i > 0 && u.at[i] == u.at[i-1]; {
		i++
		to = int(u.at[i])
	}
	return from, to
}

// outward maps edits of the text to edits of the raw text.
func (u unescaped) outward(edits []edit, escape func(string) string) []edit {
	for i, e := range edits {
		e.start, e.end = u.raw(e.start, e.end)
		e.text = escape(e.text)
		edits[i] = e
	}
	return edits
}

// unescape removes the escapes of s. Each begins with lead; decode returns what one
// stands for and its length, 0 for none.
func unescape(s string, lead byte, decode func(string) (string, int)) unescaped {
	if strings.IndexByte(s, lead) < 0 {
		return unescaped{text: s}
	}
	out := make([]byte, 0, len(s))
	at := make([]int32, 0, len(s)+1)
	for i := 0; i < len(s); {
		if s[i] == lead {
			if plain, n := decode(s[i:]); n > 0 {
				for range len(plain) {
					at = append(at, int32(i))
				}
				out = append(out, plain...)
				i += n
				continue
			}
		}
		out = append(out, s[i])
		at = append(at, int32(i))
		i++
	}
	return unescaped{string(out), append(at, int32(len(s)))}
}

// percent removes percent-encoding, as in IAM's policy documents (RFC 3986).
func percent(s string) unescaped {
	return unescape(s, '%', func(s string) (string, int) {
		if len(s) < 3 {
			return "", 0
		}
		n, err := strconv.ParseUint(s[1:3], 16, 8)
		if err != nil {
			return "", 0
		}
		return string([]byte{byte(n)}), 3
	})
}

// escapePercent leaves the signs of a short marker as they are, which a decoder takes
// too: so a marker reads the same in every layer.
func escapePercent(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if isAlnum(c) || strings.IndexByte("-._~[]:", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// entities removes XML's (and HTML's) character references.
func entities(s string) unescaped {
	return unescape(s, '&', func(s string) (string, int) {
		end := strings.IndexByte(s[:min(len(s), 16)], ';')
		if end < 2 {
			return "", 0
		}
		plain := html.UnescapeString(s[:end+1])
		if plain == s[:end+1] {
			return "", 0
		}
		return plain, end + 1
	})
}

func escapeXML(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}

// backslashes removes the escapes of JSON strings.
func backslashes(s string) unescaped {
	return unescape(s, '\\', func(s string) (string, int) {
		if len(s) < 2 {
			return "", 0
		}
		switch s[1] {
		case '"', '\\', '/':
			return s[1:2], 2
		case 'n':
			return "\n", 2
		case 'r':
			return "\r", 2
		case 't':
			return "\t", 2
		case 'b':
			return "\b", 2
		case 'f':
			return "\f", 2
		case 'u':
			return unicodeEscape(s)
		}
		return "", 0
	})
}

func unicodeEscape(s string) (string, int) {
	first, ok := fourHex(s)
	if !ok {
		return "", 0
	}
	if utf16.IsSurrogate(first) {
		if second, ok := fourHex(s[6:]); ok {
			if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
				return string(r), 12
			}
		}
	}
	return string(first), 6
}

func fourHex(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(s[2:6], 16, 16)
	return rune(n), err == nil
}

func escapeJSON(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s)
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}
