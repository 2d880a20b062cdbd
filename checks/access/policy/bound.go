package policy

import (
	"net/netip"
	"slices"
	"strings"
)

// Bound is a limit on who may use a grant, or from where, that a statement's own
// Condition or a complementary Deny sets: the request must carry the key with one
// of the values.
type Bound struct {
	Key    string // in small letters
	Values []string
	// Deny says that the limit comes from a Deny statement whose negated operator
	// refuses every other value, and requests without the key.
	Deny      bool
	Statement *Statement

	like bool // the operator knows wildcards
	arn  bool // and they do not reach over the fields of an ARN
}

// restricting reports whether a condition of an Allow limits it: a positive
// operator that a request without the key does not meet, with no value that is a
// bare wildcard.
func (c *Condition) restricting(siblings []Condition) bool {
	op := c.operator
	switch op.compare {
	case stringEquals, stringEqualsFold, stringLike, arnLike, boolEquals, ipAddress, binaryEquals:
	default:
		return false
	}
	if op.negated || op.ifExists || len(c.Values) == 0 {
		return false
	}
	if op.set == forAllValues && !requiresKey(siblings, c.key) {
		return false
	}
	return !c.takesEverything()
}

// requiresKey reports whether a Null condition asks for the key to be there.
func requiresKey(conditions []Condition, key string) bool {
	return slices.ContainsFunc(conditions, func(c Condition) bool {
		return c.key == key && c.operator.compare == isNull && len(c.Values) == 1 && strings.EqualFold(c.Values[0], "false")
	})
}

// takesEverything reports whether some value lets every value of the request
// through.
func (c *Condition) takesEverything() bool {
	for _, v := range c.Values {
		switch c.operator.compare {
		case ipAddress:
			if network, ok := parseRange(v); !ok || network.Bits() == 0 {
				return true
			}
		case arnLike:
			if strings.Trim(v, "*:") == "" || v == "arn:*" || v == "arn:*:*:*:*:*" {
				return true
			}
		default:
			// A star is plain text to StringEquals, and yet no limit that anybody
			// should rest on.
			if strings.Trim(v, "*?") == "" && strings.Contains(v, "*") {
				return true
			}
		}
	}
	return false
}

// Restricting returns the restricting conditions of the statement on any of the
// keys, which may hold wildcards (aws:PrincipalTag/*). None means that nothing
// there limits an Allow: no condition on these keys, a negated operator, IfExists,
// ForAllValues without a Null check, or a value that everybody meets.
func (s *Statement) Restricting(keys ...string) (out []Condition) {
	for _, c := range s.Conditions {
		if c.restricting(s.Conditions) && slices.ContainsFunc(keys, func(k string) bool { return match(k, c.key, true) }) {
			out = append(out, c)
		}
	}
	return out
}

// RequiresMFA reports whether the statement, an Allow, applies only to callers
// who showed a second factor: Bool aws:MultiFactorAuthPresent true, or a bound on
// aws:MultiFactorAuthAge, neither with IfExists.
func (s *Statement) RequiresMFA() bool {
	return slices.ContainsFunc(s.Conditions, func(c Condition) bool {
		op := c.operator
		switch {
		case op.ifExists || op.negated || op.set != single:
			return false
		case c.Is("aws:MultiFactorAuthPresent"):
			return op.compare == boolEquals && len(c.Values) > 0 && !slices.ContainsFunc(c.Values, func(v string) bool { return !strings.EqualFold(v, "true") })
		case c.Is("aws:MultiFactorAuthAge"):
			return op.compare == numericLess || op.compare == numericLessEquals
		}
		return false
	})
}

// DeniesWithoutMFA reports whether the statement, a Deny, reaches callers without
// a second factor, long-lived access keys (which carry no such key) included:
// BoolIfExists false, NumericGreaterThanIfExists, or Null true.
func (s *Statement) DeniesWithoutMFA() bool {
	return s.Effect == Deny && !s.Unclear && len(s.Conditions) == 1 && s.Conditions[0].absentOrFalse()
}

func (c *Condition) absentOrFalse() bool {
	if !c.Is("aws:MultiFactorAuthPresent") && !c.Is("aws:MultiFactorAuthAge") {
		return false
	}
	op := c.operator
	one := len(c.Values) == 1
	switch op.compare {
	case isNull:
		return one && strings.EqualFold(c.Values[0], "true")
	case boolEquals:
		return op.ifExists && op.set == single && one && strings.EqualFold(c.Values[0], "false") && c.Is("aws:MultiFactorAuthPresent")
	case numericGreater, numericGreaterEquals:
		return op.ifExists && op.set == single && c.Is("aws:MultiFactorAuthAge")
	}
	return false
}

// bounds collects what limits a grant of the action patterns on the statement's
// resources: its own restricting conditions, and Deny statements of the document
// to everyone that refuse all but some values of one key.
func (d *Document) bounds(s *Statement, actions []string) (out []Bound) {
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if c.restricting(s.Conditions) {
			out = append(out, Bound{Key: c.key, Values: c.Values, Statement: s, like: c.likes(), arn: c.operator.compare == arnLike})
		}
	}
	for i := range d.Statements {
		deny := &d.Statements[i]
		if c := deny.complement(); c != nil && deny.refuses(s, actions) {
			out = append(out, Bound{Key: c.key, Values: c.Values, Deny: true, Statement: deny, like: c.likes(), arn: c.operator.compare == arnLike})
		}
	}
	return out
}

func (c *Condition) likes() bool {
	return c.operator.compare == stringLike || c.operator.compare == arnLike
}

// complement returns the one condition of a Deny that refuses all requests but
// those with certain values of a key: a negated operator, for which an absent
// key is another value (IfExists or not). Nil for any other statement.
func (s *Statement) complement() *Condition {
	if s.Effect != Deny || s.Unclear || len(s.Conditions) != 1 {
		return nil
	}
	c := &s.Conditions[0]
	op := c.operator
	if !op.negated || c.takesEverything() || len(c.Values) == 0 {
		return nil
	}
	if op.set == forAnyValue && !op.ifExists {
		return nil // a request without the key gets through
	}
	return c
}

// refuses reports whether a Deny, apart from its conditions, is about everything
// that an Allow grants of the actions, whoever calls.
func (s *Statement) refuses(allow *Statement, actions []string) bool {
	if !s.toAll(allow) {
		return false
	}
	for _, a := range actions {
		if !s.CoversAction(a) {
			return false
		}
	}
	return s.coversResourcesOf(allow)
}

// toAll reports whether a Deny hits every principal of an Allow: it is to
// everyone, or lists at least the same principals.
func (s *Statement) toAll(allow *Statement) bool {
	p, a := s.Principals, allow.Principals
	switch {
	case !p.Present:
		return !a.Present // identity policies and guardrails
	case p.Negated:
		return false
	case p.Everyone():
		return true
	case a.Negated || allow.Unclear:
		return false
	}
	return subset(a.AWS, p.AWS) && subset(a.Service, p.Service) && subset(a.Federated, p.Federated) && subset(a.Canonical, p.Canonical)
}

func subset(inner, outer []string) bool {
	return !slices.ContainsFunc(inner, func(v string) bool { return !slices.Contains(outer, v) })
}

func (s *Statement) coversResourcesOf(allow *Statement) bool {
	switch {
	case !allow.hasResource:
		return true
	case allow.NotResource:
		return s.EveryResource("") || s.NotResource && subset(s.Resources, allow.Resources)
	}
	for _, r := range allow.Resources {
		if !s.coversResourceOf(allow, r) {
			return false
		}
	}
	return true
}

// coversResourceOf reports whether the statement is about all that one Resource
// of another stands for: a variable may be anything, unless both name the same.
func (s *Statement) coversResourceOf(other *Statement, resource string) bool {
	loose := other.loosen(resource)
	return s.CoversResource(loose) ||
		loose != resource && s.variables && !s.NotResource && slices.Contains(s.Resources, resource)
}

// boundKind says what a condition key fixes.
type boundKind uint8

const (
	boundNothing boundKind = iota
	boundAccount           // values are account ids
	boundARN               // values are ARNs; their account part counts
	boundOrganization
	boundPath // values begin with an organization id
	boundID   // values are ids of networks
	boundIP
)

// boundKeys are the keys that fix who calls or from where. aws:Referer,
// aws:UserAgent, aws:SecureTransport, aws:VpcSourceIp and dates fix neither.
// Source: S3 User Guide, "The meaning of public"; IAM User Guide, "AWS global
// condition context keys".
var boundKeys = map[string]boundKind{
	"aws:principalorgid":        boundOrganization,
	"aws:sourceorgid":           boundOrganization,
	"aws:vpceorgid":             boundOrganization,
	"aws:principalorgpaths":     boundPath,
	"aws:sourceorgpaths":        boundPath,
	"aws:principalaccount":      boundAccount,
	"aws:sourceaccount":         boundAccount,
	"aws:sourceowner":           boundAccount,
	"aws:vpceaccount":           boundAccount,
	"s3:dataaccesspointaccount": boundAccount,
	"aws:principalarn":          boundARN,
	"aws:sourcearn":             boundARN,
	"s3:dataaccesspointarn":     boundARN,
	"aws:sourcevpc":             boundID,
	"aws:sourcevpce":            boundID,
	"aws:sourceip":              boundIP,
}

// Fixes reports whether the bound fixes who calls or from where: a key that says
// so, and values without wildcard or policy variable in the account or id;
// address ranges no broader than IPv4 /8 and IPv6 /32.
func (b *Bound) Fixes() bool {
	kind := boundKeys[b.Key]
	if kind == boundNothing || len(b.Values) == 0 {
		return false
	}
	for _, v := range b.Values {
		if !fixed(kind, v) || kind == boundARN && !b.fixesAccount(v) {
			return false
		}
	}
	return true
}

// fixesAccount reports whether the account in an ARN is the account of every ARN that the
// value matches: to StringLike a star before it may stand for other fields, and the account
// then for a part of a name that anybody may choose.
func (b *Bound) fixesAccount(arn string) bool {
	if !b.like || b.arn {
		return true
	}
	before, _, _ := strings.Cut(arn, AccountOf(arn))
	return !hasWildcard(before)
}

func fixed(kind boundKind, v string) bool {
	switch kind {
	case boundAccount:
		return isAccount(v)
	case boundARN:
		return AccountOf(v) != ""
	case boundPath:
		id, _, ok := strings.Cut(v, "/")
		return ok && plainID(id)
	case boundOrganization, boundID:
		return plainID(v)
	case boundIP:
		network, ok := parseRange(v)
		return ok && narrow(network)
	}
	return false
}

func plainID(v string) bool { return v != "" && !hasWildcard(v) && !strings.Contains(v, "${") }

func narrow(n netip.Prefix) bool {
	switch {
	case n.Addr().Is4():
		return n.Bits() >= 8
	case n.Addr().Is4In6():
		return n.Bits() >= 96+8
	}
	return n.Bits() >= 32
}

// Known names the accounts and organizations that a check trusts.
type Known struct {
	Accounts      []string
	Organizations []string
}

// Within reports whether the bound leaves nobody outside the known accounts and
// organizations. Networks name nobody.
func (b *Bound) Within(known Known) bool {
	if !b.Fixes() {
		return false
	}
	for _, v := range b.Values {
		switch boundKeys[b.Key] {
		case boundAccount, boundARN:
			if !slices.Contains(known.Accounts, AccountOf(v)) {
				return false
			}
		case boundOrganization:
			if !slices.Contains(known.Organizations, v) {
				return false
			}
		case boundPath:
			id, _, _ := strings.Cut(v, "/")
			if !slices.Contains(known.Organizations, id) {
				return false
			}
		default:
			return false
		}
	}
	return true
}
