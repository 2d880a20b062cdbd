package policy

import (
	"encoding/base64"
	"math/big"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Condition is one operator with one key and its values, any of which is enough
// (for a negated operator: none of which may match).
type Condition struct {
	Operator string // as written, such as ForAnyValue:StringLikeIfExists
	Key      string // as written; AWS compares keys without regard to case
	Values   []string

	operator  operator
	key       string // in small letters
	variables bool
}

func (c Condition) String() string {
	return c.Operator + " " + c.Key + " [" + strings.Join(c.Values, " ") + "]"
}

// Is reports whether the condition is on the key, in any case.
func (c *Condition) Is(key string) bool { return strings.EqualFold(c.key, key) }

// Negated reports whether the operator asks for a value to differ.
func (c *Condition) Negated() bool { return c.operator.negated }

// IfExists reports whether a request without the key meets the condition by the
// operator's IfExists suffix.
func (c *Condition) IfExists() bool { return c.operator.ifExists }

// Context holds the condition keys of one request, in small letters.
type Context struct {
	// Values of the keys that the request carries. A key with an empty list is
	// carried and empty: null to AWS.
	Values map[string][]string
	// Closed says that a key outside Values is absent from the request. While
	// it is false, such a key may have any value.
	Closed bool
	// Absent names keys that the request lacks for certain.
	Absent map[string]bool

	caller *Caller // set by Decide: some keys follow from who calls
	owner  string
}

// value returns a key's values and whether the request carries it.
func (ctx *Context) value(key string) ([]string, Answer) {
	if v, ok := ctx.Values[key]; ok {
		return v, Yes
	}
	if ctx.caller != nil {
		if v, carried := ctx.derived(key); carried != CannotTell {
			return v, carried
		}
	}
	if ctx.Closed || ctx.Absent[key] {
		return nil, No
	}
	return nil, CannotTell
}

// derived gives the keys that AWS fills from the caller and the resource.
// Source: IAM User Guide, "AWS global condition context keys".
func (ctx *Context) derived(key string) ([]string, Answer) {
	c := ctx.caller
	switch key {
	case "aws:principalarn":
		if arn := c.principalARN(); arn != "" {
			return []string{arn}, Yes
		}
		return nil, No
	case "aws:principalaccount":
		switch {
		case c.Account != "":
			return []string{c.Account}, Yes
		case c.anonymous():
			return []string{"anonymous"}, Yes
		}
	case "aws:principalisawsservice":
		return []string{strconv.FormatBool(c.Service != "")}, Yes
	case "aws:username":
		if _, name, ok := strings.Cut(c.ARN, ":user/"); ok && c.Role == "" {
			return []string{name[strings.LastIndexByte(name, '/')+1:]}, Yes
		}
		return nil, No
	case "aws:principalorgid", "aws:principalorgpaths":
		switch {
		case c.Organization == nil:
		case *c.Organization == "":
			return nil, No
		case key == "aws:principalorgid":
			return []string{*c.Organization}, Yes
		}
	case "aws:resourceaccount":
		if ctx.owner != "" {
			return []string{ctx.owner}, Yes
		}
	}
	return nil, CannotTell
}

// meets evaluates the condition for one request.
func (c *Condition) meets(ctx *Context) Answer {
	if c.operator.compare == compareUnknown {
		return CannotTell
	}
	values, carried := ctx.value(c.key)
	if c.operator.compare == isNull {
		if carried == Yes && len(values) == 0 {
			carried = No // "the key exists and its value is not null" is untrue
		}
		return c.meetsNull(carried)
	}
	switch {
	case carried == CannotTell:
		return CannotTell
	case carried == No && c.operator.ifExists:
		return Yes
	case len(values) == 0 && c.operator.ifExists && carried == Yes:
		return CannotTell // AWS leaves open whether an empty key exists
	case carried == No || len(values) == 0:
		// An absent key meets "all of none" and a plain negated operator, and
		// nothing else.
		return answer(c.operator.set == forAllValues || c.operator.set == single && c.operator.negated)
	}
	switch c.operator.set {
	case forAllValues:
		all, null := Yes, true
		for _, v := range values {
			all = all.and(c.meetsOne(v, ctx))
			null = null && v == ""
		}
		if null {
			return Yes // AWS counts the empty string as a null set here
		}
		return all
	case forAnyValue:
		some := No
		for _, v := range values {
			some = some.or(c.meetsOne(v, ctx))
		}
		return some
	case single:
	}
	if len(values) > 1 {
		return CannotTell // AWS leaves open what a plain operator does with a list
	}
	return c.meetsOne(values[0], ctx)
}

func (c *Condition) meetsNull(carried Answer) Answer {
	met := No
	for _, v := range c.Values {
		switch {
		case strings.EqualFold(v, "true"):
			met = met.or(carried.not())
		case strings.EqualFold(v, "false"):
			met = met.or(carried)
		default:
			return CannotTell
		}
	}
	return met
}

// meetsOne compares one value of the request with the list in the policy.
func (c *Condition) meetsOne(value string, ctx *Context) Answer {
	found := No
	for _, want := range c.Values {
		found = found.or(c.compare(want, value, ctx))
		if found == Yes {
			break
		}
	}
	if c.operator.negated {
		return found.not()
	}
	return found
}

func (c *Condition) compare(want, value string, ctx *Context) Answer {
	if c.variables && strings.Contains(want, "${") {
		filled, known := fill(want, ctx, c.operator.compare == stringLike || c.operator.compare == arnLike)
		switch {
		case known == No && c.operator.negated:
			return CannotTell // AWS leaves open what "differs from nothing" means
		case known != Yes:
			return known
		}
		want = filled
	}
	switch op := c.operator.compare; op {
	case stringEquals:
		return answer(want == value)
	case stringEqualsFold:
		return answer(strings.EqualFold(want, value))
	case stringLike:
		return answer(match(want, value, false))
	case arnLike:
		return answer(matchARN(want, value))
	case boolEquals:
		return answer(strings.EqualFold(want, value))
	case binaryEquals:
		return sameBinary(want, value)
	case ipAddress:
		return inRange(want, value)
	case numericEquals, numericLess, numericLessEquals, numericGreater, numericGreaterEquals:
		a, okA := parseNumber(value)
		b, okB := parseNumber(want)
		if !okA || !okB {
			return CannotTell
		}
		return ordered(op, numericEquals, a.Cmp(b))
	case dateEquals, dateLess, dateLessEquals, dateGreater, dateGreaterEquals:
		a, okA := parseDate(value)
		b, okB := parseDate(want)
		if !okA || !okB {
			return CannotTell
		}
		return ordered(op, dateEquals, a.Compare(b))
	case compareUnknown, isNull:
	}
	return CannotTell
}

// ordered turns a three-way comparison into the answer of an operator. The
// operators of a family follow each other in one order.
func ordered(op, first comparison, c int) Answer {
	switch numericEquals + (op - first) {
	case numericEquals:
		return answer(c == 0)
	case numericLess:
		return answer(c < 0)
	case numericLessEquals:
		return answer(c <= 0)
	case numericGreater:
		return answer(c > 0)
	default:
		return answer(c >= 0)
	}
}

// matchARN compares field by field: a wildcard does not reach over the first
// five colons. Source: IAM User Guide, "ARN condition operators".
func matchARN(pattern, arn string) bool {
	want, value := strings.SplitN(pattern, ":", 6), strings.SplitN(arn, ":", 6)
	if len(want) != 6 || len(value) != 6 {
		return pattern == "*" || pattern == arn
	}
	for i := range want {
		if !match(want[i], value[i], false) {
			return false
		}
	}
	return true
}

func sameBinary(want, value string) Answer {
	a, errA := base64.StdEncoding.DecodeString(want)
	b, errB := base64.StdEncoding.DecodeString(value)
	if errA != nil || errB != nil {
		return CannotTell
	}
	return answer(string(a) == string(b))
}

func inRange(want, value string) Answer {
	network, ok := parseRange(want)
	address, err := netip.ParseAddr(value)
	if !ok || err != nil {
		return CannotTell
	}
	return answer(network.Contains(address.Unmap()))
}

// parseRange reads a CIDR block or a single address.
func parseRange(s string) (netip.Prefix, bool) {
	if network, err := netip.ParsePrefix(s); err == nil {
		return network.Masked(), true
	}
	address, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(address, address.BitLen()), true
}

// parseNumber reads a decimal number. Exponents are refused: a short text must
// not become a long number.
func parseNumber(s string) (*big.Rat, bool) {
	if len(s) > 64 || strings.Trim(s, "+-.0123456789") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

// parseDate reads the W3C forms of ISO 8601, or seconds since 1970.
// Source: IAM User Guide, "Date condition operators".
func parseDate(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02", "2006-01", "2006"} {
		if layout == "2006" && len(s) != 4 {
			break // more digits are seconds
		}
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	seconds, err := strconv.ParseInt(s, 10, 64)
	return time.Unix(seconds, 0), err == nil
}
