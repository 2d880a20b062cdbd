package policyfile

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// kind is one type that a parameter may have: how its value is read, and the JSON
// Schema that says the same.
type kind struct {
	schema map[string]any
	// read returns the value in the Go type of the default; false when it has
	// reported why it cannot. Subject names the value in messages.
	read func(r *reader, n *yaml.Node, subject string) (any, bool)
}

// kindOf returns the kind of a parameter by its default; false for a Go type that
// CheckInfo does not list.
func kindOf(value any) (kind, bool) {
	switch value.(type) {
	case bool:
		return boolean, true
	case int:
		return amount, true
	case float64:
		return number, true
	case string:
		return text, true
	case []string:
		return listOf[string](text), true
	case []int:
		return listOf[int](integer), true
	case [][]string:
		return listOf[[]string](listOf[string](text)), true
	case []any:
		return listOf[any](port), true
	case map[string]int:
		return mapOf[int](integer), true
	case map[string]string:
		return mapOf[string](text), true
	case map[string][]string:
		return mapOf[[]string](listOf[string](text)), true
	}
	return kind{}, false
}

// maxInteger is the largest whole number that every JSON reader holds exactly,
// 2^53-1; its negative is the smallest.
const maxInteger = 1<<53 - 1

// Numbers are taken in plain decimal only: YAML reads 010 as 8, 0x10 as 16 and
// 1_0 as 10, which in a policy is more likely a mistake.
var (
	plainInteger = regexp.MustCompile(`^[+-]?(0|[1-9][0-9]*)$`)
	plainNumber  = regexp.MustCompile(`^[+-]?(0|[1-9][0-9]*)?(\.[0-9]*)?([eE][+-]?[0-9]+)?$`)
	// 0 to 65535, for a range "a-b".
	portNumber = `(0|[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])`
	portRange  = regexp.MustCompile(`^` + portNumber + `-` + portNumber + `$`)
)

var boolean = kind{
	schema: map[string]any{"type": "boolean"},
	read: func(r *reader, n *yaml.Node, subject string) (any, bool) {
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
			return r.mismatch(n, subject, "true or false", "write true or false, without quotes")
		}
		return strings.EqualFold(n.Value, "true"), true
	},
}

// amount is an integer by itself: a number of days, copies or characters. In lists an integer
// may be negative, as the type -1 of ICMP is.
var amount = kind{
	schema: map[string]any{"type": "integer", "minimum": 0, "maximum": maxInteger},
	read: func(r *reader, n *yaml.Node, subject string) (any, bool) {
		value, ok := integer.read(r, n, subject)
		if i, is := value.(int); ok && is && i < 0 {
			return r.mismatch(n, subject, "0 or more", "write a number that is not negative")
		}
		return value, ok
	},
}

var integer = kind{
	schema: map[string]any{"type": "integer", "minimum": -maxInteger, "maximum": maxInteger},
	read: func(r *reader, n *yaml.Node, subject string) (any, bool) {
		const do = "write it in plain digits, such as 14, without quotes"
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || !plainInteger.MatchString(n.Value) {
			return r.mismatch(n, subject, "a whole number", do)
		}
		value, err := strconv.Atoi(n.Value)
		if err != nil || value > maxInteger || value < -maxInteger {
			return r.mismatch(n, subject, "a whole number of at most 15 digits", do)
		}
		return value, true
	},
}

var number = kind{
	schema: map[string]any{"type": "number"},
	read: func(r *reader, n *yaml.Node, subject string) (any, bool) {
		const do = "write it in plain digits, such as 0.5, without quotes"
		tag := n.ShortTag()
		if n.Kind != yaml.ScalarNode || tag != "!!int" && tag != "!!float" || !plainNumber.MatchString(n.Value) {
			return r.mismatch(n, subject, "a number", do)
		}
		value, err := strconv.ParseFloat(n.Value, 64)
		if err != nil {
			return r.mismatch(n, subject, "a number of ordinary size", do)
		}
		return value + 0, true // turns -0 into 0: the canonical form has one zero
	},
}

var text = kind{
	schema: map[string]any{"type": "string"},
	read: func(r *reader, n *yaml.Node, subject string) (any, bool) {
		// A date is text to us, though YAML has a type for it.
		if tag := n.ShortTag(); n.Kind != yaml.ScalarNode || tag != "!!str" && tag != "!!timestamp" {
			return r.mismatch(n, subject, "text", "put it in quotes if it is meant")
		}
		return n.Value, true
	},
}

var port = kind{
	schema: map[string]any{"$ref": "#/$defs/port"},
	read: func(r *reader, n *yaml.Node, subject string) (any, bool) {
		const want, do = `a port from 0 to 65535 or a range "a-b"`, `write 443 (without quotes) or "5900-5909"`
		if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" {
			ends := portRange.FindStringSubmatch(n.Value)
			if ends == nil {
				return r.mismatch(n, subject, want, do)
			}
			// The pattern leaves nothing that Atoi could refuse.
			from, _ := strconv.Atoi(ends[1])
			to, _ := strconv.Atoi(ends[2])
			if from > to {
				r.fail(n, fmt.Sprintf("%s is the range %s, which ends before it begins", subject, quote(n.Value)), "write the lower port first")
				return nil, false
			}
			return n.Value, true
		}
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || !plainInteger.MatchString(n.Value) {
			return r.mismatch(n, subject, want, do)
		}
		value, err := strconv.Atoi(n.Value)
		if err != nil || value < 0 || value > 65535 {
			return r.mismatch(n, subject, want, do)
		}
		return value, true
	},
}

// listOf is a list of one kind, whose values have type T.
func listOf[T any](element kind) kind {
	return kind{
		schema: map[string]any{"type": "array", "items": element.schema},
		read: func(r *reader, n *yaml.Node, subject string) (any, bool) {
			nodes, ok := r.items(n, subject)
			out := make([]T, 0, len(nodes))
			for i, node := range nodes {
				if r.full() {
					return nil, false
				}
				value, good := element.read(r, node, fmt.Sprintf("item %d of %s", i+1, subject))
				if !good {
					ok = false
					continue
				}
				out = append(out, value.(T))
			}
			return out, ok
		},
	}
}

// mapOf is a mapping from text to one kind, whose values have type T.
func mapOf[T any](element kind) kind {
	return kind{
		schema: map[string]any{"type": "object", "additionalProperties": element.schema},
		read: func(r *reader, n *yaml.Node, subject string) (any, bool) {
			entries, ok := r.entries(n, subject)
			out := make(map[string]T, len(entries))
			for _, e := range entries {
				value, good := element.read(r, e.value, fmt.Sprintf("%s of %s", quote(e.key), subject))
				if !good {
					ok = false
					continue
				}
				out[e.key] = value.(T)
			}
			return out, ok
		},
	}
}

func (r *reader) mismatch(n *yaml.Node, subject, want, do string) (any, bool) {
	r.fail(n, fmt.Sprintf("%s must be %s, not %s", subject, want, describe(n)), do)
	return nil, false
}
