package mend

import (
	"regexp"
	"strings"
)

// Terraform reads a fragment of Terraform's configuration.
// Source: HCL Native Syntax Specification, "Comments and Whitespace", "Template Expressions".
func Terraform(text string) Template {
	r := &reader{text: text}
	for r.pos < len(text) {
		switch c := text[r.pos]; {
		case c == '"' && label.MatchString(text[strings.LastIndexByte(text[:r.pos], '\n')+1:r.pos]):
			r.str(inLabel)
		case c == '"':
			r.str(inString)
		case c == '#', c == '/' && r.next() == '/':
			r.comment("\n")
		case c == '/' && r.next() == '*':
			r.pos += 2
			r.comment("*/")
		case c == '<' && r.next() == '<':
			r.fault("a heredoc: use jsonencode or a quoted string")
			r.pos += 2
		case c == '{' && r.slot(nowhere):
		default:
			r.pos++
		}
	}
	r.flush()
	return r.t
}

// comment reads to what ends it.
func (r *reader) comment(end string) {
	for r.pos < len(r.text) && !strings.HasPrefix(r.text[r.pos:], end) {
		if !r.slot(inComment) {
			r.pos++
		}
	}
}

// label is what stands in a line before a block's label.
var label = regexp.MustCompile(`^\s*(resource|data)\s+("[^"]*"\s+)?$`)

// str reads a quoted string, and the templates in it.
func (r *reader) str(at place) {
	for r.pos++; r.pos < len(r.text) && r.text[r.pos] != '\n'; r.pos++ {
		switch c := r.text[r.pos]; {
		case c == '"':
			r.pos++
			return
		case c == '\\':
			r.pos++
		case (c == '$' || c == '%') && r.next() == c:
			r.pos++ // an escape, or the first of three
		case (c == '$' || c == '%') && r.next() == '{':
			r.pos += 2
			r.interpolation()
			r.pos--
		case c == '{' && r.slot(at):
			r.pos--
		}
	}
	r.fault("a string is not closed in its line")
}

// interpolation reads to the brace that closes it.
func (r *reader) interpolation() {
	depth := 1
	for r.pos < len(r.text) {
		switch c := r.text[r.pos]; {
		case c == '"':
			r.str(inString)
			continue
		case c == '{' && r.slot(nowhere):
			continue
		case c == '{':
			depth++
		case c == '}':
			depth--
		}
		r.pos++
		if depth == 0 {
			return
		}
	}
}
