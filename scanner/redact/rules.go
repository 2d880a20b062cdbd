package redact

import (
	"fmt"
	"math"
	"regexp"
	"sort"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"
	"github.com/zricethezav/gitleaks/v8/config"
)

// genericRule is the library's rule for "a name that sounds secret, and a value of
// high entropy". It is the only one that guesses, so it counts for less.
const genericRule = "generic-api-key"

// rule is one detector.
type rule struct {
	id       string
	regex    *regexp.Regexp
	keywords []string // lower case; the rule runs only on a text with one of them
	exact    bool     // holds also inside opaque tokens: it cannot match by chance
	weight   int      // of two rules for the same text the heavier names it

	// pick returns the secret's bounds in text from the indexes of a match, or false
	// when there is none after all. The library's rules have their own way instead.
	pick func(text string, loc []int) (start, end int, ok bool)

	group   int // the library's: the group of the secret; 0 for the first that is not empty
	entropy float64
	allow   []*config.Allowlist
}

// catalogue is all rules and the index of their keywords. It is immutable.
type catalogue struct {
	rules    []rule
	ids      map[string]bool
	keywords *automaton
	exact    ruleSet
	allow    []*config.Allowlist // for every rule of the library
}

// loadCatalogue compiles the rules, once in a process and only when something is
// redacted: starting the program costs nothing of it.
var loadCatalogue = sync.OnceValues(newCatalogue)

func newCatalogue() (*catalogue, error) {
	lib, err := libraryConfig()
	if err != nil {
		return nil, err
	}
	c := &catalogue{rules: ownRules(), ids: map[string]bool{}, allow: lib.Allowlists}
	for _, r := range lib.GetOrderedRules() {
		if r.Regex == nil { // judges file names only
			continue
		}
		weight := 2
		if r.RuleID == genericRule {
			weight = 0
		}
		c.rules = append(c.rules, rule{
			id: r.RuleID, regex: r.Regex, keywords: r.Keywords, weight: weight,
			exact: r.RuleID == "private-key", group: r.SecretGroup, entropy: r.Entropy, allow: r.Allowlists,
		})
	}
	if len(c.rules) > maxRules {
		return nil, fmt.Errorf("secret detectors: %d rules, can number %d", len(c.rules), maxRules)
	}
	words := make([][]string, len(c.rules))
	for i, r := range c.rules {
		if len(r.keywords) == 0 {
			return nil, fmt.Errorf("secret detectors: rule %q has no keyword and would never run", r.id)
		}
		words[i] = r.keywords
		c.ids[r.id] = true
		if r.exact {
			c.exact.add(i)
		}
	}
	c.ids[unreadableRule], c.ids[malformedRule] = true, true
	c.keywords = newAutomaton(words)
	return c, nil
}

// libraryConfig reads gitleaks' built-in rules. Its detect package is left out: it
// brings archive readers and git, and scans files, not strings.
func libraryConfig() (config.Config, error) {
	var raw config.ViperConfig
	if err := toml.Unmarshal([]byte(config.DefaultConfig), &raw); err != nil {
		return config.Config{}, fmt.Errorf("secret detectors: read the library's rules: %w", err)
	}
	lib, err := raw.Translate()
	if err != nil {
		return config.Config{}, fmt.Errorf("secret detectors: compile the library's rules: %w", err)
	}
	return lib, nil
}

// match is one secret in a text: text[start:end].
type match struct {
	rule       *rule
	start, end int
	entropy    float64
}

// find returns the secrets of text in order. Where several rules overlap it is one
// secret, named by the heaviest rule. With exactOnly only rules run that cannot match
// random letters.
func (c *catalogue) find(text string, exactOnly bool) []match {
	hit := c.keywords.match(text)
	if hit.empty() {
		return nil
	}
	var found []match
	for i := range c.rules {
		if !hit.has(i) || exactOnly && !c.exact.has(i) {
			continue
		}
		r := &c.rules[i]
		found = c.run(r, text, found)
	}
	return joined(text, found)
}

func joined(text string, found []match) []match {
	if len(found) < 2 {
		return found
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].start < found[j].start })
	out, overlap := found[:1], false
	end := func() {
		if last := &out[len(out)-1]; overlap {
			last.entropy = entropy(text[last.start:last.end])
		}
		overlap = false
	}
	for _, m := range found[1:] {
		last := &out[len(out)-1]
		if m.start >= last.end {
			end()
			out = append(out, m)
			continue
		}
		overlap = true
		if m.rule.weight > last.rule.weight {
			last.rule = m.rule
		}
		if m.end > last.end {
			last.end = m.end
		}
	}
	end()
	return out
}

// run appends what one rule finds. The search goes on behind the secret, or behind the
// name where there was none: a rejected value may hold the next assignment. A text in
// which that goes over the same bytes again and again loses its rest unread.
func (c *catalogue) run(r *rule, text string, found []match) []match {
	work := 0 // bytes that matches covered, each time counted
	for from := 0; from < len(text); {
		if work > 4*len(text)+1<<20 {
			return append(found, match{r, from, len(text), 0})
		}
		loc := r.regex.FindStringSubmatchIndex(text[from:])
		if loc == nil {
			return found
		}
		for i := range loc {
			if loc[i] >= 0 {
				loc[i] += from
			}
		}
		work += loc[1] - from
		m, ok := c.judge(r, text, loc)
		switch {
		case ok && !c.insideMarker(text, m):
			found = append(found, m)
			from = max(m.end, from+1)
		case r.id == assignmentRule:
			from = max(loc[5], from+1) // the separator's end
		default:
			from = max(loc[1], from+1)
		}
	}
	return found
}

// judge decides whether a match of a rule's expression is a secret, and which part.
func (c *catalogue) judge(r *rule, text string, loc []int) (match, bool) {
	if r.pick != nil {
		start, end, ok := r.pick(text, loc)
		return match{r, start, end, entropy(text[start:end])}, ok && start < end
	}
	start, end := loc[0], loc[1]
	for g := 1; g < len(loc)/2; g++ {
		if (r.group == 0 && loc[2*g] < loc[2*g+1]) || r.group == g {
			start, end = loc[2*g], loc[2*g+1]
			break
		}
	}
	if start < 0 || start >= end {
		return match{}, false
	}
	secret, whole := text[start:end], strings.Trim(text[loc[0]:loc[1]], "\n")
	m := match{r, start, end, entropy(secret)}
	if r.entropy != 0 && m.entropy <= r.entropy || awsExample(secret) || innocent(secret) {
		return match{}, false
	}
	if r.id == genericRule && (inARN(text, start) || structural(whole, secret)) {
		return match{}, false
	}
	line := lineAround(text, start, end)
	return m, !allowed(c.allow, secret, whole, line) && !allowed(r.allow, secret, whole, line)
}

// allowed tells whether one of the library's allow-lists exempts a secret. Their
// conditions on files and commits do not apply here.
func allowed(lists []*config.Allowlist, secret, whole, line string) bool {
	for _, a := range lists {
		target := secret
		switch a.RegexTarget {
		case "match":
			target = whole
		case "line":
			target = line
		}
		byRegex := a.RegexAllowed(target)
		byWord, _ := a.ContainsStopWord(secret)
		if a.MatchCondition == config.AllowlistMatchAnd {
			if len(a.Commits) == 0 && len(a.Paths) == 0 &&
				(len(a.Regexes) == 0 || byRegex) && (len(a.StopWords) == 0 || byWord) {
				return true
			}
		} else if byRegex || byWord {
			return true
		}
	}
	return false
}

// lineAround is the line on which a secret stands, of a very long one the part near it.
func lineAround(text string, start, end int) string {
	const most = 1 << 8
	before, after := text[max(0, start-most):start], text[end:min(len(text), end+most)]
	before = before[strings.LastIndexByte(before, '\n')+1:]
	after, _, _ = strings.Cut(after, "\n")
	return text[start-len(before) : end+len(after)]
}

// entropy is Shannon's, in bits for each character.
func entropy(s string) float64 {
	count := map[rune]int{}
	total := 0
	for _, r := range s {
		count[r]++
		total++
	}
	sum := 0.0
	for _, n := range count {
		p := float64(n) / float64(total)
		sum -= p * math.Log2(p)
	}
	return sum
}
