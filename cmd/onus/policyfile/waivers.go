package policyfile

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"go.yaml.in/yaml/v4"

	"onus/checks/networks"
)

// Waiver is one exception that somebody answers for: findings of a check that fail, or
// cannot be told, and are accepted until a day.
type Waiver struct {
	Check string `json:"check"` // an id, or a glob over ids
	// One of the two: a glob over the ids of resources, or how a finding's id begins.
	Resource string `json:"resource,omitempty"`
	Finding  string `json:"finding,omitempty"`
	Reason   string `json:"reason"`
	Owner    string `json:"owner"`
	Expires  string `json:"expires"` // YYYY-MM-DD: the last day on which it holds, in UTC
}

// waiverKeys are the keys of a waiver, in the order in which messages list them.
var waiverKeys = []string{"check", "resource", "finding", "reason", "owner", "expires"}

// findingPrefix is a finding's id, or enough of its beginning to mean one.
var findingPrefix = regexp.MustCompile(`^[0-9a-f]{12,64}$`)

// dayForm is how a day is written. That it exists is for time.Parse to say.
var dayForm = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`)

// checkGlob is a check's id, or a glob over ids.
var checkGlob = regexp.MustCompile(`^[a-z0-9*?-]+$`)

// waivers keeps the order of the file: where several fit and expire on one day, the first
// is taken.
func (r *reader) waivers(p *Policy, n *yaml.Node) {
	nodes, _ := r.items(n, "waivers")
	for i, node := range nodes {
		if r.full() {
			break
		}
		if w, ok := r.waiver(node, fmt.Sprintf("item %d of waivers", i+1)); ok {
			p.Waivers = append(p.Waivers, w)
		}
	}
}

func (r *reader) waiver(n *yaml.Node, subject string) (w Waiver, ok bool) {
	entries, ok := r.entries(n, subject)
	if !ok {
		return w, false
	}
	before := len(r.faults)
	given := map[string]*yaml.Node{}
	for _, e := range entries {
		given[e.key] = e.at
		switch e.key {
		case "check":
			w.Check = r.waivedCheck(e.value)
		case "resource":
			w.Resource = r.filled(e.value, "resource", `give a glob over the resource's id, such as "arn:aws:s3:::press-*"`)
		case "finding":
			w.Finding = r.waivedFinding(e.value)
		case "reason":
			w.Reason = r.filled(e.value, "reason", "say why this is accepted")
		case "owner":
			w.Owner = r.filled(e.value, "owner", "name who answers for it")
		case "expires":
			w.Expires = r.day(e.value)
		default:
			r.unknown(e.at, "key", e.key, waiverKeys, "use one of "+strings.Join(waiverKeys, ", "))
		}
	}
	for _, key := range []string{"check", "reason", "owner", "expires"} {
		if given[key] == nil {
			r.fail(n, fmt.Sprintf("%s has no %s", subject, key), "a waiver needs check, resource or finding, reason, owner and expires")
		}
	}
	switch resource, finding := given["resource"], given["finding"]; {
	case resource == nil && finding == nil:
		r.fail(n, subject+" has neither resource nor finding", `give one of them; resource: "*" means every resource`)
	case resource != nil && finding != nil:
		later := finding
		if resource.Line > finding.Line || resource.Line == finding.Line && resource.Column > finding.Column {
			later = resource
		}
		r.fail(later, subject+" has both resource and finding", "keep one of them: a finding is of one resource")
	}
	return w, len(r.faults) == before
}

// waivedCheck refuses what no check can be meant by, so that a slip does not leave a
// waiver that waives nothing.
func (r *reader) waivedCheck(n *yaml.Node) string {
	const do = `see "onus checks list" for the ids`
	word := r.filled(n, "check", do)
	if word == "" {
		return ""
	}
	ids := slices.Sorted(maps.Keys(r.known.Checks))
	switch {
	case !strings.ContainsAny(word, "*?"):
		if _, ok := r.known.Checks[word]; !ok {
			r.unknown(n, "check", word, ids, do)
			return ""
		}
	case !checkGlob.MatchString(word) || !slices.ContainsFunc(ids, func(id string) bool { return networks.Glob(word, id) }):
		r.fail(n, fmt.Sprintf("the glob %s fits no check", quote(word)), do)
		return ""
	}
	return word
}

func (r *reader) waivedFinding(n *yaml.Node) string {
	const do = `give 12 of its first characters or more, in quotes, as the result and "onus explain" have them`
	// Without quotes, 123456789012 and 12e456789012 are numbers to YAML.
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" || !findingPrefix.MatchString(n.Value) {
		r.mismatch(n, "finding", "a finding's id or 12 to 64 of its first characters (0-9, a-f)", do)
		return ""
	}
	return n.Value
}

// day reads a date. It must exist: 2026-02-30 is a slip, and nobody knows for which day.
func (r *reader) day(n *yaml.Node) string {
	const want, do = "a date, the last day on which it holds (UTC)", "write it as YYYY-MM-DD, such as 2026-12-31"
	value, ok := text.read(r, n, "expires")
	if !ok {
		return ""
	}
	day := value.(string)
	if !dayForm.MatchString(day) {
		r.mismatch(n, "expires", want, do)
		return ""
	}
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		r.fail(n, fmt.Sprintf("expires is %s, and there is no such day", day), do)
		return ""
	}
	return day
}

// filled is a text in which something can be read.
func (r *reader) filled(n *yaml.Node, subject, do string) string {
	value, ok := text.read(r, n, subject)
	if !ok {
		return ""
	}
	if !strings.ContainsFunc(value.(string), visible) {
		r.fail(n, subject+" is empty", do)
		return ""
	}
	return value.(string)
}

// visible says whether a character shows. Unicode has more blanks than a reason should
// consist of.
func visible(c rune) bool { return unicode.IsGraphic(c) && !unicode.IsSpace(c) }

func waiversSchema(known Known) any {
	text := func(description string) any {
		return map[string]any{"description": description, "type": "string", "pattern": `[^\s\p{C}\p{Z}]`}
	}
	ids := slices.Sorted(maps.Keys(known.Checks))
	return map[string]any{
		"description": "Findings that fail or cannot be told, and are accepted until a day. Where several fit, the one that expires last is taken, then the first of the file.",
		"type":        "array",
		"items": map[string]any{
			"type": "object",
			"properties": map[string]any{
				"check": map[string]any{"description": "Id of a check, or a glob (* and ?) over ids.", "anyOf": []any{
					map[string]any{"type": "string", "enum": ids},
					map[string]any{"type": "string", "pattern": `^[a-z0-9*?-]*[*?][a-z0-9*?-]*$`},
				}},
				"resource": text("A glob (* and ?) over the resource's id, which is its ARN where it has one."),
				"finding":  map[string]any{"description": "A finding's id, or at least 12 of its first characters.", "type": "string", "pattern": findingPrefix.String()},
				"reason":   text("Why this is accepted."),
				"owner":    text("Who answers for it."),
				"expires":  map[string]any{"description": "The last day on which it holds, in UTC.", "type": "string", "format": "date", "pattern": dayForm.String()},
			},
			"required":             []string{"check", "reason", "owner", "expires"},
			"oneOf":                []any{map[string]any{"required": []string{"resource"}}, map[string]any{"required": []string{"finding"}}},
			"additionalProperties": false,
		},
	}
}
