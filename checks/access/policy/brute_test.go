package policy

import (
	"encoding/json"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// This file is a second evaluator, written from AWS's documents alone. It shares
// nothing with the engine: its own form of statements, regular expressions for
// patterns, two values and not three. It knows only whole worlds: every
// condition key has its value or is absent, and what AWS leaves open is settled
// by a coin.

// plainStatement is a statement before it becomes JSON.
type plainStatement struct {
	deny                                 bool
	principals                           []string // nil: an identity policy
	actions, resources                   []string
	notPrincipal, notAction, notResource bool
	conditions                           []plainCondition
}

type plainCondition struct {
	operator, key string
	values        []string
}

// json writes the statement as a policy has it.
func (s plainStatement) json() map[string]any {
	out := map[string]any{"Effect": "Allow"}
	if s.deny {
		out["Effect"] = "Deny"
	}
	put := func(name string, not bool, value any) {
		if not {
			name = "Not" + name
		}
		out[name] = value
	}
	put("Action", s.notAction, s.actions)
	put("Resource", s.notResource, s.resources)
	if s.principals != nil {
		who := map[string][]string{}
		for _, p := range s.principals {
			kind := "AWS"
			if strings.HasSuffix(p, ".amazonaws.com") {
				kind = "Service"
			}
			who[kind] = append(who[kind], p)
		}
		put("Principal", s.notPrincipal, who)
	}
	conditions := map[string]map[string][]string{}
	for _, c := range s.conditions {
		if conditions[c.operator] == nil {
			conditions[c.operator] = map[string][]string{}
		}
		conditions[c.operator][c.key] = c.values
	}
	if len(conditions) > 0 {
		out["Condition"] = conditions
	}
	return out
}

func render(list []plainStatement) string {
	all := []any{}
	for _, s := range list {
		all = append(all, s.json())
	}
	text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": all})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// world is everything about one request. Names are those of the caller that a
// policy can use: account first, then the role of a session, itself last.
type world struct {
	names            []string
	service          bool
	action, resource string
	keys             map[string][]string // in small letters; missing: absent
	coin             bool
	tossed           *bool // the coin was looked at
}

func (w *world) toss() bool {
	*w.tossed = true
	return w.coin
}

// once remembers what a function said: the worlds ask the same again and again, and
// regular expressions are slow under the race detector.
func once[K comparable, V any](f func(K) V) func(K) V {
	said := map[K]V{}
	return func(k K) V {
		v, ok := said[k]
		if !ok {
			v = f(k)
			said[k] = v
		}
		return v
	}
}

var (
	variables = regexp.MustCompile(`\$\{[^}]*\}`)

	// parts are the variables of a pattern and the characters between them.
	parts = once(func(pattern string) []string {
		return regexp.MustCompile(`(?s)\$\{[^}]*\}|.`).FindAllString(pattern, -1)
	})
	anything = once(func(pattern string) string { return variables.ReplaceAllString(pattern, "*") })
	compiled = once(func(expression string) *regexp.Regexp { return regexp.MustCompile("^(?:" + expression + ")$") })
	matched  = once(func(try struct{ expression, text string }) bool {
		return compiled(try.expression).MatchString(try.text)
	})
)

// fits tries a pattern with policy variables. Present is false where a variable
// has no value.
func (w *world) fits(pattern, text string, wild bool) (fits, present bool) {
	var expression strings.Builder
	present = true
	for _, part := range parts(pattern) {
		switch {
		case len(part) > 3:
			value := w.keys[strings.ToLower(part[2:len(part)-1])]
			if len(value) != 1 {
				present = false
				expression.WriteString("\x00")
				continue
			}
			expression.WriteString(regexp.QuoteMeta(value[0]))
		case wild && part == "*":
			expression.WriteString(".*")
		case wild && part == "?":
			expression.WriteString(".")
		default:
			expression.WriteString(regexp.QuoteMeta(part))
		}
	}
	return matched(struct{ expression, text string }{expression.String(), text}), present
}

func (w *world) about(s plainStatement) bool {
	action := slices.ContainsFunc(s.actions, func(p string) bool {
		ok, _ := w.fits(strings.ToLower(p), strings.ToLower(w.action), true)
		return ok
	})
	resource, missing := false, false
	for _, p := range s.resources {
		ok, present := w.fits(p, w.resource, true)
		resource = resource || ok
		// Only a pattern that some value would fit leaves anything open.
		might, _ := w.fits(anything(p), w.resource, true)
		missing = missing || !present && might
	}
	if s.notResource && !resource && missing {
		resource = w.toss()
	}
	return action != s.notAction && resource != s.notResource &&
		!slices.ContainsFunc(s.conditions, func(c plainCondition) bool { return !w.meets(c) })
}

// meets reads an operator's name from the outside in, as the User Guide does.
func (w *world) meets(c plainCondition) bool {
	values, present := w.keys[strings.ToLower(c.key)]
	if c.operator == "Null" {
		return slices.Contains(c.values, strconv.FormatBool(!present))
	}
	name, exists := strings.CutSuffix(c.operator, "IfExists")
	if exists && !present {
		return true
	}
	quantifier, name, set := cutSet(name)
	negated := strings.Contains(name, "Not")
	one := func(v string) bool {
		hit := slices.ContainsFunc(c.values, func(want string) bool { return w.compare(strings.Replace(name, "Not", "", 1), want, v) })
		return hit != negated
	}
	switch {
	case quantifier == "ForAllValues":
		return !slices.ContainsFunc(values, func(v string) bool { return !one(v) })
	case set:
		return slices.ContainsFunc(values, one)
	case !present:
		return negated
	}
	return one(values[0])
}

func cutSet(name string) (quantifier, rest string, set bool) {
	if before, after, ok := strings.Cut(name, ":"); ok {
		return before, after, true
	}
	return "", name, false
}

func (w *world) compare(operator, want, value string) bool {
	number := func(s string) float64 { n, _ := strconv.ParseFloat(s, 64); return n }
	switch operator {
	case "StringEquals":
		ok, _ := w.fits(want, value, false)
		return ok
	case "StringEqualsIgnoreCase", "Bool":
		return strings.EqualFold(want, value)
	case "StringLike":
		ok, _ := w.fits(want, value, true)
		return ok
	case "NumericEquals":
		return number(value) == number(want)
	case "NumericLessThan":
		return number(value) < number(want)
	case "NumericGreaterThanEquals":
		return number(value) >= number(want)
	case "DateLessThan": // one layout only, so that text order is time's
		return value < want
	case "DateGreaterThan":
		return value > want
	case "IpAddress":
		_, block, _ := net.ParseCIDR(want)
		return block.Contains(net.ParseIP(value))
	case "ArnEquals", "ArnLike":
		a, b := strings.SplitN(want, ":", 6), strings.SplitN(value, ":", 6)
		for i := range a {
			if ok, _ := w.fits(a[i], b[i], true); !ok {
				return false
			}
		}
		return true
	}
	panic("brute force does not know " + operator)
}

// plainPolicies are the documents of one request; nil means none, for the
// boundary and the control policies.
type plainPolicies struct {
	identity, resource []plainStatement
	boundary, scp      []plainStatement
	resourceDecides    bool
}

const ownerAccount, strangerAccount = "111122223333", "999999999999"

// allows is the flow chart of "Policy evaluation logic".
func (w *world) allows(p plainPolicies) bool {
	if w.service {
		p.scp = nil
	}
	for _, list := range [][]plainStatement{p.identity, p.resource, p.boundary, p.scp} {
		for _, s := range list {
			if s.deny && w.about(s) && (s.principals == nil || w.hits(s)) {
				return false
			}
		}
	}
	some := func(list []plainStatement) bool {
		return slices.ContainsFunc(list, func(s plainStatement) bool { return !s.deny && w.about(s) })
	}
	boundary := p.boundary == nil || some(p.boundary)
	own := some(p.identity) && boundary
	var granted, direct bool
	for _, s := range p.resource {
		if s.deny || !w.about(s) || !w.hits(s) {
			continue
		}
		granted = true
		listed := func(name string) bool { return !s.notPrincipal && slices.Contains(s.principals, name) }
		switch {
		case len(w.names) == 0 || listed(w.names[len(w.names)-1]):
			direct = true
		case len(w.names) == 3 && listed(w.names[1]):
			direct = direct || boundary
		case s.notPrincipal || listed("*"):
			direct = direct || boundary || w.toss()
		default:
			direct = direct || own
		}
	}
	switch {
	case p.scp != nil && !some(p.scp):
		return false
	case len(w.names) == 0 || w.service:
		return granted
	case !strings.Contains(w.names[0], ownerAccount):
		return granted && own
	}
	return direct || own && !p.resourceDecides
}

// hits asks whether Principal or NotPrincipal takes the caller in.
func (w *world) hits(s plainStatement) bool {
	if slices.Contains(s.principals, "*") {
		return !s.notPrincipal
	}
	listed := 0
	for _, n := range w.names {
		if slices.Contains(s.principals, n) {
			listed++
		}
	}
	switch {
	case !s.notPrincipal:
		return listed > 0
	case listed == 0 || !s.deny:
		return listed == 0
	case listed == len(w.names):
		return false
	case listed == 1 && slices.Contains(s.principals, w.names[0]) && slices.ContainsFunc(s.principals, func(p string) bool {
		return p != w.names[0] && strings.Contains(p, strings.Split(w.names[0], ":")[4])
	}):
		return true // the account stands there for another of its principals
	}
	return w.toss()
}
