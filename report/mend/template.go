package mend

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"onus/checks"
)

// For are a fix's AWS CLI commands and its Terraform fragment for resources of a type; ""
// for all. In a fix that mends several types, a line "# for TYPE" begins what is for
// resources of that type alone, up to the next such line; what stands before the first is
// for all.
func For(fix checks.Fix, typ string) (cli, terraform Template) {
	return once(&readCLI, CLI, part(fix.CLI, typ)), once(&readTerraform, Terraform, part(fix.Terraform, typ))
}

// readCLI and readTerraform are the templates that were read, by their text: each stands for
// all findings of a check.
var readCLI, readTerraform sync.Map

func once(read *sync.Map, f func(string) Template, text string) Template {
	if t, ok := read.Load(text); ok {
		return t.(Template)
	}
	t, _ := read.LoadOrStore(text, f(text))
	return t.(Template)
}

// Types are the resource types that lines "# for TYPE" of a fix name.
func Types(fix checks.Fix) (out []string) {
	for line := range strings.Lines(fix.CLI + "\n" + fix.Terraform) {
		if typ, ok := typeOf(line); ok && !slices.Contains(out, typ) {
			out = append(out, typ)
		}
	}
	return out
}

func typeOf(line string) (string, bool) {
	return strings.CutPrefix(strings.TrimRight(line, "\n"), "# for ")
}

// part is what a text says of a type.
func part(text, typ string) string {
	if typ == "" {
		return text
	}
	var b strings.Builder
	ours := true
	for line := range strings.Lines(text) {
		if named, ok := typeOf(line); ok {
			ours = named == typ
		} else if ours {
			b.WriteString(line)
		}
	}
	return b.String()
}

// Template is a text with placeholders, read as its language reads it.
type Template struct {
	pieces []piece // texts and slots, in their order
	faults []string
}

// piece is a text, or a slot that stands for a value.
type piece struct {
	text string // of a slot: the placeholder, "{name}"
	name string // of a slot
	at   place  // of a slot
}

// place is where a slot stands: how a value must be quoted there.
type place int

const (
	nowhere   place = iota // no value can be quoted
	word                   // unquoted, a word of its own
	inWord                 // unquoted, a part of a word
	quoted                 // in quotes, or in a shell's comment
	inJSON                 // in a JSON string in single quotes
	inString               // in a string of Terraform
	inLabel                // in the label of a block of Terraform, its local name
	inComment              // in a comment of Terraform
)

var placeholder = regexp.MustCompile(`\{[a-z][a-z_-]*\}`)

// reader takes a template apart, one character after the other. The languages say where
// each character stands.
type reader struct {
	text    string
	pos     int
	literal int // where the text that is not yet a piece begins
	t       Template
}

// slot takes the placeholder that begins here, if one does.
func (r *reader) slot(at place) bool {
	m := placeholder.FindString(r.text[r.pos:])
	if m == "" || !strings.HasPrefix(r.text[r.pos:], m) {
		return false
	}
	name := m[1 : len(m)-1]
	switch {
	case !slices.Contains(Names, name):
		r.fault("there is no placeholder %s; want one of %s", m, strings.Join(Names, ", "))
		return false
	case r.pos > 0 && r.text[r.pos-1] == '$':
		r.fault("$%s is a variable, not a placeholder", m)
		return false
	case at == nowhere:
		r.fault("%s stands where no value can be quoted", m)
	}
	r.flush()
	r.t.pieces = append(r.t.pieces, piece{m, name, at})
	r.pos += len(m)
	r.literal = r.pos
	return true
}

// flush makes a piece of the text up to here.
func (r *reader) flush() {
	if r.literal < r.pos {
		r.t.pieces = append(r.t.pieces, piece{text: r.text[r.literal:r.pos]})
		r.literal = r.pos
	}
}

func (r *reader) fault(format string, args ...any) {
	line := 1 + strings.Count(r.text[:min(r.pos, len(r.text))], "\n")
	r.t.faults = append(r.t.faults, fmt.Sprintf("line %d: ", line)+fmt.Sprintf(format, args...))
}

// next is the character after this one, 0 at the end.
func (r *reader) next() byte {
	if r.pos+1 < len(r.text) {
		return r.text[r.pos+1]
	}
	return 0
}

// Faults are what is wrong with the template itself; none where it is well made.
func (t Template) Faults() []string { return t.faults }

// Pieces are the texts between the slots: one more than there are slots.
func (t Template) Pieces() []string {
	out := []string{""}
	for _, p := range t.pieces {
		if p.name == "" {
			out[len(out)-1] += p.text
		} else {
			out = append(out, "")
		}
	}
	return out
}

// Slots are what comes between the pieces: each value quoted for its place, or its
// placeholder where it cannot be filled in.
func (t Template) Slots(v Values) []string {
	out := []string{}
	for _, p := range t.pieces {
		if p.name != "" {
			out = append(out, p.fill(v))
		}
	}
	return out
}

// Fill is the whole text, and the placeholders that stayed, each once.
func (t Template) Fill(v Values) (text string, open []string) {
	var b strings.Builder
	for _, p := range t.pieces {
		if p.name == "" {
			b.WriteString(p.text)
			continue
		}
		value := p.fill(v)
		if value == p.text && !slices.Contains(open, p.text) {
			open = append(open, p.text)
		}
		b.WriteString(value)
	}
	return b.String(), open
}
