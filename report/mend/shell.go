package mend

import (
	"regexp"
	"strings"
)

// CLI reads AWS CLI commands as a POSIX shell does.
// Source: POSIX "Shell Command Language", 2.2 Quoting and 2.3 Token Recognition.
func CLI(text string) Template {
	r := &reader{text: text}
	for r.pos < len(text) {
		switch c := text[r.pos]; c {
		case '\\':
			r.pos += 2
		case '\'':
			r.singleQuotes()
		case '"':
			r.doubleQuotes()
		case '#':
			r.hash()
		case '{':
			if !r.slot(r.unquoted()) {
				r.special(c)
			}
		case '>':
			r.redirect()
		case '<', '|', '&', ';', '`', '$', '(', ')', '*', '?', '[', '~', '!':
			r.special(c)
		default:
			r.pos++
		}
	}
	r.pos = len(text)
	r.flush()
	return r.t
}

// special is a character that does something in a shell. A fix is commands alone, one a
// line, so that each can be read, and pasted, by itself.
func (r *reader) special(c byte) {
	r.fault("%q means something to a shell: quote it", c)
	r.pos++
}

// intoFile is a redirection into a file of a plain name.
var intoFile = regexp.MustCompile(`^> ?[A-Za-z0-9_-][A-Za-z0-9_.-]*(\s|$)`)

// redirect reads a redirection: what a command reads may be kept in a file, to be edited
// and given to the next. The file's name is the fix's own.
func (r *reader) redirect() {
	if m := intoFile.FindString(r.text[r.pos:]); m != "" && r.atBlank(r.pos-1) {
		r.pos += len(strings.TrimRight(m, " \t\n"))
		return
	}
	r.special('>')
}

// hash reads a comment, if this is where a word begins. Zsh reads one as words when it is
// pasted, so that nothing in it may do anything either; double quotes are closed in it.
func (r *reader) hash() {
	if !r.atBlank(r.pos - 1) {
		r.pos++
		return
	}
	open := false // a double quote
	for r.pos < len(r.text) && r.text[r.pos] != '\n' {
		c := r.text[r.pos]
		switch {
		case r.slot(quoted):
		case strings.IndexByte("'`;|&<>$!", c) >= 0:
			r.special(c)
		default:
			open = open != (c == '"')
			r.pos++
		}
	}
	if open {
		r.fault("a double quote is not closed")
	}
}

var jsonBegins = regexp.MustCompile(`^\s*(\{\s*"|\[)`)

// singleQuotes reads to the closing quote. What is in them is JSON if it begins so.
func (r *reader) singleQuotes() {
	end := strings.IndexByte(r.text[r.pos+1:], '\'')
	if end < 0 {
		r.fault("a single quote is not closed")
		r.pos = len(r.text)
		return
	}
	end += r.pos + 1
	r.pos++
	document := jsonBegins.MatchString(r.text[r.pos:end])
	inside := false // of a JSON string
	for r.pos < end {
		at := quoted
		switch {
		case document && inside:
			at = inJSON
		case document:
			at = nowhere
		}
		switch c := r.text[r.pos]; {
		case c == '{' && r.slot(at):
			continue
		case c == '\\' && inside:
			r.pos++
		case c == '"':
			inside = !inside
		}
		r.pos++
	}
	r.pos = end + 1
}

// doubleQuotes reads to the closing quote.
func (r *reader) doubleQuotes() {
	for r.pos++; r.pos < len(r.text); r.pos++ {
		switch r.text[r.pos] {
		case '"':
			r.pos++
			return
		case '\\':
			r.pos++
		case '$', '`':
			r.fault("%q in double quotes means something to a shell", r.text[r.pos])
		case '{':
			if r.slot(quoted) {
				r.pos--
			}
		}
	}
	r.fault("a double quote is not closed")
	r.pos = len(r.text)
}

// unquoted is the place of a slot outside of quotes: blanks on both sides make it a word
// of its own.
func (r *reader) unquoted() place {
	end := r.pos + strings.IndexByte(r.text[r.pos:]+"}", '}') + 1
	if r.atBlank(r.pos-1) && r.atBlank(end) {
		return word
	}
	return inWord
}

// atBlank says that there is no character of a word here.
func (r *reader) atBlank(pos int) bool {
	return pos < 0 || pos >= len(r.text) || strings.IndexByte(" \t\n", r.text[pos]) >= 0
}
