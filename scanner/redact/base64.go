package redact

import (
	"encoding/base64"
	"strings"
)

// minRun is the shortest base64 text that is opened: 16 characters hold 12 bytes.
const minRun = 16

// run is base64 inside a text: text[start:end] with its padding and line breaks.
type run struct {
	start, end int
	packed     string // without line breaks
}

// base64Runs opens every stretch of base64 in v and returns the edits that put it back
// without its secrets.
func (s *scan) base64Runs(v string, at place) []edit {
	if len(v) < minRun {
		return nil
	}
	var edits []edit
	for i := 0; i < len(v); {
		r, ok := nextRun(v, i)
		if !ok {
			break
		}
		content, enc := decodeRun(r.packed)
		if enc == nil && strings.ContainsAny(v[r.start:r.end], "\r\n") {
			// The lines below were no part of it: take the first line alone.
			r = oneLine(v, r)
			content, enc = decodeRun(r.packed)
		}
		i = r.end
		if enc == nil {
			continue
		}
		if text, changed := s.base64Run(r.packed, content, enc, at); changed {
			// Without padding it would run into what follows.
			if isBase64(text[len(text)-1]) && i < len(v) && isBase64(v[i]) {
				text = s.r.short(unreadableRule, r.packed)
			}
			edits = append(edits, edit{r.start, r.end, text})
		}
	}
	return edits
}

// base64Run returns what replaces one run. What cannot be opened is replaced whole.
func (s *scan) base64Run(packed string, content []byte, enc *base64.Encoding, at place) (text string, changed bool) {
	unreadable := true
	var out []byte
	if at.depth >= maxDepth {
		s.unread("nested too deep")
	} else if s.spend(len(content)) {
		out, changed, unreadable = s.blob(content, place{depth: at.depth + 1})
	}
	if unreadable {
		return s.r.short(unreadableRule, packed), true
	}
	return enc.EncodeToString(out), changed
}

// nextRun finds the first run of at least minRun characters from i on. A run goes on in
// the next line when that line, indentation aside, is base64 too and not longer.
func nextRun(v string, i int) (run, bool) {
	for i < len(v) {
		start := i
		for i < len(v) && isBase64(v[i]) {
			i++
		}
		if i-start < minRun {
			i++
			continue
		}
		width := i - start
		packed := []byte(v[start:i])
		end := i
		for {
			from, to := nextLine(v, end)
			if from == to || to-from > width || len(v[end:from]) > 64 {
				break
			}
			packed = append(packed, v[from:to]...)
			end = to
			if to-from < width {
				break
			}
		}
		for n := 0; end < len(v) && v[end] == '=' && n < 2; n++ {
			end++
		}
		return run{start, end, string(packed)}, true
	}
	return run{}, false
}

// nextLine returns the bounds of the base64 line that follows end, or two equal numbers.
func nextLine(v string, end int) (from, to int) {
	i := end
	if i < len(v) && v[i] == '\r' {
		i++
	}
	if i >= len(v) || v[i] != '\n' {
		return end, end
	}
	i++
	for i < len(v) && (v[i] == ' ' || v[i] == '\t') {
		i++
	}
	from = i
	for i < len(v) && isBase64(v[i]) {
		i++
	}
	if i < len(v) && v[i] != '\r' && v[i] != '\n' && v[i] != '=' {
		return end, end
	}
	return from, i
}

func oneLine(v string, r run) run {
	end := r.start
	for end < len(v) && isBase64(v[end]) {
		end++
	}
	packed := v[r.start:end]
	for n := 0; end < len(v) && v[end] == '=' && n < 2; n++ {
		end++
	}
	return run{r.start, end, packed}
}

// decodeRun decodes base64 whose content is a text or compressed, and returns the
// encoding in which to write it again; nil for anything else: most long words of a
// response are identifiers.
func decodeRun(packed string) ([]byte, *base64.Encoding) {
	enc := base64.RawStdEncoding
	if strings.ContainsAny(packed, "-_") {
		enc = base64.RawURLEncoding
	}
	head, err := enc.DecodeString(packed[:12])
	if err != nil || !promising(head) {
		return nil, nil
	}
	// A cut-off end still has whole groups before it.
	whole := packed
	if len(whole)%4 == 1 {
		whole = whole[:len(whole)-1]
	}
	content, err := enc.DecodeString(whole)
	if err != nil {
		return nil, nil
	}
	if _, isText := plainText(content); !isText && !isGzip(content) && compression(content) == "" {
		return nil, nil
	}
	if enc == base64.RawURLEncoding {
		return content, base64.URLEncoding
	}
	return content, base64.StdEncoding
}

// promising looks at the first 9 bytes only.
func promising(head []byte) bool {
	if isGzip(head) || compression(head) != "" || len(head) > 1 && (head[0] == 0xff && head[1] == 0xfe || head[0] == 0xfe && head[1] == 0xff) {
		return true
	}
	for _, c := range head {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != 0x1b || c == 0x7f {
			return false
		}
	}
	high := 0
	for _, c := range head {
		if c >= 0x80 {
			high++
		}
	}
	return high <= 4
}

func isBase64(c byte) bool {
	return isAlnum(c) || c == '+' || c == '/' || c == '-' || c == '_'
}
