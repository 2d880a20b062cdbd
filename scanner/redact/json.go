package redact

import (
	"encoding/json"
	"strings"
)

// looksJSON tells whether v is a JSON object or array.
func looksJSON(v string) bool {
	t := strings.TrimSpace(v)
	if len(t) < 2 || !(t[0] == '{' && t[len(t)-1] == '}' || t[0] == '[' && t[len(t)-1] == ']') {
		return false
	}
	return json.Valid([]byte(v))
}

// object is one open object or array of the walk.
type object struct {
	array      bool
	expectName bool
	name       string // of the member whose value comes next
	free       string // kind of free text, if everything in here is
	pair       pair
}

// pair is a name and a value that stand beside each other as two members: a tag.
type pair struct {
	name       string
	value      string
	start, end int // of the value as it is written
	seen       bool
}

// take keeps a member of a pair.
func (p *pair) take(member, text string, start, end int) {
	switch member {
	case "Key", "key", "Name", "name", "TagKey":
		p.name = text
	case "Value", "value", "TagValue":
		p.value, p.start, p.end, p.seen = text, start, end, true
	}
}

// secretTag tells whether the pair is complete and its name makes its value a secret.
func (s *scan) secretTag(p *pair) bool {
	if !p.seen || p.name == "" || strings.HasPrefix(p.name, "aws:") {
		return false
	}
	// A tag's name may have a prefix: "shop:db_password", "DB Password".
	return s.secretPair(p.name[strings.LastIndexAny(p.name, ":/ ")+1:], p.value)
}

// jsonWalk goes through valid JSON by offsets.
type jsonWalk struct {
	*scan
	src   string
	at    place
	open  []object
	edits []edit
}

// json returns the edits for a valid JSON text.
func (s *scan) json(src string, at place) []edit {
	w := jsonWalk{scan: s, src: src, at: at, open: []object{{array: true, name: at.name}}}
	for i := 0; i < len(src); {
		switch src[i] {
		case '{', '[':
			w.push(src[i] == '[')
			i++
		case '}', ']':
			w.pop()
			i++
		case '"':
			end := stringEnd(src, i)
			w.str(i+1, end)
			i = end + 1
		case ',':
			top := &w.open[len(w.open)-1]
			top.expectName = !top.array
			i++
		default:
			i++
		}
	}
	return w.edits
}

// stringEnd returns the offset of the quote that closes the string opened at i.
func stringEnd(src string, i int) int {
	for i++; i < len(src) && src[i] != '"'; i++ {
		if src[i] == '\\' {
			i++
		}
	}
	return min(i, len(src))
}

func (w *jsonWalk) push(array bool) {
	parent := w.open[len(w.open)-1]
	next := object{array: array, expectName: !array, free: parent.free}
	if array {
		next.name = parent.name
	}
	if next.free == "" && !parent.array {
		next.free = w.kind()
	}
	w.open = append(w.open, next)
}

func (w *jsonWalk) pop() {
	top := w.open[len(w.open)-1]
	w.open = w.open[:len(w.open)-1]
	if w.secretTag(&top.pair) {
		w.wholeValue(top.pair.name, top.pair.value, top.pair.start, top.pair.end)
	}
}

// kind is the kind of free text that the current member is. Only a body has such
// fields, not JSON within a string of it.
func (w *jsonWalk) kind() string {
	if w.at.depth > 0 || w.free == nil {
		return ""
	}
	path := make([]string, 0, len(w.open))
	for _, o := range w.open[1:] {
		if !o.array {
			path = append(path, o.name)
		}
	}
	return w.free.kind(path)
}

// str looks at the string src[start:end], a member's name or a value.
func (w *jsonWalk) str(start, end int) {
	top := &w.open[len(w.open)-1]
	raw := backslashes(w.src[start:end])
	at := place{depth: w.at.depth + 1, line: w.at.line}
	if w.keep {
		at.line += strings.Count(w.src[:start], "\n")
	}
	if w.at.depth == 0 {
		w.opened = 0
	}
	if top.expectName {
		top.expectName = false
		top.name = raw.text
		w.add(raw.outward(w.text(raw.text, at), escapeJSON), start)
		return
	}
	kind := top.free
	if kind == "" && !top.array {
		kind = w.kind()
	}
	if kind != "" {
		if raw.text != "" {
			w.edits = append(w.edits, edit{start, end, w.r.marker(w.c, kind, raw.text)})
		}
		return
	}
	at.name = top.name
	if !top.array {
		top.pair.take(top.name, raw.text, start, end)
		if w.secretPair(top.name, raw.text) {
			w.wholeValue(top.name, raw.text, start, end)
			return
		}
	}
	w.add(raw.outward(w.text(raw.text, at), escapeJSON), start)
}

// wholeValue replaces a value whose name says what it is. It covers the edits within.
func (w *jsonWalk) wholeValue(name, value string, start, end int) {
	line := w.at.line
	if w.keep {
		line += strings.Count(w.src[:start], "\n")
	}
	w.pairFound(name, value, line)
	w.edits = append(w.edits, edit{start, end, escapeJSON(w.r.short(assignmentRule, value))})
}

func (w *jsonWalk) add(edits []edit, offset int) {
	for _, e := range edits {
		w.edits = append(w.edits, edit{e.start + offset, e.end + offset, e.text})
	}
}
