package policyfile

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"onus/checks/regions/residency"
)

// section is one key at the top of a policy file: how it is read, and the schema
// that says the same.
type section struct {
	key    string
	read   func(*reader, *Policy, *yaml.Node)
	schema func(Known) any
}

// sections are all keys of a policy file. They are in a function as some of their
// readers need the list themselves.
func sections() []section {
	return []section{
		{"residency", (*reader).residency, residencySchema},
		{"allowed_regions", (*reader).allowedRegions, allowedRegionsSchema},
		{"closed_regions", (*reader).closedRegions, closedRegionsSchema},
		{"known_accounts", (*reader).knownAccounts, knownAccountsSchema},
		{"checks", (*reader).checks, checksSchema},
		{"waivers", (*reader).waivers, waiversSchema},
	}
}

func sectionKeys() []string {
	var keys []string
	for _, s := range sections() {
		keys = append(keys, s.key)
	}
	return keys
}

func (r *reader) policy(root *yaml.Node, p *Policy) {
	entries, _ := r.entries(root, "the policy")
	given := map[string]*yaml.Node{}
	for _, e := range entries {
		given[e.key] = e.at
		i := slices.IndexFunc(sections(), func(s section) bool { return s.key == e.key })
		if i < 0 {
			r.unknown(e.at, "key", e.key, sectionKeys(), "use one of "+strings.Join(sectionKeys(), ", "))
			continue
		}
		sections()[i].read(r, p, e.value)
	}
	words, regions := given["residency"], given["allowed_regions"]
	if words == nil || regions == nil {
		return
	}
	later := words
	if regions.Line > words.Line || regions.Line == words.Line && regions.Column > words.Column {
		later = regions
	}
	r.fail(later, "residency and allowed_regions are both given", "keep one of them: residency expands to Regions, allowed_regions lists them")
}

func (r *reader) residency(p *Policy, n *yaml.Node) {
	const do = "use a country (de), eu, eea, us, uk, or a Region (eu-central-1)"
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		nodes = n.Content
		if len(nodes) == 0 {
			r.fail(n, "residency is an empty list", "name a place, or remove the key if none is declared")
		}
	}
	var words []string
	for _, node := range nodes {
		if r.full() {
			return
		}
		if node.Kind != yaml.ScalarNode || node.ShortTag() != "!!str" {
			r.mismatch(node, "residency", "a word or a list of words", do)
			continue
		}
		_, err := residency.Expand([]string{node.Value})
		var unknown *residency.UnknownError
		if errors.As(err, &unknown) {
			advice := do
			if unknown.Nearest != "" {
				advice = fmt.Sprintf("did you mean %q?", unknown.Nearest)
			}
			r.fail(node, fmt.Sprintf("unknown residency %s (no Region lies there by the table of %s)", quote(node.Value), residency.Date), advice)
			continue
		}
		words = append(words, strings.ToLower(node.Value))
	}
	regions, err := residency.Expand(words)
	if err != nil { // not to be expected, as each word was expanded above; never to be passed over
		r.fail(n, err.Error(), do)
		return
	}
	p.Residency, p.ResidencyTable, p.AllowedRegions = set(words), residency.Date, regions
}

func (r *reader) allowedRegions(p *Policy, n *yaml.Node) {
	if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		r.fail(n, "allowed_regions is an empty list", "list a Region, or remove the key if none is declared")
		return
	}
	p.AllowedRegions = r.regions(n, "allowed_regions")
}

func (r *reader) closedRegions(p *Policy, n *yaml.Node) {
	p.ClosedRegions = r.regions(n, "closed_regions")
}

func (r *reader) regions(n *yaml.Node, subject string) []string {
	var out []string
	nodes, _ := r.items(n, subject)
	for i, node := range nodes {
		if r.full() {
			break
		}
		value, ok := text.read(r, node, fmt.Sprintf("item %d of %s", i+1, subject))
		if !ok {
			continue
		}
		if _, ok := residency.Lookup(value.(string)); !ok {
			r.unknown(node, "Region", value.(string), regionNames(), "use a Region's code as AWS writes it, known by "+residency.Date)
			continue
		}
		out = append(out, value.(string))
	}
	return set(out)
}

func regionNames() []string {
	var out []string
	for _, region := range residency.All() {
		out = append(out, region.Name)
	}
	return out
}

var accountID = regexp.MustCompile(`^[0-9]{12}$`)

// knownAccounts goes by the digits as written: YAML takes an unquoted 012345678901
// for a number and would drop its zero, or read it as octal.
func (r *reader) knownAccounts(p *Policy, n *yaml.Node) {
	var out []string
	nodes, _ := r.items(n, "known_accounts")
	for i, node := range nodes {
		if r.full() {
			break
		}
		if node.Kind != yaml.ScalarNode || !accountID.MatchString(node.Value) {
			r.mismatch(node, fmt.Sprintf("item %d of known_accounts", i+1), "an account id of 12 digits", `write it with its leading zeros, such as "012345678901"`)
			continue
		}
		out = append(out, node.Value)
	}
	p.KnownAccounts = set(out)
}

func (r *reader) checks(p *Policy, n *yaml.Node) {
	entries, _ := r.entries(n, "checks")
	p.Checks = make(map[string]Setting, len(entries))
	for _, e := range entries {
		info, ok := r.known.Checks[e.key]
		if !ok {
			r.unknown(e.at, "check", e.key, slices.Collect(maps.Keys(r.known.Checks)), `see "onus checks list" for the ids`)
			continue
		}
		p.Checks[e.key] = r.setting(e.key, info, e.value)
	}
}

func (r *reader) setting(id string, info CheckInfo, n *yaml.Node) Setting {
	var out Setting
	keys := []string{"enabled", "severity", "parameters"}
	entries, _ := r.entries(n, id)
	for _, e := range entries {
		switch e.key {
		case "enabled":
			if value, ok := boolean.read(r, e.value, "enabled"); ok {
				enabled := value.(bool)
				out.Enabled = &enabled
			}
		case "severity":
			out.Severity = r.severity(e.value)
		case "parameters":
			out.Parameters = r.parameters(id, info, e.value)
		default:
			r.unknown(e.at, "key", e.key, keys, "use one of "+strings.Join(keys, ", "))
		}
	}
	return out
}

func (r *reader) severity(n *yaml.Node) string {
	do := "use one of " + strings.Join(Severities, ", ")
	value, ok := text.read(r, n, "severity")
	if !ok {
		return ""
	}
	if !slices.Contains(Severities, value.(string)) {
		r.unknown(n, "severity", value.(string), Severities, do)
		return ""
	}
	return value.(string)
}

func (r *reader) parameters(id string, info CheckInfo, n *yaml.Node) map[string]any {
	entries, _ := r.entries(n, "parameters")
	out := make(map[string]any, len(entries))
	for _, e := range entries {
		fallback, ok := info.Parameters[e.key]
		if !ok {
			names := slices.Sorted(maps.Keys(info.Parameters))
			do := "remove it: the check has none"
			if len(names) > 0 {
				do = "use one of " + strings.Join(names, ", ")
			}
			r.unknown(e.at, "parameter", e.key, names, do)
			continue
		}
		kind, ok := kindOf(fallback)
		if !ok {
			r.fail(e.at, fmt.Sprintf("parameter %s of %s cannot be set in a policy", quote(e.key), id), "remove it")
			continue
		}
		value, ok := kind.read(r, e.value, "parameter "+quote(e.key))
		if !ok {
			continue
		}
		if info.Check != nil {
			if err := info.Check(e.key, value); err != nil {
				r.fail(e.value, fmt.Sprintf("parameter %s of %s is out of bounds: %v", quote(e.key), id, err), "change the value")
				continue
			}
		}
		out[e.key] = value
	}
	return out
}

// set sorts a list whose order and repetitions mean nothing.
func set(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
