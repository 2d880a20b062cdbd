package policyfile

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"onus/checks/regions/residency/nearest"
)

// maxErrors bounds how many faults of one file are reported, and with them the
// time that a hostile file can cost.
const maxErrors = 20

// Error is one fault of a policy file, for which the user is to blame.
type Error struct {
	File         string // the name given to Load or Parse
	Line, Column int    // from 1; both 0 when the file could not be read
	What         string // what is wrong
	Do           string // what to do about it

	cause error
}

// Error returns the fault in one line, "onus.yaml:3:7: what; do".
func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s; %s", e.File, e.What, e.Do)
	}
	return fmt.Sprintf("%s:%d:%d: %s; %s", e.File, e.Line, e.Column, e.What, e.Do)
}

// Unwrap returns the cause where there is one, such as fs.ErrNotExist.
func (e *Error) Unwrap() error { return e.cause }

// ExitCode is 2: bad input.
func (e *Error) ExitCode() int { return 2 }

// reader collects the faults of one file while its nodes are read.
type reader struct {
	name   string
	known  Known
	faults []*Error
}

// full says that no further fault would be reported: loops over what the file
// holds end then.
func (r *reader) full() bool { return len(r.faults) >= maxErrors }

func (r *reader) fail(at *yaml.Node, what, do string) { r.failAt(at.Line, at.Column, what, do) }

func (r *reader) failAt(line, column int, what, do string) {
	if r.full() {
		return
	}
	// A position is promised for every fault, also where the parser lost it.
	r.faults = append(r.faults, &Error{File: r.name, Line: max(line, 1), Column: max(column, 1), What: oneLine(what), Do: oneLine(do)})
}

// err returns the faults in order of place, or nil.
func (r *reader) err() error {
	slices.SortStableFunc(r.faults, func(a, b *Error) int {
		return cmp.Or(a.Line-b.Line, a.Column-b.Column)
	})
	errs := make([]error, len(r.faults))
	for i, f := range r.faults {
		errs[i] = f
	}
	return errors.Join(errs...)
}

// unknown reports a word that is not among those known, with the nearest that is.
// What is the sort of word, such as "check"; do is the advice when none is near.
func (r *reader) unknown(at *yaml.Node, what, word string, known []string, do string) {
	if r.full() {
		return // spares the search
	}
	if near, ok := nearest.Word(strings.ToLower(strings.TrimSpace(word)), known); ok {
		do = fmt.Sprintf("did you mean %q?", near)
	}
	r.fail(at, fmt.Sprintf("unknown %s %s", what, quote(word)), do)
}

// entry is one key of a mapping and its value.
type entry struct {
	key   string
	at    *yaml.Node // the key
	value *yaml.Node
}

// entries returns the keys of a mapping and their values, without those given
// before; anything but a mapping with text for keys is reported.
func (r *reader) entries(n *yaml.Node, subject string) ([]entry, bool) {
	if n.Kind != yaml.MappingNode {
		r.fail(n, fmt.Sprintf("%s must be a mapping, not %s", subject, describe(n)), `write "key: value" lines below it`)
		return nil, false
	}
	first := map[string]int{}
	var out []entry
	for i := 0; i+1 < len(n.Content) && !r.full(); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode || key.ShortTag() != "!!str" {
			r.fail(key, fmt.Sprintf("a key of %s must be text, not %s", subject, describe(key)), "put it in quotes if it is meant")
			continue
		}
		if line, twice := first[key.Value]; twice {
			r.fail(key, fmt.Sprintf("%s is given twice, first in line %d", quote(key.Value), line), "keep one of the two")
			continue
		}
		first[key.Value] = key.Line
		out = append(out, entry{key: key.Value, at: key, value: value})
	}
	return out, true
}

// items returns the elements of a list; anything else is reported.
func (r *reader) items(n *yaml.Node, subject string) ([]*yaml.Node, bool) {
	if n.Kind != yaml.SequenceNode {
		r.fail(n, fmt.Sprintf("%s must be a list, not %s", subject, describe(n)), `write it as [a, b], or each item in a line after "- "`)
		return nil, false
	}
	return n.Content, true
}

// describe names what a node is, for the end of "must be …, not …".
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.ShortTag() {
	case "!!null":
		return "empty"
	case "!!str":
		return "the text " + quote(n.Value)
	case "!!int", "!!float":
		return "the number " + shorten(n.Value)
	}
	return shorten(n.Value)
}

// quote is %q for words of the file, cut to a length that fits in a line.
func quote(s string) string { return fmt.Sprintf("%q", shorten(s)) }

func shorten(s string) string {
	const limit = 80
	if r := []rune(s); len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return s
}

// oneLine keeps a message that holds foreign text in one line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
