package redact

import "strings"

// element is one open element of the walk.
type element struct {
	name     string // without its prefix
	tag      string // as written
	free     string // kind of free text, if everything in here is
	inside   int    // offset behind the start tag
	children bool
	pair     pair
}

// xmlWalk goes through XML by offsets. It is as strict as the SDK's decoder: what it
// takes for well-formed has no text that it did not see.
type xmlWalk struct {
	*scan
	src   string
	open  []element
	path  []string
	edits []edit
	root  bool // the root element was seen
}

// xml returns the edits for an XML document, and false if it is not well-formed.
func (s *scan) xml(src string) ([]edit, bool) {
	w := xmlWalk{scan: s, src: src}
	for i := 0; i < len(src); {
		if src[i] != '<' {
			next := strings.IndexByte(src[i:], '<')
			if next < 0 {
				next = len(src) - i
			}
			if !w.chars(i, i+next) {
				return nil, false
			}
			i += next
			continue
		}
		end, ok := w.markup(i)
		if !ok {
			return nil, false
		}
		i = end
	}
	return tidy(w.edits), w.root && len(w.open) == 0
}

// markup handles what begins with "<" at i and returns the offset behind it.
func (w *xmlWalk) markup(i int) (int, bool) {
	rest := w.src[i:]
	switch {
	case strings.HasPrefix(rest, "<!--"):
		return w.aside(i, "<!--", "-->")
	case strings.HasPrefix(rest, "<?"):
		return w.aside(i, "<?", "?>")
	case strings.HasPrefix(rest, "<![CDATA["):
		end := strings.Index(rest, "]]>")
		if end < 0 || len(w.open) == 0 {
			return 0, false
		}
		w.value(i+len("<![CDATA["), i+end, unescaped{text: rest[len("<![CDATA["):end]}, escapeXML)
		return i + end + len("]]>"), true
	case strings.HasPrefix(rest, "<!"):
		// A document type may define entities: nothing of AWS's has one.
		return 0, false
	case strings.HasPrefix(rest, "</"):
		return w.endTag(i)
	default:
		return w.startTag(i)
	}
}

// aside handles a comment or processing instruction, which detectors read as text.
func (w *xmlWalk) aside(i int, head, tail string) (int, bool) {
	end := strings.Index(w.src[i+len(head):], tail)
	if end < 0 {
		return 0, false
	}
	from := i + len(head)
	w.add(w.text(w.src[from:from+end], place{line: 1}), from)
	return from + end + len(tail), true
}

func (w *xmlWalk) startTag(i int) (int, bool) {
	at := nameEnd(w.src, i+1)
	if at == i+1 || w.root && len(w.open) == 0 {
		return 0, false
	}
	e := element{tag: w.src[i+1 : at]}
	e.name = e.tag[strings.IndexByte(e.tag, ':')+1:]
	w.push(e)
	for {
		space := at
		at = skipSpace(w.src, at)
		switch {
		case strings.HasPrefix(w.src[at:], "/>"):
			w.open[len(w.open)-1].inside = at
			w.pop(at)
			return at + 2, true
		case strings.HasPrefix(w.src[at:], ">"):
			w.open[len(w.open)-1].inside = at + 1
			return at + 1, true
		case at == space:
			return 0, false
		}
		var ok bool
		if at, ok = w.attribute(at); !ok {
			return 0, false
		}
	}
}

// attribute handles name="value" at i.
func (w *xmlWalk) attribute(i int) (int, bool) {
	at := nameEnd(w.src, i)
	name := w.src[i:at]
	at = skipSpace(w.src, at)
	if name == "" || !strings.HasPrefix(w.src[at:], "=") {
		return 0, false
	}
	at = skipSpace(w.src, at+1)
	if at >= len(w.src) || w.src[at] != '"' && w.src[at] != '\'' {
		return 0, false
	}
	end := strings.IndexByte(w.src[at+1:], w.src[at])
	if end < 0 || strings.IndexByte(w.src[at+1:at+1+end], '<') >= 0 {
		return 0, false
	}
	value := w.src[at+1 : at+1+end]
	// A name space is a URI that AWS wrote.
	if name != "xmlns" && !strings.HasPrefix(name, "xmlns:") {
		u := entities(value)
		w.opened = 0
		w.add(u.outward(w.text(u.text, place{name: name, line: 1}), escapeXML), at+1)
	}
	return at + 1 + end + 1, true
}

func (w *xmlWalk) endTag(i int) (int, bool) {
	at := nameEnd(w.src, i+2)
	end := skipSpace(w.src, at)
	if len(w.open) == 0 || w.open[len(w.open)-1].tag != w.src[i+2:at] || !strings.HasPrefix(w.src[end:], ">") {
		return 0, false
	}
	w.pop(i)
	return end + 1, true
}

func (w *xmlWalk) push(e element) {
	w.root = true
	w.path = append(w.path, e.name)
	if n := len(w.open); n > 0 {
		w.open[n-1].children = true
		e.free = w.open[n-1].free
	}
	if e.free == "" {
		e.free = w.free.kind(w.path)
	}
	w.open = append(w.open, e)
}

// pop closes the innermost element, whose content ends at end.
func (w *xmlWalk) pop(end int) {
	e := w.open[len(w.open)-1]
	w.open = w.open[:len(w.open)-1]
	w.path = w.path[:len(w.path)-1]
	if e.free != "" && !e.children {
		if v := w.content(e.inside, end); v != "" {
			w.edits = append(w.edits, edit{e.inside, end, w.r.marker(w.c, e.free, v)})
		}
		return
	}
	if w.secretTag(&e.pair) {
		w.pairFound(e.pair.name, e.pair.value, 1)
		w.edits = append(w.edits, edit{e.pair.start, e.pair.end, w.r.short(assignmentRule, e.pair.value)})
	}
	if len(w.open) > 0 && !e.children && e.free == "" {
		w.open[len(w.open)-1].pair.take(e.name, w.content(e.inside, end), e.inside, end)
	}
}

// content is the text of a leaf element, its CDATA sections and comments opened.
func (w *xmlWalk) content(start, end int) string {
	if start >= end {
		return ""
	}
	raw := w.src[start:end]
	var b strings.Builder
	for {
		open := strings.IndexByte(raw, '<')
		if open < 0 {
			b.WriteString(entities(raw).text)
			return b.String()
		}
		b.WriteString(entities(raw[:open]).text)
		tail := "?>"
		switch {
		case strings.HasPrefix(raw[open:], "<![CDATA["):
			tail = "]]>"
		case strings.HasPrefix(raw[open:], "<!--"):
			tail = "-->"
		}
		stop := strings.Index(raw[open:], tail)
		if stop < 0 {
			return b.String()
		}
		if tail == "]]>" {
			b.WriteString(raw[open+len("<![CDATA[") : open+stop])
		}
		raw = raw[open+stop+len(tail):]
	}
}

// chars handles the text between two tags.
func (w *xmlWalk) chars(start, end int) bool {
	raw := w.src[start:end]
	if len(w.open) == 0 {
		return strings.TrimSpace(strings.TrimPrefix(raw, "\ufeff")) == ""
	}
	if strings.IndexByte(raw, '&') < 0 {
		w.value(start, end, unescaped{text: raw}, escapeXML)
		return true
	}
	u := entities(raw)
	if !references(raw) {
		return false
	}
	w.value(start, end, u, escapeXML)
	return true
}

// value handles one stretch of text of the innermost element. A free-text leaf is
// replaced when it closes.
func (w *xmlWalk) value(start, end int, u unescaped, escape func(string) string) {
	e := w.open[len(w.open)-1]
	if len(u.text) < 5 || e.free != "" && !e.children {
		return
	}
	if e.free != "" {
		if strings.TrimSpace(u.text) != "" {
			w.edits = append(w.edits, edit{start, end, w.r.marker(w.c, e.free, u.text)})
		}
		return
	}
	if len(u.text) <= 64 && w.clean[e.name+"\x00"+u.text] {
		return
	}
	w.opened = 0
	var edits []edit
	if w.secretPair(e.name, u.text) {
		w.pairFound(e.name, u.text, 1)
		edits = []edit{{0, len(u.text), w.r.short(assignmentRule, u.text)}}
	} else {
		edits = w.text(u.text, place{name: e.name, line: 1})
	}
	if len(edits) == 0 && len(u.text) <= 64 && len(w.clean) < 1<<14 {
		w.clean[e.name+"\x00"+u.text] = true
	}
	w.add(u.outward(edits, escape), start)
}

func (w *xmlWalk) add(edits []edit, offset int) {
	for _, e := range edits {
		w.edits = append(w.edits, edit{e.start + offset, e.end + offset, e.text})
	}
}

// references tells whether every "&" in raw begins a reference that XML defines.
func references(raw string) bool {
	for {
		i := strings.IndexByte(raw, '&')
		if i < 0 {
			return true
		}
		name, rest, ok := strings.Cut(raw[i+1:], ";")
		if !ok || len(name) > 10 {
			return false
		}
		switch name {
		case "amp", "lt", "gt", "quot", "apos":
		default:
			if len(name) < 2 || name[0] != '#' {
				return false
			}
		}
		raw = rest
	}
}

func nameEnd(src string, i int) int {
	for i < len(src) && (isAlnum(src[i]) || strings.IndexByte("_:.-", src[i]) >= 0 || src[i] >= 0x80) {
		i++
	}
	return i
}

func skipSpace(src string, i int) int {
	for i < len(src) && (src[i] == ' ' || src[i] == '\t' || src[i] == '\n' || src[i] == '\r') {
		i++
	}
	return i
}
