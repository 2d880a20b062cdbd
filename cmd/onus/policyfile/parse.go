package policyfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// maxSize is the largest file that is read, in bytes. A policy that names every
// check and every parameter, or 20,000 accounts, is smaller; at ten times the size
// the YAML parser needs minutes for a file that is all anchors.
const maxSize = 512 << 10

// Load reads the policy file at a path. Every fault is an *Error, several joined
// by errors.Join; a file that cannot be opened keeps its cause (fs.ErrNotExist).
func Load(path string, known Known) (*Policy, error) {
	data, err := Read(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, data, known)
}

// Read returns the bytes of the policy file at a path, for a caller that keeps them.
// Its fault is an *Error, as for Load.
func Read(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer file.Close()
	// One byte more than allowed, so that Parse sees that the file is too large.
	data, err := io.ReadAll(io.LimitReader(file, maxSize+1))
	if err != nil {
		return nil, unreadable(path, err)
	}
	return data, nil
}

func unreadable(path string, err error) error {
	reason := err
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		reason = pathError.Err // the path stands in front already
	}
	return &Error{
		File: path, What: "the policy file cannot be read: " + oneLine(reason.Error()),
		Do: "give the path of a readable file, or none for the defaults", cause: err,
	}
}

// Parse reads a policy from the bytes of a file, under the name to use in errors.
// Faults are as for Load, at most 20 of them, in order of place.
func Parse(name string, data []byte, known Known) (*Policy, error) {
	r := &reader{name: name, known: known}
	policy := &Policy{}
	if r.plainText(data) {
		if root := r.document(data); root != nil && r.plainNodes(root) {
			r.policy(root, policy)
		}
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return policy, nil
}

// plainText reports what no YAML parser should be given: a file too large, in
// another encoding, or with control characters, for which the parser has no place.
func (r *reader) plainText(data []byte) bool {
	if len(data) > maxSize {
		r.failAt(1, 1, fmt.Sprintf("the file is larger than %d bytes", maxSize), "give a policy file")
		return false
	}
	line, column := 1, 1
	for rest := data; len(rest) > 0; {
		c, size := utf8.DecodeRune(rest)
		switch {
		case c == utf8.RuneError && size == 1:
			r.failAt(line, column, "the file is not UTF-8 text", "save it in the encoding UTF-8")
			return false
		case c == '\n':
			line, column = line+1, 0
		case control(c):
			r.failAt(line, column, fmt.Sprintf("the control character U+%04X is not allowed", c), "remove it")
			return false
		}
		column++
		rest = rest[size:]
	}
	return true
}

// control says whether YAML bars a character: its production c-printable, the line
// feed aside, which the caller counts.
func control(c rune) bool {
	return c < ' ' && c != '\t' && c != '\r' || c == 0x7f || c >= 0x80 && c < 0xa0 && c != 0x85 || c == 0xfffe || c == 0xffff
}

// document parses the text into nodes and returns the root of its only document,
// or nil: the file is empty, or at fault.
func (r *reader) document(data []byte) *yaml.Node {
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	if err != nil {
		r.syntax(err)
		return nil
	}
	var first, second yaml.Node
	if err := loader.Load(&first); errors.Is(err, io.EOF) {
		return nil
	} else if err != nil {
		r.syntax(err)
		return nil
	}
	if err := loader.Load(&second); err == nil {
		r.fail(&second, "a second document begins here", "keep one document: remove this line and what follows, or merge the two")
		return nil
	} else if !errors.Is(err, io.EOF) {
		r.syntax(err)
		return nil
	}
	if len(first.Content) != 1 {
		return nil
	}
	root := first.Content[0]
	if root.Kind == yaml.ScalarNode && root.ShortTag() == "!!null" && root.Style&yaml.TaggedStyle == 0 && root.Anchor == "" {
		return nil
	}
	return root
}

func (r *reader) syntax(err error) {
	const do = "correct the YAML here; indent with spaces, not tabs"
	var at *yaml.LoadError
	if !errors.As(err, &at) {
		r.failAt(1, 1, "not valid YAML: "+err.Error(), do)
		return
	}
	what := "not valid YAML: " + at.Message
	if at.ContextMsg != "" {
		what += " " + at.ContextMsg
	}
	r.failAt(at.Mark.Line, at.Mark.Column, what, do)
}

// plainNodes reports anchors, aliases and tags anywhere in the file. Aliases can
// make a small file stand for a huge one, and tags change what a value is; a
// policy needs neither.
func (r *reader) plainNodes(n *yaml.Node) bool {
	switch {
	case n.Kind == yaml.AliasNode:
		r.fail(n, fmt.Sprintf("aliases such as *%s are not allowed", shorten(n.Value)), "write the value out")
	case n.Anchor != "":
		r.fail(n, fmt.Sprintf("anchors such as &%s are not allowed", shorten(n.Anchor)), "remove it")
	case n.Style&yaml.TaggedStyle != 0:
		r.fail(n, fmt.Sprintf("tags such as %s are not allowed", shorten(n.Tag)), "remove it")
	}
	for _, child := range n.Content { // an alias has no content: what it refers to is not followed
		if r.full() {
			break
		}
		r.plainNodes(child)
	}
	return len(r.faults) == 0
}
