package main

import (
	"maps"
	"slices"
	"strings"
)

// marked marks what names the resource and the values that the check saw. Where a part
// of a list is about the resource, values count only there.
func (e exhibit) marked(f judged, status int) (exhibit, []span) {
	names := f.names()
	var parts []span
	for i := range e {
		for _, n := range names {
			if strings.Contains(e[i].text, n) {
				e[i].mark = true
				parts = append(parts, e.around(i))
				break
			}
		}
	}
	e.markTable(f, names, parts)
	for i := range e {
		for name, value := range f.Observed {
			if within(parts, i) && e.says(i, strings.ToLower(name), strings.ToLower(value)) {
				e[i].mark = true
			}
		}
		if status >= 400 && (e[i].field == "Code" || e[i].field == "Message") {
			e[i].mark = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Observed)) {
		if status/100 == 2 && f.Observed[name] == "" && len(parts) == 0 && !e.has(name) {
			e = append(e, exhibitLine{text: "(" + name + " does not stand in this answer)", mark: true})
		}
	}
	return e, parts
}

// markTable marks the rows of a table (the credential report) in which a column of an
// observed value's name has that value, and the columns' names. Where rows name the
// resource, only they count.
func (e exhibit) markTable(f judged, names []string, parts []span) {
	var columns []string
	head := 0
	for i := range e {
		cells := strings.Split(e[i].text, ",")
		if len(cells) < 4 || strings.Contains(e[i].text, `"`) {
			columns = nil
			continue
		}
		if len(columns) != len(cells) {
			columns, head = cells, i
			continue
		}
		if len(names) > 0 && len(parts) > 0 && !within(parts, i) {
			continue
		}
		for name, value := range f.Observed {
			if n := slices.Index(columns, name); n >= 0 && cells[n] == value {
				e[head].mark, e[i].mark = true, true
			}
		}
	}
}

// says that a line gives a field the value: as the element or member of that name, or
// as the value behind a key of that name.
func (e exhibit) says(i int, name, value string) bool {
	text := strings.ToLower(e[i].text)
	if e[i].field != "" && strings.ToLower(e[i].field) == name {
		return strings.Contains(text, value)
	}
	if strings.Contains(text, "<key>"+name+"</key>") {
		return true
	}
	return i > 0 && strings.Contains(strings.ToLower(e[i-1].text), "<key>"+name+"</key>")
}

func (e exhibit) has(name string) bool {
	return slices.ContainsFunc(e, func(l exhibitLine) bool { return strings.EqualFold(l.field, name) })
}

// span is a range of lines, the end not included.
type span struct{ from, to int }

// around is the element or object that a line is a member of, without the whole answer.
func (e exhibit) around(i int) span {
	depth := e[i].depth
	if depth <= 2 {
		return span{i, i + 1}
	}
	s := span{i, i + 1}
	for s.from > 0 && e[s.from].depth >= depth {
		s.from--
	}
	for s.to < len(e) && e[s.to].depth >= depth {
		s.to++
	}
	if s.to < len(e) && e[s.to].field == "" {
		s.to++ // the line that closes it
	}
	return s
}

func within(parts []span, i int) bool {
	for _, p := range parts {
		if p.from <= i && i < p.to {
			return true
		}
	}
	return len(parts) == 0
}
