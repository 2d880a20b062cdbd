package console

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"onus/report/visible"
)

// clean makes a text harmless: names and reasons come from whoever owns the resources.
func clean(s string) string { return visible.Text(s) }

// wide are the characters that fill two columns. Source: Unicode Standard Annex #11,
// East Asian Width, classes W and F, in whole blocks.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115f, Stride: 1}, {Lo: 0x231a, Hi: 0x231b, Stride: 1}, {Lo: 0x23e9, Hi: 0x23f3, Stride: 1},
		{Lo: 0x25fd, Hi: 0x25fe, Stride: 1}, {Lo: 0x2614, Hi: 0x2615, Stride: 1}, {Lo: 0x2648, Hi: 0x2653, Stride: 1},
		{Lo: 0x267f, Hi: 0x267f, Stride: 1}, {Lo: 0x2693, Hi: 0x2693, Stride: 1}, {Lo: 0x26a1, Hi: 0x26a1, Stride: 1},
		{Lo: 0x26aa, Hi: 0x26ab, Stride: 1}, {Lo: 0x26bd, Hi: 0x26be, Stride: 1}, {Lo: 0x26c4, Hi: 0x26ce, Stride: 1},
		{Lo: 0x26d4, Hi: 0x26ea, Stride: 1}, {Lo: 0x26f2, Hi: 0x26fd, Stride: 1}, {Lo: 0x2705, Hi: 0x2705, Stride: 1},
		{Lo: 0x270a, Hi: 0x270b, Stride: 1}, {Lo: 0x2728, Hi: 0x2728, Stride: 1}, {Lo: 0x274c, Hi: 0x2757, Stride: 1},
		{Lo: 0x2795, Hi: 0x2797, Stride: 1}, {Lo: 0x27b0, Hi: 0x27bf, Stride: 1}, {Lo: 0x2b1b, Hi: 0x2b1c, Stride: 1},
		{Lo: 0x2b50, Hi: 0x2b55, Stride: 1}, {Lo: 0x2e80, Hi: 0x303e, Stride: 1}, {Lo: 0x3041, Hi: 0xa4cf, Stride: 1},
		{Lo: 0xa960, Hi: 0xa97f, Stride: 1}, {Lo: 0xac00, Hi: 0xd7a3, Stride: 1}, {Lo: 0xf900, Hi: 0xfaff, Stride: 1},
		{Lo: 0xfe10, Hi: 0xfe19, Stride: 1}, {Lo: 0xfe30, Hi: 0xfe6f, Stride: 1}, {Lo: 0xff01, Hi: 0xff60, Stride: 1},
		{Lo: 0xffe0, Hi: 0xffe6, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x16fe0, Hi: 0x1b2ff, Stride: 1}, {Lo: 0x1f000, Hi: 0x1f2ff, Stride: 1}, {Lo: 0x1f300, Hi: 0x1faff, Stride: 1},
		{Lo: 0x20000, Hi: 0x3fffd, Stride: 1},
	},
}

// columns is how many columns a character of a clean text fills.
func columns(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

func width(s string) (n int) {
	for _, r := range s {
		n += columns(r)
	}
	return n
}

// split cuts a text where it has filled some columns; marks stay with their letter.
func split(s string, room int) (head, tail string) {
	for i, r := range s {
		if room -= columns(r); room < 0 {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// fit is a text in at most so many columns, with … for what was cut at its end.
func fit(s string, room int) string {
	if width(s) <= room {
		return s
	}
	if room <= 0 {
		return ""
	}
	head, _ := split(s, room-1)
	return head + "…"
}

// fitMiddle cuts in the middle: names and ARNs differ at their ends.
func fitMiddle(s string, room int) string {
	if width(s) <= room {
		return s
	}
	head, _ := split(s, (room-1)/2)
	from, left := len(s), room-1-width(head)
	for from > len(head) { // from the end: a name may be very long
		r, size := utf8.DecodeLastRuneInString(s[:from])
		if left -= columns(r); left < 0 {
			break
		}
		from -= size
	}
	tail := s[from:]
	for tail != "" { // a mark without its letter would sit on the …
		r, size := utf8.DecodeRuneInString(tail)
		if columns(r) > 0 {
			break
		}
		tail = tail[size:]
	}
	return head + "…" + tail
}

// pad is a text in exactly so many columns.
func pad(s string, room int) string {
	s = fit(s, room)
	return s + strings.Repeat(" ", max(0, room-width(s)))
}

// wrap breaks a text into lines of at most so many columns: at spaces, else anywhere.
func wrap(s string, room int) []string {
	room = max(2, room) // one wide character must fit, or nothing would ever end
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && width(line)+1+width(word) > room {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
		for width(line) > room {
			head, tail := split(line, room)
			lines, line = append(lines, head), tail
		}
	}
	return append(lines, line)
}
