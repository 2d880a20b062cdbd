// Package envelope reads the marks that clients leave on objects which they encrypted
// before upload: the metadata of the Amazon S3 Encryption Client in its three formats, and
// its instruction files. It leaves the verdicts to the checks. A mark is evidence that an
// object was encrypted, and no proof: whoever writes an object chooses its metadata.
//
// Source: the specification of the Amazon S3 Encryption Client ("Content Metadata",
// "Metadata Strategies"). It counts formats, which are not the versions of the clients:
//
//	1  x-amz-key with x-amz-iv
//	2  x-amz-key-v2 with x-amz-iv; x-amz-wrap-alg and x-amz-cek-alg name the methods
//	3  x-amz-3 with x-amz-d (the key commitment) and x-amz-i; x-amz-c and x-amz-w name the methods
//
// With an instruction file, KEY.instruction by default, formats 1 and 2 leave nothing on
// the object itself; format 3 leaves x-amz-c, x-amz-d and x-amz-i. The mark
// x-amz-crypto-instr-file stands on the instruction file.
package envelope

import (
	"slices"
	"strings"

	"onus/scanner/snapshot"
)

// Form is the way in which an object is marked.
type Form uint8

// The forms. InFile is an instruction file beside an object that says nothing itself; Other
// is a mark of another client.
const (
	None Form = iota
	Format1
	Format2
	Format3
	InFile
	Other
)

// String names the form as reasons do.
func (f Form) String() string {
	return [...]string{"no mark", "format 1", "format 2", "format 3", "an instruction file", "a declared mark"}[f]
}

// Mark is what an object shows of its encryption by a client.
type Mark struct {
	Form    Form
	Content string // the method of the content; "" where nothing names it
	Wrap    string // the method by which the data key was wrapped; "" where nothing names it
	// Mixed says that marks of several formats stand side by side. The client refuses such
	// an object.
	Mixed bool
}

// instruction is the mark of an instruction file.
const instruction = "x-amz-crypto-instr-file"

// IsInstruction says that an object is an instruction file and not data: by its own mark, or
// because its key is that of another listed object and the suffix. A name alone is not
// enough: data could hide behind it.
func IsInstruction(o snapshot.SampledObject, h snapshot.ObjectHead, suffix string) bool {
	_, marked := h.Metadata[instruction]
	return marked || suffix != "" && slices.Contains(o.Follows, suffix)
}

// Of reads an object's marks. followed are the ends of the listed keys that begin with its
// key, suffix that of instruction files, and markers the metadata names by which other
// clients are known.
func Of(h snapshot.ObjectHead, followed []string, suffix string, markers []string) Mark {
	has := func(names ...string) bool {
		for _, n := range names {
			if h.Metadata[n] == "" { // a name without a value marks nothing
				return false
			}
		}
		return true
	}
	m := Mark{Content: h.Metadata["x-amz-cek-alg"], Wrap: h.Metadata["x-amz-wrap-alg"]}
	switch {
	case has("x-amz-d", "x-amz-i") && (has("x-amz-3") || has("x-amz-c")):
		m.Form, m.Content, m.Wrap = Format3, h.Metadata["x-amz-c"], h.Metadata["x-amz-w"]
		m.Mixed = has("x-amz-key") || has("x-amz-key-v2")
	case has("x-amz-key-v2", "x-amz-iv"):
		m.Form = Format2
		m.Mixed = has("x-amz-key")
	case has("x-amz-key", "x-amz-iv"):
		m.Form = Format1
	case suffix != "" && slices.Contains(followed, suffix):
		m.Form = InFile
	default:
		for _, name := range markers {
			if has(strings.ToLower(name)) {
				m.Form = Other
			}
		}
	}
	return m
}

// The methods that the client's specification names, in the forms in which metadata holds
// them. The outdated ones are those that its current versions only read, and only if told.
var (
	contents = map[string]bool{"AES/GCM/NoPadding": true, "115": true, "AES/CBC/PKCS5Padding": false}
	wraps    = map[string]bool{"AES/GCM": true, "kms+context": true, "RSA-OAEP-SHA1": true, "02": true, "12": true, "22": true,
		"kms": false, "AESWrap": false, "RSA/ECB/OAEPWithSHA-256AndMGF1Padding": false}
)

// Outdated says which methods of a mark are outdated, and whether there is one of which the
// specification says nothing. What nothing names is not judged here.
func (m Mark) Outdated() (which []string, unknown string) {
	if m.Form == Format1 {
		return []string{"format 1 (x-amz-key)"}, ""
	}
	for _, method := range []struct {
		name  string
		known map[string]bool
	}{{m.Content, contents}, {m.Wrap, wraps}} {
		current, known := method.known[method.name]
		switch {
		case method.name == "":
		case !known:
			unknown = method.name
		case !current:
			which = append(which, method.name)
		}
	}
	return which, unknown
}
