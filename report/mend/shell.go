package mend

import (
	"regexp"
	"strings"
)

// CLI reads AWS CLI commands as a POSIX shell does. The one thing that a command may do
// beside is to end in "> NAME.json".
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
			if m := intoFile.FindString(text[r.pos:]); m != "" && r.atBlank(r.pos-1) {
				r.pos += len(m)
			} else {
				r.special(c)
			}
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

// intoFile keeps an answer for the next command, which takes it as file://: a plain name in
// the folder of whoever pastes it.
var intoFile = regexp.MustCompile(`^> [a-z][a-z-]*\.json(\n|$)`)

// special is a character that does something in a shell. A fix is commands alone, one a
// line, so that each can be read, and pasted, by itself.
func (r *reader) special(c byte) {
	r.fault("%q means something to a shell: quote it", c)
	r.pos++
}

// hash reads a comment, if this is where a word begins. Zsh reads one as words when it is
// pasted, so that nothing in it may do anything either.
func (r *reader) hash() {
	if !r.atBlank(r.pos - 1) {
		r.pos++
		return
	}
	for r.pos < len(r.text) && r.text[r.pos] != '\n' {
		c := r.text[r.pos]
		switch {
		case r.slot(quoted):
		case strings.IndexByte("'\"`;|&<>$!", c) >= 0:
			r.special(c)
		default:
			r.pos++
		}
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
