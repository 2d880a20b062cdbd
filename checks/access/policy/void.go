package policy

import (
	"net/netip"
	"slices"
	"strings"
)

// AboutMFA reports whether the condition is on one of the keys that tell of MFA.
func (c *Condition) AboutMFA() bool {
	return c.Is("aws:MultiFactorAuthPresent") || c.Is("aws:MultiFactorAuthAge")
}

// AsksForMFA answers whether the condition, in an Allow or a Deny, holds for every kind of
// credential: long-lived keys carry no such key, sessions without MFA carry false. It is
// CannotTell for operators that are not meant for these keys.
// Source: IAM User Guide, "AWS global condition context keys", aws:MultiFactorAuthPresent
// and aws:MultiFactorAuthAge.
func (c *Condition) AsksForMFA(effect Effect) Answer {
	op := c.operator
	one := func(word string) bool {
		return len(c.Values) > 0 && !slices.ContainsFunc(c.Values, func(v string) bool { return !strings.EqualFold(v, word) })
	}
	age := c.Is("aws:MultiFactorAuthAge")
	switch {
	case op.set != single || op.negated:
		return CannotTell
	case op.compare == isNull && effect == Deny:
		return answer(one("true"))
	case op.compare == isNull:
		return answer(age && one("false")) // the age is there only where MFA was shown
	case !age && op.compare == boolEquals && effect == Deny:
		return answer(op.ifExists && one("false"))
	case !age && op.compare == boolEquals:
		return answer(!op.ifExists && one("true"))
	case age && (op.compare == numericLess || op.compare == numericLessEquals) && effect == Allow:
		return answer(!op.ifExists)
	case age && (op.compare == numericGreater || op.compare == numericGreaterEquals) && effect == Deny:
		return answer(op.ifExists)
	case age && op.compare >= numericEquals && op.compare <= numericGreaterEquals:
		return No
	}
	return CannotTell
}

// optional are keys that many requests lack: under an operator with IfExists these
// requests meet an Allow's condition.
var optional = []string{
	"aws:multifactorauthpresent", "aws:multifactorauthage", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:principalorgid",
	"aws:principalorgpaths", "aws:sourceidentity", "aws:federatedprovider", "sts:externalid",
}

// Void says in words why a condition of the statement does not do what it seems to: it lets
// everybody through an Allow, or is met by nobody. "" where nothing is wrong with it. version
// is that of its document.
func (s *Statement) Void(c Condition, version string) string {
	op := c.operator
	wild := slices.IndexFunc(c.Values, hasWildcard)
	variable := slices.IndexFunc(c.Values, func(v string) bool { return strings.Contains(v, "${") })
	literal := op.compare == stringEquals || op.compare == stringEqualsFold
	switch {
	case op.compare == compareUnknown || op.compare == isNull:
		return ""
	case version == Version2008 && variable >= 0:
		return "in a document without Version 2012-10-17 " + c.Values[variable] + " is plain text, which matches nobody"
	case s.Effect == Allow && !op.negated && c.takesEverything() && !literal:
		return "every value meets it"
	case s.Effect == Allow && !op.negated && op.set == forAllValues && !requiresKey(s.Conditions, c.key):
		return "a request without the key meets it: no Null condition asks for the key"
	case s.Effect == Allow && !op.negated && op.ifExists && slices.Contains(optional, c.key):
		return "a request without the key meets it"
	case literal && wild >= 0 && op.negated && s.Effect == Allow:
		return "the operator takes " + c.Values[wild] + " as plain text, so that everybody differs from it"
	case literal && wild >= 0 && !op.negated:
		return "the operator takes " + c.Values[wild] + " as plain text, so that nobody meets it"
	}
	if why := c.impossible(s); why != "" {
		return why
	}
	return s.strangeKey(&c)
}

// impossible says why no request has one of the values.
func (c *Condition) impossible(s *Statement) string {
	if c.operator.negated {
		return ""
	}
	every := func(f func(string) bool) bool {
		return len(c.Values) > 0 && !slices.ContainsFunc(c.Values, func(v string) bool { return !f(v) })
	}
	switch {
	case s.Effect == Allow && c.Is("aws:SourceIp") && c.operator.compare == ipAddress && every(privateRange):
		return "a request from the internet has no private address, and one through an endpoint has none at all"
	case boundKeys[c.key] == boundARN && every(func(v string) bool { return !strings.Contains(v, "${") && !Overlaps(v, "arn:*:*:*:*:*") }):
		return "no ARN looks like that"
	}
	return ""
}

// privateRange reports whether a range lies within the private addresses.
func privateRange(v string) bool {
	network, ok := parseRange(v)
	if !ok || !network.Addr().IsPrivate() {
		return false
	}
	for _, p := range privateRanges {
		if p.Overlaps(network) {
			return p.Bits() <= network.Bits()
		}
	}
	return false
}

var privateRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("fc00::/7"),
}

// strangeKey says that the key belongs to a service none of whose actions the statement
// is about: no such request carries it.
func (s *Statement) strangeKey(c *Condition) string {
	owner, _, ok := strings.Cut(c.key, ":")
	if !ok || owner == "aws" || s.NotAction || !slices.Contains(slices.Collect(Services()), owner) {
		return ""
	}
	for _, a := range s.Actions {
		service, _, _ := strings.Cut(lower(a), ":")
		if hasWildcard(service) || service == owner || sendsKeysOf(service, owner) {
			return ""
		}
	}
	return "the key is one of " + owner + ", which no action of the statement sends"
}

// sendsKeysOf reports whether a service is documented to send condition keys of another.
func sendsKeysOf(service, owner string) bool {
	known := actionTable().services[service]
	return known == nil || slices.ContainsFunc(known.keys, func(k string) bool { return strings.HasPrefix(k, owner+":") })
}

// Wide reports whether the statement is about more than single named resources of the
// action: a wildcard in the name, but for the caller's own, or an action that knows none.
func (s *Statement) Wide(action string) bool {
	if a, known := LookupAction(action); known && !a.Resources {
		return true
	}
	return s.NotResource || !s.hasResource || slices.ContainsFunc(s.Resources, func(r string) bool { return s.wideResource(r, action) })
}

// Unless returns the conditions on a key with which Deny statements of the sources refuse an
// Allow of the action, wherever it holds, for all values but theirs, and without the key.
func Unless(sources []Source, allow *Statement, action, key string) (out []Condition) {
	for _, src := range sources {
		if src.Document == nil {
			continue
		}
		for i := range src.Document.Statements {
			s := &src.Document.Statements[i]
			if c := s.complement(); c != nil && c.Is(key) && s.refuses(allow, []string{action}) {
				out = append(out, *c)
			}
		}
	}
	return out
}
