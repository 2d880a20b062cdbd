// Package visible makes hostile text harmless in what people read: it shows as escapes
// what a terminal or a browser would obey, what hides or turns text around, and bytes
// that are no UTF-8. Quoting for a format (HTML, CSV, XML) is left to that format's writer.
package visible

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text is a text without characters that do anything. It has one line.
func Text(s string) string { return escape(s, "") }

// Lines is Text for a text that may have several lines, each ended by a line feed.
func Lines(s string) string { return escape(s, "\n") }

// escape shows all that does not print, but for the characters to keep.
func escape(s, keep string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
		return s // nearly all texts
	}
	var b strings.Builder
	for i, size := 0, 0; i < len(s); i += size {
		var r rune
		r, size = utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case unicode.IsPrint(r), strings.ContainsRune(keep, r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
